use super::{AttnScale, MAX_D, MAX_H, MAX_N, MAX_V, Shape, Transformer};
use thiserror::Error;

/// A row of numbers that is no model's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0} numbers that are no model's, expected what the reader of its file gave")]
pub struct NotNumbers(
    /// How many there are.
    pub usize,
);

impl Transformer {
    /// The model as one row of numbers, for a program that reads no files: `v`, `d`, `h`, `n`, [`Self::d_head`], the number by which
    /// attention scores are divided (0 for the root of `d_head`), and then the entries in the order of [`Self::from_entries`].
    ///
    /// # Panics
    /// If the model does not answer with a token: there is one output for each.
    #[must_use]
    pub fn to_numbers(&self) -> Vec<f64> {
        let Shape { v, d, h, n } = self.shape();
        assert_eq!(self.W_U.ncols(), v, "one output for each token");
        let sizes = [v, d, h, n, self.d_head].map(|size| size as f64);
        let scale = match self.attn_scale {
            AttnScale::RootOfDHead => 0.0,
            AttnScale::Number(a) => a,
        };
        let entries =
            [&self.W_E, &self.W_pos, &self.W_Q, &self.W_K, &self.W_V, &self.W_O, &self.W_U];
        sizes.into_iter().chain([scale]).chain(entries.into_iter().flatten().copied()).collect()
    }

    /// The model in such a row.
    ///
    /// # Errors
    /// If it is none: sizes or a scale out of range, another number of entries, or one outside of float32's range.
    pub fn from_numbers(numbers: &[f64]) -> Result<Self, NotNumbers> {
        let not_numbers = NotNumbers(numbers.len());
        let (sizes, entries) = numbers.split_first_chunk::<6>().ok_or(not_numbers)?;
        // Biases that were folded in have widened two sizes by one.
        let limits = [MAX_V, MAX_D + 1, MAX_H + 1, MAX_N, MAX_H];
        let size =
            |i: usize| (1..=limits[i]).find(|&size| size as f64 == sizes[i]).ok_or(not_numbers);
        let (shape, d_head) =
            (Shape { v: size(0)?, d: size(1)?, h: size(2)?, n: size(3)? }, size(4)?);
        let Shape { v, d, h, n } = shape;
        let (expected, folded) = ((v + n) * d + 4 * d * h + d * v, h.checked_sub(d_head));
        let in_range = |x: &f64| x.abs() <= f64::from(f32::MAX);
        if entries.len() != expected
            || !matches!(folded, Some(0 | 1))
            || !entries.iter().all(in_range)
        {
            return Err(not_numbers);
        }
        let attn_scale = match sizes[5] {
            0.0 => AttnScale::RootOfDHead,
            a => AttnScale::of_number(a, d_head).map_err(|_| not_numbers)?,
        };
        let mut entries = entries.iter().copied();
        let entry = || entries.next().expect("they were counted");
        Ok(Self { d_head, attn_scale, ..Self::from_entries(shape, entry) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transformer::tests::random;

    #[test]
    fn a_model_survives_its_numbers_and_nothing_else_is_one() {
        for (d_head, attn_scale, scale) in [
            (2, AttnScale::RootOfDHead, 0.0),
            (3, AttnScale::RootOfDHead, 0.0),
            (3, AttnScale::Number(0.1), 0.1),
        ] {
            let model = Transformer {
                d_head,
                attn_scale,
                ..random(Shape { v: 4, d: 5, h: 3, n: 2 }, 1.0, 7)
            };
            let numbers = model.to_numbers();
            assert_eq!(numbers[..6], [4.0, 5.0, 3.0, 2.0, d_head as f64, scale]);
            assert_eq!(Transformer::from_numbers(&numbers), Ok(model));
            let refused = |numbers: &[f64]| {
                assert_eq!(
                    Transformer::from_numbers(numbers),
                    Err(NotNumbers(numbers.len())),
                    "{numbers:?}"
                );
            };
            refused(&numbers[1..]);
            refused(&[&numbers[..], &[0.0]].concat());
            for length in [0, 4, 5, 6, numbers.len() - 1] {
                refused(&numbers[..length]);
            }
            for (i, damage) in
                (0..7).flat_map(|i| [-1.0, 0.5, 1e300, f64::NAN, f64::INFINITY].map(|x| (i, x)))
            {
                let mut damaged = numbers.clone();
                damaged[i] = damage;
                // An entry may be anything of float32's range, and a scale a half.
                if i < 5
                    || (i == 5 && damage != 0.5)
                    || damage.is_nan()
                    || damage.abs() > f64::from(f32::MAX)
                {
                    refused(&damaged);
                }
            }
        }
    }
}
