//! The sequences of a cell that may be wrong, by branch and bound over their first tokens.

use super::cell::Cell;
use super::interval::up;
use super::worst::Sum;

/// At most so many sequences of the cell are wrong. `work` is taken off.
pub(super) fn wrong(cell: &Cell, undecided: &[(usize, Sum)], work: &mut u64) -> u128 {
    let open: Vec<_> = undecided.iter().map(|(_, sum)| (sum, sum.own)).collect();
    wrong_after(cell, 0, !cell.needs_m(), &open, work)
}

/// At most so many of the sequences that begin with given `p` tokens are wrong, an `m` among them or not needed. `open` holds
/// the outputs that those tokens leave undecided, and an upper end of their terms' sum.
fn wrong_after(cell: &Cell, p: usize, has_m: bool, open: &[(&Sum, f64)], work: &mut u64) -> u128 {
    if open.is_empty() {
        return 0;
    }
    // To take sequences to be wrong needs no justification: here if the best of them seems to be, else if it takes too long.
    let all_seem_wrong = open.iter().any(|(sum, so_far)| so_far + sum.rest[p].least >= 0.0);
    if all_seem_wrong || *work == 0 || p == cell.last {
        return cell.completions(p, has_m);
    }
    let mut wrong = 0;
    for t in 0..=cell.m {
        let has_m = has_m || t == cell.m;
        *work = work.saturating_sub(open.len() as u64);
        let sums = open.iter().map(|&(sum, so_far)| (sum, up(so_far + sum.rows[p][t])));
        let open: Vec<_> = sums.filter(|(sum, so_far)| sum.largest(*so_far, p + 1, has_m) >= 0.0).collect();
        wrong += wrong_after(cell, p + 1, has_m, &open, work);
    }
    wrong
}
