/**
 * Decides which model is open, a gallery model or a file of the user's, and keeps the address in
 * step.
 */

import {
  type Choice,
  idOf,
  isLink,
  type Looks,
  looksOf,
  names,
  note,
  OWN_FILE,
  type Ranges,
  READ,
  refusal,
  STRATEGY,
  type Target,
  tellUnknown,
  WEIGHTS,
} from './address.js';
import type { Page } from './page.js';
import type { Problems } from './problems.js';
import { t } from '../languages/language.js';
import { bytesOf, type Entry } from '../state/gallery.js';
import { GALLERY, type Models, type Opened, OWN } from '../state/model.js';
import type { Picker, Shelf, TaskPage } from '../tasks/task.js';
import { get } from '../ui/element.js';
import { told } from '../ui/format.js';

/** The store of the user's files; rejects if its program does not arrive. */
const store = () => import('../state/own.js');

/** Opens models as the address, the gallery's menu and the user's files say. */
export class Opening {
  readonly #task: TaskPage;
  readonly #ranges: Ranges;
  readonly #list = get('models', HTMLButtonElement);
  readonly #models: Models;
  readonly #prove: () => void;
  readonly #page: Page;
  readonly #problems: Problems;
  /** Undefined until it has been fetched. */
  #gallery: Shelf | undefined;
  #picker: Picker | undefined;
  /** The open gallery model; undefined if a file of the user's is open. */
  #current: Entry | undefined;
  /** The gallery model that was requested last: `#current`, or the one that is being opened. */
  #wanted: Entry | undefined;
  /** How `#wanted` is to be read, as an address writes it. */
  #wantedRead = '';
  /** The last file of the user's, if it could not be read: a second file may say how. */
  #unread: File | undefined;
  /** Whether the last request was for a file of the user's. */
  #isOwn = false;
  /** How many files of the user's were requested. */
  #turn = 0;
  /** The file of the address `?weights=`, until it is open. */
  #linked = WEIGHTS.read(location, undefined, () => {});
  /** Messages about what is wrong with the address. */
  #refusals: string[] = [];

  /** `prove` starts the proofs of a model that has been opened. */
  constructor(task: TaskPage, models: Models, prove: () => void, page: Page, problems: Problems) {
    this.#task = task;
    this.#ranges = { views: Object.keys(task.views), fields: task.fields, ways: task.reads };
    this.#models = models;
    this.#prove = prove;
    this.#page = page;
    this.#problems = problems;
  }

  /** Opens the model of the address, and shows what the address says of it. */
  visit() {
    this.#problems.tell('model', undefined);
    this.#refuse();
    const own = OWN_FILE.read(location, undefined, () => {});
    this.#isOwn = own !== null || (this.#linked !== null && !names(location, this.#task.fields));
    if (own !== null && own === this.#own) void this.#showAgain();
    else if (this.#isOwn) void this.#restore(own);
    else if (this.#gallery) void this.#followLink(this.#gallery);
    else this.#preview();
  }

  /** Shows the gallery's menu, and opens the model that the address names. */
  browse(gallery: Shelf) {
    this.#gallery = gallery;
    this.#picker = gallery.picker((model) => this.#go({ model }));
    this.#list.addEventListener('click', () => void this.#browse(gallery));
    this.#list.disabled = false;
    this.#picker.show(this.#current);
    if (!this.#isOwn) void this.#followLink(gallery, true);
  }

  /** The gallery model whose file has the SHA-256 `sha256`. */
  async bySha256(sha256: string): Promise<Entry | undefined> {
    return this.#gallery?.bySha256(sha256);
  }

  /**
   * Opens a gallery model in a new history entry, for a certificate about it; returns whether that
   * succeeded.
   */
  openEntry(entry: Entry): Promise<boolean> {
    // Its proof is about to be chosen: all of it is one step back.
    this.#page.restore(null, { ...this.#page.looks, budget: null }, false);
    note({ model: entry.named, looks: this.#page.looks }, 'model');
    return this.#open(entry);
  }

  /**
   * Opens the model whose file has the SHA-256 `sha256`, with a proof, if the gallery has it or
   * this browser keeps it; returns whether it is at hand.
   */
  async openBySha256(sha256: string, strategy: string): Promise<boolean> {
    const [entry, own] = [await this.bySha256(sha256), idOf(sha256)];
    if (entry) this.#go({ model: entry.named }, strategy);
    else if (await (await store()).find(own)) this.#go({ own }, strategy);
    else return false;
    return true;
  }

  /**
   * Opens a file of the user's, and keeps it; perhaps with a second one that says how it is read,
   * which may come later, too. Refuses other files. Rejects if that second file is damaged.
   */
  async openFiles(files: readonly File[]) {
    this.#refuse();
    this.#page.forgetInputs();
    const { reads, id } = this.#task;
    const says = await Promise.all(files.map((file) => reads?.isIn(file)));
    const saying = files.find((_, i) => says[i]);
    if (!saying) return this.#openFile(files);
    const { readingIn } = await import('../engine/files.js');
    const way = await readingIn(id, saying.name, new Uint8Array(await saying.arrayBuffer()));
    const others = files.filter((file) => file !== saying);
    if (others.length || this.#unread) this.#openFile(others.length ? others : [this.#unread as File], way);
    else await this.readAs(way);
  }

  #openFile(files: readonly File[], way?: object) {
    const open = async (retry: () => void) => {
      const opened = await this.#models.openFile(files, retry, way);
      this.#unread = opened === 'refused' && files.length === 1 ? files[0] : undefined;
      return opened;
    };
    void this.#openOwn(open, 'model');
  }

  /** Reads the open file in another way. Rejects with an `Error` if it cannot be read so. */
  async readAs(way: object) {
    if (!(await this.#reread(way))) return;
    if (this.#own !== undefined) void this.#keep();
    this.noteInAddress('model');
  }

  /**
   * Writes the open model and what is shown of it into the address: in a new entry of the history
   * for a `choice` of the user's.
   */
  noteInAddress(choice?: Choice) {
    const { chosen, looks } = this.#page;
    const read = this.#read;
    // A proof from a certificate has an identifier that is only valid until a reload.
    const strategy = this.#models.find(chosen)?.from ? null : chosen;
    const own = this.#own;
    if (this.#wanted) note({ model: this.#wanted.named, read, strategy, looks }, choice);
    else if (own !== undefined) note({ own, read, strategy, looks }, choice);
  }

  /** Reports what the address says that the model does not have, and corrects the address. */
  refuse(name: 'strategy' | keyof Looks, value: string) {
    this.#refuse(refusal(name, value));
    this.noteInAddress();
  }

  /** The open file of the user's; undefined for a gallery model. */
  get #own(): string | undefined {
    const { source, facts } = this.#models.current;
    return source === OWN ? idOf(facts.sha256) : undefined;
  }

  /** Shows the list of all models. */
  async #browse(gallery: Shelf) {
    const own = this.#own;
    const open = own !== undefined ? { own } : this.#wanted && { model: this.#wanted.named };
    try {
      await gallery.list({ open, pick: (picked) => this.#go(picked) });
    } catch (error) {
      this.#problems.tell('model', t`The list of models cannot be shown: ${told(error)}`, { retry: () => void this.#browse(gallery) });
    }
  }

  /** Opens another model, with what is shown of the present one; `strategy` is its proof. */
  #go(target: Target, strategy = this.#page.chosen) {
    // A model with as many tokens has the same inputs.
    if (target.model?.['k'] !== String(this.#models.current.facts.n)) this.#page.forgetInputs();
    note({ ...target, strategy, looks: this.#page.looks }, 'model');
    this.visit();
  }

  /** Adds to the messages about the address; without a `problem`, removes all of them. */
  #refuse(problem?: string) {
    this.#refusals = problem === undefined ? [] : [...this.#refusals, problem];
    this.#problems.tell('address', this.#refusals.join('\n'));
  }

  /** Opens the gallery model that the address names, and shows what it says of it. */
  async #followLink(gallery: Shelf, isFirst = false) {
    const entry = gallery.at(location, (problem) => this.#refuse(problem));
    const isOpen = entry === this.#wanted && this.#written(this.#way()) === this.#read;
    // What a user has chosen before the gallery arrived, the address does not say.
    if (!isFirst || isLink()) this.#show(isOpen);
    if (!isOpen) await this.#open(entry);
  }

  /**
   * Shows what the address says of the model: of the one that is open or, if it is not, of the
   * next.
   */
  #show(isOpen = true) {
    const tell = (problem: string) => this.#refuse(problem);
    const strategy = STRATEGY.read(location, undefined, tell);
    const looks = looksOf(location, this.#ranges, tell);
    tellUnknown(location, this.#ranges, tell);
    // Who names a proof means it, whatever a proof may cost.
    if (strategy !== null && looks.budget !== null) {
      tell(t`“budget” in the address is left out: “strategy” names the proof.`);
      looks.budget = null;
    }
    this.#page.restore(strategy, looks, isOpen);
    if (isOpen && isLink()) this.noteInAddress();
  }

  /**
   * Shows what the address says, as far as the shipped results can; `#show` reports what is wrong
   * later.
   */
  #preview() {
    this.#page.restore(STRATEGY.read(location, undefined, () => {}), looksOf(location, this.#ranges, () => {}), false);
  }

  /** How the address says that the file is read. */
  #way(tell: (problem: string) => void = () => {}): object | undefined {
    return READ.read(location, this.#ranges, tell);
  }

  /** How the model that is shown, or about to be, is read, as an address writes it. */
  get #read(): string {
    return this.#wanted === this.#current ? this.#written(this.#models.current.network?.read) : this.#wantedRead;
  }

  #written(way: object | undefined): string {
    return way ? (this.#task.reads?.written(way) ?? '') : '';
  }

  /** Shows what the address says of the file of the user's that is open, read as it says. */
  async #showAgain() {
    const way = this.#way();
    if (this.#written(way) !== this.#read) await this.#reread(way).catch((error: unknown) => this.#problems.tell('model', told(error)));
    this.#show();
  }

  /** Reads the open file in another way; returns whether that is still wanted. */
  async #reread(way: object | undefined): Promise<boolean> {
    if (!(await this.#models.reread(way))) return false;
    this.#prove();
    return true;
  }

  /**
   * Opens a gallery model and runs its proofs; returns whether that succeeded. If not, the address
   * names the model that stays open.
   */
  async #open(entry: Entry): Promise<boolean> {
    const way = this.#way();
    [this.#wanted, this.#wantedRead] = [entry, this.#written(way)];
    this.#isOwn = false;
    this.#picker?.show(entry);
    const opened = await this.#models.open(entry.file, GALLERY, () => bytesOf(this.#task.id, entry), () => void this.#open(entry), way);
    if (opened === 'open') {
      this.#current = entry;
      if (isLink() || this.#page.chosen !== null) this.noteInAddress();
      this.#prove();
      return true;
    }
    if (this.#wanted !== entry) return false;
    this.#wanted = this.#current;
    this.#picker?.show(this.#current);
    if (this.#models.current.bytes) this.noteInAddress();
    return false;
  }

  /** Opens the user's file that the address names: it is kept, or is that of `?weights=`. */
  async #restore(own: string | null) {
    this.#show(false);
    await this.#openOwn(async (retry, isWanted) => {
      const kept = own === null ? undefined : await (await store()).find(own);
      if (!isWanted()) return 'late';
      const way = this.#way();
      if (kept) {
        const known = way || kept.read ? { ...kept.read, ...way } : undefined;
        const opened = await this.#models.open(kept.file, OWN, () => Promise.resolve(kept.bytes), retry, known);
        this.#unread = opened === 'refused' ? new File([kept.bytes], kept.file) : undefined;
        return opened;
      }
      if (this.#linked === null) {
        this.#refuse(
          t`“own=${own ?? ''}” in the address is a file that this browser does not keep. Open the file to see what the address shows.`,
        );
        return 'refused';
      }
      const { fetchLinked } = await import('./linked.js');
      const file = await fetchLinked(this.#linked, this.#problems);
      if (!isWanted()) return 'late';
      this.#linked = null;
      return file ? this.#models.openFile([file], retry) : 'refused';
    });
  }

  /**
   * Opens a file of the user's by `open`, as a `choice` or as the address says; keeps it, and runs
   * its proofs.
   */
  async #openOwn(open: (retry: () => void, isWanted: () => boolean) => Promise<Opened>, choice?: Choice) {
    this.#isOwn = true;
    const turn = ++this.#turn;
    const retry = () => void this.#openOwn(open, choice);
    const opened = await open(retry, () => this.#isOwn && turn === this.#turn).catch((error: unknown): Opened => {
      this.#problems.tell('model', told(error), { retry });
      return 'refused';
    });
    if (opened === 'open') {
      void this.#keep();
      this.#prove();
      this.#current = this.#wanted = undefined;
      this.#picker?.show(undefined);
      // A link that was followed meanwhile replaces the file, at once or when the gallery arrives.
      if (!this.#isOwn) return void (this.#gallery && this.#followLink(this.#gallery));
      this.noteInAddress(choice);
    } else if (opened === 'elsewhere') {
      this.#isOwn = this.#own !== undefined;
    } else if (opened === 'refused' && !this.#models.current.bytes) {
      this.#isOwn = false;
      if (this.#gallery && !this.#wanted) void this.#followLink(this.#gallery);
    } else if (opened === 'refused') {
      this.#isOwn = this.#own !== undefined;
      this.noteInAddress();
    }
  }

  /** Keeps the open file, and tells what the user should know of that. */
  async #keep() {
    const { facts, bytes, network } = this.#models.current;
    const read = network?.read && this.#task.reads?.kept(network.read);
    const said = store().then(({ keep }) => bytes && keep(idOf(facts.sha256), facts.file, bytes, read));
    this.#problems.tell('kept', await said.catch(told));
  }
}
