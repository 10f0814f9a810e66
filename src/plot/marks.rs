//! The marks of points: a shape for each class of proofs, filled on the frontier and hollow
//! elsewhere; a half disc for a bound with coins, and a ring of dots for an estimate.

use super::canvas::{Canvas, Error};
use super::recorder::UNITS;
use super::role::Role;
use crate::frontier::{Marker, Point};
use plotters::prelude::*;

/// How far a mark reaches from its centre, CSS pixels.
pub(super) const REACH: f64 = 6.0;
/// The radius of a mark.
const R: i32 = 9 * UNITS / 2;
/// Corners of the left half of a disc of that radius, an eighth of a half turn apart.
const HALF: [(i32, i32); 9] =
    [(0, -R), (-14, -33), (-25, -25), (-33, -14), (-R, 0), (-33, 14), (-25, 25), (-14, 33), (0, R)];
/// A quarter of twelve dots on its rim.
const DOTS: [(i32, i32); 3] = [(0, -R), (18, -31), (31, -18)];

/// Draws the mark of a point, about 9 CSS pixels wide.
pub(super) fn draw_mark(
    area: &Canvas<'_>,
    center: (i32, i32),
    point: &Point,
    on_frontier: bool,
) -> Result<(), Error> {
    let (marker, role) = point.mark();
    match marker {
        Marker::Half => {
            let role = if on_frontier { role.into() } else { Role::Beaten };
            let circle = |style| Circle::new((0, 0), R, style);
            let disc =
                EmptyElement::at(center) + circle(halo()) + circle(Role::Paper.color().filled());
            area.draw(&disc)?;
            let half = Polygon::new(HALF, role.color().filled());
            area.draw(&(EmptyElement::at(center) + circle(role.color().stroke_width(10)) + half))
        }
        Marker::Dots => {
            for dot in around(DOTS) {
                let dot = Circle::new(dot, UNITS, Role::from(role).color().filled());
                area.draw(&(EmptyElement::at(center) + dot))?;
            }
            Ok(())
        }
        _ if !on_frontier => outline_mark(area, center, marker, Role::Beaten),
        _ => fill_mark(area, center, marker, role.into()),
    }
}

/// The stroke around a mark that sets it off from what is below it.
fn halo() -> ShapeStyle {
    Role::Paper.color().stroke_width(24)
}

/// Draws a filled mark with a halo.
pub(super) fn fill_mark(
    area: &Canvas<'_>,
    center: (i32, i32),
    marker: Marker,
    role: Role,
) -> Result<(), Error> {
    let at = EmptyElement::at(center);
    let fill = role.color().filled();
    let Some(corners) = corners(marker) else {
        let circle = |style| Circle::new((0, 0), R, style);
        return area.draw(&(at + circle(halo()) + circle(fill)));
    };
    let outline = PathElement::new([&corners[..], &corners[..1]].concat(), halo());
    area.draw(&(at + outline + Polygon::new(corners, fill)))
}

/// Draws the outline of a mark.
pub(super) fn outline_mark(
    area: &Canvas<'_>,
    center: (i32, i32),
    marker: Marker,
    role: Role,
) -> Result<(), Error> {
    let (at, line) = (EmptyElement::at(center), role.color().stroke_width(10));
    match corners(marker) {
        None => area.draw(&(at + Circle::new((0, 0), R, line))),
        Some(corners) => {
            area.draw(&(at + PathElement::new([&corners[..], &corners[..1]].concat(), line)))
        }
    }
}

/// The corners of a shape around its centre; none for what is round.
fn corners(marker: Marker) -> Option<Vec<(i32, i32)>> {
    /// Half the width of a stroke of the plus, and √½ of a stroke of the cross.
    const T: i32 = 3 * UNITS / 2;
    Some(match marker {
        Marker::Circle | Marker::Half | Marker::Dots => return None,
        Marker::Square => vec![(-R, -R), (R, -R), (R, R), (-R, R)],
        Marker::TriangleUp => vec![(-R, R), (R, R), (0, -R)],
        Marker::TriangleDown => vec![(-R, -R), (R, -R), (0, R)],
        Marker::TriangleRight => vec![(-R, -R), (R, 0), (-R, R)],
        Marker::Diamond => {
            let r = R + UNITS;
            vec![(-r, 0), (0, -r), (r, 0), (0, r)]
        }
        Marker::Cross => around([(0, -T), (R - T, -R), (R, T - R)]),
        Marker::Plus => around([(-T, -T), (-T, -R), (T, -R)]),
        Marker::Star => star(6 * UNITS),
    })
}

/// A quarter of the corners of a shape, turned to make all of them.
fn around(quarter: [(i32, i32); 3]) -> Vec<(i32, i32)> {
    let turned = |quarter: [(i32, i32); 3]| Some(quarter.map(|(x, y)| (-y, x)));
    std::iter::successors(Some(quarter), |&quarter| turned(quarter)).take(4).flatten().collect()
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
