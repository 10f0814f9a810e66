//! What a proof object proves, and how: sums over cells of what each way to settle one proves.

use crate::proof::{Contribution, Cost, Tally};
use std::ops::{Add, AddAssign};

/// How a cell is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Boxes decide all its outputs.
    Boxes,
    /// The exact terms of its outputs do.
    Terms,
    /// Sequences of some of its tokens are proven, see [`Method::Split`].
    Split,
    /// All sequences but those that may be wrong are proven, see [`Method::Count`].
    Count,
    /// Sequence by sequence, see [`Method::Enumerate`].
    Enumerate,
    /// Not at all.
    Left,
}

/// What one way to settle cells proves. The preparation of all cells counts for [`Settled::Boxes`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Settlement {
    cells: u64,
    /// Sequences of the cells that are proven right.
    right: u128,
    flops: u64,
}

/// What a proof object proves of some cells, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// By [`Settled`].
    settlements: [Settlement; Settled::ALL.len()],
    /// Sequences proven wrong.
    wrong: u128,
    /// FLOPs of proving them wrong, beside those of proving others right.
    wrong_flops: u64,
    /// All work, in operations of the fastest loops, see [`Settled::weight`].
    work: u64,
}

impl Settled {
    /// Every way, in the order in which a verifier tries them.
    pub const ALL: [Self; 6] =
        [Self::Boxes, Self::Terms, Self::Split, Self::Count, Self::Enumerate, Self::Left];

    /// How many operations on a large grid take as long as one FLOP of this way, about (measured).
    /// A thread does 5·10⁹ operations on a large grid a second.
    pub(super) fn weight(self) -> u64 {
        if self == Self::Enumerate { 32 } else { 16 }
    }

    /// What the way does, for a person.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Boxes => "decided in blocks of queries and tokens",
            Self::Terms => "decided position by position",
            Self::Split => "decided in part",
            Self::Count => "wrong sequences bounded",
            Self::Enumerate => "wrong sequences enumerated",
            Self::Left => "left unproven",
        }
    }
}

impl Verified {
    pub(super) fn new(how: Settled, cells: u64, tally: Tally, flops: u64) -> Self {
        let mut verified =
            Self { wrong: tally.wrong, work: how.weight() * flops, ..Self::default() };
        verified.settlements[how as usize] = Settlement { cells, right: tally.right, flops };
        verified
    }

    /// Nothing proven yet, after `flops` of preparation.
    #[must_use]
    pub fn prepared(flops: u64) -> Self {
        Self::new(Settled::Boxes, 0, Tally::default(), flops)
    }

    /// With `wrong_flops` to prove sequences wrong, and `work` in all.
    pub(super) fn with(self, wrong_flops: u64, work: u64) -> Self {
        Self { wrong_flops, work, ..self }
    }

    /// The cost of a proof whose object has `proof_bytes`, where comparisons leave `slack` logits
    /// for rounding.
    #[must_use]
    pub fn cost(&self, proof_bytes: Option<usize>, slack: f64) -> Cost {
        let settlements = Settled::ALL.into_iter().zip(self.settlements);
        let contributions = settlements
            .filter(|(_, Settlement { cells, flops, .. })| *cells > 0 || *flops > 0)
            .map(|(how, Settlement { cells, right, flops })| Contribution {
                what: how.label(),
                cases: cells,
                correct: right.to_string(),
                flops: flops as f64,
            });
        Cost {
            proof_bytes,
            upper_flops: self.wrong_flops as f64,
            contributions: contributions.collect(),
            ..Cost::new(self.flops() as f64, slack)
        }
    }

    /// Sequences proven right, and proven wrong.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally {
            wrong: self.wrong,
            ..Tally::right(self.settlements.iter().map(|of| of.right).sum())
        }
    }

    /// How the cell is settled, of what is proven of one; `None` where none is looked at.
    pub(super) fn settled(&self) -> Option<Settled> {
        Settled::ALL.into_iter().find(|&how| self.settlements[how as usize].cells > 0)
    }

    /// FLOPs of proving sequences right.
    #[must_use]
    pub fn flops(&self) -> u64 {
        self.settlements.iter().map(|of| of.flops).sum()
    }

    /// FLOPs of proving sequences wrong, beside [`Self::flops`].
    #[must_use]
    pub fn wrong_flops(&self) -> u64 {
        self.wrong_flops
    }

    /// All work, in operations as [`crate::proof::MAX_WORK`] counts them.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work
    }
}

impl Add for Verified {
    type Output = Self;
    fn add(mut self, other: Self) -> Self {
        for (sum, other) in self.settlements.iter_mut().zip(other.settlements) {
            sum.cells += other.cells;
            sum.right += other.right;
            sum.flops += other.flops;
        }
        self.wrong += other.wrong;
        self.wrong_flops += other.wrong_flops;
        self.work += other.work;
        self
    }
}

impl AddAssign for Verified {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Verified {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}
