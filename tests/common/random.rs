//! Random numbers for tests, the same ones in every run.

/// A xorshift generator of 64 bits.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Leaves out the first numbers, which are near each other where seeds are.
    pub(crate) fn mixed(seed: u64) -> Self {
        let mut random = Self::new(seed);
        (0..8).for_each(|_| _ = random.bits());
        random
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A multiple of 2⁻³¹ from −1 to 1.
    pub(crate) fn number(&mut self) -> f64 {
        f64::from((self.bits() >> 32) as u32) / f64::from(1_u32 << 31) - 1.0
    }

    /// A multiple of 2⁻⁵³ from 0 to 1: all bits of a float64 vary.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the product lies from 0 to `limit`"
    )]
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (((self.number() + 1.0) / 2.0 * limit as f64) as usize).min(limit - 1)
    }

    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}
