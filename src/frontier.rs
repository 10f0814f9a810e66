//! Which proofs are worth their length: bound against FLOPs, the Pareto frontier and the linear
//! baseline.

use crate::proof::Certainty;
use serde::{Deserialize, Serialize};

/// One bound on the plane of length and bound: a proof, or what its [`Certainty`] says.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Point {
    /// How certain the bound is.
    pub certainty: Certainty,
    /// The probability with which a bound with coins may be false; 0 for other points.
    pub delta: f64,
    /// What tells the proof from others.
    pub id: String,
    /// A short name for a person.
    pub label: String,
    /// The shape of the mark: classes are told apart by shape and not by colour alone.
    pub marker: Marker,
    /// The colour of the class, which repeats what the mark's shape says.
    pub role: ClassRole,
    /// Whether the proof is one of many, and named only where it is pointed at.
    pub one_of_many: bool,
    /// Whether the literature has the proof's strategy.
    pub published: bool,
    /// Proof length.
    pub flops: f64,
    /// Proven accuracy, from 0 to 1.
    pub bound: f64,
    /// How many numbers the proof treats as arbitrary: the fewer, the more it explains.
    pub unexplained_dimension: f64,
}

impl Point {
    /// The mark: its class's for a proof, and one shape for all others of a kind.
    #[must_use]
    pub fn mark(&self) -> (Marker, ClassRole) {
        match self.certainty {
            Certainty::Proof => (self.marker, self.role),
            Certainty::Pac => (Marker::Half, ClassRole::Chance),
            Certainty::Estimate => (Marker::Dots, ClassRole::Chance),
        }
    }

    /// Whether it belongs to the frontier of bounds that are false with probability at most
    /// `delta`: with 0, to that of proofs.
    #[must_use]
    pub fn holds_but_for(&self, delta: f64) -> bool {
        match self.certainty {
            Certainty::Proof => true,
            Certainty::Pac => 0.0 < self.delta && self.delta <= delta,
            Certainty::Estimate => false,
        }
    }
}

/// Shapes of marks, in JSON the character that looks like them: legends show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Marker {
    #[serde(rename = "■")]
    Square,
    #[serde(rename = "●")]
    Circle,
    #[serde(rename = "▲")]
    TriangleUp,
    #[serde(rename = "▼")]
    TriangleDown,
    #[serde(rename = "◆")]
    Diamond,
    #[serde(rename = "►")]
    TriangleRight,
    #[serde(rename = "×")]
    Cross,
    #[serde(rename = "+")]
    Plus,
    #[serde(rename = "★")]
    Star,
    #[serde(rename = "◐")]
    Half,
    #[serde(rename = "◌")]
    Dots,
}

/// Kinds of classes that figures and legends give a colour each; shapes tell all classes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassRole {
    /// Runs the model on every input.
    Brute,
    /// Published, and cubic in the size of the vocabulary.
    Cubic,
    /// Published, and shorter than cubic.
    Published,
    /// Ours.
    Ours,
    /// Samples and estimates, which are no proofs.
    Chance,
}

/// What a proof without any understanding gives: brute force on a part `f` of the inputs proves
/// `f · accuracy` at the cost `f · flops`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct LinearBaseline {
    /// FLOPs of brute force on all inputs.
    pub flops: f64,
    /// The exact accuracy, or 1 where it is not known: then the baseline is an upper bound of
    /// itself.
    pub accuracy: f64,
}

impl LinearBaseline {
    /// The accuracy that brute force proves with `flops`.
    #[must_use]
    pub fn bound(self, flops: f64) -> f64 {
        (flops / self.flops).min(1.0) * self.accuracy
    }
}

/// The proofs that no other proof beats: none has a bound as high for fewer FLOPs, or a higher
/// bound for as many FLOPs. The shortest proof comes first; the first of equal points stands for
/// all of them.
#[must_use]
pub fn pareto(points: &[Point]) -> Vec<&Point> {
    pareto_but_for(points, 0.0)
}

/// As [`pareto`], among the bounds that are false with probability at most `delta`, see
/// [`Point::holds_but_for`].
#[must_use]
pub fn pareto_but_for(points: &[Point], delta: f64) -> Vec<&Point> {
    let mut by_length: Vec<_> = points.iter().filter(|point| point.holds_but_for(delta)).collect();
    by_length.sort_by(|a, b| a.flops.total_cmp(&b.flops).then(b.bound.total_cmp(&a.bound)));
    let mut best = f64::NEG_INFINITY;
    by_length.retain(|point| {
        let better = point.bound > best;
        best = best.max(point.bound);
        better
    });
    by_length
}

/// How good a frontier is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metrics {
    /// The area under the frontier of bounds, each divided by the accuracy, against the logarithm
    /// of FLOPs: from the shortest proof's length to that of brute force, divided by that distance,
    /// so from 0 to 1.
    pub area: f64,
    /// The area under the frontier of the published strategies alone, from the shortest length of
    /// all.
    pub area_published: f64,
    /// The shortest proofs of parts of the accuracy.
    pub reached: Vec<Reached>,
    /// The proofs on the frontier, see [`pareto`], by [`Point::id`].
    pub frontier: Vec<String>,
}

/// The shortest proof of a part of the accuracy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reached {
    /// The part, from 0 to 1.
    pub share: f64,
    /// The proof's length; none if no proof reaches so far.
    pub flops: Option<f64>,
    /// The proof's [`Point::id`].
    pub id: Option<String>,
}

/// The parts of the accuracy whose shortest proofs are looked for.
const SHARES: [f64; 4] = [0.5, 0.9, 0.99, 0.999];

impl Metrics {
    /// Measures the frontier of `points`, which are proofs about one model.
    #[must_use]
    pub fn new(points: &[Point], baseline: LinearBaseline) -> Self {
        let frontier = pareto(points);
        let published: Vec<_> = points.iter().filter(|point| point.published).cloned().collect();
        let start = frontier.first().map_or(baseline.flops, |point| point.flops);
        let reached = SHARES.map(|share| {
            let proof = frontier.iter().find(|point| point.bound >= share * baseline.accuracy);
            Reached { share, flops: proof.map(|p| p.flops), id: proof.map(|p| p.id.clone()) }
        });
        Self {
            area: area(&frontier, start, baseline),
            area_published: area(&pareto(&published), start, baseline),
            reached: reached.into(),
            frontier: frontier.iter().map(|point| point.id.clone()).collect(),
        }
    }
}

/// The area under a staircase from `start` to the end of the baseline, see [`Metrics::area`].
#[must_use]
pub fn area(frontier: &[&Point], start: f64, baseline: LinearBaseline) -> f64 {
    let width = baseline.flops.ln() - start.ln();
    if width <= 0.0 {
        return 0.0;
    }
    let ends = frontier.iter().skip(1).map(|point| point.flops).chain([baseline.flops]);
    let steps = frontier.iter().zip(ends).map(|(point, end)| {
        (end.min(baseline.flops).ln() - point.flops.min(baseline.flops).ln())
            * (point.bound / baseline.accuracy).min(1.0)
    });
    steps.sum::<f64>() / width
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(id: &str, flops: f64, bound: f64) -> Point {
        Point {
            certainty: Certainty::Proof,
            delta: 0.0,
            id: id.into(),
            label: id.into(),
            marker: Marker::Circle,
            role: ClassRole::Published,
            one_of_many: false,
            published: true,
            flops,
            bound,
            unexplained_dimension: 1.0,
        }
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
        let names: Vec<_> = pareto(&points).iter().map(|p| p.id.as_str()).collect();
        assert_eq!(names, ["short", "long"]);
        let baseline = LinearBaseline { flops: 1e3, accuracy: 1.0 };
        assert_eq!(Metrics::new(&points, baseline).frontier, names);
        assert!(pareto(&[]).is_empty());
    }

    #[test]
    fn only_proofs_are_on_the_frontier_of_proofs_and_estimates_on_none() {
        let of = |certainty: Certainty, delta: f64, id: &str, flops: f64| Point {
            certainty,
            delta,
            ..point(id, flops, 0.99)
        };
        let points = [
            point("proof", 100.0, 0.99),
            of(Certainty::Estimate, 0.0, "estimate", 1.0),
            of(Certainty::Pac, 0.0, "no probability", 2.0),
            of(Certainty::Pac, f64::NAN, "no number", 3.0),
            of(Certainty::Pac, 1e-3, "samples", 10.0),
            of(Certainty::Pac, 1e-2, "doubtful samples", 5.0),
        ];
        let best = |delta: f64| {
            let best = pareto_but_for(&points, delta);
            best.iter().map(|p| p.id.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(best(0.0), ["proof"]);
        assert_eq!(best(f64::NAN), ["proof"]);
        assert_eq!(best(1e-3), ["samples"]);
        assert_eq!(best(1.0), ["doubtful samples"]);
        let baseline = LinearBaseline { flops: 1e3, accuracy: 1.0 };
        let proofs = Metrics::new(&points[..1], baseline);
        assert_eq!(Metrics::new(&points, baseline), proofs, "measures are of proofs");
    }

    #[test]
    fn areas_and_reached_shares_by_hand() {
        let e = std::f64::consts::E;
        let mut points =
            [point("cubic", e, 0.4), point("short", 1.0, 0.2), point("exact", e * e * e, 0.8)];
        points[1].published = false;
        let metrics = Metrics::new(&points, LinearBaseline { flops: e.powi(4), accuracy: 0.8 });
        // Over four units of ln FLOPs: a quarter for one, a half for two, everything for one.
        assert!((metrics.area - (0.25 + 2.0 * 0.5 + 1.0) / 4.0).abs() < 1e-15, "{}", metrics.area);
        assert!(
            (metrics.area_published - (2.0 * 0.5 + 1.0) / 4.0).abs() < 1e-15,
            "{}",
            metrics.area_published
        );
        let reached: Vec<_> = metrics.reached.iter().map(|r| r.id.as_deref()).collect();
        assert_eq!(reached, [Some("cubic"), Some("exact"), Some("exact"), Some("exact")]);
        let nothing = Metrics::new(&[], LinearBaseline { flops: 10.0, accuracy: 1.0 });
        assert_eq!((nothing.area, nothing.reached[0].flops), (0.0, None));
    }

    #[test]
    fn the_baseline_is_linear_and_ends_at_the_accuracy() {
        let baseline = LinearBaseline { flops: 1000.0, accuracy: 0.8 };
        assert_eq!(
            [0.0, 500.0, 1000.0, 5000.0].map(|flops| baseline.bound(flops)),
            [0.0, 0.4, 0.8, 0.8]
        );
    }
}
