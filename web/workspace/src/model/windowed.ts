/** Which part of a long list is drawn: rows of known heights, a little more than what is in sight. Pure. */

export interface Slice<T> {
  items: { item: T; top: number }[];
  height: number;
}

export function sliceOf<T>(items: readonly T[], heightOf: (item: T) => number, from: number, until: number): Slice<T> {
  const shown: Slice<T>["items"] = [];
  let top = 0;
  for (const item of items) {
    const height = heightOf(item);
    if (top + height > from && top < until) shown.push({ item, top });
    top += height;
  }
  return { items: shown, height: top };
}
