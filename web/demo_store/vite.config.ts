import { defineConfig } from "vite";

/** Names without a hash: the shop serves the folder with ETags, and `make run` rebuilds in place. */
export default defineConfig({
  base: "./",
  build: {
    outDir: "dist",
    target: "es2022",
    modulePreload: false,
    rollupOptions: { output: { entryFileNames: "store.js", assetFileNames: "store.[ext]" } },
  },
});
