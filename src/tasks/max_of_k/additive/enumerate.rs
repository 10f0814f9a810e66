use super::terms::Terms;
use crate::cost::Scalar;

/// The sequences of one cell for which some output's deficits add up to at most its excess, by branch and bound over
/// prefixes: exact. Outputs that a prefix decides are dropped; a prefix that leaves none, or that makes one certain, decides
/// all sequences that begin with it, and none of them is visited.
pub(super) struct Enumeration<'a, S> {
    m: usize,
    /// Positions before the query's.
    others: usize,
    needs_m: bool,
    outputs: &'a [Terms<S>],
    /// Of each output and position, the sum of the largest deficits from there on, `[outputs, n]` row by row.
    worst: Vec<S>,
    flops: u64,
    most_flops: u64,
}

/// Enumerating a cell is given up after so many FLOPs (some seconds), so that no proof object can keep a verifier busy for
/// ever.
pub(super) const MAX_FLOPS: u64 = 1 << 32;

impl<'a, S: Scalar> Enumeration<'a, S> {
    /// The wrong sequences of a cell with these undecided outputs, unless finding them takes more than `most_flops`, and the
    /// FLOPs spent.
    pub(super) fn wrong(outputs: &'a [Terms<S>], m: usize, n: usize, most_flops: u64) -> (Option<u128>, u64) {
        let others = n - 1;
        let mut flops = 0;
        let mut worst = vec![S::from_f64(0.0); outputs.len() * n];
        for (terms, worst) in outputs.iter().zip(worst.chunks_exact_mut(n)) {
            for (p, deficits) in terms.deficits.chunks_exact(m + 1).enumerate().rev() {
                worst[p] = worst[p + 1] + crate::linalg::largest(deficits.iter().copied());
                flops += m as u64 + 1;
            }
        }
        let needs_m = outputs.first().is_some_and(|terms| !terms.first.is_empty());
        let mut search = Self { m, others, needs_m, outputs, worst, flops, most_flops };
        let start: Vec<_> = outputs.iter().enumerate().map(|(i, terms)| (i, terms.excess)).collect();
        let mut stack = vec![Vec::with_capacity(outputs.len()); n];
        stack[0] = start;
        let wrong = search.below(0, !needs_m, &mut stack);
        (wrong, search.flops)
    }

    /// Wrong sequences that begin with a prefix of `p` tokens; `stack[0]` holds the outputs still possible and what is left
    /// of their excess.
    fn below(&mut self, p: usize, has_m: bool, stack: &mut [Vec<(usize, S)>]) -> Option<u128> {
        let (open, deeper) = stack.split_first_mut().expect("one level for each position");
        if open.is_empty() {
            return Some(0);
        }
        if self.flops > self.most_flops {
            return None;
        }
        for &(i, left) in open.iter() {
            self.flops += 1;
            if !left.less(self.worst[i * (self.others + 1) + p]) {
                return Some(self.sequences(p, has_m));
            }
        }
        if p + 1 == self.others {
            return Some(self.last(p, has_m, open));
        }
        let mut wrong = 0;
        for t in 0..=self.m {
            let first = t == self.m && !has_m;
            self.flops += 2 * open.len() as u64;
            deeper[0].clear();
            let zero = S::from_f64(0.0);
            for &(i, left) in open.iter() {
                let left = left - self.deficit(i, p, t, first);
                if !left.less(zero) {
                    deeper[0].push((i, left));
                }
            }
            wrong += self.below(p + 1, has_m || first, deeper)?;
        }
        Some(wrong)
    }

    /// Wrong sequences with any token at the last open position.
    fn last(&mut self, p: usize, has_m: bool, open: &[(usize, S)]) -> u128 {
        let tokens = if has_m { 0..self.m + 1 } else { self.m..self.m + 1 };
        let mut wrong = 0;
        for t in tokens {
            for &(i, left) in open {
                self.flops += 1;
                if !left.less(self.deficit(i, p, t, !has_m)) {
                    wrong += 1;
                    break;
                }
            }
        }
        wrong
    }

    fn deficit(&self, i: usize, p: usize, t: usize, first: bool) -> S {
        let terms = &self.outputs[i];
        if first { terms.first[p] } else { terms.deficits[p * (self.m + 1) + t] }
    }

    /// Sequences of the cell that begin with a prefix of `p` tokens.
    fn sequences(&self, p: usize, has_m: bool) -> u128 {
        let power = |choices: usize| std::iter::repeat_n(choices as u128, self.others - p).product::<u128>();
        power(self.m + 1) - if has_m || !self.needs_m { 0 } else { power(self.m) }
    }
}
