/** Instants, days and money as a Chinese shopper reads them. All clocks show Beijing time, as the shop's do. */

const ZONE = "Asia/Shanghai";
const parts = new Intl.DateTimeFormat("en-CA", {
  timeZone: ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const WEEKDAYS = ["日", "一", "二", "三", "四", "五", "六"] as const;

interface Moment {
  year: number;
  month: number;
  day: number;
  hour: string;
  minute: string;
}

function moment(instant: Date): Moment | null {
  if (Number.isNaN(instant.getTime())) return null;
  const found = Object.fromEntries(parts.formatToParts(instant).map((part) => [part.type, part.value]));
  return {
    year: Number(found["year"]),
    month: Number(found["month"]),
    day: Number(found["day"]),
    hour: found["hour"] ?? "",
    minute: found["minute"] ?? "",
  };
}

/** `2026-11-21`: the Beijing day of an instant, for comparing. */
export function dayKey(instant: Date): string {
  const m = moment(instant);
  return m ? `${m.year}-${String(m.month).padStart(2, "0")}-${String(m.day).padStart(2, "0")}` : "";
}

/** `14:05` */
export function timeOfDay(instant: Date): string {
  const m = moment(instant);
  return m ? `${m.hour}:${m.minute}` : "";
}

/** 今天, 昨天, `11月20日 周五`, with the year where it is another one. */
export function dayName(instant: Date, now: Date): string {
  const m = moment(instant);
  const today = moment(now);
  if (!m || !today) return "";
  if (dayKey(instant) === dayKey(now)) return "今天";
  if (dayKey(instant) === dayKey(new Date(now.getTime() - 86_400_000))) return "昨天";
  const weekday = WEEKDAYS[new Date(Date.UTC(m.year, m.month - 1, m.day)).getUTCDay()];
  return `${m.year === today.year ? "" : `${m.year}年`}${m.month}月${m.day}日 周${weekday}`;
}

/** `11月21日 14:05`, with 今天 where it is today. */
export function dayAndTime(instant: Date, now: Date): string {
  const m = moment(instant);
  const today = moment(now);
  if (!m || !today) return "";
  if (dayKey(instant) === dayKey(now)) return `今天 ${m.hour}:${m.minute}`;
  return `${m.year === today.year ? "" : `${m.year}年`}${m.month}月${m.day}日 ${m.hour}:${m.minute}`;
}

/** `11月21日` as texts name a day: to see whether a sentence already says when. */
export function dayInText(instant: Date): string {
  const m = moment(instant);
  return m ? `${m.month}月${m.day}日` : "";
}

/** A legal day (`2026-11-28`) as `2026年11月28日`; it is a day and has no zone. */
export function calendarDay(day: string): string {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  return found ? `${found[1]}年${Number(found[2])}月${Number(found[3])}日` : day;
}

/** `1234.5` → `¥1,234.50`; a deduction is `-¥5.00`. Works on the text: amounts are never floats. */
export function money(amount: string): string {
  const found = /^(-?)(\d+)(?:\.(\d*))?$/.exec(amount);
  if (!found) return amount;
  const yuan = (found[2] ?? "").replace(/\B(?=(\d{3})+$)/g, ",");
  const cents = (found[3] ?? "").padEnd(2, "0").slice(0, 2);
  return `${found[1]}¥${yuan}.${cents}`;
}

/** An honest interval: `约 3–5 分钟`, `不到 1 分钟`; empty where nothing is known. */
export function waitRange(lowS: number | null, highS: number | null): string {
  if (highS === null) return "";
  const high = Math.ceil(highS / 60);
  const low = Math.floor((lowS ?? 0) / 60);
  if (high <= 1) return "不到 1 分钟";
  return low < 1 || low >= high ? `约 ${high} 分钟内` : `约 ${low}–${high} 分钟`;
}

/** How the server counts: code points, so an emoji is one. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
