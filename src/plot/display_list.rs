use super::role::Role;
use serde::Serialize;

/// A drawing of `width` by `height` CSS pixels, origin at the top left.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// What to draw, in this order.
    pub commands: Vec<Command>,
    /// Where the proofs are, for pointing at them.
    pub markers: Vec<Marker>,
}

/// The place of one proof's marker, CSS pixels.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Marker {
    /// The proof's [`Point::id`](crate::frontier::Point::id).
    pub id: String,
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
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
