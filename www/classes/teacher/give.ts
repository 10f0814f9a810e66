/** The third section: a link, a QR code, a frame, a sheet on paper, and packages for an LMS. */

import { t, tag } from '../../languages/language.js';
import { copyButton } from '../../ui/copy.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';
import { save } from '../../ui/save.js';
import { escaped } from '../../ui/export/svg.js';
import { LANGUAGE, SET } from '../../app/address.js';
import { printOf } from '../set.js';
import type { Standard } from '../lms/manifest.js';
import type { Draft } from './draft.js';
import type { OwnWeights } from './own-weights.js';
import { buttons, hint, labelled } from './parts.js';

/**
 * Longest link that a QR code holds so that a phone reads it from a wall, and that hosts take, in
 * characters.
 */
const [MOST_QR, MOST_LINK] = [1200, 7500];
/** Names of packages, as LMSs call them. */
const PACKAGES: readonly (readonly [Standard, string])[] = [
  ['scorm12', 'SCORM 1.2'],
  ['scorm2004', 'SCORM 2004'],
  ['xapi', 'xAPI'],
];

/**
 * The address of a set: in the page, for a class, or in this one, for another teacher. A language
 * that was asked for stays.
 */
function linkTo(page: './' | './teacher.html', code: string): string {
  const url = new URL(page, document.baseURI);
  url.searchParams.set(SET.name, code);
  if (LANGUAGE.isIn(location)) url.searchParams.set(LANGUAGE.name, tag);
  return url.href;
}

/**
 * What an LMS or a site takes to show a set within its own page: as high as its window allows, so
 * that nothing is cut.
 */
export function frameOf(link: string, title: string): string {
  const size = `width="100%" height="900" style="border: 0; width: 100%; height: 92vh; min-height: 600px"`;
  return `<iframe title="${escaped(title)}" src="${escaped(link)}" ${size} allow="clipboard-write; fullscreen"></iframe>`;
}

/** The QR code of a link as a picture. Fetches what draws it. */
async function qrOf(link: string): Promise<SVGElement> {
  const { encodeQR } = await import('qr');
  const text = encodeQR(link, 'svg', { ecc: link.length > 400 ? 'low' : 'medium', border: 4 });
  const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml');
  const svg = document.importNode(documentElement, true) as unknown as SVGElement;
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', t`QR code of the link`);
  return svg;
}

export class Give {
  readonly #draft: Draft;
  readonly #weights: OwnWeights;
  readonly #nothing = make('p', { class: 'hint' }, t`Choose an exercise first.`);
  readonly #all = make('div', { class: 'gives' });
  readonly #link = make('input', { type: 'text', readonly: '', 'aria-label': t`Link for the class` });
  readonly #open = make('a', { target: '_blank', rel: 'noopener', class: 'button' }, t`Open it as a student`);
  readonly #long = make('p', { class: 'hint' });
  readonly #qr = make('div', { class: 'qr' });
  readonly #frame = make('textarea', { readonly: '', rows: '4', 'aria-label': t`Frame`, spellcheck: 'false' });
  readonly #host = make('input', { type: 'text', inputmode: 'url', spellcheck: 'false', placeholder: 'https://lrs.example.org' });
  readonly #said = make('p', { class: 'hint', role: 'status' });

  constructor(section: HTMLElement, draft: Draft, weights: OwnWeights, print: (withKey: boolean) => Promise<void>) {
    [this.#draft, this.#weights] = [draft, weights];
    const part = (title: string, help: string, ...children: Node[]) => make('section', {}, make('h3', {}, title), hint(help), ...children);
    const packages = PACKAGES.map(([standard, name]) => this.#button(t`Save ${name} package`, () => this.#package(standard, name)));
    const sheets = [false, true].map((withKey) => this.#button(withKey ? t`Print with answer key` : t`Print`, () => print(withKey)));
    const colleague = copyButton(t`Copy link for a colleague`, () => linkTo('./teacher.html', this.#draft.code ?? ''));
    const links = buttons(copyButton(t`Copy link`, () => this.#link.value), this.#open, colleague);
    const inside = t`For Moodle, Canvas, Blackboard and others: everything is in one file, and marks reach the gradebook without another server.`;
    const host = labelled(t`Host that takes xAPI statements`, this.#host, t`Only if it is another than your platform’s.`);
    this.#all.append(
      part(t`Link`, t`For a mail, a chat or a course page. Who opens it has the exercises at once.`, this.#link, links, this.#long),
      part(t`QR code`, t`For the wall: phones open the link.`, this.#qr, buttons(this.#button(t`Save QR code`, () => this.#saveQr()))),
      part(t`Package for a learning platform`, inside, buttons(...packages), host),
      part(
        t`Frame`,
        t`For a page that takes HTML. Students hand in by a link.`,
        this.#frame,
        buttons(copyButton(t`Copy frame`, () => this.#frame.value)),
      ),
      part(t`Sheet on paper`, t`All exercises of the set; the key’s answers are computed from the models.`, buttons(...sheets)),
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
    const link = linkTo('./', code);
    if (link === this.#link.value) return;
    this.#link.value = this.#open.href = link;
    const inside = Object.keys(this.#weights.filesOf(set.about)).length > 0;
    const long = t`This link has ${link.length} characters, and some hosts refuse more than ${MOST_LINK}: shorten texts, or use a package.`;
    this.#long.textContent = inside ? t`A link cannot hold your weights file: use a package.` : link.length > MOST_LINK ? long : '';
    this.#frame.value = frameOf(link, set.title || t`Exercises about compact proofs`);
    void this.#draw(link);
  }

  async #draw(link: string) {
    const long = t`The link is too long for a QR code that phones read: ${link.length} of at most ${MOST_QR} characters. Fewer edited texts make it shorter.`;
    const drawn =
      link.length > MOST_QR
        ? Promise.resolve(hint(long))
        : qrOf(link).catch((error: unknown) => hint(t`The QR code is not here: ${told(error)}`));
    const shown = await drawn;
    if (link === this.#link.value) this.#qr.replaceChildren(shown);
  }

  #saveQr(): Promise<void> {
    const svg = this.#qr.querySelector('svg');
    if (!svg) return Promise.reject(new Error(t`There is no QR code to save.`));
    save('exercises.svg', new Blob([new XMLSerializer().serializeToString(svg)], { type: 'image/svg+xml' }));
    this.#said.textContent = t`Saved as exercises.svg.`;
    return Promise.resolve();
  }

  async #package(standard: Standard, name: string) {
    const { code, set } = this.#draft;
    if (code === undefined) return;
    const { packed } = await import('../lms/packed.js');
    const host = this.#host.value.trim();
    const wanted = { standard, set, own: this.#weights.filesOf(set.about), ...(standard === 'xapi' && host && { host }) };
    const blob = await packed(wanted, this.#draft.exercises, (done) => {
      this.#said.textContent = t`The package is being made: ${Math.round(100 * done)} % …`;
    });
    const file = `exercises-${printOf(code)}-${standard}.zip`;
    save(file, blob);
    this.#said.textContent = t`Saved as ${file}. Upload it to your platform as ${name}.`;
  }
}
