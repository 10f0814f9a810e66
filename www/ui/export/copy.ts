/** Text for the clipboard. */

/** Puts a text on the clipboard. Rejects if the browser refuses. */
export async function copy(text: string) {
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    // Pages that came without encryption have no such clipboard, but the older way.
    const put = (event: ClipboardEvent) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      event.clipboardData?.setData('text/plain', text);
    };
    addEventListener('copy', put, { capture: true, once: true });
    const isDone = document.execCommand('copy');
    removeEventListener('copy', put, { capture: true });
    if (!isDone) throw error;
  }
}
