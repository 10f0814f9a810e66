/** Fetches what belongs to the page; an address is relative to it. What does not arrive, or not whole, is named. */

import { told } from '../ui/format.js';

/** Something of the page's own is not here: it may be the next time. */
export class Missing extends Error {}

let cache: RequestCache = 'default';

/** From now on nothing comes from the browser's cache: what it keeps may be just what was damaged. */
export function distrustCache() {
  cache = 'reload';
}

/** Fetches something and reads it: whatever fails, the message says what of. */
export async function download<T>(address: string, read: (response: Response) => Promise<T>): Promise<T> {
  const url = new URL(address, document.baseURI);
  const response = await fetch(url, { cache }).catch(() => undefined);
  if (!response?.ok) throw new Missing(`${url.pathname} cannot be fetched${response ? ` (HTTP ${response.status})` : ''}.`);
  try {
    return await read(response);
  } catch (error) {
    throw new Missing(`${url.pathname} was cut short, or is damaged: ${told(error)}`);
  }
}

/** Fetches and compiles a WebAssembly module, also from a host that does not know its media type. */
export function compile(address: string): Promise<WebAssembly.Module> {
  return download(address, async (response) => {
    const streams = response.headers.get('content-type')?.startsWith('application/wasm');
    return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
  });
}
