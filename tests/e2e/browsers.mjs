// Drives Firefox and WebKit, for the tests that run in every browser. A session is one window, with
// few actions: both protocols have them, and Playwright drives neither of these as Debian has them.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { launch } from 'puppeteer-core';
import { Builder, By, Capabilities } from 'selenium-webdriver';
import { DEADLINE } from './harness.mjs';

const SIZE = { width: 1280, height: 900 };

/** Returns the first of `paths` that exists; `name` is the variable that names another. */
function installed(name, ...paths) {
  const path = process.env[name] || paths.find(existsSync);
  if (!path) throw new Error(`${paths[0]} is not installed: install it (.ci/setup.sh does, on Debian), or name it in the variable ${name}`);
  return path;
}

/** Opens a window of Firefox, by WebDriver BiDi. */
export async function firefox() {
  const executablePath = installed('FIREFOX', '/usr/bin/firefox-esr', '/usr/bin/firefox');
  const browser = await launch({ browser: 'firefox', executablePath, headless: true, defaultViewport: SIZE });
  const page = await browser.newPage();
  const problems = [];
  page.on('console', (message) => /^(error|warn)$/.test(message.type()) && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  return {
    name: 'Firefox',
    goto: (url) => page.goto(url),
    evaluate: (run, ...args) => page.evaluate(run, ...args),
    click: (selector) => page.click(selector),
    press: (key) => page.keyboard.press(key),
    async upload(selector, path) {
      const field = await page.$(selector);
      await field.uploadFile(path);
    },
    problems: async () => problems,
    close: () => browser.close(),
  };
}

/** Returns a port of this machine that nothing listens to. */
async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Starts a program; its property `output` is what it has written. */
function start(path, args, options) {
  const program = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], ...options });
  program.output = '';
  for (const stream of program.stdio.slice(1)) stream.on('data', (text) => (program.output += text));
  return program;
}

/** Waits until a program has written what `pattern` finds, and returns that. */
async function written(program, pattern) {
  for (const end = Date.now() + DEADLINE; Date.now() < end; await new Promise((done) => setTimeout(done, 20))) {
    const found = pattern.exec(program.output);
    if (found) return found;
  }
  throw new Error(`${program.spawnfile} did not start: ${program.output}`);
}

/** Code for the start of a page’s script, which collects what goes wrong in `problems`. */
export const WATCH = `
  globalThis.problems = [];
  for (const kind of ['error', 'warn']) {
    const say = console[kind];
    console[kind] = (...all) => (problems.push(all.map(String).join(' ')), say.apply(console, all));
  }
  for (const kind of ['error', 'unhandledrejection', 'securitypolicyviolation'])
    addEventListener(kind, (event) => problems.push(kind + ': ' + (event.message ?? event.reason ?? event.violatedDirective ?? event.target.outerHTML)), true);
`;

/** Opens a window of WebKit’s MiniBrowser, on a screen of its own that nobody sees. */
export async function webkit() {
  const browsers = ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/webkit2gtk-4.1/MiniBrowser`);
  const binary = installed('MINIBROWSER', ...browsers);
  const screen = start(installed('XVFB', '/usr/bin/Xvfb'), ['-displayfd', '3', '-screen', '0', '1400x1100x24', '-nolisten', 'tcp']);
  const stop = [() => screen.kill()];
  const close = async () => {
    for (const one of stop.reverse()) await one();
  };
  try {
    const [, display] = await written(screen, /^(\d+)$/m);
    const port = await freePort();
    const env = { ...process.env, DISPLAY: `:${display}`, GDK_BACKEND: 'x11', WEBKIT_DISABLE_DMABUF_RENDERER: '1', NO_AT_BRIDGE: '1' };
    const driver = start(installed('WEBKITDRIVER', '/usr/bin/WebKitWebDriver'), [`--port=${port}`], { env });
    stop.push(() => driver.kill());
    const answers = async () => fetch(`http://127.0.0.1:${port}/status`).then(() => true, () => false);
    for (const end = Date.now() + DEADLINE; Date.now() < end && !(await answers()); ) await new Promise((done) => setTimeout(done, 20));
    const options = { binary, args: ['--automation'] };
    const capabilities = new Capabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': options });
    const session = await new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities).build();
    stop.push(() => session.quit());
    await session.manage().setTimeouts({ script: DEADLINE, pageLoad: DEADLINE });
    await session.manage().window().setRect(SIZE);
    return {
      name: 'WebKit',
      goto: (url) => session.get(url),
      evaluate: (run, ...args) => session.executeScript(`return (${run}).apply(null, arguments)`, ...args),
      click: (selector) => session.findElement(By.css(selector)).click(),
      press: (key) => session.actions().sendKeys(KEYS[key] ?? key).perform(),
      upload: (selector, path) => session.findElement(By.css(selector)).sendKeys(path),
      // The driver reports no messages of the console: WATCH, which is put into the page, collects
      // them.
      problems: () => session.executeScript('return globalThis.problems'),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
/** The WebDriver protocol’s codes of keys. */
const KEYS = { ArrowLeft: '\uE012', ArrowRight: '\uE014', Tab: '\uE004', Enter: '\uE007' };
