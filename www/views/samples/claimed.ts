/**
 * Certificates of bounds from samples: what is to be drawn again, and what of it comes out
 * otherwise.
 */

import { t } from '../../languages/language.js';
import type { CertificateFile } from '../../state/certificate-file.js';
import { type Choice, DELTAS, METHODS, within } from './plan.js';

/** Most samples of a certificate, as Rust has it. */
const MOST = 100_000_000;
/** Most characters of a value that are shown. */
const SHOWN = 100;

type Fields = Readonly<Record<string, unknown>>;

/** What a certificate claims. */
export interface Claimed {
  file: string;
  choice: Choice;
  /** Samples that were drawn, which may be fewer than were planned. */
  drawn: number;
  fields: Fields;
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const whole = (value: unknown) => (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST ? Number(value) : undefined);

/** What a certificate says was drawn. Throws if it says nothing that could be. */
export function claimedBy({ file, text: json }: Pick<CertificateFile, 'file' | 'text'>): Claimed {
  const fields = JSON.parse(json) as Fields;
  const method = METHODS.find((each) => each === fields['method']);
  const [samples, drawn, seed] = [whole(fields['samples']), whole(fields['drawn']), text(fields['seed'])];
  const delta = within(text(fields['delta']) ?? '', DELTAS.least, DELTAS.most);
  const proof = fields['proof'] === null ? '' : text(fields['proof']);
  if (!method || samples === undefined || drawn === undefined || seed === undefined || delta === undefined || proof === undefined) {
    throw new Error(t`${file} does not say what was drawn: “method”, “samples”, “drawn”, “delta”, “seed” or “proof” is not what such a certificate has.`);
  }
  return { file, choice: { method, delta, samples, proof, seed }, drawn, fields };
}

const shown = (value: unknown) => (JSON.stringify(value) ?? t`missing`).slice(0, SHOWN);

/**
 * What a certificate says otherwise than the one that was `made` by drawing again, a sentence for
 * each field.
 */
export function differences({ fields }: Pick<Claimed, 'fields'>, made: string): string[] {
  const expected = JSON.parse(made) as Fields;
  const names = [...new Set([...Object.keys(fields), ...Object.keys(expected)])];
  return names.filter((name) => fields[name] !== expected[name]).map((name) => t`“${name}” is ${shown(fields[name])}, expected ${shown(expected[name])}.`);
}
