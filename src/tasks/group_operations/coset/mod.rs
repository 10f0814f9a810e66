//! Cosets: `coset`, the explanation of arXiv 2312.06581 as a proof.
//!
//! In that explanation a neuron watches one coset `C = H g⁻¹` of a subgroup `H`. What it reads of
//! `x` depends on the coset `H x` alone, what it reads of `y` on the coset `y K` with `K = g H
//! g⁻¹`, and these two tell whether `x y` is in `C`: then the neuron should be silent. Otherwise it
//! speaks against the elements of `C`. What the neurons of all cosets leave is the product.
//!
//! A proof object says which coset each neuron watches; the verifier makes the ideal neurons of
//! that. Their inputs `L̂` and `R̂` are means over cosets. With `U′`, the unembedding less its mean
//! row, the ideal read-out `Û[z, i]` is the mean `μ_i` of `U′[z, i]` over `z` outside of `C`;
//! inside, it is `U′` or `μ_i`, whichever is less. So by `d_i(z) = μ_i − Û[z, i] ≥ 0`, which is 0
//! outside of `C`, the ideal logit of a product `z` exceeds that of another `z′` by at least
//!
//! > `M(z, z′) = Σ_{C ∌ z, C ∋ z′} s_C(z′) − Σ_{C ∋ z} t_C(z)`,
//!
//! where `s_C(z′)` is the least sum `Σ_i ŝ_i d_i(z′)` over the neurons of `C`, of all pairs of
//! cosets whose products are not in `C`, and `t_C(z)` the largest `Σ_i ŝ_i d_i(z)` of those whose
//! products are. The published bound leaves the latter out, which holds if ideal neurons are silent
//! there. For what the network's neurons give, `s`, and the ideal ones, `ŝ`, an input with the
//! product `z` is right if its exact logit of `z`, less the ideal one, is above
//!
//! > `max_{z′} (β[z′] − M(z, z′)) + max ‖U′[z′]‖ ‖s − ŝ‖ + max ‖U′[z′] − Û[z′]‖ ‖ŝ‖`.
//!
//! Only the errors of wrong logits count, where the published bound has to count those of both.

mod cosets;
mod search;
mod verify;

pub use cosets::{Coset, Cosets, CosetsError};

use super::GroupOperation;
use super::group::Group;
use super::margin::least;
use crate::models::two_token::TwoToken;
use crate::proof::{CaseAnalysis, Cost, Evidence, Failure, Margin, Tally, json_bytes};
use cosets::Layout;
use std::sync::OnceLock;
use verify::Verifier;

/// Whether a search finds a neuron that watches a coset.
pub(super) fn are_found(network: &TwoToken, group: &Group) -> bool {
    !search::cosets(network, group).cosets.is_empty()
}

/// FLOPs of a proof, at least: those of one in which no neuron watches a coset.
pub(super) fn least_flops(network: &TwoToken) -> f64 {
    verify::flops(network, &[])
}

/// A proof by cosets. A chunk is a left token.
pub struct ByCosets {
    task: GroupOperation,
    given: Option<Cosets>,
    started: OnceLock<Started>,
}

struct Started {
    cosets: Cosets,
    layouts: Vec<Layout>,
    verifier: Verifier<f64>,
}

impl ByCosets {
    /// A proof by the cosets that the search finds.
    #[must_use]
    pub fn searched(task: &GroupOperation) -> Self {
        Self { task: task.clone(), given: None, started: OnceLock::new() }
    }

    /// A proof by cosets that someone gives, which are not trusted.
    ///
    /// # Errors
    /// If they do not fit the network and its group.
    pub fn given(task: &GroupOperation, cosets: Cosets) -> Result<Self, CosetsError> {
        cosets.layouts(&task.network, &task.group)?;
        Ok(Self { task: task.clone(), given: Some(cosets), started: OnceLock::new() })
    }

    fn started(&self) -> &Started {
        self.started.get_or_init(|| {
            let (network, group) = (&self.task.network, &self.task.group);
            let cosets = self.given.clone().unwrap_or_else(|| search::cosets(network, group));
            let layouts = cosets
                .layouts(network, group)
                .unwrap_or_else(|_| unreachable!("the search and `given` check cosets"));
            let verifier = Verifier::new(network, group, &layouts);
            Started { cosets, layouts, verifier }
        })
    }

    /// What the margins that the proof shows are sums of.
    ///
    /// * `ideal`: by how much the ideal logit of the product exceeds all others, biases included.
    /// * `right`: by how much the right logit is above the ideal one.
    /// * `activations`: `‖U′‖ ‖s − ŝ‖`.
    /// * `read-out`: `‖U′ − Û‖ ‖ŝ‖`.
    pub(super) const PARTS: &[&str] = &["ideal", "right", "activations", "read-out"];

    /// At least the margin of `x` and each `y`, but for [`Self::slack`].
    pub(super) fn margins(&self, x: usize) -> Vec<f64> {
        self.started().verifier.margins(&self.task.group, x)
    }

    /// The same margins as sums of [`Self::PARTS`].
    pub(super) fn parts(&self, x: usize) -> Vec<[f64; 4]> {
        let group = &self.task.group;
        (0..group.order()).map(|y| self.started().verifier.parts(group, x, y)).collect()
    }

    /// The slack of a comparison.
    pub(super) fn slack(&self) -> f64 {
        self.started().verifier.slack()
    }
}

impl CaseAnalysis for ByCosets {
    fn chunks(&self) -> u64 {
        self.task.group.order() as u64
    }

    fn count(&self, chunk: u64) -> Tally {
        let x = usize::try_from(chunk).expect("a token");
        self.started().verifier.count(&self.task.group, x)
    }

    fn margin(&self, chunk: u64) -> Option<Margin> {
        let x = usize::try_from(chunk).expect("a token");
        let margins = self.margins(x).into_iter().zip(0..);
        let margins = margins.map(|(margin, y)| ((x, y), margin));
        Some(least(&self.task, margins, self.slack()))
    }

    fn cost(&self) -> Cost {
        let Started { cosets, layouts, verifier } = self.started();
        let flops = verify::flops(&self.task.network, layouts);
        let proof_bytes = Some(json_bytes(cosets));
        Cost { proof_bytes, ..Cost::new(flops, verifier.slack()) }
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        Ok(Evidence::object(&self.started().cosets))
    }
}
