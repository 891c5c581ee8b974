/** What an IM channel still allows, and what did not arrive, stands above the transcript. */

import { mount } from "@vue/test-utils";
import { expect, it } from "vitest";
import ChannelStrip from "../../src/components/conversation/ChannelStrip.vue";
import { words } from "../../src/strings.zh-CN";

const state = { left: 2, allowed: 5, window_until: "2026-11-22T06:05:00Z", held: 0, dead: 0, undelivered: [] };

it("says how many messages are left and until when", () => {
  const text = mount(ChannelStrip, { props: { state } }).text();

  expect(text).toContain("2 / 5");
  expect(text).toMatch(/\d{1,2}:05/);
});

it("says why a message did not arrive, each reason once", () => {
  const undelivered = [1, 2].map((seq) => ({ seq, state: "dead" as const, reason: "顾客拒收了消息，没有送达。" }));
  const text = mount(ChannelStrip, { props: { state: { ...state, dead: 2, undelivered } } }).text();

  expect(text).toContain(words.channelState.dead(2));
  expect(text.split("顾客拒收了消息").length).toBe(2);
});

it("says so when nothing may be sent, and nothing at all where the channel does not count", () => {
  const closed = mount(ChannelStrip, { props: { state: { ...state, left: 0, window_until: null, held: 1 } } }).text();
  const uncounted = mount(ChannelStrip, { props: { state: { ...state, left: null } } });

  expect(closed).toContain(words.channelState.closed);
  expect(closed).toContain(words.channelState.held(1));
  expect(uncounted.text()).toBe("");
});

it("names a channel by its kind, whatever the account is called", () => {
  expect(words.channelOf("wechat:main")).toBe(words.channel.wechat);
  expect(words.channelOf("web")).toBe(words.channel.web);
  expect(words.channelOf("qianniu:shop")).toBe("qianniu:shop");
});
