/** The box "Cite": this page's state as BibTeX and as plain text, to copy, and the papers. */

import { t } from '../../languages/language.js';
import { version } from '../../../package.json';
import type { Model, Proof } from '../../state/model.js';
import { copyButton } from '../../ui/copy.js';
import { make } from '../../ui/element.js';
import { bibTeX, type Cited, PAPERS, plainText } from './cite.js';

const FORMS = [
  [t`Plain text`, plainText],
  ['BibTeX', bibTeX],
] as const;

export class CiteBox {
  readonly element = make('section', { class: 'cite', 'aria-labelledby': 'method-cite' }, make('h3', { id: 'method-cite' }, t`Cite`));
  readonly #texts: HTMLElement[];
  #cited: Cited | undefined;

  constructor() {
    this.#texts = FORMS.map(([label]) => make('pre', { tabindex: '0', 'aria-label': label }));
    FORMS.forEach(([label, form], i) => {
      const button = copyButton(label === 'BibTeX' ? t`Copy BibTeX` : t`Copy text`, () => (this.#cited ? form(this.#cited) : ''));
      this.element.append(...[this.#texts[i]].filter((text) => text !== undefined), button);
    });
    const paper = ({ text, arxiv }: (typeof PAPERS)[number]) =>
      make(
        'li',
        {},
        text,
        ...(arxiv ? [' ', make('a', { href: `https://arxiv.org/abs/${arxiv}`, rel: 'noopener' }, `arXiv ${arxiv}`)] : []),
      );
    this.element.append(make('h4', {}, t`Where the methods come from`), make('ul', {}, ...PAPERS.map(paper)));
  }

  show({ facts }: Model, chosen: Proof | undefined) {
    const { outcome } = chosen ?? {};
    const proof = chosen && outcome ? { label: chosen.facts.label, strategy: outcome.strategy, outcome } : undefined;
    this.#cited = { facts, proof, version, address: location.href, year: new Date().getFullYear() };
    FORMS.forEach(([, form], i) => {
      const [text, place] = [this.#cited ? form(this.#cited) : '', this.#texts[i]];
      if (place && place.textContent !== text) place.textContent = text;
    });
  }
}
