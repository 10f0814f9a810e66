//! Proofs from additivity: the sign of a logit difference is a sum over positions.
//!
//! Fix the query `q`, the largest token `m` (a *cell*), and a wrong output `o`. The softmax
//! denominator is positive, so a sequence of the cell prefers `m` to `o` if and only if
//!
//! > `F_o = Σ_p x_o(p, t_p) < 0`, with `x_o(p, t) = e^{(EQKE[q, t] + EQKP[q, p]) / scale} ·
//! > (EUPU[q, o] − EUPU[q, m] + EVOU[t, o] − EVOU[t, m] + PVOU[p, o] − PVOU[p, m])`.
//!
//! The term of the last position is a constant of the cell, every other one depends on one token.
//! So the largest value of `F_o` over a cell is found position by position, and where it is
//! negative `(q, m, o)` is *decided*: no sequence of the cell prefers `o`. A cell all of whose
//! outputs are decided is right as a whole. Of what is left undecided, sequences with `F_o ≥ 0` are
//! counted: at most, by exponential tilting; at most and at least, on a grid; or exactly, one by
//! one.
//!
//! | file | what it does |
//! |---|---|
//! | `precomputed` | the differences and weights that the other files read |
//! | `boxes` | decides outputs for many queries and tokens at once, coarse to fine |
//! | `terms` | `x_o(p, t)` of one undecided `(q, m, o)`, as deficits |
//! | `split`, `tilt`, `grid`, `enumerate` | what can be proven of an undecided cell |
//! | `proof` | the proof object: what to do with each cell |
//! | `verify` | runs a proof object, trusting nothing in it |
//! | `verified` | what it proves, by the way in which cells are settled |
//! | `verifier` | what search and verification share: precomputed numbers, sizes of blocks |
//! | `walk` | visits the cells that boxes leave undecided, a few at a time |
//! | `climber` | finds a good tilt for a cell |
//! | `best` | chooses for a target: FLOPs, or a bound |
//! | `prover` | searches for a proof object |
//! | `block` | verifies a block of cells, chunk by chunk |
//! | `analysis` | a proof under way: searched for, or a stranger's |
//! | `explain` | what a proof does with each cell, in words |
//! | `numbers` | what it proves of each number of tokens that are not the largest |
//! | `coverage` | which inputs a proof counts |
//! | `strategy`, `family` | the strategies, and what the task asks of them |

mod analysis;
mod best;
mod block;
mod boxes;
mod climber;
mod coverage;
mod enumerate;
mod explain;
mod family;
mod grid;
mod numbers;
mod precomputed;
mod proof;
mod prover;
mod split;
mod strategy;
mod terms;
mod tilt;
mod verified;
mod verifier;
mod verify;
mod walk;

pub(super) use coverage::PlanCoverage;
pub use proof::{Boxes, Column, Count, Dominant, Method, Plan, PlanError, Stretch, Tokens};
pub use prover::{Planning, Prover, least_flops};
pub use strategy::Additive;
pub use verified::{Settled, Verified};
pub use verify::{Verification, verify};
