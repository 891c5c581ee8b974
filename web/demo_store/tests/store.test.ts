import type { Order, OrderStatus } from "@shouhou/shared/frames";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { readAccount } from "../src/account";
import { categoriesOf, goodsPage, matching, optionsOf } from "../src/goods";
import { inTab, orderPage, ordersPage } from "../src/orders";
import { CustomerService } from "../src/service";
import type { DemoProduct } from "../src/shop";
import { words } from "../src/strings.zh-CN";

function product(title: string, category: string, changes: Partial<DemoProduct> = {}): DemoProduct {
  return { product_id: title, title, category, category_title: category, description: "", price: "1.00", image_url: "/demo/images/a.svg", skus: [], ...changes };
}

function order(number: string, status: OrderStatus, title = "跑鞋"): Order {
  return {
    order_number: number,
    status,
    placed_at: "2026-11-20T02:00:00Z",
    paid_at: null,
    ship_by: null,
    shipped_at: null,
    signed_at: null,
    completed_at: null,
    cancelled_at: null,
    goods_total: "299.00",
    coupon: "20.00",
    coupon_title: "",
    points_discount: "0.00",
    freight: "0.00",
    paid_total: "279.00",
    payment_method: "支付宝",
    freight_insurance: false,
    note: "",
    lines: [{ line_id: "1", sku_id: "s", title, category: "shoes", options: { 尺码: "41" }, image_url: "", unit_price: "299.00", quantity: 1, paid: "279.00", is_gift: false, return_terms: "seven_days", warranty_months: 0 }],
    shipments: [],
    receiver: { name: "李**", phone: "138****5678", region: "杭州" },
    invoice: { status: "none", kind: "", title: "", tax_number: "", email: "", issued_at: null, requested_at: null, due_at: null, sent_at: null },
    price_drops: {},
    version: 1,
  };
}

const goods = [product("云步跑鞋", "鞋靴"), product("空气炸锅", "家电", { description: "少油" }), product("徒步靴", "鞋靴")];

describe("the goods", () => {
  it("are found by category and by any word of theirs", () => {
    expect(matching(goods, { category: "鞋靴", search: "" })).toHaveLength(2);
    expect(matching(goods, { category: "", search: " 少油 " }).map((each) => each.title)).toEqual(["空气炸锅"]);
    expect(categoriesOf(goods)).toEqual(["鞋靴", "家电"]);
  });

  it("say so when nothing is found", () => {
    const page = goodsPage(goods, { category: "", search: "飞机" }, { open: () => undefined, help: () => undefined });

    expect(page.textContent).toContain(words.empty);
  });

  it("name every option once", () => {
    const shoe = product("鞋", "鞋靴", { skus: [{ sku_id: "1", 颜色: "灰", 尺码: "40" }, { sku_id: "2", 颜色: "灰", 尺码: "41" }] });

    expect(optionsOf(shoe)).toEqual([["颜色", ["灰"]], ["尺码", ["40", "41"]]]);
  });
});

describe("the orders", () => {
  const acts = { choose: vi.fn(), help: vi.fn() };

  it("are sorted into their tabs", () => {
    const list = [order("1", "shipped"), order("2", "signed")];

    expect(inTab(list, "shipped").map((each) => each.order_number)).toEqual(["1"]);
    expect(inTab(list, "all")).toHaveLength(2);
  });

  it("lead to the service with their number", () => {
    const page = ordersPage([order("77", "shipped")], "all", acts);
    (page.querySelector("footer button") as HTMLButtonElement).click();

    expect(acts.help).toHaveBeenCalledWith("77");
  });

  it("show how what was paid came about, without what is nothing", () => {
    const text = orderPage(order("1", "signed"), acts).textContent ?? "";

    expect(text).toContain("-¥20.00");
    expect(text).not.toContain(words.orders.points);
  });

  it("take no markup from a title", () => {
    expect(ordersPage([order("1", "signed", "<img src=x onerror=alert(1)>")], "all", acts).querySelector("[onerror]")).toBeNull();
  });
});

describe("the chat beside the store", () => {
  beforeEach(() => {
    delete window.Shouhou;
    document.head.replaceChildren();
  });

  it("is told in order, once it is there, what was wished for before", () => {
    const service = new CustomerService(() => undefined);
    service.load({ bridge_url: "http://127.0.0.1:8600/", shop_id: "demo" });
    service.identify("token");
    service.lookAt("77");
    service.open();
    const said: unknown[] = [];
    window.Shouhou = { identify: (token) => said.push(token), page: ({ order_number }) => said.push(order_number), open: () => said.push("open") };

    const script = document.head.querySelector("script") as HTMLScriptElement;
    script.dispatchEvent(new Event("load"));

    expect(script.src).toBe("http://127.0.0.1:8600/widget.js");
    expect(said).toEqual(["token", "77", "open"]);
  });
});

it("a broken account is nobody", () => {
  localStorage.setItem("shiguang.shopper", "{not json");
  expect(readAccount()).toBeNull();
});
