use chacha20::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The coins of a checker: the stream of the cipher `ChaCha20` under a key that is the SHA-256 of a
/// text.
///
/// A bound from samples assumes that coins are independent of what they are used on. Those of a
/// cipher are as good as independent of everything but their text. Whoever writes many texts and
/// keeps the one with the best result has no such bound: so the text says all that can be chosen,
/// and nothing else.
pub struct Coins(ChaCha20Rng);

/// The SHA-256 of a statement, the key of its coins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of a text.
    #[must_use]
    pub fn of(statement: &str) -> Self {
        Self(Sha256::digest(statement.as_bytes()).into())
    }

    /// In hexadecimal.
    #[must_use]
    pub fn hex(self) -> String {
        self.0.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("writing to a string does not fail");
            hex
        })
    }
}

impl Coins {
    /// The coins of a key, from the first on.
    #[must_use]
    pub fn new(key: Key) -> Self {
        Self(ChaCha20Rng::from_seed(key.0))
    }

    /// A number below `limit`, each with exactly the same probability: as many coins as the largest
    /// number has bits, tossed again until they show a number below the limit, which takes less
    /// than two tosses on average.
    ///
    /// # Panics
    /// If `limit` is 0.
    pub fn below(&mut self, limit: u128) -> u128 {
        let most = limit.checked_sub(1).expect("there is no number below 0");
        let unused = most.leading_zeros();
        loop {
            let drawn = match unused {
                128 => 0,
                64.. => u128::from(self.0.next_u64()) >> (unused - 64),
                _ => {
                    (u128::from(self.0.next_u64()) << 64 | u128::from(self.0.next_u64())) >> unused
                }
            };
            // 64 coins have `unused − 64` too many, and 128 have `unused`.
            if drawn < limit {
                return drawn;
            }
        }
    }

    /// 64 fair coins, each 1 or −1.
    pub fn signs(&mut self) -> [f64; 64] {
        let coins = self.0.next_u64();
        std::array::from_fn(|i| if coins >> i & 1 == 1 { 1.0 } else { -1.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8439, appendix A.1, test vector 1: the key stream of the key 0.
    #[test]
    fn the_stream_is_that_of_the_standard() {
        const STREAM: [u8; 16] = [
            0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86,
            0xbd, 0x28,
        ];
        let mut coins = Coins::new(Key([0; 32]));
        let (low, high) = STREAM.split_at(8);
        for expected in [low, high] {
            assert_eq!(coins.0.next_u64(), u64::from_le_bytes(expected.try_into().unwrap()));
        }
        // Test vector 2: the second block of the same key begins with 9f 07 e7 be.
        let mut coins = Coins::new(Key([0; 32]));
        (0..8).for_each(|_| _ = coins.0.next_u64());
        assert_eq!(coins.0.next_u64().to_le_bytes()[..4], [0x9f, 0x07, 0xe7, 0xbe]);
    }

    #[test]
    fn keys_are_sha_256() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Key::of("abc").hex(), expected);
    }

    #[test]
    fn numbers_are_uniform_below_any_limit() {
        let mut coins = Coins::new(Key::of("uniform"));
        for limit in [1, 2, 3, 7, 64, 100] {
            const DRAWS: u32 = 20_000;
            let mut counts = vec![0_u32; usize::try_from(limit).unwrap()];
            for _ in 0..DRAWS {
                counts[usize::try_from(coins.below(limit)).unwrap()] += 1;
            }
            let mean = f64::from(DRAWS) / limit as f64;
            let chi: f64 = counts.iter().map(|&n| (f64::from(n) - mean).powi(2) / mean).sum();
            // Mean limit − 1, variance 2 (limit − 1): five standard deviations.
            let free = limit as f64 - 1.0;
            assert!(chi <= free + 5.0 * (2.0 * free).sqrt(), "{limit}: {chi}");
        }
        for limit in [1 << 63, (1 << 64) - 1, 1 << 64, (1 << 64) + 1, 3 << 100, u128::MAX] {
            let drawn: Vec<_> = (0..200).map(|_| coins.below(limit)).collect();
            assert!(drawn.iter().all(|&x| x < limit));
            let upper = drawn.iter().filter(|&&x| x >= limit / 2).count();
            assert!((60..=140).contains(&upper), "{limit}: {upper} of 200 in the upper half");
        }
    }

    #[test]
    fn signs_are_fair() {
        let mut coins = Coins::new(Key::of("signs"));
        let sum: f64 = (0..1000).flat_map(|_| coins.signs()).sum();
        assert!(sum.abs() < 5.0 * 64_000.0_f64.sqrt(), "{sum}");
    }
}
