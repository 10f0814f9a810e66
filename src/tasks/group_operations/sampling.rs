//! Bounds from samples of the inputs, or of those that a proof leaves.

use super::GroupOperation;
use super::brute_force::of_input_flops;
use super::strategy::Strategy;
use crate::linalg::ascending;
use crate::models::two_token::Magnitudes;
use crate::sampling::{Estimate, Population, Subject};
use crate::tasks::task::to_json;
use crate::tasks::{Covering, Kind, Refusal, Sampling};
use crate::weights::plain_json;
use crate::weights::text::quoted;
use serde::{Deserialize, Serialize};

/// What a proof counts, as another program is told it: ranges `[from, to)` of `x · order + y`, in
/// order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CoveredPairs {
    order: usize,
    proven: Vec<(usize, usize)>,
}

impl CoveredPairs {
    fn new(order: usize, is_proven: impl Iterator<Item = bool>) -> Self {
        let mut proven: Vec<(usize, usize)> = Vec::new();
        for (place, _) in is_proven.enumerate().filter(|&(_, is_proven)| is_proven) {
            match proven.last_mut() {
                Some((_, to)) if *to == place => *to += 1,
                _ => proven.push((place, place + 1)),
            }
        }
        Self { order, proven }
    }

    /// For each place whether it is proven, if the ranges are of a group of this order.
    fn places(&self, order: usize) -> Option<Vec<bool>> {
        let mut places = vec![false; order * order];
        let mut end = 0;
        for &(from, to) in &self.proven {
            let in_order = end <= from && from < to && to <= places.len();
            end = to;
            places.get_mut(from..to).filter(|_| in_order)?.fill(true);
        }
        (self.order == order).then_some(places)
    }
}

impl Sampling for GroupOperation {
    fn subject(&self, sha256: &str) -> Subject {
        let (sha256, network) = (sha256.into(), to_json(&self.claim(None)));
        Subject { task: Kind::GroupOperations.id(), sha256, network }
    }

    fn all_inputs(&self) -> Box<dyn Population> {
        Box::new(Left::new(self, &vec![false; self.group.table().len()]))
    }

    fn left_by(&self, covered: &str, _hoped: f64) -> Result<Box<dyn Population>, Refusal> {
        let order = self.group.order();
        let covered: CoveredPairs =
            plain_json::from_slice(covered.as_bytes()).map_err(|error| {
                Refusal::new(format!("what the proof counts: {}", quoted(&error.to_string())))
            })?;
        let proven = covered.places(order).ok_or_else(|| {
            Refusal::new(format!("what the proof counts: expected pairs of {order} elements"))
        })?;
        Ok(Box::new(Left::new(self, &proven)))
    }

    fn predicted(&self) -> Estimate {
        self.mean_field()
    }
}

impl Covering for GroupOperation {
    fn covered_inputs(&self, strategy: &str) -> Result<String, Refusal> {
        let strategy: Strategy = strategy.parse().map_err(Refusal::new)?;
        strategy.feasible(self).map_err(Refusal::new)?;
        if strategy.family().visits_inputs {
            return Err(Refusal::new(format!(
                "{strategy} decides every input: nothing is left to sample"
            )));
        }
        let map = self.margin_map(Some(strategy));
        let is_proven = map.proven.iter().map(|&margin| map.slack < margin);
        Ok(to_json(&CoveredPairs::new(map.order, is_proven)))
    }
}

/// What a proof leaves, or all inputs.
struct Left {
    task: GroupOperation,
    /// `x · order + y` of each input, by its product.
    places: Vec<usize>,
}

impl Left {
    /// Takes for each `x · order + y` whether it is proven.
    fn new(task: &GroupOperation, proven: &[bool]) -> Self {
        let left: Vec<_> = (0..proven.len()).filter(|&place| !proven[place]).collect();
        let products: Vec<_> = left.iter().map(|&place| task.group.table()[place] as f64).collect();
        let places = ascending(&products).into_iter().map(|i| left[i]).collect();
        Self { task: task.clone(), places }
    }
}

impl Population for Left {
    fn total(&self) -> u128 {
        self.task.inputs()
    }

    fn proven(&self) -> u128 {
        self.total() - self.left()
    }

    fn left(&self) -> u128 {
        self.places.len() as u128
    }

    fn is_right(&self, i: u128) -> Option<bool> {
        let place = self.places[usize::try_from(i).expect("fewer inputs than that")];
        let order = self.task.group.order();
        self.task.exact().decide(&self.task.group, place / order, place % order)
    }

    fn start_flops(&self) -> f64 {
        Magnitudes::<f64>::flops(&self.task.network) + 2.0
    }

    fn sample_flops(&self) -> f64 {
        of_input_flops(&self.task.network) + 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::{Method, Plan, StartingProof};
    use crate::tasks::group_operations::Options;

    fn task() -> GroupOperation {
        let bytes = include_bytes!("../../../tests/fixtures/group_operations/S4_s0.safetensors");
        GroupOperation::load("S4", bytes, &Options::default()).unwrap().0
    }

    #[test]
    fn what_is_left_is_what_the_proof_does_not_count() {
        let task = task();
        for strategy in Strategy::listed(&task) {
            let Ok(covered) = task.covered_inputs(&strategy.to_string()) else {
                assert!(strategy.family().visits_inputs, "{strategy}");
                continue;
            };
            let mut run = task.run(strategy).unwrap();
            run.finish();
            let right = run.tally().right;
            let proof = StartingProof { strategy: strategy.to_string(), flops: 1.0, covered };
            let plan = Plan {
                method: Method::Anytime,
                samples: 100,
                delta: 1e-3,
                seed: "mine".into(),
                proof: Some(proof),
            };
            let population = task.population(&plan).unwrap();
            assert_eq!(
                (population.proven(), population.left()),
                (right, 576 - right),
                "{strategy}"
            );
            let margins = task.margins();
            let answers =
                (0..population.left()).map(|i| population.is_right(i)).collect::<Vec<_>>();
            let right = margins.iter().filter(|&&margin| margin > 0.0).count() as u128;
            let found = answers.iter().filter(|answer| **answer == Some(true)).count() as u128;
            assert_eq!(population.proven() + found, right, "{strategy}");
        }
    }

    #[test]
    fn ranges_are_read_and_nothing_else() {
        let covered = CoveredPairs::new(3, [0, 1, 1, 0, 0, 1, 0, 0, 1].into_iter().map(|x| x == 1));
        assert_eq!(covered.proven, [(1, 3), (5, 6), (8, 9)]);
        let places = covered.places(3).unwrap();
        assert_eq!(places.iter().filter(|&&place| place).count(), 4);
        assert!(covered.places(2).is_none());
        for proven in [vec![(0, 10)], vec![(3, 2)], vec![(4, 6), (5, 7)], vec![(9, 9)]] {
            assert!(CoveredPairs { order: 3, proven }.places(3).is_none());
        }
    }
}
