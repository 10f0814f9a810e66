/** The module `plot`, fetched when it is first asked for, and once. */

import { compile } from '../engine/download.js';
import plotUrl from '../pkg/plot_bg.wasm?url';

export type Plot = typeof import('../pkg/plot.js');

let plot: Promise<Plot> | undefined;

/** Plotters, compiled. Rejects if it does not arrive; the next to ask tries again. */
export function plotters(): Promise<Plot> {
  plot ??= load().catch((error: unknown) => {
    plot = undefined;
    throw error;
  });
  return plot;
}

async function load(): Promise<Plot> {
  const [plot, module] = await Promise.all([import('../pkg/plot.js'), compile(plotUrl)]);
  await plot.default({ module_or_path: module });
  return plot;
}
