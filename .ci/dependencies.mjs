// Checks what the lock files name, without a network: where each package comes from, its licence, and known advisories.
// Not by cargo-deny, which knows no npm packages, wants a clone of its database and takes minutes to compile on a fresh machine.
//
//   node .ci/dependencies.mjs                 checks; npm run check does
//   node .ci/dependencies.mjs --refresh PATH  takes the advisories of a local checkout into .ci/advisories.json: of RustSec's
//                                             advisory-db, or of GitHub's advisory-database
//
// The snapshot holds the advisories about packages of the lock files, of any of their versions, and says how old it is and which
// packages it was made for: of others nothing is known until it is refreshed, which is told of.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '..');
const CARGO_LOCKS = ['Cargo.lock', 'tests/fuzz/Cargo.lock'];
const NPM_LOCK = 'package-lock.json';
const ADVISORIES = '.ci/advisories.json';
const LICENCES = '.ci/licences.json';
const CRATES = 'registry+https://github.com/rust-lang/crates.io-index';
/** Packages that come from this repository. */
const OURS = ['bench', 'check', 'compact-proofs', 'fuzz', 'plot', 'prove', 'files', 'tool', 'web'];
/** Kinds of advisories that fail; the others (unmaintained, notice) are told of. */
const FATAL = ['vulnerability', 'unsound'];

// ---- versions -----------------------------------------------------------------------------------------------------

/** `1.2.3-rc.1+build` as numbers and pre-release identifiers; what is left out of a partial version is undefined. */
export function parse(text) {
  const found = /^[v=]?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(text);
  if (!found) throw new Error(`“${text}” is no version`);
  const [, major, minor, patch, pre] = found;
  const number = (digits) => (digits === undefined || /[xX*]/.test(digits) ? undefined : Number(digits));
  return { numbers: [major, minor, patch].map(number), pre: pre?.split('.') ?? [] };
}

/** Below, at or above 0, as semver orders versions: a pre-release comes before its release. */
export function compare(a, b) {
  for (let i = 0; i < 3; i++) if (a.numbers[i] !== b.numbers[i]) return a.numbers[i] - b.numbers[i];
  if (!a.pre.length || !b.pre.length) return Math.sign(b.pre.length - a.pre.length);
  for (let i = 0; i < Math.max(a.pre.length, b.pre.length); i++) {
    const [x, y] = [a.pre[i], b.pre[i]];
    if (x === y) continue;
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const [p, q] = [x, y].map((id) => /^\d+$/.test(id));
    if (p !== q) return p ? -1 : 1;
    return p ? Number(x) - Number(y) : x < y ? -1 : 1;
  }
  return 0;
}

/** The least version of a partial one, and the least that is above all that it stands for, at a number of its parts. */
const least = ({ numbers, pre }) => ({ numbers: numbers.map((n) => n ?? 0), pre });
function next({ numbers }, part) {
  const raised = numbers.map((n, i) => (i < part ? (n ?? 0) : i === part ? (n ?? 0) + 1 : 0));
  return { numbers: raised, pre: ['0'] }; // before every pre-release of it
}

/** `[from, to)` of one comparator; `bare` says what a version without an operator means: that one (npm) or `^` (Cargo). */
function interval(operator, text, bare) {
  const version = parse(text);
  const given = version.numbers.findIndex((n) => n === undefined);
  const parts = given < 0 ? 3 : given;
  const [from, none] = [least(version), undefined];
  if (parts === 0) return [none, none];
  const upTo = (part) => [from, next(version, part)];
  switch (operator || (bare === 'caret' ? '^' : '=')) {
    case '^': {
      const first = from.numbers.findIndex((n) => n > 0);
      return upTo(Math.min(first < 0 ? parts - 1 : first, parts - 1));
    }
    case '~': return upTo(Math.min(1, parts - 1));
    case '=': return parts < 3 ? upTo(parts - 1) : [from, from, 'only'];
    case '>=': return [from, none];
    case '>': return parts < 3 ? [next(version, parts - 1), none] : [from, none, 'above'];
    case '<': return [none, from];
    case '<=': return parts < 3 ? [none, next(version, parts - 1)] : [none, from, 'with'];
    default: throw new Error(`“${operator}” is no comparison of versions`);
  }
}

/** Whether a version lies in a range: `||` of comparators that all hold, separated by commas or spaces. */
export function satisfies(version, range, bare = 'exact') {
  const at = parse(version);
  return range.split('||').some((alternative) => {
    const comparators = [...alternative.matchAll(/(\^|~|[<>]=?|=)?\s*([^\s,<>=^~|]+)/g)];
    const rest = alternative.replace(/(\^|~|[<>]=?|=)?\s*([^\s,<>=^~|]+)/g, '').replace(/[\s,]/g, '');
    if (rest) throw new Error(`“${range}” is no range of versions`);
    const holds = comparators.map(([, operator, text]) => {
      const [from, to, how] = interval(operator, text, bare);
      if (how === 'only') return compare(at, from) === 0;
      const [low, high] = [from && compare(at, from), to && compare(at, to)];
      if (low !== undefined && (how === 'above' ? low <= 0 : low < 0)) return false;
      return high === undefined || (how === 'with' ? high <= 0 : high < 0);
    });
    return holds.every(Boolean);
  });
}

// ---- licences -----------------------------------------------------------------------------------------------------

/** Whether an SPDX expression (or the older `MIT/Apache-2.0`) can be met by licences that are allowed. */
export function isAllowed(expression, allowed) {
  const tokens = expression.replaceAll('/', ' OR ').match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const atom = () => {
    const token = tokens[at++];
    if (token === '(') {
      const inner = either();
      if (tokens[at++] !== ')') throw new Error(`“${expression}”: a parenthesis is not closed`);
      return inner;
    }
    if (token === undefined || /^(AND|OR|WITH|\))$/.test(token)) throw new Error(`“${expression}” is no licence`);
    // An exception only adds permissions.
    if (tokens[at] === 'WITH') at += 2;
    return allowed.includes(token);
  };
  const chain = (word, part, combine) => {
    let result = part();
    while (tokens[at] === word) {
      at++;
      result = combine(part(), result);
    }
    return result;
  };
  const both = () => chain('AND', atom, (a, b) => a && b);
  const either = () => chain('OR', both, (a, b) => a || b);
  const result = either();
  if (at < tokens.length) throw new Error(`“${expression}” is no licence`);
  return result;
}

// ---- lock files ---------------------------------------------------------------------------------------------------

/** The packages of a Cargo.lock. */
export function cargoPackages(text) {
  return text.split('[[package]]').slice(1).map((entry) => {
    const field = (name) => new RegExp(`^${name} = "(.*)"$`, 'm').exec(entry)?.[1];
    return { ecosystem: 'crates', name: field('name'), version: field('version'), source: field('source'), checksum: field('checksum') };
  });
}

/** The packages of a package-lock.json, but for our own. */
export function npmPackages(text) {
  return Object.entries(JSON.parse(text).packages).filter(([path]) => path).map(([path, { name, version, integrity, license, link, resolved }]) => ({
    ecosystem: 'npm', name: name ?? path.split('node_modules/').pop(), version, integrity, licence: license, link, resolved, path,
  }));
}

const named = ({ ecosystem, name, version }) => `${ecosystem}: ${name} ${version}`;

/** What is wrong with where packages come from. */
export function originProblems(packages) {
  return packages.flatMap((p) => {
    if (p.ecosystem === 'npm') {
      if (p.link || /^(git|file|https?:.*\.git)/.test(p.resolved ?? '')) return [`${named(p)} does not come from the registry`];
      return /^sha(384|512)-[A-Za-z0-9+/]+=*$/.test(p.integrity ?? '') ? [] : [`${named(p)} has no integrity hash (SHA-384 or SHA-512): ${p.integrity}`];
    }
    if (!p.source) return OURS.includes(p.name) ? [] : [`${named(p)} has no source, and is none of ours`];
    if (p.source !== CRATES) return [`${named(p)} comes from ${p.source}, expected the registry`];
    return /^[0-9a-f]{64}$/.test(p.checksum ?? '') ? [] : [`${named(p)} has no checksum`];
  });
}

/** What is wrong with licences. */
export function licenceProblems(packages, allowed) {
  return packages.flatMap((p) => {
    try {
      if (p.licence && isAllowed(p.licence, allowed)) return [];
    } catch (error) {
      return [`${named(p)}: ${error.message}`];
    }
    return [`${named(p)} has the licence ${p.licence ?? '(none is named)'}, allowed are ${allowed.join(', ')}`];
  });
}

/** Whether an advisory is about a version. */
export function isAffected(version, advisory) {
  if (advisory.vulnerable) return advisory.vulnerable.some((range) => satisfies(version, range));
  return ![...advisory.patched, ...advisory.unaffected].some((range) => satisfies(version, range, 'caret'));
}

/** The packages that the snapshot was not made for, by name. */
export function unknown(packages, sources) {
  const known = new Set(Object.entries(sources).flatMap(([ecosystem, { packages: names }]) => names.map((name) => `${ecosystem}: ${name}`)));
  const names = packages.filter(({ name }) => !OURS.includes(name)).map((p) => `${p.ecosystem}: ${p.name}`);
  return [...new Set(names)].filter((name) => !known.has(name));
}

/** The advisories about packages, each with the package. */
export function found(packages, advisories) {
  return packages.flatMap((p) =>
    advisories
      .filter((a) => a.ecosystem === p.ecosystem && a.package === p.name && isAffected(p.version, a))
      .map((advisory) => ({ package: p, advisory })));
}

// ---- refreshing ---------------------------------------------------------------------------------------------------

function* files(folder, ending) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path, ending);
    else if (entry.name.endsWith(ending)) yield path;
  }
}

/** An advisory of RustSec: TOML between fences, then text. Withdrawn ones are left out. */
export function rustsec(text) {
  const toml = /```toml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const field = (name) => new RegExp(`^${name}\\s*=\\s*"(.*)"`, 'm').exec(toml)?.[1];
  const list = (name) => [...(new RegExp(`^${name}\\s*=\\s*\\[([^\\]]*)\\]`, 'm').exec(toml)?.[1] ?? '').matchAll(/"([^"]*)"/g)].map(([, range]) => range);
  if (field('withdrawn')) return undefined;
  return {
    id: field('id'), ecosystem: 'crates', package: field('package'), kind: field('informational') ?? 'vulnerability',
    title: /^# (.*)$/m.exec(text)?.[1] ?? '', patched: list('patched'), unaffected: list('unaffected'),
  };
}

/** An advisory of GitHub's database (OSV), once for each npm package that it is about. */
export function osv(text) {
  const { id, summary, withdrawn, affected = [] } = JSON.parse(text);
  if (withdrawn) return [];
  return affected.filter((a) => a.package?.ecosystem === 'npm').map((a) => ({
    id, ecosystem: 'npm', package: a.package.name, kind: 'vulnerability', title: summary ?? '',
    vulnerable: (a.ranges ?? []).flatMap(({ events }) => {
      const [ranges, last] = [[], a.database_specific?.last_known_affected_version_range];
      for (const event of events) {
        if (event.introduced !== undefined) ranges.push(event.introduced === '0' ? '>=0.0.0-0' : `>=${event.introduced}`);
        else if (event.fixed) ranges[ranges.length - 1] += ` <${event.fixed}`;
        else if (event.last_affected) ranges[ranges.length - 1] += ` <=${event.last_affected}`;
      }
      return last && ranges.length === 1 && !/ </.test(ranges[0]) ? [`${ranges[0]} ${last}`] : ranges;
    }).concat((a.versions ?? []).map((version) => `=${version}`)),
  }));
}

function refresh(path) {
  const snapshot = read(ADVISORIES);
  const names = (ecosystem) => new Set(locked().filter((p) => p.ecosystem === ecosystem).map(({ name }) => name));
  const git = (...args) => execFileSync('git', ['-C', path, ...args], { encoding: 'utf8' }).trim();
  const source = { taken: new Date().toISOString().slice(0, 10), commit: git('rev-parse', 'HEAD'), committed: git('log', '-1', '--format=%cs') };
  const [ecosystem, advisories] = existsSync(join(path, 'crates'))
    ? ['crates', [...files(join(path, 'crates'), '.md')].map((file) => rustsec(readFileSync(file, 'utf8'))).filter(Boolean)]
    : ['npm', [...files(join(path, 'advisories/github-reviewed'), '.json')].flatMap((file) => osv(readFileSync(file, 'utf8')))];
  const wanted = names(ecosystem);
  const chosen = advisories.filter((advisory) => wanted.has(advisory.package));
  const others = snapshot.advisories.filter((advisory) => advisory.ecosystem !== ecosystem);
  snapshot.advisories = [...others, ...chosen].sort((a, b) => (a.ecosystem + a.package + a.id < b.ecosystem + b.package + b.id ? -1 : 1));
  snapshot.sources[ecosystem] = {
    of: ecosystem === 'crates' ? 'RustSec advisory-db' : 'GitHub advisory-database', ...source, packages: [...wanted].filter((name) => !OURS.includes(name)).sort(),
  };
  // One advisory a line: a refreshed snapshot is then read as a difference.
  const lines = snapshot.advisories.map((advisory) => `    ${JSON.stringify(advisory)}`);
  const sources = Object.entries(snapshot.sources).map(([name, of]) => `    ${JSON.stringify(name)}: ${JSON.stringify(of)}`);
  const list = (items) => items.join(',\n');
  writeFileSync(join(root, ADVISORIES), `{\n  "sources": {\n${list(sources)}\n  },\n  "advisories": [\n${list(lines)}\n  ]\n}\n`);
  console.log(`${chosen.length} advisories about packages of the lock files, of ${advisories.length}, committed up to ${source.committed}`);
}

// ---- everything ---------------------------------------------------------------------------------------------------

const text = (path) => readFileSync(join(root, path), 'utf8');
const read = (path) => JSON.parse(text(path));
const locked = () => [...CARGO_LOCKS.flatMap((path) => cargoPackages(text(path))), ...npmPackages(text(NPM_LOCK))];

/** The crates that are compiled here and for the page, with their licences, out of what Cargo has fetched. */
function compiled() {
  const host = /^host: (.*)$/m.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))[1];
  const args = ['metadata', '--locked', '--format-version', '1', '--all-features', ...[host, 'wasm32-unknown-unknown'].flatMap((platform) => ['--filter-platform', platform])];
  const run = (...more) => execFileSync('cargo', [...args, ...more], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
  let json;
  try {
    json = run('--offline');
  } catch {
    json = run(); // a crate of some feature was never fetched: that needs the registry once
  }
  return JSON.parse(json).packages.map(({ name, version, license, source }) => ({ ecosystem: 'crates', name, version, licence: license, source }));
}

function check() {
  const [packages, { allowed }, { sources, advisories }] = [locked(), read(LICENCES), read(ADVISORIES)];
  const crates = compiled().filter(({ source }) => source);
  const modules = packages.filter(({ ecosystem }) => ecosystem === 'npm');
  // The lock file's word for a licence is that of the package itself, where it is installed.
  const installed = modules.filter(({ path }) => existsSync(join(root, path, 'package.json'))).map((p) => {
    const { license, licenses } = read(join(p.path, 'package.json'));
    return { ...p, licence: typeof license === 'string' ? license : (license?.type ?? licenses?.map(({ type }) => type).join(' OR ')) };
  });
  const affected = found(packages, advisories);
  const told = ({ package: p, advisory }) => `${named(p)}: ${advisory.id} (${advisory.kind}): ${advisory.title}`;
  const problems = [
    ...originProblems(packages),
    ...licenceProblems([...crates, ...modules, ...installed], allowed),
    ...affected.filter(({ advisory }) => FATAL.includes(advisory.kind)).map(told),
  ];
  for (const other of affected.filter(({ advisory }) => !FATAL.includes(advisory.kind))) console.warn(`dependencies: note: ${told(other)}`);
  const others = unknown(packages, sources);
  if (others.length) console.warn(`dependencies: note: the advisories were taken without ${others.length} packages, among them ${others.slice(0, 5).join(', ')}`);
  for (const problem of new Set(problems)) console.error(`dependencies: error: ${problem}`);
  const dates = Object.values(sources).map(({ of, committed, taken }) => `${of} of ${committed ?? taken}`);
  console.log(`${packages.length} locked packages, ${crates.length + modules.length} licences, ${advisories.length} advisories (${dates.join(', ')}): ${problems.length} problems`);
  process.exitCode = problems.length ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [command, path] = process.argv.slice(2);
  if (command === '--refresh' && path) refresh(resolve(path));
  else if (command) throw new Error(`what is ${command}? node .ci/dependencies.mjs [--refresh PATH_TO_ADVISORY_DB]`);
  else check();
}
