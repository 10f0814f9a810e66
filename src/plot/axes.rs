//! The axes of a plane, with labels, a grid of horizontal lines, and a name each.

use super::axis::{Axis, LABEL};
use super::canvas::{Canvas, Chart, Error, plane, text};
use super::display_list::Area;
use super::recorder::{UNITS, text_width, units};
use super::role::Role;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// The room above the plane, CSS pixels: for the name of the vertical axis.
const TOP: i32 = 22;
/// The room to the right of the plane, CSS pixels: for half a label.
const RIGHT: i32 = 16;
/// The room below the plane, CSS pixels: for labels, and the name of the horizontal axis.
const BOTTOM: i32 = 42;

/// The height of the plane in a figure, in CSS pixels.
pub(super) fn height_of_plane(height: u32) -> f64 {
    (f64::from(height) - f64::from(TOP + BOTTOM)).max(1.0)
}

/// The width of the plane in a figure beside the labels of a vertical axis, in CSS pixels.
pub(super) fn width_of_plane(width: u32, up: &Axis) -> f64 {
    (f64::from(width) - f64::from(RIGHT) - room_of_labels(up)).max(1.0)
}

/// The room to the left of the plane, CSS pixels.
fn room_of_labels(up: &Axis) -> f64 {
    let widths = up.ticks.iter().map(|(_, label)| text_width(label, f64::from(LABEL)));
    widths.fold(0.0, f64::max) + 10.0
}

/// Draws both axes and their names, the vertical one first, in a figure `height` CSS pixels high.
/// Returns the rectangle between them.
pub(super) fn draw_axes<'a, 'b>(
    area: &'b Canvas<'a>,
    across: Axis,
    up: Axis,
    names: [&str; 2],
    height: u32,
) -> Result<(Chart<'a, 'b>, Area), Error> {
    let mut chart = ChartBuilder::on(area)
        .margin_top(TOP * UNITS)
        .margin_right(RIGHT * UNITS)
        .x_label_area_size(BOTTOM * UNITS)
        .y_label_area_size(units(room_of_labels(&up)))
        .build_cartesian_2d(across, up)?;
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
    let style = text(LABEL, Role::Muted);
    area.draw(&Text::new(names[0], (0, 2 * UNITS), style.clone()))?;
    let middle = units(plane.x + plane.width / 2.0);
    let style = style.pos(Pos::new(HPos::Center, VPos::Bottom));
    area.draw(&Text::new(names[1], (middle, units(f64::from(height) - 2.0)), style))?;
    Ok((chart, plane))
}
