/** Fetches the page's own files. Addresses are relative to the page; every error names the file. */

import { told } from '../ui/format.js';

/** One of the page's own files did not arrive, or arrived damaged; another attempt may help. */
export class Missing extends Error {}

let cache: RequestCache = 'default';

/** Makes all later downloads bypass the browser's cache, which may hold a damaged file. */
export function distrustCache() {
  cache = 'reload';
}

/**
 * Fetches the file at `address` and reads it with `read`. Rejects with `Missing` if either fails.
 */
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

/** Fetches and compiles a WebAssembly module, whatever media type the server sends. */
export function compile(address: string): Promise<WebAssembly.Module> {
  return download(address, async (response) => {
    const streams = response.headers.get('content-type')?.startsWith('application/wasm');
    return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
  });
}
