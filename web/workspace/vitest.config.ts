import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "jsdom",
    server: { deps: { inline: ["element-plus"] } },
  },
});
