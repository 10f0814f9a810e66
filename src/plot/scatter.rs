use super::axes::{draw_axes, height_of_plane, width_of_plane};
use super::axis::label_room;
use super::canvas::{Canvas, Error, text};
use super::display_list::{Area, Figure, Marker};
use super::error::FigureError;
use super::frontier::rooms;
use super::lengths::Lengths;
use super::marks::outline_mark;
use super::names::{NAME, Space};
use super::recorder::{Recorder, UNITS, pixels, units};
use super::role::Role;
use super::vertical::{Scale, vertical};
use crate::frontier::Marker as Shape;
use plotters::prelude::*;

/// Points, and how to draw them.
#[derive(Clone, Copy, Debug)]
pub struct Scatter<'a> {
    /// For each point a positive number and an accuracy from 0 to 1, `[points, 2]`.
    pub points: &'a [f64],
    /// How the accuracies are drawn.
    pub scale: Scale,
    /// What the horizontal axis shows.
    pub name: &'a str,
    /// The point with a ring, and its name.
    pub selected: Option<(usize, &'a str)>,
}

/// Draws accuracies against another number (logarithmic): a hollow circle for each point, a filled
/// one with a ring and a name for the selected one. Its [`Marker::id`] is the place of a point in
/// the list. The figure has that width and height in CSS pixels.
///
/// # Errors
/// If a number is not positive and finite, or an accuracy not from 0 to 1.
pub fn scatter(scatter: Scatter<'_>, width: u32, height: u32) -> Result<Figure, FigureError> {
    let mut figure = Figure { width, height, ..Figure::default() };
    for (index, point) in scatter.points.chunks_exact(2).enumerate() {
        let (across, up) = (point[0], point[1]);
        if !(across > 0.0 && across.is_finite() && (0.0..=1.0).contains(&up)) {
            return Err(FigureError::Point { index, across, up });
        }
    }
    if width > 0 && height > 0 && scatter.points.len() > 1 {
        let area = Recorder::new(width, height, &mut figure.commands).into_drawing_area();
        let drawn = draw(&area, scatter, width, height).expect("recording cannot fail");
        (figure.plane, figure.markers) = drawn;
    }
    Ok(figure)
}

fn draw(
    area: &Canvas<'_>,
    Scatter { points, scale, name, selected }: Scatter<'_>,
    width: u32,
    height: u32,
) -> Result<(Area, Vec<Marker>), Error> {
    let points: Vec<_> = points.chunks_exact(2).map(|point| (point[0], point[1])).collect();
    let up = vertical(scale, points.iter().map(|point| point.1), height_of_plane(height));
    let low = points.iter().fold(f64::INFINITY, |low, point| low.min(point.0));
    let high = points.iter().fold(0.0_f64, |high, point| high.max(point.0));
    let across = Lengths::round(&(low / 1.1..high * 1.1), width_of_plane(width, &up), label_room);
    let (chart, plane) = draw_axes(area, across, up, [scale.name(), name], height)?;

    let centers: Vec<_> = points.iter().map(|point| chart.backend_coord(point)).collect();
    for center in &centers {
        outline_mark(area, *center, Shape::Circle, Role::Published)?;
    }
    let places: Vec<_> = centers.iter().map(|&(x, y)| (pixels(x), pixels(y))).collect();
    if let Some((index, label)) = selected.filter(|&(index, _)| index < centers.len()) {
        let ring = Role::Ink.color().stroke_width(2 * UNITS.unsigned_abs());
        area.draw(&Circle::new(centers[index], 9 * UNITS / 2, Role::Ours.color().filled()))?;
        area.draw(&Circle::new(centers[index], 9 * UNITS, ring))?;
        let mut space = Space { bounds: plane, taken: rooms(&places).collect() };
        if let Some((x, y)) = space.place(label, places[index]) {
            let style = text(NAME, Role::Ink);
            area.draw(&Text::new(label.to_owned(), (units(x), units(y)), style))?;
        }
    }
    area.present()?;
    let marker = |(index, &(x, y)): (usize, &(f64, f64))| {
        let frontier = selected.is_some_and(|(chosen, _)| chosen == index);
        Marker { id: index.to_string(), x, y, frontier }
    };
    Ok((plane, places.iter().enumerate().map(marker).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::testing::{assert_legible, texts};

    const POINTS: [f64; 8] = [620.0, 0.3, 75.0, 0.1, 1500.0, 0.9, 300.0, 1.0];

    fn drawn(width: u32, scale: Scale) -> Figure {
        let selected = Some((1, "seed 123"));
        let name = "σ₁/σ₂ (log scale)";
        scatter(Scatter { points: &POINTS, scale, name, selected }, width, 300).unwrap()
    }

    #[test]
    fn points_lie_in_the_order_of_both_numbers_and_texts_stand_apart() {
        for width in [280, 390, 720, 1200] {
            for scale in [Scale::Accuracy, Scale::Missing] {
                let figure = drawn(width, scale);
                assert_legible(&figure);
                let [a, b, c, d] = &figure.markers[..] else { panic!("four") };
                assert!(b.x < d.x && d.x < a.x && a.x < c.x, "{:?}", figure.markers);
                assert!(d.y < c.y && c.y < a.y && a.y < b.y, "{:?}", figure.markers);
                assert_eq!([&*a.id, &*b.id, &*c.id, &*d.id], ["0", "1", "2", "3"]);
                assert!(b.frontier && !a.frontier);
                let names: Vec<_> = texts(&figure).into_iter().map(|(name, _)| name).collect();
                for expected in ["seed 123", "σ₁/σ₂ (log scale)", "100", "1k"] {
                    assert!(names.iter().any(|name| name == expected), "{expected}: {names:?}");
                }
            }
        }
    }

    #[test]
    fn nothing_to_draw_and_what_cannot_be_drawn() {
        let of = |points: &[f64]| {
            let selected = Some((5, "none"));
            scatter(Scatter { points, scale: Scale::Accuracy, name: "", selected }, 320, 200)
        };
        assert!(of(&[]).unwrap().commands.is_empty());
        assert_eq!(of(&[5.0, 0.5]).unwrap().markers.len(), 1);
        for bad in [[0.0, 0.5], [f64::INFINITY, 0.5], [f64::NAN, 0.5], [1.0, 1.5], [1.0, f64::NAN]]
        {
            let points = [&[2.0, 0.5], &bad[..]].concat();
            let error = of(&points).unwrap_err().to_string();
            assert!(error.starts_with("point 1 "), "{error}");
        }
    }
}
