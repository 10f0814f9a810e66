/** Unpacks files that are inside a document or a program: deflated together and in base64. */

/** Files that follow one another: names, sizes and media types. */
export type Index = readonly (readonly [name: string, size: number, type: string])[];

/** The bytes of a base64 text. */
export const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** The bytes of a text that is deflated and in base64. */
export function inflated(base64: string): Promise<ArrayBuffer> {
  const stream = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).arrayBuffer();
}

/** The addresses (`blob:`) of the files, by their names. */
export async function unpack(index: Index, base64: string): Promise<Record<string, string>> {
  const all = await inflated(base64);
  let at = 0;
  return Object.fromEntries(
    index.map(([name, size, type]) => [name, URL.createObjectURL(new Blob([all.slice(at, (at += size))], { type }))]),
  );
}
