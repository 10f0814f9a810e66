//! The least margin: what a proof's computed margins prove of it.

use super::GroupOperation;
use crate::cost::Scalar;
use crate::proof::{Margin, Tally};

/// Bounds on the least margin of some inputs, from what a proof computes for each: at least its
/// margin, but for `slack` (theorem 7 of [`crate::rounding`]). The input with the least is run on
/// the network, which bounds the least margin from above.
pub(super) fn least(
    task: &GroupOperation,
    computed: impl IntoIterator<Item = ((usize, usize), f64)>,
    slack: f64,
) -> Margin {
    let below = |margin: f64| if margin.is_nan() { f64::NEG_INFINITY } else { margin };
    let computed = computed.into_iter().map(|(input, margin)| (input, below(margin)));
    let Some(((x, y), margin)) = computed.min_by(|(_, a), (_, b)| a.total_cmp(b)) else {
        return Margin::UNKNOWN;
    };
    let Margin { at_most, .. } = task.exact().margin(&task.group, x, y);
    Margin { at_least: lower(margin, slack), at_most }
}

/// The inputs that are proven right, and those that rounding loses, from what a proof computes for
/// each: at least its margin, but for `slack`.
pub(super) fn tally<S: Scalar>(margins: impl IntoIterator<Item = S>, slack: S) -> Tally {
    let mut tally = Tally::default();
    for margin in margins {
        if slack.less(margin) {
            tally.right += 1;
        } else if margin.to_f64() > 0.0 {
            tally.lost += 1;
        }
    }
    tally
}

/// Bounds on a margin that is computed with an error of at most `slack`.
pub(super) fn enclosed(margin: f64, slack: f64) -> Margin {
    let at_most = -lower(-margin, slack);
    Margin { at_least: lower(margin, slack), at_most }
}

/// `margin − slack`, rounded down; minus infinity for what is no number.
fn lower(margin: f64, slack: f64) -> f64 {
    let least = (margin - slack).next_down();
    if least.is_nan() { f64::NEG_INFINITY } else { least }
}
