use super::proof::Tokens;
use super::terms::Deficits;
use crate::cost::Scalar;
use crate::linalg::largest;

/// Whether a part of a cell is right as far as one output goes: the sequences with `others` tokens below `m` before the
/// query, all among `allowed`, and `m` at the remaining `n − 1 − others` positions.
///
/// Their least sum of deficits puts the others where they save most beside `m`: it must exceed the excess.
pub(super) fn decided<S: Scalar>(terms: &Deficits<S>, m: usize, others: usize, allowed: &Tokens) -> bool {
    let rows = || terms.deficits.chunks_exact(m + 1);
    let Some(of_m) = rows().map(|deficits| deficits[m]).reduce(|sum, x| sum + x) else {
        return terms.excess.less(S::from_f64(0.0));
    };
    // The excess without what the first m costs at least.
    let excess = match (terms.first.first(), terms.deficits.get(m)) {
        (Some(&first), Some(&deficit)) => terms.excess + (deficit - first),
        _ => terms.excess,
    };
    if others == 0 {
        return excess.less(of_m);
    }
    let saved = rows().map(|deficits| deficits[m] - -largest(allowed.iter().map(|t| -deficits[t])));
    let mut saved: Vec<_> = saved.collect();
    saved.sort_by(|a, b| b.to_f64().total_cmp(&a.to_f64()));
    assert!(saved.windows(2).all(|pair| !pair[0].less(pair[1])), "savings are in order");
    let least = saved[..others].iter().fold(of_m, |sum, &saved| sum - saved);
    excess.less(least)
}

/// FLOPs of [`decided`].
pub(super) fn flops(n: usize, q: usize, m: usize, others: usize, allowed: &Tokens) -> u64 {
    if n == 1 {
        return 1;
    }
    let excess = if q == m { 0 } else { 2 };
    let saved = if others == 0 { 0 } else { (n - 1) * allowed.len() + (n - 2) + others };
    ((n - 2) + excess + saved + 1) as u64
}
