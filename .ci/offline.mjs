/**
 * Makes the page work without a network: its manifest and icons, and beside its document the
 * service worker with the list of all files of this build.
 */

import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '..');
const WORKER = 'offline.js';
const LIST = 'files.json';

/** What a first view needs besides what its document names. */
const FIRST = /^(index\.html|assets\/(worker|prove_bg)-[\w-]+\.\w+|models\/max-of-k\/(first-paint|manifest)\.json)$/;

/** The hash of a file as the attribute `integrity` has it. */
const hashOf = (bytes) => `sha256-${createHash('sha256').update(bytes).digest('base64')}`;

/**
 * The files of the page in dist/, without those that only other sites use, in one order on every
 * machine.
 */
const filesOf = (dist) =>
  readdirSync(dist, { recursive: true })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/^package\//.test(path) && ![WORKER, LIST].includes(path) && statSync(`${dist}/${path}`).isFile())
    .sort();

/** The service worker as one classic script: not every browser takes a module. */
async function worker(listHash) {
  const { output } = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    define: { LIST_HASH: JSON.stringify(listHash) },
    build: { write: false, target: 'es2022', modulePreload: false, rollupOptions: { input: resolve(root, 'www/offline/worker.ts'), output: { format: 'iife' } } },
  });
  return output[0].code;
}

/** Writes all of that to dist/, once all else is there. */
export async function offline(dist) {
  cpSync(`${root}/www/offline/manifest.webmanifest`, `${dist}/manifest.webmanifest`);
  cpSync(`${root}/www/offline/icons`, `${dist}/icons`, { recursive: true });
  const document = readFileSync(`${dist}/index.html`, 'utf8');
  const { facts } = JSON.parse(readFileSync(`${root}/www/models/max-of-k/first-paint.json`, 'utf8'));
  const all = filesOf(dist);
  const isFirst = (path) => document.includes(path) || path === `models/max-of-k/${facts.file}` || FIRST.test(path);
  const files = Object.fromEntries(all.map((path) => [path, hashOf(readFileSync(`${dist}/${path}`))]));
  const list = JSON.stringify({ files, shell: all.filter(isFirst) });
  writeFileSync(`${dist}/${LIST}`, list);
  writeFileSync(`${dist}/${WORKER}`, await worker(hashOf(list)));
}
