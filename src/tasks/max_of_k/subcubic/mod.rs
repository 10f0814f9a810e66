//! The 100 sub-cubic strategies: five summaries of the direct path, two of attention, ten bounds on
//! the error of low-rank attention scores (arXiv 2406.11779, section 4.3 and appendix); and those
//! that people build of the same parts, with attention scores of a rank from 1 to 8.
//!
//! A search finds a [`Proof`] object by any means; [`verify`] trusts nothing in it. The length of
//! the proof is what `verify` costs.

mod analysis;
mod attention_facts;
mod built;
mod case;
mod common;
mod coverage;
mod direct;
mod directions;
mod embeddings;
mod explain;
mod family;
mod gaps;
mod proof;
mod published;
mod scores;
mod search;
mod strategy;
mod tables;
mod verify;
mod what_if;

pub(super) use analysis::given;
pub use attention_facts::{AttentionFacts, ErrorBound};
pub use built::{Built, Directions, GapChoice};
pub(super) use coverage::CaseCoverage;
pub(super) use directions::rest;
pub(super) use embeddings::attention_factors;
pub use gaps::Gaps;
pub use proof::{FourFactors, LowRank, MAX_CENTRE, MAX_DIRECTION, Proof, ProofError};
pub use search::Search;
pub use strategy::{Attention, AttentionError, DirectPath, Subcubic};
pub use verify::{
    flops, residual_flops, verify, verify_ignoring_rounding, verify_with_residual,
    verify_with_slack,
};
