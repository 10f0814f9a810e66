use super::display_list::{Anchor, Baseline, Command};
use super::role::Role;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle, FontTransform,
};
use std::convert::Infallible;

/// plotters' units in a CSS pixel: plotters' coordinates are integers, and lines may fall between
/// CSS pixels where a dense screen has pixels of its own.
pub(super) const UNITS: i32 = 8;

/// A plotters backend that writes down what it is told to draw.
pub(super) struct Recorder<'a> {
    width: u32,
    height: u32,
    commands: &'a mut Vec<Command>,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl<'a> Recorder<'a> {
    /// A drawing of `width` by `height` CSS pixels, whose commands go to `commands`.
    pub(super) fn new(width: u32, height: u32, commands: &'a mut Vec<Command>) -> Self {
        Self { width, height, commands }
    }

    /// Records the command for the role of `color`, unless that is transparent.
    fn record(&mut self, color: BackendColor, command: impl FnOnce(Role) -> Command) -> Drawn {
        if color.alpha > 0.0 {
            self.commands.push(command(Role::of(color)));
        }
        Ok(())
    }
}

/// Units to CSS pixels.
pub(super) fn pixels(units: i32) -> f64 {
    f64::from(units) / f64::from(UNITS)
}

/// CSS pixels to units.
#[expect(clippy::cast_possible_truncation, reason = "a place in a figure")]
pub(super) fn units(pixels: f64) -> i32 {
    (pixels * f64::from(UNITS)).round() as i32
}

fn points(path: impl IntoIterator<Item = BackendCoord>) -> Vec<(f64, f64)> {
    path.into_iter().map(|(x, y)| (pixels(x), pixels(y))).collect()
}

impl DrawingBackend for Recorder<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.width * UNITS.unsigned_abs(), self.height * UNITS.unsigned_abs())
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let side = pixels(1);
        let (x, y) = (pixels(x), pixels(y));
        self.record(color, |color| Command::Rect {
            x,
            y,
            width: side,
            height: side,
            color,
            fill: true,
        })
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let width = f64::from(style.stroke_width()) / f64::from(UNITS);
        self.record(style.color(), |color| Command::Path { points: points(path), color, width })
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (width, height) = (pixels(right - left), pixels(bottom - top));
        let (x, y) = (pixels(left), pixels(top));
        self.record(style.color(), |color| Command::Rect { x, y, width, height, color, fill })
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (radius, width) = (
            f64::from(radius) / f64::from(UNITS),
            f64::from(style.stroke_width()) / f64::from(UNITS),
        );
        let (x, y) = (pixels(x), pixels(y));
        self.record(style.color(), |color| Command::Circle { x, y, radius, color, fill, width })
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vertices: I,
        style: &S,
    ) -> Drawn {
        self.record(style.color(), |color| Command::Polygon { points: points(vertices), color })
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Drawn {
        let text = |color| Command::Text {
            x: pixels(x),
            y: pixels(y),
            text: text.into(),
            color,
            size: style.size() / f64::from(UNITS),
            anchor: match style.anchor().h_pos {
                HPos::Left => Anchor::Start,
                HPos::Center => Anchor::Middle,
                HPos::Right => Anchor::End,
            },
            baseline: match style.anchor().v_pos {
                VPos::Top => Baseline::Top,
                VPos::Center => Baseline::Middle,
                VPos::Bottom => Baseline::Bottom,
            },
            rotate: match style.transform() {
                FontTransform::None => 0,
                FontTransform::Rotate90 => 90,
                FontTransform::Rotate180 => 180,
                FontTransform::Rotate270 => 270,
            },
            bold: matches!(style.style(), FontStyle::Bold),
        };
        self.record(style.color(), text)
    }

    /// Adds up common widths of characters, which do not depend on the machine and its fonts.
    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let width = text_width(text, style.size());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a text of a few thousand units"
        )]
        Ok((width.ceil() as u32, style.size().ceil() as u32))
    }
}

/// The width of a line of text, in the unit of its size; that of wide fonts, whose characters are
/// 0.6 em on average.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let (sum, characters) =
        text.chars().fold((0.0, 0.0), |(sum, n), character| (sum + advance(character), n + 1.0));
    size * f64::max(sum, 0.6 * characters)
}

/// How far a character moves the pen, in ems: the widths of the usual sans-serif fonts, rounded up.
fn advance(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.28,
        ' ' | 'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '/' => 0.36,
        '⁰' | '¹' | '²' | '³' | '⁴' | '⁵' | '⁶' | '⁷' | '⁸' | '⁹' | '⁻' => 0.38,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.92,
        'A'..='Z' => 0.7,
        _ => 0.58,
    }
}
