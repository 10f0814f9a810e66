/** What every lab is. A lab is a folder beside this file, and a line in `labs.ts`. */

/** What a lab asks of its page. */
export interface LabHost {
  /** Says what went wrong, with a button if `retry` may help; without a text, that it is over. */
  problem(text: string | undefined, retry?: () => void): void;
  /** Says what has happened, to screen readers also. */
  status(text: string): void;
}

/** A lab of the list. */
export interface Lab {
  /** Its identifier in addresses (`?lab=`), and its folder. */
  readonly id: string;
  name(): string;
  /** Fetches it: `open` puts it into `parent`, and imports its own style. */
  load(): Promise<{ open(parent: HTMLElement, host: LabHost): void }>;
}
