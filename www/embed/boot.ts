/** Unpacks a single file and starts its program. */

import { bytesOf, inflated, unpack, type Index } from './unpack.js';
import { ID } from './single.js';

const text = (id: string) => document.getElementById(id)?.textContent?.trim() ?? '';

/** Says why nothing is shown, where otherwise the embed is. */
function fail(why: unknown) {
  const place = document.getElementById('compact-proofs-place');
  const reason = why instanceof Error ? why.message : String(why);
  if (place)
    place.textContent = `The proofs cannot start here: ${reason}. They need a browser of 2023 or later, and a page that lets scripts run.`;
}

async function start() {
  const { task, switches, page, read, file, weights, results } = JSON.parse(text(ID.data));
  const put = (part: BlobPart, type: string) => URL.createObjectURL(new Blob([part], { type }));
  // Results may be deflated, or stand there as they are.
  const shipped: BlobPart = typeof results === 'string' ? await inflated(results) : JSON.stringify(results);
  const files = {
    ...(await unpack(JSON.parse(text(ID.index)) as Index, text(ID.program))),
    [`models/${task}/${file}`]: put(bytesOf(weights), 'application/octet-stream'),
    [`embed/${task}/first-paint.json`]: put(shipped, 'application/json'),
  };
  globalThis.compactProofs = { files, switches, read, page };
  // A policy that lets this script run lets its text run, too; it may not let it run from an
  // address.
  const script = document.createElement('script');
  script.textContent = await (await fetch(files['widget.js'] ?? '')).text();
  document.getElementById('compact-proofs-place')?.remove();
  document.body.append(script);
}

start().catch(fail);
