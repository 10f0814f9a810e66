//! Seeded random numbers for training and sampling, equal on every machine. No proof depends on
//! them.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;

/// The generator for `seed` and `purpose`. Weights, batches and samples of one seed are
/// independent, because their purposes differ.
pub(crate) fn generator(seed: u64, purpose: u64) -> Pcg64 {
    Pcg64::seed_from_u64(seed ^ purpose.rotate_left(32))
}

/// A number below `v`, exactly uniform (Lemire's method).
pub(crate) fn token(random: &mut impl Rng, v: usize) -> usize {
    let v = v as u64;
    let unfair = (1_u64 << 32) % v;
    loop {
        let product = u64::from(random.next_u32()) * v;
        if product & 0xffff_ffff >= unfair {
            return (product >> 32) as usize;
        }
    }
}

/// Uniform in (0, 1], with 53 bits.
pub(crate) fn uniform(random: &mut impl Rng) -> f64 {
    ((random.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64
}

/// The numbers below `n` in a uniformly random order (Fisher and Yates).
pub(crate) fn shuffled(random: &mut impl Rng, n: usize) -> Vec<usize> {
    let mut order: Vec<_> = (0..n).collect();
    for last in (1..n).rev() {
        order.swap(last, token(random, last + 1));
    }
    order
}

/// A standard normal number (Box and Muller). Uses `libm`, which gives equal bits on every machine.
pub(crate) fn normal(random: &mut impl Rng) -> f64 {
    let radius = (-2.0 * libm::log(uniform(random))).sqrt();
    let angle = 2.0 * std::f64::consts::PI * uniform(random);
    radius * libm::cos(angle)
}
