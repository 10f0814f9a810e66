/** How to repeat on the command line what Coq and the proven program say of a network. */

import { GALLERY, type Model } from '../../state/model.js';

/** Where a clone of the project has the gallery's models. */
const GALLERY_FOLDER = 'www/models/max-of-k/';

/** The commands, one a line, each below a comment that says what it does. */
export function commandsFor({ facts: { file }, source }: Model): string {
  const path = source === GALLERY ? `${GALLERY_FOLDER}${file}` : file;
  const quoted = /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
  return [
    '# This program, compiled for your computer:',
    `npm run formal:extract -- ${quoted}`,
    '# The count as a theorem, checked by Coq itself:',
    `npm run formal -- ${quoted}`,
  ].join('\n');
}
