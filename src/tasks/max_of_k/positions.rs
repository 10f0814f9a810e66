//! Softmax sums over the least and the most attended positions.

use crate::cost::Scalar;
use crate::models::transformer::Shape;

/// How one query attends to positions: its own position, which is the last, and sums over groups of
/// the others, which are the `n − 1` positions before it.
pub(super) struct Positions<S> {
    /// The score of the query's own position, `n − 1`.
    pub(super) query: S,
    /// At `i`, the sum over the `i` least attended other positions; `i = 0, …, n − 1`.
    pub(super) least: Vec<Group<S>>,
    /// At `i`, the sum over the `i` most attended other positions; `i = 0, …, n − 1`.
    pub(super) most: Vec<Group<S>>,
}

/// `Σ e^{score}` over a group of positions, stored as `e^{peak} · sum`, where `peak` is the largest
/// score. So it neither overflows nor vanishes.
#[derive(Clone, Copy)]
pub(super) struct Group<S> {
    pub(super) peak: S,
    pub(super) sum: S,
}

impl<S: Scalar> Positions<S> {
    /// Sums the groups for one query, whose scores of the positions are `row`, `[n]`.
    pub(super) fn new(row: &[S]) -> Self {
        let (&query, others) = row.split_last().expect("a model has at least one position");
        let mut sorted = others.to_vec();
        S::sort(&mut sorted);
        assert!(sorted.windows(2).all(|pair| !pair[1].less(pair[0])), "positions are in order");

        let none = Group { peak: S::from_f64(f64::NEG_INFINITY), sum: S::from_f64(0.0) };
        let one = |&peak: &S| Group { peak, sum: S::from_f64(1.0) };
        let (mut least, mut most) = (vec![none], vec![none]);
        least.extend(sorted.first().map(one));
        for pair in sorted.windows(2) {
            let before = least[least.len() - 1].sum;
            least.push(Group {
                peak: pair[1],
                sum: before * (pair[0] - pair[1]).exp() + S::from_f64(1.0),
            });
        }
        most.extend(sorted.last().map(one));
        for &score in sorted.iter().rev().skip(1) {
            let Group { peak, sum } = most[most.len() - 1];
            most.push(Group { peak, sum: sum + (score - peak).exp() });
        }
        Self { query, least, most }
    }

    /// FLOPs of [`Self::new`] for all queries together.
    pub(super) fn flops(Shape { v, n, .. }: Shape) -> f64 {
        (v * 8 * n.saturating_sub(2)) as f64
    }
}
