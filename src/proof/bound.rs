use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::fmt;

/// A proven bound: at least `correct` of `total` inputs are answered right.
///
/// Serialized as `correct` and `total`, decimal strings (`64²⁰` fits no float), and `bound`, their
/// ratio rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    correct: u128,
    total: u128,
}

impl Bound {
    /// The bound `correct / total`.
    ///
    /// # Panics
    /// If `total` is 0 or less than `correct`: no count of inputs can be that.
    #[must_use]
    pub fn new(correct: u128, total: u128) -> Self {
        assert!(correct <= total && total > 0, "{correct} of {total} inputs");
        Self { correct, total }
    }

    /// Inputs proven right.
    #[must_use]
    pub fn correct(self) -> u128 {
        self.correct
    }

    /// All inputs.
    #[must_use]
    pub fn total(self) -> u128 {
        self.total
    }

    /// The largest `f64` not above `correct / total`.
    #[must_use]
    pub fn ratio(self) -> f64 {
        if self.correct == self.total {
            return 1.0;
        }
        // Binary long division: 53 significant bits, the rest dropped.
        let (mut digits, mut weight, mut significant, mut rest) = (0.0, 0.5, 0, self.correct);
        while significant < f64::MANTISSA_DIGITS && rest > 0 {
            let (bit, doubled) = self.add(rest, rest);
            digits += f64::from(bit) * weight;
            significant += u32::from(bit == 1 || significant > 0);
            rest = doubled;
            weight *= 0.5;
        }
        digits
    }

    /// The ratio in percent with `decimals` digits after the point, rounded down: what may be shown
    /// as proven.
    #[must_use]
    pub fn percent(self, decimals: usize) -> String {
        let mut rest = self.correct;
        let digits: String = match self.correct == self.total {
            true => ["100", &"0".repeat(decimals)].concat(),
            false => (0..decimals + 2).map(|_| self.decimal_digit(&mut rest)).collect(),
        };
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        let whole = whole.strip_prefix('0').unwrap_or(whole);
        if decimals == 0 { whole.into() } else { format!("{whole}.{fraction}") }
    }

    /// A float not below `correct / total`, the least or the next.
    #[must_use]
    pub fn ratio_above(self) -> f64 {
        let below = self.ratio();
        if self.correct == 0 || self.correct == self.total { below } else { below.next_up() }
    }

    /// The ratio in percent with `decimals` digits after the point, rounded up: what may be shown
    /// as a proven upper bound.
    ///
    /// # Panics
    /// If there are more than 17 decimals.
    #[must_use]
    pub fn percent_above(self, decimals: usize) -> String {
        let mut rest = self.correct;
        if self.correct < self.total {
            let digits: String = (0..decimals + 2).map(|_| self.decimal_digit(&mut rest)).collect();
            let units: u64 = digits.parse().expect("at most 19 digits");
            let one = 10_u64.pow(u32::try_from(decimals).expect("few decimals"));
            let units = units + u64::from(rest > 0);
            if decimals == 0 {
                return units.to_string();
            }
            return format!("{}.{:0decimals$}", units / one, units % one);
        }
        self.percent(decimals)
    }

    /// `a + b` modulo `total`, and how often `total` was taken off, without leaving `u128`. Both
    /// are below `total`.
    fn add(self, a: u128, b: u128) -> (u32, u128) {
        let gap = self.total - b;
        if a >= gap { (1, a - gap) } else { (0, a + b) }
    }

    /// Multiplies `rest` by ten, modulo `total`; the digit that was carried out.
    fn decimal_digit(self, rest: &mut u128) -> char {
        let (c2, r2) = self.add(*rest, *rest);
        let (c4, r4) = self.add(r2, r2);
        let (c5, r5) = self.add(r4, *rest);
        let (c10, r10) = self.add(r5, r5);
        *rest = r10;
        char::from_digit(2 * (2 * c2 + c4 + c5) + c10, 10)
            .expect("ten times less than one has one digit before the point")
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} ({} %)", self.correct, self.total, self.percent(4))
    }
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bound = serializer.serialize_struct("Bound", 3)?;
        bound.serialize_field("correct", &self.correct.to_string())?;
        bound.serialize_field("total", &self.total.to_string())?;
        bound.serialize_field("bound", &self.ratio())?;
        bound.end()
    }
}

#[cfg(test)]
mod tests {
    use super::Bound;

    #[test]
    fn rounds_down_and_never_up() {
        assert_eq!(Bound::new(2, 3).ratio(), 2.0 / 3.0); // 2/3 rounds down anyway
        assert_eq!(Bound::new(1, 3).percent(3), "33.333");
        assert_eq!(Bound::new(2, 3).percent(3), "66.666");
        assert_eq!(Bound::new(5, 100).percent(1), "5.0");
        assert_eq!(Bound::new(1, 1000).percent(0), "0");
        assert_eq!(Bound::new(0, 7).ratio(), 0.0);
        assert_eq!(Bound::new(7, 7).ratio(), 1.0);
        assert_eq!(Bound::new(7, 7).percent(2), "100.00");
        // One short of everything: nearest rounding would claim 1.
        let total = u128::MAX;
        let almost = Bound::new(total - 1, total);
        assert_eq!(almost.ratio(), 1.0_f64.next_down());
        assert_eq!(almost.percent(6), "99.999999");
        assert_eq!(Bound::new(1, total).ratio(), 2.0_f64.powi(-128));
    }

    #[test]
    fn the_other_side_rounds_up_and_never_down() {
        assert_eq!(Bound::new(1, 3).percent_above(3), "33.334");
        assert_eq!(Bound::new(5, 100).percent_above(1), "5.0");
        assert_eq!(Bound::new(0, 7).percent_above(4), "0.0000");
        assert_eq!(Bound::new(7, 7).percent_above(4), "100.0000");
        assert_eq!(Bound::new(999_999, 1_000_000).percent_above(2), "100.00");
        assert_eq!(Bound::new(1, 1000).percent_above(0), "1");
        assert!(Bound::new(1, 3).ratio_above() > Bound::new(1, 3).ratio());
        assert_eq!(Bound::new(0, 7).ratio_above().to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn exact_where_the_ratio_is_a_float() {
        let bound = Bound::new(15_869_641, 1 << 24);
        assert_eq!(bound.ratio(), 15_869_641.0 / 16_777_216.0);
        assert_eq!(bound.percent(4), "94.5904");
        assert_eq!(bound.to_string(), "15869641 of 16777216 (94.5904 %)");
        assert_eq!(
            serde_json::to_string(&bound).unwrap(),
            r#"{"correct":"15869641","total":"16777216","bound":0.9459043145179749}"#
        );
    }
}
