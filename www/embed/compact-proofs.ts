/**
 * The element `<compact-proofs>`: a live figure of proofs in any page.
 *
 *     <script type="module" src="https://…/embed/compact-proofs.js"></script>
 *     <compact-proofs model="max4_v64_s123" show="claim,plot,slider">
 *       What is read, or seen, where no script runs.
 *     </compact-proofs>
 */

import './place.js';
import { certificateAt, isCertificate } from './certificate.js';
import { Embed } from './embed.js';
import type { CompactProofsElement, Detail } from './public.js';
import { join, type Session } from './session.js';
import { setTheme, undress, wear } from './styles.js';
import { NAMES, type Switches, switchesOf } from './switches.js';
import { t, tag } from '../languages/language.js';
import type { Proof } from '../state/model.js';
import { make } from '../ui/element.js';
import { told } from '../ui/format.js';

let learnt: Promise<void> | undefined;
/** Fetches the language that the first embed of the document wants. */
const learn = (language: string) =>
  (learnt ??= language === tag ? Promise.resolve() : import('../languages/catalogue.js').then((catalogue) => catalogue.learn(language)));

export class CompactProofs extends HTMLElement implements CompactProofsElement {
  static readonly observedAttributes = NAMES;
  readonly #root = this.attachShadow({ mode: 'open' });
  #session: Session | undefined;
  #embed: Embed | undefined;
  #switches: Switches | undefined;
  /** Counts what was asked to be shown: an earlier one may arrive late. */
  #turn = 0;
  #seen: IntersectionObserver | undefined;
  readonly #sized = new ResizeObserver((entries) => {
    const detail = Math.ceil(entries.at(-1)?.borderBoxSize[0]?.blockSize ?? 0);
    this.dispatchEvent(new CustomEvent('proofsresize', { detail, bubbles: true }));
  });

  connectedCallback() {
    this.#take();
    wear(this.#root, this.#switches?.theme ?? 'auto');
    // What the author put into the element, such as an image and a link, stays until there is a
    // figure.
    this.#root.replaceChildren(make('slot'));
    for (const kind of ['pointerdown', 'keydown'] as const) this.#root.addEventListener(kind, this.#touched);
    void this.#join();
  }

  disconnectedCallback() {
    this.#turn++;
    this.#seen?.disconnect();
    this.#sized.disconnect();
    this.#leave();
    undress(this.#root);
    this.#root.replaceChildren();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null) {
    const earlier = this.#switches;
    if (!earlier || !this.isConnected || before === after) return;
    this.#take();
    const now = this.#switches;
    if (!now) return;
    if (name === 'theme') setTheme(this.#root, now.theme);
    if ((['task', 'model', 'src', 'read'] as const).some((each) => now[each] !== earlier[each])) void this.#join();
    else this.#embed?.switch(now);
    if (name === 'start') this.#startWhenDue();
  }

  #take() {
    this.#switches = switchesOf((name) => this.getAttribute(name), (problem) => queueMicrotask(() => this.#embed?.problem(problem)));
  }

  #leave() {
    if (this.#embed) this.#session?.leave(this.#embed);
    this.#embed = this.#session = undefined;
  }

  async #join() {
    const turn = ++this.#turn;
    const switches = this.#switches;
    if (!switches) return;
    const { task, model, src, read } = switches;
    try {
      const unlearnt = await learn(switches.lang).then(() => '', told);
      const session = await join({ task, model, read, src: isCertificate(src) ? '' : src });
      if (turn !== this.#turn) return session.letGo();
      this.#leave();
      this.#session = session;
      this.#embed = new Embed(this.#root, session, this.#switches ?? switches, {
        chosen: (proof) => this.#say('proofselect', proof),
        proven: (proof) => this.#say('proofresult', proof),
        done: () => this.dispatchEvent(new CustomEvent('proofsdone', { bubbles: true, composed: true })),
      });
      session.show(this.#embed);
      if (unlearnt) this.#embed.problem(unlearnt);
      this.#sized.disconnect();
      this.#sized.observe(this.#embed.element);
      this.#startWhenDue();
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
    }
  }

  #fail(error: unknown) {
    const again = make('button', { type: 'button' }, t`Try again`);
    again.addEventListener('click', () => void this.#join());
    this.#root.replaceChildren(
      make('slot'),
      make('div', { class: 'embed', lang: tag }, make('p', { class: 'problem', role: 'alert' }, told(error), again)),
    );
  }

  #startWhenDue() {
    this.#seen?.disconnect();
    const start = this.#switches?.start;
    if (start === 'load') this.#start();
    if (start !== 'visible') return;
    this.#seen = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      this.#seen?.disconnect();
      this.#start();
    });
    this.#seen.observe(this);
  }

  readonly #touched = () => {
    if (this.#switches?.start === 'touch') this.#start();
  };

  #start() {
    const [session, embed, src] = [this.#session, this.#embed, this.#switches?.src ?? ''];
    void session?.start().then(async (opened) => {
      if (opened !== 'open' || !embed || !isCertificate(src)) return;
      try {
        const proof = await certificateAt(src, session);
        if (proof && embed === this.#embed) embed.choose(proof.facts.strategy);
      } catch (error) {
        embed.problem(told(error));
      }
    });
  }

  #say(event: 'proofselect' | 'proofresult', { facts, outcome, shipped }: Proof) {
    const detail: Detail = {
      model: this.#session?.models.current.facts.file ?? '',
      strategy: facts.strategy,
      label: facts.label,
      correct: outcome?.correct ?? null,
      total: outcome?.total ?? null,
      flops: outcome?.flops ?? null,
      live: !!outcome && !shipped,
    };
    this.dispatchEvent(new CustomEvent<Detail>(event, { detail, bubbles: true, composed: true }));
  }
}

export { fill } from './fill.js';

if (!customElements.get('compact-proofs')) customElements.define('compact-proofs', CompactProofs);
