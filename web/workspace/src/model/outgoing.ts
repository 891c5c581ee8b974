/**
 * The look at a message before it goes to the shopper. Pure; the words it looks for are in the catalogue.
 *
 * Rule 1. `stop` must be changed: an open variable, a card or identity number, asking for a secret, buying praise.
 * Rule 2. `ask` is sent when the agent says so a second time: a promise, an amount no rule has named, a harsh word.
 * Rule 3. It is instant and works without the line: nothing is asked of the server.
 */

import type { CustomerView } from "../net/http";
import { openVariables } from "./replies";
import { words } from "../strings.zh-CN";

export interface Finding {
  weight: "stop" | "ask";
  text: string;
}

const IDENTITY = /(?<!\d)\d{17}[\dXx](?!\d)/g;
const CARD = /(?<!\d)\d{16,19}(?!\d)/g;
const MOBILE = /(?<!\d)1[3-9]\d{9}(?!\d)/g;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = "10X98765432";

/** `known`: what the workspace shows of this shopper; its numbers and amounts are not suspicious. */
export function findingsIn(text: string, known: CustomerView | null): Finding[] {
  const check = words.check;
  const numbers = knownNumbers(known);
  const open = openVariables(text).map((name) => stop(check.open(name)));
  const numberLike = [
    ...(all(IDENTITY, text).some((digits) => isIdentity(digits) && !numbers.has(digits)) ? [stop(check.identity)] : []),
    ...(all(CARD, text).some((digits) => isCard(digits) && !numbers.has(digits)) ? [stop(check.card)] : []),
    ...(all(MOBILE, text).some((digits) => !numbers.has(digits)) ? [ask(check.mobile)] : []),
  ];
  const phrases = check.phrases.flatMap(({ weight, pattern, say }) => {
    const found = new RegExp(pattern).exec(text);
    return found ? [{ weight, text: say(found[0]) } satisfies Finding] : [];
  });
  const amounts = amountsIn(text).filter((amount) => !knownAmounts(known).has(amount));
  return [...open, ...numberLike, ...phrases, ...amounts.map((amount) => ask(check.amount(amount)))];
}

function stop(text: string): Finding {
  return { weight: "stop", text };
}

function ask(text: string): Finding {
  return { weight: "ask", text };
}

function all(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern)].map((found) => found[0]);
}

/** `¥1,299` and `1299.00元` are the same amount: `1299.00`. */
export function amountsIn(text: string): string[] {
  const found = [...text.matchAll(new RegExp(words.check.amountPattern, "g"))].map((each) => normal(each[1] ?? each[2] ?? ""));
  return [...new Set(found)];
}

function normal(amount: string): string {
  const [yuan = "0", cents = ""] = amount.replaceAll(",", "").split(".");
  return `${yuan.replace(/^0+(?=\d)/, "")}.${cents.padEnd(2, "0")}`;
}

function knownAmounts(view: CustomerView | null): Set<string> {
  const orders = (view?.orders ?? []).flatMap((order) => [
    order.goods_total, order.coupon, order.freight, order.paid_total, order.points_discount,
    ...order.lines.flatMap((line) => [line.unit_price, line.paid]),
    ...Object.values(order.price_drops),
  ]);
  const cases = (view?.cases ?? []).flatMap((item) => [
    item.refund_amount ?? "", item.verdict?.refund_total ?? "", ...(item.verdict?.refund_lines ?? []).map((line) => line.amount),
  ]);
  return new Set([...orders, ...cases].filter(Boolean).map((amount) => normal(amount.replace("-", ""))));
}

function knownNumbers(view: CustomerView | null): Set<string> {
  const orders = (view?.orders ?? []).flatMap((order) => [
    order.order_number, ...order.shipments.flatMap((each) => [each.tracking_number, each.carrier_phone]),
  ]);
  return new Set([...orders, ...(view?.cases ?? []).flatMap((item) => [item.case_id, item.return_tracking_number])]);
}

/** A resident identity number: a possible day of birth and the right check digit. */
function isIdentity(digits: string): boolean {
  const [month, day] = [Number(digits.slice(10, 12)), Number(digits.slice(12, 14))];
  const century = digits.slice(6, 8);
  if (!["19", "20"].includes(century) || month < 1 || month > 12 || day < 1 || day > 31) return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  return CHECK[sum % 11] === digits[17]?.toUpperCase();
}

/** A bank card: it begins as UnionPay, Visa or Mastercard ones do, and Luhn's sum is right. */
function isCard(digits: string): boolean {
  if (!/^(62|4|5[1-5])/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
