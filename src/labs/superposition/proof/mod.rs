//! What is proven of a toy model by the features of a dictionary.
//!
//! A [`Statement`] is a network with tokens. Proofs bound the number of tokens that it answers
//! right from below, and the mean squared error of its outputs from above. [`derive()`] proves both
//! with [`Hints`], directions and how much of each is in a token's hidden vector; it trusts nothing
//! in them. All numbers are whole, and nothing but square roots and quotients is rounded, upwards
//! (theorem 9 of `src/rounding/theorems.md`).
//!
//! | module | contents |
//! |---|---|
//! | `statement` | networks, tokens and hints as whole numbers; their limits |
//! | `case` | a token beside its code: main feature, reconstruction error |
//! | `reads` | how neurons read directions |
//! | `alone`, `pairs` | tables of single features and of pairs that occur together |
//! | `relu`, `bilinear` | what follows for a token |
//! | `said` | what follows from what a crosscoder says of outputs |
//! | `derive` | all tokens, and brute force |
//! | `search` | hints from a trained dictionary |
//! | `certificate` | a proof as a file |

mod alone;
mod bilinear;
mod case;
mod certificate;
mod derive;
mod exact;
mod pairs;
mod reads;
mod relu;
mod said;
mod search;
mod statement;

pub use case::Answer;
pub use certificate::{Certificate, Third, Verified};
pub use derive::{Derived, LOSS_BITS, Method, answers, derive};
pub use search::{MethodFacts, ProofError, ProofSettings, Proven, loss_of, prepare, prove};
pub use statement::{
    Hints, MAX_ACTIVE, MAX_AMPLITUDE, MAX_ROW, MAX_TOKENS, MAX_WEIGHT, Malformed, Sparse, Statement,
};
