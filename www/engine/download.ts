/**
 * Fetches the page's own files. Addresses are relative to the page, unless an embed says otherwise;
 * every error names the file.
 */

import { t } from '../languages/language.js';
import { told } from '../ui/format.js';

/** One of the page's own files did not arrive, or arrived damaged; another attempt may help. */
export class Missing extends Error {}

let cache: RequestCache = 'default';

let resolve = (address: string): string => new URL(address, document.baseURI).href;

/**
 * Sets where the program's own files are, by their addresses; without this, they are relative to
 * the page.
 */
export function filesAre(where: (address: string) => string) {
  resolve = where;
}

/** Where one of the program's own files is. */
export const whereIs = (address: string) => resolve(address);

/** Makes all later downloads bypass the browser's cache, which may hold a damaged file. */
export function distrustCache() {
  cache = 'reload';
}

/**
 * Fetches the file at `address` and reads it with `read`. Rejects with `Missing` if either fails.
 */
export async function download<T>(address: string, read: (response: Response) => Promise<T>): Promise<T> {
  const url = new URL(resolve(address));
  const response = await fetch(url, { cache }).catch(() => undefined);
  if (!response?.ok)
    throw new Missing(response ? t`${url.pathname} cannot be fetched (HTTP ${response.status}).` : t`${url.pathname} cannot be fetched.`);
  try {
    return await read(response);
  } catch (error) {
    throw new Missing(t`${url.pathname} was cut short, or is damaged: ${told(error)}`);
  }
}

/** Fetches and compiles a WebAssembly module, whatever media type the server sends. */
export function compile(address: string): Promise<WebAssembly.Module> {
  return download(address, async (response) => {
    const streams = response.headers.get('content-type')?.startsWith('application/wasm');
    return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
  });
}
