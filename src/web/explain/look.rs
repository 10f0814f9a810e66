//! Inputs under a magnifying glass, and the network's matrices.

use super::{Network, set};
use compact_proofs::models::transformer::Ablation;
use compact_proofs::tasks::max_of_k::{MatrixFacts, MaxOfK, QUICK_SAMPLE, Sought};
use js_sys::{Array, Error, Float64Array, Object, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, to_js};

#[wasm_bindgen]
impl Network {
    /// What the network makes of an input as someone types it.
    ///
    /// # Errors
    /// If it is no input of this network.
    #[wasm_bindgen(unchecked_return_type = "Look")]
    pub fn look(&self, tokens: &str) -> Result<JsValue, Error> {
        to_js(&self.task.typed_look(tokens).map_err(into_error)?)
    }

    /// Whether a proof counts an input as right, and why.
    ///
    /// # Errors
    /// If there is no such strategy or input, or the strategy cannot be run on this network.
    #[wasm_bindgen(unchecked_return_type = "Covered")]
    pub fn covered(&self, strategy: &str, tokens: &[u32]) -> Result<JsValue, Error> {
        let tokens: Vec<_> = tokens.iter().map(|&token| token as usize).collect();
        let strategy = strategy.parse().map_err(into_error)?;
        to_js(&self.task.covered(strategy, &tokens).map_err(into_error)?)
    }

    /// Searches all inputs for one that is `wrong`, right and `uncovered` by a proof, or `closest`
    /// to being wrong: the one with the smallest margin.
    ///
    /// # Errors
    /// If something else is sought, there is no such strategy, or it cannot be run on this network.
    #[wasm_bindgen(unchecked_return_type = "Found")]
    pub fn find(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Sought")] sought: &str,
        strategy: Option<String>,
    ) -> Result<JsValue, Error> {
        let sought = match (sought, strategy) {
            ("wrong", _) => Sought::Wrong,
            ("closest", _) => Sought::Closest,
            ("uncovered", Some(strategy)) => {
                Sought::Uncovered(strategy.parse().map_err(into_error)?)
            }
            ("uncovered", None) => {
                return Err(into_error("an input is uncovered by some proof: name its strategy"));
            }
            (other, _) => {
                return Err(into_error(format!(
                    "`{other}` cannot be sought, expected `wrong`, `uncovered` or `closest`"
                )));
            }
        };
        to_js(&self.task.find(sought).map_err(into_error)?)
    }

    /// The matrices that proofs reason about.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "MatrixFacts[]")]
    pub fn matrices(&self) -> Result<Array, Error> {
        self.task.matrices().iter().map(matrix).collect()
    }

    /// How faithful the proofs' picture of the network is.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Faithfulness")]
    pub fn faithfulness(&self) -> Result<JsValue, Error> {
        to_js(&self.task.faithfulness())
    }

    /// The network with a part taken out: attention of at most `rank` directions if there is a
    /// number, no positions, the direct path of the average token.
    ///
    /// # Errors
    /// If the ablated network cannot be written down.
    #[wasm_bindgen(unchecked_return_type = "Ablated")]
    pub fn ablated(
        &self,
        rank: Option<usize>,
        no_positions: bool,
        mean_direct: bool,
    ) -> Result<JsValue, Error> {
        let ablation = Ablation { rank, no_positions, mean_direct };
        let ablated = self.task.model().ablated(ablation).map_err(into_error)?;
        let file = ablated.canonical();
        let task = MaxOfK::new(ablated).map_err(into_error)?;
        let object = Object::new();
        set(&object, "file", &Uint8Array::from(&file[..]))?;
        set(&object, "sampled", &to_js(&task.sample_accuracy(QUICK_SAMPLE.0, QUICK_SAMPLE.1))?)?;
        Ok(object.into())
    }
}

fn matrix(facts: &MatrixFacts) -> Result<JsValue, Error> {
    let object = to_js(facts)?;
    set(&object, "values", &Float64Array::from(&facts.values[..]))?;
    let approximation = facts.approximation.as_deref().map(Float64Array::from);
    set(&object, "approximation", &approximation.map_or(JsValue::NULL, JsValue::from))?;
    Ok(object)
}
