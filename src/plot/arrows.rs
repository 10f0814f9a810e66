//! Vectors of two numbers as arrows from one origin.

use super::canvas::{Canvas, Error};
use super::display_list::{Area, Figure};
use super::error::FigureError;
use super::recorder::{Recorder, UNITS, units};
use super::role::Role;
use plotters::prelude::*;
use serde::Deserialize;

/// Arrows of one kind.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Arrows {
    /// Their colour.
    pub role: Role,
    /// How wide their lines are, CSS pixels.
    pub width: f64,
    /// How far across and how far up the head of each is.
    pub ends: Vec<(f64, f64)>,
}

/// The room around the longest arrow, CSS pixels.
const AIR: f64 = 4.0;
/// The length of a stroke of a head, CSS pixels.
const HEAD: f64 = 6.0;

/// Draws arrows in a square of `side` CSS pixels, the later ones above the earlier ones; the
/// longest one reaches its edge.
///
/// # Errors
/// If a number is not finite.
pub fn arrows(kinds: &[Arrows], side: u32) -> Result<Figure, FigureError> {
    let ends = || kinds.iter().flat_map(|kind| kind.ends.iter().copied());
    if let Some((across, up)) = ends().find(|(x, y)| !(x.is_finite() && y.is_finite())) {
        return Err(FigureError::Arrow { across, up });
    }
    let mut figure = Figure { width: side, height: side, ..Figure::default() };
    let reach = ends().fold(0.0_f64, |reach, (x, y)| reach.max(x.hypot(y)));
    if f64::from(side) > 2.0 * AIR && reach > 0.0 {
        let area = Recorder::new(side, side, &mut figure.commands).into_drawing_area();
        let (middle, wide) = (f64::from(side) / 2.0, f64::from(side) - 2.0 * AIR);
        let scale = wide / 2.0 / reach;
        draw(&area, kinds, middle, scale).expect("recording cannot fail");
        figure.plane = Area { x: AIR, y: AIR, width: wide, height: wide };
    }
    Ok(figure)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the width of a line is a small positive number"
)]
fn draw(area: &Canvas<'_>, kinds: &[Arrows], middle: f64, scale: f64) -> Result<(), Error> {
    let at = |(x, y): (f64, f64)| (units(x), units(y));
    let axis = Role::Grid.color().stroke_width(UNITS.unsigned_abs());
    for ends in [
        [(AIR, middle), (2.0 * middle - AIR, middle)],
        [(middle, AIR), (middle, 2.0 * middle - AIR)],
    ] {
        area.draw(&PathElement::new(ends.map(at), axis))?;
    }
    for kind in kinds {
        let style = kind.role.color().stroke_width((kind.width * f64::from(UNITS)).round() as u32);
        for &(across, up) in &kind.ends {
            let (x, y) = (scale * across, -scale * up);
            let length = x.hypot(y);
            let line = [(0.0, 0.0), (x, y)].map(|(x, y)| at((middle + x, middle + y)));
            area.draw(&PathElement::new(line, style))?;
            // A vector that is hardly there has no direction to show.
            if length < HEAD {
                continue;
            }
            let (along, beside) = ((x / length, y / length), (-y / length, x / length));
            let side = |s: f64| {
                let back = |head: f64, along: f64, beside: f64| {
                    middle + head - 0.8 * HEAD * along + s * 0.5 * HEAD * beside
                };
                at((back(x, along.0, beside.0), back(y, along.1, beside.1)))
            };
            area.draw(&PathElement::new([side(1.0), line[1], side(-1.0)], style))?;
        }
    }
    area.present()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::Command;

    fn drawn(ends: &[(f64, f64)], side: u32) -> Result<Figure, FigureError> {
        arrows(&[Arrows { role: Role::Ours, width: 1.5, ends: ends.to_vec() }], side)
    }

    #[test]
    fn arrows_start_in_the_middle_and_the_longest_reaches_the_edge() {
        let figure = drawn(&[(0.0, 2.0), (-1.0, 0.0), (0.0, 0.0)], 208).unwrap();
        let lines = figure.commands.iter().filter_map(|command| match command {
            Command::Path { points, color: Role::Ours, .. } => Some(points.clone()),
            _ => None,
        });
        let lines: Vec<_> = lines.collect();
        assert_eq!(lines.len(), 5, "two with heads, one without: {lines:?}");
        assert_eq!(lines[0], [(104.0, 104.0), (104.0, 4.0)]);
        assert_eq!(lines[2], [(104.0, 104.0), (54.0, 104.0)]);
        assert_eq!(lines[1][1], (104.0, 4.0), "a head ends where its line does");
    }

    #[test]
    fn nothing_to_draw_and_what_cannot_be_drawn() {
        for (ends, side) in
            [(&[][..], 100), (&[(0.0, 0.0)], 100), (&[(1.0, 1.0)], 0), (&[(1.0, 1.0)], 8)]
        {
            assert!(drawn(ends, side).unwrap().commands.is_empty());
        }
        for bad in [(f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            let error = drawn(&[bad], 100).unwrap_err().to_string();
            assert!(error.starts_with("an arrow ends at two finite numbers"), "{error}");
        }
    }
}
