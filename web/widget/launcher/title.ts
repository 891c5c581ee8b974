/** Puts the number of unread messages before the page's title, and takes away only what it put there. */

import { launcherWords } from "../chat/strings.zh-CN";

export class TitleBadge {
  private prefix = "";

  show(count: number): void {
    const title = this.prefix && document.title.startsWith(this.prefix) ? document.title.slice(this.prefix.length) : document.title;
    this.prefix = count > 0 ? launcherWords.newMessages(count) : "";
    if (document.title !== this.prefix + title) document.title = this.prefix + title;
  }
}
