/**
 * The table of all proofs as a view: it stands below, as wide as the page, and here is the way to
 * it.
 */

import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import type { Open } from '../view.js';

export const open: Open = (parent, host) => {
  const go = make('button', { type: 'button' }, t`Go to the table`);
  go.addEventListener('click', () => host.toTable());
  const text = make('p');
  parent.append(text, go);
  return {
    show: ({ model }) => {
      const { length } = model.proofs;
      const said = t`The table has all ${length} proofs with bound, exact count, length, size and time of each, sorted and filtered as you like. It is as wide as the page, so it stands below.`;
      if (text.textContent !== said) text.textContent = said;
    },
  };
};
