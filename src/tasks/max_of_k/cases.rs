//! What a proof proves, case by case.

use crate::models::transformer::Shape;
use crate::proof::Bound;

/// What a proof proves about every case. The counts hold within each case, so a caller may weight
/// the cases by any distribution of inputs that is uniform within each of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Cases {
    cases: Vec<Case>,
}

/// All sequences with the query (last token) `q`, the largest token `m ≥ q`, and `c` tokens other
/// than `m`; the query is one of the `c` unless it is `m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// The last token.
    pub q: usize,
    /// The largest token.
    pub m: usize,
    /// The number of tokens other than `m`.
    pub c: usize,
    /// Sequences proven right.
    pub proven: u128,
    /// All sequences of the case.
    pub total: u128,
}

impl Cases {
    /// Lists every case `(q, m, c)` that has sequences. Proven are the sequences in which each
    /// token before the query is `m` or one of `choices(q, m, c)` tokens; none if that is `None`.
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

    /// The sequences that are not proven although others of their case are: some token is above the
    /// gap.
    #[must_use]
    pub fn left_out(&self) -> u128 {
        self.cases.iter().filter(|case| case.proven > 0).map(|case| case.total - case.proven).sum()
    }

    /// The number of sequences proven right.
    #[must_use]
    pub fn proven(&self) -> u128 {
        self.cases.iter().map(|case| case.proven).sum()
    }

    /// The bound over the cases in `class`, for example all with `m ≥ 10`; `None` if there are
    /// none.
    #[must_use]
    pub fn bound_over(&self, class: impl Fn(&Case) -> bool) -> Option<Bound> {
        let chosen = self.cases.iter().filter(|case| class(case));
        let (proven, total) =
            chosen.fold((0, 0), |(proven, total), case| (proven + case.proven, total + case.total));
        (total > 0).then(|| Bound::new(proven, total))
    }
}

/// The number of ways to choose `i` of the `n − 1` positions before the query's, for
/// `i = 0, …, n − 1`.
pub(super) struct Arrangements(Vec<u128>);

impl Arrangements {
    pub(super) fn new(n: usize) -> Self {
        let mut binomials = vec![1];
        for c in 1..n {
            binomials.push(binomials[c - 1] * (n - c) as u128 / c as u128);
        }
        Self(binomials)
    }

    /// A table of [`Self::sequences`]: `[others][choices]` for all `others < n` and `choices < v`.
    pub(super) fn tables(&self, v: usize) -> Vec<Vec<u128>> {
        let mut powers = vec![1; v];
        let table = |&binomial: &u128| {
            let sequences = powers.iter().map(|&power: &u128| power * binomial).collect();
            powers.iter_mut().zip(0..).for_each(|(power, choices)| *power *= choices);
            sequences
        };
        self.0.iter().map(table).collect()
    }

    /// The number of sequences in which `others` of the tokens before the query are not the largest
    /// token and each of them is one of `choices` tokens.
    ///
    /// # Panics
    /// If the number exceeds a `u128`. It does not if all sequences of the model can be counted.
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
            // The largest token is 0 in one sequence.
            assert_eq!(all.bound_over(|case| case.m == 0), Some(Bound::new(1, 1)));
        }
        let shape = Shape { v: 3, d: 1, h: 1, n: 2 };
        let some = Cases::new(shape, |q, m, _| (m == 2 && q < 2).then_some(1));
        assert_eq!((some.proven(), some.left_out()), (2, 0));
        assert_eq!(some.bound_over(|case| case.m >= 2), Some(Bound::new(2, 5)));
        assert_eq!(some.bound_over(|case| case.m > 2), None);
    }
}
