/**
 * Opens the exercises beside the instrument. Fetched when someone asks for them, by the button or
 * by the address.
 */

import { courseHere } from './course.js';
import { Desk, type Instrument } from './desk.js';
import { Panel } from './panel.js';

let panel: Promise<Panel> | undefined;

/**
 * Shows the exercise of the address, or the list of all; `isAsked` by a person who pressed a
 * button. Rejects if they do not arrive.
 */
export async function open(at: Instrument, isAsked: boolean) {
  panel ??= courseHere().then((course) => new Panel(new Desk(at), course));
  panel.catch(() => (panel = undefined));
  (await panel).show(isAsked);
}
