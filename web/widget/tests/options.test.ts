import { expect, it } from "vitest";
import { lookOf } from "../launcher/launcher";
import { snippet } from "../options/snippet";

const BRIDGE = "https://bridge.example";

it("the line says only what is not as usual", () => {
  expect(snippet(BRIDGE, "demo", lookOf({ color: "#2563eb" }))).toBe(`<script src="${BRIDGE}/widget.js" data-shop="demo" defer></script>`);
  expect(snippet(BRIDGE, "demo", lookOf({ color: "#be123c", side: "left", label: "找客服", lift: "80" }))).toBe(
    `<script src="${BRIDGE}/widget.js" data-shop="demo" data-color="#be123c" data-side="left" data-label="找客服" data-lift="80" defer></script>`,
  );
});

it("what it says is what the launcher reads again, whatever was typed", () => {
  const typed = lookOf({ label: `"><b>&` });
  const page = new DOMParser().parseFromString(snippet(BRIDGE, `a"b<c`, typed), "text/html");
  const script = page.querySelector("script");

  expect(page.body.children.length).toBe(0);
  expect(script?.dataset["shop"]).toBe(`a"b<c`);
  expect(lookOf({ ...script?.dataset }).label).toBe(typed.label);
});
