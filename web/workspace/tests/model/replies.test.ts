import { describe, expect, it } from "vitest";
import { filled, firstOpen, matching, openVariables, queryOf, suggested, variablesOf } from "../../src/model/replies";
import { cannedReply, customerView, order } from "../builders";

const TIME = cannedReply({ reply_id: "r_2", title: "退款到账时间", initials: "tkdzsj", text: "原路退回" });
const URGE = cannedReply({ reply_id: "r_3", title: "催发货", initials: "cfh", group: "物流", text: "已经登记催发" });
const OPENING = cannedReply({ reply_id: "r_4", title: "开场白", initials: "kcb", group: "开场", text: "您好" });
const ALL = [URGE, cannedReply(), TIME, OPENING];
const titles = (query: string): string[] => matching(ALL, query).map((reply) => reply.title);

describe("what is typed", () => {
  it.each([["/tk", "tk"], ["／退款", "退款"], ["/", ""], ["/TK", "tk"]])("%s looks for replies", (text, query) => {
    expect(queryOf(text)).toBe(query);
  });

  it.each(["tk", "您好/tk", "/tk 您好", "https://a/b", "//"])("%s is an ordinary text", (text) => {
    expect(queryOf(text)).toBeNull();
  });
});

describe("what is found", () => {
  it("by initials, by title, by group, by words, the best first", () => {
    expect(titles("tk")).toEqual(["退款进度", "退款到账时间"]);
    expect(titles("到账")).toEqual(["退款到账时间"]);
    expect(titles("物流")).toEqual(["催发货"]);
    expect(titles("登记")).toEqual(["催发货"]);
    expect(titles("zzz")).toEqual([]);
  });

  it("with nothing typed yet one's own stand first", () => {
    expect(matching([...ALL, cannedReply({ reply_id: "r_9", title: "我的", is_personal: true })], "")[0]?.title).toBe("我的");
  });
});

describe("variables", () => {
  const known = variablesOf(customerView(), null, "小林", "拾光优选");

  it("are filled in where they are known and stay open where not", () => {
    const text = filled("我是{客服}，订单{订单号}的单号是{快递单号}", known);

    expect(text).toBe("我是小林，订单882159851904629741的单号是{快递单号}");
    expect(openVariables(text)).toEqual(["快递单号"]);
    expect(text.slice(firstOpen(text)?.from, firstOpen(text)?.to)).toBe("{快递单号}");
  });

  it("of an order are not guessed where there are several", () => {
    const two = customerView({ orders: [order(), order({ order_number: "2" })] });

    expect(variablesOf(two, null, "", "")["订单号"]).toBe("");
    expect(variablesOf(two, "2", "", "")["订单号"]).toBe("2");
  });
});

describe("suggestions", () => {
  const reading = { intent: "refund_progress", confidence: 1, ranking: [], entities: [], emotion: {}, emergency: "", identity_data: [] };

  it("begin with the opening line and go on with what the shopper is about", () => {
    expect(suggested(ALL, reading, true).map((reply) => reply.title)).toEqual(["开场白", "退款进度", "退款到账时间"]);
    expect(suggested(ALL, reading, false).map((reply) => reply.title)).toEqual(["退款进度", "退款到账时间"]);
  });

  it("are none where nothing is known", () => {
    expect(suggested(ALL, null, false)).toEqual([]);
    expect(suggested(ALL, { ...reading, intent: "chitchat" }, false)).toEqual([]);
  });
});
