//! Seeded random numbers for training and sampling, equal on every machine. No proof depends on
//! them.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;

/// The generator for `seed` and `purpose`. Weights, batches and samples of one seed are
/// independent, because their purposes differ.
pub(super) fn generator(seed: u64, purpose: u64) -> Pcg64 {
    Pcg64::seed_from_u64(seed ^ purpose.rotate_left(32))
}

/// A token below `v`, exactly uniform (Lemire's method).
pub(super) fn token(random: &mut impl Rng, v: usize) -> usize {
    let v = v as u64;
    let unfair = (1_u64 << 32) % v;
    loop {
        let product = u64::from(random.next_u32()) * v;
        if product & 0xffff_ffff >= unfair {
            return (product >> 32) as usize;
        }
    }
}

/// A standard normal number (Box and Muller). Uses `libm`, which gives equal bits on every machine.
pub(super) fn normal(random: &mut impl Rng) -> f64 {
    // Uniform in (0, 1], with 53 bits.
    let mut uniform = || ((random.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
    let (radius, angle) =
        ((-2.0 * libm::log(uniform())).sqrt(), 2.0 * std::f64::consts::PI * uniform());
    radius * libm::cos(angle)
}
