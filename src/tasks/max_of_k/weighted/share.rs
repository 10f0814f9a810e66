use num_bigint::BigUint;

/// Returns the largest `f64` not above `part / whole`; 0 where that is below 2⁻¹⁰⁰⁰. Expects
/// `part` to be at most `whole`, which is not 0.
pub(in crate::tasks::max_of_k) fn ratio(part: &BigUint, whole: &BigUint) -> f64 {
    if part == whole {
        return 1.0;
    }
    // The quotient has 54 or 55 bits. Those after the first 53 are dropped, which rounds it down.
    let shift = u64::from(f64::MANTISSA_DIGITS) + 1 + whole.bits() - part.bits();
    let quotient = (part << shift) / whole;
    let dropped = quotient.bits().saturating_sub(u64::from(f64::MANTISSA_DIGITS));
    let digits = u64::try_from(quotient >> dropped).expect("53 bits");
    let exponent = u16::try_from(shift - dropped).ok().filter(|&exponent| exponent <= 1000);
    exponent.map_or(0.0, |exponent| {
        let (high, low) = ((digits >> 32) as u32, (digits & 0xffff_ffff) as u32);
        let digits = f64::from(high) * f64::from(1 << 16) * f64::from(1 << 16) + f64::from(low);
        digits * f64::from_bits(u64::from(1023 - exponent) << 52)
    })
}

/// Returns `part / whole`, at most 1, in percent with four decimals, rounded down.
pub(super) fn percent(part: &BigUint, whole: &BigUint) -> String {
    let digits = format!("{:0>5}", part * 1_000_000_u32 / whole);
    let (units, decimals) = digits.split_at(digits.len() - 4);
    format!("{units}.{decimals}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::Bound;

    /// Numbers of all sizes.
    fn numbers() -> impl Iterator<Item = u128> {
        let mut state = 7_u128;
        (0..400).map(move |i| {
            state = state.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(1);
            if i % 7 == 0 { u128::MAX >> (i % 128) } else { state >> (i * 37 % 128) }
        })
    }

    #[test]
    fn shares_are_those_of_a_bound() {
        let numbers: Vec<_> = numbers().collect();
        for pair in numbers.windows(2) {
            let (part, whole) = (pair[0].min(pair[1]), pair[0].max(pair[1]).max(1));
            let bound = Bound::new(part, whole);
            let (part, whole) = (BigUint::from(part), BigUint::from(whole));
            assert_eq!(ratio(&part, &whole).to_bits(), bound.ratio().to_bits(), "{part} {whole}");
            assert_eq!(percent(&part, &whole), bound.percent(4));
            // Neither changes when both numbers have hundreds of digits.
            let (part, whole) = (part << 1234, whole << 1234);
            assert_eq!(ratio(&part, &whole).to_bits(), bound.ratio().to_bits());
            assert_eq!(percent(&part, &whole), bound.percent(4));
        }
    }

    #[test]
    fn tiny_shares_are_rounded_to_nothing() {
        let one = BigUint::from(1_u8);
        assert_eq!(ratio(&one, &(&one << 1001)).to_bits(), 0);
        assert!(ratio(&one, &(&one << 900)) > 0.0);
        assert_eq!(ratio(&BigUint::ZERO, &(one << 900)).to_bits(), 0);
    }
}
