use crate::tasks::max_of_k::covered::{Counted, Coverage};

/// Brute force decides every input.
pub(in crate::tasks::max_of_k) struct EveryInput;

impl Coverage for EveryInput {
    fn column(&self, m: usize) -> Vec<Counted> {
        vec![Counted::Right(None); m + 1]
    }
}
