//! Plain Rust: the backend that every other one must agree with, and that of WebAssembly without
//! SIMD128.

use crate::kernels::vector::{LANES, Vector};

#[derive(Clone, Copy)]
pub(crate) struct Scalar4([f64; LANES]);

impl Scalar4 {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let ([a, b, c, d], [e, g, h, i]) = (self.0, other.0);
        Self([f(a, e), f(b, g), f(c, h), f(d, i)])
    }
}

impl Vector for Scalar4 {
    type Mask = [bool; LANES];
    const TILE: usize = 1;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self([x; LANES])
    }
    #[inline(always)]
    fn load(from: &[f64; LANES]) -> Self {
        Self(*from)
    }
    #[inline(always)]
    fn store(self, to: &mut [f64; LANES]) {
        *to = self.0;
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |x, y| x + y)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |x, y| x - y)
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |x, y| x * y)
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.zip(other, |x, y| x / y)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, |x, y| if x > y { x } else { y })
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.zip(other, |x, y| if x < y { x } else { y })
    }
    #[inline(always)]
    fn largest(self) -> f64 {
        let larger = |x: f64, y: f64| if x > y { x } else { y };
        let [a, b, c, d] = self.0;
        larger(larger(a, c), larger(b, d))
    }
    #[inline(always)]
    fn less(self, other: Self) -> [bool; LANES] {
        std::array::from_fn(|lane| self.0[lane] < other.0[lane])
    }
    #[inline(always)]
    fn select(mask: [bool; LANES], yes: Self, no: Self) -> Self {
        Self(std::array::from_fn(|lane| if mask[lane] { yes.0[lane] } else { no.0[lane] }))
    }
    #[inline(always)]
    fn powers_of_two(shifted: Self) -> [Self; 2] {
        let power = |exponent: u64| f64::from_bits(exponent << 52);
        let bits = shifted.0.map(f64::to_bits);
        [Self(bits.map(|bits| power(bits >> 1))), Self(bits.map(|bits| power(bits - (bits >> 1))))]
    }
}
