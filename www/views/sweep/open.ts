/** Opens the file of a sweep: a part of the page that is fetched when such a file is dropped. */

import { startWorker } from '../../engine/start.js';
import { isSweep } from './read.js';
import type { Answer } from './sweep-worker.js';
import { SweepView, type Wanted } from './sweep.js';
import workerUrl from './sweep-worker.ts?worker&url';
import type { Sweep } from './read.js';
import { t } from '../../languages/language.js';

/** The sweep that is shown; another one takes its place. */
let shown: SweepView | undefined;

/**
 * Shows the sweep in `file` at the end of the page. Returns false if the file is none; rejects if
 * it is damaged.
 */
export async function openSweep(file: File, wanted: Wanted): Promise<boolean> {
  if (!(await isSweep(file))) return false;
  const sweep = await read(file, (part) => wanted.status(t`Reading ${file.name}: ${Math.floor(100 * part)} %`));
  shown?.close();
  shown = new SweepView(file.name, sweep, wanted);
  wanted.status(t`${file.name} is shown below.`);
  shown.reveal();
  return true;
}

/** Reads the file in a worker. */
function read(file: File, progress: (part: number) => void): Promise<Sweep> {
  const worker = startWorker(workerUrl);
  const done = new Promise<Sweep>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ('read' in data) progress(data.read / file.size);
      else if ('sweep' in data) resolve(data.sweep);
      else reject(new Error(`${file.name}: ${data.problem}`));
    };
    worker.onerror = () => reject(new Error(t`${file.name}: what reads sweeps did not start, or ran out of memory.`));
  });
  worker.postMessage(file);
  return done.finally(() => worker.terminate());
}
