/** Checks one certificate by the independent checker, and tells how far it is. To stop it, terminate it. */

import type { Told } from './check.js';
import init, { Check, lastPanic } from '../pkg/check.js';

/** Milliseconds of work between two messages. */
const STEP = 50;

self.onmessage = async ({ data }: MessageEvent<{ module: WebAssembly.Module; file: string; bytes: Uint8Array; certificate: string }>) => {
  const tell = (told: Told) => self.postMessage(told);
  try {
    await init({ module_or_path: data.module });
    const check = new Check(data.file, data.bytes, data.certificate);
    for (;;) {
      tell({ done: check.step(STEP) });
      const verdict = check.verdict();
      if (verdict) return tell({ verdict });
    }
  } catch (error) {
    const isAnswer = error instanceof Error && error.constructor === Error;
    tell({ failed: isAnswer ? error.message : `The checker stopped: ${panic() ?? String(error)}` });
  }
};

/** What Rust said before it stopped; nothing, if it never started. */
function panic(): string | undefined {
  try {
    return lastPanic();
  } catch {
    return undefined;
  }
}
