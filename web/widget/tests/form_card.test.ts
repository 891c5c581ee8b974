import { describe, expect, it, vi } from "vitest";
import type { FormCard, FormField } from "@shouhou/shared/frames";
import { words } from "../chat/strings.zh-CN";
import { formCard } from "../chat/view/form_card";

const field = (name: string, kind: FormField["kind"], changes: Partial<FormField> = {}): FormField => ({ name, label: name, kind, hint: "", options: [], first: null, last: null, is_required: true, ...changes });
const receiver: FormCard = { type: "form", title: "新的收货信息", said: "改成{region}{street}，{name} {phone}", submit: "填好了", fields: [field("name", "text"), field("phone", "phone"), field("region", "text"), field("street", "text")] };
const time: FormCard = { type: "form", title: "选个时间", said: "{day}{part}", submit: "就这个时间", fields: [field("day", "day", { first: "2026-12-02", last: "2026-12-08" }), field("part", "choice", { options: ["上午", "下午"] })] };

function shown(card: FormCard, isUsed = false) {
  const say = vi.fn();
  const form = formCard(card, { now: new Date(), assetBase: "", say, isUsed }) as HTMLFormElement;
  const put = (...values: string[]): void => form.querySelectorAll<HTMLInputElement>("input, select").forEach((input, index) => (input.value = values[index] ?? ""));
  const send = (): boolean => form.dispatchEvent(new Event("submit", { cancelable: true }));
  return { form, say, put, send };
}

describe("a form card", () => {
  it("is said in the shopper's words", () => {
    const { put, send, say } = shown(receiver);

    put("张三", "13812345678", "浙江省杭州市西湖区", "文三路1号");
    send();

    expect(say).toHaveBeenCalledExactlyOnceWith("改成浙江省杭州市西湖区文三路1号，张三 13812345678");
  });

  it("says a day as people do", () => {
    const { put, send, say } = shown(time);

    put("2026-12-05", "下午");
    send();

    expect(say).toHaveBeenCalledExactlyOnceWith("12月5日下午");
  });

  it("names what is missing or wrong, and says nothing", () => {
    const { form, put, send, say } = shown(receiver);

    put("张三", "1381234", "浙江省杭州市西湖区", "文三路1号");
    send();

    expect(say).not.toHaveBeenCalled();
    expect(form.querySelector(".problem")?.textContent).toBe(words.form.missing("phone"));
  });

  it("lets out what need not be said, but not everything", () => {
    const { put, send, say } = shown({ ...receiver, fields: receiver.fields.map((each) => ({ ...each, is_required: false })) });

    send();
    expect(say).not.toHaveBeenCalled();
    put("", "", "浙江省杭州市西湖区", "文三路1号");
    send();

    expect(say).toHaveBeenCalledExactlyOnceWith("改成浙江省杭州市西湖区文三路1号");
  });

  it("takes no day outside its bounds", () => {
    const { put, send, say } = shown(time);

    put("2026-12-09", "上午");
    send();

    expect(say).not.toHaveBeenCalled();
  });

  it("is closed once it was answered", () => {
    const { form } = shown(time, true);

    expect([...form.querySelectorAll<HTMLInputElement>("input, select, button")].every((each) => each.disabled)).toBe(true);
  });
});
