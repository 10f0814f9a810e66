//! Sub-cubic strategies that people build: a low-rank `EQKE` of rank 1 to 8, directions found in
//! one of several ways, gaps chosen in one of several ways.
//!
//! Their identifiers carry all of it around the identifier of the published strategy with the same
//! three summaries: `rank-3-svd--EUPU-…--attn-…--attn-err-…--gap-2`.

use super::proof::Family;
use super::strategy::AttentionError;
use std::ops::RangeInclusive;

/// How someone builds the low-rank part of attention scores, and chooses gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Built {
    /// How many directions are projected out of either factor, in the range [`Self::RANKS`].
    pub rank: u8,
    /// How they are found.
    pub directions: Directions,
    /// How the gaps of cases are chosen.
    pub gaps: GapChoice,
}

/// How the directions of a low-rank `EQKE'` are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Directions {
    /// Its first singular directions: no other directions leave a smaller largest singular value.
    Svd,
    /// What the mean query looks for first, then singular directions of what is left.
    Mean,
    /// What single queries look for: each time the query of which most is left.
    Query,
    /// Numbers that someone gave. They are in the proof object, and in no identifier.
    Given,
}

/// How the gaps of cases are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GapChoice {
    /// As [`super::Search::joint`] does: whatever proves most.
    Best,
    /// As [`super::Search::plain`] does, which is published.
    Plain,
    /// One gap for all cases.
    Same(u16),
}

impl Directions {
    /// All ways, and their names in identifiers.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Svd, "svd"), (Self::Mean, "mean"), (Self::Query, "query"), (Self::Given, "given")];

    /// The name in identifiers.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// What the directions are, for a person.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Svd => "by SVD",
            Self::Mean => "from the mean query",
            Self::Query => "from single queries",
            Self::Given => "with given directions",
        }
    }
}

impl Built {
    /// Possible ranks.
    pub const RANKS: RangeInclusive<u8> = 1..=8;

    /// Whether the error of attention scores can be bounded this way at any rank: it can where two
    /// factors are split.
    #[must_use]
    pub fn fits(error: AttentionError) -> bool {
        error.family() == Family::RankOne
    }

    /// What is built, for a person.
    #[must_use]
    pub fn label(self) -> String {
        let gaps = match self.gaps {
            GapChoice::Best => String::new(),
            GapChoice::Plain => " · published gaps".into(),
            GapChoice::Same(gap) => format!(" · gap {gap}"),
        };
        format!("rank {} {}{gaps}", self.rank, self.directions.label())
    }

    /// What stands before the identifier of the published strategy.
    pub(super) fn prefix(self) -> String {
        format!("rank-{}-{}", self.rank, self.directions.name())
    }

    /// What stands after it.
    pub(super) fn suffix(self) -> String {
        match self.gaps {
            GapChoice::Best => String::new(),
            GapChoice::Plain => "--gaps-plain".into(),
            GapChoice::Same(gap) => format!("--gap-{gap}"),
        }
    }

    /// Reads what stands around the identifier of a published strategy; returns that, too.
    pub(super) fn split(name: &str) -> Option<(Self, &str)> {
        let (prefix, rest) = name.strip_prefix("rank-")?.split_once("--")?;
        let (rank, directions) = prefix.split_once('-')?;
        let rank = rank.parse().ok().filter(|rank| Self::RANKS.contains(rank))?;
        let (directions, _) = Directions::ALL.into_iter().find(|(_, name)| *name == directions)?;
        let (published, gaps) = match rest.rsplit_once("--gap") {
            None => (rest, GapChoice::Best),
            Some((published, "s-plain")) => (published, GapChoice::Plain),
            Some((published, gap)) => {
                let gap = gap.strip_prefix('-')?.parse().ok().filter(|&gap| gap > 0)?;
                (published, GapChoice::Same(gap))
            }
        };
        Some((Self { rank, directions, gaps }, published))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{Attention, DirectPath, Subcubic};
    use super::*;

    /// Strategies of every rank, every way to find directions but the last, and every way to choose
    /// gaps: one of them for each of the published strategies that can be built on.
    pub(in super::super) fn some() -> impl Iterator<Item = Subcubic> {
        let gaps = [GapChoice::Best, GapChoice::Plain, GapChoice::Same(1), GapChoice::Same(2)];
        let fitting = Subcubic::all().filter(|strategy| Built::fits(strategy.error));
        fitting.zip(0_u8..).map(move |(published, i)| {
            let (directions, _) = Directions::ALL[usize::from(i) % 3];
            let built = Built { rank: 1 + i % 8, directions, gaps: gaps[usize::from(i / 3) % 4] };
            Subcubic { built: Some(built), ..published }
        })
    }

    #[test]
    fn identifiers_carry_everything() {
        let gaps = [GapChoice::Best, GapChoice::Plain, GapChoice::Same(1), GapChoice::Same(65535)];
        for (rank, (directions, _), gaps) in Built::RANKS.flat_map(|rank| {
            Directions::ALL.into_iter().flat_map(move |of| gaps.map(|gaps| (rank, of, gaps)))
        }) {
            for published in Subcubic::all().filter(|strategy| Built::fits(strategy.error)) {
                let built = Some(Built { rank, directions, gaps });
                let strategy = Subcubic { built, ..published };
                assert_eq!(strategy.to_string().parse(), Ok(strategy), "{strategy}");
            }
        }
        let (direct, attention) = (DirectPath::MaxDiffExact, Attention::Drop);
        let published = Subcubic::new(direct, attention, AttentionError::MaxDiff);
        for name in [
            format!("rank-0-svd--{published}"),
            format!("rank-9-svd--{published}"),
            format!("rank-02-svd--{published}"),
            format!("rank-2-sv--{published}"),
            format!("rank-2-svd-{published}"),
            format!("rank-2-svd--rank-2-svd--{published}"),
            format!("rank-2-svd--{published}--gap-0"),
            format!("rank-2-svd--{published}--gap-70000"),
            format!("rank-2-svd--{published}--gap-02"),
            format!("rank-2-svd--{published}--gaps-best"),
            format!("{published}--gap-2"),
            // Not an error that two factors bound.
            format!("rank-2-svd--{published}-subproduct"),
            "rank-2-svd--".into(),
        ] {
            assert_eq!(name.parse::<Subcubic>(), Err(()), "{name}");
        }
    }
}
