use super::axis::raised;
use super::canvas::{Canvas, Error, fill, label_width};
use super::display_list::{Area, Figure};
use super::error::FigureError;
use super::recorder::Recorder;
use super::role::Role;
use super::rows::{Layout, Row, layout};
use plotters::prelude::*;
use serde::Deserialize;

/// A part of a whole.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Part {
    /// Its name.
    pub label: String,
    /// Number of inputs, in decimal digits.
    pub count: String,
    /// The colour of its bar.
    pub role: Role,
}

/// Draws a whole (the first part) and what it is made of: a bar for each part, from right to left,
/// each where the one before it ends, down to what remains (the last part). The figure is `width`
/// CSS pixels wide and as high as it takes.
///
/// # Errors
/// If a count is no whole number below 2^128, or the others do not add up to the first.
pub fn waterfall(parts: &[Part], width: u32) -> Result<Figure, FigureError> {
    let count = |Part { label, count, .. }: &Part| {
        let digits = count.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits { count.parse::<u128>().ok() } else { None };
        number.ok_or_else(|| FigureError::Count { label: label.clone(), count: count.clone() })
    };
    let counts = parts.iter().map(count).collect::<Result<Vec<_>, _>>()?;
    let (Some((whole, pieces)), Some(first)) = (counts.split_first(), parts.first()) else {
        return Ok(Figure { width, ..Figure::default() });
    };
    let sum = pieces.iter().try_fold(0u128, |sum, piece| sum.checked_add(*piece));
    if sum != Some(*whole) {
        let (whole, count) = (first.label.clone(), first.count.clone());
        return Err(FigureError::Sum { whole, count });
    }

    let room = f64::from(width);
    let values: Vec<_> = counts.iter().map(|count| shown(*count, room)).collect();
    let texts: Vec<_> =
        parts.iter().zip(&values).map(|(part, value)| (&part.label[..], &value[..])).collect();
    let layout = layout(&texts, room);
    let mut left = *whole;
    let bar = |(part, (count, value)): (&Part, (&u128, &String))| {
        // The whole and what remains start at 0; the others lie below what was left before them.
        let end = if std::ptr::eq(part, first) { *whole } else { left };
        let start = end.saturating_sub(*count);
        if !std::ptr::eq(part, first) {
            left = start;
        }
        let bar = (share(start, *whole), share(end, *whole));
        Row { label: part.label.clone(), value: value.clone(), bar, role: part.role }
    };
    let rows: Vec<_> = parts.iter().zip(counts.iter().zip(&values)).map(bar).collect();
    let mut figure = Figure { width, height: height(layout, rows.len()), ..Figure::default() };
    if width > 0 {
        let area = Recorder::new(width, figure.height, &mut figure.commands).into_drawing_area();
        let drawn = draw(&area, layout, &rows).expect("recording cannot fail");
        drop(area);
        figure.rows = drawn;
        let (x, width) = layout.bars;
        figure.plane = Area { x, y: 0.0, width, height: f64::from(figure.height) };
    }
    Ok(figure)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few rows")]
#[expect(clippy::cast_precision_loss, reason = "a few rows")]
fn height(layout: Layout, rows: usize) -> u32 {
    (layout.row * rows as f64).ceil() as u32
}

/// Draws the rows, and lines from each bar to the next.
fn draw(area: &Canvas<'_>, layout: Layout, rows: &[Row]) -> Result<Vec<Area>, Error> {
    let (left, room) = layout.bars;
    let mut bottom = 0.0;
    for pair in rows.windows(2) {
        let end = if bottom == 0.0 { pair[0].bar.1 } else { pair[0].bar.0 };
        let x = (left + room * end - 0.5).max(left);
        let y = bottom + layout.row / 2.0;
        fill(area, Area { x, y, width: 1.0, height: layout.row }, Role::Grid)?;
        bottom += layout.row;
    }
    layout.draw(area, rows)
}

/// The part of a whole, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "for a length in pixels")]
fn share(count: u128, whole: u128) -> f64 {
    if whole == 0 { 0.0 } else { count as f64 / whole as f64 }
}

/// A count with its digits in groups; where those have no room, its first four digits.
fn shown(count: u128, room: f64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if digits.len() < 5 || label_width(&grouped) <= room {
        return grouped;
    }
    let exponent = i32::try_from(digits.len() - 1).unwrap_or(i32::MAX);
    format!("{}.{}…·10{}", &digits[..1], &digits[1..4], raised(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::Command;
    use crate::plot::testing::{assert_legible, texts};

    fn part(label: &str, count: &str, role: Role) -> Part {
        Part { label: label.into(), count: count.into(), role }
    }

    fn parts() -> Vec<Part> {
        vec![
            part("all inputs", "16777216", Role::Muted),
            part("left out by the gaps of the proof", "1580200", Role::Unproven),
            part("the largest token's test failed", "610527", Role::Unproven),
            part("one of them", "1", Role::Wrong),
            part("none", "0", Role::Wrong),
            part("proven right", "14586488", Role::Ours),
        ]
    }

    #[test]
    fn texts_stand_apart_and_bars_follow_each_other() {
        for width in [280, 320, 390, 480, 720, 1200] {
            let figure = waterfall(&parts(), width).unwrap();
            assert_legible(&figure);
            assert_eq!(figure.rows.len(), 6);
            assert!(figure.rows.iter().all(|row| row.height >= 24.0));
            let bars = figure.commands.iter().filter_map(|command| match command {
                Command::Rect { x, y, width, height, color, fill: true } => (*color != Role::Grid)
                    .then_some(Area { x: *x, y: *y, width: *width, height: *height }),
                _ => None,
            });
            let bars: Vec<_> = bars.collect();
            assert_eq!(bars.len(), 6);
            assert!((bars[0].right() - bars[1].right()).abs() < 0.5, "{bars:?}");
            assert!((bars[1].x - bars[2].right()).abs() < 0.5, "{bars:?}");
            assert!((bars[5].x - bars[0].x).abs() < 0.5, "{bars:?}");
            assert!((bars[5].right() - bars[2].x).abs() < 0.5, "{bars:?}");
            assert!(bars[3].width >= 1.0 && bars[4].width == 0.0, "{bars:?}");
            for (bar, row) in bars.iter().zip(&figure.rows) {
                assert!(row.contains(*bar) && figure.plane.contains(*bar), "{bar:?} in {row:?}");
                for (text, there) in texts(&figure) {
                    let over = there.y < bar.bottom() && bar.y < there.bottom();
                    let beside = there.right() <= figure.plane.x || there.x >= figure.plane.right();
                    assert!(!over || beside || width >= 480, "{text} on a bar at {width}");
                }
            }
        }
    }

    #[test]
    fn counts_up_to_2_to_the_128_fit_and_must_add_up() {
        let most = u128::MAX.to_string();
        let large = [part("all", &most, Role::Muted), part("right", &most, Role::Ours)];
        for width in [280, 320, 720] {
            assert_legible(&waterfall(&large, width).unwrap());
        }
        assert_eq!(shown(u128::MAX, 200.0), "3.402…·10³⁸");
        assert_eq!(shown(16_777_216, 200.0), "16,777,216");
        let mut wrong = parts();
        wrong[3].count = "2".into();
        assert!(matches!(waterfall(&wrong, 400), Err(FigureError::Sum { .. })));
        for count in ["", "-1", "+1", "1.5", "340282366920938463463374607431768211456"] {
            wrong[3].count = count.into();
            assert!(matches!(waterfall(&wrong, 400), Err(FigureError::Count { .. })), "{count}");
        }
        let over = [part("all", "0", Role::Ink), large[1].clone(), part("x", "1", Role::Ink)];
        assert!(matches!(waterfall(&over, 400), Err(FigureError::Sum { .. })));
        assert!(waterfall(&[], 400).unwrap().commands.is_empty());
        assert!(waterfall(&parts(), 0).unwrap().commands.is_empty());
    }
}
