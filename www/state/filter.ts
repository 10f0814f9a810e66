/** Which proofs are shown, as the address says it. */

import { t, translated } from '../languages/language.js';
import type { StrategyFacts } from '../pkg/prove.js';
import type { Model, Proof } from './model.js';

/** What is asked of the proofs that are shown; empty where nothing is asked. */
export interface Filter {
  family: string;
  /** What they are made of, as `name:value`, separated by semicolons. */
  tags: string;
  /** Words of their names, or a part of their identifiers. */
  name: string;
  only: 'all' | 'frontier';
  /** The classes that are not shown, separated by commas. */
  without: string;
}

/** The filter that asks for nothing. */
export const UNFILTERED: Filter = { family: '', tags: '', name: '', only: 'all', without: '' };
/** The names of all that is asked. */
export const FILTER = Object.keys(UNFILTERED) as (keyof Filter)[];

/** The parts of a text, without empty ones. */
export const parts = (text: string, separator: string) => text.split(separator).filter(Boolean);

/** The tags of a strategy as a filter names them. */
export const tagsOf = ({ tags }: StrategyFacts) => tags.map(({ name, value }) => `${name}:${value}`);

/** Returns whether a proof's class is shown, and it is what the filter asks for. */
export function passes({ family, tags, name, only, without }: Filter): (proof: Proof) => boolean {
  const [hidden, wanted] = [parts(without, ','), name.trim().toLowerCase()];
  return (proof) => !hidden.includes(proof.facts.class) && isWanted(proof);

  function isWanted({ facts, frontier }: Proof): boolean {
    if ((only === 'frontier' && !frontier) || (family && !facts.categories.includes(family))) return false;
    const made = tagsOf(facts);
    if (!parts(tags, ';').every((tag) => made.includes(tag))) return false;
    const called = `${facts.label} ${facts.categories.at(-1)}`.toLowerCase();
    return !wanted || wanted.split(/\s+/).every((word) => called.includes(word)) || facts.strategy.toLowerCase().includes(wanted);
  }
}

/** What a filter asks for, in words; empty where it asks for nothing. */
export function asked({ family, tags, name, only, without }: Filter, { facts: { classes } }: Model): string {
  const labels = parts(without, ',').map((name) => classes.find((each) => each.class === name)?.label ?? name);
  return [
    ...(family ? [t`of ${translated(family)}`] : []),
    ...parts(tags, ';').map((tag) => tag.split(':').map(translated).join(': ')),
    ...(name.trim() ? [t`named “${name.trim()}”`] : []),
    ...(only === 'frontier' ? [t`on the frontier`] : []),
    ...(labels.length ? [t`without ${labels.join(', ')}`] : []),
  ].join('; ');
}

/** What is opened that is no input of the model, or no case. */
export function strangeInputs(
  opened: Record<'case' | 'smaller' | 'tokens', string>,
  { facts: { n, v } }: Model,
): ('case' | 'smaller' | 'tokens')[] {
  const numbers = (text: string) => parts(text, ',').map(Number);
  const [m = 0, q = 0] = numbers(opened.case);
  const tokens = numbers(opened.tokens);
  const is = {
    case: m >= v || q > m,
    smaller: Number(opened.smaller) >= n,
    tokens: tokens.length > 0 && (tokens.length !== n || tokens.some((token) => token >= v)),
  };
  return (['case', 'smaller', 'tokens'] as const).filter((name) => is[name]);
}

/** What a filter asks for that no proof of the model has. */
export function strange({ family, tags, without }: Filter, { facts: { classes, strategies } }: Model): ('family' | 'tags' | 'without')[] {
  const all = strategies.flatMap(tagsOf);
  const is = {
    family: !!family && !strategies.some(({ categories }) => categories.includes(family)),
    tags: !parts(tags, ';').every((tag) => all.includes(tag)),
    without: !parts(without, ',').every((name) => classes.some((each) => each.class === name)),
  };
  return (['family', 'tags', 'without'] as const).filter((name) => is[name]);
}
