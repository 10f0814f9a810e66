use std::ops::Range;

/// A position before the query's, and which tokens it may have.
///
/// A list of places is a *block*: all sequences with such tokens, whose terms are added in the
/// order of the list. Every block that has a sequence adds its terms in one and the same order.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) p: usize,
    pub(super) tokens: Allowed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowed {
    /// Any token up to the largest.
    UpTo,
    /// Any token below the largest.
    Below,
    /// Only the largest token.
    Largest,
}

impl Allowed {
    /// The number of kinds.
    pub(super) const COUNT: usize = 3;

    pub(super) fn range(self, m: usize) -> Range<usize> {
        match self {
            Self::UpTo => 0..m + 1,
            Self::Below => 0..m,
            Self::Largest => m..m + 1,
        }
    }
}

/// All positions with any tokens: the block where a token outside of it is the largest.
pub(super) fn any_tokens(n: usize) -> Vec<Place> {
    (0..n - 1).map(|p| Place { p, tokens: Allowed::UpTo }).collect()
}

/// The block whose largest token is at position `first`, and nowhere before. Where `first` comes
/// after the `fixed` positions of a chunk, its place is moved to follow them at once: its term is
/// then added once for the whole chunk.
pub(super) fn by_first(n: usize, fixed: usize, first: usize) -> Vec<Place> {
    let mut places = any_tokens(n);
    places[..first].iter_mut().for_each(|place| place.tokens = Allowed::Below);
    places[first].tokens = Allowed::Largest;
    if first > fixed {
        places[fixed..=first].rotate_right(1);
    }
    places
}

/// The sequences of a block apart by where its largest token stands: blocks each of whose places
/// has the largest token or none, with the number of places that have none. Their terms are added
/// in the order of the block.
pub(super) fn by_number(block: &[Place]) -> Vec<(usize, Vec<Place>)> {
    let apart = |tokens: Allowed| match tokens {
        Allowed::UpTo => vec![Allowed::Below, Allowed::Largest],
        tokens => vec![tokens],
    };
    block.iter().fold(vec![(0, Vec::new())], |blocks, &Place { p, tokens }| {
        let with = |(others, places): &(usize, Vec<Place>), tokens: Allowed| {
            let place = Place { p, tokens };
            (others + usize::from(tokens == Allowed::Below), [places, &[place][..]].concat())
        };
        let kinds = apart(tokens);
        blocks.iter().flat_map(|block| kinds.iter().map(|&kind| with(block, kind))).collect()
    })
}
