use super::axis::{Axis, LABEL, choose, label_room, raised};
use super::canvas::{Canvas, Error, fitting, plane, text, write};
use super::display_list::{Area, Command, Figure};
use super::error::FigureError;
use super::recorder::{Recorder, UNITS};
use super::role::Role;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;
use serde::Deserialize;

/// A matrix, row by row.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    /// Number of rows; the first is at the top.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// The value of each cell; NaN where there is none.
    pub values: &'a [f32],
    /// 1 where a cell is hatched, 2 where it is hatched twice (crossed), else 0; empty if no cell
    /// is.
    pub hatching: &'a [u8],
}

/// How to draw a heat map.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct HeatMapOptions {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// What values are as shades.
    pub shades: Shades,
    /// The colour of positive values.
    pub color: Role,
    /// What the values are, for the colour bar.
    pub name: String,
    /// What the rows are.
    pub row_name: String,
    /// What the columns are.
    pub column_name: String,
    /// Every how many rows and columns one has its number.
    pub every: usize,
}

/// What values are as shades of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shades {
    /// Parts of a whole, from 0 (paper) to 1 (the colour).
    Part,
    /// The colour above 0 and another below, as deep at the largest distance from 0 either way.
    Signed,
}

/// The colour of negative values.
const NEGATIVE: Role = Role::Unproven;
/// The room above the plane, CSS pixels: for the name of the rows.
const TOP: i32 = 22;
/// The room to the right of the plane, CSS pixels: for half a label.
const RIGHT: i32 = 16;
/// The room below the plane, CSS pixels: labels and name of the columns, the colour bar.
const BOTTOM: i32 = 86;

/// Draws a matrix as a grid of shaded cells with numbered axes and a colour bar.
///
/// # Errors
/// If values or hatching are not as many as cells.
pub fn heat_map(matrix: Matrix<'_>, options: &HeatMapOptions) -> Result<Figure, FigureError> {
    let Matrix { rows, columns, values, hatching } = matrix;
    if rows.checked_mul(columns) != Some(values.len())
        || ![0, values.len()].contains(&hatching.len())
    {
        let (values, hatching) = (values.len(), hatching.len());
        return Err(FigureError::Cells { rows, columns, values, hatching });
    }
    let &HeatMapOptions { width, height, shades, color, .. } = options;
    let mut figure = Figure { width, height, ..Figure::default() };
    let enough = [width > 40, height > (TOP + BOTTOM).unsigned_abs()];
    if enough.contains(&false) || values.is_empty() {
        return Ok(figure);
    }
    let most = match shades {
        Shades::Part => 1.0,
        Shades::Signed => {
            let finite = values.iter().filter(|value| value.is_finite());
            Some(finite.fold(0.0f32, |most, value| most.max(value.abs())))
                .filter(|m| *m > 0.0)
                .unwrap_or(1.0)
        }
    };
    let least = if shades == Shades::Part { 0.0 } else { -1.0 };
    let shade = |value: &f32| (value / most).clamp(least, 1.0);

    let area = Recorder::new(width, height, &mut figure.commands).into_drawing_area();
    let drawn = draw_axes(&area, matrix, options, most).expect("recording cannot fail");
    drop(area);
    let (plane, bar) = drawn;
    figure.plane = plane;
    let cells = |Area { x, y, width, height }, (columns, rows), shades, hatching| Command::Cells {
        x,
        y,
        width,
        height,
        columns,
        rows,
        shades,
        hatching,
        color,
        negative: NEGATIVE,
    };
    let all = values.iter().map(shade).collect();
    figure.commands.push(cells(plane, (columns, rows), all, hatching.to_vec()));
    let step = |i: u8| least + (1.0 - least) * (f32::from(i) + 0.5) / 64.0;
    figure.commands.push(cells(bar, (64, 1), (0..64).map(step).collect(), Vec::new()));
    Ok(figure)
}

/// Draws all but the cells; returns the plane, and where the colour bar is.
fn draw_axes(
    area: &Canvas<'_>,
    Matrix { rows, columns, .. }: Matrix<'_>,
    options: &HeatMapOptions,
    most: f32,
) -> Result<(Area, Area), Error> {
    let (width, height) = (f64::from(options.width), f64::from(options.height));
    let left = super::canvas::label_width(&rows.to_string()) + 12.0;
    let plane_width = (width - left - f64::from(RIGHT)).max(1.0);
    let plane_height = height - f64::from(TOP + BOTTOM);
    let line = |_: &str| f64::from(LABEL) + 4.0;
    let mut chart = ChartBuilder::on(area)
        .margin_top(TOP * UNITS)
        .margin_right(RIGHT * UNITS)
        .x_label_area_size(BOTTOM * UNITS)
        .y_label_area_size(super::recorder::units(left))
        .build_cartesian_2d(
            numbered(columns, options.every, |i| i, |n| (0.0, n), plane_width, label_room),
            numbered(rows, options.every, |i| -i, |n| (-n, 0.0), plane_height, line),
        )?;
    chart
        .configure_mesh()
        .disable_mesh()
        .axis_style(Role::Grid.color().stroke_width(UNITS.unsigned_abs()))
        .label_style(text(LABEL, Role::Muted))
        .set_all_tick_mark_size(3 * UNITS)
        .draw()?;
    let plane = plane(&chart);
    write(area, &fitting(&options.row_name, width), (0.0, 2.0), HPos::Left, Role::Muted)?;
    let column_name = fitting(&options.column_name, plane.width);
    let middle = plane.x + plane.width / 2.0;
    write(area, &column_name, (middle, plane.bottom() + 22.0), HPos::Center, Role::Muted)?;

    let bar = Area { y: height - 24.0, height: 8.0, ..plane };
    let name = fitting(&options.name, plane.width);
    write(area, &name, (plane.x, bar.y - 16.0), HPos::Left, Role::Muted)?;
    let labels = match options.shades {
        Shades::Part => ["0%".to_owned(), "50%".to_owned(), "100%".to_owned()],
        Shades::Signed => {
            let most = number(f64::from(most));
            [format!("−{most}"), "0".to_owned(), most]
        }
    };
    let places = [(plane.x, HPos::Left), (middle, HPos::Center), (plane.right(), HPos::Right)];
    for (label, (x, side)) in labels.iter().zip(places) {
        write(area, label, (x, bar.bottom() + 2.0), side, Role::Muted)?;
    }
    Ok((plane, bar))
}

/// An axis of `count` cells, numbered from 0 at their middle, `every` so many or a multiple that
/// leaves room for the labels.
#[expect(clippy::cast_precision_loss, reason = "fewer cells than 2⁵²")]
fn numbered(
    count: usize,
    every: usize,
    scale: fn(f64) -> f64,
    ends: impl Fn(f64) -> (f64, f64),
    length: f64,
    room: impl Fn(&str) -> f64,
) -> Axis {
    let (first, last) = ends(count as f64);
    let mut axis = Axis { scale, knots: vec![(first, 0.0), (last, 1.0)], ticks: Vec::new() };
    let choice = |times: usize| {
        let step = every.max(1).saturating_mul(times);
        (0..count).step_by(step).map(|i| (i as f64 + 0.5, i.to_string())).collect()
    };
    axis.ticks = choose((0..16).map(|k| choice(1 << k)), |value| length * axis.place(value), room);
    axis
}

/// A positive number in two digits or three.
#[expect(clippy::cast_possible_truncation, reason = "exponents of floats are small")]
fn number(value: f64) -> String {
    let exponent = value.log10().floor() as i32;
    match exponent {
        3.. | ..-2 => format!("{:.1}·10{}", value / 10f64.powi(exponent), raised(exponent)),
        2 => format!("{value:.0}"),
        0 | 1 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::testing::{assert_legible, texts};

    fn options(width: u32, shades: Shades) -> HeatMapOptions {
        HeatMapOptions {
            width,
            height: 360,
            shades,
            color: Role::Ours,
            name: "what part of the inputs is proven".into(),
            row_name: "largest token".into(),
            column_name: "last token".into(),
            every: 8,
        }
    }

    #[test]
    fn cells_fill_the_plane_and_texts_stand_apart() {
        for width in [280, 320, 390, 480, 720, 1200] {
            for side in [1, 2, 64, 512] {
                for shades in [Shades::Part, Shades::Signed] {
                    let values = vec![-1.5e-7; side * side];
                    let matrix =
                        Matrix { rows: side, columns: side, values: &values, hatching: &[] };
                    let figure = heat_map(matrix, &options(width, shades)).unwrap();
                    assert_legible(&figure);
                    let Some(&Command::Cells { x, y, width, height, .. }) =
                        figure.commands.iter().find(|c| matches!(c, Command::Cells { .. }))
                    else {
                        panic!("no cells")
                    };
                    assert_eq!(Area { x, y, width, height }, figure.plane);
                    let has = |label| texts(&figure).iter().any(|(text, _)| text == label);
                    assert!(has("0") && has("largest token") && has("last token"));
                    assert!(side < 64 || has("16") || has("32") || has("64"));
                    assert!(has(if shades == Shades::Part { "50%" } else { "1.5·10⁻⁷" }));
                }
            }
        }
    }

    #[test]
    fn shades_are_parts_or_symmetric_and_nothing_stays_nothing() {
        let shades = |shades, values: &[f32]| {
            let matrix = Matrix { rows: 1, columns: values.len(), values, hatching: &[] };
            let figure = heat_map(matrix, &options(400, shades)).unwrap();
            let cells = figure.commands.into_iter().find_map(|command| match command {
                Command::Cells { shades, .. } => Some(shades),
                _ => None,
            });
            cells.unwrap()
        };
        let part = shades(Shades::Part, &[0.0, 0.25, 1.0, 2.0, f32::NAN]);
        assert_eq!(part[..4], [0.0, 0.25, 1.0, 1.0]);
        assert!(part[4].is_nan());
        let signed = shades(Shades::Signed, &[-4.0, 0.0, 2.0, f32::INFINITY]);
        assert_eq!(signed, [-1.0, 0.0, 0.5, 1.0]);
        assert_eq!(shades(Shades::Signed, &[0.0]), [0.0]);
    }

    #[test]
    fn other_numbers_of_values_are_refused_and_no_room_is_no_figure() {
        let matrix = Matrix { rows: 2, columns: 2, values: &[0.0; 3], hatching: &[] };
        let error = heat_map(matrix, &options(400, Shades::Part)).unwrap_err();
        assert!(error.to_string().contains("2 rows and 2 columns"), "{error}");
        let huge = Matrix { rows: usize::MAX, columns: 2, ..matrix };
        assert!(heat_map(huge, &options(400, Shades::Part)).is_err());
        let hatched = Matrix { values: &[0.0; 4], hatching: &[1; 3], ..matrix };
        assert!(heat_map(hatched, &options(400, Shades::Part)).is_err());
        let fine = Matrix { hatching: &[1, 2, 0, 0], ..hatched };
        let none = heat_map(fine, &options(0, Shades::Part)).unwrap();
        assert!(none.commands.is_empty());
    }
}
