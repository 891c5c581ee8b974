/** The chat on this page: one script from the bridge, who is signed in, which order is looked at. */

import type { Config } from "./shop";

export const COLOR = "#c2410c";

interface Widget {
  open(): void;
  identify(token: string | null): void;
  page(context: { order_number?: string | null; asset_base?: string }): void;
}

declare global {
  interface Window {
    Shouhou?: Widget;
  }
}

type Wish = (widget: Widget) => void;

/** What is wished for before the script is there is done when it is. */
export class CustomerService {
  private readonly wishes: Wish[] = [];

  constructor(private readonly failed: () => void) {}

  load({ bridge_url, shop_id }: Config): void {
    const script = document.createElement("script");
    script.src = `${bridge_url.replace(/\/$/, "")}/widget.js`;
    script.defer = true;
    script.dataset["shop"] = shop_id;
    script.dataset["color"] = COLOR;
    script.addEventListener("load", () => this.catchUp());
    script.addEventListener("error", () => this.failed());
    document.head.append(script);
  }

  open(): void {
    this.when((widget) => widget.open());
  }

  identify(token: string | null): void {
    this.when((widget) => widget.identify(token));
  }

  lookAt(orderNumber: string | null): void {
    this.when((widget) => widget.page({ order_number: orderNumber, asset_base: location.origin }));
  }

  private when(wish: Wish): void {
    if (window.Shouhou) wish(window.Shouhou);
    else this.wishes.push(wish);
  }

  private catchUp(): void {
    const widget = window.Shouhou;
    if (widget) for (const wish of this.wishes.splice(0)) wish(widget);
  }
}
