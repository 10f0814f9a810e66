//! Bounds that hold with high probability: the network runs on inputs that a checker's coins
//! choose.
//!
//! A bound of this kind is [`Certainty::Pac`](crate::proof::Certainty): it exceeds the truth with a
//! probability of at most `δ`, over coins that are independent of the network. A proof may come
//! first; then only inputs that it leaves are drawn, and with the part `W` that it proves and the
//! bound `L` on the others, the accuracy is at least `W + (1 − W) L`.
//!
//! | module | what it holds |
//! |---|---|
//! | `coins` | a cipher's stream, keyed by all that was chosen; whole numbers, each equally likely |
//! | `above` | upper bounds on numbers far below the range of float64 |
//! | `binomial`, `concentration` | what a sample refutes |
//! | `method` | how inputs are drawn, and the bound that follows, rounded down |
//! | `population` | what is drawn from, which tasks implement |
//! | `plan` | what someone wants to be drawn |
//! | `drawing` | a plan that is carried out |
//! | `products` | what samples tell of a product of matrices, at thousands of tokens |
//! | `estimate` | predictions that nothing guarantees, for comparison |
//! | `certificate` | what came out, as a file that is checked by doing it again |

mod above;
mod binomial;
mod certificate;
mod coins;
mod concentration;
mod drawing;
mod estimate;
mod method;
mod plan;
mod population;
pub mod products;

pub(crate) use certificate::certificate_version;
pub use certificate::{Differs, Fourth, SampledCertificate};
pub use coins::{Coins, Key};
pub use drawing::{Count, Drawing, Live, Sampled};
pub use estimate::{Estimate, MeanField};
pub use method::{Method, MethodFacts, UnknownMethod};
pub use plan::{Plan, PlanError, Planned, Risk, StartingProof, Subject};
pub use population::Population;
