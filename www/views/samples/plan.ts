/**
 * What is to be drawn, as the address of the page says it: `clopper-pearson;0.001;1000;cubic;my
 * seed`.
 */

import type { Method } from '../../pkg/samples.js';

export interface Choice {
  method: Method;
  /** With what probability the bound may be false. */
  delta: number;
  /** How many inputs are drawn; at most, if one may stop before. */
  samples: number;
  /** Identifier of the proof whose cases are not drawn from; empty for none. */
  proof: string;
  /** What the coins come from; empty if from the statement alone. */
  seed: string;
}

/**
 * What is drawn while nothing is chosen: so few that the bound is left of the proof of as much, of
 * most models of the page.
 */
export const USUAL: Choice = { method: 'clopper-pearson', delta: 1e-3, samples: 500, proof: '', seed: '' };
export const METHODS: readonly Method[] = ['clopper-pearson', 'anytime', 'bernstein', 'hoeffding', 'stratified'];
/** The range of δ, and most samples. */
export const DELTAS = { least: 1e-12, most: 0.5 } as const;
export const MOST_SAMPLES = 1_000_000;

/** A number in a text, if it is in the range. */
export function within(text: string, least: number, most: number): number | undefined {
  const number = /^\d+(\.\d+)?(e-?\d+)?$/i.test(text) ? Number(text) : NaN;
  return number >= least && number <= most ? number : undefined;
}

/** A whole number in a text, if it is in the range. */
export const wholeWithin = (text: string, least: number, most: number) => (/^\d{1,15}$/.test(text) ? within(text, least, most) : undefined);

export function format({ method, delta, samples, proof, seed }: Choice): string {
  const parts = [method, String(delta), String(samples), proof, seed];
  while (parts.length > 3 && !parts.at(-1)) parts.pop();
  return parts.join(';');
}

/** What a text of the address says; undefined if it says nothing that can be drawn. */
export function parse(text: string): Choice | undefined {
  const [name, doubt = '', many = '', proof = '', ...seed] = text.split(';');
  const method = METHODS.find((each) => each === name);
  const [delta, samples] = [within(doubt, DELTAS.least, DELTAS.most), wholeWithin(many, 1, MOST_SAMPLES)];
  if (!method || delta === undefined || samples === undefined) return undefined;
  return { method, delta, samples, proof, seed: seed.join(';') };
}
