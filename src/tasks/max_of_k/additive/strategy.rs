use crate::proof::Target;
use std::fmt;
use std::str::FromStr;

/// Strategies by additivity. They are ours: none of them is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Additive {
    /// Proves the cells all of whose outputs are decided, and of other cells the sequences that
    /// are.
    Cell,
    /// Proves of undecided cells all but the sequences that exponential tilting cannot exclude.
    Chernoff,
    /// Proves of undecided cells all but the sequences that a grid of `bins` cannot exclude; and at
    /// least how many are wrong.
    Convolution {
        /// How many bins, in the range [`Additive::BINS`].
        bins: u32,
    },
    /// Counts the wrong sequences of undecided cells exactly, by branch and bound.
    Exact,
    /// Does with each cell what the prover chooses.
    Best(Target),
}

impl Additive {
    /// Least and most bins of a grid.
    pub const BINS: std::ops::RangeInclusive<u32> = 32..=4096;

    /// The strategies that a table of all lists: grids of three sizes, best proofs of several
    /// lengths.
    pub fn all() -> impl Iterator<Item = Self> {
        let grids = [32, 64, 256].map(|bins| Self::Convolution { bins });
        let best = [
            2_000_000,
            2_500_000,
            3_500_000,
            5_000_000,
            10_000_000,
            35_000_000,
            100_000_000,
            500_000_000,
        ];
        let best = best.map(|flops| Self::Best(Target::Flops(flops)));
        [Self::Cell, Self::Chernoff].into_iter().chain(grids).chain([Self::Exact]).chain(best)
    }

    /// A short name for a person.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Cell => "Cell test".into(),
            Self::Chernoff => "Cell test · Chernoff".into(),
            Self::Convolution { bins } => format!("Cell test · convolution, {bins} bins"),
            Self::Exact => "Exact count by branch and bound".into(),
            Self::Best(target) => target.label(),
        }
    }

    /// What the proof assumes of the model, as what completes "Supposes that …" for a student.
    #[must_use]
    pub fn idea(self) -> String {
        let common = "Whether one output beats another is the sign of a sum with one term for each position, so the worst \
                      sequence is found position by position";
        match self {
            Self::Cell => {
                format!(
                    "{common}: where even that one is right, all sequences with this query and largest token are."
                )
            }
            Self::Chernoff => format!(
                "{common}. Where it is wrong, few others are as bad: each sequence is counted with a weight that grows \
                 exponentially with how bad it is, and such a weighted count is a product over positions."
            ),
            Self::Convolution { bins } => format!(
                "{common}. Where it is wrong, the sequences that are as bad are counted: terms are rounded to {bins} steps, \
                 and how many sequences have which sum is built up position by position. Rounding up and down encloses the \
                 accuracy."
            ),
            Self::Exact => format!(
                "{common}. Where it is wrong, sequences are built token by token, and whole families are dropped as soon \
                 as their first tokens decide them: exact, without running the model on each."
            ),
            Self::Best(_) => format!(
                "{common}. The prover tries the cell test, Chernoff's bound, grids and branch and bound on each query and \
                 largest token, and keeps what proves most for its length."
            ),
        }
    }
}

impl fmt::Display for Additive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cell => f.write_str("cell"),
            Self::Chernoff => f.write_str("chernoff"),
            Self::Convolution { bins } => write!(f, "convolution-{bins}"),
            Self::Exact => f.write_str("exact"),
            Self::Best(target) => target.fmt(f),
        }
    }
}

impl FromStr for Additive {
    type Err = ();
    fn from_str(name: &str) -> Result<Self, ()> {
        match name {
            "cell" => return Ok(Self::Cell),
            "chernoff" => return Ok(Self::Chernoff),
            "exact" => return Ok(Self::Exact),
            _ => {}
        }
        if let Some(bins) = name.strip_prefix("convolution-") {
            // Only what is printed is read: no signs, no zeros in front.
            return bins
                .parse()
                .ok()
                .filter(|number: &u32| Self::BINS.contains(number) && number.to_string() == bins)
                .map(|bins| Self::Convolution { bins })
                .ok_or(());
        }
        Target::named(name).map(Self::Best).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_nothing_else_does() {
        let more = [Additive::Convolution { bins: 4096 }, Additive::Best(Target::Bound(998_000))];
        for strategy in Additive::all().chain(more) {
            assert_eq!(strategy.to_string().parse(), Ok(strategy));
        }
        for name in [
            "convolution-31",
            "convolution-4097",
            "convolution-064",
            "best-within-",
            "best-of-1000001",
            "Exact",
        ] {
            assert_eq!(name.parse::<Additive>(), Err(()), "{name}");
        }
        assert_eq!(
            Additive::Best(Target::Flops(2_500_000)).label(),
            "Best proof within 2.5·10⁶ FLOPs"
        );
        assert_eq!(Additive::Best(Target::Bound(998_500)).label(), "Shortest proof of 99.85 %");
    }
}
