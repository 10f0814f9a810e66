//! How many sequences of a cell `(q, m)` are right, by the ways that the checker's first page lists.

mod count;
mod enumerate;
mod terms;
mod worst;

pub(super) use terms::Circuits;

use super::certificate::{Claims, Method, Parts};
use terms::Cell;
use worst::Sum;

/// Outputs that some sequence of the cell might prefer to `m`, and what bounds their `F_o` from above.
type Undecided = [(usize, Sum)];

/// At least so many sequences of a cell are right.
pub(super) fn right(circuits: &Circuits, claims: &Claims, q: usize, m: usize, work: &mut u64) -> u128 {
    // With one position, the largest token is the last one.
    if circuits.n() == 1 && q < m {
        return 0;
    }
    if let Claims::Plan(columns) = claims
        && columns[m].is_none()
    {
        return 0;
    }
    let cell = Cell::new(circuits, q, m);
    let sums = cell.wrong_outputs().map(|o| (o, Sum::of(&cell.terms(o))));
    // Outputs that no sequence of the cell prefers need not be looked at again.
    let undecided: Vec<_> = sums.filter(|(_, sum)| sum.largest(cell.needs_m()) >= 0.0).collect();

    let size = cell.size();
    let all_but = |wrong: u128| size.saturating_sub(wrong);
    match claims {
        Claims::BruteForce => all_but(enumerate::wrong(&cell, &undecided, work)),
        Claims::Cases(cases) => confirmed(&cell, &undecided, &cases[m][q]),
        Claims::Gaps(gaps) => confirmed(&cell, &undecided, &sets(&cell, gaps)),
        Claims::Plan(_) if undecided.is_empty() => size,
        Claims::Plan(columns) => match columns[m].as_ref().map_or(&Method::Leave, |column| column.method(q)) {
            Method::Leave => 0,
            Method::Split(parts) => confirmed(&cell, &undecided, &parts.iter().cloned().map(Some).collect::<Parts>()),
            Method::Count(count) => all_but(count::wrong(&cell, &undecided, *count, work)),
            Method::Enumerate => all_but(enumerate::wrong(&cell, &undecided, work)),
        },
    }
}

/// The sequences of those parts of a cell whose worst sequence is right.
fn confirmed(cell: &Cell<'_>, undecided: &Undecided, parts: &Parts) -> u128 {
    // Parts differ in the number of tokens other than m, so none is counted twice.
    let claimed = parts.iter().take(cell.most_others() + 1).enumerate();
    let sequences = claimed.filter_map(|(others, tokens)| {
        let tokens = tokens.as_ref()?;
        let choices: usize = tokens.iter().map(|(from, to)| to - from).sum();
        // An empty part has no worst sequence, and none to count.
        let counts =
            (others == 0 || choices > 0) && undecided.iter().all(|(_, sum)| sum.largest_of_part(others, tokens) < 0.0);
        counts.then(|| cell.arrangements(others) * power(choices, others))
    });
    sequences.sum()
}

/// The sets of a table of gaps: with `c` tokens other than `m`, the query among them, a gap of `g` claims sequences all of whose
/// other tokens are at most `m − g`.
fn sets(cell: &Cell<'_>, gaps: &[usize]) -> Parts {
    let (n, q, m) = (cell.n(), cell.q, cell.m);
    let set = |others: usize| match others + usize::from(q < m) {
        // Only the sequence m m … m.
        0 => Some(Vec::new()),
        c => {
            let gap = gaps[m * (m + 1) / 2 * n + c * (m + 1) + q];
            // Whether the query itself, if it is not m, is at most m − g; else, whether any token is.
            let is_claimed = gap <= if q == m { m } else { m - q };
            is_claimed.then(|| if others == 0 { Vec::new() } else { vec![(0, m - gap + 1)] })
        }
    };
    (0..=cell.most_others()).map(set).collect()
}

/// `base^exponent`; of numbers that count sequences of a model, so that it fits.
fn power(base: usize, exponent: usize) -> u128 {
    std::iter::repeat_n(base as u128, exponent).product()
}
