//! What is proven of a cell, by the number of tokens that are not the largest.

use super::coverage::{decided_sets, method};
use super::precomputed::CellScores;
use super::proof::{Method, Plan, Tokens};
use super::verified::Settled;
use super::verify::Verification;
use crate::models::transformer::Transformer;
use crate::proof::Tally;
use crate::tasks::max_of_k::cases::Arrangements;
use crate::tasks::max_of_k::explain::{MAX_WORK, Place, case_size};
use crate::tasks::max_of_k::{BruteForce, Pruning};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

/// Tells the inputs of a cell apart by the number of tokens that are not the largest.
pub(super) struct Apart<'a> {
    model: &'a Transformer,
    verification: &'a Verification,
    plan: &'a Plan,
    /// Counts the inputs of cells that the proof enumerates.
    brute: OnceCell<BruteForce>,
}

impl<'a> Apart<'a> {
    pub(super) fn new(
        model: &'a Transformer,
        verification: &'a Verification,
        plan: &'a Plan,
    ) -> Self {
        Self { model, verification, plan, brute: OnceCell::new() }
    }

    /// The parts of what is proven of a cell that is settled in some way, which add up to `tally`:
    /// by number or, where the proof does not tell numbers apart, one for all of them. `sets` are
    /// those of a split.
    pub(super) fn parts(
        &self,
        (m, q): (usize, usize),
        how: Option<Settled>,
        tally: Tally,
        sets: Option<&[Option<Tokens>]>,
    ) -> Vec<(Place, Tally)> {
        let n = self.model.shape().n;
        let size = |others| case_size(n, (m, q, Some(others)));
        let Tally { right, wrong, lost, .. } = tally;
        let all = case_size(n, (m, q, None));
        let is_whole = [right, wrong, lost].into_iter().all(|part| part == 0 || part == all);
        let part = |others: usize| {
            let [right, wrong, lost] = [right, wrong, lost].map(|part| part.min(size(others)));
            Tally { right, wrong, lost, visited: 0 }
        };
        let by_number: Option<Vec<_>> = match (how, sets) {
            _ if is_whole => Some((0..n).map(part).collect()),
            (Some(Settled::Split), Some(sets)) => {
                Some((0..n).map(|others| Tally::right(in_set(n, (m, q, others), sets))).collect())
            }
            (Some(Settled::Enumerate), _) => self.brute().by_number(q, m),
            _ => None,
        };
        let counts = |tally: Tally| (tally.right, tally.wrong, tally.lost);
        let adds_up = |parts: &Vec<Tally>| counts(parts.iter().copied().sum()) == counts(tally);
        match by_number.filter(adds_up) {
            Some(parts) => {
                let parts = parts.into_iter().enumerate();
                parts.map(|(others, part)| ((m, q, Some(others)), part)).collect()
            }
            None => vec![((m, q, None), tally)],
        }
    }

    /// The sets that splits of a block's cells prove, by query.
    pub(super) fn splits(
        &self,
        m: usize,
        queries: Range<usize>,
    ) -> BTreeMap<usize, Vec<Option<Tokens>>> {
        let Self { verification, plan, .. } = self;
        let Some(column) = verification.column(plan, m, queries.clone()) else {
            return BTreeMap::new();
        };
        let largest = verification.largest(m, column.boxes);
        let (_, open) = verification.tested(&largest, queries, column.boxes);
        let of_cell = |(cell, outputs): &(CellScores<f64>, Vec<usize>)| {
            let Method::Split(sets) = method(column, cell.q) else { return None };
            let (undecided, _) = verification.undecided(&largest, cell, outputs);
            Some((cell.q, decided_sets(&undecided, (self.model.shape().n, m), sets)))
        };
        open.iter().filter_map(of_cell).collect()
    }

    fn brute(&self) -> &BruteForce {
        self.brute.get_or_init(|| BruteForce::new(self.model, Pruning::On).within(MAX_WORK))
    }
}

/// How many inputs of a case have their smaller tokens before the last in the set for their number.
fn in_set(n: usize, (m, q, others): (usize, usize, usize), sets: &[Option<Tokens>]) -> u128 {
    let before = others.checked_sub(usize::from(q < m));
    let set = before.and_then(|before| Some((before, sets.get(before)?.as_ref()?)));
    set.map_or(0, |(before, set)| Arrangements::new(n).sequences(before, set.len()))
}
