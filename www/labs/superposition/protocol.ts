/** What the page and a worker of this lab say to each other. */

import type { Refused } from '../../engine/serve.js';
import type { DictionaryState, LabSettings, Measures, Progress, Proven, ProofSettings, ToyState } from '../../pkg/superposition.js';

/** What one worker trains at a time: the network of a seed, and all dictionaries on it. */
export interface Job {
  seed: number;
  settings: LabSettings;
  /** How each trained dictionary is proven. */
  proof: ProofSettings;
}

/** What can be asked about a dictionary of a lab; `literature` needs neither. */
export type Question = 'dictionary' | 'maps' | 'prove' | 'certificate' | 'literature';

export type Request =
  /** The first message. */
  | { kind: 'program'; module: WebAssembly.Module }
  /**
   * Answered by any number of `progress`, a `result` for each dictionary, and `done`. `watched`
   * dictionaries are shown while they train.
   */
  | { kind: 'train'; job: Job; watched: readonly number[] }
  | { kind: 'watch'; watched: readonly number[] }
  | { kind: 'pause' }
  | { kind: 'go' }
  /** So many steps, and then the pause again. */
  | { kind: 'steps'; count: number }
  /** Answered by `answer` or `refused`. */
  | { kind: 'ask'; id: number; question: Question; seed: number; index: number; args: readonly unknown[] };

export type Answer =
  | {
      kind: 'progress';
      seed: number;
      progress: Progress;
      /** The network, while it is trained. */
      toy: ToyState | undefined;
      watched: readonly { index: number; state: DictionaryState }[];
      /** What was measured of a dictionary that is not yet trained. */
      measured: { index: number; measures: Measures[] } | undefined;
    }
  | { kind: 'result'; seed: number; index: number; measures: Measures[]; proven: Proven[] }
  | { kind: 'done'; seed: number }
  | { kind: 'answer'; id: number; result: unknown }
  /** `id` is that of a question; without one, the training has ended. */
  | ({ kind: 'refused'; id: number | undefined } & Refused);
