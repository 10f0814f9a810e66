/// What is sampled: the inputs of a network that a proof leaves undecided, numbered, or all of
/// them.
pub trait Population: Send + Sync {
    /// The number of all inputs of the network.
    fn total(&self) -> u128;

    /// The number of inputs that the proof counts as right; 0 without a proof.
    fn proven(&self) -> u128;

    /// The number of inputs that are drawn from; the proof counts none of them. Inputs that are
    /// neither proven nor left are given up: they count as wrong.
    fn left(&self) -> u128;

    /// Runs the network on the input number `i`: whether its answer is right, in real numbers;
    /// `None` if it is a tie, or too close to one for float64.
    ///
    /// # Panics
    /// If `i` is not below [`Self::left`].
    fn is_right(&self, i: u128) -> Option<bool>;

    /// FLOPs of preparing the network to be run.
    fn start_flops(&self) -> f64;

    /// FLOPs of [`Self::is_right`].
    fn sample_flops(&self) -> f64;
}

/// The least whole number of inputs that is at least `least` times `inputs`: an accuracy of at
/// least `least` means that many right inputs.
///
/// # Panics
/// If `least` is not from 0 to 1.
pub(super) fn least_count(least: f64, inputs: u128) -> u128 {
    assert!((0.0..=1.0).contains(&least), "{least} is no accuracy");
    // least = k / 2⁶⁴, rounded down. A float64 times a power of two is exact.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2⁶⁴")]
    let k = (least * 18_446_744_073_709_551_616.0) as u128;
    let (high, low) = (inputs >> 64, inputs & u128::from(u64::MAX));
    // k · inputs / 2⁶⁴ with k ≤ 2⁶⁴ and both halves below 2⁶⁴.
    let rest = k * low;
    k * high + (rest >> 64) + u128::from(rest & u128::from(u64::MAX) > 0)
}

#[cfg(test)]
mod tests {
    use super::least_count;

    #[test]
    fn counts_are_rounded_up_from_bounds_that_are_rounded_down() {
        for (least, inputs, expected) in [
            (0.0, 10, 0),
            (1.0, 10, 10),
            (0.5, 10, 5),
            (0.5, 11, 6),
            (0.25, 1 << 80, 1 << 78),
            (1.0, u128::MAX, u128::MAX),
            (0.5, u128::MAX, 1 << 127),
            (f64::MIN_POSITIVE, u128::MAX, 0),
            (1e-18, 1, 1),
            (1.0_f64.next_down(), 1000, 1000),
            (1.0_f64.next_down(), u128::MAX, u128::MAX - (1 << 75) + 1),
        ] {
            assert_eq!(least_count(least, inputs), expected, "{least} of {inputs}");
        }
    }
}
