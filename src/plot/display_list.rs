use super::role::Role;
use serde::Serialize;

/// A drawing of `width` by `height` CSS pixels, origin at the top left.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figure {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// What to draw, in this order.
    pub commands: Vec<Command>,
    /// The rectangle inside the axes.
    pub plane: Area,
    /// Where the proofs are, for pointing at them; only of a frontier.
    pub markers: Vec<Marker>,
    /// Where the rows are, for pointing at them; only of bars and a waterfall.
    pub rows: Vec<Area>,
}

/// A rectangle, CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields are what a canvas calls them")]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    /// The right edge.
    #[must_use]
    pub fn right(self) -> f64 {
        self.x + self.width
    }

    /// The lower edge.
    #[must_use]
    pub fn bottom(self) -> f64 {
        self.y + self.height
    }

    /// Whether the other lies inside.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.right() <= self.right()
            && other.bottom() <= self.bottom()
    }

    /// Whether the two overlap.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }
}

/// The place of one proof's mark, CSS pixels.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Marker {
    /// The proof's [`Point::id`](crate::frontier::Point::id).
    pub id: String,
    /// Distance of the mark's centre from the left edge.
    pub x: f64,
    /// Distance of the mark's centre from the top edge.
    pub y: f64,
    /// Whether no other proof beats it.
    pub frontier: bool,
}

/// One drawing command; lengths in CSS pixels.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[expect(missing_docs, reason = "the fields are what a canvas calls them")]
pub enum Command {
    /// A rectangle, filled or outlined.
    Rect { x: f64, y: f64, width: f64, height: f64, color: Role, fill: bool },
    /// An open line through points.
    Path { points: Vec<(f64, f64)>, color: Role, width: f64 },
    /// A filled polygon.
    Polygon { points: Vec<(f64, f64)>, color: Role },
    /// A circle, filled or outlined.
    Circle { x: f64, y: f64, radius: f64, color: Role, fill: bool, width: f64 },
    /// Cells of a matrix, row by row: `shades` from −1 (`negative`) by 0 (nothing) to 1 (`color`);
    /// `hatching` (empty, or for each cell) is 1 for lines of one direction, 2 for lines of two.
    Cells {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        columns: usize,
        rows: usize,
        shades: Vec<f32>,
        hatching: Vec<u8>,
        color: Role,
        negative: Role,
    },
    /// A line of text, turned clockwise about its anchor by `rotate` degrees.
    Text {
        x: f64,
        y: f64,
        text: String,
        color: Role,
        size: f64,
        anchor: Anchor,
        baseline: Baseline,
        rotate: u16,
        bold: bool,
    },
}

/// Which end of a text stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of SVG")]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// Which height of a text stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of a canvas")]
pub enum Baseline {
    Top,
    Middle,
    Bottom,
}
