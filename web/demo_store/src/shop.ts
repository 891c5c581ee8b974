/** The shop's demo routes, on this page's own origin. */

import type { MemberLevel, Order } from "@shouhou/shared/frames";

export interface DemoShopper {
  shopper_id: string;
  name: string;
  level: MemberLevel;
  points: number;
  description: string;
}

export interface DemoProduct {
  product_id: string;
  title: string;
  category: string;
  category_title: string;
  description: string;
  price: string;
  image_url: string;
  skus: Record<string, string>[];
}

export interface Config {
  bridge_url: string;
  shop_id: string;
}

const DEFAULT_CONFIG: Config = { bridge_url: "http://127.0.0.1:8600", shop_id: "demo" };

async function get<T>(path: string): Promise<T> {
  const response = await fetch(path, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as T;
}

export const products = (): Promise<DemoProduct[]> => get("/demo/products");
export const shoppers = (): Promise<DemoShopper[]> => get("/demo/shoppers");
export const orders = (shopperId: string): Promise<Order[]> => get(`/demo/orders?shopper_id=${encodeURIComponent(shopperId)}`);

/** Where the bridge is; a shop that does not say so runs beside it with the usual port. */
export async function config(): Promise<Config> {
  try {
    return { ...DEFAULT_CONFIG, ...(await get<Partial<Config>>("/demo/config")) };
  } catch {
    return DEFAULT_CONFIG;
  }
}

/** The signed identity that the widget hands to the bridge; null where the shopper is unknown. */
export async function identityOf(shopperId: string): Promise<string | null> {
  const response = await fetch("/demo/sign-in", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ shopper_id: shopperId }),
  });
  if (!response.ok) return null;
  return ((await response.json()) as { identity_token: string }).identity_token;
}
