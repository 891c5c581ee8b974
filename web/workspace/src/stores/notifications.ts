/** Messages of the operating system while the workspace is not looked at. They name nobody and quote nothing. */

let shown: Notification | null = null;

/** Asks once; false where the agent or the browser says no. */
export async function mayNotify(): Promise<boolean> {
  if (!("Notification" in window)) return false;
  if (Notification.permission === "default") await Notification.requestPermission();
  return Notification.permission === "granted";
}

/** A new one replaces the last, so that a busy hour is not a wall of them. */
export function notify(title: string, body: string): void {
  if (document.visibilityState === "visible" || !("Notification" in window) || Notification.permission !== "granted") return;
  shown?.close();
  shown = new Notification(title, { body, tag: "shouhou" });
  shown.onclick = () => {
    window.focus();
    shown?.close();
  };
}
