/**
 * What goes into the single file: one document with a model, its results and the program that
 * proves them. The build and the page fill it by the module `files`.
 */

import type { Weights } from '../engine/protocol.js';
import type { Model } from '../state/model.js';
import { FIRST } from '../tasks/first.js';
import type { Plot } from '../ui/plotters.js';
import type { Pictured } from '../views/frontier/frontier.js';
import { recorded } from './recorded.js';
import { type Name, type Part, viewsOf } from './switches.js';

/** What a single file shows. */
export interface Inside {
  /** Identifier of the task of the model. */
  task: string;
  /** Name of the weights file. */
  file: string;
  /** The weights as `prove` reads them: a safetensors file. */
  weights: Uint8Array;
  /**
   * What `files` has read of an author's model, whose canonical file `weights` is; none for a model
   * of the gallery.
   */
  read?: Weights['read'];
  /** Results about exactly these weights: `results.facts.sha256` is theirs. */
  results: Pictured;
  switches: Partial<Record<Name, string>>;
  /** Address of the page that the file leads to. */
  page?: string;
}

/** The elements of a single file that hold its parts: what it shows, and its program. */
export const ID = {
  data: 'compact-proofs-data',
  index: 'compact-proofs-index',
  program: 'compact-proofs-program',
  boot: 'compact-proofs-boot',
} as const;

/**
 * The file of `dist/embed/` that a single file about a task is made from: with the figure alone, at
 * most 500 KB, or with the views that explain its proofs, too.
 */
export const templateOf = (task: string, show: readonly Part[]) =>
  `${task === FIRST ? '' : `${task}/`}${viewsOf({ show }).length ? 'widget-views.html' : 'widget.html'}`;

/** Returns a single file with `text` in the element `id`. Throws if there is no such element. */
export function put(html: string, id: string, text: string): string {
  if (/<\/script|<!--/i.test(text)) throw new Error(`${id}: its text would end the script that holds it`);
  const [before, after] = html.split(new RegExp(`(?<=<script[^>]* id="${id}">)[^<]*(?=</script>)`), 2);
  if (before === undefined || after === undefined) throw new Error(`the single file has no place for ${id}`);
  return before + text + after;
}

/**
 * What the module `files` fills a single file with, beside its weights; the native program fills it
 * with the same code.
 */
export const aboutOf = ({ task, switches, read, results, page }: Inside) =>
  JSON.stringify({ task, switches, results, ...(read && { read }), ...(page && { page }) });

/**
 * What a single file shows of an open model: all that is proven now. `plot` draws its figures.
 * Needs a page that was loaded by https or from this computer, where browsers have SHA-256.
 */
export async function insideOf(
  { task, facts, proofs, network }: Model,
  plot: Pick<Plot, 'figure' | 'metrics'>,
  switches: Inside['switches'],
): Promise<Inside> {
  if (!network) throw new Error('The model is not loaded yet.');
  const { file, bytes: weights, read } = network;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(weights)));
  // The file inside is another than the author's if that had to be read: the program finds its own
  // hash.
  const { canonical_sha256: _, ...own } = { ...facts, sha256: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
  const outcomes = proofs.flatMap(({ outcome, from }) => (outcome && !from ? [outcome] : []));
  return { task: task.id, file, weights, ...(read && { read }), results: recorded(plot, own, outcomes), switches };
}
