//! Figures drawn by plotters, as lists of drawing commands.
//!
//! A figure takes points, numbers and their labels; it knows no task.
//!
//! plotters' own canvas backend measures text by putting styled elements into the page, which a
//! strict Content-Security-Policy forbids and a worker cannot do. So plotters draws on a backend of
//! ours that records what it is told to draw: a [`Figure`]. The page plays that list on its canvas,
//! at any pixel density, in the colours of its style; a figure made natively can be shipped with
//! the page and shown before any WebAssembly has run; and tests read it.

mod arrows;
mod axes;
mod axis;
mod bars;
mod canvas;
mod compared;
mod curves;
mod display_list;
mod error;
mod frontier;
mod heat_map;
mod lengths;
mod marks;
mod names;
mod recorder;
mod role;
mod rows;
mod scatter;
#[cfg(test)]
mod testing;
mod vertical;
mod waterfall;

pub use arrows::{Arrows, arrows};
pub use bars::{Bar, bars};
pub use compared::{Budget, Other, Proof};
pub use curves::{Curve, CurveOptions, Rise, curves};
pub use display_list::{Anchor, Area, Baseline, Command, Figure, Marker};
pub use error::FigureError;
pub use frontier::{Options, Zoom, frontier};
pub use heat_map::{HeatMapOptions, Matrix, Shades, heat_map};
pub use role::Role;
pub use scatter::{Scatter, scatter};
pub use vertical::Scale;
pub use waterfall::{Part, waterfall};
