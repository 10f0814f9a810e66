//! Circuits of group representations: `irrep`, `irrep-linear` and `irrep-abs`.
//!
//! An ideal circuit has a neuron at each of its places, which are pairs of elements `g, g′` of the
//! group. For functions `α`, `γ` and `υ` on the group, the neuron's input is
//! `α(g⁻¹ x) + γ(y g′)`, and it is read out by `υ(g⁻¹ z g′)`:
//!
//! > `f̂(z | x, y) = Σ_{g, g′} υ(g⁻¹ z g′) ReLU(α(g⁻¹ x) + γ(y g′)) = φ(x⁻¹ z y⁻¹)`,
//!
//! as substituting `x g` for `g` and `y⁻¹ g′` for `g′` shows. So the logit of `x · y` is `φ(e)` and
//! every other logit is another value of `φ`, whatever the input is: one pass at `e, e` proves it
//! for all inputs. In the literature `α(x) = bᵀ ρ(x) a`, `γ(y) = aᵀ ρ(y) c` and `υ(z) = w bᵀ ρ(z)
//! c` for an irrep `ρ`, and places are pairs of vectors of two orbits. The identity holds for *any*
//! functions, so the verifier needs no representation, and no tolerance: the search may find the
//! functions in any way.
//!
//! Where `α` does not change under a subgroup `H`, `γ` under `H′`, and `υ` under both, places are
//! pairs of cosets `g H, g′ H′`. A neuron of the network has a place and a scale `κ > 0`: its input
//! should be `κ` times that of its place. Let `s` be what the network's neurons give, `ŝ` what they
//! should, `U′` the unembedding less its mean row, and `Δ` the network's total read-out of each
//! place less that of the ideal one. The mean `E` of `Δ` over all places adds `E Σ ŝ` to the
//! logits, which does not depend on the input, by the same substitution; nor does `Q = Σ ŝ²` over
//! the places. By the inequality of Cauchy and Schwarz, the logit of a wrong `z` is at most
//!
//! > `φ(x⁻¹ z y⁻¹) + E[z] Σ ŝ + β[z] + ‖U′[z]‖ ‖s − ŝ‖ + ‖Δ[z] − E[z]‖ √Q`.
//!
//! Places without neurons, neurons without places, and weights that are not uniform make the bound
//! weak and never wrong.
//!
//! * `irrep` compares that with the exact right logit, input by input: `O(n² m)`.
//! * `irrep-linear` bounds `‖s − ŝ‖` by `max_x ‖L[x] − L̂[x]‖ + max_y ‖R[y] − R̂[y]‖`, and proves all
//!   inputs or none: linear in the weights.
//! * `irrep-abs` is ours. As `ReLU(t) = t/2 + |t|/2`, the half without a kink is computed exactly,
//!   and only `|t|` is idealised: a neuron may then have a negative scale, and places with opposite
//!   inputs are one.

mod circuits;
mod explain;
mod faults;
mod ideal;
mod search;
mod verify;

pub use circuits::{Circuit, Circuits, CircuitsError, Place};
pub(super) use circuits::{double_cosets, is_subgroup};
pub use faults::{Diagnosis, Fault};
pub(super) use search::DEAD;

use super::GroupOperation;
use super::group::Group;
use super::margin::least;
use crate::models::two_token::TwoToken;
use crate::proof::{CaseAnalysis, Cost, Evidence, Failure, Margin, Tally, json_bytes};
use circuits::Layout;
use ideal::Activation;
use std::sync::OnceLock;
use verify::Verifier;

/// How circuits prove that inputs are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// What the neurons give, input by input.
    Pairs,
    /// The neurons' weights, for all inputs at once.
    Linear,
    /// The linear half of the neurons exactly, the other half input by input.
    Absolute,
}

impl Method {
    fn activation(self) -> Activation {
        match self {
            Self::Pairs | Self::Linear => Activation::Relu,
            Self::Absolute => Activation::Absolute,
        }
    }
}

/// Whether a search finds any circuit in a network.
pub(super) fn are_found(network: &TwoToken, group: &Group) -> bool {
    !search::circuits(network, group, Activation::Absolute).circuits.is_empty()
}

/// FLOPs of a proof, at least: those of a proof without circuits.
pub(super) fn least_flops(network: &TwoToken, method: Method) -> f64 {
    verify::flops(network, &Circuits::none(), &[], method)
}

/// What keeps a network from the ideal circuits that a method's search finds in it.
#[must_use]
pub fn diagnosis(task: &GroupOperation, method: Method) -> Diagnosis {
    faults::diagnosis(task, method.activation())
}

/// A proof by ideal circuits. A chunk is a left token; of a linear proof, all of them.
pub struct Irrep {
    task: GroupOperation,
    method: Method,
    given: Option<Circuits>,
    started: OnceLock<Started>,
}

struct Started {
    circuits: Circuits,
    layouts: Vec<Layout>,
    verifier: Verifier<f64>,
}

impl Irrep {
    /// A proof by the circuits that the search finds.
    #[must_use]
    pub fn searched(task: &GroupOperation, method: Method) -> Self {
        Self { task: task.clone(), method, given: None, started: OnceLock::new() }
    }

    /// A proof by circuits that someone gives, which are not trusted.
    ///
    /// # Errors
    /// If they do not fit the network and its group.
    pub fn given(
        task: &GroupOperation,
        method: Method,
        circuits: Circuits,
    ) -> Result<Self, CircuitsError> {
        circuits.layouts(&task.network, &task.group)?;
        verify::check_scales(method, &circuits)?;
        Ok(Self { task: task.clone(), method, given: Some(circuits), started: OnceLock::new() })
    }

    fn started(&self) -> &Started {
        self.started.get_or_init(|| {
            let (network, group) = (&self.task.network, &self.task.group);
            let circuits = self
                .given
                .clone()
                .unwrap_or_else(|| search::circuits(network, group, self.method.activation()));
            let layouts = circuits
                .layouts(network, group)
                .unwrap_or_else(|_| unreachable!("the search and `given` check circuits"));
            let verifier = Verifier::new(network, group, &circuits, &layouts, self.method);
            Started { circuits, layouts, verifier }
        })
    }
}

impl Method {
    /// What the margins that a proof shows are sums of.
    ///
    /// * `ideal`: how far apart the ideal logits are.
    /// * `right`: by how much the right logit is above the ideal one, the mean bias aside.
    /// * `bias`: what a wrong logit may gain by the bias and by read-outs that are off everywhere.
    /// * `activations`: `‖U′‖ ‖s − ŝ‖`.
    /// * `read-out`: `‖Δ − E‖ √Q`.
    #[must_use]
    pub(super) fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Pairs => &["ideal", "right", "bias", "activations", "read-out"],
            Self::Linear | Self::Absolute => &["ideal", "bias", "activations", "read-out"],
        }
    }
}

impl Irrep {
    /// At least the margin of `x` and each `y`, or one number for all inputs, but for
    /// [`Self::slack`].
    pub(super) fn margins(&self, x: usize) -> Vec<f64> {
        self.started().verifier.margins(&self.task.group, x)
    }

    /// The margin of `x` and each `y` as a sum of [parts](Method::parts).
    pub(super) fn parts(&self, x: usize) -> Vec<Vec<f64>> {
        let order = self.task.group.order();
        (0..order).map(|y| self.started().verifier.parts(&self.task.group, x, y)).collect()
    }

    /// The slack of a comparison.
    pub(super) fn slack(&self) -> f64 {
        self.started().verifier.slack()
    }
}

impl CaseAnalysis for Irrep {
    fn chunks(&self) -> u64 {
        match self.method {
            Method::Linear => 1,
            Method::Pairs | Method::Absolute => self.task.group.order() as u64,
        }
    }

    fn count(&self, chunk: u64) -> Tally {
        let x = usize::try_from(chunk).expect("a token");
        self.started().verifier.count(&self.task.group, x)
    }

    fn margin(&self, chunk: u64) -> Option<Margin> {
        let (verifier, group) = (&self.started().verifier, &self.task.group);
        let x = usize::try_from(chunk).expect("a token");
        let margins = verifier.margins(group, x).into_iter().zip(0..);
        let margins = margins.map(|(margin, y)| ((x, y), margin));
        Some(least(&self.task, margins, verifier.slack()))
    }

    fn cost(&self) -> Cost {
        let Started { circuits, layouts, verifier } = self.started();
        let flops = verify::flops(&self.task.network, circuits, layouts, self.method);
        let proof_bytes = Some(json_bytes(circuits));
        Cost { proof_bytes, ..Cost::new(flops, verifier.slack()) }
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        Ok(Evidence::object(&self.started().circuits))
    }
}
