/** The third section: a link, a QR code, a frame, a sheet on paper, and packages for an LMS. */

import { copyButton } from '../../ui/copy.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';
import { save } from '../../ui/save.js';
import { escaped } from '../../ui/export/svg.js';
import { SET } from '../../app/address.js';
import { printOf } from '../set.js';
import type { Standard } from '../lms/manifest.js';
import type { Draft } from './draft.js';
import type { OwnWeights } from './own-weights.js';
import { buttons, hint, labelled } from './parts.js';

/** Longest link that a QR code holds so that a phone reads it from a wall, and that hosts take, in characters. */
const [MOST_QR, MOST_LINK] = [1200, 7500];
/** Names of packages, as LMSs call them. */
const PACKAGES: readonly (readonly [Standard, string])[] = [
  ['scorm12', 'SCORM 1.2'],
  ['scorm2004', 'SCORM 2004'],
  ['xapi', 'xAPI'],
];

/** The address with which a class opens a set. */
export const linkOf = (code: string, base: string) => new URL(`./?${SET.name}=${code}`, base).href;

/** The address with which another teacher opens a set here, to change it. */
export const editLinkOf = (code: string, base: string) => new URL(`./teacher.html?${SET.name}=${code}`, base).href;

/** What an LMS or a site takes to show a set within its own page: as high as its window allows, so that nothing is cut. */
export function frameOf(link: string, title: string): string {
  const size = 'width="100%" height="900" style="border: 0; width: 100%; height: 92vh; min-height: 600px"';
  return `<iframe title="${escaped(title)}" src="${escaped(link)}" ${size} allow="clipboard-write; fullscreen"></iframe>`;
}

/** The QR code of a link as a picture. Fetches what draws it. */
async function qrOf(link: string): Promise<SVGElement> {
  const { encodeQR } = await import('qr');
  const text = encodeQR(link, 'svg', { ecc: link.length > 400 ? 'low' : 'medium', border: 4 });
  const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml');
  const svg = document.importNode(documentElement, true) as unknown as SVGElement;
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'QR code of the link');
  return svg;
}

export class Give {
  readonly #draft: Draft;
  readonly #weights: OwnWeights;
  readonly #nothing = make('p', { class: 'hint' }, 'Choose an exercise first.');
  readonly #all = make('div', { class: 'gives' });
  readonly #link = make('input', { type: 'text', readonly: '', 'aria-label': 'Link for the class' });
  readonly #open = make('a', { target: '_blank', rel: 'noopener', class: 'button' }, 'Open it as a student');
  readonly #long = make('p', { class: 'hint' });
  readonly #qr = make('div', { class: 'qr' });
  readonly #frame = make('textarea', { readonly: '', rows: '4', 'aria-label': 'Frame', spellcheck: 'false' });
  readonly #host = make('input', { type: 'text', inputmode: 'url', spellcheck: 'false', placeholder: 'https://lrs.example.org' });
  readonly #said = make('p', { class: 'hint', role: 'status' });

  constructor(section: HTMLElement, draft: Draft, weights: OwnWeights, print: (withKey: boolean) => Promise<void>) {
    [this.#draft, this.#weights] = [draft, weights];
    const part = (title: string, help: string, ...children: Node[]) => make('section', {}, make('h3', {}, title), hint(help), ...children);
    const packages = PACKAGES.map(([standard, name]) => this.#button(`Save ${name} package`, () => this.#package(standard, name)));
    const sheets = [false, true].map((withKey) => this.#button(withKey ? 'Print with answer key' : 'Print', () => print(withKey)));
    const colleague = copyButton('Copy link for a colleague', () => editLinkOf(this.#draft.code ?? '', document.baseURI));
    const links = buttons(copyButton('Copy link', () => this.#link.value), this.#open, colleague);
    const inside = 'For Moodle, Canvas, Blackboard and others: everything is in one file, and marks reach the gradebook without another server.';
    const host = labelled('Host that takes xAPI statements', this.#host, 'Only if it is another than your platform’s.');
    this.#all.append(
      part('Link', 'For a mail, a chat or a course page. Who opens it has the exercises at once.', this.#link, links, this.#long),
      part('QR code', 'For the wall: phones open the link.', this.#qr, buttons(this.#button('Save QR code', () => this.#saveQr()))),
      part('Package for a learning platform', inside, buttons(...packages), host),
      part('Frame', 'For a page that takes HTML. Students hand in by a link.', this.#frame, buttons(copyButton('Copy frame', () => this.#frame.value))),
      part('Sheet on paper', 'All exercises of the set; the key’s answers are computed from the models.', buttons(...sheets)),
    );
    section.append(this.#nothing, this.#all, this.#said);
    draft.watch(() => this.#show());
  }

  /** A button whose work may take a while, and says what came of it. */
  #button(label: string, work: () => Promise<void>): HTMLButtonElement {
    const made = make('button', { type: 'button' }, label);
    made.addEventListener('click', () => {
      made.disabled = true;
      this.#said.textContent = '';
      work().catch((error: unknown) => (this.#said.textContent = told(error))).finally(() => (made.disabled = false));
    });
    return made;
  }

  #show() {
    const { code, set } = this.#draft;
    [this.#nothing.hidden, this.#all.hidden] = [code !== undefined, code === undefined];
    if (code === undefined) return;
    const link = linkOf(code, document.baseURI);
    if (link === this.#link.value) return;
    this.#link.value = this.#open.href = link;
    const inside = Object.keys(this.#weights.filesOf(set.about)).length > 0;
    const long = `This link has ${link.length} characters, and some hosts refuse more than ${MOST_LINK}: shorten texts, or use a package.`;
    this.#long.textContent = inside ? 'A link cannot hold your weights file: use a package.' : link.length > MOST_LINK ? long : '';
    this.#frame.value = frameOf(link, set.title || 'Exercises about compact proofs');
    void this.#draw(link);
  }

  async #draw(link: string) {
    const long = `The link is too long for a QR code that phones read: ${link.length} of at most ${MOST_QR} characters. Fewer edited texts make it shorter.`;
    const drawn = link.length > MOST_QR ? Promise.resolve(hint(long)) : qrOf(link).catch((error: unknown) => hint(`The QR code is not here: ${told(error)}`));
    const shown = await drawn;
    if (link === this.#link.value) this.#qr.replaceChildren(shown);
  }

  #saveQr(): Promise<void> {
    const svg = this.#qr.querySelector('svg');
    if (!svg) return Promise.reject(new Error('There is no QR code to save.'));
    save('exercises.svg', new Blob([new XMLSerializer().serializeToString(svg)], { type: 'image/svg+xml' }));
    this.#said.textContent = 'Saved as exercises.svg.';
    return Promise.resolve();
  }

  async #package(standard: Standard, name: string) {
    const { code, set } = this.#draft;
    if (code === undefined) return;
    const { packed } = await import('../lms/packed.js');
    const host = this.#host.value.trim();
    const wanted = { standard, set, own: this.#weights.filesOf(set.about), ...(standard === 'xapi' && host && { host }) };
    const blob = await packed(wanted, this.#draft.exercises, (done) => {
      this.#said.textContent = `The package is being made: ${Math.round(100 * done)} % …`;
    });
    const file = `exercises-${printOf(code)}-${standard}.zip`;
    save(file, blob);
    this.#said.textContent = `Saved as ${file}. Upload it to your platform as ${name}.`;
  }
}
