use crate::models::transformer::Shape;
use crate::tasks::max_of_k::MaxOfK;
use crate::tasks::max_of_k::covered::{Counted, Coverage, Decider, Input};

/// A search for an input that is right and that a proof does not count. It goes through the inputs
/// with each last and largest token, at first through a few of each.
pub(super) struct Search<'a> {
    task: &'a MaxOfK,
    coverage: &'a dyn Coverage,
    decider: Decider,
    /// Inputs that may be looked at, in each round.
    most: u64,
    /// Inputs that were looked at, and those of them that the proof does not count.
    looked_at: u64,
    left_out: u64,
    finished: bool,
}

/// Inputs of a last and largest token that are looked at in the first round, and in the second.
const ROUNDS: [u64; 2] = [256, u64::MAX];
/// The work of looking at inputs, one for each position and output: about a second.
const MOST_WORK: u64 = 1 << 29;

impl<'a> Search<'a> {
    pub(super) fn new(task: &'a MaxOfK, coverage: &'a dyn Coverage) -> Self {
        let decider = Decider::new(task);
        let Shape { v, n, .. } = task.shape();
        let most = MOST_WORK / (n * v) as u64;
        Self { task, coverage, decider, most, looked_at: 0, left_out: 0, finished: false }
    }

    /// The inputs that the proof does not count among those that were looked at.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Whether all inputs were looked at that the proof may not count.
    pub(super) fn is_finished(&self) -> bool {
        self.finished
    }

    pub(super) fn run(&mut self) -> Option<Vec<usize>> {
        for most in ROUNDS {
            (self.looked_at, self.left_out, self.finished) = (0, 0, true);
            for m in (0..self.task.shape().v).rev() {
                for (q, counted) in self.coverage.column(m).iter().enumerate() {
                    if let Some(found) = self.cell(q, m, counted, most) {
                        return Some(found);
                    }
                    if self.looked_at > self.most {
                        self.finished = false;
                        return None;
                    }
                }
            }
            if self.finished {
                break;
            }
        }
        None
    }

    /// Looks at up to `most` inputs with the last token `q` and the largest token `m`.
    fn cell(&mut self, q: usize, m: usize, counted: &Counted, most: u64) -> Option<Vec<usize>> {
        let sets = match counted {
            Counted::All | Counted::Right(_) => return None,
            Counted::Nothing | Counted::Some(_) => None,
            Counted::Among(sets) => Some(sets),
        };
        // From the largest tokens down, as a clock counts.
        let n = self.task.shape().n;
        let mut tokens = vec![m; n];
        tokens[n - 1] = q;
        for _ in 0..most {
            if self.looked_at > self.most {
                return None;
            }
            let is_of_cell = tokens.contains(&m);
            self.looked_at += 1;
            let is_counted = |sets| Input::new(&tokens).is_among(sets);
            if is_of_cell && !sets.is_some_and(|sets: &Vec<_>| is_counted(sets)) {
                self.left_out += 1;
                if self.decider.decide(&tokens) == Some(true) {
                    return Some(tokens);
                }
            }
            let place = tokens[..n - 1].iter().position(|&t| t > 0)?;
            tokens[place] -= 1;
            tokens[..place].fill(m);
        }
        self.finished = false;
        None
    }
}
