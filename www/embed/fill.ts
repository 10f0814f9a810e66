/** An embed that fills its document, and tells the document around it how high it is. */

import { make } from '../ui/element.js';
import { NAMES } from './switches.js';

/** Puts an embed with these switches into the document. */
export function fill(said: { get(name: string): string | null }) {
  const style = new CSSStyleSheet();
  // The heading is for those who do not see that it is a figure.
  style.replaceSync(
    'html, body, main, compact-proofs { height: 100%; margin: 0; } h1 { position: absolute; clip-path: inset(50%); white-space: nowrap; }',
  );
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];
  const element = document.createElement('compact-proofs');
  for (const name of NAMES) {
    const value = said.get(name);
    if (value !== null) element.setAttribute(name, value);
  }
  // The sites where people of this field write, and our own script for iframes, listen to this
  // message.
  element.addEventListener('proofsresize', ({ detail: height }) => {
    if (parent !== window) parent.postMessage({ type: 'iframe-widget-resize', height }, '*');
  });
  document.body.append(make('main', {}, make('h1', {}, 'Compact proofs'), element));
}
