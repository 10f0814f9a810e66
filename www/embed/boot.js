/* Unpacks the program of a single file, which is deflated and in base64, and starts it. */
(async () => {
  const text = (id) => document.getElementById(id).textContent.trim();
  const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const inflate = async (base64) => {
    const inflated = new Blob([bytes(base64)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return new Uint8Array(await new Response(inflated).arrayBuffer());
  };
  const place = document.getElementById('compact-proofs-place');
  try {
    const { switches, page, file, weights, results } = JSON.parse(text('compact-proofs-data'));
    const files = {};
    const put = (name, part, type) => (files[name] = URL.createObjectURL(new Blob([part], { type })));
    put(`models/max-of-k/${file}`, bytes(weights), 'application/octet-stream');
    put('embed/first-paint.json', typeof results === 'string' ? await inflate(results) : JSON.stringify(results), 'application/json');
    const all = await inflate(text('compact-proofs-program'));
    let at = 0;
    let program = '';
    for (const [name, size, type] of JSON.parse(text('compact-proofs-index'))) {
      const part = all.subarray(at, (at += size));
      if (name === 'widget.js') program = new TextDecoder().decode(part);
      else put(name, part, type);
    }
    globalThis.compactProofs = { files, switches, page };
    const script = document.createElement('script');
    script.textContent = program;
    place.remove();
    document.body.append(script);
  } catch (error) {
    place.textContent = `The proofs cannot start here: ${error.message}. They need a browser of 2023 or later, and a page that lets scripts run.`;
  }
})();
