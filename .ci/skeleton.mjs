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
const listed = (cwd, ...paths) =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...paths], { cwd, encoding: 'utf8' }).split('\n').filter((file) => file && existsSync(resolve(cwd, file)));
const run = (command, args, options = {}) => execFileSync(command, args, { cwd: scratch, stdio: 'inherit', ...options });

const [, changes] = /^## A third task\n.*?^```diff\n(.*?)^```/ms.exec(readFileSync(`${root}/src/ARCHITECTURE.md`, 'utf8')) ?? [];
if (!changes) throw new Error('src/ARCHITECTURE.md: expected a block ```diff under "A third task"');
for (const file of listed(skeleton)) if (existsSync(resolve(root, file))) throw new Error(`${file} exists already: a third task only adds files`);

rmSync(scratch, { recursive: true, force: true });
for (const file of listed(root, 'Cargo.*', '.cargo', 'src', 'tests/benches', 'package.json', 'tsconfig.json', 'www/*.ts')) {
  mkdirSync(dirname(resolve(scratch, file)), { recursive: true });
  copyFileSync(resolve(root, file), resolve(scratch, file));
}
cpSync(skeleton, scratch, { recursive: true });
// Git takes the copy for no part of the repository.
run('git', ['apply', '-'], { input: changes, stdio: ['pipe', 'inherit', 'inherit'], env: { ...process.env, GIT_CEILING_DIRECTORIES: resolve(root, 'target') } });
run('cargo', ['check', '-q', '--offline', '-p', 'parity', '-p', 'files', '-p', 'samples', '-p', 'compact-proofs', '--bin', 'compact-proofs', '--lib'], { env: { ...process.env, CARGO_TARGET_DIR: process.env.CARGO_TARGET_DIR ?? resolve(root, 'target') } });

// All modules that prove have one interface, so another one's types stand for those of the task's, which only a build makes.
cpSync(resolve(root, 'www/pkg'), resolve(scratch, 'www/pkg'), { recursive: true, filter: (file) => !file.endsWith('.wasm') });
copyFileSync(resolve(root, 'www/pkg/group.d.ts'), resolve(scratch, 'www/pkg/parity.d.ts'));
symlinkSync(resolve(root, 'node_modules'), resolve(scratch, 'node_modules'));
run('node_modules/.bin/tsc', []);
console.log('skeleton: a third task compiles, and changes no existing file but the lists of tasks');
