use super::Cubic;
use crate::tasks::max_of_k::covered::{Counted, Coverage};

impl Coverage for Cubic {
    fn column(&self, m: usize) -> Vec<Counted> {
        self.table_of(m).into_iter().map(Counted::Among).collect()
    }
}
