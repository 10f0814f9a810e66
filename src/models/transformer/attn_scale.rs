//! What attention scores are divided by: `√d_head`, or a number that a configuration gives.

use crate::cost::Scalar;
use thiserror::Error;

/// What attention scores are divided by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AttnScale {
    /// The exact square root of [`Transformer::d_head`](super::Transformer::d_head), a real number.
    RootOfDHead,
    /// Exactly this number. [`Self::of_number`] accepts only some.
    Number(f64),
}

/// Why a number is not accepted as a divisor of attention scores.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum NoAttnScale {
    /// The number is 0, NaN, or outside of [`AttnScale::LEAST`] to [`AttnScale::MOST`].
    #[error(
        "attention scores divided by {0}, expected a number from 2^-32 to 2^32 (those that the \
         bounds on rounding allow for)"
    )]
    OutOfRange(f64),
    /// The number is negative.
    #[error(
        "attention scores divided by the negative number {found}, expected one from 2^-32 to 2^32: \
         negate `W_Q` (and `b_Q`) and divide by {} for the same scores",
        -found
    )]
    Negative {
        /// The number.
        found: f64,
    },
}

impl AttnScale {
    /// The least divisor that theorem 1 of [`crate::rounding`] allows.
    pub const LEAST: f64 = 1.0 / Self::MOST;
    /// The largest divisor that theorem 1 of [`crate::rounding`] allows.
    pub const MOST: f64 = (1_u64 << 32) as f64;

    /// The scale that a configuration means by the number `a`: `√d_head` if `a` is the float64 or
    /// the float32 nearest to it (configurations store `numpy.sqrt(d_head)`), else exactly `a`.
    ///
    /// # Errors
    /// If `a` is not between [`Self::LEAST`] and [`Self::MOST`].
    pub fn of_number(a: f64, d_head: usize) -> Result<Self, NoAttnScale> {
        let root = Self::RootOfDHead.divisor::<f64>(d_head);
        // Rounding the root to float64 first does not change the nearest float32, because float64
        // has more than twice the digits of float32.
        #[expect(clippy::cast_possible_truncation, reason = "rounds to the nearest float32")]
        let single = f64::from(root as f32);
        match a {
            _ if a == root || a == single => Ok(Self::RootOfDHead),
            _ if (Self::LEAST..=Self::MOST).contains(&a) => Ok(Self::Number(a)),
            _ if a < 0.0 => Err(NoAttnScale::Negative { found: a }),
            _ => Err(NoAttnScale::OutOfRange(a)),
        }
    }

    /// The divisor in the arithmetic of `S`: the root rounded, any other number exactly. The root
    /// costs one operation.
    #[must_use]
    pub fn divisor<S: Scalar>(self, d_head: usize) -> S {
        match self {
            Self::RootOfDHead => S::from_f64(d_head as f64).sqrt(),
            Self::Number(a) => S::from_f64(a),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AttnScale::{Number, RootOfDHead};
    use super::*;
    use crate::models::transformer::tests::random;
    use crate::models::transformer::{Shape, Transformer};
    use crate::rounding::Wide;

    #[test]
    fn a_rounded_root_means_the_root() {
        for d_head in 1..=256_usize {
            let root = (d_head as f64).sqrt();
            for a in [root, f64::from((d_head as f32).sqrt())] {
                assert_eq!(AttnScale::of_number(a, d_head), Ok(RootOfDHead), "√{d_head} as {a}");
            }
            for a in [root.next_up(), root.next_down(), f64::from((d_head as f32).sqrt().next_up())]
            {
                assert_eq!(AttnScale::of_number(a, d_head), Ok(Number(a)), "√{d_head} as {a}");
            }
            assert_eq!(RootOfDHead.divisor::<f64>(d_head), root);
        }
        assert_eq!(AttnScale::of_number(2.0, 5), Ok(Number(2.0)));
    }

    #[test]
    fn scales_are_positive_and_neither_tiny_nor_huge() {
        let found = |a: f64| AttnScale::of_number(a, 3).map_err(|error| error.to_string());
        for a in [AttnScale::LEAST, 1e-3, 0.1, 0.5, 1.0, 3.7, 1e4, AttnScale::MOST] {
            assert_eq!(found(a), Ok(Number(a)));
            assert_eq!(Number(a).divisor::<Wide>(3), Wide::from_f64(a));
        }
        for (a, expected) in [
            (0.0, "divided by 0, expected a number from 2^-32 to 2^32"),
            (-0.0, "divided by -0, expected"),
            (AttnScale::LEAST.next_down(), "divided by 0.00000000023283064365386"),
            (AttnScale::MOST.next_up(), "divided by 4294967296.000001, expected"),
            (f64::INFINITY, "divided by inf, expected"),
            (f64::NAN, "divided by NaN, expected"),
            (
                -0.5,
                "the negative number -0.5, expected one from 2^-32 to 2^32: negate `W_Q` (and \
                 `b_Q`) and divide by 0.5",
            ),
            (f64::NEG_INFINITY, "the negative number -inf"),
        ] {
            let error = found(a).unwrap_err();
            assert!(error.contains(expected), "{a}: {error}, expected {expected}");
        }
    }

    /// Dividing by a quarter is exact, and so is multiplying queries by four.
    #[test]
    fn another_scale_is_a_factor_of_the_queries() {
        let model = random(Shape { v: 4, d: 3, h: 4, n: 3 }, 1.0, 11);
        let scaled = Transformer { W_Q: &model.W_Q * 8.0, ..model.clone() }; // √4 = 2 = 8 · ¼
        let quarter = model.with_attn_scale(0.25).unwrap();
        assert_eq!((quarter.attn_scale, quarter.score_divisor()), (Number(0.25), 0.25));
        assert_eq!(quarter.logits(&[1, 3, 0]), scaled.logits(&[1, 3, 0]));
        assert!(
            quarter.network().contains("attention scores divided by 0.25, positions"),
            "{}",
            quarter.network()
        );
        let root = quarter.with_attn_scale(2.0).unwrap();
        assert!(
            root.network().contains("attention scores divided by √d_head = √4, positions"),
            "{}",
            root.network()
        );
        assert_eq!(root.with_attn_scale(-1.0), Err(NoAttnScale::Negative { found: -1.0 }));
    }
}
