/** The views beside the figure, one at a time; each is fetched when it is first opened. */

import { t } from '../languages/language.js';
import type { Explains, TaskPage } from '../tasks/task.js';
import { get, make } from '../ui/element.js';
import { told } from '../ui/format.js';
import type { Host, Shown, ViewName as Name, ViewOf, Within } from '../views/view.js';

type Views = TaskPage['views'];
type Words = TaskPage['words'];
type Questions = TaskPage['questions'];

/** What the page does for its views. */
export interface Asked
  extends Pick<
    Host,
    'choose' | 'compare' | 'over' | 'within' | 'refuse' | 'toTable' | 'problem' | 'askPublished' | 'take' | 'certificate' | 'uncertain'
  > {
  /** The user has opened another view, and perhaps an input in it. */
  opened(view: Name, within?: Partial<Within>): void;
  /** A view has not arrived; `retry` fetches it again. */
  missing(why: string, retry: () => void): void;
}

export class Tabs {
  readonly #panel = get('view', HTMLElement);
  readonly #views: Views;
  readonly #tabs: ReadonlyMap<Name, HTMLButtonElement>;
  readonly #host: Omit<Host<Explains>, 'explain'>;
  readonly #explains: () => Promise<Explains>;
  readonly #asked: Asked;
  /** What has been opened, for paper. */
  readonly #places = new Map<Name, HTMLElement>();
  readonly #open = new Map<Name, Promise<{ place: HTMLElement; view: ViewOf }>>();
  /** The views that did not arrive. */
  readonly #failed = new Set<Name>();
  #name: Name;
  #shown: Shown | undefined;
  /** Views are fetched only once the page has its own results. */
  #isReady = false;

  /**
   * `explains` fetches what answers the questions of a task, whose `views`, `words` and `questions`
   * there are; the first view is open.
   */
  constructor(
    { views, words, questions }: { views: Views; words?: Words; questions?: Questions },
    explains: () => Promise<Explains>,
    asked: Asked,
  ) {
    this.#explains = explains;
    this.#views = views;
    const names = Object.keys(views);
    this.#name = names[0] ?? '';
    this.#asked = asked;
    this.#host = {
      ...asked,
      tryInput: (tokens) => {
        this.#pick('try', { tokens });
        this.#panel.focus();
      },
      model: () => this.#shown?.model,
    };
    const tab = (name: Name) => {
      const button = make('button', { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': 'view' }, this.#label(name));
      button.addEventListener('click', () => {
        this.#pick(name);
        if (name === 'table') asked.toTable();
      });
      return button;
    };
    this.#tabs = new Map(names.map((name) => [name, tab(name)]));
    const list = get('tabs', HTMLElement);
    list.append(...this.#tabs.values());
    list.addEventListener('keydown', (event) => this.#key(event));
    addEventListener('printing', () => this.#print());
    const terms = get('terms', HTMLDetailsElement);
    const listTerms = async () => {
      const [{ followTerms }, own] = await Promise.all([import('../views/glossary/terms.js'), words?.()]);
      followTerms(terms, this.#panel, own ?? {});
    };
    this.#fillOnce(terms, listTerms, (why) => t`Words and symbols cannot be shown: ${why}`);
    const asks = get('questions', HTMLDetailsElement);
    asks.hidden = !questions;
    const listAsks = async () => {
      const [{ listQuestions }, own] = await Promise.all([import('../views/questions/questions.js'), questions?.()]);
      listQuestions(asks, this.#panel, own ?? [], (name) => this.#label(name), asked.choose);
    };
    this.#fillOnce(asks, listAsks, (why) => t`The questions cannot be shown: ${why}`);
    this.#mark();
  }

  /** Opens a view, as the address says. */
  open(name: Name) {
    this.#name = name;
    this.#mark();
    void this.#fill();
  }

  /** Shows the state in the open view. */
  show(shown: Shown) {
    this.#shown = shown;
    void this.#fill();
  }

  /** Fetches views from now on. */
  ready() {
    this.#isReady = true;
    void this.#fill();
  }

  #pick(name: Name, within?: Partial<Within>) {
    // Who picks a view that did not arrive wants it fetched again.
    if (this.#failed.delete(name)) this.#open.delete(name);
    this.open(name);
    this.#asked.opened(name, within);
  }

  #mark() {
    for (const [name, tab] of this.#tabs) {
      const isOpen = name === this.#name;
      tab.setAttribute('aria-selected', String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
    }
    this.#panel.setAttribute('aria-labelledby', `tab-${this.#name}`);
  }

  #key(event: KeyboardEvent) {
    const names = [...this.#tabs.keys()];
    const at = names.indexOf(this.#name);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + names.length, Home: 0, End: names.length - 1 }[event.key];
    const name = to === undefined ? undefined : names[to % names.length];
    if (!name) return;
    event.preventDefault();
    this.#pick(name);
    this.#tabs.get(name)?.focus();
  }

  async #fill() {
    const name = this.#name;
    if (!this.#isReady || !this.#shown) return;
    try {
      const { place, view } = await this.#view(name);
      if (name !== this.#name) return;
      if (place.parentElement !== this.#panel || this.#panel.childElementCount > 1) this.#panel.replaceChildren(place);
      view.show(this.#shown);
    } catch (error) {
      // Once, though every change of the state shows the view: the failed promise stays until the
      // user tries again.
      if (this.#failed.has(name)) return;
      this.#failed.add(name);
      this.#asked.missing(t`The view ${this.#label(name)} cannot be shown: ${told(error)}`, () => this.#again(name));
    }
  }

  /** Fills `box` when it is first opened, and when the user tries again; `failed` says that it cannot. */
  #fillOnce(box: HTMLDetailsElement, fill: () => Promise<void>, failed: (why: string) => string) {
    const act = () => void fill().catch((error: unknown) => this.#asked.missing(failed(told(error)), act));
    // It may have been opened before this script was here.
    if (box.open) act();
    else box.addEventListener('toggle', act, { once: true });
  }

  #again(name: Name) {
    this.#failed.delete(name);
    this.#open.delete(name);
    void this.#fill();
  }

  #view(name: Name): Promise<{ place: HTMLElement; view: ViewOf }> {
    const fetched = this.#open.get(name);
    if (fetched) return fetched;
    const made = this.#make(name);
    this.#open.set(name, made);
    return made;
  }

  async #make(name: Name): Promise<{ place: HTMLElement; view: ViewOf }> {
    const found = this.#views[name];
    if (!found) throw new Error(t`this task has none of that name`);
    const [{ open }, explain] = await Promise.all([found.load(), this.#explains()]);
    const place = make('div', { class: `of-${name}`, 'data-view': found.label() });
    this.#places.set(name, place);
    return { place, view: open(place, { ...this.#host, explain }) };
  }

  #label(name: Name): string {
    return this.#views[name]?.label() ?? name;
  }

  /** On paper is every view that has been opened; on the screen only one. */
  #print() {
    const all = document.documentElement.classList.contains('printing');
    const places = Object.keys(this.#views).flatMap((name) => (all || name === this.#name ? (this.#places.get(name) ?? []) : []));
    this.#panel.replaceChildren(...places);
  }
}
