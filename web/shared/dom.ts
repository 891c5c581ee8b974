/**
 * Builds elements. Text becomes text nodes and nothing else: no function here, nor anywhere in the web parts, takes markup.
 */

export type Child = Node | string | number | null | undefined | false;

type Handlers = { [K in keyof HTMLElementEventMap as `on${K}`]?: (event: HTMLElementEventMap[K]) => void };
export type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)> & Handlers;

/** `h("button", {class: "x", onclick: f}, "字")`. true is an empty attribute; false, null and undefined leave it out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) apply(element, name, value);
  append(element, children);
  return element;
}

function apply(element: HTMLElement, name: string, value: Attributes[string]): void {
  if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
  else if (value === true) element.setAttribute(name, "");
  else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
}

function append(element: Element, children: Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Puts `children` in place of everything in `element`. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** Makes the children of `parent` exactly `nodes`, in order, without touching those already in place. */
export function arrange(parent: Element, nodes: Node[]): void {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.childNodes[index] !== node) parent.insertBefore(node, parent.childNodes[index] ?? null);
  });
}

const SVG = "http://www.w3.org/2000/svg";

/** A 24 px line icon from path data written in this repository. */
export function icon(path: string, size = 20, width = 1.8): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 24 24", width: size, height: size, fill: "none", "aria-hidden": "true" };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, String(value));
  const line = document.createElementNS(SVG, "path");
  const stroke = { d: path, stroke: "currentColor", "stroke-width": String(width), "stroke-linecap": "round" };
  for (const [name, value] of Object.entries(stroke)) line.setAttribute(name, value);
  line.setAttribute("stroke-linejoin", "round");
  svg.append(line);
  return svg;
}
