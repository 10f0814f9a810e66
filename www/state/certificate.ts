/** Certificates as files: told from weights, and handed out. */

import { make } from '../ui/element.js';
import { told } from '../ui/format.js';

/** A file of the user's that is a certificate. */
export interface Dropped {
  file: string;
  text: string;
  /** Of the weights that it is about. */
  sha256: string;
}

/** The certificate that a file is, or undefined if it is none, but weights perhaps. */
export async function certificateIn(file: File, maxBytes: number): Promise<Dropped | undefined> {
  if (!/\.json$/i.test(file.name) || file.size > maxBytes) return undefined;
  const text = await file.text().catch(() => '');
  // Weights are not parsed here: they may be long.
  if (!text.includes('"certificate"')) return undefined;
  try {
    const found = JSON.parse(text) as Record<string, unknown>;
    if (!Object.hasOwn(found, 'certificate')) return undefined;
    return { file: file.name, text, sha256: typeof found['sha256'] === 'string' ? found['sha256'] : '' };
  } catch (error) {
    if (!/^\s*\{\s*"certificate"/.test(text)) return undefined;
    throw new Error(`${file.name} is a certificate, but damaged: ${told(error)}`);
  }
}

/** max4_v64_s123.safetensors and cubic as max4_v64_s123.cubic.certificate.json. */
export const nameOf = (file: string, strategy: string) => `${file.replace(/\.[^.]*$/, '')}.${strategy}.certificate.json`;

/** Hands the browser a file to save. */
export function save(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  make('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
