/**
 * Decides which model is open, a gallery model or the user's file, and keeps the address in step.
 */

import { addEntry, follow, isLink, K, looksOf, noteLink, noteOwn, ownEntry, SEED, STRATEGY, tellUnknown } from './address.js';
import type { Page } from './page.js';
import type { Problems } from './problems.js';
import { bytesOf, type Entry, type Gallery } from '../state/gallery.js';
import type { KeptFile } from '../state/kept.js';
import { GALLERY, type Models, type Opened, OWN } from '../state/model.js';
import type { Queue } from '../state/queue.js';
import { Picker } from '../views/picker/picker.js';

/** Opens models as the address, the gallery's menu and the user's files say. */
export class Opening {
  readonly #models: Models;
  readonly #queue: Queue;
  readonly #page: Page;
  readonly #kept: KeptFile;
  readonly #problems: Problems;
  /** Undefined until it has been fetched. */
  #gallery: Gallery | undefined;
  #picker: Picker | undefined;
  /** The open gallery model; undefined if the user's file is open. */
  #current: Entry | undefined;
  /** The gallery model that was requested last: `#current`, or the one that is being opened. */
  #wanted: Entry | undefined;
  /** Whether the last request was for the user's file. */
  #isOwn = false;
  /** Whether the user's file is stored in `#kept`. */
  #isKept = false;
  /** Messages about what is wrong with the address. */
  #refusals: string[] = [];

  constructor(models: Models, queue: Queue, page: Page, kept: KeptFile, problems: Problems) {
    this.#models = models;
    this.#queue = queue;
    this.#page = page;
    this.#kept = kept;
    this.#problems = problems;
  }

  /** Opens the model of the present history entry. Returns whether that is the user's file. */
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
      // The shipped results can show the chosen proof; `#followLink` reports what is wrong later.
      this.#page.chosen = STRATEGY.read(location, undefined, () => {}) ?? this.#page.chosen;
      this.#page.look(looksOf(location, () => {}), false);
    }
    return this.#isOwn;
  }

  /** Shows the gallery's menu, and opens the model that the address names. */
  browse(gallery: Gallery) {
    this.#gallery = gallery;
    this.#picker = new Picker(gallery, (target) => follow({ ...target, looks: this.#page.looks }));
    this.#picker.show(this.#current);
    if (!this.#isOwn) void this.#followLink(gallery);
  }

  /** The gallery model whose file has the SHA-256 `sha256`. */
  bySha256(sha256: string): Entry | undefined {
    return this.#gallery?.bySha256(sha256);
  }

  /** Opens a gallery model in a new history entry; returns whether that succeeded. */
  openEntry(entry: Entry): Promise<boolean> {
    addEntry(entry);
    return this.#open(entry);
  }

  /** Opens the user's file and stores it for a reload. Refuses more than one file. */
  openFiles(files: readonly File[]) {
    this.#refuse();
    const keep = () => {
      const { facts, bytes } = this.#models.current;
      return !!bytes && this.#kept.keep(facts.file, bytes);
    };
    void this.#openOwn((retry) => this.#models.openFile(files, retry), keep);
  }

  /** Writes the open model and the chosen proof into the address or the history entry. */
  noteInAddress() {
    const { chosen } = this.#page;
    // A proof from a certificate has an identifier that is only valid until a reload.
    const strategy = this.#models.find(chosen)?.from ? null : chosen;
    if (this.#wanted) noteLink({ ...this.#wanted, strategy, looks: this.#page.looks });
    else if (this.#models.current.source === OWN) noteOwn({ kept: this.#isKept, strategy });
  }

  /**
   * Reports that the address names a proof that the model does not have, and corrects the address.
   */
  refuseStrategy(strategy: string) {
    this.#refuse(STRATEGY.refusal(strategy, undefined));
    this.noteInAddress();
  }

  /** Adds to the messages about the address; without a `problem`, removes all of them. */
  #refuse(problem?: string) {
    this.#refusals = problem === undefined ? [] : [...this.#refusals, problem];
    this.#problems.tell('address', this.#refusals.join('\n'));
  }

  /** Opens the gallery model, and chooses the proof, that the address names. */
  async #followLink(gallery: Gallery) {
    const tell = (problem: string) => this.#refuse(problem);
    const k = K.read(location, gallery, tell);
    const seed = SEED.read(location, { gallery, k }, tell);
    const strategy = STRATEGY.read(location, undefined, tell);
    if (isLink()) this.#page.look(looksOf(location, tell), false);
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
   * Opens a gallery model and runs its proofs; returns whether that succeeded. If not, the address
   * names the model that stays open.
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

  /** Opens the user's file by `open`, stores it by `keep`, and runs its proofs. */
  async #openOwn(open: (retry: () => void) => Promise<Opened>, keep: () => boolean) {
    this.#isOwn = true;
    const opened = await open(() => void this.#openOwn(open, keep));
    if (opened === 'open') {
      this.#isKept = keep();
      this.#queue.runAll();
      this.#current = this.#wanted = undefined;
      this.#picker?.show(undefined);
      // A link that was followed meanwhile replaces the file, at once or when the gallery arrives.
      if (!this.#isOwn) return void (this.#gallery && this.#followLink(this.#gallery));
      // The address must not link to a gallery model now.
      if (isLink()) addEntry();
      this.noteInAddress();
    } else if (opened === 'refused' && !this.#models.current.bytes) {
      this.#isOwn = false;
      if (this.#gallery && !this.#wanted) void this.#followLink(this.#gallery);
    }
  }
}
