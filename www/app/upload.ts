/** Receives the user's files, from the dialog or dropped anywhere on the page. */

import { get } from '../ui/element.js';

/** Calls `open` with the files whenever the user chooses or drops some. */
export function acceptFiles(open: (files: File[]) => void) {
  const input = get('file', HTMLInputElement);
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = ''; // so that the same file can be chosen again
    if (files.length) open(files);
  });

  const overlay = get('drop', HTMLElement);
  // Elements that the pointer has entered but not left. A child is entered before its parent is
  // left, so the pointer is outside the page only when this is 0.
  let depth = 0;
  const over = (change: number) => {
    depth = change && Math.max(0, depth + change);
    overlay.hidden = depth === 0;
  };
  const listen = (kind: 'dragenter' | 'dragover' | 'dragleave' | 'drop', act: (files: FileList) => void) =>
    addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      act(event.dataTransfer.files);
    });
  listen('dragenter', () => over(1));
  listen('dragover', () => {});
  listen('dragleave', () => over(-1));
  listen('drop', (files) => {
    over(0);
    open([...files]);
  });
}
