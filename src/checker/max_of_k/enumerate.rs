//! The sequences of a cell that may be wrong, by branch and bound over their first tokens.

use super::Undecided;
use super::terms::Cell;
use crate::checker::interval::up;

/// Terms that are looked at in one cell before the rest of it is taken to be wrong: a few seconds.
const MAX_TERMS: u64 = 1 << 28;

struct Search<'a> {
    cell: &'a Cell<'a>,
    undecided: &'a Undecided,
    /// The least sums of terms from each position on, rounded anyhow: see [`Search::wrong`].
    least: Vec<Vec<f64>>,
    terms_left: u64,
}

/// At most so many sequences of the cell are wrong. `work` is taken off.
pub(super) fn wrong(cell: &Cell<'_>, undecided: &Undecided, work: &mut u64) -> u128 {
    let least = undecided.iter().map(|(_, sum)| {
        let mut least = vec![0.0];
        for row in sum.rows.iter().rev() {
            least.push(least[least.len() - 1] + row.iter().copied().fold(f64::INFINITY, f64::min));
        }
        least.reverse();
        least
    });
    let limit = MAX_TERMS.min(*work);
    let mut search = Search { cell, undecided, least: least.collect(), terms_left: limit };
    let open = undecided.iter().enumerate().map(|(i, (_, sum))| (i, sum.own)).collect::<Vec<_>>();
    let wrong = search.wrong(0, !cell.needs_m(), &open);
    *work -= limit - search.terms_left;
    wrong
}

impl Search<'_> {
    /// At most so many of the sequences that begin with given `p` tokens are wrong. `open` holds the outputs that those tokens
    /// leave undecided, and an upper end of their terms' sum.
    fn wrong(&mut self, p: usize, has_m: bool, open: &[(usize, f64)]) -> u128 {
        if open.is_empty() {
            return 0;
        }
        // To take sequences to be wrong needs no justification: here if the best of them seems to be, else if it takes too long.
        let all_seem_wrong = open.iter().any(|&(i, sum)| sum + self.least[i][p] >= 0.0);
        if all_seem_wrong || self.terms_left == 0 || p + 1 == self.cell.n() {
            return self.cell.completions(p, has_m);
        }
        let mut wrong = 0;
        for t in 0..=self.cell.m {
            let has_m = has_m || t == self.cell.m;
            self.terms_left = self.terms_left.saturating_sub(open.len() as u64);
            let sums = open.iter().map(|&(i, sum)| (i, up(sum + self.undecided[i].1.rows[p][t])));
            // Where the best of what may follow is negative, the output is decided.
            let is_open =
                |&(i, sum): &(usize, f64)| up(sum + self.undecided[i].1.most[p + 1][usize::from(!has_m)]) >= 0.0;
            wrong += self.wrong(p + 1, has_m, &sums.filter(is_open).collect::<Vec<_>>());
        }
        wrong
    }
}
