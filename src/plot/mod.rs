//! The frontier drawn by plotters, as a list of drawing commands.
//!
//! A figure takes points, their labels and marks, and a baseline; it knows no task.
//!
//! plotters' own canvas backend measures text by putting styled elements into the page, which a
//! strict Content-Security-Policy forbids and a worker cannot do. So plotters draws on a backend of
//! ours that records what it is told to draw: a [`Figure`]. The page plays that list on its canvas,
//! at any pixel density, in the colours of its style; a figure made natively can be shipped with
//! the page and shown before any WebAssembly has run; and tests read it.

mod accuracies;
mod axis;
mod display_list;
mod frontier;
mod lengths;
mod marks;
mod names;
mod recorder;
mod role;
#[cfg(test)]
mod testing;

pub use accuracies::Scale;
pub use display_list::{Anchor, Area, Baseline, Command, Figure, Marker};
pub use frontier::{Options, Zoom, frontier};
pub use role::Role;
