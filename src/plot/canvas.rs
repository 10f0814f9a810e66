//! Texts and rectangles, which all figures are drawn with. Lengths are in CSS pixels.

use super::axis::{Axis, LABEL};
use super::display_list::Area;
use super::recorder::{Recorder, UNITS, pixels, text_width, units};
use super::role::Role;
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

pub(super) type Canvas<'a> = DrawingArea<Recorder<'a>, Shift>;
pub(super) type Chart<'a, 'b> = ChartContext<'b, Recorder<'a>, Cartesian2d<Axis, Axis>>;
pub(super) type Error = DrawingAreaErrorKind<std::convert::Infallible>;

/// A style of text, its size in CSS pixels.
pub(super) fn text(size: i32, role: Role) -> TextStyle<'static> {
    ("sans-serif", size * UNITS).into_font().color(&role.color())
}

/// Writes a label at a place, which is at the side of the text that `side` names and at its top.
pub(super) fn write(
    area: &Canvas<'_>,
    label: &str,
    (x, y): (f64, f64),
    side: HPos,
    role: Role,
) -> Result<(), Error> {
    let style = text(LABEL, role).pos(Pos::new(side, VPos::Top));
    area.draw(&Text::new(label.to_owned(), (units(x), units(y)), style))
}

/// Fills a rectangle.
pub(super) fn fill(area: &Canvas<'_>, there: Area, role: Role) -> Result<(), Error> {
    let corners = [(there.x, there.y), (there.right(), there.bottom())];
    let corners = corners.map(|(x, y)| (units(x), units(y)));
    area.draw(&Rectangle::new(corners, role.color().filled()))
}

/// The width of a label, CSS pixels.
pub(super) fn label_width(label: &str) -> f64 {
    text_width(label, f64::from(LABEL))
}

/// A label, or as much of its beginning as fits, with `…`.
pub(super) fn fitting(label: &str, room: f64) -> String {
    if label_width(label) <= room {
        return label.to_owned();
    }
    let mut cut = String::new();
    for c in label.chars() {
        cut.push(c);
        if label_width(&cut) + label_width("…") > room {
            cut.pop();
            break;
        }
    }
    if cut.is_empty() { cut } else { cut + "…" }
}

/// The rectangle inside the axes.
pub(super) fn plane(chart: &Chart<'_, '_>) -> Area {
    let (x, y) = chart.plotting_area().get_pixel_range();
    Area {
        x: pixels(x.start),
        y: pixels(y.start),
        width: pixels(x.end - x.start),
        height: pixels(y.end - y.start),
    }
}
