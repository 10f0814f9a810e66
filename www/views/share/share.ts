/**
 * The dialog “Share”: everything that other sites, notebooks and papers take. Fetched when it is
 * first opened.
 */

import './share.css';
import { t } from '../../languages/language.js';
import { version } from '../../../package.json';
import type { Looks } from '../../app/address.js';
import { inlineOf } from '../../embed/source.js';
import { PARTS, type Part, type Start, STARTS, type Theme, THEMES } from '../../embed/switches.js';
import type { Figure } from '../../pkg/plot.js';
import { type Model, OWN, type Proof } from '../../state/model.js';
import { inFull } from '../../state/uncertain.js';
import { copyButton } from '../../ui/copy.js';
import { get, make } from '../../ui/element.js';
import { told } from '../../ui/format.js';
import { save } from '../../ui/save.js';
import { bibTeX, cff, type Cited, plainText } from '../method/cite.js';
import { type Kind, pictureOf, sizeOf } from './pictures.js';
import { Preview } from './preview.js';
import { pictureName, type Shared, snippetsOf, switchesOf, tooLarge } from './snippets.js';

const LABELS: Record<Part, string> = {
  claim: t`Claim`,
  plot: t`Figure`,
  slider: t`Slider`,
  strategies: t`Strategies`,
  why: t`Why`,
  weights: t`Weights`,
  try: t`Try`,
  neurons: t`Neurons`,
  samples: t`Samples`,
};
const THEME_LABELS: Record<Theme, string> = { auto: t`As the reader has it`, light: t`Light`, dark: t`Dark` };
const START_LABELS: Record<Start, string> = {
  visible: t`When it is visible`,
  touch: t`When it is touched`,
  load: t`At once`,
  never: t`Never: what was shipped`,
};
const WIDTHS = [340, 640];
/** Least, most and first width of one's own, in CSS pixels. */
const [LEAST, MOST, FIRST] = [240, 1200, 500];
const PICTURES: readonly [Kind, string][] = [['svg', 'SVG'], ['png', 'PNG'], ['pdf', 'PDF']];

/** What the page shows. */
export interface Showing {
  /** Identifier of the proof that a person has chosen. */
  readonly chosen: string | null;
  /**
   * The proof that everything is shown of: while none is chosen, the one that the page starts with.
   */
  readonly current: Proof | undefined;
  readonly looks: Looks;
  /** The figure in another size. */
  picture(size: { width: number; height: number }): Figure | undefined;
}

/** The name of a single file. */
const FILE = 'widget.html';

const labelled = (text: string, input: HTMLElement) => make('label', { class: 'check' }, input, text);

function choice<V extends string>(label: string, values: readonly V[], labels: Record<V, string>): [HTMLSelectElement, HTMLElement] {
  const select = make('select', {}, ...values.map((value) => make('option', { value }, labels[value])));
  return [select, make('label', { class: 'choice' }, label, select)];
}

class ShareDialog {
  readonly #dialog = make('dialog', { class: 'share', 'aria-labelledby': 'share-title' });
  readonly #boxes = PARTS.map((value) => make('input', { type: 'checkbox', value }));
  readonly #theme: HTMLSelectElement;
  readonly #start: HTMLSelectElement;
  readonly #widths = [...WIDTHS, 0].map((value) => make('input', { type: 'radio', name: 'share-width', value: String(value) }));
  readonly #width = make('input', {
    type: 'number',
    min: String(LEAST),
    max: String(MOST),
    step: '10',
    value: String(FIRST),
    'aria-label': t`Width in pixels`,
  });
  readonly #over = make('p', { class: 'hint' }, t`The link keeps how much each input counts; in an embed, all inputs count alike.`);
  readonly #snippets = make('div', { class: 'share-snippets' });
  readonly #said = make('p', { class: 'hint', role: 'status' });
  readonly #preview = new Preview();
  #model: Model | undefined;
  #page: Showing | undefined;

  constructor() {
    const close = make('button', { type: 'button', 'aria-label': t`Close` }, '×');
    close.addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('click', ({ target }) => {
      if (target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener('close', () => this.#preview.clear());
    const [theme, themes] = choice(t`Colours`, THEMES, THEME_LABELS);
    const [start, starts] = choice(t`Proofs start`, STARTS, START_LABELS);
    [this.#theme, this.#start] = [theme, start];
    const shown = make(
      'fieldset',
      {},
      make('legend', {}, t`What is shown`),
      ...this.#boxes.map((box) => labelled(LABELS[box.value as Part], box)),
    );
    const own = make(
      'span',
      { class: 'choice' },
      this.#widths.at(-1) ? labelled(t`Other`, this.#widths.at(-1) as HTMLInputElement) : '',
      this.#width,
    );
    const widths = WIDTHS.flatMap((width, i) => (this.#widths[i] ? [labelled(`${width} px`, this.#widths[i])] : []));
    const wide = make('fieldset', {}, make('legend', {}, t`Width`), ...widths, own);
    const options = make('form', { class: 'share-options' }, shown, wide, themes, starts, this.#over);
    options.addEventListener('submit', (event) => event.preventDefault());
    options.addEventListener('change', () => this.#fill());
    this.#width.addEventListener('input', () => {
      const custom = this.#widths.at(-1);
      if (custom) custom.checked = true;
    });
    const head = make('header', {}, make('h2', { id: 'share-title' }, t`Share`), close);
    const seen = make('section', { 'aria-labelledby': 'share-seen' }, make('h3', { id: 'share-seen' }, t`Preview`), this.#preview.element);
    this.#dialog.append(make('div', {}, head, options, seen, this.#snippets));
    document.body.append(this.#dialog);
  }

  /** Opens the dialog about a model, as the page shows it. */
  show(model: Model, page: Showing, views: readonly string[]) {
    [this.#model, this.#page] = [model, page];
    const { view } = page.looks;
    // Who has opened another view than the first means it.
    const isFigure = (part: string) => ['claim', 'plot', 'slider'].includes(part);
    for (const box of this.#boxes) {
      const part = box.value;
      box.checked = isFigure(part) || (part === view && view !== 'strategies');
      box.labels?.forEach((label) => (label.hidden = !isFigure(part) && !views.includes(part)));
    }
    const wide = this.#widths[1];
    if (wide) wide.checked = true;
    this.#said.textContent = '';
    this.#fill();
    this.#dialog.showModal();
  }

  #shared(model: Model, { chosen, looks }: Showing): Shared {
    const said = Number(this.#widths.find(({ checked }) => checked)?.value) || Number(this.#width.value);
    const width = Math.min(Math.max(Math.round(said) || FIRST, LEAST), MOST);
    const isOwn = model.source === OWN;
    const checked = PARTS.filter((_, i) => this.#boxes[i]?.checked);
    const show = checked.length ? checked : PARTS.slice(0, 3);
    const inline = isOwn ? inlineOf(model.weights ?? new Uint8Array()) : undefined;
    return {
      page: new URL('.', location.href).href,
      link: location.href,
      file: model.facts.file,
      show,
      switches: switchesOf(
        { task: model.task.id, file: model.facts.file, inline, read: this.#read(model) },
        this.#proof(model, chosen),
        looks,
        {
          show,
          theme: this.#theme.value as Theme,
          start: this.#start.value as Start,
          width,
        },
      ),
      isOwn,
      width,
      words: `${model.facts.file}: ${get('claim', HTMLElement).textContent}`,
    };
  }

  /** How the file is read, as an embed takes it. */
  #read({ task, network }: Model) {
    return (network?.read && task.reads?.written(network.read)) || '';
  }

  /** The chosen proof as an embed finds it; one of a certificate has a name only here. */
  #proof({ proofs }: Model, chosen: string | null) {
    return proofs.some(({ facts, from }) => facts.strategy === chosen && !from) ? (chosen ?? undefined) : undefined;
  }

  #fill() {
    const [model, page] = [this.#model, this.#page];
    if (!model || !page) return;
    const shared = this.#shared(model, page);
    this.#over.hidden = !page.looks.over;
    const widget = this.#singleFile(shared, model);
    const sections = snippetsOf(shared).map(({ title, hint, name, text }) =>
      section(title, hint, ...(text === undefined ? [] : pasted(title, name, text))),
    );
    this.#snippets.replaceChildren(...sections, widget, this.#pictures(shared, model, page), cited(model, page.current, shared.link));
    const why = shared.isOwn ? tooLarge(shared.switches.src ?? '') : undefined;
    void this.#preview.show(shared.page, shared.switches, shared.width, why);
  }

  #singleFile(shared: Shared, model: Model): HTMLElement {
    const made = async () => {
      const { singleFileOf } = await import('./single-file.js');
      return singleFileOf(model, shared);
    };
    const button = make('button', { type: 'button' }, t`Save single file`);
    const said = make('span', { class: 'hint', role: 'status' });
    const saved = async () => {
      save(FILE, new Blob([await made()], { type: 'text/html' }));
      return t`Saved as ${FILE}.`;
    };
    button.addEventListener('click', () => {
      said.textContent = t`Being made …`;
      saved().then(
        (text) => (said.textContent = text),
        (error: unknown) => (said.textContent = t`Not saved: ${told(error)}`),
      );
    });
    const hint = t`HTML that asks for nothing: for the Alignment Forum and LessWrong, which take it as a paste, for Ghost, or a disk. With claim, figure and slider it has at most 500 KB, with other views 1.5 MB.`;
    return section(t`Single file`, hint, make('p', { class: 'buttons' }, button, copyButton(t`Copy single file`, made), said));
  }

  #pictures({ file, words, link, width }: Shared, { facts, uncertain }: Model, page: Showing): HTMLElement {
    const buttons = PICTURES.map(([kind, label]) => {
      const button = make('button', { type: 'button' }, t`Save ${label}`);
      button.addEventListener('click', async () => {
        this.#said.textContent = '';
        const name = `${pictureName(file)}.${kind}`;
        const description = [t`${words} SHA-256 ${facts.sha256}. From ${link}`, ...uncertain.map(inFull)].join('\n');
        try {
          const figure = page.picture(sizeOf(width));
          if (!figure) throw new Error(t`nothing is drawn yet.`);
          save(name, await pictureOf(kind, figure, { title: t`Frontier of bounds against proof lengths: ${file}`, description }));
          this.#said.textContent = t`Saved as ${name}.`;
        } catch (error) {
          this.#said.textContent = t`Not saved as ${name}: ${told(error)}`;
        }
      });
      return button;
    });
    const hint = t`Of the chosen width, in light colours. SVG and PDF are drawings of lines for papers; the PDF has its texts in Helvetica, which its reader supplies. The PNG has two pixels for each of the page’s.`;
    return section(t`The figure as a file`, hint, make('p', { class: 'buttons' }, ...buttons), this.#said);
  }
}

const section = (title: string, hint: string, ...children: Node[]) =>
  make('section', {}, make('h3', {}, title), make('p', { class: 'hint' }, hint), ...children);

/** A text to paste, and the button that copies it. */
function pasted(title: string, name: string, text: string): Node[] {
  const area = make('textarea', {
    readonly: '',
    rows: String(Math.min(text.split('\n').length + 1, 6)),
    'aria-label': title,
    spellcheck: 'false',
  });
  area.value = text;
  return [area, make('p', { class: 'buttons' }, copyButton(t`Copy ${name}`, () => text))];
}

/** What papers and repositories say of it. */
function cited({ facts }: Model, shown: Proof | undefined, address: string): HTMLElement {
  const { outcome } = shown ?? {};
  const proof = shown && outcome ? { label: shown.facts.label, strategy: outcome.strategy, outcome } : undefined;
  const about: Cited = { facts, proof, version, address, year: new Date().getFullYear() };
  const forms = [['BibTeX', 'BibTeX', bibTeX], ['CITATION.cff', 'CITATION.cff', cff], [t`Plain text`, t`citation`, plainText]] as const;
  return section(
    t`Citation`,
    t`With the claim in full and the SHA-256 of the weights.`,
    ...forms.flatMap(([title, name, form]) => pasted(title, name, form(about))),
  );
}

let dialog: ShareDialog | undefined;

/** Opens the dialog about a model, as the page shows it, whose task has these `views`. */
export function share(model: Model, page: Showing, views: readonly string[]) {
  dialog ??= new ShareDialog();
  dialog.show(model, page, views);
}
