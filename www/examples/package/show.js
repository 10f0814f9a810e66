/**
 * Fetches the weights at `url`, proves a bound about them with the package's `prove`, and shows it.
 */
export async function show(prove, url) {
  const output = document.querySelector('output');
  try {
    const weights = new Uint8Array(await (await fetch(url)).arrayBuffer());
    const progress = (done) => (output.value = `${Math.round(100 * done)} % of the proof is done …`);
    const { outcome } = await prove(weights, 'cubic', { progress });
    output.value = `Right on at least ${outcome.percent} % of ${outcome.total} inputs: ${outcome.correct} are proven.`;
  } catch (error) {
    output.value = `No proof: ${error.message}`;
  }
}
