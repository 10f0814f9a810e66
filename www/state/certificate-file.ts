/** Tells the user's certificates from weights. */

import { t } from '../languages/language.js';
import { told } from '../ui/format.js';

/** The versions of certificates of bounds from samples, and with a residual that coins bound. */
const [SAMPLED, OF_RESIDUAL] = [4, 5];

/** A certificate file that the user has opened. */
export interface CertificateFile {
  /** Name of the file. */
  file: string;
  text: string;
  /** Identifier of the task that it is about. */
  task: string;
  /** SHA-256 of the weights that the certificate is about; empty if it names none. */
  sha256: string;
  /**
   * What coins chose, where its bound may fail: inputs, or parts of a residual. They are tossed
   * again.
   */
  coins?: 'inputs' | 'residual';
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
    const said = (name: string) => (typeof found[name] === 'string' ? found[name] : '');
    const version = found['certificate'];
    const coins = version === SAMPLED ? 'inputs' : version === OF_RESIDUAL ? 'residual' : undefined;
    return { file: file.name, text, task: said('task'), sha256: said('sha256'), ...(coins && { coins }) };
  } catch (error) {
    if (!/^\s*\{\s*"certificate"/.test(text)) return undefined;
    throw new Error(t`${file.name} is a certificate, but damaged: ${told(error)}`);
  }
}
