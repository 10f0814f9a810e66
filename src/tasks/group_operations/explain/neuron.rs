use super::cyclic::{Circle, mean};
use crate::tasks::group_operations::GroupOperation;
use crate::tasks::group_operations::irrep::{Irrep, Method};
use serde::Serialize;

/// One neuron beside what explains it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NeuronFacts {
    /// The neuron.
    pub neuron: usize,
    /// The order in which the elements are shown: the powers of a generator for a cyclic group.
    pub elements: Vec<usize>,
    /// The network's weights.
    pub real: Rows,
    /// A wave for a cyclic group, else its place in a circuit; `None` where nothing explains it.
    pub ideal: Option<Rows>,
}

/// What a neuron reads of each `x` and `y`, and writes to each `z`, the mean of all `z` aside, by
/// element.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rows {
    /// Weights that read `x`.
    pub left: Vec<f64>,
    /// Weights that read `y`.
    pub right: Vec<f64>,
    /// Weights that write to the logit of `z`.
    pub out: Vec<f64>,
}

impl GroupOperation {
    /// One neuron; `None` if there is no such neuron.
    #[must_use]
    pub fn neuron(&self, neuron: usize) -> Option<NeuronFacts> {
        let order = self.group.order();
        if neuron >= self.network.shape().neurons {
            return None;
        }
        let [left, right] = self.reads().map(|side| side.column(neuron).to_vec());
        let mut out: Vec<f64> = self.network.unembed().column(neuron).to_vec();
        out.truncate(order);
        let level = mean(&out);
        out.iter_mut().for_each(|u| *u -= level);
        let mut elements: Vec<usize> = (0..order).collect();
        let ideal = match Circle::of(self) {
            Some(circle) => {
                for (x, &log) in circle.logarithms.iter().enumerate() {
                    elements[log] = x;
                }
                let waves = self.frequencies().map(|all| all.waves).unwrap_or_default();
                waves.into_iter().find(|wave| wave.neuron == neuron).map(|wave| {
                    let read = circle.values(wave.frequency, wave.r, wave.phi);
                    let around = |level: f64| read.iter().map(|x| level + x).collect::<Vec<_>>();
                    Rows {
                        left: around(mean(&left)),
                        right: around(mean(&right)),
                        out: circle.values(wave.frequency, wave.q, wave.psi),
                    }
                })
            }
            None if self.may_have_circuits() => {
                let rows = Irrep::searched(self, Method::Absolute).ideal_rows(neuron);
                rows.map(|[left, right, out]| Rows { left, right, out })
            }
            None => None,
        };
        Some(NeuronFacts { neuron, elements, real: Rows { left, right, out }, ideal })
    }
}
