// Runs the end-to-end tests, several files at a time, then alone the one that measures time. Exits
// with 1 if a test fails.
//
//   node tests/e2e/run.mjs
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const ALONE = 'timed.test.mjs';
/** Files that run at a time: more than two processors, as pages also wait. */
const LANES = 3;
/**
 * Milliseconds after which a file fails, which takes a minute or two: node counts the whole file.
 */
const LONGEST = 900_000;

const size = (file) => statSync(join(import.meta.dirname, file)).size;
// Large files take longest. They start first, so that no lane has to wait for one at the end.
const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.test.mjs')).sort((a, b) => size(b) - size(a));

/** Runs some files; resolves when all have ended. */
function tests(names, concurrency) {
  const events = run({ files: names.map((name) => join(import.meta.dirname, name)), concurrency, timeout: LONGEST });
  events.on('test:fail', () => (process.exitCode = 1));
  const shown = events.compose(new spec());
  shown.pipe(process.stdout, { end: false });
  return new Promise((ended) => shown.on('end', ended));
}
await tests(files.filter((file) => file !== ALONE), LANES);
await tests([ALONE], 1);
