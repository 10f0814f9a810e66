/**
 * Fetches the file of the address `?weights=`. The page asks only its own host for files, unless
 * its host allows others, by the policy in `index.html`.
 */

import type { Problems } from './problems.js';
import { Missing } from '../engine/download.js';
import { t } from '../languages/language.js';
import { MAX_BYTES } from '../state/model.js';
import { bytes as size } from '../ui/format.js';

/** How long nothing may arrive, in milliseconds. */
const PATIENCE = 30_000;
/** After this time, in milliseconds, the user is told what is awaited, and may cancel it. */
const SOON = 1_000;
/** Most characters of a file's name. */
const MOST_NAME = 100;

/** Why a linked file is not opened, where another attempt cannot help. */
class Refused extends Error {}

/** The sources that a Content-Security-Policy lets a page ask; undefined if it has no say. */
export const sourcesOf = (policy: string) =>
  policy
    .split(';')
    .map((directive) => directive.trim().split(/\s+/))
    .find(([name]) => name === 'connect-src')
    ?.slice(1);

/** Returns whether a page at `page` may ask for a file at `url`, by the sources of its policy. */
export const isAllowed = (url: URL, page: URL, sources: readonly string[] = []) =>
  url.origin === page.origin || sources.includes(url.origin) || sources.includes(url.protocol);

/** The name of the file at an address. */
export function nameOf({ pathname }: URL): string {
  const last = pathname.split('/').findLast(Boolean) ?? '';
  try {
    return decodeURIComponent(last).replace(/[\p{Cc}/\\]/gu, '').slice(0, MOST_NAME) || 'weights';
  } catch {
    return last.slice(0, MOST_NAME);
  }
}

/**
 * Fetches the file at `address`. Returns undefined if that is refused or cancelled, which is told.
 * Rejects with `Missing` if another attempt may help.
 */
export async function fetchLinked(address: string, problems: Problems): Promise<File | undefined> {
  const url = webAddress(address);
  if (!url) {
    problems.tell(
      'model',
      t`“weights=${address.slice(0, MOST_NAME)}” in the address is not the address of a file: it has to begin with http or https.`,
    );
    return undefined;
  }
  const name = nameOf(url);
  const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content') ?? '';
  if (!isAllowed(url, new URL(document.baseURI), sourcesOf(policy))) {
    const offer = { label: t`Download ${name}`, act: () => void open(url, '_blank', 'noopener') };
    problems.tell(
      'model',
      t`${name} is at ${url.host}, and this page asks only its own host, so that nobody else learns what you look at. Download the file, then drop it here.`,
      { offer },
    );
    return undefined;
  }
  const stop = new AbortController();
  const cancel = { label: t`Cancel`, act: () => stop.abort() };
  const slow = setTimeout(() => problems.tell('model', t`${name} is being fetched from ${url.host} …`, { offer: cancel }), SOON);
  try {
    const file = new File([await fetched(url, name, stop)], name);
    problems.tell('model', undefined);
    return file;
  } catch (error) {
    if (error instanceof Missing) throw error;
    problems.tell('model', error instanceof Refused ? error.message : undefined);
    return undefined;
  } finally {
    clearTimeout(slow);
  }
}

function webAddress(address: string): URL | undefined {
  try {
    const url = new URL(address, document.baseURI);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The bytes of a file. Rejects with `Missing`, with `Refused`, or with another error if it is
 * stopped.
 */
async function fetched(url: URL, name: string, stop: AbortController): Promise<Blob> {
  let late = false;
  const wait = () => setTimeout(() => ((late = true), stop.abort()), PATIENCE);
  let patience = wait();
  const refuse = (why: string) => {
    throw new Refused(`${name}: ${why}`);
  };
  try {
    const response = await fetch(url, { signal: stop.signal, credentials: 'omit', referrerPolicy: 'no-referrer' });
    if (!response.ok) throw new Missing(t`${name} cannot be fetched from ${url.host} (HTTP ${response.status}).`);
    const isPage = /^(text\/html|application\/xhtml)/.test(response.headers.get('content-type') ?? '');
    if (isPage) refuse(t`${url.host} answered with a web page. Link to the file itself.`);
    if (Number(response.headers.get('content-length')) > MAX_BYTES) refuse(t`expected at most ${size(MAX_BYTES)}.`);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let sum = 0;
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      clearTimeout(patience);
      patience = wait();
      sum += part.value.length;
      if (sum > MAX_BYTES) refuse(t`expected at most ${size(MAX_BYTES)}.`);
      parts.push(part.value);
    }
    return new Blob(parts);
  } catch (error) {
    if (late) throw new Missing(t`${name}: nothing has arrived from ${url.host} for ${PATIENCE / 1000} seconds.`);
    if (stop.signal.aborted || error instanceof Missing || error instanceof Refused) throw error;
    throw new Missing(t`${name} cannot be fetched from ${url.host}.`);
  } finally {
    clearTimeout(patience);
    stop.abort(); // what is left of it is not wanted
  }
}
