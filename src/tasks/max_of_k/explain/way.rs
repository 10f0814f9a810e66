use super::Verdict;

/// How a proof decides the inputs of a case, where a family has several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Together with other cases: bounds for blocks of tokens.
    Block,
    /// Position by position: the worst input is found exactly.
    Position,
    /// Only inputs whose tokens are in certain sets.
    Sets,
    /// By a count of those that may be wrong: Chernoff bounds or grids.
    Count,
    /// By going through them.
    Each,
    /// Not at all.
    Untried,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Block, Self::Position, Self::Sets, Self::Count, Self::Each, Self::Untried];

    /// What is to be said of it.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        let (id, label, about) = match self {
            Self::Block => (
                "block",
                "Together, in blocks",
                "Bounds for blocks of last tokens and of other tokens decide many cases at once.",
            ),
            Self::Position => (
                "position",
                "Position by position",
                "Blocks are too coarse here. The worst input is found position by position, and it is right.",
            ),
            Self::Sets => (
                "sets",
                "In part, by sets of tokens",
                "The worst input is not shown to be right; inputs whose other tokens are in certain sets are.",
            ),
            Self::Count => (
                "count",
                "Counted, not looked at",
                "A bound on how many inputs may be wrong, by Chernoff's inequality or on a grid, leaves the others right.",
            ),
            Self::Each => (
                "each",
                "Enumerated",
                "The inputs are gone through token by token; first tokens that decide are counted together.",
            ),
            Self::Untried => {
                ("untried", "Not tried", "The proof leaves these cases out, so that it is shorter.")
            }
        };
        Verdict { id, label, about }
    }
}
