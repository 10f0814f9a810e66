use crate::models::transformer::Shape;
use crate::tasks::max_of_k::additive::Tokens;
use crate::tasks::max_of_k::covered::Counted;

/// The inputs that a proof leaves, numbered from 0 on: cell after cell, a cell being all inputs
/// with one last and one largest token.
#[derive(Debug)]
pub(super) struct Cells {
    n: usize,
    /// `[of][chosen]`: the number of ways to choose some of `of` positions.
    binomials: Vec<Vec<u128>>,
    /// Those of which something is left.
    cells: Vec<Cell>,
}

/// What is left of the inputs with the last token `q` and the largest token `m`.
#[derive(Debug)]
struct Cell {
    q: usize,
    m: usize,
    /// By the number of tokens before the last that are not `m`: the proof counts the inputs whose
    /// smaller tokens are all in the set, or none of them. Empty where it counts no input of the
    /// cell.
    sets: Vec<Option<Tokens>>,
    /// The number of the first input after those of the cell.
    end: u128,
}

/// How many inputs of a cell a proof counts, and how many are left to draw from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) proven: u128,
    pub(super) left: u128,
}

impl Cells {
    pub(super) fn new(Shape { n, .. }: Shape) -> Self {
        let mut binomials = vec![vec![1_u128]];
        for of in 1..n {
            let before = &binomials[of - 1];
            let inner = before.windows(2).map(|pair| pair[0] + pair[1]);
            let row = [1].into_iter().chain(inner).chain([1]).collect();
            binomials.push(row);
        }
        Self { n, binomials, cells: Vec::new() }
    }

    /// The number of inputs that are left.
    pub(super) fn left(&self) -> u128 {
        self.cells.last().map_or(0, |cell| cell.end)
    }

    /// Adds a cell of which a proof counts what `counted` says. A cell of which it counts an
    /// unknown part is taken as counted where that part is at least `hoped`, and else as not
    /// counted at all.
    pub(super) fn add(&mut self, q: usize, m: usize, counted: Counted, hoped: f64) -> Share {
        let size = self.size(q, m);
        let (share, sets) = match counted {
            Counted::All => (Share { proven: size, left: 0 }, Vec::new()),
            Counted::Nothing => (Share { proven: 0, left: size }, Vec::new()),
            Counted::Right(right) => (Share { proven: right.unwrap_or(0), left: 0 }, Vec::new()),
            Counted::Some(right) if right as f64 >= hoped * size as f64 => {
                (Share { proven: right, left: 0 }, Vec::new())
            }
            Counted::Some(_) => (Share { proven: 0, left: size }, Vec::new()),
            Counted::Among(sets) => {
                let left =
                    (0..self.others(q, m)).map(|i| self.left_of(m, i, sets[i].as_ref())).sum();
                (Share { proven: size - left, left }, sets)
            }
        };
        if share.left > 0 {
            let end = self.left() + share.left;
            self.cells.push(Cell { q, m, sets, end });
        }
        share
    }

    /// The input number `i` of those that are left.
    ///
    /// # Panics
    /// If there are not that many.
    pub(super) fn input(&self, i: u128) -> Vec<usize> {
        let at = self.cells.partition_point(|cell| cell.end <= i);
        let cell = &self.cells[at];
        let mut i = i - if at == 0 { 0 } else { self.cells[at - 1].end };
        let Cell { q, m, .. } = *cell;
        let set = |others: usize| cell.sets.get(others).and_then(Option::as_ref);
        let mut others = 0;
        loop {
            let left = self.left_of(m, others, set(others));
            if i < left {
                break;
            }
            i -= left;
            others += 1;
        }
        let arrangements = self.binomials[self.n - 1][others];
        let words = self.left_of(m, others, set(others)) / arrangements;
        let mut smaller = word(i % words, m, others, set(others)).into_iter();
        let mut tokens = vec![m; self.n];
        tokens[self.n - 1] = q;
        for place in self.places(i / words, others) {
            tokens[place] = smaller.next().expect("a token for each place");
        }
        tokens
    }

    /// Inputs of a cell.
    fn size(&self, q: usize, m: usize) -> u128 {
        (0..self.others(q, m)).map(|i| self.left_of(m, i, None)).sum()
    }

    /// How many numbers of tokens before the last there may be that are not `m`.
    pub(super) fn others(&self, q: usize, m: usize) -> usize {
        self.n - usize::from(q != m)
    }

    /// Inputs with `i` smaller tokens before the last that are not all in the set.
    fn left_of(&self, m: usize, i: usize, set: Option<&Tokens>) -> u128 {
        let counted = set.map_or(0, |set| power(set.len(), i));
        self.binomials[self.n - 1][i] * (power(m, i) - counted)
    }

    /// The set of `chosen` of the positions before the last with the number `i`, in ascending
    /// order.
    fn places(&self, mut i: u128, mut chosen: usize) -> Vec<usize> {
        let mut places = Vec::with_capacity(chosen);
        for place in 0..self.n - 1 {
            if chosen == 0 {
                break;
            }
            let with_it = self.binomials[self.n - 2 - place].get(chosen - 1).copied().unwrap_or(0);
            if i < with_it {
                places.push(place);
                chosen -= 1;
            } else {
                i -= with_it;
            }
        }
        places
    }
}

/// The word number `i` of `length` tokens below `m` that are not all in `set`; of all words without
/// one.
fn word(i: u128, m: usize, length: usize, set: Option<&Tokens>) -> Vec<usize> {
    let Some(set) = set else {
        return digits(i, m, length).collect();
    };
    let (inside, outside) = (set.len(), m - set.len());
    // The first token outside of the set has a place; before it are tokens of the set, after it
    // any.
    let mut i = i;
    for first in 0..length {
        let after = power(m, length - 1 - first);
        let words = power(inside, first) * outside as u128 * after;
        if i < words {
            let (before, rest) = (i / (outside as u128 * after), i % (outside as u128 * after));
            let outer = usize::try_from(rest / after).expect("below m");
            let complement = (0..m).filter(|&t| !set.contains(t));
            let nth = |t: usize| set.iter().nth(t).expect("below the number of tokens");
            let mut word: Vec<_> = digits(before, inside, first).map(nth).collect();
            word.extend(complement.into_iter().nth(outer));
            word.extend(digits(rest % after, m, length - 1 - first));
            return word;
        }
        i -= words;
    }
    unreachable!("there are no more words");
}

/// The last `length` digits of a number to the base `base`, the last one first.
fn digits(i: u128, base: usize, length: usize) -> impl Iterator<Item = usize> {
    let digit = move |rest: u128| usize::try_from(rest % base as u128).expect("below the base");
    std::iter::successors(Some(i), move |rest| Some(rest / base as u128)).take(length).map(digit)
}

/// `base^exponent`, for a number of words that are inputs, of which there are less than `2¹²⁸`.
fn power(base: usize, exponent: usize) -> u128 {
    std::iter::repeat_n(base as u128, exponent).product()
}
