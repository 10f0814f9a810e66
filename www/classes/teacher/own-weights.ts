/** Weights of a teacher's: at an address of this site, or in a file that goes into packages. */

import { nameOf } from '../../app/linked.js';
import { download } from '../../engine/download.js';
import { readFile } from '../../engine/files.js';
import { t } from '../../languages/language.js';
import { MAX_BYTES } from '../../state/model.js';
import { bytes as size } from '../../ui/format.js';
import type { About } from '../set.js';

/** The folder of a package that holds them. */
const FOLDER = 'weights/';

export class OwnWeights {
  /** The file that was chosen. */
  #file: { name: string; bytes: Uint8Array } | undefined;
  about: About | undefined;

  /** Where the file is in a package; undefined for none. */
  get inside(): string | undefined {
    return this.#file && FOLDER + this.#file.name;
  }

  /** The file's bytes, by its place in a package, if a set is about it. */
  filesOf(about: About | null): Record<string, Uint8Array> {
    const isInside = about && 'weights' in about && about.weights === this.inside;
    return isInside && this.#file && this.inside ? { [this.inside]: this.#file.bytes } : {};
  }

  /**
   * What exercises are about with the weights at an address. Rejects with an `Error` that says why
   * they cannot be used.
   */
  async at(address: string): Promise<About> {
    const url = new URL(address, document.baseURI);
    const isElsewhere = url.origin !== location.origin;
    if (isElsewhere)
      throw new Error(t`${url.host} is another host, and the page asks only its own. Put the file beside this page, or into a package.`);
    const bytes = await download(address, async (response) => new Uint8Array(await response.arrayBuffer()));
    const { task } = await readFile(nameOf(url), bytes);
    return { task, weights: address };
  }

  /** Takes a file. Rejects with an `Error` that says why it cannot be used. */
  async take(file: File): Promise<About> {
    if (file.size > MAX_BYTES) throw new Error(t`${file.name}: ${size(file.size)}, expected at most ${size(MAX_BYTES)}.`);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { task } = await readFile(file.name, bytes);
    this.#file = { name: file.name.replaceAll(/[^\w.-]+/g, '_'), bytes };
    this.about = { task, weights: FOLDER + this.#file.name };
    return this.about;
  }
}
