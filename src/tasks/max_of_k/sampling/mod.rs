//! Bounds from samples of the inputs, or of those that a proof leaves.

mod cells;
mod covered_cells;
mod mean_field;

use super::answers::Answers;
use super::covered::Counted;
use super::{MaxOfK, Strategy};
use crate::models::transformer::{AttnScale, Circuits, Magnitudes, Shape};
use crate::rounding::Arithmetic;
use crate::sampling::{Estimate, Population, Subject};
use crate::tasks::{Covering, Kind, Refusal, Sampling};
use cells::Cells;
use covered_cells::CoveredCells;

impl Sampling for MaxOfK {
    fn subject(&self, sha256: &str) -> Subject {
        let (sha256, network) = (sha256.into(), self.model().network());
        Subject { task: Kind::MaxOfK.id(), sha256, network }
    }

    fn all_inputs(&self) -> Box<dyn Population> {
        Box::new(Left::new(self, None, 1.0))
    }

    fn left_by(&self, covered: &str, hoped: f64) -> Result<Box<dyn Population>, Refusal> {
        let covered = CoveredCells::read(covered, self.shape()).map_err(Refusal::new)?;
        Ok(Box::new(Left::new(self, Some(covered), hoped)))
    }

    fn predicted(&self) -> Estimate {
        let (model, shape) = (self.model(), self.shape());
        let answers = Answers::new(model, Arithmetic::DOUBLE);
        mean_field::mean_field(&answers, shape, start_flops(shape, model.attn_scale))
    }
}

impl Covering for MaxOfK {
    fn covered_inputs(&self, strategy: &str) -> Result<String, Refusal> {
        let strategy: Strategy = strategy.parse().map_err(Refusal::new)?;
        Ok(self.covered_cells(strategy).map_err(Refusal::new)?.to_json())
    }
}

/// What a proof leaves, or all inputs.
struct Left {
    total: u128,
    proven: u128,
    cells: Cells,
    answers: Answers<f64>,
    shape: Shape,
    attn_scale: AttnScale,
}

impl Left {
    /// Without what a proof counts, all inputs are left.
    fn new(task: &MaxOfK, covered: Option<CoveredCells>, hoped: f64) -> Self {
        let shape = task.shape();
        let (mut cells, mut proven) = (Cells::new(shape), 0);
        let mut covered = covered.map(CoveredCells::into_columns);
        for m in 0..shape.v {
            let column = match &mut covered {
                Some(columns) => columns.next().expect("a column for each token"),
                None => vec![Counted::Nothing; m + 1],
            };
            for (q, counted) in column.into_iter().enumerate() {
                proven += cells.add(q, m, counted, hoped).proven;
            }
        }
        let answers = Answers::new(task.model(), Arithmetic::DOUBLE);
        let (total, attn_scale) = (task.sequences(), task.model().attn_scale);
        Self { total, proven, cells, answers, shape, attn_scale }
    }
}

impl Population for Left {
    fn total(&self) -> u128 {
        self.total
    }

    fn proven(&self) -> u128 {
        self.proven
    }

    fn left(&self) -> u128 {
        self.cells.left()
    }

    fn is_right(&self, i: u128) -> Option<bool> {
        self.answers.decide(&self.cells.input(i))
    }

    fn start_flops(&self) -> f64 {
        start_flops(self.shape, self.attn_scale)
    }

    fn sample_flops(&self) -> f64 {
        sample_flops(self.shape)
    }
}

/// FLOPs of [`Answers::new`].
fn start_flops(shape: Shape, attn_scale: AttnScale) -> f64 {
    let Shape { v, n, .. } = shape;
    let root = f64::from(u8::from(attn_scale == AttnScale::RootOfDHead));
    let divided = root + (v * v + v * n) as f64;
    Circuits::<f64>::flops(shape)
        + divided
        + Magnitudes::<f64>::flops(shape)
        + Magnitudes::<f64>::SLACK_FLOPS
}

/// FLOPs of [`Answers::decide`], where the answer is wrong: one less where it is right.
fn sample_flops(Shape { v, n, .. }: Shape) -> f64 {
    let weights = 2 * n - 1 + 4 * n;
    let logits = 4 * v * n;
    let margin = v - 2 + 1 + 1;
    (weights + logits + margin + 2) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::Counted as CountedScalar;
    use crate::models::transformer::tests::random;
    use crate::sampling::{Method, Plan, StartingProof};
    use crate::tasks::max_of_k::covered::tests::inputs;
    use crate::tasks::max_of_k::covered::{Decider, Input};
    use std::collections::BTreeSet;

    fn models() -> impl Iterator<Item = MaxOfK> {
        let shapes =
            [(2, 1, 1.0, 1), (5, 2, 3.0, 4), (5, 3, 1.0, 5), (4, 4, 2.0, 6), (6, 3, 4.0, 7)];
        shapes.into_iter().map(|(v, n, scale, seed)| {
            MaxOfK::new(random(Shape { v, d: 3, h: 2, n }, scale, seed)).unwrap()
        })
    }

    #[test]
    fn what_is_left_is_each_input_once_that_the_proof_does_not_count() {
        let mut partly = 0;
        for task in models() {
            let Shape { v, n, .. } = task.shape();
            for strategy in Strategy::all() {
                let cells = task.covered_cells(strategy).unwrap();
                let columns: Vec<_> = cells.clone().into_columns().collect();
                let left = Left::new(&task, Some(cells), 2.0);
                let found: BTreeSet<_> = (0..left.left()).map(|i| left.cells.input(i)).collect();
                assert_eq!(found.len() as u128, left.left(), "{strategy}: an input comes twice");
                let is_left = |tokens: &Vec<usize>| {
                    let input = Input::new(tokens);
                    match &columns[input.m][input.q] {
                        Counted::All | Counted::Right(_) => false,
                        Counted::Nothing | Counted::Some(_) => true,
                        Counted::Among(sets) => !input.is_among(sets),
                    }
                };
                assert!(found == inputs(v, n).filter(is_left).collect(), "{strategy}");
                assert!(left.proven + left.left() <= left.total, "{strategy}");
                partly += usize::from(left.proven > 0 && left.left() > 0);
            }
        }
        assert!(partly > 100, "{partly}");
    }

    #[test]
    fn cells_that_are_counted_in_part_are_kept_or_drawn_from() {
        let shape = Shape { v: 3, d: 1, h: 1, n: 3 };
        for (counted, hoped, expected) in [
            (Counted::Some(4), 0.8, (4, 0)),
            (Counted::Some(4), 0.9, (0, 5)),
            (Counted::Right(Some(3)), 0.9, (3, 0)),
            (Counted::Among(vec![None, Some(Tokens(vec![(0, 1)]))]), 0.9, (2, 3)),
        ] {
            let mut cells = Cells::new(shape);
            let share = cells.add(0, 2, counted, hoped);
            assert_eq!((share.proven, share.left), expected);
            assert_eq!(cells.left(), expected.1);
        }
    }

    #[test]
    fn the_network_is_judged_as_it_answers() {
        for task in models() {
            let (left, decider) = (Left::new(&task, None, 1.0), Decider::new(&task));
            for i in 0..left.total {
                if let Some(right) = left.is_right(i) {
                    assert_eq!(Some(right), decider.decide(&left.cells.input(i)));
                }
            }
            assert_eq!((left.left(), left.proven), (left.total, 0));
        }
    }

    #[test]
    fn the_formulas_count_the_operations() {
        for task in models() {
            let (shape, attn_scale) = (task.shape(), task.model().attn_scale);
            let (flops, answers) = CountedScalar::during(|| {
                Answers::<CountedScalar>::new(task.model(), Arithmetic::DOUBLE)
            });
            assert_eq!(flops as f64, start_flops(shape, attn_scale), "{shape:?}");
            for tokens in inputs(shape.v, shape.n).take(30) {
                let (flops, right) = CountedScalar::during(|| answers.decide(&tokens));
                let most = sample_flops(shape);
                assert_eq!(flops as f64, if right == Some(true) { most - 1.0 } else { most });
            }
        }
    }

    #[test]
    fn the_prediction_is_near_the_accuracy() {
        for task in models().skip(1) {
            let (Shape { v, n, .. }, decider) = (task.shape(), Decider::new(&task));
            let right = inputs(v, n).filter(|tokens| decider.decide(tokens) == Some(true)).count();
            let accuracy = right as f64 / task.sequences() as f64;
            let found = task.predicted();
            assert!((found.accuracy - accuracy).abs() < 0.25, "{}: {accuracy}", found.percent);
        }
    }

    /// The whole way on a model of known accuracy: with every δ the bound holds, and a proof makes
    /// it higher.
    #[test]
    fn bounds_are_below_the_accuracy() {
        let task = MaxOfK::new(random(Shape { v: 6, d: 3, h: 2, n: 3 }, 4.0, 7)).unwrap();
        let decider = Decider::new(&task);
        let right = inputs(6, 3).filter(|tokens| decider.decide(tokens) == Some(true)).count();
        for strategy in [None, Some("cubic"), Some("cell"), Some("convolution-256")] {
            let proof = strategy.map(|strategy| StartingProof {
                strategy: strategy.into(),
                flops: 1.0,
                covered: task.covered_inputs(strategy).unwrap(),
            });
            for method in Method::ALL {
                let plan = Plan {
                    method,
                    samples: 40,
                    delta: 1e-6,
                    seed: String::new(),
                    proof: proof.clone(),
                };
                let mut drawing = match task.drawing("00", plan) {
                    Ok(drawing) => drawing,
                    Err(refusal) => {
                        assert!(refusal.to_string().contains("expected at most as many samples"));
                        continue;
                    }
                };
                while drawing.advance() {}
                let outcome = drawing.outcome().unwrap();
                let correct: u128 = outcome.correct.parse().unwrap();
                assert!(correct <= right as u128, "{method} {strategy:?}");
            }
        }
        let plan = |covered: &str| Plan {
            method: Method::Anytime,
            samples: 9,
            delta: 0.1,
            seed: String::new(),
            proof: Some(StartingProof {
                strategy: "cubic".into(),
                flops: 1.0,
                covered: covered.into(),
            }),
        };
        assert!(task.drawing("00", plan("[]")).is_err());
        assert!(task.drawing("00", plan("?")).is_err());
        let everything = task.covered_inputs("brute-force").unwrap();
        let refused = task.drawing("00", plan(&everything)).err().unwrap().to_string();
        assert_eq!(refused, "cubic leaves nothing to sample: it decides every input");
        assert!(task.covered_inputs("quadratic").is_err());
    }

    use crate::tasks::max_of_k::additive::Tokens;
}
