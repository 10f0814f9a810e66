// Embeds in a real JupyterLab: the documented cell, and the notebook of the examples, with what
// Python gets of them.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, serve, until } from '../e2e/harness.mjs';
import { CHECKS, examine, INSIDE, snippetOf } from '../e2e/hosts/checks.mjs';
import { ALL, root, shipped } from '../e2e/known.mjs';

/** A folder of someone's, with a copy of the page. */
const folder = mkdtempSync(join(tmpdir(), 'compact-proofs-jupyter-'));
let browser;
let program;
let jupyter;
let url;
before(async () => {
  [program, browser] = await Promise.all([serve(join(root, 'dist'), '/proofs/', { 'access-control-allow-origin': '*' }), launch()]);
  cpSync(join(root, 'dist'), folder, { recursive: true });
  const port = await free();
  url = `http://127.0.0.1:${port}/`;
  const options = [
    '--no-browser',
    '--allow-root',
    `--port=${port}`,
    '--IdentityProvider.token=',
    '--ServerApp.root_dir=.',
    '--LabApp.expose_app_in_browser=True',
  ];
  jupyter = spawn(join(process.env.HOSTS, 'python/bin/jupyter'), ['lab', ...options], { cwd: folder, stdio: 'ignore' });
  await until('Jupyter answers', () => fetch(`${url}api`).then(({ ok }) => ok, () => false));
});
after(async () => {
  jupyter?.kill();
  await browser?.close();
  await program?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A port that nobody uses. */
async function free() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

const command = (page, name) => page.evaluate((each) => globalThis.jupyterapp.commands.execute(each), name);
/** Runs all cells of the notebook that is opened. */
async function run(page) {
  const idle = () => globalThis.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle';
  await page.waitForFunction(idle, undefined, { timeout: 60_000 });
  await command(page, 'notebook:run-all-cells');
}
/** The output of cells goes with its embeds. */
const remove = (page) => command(page, 'notebook:clear-all-cell-outputs');
const host = { at: INSIDE, remove };
const viewport = { width: 1200, height: 2000 };
/** JupyterLab itself does not fit 340 pixels, and has faults of its own that axe finds. */
const checks = CHECKS.filter(([name]) => !['fits 340 pixels', 'is accessible'].includes(name));

const notebook = (...cells) => {
  const all = cells.map((source, i) => ({ cell_type: 'code', id: `cell-${i}`, execution_count: null, metadata: {}, outputs: [], source }));
  return JSON.stringify({
    cells: all,
    metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
};

test('JupyterLab: the documented cell, from another host', async (t) => {
  const themed = 'class Themed(CompactProofs):\n    theme = traitlets.Unicode("light").tag(sync=True)';
  writeFileSync(
    join(folder, 'documented.ipynb'),
    notebook(snippetOf('Notebooks', program.url), themed, 'Themed()', 'Themed(theme="dark")'),
  );
  await examine(t, checks, {
    browser,
    host,
    viewport,
    address: `${url}lab/workspaces/documented/tree/documented.ipynb`,
    own: [url, `${program.url}embed/anywidget.js`],
    prepare: run,
  });
});

test('JupyterLab: the notebook of the examples, and what Python gets', async (t) => {
  const results = ['gives Python what is proven', async ({ page, embeds }) => {
    // The second figure is of a file that Python has read.
    for (const embed of embeds) await embed.locator('#run-state').getByText(`${ALL} of ${ALL} proofs done`).waitFor();
    await embeds[1].locator('#against').getByText('99.95').waitFor();
    const expected = shipped.outcomes
      .filter(({ strategy }) => /^(cubic|brute-force)$/.test(strategy))
      .map(({ strategy, correct }) => `'${strategy}': '${correct}'`);
    const output = page.locator('.jp-Cell').last().locator('.jp-OutputArea-output').last();
    await page.locator('.jp-Cell').last().locator('.jp-Editor, .cm-editor').first().click();
    await until('the results', async () => {
      await command(page, 'notebook:run-cell');
      const said = await output.innerText();
      return expected.every((each) => said.includes(each));
    });
  }];
  const among = checks.filter(([name]) => /removed|asks/.test(name));
  await examine(t, [results, ...among], {
    browser,
    host,
    viewport,
    address: `${url}lab/workspaces/examples/tree/examples/notebook.ipynb`,
    own: [url],
    prepare: run,
  });
});
