/** The view of this task's strategies. */

import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { describe } from '../../views/proofs/describe.js';
import type { Shown, ViewOf } from '../../views/view.js';

export function open(parent: HTMLElement): ViewOf {
  const list = make('ul', { 'aria-label': t`Strategies` });
  parent.append(list);
  return {
    show: ({ model }: Shown) => list.replaceChildren(...model.proofs.map((proof) => make('li', {}, describe(proof)))),
  };
}
