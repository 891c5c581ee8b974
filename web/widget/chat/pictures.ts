/**
 * Pictures up and down. Up goes the file itself, with its progress; down they come with the visitor's token in a header,
 * never in an address, and are shown from memory.
 */

import type { Attachment } from "@shouhou/shared/frames";

export const MOST_BYTES = 15 * 1024 * 1024;
const KINDS = ["image/jpeg", "image/png", "image/webp", "image/gif"];
export const ACCEPTED = KINDS.join();
const HELD = 60;

export class UploadRefused extends Error {}

export function isPicture(file: File): boolean {
  return KINDS.includes(file.type);
}

/** Resolves with what the message then names. `UploadRefused` carries the server's sentence; anything else is the network. */
export function upload(base: string, token: string, file: File, progress: (part: number) => void): Promise<Attachment> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${base}/v1/shopper/files`);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name.slice(-100)));
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => reject(new Error("network"));
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status === 201) resolve(answer as Attachment);
      else reject(new UploadRefused((answer as { error?: { message?: string } } | null)?.error?.message ?? ""));
    };
    request.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** The pictures of the conversation as addresses of this page's own memory; the oldest are let go. */
export class Gallery {
  private readonly held = new Map<string, Promise<string>>();

  constructor(private readonly fetchFile: (path: string) => Promise<Response>) {}

  thumbnail(attachment: Attachment): Promise<string> {
    return this.address(`/v1/files/${attachment.attachment_id}/thumbnail`);
  }

  full(attachment: Attachment): Promise<string> {
    return this.address(`/v1/files/${attachment.attachment_id}`);
  }

  private address(path: string): Promise<string> {
    const known = this.held.get(path);
    if (known) return known;
    const loading = this.load(path);
    this.held.set(path, loading);
    loading.catch(() => this.held.delete(path));
    if (this.held.size > HELD) this.letGo();
    return loading;
  }

  private async load(path: string): Promise<string> {
    const response = await this.fetchFile(path);
    if (!response.ok) throw new Error(String(response.status));
    return URL.createObjectURL(await response.blob());
  }

  private letGo(): void {
    const [path, loading] = [...this.held][0] as [string, Promise<string>];
    this.held.delete(path);
    void loading.then((address) => URL.revokeObjectURL(address)).catch(() => undefined);
  }
}
