use crate::training::random::generator;
use rand_core::Rng;
use rand_pcg::Pcg64;

/// What a whole number stands for `1 / GRID` of: values of features, weights of finished toy
/// models, and all that is proven about them.
pub const GRID: f64 = 16384.0;

/// The active features of a token, ascending, with their values: multiples of `1 / GRID` in (0, 1].
pub type Token = Vec<(usize, f64)>;

/// Random tokens: each feature is active with one probability, at least one is, and values are
/// uniform.
pub(crate) struct Source {
    random: Pcg64,
    features: usize,
    /// A feature is active if 32 random bits are below this.
    threshold: u64,
}

impl Source {
    /// Tokens for `seed` and `purpose`.
    pub(crate) fn new(seed: u32, purpose: &[u8; 8], features: usize, probability: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a probability is from 0 to 1"
        )]
        let threshold = (probability * 4_294_967_296.0) as u64;
        let random = generator(u64::from(seed), u64::from_be_bytes(*purpose));
        Self { random, features, threshold }
    }

    /// Replaces `token` by the next one.
    pub(crate) fn next(&mut self, token: &mut Token) {
        token.clear();
        while token.is_empty() {
            let mut bits = 0;
            for feature in 0..self.features {
                bits = if feature % 2 == 0 { self.random.next_u64() } else { bits >> 32 };
                if bits & 0xffff_ffff < self.threshold {
                    token.push((feature, 0.0));
                }
            }
        }
        for (_, value) in token {
            *value = f64::from((self.random.next_u32() >> 18) + 1) / GRID;
        }
    }

    /// The next `count` tokens.
    pub(crate) fn take(&mut self, count: usize) -> Vec<Token> {
        let mut tokens = vec![Token::new(); count];
        tokens.iter_mut().for_each(|token| self.next(token));
        tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_as_sparse_as_asked() {
        let tokens = Source::new(1, b"  tokens", 51, 0.02).take(20_000);
        let active: usize = tokens.iter().map(Vec::len).sum();
        // The expected number given at least one: n p / (1 − (1 − p)^n) = 1.586.
        let expected = 51.0 * 0.02 / (1.0 - 0.98_f64.powi(51));
        assert!((active as f64 / 20_000.0 - expected).abs() < 0.03);
        let values: Vec<_> = tokens.iter().flatten().map(|&(_, value)| value).collect();
        assert!(values.iter().all(|v| *v > 0.0 && *v <= 1.0 && (v * GRID).fract() == 0.0));
        let mean = values.iter().sum::<f64>() / active as f64;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        let last = tokens.iter().filter(|t| t.iter().any(|&(i, _)| i == 50)).count();
        assert!((500..800).contains(&last), "{last} of 20000, expected 622");
    }
}
