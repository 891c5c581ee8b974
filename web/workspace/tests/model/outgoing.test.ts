import { describe, expect, it } from "vitest";
import { amountsIn, findingsIn } from "../../src/model/outgoing";
import { customerView, order } from "../builders";

const weights = (text: string): string[] => findingsIn(text, customerView()).map((finding) => finding.weight);

describe("must be changed", () => {
  it.each([
    "订单{订单号}已登记",
    "身份证 11010519491231002X 对吗",
    "卡号 6222021234567890128",
    "请把验证码发给我",
    "告诉我一下您的支付密码",
    "给个好评返现五元",
    "麻烦您把差评改一下，删掉差评",
  ])("%s", (text) => {
    expect(weights(text)).toContain("stop");
  });
});

describe("is asked about once", () => {
  it.each([
    "保证明天到账",
    "一定会给您退",
    "我们赔您一件新的",
    "额外给您红包",
    "退您 88 元",
    "这是全网最低价",
    "加我微信处理",
    "这不归我管",
    "我的电话 13812345678",
  ])("%s", (text) => {
    expect(weights(text)).toEqual(expect.arrayContaining(["ask"]));
    expect(weights(text)).not.toContain("stop");
  });
});

describe("goes without a word", () => {
  it.each([
    "您好，我是小林，马上帮您核对",
    "订单 882159851904629741 已签收",
    "这件实付 ¥659.00，按规则原路退回",
    "实付 659 元",
    "一定要保留好包装哦",
    "密码锁的说明书我发您",
    "我们会在两天内给您答复",
  ])("%s", (text) => {
    expect(findingsIn(text, customerView())).toEqual([]);
  });
});

it("the same amount is the same however it is written", () => {
  expect(amountsIn("¥1,299 或 1299.00元 或 ￥1299.0")).toEqual(["1299.00"]);
});

it("an amount of this shopper's order is known, another is not", () => {
  const view = customerView({ orders: [order({ coupon: "20.00" })] });

  expect(findingsIn("优惠了 20 元", view)).toEqual([]);
  expect(findingsIn("优惠了 21 元", view)).toHaveLength(1);
});
