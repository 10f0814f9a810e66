// Counts the right sequences of the gallery's models of Max-of-4 with three programs: the proven
// checker, the strategy `exact`, and the checker of its certificate. Writes gallery.csv; exits with
// 1 if they differ. Run by .ci/extract.sh --gallery, which names the programs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [proven, prover, checker] = process.argv.slice(2);
const folder = 'www/models/max-of-k';
const scratch = mkdtempSync(join(tmpdir(), 'gallery-'));
const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const certificate = join(scratch, 'certificate.json');
const rows = [];
let differences = 0;
for (const file of readdirSync(folder).filter((name) => /^max4_.*\.safetensors$/.test(name))) {
  const path = join(folder, file);
  const [right, wrong, sequences] = run(proven, path).trim().split(' ');
  run(prover, 'prove', path, '--strategy', 'exact', '-o', certificate);
  const { correct } = JSON.parse(readFileSync(certificate, 'utf8'));
  const [, derived] = /derived\s+at least (\d+)/.exec(run(checker, path, certificate)) ?? [];
  const isSame = right === correct && right === derived && BigInt(right) + BigInt(wrong) === BigInt(sequences);
  if (!isSame) differences += 1;
  rows.push([file, sequences, right, wrong, correct, derived].join(','));
  console.log(`${rows.at(-1)}${isSame ? '' : '   DIFFERENT'}`);
}
rmSync(scratch, { recursive: true });
writeFileSync(join(import.meta.dirname, 'gallery.csv'), ['file,sequences,right,wrong,exact,checker', ...rows, ''].join('\n'));
console.log(`${rows.length} models, ${differences} differences`);
process.exit(differences ? 1 : 0);
