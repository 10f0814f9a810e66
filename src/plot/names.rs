//! Where names fit: in a rectangle, without lying on anything.

use super::display_list::Area;
use super::marks::REACH;
use super::recorder::text_width;

/// The size of names, CSS pixels.
pub(super) const NAME: i32 = 12;

/// What is taken of a figure.
pub(super) struct Space {
    pub(super) bounds: Area,
    pub(super) taken: Vec<Area>,
}

impl Space {
    /// Takes room for a name beside a mark, and returns the top left corner of the name: at first
    /// below to the right, where no staircase runs; none if there is no room on any side.
    pub(super) fn place(&mut self, name: &str, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        let (width, height) = (text_width(name, f64::from(NAME)), f64::from(NAME));
        let (left, right) = (x - REACH - 2.0 - width, x + REACH + 2.0);
        let (above, level, below) = (y - REACH - height, y - height / 2.0, y + REACH);
        let corners = [
            (right, below),
            (right, level),
            (left, level),
            (left, above),
            (left, below),
            (right, above),
            (x - width / 2.0, y + REACH + 2.0),
            (x - width / 2.0, y - REACH - 2.0 - height),
        ];
        let fits = |&(x, y): &(f64, f64)| {
            let area = Area { x, y, width, height };
            self.bounds.contains(area) && !self.taken.iter().any(|taken| taken.meets(area))
        };
        let (x, y) = corners.into_iter().find(fits)?;
        self.taken.push(Area { x, y, width, height });
        Some((x, y))
    }
}
