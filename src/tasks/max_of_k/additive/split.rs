use super::proof::Tokens;
use super::terms::Terms;
use crate::cost::Scalar;
use crate::linalg::largest;

/// Whether no sequence with `others` tokens below `m` before the query, all of them in `allowed`,
/// and `m` at the other `n − 1 − others` positions prefers one output to `m`; and the FLOPs of
/// finding out. `allowed` must not be empty if `others > 0`.
///
/// The largest sum of terms is found position by position, for each number of others so far. Terms
/// are only added and compared, never subtracted: where one token gets `e^{100}` times the
/// attention of another, a difference would lose all digits of the smaller term.
pub(super) fn decided<S: Scalar>(
    terms: &Terms<S>,
    m: usize,
    others: usize,
    allowed: &Tokens,
) -> (bool, u64) {
    let positions = terms.rows(m).len();
    let mut flops = 1;
    // The largest sums with `j` others so far. With fewer than `fewest` others so far, too few
    // positions are left for the rest of them.
    let mut sums = vec![terms.own; others + 1];
    let mut fewest = 0;
    for (p, row) in terms.rows(m).enumerate() {
        let other = (others > 0).then(|| {
            flops += allowed.len() as u64 - 1;
            largest(allowed.iter().map(|t| row[t]))
        });
        let left = positions - p - 1;
        let fewest_before = std::mem::replace(&mut fewest, others.saturating_sub(left));
        // From the most others down, so that `sums[j − 1]` is still the sum before this position.
        for j in (fewest..=others.min(p + 1)).rev() {
            let with_m = (j >= fewest_before && j <= p).then(|| sums[j] + row[m]);
            let with_other = other.filter(|_| j > fewest_before).map(|other| sums[j - 1] + other);
            (sums[j], flops) = match (with_m, with_other) {
                (Some(a), Some(b)) => (a.max(b), flops + 3),
                (Some(sum), None) | (None, Some(sum)) => (sum, flops + 1),
                (None, None) => unreachable!("as many others so far, or one less"),
            };
        }
    }
    (sums[others].less(S::from_f64(0.0)), flops)
}

/// For each token below `m`, the largest sums of sequences with `0, 1, …, n − 1` copies of it
/// before the query and `m` at the other positions; and how far rounding may take these sums. A
/// search learns from them, without calling it, most of what [`decided`] would return.
///
/// Where another token stands instead of `m`, the sum grows by some difference, and grows most
/// where the largest of these are: unlike [`decided`] this does take terms off each other.
pub(super) fn with_copies(terms: &Terms<f64>, m: usize) -> (Vec<Vec<f64>>, f64) {
    /// Of the largest sum of magnitudes: far more than a few hundred roundings.
    const UNCERTAIN: f64 = 1e-9;
    let of_m = || terms.rows(m).map(|row| row[m]);
    let all_m = terms.own + of_m().sum::<f64>();
    let largest = terms.rows(m).map(|row| row.iter().fold(0.0_f64, |most, x| most.max(x.abs())));
    let uncertain = UNCERTAIN * (terms.own.abs() + largest.sum::<f64>());
    let of_token = |t: usize| {
        let mut gains: Vec<_> = terms.rows(m).map(|row| row[t] - row[m]).collect();
        gains.sort_by(|a, b| b.total_cmp(a));
        let mut sum = all_m;
        std::iter::once(all_m)
            .chain(gains.into_iter().map(|gain| {
                sum += gain;
                sum
            }))
            .collect()
    };
    ((0..m).map(of_token).collect(), uncertain)
}
