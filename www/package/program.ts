/** The WebAssembly programs that lie beside the package's script. */

/** Returns a function that does `work` once, and again only after a failure. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work().catch((error: unknown) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}

/** The bytes or the response at `url`: Node does not fetch files. */
export async function program(url: URL): Promise<BufferSource | Response> {
  if (url.protocol === 'file:') {
    const files = 'node:fs/promises'; // no literal, which bundlers for browsers would look for
    const { readFile } = (await import(/* @vite-ignore */ files)) as { readFile(path: URL): Promise<Uint8Array<ArrayBuffer>> };
    return readFile(url);
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.href} cannot be fetched: status ${response.status}`);
  return response;
}
