// Marks in learning platforms: both versions of SCORM against a run-time of it, xAPI against a host
// of ours, and packages.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { unzipSync, strFromU8 } from 'fflate';
import { Scorm12API } from 'scorm-again/scorm12';
import { Scorm2004API } from 'scorm-again/scorm2004';
import './typescript.mjs';

const { DIALECTS, scormAround } = await import('../../www/classes/lms/scorm.ts');
const { launchOf, xapiAt } = await import('../../www/classes/lms/xapi.ts');
const { MANIFESTS } = await import('../../www/classes/lms/manifest.ts');
const { packageOf } = await import('../../www/classes/lms/package.ts');

const ITEMS = [
  { id: 'try-all-inputs', title: 'Try all inputs', said: '4262 inputs', isRight: true },
  { id: 'half-the-work', title: 'Half the work', said: '50 %', isRight: false },
];
const report = (change = {}) => ({ kept: 'H1tfirst', score: 0.5, isComplete: false, items: ITEMS, seconds: undefined, ...change });

/** A platform of each version: its object, and where it has the values. */
const PLATFORMS = {
  scorm12: () => {
    const api = new Scorm12API({ logLevel: 5 });
    return {
      api,
      windows: { API: api },
      at: ({ core }) => ({ raw: core.score.raw, status: core.lesson_status, exit: core.exit }),
      said: 'student_response',
      wrong: 'wrong',
    };
  },
  scorm2004: () => {
    const api = new Scorm2004API({ logLevel: 5 });
    return {
      api,
      windows: { API_1484_11: api },
      at: ({ score, completion_status, exit }) => ({ raw: score.raw, scaled: score.scaled, status: completion_status, exit }),
      said: 'learner_response',
      wrong: 'incorrect',
    };
  },
};
/** All values of a platform, also those that lessons may not read. */
const valuesOf = (api) => JSON.parse(JSON.stringify(api.cmi));

/** A window within two others, of which the outermost has the object. */
function within(windows) {
  const top = { ...windows };
  top.parent = top;
  const middle = { parent: top };
  return { parent: middle, opener: null };
}

for (const [version, platform] of Object.entries(PLATFORMS)) {
  test(`${DIALECTS[version].name}: launch, suspend, resume, score, complete`, async () => {
    const first = platform();
    first.api.loadFromJSON(
      version === 'scorm12'
        ? { core: { student_name: 'Noether, Emmy', student_id: 'e1' } }
        : { learner_name: 'Noether, Emmy', learner_id: 'e1' },
      'cmi',
    );
    const begun = scormAround(within(first.windows), ['scorm2004', 'scorm12']);
    assert.equal(begun.name, DIALECTS[version].name);
    assert.equal(begun.student, 'Noether, Emmy');
    assert.equal(begun.studentId, 'e1');
    assert.equal(begun.kept, '');
    assert.equal(first.at(valuesOf(first.api)).status, 'incomplete');
    await begun.report(report({ seconds: 3661 }));
    await assert.rejects(
      begun.report(report({ score: 7 })),
      new RegExp(`${DIALECTS[version].name}.*has not taken cmi.*score.*error \\d+: .*Hand in the lesson’s link instead`),
    );
    await begun.report(report({ seconds: 3661 }));
    const { raw, scaled, status, exit } = first.at(valuesOf(first.api));
    assert.equal(Number(raw), 50);
    if (version === 'scorm2004') assert.equal(Number(scaled), 0.5);
    assert.equal(status, 'incomplete');
    assert.equal(first.api.cmi.suspend_data, 'H1tfirst');
    const [one, two] = first.api.cmi.interactions.childArray.map((item) => JSON.parse(JSON.stringify(item)));
    assert.deepEqual([one.id, one.result, one[first.said]], ['try-all-inputs', 'correct', '4262 inputs']);
    assert.equal(two.result, first.wrong);
    const reopened = scormAround(within(first.windows), [version]);
    assert.equal(reopened.kept, 'H1tfirst', 'the page was opened again within the visit');
    await reopened.report(report());
    begun.close();
    assert.equal(exit, 'suspend');

    const second = platform();
    second.api.loadFromJSON(
      version === 'scorm12'
        ? { suspend_data: 'H1tfirst', core: { lesson_status: 'incomplete', entry: 'resume' } }
        : { suspend_data: 'H1tfirst', completion_status: 'incomplete', entry: 'resume' },
      'cmi',
    );
    const again = scormAround(within(second.windows), ['scorm2004', 'scorm12']);
    assert.equal(again.kept, 'H1tfirst');
    await again.report(report({ kept: 'H1tall', score: 1, isComplete: true, items: ITEMS.map((item) => ({ ...item, isRight: true })) }));
    assert.equal(second.at(valuesOf(second.api)).status, 'completed');
    assert.equal(Number(second.at(valuesOf(second.api)).raw), 100);
    again.close();
    await assert.rejects(again.report(report()), /this visit has ended/);
    // This run-time of SCORM 1.2 does not tell a visit that has ended from one that was begun.
    if (version === 'scorm2004')
      assert.throws(() => scormAround(within(second.windows), [version]), /has not taken the start of the lesson \(error 104/);
  });

  test(`${DIALECTS[version].name}: what does not fit is said, and times are written as it wants them`, async () => {
    const { windows } = platform();
    const gradebook = scormAround(within(windows), [version]);
    const { kept } = DIALECTS[version].most;
    await gradebook.report(report({ kept: 'x'.repeat(kept), items: [{ ...ITEMS[0], said: 'long '.repeat(200) }] }));
    await assert.rejects(gradebook.report(report({ kept: 'x'.repeat(kept + 1) })), new RegExp(`keeps at most ${kept} characters`));
    assert.equal(DIALECTS.scorm12.duration(3661.5), '0001:01:01');
    assert.equal(DIALECTS.scorm2004.duration(3661.5), 'PT1H1M1S');
  });
}

test('without a platform, and beside a window of another site, there is no gradebook', () => {
  assert.equal(scormAround(within({}), ['scorm2004', 'scorm12']), undefined);
  const foreign = new Proxy({}, { get: () => { throw new Error('SecurityError'); } });
  assert.equal(scormAround({ parent: foreign, opener: null }, ['scorm12']), undefined);
});

/** A host that takes statements and keeps states. */
async function recordStore() {
  const seen = { statements: [], states: new Map(), status: 200 };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const url = new URL(request.url, 'http://localhost');
    if (request.headers.authorization !== 'Basic abc' || request.headers['x-experience-api-version'] !== '1.0.3')
      return response.writeHead(401).end();
    if (seen.status !== 200) return response.writeHead(seen.status).end();
    if (url.pathname.endsWith('/statements')) seen.statements.push(JSON.parse(body));
    else if (request.method === 'PUT') seen.states.set(url.search, body);
    else if (!seen.states.has(url.search)) return response.writeHead(404).end();
    return response.end(request.method === 'GET' ? seen.states.get(url.search) : '');
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return Object.assign(seen, {
    endpoint: `http://127.0.0.1:${server.address().port}/xapi`,
    close: () => new Promise((closed) => server.close(closed)),
  });
}

test('xAPI: statements of answers, score and completion, each once, and what is kept comes back', async () => {
  const store = await recordStore();
  try {
    const actor = JSON.stringify({ name: ['Emmy Noether'], mbox: ['mailto:emmy@example.org'] });
    const search = `?${new URLSearchParams({ endpoint: store.endpoint, auth: 'Basic abc', actor, registration: '8f4d0aee-0000-4000-8000-000000000000', activity_id: 'https://example.org/lesson' })}`;
    const gradebook = await xapiAt(launchOf(search, 'urn:x'));
    assert.equal(gradebook.student, 'Emmy Noether');
    assert.equal(gradebook.kept, '');
    await gradebook.report(report());
    await gradebook.report(report({ kept: 'H1tall', score: 1, isComplete: true, seconds: 61 }));
    assert.deepEqual(store.statements.map(({ verb }) => verb.id.split('/').at(-1)), ['initialized', 'answered', 'answered', 'completed']);
    const [, answered, wrong, completed] = store.statements;
    assert.deepEqual(answered.actor, { name: 'Emmy Noether', mbox: 'mailto:emmy@example.org' });
    assert.deepEqual(
      [answered.object.id, answered.result],
      ['https://example.org/lesson/try-all-inputs', { response: '4262 inputs', success: true }],
    );
    assert.equal(wrong.result.success, false);
    assert.deepEqual(completed.result, { score: { scaled: 1, raw: 100, min: 0, max: 100 }, completion: true, duration: 'PT61S' });
    assert.equal(completed.context.registration, '8f4d0aee-0000-4000-8000-000000000000');
    assert.equal((await xapiAt(launchOf(search, 'urn:x'))).kept, 'H1tall');
    store.status = 500;
    await assert.rejects(gradebook.report(report()), /has not taken the marks \(HTTP 500\)/);
  } finally {
    await store.close();
  }
  assert.equal(launchOf('?set=S1x', 'urn:x'), undefined);
  assert.equal(launchOf('?endpoint=x&actor={', 'urn:x'), undefined);
});

const HTML = `<!doctype html>\n<html lang="en">\n  <head>\n    <meta content="connect-src 'self'; worker-src 'self'" />\n  </head>\n</html>`;

test('a package has the page’s files, a document with the set, and a manifest that lists exactly what is inside', async () => {
  const page = { 'index.html': HTML, 'assets/a & b.js': 'x'.repeat(300_000), 'models/m.json': '{}' };
  for (const standard of Object.keys(MANIFESTS)) {
    const told = [];
    const packed = {
      standard,
      id: 'compact-proofs-0123abcd',
      title: 'Proofs & <more>',
      code: 'S1tX-_',
      files: Object.keys(page),
      own: { 'weights/mine.safetensors': Uint8Array.of(1, 2, 3) },
      host: 'https://lrs.example.org/path',
    };
    const blob = await packageOf(packed, async (path) => new TextEncoder().encode(page[path]), (done) => told.push(done));
    const files = unzipSync(new Uint8Array(await blob.arrayBuffer()));
    const [manifest] = MANIFESTS[standard];
    assert.deepEqual(Object.keys(files).sort(), [manifest, ...Object.keys(page), 'weights/mine.safetensors'].sort());
    const xml = strFromU8(files[manifest]);
    assert.match(xml, /Proofs &amp; &lt;more&gt;/);
    assert.equal(strFromU8(files['assets/a & b.js']).length, 300_000);
    const document = strFromU8(files['index.html']);
    assert.match(document, /<meta name="compact-proofs-set" content="S1tX-_" \/>/);
    assert.match(document, new RegExp(`<meta name="compact-proofs-marks" content="${standard}" />`));
    assert.match(document, /connect-src 'self' https:\/\/lrs\.example\.org; worker-src/);
    if (standard !== 'xapi') {
      const listed = [...xml.matchAll(/<file href="([^"]*)"/g)].map(([, href]) => decodeURI(href.replaceAll('&amp;', '&')));
      assert.deepEqual(listed.sort(), Object.keys(files).filter((file) => file !== manifest).sort());
    }
    assert.ok(told.length === 3 && told[0] === 0);
  }
  await assert.rejects(
    packageOf(
      { standard: 'xapi', id: 'x', title: '', code: '', files: ['index.html'], own: {}, host: 'lrs' },
      async () => new TextEncoder().encode(HTML),
      () => {},
    ),
    /“lrs” is no address of a host/,
  );
  await assert.rejects(
    packageOf(
      { standard: 'xapi', id: 'x', title: '', code: '', files: ['index.html'], own: {} },
      async () => new TextEncoder().encode('<html></html>'),
      () => {},
    ),
    /has no <head>/,
  );
});
