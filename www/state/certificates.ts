/** Makes certificates from proofs, checks them, and verifies the user's certificate files. */

import { type Checking, check } from '../engine/check.js';
import { Cancelled } from '../engine/client.js';
import { verify } from '../engine/files.js';
import type { Prover } from '../engine/pool.js';
import { t } from '../languages/language.js';
import { percent, told } from '../ui/format.js';
import type { CertificateFile } from './certificate-file.js';
import type { Model, Models, Proof, View } from './model.js';
import type { Queue } from './queue.js';

/**
 * Name of the certificate file for a proof about the weights in `file`, such as
 * `max4_v64_s123.cubic.certificate.json` for `max4_v64_s123.safetensors` and `cubic`.
 */
export const nameOf = (file: string, strategy: string) => `${file.replace(/\.[^.]*$/, '')}.${strategy}.certificate.json`;

/** All that the page does with certificates about the current model. */
export class Certificates {
  readonly #models: Models;
  readonly #queue: Queue;
  readonly #pool: Prover;
  readonly #view: View;

  constructor(models: Models, queue: Queue, pool: Prover, view: View) {
    this.#models = models;
    this.#queue = queue;
    this.#pool = pool;
    this.#view = view;
  }

  /**
   * Returns the certificate of a proof. Runs the proof again for it if necessary; if that fails,
   * returns undefined, and the proof's job has the reason.
   */
  async of(proof: Proof): Promise<string | undefined> {
    return proof.certificate ?? this.#queue.certify(proof);
  }

  /** Checks the certificate of a proof independently; keeps `proof.checking` up to date. */
  async check(proof: Proof) {
    const { facts, weights } = this.#models.current;
    if (!weights) return;
    const stop = new AbortController();
    const note = (checking: Checking | undefined) => {
      if (checking) proof.checking = checking;
      else delete proof.checking;
      this.#models.changed(proof);
    };
    const progress = (done: number) => note({ state: 'running', done, stop });
    progress(0);
    try {
      const certificate = await this.of(proof);
      if (certificate === undefined || stop.signal.aborted) return note(undefined);
      const work = { file: facts.file, bytes: weights, certificate };
      note({ state: 'done', verdict: await check(work, progress, stop.signal) });
    } catch (error) {
      note(error instanceof Cancelled ? undefined : { state: 'failed', why: told(error) });
    }
  }

  /** Stops the check of a proof's certificate and, if that is still being made, the proof. */
  stopCheck(proof: Proof) {
    if (proof.checking?.state !== 'running') return;
    proof.checking.stop.abort();
    if (proof.certificate === undefined) this.#queue.cancel(proof);
  }

  /** Returns whether a certificate is about the weights of the current model. */
  isAbout({ sha256 }: CertificateFile): boolean {
    const { facts } = this.#models.current;
    return sha256 === facts.sha256 || sha256 === facts.canonical_sha256;
  }

  /**
   * Verifies a certificate about the current model, and lists its result as a proof. Returns
   * undefined if the certificate does not hold, which is reported as a problem, or if another model
   * was opened meanwhile.
   */
  async adopt(certificate: CertificateFile): Promise<Proof | undefined> {
    let model = this.#models.current;
    const { file, text } = certificate;
    const known = model.proofs.find((proof) => proof.from && proof.certificate === text);
    if (known) return known;
    const stop = new AbortController();
    try {
      if (!model.bytes) throw new Error(t`${file}: no model is loaded yet that it could be checked against.`);
      if (!this.isAbout(certificate)) {
        const named = certificate.sha256.slice(0, 64) || t`(the certificate has none)`;
        throw new Error(t`${file} is about other weights: open the file with the SHA-256 ${named}, and then the certificate once more.`);
      }
      this.#queue.beside.add(stop);
      this.#view.status(t`${file} is being verified …`);
      // Screen readers read each status aloud, so it changes ten times at most.
      let tenths = 0;
      const progress = (done: number) => {
        if (this.#models.current !== model || Math.floor(done * 10) <= tenths) return;
        tenths = Math.floor(done * 10);
        this.#view.status(t`${file} is being verified: ${tenths * 10} % …`);
      };
      const work = { file: model.facts.file, bytes: model.bytes, certificate: text };
      const { outcome, theorem, read } = await verify(work, progress, stop.signal);
      // The theorem is about the file as the certificate has it read.
      if (this.#models.current === model && read && !isReadAs(model, read) && (await this.#models.reread(read))) {
        model = this.#models.current;
        this.#queue.runAll();
      }
      const facts = this.#models.find(outcome.strategy)?.facts ?? (await this.#pool.strategy(outcome.strategy));
      this.#queue.beside.delete(stop);
      if (this.#models.current !== model) return undefined;
      const strategy = `certificate-${model.proofs.filter(({ from }) => from).length + 1}`;
      const proof: Proof = {
        facts: { ...facts, strategy, label: t`${facts.label}, from a certificate`, idea: theorem },
        job: { state: 'idle' },
        outcome,
        shipped: false,
        frontier: false,
        certificate: text,
        from: file,
      };
      this.#models.add(proof);
      this.#view.status(t`${file} holds: at least ${percent(outcome.percent)} proven.`);
      this.#view.proof(proof);
      return proof;
    } catch (error) {
      this.#queue.beside.delete(stop);
      if (this.#models.current !== model) return undefined;
      this.#view.status(error instanceof Cancelled ? t`${file} was not verified.` : t`${file} was not accepted.`);
      if (error instanceof Cancelled) return undefined;
      const why = told(error);
      this.#view.problem(why.startsWith(file) ? why : `${file}: ${why}`);
      return undefined;
    }
  }
}

/** Whether the file of a model is read in this way. */
const isReadAs = ({ task, facts }: Model, read: object) => !task.reads || JSON.stringify(task.reads.of(facts)) === JSON.stringify(read);
