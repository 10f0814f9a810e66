/**
 * Where a program is that has all its files inside, and asks for nothing else. Takes the place of
 * `place.ts` there.
 */

import { filesAre } from '../engine/download.js';
import type { Weights } from '../engine/protocol.js';
import type { Model } from '../state/model.js';
import { linkTo } from './link.js';
import type { Switches } from './switches.js';

/** What has been unpacked. */
export interface Unpacked {
  /** Addresses (`blob:`) of the files, by their names. */
  files: Record<string, string>;
  switches: Record<string, string>;
  /** What the module `files` has read of the model's file. */
  read?: Weights['read'];
  /** Address of the page that an author links to. */
  page?: string;
}

declare global {
  var compactProofs: Unpacked;
}

const { files, page } = compactProofs;
/** What was read of the model's file before it was put inside. */
export const known: Weights['read'] | undefined = compactProofs.read;
filesAre((name) => {
  const address = name.startsWith('blob:') ? name : files[name];
  if (address === undefined) throw new Error(`${name} is not in this file.`);
  return address;
});

/** Whether the program that draws figures is inside; without it, an embed shows a recorded one. */
export const isPlotted = 'plot_bg.wasm' in files;

/** What the document around this one does not allow. */
export const taken =
  self.origin === 'null' && location.protocol !== 'file:'
    ? 'The page around this frame lets proofs run in it, but nothing be saved, copied or opened.'
    : '';

/**
 * The address of the page with what an embed shows; undefined if there is none, or no way there.
 */
export const moreAt = (model: Model, switches: Switches, strategy: string | undefined): string | undefined =>
  page && !taken ? linkTo(page, model, switches, strategy) : undefined;
