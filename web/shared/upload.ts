/** A file on its way up: the file itself as the body, its name percent-encoded in a header, with its progress. */

import type { Attachment } from "./frames";

export const MOST_BYTES = 15 * 1024 * 1024;
export const PICTURES = ["image/jpeg", "image/png", "image/webp", "image/gif"];
const LONGEST_NAME = 100;

/** Carries the server's sentence; anything else that goes wrong is the network. */
export class UploadRefused extends Error {}

/** Resolves with what the message then names. */
export function upload(address: string, headers: Record<string, string>, file: File, progress: (part: number) => void): Promise<Attachment> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name.slice(-LONGEST_NAME)));
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
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
