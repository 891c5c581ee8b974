/**
 * Pictures and documents on their way to a shopper: up at once, sent with the next message. One list per conversation,
 * gone with the sign-out.
 */

import { MAX_ATTACHMENTS, type Attachment } from "@shouhou/shared/frames";
import { MOST_BYTES, PICTURES, upload, UploadRefused } from "@shouhou/shared/upload";
import { defineStore } from "pinia";
import { shallowReactive } from "vue";
import { words } from "../strings.zh-CN";
import { useNotices } from "./notices";

export const ACCEPTED = [...PICTURES, "application/pdf"];
const NOTHING: readonly Upload[] = [];

export interface Upload {
  key: string;
  file: File;
  /** An address of this page's own memory; empty for a document. */
  preview: string;
  progress: number;
  attachment: Attachment | null;
  problem: string;
}

export const useUploads = defineStore("uploads", () => {
  const notices = useNotices();
  const lists = shallowReactive(new Map<string, readonly Upload[]>());
  let lastKey = 0;

  function of(conversationId: string): readonly Upload[] {
    return lists.get(conversationId) ?? NOTHING;
  }

  function add(conversationId: string, files: readonly File[]): void {
    const room = MAX_ATTACHMENTS - of(conversationId).length;
    if (files.length > room) notices.show("hint", words.files.tooMany(MAX_ATTACHMENTS));
    for (const file of files.slice(0, Math.max(0, room))) begin(conversationId, file);
  }

  function begin(conversationId: string, file: File): void {
    const preview = PICTURES.includes(file.type) ? URL.createObjectURL(file) : "";
    const entry: Upload = { key: `u${++lastKey}`, file, preview, progress: 0, attachment: null, problem: refusalOf(file) };
    lists.set(conversationId, [...of(conversationId), entry]);
    if (!entry.problem) void send(conversationId, entry);
  }

  async function send(conversationId: string, { key, file }: Upload): Promise<void> {
    const address = `/v1/agent/conversations/${encodeURIComponent(conversationId)}/files`;
    try {
      const attachment = await upload(address, {}, file, (progress) => change(conversationId, key, { progress }));
      change(conversationId, key, { attachment, progress: 1 });
    } catch (error) {
      const problem = (error instanceof UploadRefused && error.message) || words.files.failed;
      change(conversationId, key, { problem });
    }
  }

  function again(conversationId: string, entry: Upload): void {
    change(conversationId, entry.key, { problem: "", progress: 0 });
    void send(conversationId, entry);
  }

  function change(conversationId: string, key: string, what: Partial<Upload>): void {
    const list = of(conversationId);
    if (list.length > 0) lists.set(conversationId, list.map((each) => (each.key === key ? { ...each, ...what } : each)));
  }

  function remove(conversationId: string, key: string): void {
    const list = of(conversationId);
    for (const each of list) if (each.key === key && each.preview) URL.revokeObjectURL(each.preview);
    const left = list.filter((each) => each.key !== key);
    if (left.length > 0) lists.set(conversationId, left);
    else lists.delete(conversationId);
  }

  /** What is up, to be named by the message; the list is empty then. */
  function take(conversationId: string): Attachment[] {
    const taken = of(conversationId);
    for (const each of taken) remove(conversationId, each.key);
    return taken.flatMap((each) => each.attachment ?? []);
  }

  function clear(): void {
    for (const conversationId of [...lists.keys()]) take(conversationId);
  }

  return { of, add, again, remove, take, clear };
});

function refusalOf(file: File): string {
  if (!ACCEPTED.includes(file.type)) return words.files.refused;
  return file.size > MOST_BYTES ? words.files.tooLarge : "";
}
