// Writes dist/package, the proving module for other sites and for Node, from www/package and the
// modules in www/pkg. `npm pack ./dist/package` makes an archive of it that npm installs.
import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const from = `${root}/www/package`;
const to = `${root}/dist/package`;
rmSync(to, { recursive: true, force: true });

const options = { target: 'es2022', module: 'esnext', moduleResolution: 'bundler', lib: 'es2023,DOM', rootDir: from, outDir: to };
const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
const tsc = [`${root}/node_modules/typescript/bin/tsc`, '--ignoreConfig', '--declaration', '--strict', '--skipLibCheck'];
execFileSync(process.execPath, [...tsc, ...flags, `${from}/index.ts`], { stdio: 'inherit' });

const copy = (source, file, change = (text) => text) => writeFileSync(`${to}/${file}`, change(readFileSync(`${source}/${file}`, 'utf8')));
// The modules lie beside the scripts there, not in a folder beside theirs.
for (const file of readdirSync(to)) copy(to, file, (text) => text.replaceAll('../pkg/', './'));
for (const name of ['prove', 'group', 'files']) {
  for (const file of [`${name}.js`, `${name}_bg.wasm`]) copyFileSync(`${root}/www/pkg/${file}`, `${to}/${file}`);
  // Only programs that ask TypeScript for its newest library know this method; `free` is the same.
  copy(`${root}/www/pkg`, `${name}.d.ts`, (text) => text.replace(/.*\[Symbol\.dispose\].*\n/g, ''));
}
for (const file of ['package.json', 'README.md']) copyFileSync(`${from}/${file}`, `${to}/${file}`);
for (const file of ['LICENSE-MIT', 'LICENSE-APACHE']) copyFileSync(`${root}/${file}`, `${to}/${file}`);
