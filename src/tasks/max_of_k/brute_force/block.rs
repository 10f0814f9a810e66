use std::ops::Range;

/// A position before the query's, and which tokens it may have.
///
/// A list of them is a *block*: all sequences with such tokens, whose terms are added in the order of the list. A sequence's order
/// is the same in whatever block it is looked at.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) p: usize,
    pub(super) tokens: Tokens,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tokens {
    /// Up to the largest.
    UpTo,
    /// Below the largest.
    Below,
    /// The largest alone.
    Largest,
}

impl Tokens {
    /// How many kinds there are.
    pub(super) const COUNT: usize = 3;

    pub(super) fn range(self, m: usize) -> Range<usize> {
        match self {
            Self::UpTo => 0..m + 1,
            Self::Below => 0..m,
            Self::Largest => m..m + 1,
        }
    }
}

/// All positions, with any tokens: where some other token is known to be the largest.
pub(super) fn any_tokens(n: usize) -> Vec<Place> {
    (0..n - 1).map(|p| Place { p, tokens: Tokens::UpTo }).collect()
}

/// The largest token is at position `first`, and nowhere before. If that comes after the `fixed` positions of a chunk, it comes
/// at once after them: one addition for the whole chunk.
pub(super) fn by_first(n: usize, fixed: usize, first: usize) -> Vec<Place> {
    let mut places = any_tokens(n);
    places[..first].iter_mut().for_each(|place| place.tokens = Tokens::Below);
    places[first].tokens = Tokens::Largest;
    if first > fixed {
        places[fixed..=first].rotate_right(1);
    }
    places
}
