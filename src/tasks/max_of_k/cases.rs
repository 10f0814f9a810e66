use crate::proof::Bound;
use crate::transformer::Shape;

/// What a proof proves, case by case: a caller may weight the cases by any distribution of inputs that is uniform within
/// each.
#[derive(Clone, Debug, PartialEq)]
pub struct Cases {
    cases: Vec<Case>,
}

/// The sequences with query (last token) `q`, largest token `m ≥ q`, and `c` tokens other than `m`, the query among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// The last token.
    pub q: usize,
    /// The largest token.
    pub m: usize,
    /// How many tokens are not `m`.
    pub c: usize,
    /// Sequences proven right.
    pub proven: u128,
    /// All sequences of the case.
    pub total: u128,
}

impl Cases {
    /// Of every `(q, m, c)` that has sequences: those proven where each other token has `choices(q, m, c)` values.
    ///
    /// # Panics
    /// If there are more sequences than a `u128` holds.
    pub(super) fn new(
        Shape { v, n, .. }: Shape,
        choices: impl Fn(usize, usize, usize) -> Option<usize>,
    ) -> Self {
        let mut cases = Vec::with_capacity(v * (v + 1) / 2 * n);
        let sequences = Arrangements::new(n).tables(v);
        for m in 0..v {
            for q in 0..=m {
                for c in usize::from(q != m)..n {
                    // Tokens other than m at the n − 1 positions before the query's.
                    let others = if q == m { c } else { c - 1 };
                    let sequences = |choices: usize| sequences[others][choices];
                    let proven = choices(q, m, c).map_or(0, sequences);
                    cases.push(Case { q, m, c, proven, total: sequences(m) });
                }
            }
        }
        Self { cases }
    }

    /// All cases.
    pub fn iter(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter()
    }

    /// The sequences that a proof leaves out of the cases it proves: those with a token above the gap.
    #[must_use]
    pub fn left_out(&self) -> u128 {
        self.cases.iter().filter(|case| case.proven > 0).map(|case| case.total - case.proven).sum()
    }

    /// The sequences proven right.
    #[must_use]
    pub fn proven(&self) -> u128 {
        self.cases.iter().map(|case| case.proven).sum()
    }

    /// The bound over a class of inputs that is a union of cases, every sequence whose maximum is at least 10, say; `None` if
    /// it is empty.
    #[must_use]
    pub fn bound_over(&self, class: impl Fn(&Case) -> bool) -> Option<Bound> {
        let chosen = self.cases.iter().filter(|case| class(case));
        let (proven, total) =
            chosen.fold((0, 0), |(proven, total), case| (proven + case.proven, total + case.total));
        (total > 0).then(|| Bound::new(proven, total))
    }
}

/// In how many ways `0, 1, …, n−1` of the positions before the query's can be chosen: `C(n−1, c)`.
pub(super) struct Arrangements(Vec<u128>);

impl Arrangements {
    pub(super) fn new(n: usize) -> Self {
        let mut binomials = vec![1];
        for c in 1..n {
            binomials.push(binomials[c - 1] * (n - c) as u128 / c as u128);
        }
        Self(binomials)
    }

    /// [`Self::sequences`] of every number of other tokens and `0, 1, …, v − 1` choices.
    pub(super) fn tables(&self, v: usize) -> Vec<Vec<u128>> {
        let mut powers = vec![1; v];
        let table = |&binomial: &u128| {
            let sequences = powers.iter().map(|&power: &u128| power * binomial).collect();
            powers.iter_mut().zip(0..).for_each(|(power, choices)| *power *= choices);
            sequences
        };
        self.0.iter().map(table).collect()
    }

    /// The sequences with `others` tokens before the query that are not the largest, each one of `choices`.
    ///
    /// # Panics
    /// If there are more than a `u128` holds: never, of a model whose sequences it can count.
    pub(super) fn sequences(&self, others: usize, choices: usize) -> u128 {
        let powers =
            std::iter::repeat_n(choices as u128, others).try_fold(1_u128, u128::checked_mul);
        powers
            .and_then(|powers| powers.checked_mul(self.0[others]))
            .expect("fewer than all sequences")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_hold_all_arrangements() {
        for (v, n) in [(2, 1), (3, 4), (64, 20), (2, 64), (4, 63)] {
            let arrangements = Arrangements::new(n);
            for (others, table) in arrangements.tables(v).iter().enumerate() {
                let expected: Vec<_> =
                    (0..v).map(|choices| arrangements.sequences(others, choices)).collect();
                assert_eq!(*table, expected, "{others} others, v = {v}, n = {n}");
            }
        }
    }

    #[test]
    fn cases_cover_every_sequence_once() {
        for (v, n) in [(2, 1), (3, 2), (4, 3), (3, 5), (7, 4)] {
            let shape = Shape { v, d: 1, h: 1, n };
            let all = Cases::new(shape, |_, m, _| Some(m));
            assert_eq!(Some(all.proven()), shape.sequences(), "v = {v}, n = {n}");
            assert_eq!(all.bound_over(|_| true), Some(Bound::new(all.proven(), all.proven())));
            // Those whose maximum is at most 0: one sequence.
            assert_eq!(all.bound_over(|case| case.m == 0), Some(Bound::new(1, 1)));
        }
        let shape = Shape { v: 3, d: 1, h: 1, n: 2 };
        let some = Cases::new(shape, |q, m, _| (m == 2 && q < 2).then_some(1));
        assert_eq!((some.proven(), some.left_out()), (2, 0));
        assert_eq!(some.bound_over(|case| case.m >= 2), Some(Bound::new(2, 5)));
        assert_eq!(some.bound_over(|case| case.m > 2), None);
    }
}
