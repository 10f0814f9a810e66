//! What can be asked about a network beside its proofs.

use super::irrep::Method;
use super::{GroupOperation, Strategy};
use crate::tasks::task::to_json;
use crate::tasks::{Covering, Question, Refusal};
use crate::weights::plain_json;
use crate::weights::text::quoted;
use serde::Deserialize;

/// A question about a network, in JSON `{"ask": "logits", "x": 3, "y": 1}`.
#[derive(Deserialize)]
struct Asked {
    /// What is asked for.
    ///
    /// * `logits`: what the network makes of an input, a [`Look`](super::explain::Look).
    /// * `margins`: how right all inputs are, and which of them a proof proves, if there is one.
    /// * `coverage`: which inputs a proof counts, for whoever samples the others.
    /// * `split`: where a proof loses margins; null for one that loses nothing.
    /// * `frequencies`: the neurons as waves; null if the group is not cyclic.
    /// * `integrals`: how well each frequency integrates, as each rule of
    ///   [`quadrature`](super::quadrature) proves it; null if integrals do not describe the network.
    /// * `power`: which representations of the group neurons use.
    /// * `circuits`: the circuits of a proof by ideal neurons; null where circuits do not describe
    ///   the network.
    /// * `neuron`: one neuron beside what explains it.
    /// * `weights`: the network's matrices.
    ask: String,
    /// The left token.
    #[serde(default)]
    x: usize,
    /// The right token.
    #[serde(default)]
    y: usize,
    /// The strategy of a proof; empty for none.
    #[serde(default)]
    strategy: String,
    /// The number of a neuron.
    #[serde(default)]
    neuron: usize,
    /// Whether circuits are those of absolute values, of `irrep-abs`, rather than those of `irrep`.
    #[serde(default)]
    absolute: bool,
}

impl GroupOperation {
    /// Answers a question, in JSON; its fields are those of [`Asked`].
    ///
    /// # Errors
    /// If it is another question, or has no answer.
    pub(super) fn answer(&self, question: &dyn Question) -> Result<String, Refusal> {
        let Asked { ask, x, y, strategy, neuron, absolute } =
            plain_json::from_slice(question.json().as_bytes()).map_err(|_| {
                Refusal::new("not a question: expected an object with the text `ask`")
            })?;
        Ok(match &*ask {
            "logits" => {
                let most = self.group.order() - 1;
                let expected = format!("expected two tokens from 0 to {most}, found {x} and {y}");
                to_json(&self.look(x, y).ok_or_else(|| Refusal::new(expected))?)
            }
            "margins" if strategy.is_empty() => to_json(&self.margin_map(None)),
            "margins" => to_json(&self.margin_map(Some(self.runnable(&strategy)?))),
            "coverage" => self.covered_inputs(&strategy)?,
            "split" => to_json(&self.split(self.runnable(&strategy)?)),
            "frequencies" => to_json(&self.frequencies()),
            "integrals" => to_json(&self.integrals()),
            "power" => to_json(&self.power()),
            "circuits" => {
                to_json(&self.circuits(if absolute { Method::Absolute } else { Method::Pairs }))
            }
            "neuron" => {
                let most = self.network.shape().neurons - 1;
                let expected = format!("expected a neuron from 0 to {most}, found {neuron}");
                to_json(&self.neuron(neuron).ok_or_else(|| Refusal::new(expected))?)
            }
            "weights" => to_json(&self.weights()),
            _ => {
                return Err(Refusal::new(format!(
                    "no question is called `{}`: expected logits, margins, coverage, split, \
                     frequencies, integrals, power, circuits, neuron or weights",
                    quoted(&ask)
                )));
            }
        })
    }

    /// The strategy of that name, if it can be run.
    fn runnable(&self, name: &str) -> Result<Strategy, Refusal> {
        let strategy: Strategy = name.parse().map_err(Refusal::new)?;
        strategy.feasible(self).map_err(Refusal::new)?;
        Ok(strategy)
    }
}
