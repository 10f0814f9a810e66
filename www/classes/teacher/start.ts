/**
 * Starts the teacher's page in the language of its reader: what it says is made after that is
 * known.
 */

import { speakHere } from '../../app/languages.js';
import { get } from '../../ui/element.js';

await speakHere((problem) => {
  const place = get('problem', HTMLElement);
  place.textContent = problem;
  place.hidden = false;
});
await import('./teacher.js');
