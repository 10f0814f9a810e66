/** Fetches what belongs to the page; an address is relative to it. */
export async function download(address: string): Promise<Response> {
  const url = new URL(address, document.baseURI);
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok) return response;
  throw new Error(`${url.pathname} cannot be fetched${response ? ` (HTTP ${response.status})` : ''}.`);
}

/** Fetches and compiles a WebAssembly module, also from a host that does not know its media type. */
export async function compile(address: string): Promise<WebAssembly.Module> {
  const response = await download(address);
  const streams = response.headers.get('content-type')?.startsWith('application/wasm');
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}
