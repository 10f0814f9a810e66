//! What the cases of a proof weigh, and what of that is proven.

use super::{By, CaseCounts, Class, Distribution, least, sizes};
use crate::tasks::max_of_k::cases::Arrangements;
use crate::tasks::max_of_k::explain::{ExplainedCase, Why};
use num_bigint::BigUint;
use serde::Serialize;

/// The weights of a proof's cases: of all their inputs or, where the worst class of a distribution
/// counts, of its inputs.
pub(in crate::tasks::max_of_k) struct Weigher<'a> {
    distribution: &'a Distribution,
    arrangements: Arrangements,
    class: Option<(By, Class)>,
}

/// What a case weighs, and its parts.
pub(in crate::tasks::max_of_k) struct Weighed {
    pub(in crate::tasks::max_of_k) total: BigUint,
    pub(in crate::tasks::max_of_k) proven: BigUint,
    /// What each reason keeps from being proven.
    pub(in crate::tasks::max_of_k) unproven: Vec<(Why, BigUint)>,
}

/// The weight of an input as a product: by largest token, last token and copies and, if there is
/// one, by the table. Whole numbers, decimal; 0 for what does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Weights {
    /// `[v]`, `[v]`, `[n]`.
    pub factors: [Vec<String>; 3],
    /// `[largest * v + last]`; 0 where the last token is larger.
    pub table: Option<Vec<String>>,
}

impl<'a> Weigher<'a> {
    pub(in crate::tasks::max_of_k) fn new(
        distribution: &'a Distribution,
        cases: &[ExplainedCase],
    ) -> Self {
        let n = distribution.shape.n;
        let class = distribution.worst.map(|by| {
            let shares = distribution.shares(&CaseCounts::new(cases, n), Some(by));
            (by, least(&shares).place)
        });
        Self { distribution, arrangements: Arrangements::new(n), class }
    }

    /// What a case weighs. Where it mixes inputs of several weights, those that are not proven are
    /// supposed to be the heaviest.
    pub(in crate::tasks::max_of_k) fn weighed(&self, case: &ExplainedCase) -> Weighed {
        let (&ExplainedCase { m, q, others, total, .. }, n) = (case, self.distribution.shape.n);
        let sizes = others
            .map_or_else(|| sizes(&self.arrangements, n, m, q), |others| vec![(n - others, total)]);
        let weight = |copies: usize| {
            let place = (m, q, copies);
            let is_in = self.class.is_none_or(|(by, class)| by.class(place) == class);
            self.distribution.key(m, q, copies).filter(|_| is_in)
        };
        let weights = sizes.into_iter().filter_map(|(copies, size)| Some((weight(copies)?, size)));
        let mut left: Vec<_> =
            weights.map(|(key, size)| (self.distribution.weight(key), size)).collect();
        left.sort_by(|(a, _), (b, _)| b.cmp(a));
        let mut take = |mut inputs: u128| {
            let parts = left.iter_mut().map(|(weight, size)| {
                let taken = inputs.min(*size);
                (inputs, *size) = (inputs - taken, *size - taken);
                &*weight * taken
            });
            parts.sum::<BigUint>()
        };
        let unproven: Vec<_> =
            case.unproven.iter().map(|&(why, inputs)| (why, take(inputs))).collect();
        let proven = take(case.proven);
        let total = unproven.iter().map(|(_, weight)| weight).sum::<BigUint>() + &proven;
        Weighed { total, proven, unproven }
    }

    /// The weights; `None` if all inputs count alike.
    pub(in crate::tasks::max_of_k) fn weights(&self) -> Option<Weights> {
        let Self {
            distribution: Distribution { shape, factors, table, limits, worst }, class, ..
        } = self;
        let is_alike = factors.iter().all(|factor| factor.about.is_none());
        if is_alike && table.is_none() && limits.is_empty() && worst.is_none() {
            return None;
        }
        let in_class = |axis: By, value: usize| {
            class.is_none_or(|(by, (first, second))| match (by, axis) {
                (By::Cell, By::Largest) => value == first,
                (By::Cell, By::Last) => value == second,
                _ => by != axis || value == first,
            })
        };
        let factors = [0, 1, 2].map(|place| {
            let axis = By::ALONE[place];
            let (from, to) = axis.range(*shape);
            let is_in = |value: usize| {
                let within = limits.iter().filter(|limit| limit.by == axis);
                in_class(axis, value)
                    && within.into_iter().all(|limit| limit.range.contains(&value))
            };
            let weight = |value: usize| {
                if is_in(value) {
                    factors[place].weights[value - from].to_string()
                } else {
                    "0".into()
                }
            };
            (from..=to).map(weight).collect()
        });
        let cell = |table: &Vec<Vec<BigUint>>, at: usize| {
            let weight = table[at / shape.v].get(at % shape.v);
            weight.map_or_else(|| "0".into(), ToString::to_string)
        };
        let table =
            table.as_ref().map(|table| (0..shape.v * shape.v).map(|at| cell(table, at)).collect());
        Some(Weights { factors, table })
    }
}
