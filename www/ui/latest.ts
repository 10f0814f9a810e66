/**
 * Asks questions one at a time. Of those that come meanwhile only the last is asked, and only its
 * answer counts.
 */
export class Latest<T> {
  #isBusy = false;
  #wanted: (() => Promise<T>) | undefined;
  readonly #answered: (answer: T) => void;
  readonly #failed: (error: unknown) => void;

  constructor(answered: (answer: T) => void, failed: (error: unknown) => void) {
    this.#answered = answered;
    this.#failed = failed;
  }

  ask(question: () => Promise<T>) {
    this.#wanted = question;
    if (!this.#isBusy) void this.#run();
  }

  /** Wants no answer any more. */
  forget() {
    this.#wanted = undefined;
  }

  async #run() {
    this.#isBusy = true;
    try {
      while (this.#wanted) {
        const question = this.#wanted;
        const tell = await this.#put(question);
        if (this.#wanted !== question) continue;
        this.#wanted = undefined;
        tell();
      }
    } finally {
      this.#isBusy = false;
    }
  }

  async #put(question: () => Promise<T>): Promise<() => void> {
    try {
      const answer = await question();
      return () => this.#answered(answer);
    } catch (error) {
      return () => this.#failed(error);
    }
  }
}
