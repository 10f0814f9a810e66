use super::terms::Terms;
use crate::cost::Scalar;
use crate::linalg::smallest;

/// The sequences of one cell with `F_o ≥ 0` for some output, by branch and bound over prefixes: exact. Outputs that a prefix
/// decides are dropped; a prefix that leaves none, or that makes one certain, decides all sequences that begin with it, and
/// none of them is visited.
pub(super) struct Enumeration<'a, S> {
    m: usize,
    /// Positions before the query's.
    others: usize,
    needs_m: bool,
    outputs: Vec<Output<'a, S>>,
    flops: u64,
    most_flops: u64,
}

struct Output<'a, S> {
    terms: &'a Terms<S>,
    /// The largest sums of terms from each position on, see [`Terms::best`]; the last position first.
    best: Vec<[S; 2]>,
    /// The least sums, of any tokens.
    worst: Vec<S>,
}

/// Enumerating a cell is given up after so many FLOPs (some seconds), so that no proof object can keep a verifier busy for
/// ever.
pub(super) const MAX_FLOPS: u64 = 1 << 32;

impl<'a, S: Scalar> Enumeration<'a, S> {
    /// The wrong sequences of a cell with these undecided outputs, unless finding them takes more than `most_flops`, and the
    /// FLOPs spent.
    pub(super) fn wrong(terms: &'a [Terms<S>], q: usize, m: usize, n: usize, most_flops: u64) -> (Option<u128>, u64) {
        let output = |terms: &'a Terms<S>| {
            let mut worst = vec![S::from_f64(0.0)];
            for row in terms.rows(m).rev() {
                worst.push(*worst.last().expect("the sum of no terms is there") + smallest(row.iter().copied()));
            }
            Output { terms, best: terms.best(m), worst }
        };
        let outputs: Vec<_> = terms.iter().map(output).collect();
        let flops = terms.len() as u64 * (Terms::<S>::best_flops(n, q, m) + ((n - 1) * (m + 1)) as u64);
        let mut search = Self { m, others: n - 1, needs_m: q != m, outputs, flops, most_flops };
        let mut stack = vec![Vec::with_capacity(terms.len()); n];
        stack[0].extend(terms.iter().enumerate().map(|(i, terms)| (i, terms.own)));
        let wrong = search.below(0, q == m, &mut stack);
        (wrong, search.flops)
    }

    /// Wrong sequences that begin with a prefix of `p` tokens; `stack[0]` holds the outputs still possible and the sums of
    /// their terms so far.
    fn below(&mut self, p: usize, has_m: bool, stack: &mut [Vec<(usize, S)>]) -> Option<u128> {
        let (open, deeper) = stack.split_first_mut().expect("one level for each position");
        if open.is_empty() {
            return Some(0);
        }
        if self.flops > self.most_flops {
            return None;
        }
        let zero = S::from_f64(0.0);
        for &(i, sum) in open.iter() {
            self.flops += 2;
            if !(sum + self.outputs[i].worst[self.others - p]).less(zero) {
                return Some(self.sequences(p, has_m));
            }
        }
        if p + 1 == self.others {
            return Some(self.last(p, has_m, open));
        }
        let mut wrong = 0;
        for t in 0..=self.m {
            let has_m = has_m || t == self.m;
            self.flops += 3 * open.len() as u64;
            deeper[0].clear();
            for &(i, sum) in open.iter() {
                let Output { terms, best, .. } = &self.outputs[i];
                let sum = sum + terms.values[p * (self.m + 1) + t];
                if !(sum + best[self.others - p - 1][usize::from(!has_m)]).less(zero) {
                    deeper[0].push((i, sum));
                }
            }
            wrong += self.below(p + 1, has_m, deeper)?;
        }
        Some(wrong)
    }

    /// Wrong sequences with any token at the last open position.
    fn last(&mut self, p: usize, has_m: bool, open: &[(usize, S)]) -> u128 {
        let tokens = if has_m { 0..self.m + 1 } else { self.m..self.m + 1 };
        let zero = S::from_f64(0.0);
        let mut wrong = 0;
        for t in tokens {
            for &(i, sum) in open {
                self.flops += 2;
                if !(sum + self.outputs[i].terms.values[p * (self.m + 1) + t]).less(zero) {
                    wrong += 1;
                    break;
                }
            }
        }
        wrong
    }

    /// Sequences of the cell that begin with a prefix of `p` tokens.
    fn sequences(&self, p: usize, has_m: bool) -> u128 {
        let power = |choices: usize| std::iter::repeat_n(choices as u128, self.others - p).product::<u128>();
        power(self.m + 1) - if has_m || !self.needs_m { 0 } else { power(self.m) }
    }
}
