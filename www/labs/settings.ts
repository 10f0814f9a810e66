/** What the address of a lab says: `?lab=superposition#features=20`. Only this module writes it. */

import { Field, names } from '../app/address.js';
import { t } from '../languages/language.js';

/** The lab that is shown; the first of the list without the field. */
export const LAB = new Field<string, { labs: readonly string[] }>('lab', {
  part: 'search',
  initial: ({ labs }) => labs[0] ?? '',
  parse: (text, { labs }) => labs.find((id) => id === text),
  range: ({ labs }) => t`one of ${labs.join(', ')}`,
});

/** The settings of a lab: a field of the address for each, after #. */
export type Fields<V> = { readonly [N in keyof V]: Field<V[N], unknown> };

/** A whole number from `least` to `most`, to which others are clamped. */
export function whole(name: string, initial: number, least: number, most: number) {
  const clamp = (text: string) => (/^-?\d{1,15}$/.test(text) ? Math.min(Math.max(Number(text), least), most) : undefined);
  return new Field<number, unknown>(name, {
    part: 'hash',
    initial: () => initial,
    parse: (text) => (String(clamp(text)) === text ? clamp(text) : undefined),
    range: () => t`a whole number from ${least} to ${most}`,
    nearest: clamp,
  });
}

/** A number from `least` to `most`, to which others are clamped. */
export function decimal(name: string, initial: number, least: number, most: number) {
  const clamp = (text: string) => (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Math.min(Math.max(Number(text), least), most) : undefined);
  return new Field<number, unknown>(name, {
    part: 'hash',
    initial: () => initial,
    parse: (text) => (clamp(text) === Number(text) ? Number(text) : undefined),
    range: () => t`a number from ${least} to ${most}`,
    nearest: clamp,
  });
}

/** One of `values`, the first by default. */
export const choice = <const V extends string>(name: string, ...values: [V, ...V[]]) =>
  new Field<V, unknown>(name, {
    part: 'hash',
    initial: () => values[0],
    parse: (text) => values.find((value) => value === text),
    range: () => t`one of ${values.join(', ')}`,
  });

/**
 * The settings that an address says; `tell` hears of what is out of range, and of names that the
 * lab does not have.
 */
export function settingsOf<V extends object>(
  fields: Fields<V>,
  address: Pick<Location, 'search' | 'hash'>,
  tell: (problem: string) => void,
): V {
  const all = Object.entries(fields) as [keyof V & string, Fields<V>[keyof V]][];
  const known = all.map(([, { name }]) => name);
  for (const name of new Set(new URLSearchParams(address.hash.slice(1)).keys())) {
    if (!known.includes(name)) tell(t`“${name.slice(0, 40)}” in the address is left out: after # it has ${known.join(', ')}.`);
  }
  return Object.fromEntries(all.map(([key, field]) => [key, field.read(address, undefined, tell)])) as V;
}

/**
 * The part after # of an address with these settings. What is so by default goes without saying.
 */
export function hashOf<V extends object>(fields: Fields<V>, values: V): string {
  const said = new URLSearchParams();
  for (const [key, { name, initial }] of Object.entries(fields) as [keyof V & string, Fields<V>[keyof V]][]) {
    if (values[key] !== initial) said.set(name, String(values[key]));
  }
  return said.size ? `#${said}` : '';
}

/** Writes settings into the address of the page, in the present entry of the browser's history. */
export const note = <V extends object>(fields: Fields<V>, values: V) =>
  history.replaceState(history.state, '', `${location.pathname}${location.search}${hashOf(fields, values)}`);

/**
 * Whether the address of the page has settings of the lab: whoever follows such a link wants to see
 * them.
 */
export const isLink = <V extends object>(fields: Fields<V>) =>
  names(
    location,
    (Object.values(fields) as { name: string }[]).map(({ name }) => name),
  );
