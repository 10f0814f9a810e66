/** Where an embed leads: to what it shows, in the page. */

import { hashOf, TASK } from '../app/address.js';
import type { Model } from '../state/model.js';
import { FIRST } from '../tasks/first.js';
import type { Switches } from './switches.js';

/**
 * The address of the page at `page` with what an embed shows; undefined if that is no model of the
 * gallery.
 */
export function linkTo(page: string, { facts, task }: Model, { vs }: Switches, strategy: string | undefined): string | undefined {
  const model = task.named(facts.file);
  if (!model) return undefined;
  const search = task.id === FIRST ? '' : `?${new URLSearchParams({ [TASK.name]: task.id })}`;
  return page + search + hashOf({ model, strategy: strategy ?? null, looks: { vs } });
}
