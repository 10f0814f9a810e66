use crate::frontier::ClassRole;
use plotters::style::RGBColor;
use plotters_backend::BackendColor;
use serde::{Deserialize, Serialize};

/// What a thing of a figure is drawn as. The page's style gives each role a colour, light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Names of proofs, and the ring around the selected one.
    Ink,
    /// Labels of the axes, and the baseline.
    Muted,
    /// Grid lines.
    Grid,
    /// What lies behind the figure.
    Paper,
    /// The line through the proofs on the frontier.
    Staircase,
    /// Proofs that others beat.
    Beaten,
    /// Brute force.
    Brute,
    /// Cubic proofs.
    Cubic,
    /// Published proofs that are shorter than cubic.
    Published,
    /// Our proofs.
    Ours,
    /// Inputs that are not proven, and the budget.
    Unproven,
    /// Inputs that the model gets wrong.
    Wrong,
    /// Samples and estimates, and the frontier with coins.
    Chance,
}

impl Role {
    const ALL: [Self; 13] = [
        Self::Ink,
        Self::Muted,
        Self::Grid,
        Self::Paper,
        Self::Staircase,
        Self::Beaten,
        Self::Brute,
        Self::Cubic,
        Self::Published,
        Self::Ours,
        Self::Unproven,
        Self::Wrong,
        Self::Chance,
    ];

    /// The colour by which plotters passes the role on to our backend: no figure shows it.
    pub(super) fn color(self) -> RGBColor {
        RGBColor(0, 0, self as u8)
    }

    /// The role that a colour stands for.
    ///
    /// # Panics
    /// If the colour does not come from [`Self::color`].
    pub(super) fn of(BackendColor { rgb, .. }: BackendColor) -> Self {
        let role = Self::ALL.into_iter().find(|role| rgb == (0, 0, *role as u8));
        role.expect("figures are drawn in the colours of roles")
    }
}

impl From<ClassRole> for Role {
    fn from(role: ClassRole) -> Self {
        match role {
            ClassRole::Brute => Self::Brute,
            ClassRole::Cubic => Self::Cubic,
            ClassRole::Published => Self::Published,
            ClassRole::Ours => Self::Ours,
            ClassRole::Chance => Self::Chance,
        }
    }
}
