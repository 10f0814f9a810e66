/** The single file of what is shared. Fetched when one is made. */

import { aboutOf, insideOf, templateOf } from '../../embed/single.js';
import { download } from '../../engine/download.js';
import { filled } from '../../engine/files.js';
import type { Model } from '../../state/model.js';
import { plotters } from '../../ui/plotters.js';
import type { Shared } from './snippets.js';

/**
 * One document with the model, all that is proven of it now, and the program that proves it again.
 */
export async function singleFileOf(model: Model, { page, show, switches, isOwn }: Shared): Promise<string> {
  // The weights are inside.
  const { task: _, model: __, src: ___, read: ____, ...others } = switches;
  const [plot, template] = await Promise.all([
    plotters(),
    download(`embed/${templateOf(model.task.id, show)}`, (response) => response.text()),
  ]);
  const inside = await insideOf(model, plot, others);
  return filled(inside.file, inside.weights, { template, about: aboutOf({ ...inside, ...(!isOwn && { page }) }) });
}
