/** What page and service worker agree on: the files of a build, and what they say to each other. */

/** The list of a build's files, beside its document. `.ci/offline.mjs` writes it. */
export const LIST = 'files.json';

export interface FileList {
  /** The hash of each file, as `integrity` wants it, by its path in the page's folder. */
  files: Readonly<Record<string, string>>;
  /** The files that a first view needs. */
  shell: readonly string[];
}

/** What the page asks its service worker. */
export type Asked =
  /**
   * Keep these files from now on, also when the page changes; `*` in a path stands for any name or
   * part of one.
   */
  | { ask: 'keep'; paths: readonly string[] }
  /** Hold these files as long as they do not change: the page has used them. */
  | { ask: 'hold'; paths: readonly string[] }
  /** Replace the version before, if no other page has it open. */
  | { ask: 'replace' };

/**
 * What the service worker answers: how far it is; at last that it is done, in how many other places
 * the page is open, or why it failed.
 */
export type Told = { done: number; of: number } | { finished: true } | { elsewhere: number } | { failed: string };

/**
 * The names of all caches of a page begin so; `scope` is the address of its folder. Other pages may
 * have the same host.
 */
export const prefixOf = (scope: string) => `compact-proofs ${scope} `;

/** The files of a build that `paths` name; `*` stands for any characters but a slash. */
export function expand(paths: readonly string[], { files }: FileList): string[] {
  const patterns = paths.map((path) => new RegExp(`^${path.replace(/[^\w/*-]/g, '\\$&').replaceAll('*', '[^/]*')}$`));
  return Object.keys(files).filter((file) => patterns.some((pattern) => pattern.test(file)));
}

/**
 * The path of an address in the folder `scope`, of a document if that is a folder; undefined for an
 * address elsewhere.
 */
export function pathIn(scope: string, address: string): string | undefined {
  const { origin, pathname } = new URL(address);
  const whole = origin + pathname;
  if (!whole.startsWith(scope)) return undefined;
  try {
    const path = decodeURIComponent(whole.slice(scope.length));
    return path === '' || path.endsWith('/') ? `${path}index.html` : path;
  } catch {
    return undefined; // no text that anyone has encoded
  }
}

/**
 * Where to fetch a path. Some hosts redirect from `index.html` to its folder, and no document may
 * come from a redirection.
 */
export const addressOf = (scope: string, path: string) => scope + encodeURI(path.replace(/(^|\/)index\.html$/, '$1'));
