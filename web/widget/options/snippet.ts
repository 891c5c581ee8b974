import { DEFAULT_COLOR, LIFT, type Look } from "../launcher/launcher";
import { launcherWords } from "../chat/strings.zh-CN";

/** The line for the shop's page; what is as usual is left out. */
export function snippet(bridge: string, shop: string, look: Look): string {
  const data: [string, string][] = [["shop", shop]];
  if (look.color && look.color !== DEFAULT_COLOR) data.push(["color", look.color]);
  if (look.side === "left") data.push(["side", "left"]);
  if (look.label !== launcherWords.label) data.push(["label", look.label]);
  if (look.lift !== LIFT.usual) data.push(["lift", String(look.lift)]);
  const attributes = data.map(([name, value]) => `data-${name}="${quoted(value)}"`).join(" ");
  return `<script src="${bridge}/widget.js" ${attributes} defer></script>`;
}

function quoted(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
