/** Tells the user's certificates from weights. */

import { t } from '../languages/language.js';
import { told } from '../ui/format.js';

/** A certificate file that the user has opened. */
export interface CertificateFile {
  /** Name of the file. */
  file: string;
  text: string;
  /** SHA-256 of the weights that the certificate is about; empty if it names none. */
  sha256: string;
}

/**
 * Reads a file as a certificate. Returns undefined if it is not one or exceeds `maxBytes`: it may
 * then be weights. Throws if the certificate is damaged.
 */
export async function certificateIn(file: File, maxBytes: number): Promise<CertificateFile | undefined> {
  if (!/\.json$/i.test(file.name) || file.size > maxBytes) return undefined;
  const text = await file.text().catch(() => '');
  // A JSON file of weights may be long: it is not parsed here.
  if (!text.includes('"certificate"')) return undefined;
  try {
    const found = JSON.parse(text) as Record<string, unknown>;
    if (!Object.hasOwn(found, 'certificate')) return undefined;
    return { file: file.name, text, sha256: typeof found['sha256'] === 'string' ? found['sha256'] : '' };
  } catch (error) {
    if (!/^\s*\{\s*"certificate"/.test(text)) return undefined;
    throw new Error(t`${file.name} is a certificate, but damaged: ${told(error)}`);
  }
}
