// Lets Node import the page's sources: it takes the types out of TypeScript, finds x.ts by the name
// x.js, and gives the address of a file for an import that ends in url, as ?url does.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';

export async function resolve(specifier, context, next) {
  if (/[?&]url$/.test(specifier)) return { url: new URL(specifier, context.parentURL).href, shortCircuit: true };
  const isSource = specifier.startsWith('.') && context.parentURL?.endsWith('.ts') && !specifier.includes('/pkg/');
  return next(isSource ? specifier.replace(/\.js$/, '.ts') : specifier, context);
}

export async function load(url, context, next) {
  if (/[?&]url$/.test(url)) return { format: 'module', source: `export default ${JSON.stringify(url)}`, shortCircuit: true };
  if (!url.endsWith('.ts')) return next(url, context);
  const { code } = await transformWithOxc(await readFile(fileURLToPath(url), 'utf8'), fileURLToPath(url), { sourcemap: false });
  return { format: 'module', source: code, shortCircuit: true };
}
