//! What proofs prove when some inputs weigh more than others.

use super::Network;
use compact_proofs::tasks::max_of_k::{By, CaseCounts, Distribution, Strategy, WeightedBound};
use js_sys::Error;
use std::cell::RefMut;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What is proven under a distribution; `correct` and `total` are weights, exact, decimal. */
export interface WeightedBound {
  correct: string; total: string;
  /** Rounded down, as `percent` is, which has four decimals. */
  bound: number; percent: string;
  /** Whether it is the accuracy itself. */
  exact: boolean;
  /** Whether the proof may prove more, as its cases mix inputs of several weights. */
  mixed: boolean;
  /** The class, in words; empty for all inputs. */
  class: string;
}
/** What a distribution says. */
export interface DistributionFacts {
  /** Which inputs, and how they are weighted: "inputs whose …". */
  about: string;
  /** Whether the worst class counts. */
  worst: boolean;
  /** The part of all weight that each value has: by largest token, by last token, by copies. */
  parts: [number[], number[], number[]];
}
export type By = "largest" | "last" | "copies" | "cell";
"#;

#[wasm_bindgen]
impl Network {
    /// What a distribution says.
    ///
    /// # Errors
    /// If the text is none.
    #[wasm_bindgen(unchecked_return_type = "DistributionFacts")]
    pub fn distribution(&self, over: &str) -> Result<JsValue, Error> {
        to_js(&self.parsed(over)?.facts())
    }

    /// What a proof proves under a distribution. The counts of its cases are kept.
    ///
    /// # Errors
    /// As [`Self::cases`], or if the text is no distribution.
    #[wasm_bindgen(unchecked_return_type = "WeightedBound")]
    pub fn weighted(&self, strategy: &str, over: &str) -> Result<JsValue, Error> {
        let distribution = self.parsed(over)?;
        to_js(&distribution.bound(&*self.counts(strategy)?))
    }

    /// What a proof proves of each class of inputs.
    ///
    /// # Errors
    /// As [`Self::weighted`], or if there are no such classes.
    #[wasm_bindgen(unchecked_return_type = "WeightedBound[]")]
    pub fn classes(
        &self,
        strategy: &str,
        over: &str,
        #[wasm_bindgen(unchecked_param_type = "By")] by: &str,
    ) -> Result<JsValue, Error> {
        let distribution = self.parsed(over)?;
        let found = By::ALL.into_iter().find(|other| other.name() == by);
        let by = found.ok_or_else(|| into_error(format!("`{by}` tells no inputs apart")))?;
        let shares = distribution.shares(&*self.counts(strategy)?, Some(by));
        to_js(&shares.iter().map(WeightedBound::from).collect::<Vec<_>>())
    }
}

impl Network {
    /// Reads a distribution of the inputs of this network.
    pub(super) fn parsed(&self, over: &str) -> Result<Distribution, Error> {
        Distribution::parse(over, self.task.shape()).map_err(into_error)
    }

    /// The counts of a proof's cases, which are found once.
    fn counts(&self, strategy: &str) -> Result<RefMut<'_, CaseCounts>, Error> {
        let strategy: Strategy = strategy.parse().map_err(into_error)?;
        RefMut::filter_map(self.counts.borrow_mut(), |counts| counts.get_mut(&strategy.to_string()))
            .or_else(|counts| {
                let explanation = self.task.explain(strategy).map_err(into_error)?;
                let found = CaseCounts::new(explanation.cases(), self.task.shape().n);
                Ok(RefMut::map(counts, |counts| {
                    counts.entry(strategy.to_string()).or_insert(found)
                }))
            })
    }
}
