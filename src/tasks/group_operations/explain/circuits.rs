use super::irreps::IrrepFacts;
use crate::tasks::group_operations::GroupOperation;
use crate::tasks::group_operations::irrep::{Fault, Irrep, Method};
use serde::Serialize;

/// The circuits that a search finds in a network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CircuitsFacts {
    /// The group's representations, which are numbered in the other fields.
    pub irreps: Vec<IrrepFacts>,
    /// The circuits.
    pub circuits: Vec<CircuitFacts>,
    /// What keeps the network from being ideal circuits, most telling first.
    pub faults: Vec<Fault>,
    /// Neurons that have no place in any circuit.
    pub unexplained: Vec<Unexplained>,
}

/// One circuit: neurons with inputs `bᵀ ρ(x) a + aᵀ ρ(y) c`, for all pairs of `b` and `c` of two
/// orbits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CircuitFacts {
    /// The representation `ρ`.
    pub irrep: usize,
    /// Its part in the square of what the ideal neurons read of `x`.
    pub share: f64,
    /// How many elements leave `b` alone, and `c`.
    pub stabilizers: [usize; 2],
    /// The orbits `B` and `C`.
    pub orbits: [Orbit; 2],
    /// Its neurons.
    pub neurons: Vec<usize>,
    /// What all neurons of a pair write, as a part of the ideal: 1 in a circuit that is complete
    /// and uniform, `[b][c]`.
    pub weights: Vec<f64>,
    /// How many neurons a pair has.
    pub counts: Vec<usize>,
}

/// An orbit, in the dimensions in which it is largest; each of its points has length 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Orbit {
    /// The dimensions that it takes.
    pub dimensions: usize,
    /// The part of it that the dimensions below show, of the squares of lengths.
    pub shown: f64,
    /// Its points, in up to three dimensions.
    pub points: Vec<Vec<f64>>,
    /// Where the network's neurons are.
    pub neurons: Vec<NeuronPoint>,
}

/// A neuron beside an orbit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NeuronPoint {
    /// The neuron.
    pub neuron: usize,
    /// Where it is.
    pub point: Vec<f64>,
}

/// A neuron without a place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Unexplained {
    /// The neuron.
    pub neuron: usize,
    /// The representation that it uses most.
    pub irrep: usize,
    /// Its share of what all neurons write.
    pub weight: f64,
    /// How alike its vector `a` and that of a circuit of its representation are, at best.
    pub agreement: Option<f64>,
}

impl GroupOperation {
    /// The circuits that a proof by ideal neurons is about; `None` for a network that circuits do
    /// not describe.
    #[must_use]
    pub fn circuits(&self, method: Method) -> Option<CircuitsFacts> {
        self.may_have_circuits().then(|| Irrep::searched(self, method).circuits())
    }
}
