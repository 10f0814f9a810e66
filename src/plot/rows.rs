//! Horizontal bars, one in a row, each with its name and its value beside it.

use super::canvas::{Canvas, Error, fill, fitting, label_width, write};
use super::display_list::Area;
use super::role::Role;
use plotters::style::text_anchor::HPos;

/// A bar.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) value: String,
    /// Where it starts and ends, as parts of the room for bars.
    pub(super) bar: (f64, f64),
    pub(super) role: Role,
}

/// Where things are in the rows of a figure; lengths in CSS pixels.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    /// From the left, and how wide: the room for bars.
    pub(super) bars: (f64, f64),
    /// The height of a row.
    pub(super) row: f64,
    width: f64,
    texts: Texts,
}

#[derive(Clone, Copy)]
enum Texts {
    /// Name and value on either side of the bar.
    Beside,
    /// Both above it, in as many lines.
    Above(u8),
}

/// The room between texts, and between texts and bars, CSS pixels.
const AIR: f64 = 10.0;
/// The height of a line of text, CSS pixels.
const LINE: f64 = 16.0;

/// A layout for a figure `width` CSS pixels wide: texts beside the bars if that leaves them half of
/// the figure, or else above.
pub(super) fn layout(rows: &[(&str, &str)], width: f64) -> Layout {
    let widest = |texts: &mut dyn Iterator<Item = &str>| texts.map(label_width).fold(0.0, f64::max);
    let label = widest(&mut rows.iter().map(|row| row.0));
    let value = widest(&mut rows.iter().map(|row| row.1));
    let beside = width - label - value - 2.0 * AIR;
    if beside >= width / 2.0 {
        return Layout { bars: (label + AIR, beside), row: 28.0, width, texts: Texts::Beside };
    }
    let one = rows.iter().all(|row| label_width(row.0) + AIR + label_width(row.1) <= width);
    let lines = if one { 1 } else { 2 };
    let row = f64::from(lines) * LINE + 22.0;
    Layout { bars: (0.0, width), row, width, texts: Texts::Above(lines) }
}

impl Layout {
    /// Draws rows from the top of a figure; returns where each is.
    pub(super) fn draw(&self, area: &Canvas<'_>, rows: &[Row]) -> Result<Vec<Area>, Error> {
        let mut places = Vec::new();
        let mut y = 0.0;
        for Row { label, value, bar: (start, end), role } in rows {
            let (left, room) = self.bars;
            let (bar_y, label_y, value_y) = match self.texts {
                Texts::Beside => (y + 6.0, y + 8.0, y + 8.0),
                Texts::Above(lines) => {
                    let last = y + 3.0 + LINE * f64::from(lines - 1);
                    (last + LINE - 1.0, y + 3.0, last)
                }
            };
            let height = 14.0;
            // What is not nothing can be seen.
            let length = if end > start { (room * (end - start)).max(1.0) } else { 0.0 };
            let x = (left + room * start).min(left + room - length);
            fill(area, Area { x, y: bar_y, width: length, height }, *role)?;
            let label = fitting(label, self.width);
            match self.texts {
                Texts::Beside => {
                    write(area, &label, (left - AIR, label_y), HPos::Right, Role::Ink)?
                }
                Texts::Above(_) => write(area, &label, (0.0, label_y), HPos::Left, Role::Ink)?,
            }
            write(area, value, (self.width, value_y), HPos::Right, Role::Ink)?;
            places.push(Area { x: 0.0, y, width: self.width, height: self.row });
            y += self.row;
        }
        Ok(places)
    }
}
