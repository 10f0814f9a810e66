/**
 * What is shown before the module is here: the model that the address names, or else the first one,
 * with its shipped results.
 */

import { textOf } from '../../app/address.js';
import { about } from '../../state/gallery.js';
import type { First } from '../task.js';
import { MODEL } from './gallery.js';
import { modelMenus } from './shelf.js';
import { ID } from './task.js';

export async function first(): Promise<First> {
  modelMenus();
  const named = textOf(location, MODEL);
  // Whether there is such a model is told by the list, which comes later.
  const results = /^\w+$/.test(named) ? about<First>(ID, `results/${named}.json`).catch(() => undefined) : undefined;
  return (await results) ?? about<First>(ID, 'first-paint.json');
}
