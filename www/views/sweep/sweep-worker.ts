/** Worker that reads the CSV file of a sweep: some hundred megabytes for ten thousand models. */

import { told } from '../../ui/format.js';
import { Reading, type Sweep } from './read.js';

/** What the worker answers: how many bytes are read, or the sweep, or what is wrong. */
export type Answer = { read: number } | { sweep: Sweep } | { problem: string };

const answer = (said: Answer, moved: Transferable[] = []) => postMessage(said, { transfer: moved });

addEventListener('message', ({ data }: MessageEvent<File>) => {
  read(data).catch((error: unknown) => answer({ problem: told(error) }));
});

async function read(file: File) {
  const [reading, decoder, reader] = [new Reading(), new TextDecoder(), file.stream().getReader()];
  let bytes = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (!value || done) break;
    reading.push(decoder.decode(value, { stream: true }));
    answer({ read: (bytes += value.length) });
  }
  const sweep = reading.end();
  const moved = sweep.sizes.flatMap(({ spreads }) => spreads.flatMap(({ bounds, parts }) => [bounds.buffer, parts.buffer]));
  answer({ sweep }, moved as Transferable[]);
}
