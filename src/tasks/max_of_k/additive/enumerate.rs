use super::terms::{Terms, Weights};
use crate::cost::Scalar;
use crate::linalg::{largest, smallest};
use crate::models::transformer::Shape;
use crate::tasks::max_of_k::answers::Judge;

/// Counts the wrong sequences of one cell exactly, by branch and bound over prefixes:
///
/// ```text
/// below(prefix, outputs that are still possible with it):
///     if no output is possible: all sequences with the prefix are right
///     if some output is certain: all sequences with the prefix are wrong
///     otherwise, for each next token t: below(prefix and t, outputs that are still possible)
/// ```
///
/// A sequence whose terms add up to so little that float64 cannot be trusted with the sign is
/// decided in wider arithmetic.
pub(super) struct Enumeration<'a, S> {
    cell: Cell,
    outputs: Vec<Output<'a, S>>,
    weights: &'a Weights<S>,
    /// The largest sums of weights from each position on, whatever the tokens; the last position
    /// first.
    most_weights: Vec<S>,
    judge: &'a Judge,
    found: Found,
    flops: u64,
    most_flops: u64,
    /// The sequence so far.
    tokens: Vec<usize>,
}

/// A cell `(q, m)` (query, largest token) of a model of some shape.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) q: usize,
    pub(super) m: usize,
    pub(super) shape: Shape,
}

/// Sequences that are not proven right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) wrong: u128,
    /// Sequences that are proven neither right nor wrong.
    pub(super) undecided: u128,
}

struct Output<'a, S> {
    terms: &'a Terms<S>,
    /// The largest sums of terms from each position on, see [`Terms::best`]; the last position
    /// first.
    best: Vec<[S; 2]>,
    /// The least sums of terms from each position on, whatever the tokens; the last position first.
    worst: Vec<S>,
}

/// Enumerating a cell is given up after this many FLOPs (some seconds), so that no proof object can
/// keep a verifier busy for ever.
pub(super) const MAX_FLOPS: u64 = 1 << 32;

impl<'a, S: Scalar> Enumeration<'a, S> {
    /// Counts the sequences of a cell that are not proven right; `terms` are those of its undecided
    /// outputs. Also returns the FLOPs spent; no count if it takes more than `most_flops`.
    pub(super) fn run(
        terms: &'a [Terms<S>],
        weights: &'a Weights<S>,
        cell: Cell,
        judge: &'a Judge,
        most_flops: u64,
    ) -> (Option<Found>, u64) {
        let Cell { q, m, shape: Shape { n, .. } } = cell;
        let output = |terms: &'a Terms<S>| {
            let mut worst = vec![S::from_f64(0.0)];
            for row in terms.rows(m).rev() {
                worst.push(
                    *worst.last().expect("the sum of no terms is there")
                        + smallest(row.iter().copied()),
                );
            }
            Output { terms, best: terms.best(m), worst }
        };
        let outputs: Vec<_> = terms.iter().map(output).collect();
        let mut most_weights = vec![S::from_f64(0.0)];
        for row in weights.weights.chunks_exact(m + 1).rev() {
            most_weights.push(most_weights[most_weights.len() - 1] + largest(row.iter().copied()));
        }
        let of_rows = ((n - 1) * (m + 1)) as u64;
        let flops = terms.len() as u64 * (Terms::<S>::best_flops(n, q, m) + of_rows) + of_rows;
        let (found, tokens) = (Found::default(), vec![q; n]);
        let mut search =
            Self { cell, outputs, weights, most_weights, judge, found, flops, most_flops, tokens };
        let mut stack = vec![Vec::with_capacity(terms.len()); n];
        stack[0].extend(terms.iter().enumerate().map(|(i, terms)| (i, terms.own)));
        let finished = search.below(0, q == m, weights.own, &mut stack);
        (finished.map(|()| search.found), search.flops)
    }

    /// Counts the sequences that begin with a prefix of `p` tokens. `stack[0]` holds the outputs
    /// that are still possible and the sums of their terms so far, `weight` is the sum of the
    /// weights so far. `None` if it takes too long.
    fn below(
        &mut self,
        p: usize,
        has_m: bool,
        weight: S,
        stack: &mut [Vec<(usize, S)>],
    ) -> Option<()> {
        let (open, deeper) = stack.split_first_mut().expect("one level for each position");
        if open.is_empty() {
            return Some(());
        }
        if self.flops > self.most_flops {
            return None;
        }
        let (zero, others, m) = (S::from_f64(0.0), self.others(), self.cell.m);
        let slack = self.weights.margin * (weight + self.most_weights[others - p]);
        self.flops += 2;
        for &(i, sum) in open.iter() {
            self.flops += 2;
            if slack.less(sum + self.outputs[i].worst[others - p]) {
                self.found.wrong += self.sequences(p, has_m);
                return Some(());
            }
        }
        if p == others {
            // The sequence has one token, the query.
            self.judge();
            return Some(());
        }
        if p + 1 == others {
            self.last(p, has_m, weight, open);
            return Some(());
        }
        for t in 0..=m {
            let has_m = has_m || t == m;
            self.tokens[p] = t;
            let weight = weight + self.weights.weights[p * (m + 1) + t];
            self.flops += 3 * open.len() as u64 + 1;
            deeper[0].clear();
            for &(i, sum) in open.iter() {
                let Output { terms, best, .. } = &self.outputs[i];
                let sum = sum + terms.values[p * (m + 1) + t];
                if !(sum + best[others - p - 1][usize::from(!has_m)]).less(zero) {
                    deeper[0].push((i, sum));
                }
            }
            self.below(p + 1, has_m, weight, deeper)?;
        }
        Some(())
    }

    /// Counts the sequences with any token at the last open position, `p`.
    fn last(&mut self, p: usize, has_m: bool, weight: S, open: &[(usize, S)]) {
        let m = self.cell.m;
        let zero = S::from_f64(0.0);
        for t in if has_m { 0..m + 1 } else { m..m + 1 } {
            let (mut certain, mut possible) = (false, false);
            for &(i, sum) in open {
                let sum = sum + self.outputs[i].terms.values[p * (m + 1) + t];
                self.flops += 2;
                if !sum.less(zero) {
                    self.flops += 3;
                    possible = true;
                    if (self.weights.margin * (weight + self.weights.weights[p * (m + 1) + t]))
                        .less(sum)
                    {
                        certain = true;
                        break;
                    }
                }
            }
            if certain {
                self.found.wrong += 1;
            } else if possible {
                self.tokens[p] = t;
                self.judge();
            }
        }
    }

    /// Decides the sequence `tokens` in wider arithmetic.
    fn judge(&mut self) {
        self.flops += Judge::flops(self.cell.shape);
        match self.judge.decide(&self.tokens) {
            Some(right) => self.found.wrong += u128::from(!right),
            None => self.found.undecided += 1,
        }
    }

    /// The number of positions before the query's.
    fn others(&self) -> usize {
        self.cell.shape.n - 1
    }

    /// The number of sequences of the cell that begin with a prefix of `p` tokens, among which `m`
    /// is if `has_m`.
    fn sequences(&self, p: usize, has_m: bool) -> u128 {
        let Cell { q, m, .. } = self.cell;
        let power = |choices: usize| {
            std::iter::repeat_n(choices as u128, self.others() - p).product::<u128>()
        };
        power(m + 1) - if has_m || q == m { 0 } else { power(m) }
    }
}
