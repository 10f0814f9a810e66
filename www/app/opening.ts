/**
 * Decides which model is open: one of the gallery, as the address says, or a file of the user's.
 */

import { addEntry, follow, isLink, K, noteLink, noteOwn, ownEntry, SEED, STRATEGY, tellUnknown } from './address.js';
import type { Page } from './page.js';
import type { Problems } from './problems.js';
import { bytesOf, type Entry, type Gallery } from '../state/gallery.js';
import type { KeptFile } from '../state/kept.js';
import { GALLERY, type Models, type Opened, OWN } from '../state/model.js';
import type { Queue } from '../state/queue.js';
import { Picker } from '../views/picker/picker.js';

export class Opening {
  readonly #models: Models;
  readonly #queue: Queue;
  readonly #page: Page;
  readonly #kept: KeptFile;
  readonly #problems: Problems;
  #gallery: Gallery | undefined;
  #picker: Picker | undefined;
  /** The model of the gallery that is open, unless a file of the user's is. */
  #current: Entry | undefined;
  /** The model of the gallery that was asked for last: `#current`, or the one that will be. */
  #wanted: Entry | undefined;
  /** Whether a file of the user's was asked for after that. */
  #isOwn = false;
  /** Whether the tab has kept it. */
  #isKept = false;
  /** What is wrong with the address. */
  #refusals: string[] = [];

  constructor(models: Models, queue: Queue, page: Page, kept: KeptFile, problems: Problems) {
    this.#models = models;
    this.#queue = queue;
    this.#page = page;
    this.#kept = kept;
    this.#problems = problems;
  }

  /** Opens what the present entry of the history shows. True if that is a file of the user's. */
  visit(): boolean {
    this.#problems.tell('model', undefined);
    this.#refuse();
    const own = ownEntry();
    const file = own?.kept ? this.#kept.get() : undefined;
    this.#isOwn = !!file;
    if (file) {
      this.#page.chosen = own?.strategy ?? this.#page.chosen;
      void this.#openOwn((retry) => this.#models.open(file.file, OWN, () => Promise.resolve(file.bytes), retry), () => true);
    } else if (this.#gallery) {
      void this.#followLink(this.#gallery);
    } else {
      // The first paint shows it; what is wrong with the address is told once the gallery is here.
      this.#page.chosen = STRATEGY.read(location, undefined, () => {}) ?? this.#page.chosen;
    }
    return this.#isOwn;
  }

  /** Offers the models of the gallery, and opens the one that the address names. */
  browse(gallery: Gallery) {
    this.#gallery = gallery;
    this.#picker = new Picker(gallery, follow);
    this.#picker.show(this.#current);
    if (!this.#isOwn) void this.#followLink(gallery);
  }

  /** The model of the gallery whose file has that SHA-256. */
  bySha256(sha256: string): Entry | undefined {
    return this.#gallery?.bySha256(sha256);
  }

  /** Opens a model of the gallery in a new entry of the history; whether that worked. */
  openEntry(entry: Entry): Promise<boolean> {
    addEntry(entry);
    return this.#open(entry);
  }

  /** Opens the one file that the user brings, and keeps it; more than one are refused. */
  openFiles(files: readonly File[]) {
    this.#refuse();
    const keep = () => {
      const { facts, bytes } = this.#models.current;
      return !!bytes && this.#kept.keep(facts.file, bytes);
    };
    void this.#openOwn((retry) => this.#models.openFile(files, retry), keep);
  }

  /**
   * Puts the model that is shown and the chosen proof into the address; a file of the user's has
   * none.
   */
  noteInAddress() {
    const { chosen } = this.#page;
    // A proof from a certificate is nowhere but here.
    const strategy = this.#models.find(chosen)?.from ? null : chosen;
    if (this.#wanted) noteLink({ ...this.#wanted, strategy });
    else if (this.#models.current.source === OWN) noteOwn({ kept: this.#isKept, strategy });
  }

  /** Tells that the model has no proof with the identifier in the address, and corrects that. */
  refuseStrategy(strategy: string) {
    this.#refuse(STRATEGY.refusal(strategy, undefined));
    this.noteInAddress();
  }

  /**
   * Tells what is wrong with the address, beside what was told of it; without a problem, takes that
   * back.
   */
  #refuse(problem?: string) {
    this.#refusals = problem === undefined ? [] : [...this.#refusals, problem];
    this.#problems.tell('address', this.#refusals.join('\n'));
  }

  async #followLink(gallery: Gallery) {
    const tell = (problem: string) => this.#refuse(problem);
    const k = K.read(location, gallery, tell);
    const seed = SEED.read(location, { gallery, k }, tell);
    const strategy = STRATEGY.read(location, undefined, tell);
    tellUnknown(location, tell);
    const entry = gallery.find(k, seed) ?? gallery.default;
    if (entry !== this.#wanted) {
      this.#page.chosen = strategy ?? this.#page.chosen;
      await this.#open(entry);
    } else if (strategy !== null) {
      this.#page.choose(strategy);
    } else if (isLink()) {
      this.noteInAddress();
    }
  }

  /**
   * Opens a model of the gallery; whether that worked. If not, the address becomes that of the
   * model that stays.
   */
  async #open(entry: Entry): Promise<boolean> {
    this.#wanted = entry;
    this.#isOwn = false;
    this.#picker?.show(entry);
    const opened = await this.#models.open(entry.file, GALLERY, () => bytesOf(entry), () => void this.#open(entry));
    if (opened === 'open') {
      this.#current = entry;
      if (isLink()) this.noteInAddress();
      this.#queue.runAll();
      return true;
    }
    if (this.#wanted !== entry) return false;
    this.#wanted = this.#current;
    this.#picker?.show(this.#current);
    if (this.#models.current.bytes) this.noteInAddress();
    return false;
  }

  /** Opens a file of the user's, and then keeps it. */
  async #openOwn(open: (retry: () => void) => Promise<Opened>, keep: () => boolean) {
    this.#isOwn = true;
    const opened = await open(() => void this.#openOwn(open, keep));
    if (opened === 'open') {
      this.#isKept = keep();
      this.#queue.runAll();
      this.#current = this.#wanted = undefined;
      this.#picker?.show(undefined);
      // A link that was followed meanwhile takes its place, as soon as the gallery is here.
      if (!this.#isOwn) return void (this.#gallery && this.#followLink(this.#gallery));
      // The link to a model of the gallery would be a lie now.
      if (isLink()) addEntry();
      this.noteInAddress();
    } else if (opened === 'refused' && !this.#models.current.bytes) {
      this.#isOwn = false;
      if (this.#gallery && !this.#wanted) void this.#followLink(this.#gallery);
    }
  }
}
