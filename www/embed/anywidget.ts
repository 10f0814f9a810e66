/**
 * The embed in notebooks (Jupyter, Colab, VS Code, marimo) and MyST pages, by the contract of
 * anywidget: one module with everything inside. Traits have the names of the switches; `weights`
 * has the bytes of a weights file, and `results` gets what is proven.
 */

import { base64, index } from 'packed';
import type { Detail } from './public.js';
import { NAMES } from './switches.js';
import { unpack } from './unpack.js';

/** What anywidget gives: the traits of the Python object. */
interface Traits {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, changed: () => void): void;
  off(event: string, changed: () => void): void;
}

let program: Promise<unknown> | undefined;
/** Unpacks the program, once for all cells. */
const load = () => {
  program ??= unpack(index, base64).then((files) => {
    globalThis.compactProofs = { files, switches: {} };
    return import('./compact-proofs.js');
  });
  program.catch(() => (program = undefined));
  return program;
};

/** Does what needs a kernel behind the traits. Those of MyST, which has none, throw instead. */
function withKernel(act: () => void) {
  try {
    act();
  } catch (error) {
    console.debug('compact-proofs: this page keeps no traits:', error);
  }
}

/** Shows an embed in `el`; returns how it is taken away. */
async function render({ model, el }: { model: Traits; el: HTMLElement }): Promise<() => void> {
  await load();
  const element = document.createElement('compact-proofs');
  let own: string | undefined;
  const show = (name: string) => {
    const value = model.get(name);
    if (value === undefined || value === null || value === '') element.removeAttribute(name);
    else element.setAttribute(name, Array.isArray(value) ? value.join() : String(value));
  };
  const take = () => {
    if (own !== undefined) URL.revokeObjectURL(own);
    own = undefined;
    const weights = model.get('weights');
    const bytes = weights instanceof DataView ? new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength).slice() : weights;
    if (!(bytes instanceof Uint8Array || bytes instanceof ArrayBuffer) || !bytes.byteLength) return show('src');
    own = URL.createObjectURL(new Blob([bytes as BlobPart]));
    element.setAttribute('src', own);
  };
  const listeners = NAMES.map((name) => [name, () => (name === 'src' ? take() : show(name))] as const);
  const all = [...listeners, ['weights', take] as const];
  for (const [name, changed] of all) {
    changed();
    model.on(`change:${name}`, changed);
  }
  const results: Record<string, Detail> = {};
  element.addEventListener('proofselect', ({ detail }) => {
    model.set('proof', detail.strategy);
    withKernel(() => model.save_changes());
  });
  element.addEventListener('proofresult', ({ detail }) => (results[detail.strategy] = detail));
  element.addEventListener('proofsdone', () => {
    model.set('results', { ...results });
    withKernel(() => model.save_changes());
  });
  el.append(element);
  return () => {
    element.remove();
    if (own !== undefined) URL.revokeObjectURL(own);
    for (const [name, changed] of all) withKernel(() => model.off(`change:${name}`, changed));
  };
}

export default { render };
