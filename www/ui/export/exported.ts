/** What a figure or table gives to its menu. */

import type { Model } from '../../state/model.js';
import type { Style } from '../player.js';
import type { Named } from './sheet.js';
import type { Table } from './table.js';

/** Figures as they are drawn now. */
export interface Drawn {
  figures: readonly Named[];
  style: Style;
}

/** What a figure is about: a model, or a lab, which has no file and so no SHA-256. */
export type Subject = Pick<Model, 'source' | 'proofs' | 'uncertain'> & {
  facts: Pick<Model['facts'], 'file' | 'classes'> & { sha256?: string };
};

export interface Exported {
  /** Of its files: letters and dashes. */
  name: string;
  /** What it shows, a few words. */
  title: string;
  /** What fills the screen. */
  element: HTMLElement;
  /** What it is about. */
  model(): Subject | undefined;
  /** The values that it shows; undefined while there are none. */
  table(): Table | undefined | Promise<Table | undefined>;
  /** The figures that show them, if they are drawn; undefined while they are not. */
  drawn?(): Drawn | undefined;
}
