// Checks the packages in the lock files, without a network: their origins, their licences, and
// advisories about them. cargo-deny is no alternative: it does not know npm packages, needs a clone
// of its database and takes minutes to compile on a fresh machine.
//
//   node .ci/dependencies.mjs                 checks (a part of `npm run check`)
//   node .ci/dependencies.mjs --refresh PATH  copies advisories to .ci/advisories.json from PATH, a
//                                             checkout of RustSec's advisory-db or of GitHub's
//                                             advisory-database
//
// .ci/advisories.json holds the advisories about any version of the packages that were in the lock
// files when it was refreshed, their names, and the date. A note names packages added since then.
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
/** Packages of this repository, by their manifests. */
const OURS = ['.', 'src/tool', 'tests/benches', 'tests/fuzz', ...readdirSync(join(root, 'src/web')).map((crate) => `src/web/${crate}`)].map(
  (folder) => /^name = "(.+)"$/m.exec(readFileSync(join(root, folder, 'Cargo.toml'), 'utf8'))?.[1],
);
/** Kinds of advisories that fail the check; others, such as unmaintained, are printed as notes. */
const FATAL = ['vulnerability', 'unsound'];

// ---- versions -----------------------------------------------------------------------------------

/**
 * Parses a version such as `1.2.3-rc.1+build`, or a partial one such as `1.2` or `1.x`, into its
 * numbers (undefined where they are missing) and its pre-release identifiers.
 */
export function parse(text) {
  const part = '(\\d+|[xX*])';
  const identifiers = '[0-9A-Za-z.-]+';
  const pattern = `^[v=]?${part}(?:\\.${part})?(?:\\.${part})?(?:-(${identifiers}))?(?:\\+${identifiers})?$`;
  const found = new RegExp(pattern).exec(text);
  if (!found) throw new Error(`“${text}” is no version`);
  const [, major, minor, patch, pre] = found;
  const number = (digits) => (digits === undefined || /[xX*]/.test(digits) ? undefined : Number(digits));
  return { numbers: [major, minor, patch].map(number), pre: pre?.split('.') ?? [] };
}

/**
 * Compares two versions in the order of semver, in which a pre-release comes before its release.
 * Returns a number below, at or above 0 if `a` is before, equal to or after `b`.
 */
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

/** The least version that a partial version stands for: 1.2.0 for `1.2`. */
const least = ({ numbers, pre }) => ({ numbers: numbers.map((n) => n ?? 0), pre });
/** Adds 1 to number `part` and zeroes those after it: `1.2.3` becomes 1.3.0-0 for part 1. */
function next({ numbers }, part) {
  const raised = numbers.map((n, i) => (i < part ? (n ?? 0) : i === part ? (n ?? 0) + 1 : 0));
  return { numbers: raised, pre: ['0'] }; // the least pre-release, before all others of this version
}

/**
 * The versions that one comparator, such as `^1.2`, allows, as `[from, to, how]`:
 *
 *     how undefined    from <= version < to
 *     how 'only'       version = from
 *     how 'above'      from < version
 *     how 'with'       version <= to
 *
 * An undefined `from` or `to` is no limit. `bare` is the meaning of a version without an operator:
 * 'exact' as in npm, or 'caret' as in Cargo.
 */
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

/**
 * Returns whether a version lies in a range. A range has alternatives, separated by `||`; each of
 * them has comparators, separated by commas or spaces, which must all hold. `bare`: see `interval`.
 */
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

// ---- licences -----------------------------------------------------------------------------------

/**
 * Returns whether the licences in `allowed` satisfy an SPDX expression, or one in the older form
 * `MIT/Apache-2.0`. Throws if the expression has a syntax error. Recursive descent:
 *
 *     either: both (OR both)*
 *     both:   atom (AND atom)*
 *     atom:   '(' either ')' | licence (WITH exception)?
 */
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
    // An exception only adds permissions, so its name does not matter.
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

// ---- lock files ---------------------------------------------------------------------------------

/** The packages in a Cargo.lock. */
export function cargoPackages(text) {
  return text.split('[[package]]').slice(1).map((entry) => {
    const field = (name) => new RegExp(`^${name} = "(.*)"$`, 'm').exec(entry)?.[1];
    const [name, version, source, checksum] = ['name', 'version', 'source', 'checksum'].map(field);
    return { ecosystem: 'crates', name, version, source, checksum };
  });
}

/** The packages in a package-lock.json, without this repository's own. */
export function npmPackages(text) {
  const entries = Object.entries(JSON.parse(text).packages).filter(([path]) => path);
  return entries.map(([path, { name, version, integrity, license, link, resolved }]) => ({
    ecosystem: 'npm',
    name: name ?? path.split('node_modules/').pop(),
    version,
    integrity,
    licence: license,
    link,
    resolved,
    path,
  }));
}

const named = ({ ecosystem, name, version }) => `${ecosystem}: ${name} ${version}`;

/** Returns problems with the origins of packages: each must be from a registry, with a checksum. */
export function originProblems(packages) {
  return packages.flatMap((p) => {
    if (p.ecosystem === 'npm') {
      if (p.link || /^(git|file|https?:.*\.git)/.test(p.resolved ?? '')) return [`${named(p)} does not come from the registry`];
      if (/^sha(384|512)-[A-Za-z0-9+/]+=*$/.test(p.integrity ?? '')) return [];
      return [`${named(p)} has no integrity hash (SHA-384 or SHA-512): ${p.integrity}`];
    }
    if (!p.source) return OURS.includes(p.name) ? [] : [`${named(p)} has no source, and is none of ours`];
    if (p.source !== CRATES) return [`${named(p)} comes from ${p.source}, expected the registry`];
    return /^[0-9a-f]{64}$/.test(p.checksum ?? '') ? [] : [`${named(p)} has no checksum`];
  });
}

/** Returns problems with the licences of packages: each must be satisfied by those in `allowed`. */
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

/**
 * Returns whether an advisory affects a version. npm's list affected versions, RustSec's others.
 */
export function isAffected(version, advisory) {
  if (advisory.vulnerable) return advisory.vulnerable.some((range) => satisfies(version, range));
  return ![...advisory.patched, ...advisory.unaffected].some((range) => satisfies(version, range, 'caret'));
}

/** The names of packages that `sources`, of the snapshot of advisories, do not cover. */
export function unknown(packages, sources) {
  const covered = ([ecosystem, source]) => source.packages.map((name) => `${ecosystem}: ${name}`);
  const known = new Set(Object.entries(sources).flatMap(covered));
  const names = packages.filter(({ name }) => !OURS.includes(name)).map((p) => `${p.ecosystem}: ${p.name}`);
  return [...new Set(names)].filter((name) => !known.has(name));
}

/** The advisories that affect packages, each with its package. */
export function found(packages, advisories) {
  return packages.flatMap((p) =>
    advisories
      .filter((a) => a.ecosystem === p.ecosystem && a.package === p.name && isAffected(p.version, a))
      .map((advisory) => ({ package: p, advisory })));
}

// ---- refreshing ---------------------------------------------------------------------------------

/** Yields the paths of all files below `folder` whose names end with `ending`. */
function* files(folder, ending) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path, ending);
    else if (entry.name.endsWith(ending)) yield path;
  }
}

/** Reads a RustSec advisory: TOML in a fenced block, then text. Undefined if it is withdrawn. */
export function rustsec(text) {
  const toml = /```toml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const field = (name) => new RegExp(`^${name}\\s*=\\s*"(.*)"`, 'm').exec(toml)?.[1];
  const list = (name) => {
    const items = new RegExp(`^${name}\\s*=\\s*\\[([^\\]]*)\\]`, 'm').exec(toml)?.[1] ?? '';
    return [...items.matchAll(/"([^"]*)"/g)].map(([, range]) => range);
  };
  if (field('withdrawn')) return undefined;
  return {
    id: field('id'),
    ecosystem: 'crates',
    package: field('package'),
    kind: field('informational') ?? 'vulnerability',
    title: /^# (.*)$/m.exec(text)?.[1] ?? '',
    patched: list('patched'),
    unaffected: list('unaffected'),
  };
}

/**
 * Reads an advisory of GitHub's database (OSV format). Returns one advisory for each npm package
 * that it names; none if it is withdrawn.
 */
export function osv(text) {
  const { id, summary, withdrawn, affected = [] } = JSON.parse(text);
  if (withdrawn) return [];
  return affected.filter((a) => a.package?.ecosystem === 'npm').map((a) => ({
    id,
    ecosystem: 'npm',
    package: a.package.name,
    kind: 'vulnerability',
    title: summary ?? '',
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

/** Replaces one ecosystem's advisories in the snapshot by those in the checkout at `path`. */
function refresh(path) {
  const snapshot = read(ADVISORIES);
  const names = (ecosystem) => new Set(locked().filter((p) => p.ecosystem === ecosystem).map(({ name }) => name));
  const git = (...args) => execFileSync('git', ['-C', path, ...args], { encoding: 'utf8' }).trim();
  const taken = new Date().toISOString().slice(0, 10);
  const source = { taken, commit: git('rev-parse', 'HEAD'), committed: git('log', '-1', '--format=%cs') };
  const [ecosystem, advisories] = existsSync(join(path, 'crates'))
    ? ['crates', [...files(join(path, 'crates'), '.md')].map((file) => rustsec(readFileSync(file, 'utf8'))).filter(Boolean)]
    : ['npm', [...files(join(path, 'advisories/github-reviewed'), '.json')].flatMap((file) => osv(readFileSync(file, 'utf8')))];
  const wanted = names(ecosystem);
  const chosen = advisories.filter((advisory) => wanted.has(advisory.package));
  const others = snapshot.advisories.filter((advisory) => advisory.ecosystem !== ecosystem);
  const key = (advisory) => advisory.ecosystem + advisory.package + advisory.id;
  snapshot.advisories = [...others, ...chosen].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  snapshot.sources[ecosystem] = {
    of: ecosystem === 'crates' ? 'RustSec advisory-db' : 'GitHub advisory-database',
    ...source,
    packages: [...wanted].filter((name) => !OURS.includes(name)).sort(),
  };
  // One advisory per line makes the diff of a refreshed snapshot readable.
  const lines = snapshot.advisories.map((advisory) => `    ${JSON.stringify(advisory)}`);
  const sources = Object.entries(snapshot.sources).map(([name, of]) => `    ${JSON.stringify(name)}: ${JSON.stringify(of)}`);
  const list = (items) => items.join(',\n');
  writeFileSync(join(root, ADVISORIES), `{\n  "sources": {\n${list(sources)}\n  },\n  "advisories": [\n${list(lines)}\n  ]\n}\n`);
  console.log(
    `${chosen.length} of ${advisories.length} advisories are about packages in the lock files; the last commit is of ${source.committed}`,
  );
}

// ---- everything ---------------------------------------------------------------------------------

const text = (path) => readFileSync(join(root, path), 'utf8');
const read = (path) => JSON.parse(text(path));
const locked = () => [...CARGO_LOCKS.flatMap((path) => cargoPackages(text(path))), ...npmPackages(text(NPM_LOCK))];

/** The crates that are compiled for this machine or the page, with their manifests' licences. */
function compiled() {
  const host = /^host: (.*)$/m.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))[1];
  const platforms = [host, 'wasm32-unknown-unknown'].flatMap((platform) => ['--filter-platform', platform]);
  const args = ['metadata', '--locked', '--format-version', '1', '--all-features', ...platforms];
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] };
  const run = (...more) => execFileSync('cargo', [...args, ...more], options);
  let json;
  try {
    json = run('--offline');
  } catch {
    json = run(); // fetches the crates of features that were never compiled here
  }
  const { packages } = JSON.parse(json);
  return packages.map(({ name, version, license, source }) => ({ ecosystem: 'crates', name, version, licence: license, source }));
}

/** Checks everything and prints notes, errors and a summary. */
function check() {
  const [packages, { allowed }, { sources, advisories }] = [locked(), read(LICENCES), read(ADVISORIES)];
  const crates = compiled().filter(({ source }) => source);
  const modules = packages.filter(({ ecosystem }) => ecosystem === 'npm');
  // Checks the licences in installed packages as well as those that the lock file copies from them.
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
  if (others.length) {
    const some = others.slice(0, 5).join(', ');
    console.warn(`dependencies: note: ${ADVISORIES} does not cover ${others.length} packages until it is refreshed, among them ${some}`);
  }
  for (const problem of new Set(problems)) console.error(`dependencies: error: ${problem}`);
  const dates = Object.values(sources).map(({ of, committed, taken }) => `${of} of ${committed ?? taken}`);
  const checked = [
    `${packages.length} locked packages`,
    `${crates.length + modules.length} licences`,
    `${advisories.length} advisories (${dates.join(', ')})`,
  ];
  console.log(`${checked.join(', ')}: ${problems.length} problems`);
  process.exitCode = problems.length ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [command, path] = process.argv.slice(2);
  if (command === '--refresh' && path) refresh(resolve(path));
  else if (command) throw new Error(`unknown argument ${command}; usage: node .ci/dependencies.mjs [--refresh PATH]`);
  else check();
}
