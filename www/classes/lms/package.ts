/**
 * Packages for an LMS: the page's own files in a zip, with a set in its document and a description
 * of all.
 */

import { Zip, ZipDeflate, strToU8 } from 'fflate';
import { t } from '../../languages/language.js';
import { escaped } from '../../ui/export/svg.js';
import { META } from '../set-here.js';
import { type Described, MANIFESTS, type Standard } from './manifest.js';

/** The document of the page. */
export const START = 'index.html';

/** What goes into a package. */
export interface Packed {
  standard: Standard;
  id: string;
  title: string;
  /** The code of the set. */
  code: string;
  /** Paths of the page's files, with its document. */
  files: readonly string[];
  /** Files that are not the page's, such as a teacher's weights. */
  own: Readonly<Record<string, Uint8Array>>;
  /** Origin of a host that takes statements of xAPI, if it is another than the package's. */
  host?: string;
}

/** The origin of a host. Throws if that is no address. */
function originOf(host: string): string {
  if (!URL.canParse(host)) throw new Error(t`“${host}” is no address of a host: expected one such as https://lrs.example.org.`);
  return new URL(host).origin;
}

/** The page's document for a package. Throws if it has no place for what a package says. */
export function startOf(html: string, { code, standard, host }: Pick<Packed, 'code' | 'standard' | 'host'>): string {
  const metas = [
    [META.set, code],
    [META.marks, standard],
  ].map(([name = '', content = '']) => `\n    <meta name="${name}" content="${escaped(content)}" />`);
  const put = (text: string, after: string, added: string) => {
    if (!text.includes(after)) throw new Error(`${START} has no ${after}: it is not this page’s.`);
    return text.replace(after, after + added);
  };
  const named = put(html, '<head>', metas.join(''));
  return host ? put(named, `connect-src 'self'`, ` ${originOf(host)}`) : named;
}

/** Bytes that are compressed at once, so that no task of the page's thread takes long. */
const STEP = 2 ** 17;
const pause = () => new Promise((done) => setTimeout(done));

/** Compresses files into a zip, one after the other. */
async function zipped(files: AsyncIterable<readonly [string, Uint8Array]>): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(part as Uint8Array<ArrayBuffer>);
  });
  for await (const [name, bytes] of files) {
    const entry = new ZipDeflate(name, { level: 6 });
    entry.mtime = new Date(2020, 0, 1); // the same set gives the same bytes
    zip.add(entry);
    for (let at = 0; at < bytes.length; at += STEP) {
      entry.push(bytes.subarray(at, at + STEP));
      await pause();
    }
    entry.push(new Uint8Array(), true);
  }
  zip.end();
  return new Blob(parts, { type: 'application/zip' });
}

/** Makes a package. `fetched` gets a file of the page; `tell` hears the share that is done. */
export function packageOf(packed: Packed, fetched: (path: string) => Promise<Uint8Array>, tell: (done: number) => void): Promise<Blob> {
  const { standard, id, title, files, own } = packed;
  const [name, text] = MANIFESTS[standard];
  const about: Described = { id, title, start: START, files: [...files, ...Object.keys(own)] };
  async function* all(): AsyncGenerator<readonly [string, Uint8Array]> {
    yield [name, strToU8(text(about))];
    for (const [i, path] of files.entries()) {
      tell(i / files.length);
      const bytes = await fetched(path);
      yield [path, path === START ? strToU8(startOf(new TextDecoder().decode(bytes), packed)) : bytes];
    }
    yield* Object.entries(own);
  }
  return zipped(all());
}
