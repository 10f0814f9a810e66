/** What the page and the worker that samples say to each other. */

import type { Estimate, Live, Plan, Planned, SampleFacts, Sampled } from '../../pkg/samples.js';
import type { Refused } from '../../engine/serve.js';
import type { Weights } from '../../engine/protocol.js';

/** The first thing that the worker is sent: its module, and a model of a task. */
export interface Opened {
  module: WebAssembly.Module;
  task: string;
  weights: Weights;
  /** SHA-256 of the file that bounds are about. */
  sha256: string;
}

/** What is asked, with what is answered. */
export interface Answers {
  facts: SampleFacts;
  /** What a plan comes to, before anything is drawn. */
  plan: Planned;
  /** The estimate without samples. */
  predicted: Estimate;
  /** What was drawn, with its certificate; null if it was stopped before there was a bound. */
  draw: { sampled: Sampled; certificate: string } | null;
}

/** What is drawn ends after `drawn` samples, if that is there. */
export type Asked = { id: number; ask: keyof Answers; plan?: Plan; drawn?: number } | { stop: number };

/** How far a drawing is, or what came of a question. */
export type Told = { id: number } & ({ live: Live } | { result: Answers[keyof Answers] } | Refused);
