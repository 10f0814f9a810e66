#!/usr/bin/env node
// As much of chromedriver as wasm-bindgen's test runner asks for, for machines that have Chrome but
// no chromedriver of its version. setup.sh chooses between the two; the variable CHROME names the
// browser.
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

const port = Number(process.argv.find((a) => a.startsWith('--port='))?.slice('--port='.length));
let browser, page;

const commands = {
  async 'POST '({ desiredCapabilities }) {
    const args = desiredCapabilities['goog:chromeOptions'].args.map((a) => (a.startsWith('--') ? a : `--${a}`));
    browser = await chromium.launch({ executablePath: process.env.CHROME, args });
    page = await browser.newPage();
  },
  'GET /1': () => ({ browserName: 'chrome' }),
  'POST /1/url': async ({ url }) => void (await page.goto(url)),
  'POST /1/execute/sync': ({ script, args }) =>
    page.evaluate(({ script, args }) => new Function(script)(...args), { script, args }),
  'DELETE /1/window': () => browser.close(),
};

createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const answer = (status, value) => response.writeHead(status).end(JSON.stringify({ sessionId: '1', value }));
  try {
    const command = commands[`${request.method} ${request.url.replace('/session', '')}`];
    if (!command) throw new Error(`unknown command ${request.method} ${request.url}`);
    answer(200, (await command(body ? JSON.parse(body) : {})) ?? null);
  } catch (error) {
    answer(500, { error: 'unknown error', message: String(error) });
  }
}).listen(port, '127.0.0.1');
