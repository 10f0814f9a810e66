//! Which proofs are worth their length: bound against FLOPs, the Pareto frontier and the linear baseline.

/// One proof on the plane of length and bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The strategy's identifier.
    pub strategy: String,
    /// A short name for a person.
    pub label: String,
    /// The family it belongs to, which decides the shape it is drawn with.
    pub family: Family,
    /// Proof length.
    pub flops: f64,
    /// Proven accuracy, from 0 to 1.
    pub bound: f64,
}

/// Families of proofs, told apart by the shape of their marker and not by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Every input is run.
    BruteForce,
    /// Cases over attention and outputs.
    Cubic,
}

/// What a proof without any understanding gives: brute force on a part `f` of the inputs proves `f · accuracy` at the cost
/// `f · flops`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearBaseline {
    /// FLOPs of brute force on all inputs.
    pub flops: f64,
    /// The exact accuracy, or 1 where it is not known: then the baseline is an upper bound of itself.
    pub accuracy: f64,
}

impl LinearBaseline {
    /// The accuracy it proves for so many FLOPs.
    #[must_use]
    pub fn bound(self, flops: f64) -> f64 {
        (flops / self.flops).min(1.0) * self.accuracy
    }
}

/// The points that no other point beats: none has a bound as high for fewer FLOPs, or a higher one for as many. Shortest
/// proof first; of equal points the first.
#[must_use]
pub fn pareto(points: &[Point]) -> Vec<&Point> {
    let mut by_length: Vec<_> = points.iter().collect();
    by_length.sort_by(|a, b| a.flops.total_cmp(&b.flops).then(b.bound.total_cmp(&a.bound)));
    let mut best = f64::NEG_INFINITY;
    by_length.retain(|point| {
        let better = point.bound > best;
        best = best.max(point.bound);
        better
    });
    by_length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(strategy: &str, flops: f64, bound: f64) -> Point {
        Point { strategy: strategy.into(), label: strategy.into(), family: Family::Cubic, flops, bound }
    }

    #[test]
    fn the_frontier_keeps_what_nothing_beats() {
        let points = [
            point("long", 100.0, 0.9),
            point("beaten", 50.0, 0.4),
            point("short", 10.0, 0.5),
            point("same length, lower", 10.0, 0.3),
            point("same bound, longer", 200.0, 0.9),
            point("equal", 10.0, 0.5),
        ];
        let names: Vec<_> = pareto(&points).iter().map(|p| p.strategy.as_str()).collect();
        assert_eq!(names, ["short", "long"]);
        assert!(pareto(&[]).is_empty());
    }

    #[test]
    fn the_baseline_is_linear_and_ends_at_the_accuracy() {
        let baseline = LinearBaseline { flops: 1000.0, accuracy: 0.8 };
        assert_eq!([0.0, 500.0, 1000.0, 5000.0].map(|flops| baseline.bound(flops)), [0.0, 0.4, 0.8, 0.8]);
    }
}
