/** The pictures of the conversation: they come with the visitor's token in a header, never in an address, and are shown from memory. */

import type { Attachment } from "@shouhou/shared/frames";

const HELD = 60;

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
