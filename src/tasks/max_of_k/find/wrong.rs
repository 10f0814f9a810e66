use super::worst::{Searched, Worst};
use crate::tasks::max_of_k::MaxOfK;
use crate::tasks::max_of_k::covered::Decider;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// How many inputs the network gets wrong, each proven wrong; no others are wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::tasks::max_of_k) struct WrongInputs {
    /// By largest token `m`, last token `q` and the number of tokens that are not `m`.
    counts: BTreeMap<(usize, usize, usize), u128>,
}

/// The most inputs that are looked at one by one: most of a second.
const MOST_LOOKED_AT: u64 = 1 << 18;

impl WrongInputs {
    /// Finds all; `None` where they are too many or some input cannot be decided.
    fn find(task: &MaxOfK) -> Option<Self> {
        let decider = Decider::new(task);
        // As in `find_wrong`: every wrong input has an output that is not below this.
        let slack = 2.0 * decider.answers.slack;
        let (mut found, mut looked_at, mut open) = (Self::default(), 0, false);
        // The wrong inputs of one cell: several outputs may beat the largest token.
        let (mut cell, mut seen) = ((0, 0), BTreeSet::new());
        let searched = Worst::new(&decider.answers, task.shape()).search(slack, |output, slack| {
            output.not_below(*slack, |tokens| {
                looked_at += 1;
                let (m, q) = ends(tokens);
                if cell != (m, q) {
                    seen.clear();
                    cell = (m, q);
                }
                if !seen.contains(tokens) {
                    let decided = decider.decide(tokens);
                    open |= decided.is_none();
                    if decided == Some(false) {
                        let others = tokens.iter().filter(|&&token| token != m).count();
                        *found.counts.entry((m, q, others)).or_default() += 1;
                        seen.insert(tokens.to_vec());
                    }
                }
                if open || looked_at == MOST_LOOKED_AT {
                    open = true;
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            })
        });
        (searched == Searched::All && !open).then_some(found)
    }

    /// How many have the largest token `m`, the last token `q` and, if that is told, `others`
    /// tokens that are not `m`.
    pub(in crate::tasks::max_of_k) fn of(&self, m: usize, q: usize, others: Option<usize>) -> u128 {
        let range = others.map_or((0, usize::MAX), |others| (others, others));
        self.counts.range((m, q, range.0)..=(m, q, range.1)).map(|(_, count)| count).sum()
    }
}

/// The largest and the last token.
fn ends(tokens: &[usize]) -> (usize, usize) {
    tokens.iter().max().copied().zip(tokens.last().copied()).expect("an input has tokens")
}

impl MaxOfK {
    /// Counts every input that the network gets wrong, once for all clones; `None` where that takes
    /// more than about a second.
    pub(in crate::tasks::max_of_k) fn wrong_inputs(&self) -> Option<&WrongInputs> {
        self.wrong.get_or_init(|| WrongInputs::find(self)).as_ref()
    }
}
