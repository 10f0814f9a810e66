// The check of .ci/dependencies.mjs finds what it is for: version ranges, licences, origins,
// advisories.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cargoPackages,
  compare,
  found,
  isAffected,
  isAllowed,
  licenceProblems,
  npmPackages,
  originProblems,
  osv,
  parse,
  rustsec,
  satisfies,
  unknown,
} from '../../.ci/dependencies.mjs';

test('versions are ordered as semver says', () => {
  const order = [
    '0.0.1',
    '0.9.0',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ];
  for (let i = 0; i < order.length; i++) {
    for (let j = 0; j < order.length; j++) {
      assert.equal(Math.sign(compare(parse(order[i]), parse(order[j]))), Math.sign(i - j), `${order[i]} and ${order[j]}`);
    }
  }
  assert.equal(compare(parse('1.2.3+build.1'), parse('1.2.3')), 0);
  for (const text of ['', 'one', '1.2.3.4', '1..2', '1.2.3-']) assert.throws(() => parse(text), /is no version/);
});

test('ranges hold exactly what they say', () => {
  const cases = [
    ['^1.2.3', ['1.2.3', '1.2.4', '1.99.0'], ['1.2.2', '2.0.0', '2.0.0-alpha', '0.9.0', '1.2.3-rc.1']],
    ['^0.3.4', ['0.3.4', '0.3.9'], ['0.3.3', '0.4.0', '1.0.0', '0.4.0-rc.1']],
    ['^0.0.3', ['0.0.3'], ['0.0.2', '0.0.4']],
    ['^1.2', ['1.2.0', '1.9.9'], ['1.1.9', '2.0.0']],
    ['^0', ['0.0.0', '0.9.9'], ['1.0.0']],
    ['^0.0', ['0.0.0', '0.0.9'], ['0.1.0']],
    ['~1.2.3', ['1.2.3', '1.2.9'], ['1.3.0', '1.2.2']],
    ['~1', ['1.0.0', '1.9.0'], ['2.0.0']],
    ['>=4.0.0 <4.5.2', ['4.0.0', '4.5.1', '4.5.2-beta.1'], ['3.9.9', '4.5.2']],
    ['>= 1.3.0, < 1.4.0', ['1.3.0', '1.3.9'], ['1.4.0', '1.2.9']],
    ['<2.3.2 || >=3.0.0 <4.0.4', ['2.3.1', '4.0.3', '0.0.1'], ['2.3.2', '4.0.4', '2.9.0']],
    ['<=1.2.3', ['1.2.3', '0.1.0'], ['1.2.4', '1.2.4-rc']],
    ['>1.2.3', ['1.2.4', '1.2.4-rc'], ['1.2.3', '1.0.0']],
    ['<=1.2', ['1.2.9'], ['1.3.0']],
    ['>1.2', ['1.3.0'], ['1.2.9']],
    ['=1.2.3', ['1.2.3', '1.2.3+b'], ['1.2.4', '1.2.3-rc']],
    ['1.2.3', ['1.2.3'], ['1.2.4']],
    ['1.2', ['1.2.0', '1.2.7'], ['1.3.0']],
    ['1.x', ['1.0.0', '1.9.0'], ['2.0.0']],
    ['*', ['0.0.1', '99.0.0'], []],
    ['>=0.0.0-0', ['0.0.0', '0.0.0-alpha'], []],
  ];
  for (const [range, inside, outside] of cases) {
    for (const version of inside) assert.ok(satisfies(version, range), `${version} in ${range}`);
    for (const version of outside) assert.ok(!satisfies(version, range), `${version} not in ${range}`);
  }
  // A version without an operator is that version to npm, a caret to Cargo.
  assert.ok(satisfies('1.5.0', '1.2.3', 'caret') && !satisfies('1.5.0', '1.2.3'));
  for (const range of ['>=one', '1.2.3 !', '><1.0.0']) assert.throws(() => satisfies('1.0.0', range), /is no/);
});

test('licences are expressions', () => {
  const allowed = ['MIT', 'Apache-2.0', 'Unicode-3.0'];
  for (const yes of [
    'MIT',
    'MIT OR GPL-3.0',
    'GPL-3.0 OR MIT',
    'GPL-3.0/MIT',
    'Apache-2.0 WITH LLVM-exception OR GPL-3.0',
    '(MIT OR GPL-3.0) AND Unicode-3.0',
    'MIT AND Apache-2.0',
  ]) {
    assert.ok(isAllowed(yes, allowed), yes);
  }
  for (const no of ['GPL-3.0', 'MIT AND GPL-3.0', '(MIT OR Apache-2.0) AND NCSA', 'mit', 'UNLICENSED', 'SEE'])
    assert.ok(!isAllowed(no, allowed), no);
  for (const text of ['', 'MIT OR', '(MIT', 'MIT MIT', 'OR MIT']) assert.throws(() => isAllowed(text, allowed), /licence|parenthesis/);
  const of = (licence) => licenceProblems([{ ecosystem: 'npm', name: 'left-pad', version: '1.0.0', licence }], allowed);
  assert.deepEqual(of('MIT'), []);
  assert.match(of('WTFPL')[0], /^npm: left-pad 1\.0\.0 has the licence WTFPL, allowed are MIT/);
  assert.match(of(undefined)[0], /\(none is named\)/);
});

test('packages from elsewhere are found', () => {
  const registry = 'registry+https://github.com/rust-lang/crates.io-index';
  const crate = (...lines) => `[[package]]\nname = "x"\nversion = "1.0.0"\n${lines.join('\n')}\n\n`;
  const hash = 'a'.repeat(64);
  const of = (...lines) => originProblems(cargoPackages(crate(...lines)));
  assert.deepEqual(of(`source = "${registry}"`, `checksum = "${hash}"`), []);
  assert.match(of(`source = "${registry}"`)[0], /x 1\.0\.0 has no checksum/);
  assert.match(of('source = "git+https://example.org/x"')[0], /comes from git\+https/);
  assert.match(of()[0], /has no source, and is none of ours/);
  assert.deepEqual(originProblems(cargoPackages('[[package]]\nname = "compact-proofs"\nversion = "0.1.0"\n')), []);
  const npm = (entry) =>
    originProblems(
      npmPackages(JSON.stringify({ packages: { '': {}, 'node_modules/a/node_modules/@b/c': { version: '1.0.0', ...entry } } })),
    );
  assert.deepEqual(npm({ integrity: `sha512-${'A'.repeat(86)}==` }), []);
  assert.match(npm({})[0], /^npm: @b\/c 1\.0\.0 has no integrity hash/);
  assert.match(npm({ integrity: 'sha1-AAAA' })[0], /no integrity hash/);
  assert.match(npm({ link: true })[0], /does not come from the registry/);
});

test('advisories are found where they apply', () => {
  const advisory = rustsec(`\`\`\`toml
[advisory]
id = "RUSTSEC-2018-0003"
package = "smallvec"
date = "2018-07-19"

[versions]
patched = [">= 0.6.3", "^0.3.4", "^0.4.5",
  "^0.5.1"]
unaffected = ["< 0.3.2"]
\`\`\`

# Possible double free
`);
  assert.deepEqual([advisory.id, advisory.kind, advisory.title], ['RUSTSEC-2018-0003', 'vulnerability', 'Possible double free']);
  for (const version of ['0.3.2', '0.3.3', '0.4.0', '0.5.0', '0.6.2', '0.6.3-rc.1']) assert.ok(isAffected(version, advisory), version);
  for (const version of ['0.3.1', '0.3.4', '0.4.5', '0.5.9', '0.6.3', '1.0.0']) assert.ok(!isAffected(version, advisory), version);
  assert.equal(rustsec('```toml\n[advisory]\nid = "A"\nwithdrawn = "2020-01-01"\n```'), undefined);
  const event = {
    id: 'GHSA-x',
    summary: 'Bad',
    affected: [
      {
        package: { ecosystem: 'npm', name: 'vite' },
        ranges: [{ events: [{ introduced: '0' }, { fixed: '5.4.1' }] }, { events: [{ introduced: '6.0.0' }, { last_affected: '6.0.3' }] }],
      },
      { package: { ecosystem: 'PyPI', name: 'vite' } },
    ],
  };
  const [vite, ...none] = osv(JSON.stringify(event));
  assert.equal(none.length, 0);
  for (const version of ['0.1.0', '5.4.0', '6.0.0', '6.0.3']) assert.ok(isAffected(version, vite), version);
  for (const version of ['5.4.1', '6.0.4', '7.0.0']) assert.ok(!isAffected(version, vite), version);
  const hits = found(
    [
      { ecosystem: 'npm', name: 'vite', version: '6.0.1' },
      { ecosystem: 'crates', name: 'smallvec', version: '1.0.0' },
      { ecosystem: 'crates', name: 'vite', version: '6.0.1' },
    ],
    [advisory, vite],
  );
  const asked = ['vite', 'rolldown', 'compact-proofs'].map((name) => ({ ecosystem: 'npm', name }));
  assert.deepEqual(unknown(asked, { npm: { packages: ['vite'] }, crates: { packages: ['rolldown'] } }), ['npm: rolldown']);
  assert.deepEqual(hits.map(({ package: p, advisory: a }) => [p.name, a.id]), [['vite', 'GHSA-x']]);
});
