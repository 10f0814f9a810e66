use super::Strategy;
use crate::frontier::{Family, LinearBaseline, Point};
use crate::plot::{self, Figure, Options};
use crate::transformer::Shape;

/// One finished proof, as the frontier wants it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proven {
    /// How it was proven.
    pub strategy: Strategy,
    /// Proven accuracy, from 0 to 1.
    pub bound: f64,
    /// Proof length.
    pub flops: f64,
}

/// The frontier of one model's proofs, beside the linear baseline of its brute force. Where brute force has not been run,
/// the baseline assumes that the model is always right: it is then at most that.
#[must_use]
pub fn frontier_figure(shape: Shape, proofs: &[Proven], options: Options<'_>) -> Figure {
    let exact = proofs.iter().find(|proof| proof.strategy == Strategy::BruteForce);
    let baseline = LinearBaseline {
        flops: exact.map_or_else(|| Strategy::BruteForce.flops(shape), |proof| proof.flops),
        accuracy: exact.map_or(1.0, |proof| proof.bound),
    };
    let point = |&Proven { strategy, bound, flops }: &Proven| Point {
        strategy: strategy.to_string(),
        label: strategy.label().into(),
        family: match strategy {
            Strategy::BruteForce => Family::BruteForce,
            Strategy::Cubic => Family::Cubic,
        },
        flops,
        bound,
    };
    plot::frontier(&proofs.iter().map(point).collect::<Vec<_>>(), baseline, options)
}
