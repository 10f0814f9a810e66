// Tests faults around the page: workers that die, memory that runs out, tabs that sleep, downloads
// that break. After each, the page works, has the user's model, and shows a clear message.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  alert,
  allProven,
  asShipped,
  button,
  counts,
  DEADLINE,
  drop,
  everySequence,
  EXPOSED,
  fixture,
  give,
  heading,
  host,
  inWorker,
  item,
  kept,
  loaded,
  open,
  ORACLE,
  progress,
  prove,
  proveBoth,
  proven,
  row,
  runAll,
  says,
  scenario,
  settled,
  shipped,
  shippedCounts,
  started,
  text,
  until,
} from './actions.mjs';
import { coloured, watch } from './harness.mjs';

const again = (page) => page.getByRole('button', { name: 'Try again' });
const UPLOAD = fixture('oracle/max4_v64_s123.safetensors');
/** How an address names it. */
const OWN_ID = createHash('sha256').update(readFileSync(UPLOAD)).digest('hex').slice(0, 16);
/** Waits until the page shows the facts of UPLOAD. */
const isOwn = (page) => loaded(page, 'max4_v64_s123.safetensors, your file');
/** What the browser writes to the console when a download or a worker fails. */
const noise = { expected: /Failed to load resource|net::ERR|response: [45]\d\d|Uncaught|unreachable|RangeError/ };

/** Ways for a download to fail: the server's `spoil`, and the page's message about the file. */
const DAMAGE = {
  'a 404': [() => ({ status: 404, body: 'not found' }), /cannot be fetched \(HTTP 404\)\./],
  'a 500': [() => ({ status: 500, body: 'no' }), /cannot be fetched \(HTTP 500\)\./],
  'a page in its place': [
    () => ({ type: 'text/html', body: '<!doctype html><title>Login</title>' }),
    /was cut short, or is damaged: .*(not valid JSON|magic word)/,
  ],
  'half of it': [(bytes) => ({ body: bytes.subarray(0, bytes.length / 2) }), /was cut short, or is damaged: ./],
  'a connection that breaks': [(bytes) => ({ cut: bytes.length >> 1 }), /was cut short, or is damaged: ./],
};
/** A pattern for the address of a module. */
const module = (name) => `/assets/${name}_bg-[\\w-]+\\.wasm`;
/** Patterns for addresses, and the parts of the page that need the files. */
const FILES = { '/models/max-of-k/manifest.json': 'gallery', [module('prove')]: 'proofs', [module('plot')]: 'figure' };
/** Files that are not requested before the gallery has loaded. */
const LATER = [module('prove'), module('plot')];

// Tests each way for one module, and each file in one way, as one function downloads them all. The
// next loop tests each way for a JSON file.
for (const [way, [spoil, message]] of Object.entries(DAMAGE)) {
  for (const [file, part] of Object.entries(FILES)) {
    if (way !== 'half of it' && part !== 'proofs') continue;
    asShipped(
      `${way} for the ${part}: the page names the file and fetches it again on request`,
      async (page) => {
        await says(page, new RegExp(`/some/sub/path${file} ${message.source}`));
        assert.deepEqual(await counts(page), shippedCounts, 'the shipped results are still shown');
        assert.ok((await coloured(page.locator('#frontier'))) > 100);
        host().server.spoil = undefined;
        await again(page).click();
        await page.waitForFunction(() => document.querySelector('#k')?.value === '4');
        await prove(page, 'Cubic');
        assert.ok(await alert(page).isHidden());
        if (part !== 'figure') return;
        // The shipped picture shows the default model; only the module `plot` can draw others.
        await page.getByLabel('K', { exact: true }).selectOption('5');
        await loaded(page, /^max5_/);
        await prove(page, 'Cubic');
        await page.waitForFunction(() => {
          const [frontier, facts] = ['#frontier', '#facts'].map((part) => document.querySelector(part));
          return /On the frontier: .*max5/s.test(`${frontier.ariaLabel} ${facts.textContent}`);
        });
        await until('a figure', async () => (await coloured(page.locator('#frontier'))) > 100);
      },
      {
        ...noise,
        prepare: () => (host().server.spoil = (path, bytes) => (new RegExp(`${file}$`).test(path) ? spoil(bytes) : undefined)),
      },
    );
  }
}

for (const [way, [spoil, message]] of Object.entries(DAMAGE)) {
  asShipped(
    `${way} for the shipped results: the page names the file and fetches it again on request`,
    async (page) => {
      await says(page, new RegExp(`/some/sub/path/models/max-of-k/first-paint\\.json ${message.source}`));
      host().server.spoil = undefined;
      await again(page).click();
      await prove(page, 'Cubic');
      assert.ok(await alert(page).isHidden());
      assert.equal(await page.getByText('has not arrived').count(), 0);
    },
    { ...noise, prepare: () => (host().server.spoil = (path, bytes) => (/first-paint/.test(path) ? spoil(bytes) : undefined)) },
  );
}

asShipped(
  'everything fails at once: the page names all files, and one click fetches all',
  async (page) => {
    const early = Object.keys(FILES).filter((name) => !LATER.includes(name));
    for (const file of early) await says(page, new RegExp(`${file} cannot be fetched`));
    host().server.spoil = undefined;
    await again(page).click();
    await settled(page);
    await prove(page, 'Cubic');
    assert.ok(await alert(page).isHidden());
  },
  { ...noise, prepare: () => (host().server.spoil = (path) => (/manifest|wasm/.test(path) ? { status: 503, body: '' } : undefined)) },
);

asShipped(
  'a view that does not arrive is reported once, and fetched again on request',
  async (page) => {
    await settled(page);
    await page.getByRole('tab', { name: 'Why' }).click();
    await says(page, /^The view Why cannot be shown: ./);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await row(page, 'cubic').click();
    await heading(page, 'Cubic');
    assert.ok(await alert(page).isHidden(), 'it is reported once');
    await page.getByRole('tab', { name: 'Strategies' }).click();
    host().server.spoil = undefined;
    await page.getByRole('tab', { name: 'Why' }).click();
    await page.getByRole('tabpanel').getByText(/^[\d,]+ are proven$/).waitFor();
  },
  { ...noise, prepare: () => (host().server.spoil = (path) => (/why-.*js$/.test(path) ? { status: 503, body: '' } : undefined)) },
);

asShipped(
  'the user’s file waits for a module that is fetched again',
  async (page) => {
    await page.locator('#file').setInputFiles(UPLOAD);
    await says(page, /files_bg-[\w-]+\.wasm cannot be fetched/);
    host().server.spoil = undefined;
    await again(page).click();
    await isOwn(page);
    await proveBoth(page);
    assert.deepEqual(await counts(page), ORACLE);
  },
  { ...noise, prepare: () => (host().server.spoil = (path) => (/files.*wasm/.test(path) ? { status: 503, body: '' } : undefined)) },
);

asShipped(
  'the page’s own script does not arrive: the document says so without it',
  async (page) => {
    await page.getByText('This page’s own program has not arrived, or came damaged. Reload the page to try again.').waitFor();
    host().server.spoil = undefined;
    await page.reload();
    await prove(page, 'Cubic');
    assert.equal(await page.getByText('has not arrived').count(), 0);
  },
  {
    expected: /SyntaxError|Unexpected/,
    prepare: () =>
      (host().server.spoil = (path, bytes) => (/shell-.*js$/.test(path) ? { body: bytes.subarray(0, 9000) } : undefined)),
  },
);

asShipped(
  'a gallery model does not arrive: the former model stays, with its proofs, address and menus',
  async (page) => {
    await settled(page);
    const before = await counts(page, true);
    const stays = async (address) => {
      await loaded(page, `${shipped.facts.file}, gallery`);
      assert.deepEqual(await counts(page, true), before);
      assert.equal(await page.getByLabel('K', { exact: true }).inputValue(), '4');
      assert.equal(new URL(page.url()).hash, address);
    };
    for (const [way, [spoil, message]] of Object.entries(DAMAGE)) {
      const name = /max5_v64_s\d+\.safetensors/;
      host().server.spoil = (path, bytes) => (name.test(path) ? spoil(bytes) : undefined);
      await page.getByLabel('K', { exact: true }).selectOption('5');
      // A complete response without a model is reported by the reader of weights.
      const complete = way === 'half of it' || way === 'a page in its place';
      await says(page, new RegExp(complete ? `^${name.source}: .{10}` : `/models/max-of-k/${name.source} ${message.source}`));
      await stays('#k=4&seed=123');
    }
    await page.context().setOffline(true);
    await page.getByLabel('K', { exact: true }).selectOption('10');
    await says(page, /models\/max-of-k\/max10_v64_s\d+\.safetensors cannot be fetched\./);
    await stays('#k=4&seed=123');
    await prove(page, 'Cubic');
    await page.context().setOffline(false);
    await again(page).click();
    await loaded(page, /^max10_v64_s\d+\.safetensors, gallery/);
    await prove(page, 'Cubic');
    assert.ok(await alert(page).isHidden());
  },
  noise,
);

asShipped('a bad file that is dropped before the first model has loaded does not prevent that', async (page) => {
  await says(page, /^broken\.pt: ./);
  await proveBoth(page);
  assert.deepEqual(await counts(page), shippedCounts);
  assert.ok(await alert(page).isVisible());
  assert.ok(await again(page).isHidden(), 'the same file would fail in the same way');
}, {
  prepare: (page) =>
    page.addInitScript(() =>
      addEventListener('DOMContentLoaded', () => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array([1, 2, 3])], 'broken.pt'));
        setTimeout(() => document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true })));
      }),
    ),
});

asShipped(
  'a worker that sends an unreadable message is restarted, and the model is kept',
  async (page) => {
    await open(page, UPLOAD);
    await proveBoth(page);
    await page.evaluate(() => globalThis.workers.at(-1).dispatchEvent(new MessageEvent('messageerror')));
    await says(page, /The worker stopped\. It was restarted; your model is still loaded\. The reason: .*cannot be read/);
    await isOwn(page);
    await prove(page, 'Cubic');
    assert.deepEqual(await counts(page), ORACLE);
  },
  {
    ...noise,
    prepare: (page) =>
      page.addInitScript(() => {
        globalThis.workers = [];
        globalThis.Worker = class extends Worker {
          constructor(...args) {
            super(...args);
            if (/\/worker-/.test(args[0])) globalThis.workers.push(this); // those that prove
          }
        };
      }),
  },
);

asShipped(
  'memory that does not grow any more is reported, and the model is kept',
  async (page) => {
    await open(page, UPLOAD);
    await proveBoth(page);
    const full = await page.workers()[0].evaluate(() => {
      for (const memory of globalThis.memories) {
        for (const pages of [4096, 1]) {
          try {
            for (;;) memory.grow(pages);
          } catch {}
        }
      }
      return globalThis.memories.map(({ buffer }) => buffer.byteLength);
    });
    assert.ok(full.length && full.every((bytes) => bytes > 2 ** 30), `${full}`);
    host().server.spoil = (path) => (/max5_v64_s\d+\.safetensors/.test(path) ? { body: Buffer.alloc(2 ** 24) } : undefined);
    await page.getByLabel('K', { exact: true }).selectOption('5');
    await says(
      page,
      /^max5_v64_s\d+\.safetensors: The worker stopped\. It was restarted; your model is still loaded\. The reason: out of memory/,
    );
    await isOwn(page);
    assert.deepEqual(await counts(page), ORACLE);
    await prove(page, 'Cubic');
  },
  {
    ...noise,
    hash: '?workers=1',
    prepare: inWorker(EXPOSED),
  },
);

scenario(
  'a module without memory to start is reported, and a click tries again',
  async (page) => {
    await says(page, /The worker stopped\. It will be started again when it is needed\. The reason: .*RangeError.*Out of memory/);
    assert.deepEqual(await counts(page), shippedCounts);
    host().server.spoil = undefined;
    await again(page).click();
    await proven(page, 'Cubic');
    assert.ok(await alert(page).isHidden());
  },
  {
    ...noise,
    prepare: inWorker(`
      WebAssembly.instantiate = async () => {
        throw new RangeError('WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance');
      };`),
  },
);

scenario(
  'a worker’s script that does not arrive is reported, and a click tries again',
  async (page) => {
    await says(page, /The worker stopped\. It will be started again when it is needed\. The reason: its program cannot be loaded/);
    host().server.spoil = undefined;
    await again(page).click();
    await proven(page, 'Cubic');
    assert.ok(await alert(page).isHidden());
  },
  { ...noise, prepare: () => (host().server.spoil = (path) => (/worker-.*js$/.test(path) ? { status: 404, body: '' } : undefined)) },
);

scenario(
  'the glue code of the figure’s module does not arrive: it is fetched again on request',
  async (page) => {
    await says(page, /plot-.*\.js/);
    host().server.spoil = undefined;
    await again(page).click();
    // The shipped results are of the default model: another one shows that the module works.
    await page.getByLabel('K', { exact: true }).selectOption('5');
    await page.waitForFunction(() => /max5/.test(document.querySelector('#facts').textContent));
    await page.locator('#quality').getByText(/^Area/).waitFor();
  },
  { ...noise, prepare: () => (host().server.spoil = (path) => (/plot-.*js$/.test(path) ? { status: 404, body: '' } : undefined)) },
);

scenario(
  'a figure that cannot be drawn is reported once, and the proofs go on',
  async (page) => {
    await says(page, /^The figure cannot be drawn; the table has its numbers\. The reason: unreachable$/);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await allProven(page);
    assert.ok(await alert(page).isHidden());
  },
  {
    ...noise,
    prepare: (page) =>
      page.addInitScript(() => {
        const { get } = Object.getOwnPropertyDescriptor(WebAssembly.Instance.prototype, 'exports');
        Object.defineProperty(WebAssembly.Instance.prototype, 'exports', {
          get() {
            const trap = () => { throw new WebAssembly.RuntimeError('unreachable'); };
            return { ...get.call(this), figure: trap, metrics: trap };
          },
        });
      }),
  },
);

/** Freezes the tab for a time, as browsers do with tabs in the background. */
async function freeze(page, milliseconds) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await new Promise((done) => setTimeout(done, milliseconds));
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
}

asShipped(
  'a tab that is frozen during a proof continues it, and does not count the time',
  async (page) => {
    await everySequence(page);
    await button(page, 'Brute force').click();
    await item(page, 'Brute force').getByText(/^\d+ %, about \d+/).waitFor();
    await freeze(page, 4000);
    await item(page, 'Brute force').getByText(/^\d+ %, about [\d.]+\s(s|min) left/).waitFor();
    // The tab is frozen right after a cancel.
    await button(page, 'Brute force').click();
    await freeze(page, 300);
    await item(page, 'Brute force').getByText(/^Cancelled/).waitFor();
    await prove(page, 'Cubic');
    assert.ok(await alert(page).isHidden());
  },
  { hash: '#k=5&seed=50' },
);

asShipped('a user who leaves the page and comes back finds the model and its proofs', async (page) => {
  await open(page, UPLOAD);
  await proveBoth(page);
  const before = await text(progress(page));
  await page.evaluate(() => addEventListener('pageshow', ({ persisted }) => (globalThis.persisted = persisted)));
  await page.goto(new URL('models/max-of-k/manifest.json', page.url()).href);
  await page.goBack({ waitUntil: 'commit' });
  await isOwn(page);
  // The page comes from the browser's memory with all proofs, or it opens the stored file again.
  if (await page.evaluate(() => globalThis.persisted)) assert.equal(await text(progress(page)), before);
  else {
    console.log('# this browser did not keep the page in memory');
    await prove(page, 'Brute force');
  }
  await prove(page, 'Cubic');
  assert.deepEqual(await counts(page), ORACLE);
}, { expected: /favicon|404/, windows: true }); // the browser requests an icon for the JSON file

asShipped('the user’s file and the chosen proof survive a reload, and Back returns to them', async (page) => {
  await open(page, UPLOAD);
  await proveBoth(page);
  await row(page, 'cubic').click();
  for (let i = 0; i < 2; i++) {
    await page.reload();
    await isOwn(page);
    await proveBoth(page);
    assert.deepEqual(await counts(page), ORACLE);
    await heading(page, 'Cubic');
    assert.equal(new URL(page.url()).hash, `#own=${OWN_ID}&strategy=cubic`);
  }
  await page.getByLabel('K', { exact: true }).selectOption('5');
  await loaded(page, /^max5_.*, gallery/);
  await page.reload();
  await loaded(page, /^max5_.*, gallery/);
  await page.goBack();
  await isOwn(page);
  await prove(page, 'Cubic');
  // Opening the page anew shows the default model.
  await page.goto('about:blank');
  await page.goto(`${host().server.url}?prove=asked`);
  await loaded(page, `${shipped.facts.file}, gallery`);
});

asShipped('a large file survives a reload, too', async (page) => {
  const weights = readFileSync(fixture('formats/weights.json'));
  await give(page, 'wide.json', Buffer.concat([weights, Buffer.alloc(2 ** 22, ' ')]));
  await loaded(page, 'wide.json, your file');
  await kept(page, 'wide.json');
  await page.reload();
  await loaded(page, 'wide.json, your file');
});

for (const [how, why, script] of [
  [
    'turned off',
    'the storage is off',
    () =>
      Object.defineProperty(globalThis, 'indexedDB', {
        get: () => {
          throw new Error('the storage is off');
        },
      }),
  ],
  [
    'full',
    'there is no room',
    () => {
      IDBObjectStore.prototype.put = () => {
        throw new Error('there is no room');
      };
    },
  ],
]) {
  asShipped(
    `a storage that is ${how}: the user’s file opens, and the page says that a reload loses it, and after one, which file the address wants`,
    async (page) => {
      await open(page, UPLOAD);
      await says(page, `max4_v64_s123.safetensors is open, but this browser does not keep it (${why}). After a reload, open it again.`);
      await prove(page, 'Cubic');
      await row(page, 'cubic').click();
      await page.reload();
      await loaded(page, `${shipped.facts.file}, gallery`);
      await says(
        page,
        `“own=${OWN_ID}” in the address is a file that this browser does not keep. Open the file to see what the address shows.`,
      );
      await heading(page, 'Cubic');
      assert.equal(new URL(page.url()).hash, '#k=4&seed=123&strategy=cubic');
    },
    { prepare: (page) => page.addInitScript(script) },
  );
}

asShipped('two tabs do not disturb each other', async (page) => {
  await open(page, UPLOAD);
  await kept(page, 'max4_v64_s123.safetensors');
  const other = await page.context().newPage();
  other.setDefaultTimeout(DEADLINE);
  await other.goto(page.url());
  await isOwn(other);
  await open(other, fixture('formats/weights.npz'));
  await kept(other, 'weights.npz');
  await Promise.all([proveBoth(page), proveBoth(other)]);
  await Promise.all([page.reload(), other.reload()]);
  await isOwn(page);
  await loaded(other, 'weights.npz, your file');
  await Promise.all([proveBoth(page), proveBoth(other)]);
  for (const tab of [page, other]) {
    assert.deepEqual(await counts(tab), ORACLE);
    assert.ok(await alert(tab).isHidden());
  }
});

test('the Content-Security-Policy allows nothing inline and no other origin', () => {
  const html = readFileSync(new URL('../../dist/index.html', import.meta.url), 'utf8');
  const [, policy] = html.match(/http-equiv="Content-Security-Policy"\s+content="([^"]*)"/);
  assert.match(policy, /^default-src 'none';/);
  const sources = policy.split(';').flatMap((directive) => directive.trim().split(/\s+/).slice(1));
  assert.deepEqual([...new Set(sources)].sort(), ["'none'", "'self'", "'wasm-unsafe-eval'", 'data:']);
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
});

test('a whole session never violates the policy, requests nothing outside the page’s folder, and nothing for proofs', async () => {
  const { server, browser } = host();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  try {
    const seen = watch(context);
    const page = await context.newPage();
    page.setDefaultTimeout(DEADLINE);
    await page.addInitScript(() => {
      globalThis.violations = [];
      addEventListener('securitypolicyviolation', (e) => globalThis.violations.push(`${e.violatedDirective} ${e.blockedURI}`), true);
    });
    await page.goto(`${server.url}?prove=asked`);
    const body = () => page.evaluate(() => [...document.body.children].map((child) => child.tagName).join());
    await settled(page); // by then, the report has put its footer in
    const shape = await body();
    await page.getByLabel('K', { exact: true }).selectOption('5');
    await loaded(page, /^max5_.*, gallery/);
    await prove(page, 'Cubic');
    await drop(page, [['weights.npz', [...readFileSync(fixture('formats/weights.npz'))]]]);
    await loaded(page, 'weights.npz, your file');
    await drop(page, [['broken.pt', [1, 2, 3]]]);
    await says(page, /^broken\.pt/);
    await runAll(page).click();
    await allProven(page);
    await row(page, 'cubic').click();
    const folder = new URL('../../dist/', import.meta.url);
    for (const url of seen.requests) {
      assert.ok(url.startsWith(server.url), url);
      readFileSync(new URL(url.slice(server.url.length).replace(/[?#].*$/, '') || 'index.html', folder));
    }
    // Everything has been fetched; proofs, the best proof and certificates need no request.
    const before = seen.requests.length;
    assert.equal(await text(runAll(page)), 'Run all again');
    await started(page);
    await allProven(page);
    await page.getByLabel('FLOPs at most').fill('3e6');
    await page.keyboard.press('Enter');
    await heading(page, 'Best proof within 3·10⁶ FLOPs');
    await page.locator('#details .steps tbody tr').first().waitFor();
    await row(page, 'cubic').click();
    const save = page.getByRole('button', { name: 'Download certificate' });
    const [download] = await Promise.all([page.waitForEvent('download'), save.click()]);
    const ours = (urls) => urls.filter((url) => !url.startsWith('blob:'));
    assert.deepEqual(ours(seen.requests.slice(before)), []);
    // The independent checker is fetched once. The module `files` has been fetched with the user's
    // file, but its worker's script is requested again.
    for (const strategy of ['cubic', 'exact']) {
      await row(page, strategy).click();
      await page.getByRole('button', { name: 'Check independently' }).click();
      await page.locator('.verdict').getByText(/^Accepted/).waitFor();
    }
    await drop(page, [[download.suggestedFilename(), [...readFileSync(await download.path())]]]);
    await heading(page, 'Cubic, from a certificate');
    const names = ours(seen.requests.slice(before)).map((url) => url.slice(server.url.length).replace(/-[\w-]{8}\./, '.'));
    assert.deepEqual([...new Set(names)].sort(), ['assets/check-worker.js', 'assets/check_bg.wasm', 'assets/files-worker.js']);
    assert.equal(names.filter((name) => name === 'assets/check_bg.wasm').length, 1);
    assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
    assert.equal(await body(), shape, 'nothing is added to the body');
    // Marks, bars and the figure's column are placed by script, which the policy allows; nothing
    // else has a style of its own.
    assert.equal(await page.locator('style, [style]:not(#plane *, #view *, #beside)').count(), 0);
    assert.deepEqual(seen.problems, []);
  } finally {
    await context.close();
  }
});
