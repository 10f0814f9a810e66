/**
 * The switches of an embed: attributes of its element, fields of a frame's address, traits of a
 * notebook's model. Only this module knows their names and values.
 */

import { LANGUAGES, t } from '../languages/language.js';

/** The views that an embed may show, beside what is always there. */
export type Shown = 'strategies' | 'why' | 'weights' | 'try' | 'neurons' | 'samples';
/** The parts that `show` chooses from. */
export type Part = 'claim' | 'plot' | 'slider' | Shown;
export type Theme = 'auto' | 'light' | 'dark';
/** When proofs start: when the embed is visible, when it is touched, at once, or never. */
export type Start = 'visible' | 'touch' | 'load' | 'never';

export interface Switches {
  /** Identifier of the task of the model; empty for the first. */
  task: string;
  /** Name of a model of the gallery, such as `max4_v64_s123`; empty for the first. */
  model: string;
  /**
   * Address (`https:` or `data:`) of weights of the author's, or of a certificate about the model.
   */
  src: string;
  /** How the file is read, as the page's address says it; empty as it is read unless told. */
  read: string;
  /** Identifier of the chosen proof; empty for one that leaves something to win. */
  proof: string;
  /** Steps that the chosen proof may take; null for any. */
  budget: number | null;
  /** Identifier of the proof that the chosen one is compared with. */
  vs: string;
  show: readonly Part[];
  /** Parts of the shown parts that are not shown. */
  hide: readonly string[];
  theme: Theme;
  start: Start;
  /** The language of all texts; the first embed of a document decides for all. */
  lang: string;
}

/** All parts, in their order. */
export const PARTS: readonly Part[] = ['claim', 'plot', 'slider', 'strategies', 'why', 'weights', 'try', 'neurons', 'samples'];
const HIDDEN = ['against', 'legend', 'run', 'link'];
export const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];
export const STARTS: readonly Start[] = ['visible', 'touch', 'load', 'never'];

/** The names of all switches. */
export const NAMES = ['task', 'model', 'src', 'read', 'proof', 'budget', 'vs', 'show', 'hide', 'theme', 'start', 'lang'] as const;
export type Name = (typeof NAMES)[number];

/** What the switches say; `tell` hears of values that are out of range, which are left out. */
export function switchesOf(text: (name: Name) => string | null, tell: (problem: string) => void): Switches {
  const refuse = (name: Name, range: string) => tell(t`${name}="${(text(name) ?? '').slice(0, 80)}": expected ${range}.`);
  const one = <const V extends string>(name: Name, values: readonly V[], initial: V, part = /.*/): V => {
    const said = part.exec(text(name) || initial)?.[0];
    const found = values.find((value) => value === said);
    if (!found) refuse(name, t`one of ${values.join(', ')}`);
    return found ?? initial;
  };
  const some = <const V extends string>(name: Name, values: readonly V[], initial: readonly V[]): readonly V[] => {
    const said = (text(name) ?? '').split(',').map((each) => each.trim()).filter(Boolean);
    if (!said.every((each) => (values as readonly string[]).includes(each)))
      refuse(name, t`some of ${values.join(', ')}, separated by commas`);
    const found = values.filter((value) => said.includes(value));
    return found.length ? found : initial;
  };
  const task = text('task') ?? '';
  if (!/^[\w-]*$/.test(task)) refuse('task', t`the name of a task, such as group-operations`);
  const model = (text('model') ?? '').replace(/\.safetensors$/, '');
  if (!/^[\w-]*$/.test(model)) refuse('model', t`the name of a model of the gallery, such as max4_v64_s123`);
  const budget = text('budget') ? Number(text('budget')) : null;
  if (budget !== null && !(budget >= 1)) refuse('budget', t`a number of steps`);
  return {
    task: /^[\w-]*$/.test(task) ? task : '',
    model: /^[\w-]*$/.test(model) ? model : '',
    src: text('src') ?? '',
    read: text('read') ?? '',
    proof: text('proof') ?? '',
    budget: budget !== null && budget >= 1 ? budget : null,
    vs: text('vs') ?? '',
    show: some('show', PARTS, PARTS.slice(0, 3)),
    hide: some('hide', HIDDEN, []),
    theme: one('theme', THEMES, 'auto'),
    start: one('start', STARTS, 'visible'),
    lang: one('lang', Object.keys(LANGUAGES), 'en', /^[a-z]+/),
  };
}

/** The parts of the figure and the sentence that are not shown. */
export const without = ({ show, hide }: Switches): string[] => [...PARTS.slice(0, 3).filter((part) => !show.includes(part)), ...hide];
/** The views that are shown. */
export const viewsOf = ({ show }: Pick<Switches, 'show'>): Shown[] =>
  show.filter((part): part is Shown => part !== 'claim' && part !== 'plot' && part !== 'slider');
