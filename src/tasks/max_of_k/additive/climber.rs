use super::proof::{Count, Dominant};
use super::tilt;
use super::verify::Undecided;

/// Tilts to try.
const TILTS: [f64; 17] =
    [0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0];

/// An output of which tilting leaves less than this fraction of all sequences is not worth a grid.
const NEGLIGIBLE_OUTPUT: f64 = 1e-9;

/// A finer grid is tried where it could prove more than this fraction of all sequences.
pub(super) const NEGLIGIBLE_GAIN: f64 = 2e-6;

/// Factors of a dominant output to try, and the fraction of the unproven sequences that it may
/// leave to be worth its FLOPs.
const FACTORS: [f64; 3] = [1.0, 0.5, 2.0];
const WORTH: f64 = 0.9;

/// The sum of numbers that are not negative, or infinity as soon as it reaches `limit`: the rest is
/// not worked out then.
fn sum_below(limit: f64, numbers: impl Iterator<Item = f64>) -> f64 {
    let mut sum = 0.0;
    for x in numbers {
        sum += x;
        if sum >= limit {
            return f64::INFINITY;
        }
    }
    sum
}

/// Finds good tilts by climbing from the tilt found last: neighbouring cells are alike. Holds the
/// place of that tilt in [`TILTS`].
#[derive(Debug, Default)]
pub(super) struct Climber(usize);

impl Climber {
    /// The tilt that leaves fewest sequences of a cell unproven, and a dominant output if one makes
    /// them fewer; `sequences` is the number of all inputs.
    pub(super) fn best(
        &mut self,
        sequences: u128,
        Undecided { terms, .. }: &Undecided<f64>,
        m: usize,
    ) -> Count {
        // Compares what is left, not what is proven: that is 0 for every tilt where none proves
        // any.
        let plain: Vec<_> = terms.iter().map(|terms| terms.deficits(m)).collect();
        let left = |i: usize, limit: f64| {
            sum_below(limit, plain.iter().map(|of_output| tilt::at_most(of_output, m, TILTS[i])))
        };
        let (mut i, mut least) = (self.0, left(self.0, f64::INFINITY));
        for direction in [1, -1] {
            while let Some(next) =
                i.checked_add_signed(direction).filter(|&next| next < TILTS.len())
            {
                let of_next = left(next, least);
                if of_next >= least {
                    break;
                }
                (i, least) = (next, of_next);
            }
        }
        self.0 = i;
        let unless_below = NEGLIGIBLE_OUTPUT * sequences as f64;
        let mut best = Count { tilt: Some(TILTS[i]), bins: None, unless_below, dominant: None };

        let alone: Vec<_> =
            plain.iter().map(|of_output| tilt::at_most(of_output, m, TILTS[i])).collect();
        let Some((d, most)) = alone.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))
        else {
            return best;
        };
        if least - most < NEGLIGIBLE_GAIN / 100.0 * sequences as f64 {
            return best;
        }
        for factor in FACTORS {
            let others = terms.iter().zip(&alone).enumerate().filter(|(o, _)| *o != d);
            let beside = others.map(|(_, (of_output, alone))| {
                let beside = of_output.minus(factor, &terms[d]).deficits(m);
                if beside.excess < 0.0 {
                    0.0
                } else {
                    tilt::at_most(&beside, m, TILTS[i]).min(*alone)
                }
            });
            let left = most + sum_below(WORTH * least - most, beside);
            if left < WORTH * least {
                least = left;
                best.dominant = Some(Dominant { output: terms[d].output, factor });
            }
        }
        best
    }
}
