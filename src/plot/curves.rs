//! Curves over a positive number, such as errors against proof lengths: points, and lines through
//! them.

use super::axes::{draw_axes, height_of_plane, width_of_plane};
use super::axis::{Axis, LABEL, label_room};
use super::canvas::{Canvas, Error, text};
use super::display_list::{Area, Figure, Marker};
use super::error::FigureError;
use super::frontier::rooms;
use super::lengths::Lengths;
use super::marks::{fill_mark, outline_mark};
use super::names::{NAME, Space};
use super::recorder::{Recorder, UNITS, pixels, units};
use super::role::Role;
use super::vertical::{Scale, vertical};
use crate::frontier::Marker as Shape;
use plotters::prelude::*;
use serde::Deserialize;

/// Points of one kind.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Curve {
    /// A short name, which stands beside the last point; empty for none.
    pub name: String,
    /// The shape of its marks.
    pub marker: Shape,
    /// The colour of its marks and its line.
    pub role: Role,
    /// Whether its marks are filled, or outlines.
    pub filled: bool,
    /// Whether a line joins the points, in their order.
    pub joined: bool,
    /// How far across and how far up each point is.
    pub points: Vec<(f64, f64)>,
}

/// How to draw curves.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct CurveOptions {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// The name of the horizontal axis, which is logarithmic.
    pub across: String,
    /// The name of the vertical axis.
    pub up: String,
    /// What the vertical axis is.
    pub rise: Rise,
    /// The place of the point with a ring in the list of all points, curve after curve.
    pub selected: Option<usize>,
}

/// What a vertical axis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rise {
    /// Logarithmic, of positive numbers.
    Logarithmic,
    /// Linear, of parts of a whole from 0 to 1.
    Part,
}

/// Draws curves: a mark for each point, and lines below all marks. Its [`Marker::id`] is the place
/// of a point in the list of all points, curve after curve.
///
/// # Errors
/// If a number is not positive and finite, or a part not from 0 to 1.
pub fn curves(curves: &[Curve], options: &CurveOptions) -> Result<Figure, FigureError> {
    let &CurveOptions { width, height, rise, .. } = options;
    let mut figure = Figure { width, height, ..Figure::default() };
    let positive = |value: f64| value > 0.0 && value.is_finite();
    for curve in curves {
        for &(across, up) in &curve.points {
            let (fits, expected) = match rise {
                Rise::Logarithmic => (positive(up), "two positive finite numbers"),
                Rise::Part => {
                    ((0.0..=1.0).contains(&up), "a positive finite number and a part from 0 to 1")
                }
            };
            if !(positive(across) && fits) {
                let curve = curve.name.clone();
                return Err(FigureError::Curve { curve, expected, across, up });
            }
        }
    }
    if width > 0 && height > 0 && curves.iter().any(|curve| !curve.points.is_empty()) {
        let area = Recorder::new(width, height, &mut figure.commands).into_drawing_area();
        let drawn = draw(&area, curves, options).expect("recording cannot fail");
        (figure.plane, figure.markers) = drawn;
    }
    Ok(figure)
}

fn draw(
    area: &Canvas<'_>,
    curves: &[Curve],
    options: &CurveOptions,
) -> Result<(Area, Vec<Marker>), Error> {
    let points = || curves.iter().flat_map(|curve| curve.points.iter().copied());
    let up = rising(options.rise, points().map(|point| point.1), height_of_plane(options.height));
    let wide = width_of_plane(options.width, &up);
    let across = Lengths::round(&around(points().map(|point| point.0)), wide, label_room);
    let names = [&*options.up, &*options.across];
    let (mut chart, plane) = draw_axes(area, across, up, names, options.height)?;

    for curve in curves.iter().filter(|curve| curve.joined) {
        let style = curve.role.color().stroke_width(3 * UNITS.unsigned_abs() / 2);
        chart.draw_series(LineSeries::new(curve.points.iter().copied(), style))?;
    }
    let centers: Vec<_> = points().map(|point| chart.backend_coord(&point)).collect();
    let owners = curves.iter().flat_map(|curve| curve.points.iter().map(move |_| curve));
    for (center, curve) in centers.iter().zip(owners) {
        let mark = if curve.filled { fill_mark } else { outline_mark };
        mark(area, *center, curve.marker, curve.role)?;
    }
    if let Some(center) = options.selected.and_then(|index| centers.get(index)) {
        let ring = Role::Ink.color().stroke_width(2 * UNITS.unsigned_abs());
        area.draw(&Circle::new(*center, 9 * UNITS, ring))?;
    }

    let places: Vec<_> = centers.iter().map(|&(x, y)| (pixels(x), pixels(y))).collect();
    let mut space = Space { bounds: plane, taken: rooms(&places).collect() };
    let mut end = 0;
    for curve in curves {
        end += curve.points.len();
        if curve.name.is_empty() || curve.points.is_empty() {
            continue;
        }
        if let Some((x, y)) = space.place(&curve.name, places[end - 1]) {
            let name = Text::new(curve.name.clone(), (units(x), units(y)), text(NAME, curve.role));
            area.draw(&name)?;
        }
    }
    area.present()?;
    let marker = |(index, &(x, y)): (usize, &(f64, f64))| Marker {
        id: index.to_string(),
        x,
        y,
        frontier: options.selected == Some(index),
    };
    Ok((plane, places.iter().enumerate().map(marker).collect()))
}

/// The vertical axis, `height` CSS pixels high.
fn rising(rise: Rise, values: impl Iterator<Item = f64>, height: f64) -> Axis {
    match rise {
        Rise::Logarithmic => Lengths::round(&around(values), height, |_| f64::from(LABEL) + 4.0),
        Rise::Part => vertical(Scale::Accuracy, values, height),
    }
}

/// The range of positive values, with some air.
fn around(values: impl Iterator<Item = f64>) -> std::ops::Range<f64> {
    let ends = (f64::INFINITY, 0.0_f64);
    let (low, high) = values.fold(ends, |(low, high), value| (low.min(value), high.max(value)));
    low / 1.1..high * 1.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::testing::{assert_legible, texts};

    fn curve(name: &str, joined: bool, points: &[(f64, f64)]) -> Curve {
        let (marker, role) = (Shape::Diamond, Role::Ours);
        Curve { name: name.into(), marker, role, filled: joined, joined, points: points.to_vec() }
    }

    fn options(width: u32, rise: Rise) -> CurveOptions {
        let (across, up) = ("proof length".into(), "error".into());
        CurveOptions { width, height: 320, across, up, rise, selected: Some(2) }
    }

    #[test]
    fn points_lie_by_both_numbers_and_curves_have_names() {
        let all = [
            curve("L1", true, &[(1e6, 0.02), (2e6, 0.2), (5e6, 0.9)]),
            curve("", false, &[(1.2e6, 0.05)]),
        ];
        for width in [280, 390, 720, 1200] {
            for rise in [Rise::Logarithmic, Rise::Part] {
                let figure = curves(&all, &options(width, rise)).unwrap();
                assert_legible(&figure);
                let [a, b, c, d] = &figure.markers[..] else { panic!("four") };
                assert!(a.x < d.x && d.x < b.x && b.x < c.x, "{:?}", figure.markers);
                assert!(c.y < b.y && b.y < d.y && d.y < a.y, "{:?}", figure.markers);
                assert!(c.frontier && !a.frontier, "the third is selected");
                let names: Vec<_> = texts(&figure).into_iter().map(|(name, _)| name).collect();
                let tick = if rise == Rise::Part { "100%" } else { "0.1" };
                for expected in ["L1", "proof length", "error", "1M", tick] {
                    assert!(names.iter().any(|name| name == expected), "{expected}: {names:?}");
                }
            }
        }
    }

    #[test]
    fn nothing_to_draw_and_what_cannot_be_drawn() {
        let drawn = |rise, points: &[(f64, f64)]| {
            curves(&[curve("tanh", true, points)], &options(320, rise))
        };
        assert!(drawn(Rise::Part, &[]).unwrap().commands.is_empty());
        assert_eq!(drawn(Rise::Part, &[(1.0, 0.0)]).unwrap().markers.len(), 1);
        for bad in [(0.0, 0.5), (f64::INFINITY, 0.5), (1.0, f64::NAN), (1.0, 1.5)] {
            let error = drawn(Rise::Part, &[bad]).unwrap_err().to_string();
            assert!(error.starts_with("a point of the curve 'tanh' has a positive"), "{error}");
        }
        assert!(drawn(Rise::Logarithmic, &[(1.0, 0.0)]).is_err());
        assert!(drawn(Rise::Logarithmic, &[(1.0, 1.5)]).is_ok());
    }
}
