/** A page that is loaded when it is first looked at: something is shown while it comes, and what to do where it does not. */

import { defineAsyncComponent, type Component } from "vue";
import PageComing from "./PageComing.vue";
import PageFailed from "./PageFailed.vue";

export function latePage(loader: () => Promise<{ default: Component }>): Component {
  return defineAsyncComponent({ loader, loadingComponent: PageComing, errorComponent: PageFailed });
}
