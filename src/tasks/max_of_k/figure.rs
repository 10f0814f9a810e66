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
    /// What it is proven not to exceed; 1 where nothing is known.
    pub upper: f64,
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

/// The linear baseline of brute force, for the least accuracy that some proof shows not to be exceeded: the exact one where
/// it is known.
fn baseline(shape: Shape, proofs: &[Proven]) -> LinearBaseline {
    LinearBaseline {
        flops: Strategy::BruteForce.flops(shape),
        accuracy: proofs.iter().map(|proof| proof.upper).fold(1.0, f64::min),
    }
}

/// Proofs as points of a frontier.
#[must_use]
pub fn frontier_points(proofs: &[Proven]) -> Vec<Point> {
    let point = |&Proven { strategy, bound, flops, .. }: &Proven| Point {
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
            Class::Additive => Marker::Star,
        },
        published: !matches!(strategy, Strategy::Additive(_)),
        one_of_many: matches!(strategy, Strategy::Subcubic(_) | Strategy::Additive(_)),
        flops,
        bound,
    };
    proofs.iter().map(point).collect()
}
