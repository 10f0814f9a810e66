use plotters::style::RGBColor;
use serde::Deserialize;

/// Colours for a light or a dark page; the page's own background shows through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    fn pick(self, light: u32, dark: u32) -> RGBColor {
        let [_, r, g, b] = match self {
            Self::Light => light,
            Self::Dark => dark,
        }
        .to_be_bytes();
        RGBColor(r, g, b)
    }

    /// Labels of the points.
    pub(super) fn text(self) -> RGBColor {
        self.pick(0x1b_1f_24, 0xe8_ea_ed)
    }

    /// Axis labels and the baseline: 4.5 : 1 against the background.
    pub(super) fn muted(self) -> RGBColor {
        self.pick(0x57_60_6a, 0xa3_ab_b5)
    }

    /// Grid lines.
    pub(super) fn grid(self) -> RGBColor {
        self.pick(0xe3_e6_ea, 0x31_36_3d)
    }

    /// The frontier.
    pub(super) fn frontier(self) -> RGBColor {
        self.pick(0x1f_4f_bf, 0x8a_b4_f8)
    }

    /// Proofs that others beat: 3 : 1 against the background.
    pub(super) fn beaten(self) -> RGBColor {
        self.pick(0x84_8f_9c, 0x77_81_8e)
    }
}
