/**
 * Adds a third task, that of tests/skeleton, to a copy of the sources in target/skeleton, by the
 * lines that src/ARCHITECTURE.md shows, and checks that it compiles: the library, the task's module,
 * the modules that know all tasks, and the page.
 */

import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const [skeleton, scratch] = [resolve(root, 'tests/skeleton'), resolve(root, 'target/skeleton')];
/** Files in `cwd` that Git knows or would take. */
function listed(cwd, ...paths) {
  const all = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...paths], { cwd, encoding: 'utf8' });
  return all.split('\n').filter((file) => file && existsSync(resolve(cwd, file)));
}
const run = (command, args, options = {}) => execFileSync(command, args, { cwd: scratch, stdio: 'inherit', ...options });

const text = readFileSync(`${root}/src/ARCHITECTURE.md`, 'utf8');
const [, changes] = /^## A third task\n.*?^```diff\n(.*?)^```/ms.exec(text) ?? [];
if (!changes) throw new Error('src/ARCHITECTURE.md: expected a block ```diff under "A third task"');
for (const file of listed(skeleton)) {
  if (existsSync(resolve(root, file))) throw new Error(`${file} exists already: a third task only adds files`);
}

rmSync(scratch, { recursive: true, force: true });
const SOURCES = ['Cargo.*', '.cargo', 'src', 'tests/benches', 'package.json', 'tsconfig.json', 'www/*.ts'];
for (const file of listed(root, ...SOURCES)) {
  mkdirSync(dirname(resolve(scratch, file)), { recursive: true });
  copyFileSync(resolve(root, file), resolve(scratch, file));
}
cpSync(skeleton, scratch, { recursive: true });
// Git takes the copy for no part of the repository.
const apart = { ...process.env, GIT_CEILING_DIRECTORIES: resolve(root, 'target') };
run('git', ['apply', '-'], { input: changes, stdio: ['pipe', 'inherit', 'inherit'], env: apart });
const packages = ['parity', 'files', 'samples', 'compact-proofs'].flatMap((name) => ['-p', name]);
const target = process.env.CARGO_TARGET_DIR ?? resolve(root, 'target');
run('cargo', ['check', '-q', '--offline', ...packages, '--bin', 'compact-proofs', '--lib'], {
  env: { ...process.env, CARGO_TARGET_DIR: target },
});

// All modules that prove have one interface, so another one's types stand for those of the task's,
// which only a build makes.
const isText = (file) => !file.endsWith('.wasm');
cpSync(resolve(root, 'www/pkg'), resolve(scratch, 'www/pkg'), { recursive: true, filter: isText });
copyFileSync(resolve(root, 'www/pkg/group.d.ts'), resolve(scratch, 'www/pkg/parity.d.ts'));
symlinkSync(resolve(root, 'node_modules'), resolve(scratch, 'node_modules'));
run('node_modules/.bin/tsc', []);
console.log('skeleton: a third task compiles, and changes no existing file but the lists of tasks');
