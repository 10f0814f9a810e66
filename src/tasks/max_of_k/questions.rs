//! What can be asked about a model beside its proofs.

use super::{MaxOfK, QUICK_SAMPLE, Strategy};
use crate::proof::quoted_json;
use crate::tasks::Refusal;
use crate::tasks::task::to_json;
use serde::Deserialize;

/// A question about a model, by its name in JSON: `{"ask": "logits", "input": "3,1,2"}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Question {
    /// The number of inputs that the authors' formula claims to have proven, decimal: for
    /// comparison only, since the formula is not sound.
    Published {
        /// The strategy's identifier.
        strategy: String,
    },
    /// How well attention scores are approximated by a few directions, an
    /// [`AttentionFacts`](super::subcubic::AttentionFacts).
    Attention,
    /// What the model makes of an input or, without one, of a few that have little in common: a
    /// list of [`Example`](super::Example)s.
    Logits {
        /// The input as someone types it.
        input: Option<String>,
    },
    /// The accuracy, estimated from random inputs: a [`SampledAccuracy`](super::SampledAccuracy).
    Sample,
}

impl MaxOfK {
    /// Answers a question, both as JSON.
    ///
    /// # Errors
    /// If it is no [`Question`], or has no answer.
    pub(super) fn answer(&self, question: &str) -> Result<String, Refusal> {
        let question: Question = serde_json::from_str(question).map_err(|error| {
            Refusal::new(format!("not a question about a model: {}", quoted_json(&error)))
        })?;
        Ok(match question {
            Question::Published { strategy } => {
                let named: Strategy = strategy.parse().map_err(Refusal::new)?;
                let count = self.published_count(named);
                let count = count.map_err(|error| Refusal::new(error.gist()))?;
                let nothing = || Refusal::new(format!("nothing is published for {strategy}"));
                to_json(&count.ok_or_else(nothing)?.to_string())
            }
            Question::Attention => {
                let facts = self.search().attention_facts();
                to_json(&facts.map_err(|error| Refusal::new(error.gist()))?)
            }
            Question::Logits { input: Some(input) } => {
                to_json(&[self.typed_example(&input).map_err(Refusal::new)?])
            }
            Question::Logits { input: None } => to_json(&self.examples()),
            Question::Sample => to_json(&self.sample_accuracy(QUICK_SAMPLE.0, QUICK_SAMPLE.1)),
        })
    }
}
