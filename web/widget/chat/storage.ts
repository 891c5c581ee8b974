/** What the chat keeps in this browser, on the bridge's origin; in memory where storage is forbidden or partitioned away. */

import type { KeptText } from "@shouhou/shared/outbox";

class MemoryOnly implements KeptText {
  private readonly kept = new Map<string, string>();

  get length(): number {
    return this.kept.size;
  }

  key(index: number): string | null {
    return [...this.kept.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.kept.set(key, value);
  }

  removeItem(key: string): void {
    this.kept.delete(key);
  }
}

/** localStorage if it can be written to, else a memory that ends with the page. */
export function openStorage(): KeptText {
  try {
    const storage = window.localStorage;
    storage.setItem("shouhou.probe", "1");
    storage.removeItem("shouhou.probe");
    return storage;
  } catch {
    return new MemoryOnly();
  }
}

/** Everything of one shop, under names of its own. */
export class Kept {
  constructor(
    readonly storage: KeptText,
    private readonly shopId: string,
  ) {}

  get(name: string): string {
    return this.storage.getItem(this.key(name)) ?? "";
  }

  /** An empty value removes. A full storage loses the value, never the chat. */
  set(name: string, value: string): void {
    try {
      if (value) this.storage.setItem(this.key(name), value);
      else this.storage.removeItem(this.key(name));
    } catch {
      this.storage.removeItem(this.key(name));
    }
  }

  key(name: string): string {
    return `shouhou.${this.shopId}.${name}`;
  }
}
