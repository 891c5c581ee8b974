import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const BRIDGE = process.env["BRIDGE_URL"] ?? "http://127.0.0.1:8600";

// The bridge serves dist/ under /workspace/ with `default-src 'self'`: nothing may be inlined as a data: URL.
export default defineConfig({
  base: "/workspace/",
  plugins: [vue()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    rollupOptions: {
      output: {
        manualChunks: (id) => {
          if (id.includes("/shared/") || !id.includes("node_modules")) return undefined;
          if (/node_modules\/(echarts|zrender|tslib)\//.test(id)) return "charts";
          return /node_modules\/(@vue|vue|pinia)\//.test(id) ? "vue" : "element";
        },
      },
    },
  },
  server: { proxy: { "/v1": { target: BRIDGE, ws: true, changeOrigin: false } } },
});
