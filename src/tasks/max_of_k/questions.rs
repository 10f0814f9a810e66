//! What can be asked about a model beside its proofs.

use super::{MaxOfK, QUICK_SAMPLE, Strategy};
use crate::tasks::task::to_json;
use crate::tasks::{Question, Refusal};
use crate::weights::text::quoted;

impl MaxOfK {
    /// Answers a question, in JSON. Its field `ask` is one of these:
    ///
    /// * `published`: the number of inputs that the authors' formula claims to have proven by a
    ///   `strategy`, decimal; for comparison only, since the formula is not sound;
    /// * `attention`: how well attention scores are approximated by a few directions, an
    ///   [`AttentionFacts`](super::subcubic::AttentionFacts);
    /// * `logits`: what the model makes of an `input`, as someone types it, or, without one, of a few
    ///   that have little in common, a list of [`Example`](super::Example)s;
    /// * `sample`: the accuracy, estimated from random inputs, a
    ///   [`SampledAccuracy`](super::SampledAccuracy).
    ///
    /// # Errors
    /// If it is another question, or has no answer.
    pub(super) fn answer(&self, question: &dyn Question) -> Result<String, Refusal> {
        let ask = question.text("ask").unwrap_or_default();
        Ok(match (&*ask, question.text("input")) {
            ("published", _) => {
                let strategy = question.text("strategy").unwrap_or_default();
                let named: Strategy = strategy.parse().map_err(Refusal::new)?;
                let count = self.published_count(named);
                let count = count.map_err(|error| Refusal::new(error.gist()))?;
                let nothing = || Refusal::new(format!("nothing is published for {strategy}"));
                to_json(&count.ok_or_else(nothing)?.to_string())
            }
            ("attention", _) => {
                let facts = self.search().attention_facts();
                to_json(&facts.map_err(|error| Refusal::new(error.gist()))?)
            }
            ("logits", Some(input)) => {
                to_json(&[self.typed_example(&input).map_err(Refusal::new)?])
            }
            ("logits", None) => to_json(&self.examples()),
            ("sample", _) => to_json(&self.sample_accuracy(QUICK_SAMPLE.0, QUICK_SAMPLE.1)),
            _ => {
                return Err(Refusal::new(format!(
                    "no question is called `{}`: expected published, attention, logits or sample",
                    quoted(&ask)
                )));
            }
        })
    }
}
