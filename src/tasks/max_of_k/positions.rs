use crate::cost::Scalar;
use crate::transformer::Shape;

/// How one query attends to positions: groups of the least and of the most attended ones but the last, which is its own.
pub(super) struct Positions<S> {
    /// The score of position `n − 1`.
    pub(super) query: S,
    /// Groups of `0, 1, …, n−1` positions, the least attended first.
    pub(super) least: Vec<Group<S>>,
    /// The same, the most attended first.
    pub(super) most: Vec<Group<S>>,
}

/// `Σ e^{score}` over a group of positions, as `e^{peak} · sum` so that it neither overflows nor vanishes.
#[derive(Clone, Copy)]
pub(super) struct Group<S> {
    pub(super) peak: S,
    pub(super) sum: S,
}

impl<S: Scalar> Positions<S> {
    /// From one query's scores of the positions, `[n]`: the order is checked, then two families of groups are summed.
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

    /// FLOPs of [`Self::new`] for every query.
    pub(super) fn flops(Shape { v, n, .. }: Shape) -> f64 {
        (v * 8 * n.saturating_sub(2)) as f64
    }
}
