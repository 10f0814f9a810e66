use super::proof::Tokens;
use super::terms::Terms;
use crate::cost::Scalar;
use crate::linalg::largest;

/// Whether a part of a cell is right as far as one output goes, and the FLOPs of finding out: the sequences with `others` tokens
/// below `m` before the query, all among `allowed` (not empty if there are any), and `m` at the remaining `n − 1 − others`
/// positions.
///
/// Their largest sum of terms is found position by position, for each number of others so far. Terms are only added up and
/// compared, never taken off each other: where one token gets `e^{100}` times the attention of another, nothing of the other's
/// would be left.
pub(super) fn decided<S: Scalar>(terms: &Terms<S>, m: usize, others: usize, allowed: &Tokens) -> (bool, u64) {
    let positions = terms.rows(m).len();
    let mut flops = 1;
    // The largest sums with `j` others so far; none where more or fewer are needed than positions are left.
    let mut sums = vec![None; others + 1];
    sums[0] = Some(terms.own);
    for (p, row) in terms.rows(m).enumerate() {
        let other = (others > 0).then(|| {
            flops += allowed.len() as u64 - 1;
            largest(allowed.iter().map(|t| row[t]))
        });
        let left = positions - p - 1;
        let mut add = |sum: Option<S>, term: S| {
            flops += u64::from(sum.is_some());
            sum.map(|sum| sum + term)
        };
        let mut next = vec![None; others + 1];
        let mut compared = 0;
        for j in others.saturating_sub(left)..=others.min(p + 1) {
            let with_m = add(sums[j], row[m]);
            let with_other = other.filter(|_| j > 0).and_then(|other| add(sums[j - 1], other));
            next[j] = match (with_m, with_other) {
                (Some(a), Some(b)) => {
                    compared += 1;
                    Some(a.max(b))
                }
                (a, b) => a.or(b),
            };
        }
        flops += compared;
        sums = next;
    }
    (sums[others].is_some_and(|sum| sum.less(S::from_f64(0.0))), flops)
}
