/** What an agent has set for this computer: looks, sound, which panels are open. */

import { defineStore } from "pinia";
import { ref, watch } from "vue";

export type Theme = "auto" | "light" | "dark";
const KEY = "shouhou.preferences";

interface Kept {
  theme: Theme;
  isSoundOn: boolean;
  isCustomerShown: boolean;
  isNotifying: boolean;
}

const DEFAULTS: Kept = { theme: "auto", isSoundOn: false, isCustomerShown: true, isNotifying: false };

function kept(): Kept {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Kept>) };
  } catch {
    return DEFAULTS;
  }
}

export const usePreferences = defineStore("preferences", () => {
  const start = kept();
  const theme = ref<Theme>(start.theme);
  const isSoundOn = ref(start.isSoundOn);
  const isCustomerShown = ref(start.isCustomerShown);
  const isNotifying = ref(start.isNotifying);
  const system = window.matchMedia?.("(prefers-color-scheme: dark)");

  function paint(): void {
    const isDark = theme.value === "dark" || (theme.value === "auto" && Boolean(system?.matches));
    document.documentElement.classList.toggle("dark", isDark);
  }

  watch([theme, isSoundOn, isCustomerShown, isNotifying], () => {
    const now: Kept = {
      theme: theme.value, isSoundOn: isSoundOn.value, isCustomerShown: isCustomerShown.value, isNotifying: isNotifying.value,
    };
    localStorage.setItem(KEY, JSON.stringify(now));
    paint();
  });
  system?.addEventListener?.("change", paint);
  paint();

  return { theme, isSoundOn, isCustomerShown, isNotifying };
});
