use super::{Class, Strategy};
use crate::frontier::{LinearBaseline, Marker, Metrics, Point};
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

/// The frontier of one model's proofs, beside the linear baseline of its brute force.
#[must_use]
pub fn frontier_figure(shape: Shape, proofs: &[Proven], options: Options<'_>) -> Figure {
    plot::frontier(&frontier_points(proofs), baseline(shape, proofs), options)
}

/// How good the frontier of one model's proofs is.
#[must_use]
pub fn frontier_metrics(shape: Shape, proofs: &[Proven]) -> Metrics {
    Metrics::new(&frontier_points(proofs), baseline(shape, proofs))
}

/// The linear baseline of brute force. Where that has not been run, it assumes that the model is always right: it is then
/// at most that.
fn baseline(shape: Shape, proofs: &[Proven]) -> LinearBaseline {
    let exact = proofs.iter().find(|proof| proof.strategy == Strategy::BruteForce);
    LinearBaseline {
        flops: exact.map_or_else(|| Strategy::BruteForce.flops(shape), |proof| proof.flops),
        accuracy: exact.map_or(1.0, |proof| proof.bound),
    }
}

/// Proofs as points of a frontier.
#[must_use]
pub fn frontier_points(proofs: &[Proven]) -> Vec<Point> {
    let point = |&Proven { strategy, bound, flops }: &Proven| Point {
        strategy: strategy.to_string(),
        label: strategy.label(),
        marker: match strategy.class() {
            Class::BruteForce => Marker::Square,
            Class::Cubic => Marker::Circle,
            Class::Subcubic => Marker::TriangleUp,
            Class::LowRankQk => Marker::TriangleDown,
            Class::LowRankEu => Marker::Diamond,
            Class::LowRankQkEu => Marker::Ring,
            Class::QuadraticQk => Marker::Cross,
            Class::QuadraticQkEu => Marker::Plus,
        },
        subcubic: matches!(strategy, Strategy::Subcubic(_)),
        flops,
        bound,
    };
    proofs.iter().map(point).collect()
}
