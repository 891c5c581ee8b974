/**
 * Builds what the bridge serves: `dist/widget.js` (the launcher, one classic script) with its types, `dist/chat/` (the page in the
 * iframe) and `dist/options/` (where a shop chooses how the button looks). Prints the compressed sizes and fails when a shopper's first load would be too heavy.
 */

import { copyFile, readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const LIMIT_BYTES = 40 * 1024;
const TARGET = ["es2022", "chrome94", "safari16"];
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const shared = { configFile: false, logLevel: "warn", publicDir: false };

await rm(path("dist"), { recursive: true, force: true });
await build({
  ...shared,
  root: path("."),
  build: {
    outDir: path("dist"),
    emptyOutDir: false,
    target: TARGET,
    lib: { entry: path("launcher/main.ts"), formats: ["iife"], name: "ShouhouWidget", fileName: () => "widget.js" },
  },
});
await build({
  ...shared,
  root: path("chat"),
  base: "./",
  build: {
    outDir: path("dist/chat"),
    emptyOutDir: false,
    target: TARGET,
    modulePreload: false,
    rollupOptions: { output: { entryFileNames: "chat.js", assetFileNames: "chat.[ext]" } },
  },
});

await build({
  ...shared,
  root: path("options"),
  base: "./",
  build: {
    outDir: path("dist/options"),
    emptyOutDir: false,
    target: TARGET,
    modulePreload: false,
    rollupOptions: { output: { entryFileNames: "options.js", assetFileNames: "options.[ext]" } },
  },
});
await copyFile(path("launcher/api.d.ts"), path("dist/widget.d.ts"));

const files = ["widget.js", "chat/index.html", "chat/chat.js", "chat/chat.css"];
let total = 0;
for (const file of files) {
  const bytes = gzipSync(await readFile(path(`dist/${file}`)), { level: 9 }).length;
  total += bytes;
  console.log(`${file.padEnd(16)} ${(bytes / 1024).toFixed(1).padStart(6)} KB gzipped`);
}
console.log(`${"first load".padEnd(16)} ${(total / 1024).toFixed(1).padStart(6)} KB gzipped, limit ${LIMIT_BYTES / 1024} KB`);
if (total > LIMIT_BYTES) {
  console.error("The widget's first load is over its limit.");
  process.exit(1);
}
