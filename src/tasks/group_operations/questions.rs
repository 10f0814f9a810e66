//! What can be asked about a network beside its proofs.

use super::GroupOperation;
use crate::tasks::Refusal;
use crate::tasks::task::to_json;
use crate::weights::text::quoted;
use serde::{Deserialize, Serialize};

/// A question about a network, in JSON `{"ask": "logits", "x": 3, "y": 1}`.
#[derive(Deserialize)]
struct Question {
    /// What is asked for: `logits`, what the network makes of an input, a [`Look`].
    ask: String,
    /// The left token.
    #[serde(default)]
    x: usize,
    /// The right token.
    #[serde(default)]
    y: usize,
}

/// An input and what the network makes of it, in float64. No proof depends on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Look {
    /// The two tokens.
    pub tokens: [usize; 2],
    /// The logits, `[z]`.
    pub logits: Vec<f64>,
    /// The output with the largest logit; the first one of a tie.
    pub answer: usize,
    /// The product of the two tokens.
    pub product: usize,
    /// Whether the logit of the product exceeds all others.
    pub right: bool,
}

impl GroupOperation {
    /// Runs the network on one input; `None` if a token is no element of the group.
    #[must_use]
    pub fn look(&self, x: usize, y: usize) -> Option<Look> {
        let order = self.group.order();
        if x >= order || y >= order {
            return None;
        }
        let (logits, product) = (self.network.logits(x, y), self.group.product(x, y));
        let better = |best: usize, z: usize| if logits[z] > logits[best] { z } else { best };
        let answer = (1..logits.len()).fold(0, better);
        let is_beaten = |(z, &logit): (usize, &f64)| z == product || logit < logits[product];
        let right = logits.iter().enumerate().all(is_beaten);
        Some(Look { tokens: [x, y], logits, answer, product, right })
    }

    /// Answers a [`Question`], both as JSON.
    ///
    /// # Errors
    /// If it is another question, or has no answer.
    pub(super) fn answer(&self, question: &str) -> Result<String, Refusal> {
        let Question { ask, x, y } = serde_json::from_str(question)
            .map_err(|_| Refusal::new("not a question: expected an object with the text `ask`"))?;
        if ask != "logits" {
            return Err(Refusal::new(format!(
                "no question is called `{}`: expected logits",
                quoted(&ask)
            )));
        }
        let most = self.group.order() - 1;
        let expected = format!("expected two tokens from 0 to {most}, found {x} and {y}");
        Ok(to_json(&self.look(x, y).ok_or_else(|| Refusal::new(expected))?))
    }
}
