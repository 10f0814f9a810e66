//! What tests ask of any figure.

use super::{Anchor, Area, Baseline, Command, Figure};

/// Every text, and a generous rectangle around it.
pub(super) fn texts(figure: &Figure) -> Vec<(String, Area)> {
    let text = |command: &Command| {
        let Command::Text { x, y, text, size, anchor, baseline, rotate, .. } = command else {
            return None;
        };
        assert_eq!(*rotate, 0, "{text} is turned");
        let (width, height) = (0.6 * size * text.chars().count() as f64, *size);
        let along = match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => 0.5,
            Anchor::End => 1.0,
        };
        let across = match baseline {
            Baseline::Top => 0.0,
            Baseline::Middle => 0.5,
            Baseline::Bottom => 1.0,
        };
        let (x, y) = (x - along * width, y - across * height);
        (!text.is_empty()).then(|| (text.clone(), Area { x, y, width, height }))
    };
    figure.commands.iter().filter_map(text).collect()
}

/// Whether every text is inside the figure and none lies on another.
///
/// # Panics
/// If not.
pub(super) fn assert_legible(figure: &Figure) {
    let (width, height) = (f64::from(figure.width) + 2.0, f64::from(figure.height) + 2.0);
    let inside = Area { x: -1.0, y: -1.0, width, height };
    let texts = texts(figure);
    for (i, (text, area)) in texts.iter().enumerate() {
        assert!(inside.contains(*area), "{text} at {area:?} of width {}", figure.width);
        for (other, others) in &texts[..i] {
            assert!(!area.meets(*others), "{text} and {other} at width {}", figure.width);
        }
    }
    assert!(inside.contains(figure.plane), "{:?}", figure.plane);
}
