/**
 * The check by the program that Coq proves correct: what it derives about the open model, whether
 * that confirms a proof's claim, the theorem, and what is trusted. Fetched at the first such check.
 */

import './proven.css';
import { Cancelled } from '../../engine/client.js';
import { type Derived, derive } from '../../engine/proven.js';
import { t } from '../../languages/language.js';
import steps from '../../../src/formal/extract/Steps.v?raw';
import type { Model, Proof } from '../../state/model.js';
import { copyButton } from '../../ui/copy.js';
import { make } from '../../ui/element.js';
import { count, told } from '../../ui/format.js';
import { commandsFor } from './commands.js';

/** How far the program is with a model. */
type Run =
  | { state: 'running'; done: number; stop: AbortController }
  | { state: 'done'; derived: Derived }
  | { state: 'failed'; why: string };

/** The theorem as Coq has it, without its proof. */
const THEOREM = /Theorem steps_correct[^]*?(?=\n *Proof\.)/.exec(steps)?.[0].replace(/^ {2}/gm, '') ?? '';

export class ProvenCheck {
  readonly element = make('div', { class: 'proven-check' });
  readonly #button: HTMLButtonElement;
  readonly #bar = make('progress', { max: '1', 'aria-label': t`Progress of the proven program` });
  readonly #verdict = make('p', { class: 'verdict', 'aria-live': 'polite' });
  readonly #commands = make('pre', { tabindex: '0', 'aria-label': t`Commands` });
  readonly #meaning = meaning(this.#commands);
  readonly #runs = new WeakMap<Model, Run>();
  #model: Model | undefined;
  #proof: Proof | undefined;

  /** Labels and enables `button`, which starts the program and stops it. */
  constructor(button: HTMLButtonElement) {
    this.#button = button;
    this.element.append(this.#bar, this.#verdict, this.#meaning);
  }

  /** Starts the program on the model that is shown or, if it runs, stops it. */
  async press() {
    const model = this.#model;
    if (!model?.weights) return;
    const run = this.#runs.get(model);
    if (run?.state === 'running') return run.stop.abort();
    const stop = new AbortController();
    const note = (state: Run | undefined) => {
      if (state) this.#runs.set(model, state);
      else this.#runs.delete(model);
      if (this.#model === model) this.#show();
    };
    const progress = (done: number) => note({ state: 'running', done, stop });
    progress(0);
    // The user's file, else the network alone, written anew.
    const files = model.network && model.network.bytes !== model.weights ? [model.weights, model.network.bytes] : [model.weights];
    try {
      note({ state: 'done', derived: await derive(files, progress, stop.signal) });
    } catch (error) {
      note(error instanceof Cancelled ? undefined : { state: 'failed', why: told(error) });
    }
  }

  /** Shows the state for a model, and what it says about the claim of a proof. */
  show(proof: Proof | undefined, model: Model) {
    const before = this.#model && this.#runs.get(this.#model);
    if (this.#model !== model && before?.state === 'running') before.stop.abort();
    this.#model = model;
    this.#proof = proof;
    this.#show();
  }

  #show() {
    const run = this.#model && this.#runs.get(this.#model);
    this.#button.textContent = run?.state === 'running' ? t`Cancel the proven program` : t`Check with the proven program`;
    this.element.hidden = !run || !this.#proof;
    this.#bar.hidden = run?.state !== 'running';
    this.#bar.value = run?.state === 'running' ? run.done : 0;
    const verdict = run ? inWords(run, this.#proof?.outcome?.correct) : { said: '', isAlarm: false };
    if (this.#verdict.textContent !== verdict.said) this.#verdict.textContent = verdict.said;
    this.#verdict.classList.toggle('alarm', verdict.isAlarm);
    const commands = this.#model ? commandsFor(this.#model) : '';
    if (this.#commands.textContent !== commands) this.#commands.textContent = commands;
  }
}

/** What a run says of a claimed count. */
function inWords(run: Run, claimed: string | undefined): { said: string; isAlarm: boolean } {
  // The bar tells how far it is: this is read aloud, and so says it once.
  if (run.state === 'running') return { said: t`A program that is proven correct counts the right inputs …`, isAlarm: false };
  if (run.state === 'failed') return { said: t`Not checked: ${run.why}`, isAlarm: true };
  const [right, wrong, inputs] = [BigInt(run.derived.right), BigInt(run.derived.wrong), BigInt(run.derived.inputs)];
  const isExact = right + wrong === inputs;
  const finds = isExact
    ? t`a program that is proven correct counts exactly ${count(right)} of ${count(inputs)} inputs right`
    : t`a program that is proven correct counts at least ${count(right)} of ${count(inputs)} inputs right`;
  const claim = BigInt(claimed ?? 0);
  // What else was in the user's file, such as masks, the theorem does not speak of.
  const alone = run.derived.file > 0 ? ` ${t`It read the network alone, written anew as a safetensors file.`}` : '';
  if (claim <= right) return { said: t`Confirmed: ${finds}.` + alone, isAlarm: false };
  if (claim > inputs - wrong) return { said: t`Refuted: ${finds}, fewer than this proof claims.`, isAlarm: true };
  return {
    said: t`Not confirmed: ${finds}, ${count(claim - right)} fewer than this proof claims. The claim may be true: this program proves less here.`,
    isAlarm: false,
  };
}

/** What the verdict means, on demand. */
function meaning(commands: HTMLElement): HTMLElement {
  const p = (text: string) => make('p', {}, text);
  return make(
    'details',
    {},
    make('summary', {}, t`The theorem, and what is trusted`),
    p(
      t`For every file and every claimed count: if the program confirms the claim, these very bytes are a file with a network, and it answers at least this count of all inputs right, in exact arithmetic of real numbers; at most those that the program does not count as wrong. “Right” means that the largest token’s logit exceeds every other; a tie is wrong. Coq’s kernel has checked the proof of it:`,
    ),
    make('pre', { tabindex: '0', 'aria-label': t`Theorem in Coq` }, THEOREM),
    copyButton(t`Copy the theorem`, () => THEOREM),
    p(
      t`Trusted: Coq’s kernel and four facts that its real numbers assume; Coq’s translation into OCaml and js_of_ocaml’s into JavaScript; this browser’s numbers and BigInts, and the page of code that puts them in the place of Coq’s integers; what the theorem’s words mean (src/formal/Model.v, Safetensors.v, File.v). Not trusted: the search, the proof, its certificate and all floating-point arithmetic.`,
    ),
    p(t`To repeat it, in a clone of this project:`),
    commands,
    copyButton(t`Copy the commands`, () => commands.textContent ?? ''),
  );
}
