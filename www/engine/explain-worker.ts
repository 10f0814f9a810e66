/** Answers questions about one network, one after the other. */

import init, { lastPanic, Network } from '../pkg/explain.js';
import type { Answered, Asked, Opened } from './explain.js';
import { whyNot } from './serve.js';

let memory: WebAssembly.Memory | undefined;
let opened: Promise<Network> | undefined;

self.onmessage = async ({ data }: MessageEvent<Opened | Asked>) => {
  if ('module' in data) {
    opened = open(data);
    // Each question will tell.
    opened.catch(() => {});
    return;
  }
  const tell = (answered: Answered) => self.postMessage(answered);
  try {
    const network = await opened!;
    const answer = network[data.question] as (...args: unknown[]) => unknown;
    tell({ id: data.id, result: answer.apply(network, data.args) });
  } catch (error) {
    tell({ id: data.id, ...whyNot(error, memory, lastPanic) });
  }
};

async function open({ module, weights: { file, bytes, read } }: Opened): Promise<Network> {
  ({ memory } = await init({ module_or_path: module }));
  return new Network(file, bytes, (read as { attn_scale: number | null } | undefined)?.attn_scale);
}
