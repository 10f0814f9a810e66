//! An input, looked at closely: what the network attends to, and how clear its answer is.

use super::{Example, InputError, MaxOfK};
use crate::linalg::largest;
use serde::Serialize;

/// An [`Example`] with what explains it. No proof depends on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Look {
    /// The input and the network's answer.
    #[serde(flatten)]
    pub example: Example,
    /// The largest token, the only right answer.
    pub largest: usize,
    /// The logit of the largest token less the largest other logit.
    pub margin: f64,
    /// The attention of the last position to each position, `[n]`; sums to 1.
    pub attention: Vec<f64>,
}

impl MaxOfK {
    /// Runs the network on one input and looks at what it does.
    ///
    /// # Errors
    /// If `tokens` are not `n` tokens below `v`.
    pub fn look(&self, tokens: &[usize]) -> Result<Look, InputError> {
        self.example(tokens).map(|example| self.looked_at(example))
    }

    /// Looks at an input as a user types it, see [`MaxOfK::typed_example`].
    ///
    /// # Errors
    /// If `text` is not a list of `n` tokens below `v`.
    pub fn typed_look(&self, text: &str) -> Result<Look, InputError> {
        self.typed_example(text).map(|example| self.looked_at(example))
    }

    fn looked_at(&self, example: Example) -> Look {
        let Example { tokens, logits, .. } = &example;
        let m = *tokens.iter().max().expect("an input has tokens");
        let others = logits.iter().enumerate().filter(|&(o, _)| o != m).map(|(_, &logit)| logit);
        let margin = logits[m] - largest(others);
        let attention = self.model().last_attention(tokens).to_vec();
        Look { largest: m, margin, attention, example }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::transformer::Shape;
    use crate::models::transformer::tests::random;

    #[test]
    fn a_look_agrees_with_the_answer() {
        let task = MaxOfK::new(random(Shape { v: 5, d: 3, h: 2, n: 3 }, 2.0, 5)).unwrap();
        let mut right = 0;
        for i in 0..125 {
            let tokens = [i % 5, i / 5 % 5, i / 25];
            let Look { example, largest, margin, attention } = task.look(&tokens).unwrap();
            assert_eq!(Some(&largest), tokens.iter().max());
            assert_eq!(example.right, margin > 0.0, "{tokens:?}: {margin}");
            assert!((attention.iter().sum::<f64>() - 1.0).abs() < 1e-15 && attention.len() == 3);
            right += u32::from(example.right);
        }
        assert!(right > 10 && right < 115, "{right} right");
        assert_eq!(task.typed_look("[4, 0, 2]").unwrap(), task.look(&[4, 0, 2]).unwrap());
        assert!(task.look(&[5, 0, 0]).is_err());
    }

    #[test]
    fn the_page_gets_one_flat_object() {
        let task = MaxOfK::new(random(Shape { v: 2, d: 1, h: 1, n: 1 }, 1.0, 1)).unwrap();
        let object = serde_json::to_value(task.look(&[1]).unwrap()).unwrap();
        let mut keys: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        let expected = ["answer", "attention", "largest", "logits", "margin", "right", "tokens"];
        assert_eq!(keys, expected);
    }
}
