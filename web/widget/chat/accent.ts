/** One colour from the shop, made into the two variables the style sheet needs. Anything that is no colour is overlooked. */

const HEX = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

export function channels(color: string): [number, number, number] | null {
  if (!HEX.test(color)) return null;
  const full = color.length === 4 ? [...color.slice(1)].map((digit) => digit + digit).join("") : color.slice(1);
  return [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16)) as [number, number, number];
}

/** White or near black, whichever reads better on `color` (relative luminance of WCAG 2). */
export function inkOn([red, green, blue]: [number, number, number]): string {
  const linear = [red, green, blue].map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
  return luminance > 0.36 ? "#1c1c1e" : "#ffffff";
}

/** Through the CSSOM, which a strict CSP allows, never through a style attribute in markup. */
export function paint(root: HTMLElement, color: string): void {
  const found = channels(color);
  if (!found) return;
  root.style.setProperty("--accent", color);
  root.style.setProperty("--on-accent", inkOn(found));
}
