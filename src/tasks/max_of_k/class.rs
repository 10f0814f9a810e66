use crate::frontier::{ClassRole, Marker};
use serde::{Serialize, Serializer};

/// Classes of strategies by how the cost of their verification grows (arXiv 2406.11779, table 1),
/// and ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Class {
    BruteForce,
    Cubic,
    Subcubic,
    LowRankQk,
    LowRankEu,
    LowRankQkEu,
    QuadraticQk,
    QuadraticQkEu,
    Additive,
}

impl Class {
    /// Every class in the order of legends: the longest proofs first, and ours before the hundred
    /// that are published.
    pub const ALL: [Self; 9] = [
        Self::BruteForce,
        Self::Cubic,
        Self::Additive,
        Self::Subcubic,
        Self::LowRankQk,
        Self::LowRankEu,
        Self::LowRankQkEu,
        Self::QuadraticQk,
        Self::QuadraticQkEu,
    ];

    /// The published name, or ours: what tables and JSON call the class.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BruteForce => "brute force",
            Self::Cubic => "cubic",
            Self::Subcubic => "sub-cubic",
            Self::LowRankQk => "low-rank QK",
            Self::LowRankEu => "low-rank EU",
            Self::LowRankQkEu => "low-rank QK & EU",
            Self::QuadraticQk => "quadratic QK",
            Self::QuadraticQkEu => "quadratic QK & EU",
            Self::Additive => "additive (ours)",
        }
    }

    /// The name as a heading.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::BruteForce => "Brute force",
            Self::Cubic => "Cubic",
            Self::Subcubic => "Sub-cubic",
            Self::LowRankQk => "Low-rank QK",
            Self::LowRankEu => "Low-rank EU",
            Self::LowRankQkEu => "Low-rank QK & EU",
            Self::QuadraticQk => "Quadratic QK",
            Self::QuadraticQkEu => "Quadratic QK & EU",
            Self::Additive => "Ours (additive)",
        }
    }

    /// The shape of the class's marks in figures and legends.
    #[must_use]
    pub const fn marker(self) -> Marker {
        match self {
            Self::BruteForce => Marker::Square,
            Self::Cubic => Marker::Circle,
            Self::Subcubic => Marker::TriangleUp,
            Self::LowRankQk => Marker::TriangleDown,
            Self::LowRankEu => Marker::Diamond,
            Self::LowRankQkEu => Marker::TriangleRight,
            Self::QuadraticQk => Marker::Cross,
            Self::QuadraticQkEu => Marker::Plus,
            Self::Additive => Marker::Star,
        }
    }

    /// The kind of class that figures and legends give one colour.
    #[must_use]
    pub const fn role(self) -> ClassRole {
        match self {
            Self::BruteForce => ClassRole::Brute,
            Self::Cubic => ClassRole::Cubic,
            Self::Additive => ClassRole::Ours,
            Self::Subcubic
            | Self::LowRankQk
            | Self::LowRankEu
            | Self::LowRankQkEu
            | Self::QuadraticQk
            | Self::QuadraticQkEu => ClassRole::Published,
        }
    }

    /// How the cost of verification grows, by the published analysis.
    #[must_use]
    pub const fn complexity(self) -> &'static str {
        match self {
            Self::BruteForce => "O(vⁿ⁺¹ n d)",
            Self::Cubic => "O(v³ n²)",
            Self::Subcubic => "O(v² n² + v² d)",
            Self::LowRankQk => "O(v² n² + v d² + v² d), QK O(v d²)",
            Self::LowRankEu => "O(v² n² + v² d), EU O(v d)",
            Self::LowRankQkEu => "O(v² n² + v d² + v² d), QK O(v d²), EU O(v d)",
            Self::QuadraticQk => "O(v² n² + v² d), QK O(v d)",
            Self::QuadraticQkEu => "O(v² n² + v² d), QK and EU O(v d)",
            Self::Additive => {
                "O(v² d + v³), and for F undecided outputs O(F n v), on a grid of B bins O(F n v B)"
            }
        }
    }
}

impl Serialize for Class {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
