use super::*;
use crate::frontier::{ClassRole, Marker as Shape};
use crate::plot::Command;
use crate::plot::testing::{assert_legible, texts};

const BASELINE: LinearBaseline = LinearBaseline { flops: 8.5e11, accuracy: 0.9997 };
const WIDTHS: [u32; 6] = [280, 320, 390, 480, 720, 1200];

fn point(id: &str, marker: Shape, role: ClassRole, flops: f64, bound: f64) -> Point {
    let (id, label) = (id.into(), id.to_uppercase());
    let (one_of_many, published, unexplained_dimension) = (false, true, 14848.0);
    let (certainty, delta) = (Certainty::Proof, 0.0);
    Point {
        certainty,
        delta,
        id,
        label,
        marker,
        role,
        one_of_many,
        published,
        flops,
        bound,
        unexplained_dimension,
    }
}

fn proofs() -> Vec<Point> {
    vec![
        point("brute-force", Shape::Square, ClassRole::Brute, 8.5e11, 0.9997),
        point("cubic", Shape::Circle, ClassRole::Cubic, 8.8e6, 0.9459),
    ]
}

/// Those, and a crowd of a hundred shorter ones of all shapes.
fn crowd() -> Vec<Point> {
    let shapes = [Shape::TriangleUp, Shape::TriangleDown, Shape::TriangleRight, Shape::Diamond];
    let shapes = [&shapes[..], &[Shape::Cross, Shape::Plus]].concat();
    let one = |i: u32| {
        let (part, wave) = (f64::from(i) / 99.0, f64::from(i * 37 % 100) / 100.0);
        let shape = shapes[i as usize % shapes.len()];
        let flops = 1.05e6 * (3.4f64 / 1.05).powf(part);
        let point = point(&format!("p{i}"), shape, ClassRole::Published, flops, wave);
        Point { one_of_many: !i.is_multiple_of(10), ..point }
    };
    let ours = point("ours", Shape::Star, ClassRole::Ours, 2.4e6, 0.9997);
    proofs().into_iter().chain((0..100).map(one)).chain([ours]).collect()
}

const OPTIONS: Options<'_> = Options {
    width: 720,
    height: 300,
    zoom: Zoom::All,
    scale: Scale::Accuracy,
    delta: 0.0,
    budget: None,
    selected: None,
    others: &[],
    spread: &[],
};

fn draw(points: &[Point], options: Options<'_>) -> Figure {
    frontier(points, BASELINE, options)
}

/// Figures of every kind and width.
fn all(points: &[Point]) -> Vec<(Options<'static>, Figure)> {
    let mut all = Vec::new();
    for width in WIDTHS {
        for height in [200, 300, 640] {
            for zoom in [Zoom::All, Zoom::Crowd] {
                for scale in [Scale::Accuracy, Scale::Missing] {
                    for budget in [None, Some(2e6)] {
                        let options = Options { width, height, zoom, scale, budget, ..OPTIONS };
                        all.push((options, draw(points, options)));
                    }
                }
            }
        }
    }
    all
}

#[test]
fn every_text_is_inside_and_none_lies_on_another() {
    let exact = [proofs(), vec![Point { bound: 1.0, ..crowd().remove(5) }]].concat();
    for points in [proofs(), crowd(), exact, vec![]] {
        for (_, figure) in all(&points) {
            assert_legible(&figure);
        }
    }
    for width in WIDTHS {
        let names: Vec<_> = texts(&draw(&proofs(), Options { width, ..OPTIONS }))
            .into_iter()
            .map(|t| t.0)
            .collect();
        for expected in
            ["BRUTE-FORCE", "CUBIC", "linear baseline", "100%", "0%", "10¹²", "Proven accuracy"]
        {
            assert!(names.iter().any(|name| name == expected), "{expected} in {names:?}");
        }
    }
}

#[test]
fn marks_are_inside_in_the_order_of_lengths_and_bounds_and_names_on_none() {
    let points = crowd();
    for (options, figure) in all(&points) {
        assert_eq!(figure.markers.len(), points.len());
        for (point, marker) in points.iter().zip(&figure.markers) {
            assert_eq!(point.id, marker.id);
            let center = Area { x: marker.x, y: marker.y, ..Area::default() };
            assert!(figure.plane.contains(center), "{marker:?} of {options:?}");
            for (other, there) in points.iter().zip(&figure.markers) {
                assert!(point.flops > other.flops || marker.x <= there.x, "{options:?}");
                assert!(point.bound > other.bound || marker.y >= there.y, "{options:?}");
            }
        }
        for (text, area) in texts(&figure).iter().filter(|(text, _)| text.starts_with('P')) {
            let on = |m: &&Marker| area.contains(Area { x: m.x, y: m.y, ..Area::default() });
            assert_eq!(figure.markers.iter().find(on), None, "{text} of {options:?}");
        }
    }
}

#[test]
fn the_crowd_has_most_of_the_room_and_the_others_have_panels_and_labels() {
    let options = Options { zoom: Zoom::Crowd, ..OPTIONS };
    for width in WIDTHS {
        let figure = draw(&crowd(), Options { width, ..options });
        let [brute, cubic, first, ..] = &figure.markers[..] else { panic!("three") };
        let last = &figure.markers[101];
        assert!(first.x < last.x && last.x < cubic.x && cubic.x < brute.x);
        assert!(last.x - first.x > 0.4 * figure.plane.width, "{first:?} to {last:?}");
        let labels: Vec<_> = texts(&figure).into_iter().map(|(text, _)| text).collect();
        for expected in ["1M", "2M", "3M", "8.8M", "850G"] {
            assert!(labels.iter().any(|label| label == expected), "{expected}: {labels:?}");
        }
    }
}

#[test]
fn frontier_is_filled_in_the_colour_of_its_class_and_the_rest_is_hollow() {
    let points = crowd();
    let figure = draw(&points, Options { zoom: Zoom::Crowd, ..OPTIONS });
    let best: Vec<_> = pareto(&points).iter().map(|point| point.id.as_str()).collect();
    let marked = figure.markers.iter().filter(|marker| marker.frontier);
    assert_eq!(marked.clone().count(), best.len());
    assert!(marked.into_iter().all(|marker| best.contains(&marker.id.as_str())));
    let filled = |role| {
        let filled = |command: &&Command| match command {
            Command::Polygon { color, .. } => *color == role,
            Command::Circle { color, fill, .. } => *color == role && *fill,
            _ => false,
        };
        figure.commands.iter().filter(filled).count()
    };
    let all = [Role::Published, Role::Ours, Role::Brute, Role::Cubic].map(filled);
    assert_eq!(all.iter().sum::<usize>(), best.len(), "{all:?}");
    assert_eq!(filled(Role::Beaten), 0);
}

#[test]
fn the_budget_is_a_dashed_line_at_its_length() {
    let at = |budget, zoom| {
        let figure = draw(&crowd(), Options { budget: Some(budget), zoom, ..OPTIONS });
        let dashes = figure.commands.iter().filter_map(|command| match command {
            Command::Path { points, color: Role::Unproven, .. } => Some(points[0].0),
            _ => None,
        });
        let dashes: Vec<_> = dashes.collect();
        assert!(dashes.len() > 20 && dashes.iter().all(|x| *x == dashes[0]), "{dashes:?}");
        (dashes[0], figure)
    };
    for zoom in [Zoom::All, Zoom::Crowd] {
        for (budget, i) in [(8.8e6, 1), (8.5e11, 0), (2.4e6, 102)] {
            let (x, figure) = at(budget, zoom);
            assert_eq!(x, figure.markers[i].x, "{budget}");
        }
        let (x, figure) = at(1e20, zoom);
        assert!((figure.plane.right() - x).abs() <= pixels(1), "the last unit inside");
    }
    // An axis that begins behind it has no line, as where filters leave no proof.
    let figure = draw(&[], Options { budget: Some(2e6), ..OPTIONS });
    let is_dash = |c: &&Command| matches!(c, Command::Path { color: Role::Unproven, .. });
    assert_eq!(figure.commands.iter().filter(is_dash).count(), 0);
}

#[test]
fn the_selected_proof_has_a_ring_and_a_name_where_that_fits() {
    let label = "exact differences · centred · four factors around the mean, recursive".to_owned();
    let mut points = proofs();
    let one_of_many = Point { one_of_many: true, flops: 1.3e6, ..points[1].clone() };
    points.push(Point { id: "long".into(), label: label.clone(), ..one_of_many });
    let draw = |width, selected| draw(&points, Options { width, selected, ..OPTIONS });
    let named =
        |width, selected| texts(&draw(width, selected)).iter().any(|(text, _)| *text == label);
    assert!(named(720, Some("long")) && !named(320, Some("long")) && !named(720, None));
    let rings = |selected| {
        let ring = |c: &&Command| matches!(c, Command::Circle { color: Role::Ink, .. });
        draw(720, selected).commands.iter().filter(ring).count()
    };
    assert_eq!((rings(None), rings(Some("long"))), (0, 1));
}

#[test]
fn nothing_to_show_and_nowhere_to_show_it() {
    for zoom in [Zoom::All, Zoom::Crowd] {
        let options = Options { zoom, width: 320, ..OPTIONS };
        assert!(draw(&[], options).markers.is_empty());
        assert!(draw(&proofs(), Options { width: 0, ..options }).commands.is_empty());
        for side in [1, 30] {
            assert_eq!(
                draw(&crowd(), Options { width: side, height: side, ..options }).markers.len(),
                103
            );
        }
        let one = [Point { flops: 1e41, ..proofs().remove(0) }];
        assert_eq!(draw(&one, options).markers.len(), 1);
    }
}

/// The frontiers of two other models, one with a far longer proof.
fn others() -> Vec<Other> {
    let proof = |(flops, bound)| Proof { flops, bound, unexplained_dimension: 4290.0 };
    let other = |label: &str, proofs: &[(f64, f64)]| Other {
        label: label.into(),
        proofs: proofs.iter().copied().map(proof).collect(),
    };
    vec![
        other("K 4, seed 50", &[(1.2e6, 0.31), (2.1e6, 0.72), (2.9e6, 0.98)]),
        other("K 10, seed 104", &[(1.1e7, 0.5), (6.3e8, 0.99)]),
    ]
}

/// The spread of a hundred models at three lengths.
fn spread() -> Vec<Budget> {
    let budget = |(flops, bounds)| Budget { flops, bounds };
    let all = [
        (1e6, [0.0, 0.1, 0.2, 0.3, 0.4]),
        (2e6, [0.5, 0.6, 0.7, 0.8, 0.9]),
        (3e6, [0.6, 0.9, 0.95, 0.97, 0.99]),
    ];
    all.map(budget).into()
}

#[test]
fn others_are_dashed_lines_with_hollow_marks_at_their_proofs_and_names() {
    let (points, others) = (crowd(), others());
    let drawn =
        |scale| draw(&points, Options { scale, others: &others, zoom: Zoom::All, ..OPTIONS });
    let is_hollow = |points: &[(f64, f64)]| points.len() > 3 && points.first() == points.last();
    for scale in [Scale::Accuracy, Scale::Missing, Scale::Unexplained] {
        let figure = drawn(scale);
        let ink = figure.commands.iter().filter_map(|command| match command {
            Command::Path { points, color: Role::Ink, .. } => Some(points),
            _ => None,
        });
        let (hollow, dashes): (Vec<_>, Vec<_>) = ink.partition(|points| is_hollow(points));
        assert_eq!(hollow.len(), 5, "{scale:?}");
        // A line has its corners at its marks; a gap of a dashed line is 6 pixels at most.
        for corners in hollow.iter().filter(|_| scale != Scale::Unexplained) {
            let middle = |of: fn(&(f64, f64)) -> f64| {
                corners[1..].iter().map(of).sum::<f64>() / (corners.len() - 1) as f64
            };
            let (x, y) = (middle(|at| at.0), middle(|at| at.1));
            let mut ends = dashes.iter().copied().flatten();
            assert!(ends.any(|at| (at.0 - x).hypot(at.1 - y) < 8.0), "{scale:?}: {x}, {y}");
        }
        assert_eq!(dashes.len() > 50, scale != Scale::Unexplained, "{scale:?}: {}", dashes.len());
        assert_eq!(
            figure.markers.len(),
            points.len(),
            "only the model's own proofs are pointed at"
        );
        let names: Vec<_> = texts(&figure).into_iter().map(|(name, _)| name).collect();
        for Other { label, .. } in &others {
            assert!(names.contains(label), "{label} of {scale:?}: {names:?}");
        }
        assert_legible(&figure);
    }
    // Squares and diamonds lie around the places of proofs: those of equal proofs are the same.
    let twin = Point { flops: 2.1e6, bound: 0.72, ..crowd().remove(7) };
    let figure = draw(&[points, vec![twin]].concat(), Options { others: &others, ..OPTIONS });
    let Marker { x, y, .. } = figure.markers[103];
    let around = |command: &Command| match command {
        Command::Path { points, color: Role::Ink, .. } if is_hollow(points) => {
            let corners = &points[1..];
            let middle = |of: fn(&(f64, f64)) -> f64| {
                corners.iter().map(of).sum::<f64>() / corners.len() as f64
            };
            (middle(|at| at.0) - x).abs() < 0.01 && (middle(|at| at.1) - y).abs() < 0.01
        }
        _ => false,
    };
    assert!(figure.commands.iter().any(around), "{x}, {y}");
}

#[test]
fn the_spread_is_a_band_of_quartiles_inside_the_plane_on_axes_of_accuracies() {
    let spread = spread();
    for (options, plain) in all(&crowd()) {
        for scale in [options.scale, Scale::Unexplained] {
            let options = Options { scale, spread: &spread, ..options };
            let figure = draw(&crowd(), options);
            let bands: Vec<_> = figure
                .commands
                .iter()
                .filter_map(|command| match command {
                    Command::Polygon { points, color: Role::Grid } => Some(points),
                    _ => None,
                })
                .collect();
            assert_eq!(bands.len(), usize::from(scale != Scale::Unexplained), "{options:?}");
            for &(x, y) in bands.into_iter().flatten() {
                let reach = pixels(1);
                let (right, bottom) = (figure.plane.right() + reach, figure.plane.bottom() + reach);
                assert!(figure.plane.x - reach <= x && x <= right, "{x} of {options:?}");
                assert!(figure.plane.y - reach <= y && y <= bottom, "{y} of {options:?}");
            }
            if scale == options.scale && scale != Scale::Unexplained {
                assert_eq!(figure.markers, plain.markers, "marks stay where they are");
            }
            assert_legible(&figure);
        }
    }
}

#[test]
fn the_band_runs_from_the_lower_quartile_to_the_upper() {
    let spread = spread();
    // Proofs at the corners of the band, to know where those are.
    let corner = |(i, bound): (usize, f64)| {
        point(&format!("p{i}"), Shape::Cross, ClassRole::Published, 2e6, bound)
    };
    let points: Vec<_> = [0.6, 0.8].into_iter().enumerate().map(corner).collect();
    let figure = draw(&points, Options { spread: &spread, ..OPTIONS });
    let band = figure.commands.iter().find_map(|command| match command {
        Command::Polygon { points, color: Role::Grid } => Some(points),
        _ => None,
    });
    for Marker { x, y, .. } in &figure.markers {
        let near = |at: &(f64, f64)| (at.0 - x).abs() <= pixels(1) && (at.1 - y).abs() <= pixels(1);
        assert!(band.is_some_and(|band| band.iter().any(near)), "{x}, {y} of {band:?}");
    }
}

#[test]
fn unexplained_dimensions_have_marks_and_names_and_no_line_of_bounds() {
    let mut points = proofs();
    points[0].unexplained_dimension = 1.6e7;
    let figure =
        draw(&points, Options { scale: Scale::Unexplained, selected: Some("cubic"), ..OPTIONS });
    let [brute, cubic] = &figure.markers[..] else { panic!("two marks") };
    assert!(brute.x > cubic.x && brute.y < cubic.y && brute.frontier && cubic.frontier);
    let texts: Vec<_> = texts(&figure).into_iter().map(|(text, _)| text).collect();
    assert!(texts.iter().any(|text| text == "Unexplained dimension (log scale)"), "{texts:?}");
    assert!(texts.iter().any(|text| text == "CUBIC") && texts.iter().any(|text| text == "10⁴"));
    assert!(!texts.iter().any(|text| text == "linear baseline"));
    let is_staircase = |c: &&Command| matches!(c, Command::Path { color: Role::Staircase, .. });
    assert_eq!(figure.commands.iter().filter(is_staircase).count(), 0);
    let rings = |c: &&Command| matches!(c, Command::Circle { color: Role::Ink, .. });
    assert_eq!(figure.commands.iter().filter(rings).count(), 1);
}

/// Those proofs, samples that are shorter than them, longer samples, and an estimate.
fn kinds() -> Vec<Point> {
    let of = |certainty: Certainty, delta: f64, id: &str, flops: f64, bound: f64| {
        let point = point(id, Shape::Square, ClassRole::Brute, flops, bound);
        Point { certainty, delta, ..point }
    };
    let coins = Certainty::Pac;
    let others = [
        of(coins, 1e-3, "short", 4e6, 0.9),
        of(coins, 1e-3, "long", 5e7, 0.4),
        of(coins, 0.1, "doubtful", 2e6, 0.95),
        of(Certainty::Estimate, 0.0, "estimate", 1e6, 0.999),
    ];
    [proofs(), others.into()].concat()
}

#[test]
fn what_is_no_proof_has_another_mark_and_another_line_and_moves_no_proof() {
    let points = kinds();
    let with = draw(&points, Options { delta: 1e-3, ..OPTIONS });
    let on: Vec<_> =
        with.markers.iter().filter(|marker| marker.frontier).map(|marker| &*marker.id).collect();
    assert_eq!(on, ["brute-force", "cubic", "short"]);
    for (scale, zoom) in [(Scale::Accuracy, Zoom::Crowd), (Scale::Missing, Zoom::All)] {
        for width in WIDTHS {
            assert_legible(&draw(&points, Options { scale, zoom, width, delta: 1e-3, ..OPTIONS }));
        }
    }
    // Whatever marker a caller gives: half a disc for each of the bounds with coins, in its circle,
    // and a dozen dots for the estimate.
    let at = |id: &str| with.markers.iter().find(|marker| marker.id == id).unwrap();
    let circles = |id: &str, color: Role, fill: bool| {
        let near = |x: f64, y: f64| (x - at(id).x).hypot(y - at(id).y) < 6.0;
        let is = |command: &&Command| match command {
            Command::Circle { x, y, color: c, fill: f, .. } => {
                near(*x, *y) && (*c, *f) == (color, fill)
            }
            _ => false,
        };
        with.commands.iter().filter(is).count()
    };
    assert_eq!(circles("short", Role::Chance, false), 1);
    assert_eq!(circles("long", Role::Beaten, false), 1);
    assert_eq!(circles("doubtful", Role::Beaten, false), 1, "more doubtful than the line");
    assert_eq!(circles("estimate", Role::Chance, true), 12);
    let lines = |figure: &Figure, role: Role| {
        let is = |c: &&Command| matches!(c, Command::Path { color, .. } if *color == role);
        figure.commands.iter().filter(is).cloned().collect::<Vec<_>>()
    };
    // The line of proofs is where it was, and without coins there is no other.
    let unaided = draw(&points, OPTIONS);
    assert_eq!(lines(&with, Role::Staircase), lines(&unaided, Role::Staircase));
    let longest = |figure| lines(figure, Role::Chance).len();
    assert!(longest(&with) > 10 && longest(&unaided) == 0, "dashes of the line with coins");
    assert!(unaided.markers[2..].iter().all(|marker| !marker.frontier));
    assert!(lines(&draw(&proofs(), Options { delta: 1e-3, ..OPTIONS }), Role::Chance).is_empty());
}
