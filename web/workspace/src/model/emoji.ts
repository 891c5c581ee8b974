/** The few emoji people in customer service use, as characters: no pictures to load. */

export const EMOJI = [
  "😊", "😄", "😁", "🤗", "😉", "🥰", "👍", "👌", "🙏", "💪", "👏", "🤝",
  "❤️", "🌹", "🎉", "🎁", "✅", "📦", "🚚", "📮", "🧾", "💰", "⏰", "📞",
  "😅", "😥", "😢", "😳", "🤔", "🙇", "💐", "☀️", "🌙", "🔧", "📷", "✨",
] as const;
