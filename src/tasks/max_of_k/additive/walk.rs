use super::proof::Boxes;
use super::verifier::Verifier;
use super::verify::{Open, Undecided};

/// Visits the cells of one largest token that boxes leave undecided, a few at a time, so that a
/// caller can stop in between.
#[derive(Debug)]
pub(super) struct Walk {
    m: usize,
    boxes: Boxes,
    /// How many queries have been tested.
    tested: usize,
    /// The undecided cells of the block tested last that are still to be visited, with their
    /// outputs.
    open: Open<f64>,
}

/// A call of [`Walk::advance`] visits cells until they have about this many terms together: with
/// fewer, preparing the largest token takes longer than the terms.
const ENOUGH_TERMS: usize = 8192;

impl Walk {
    pub(super) fn new(m: usize, boxes: Boxes) -> Self {
        Self { m, boxes, tested: 0, open: Open::new() }
    }

    pub(super) fn is_done(&self) -> bool {
        self.tested > self.m && self.open.is_empty()
    }

    /// Visits the next undecided cell, and more cells if they have few terms; returns whether none
    /// is left. `visit` is given a cell and the FLOPs of its terms.
    pub(super) fn advance(
        &mut self,
        verifier: &Verifier,
        mut visit: impl FnMut(&Undecided<f64>, u64),
    ) -> bool {
        let (m, verification) = (self.m, &verifier.verification);
        let largest = verification.largest(m, self.boxes);
        let enough = ENOUGH_TERMS.div_ceil(verifier.shape.n * (m + 1));
        let mut outputs_visited = 0;
        while outputs_visited < enough && !self.is_done() {
            if let Some((cell, outputs)) = self.open.pop_front() {
                let (undecided, flops) = verification.undecided(&largest, &cell, &outputs);
                visit(&undecided, flops);
                outputs_visited += outputs.len();
                continue;
            }
            let block = verifier
                .queries_in_blocks(m)
                .find(|queries| queries.end > self.tested)
                .expect("a query is left");
            self.tested = block.end;
            if verification.in_range(block.clone()) {
                (_, self.open) = verification.tested(&largest, block, self.boxes);
            }
        }
        self.is_done()
    }
}
