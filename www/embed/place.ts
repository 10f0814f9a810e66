/** Where an embed's program is: beside its page, which it leads to. */

import { filesAre } from '../engine/download.js';
import type { Weights } from '../engine/protocol.js';
import { type Model, OWN } from '../state/model.js';
import { linkTo } from './link.js';
import type { Switches } from './switches.js';

/** The folder of the page; `import.meta.url` is that of a file in its folder `embed`. */
const page = new URL(/* @vite-ignore */ '../', import.meta.url).href;
filesAre((address) => new URL(address, page).href);

/** Whether the program that draws figures is there; without it, an embed shows a recorded one. */
export const isPlotted: boolean = true;

/** What was read of the shipped model's file; of the gallery's there is nothing but its tensors. */
export const known = undefined as Weights['read'] | undefined;

/**
 * What the document around an embed does not allow; nothing that an embed with files of its own
 * needs.
 */
export const taken: string = '';

/**
 * The address of the page with what an embed shows; undefined if there is no page that can show it.
 */
export const moreAt = (model: Model, switches: Switches, strategy: string | undefined): string | undefined =>
  model.source === OWN ? undefined : linkTo(page, model, switches, strategy);
