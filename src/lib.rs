//! Compact Proofs: guaranteed lower bounds on the accuracy of small transformers.
//!
//! The modules, in the order in which a proof passes them, from a file to a picture
//! (`src/ARCHITECTURE.md` is the tour):
//!
//! | module | what it holds |
//! |---|---|
//! | [`weights`] | files (safetensors, torch, npz, JSON) to named tensors; everything hostile stops here |
//! | [`models`] | networks: the one-layer attention-only model, its circuits and its forward pass; the one with two tokens and one hidden layer, and what folds into it |
//! | [`linalg`] | matrix products and `exp` with a fixed order of operations: the same bits on every target |
//! | [`kernels`] | the inner loops in vectors, one backend for each kind of machine, the same bits on all |
//! | [`rounding`] | why a bound that float64 computes holds for real numbers: theorems, and wider arithmetic for doubtful cases |
//! | [`cost`] | scalars that count: the FLOP convention |
//! | [`training`] | what trainers of all tasks share: steps, an optimizer, seeded random numbers |
//! | [`proof`] | what every proof has in common: a case analysis, its run, the exact bound, the certificate |
//! | [`sampling`] | bounds that hold with a stated probability, from inputs that a checker's coins choose |
//! | [`checker`] | checks certificates, and shares no code with the modules above: it reads files itself |
//! | [`tasks`] | a module for each task, today [`tasks::max_of_k`] |
//! | [`labs`] | what the programme touches beside: superposition |
//! | [`frontier`] | which proofs are worth their length |
//! | [`plot`] | the frontier drawn by plotters, as a list of drawing commands |
//! | [`embed`] | single files that show a model and its proofs anywhere |
//! | `web` | one crate for each WebAssembly module of the page: convert, call, convert |
//! | [`cli`] | the native program |

#![expect(non_snake_case, reason = "weights and circuits keep the names the field gives them")]

pub mod checker;
#[cfg(feature = "cli")]
pub mod cli;
pub mod cost;
pub mod embed;
pub mod frontier;
pub mod kernels;
pub mod labs;
pub mod linalg;
pub mod models;
pub mod plot;
pub mod proof;
pub mod rounding;
pub mod sampling;
pub mod tasks;
pub mod training;
pub mod weights;
