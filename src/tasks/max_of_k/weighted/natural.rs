use std::cmp::Ordering;

/// A whole number of any size, at least 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Natural {
    /// Digits to the base 2³², the lowest first; the last is not 0.
    digits: Vec<u32>,
}

impl From<u128> for Natural {
    fn from(mut number: u128) -> Self {
        let mut digits = Vec::new();
        while number > 0 {
            digits.push(low(number));
            number >>= 32;
        }
        Self { digits }
    }
}

/// The lowest 32 bits.
fn low(number: u128) -> u32 {
    u32::try_from(number & 0xffff_ffff).expect("32 bits")
}

impl Natural {
    /// Whether it is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// The sum.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let (mut digits, mut carry) = (Vec::new(), 0);
        for i in 0..self.digits.len().max(other.digits.len()) {
            let digit = |of: &Self| u128::from(of.digits.get(i).copied().unwrap_or(0));
            let sum = digit(self) + digit(other) + carry;
            digits.push(low(sum));
            carry = sum >> 32;
        }
        Self::trimmed(digits, carry)
    }

    /// The product.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let mut digits = vec![0; self.digits.len() + other.digits.len()];
        for (i, &a) in self.digits.iter().enumerate() {
            let mut carry = 0;
            for (j, &b) in other.digits.iter().enumerate() {
                let sum = u128::from(a) * u128::from(b) + u128::from(digits[i + j]) + carry;
                digits[i + j] = low(sum);
                carry = sum >> 32;
            }
            digits[i + other.digits.len()] = low(carry);
        }
        Self::trimmed(digits, 0)
    }

    fn trimmed(mut digits: Vec<u32>, carry: u128) -> Self {
        digits.push(low(carry));
        while digits.last() == Some(&0) {
            digits.pop();
        }
        Self { digits }
    }

    /// Takes `other` off as long as it fits, at most `most` times, and says how often.
    fn take(&mut self, other: &Self, most: u32) -> u32 {
        let mut times = 0;
        while times < most && *self >= *other {
            let mut borrow = 0;
            for (i, digit) in self.digits.iter_mut().enumerate() {
                let off = i64::from(other.digits.get(i).copied().unwrap_or(0)) + borrow;
                let rest = i64::from(*digit) - off;
                borrow = i64::from(rest < 0);
                *digit = u32::try_from(rest.rem_euclid(1 << 32)).expect("32 bits");
            }
            while self.digits.last() == Some(&0) {
                self.digits.pop();
            }
            times += 1;
        }
        times
    }

    /// The largest `f64` not above `self / whole`, which is at most 1; 0 where it is below 2⁻¹⁰⁰⁰.
    #[must_use]
    pub fn ratio(&self, whole: &Self) -> f64 {
        if self == whole {
            return 1.0;
        }
        let (mut rest, mut sum, mut weight, mut significant) = (self.clone(), 0.0, 0.5, 0);
        for _ in 0..1000 {
            rest = rest.plus(&rest);
            let bit = rest.take(whole, 1);
            sum += f64::from(bit) * weight;
            significant += u32::from(bit == 1 || significant > 0);
            weight *= 0.5;
            if significant == f64::MANTISSA_DIGITS || rest.is_zero() {
                break;
            }
        }
        sum
    }

    /// `self / whole`, at most 1, in percent with four decimals, rounded down.
    #[must_use]
    pub fn percent(&self, whole: &Self) -> String {
        if self == whole {
            return "100.0000".into();
        }
        let (mut rest, ten) = (self.clone(), Self::from(10));
        let mut digits = (0..6).map(|_| {
            rest = rest.times(&ten);
            rest.take(whole, 9)
        });
        let units = digits.by_ref().take(2).fold(0, |units, digit| 10 * units + digit);
        let fraction = digits.fold(0, |units, digit| 10 * units + digit);
        format!("{units}.{fraction:04}")
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.digits.len().cmp(&other.digits.len());
        length.then_with(|| self.digits.iter().rev().cmp(other.digits.iter().rev()))
    }
}

impl std::fmt::Display for Natural {
    /// In decimal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const BASE: u64 = 1_000_000_000;
        let (mut digits, mut groups) = (self.digits.clone(), Vec::new());
        while !digits.is_empty() {
            let mut rest = 0;
            for digit in digits.iter_mut().rev() {
                let number = rest << 32 | u64::from(*digit);
                *digit = u32::try_from(number / BASE).expect("less than a digit");
                rest = number % BASE;
            }
            while digits.last() == Some(&0) {
                digits.pop();
            }
            groups.push(rest);
        }
        write!(f, "{}", groups.pop().unwrap_or(0))?;
        groups.iter().rev().try_for_each(|group| write!(f, "{group:09}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::Bound;
    use num_bigint::BigUint;

    /// Numbers of all sizes.
    fn numbers() -> impl Iterator<Item = u128> {
        let mut state = 7_u128;
        (0..200).map(move |i| {
            state = state.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(1);
            if i % 7 == 0 { u128::MAX >> (i % 128) } else { state >> (i * 37 % 128) }
        })
    }

    #[test]
    fn sums_and_products_are_exact() {
        let (mut sum, mut product) = (Natural::default(), Natural::from(1));
        let (mut true_sum, mut true_product) = (BigUint::from(0_u8), BigUint::from(1_u8));
        for number in numbers() {
            assert_eq!(Natural::from(number).to_string(), number.to_string());
            let of_sum = product.plus(&Natural::from(number));
            assert_eq!(
                of_sum.cmp(&product),
                if number == 0 { Ordering::Equal } else { Ordering::Greater }
            );
            sum = sum.plus(&of_sum);
            true_sum += &true_product + BigUint::from(number);
            product = product.times(&Natural::from(number.max(1)));
            true_product *= BigUint::from(number.max(1));
        }
        assert_eq!(sum.to_string(), true_sum.to_string());
        assert_eq!(product.to_string(), true_product.to_string());
        assert!(product.times(&Natural::default()).is_zero());
    }

    #[test]
    fn shares_are_those_of_a_bound() {
        let numbers: Vec<_> = numbers().collect();
        for pair in numbers.windows(2) {
            let (part, whole) = (pair[0].min(pair[1]), pair[0].max(pair[1]).max(1));
            let bound = Bound::new(part, whole);
            let (part, whole) = (Natural::from(part), Natural::from(whole));
            assert_eq!(part.ratio(&whole).to_bits(), bound.ratio().to_bits());
            assert_eq!(part.percent(&whole), bound.percent(4));
        }
    }
}
