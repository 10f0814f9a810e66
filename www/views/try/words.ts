/** What is said of an input and of what the network makes of it. */

import { t } from '../../languages/language.js';
import type { Look } from '../../pkg/explain.js';
import { real } from '../../ui/real.js';

/** The outputs with the largest logits, the largest first; of equal ones the smaller output. */
export const largest = (logits: readonly number[], count: number): number[] =>
  logits.map((_, output) => output).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0)).slice(0, count);

/**
 * How long the bars of logits are, 0 to 1: the smallest logit of all has none, the largest a whole
 * one.
 */
export function lengths(outputs: readonly number[], logits: readonly number[]): number[] {
  const [least, most] = logits.reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)], [Infinity, -Infinity]);
  return outputs.map((output) => (most > least ? ((logits[output] ?? least) - least) / (most - least) : 0));
}

/** Whether the answer is right, with a sign. */
export const verdict = ({ right, answer, largest: wanted }: Look): string => {
  if (right) return t`✓ right`;
  return answer === wanted ? t`✗ wrong: another logit is as large` : t`✗ wrong: the largest token is ${wanted}`;
};

/** What the margin means. */
export function marginOf({ margin, largest: wanted, logits }: Look): string {
  const rival = largest(logits, 2).find((output) => output !== wanted);
  const other = rival === undefined ? t`any other` : t`that of ${rival}, the largest other one`;
  if (margin === 0) return t`The logit of ${wanted} equals ${other}.`;
  return margin > 0
    ? t`The logit of ${wanted} is ${real(margin)} above ${other}.`
    : t`The logit of ${wanted} is ${real(-margin)} below ${other}.`;
}

/** The position that the last one looks at most. */
export function lookedAt(attention: readonly number[]): number {
  return attention.reduce((best, x, p) => (x > (attention[best] ?? 0) ? p : best), 0);
}
