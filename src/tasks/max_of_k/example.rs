//! The network's answers to single inputs, which its owner can compare with those of another
//! program.

use super::MaxOfK;
use crate::models::transformer::Shape;
use crate::weights::text::quoted;
use serde::Serialize;
use thiserror::Error;

/// An input and the network's answer, computed in float64. No proof depends on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Example {
    /// The input, `[n]`.
    pub tokens: Vec<usize>,
    /// The logits at the last position, `[v]`.
    pub logits: Vec<f64>,
    /// The output with the largest logit; the first one of a tie.
    pub answer: usize,
    /// Whether `answer` is the largest token and its logit exceeds all others.
    pub right: bool,
}

/// The input is not one of the network's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{problem}; expected {n} token{} from 0 to {}, separated by commas",
    if *n == 1 { "" } else { "s" },
    v - 1
)]
pub struct InputError {
    problem: String,
    n: usize,
    v: usize,
}

impl MaxOfK {
    /// Runs the network on one input.
    ///
    /// # Errors
    /// If `tokens` are not `n` tokens below `v`.
    pub fn example(&self, tokens: &[usize]) -> Result<Example, InputError> {
        let Shape { v, n, .. } = self.shape();
        let refused = |problem| Err(InputError { problem, n, v });
        if tokens.len() != n {
            return refused(format!(
                "{} token{}",
                tokens.len(),
                if tokens.len() == 1 { "" } else { "s" }
            ));
        }
        if let Some(token) = tokens.iter().find(|&&token| token >= v) {
            return refused(format!("{token} is not in the vocabulary"));
        }
        let logits = self.model().logits(tokens).to_vec();
        let answer = (1..v).fold(0, |best, o| if logits[o] > logits[best] { o } else { best });
        let is_alone = (0..v).all(|o| o == answer || logits[o] < logits[answer]);
        let right = is_alone && tokens.iter().max() == Some(&answer);
        Ok(Example { tokens: tokens.to_vec(), logits, answer, right })
    }

    /// Runs the network on an input as a user types it: `3,1,2,0`, with or without spaces and
    /// brackets.
    ///
    /// # Errors
    /// If `text` is not a list of `n` tokens below `v`.
    pub fn typed_example(&self, text: &str) -> Result<Example, InputError> {
        let Shape { v, n, .. } = self.shape();
        let list = text.trim();
        let list = list.strip_prefix('[').and_then(|list| list.strip_suffix(']')).unwrap_or(list);
        let token = |text: &str| {
            let problem = || format!("`{}` is not a token", quoted(text.trim()));
            text.trim().parse().map_err(|_| InputError { problem: problem(), n, v })
        };
        self.example(&list.split(',').map(token).collect::<Result<Vec<_>, _>>()?)
    }

    /// The network's answers to up to four different inputs, which depend only on `v` and `n`:
    /// rising tokens, falling tokens, tokens spread over the vocabulary, and those in reverse.
    #[must_use]
    pub fn examples(&self) -> Vec<Example> {
        let Shape { v, n, .. } = self.shape();
        let spread = |p: usize| (p + 1) * (5 * v / 8) % v;
        let all: [Vec<usize>; 4] = [
            (0..n).map(|p| p % v).collect(),
            (0..n).map(|p| v - 1 - p % v).collect(),
            (0..n).map(spread).collect(),
            (0..n).rev().map(spread).collect(),
        ];
        let is_first = |&i: &usize| !all[..i].contains(&all[i]);
        (0..4).filter(is_first).map(|i| self.example(&all[i]).expect("n tokens below v")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::transformer::tests::random;

    fn task(v: usize, n: usize) -> MaxOfK {
        MaxOfK::new(random(Shape { v, d: 3, h: 2, n }, 1.0, 5)).unwrap()
    }

    #[test]
    fn examples_are_inputs_of_every_model() {
        let inputs = |v, n| {
            task(v, n).examples().into_iter().map(|example| example.tokens).collect::<Vec<_>>()
        };
        assert_eq!(
            inputs(64, 4),
            [[0, 1, 2, 3], [63, 62, 61, 60], [40, 16, 56, 32], [32, 56, 16, 40]]
        );
        for (v, n) in [(2, 1), (2, 2), (3, 1), (5, 9), (7, 7), (512, 14)] {
            let inputs = inputs(v, n);
            assert!((1..=4).contains(&inputs.len()), "{inputs:?}");
        }
    }

    #[test]
    fn an_answer_is_right_if_it_alone_is_the_largest() {
        let mut model = random(Shape { v: 3, d: 3, h: 2, n: 2 }, 0.0, 1);
        model.W_E = ndarray::Array2::eye(3);
        model.W_U = ndarray::array![[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 1.0]];
        let task = MaxOfK::new(model).unwrap();
        let answer =
            |tokens| task.example(tokens).map(|example| (example.answer, example.right)).unwrap();
        assert_eq!(answer(&[0, 0]), (0, false), "all logits are equal");
        assert_eq!(answer(&[2, 1]), (2, true));
        assert_eq!(answer(&[1, 1]), (2, false), "not the largest");
        assert_eq!(answer(&[1, 2]), (1, false), "a tie");
    }

    #[test]
    fn what_is_typed_is_read_or_refused_with_what_is_expected() {
        let task = task(8, 4);
        for text in ["3,1,2,0", " [3, 1, 2, 0] ", "3 ,1,\t2,0\n"] {
            assert_eq!(task.typed_example(text).unwrap().tokens, [3, 1, 2, 0], "{text:?}");
        }
        let endless = "9".repeat(1000);
        for (text, problem) in [
            ("", "`` is not a token"),
            ("3,1,2", "3 tokens"),
            ("3", "1 token"),
            ("3,1,2,0,", "`` is not a token"),
            ("3,1,2,8", "8 is not in the vocabulary"),
            ("3,1,2,-1", "`-1` is not a token"),
            ("3,1,2,1.5", "`1.5` is not a token"),
            ("3,1,2,\u{1b}[31m", "`\u{fffd}[31m` is not a token"),
            (&endless, &format!("`{}…` is not a token", "9".repeat(200))),
        ] {
            let expected = format!("{problem}; expected 4 tokens from 0 to 7, separated by commas");
            assert_eq!(task.typed_example(text).unwrap_err().to_string(), expected);
        }
    }
}
