/** What this agent keeps: saved views and macros. Kept at the bridge, so that they are there on every computer. */

import type { Preset } from "@shouhou/shared/frames";
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import * as http from "../net/http";

type Body = Preset["body"];
export type SavedView = Extract<Body, { kind: "view" }>;
export type Macro = Extract<Body, { kind: "macro" }>;
export type Kept<B extends Body> = Omit<Preset, "body"> & { body: B };

const isView = (each: Preset): each is Kept<SavedView> => each.body.kind === "view";
const isMacro = (each: Preset): each is Kept<Macro> => each.body.kind === "macro";

export const usePresets = defineStore("presets", () => {
  const all = ref<Preset[]>([]);
  const views = computed(() => all.value.filter(isView));
  const macros = computed(() => all.value.filter(isMacro));

  /** Without them the desk works just as well. */
  async function load(): Promise<void> {
    all.value = await http.presets().catch(() => all.value);
  }

  /** Throws what can be shown. */
  async function save(presetId: string | null, preset: http.NewPreset): Promise<void> {
    const saved = await http.savePreset(presetId, preset);
    const at = all.value.findIndex((each) => each.preset_id === saved.preset_id);
    all.value = at < 0 ? [...all.value, saved] : all.value.with(at, saved);
  }

  async function remove(presetId: string): Promise<void> {
    await http.removePreset(presetId);
    all.value = all.value.filter((each) => each.preset_id !== presetId);
  }

  return { all, views, macros, load, save, remove };
});
