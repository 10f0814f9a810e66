use super::axis::{Axis, choose, exponent, label_room, powers};
use super::canvas::{Canvas, Error, fill, fitting, label_width, write};
use super::display_list::{Area, Figure};
use super::error::FigureError;
use super::recorder::Recorder;
use super::role::Role;
use super::rows::{Layout, Row, layout};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;
use serde::Deserialize;
use std::ops::Range;

/// A bar of a chart.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Bar {
    /// Its name.
    pub label: String,
    /// Its length: positive.
    pub value: f64,
    /// The value as a text.
    pub text: String,
    /// Its colour.
    pub role: Role,
}

/// The room below the bars, CSS pixels: for labels and the name of the axis.
const BOTTOM: f64 = 40.0;

/// Draws positive numbers as bars on a logarithmic axis called `name`, which starts at a power of
/// ten below all. The figure is `width` CSS pixels wide and as high as it takes.
///
/// # Errors
/// If a value is not positive and finite.
pub fn bars(bars: &[Bar], name: &str, width: u32) -> Result<Figure, FigureError> {
    if let Some(Bar { label, value, .. }) =
        bars.iter().find(|bar| !(bar.value > 0.0 && bar.value.is_finite()))
    {
        return Err(FigureError::Length { label: label.clone(), value: *value });
    }
    let mut figure = Figure { width, ..Figure::default() };
    if bars.is_empty() || width == 0 {
        return Ok(figure);
    }
    let texts: Vec<_> = bars.iter().map(|bar| (&bar.label[..], &bar.text[..])).collect();
    let layout = layout(&texts, f64::from(width));
    let range = range(bars.iter().map(|bar| bar.value));
    let knots = vec![(range.start.log10(), 0.0), (range.end.log10(), 1.0)];
    let mut axis = Axis { scale: f64::log10, knots, ticks: Vec::new() };
    let (x, room) = layout.bars;
    axis.ticks = choose(powers(&range), |value| room * axis.place(value), label_room);
    let row = |Bar { label, value, text, role }: &Bar| {
        let bar = (0.0, axis.place(*value));
        Row { label: label.clone(), value: text.clone(), bar, role: *role }
    };
    let rows: Vec<_> = bars.iter().map(row).collect();

    #[expect(clippy::cast_precision_loss, reason = "a few rows")]
    let plane = Area { x, y: 0.0, width: room, height: layout.row * rows.len() as f64 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few rows")]
    let height = (plane.height + BOTTOM).ceil() as u32;
    (figure.height, figure.plane) = (height, plane);
    let area = Recorder::new(width, height, &mut figure.commands).into_drawing_area();
    let drawn = draw(&area, layout, &rows, &axis, plane, name).expect("recording cannot fail");
    drop(area);
    figure.rows = drawn;
    Ok(figure)
}

fn draw(
    area: &Canvas<'_>,
    layout: Layout,
    rows: &[Row],
    axis: &Axis,
    plane: Area,
    name: &str,
) -> Result<Vec<Area>, Error> {
    for (value, label) in &axis.ticks {
        let part = axis.place(*value);
        let x = plane.x + plane.width * part;
        let line = Area { x: (x - 0.5).max(0.0), width: 1.0, height: plane.height + 4.0, ..plane };
        fill(area, line, Role::Grid)?;
        // The labels of the ends lie inside; what would stick out is left out.
        let half = label_width(label) / 2.0;
        let inside = x - half >= plane.x && x + half <= plane.right();
        let side = match part {
            0.0 => HPos::Left,
            1.0 => HPos::Right,
            _ if inside => HPos::Center,
            _ => continue,
        };
        write(area, label, (x, plane.bottom() + 6.0), side, Role::Muted)?;
    }
    let name = fitting(name, plane.width);
    let middle = plane.x + plane.width / 2.0;
    write(area, &name, (middle, plane.bottom() + 24.0), HPos::Center, Role::Muted)?;
    layout.draw(area, rows)
}

/// From a power of ten, well below the least value, to one above the largest.
fn range(values: impl Iterator<Item = f64> + Clone) -> Range<f64> {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::MIN_POSITIVE, f64::max);
    let start = exponent(low / 1.2, f64::floor);
    let end = exponent(high, f64::ceil).max(start + 1);
    // Powers of ten that float64 has.
    10f64.powi(start.max(-300))..10f64.powi(end.min(308))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::Command;
    use crate::plot::testing::{assert_legible, texts};

    fn bar(label: &str, value: f64) -> Bar {
        Bar {
            label: label.into(),
            value,
            text: format!("{value:.5}").chars().take(6).collect(),
            role: Role::Published,
        }
    }

    fn errors() -> Vec<Bar> {
        let names =
            ["exact", "row differences", "largest singular value", "four factors, recursive"];
        names.into_iter().zip([1.6, 25.0, 310.0, 2728.0]).map(|(n, v)| bar(n, v)).collect()
    }

    #[test]
    fn texts_stand_apart_and_lengths_are_logarithms() {
        for width in [280, 320, 390, 480, 720, 1200] {
            let figure = bars(&errors(), "bound on the error, logits", width).unwrap();
            assert_legible(&figure);
            let lengths = figure.commands.iter().filter_map(|command| match command {
                Command::Rect { width, color: Role::Published, .. } => Some(*width),
                _ => None,
            });
            let lengths: Vec<_> = lengths.collect();
            for (bar, length) in errors().iter().zip(&lengths) {
                let exact = figure.plane.width * bar.value.log10() / 4.0;
                assert!((length - exact).abs() <= 0.25, "{length} is not {exact}");
            }
            let texts: Vec<_> = texts(&figure).into_iter().map(|(text, _)| text).collect();
            for label in ["10⁰", "10⁴", "exact", "2728.0"] {
                assert!(texts.iter().any(|text| text == label), "{label} in {texts:?}");
            }
        }
    }

    #[test]
    fn extreme_values_have_bars_and_others_are_refused() {
        for values in [[1.0, 1.0], [f64::MIN_POSITIVE, f64::MAX], [5e-324, 1e-320]] {
            let figure = bars(&values.map(|value| bar("x", value)), "size", 400).unwrap();
            assert_legible(&figure);
            assert_eq!(figure.rows.len(), 2);
        }
        for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = bars(&[bar("this one", value)], "size", 400).unwrap_err();
            assert!(error.to_string().contains("this one"), "{error}");
        }
        assert!(bars(&[], "size", 400).unwrap().commands.is_empty());
    }
}
