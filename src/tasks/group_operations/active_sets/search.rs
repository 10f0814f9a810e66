use super::orders::orders;
use super::verify::{Verifier, Walked};
use super::walks::{Orders, Walks};
use crate::tasks::group_operations::GroupOperation;
use crate::tasks::group_operations::low_rank::{Lengths, fits};
use std::sync::OnceLock;

/// What the searches for proofs of all ranks have in common.
#[derive(Clone, Debug, Default)]
pub struct Search {
    orders: OnceLock<Orders>,
    walked: OnceLock<Walked<f64>>,
}

impl Search {
    /// The proof object of the best factors and orders.
    pub(super) fn walks(&self, task: &GroupOperation, rank: usize, lengths: Lengths) -> Walks {
        let orders = self.orders.get_or_init(|| orders(&task.network, &task.group));
        let factors = task.low_rank().factors(rank).with_lengths(lengths);
        Walks::new(factors, orders.clone())
    }

    /// What the walks of the highest rank give that a table lists, with squares: those of a lower
    /// rank are a part of it. `None` where that takes too much memory, or the rank is not listed.
    pub(super) fn walked(&self, task: &GroupOperation, rank: usize) -> Option<&Walked<f64>> {
        let most = task.low_rank().most_listed();
        (rank <= most && fits(task.group.order(), most)).then(|| {
            self.walked.get_or_init(|| {
                let walks = self.walks(task, most, Lengths::Active);
                Verifier::new(&task.network, &walks).into_walked()
            })
        })
    }
}
