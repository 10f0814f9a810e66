use super::display_list::{Figure, Marker};
use super::recorder::{Recorder, UNITS, pixels, text_width};
use super::role::Role;
use crate::frontier::{LinearBaseline, Marker as Shape, Point, pareto};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::combinators::LogCoord;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::ops::Range;

/// How to draw a frontier.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// The [`Point::id`] of the proof to mark as selected.
    pub selected: Option<&'a str>,
}

/// The axis does not reach as far as a longer baseline: all other proofs would lie in one corner.
const LONGEST_BASELINE_SHOWN: f64 = 1e15;
/// Below this width, in CSS pixels, the axes carry fewer labels.
const NARROW: u32 = 480;

type Chart<'a, 'b> = ChartContext<'b, Recorder<'a>, Cartesian2d<LogCoord<f64>, RangedCoordf64>>;

/// Draws proven accuracy against proof length (logarithmic): a mark for every proof, with its name
/// if it is not one of many or is selected; the frontier as a staircase through the proofs that
/// nothing beats; and the linear baseline.
///
/// # Panics
/// If a proof's length is not a positive finite number.
#[must_use]
pub fn frontier(points: &[Point], baseline: LinearBaseline, options: Options<'_>) -> Figure {
    let Options { width, height, .. } = options;
    let mut commands = Vec::new();
    let mut markers = Vec::new();
    if width > 0 && height > 0 {
        let area = Recorder::new(width, height, &mut commands).into_drawing_area();
        markers = draw(&area, points, baseline, options).expect("recording cannot fail");
    }
    Figure { width, height, commands, markers }
}

type Error = DrawingAreaErrorKind<std::convert::Infallible>;

fn draw(
    area: &DrawingArea<Recorder<'_>, Shift>,
    points: &[Point],
    baseline: LinearBaseline,
    options: Options<'_>,
) -> Result<Vec<Marker>, Error> {
    let Options { width, selected, .. } = options;
    let narrow = width < NARROW;
    let decades = decades(points, baseline);
    let range = 10f64.powi(decades.start)..10f64.powi(decades.end);
    let text =
        |size: i32, role: Role| ("sans-serif", size * UNITS).into_font().color(&role.color());

    let mut chart = ChartBuilder::on(area)
        .margin_top(8 * UNITS)
        .margin_right(16 * UNITS)
        .margin_bottom(6 * UNITS)
        .x_label_area_size(44 * UNITS)
        .y_label_area_size(if narrow { 44 } else { 60 } * UNITS)
        .build_cartesian_2d(range.clone().log_scale(), 0.0..1.04)?;
    let span = decades.end - decades.start;
    let every = if narrow { 2 + span / 8 } else { 1 + span / 12 };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(Role::Grid.color().stroke_width(UNITS as u32))
        .axis_style(Role::Grid.color().stroke_width(UNITS as u32))
        .label_style(text(if narrow { 11 } else { 12 }, Role::Muted))
        .axis_desc_style(text(if narrow { 11 } else { 13 }, Role::Muted))
        .x_desc(if narrow {
            "Proof length (FLOPs)"
        } else {
            "Proof length: FLOPs to check it (log scale)"
        })
        .y_desc("Proven accuracy")
        .x_labels(decades.len() + 1)
        .y_labels(6)
        .x_label_formatter(&|flops| power_of_ten(*flops, every))
        .y_label_formatter(&|bound| format!("{:.0}%", bound * 100.0))
        .set_all_tick_mark_size(3 * UNITS)
        .draw()?;

    draw_baseline(&mut chart, baseline, &range, text(12, Role::Muted))?;
    let frontier = pareto(points);
    draw_staircase(&mut chart, &frontier, range.end)?;

    // The frontier's own markers lie on top of the others.
    let best = |point: &Point| frontier.iter().any(|best| best.id == point.id);
    for point in points.iter().filter(|point| !best(point)) {
        draw_marker(&mut chart, point, Role::Beaten)?;
    }
    for point in &frontier {
        draw_marker(&mut chart, point, Role::Frontier)?;
    }
    let mut markers = Vec::new();
    for point in points {
        let at = (point.flops, point.bound);
        let (x, y) = chart.backend_coord(&at);
        let plane = chart.plotting_area();
        let is_selected = selected == Some(&point.id);
        if is_selected {
            plane.draw(&Circle::new(
                at,
                11 * UNITS,
                Role::Ink.color().stroke_width(2 * UNITS as u32),
            ))?;
        }
        // The name stands on the side that has more room, below the staircase, which on the left is
        // a step lower.
        let left = pixels(x) > f64::from(width) / 2.0;
        let room = if left { pixels(x) } else { f64::from(width) - pixels(x) } - 16.0;
        if !point.one_of_many || is_selected && text_width(&point.label, 13.0) <= room {
            let step = frontier.iter().rev().find(|shorter| left && shorter.flops < point.flops);
            let below = step.map_or(0, |shorter| {
                (chart.backend_coord(&(shorter.flops, shorter.bound)).1 - y).max(0)
            });
            let (h_pos, offset) =
                if left { (HPos::Right, -14 * UNITS) } else { (HPos::Left, 14 * UNITS) };
            let style = text(13, Role::Ink).pos(Pos::new(h_pos, VPos::Top));
            plane.draw(
                &(EmptyElement::at(at)
                    + Text::new(point.label.clone(), (offset, below + 5 * UNITS), style)),
            )?;
        }
        markers.push(Marker { id: point.id.clone(), x: pixels(x), y: pixels(y) });
    }
    area.present()?;
    Ok(markers)
}

/// Draws the mark of a proof, about 11 pixels wide.
fn draw_marker(chart: &mut Chart<'_, '_>, point: &Point, role: Role) -> Result<(), Error> {
    const R: i32 = 9 * UNITS / 2;
    let at = EmptyElement::at((point.flops, point.bound));
    let (filled, line) = (role.color().filled(), role.color().stroke_width(2 * UNITS as u32));
    let area = chart.plotting_area();
    match point.marker {
        Shape::Square => area.draw(&(at + Rectangle::new([(-R, -R), (R, R)], filled))),
        Shape::Circle => area.draw(&(at + Circle::new((0, 0), 6 * UNITS, filled))),
        Shape::Ring => area.draw(&(at + Circle::new((0, 0), R, line))),
        Shape::TriangleUp => area.draw(&(at + Polygon::new([(-R, R), (R, R), (0, -R)], filled))),
        Shape::TriangleDown => area.draw(&(at + Polygon::new([(-R, -R), (R, -R), (0, R)], filled))),
        Shape::Diamond => {
            area.draw(&(at + Polygon::new([(-R, 0), (0, -R), (R, 0), (0, R)], filled)))
        }
        Shape::Cross => {
            let strokes = PathElement::new([(-R, -R), (R, R)], line);
            area.draw(&(at + strokes + PathElement::new([(-R, R), (R, -R)], line)))
        }
        Shape::Plus => {
            let strokes = PathElement::new([(-R, 0), (R, 0)], line);
            area.draw(&(at + strokes + PathElement::new([(0, -R), (0, R)], line)))
        }
        Shape::Star => area.draw(&(at + Polygon::new(star(6 * UNITS), filled))),
    }
}

/// The corners of a star of five points, one of which points up.
#[expect(clippy::cast_possible_truncation, reason = "the radius is small")]
fn star(radius: i32) -> Vec<(i32, i32)> {
    // Sines and negated cosines of the tenths of a turn: even tenths are points, odd tenths are the
    // corners between points, nearer to the centre.
    const TURN: [(f64, f64); 10] = [
        (0.0, -1.0),
        (0.588, -0.809),
        (0.951, -0.309),
        (0.951, 0.309),
        (0.588, 0.809),
        (0.0, 1.0),
        (-0.588, 0.809),
        (-0.951, 0.309),
        (-0.951, -0.309),
        (-0.588, -0.809),
    ];
    let corner = |(i, (x, y)): (usize, (f64, f64))| {
        let r = f64::from(radius) * if i % 2 == 0 { 1.0 } else { 0.45 };
        ((r * x).round() as i32, (r * y).round() as i32)
    };
    TURN.into_iter().enumerate().map(corner).collect()
}

/// Draws the linear baseline, dashed, as far as it lies inside the range.
fn draw_baseline(
    chart: &mut Chart<'_, '_>,
    baseline: LinearBaseline,
    range: &Range<f64>,
    label: TextStyle<'_>,
) -> Result<(), Error> {
    const STEPS: i32 = 200;
    let ratio = range.end.min(baseline.flops) / range.start;
    let curve = (0..=STEPS).map(|i| range.start * ratio.powf(f64::from(i) / f64::from(STEPS)));
    let curve = curve.map(|flops| (flops, baseline.bound(flops)));
    let style = Role::Muted.color().stroke_width(3 * UNITS as u32 / 2);
    chart.draw_series(DashedLineSeries::new(curve, 5 * UNITS, 4 * UNITS, style))?;
    let half = baseline.flops / 2.0;
    if range.contains(&half) {
        let style = label.pos(Pos::new(HPos::Right, VPos::Center));
        let name = EmptyElement::at((half, baseline.bound(half)))
            + Text::new("linear baseline", (-8 * UNITS, 0), style);
        chart.plotting_area().draw(&name)?;
    }
    Ok(())
}

/// Draws the best bound for each length: a line that steps up at every proof of the frontier.
fn draw_staircase(chart: &mut Chart<'_, '_>, frontier: &[&Point], end: f64) -> Result<(), Error> {
    let mut steps: Vec<(f64, f64)> = Vec::new();
    for point in frontier {
        let level = steps.last().map_or(0.0, |&(_, bound)| bound);
        steps.extend([(point.flops, level), (point.flops, point.bound)]);
    }
    steps.extend(steps.last().map(|&(_, bound)| (end, bound)));
    chart.draw_series(LineSeries::new(
        steps,
        Role::Staircase.color().stroke_width(2 * UNITS as u32),
    ))?;
    Ok(())
}

/// The exponents of whole decades around the proofs, and around the end of the baseline where that
/// is not longer than [`LONGEST_BASELINE_SHOWN`].
#[expect(clippy::cast_possible_truncation, reason = "exponents of finite floats are small")]
fn decades(points: &[Point], baseline: LinearBaseline) -> Range<i32> {
    let shown = Some(baseline.flops).filter(|&flops| flops <= LONGEST_BASELINE_SHOWN);
    let lengths = points.iter().map(|point| point.flops).chain(shown);
    let (low, high) = lengths.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), flops| {
        assert!(flops > 0.0 && flops.is_finite(), "a proof of {flops} FLOPs");
        (low.min(flops), high.max(flops))
    });
    if low > high {
        return 5..10;
    }
    let (start, end) = ((low.log10() - 0.3).floor() as i32, (high.log10() + 0.3).ceil() as i32);
    if end - start < 3 { start - 1..end + 1 } else { start..end }
}

/// `10⁶` for a million; an empty text for what is no power of ten, or whose exponent is no multiple
/// of `every`.
#[expect(clippy::cast_possible_truncation, reason = "exponents of finite floats are small")]
fn power_of_ten(x: f64, every: i32) -> String {
    let exponent = x.log10().round() as i32;
    if (x / 10f64.powi(exponent) - 1.0).abs() > 1e-6 || exponent % every != 0 {
        return String::new();
    }
    let superscript = |c: char| match c.to_digit(10) {
        Some(digit) => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit as usize],
        None => '⁻',
    };
    format!("10{}", exponent.to_string().chars().map(superscript).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::{Anchor, Command};

    const BASELINE: LinearBaseline = LinearBaseline { flops: 8.5e11, accuracy: 0.9997 };

    fn proofs() -> Vec<Point> {
        let point = |id: &str, marker, flops, bound| {
            let (id, label) = (id.into(), id.to_uppercase());
            Point { id, label, marker, one_of_many: false, published: true, flops, bound }
        };
        vec![
            point("brute-force", Shape::Square, 8.5e11, 0.9997),
            point("cubic", Shape::Circle, 8.8e6, 0.9459),
        ]
    }

    fn draw(points: &[Point], width: u32, selected: Option<&str>) -> Figure {
        frontier(points, BASELINE, Options { width, height: 300, selected })
    }

    /// The left, top, right and bottom edge of every text, by generous widths.
    fn texts(figure: &Figure) -> Vec<(String, [f64; 4])> {
        let text = |command: &Command| {
            let Command::Text { x, y, text, size, anchor, baseline, rotate, .. } = command else {
                return None;
            };
            let (w, h) = (0.6 * size * text.chars().count() as f64, *size);
            let shift =
                |at: f64, length: f64, part: f64| [at - part * length, at + (1.0 - part) * length];
            let along = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => 0.5,
                Anchor::End => 1.0,
            };
            let across = match baseline {
                super::super::Baseline::Top => 0.0,
                super::super::Baseline::Middle => 0.5,
                super::super::Baseline::Bottom => 1.0,
            };
            let ([left, right], [top, bottom]) = match rotate {
                0 => (shift(*x, w, along), shift(*y, h, across)),
                270 => (shift(*x, h, across), shift(*y, w, along)),
                other => panic!("no text is turned by {other} degrees"),
            };
            (!text.is_empty()).then(|| (text.clone(), [left, top, right, bottom]))
        };
        figure.commands.iter().filter_map(text).collect()
    }

    #[test]
    fn every_text_is_inside_and_none_lies_on_another() {
        for width in [280, 320, 480, 720, 1200] {
            let figure = draw(&proofs(), width, None);
            let texts = texts(&figure);
            for (i, (text, [left, top, right, bottom])) in texts.iter().enumerate() {
                assert!(*left >= -1.0 && *top >= -1.0, "{text} at {left}, {top} of width {width}");
                assert!(
                    *right <= f64::from(width) + 1.0 && *bottom <= 301.0,
                    "{text} to {right}, {bottom} of {width}"
                );
                for (other, [l, t, r, b]) in &texts[..i] {
                    let apart = right <= l || r <= left || bottom <= t || b <= top;
                    assert!(apart, "{text} and {other} at width {width}");
                }
            }
            let names: Vec<_> = texts.iter().map(|(text, _)| text.as_str()).collect();
            for expected in
                ["BRUTE-FORCE", "CUBIC", "linear baseline", "100%", "0%", "10¹²", "Proven accuracy"]
            {
                assert!(names.contains(&expected), "{expected} in {names:?}");
            }
        }
    }

    #[test]
    fn markers_are_where_the_proofs_are_and_the_selected_one_has_a_ring() {
        let figure = draw(&proofs(), 720, None);
        let [brute_force, cubic] = &figure.markers[..] else {
            panic!("two markers: {:?}", figure.markers)
        };
        assert_eq!((brute_force.id.as_str(), cubic.id.as_str()), ("brute-force", "cubic"));
        assert!(brute_force.x > cubic.x + 200.0 && brute_force.y < cubic.y, "{:?}", figure.markers);
        let circles = |figure: &Figure| {
            figure.commands.iter().filter(|c| matches!(c, Command::Circle { .. })).count()
        };
        assert_eq!(circles(&draw(&proofs(), 720, Some("brute-force"))), circles(&figure) + 1);
    }

    #[test]
    fn a_selected_proof_is_named_where_its_name_fits() {
        let mut points = proofs();
        let label =
            "exact differences · centred · four factors around the mean, recursive".to_owned();
        points.push(Point {
            id: "long".into(),
            label: label.clone(),
            one_of_many: true,
            flops: 1.3e6,
            ..points[1].clone()
        });
        let named = |width, selected| {
            texts(&draw(&points, width, selected)).iter().any(|(text, _)| *text == label)
        };
        assert!(named(720, Some("long")) && !named(320, Some("long")) && !named(720, None));
    }

    #[test]
    fn nothing_to_show_and_nowhere_to_show_it() {
        assert!(draw(&[], 320, None).markers.is_empty());
        assert!(draw(&proofs(), 0, None).commands.is_empty());
        let one = [Point { flops: 1e41, ..proofs().remove(0) }];
        assert_eq!(draw(&one, 320, None).markers.len(), 1);
    }
}
