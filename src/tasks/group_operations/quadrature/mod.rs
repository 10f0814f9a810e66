//! How well a network integrates numerically: `quadrature-boxes`, `quadrature-spectral` and
//! `quadrature-kinks`, for modular addition and every cyclic group.
//!
//! Let `p` be the group's order, `log` its logarithms to a generator (for modular addition `log a =
//! a`), and `ω = 2πk/p` for a frequency `k`. At that frequency a neuron `i` has the components
//!
//! > `c_i = Σ_a (L[a, i] + R[a, i]) e^{−iω log a} = |c_i| e^{iφ_i}`,
//! > `d_i = Σ_z U[z, i] e^{−iω log z} = |d_i| e^{iψ_i}`.
//!
//! With `w_i = 2π |c_i| |d_i| / W` and `W = Σ |c_i| |d_i|`, what the neurons of the frequency add
//! up to is, for `u = ω (log x + log y) / 2` and `v = ω log z` and but for factors,
//!
//! > `F(u, v) = Σ_i w_i ReLU(cos(u + φ_i)) cos(v + ψ_i)`.
//!
//! If `ψ_i ≈ 2φ_i`, and if the `φ_i` divide the circle into arcs of lengths `w_i`, that is nearly
//! the integral `∫ ReLU(cos(u + φ)) cos(v + 2φ) dφ = (2/3) cos(v − 2u)`, which is largest for `z =
//! x · y`. The theorem: *for all real `u` and `v`*,
//!
//! > `|F(u, v) − (2/3) cos(v − 2u)| ≤ ε`.
//!
//! As `ReLU(t) = |t|/2 + t/2`, `ε` is half of the error of `Σ w_i |cos(u + φ_i)| cos(v + ψ_i)`
//! against `(4/3) cos(v − 2u)`, and half of what `Σ w_i cos(u + φ_i) cos(v + ψ_i)` is off from 0,
//! of which the largest value is `(|Σ w_i e^{i(φ_i + ψ_i)}| + |Σ w_i e^{i(φ_i − ψ_i)}|) / 2`. The
//! first is what the literature reports. Its mean over all `u` and `v` would be [`BASELINE`] if the
//! neurons gave nothing: a bound above says nothing.
//!
//! * [`Rule::Boxes`] is the published bound. Neuron `i` stands for an arc of length `w_i/2` of a
//!   circle of length `π`, on which the integrand changes at a rate of at most 2.
//! * [`Rule::Spectral`] is ours: the Fourier series of `|cos|`, term by term up to `2J`, each with the
//!   sum that the neurons give for it. What follows the last term adds at most `4 / (2J + 1)`.
//! * [`Rule::Kinks`] is ours. As a function of `v`, the error is `Re(e^{iv} X(u))`, so its largest
//!   value is `|X(u)|`. Between two kinks, where some `cos(u + φ_i)` is zero, `X″ = −X − 4 e^{−2iu}`
//!   (up to a shift of `u`), so on a gap of length `h` it is within `(4 + |X|) h²/8` of the line between the
//!   ends. Going through the kinks in order, all `X` there are found by a few operations each: the
//!   bound is nearly exact, and linear in the weights as the others are.
//!
//! The verifier computes all `c_i` and `d_i` from the network. A proof object only says which
//! neurons belong to a frequency and, for two rules, in which order: any makes a sound proof.

mod circle;
mod components;
mod phases;
mod sample;
mod search;
mod verify;

pub use phases::{Details, Frequency, Phases, PhasesError};

use super::group::Group;
use super::{GroupOperation, Refused};
use crate::proof::json_bytes;
use crate::rounding::usable;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The mean error of the half of absolute values if the neurons gave nothing: `(4/3) (2/π)`.
pub const BASELINE: f64 = 8.0 / 3.0 * std::f64::consts::FRAC_1_PI;

/// How a proof bounds the error of the integral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Box by box.
    Boxes,
    /// Frequency by frequency of the integrand.
    Spectral,
    /// Kink by kink.
    Kinks,
}

/// A name that no rule has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected quadrature-boxes, quadrature-spectral or quadrature-kinks")]
pub struct UnknownRule;

impl Rule {
    /// All rules.
    pub const ALL: [Self; 3] = [Self::Boxes, Self::Spectral, Self::Kinks];

    /// How the rule proves, as one sentence.
    #[must_use]
    pub fn idea(self) -> &'static str {
        match self {
            Self::Boxes => {
                "Bounds how much the integrand changes within the box that each neuron stands for."
            }
            Self::Spectral => {
                "Adds up the error that the neurons make of each frequency of the integrand."
            }
            Self::Kinks => {
                "Finds the error at every kink of a neuron, and bounds how much it bends between two."
            }
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boxes => "quadrature-boxes",
            Self::Spectral => "quadrature-spectral",
            Self::Kinks => "quadrature-kinks",
        })
    }
}

impl FromStr for Rule {
    type Err = UnknownRule;
    fn from_str(name: &str) -> Result<Self, UnknownRule> {
        Self::ALL.into_iter().find(|rule| rule.to_string() == name).ok_or(UnknownRule)
    }
}

/// A cyclic group: logarithms to its first generator.
pub(super) struct Cyclic {
    logarithms: Vec<usize>,
}

impl Cyclic {
    /// `None` if no element generates the group.
    pub(super) fn of(group: &Group) -> Option<Self> {
        let order = group.order();
        (0..order).find_map(|generator| {
            let mut logarithms = vec![usize::MAX; order];
            let mut power = group.identity();
            for exponent in 0..order {
                if logarithms[power] != usize::MAX {
                    return None;
                }
                logarithms[power] = exponent;
                power = group.product(power, generator);
            }
            Some(Self { logarithms })
        })
    }

    fn order(&self) -> usize {
        self.logarithms.len()
    }

    /// The number of generators whose product `a` is.
    fn logarithm(&self, a: usize) -> usize {
        self.logarithms[a]
    }
}

/// Bounds on a largest error; infinite where nothing is proven, which is null in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ErrorBounds {
    /// The error is at least this for some `u` and `v`.
    pub at_least: f64,
    /// The error is at most this for all `u` and `v`.
    pub at_most: f64,
}

/// What a proof says of one frequency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Integral {
    /// `k`.
    pub frequency: usize,
    /// How many neurons compute it.
    pub neurons: usize,
    /// Its part of the sum of `W` over all frequencies of the proof.
    pub share: f64,
    /// The error of the half of absolute values against `(4/3) cos(v − 2u)`, to compare with
    /// [`BASELINE`].
    pub absolute: ErrorBounds,
    /// `ε`: the error of `F` against `(2/3) cos(v − 2u)`.
    pub relu: ErrorBounds,
    /// The mean error of the half of absolute values over many `u` and all `v`. Measured, not
    /// proven.
    pub mean: f64,
}

/// What a proof says of all frequencies of a network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Integrals {
    /// The rule's name.
    pub strategy: String,
    /// The proof's length: FLOPs of proving all `at_most`.
    pub flops: f64,
    /// Size of the proof object in bytes.
    pub proof_bytes: usize,
    /// The frequencies, in the order of the proof object.
    pub frequencies: Vec<Integral>,
}

/// A proof about the integrals that a network computes.
pub struct Quadrature {
    task: GroupOperation,
    cyclic: Cyclic,
    phases: Phases,
    rule: Rule,
}

/// Why phases that someone gives are no proof.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum QuadratureError {
    /// The network is not one that integrals describe.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// They do not fit the network.
    #[error(transparent)]
    Phases(#[from] PhasesError),
}

impl Quadrature {
    /// A proof by the phases that the search finds.
    ///
    /// # Errors
    /// If the group is not cyclic, or the network has softmax attention.
    pub fn searched(task: &GroupOperation, rule: Rule) -> Result<Self, Refused> {
        let cyclic = cyclic(task)?;
        let phases = search::phases(&task.network, &cyclic, rule);
        Ok(Self { task: task.clone(), cyclic, phases, rule })
    }

    /// A proof by phases that someone gives, which are not trusted.
    ///
    /// # Errors
    /// If they do not fit the network, the group is not cyclic, or the network has softmax
    /// attention.
    pub fn given(
        task: &GroupOperation,
        rule: Rule,
        phases: Phases,
    ) -> Result<Self, QuadratureError> {
        let cyclic = cyclic(task)?;
        phases.fit(&task.network, &cyclic, rule)?;
        Ok(Self { task: task.clone(), cyclic, phases, rule })
    }

    /// The proof object.
    #[must_use]
    pub fn phases(&self) -> &Phases {
        &self.phases
    }

    /// Verifies the proof.
    #[must_use]
    pub fn verify(&self) -> Integrals {
        let p = self.cyclic.order();
        let points = circle::points::<f64>(p);
        let all = self.phases.frequencies.iter();
        let bounds: Vec<_> = all
            .clone()
            .map(|frequency| verify::bounds(&self.task.network, &self.cyclic, &points, frequency))
            .collect();
        let weight: f64 = bounds.iter().map(|bounds| bounds.weight).sum();
        let of_points = p * (2 + circle::FLOPS);
        let flops = all.clone().map(|frequency| verify::flops(p, frequency) + 2).sum::<usize>();
        let frequencies = all
            .zip(&bounds)
            .map(|(Frequency { frequency, neurons, .. }, bounds)| {
                let sample = sample::Sample::of(&bounds.components.neurons);
                let least = |found: f64| (found - bounds.slack).next_down().max(0.0);
                let relu = 0.5 * (bounds.absolute + bounds.identity);
                Integral {
                    frequency: *frequency,
                    neurons: neurons.len(),
                    share: bounds.weight / weight,
                    absolute: ErrorBounds {
                        at_least: least(sample.absolute),
                        at_most: usable(bounds.absolute.next_up()),
                    },
                    relu: ErrorBounds {
                        at_least: least(sample.relu),
                        at_most: usable(relu.next_up()),
                    },
                    mean: sample.mean,
                }
            })
            .collect();
        Integrals {
            strategy: self.rule.to_string(),
            flops: (of_points + flops) as f64,
            proof_bytes: json_bytes(&self.phases),
            frequencies,
        }
    }
}

impl GroupOperation {
    /// What each rule proves of the network's integrals; `None` of a network that integrals do not
    /// describe.
    #[must_use]
    pub fn integrals(&self) -> Option<Vec<Integrals>> {
        let proven = |rule| Some(Quadrature::searched(self, rule).ok()?.verify());
        Rule::ALL.into_iter().map(proven).collect()
    }
}

/// The group as a cyclic one, if integrals can describe the network.
fn cyclic(task: &GroupOperation) -> Result<Cyclic, Refused> {
    match Cyclic::of(&task.group) {
        Some(cyclic) if cyclic.order() > 2 && !task.network.has_softmax() => Ok(cyclic),
        _ => Err(Refused::NotCyclic),
    }
}

#[cfg(test)]
mod tests;
