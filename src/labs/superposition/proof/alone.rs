use super::Statement;
use super::case::Case;
use super::exact::{coarse, root_up};
use super::reads::Reads;
use super::relu::{BITS, bias};

/// What a latent does alone in a ReLU layer.
pub(super) struct Alone {
    /// The least and the largest amplitude in tokens of which it is the main latent.
    ends: [i64; 2],
    /// The output that it makes largest at the larger end.
    pub(super) output: usize,
    /// The least difference of that output's argument and another's, at each end.
    margins: [i128; 2],
    /// At least `Σ_{c ≠ output} y_c²` at each end, 40 bits after the point.
    others: [i128; 2],
    /// The largest difference of any two terms, for an amplitude of 1.
    pub(super) range: i128,
    /// Its largest amplitude in any token, at least 1.
    most: i64,
    /// Upper bounds on how far it moves outputs but `output` at that amplitude, 20 bits after the
    /// point: those with positive terms, and those with negative ones.
    moves: [i128; 2],
}

impl Alone {
    /// Runs each latent alone at the ends of its amplitudes.
    pub(super) fn all(statement: &Statement, reads: &Reads, cases: &[Case]) -> Vec<Self> {
        let latents = reads.table.len();
        let mut ends: Vec<Option<[i64; 2]>> = vec![None; latents];
        let mut most = vec![1; latents];
        for case in cases {
            let (latent, a) = case.main;
            let [low, high] = ends[latent].unwrap_or([a; 2]);
            ends[latent] = Some([low.min(a), high.max(a)]);
            case.code.iter().for_each(|&(latent, a)| most[latent] = a.max(most[latent]));
        }
        let new = |latent: usize| {
            let most = most[latent];
            Self::new(statement, &reads.table[latent], ends[latent].unwrap_or([most; 2]), most)
        };
        (0..latents).map(new).collect()
    }

    fn new(statement: &Statement, row: &[i64], ends: [i64; 2], most: i64) -> Self {
        let argument = |a: i64, c: usize| i128::from(a * row[c]) + bias(statement, c);
        let larger = |t, c| if argument(ends[1], c) > argument(ends[1], t) { c } else { t };
        let output = (0..row.len()).fold(0, larger);
        let rest = || (0..row.len()).filter(|&c| c != output);
        let margin = |a| rest().map(|c| argument(a, output) - argument(a, c)).min().unwrap_or(0);
        let others = |a| {
            let outputs = rest().map(|c| coarse(argument(a, c).max(0), BITS));
            outputs.map(|y| y * y).sum()
        };
        let moves = |positive: bool| {
            let moved = rest().filter(|&c| (row[c] > 0) == positive).map(|c| {
                let [from, to] = [bias(statement, c), argument(most, c)].map(|x| x.max(0));
                coarse((to - from).abs(), BITS)
            });
            root_up(moved.map(|x| x * x).sum())
        };
        let [least, largest] = [row.iter().min(), row.iter().max()].map(|x| x.map_or(0, |&x| x));
        Self {
            ends,
            output,
            margins: ends.map(margin),
            others: ends.map(others),
            range: i128::from(largest - least),
            most,
            moves: [true, false].map(moves),
        }
    }

    /// FLOPs of making this for a latent, with `n` outputs.
    pub(super) fn flops(n: u64) -> u64 {
        // At two ends: arguments, differences, comparisons, outputs, squares and sums; the largest
        // output; moves, their squares and sums; the range.
        2 * 8 * n + n + 6 * n + 2 * n
    }

    /// Whether the margin for an amplitude between the ends, which is concave, is above `needed` by
    /// the chord below it.
    pub(super) fn margin_is_above(&self, a: i64, needed: i128) -> bool {
        let [low, high] = self.ends;
        let (left, right) = (i128::from(high - a), i128::from(a - low));
        match left + right {
            0 => self.margins[0] > needed,
            width => left * self.margins[0] + right * self.margins[1] > needed * width,
        }
    }

    /// An upper bound on `Σ_{c ≠ output} y_c²` for an amplitude between the ends: the chord above
    /// the sum, which is convex.
    pub(super) fn others_at(&self, a: i64) -> i128 {
        let [low, high] = self.ends;
        let (left, right) = (i128::from(high - a), i128::from(a - low));
        match left + right {
            0 => self.others[0],
            width => quotient_up(left * self.others[0] + right * self.others[1], width),
        }
    }

    /// An upper bound on how far it moves outputs but its own. What positive terms add is convex
    /// and 0 at an amplitude of 0, so that it is at most in proportion; what negative ones take
    /// away increases.
    pub(super) fn moved_at(&self, a: i64) -> i128 {
        quotient_up(self.moves[0] * i128::from(a), i128::from(self.most)) + self.moves[1]
    }
}

/// `x / y` rounded up, for `x ≥ 0` and `y > 0`.
fn quotient_up(x: i128, y: i128) -> i128 {
    x / y + i128::from(x % y > 0)
}
