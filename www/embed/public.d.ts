/** The element `<compact-proofs>`, as other sites see it. */

/** What the events `proofselect` and `proofresult` say of a proof. */
export interface Detail {
  /** Name of the weights file. */
  model: string;
  /** Identifier of the proof. */
  strategy: string;
  label: string;
  /** Inputs that are proven to be answered right, in decimal digits; null without a result. */
  correct: string | null;
  /** All inputs, in decimal digits; null without a result. */
  total: string | null;
  /** Length of the proof; null without a result. */
  flops: number | null;
  /** Whether this browser has proven it; otherwise the result was shipped. */
  live: boolean;
}

/**
 * A live figure of proofs. Its attributes are `model`, `src`, `proof`, `budget`, `vs`, `show`,
 * `hide`, `theme`, `start` and `lang`; all may change at any time.
 */
export interface CompactProofsElement extends HTMLElement {}

declare global {
  interface HTMLElementTagNameMap {
    'compact-proofs': CompactProofsElement;
  }
  interface HTMLElementEventMap {
    /** A reader has chosen a proof. */
    proofselect: CustomEvent<Detail>;
    /** A proof has been proven in this browser. */
    proofresult: CustomEvent<Detail>;
    /** All proofs that were to run have run. */
    proofsdone: CustomEvent<null>;
    /** The height, in CSS pixels, that the content takes. */
    proofsresize: CustomEvent<number>;
  }
}
