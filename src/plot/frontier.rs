use super::accuracies::{Scale, accuracies};
use super::axis::{LABEL, exponent};
use super::canvas::{Canvas, Chart, Error, plane, text};
use super::display_list::{Area, Figure, Marker};
use super::lengths::Lengths;
use super::marks::{REACH, draw_mark};
use super::names::{NAME, Space};
use super::recorder::{Recorder, UNITS, pixels, text_width, units};
use super::role::Role;
use crate::frontier::{LinearBaseline, Point, pareto};
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use serde::Deserialize;
use std::ops::Range;

/// How to draw a frontier.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// The lengths that the axis shows.
    pub zoom: Zoom,
    /// The scale of the accuracies.
    pub scale: Scale,
    /// FLOPs at which to draw a dashed line.
    pub budget: Option<f64>,
    /// The [`Point::id`] of the proof to mark as selected.
    pub selected: Option<&'a str>,
}

/// The proof lengths that their axis shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Zoom {
    /// The largest group of proofs of similar length; the others in panels beside it, behind breaks
    /// of the axis.
    Crowd,
    /// All decades from the shortest proof to the longest.
    All,
}

/// The axis does not reach as far as a longer baseline: all other proofs would lie in one corner.
const LONGEST_BASELINE_SHOWN: f64 = 1e15;
/// Below this width, in CSS pixels, there are fewer panels and shorter names of axes.
const NARROW: u32 = 480;
/// The room above the plane, CSS pixels: for the name of the axis of accuracies.
const TOP: i32 = 22;
/// The room to the right of the plane, CSS pixels: for half a label.
const RIGHT: i32 = 16;
/// The room below the plane, CSS pixels: for labels, and the name of the axis of lengths.
const BOTTOM: i32 = 42;

/// Draws proven accuracy against proof length (logarithmic): a mark for every proof, filled where
/// nothing beats it and hollow elsewhere; the frontier as a staircase through the filled ones; the
/// linear baseline; and the names of proofs that are not one of many, or selected, where they fit.
///
/// # Panics
/// If a proof's length is not a positive finite number.
#[must_use]
pub fn frontier(points: &[Point], baseline: LinearBaseline, options: Options<'_>) -> Figure {
    let Options { width, height, .. } = options;
    let mut figure = Figure { width, height, ..Figure::default() };
    if width > 0 && height > 0 {
        let area = Recorder::new(width, height, &mut figure.commands).into_drawing_area();
        let drawn = draw(&area, points, baseline, options).expect("recording cannot fail");
        (figure.plane, figure.markers) = drawn;
    }
    figure
}

fn draw(
    area: &Canvas<'_>,
    points: &[Point],
    baseline: LinearBaseline,
    options: Options<'_>,
) -> Result<(Area, Vec<Marker>), Error> {
    let Options { width, height, zoom, scale, budget, selected } = options;
    let narrow = width < NARROW;
    let plane_height = (f64::from(height) - f64::from(TOP + BOTTOM)).max(1.0);
    let vertical = accuracies(scale, points.iter().map(|point| point.bound), plane_height);
    let longest = vertical.ticks.iter().map(|(_, label)| text_width(label, f64::from(LABEL)));
    let left = longest.fold(0.0, f64::max) + 10.0;
    let plane_width = (f64::from(width) - f64::from(RIGHT) - left).max(1.0);
    let lengths: Vec<_> = points.iter().map(|point| point.flops).collect();
    for flops in &lengths {
        assert!(*flops > 0.0 && flops.is_finite(), "a proof of {flops} FLOPs");
    }
    let Lengths { axis, pieces } = if zoom == Zoom::Crowd && !lengths.is_empty() {
        Lengths::crowd(lengths, plane_width, if narrow { 2 } else { 3 })
    } else {
        let Range { start, end } = decades(points, baseline);
        Lengths::all(10f64.powi(start)..10f64.powi(end), plane_width)
    };

    let mut chart = ChartBuilder::on(area)
        .margin_top(TOP * UNITS)
        .margin_right(RIGHT * UNITS)
        .x_label_area_size(BOTTOM * UNITS)
        .y_label_area_size(units(left))
        .build_cartesian_2d(axis, vertical)?;
    let grid = Role::Grid.color().stroke_width(UNITS.unsigned_abs());
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(grid)
        .axis_style(grid)
        .label_style(text(LABEL, Role::Muted))
        .set_all_tick_mark_size(3 * UNITS)
        .draw()?;
    let plane = plane(&chart);
    let names = [
        match scale {
            Scale::Accuracy => "Proven accuracy",
            Scale::Missing => "Missing accuracy (less is higher)",
        },
        if narrow { "Proof length (FLOPs)" } else { "Proof length: FLOPs to check it (log scale)" },
    ];
    let style = text(LABEL, Role::Muted);
    area.draw(&Text::new(names[0], (0, 2 * UNITS), style.clone()))?;
    let middle = units(plane.x + plane.width / 2.0);
    let style = style.pos(Pos::new(HPos::Center, VPos::Bottom));
    area.draw(&Text::new(names[1], (middle, units(f64::from(height) - 2.0)), style))?;

    for pair in pieces.windows(2) {
        let at = |flops: f64| pixels(chart.backend_coord(&(flops, 0.0)).0);
        draw_break(area, plane, at(pair[0].end)..at(pair[1].start))?;
    }
    let baseline_name = draw_baseline(&mut chart, baseline, &pieces)?;
    let frontier = pareto(points);
    let end = pieces.last().map_or(1.0, |piece| piece.end);
    let mut space = Space { bounds: plane, taken: draw_staircase(&mut chart, &frontier, end)? };
    space.taken.extend(baseline_name);
    if let Some(budget) = budget {
        let x = chart.backend_coord(&(budget, 0.0)).0;
        let ends = [(x, units(plane.y)), (x, units(plane.bottom()))];
        let style = Role::Unproven.color().stroke_width(3 * UNITS.unsigned_abs() / 2);
        area.draw(&DashedPathElement::new(ends, 5 * UNITS, 4 * UNITS, style))?;
        space.taken.push(Area { x: pixels(x) - 1.0, width: 2.0, ..plane });
    }

    let is_best = |point: &Point| frontier.iter().any(|best| best.id == point.id);
    let centers: Vec<_> =
        points.iter().map(|point| chart.backend_coord(&(point.flops, point.bound))).collect();
    // The frontier's own marks lie on top of the others.
    for best in [false, true] {
        for (point, center) in points.iter().zip(&centers) {
            if is_best(point) == best {
                draw_mark(area, *center, point, best)?;
            }
        }
    }
    let marker = |(point, (x, y)): (&Point, &(i32, i32))| {
        let (id, frontier) = (point.id.clone(), is_best(point));
        Marker { id, x: pixels(*x), y: pixels(*y), frontier }
    };
    let markers: Vec<_> = points.iter().zip(&centers).map(marker).collect();
    space.taken.extend(markers.iter().map(|&Marker { x, y, .. }| Area {
        x: x - REACH,
        y: y - REACH,
        width: 2.0 * REACH,
        height: 2.0 * REACH,
    }));

    let chosen = |point: &Point| selected == Some(&point.id);
    if let Some(i) = points.iter().position(chosen) {
        let ring = Role::Ink.color().stroke_width(2 * UNITS.unsigned_abs());
        area.draw(&Circle::new(centers[i], 9 * UNITS, ring))?;
    }
    // Whose name matters more has the first choice of places.
    let mut named: Vec<_> = points.iter().zip(&markers).collect();
    named.retain(|(point, _)| !point.one_of_many || chosen(point));
    named.sort_by_key(|(point, marker)| (!chosen(point), !marker.frontier));
    for (point, marker) in named {
        if let Some((x, y)) = space.place(&point.label, (marker.x, marker.y)) {
            let style = text(NAME, Role::Ink);
            area.draw(&Text::new(point.label.clone(), (units(x), units(y)), style))?;
        }
    }
    area.present()?;
    Ok((plane, markers))
}

/// Clears a gap between two pieces of the axis of lengths, and draws the sign of a break: ⫽.
fn draw_break(area: &Canvas<'_>, plane: Area, gap: Range<f64>) -> Result<(), Error> {
    let (left, right) = (gap.start + 1.0, gap.end - 1.0);
    let corners = [(left, plane.y), (right, plane.bottom() + 4.0)];
    let paper = Role::Paper.color().filled();
    area.draw(&Rectangle::new(corners.map(|(x, y)| (units(x), units(y))), paper))?;
    let style = Role::Muted.color().stroke_width(3 * UNITS.unsigned_abs() / 2);
    for x in [left, right] {
        let ends = [(x - 2.0, plane.bottom() + 5.0), (x + 2.0, plane.bottom() - 5.0)];
        area.draw(&PathElement::new(ends.map(|(x, y)| (units(x), units(y))), style))?;
    }
    Ok(())
}

/// Draws the linear baseline, dashed, as far as the pieces of the axis show it. Returns where its
/// name is.
fn draw_baseline(
    chart: &mut Chart<'_, '_>,
    baseline: LinearBaseline,
    pieces: &[Range<f64>],
) -> Result<Option<Area>, Error> {
    const STEPS: i32 = 200;
    for Range { start, end } in pieces.iter().filter(|piece| piece.start < baseline.flops) {
        let ratio = end.min(baseline.flops) / start;
        let curve = (0..=STEPS).map(|i| start * ratio.powf(f64::from(i) / f64::from(STEPS)));
        let curve = curve.map(|flops| (flops, baseline.bound(flops)));
        let style = Role::Muted.color().stroke_width(3 * UNITS.unsigned_abs() / 2);
        chart.draw_series(DashedLineSeries::new(curve, 5 * UNITS, 4 * UNITS, style))?;
    }
    let half = baseline.flops / 2.0;
    if !pieces.iter().any(|piece| piece.contains(&half)) {
        return Ok(None);
    }
    let (name, at) = ("linear baseline", (half, baseline.bound(half)));
    let style = text(LABEL, Role::Muted).pos(Pos::new(HPos::Right, VPos::Center));
    let label = EmptyElement::at(at) + Text::new(name, (-8 * UNITS, 0), style);
    chart.plotting_area().draw(&label)?;
    let (x, y) = chart.backend_coord(&at);
    let (width, height) = (text_width(name, f64::from(LABEL)), f64::from(LABEL));
    Ok(Some(Area { x: pixels(x) - 8.0 - width, y: pixels(y) - height / 2.0, width, height }))
}

/// Draws the best bound for each length: a line that steps up at every proof of the frontier.
/// Returns where it runs.
fn draw_staircase(
    chart: &mut Chart<'_, '_>,
    frontier: &[&Point],
    end: f64,
) -> Result<Vec<Area>, Error> {
    let mut steps: Vec<(f64, f64)> = Vec::new();
    for point in frontier {
        let level = steps.last().map_or(0.0, |&(_, bound)| bound);
        steps.extend([(point.flops, level), (point.flops, point.bound)]);
    }
    steps.extend(steps.last().map(|&(_, bound)| (end, bound)));
    let corners: Vec<_> = steps.iter().map(|at| chart.backend_coord(at)).collect();
    let runs = corners.windows(2).map(|ends| {
        let [(x0, y0), (x1, y1)] = [ends[0], ends[1]].map(|(x, y)| (pixels(x), pixels(y)));
        Area { x: x0 - 1.0, y: y1 - 1.0, width: x1 - x0 + 2.0, height: y0 - y1 + 2.0 }
    });
    let runs = runs.collect();
    let style = Role::Staircase.color().stroke_width(2 * UNITS.unsigned_abs());
    chart.draw_series(LineSeries::new(steps, style))?;
    Ok(runs)
}

/// The exponents of whole decades around the proofs, and around the end of the baseline where that
/// is not longer than [`LONGEST_BASELINE_SHOWN`].
fn decades(points: &[Point], baseline: LinearBaseline) -> Range<i32> {
    let shown = Some(baseline.flops).filter(|&flops| flops <= LONGEST_BASELINE_SHOWN);
    let lengths = points.iter().map(|point| point.flops).chain(shown);
    let ends = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = lengths.fold(ends, |(low, high), flops| (low.min(flops), high.max(flops)));
    if low > high {
        return 5..10;
    }
    // Half a decade of air or more.
    let (start, end) = (exponent(low / 2.0, f64::floor), exponent(high * 2.0, f64::ceil));
    if end - start < 3 { start - 1..end + 1 } else { start..end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontier::{ClassRole, Marker as Shape};
    use crate::plot::Command;
    use crate::plot::testing::{assert_legible, texts};

    const BASELINE: LinearBaseline = LinearBaseline { flops: 8.5e11, accuracy: 0.9997 };
    const WIDTHS: [u32; 6] = [280, 320, 390, 480, 720, 1200];

    fn point(id: &str, marker: Shape, role: ClassRole, flops: f64, bound: f64) -> Point {
        let (id, label) = (id.into(), id.to_uppercase());
        Point { id, label, marker, role, one_of_many: false, published: true, flops, bound }
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
        budget: None,
        selected: None,
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
    }

    #[test]
    fn the_selected_proof_has_a_ring_and_a_name_where_that_fits() {
        let label =
            "exact differences · centred · four factors around the mean, recursive".to_owned();
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
}
