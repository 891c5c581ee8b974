/** Which page is shown; it stands in the address (`#/board`), so that back and reload work. */

import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { useSession } from "./session";

export type Place = "desk" | "board" | "statistics" | "administration";
const ROLES: Record<Place, readonly string[]> = {
  desk: ["agent", "supervisor", "admin", "auditor"],
  board: ["supervisor", "admin"],
  statistics: ["supervisor", "admin", "auditor"],
  administration: ["supervisor", "admin"],
};

function ofAddress(): Place {
  const name = window.location.hash.replace(/^#\/?/, "");
  return name in ROLES ? (name as Place) : "desk";
}

export const usePlace = defineStore("place", () => {
  const session = useSession();
  const wanted = ref<Place>(ofAddress());
  const known = computed(() => (Object.keys(ROLES) as Place[]).filter((name) => ROLES[name].includes(session.agent?.role ?? "")));
  const now = computed<Place>(() => (known.value.includes(wanted.value) ? wanted.value : "desk"));

  function go(name: Place): void {
    wanted.value = name;
    window.location.hash = name === "desk" ? "" : `/${name}`;
  }

  window.addEventListener("hashchange", () => (wanted.value = ofAddress()));

  return { now, known, go };
});
