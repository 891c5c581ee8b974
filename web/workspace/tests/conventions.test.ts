/** What no compiler checks: no raw HTML anywhere, and every word in the one catalogue. */

import { expect, it } from "vitest";

const sources = import.meta.glob<string>("../src/**/*.{vue,ts}", { query: "?raw", import: "default", eager: true });
const files = Object.entries(sources);

it("the sources are found", () => {
  expect(files.length).toBeGreaterThan(40);
});

it.each(files)("%s never renders raw HTML", (_, text) => {
  expect(text).not.toMatch(/v-html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
});

it.each(files.filter(([path]) => !path.includes("strings.zh-CN")))("%s says nothing of its own", (_, text) => {
  const withoutComments = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "").replace(/<!--[\s\S]*?-->/g, "");

  expect(withoutComments).not.toMatch(/\p{Script=Han}/u);
});
