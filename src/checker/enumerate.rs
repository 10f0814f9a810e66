//! An upper bound on the wrong sequences of a cell, by branch and bound over their first tokens.
//!
//! ```text
//! wrong(first tokens, outputs):
//!     drop each output whose F_o is negative in every sequence that begins with these tokens
//!     no output left                         -> 0
//!     some output has F_o > 0 in all of them -> the number of sequences that begin so
//!     all tokens are there                   -> 0 if the judge says "right", else 1
//!     otherwise                              -> Σ_t wrong(first tokens, t)
//! ```
//!
//! An upper bound may count any sequence as wrong, so running out of work is no error: the
//! sequences that remain count as wrong.

use super::ball::Ball;
use super::cell::Cell;
use super::interval::{Real, up};
use super::model::{Circuits, Model};
use super::sequences::Work;
use super::worst::Sum;
use std::cell::OnceCell;

/// Decides single sequences that float64 leaves undecided.
pub(super) struct Judge {
    model: Model,
    circuits: OnceCell<Circuits<Ball>>,
}

impl Judge {
    /// At most this many sequences of a cell are judged: where more are undecided, most are ties.
    const MOST: u32 = 4096;

    pub(super) fn new(model: Model) -> Self {
        Self { model, circuits: OnceCell::new() }
    }

    /// Steps for each position of a judged sequence: its exponential, and a term for each output.
    fn steps(outputs: usize) -> u64 {
        5000 + 200 * outputs as u64
    }

    /// Whether `F_o < 0` for the sequence `tokens` and all `outputs`.
    fn is_right(
        &self,
        tokens: &[usize],
        m: usize,
        mut outputs: impl Iterator<Item = usize>,
    ) -> bool {
        let circuits = self.circuits.get_or_init(|| Circuits::new(&self.model));
        let Some(&q) = tokens.last() else { return false };
        let scores: Vec<Ball> =
            tokens.iter().enumerate().map(|(p, &t)| circuits.score(q, p, t)).collect();
        // A common factor changes no sign.
        let shift =
            scores.iter().copied().reduce(Ball::larger).map_or(Ball::exactly(0.0), Ball::centre);
        let weights: Vec<Ball> = scores.iter().map(|&score| (score - shift).exp()).collect();
        outputs.all(|o| {
            let term = |(p, &t): (usize, &usize)| weights[p] * circuits.gain((q, o, m), p, t);
            tokens
                .iter()
                .enumerate()
                .map(term)
                .fold(Ball::exactly(0.0), |sum, term| sum + term)
                .most()
                < 0.0
        })
    }
}

/// An output `o` that the first tokens of a sequence leave undecided: `o`, the sums of `F_o` and of
/// `−F_o`, and upper bounds on the terms of `F_o` and of `−F_o` so far, including the query's.
type Open<'a> = (usize, &'a Sum, &'a Sum, f64, f64);

/// The state of one enumeration.
struct Enumeration<'a> {
    cell: &'a Cell<'a>,
    judge: &'a Judge,
    /// The number of sequences that may still be judged.
    judged: u32,
    /// The first tokens of the sequences at hand.
    tokens: Vec<usize>,
}

/// An upper bound on the wrong sequences of the cell. Takes its steps off `work`.
pub(super) fn wrong(
    cell: &Cell,
    undecided: &[(usize, Sum)],
    judge: &Judge,
    work: &mut Work,
) -> u128 {
    let negated = |o: usize| Sum::new(cell, |p, t| -cell.term(o, p, t).low);
    let negated: Vec<_> = undecided.iter().map(|(o, _)| negated(*o)).collect();
    let pairs = undecided.iter().zip(&negated);
    let open: Vec<Open> =
        pairs.map(|((o, sum), negated)| (*o, sum, negated, sum.own, negated.own)).collect();
    let mut enumeration = Enumeration { cell, judge, judged: Judge::MOST, tokens: Vec::new() };
    enumeration.wrong_after(!cell.needs_m(), &open, work)
}

impl Enumeration<'_> {
    /// An upper bound on the wrong sequences that begin with `tokens`. `has_m` says that `m` is
    /// among them or not needed.
    fn wrong_after(&mut self, has_m: bool, open: &[Open], work: &mut Work) -> u128 {
        let (cell, p) = (self.cell, self.tokens.len());
        if open.is_empty() {
            return 0;
        }
        // Calling sequences wrong needs no justification. It is done if even the best of them is
        // wrong, or if looking further takes too long.
        let all_are_wrong =
            open.iter().any(|(_, _, negated, _, so_far)| negated.largest(*so_far, p, true) < 0.0);
        if all_are_wrong || (p == cell.last && !self.judged_right(open, work)) {
            return cell.completions(p, has_m);
        }
        if p == cell.last {
            return 0;
        }
        let mut wrong = 0;
        for t in 0..=cell.m {
            // Two sums, each extended by a term and compared: about 25 steps for each output.
            if work.spend(25 * open.len() as u64).is_none() {
                return cell.completions(p, has_m);
            }
            let has_m = has_m || t == cell.m;
            let longer = open.iter().map(|&(o, sum, negated, so_far, less)| {
                (o, sum, negated, up(so_far + sum.rows[p][t]), up(less + negated.rows[p][t]))
            });
            let open: Vec<Open> = longer
                .filter(|(_, sum, _, so_far, _)| sum.largest(*so_far, p + 1, has_m) >= 0.0)
                .collect();
            self.tokens.push(t);
            wrong += self.wrong_after(has_m, &open, work);
            self.tokens.pop();
        }
        wrong
    }

    /// Whether the sequence of `tokens` and the query is certainly right.
    fn judged_right(&mut self, open: &[Open], work: &mut Work) -> bool {
        let Self { cell, judge, judged, tokens } = self;
        if *judged == 0 || work.spend(Judge::steps(open.len()) * (cell.last + 1) as u64).is_none() {
            return false;
        }
        *judged -= 1;
        tokens.push(cell.q);
        let is_right = judge.is_right(tokens, cell.m, open.iter().map(|(o, ..)| *o));
        tokens.pop();
        is_right
    }
}
