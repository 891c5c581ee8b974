/**
 * Several steps at one key. They run in order and stop at the first that needs a person: a reply the look before sending
 * speaks against stands in the box then, and nothing after it has been done.
 */

import type { ConversationRow } from "@shouhou/shared/frames";
import { defineStore } from "pinia";
import { filled, variablesOf } from "../model/replies";
import { findingsIn } from "../model/outgoing";
import { words } from "../strings.zh-CN";
import { useCommands } from "./commands";
import { useCustomers } from "./customers";
import { useDrafts } from "./drafts";
import { useLabels } from "./labels";
import { useNotices } from "./notices";
import { usePresets, type Kept, type Macro } from "./presets";
import { useSession } from "./session";

type Step = Macro["steps"][number];

export const useMacros = defineStore("macros", () => {
  const presets = usePresets();
  const commands = useCommands();
  const customers = useCustomers();
  const drafts = useDrafts();
  const labels = useLabels();
  const notices = useNotices();
  const session = useSession();

  function at(key: string): Kept<Macro> | undefined {
    return presets.macros.find((each) => each.body.key === key);
  }

  function run(macro: Kept<Macro>, row: ConversationRow): void {
    for (const step of macro.body.steps) if (!take(step, row)) return notices.show("hint", words.macros.stopped(macro.name));
    notices.show("success", words.macros.done(macro.name));
  }

  /** False where it could not be done as it stands. */
  function take(step: Step, row: ConversationRow): boolean {
    switch (step.does) {
      case "say":
        return say(step.text, row);
      case "note":
        commands.sendText(row, step.text, true);
        return true;
      case "tag":
        return tag(step.text, row.conversation_id);
      case "transfer":
        commands.transfer(row, { skill: step.text }, "");
        return true;
      case "close":
        commands.close(row, step.text, "");
        return true;
    }
  }

  function say(text: string, row: ConversationRow): boolean {
    const view = customers.states.get(row.conversation_id)?.view ?? null;
    const known = variablesOf(view, row.handoff?.order_number ?? null, session.agent?.name ?? "", session.shopName);
    const said = filled(text, known);
    if (findingsIn(said, view).length > 0) {
      drafts.change(row.conversation_id, { reply: said, isNote: false });
      return false;
    }
    commands.sendText(row, said, false);
    return true;
  }

  function tag(name: string, conversationId: string): boolean {
    const tags = labels.tags.get(conversationId) ?? [];
    if (!tags.includes(name)) void labels.setTags(conversationId, [...tags, name]);
    return true;
  }

  return { at, run };
});
