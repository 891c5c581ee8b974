/** Files dragged onto the page. Without this the browser would leave the desk and open them. */

import { onMounted, onUnmounted, ref, type Ref } from "vue";

export function useDroppedFiles(take: (files: File[]) => void): { isOver: Ref<boolean> } {
  const isOver = ref(false);
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

  function over(event: DragEvent): void {
    if (!hasFiles(event)) return;
    event.preventDefault();
    isOver.value = true;
  }

  function left(event: DragEvent): void {
    if (event.relatedTarget === null) isOver.value = false;
  }

  function dropped(event: DragEvent): void {
    if (!hasFiles(event)) return;
    event.preventDefault();
    isOver.value = false;
    take([...(event.dataTransfer?.files ?? [])]);
  }

  onMounted(() => {
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", left);
    window.addEventListener("drop", dropped);
  });
  onUnmounted(() => {
    window.removeEventListener("dragover", over);
    window.removeEventListener("dragleave", left);
    window.removeEventListener("drop", dropped);
  });
  return { isOver };
}
