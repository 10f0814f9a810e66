//! What brute force spends its time with.

/// Rows of tokens have room for a multiple of this.
pub(super) const LANES: usize = 8;

/// `peaks[t] = max_i (sums[i] + rows[slots[i]][t])`, `open` being slots with sums and rows `[slots, stride]`; for all tokens below
/// `peaks.len()`, a multiple of [`LANES`].
#[inline]
pub(super) fn largest_sums(open: &[(usize, f64)], rows: &[f64], stride: usize, peaks: &mut [f64]) {
    let mut start = 0;
    while start + 2 * LANES <= peaks.len() {
        largest_sums_of::<{ 2 * LANES }>(open, rows, stride, start, peaks);
        start += 2 * LANES;
    }
    if start < peaks.len() {
        largest_sums_of::<LANES>(open, rows, stride, start, peaks);
    }
}

#[inline(always)]
fn largest_sums_of<const WIDTH: usize>(
    open: &[(usize, f64)],
    rows: &[f64],
    stride: usize,
    start: usize,
    peaks: &mut [f64],
) {
    let mut largest = [f64::NEG_INFINITY; WIDTH];
    for &(slot, sum) in open {
        let row = &rows[slot * stride + start..][..WIDTH];
        for lane in 0..WIDTH {
            largest[lane] = larger(sum + row[lane], largest[lane]);
        }
    }
    peaks[start..][..WIDTH].copy_from_slice(&largest);
}

/// The least and the largest of some numbers, in lanes: an extreme is the same in any order.
pub(super) fn extremes(numbers: &[f64]) -> (f64, f64) {
    let (mut low, mut high) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    let lanes = numbers.chunks_exact(LANES);
    for (lane, &x) in lanes.remainder().iter().enumerate() {
        (low[lane], high[lane]) = (x, x);
    }
    for numbers in lanes {
        for lane in 0..LANES {
            low[lane] = smaller(numbers[lane], low[lane]);
            high[lane] = larger(numbers[lane], high[lane]);
        }
    }
    (low.into_iter().fold(f64::INFINITY, smaller), high.into_iter().fold(f64::NEG_INFINITY, larger))
}

/// One vector instruction on every target.
#[inline(always)]
fn larger(x: f64, y: f64) -> f64 {
    if x > y { x } else { y }
}

#[inline(always)]
fn smaller(x: f64, y: f64) -> f64 {
    if x < y { x } else { y }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_of_any_length() {
        let numbers: Vec<_> = (0..40).map(|i| f64::from(i * 17 % 40 - 20)).collect();
        for end in 0..40 {
            let plain = numbers[..end]
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (x.min(low), x.max(high)));
            assert_eq!(extremes(&numbers[..end]), plain, "{end} numbers");
        }
    }

    #[test]
    fn largest_sums_of_any_width() {
        for stride in [8, 16, 24, 40] {
            let rows: Vec<_> = (0..5 * stride).map(|i| (i * 31 % 97) as f64).collect();
            for open in [&[][..], &[(3, 1.5)], &[(0, -40.0), (2, 7.0), (4, 0.25)]] {
                let mut peaks = vec![0.0; stride];
                largest_sums(open, &rows, stride, &mut peaks);
                for (t, &peak) in peaks.iter().enumerate() {
                    let plain = open.iter().map(|&(slot, sum)| sum + rows[slot * stride + t]);
                    assert_eq!(peak, plain.fold(f64::NEG_INFINITY, f64::max), "token {t} of {stride}");
                }
            }
        }
    }
}
