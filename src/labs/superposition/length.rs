use serde::Serialize;

/// How long a proof from features is, and when it is shorter than running the network on every
/// token, in FLOPs: `N (4km + 2mV + kLr) + P C` against `N (C + 2mV)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Length {
    /// The proof from pairs of features.
    pub length: f64,
    /// Its part for each token: base case, decoding, unembedding, and looking up bounds.
    pub per_token: f64,
    /// Its part for all pairs: each goes through the network once.
    pub pairs_only: f64,
    /// Running the network on every token.
    pub brute_force: f64,
    /// Running the network on one token, `C`.
    pub forward: f64,
    /// Tokens, `N`.
    pub tokens: f64,
    /// From how many tokens on the proof is shorter; none if it never is.
    pub break_even: Option<f64>,
}

/// What a proof's length depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    /// Tokens, `N`.
    pub tokens: f64,
    /// Latents that are active at once, `k`.
    pub active: f64,
    /// Pairs that have to be checked, `P`.
    pub pairs: f64,
    /// Width of the activations, `m`.
    pub width: f64,
    /// Outputs, `V`.
    pub outputs: f64,
    /// Layers, `L`.
    pub layers: f64,
    /// FLOPs of the network for one token, `C`.
    pub forward: f64,
}

impl Length {
    /// The length of the proof from pairs (`r = 2`).
    #[must_use]
    pub fn of(sizes: &Sizes) -> Self {
        let Sizes { tokens, active, pairs, width, outputs, layers, forward } = *sizes;
        let unembed = 2.0 * width * outputs;
        let features = 4.0 * active * width + 2.0 * active * layers;
        let (per_token, pairs_only) = (features + unembed, pairs * forward);
        let saved = forward - features;
        Self {
            length: tokens * per_token + pairs_only,
            per_token,
            pairs_only,
            brute_force: tokens * (forward + unembed),
            forward,
            tokens,
            break_even: (saved > 0.0).then(|| pairs_only / saved),
        }
    }
}

/// From how many tokens on a proof from pairs is shorter than brute force, for dictionaries of the
/// literature.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BreakEven {
    /// Whose dictionary.
    pub name: &'static str,
    /// Latents.
    pub latents: f64,
    /// Width of the residual stream, where the estimate has one.
    pub width: Option<f64>,
    /// Tokens.
    pub tokens: f64,
}

/// [`BreakEven`] for sizes of the literature, if every pair of latents occurs. The first is the
/// dictionary of arXiv 2606.09940 for TinyStories-33M (4 blocks, MLPs of 3072 neurons); the others
/// are sizes alone, for which the network's cost cancels but for a small part.
#[must_use]
pub fn literature() -> Vec<BreakEven> {
    let sizes: [(_, f64, _); 4] = [
        ("TinyStories-33M, crosscoder of 1536 latents", 1536.0, Some(768.0)),
        ("a dictionary of 131 thousand latents", 131_072.0, None),
        ("a dictionary of 1 million latents", 1_048_576.0, None),
        ("a dictionary of 34 million latents", 33_554_432.0, None),
    ];
    let row = |(name, latents, width): (&'static str, f64, Option<f64>)| {
        let pairs = latents * (latents - 1.0) / 2.0;
        let tokens = width.map_or(pairs, |width| {
            // Four matrices of attention and two of the MLP in each of 4 blocks.
            let forward = 4.0 * (8.0 * width * width + 4.0 * width * 3072.0);
            let sizes = Sizes {
                tokens: 1.0,
                active: 20.0,
                pairs,
                width,
                outputs: 50_257.0,
                layers: 4.0,
                forward,
            };
            Length::of(&sizes).break_even.unwrap_or(f64::INFINITY)
        });
        BreakEven { name, latents, width, tokens: tokens.ceil() }
    };
    sizes.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_break_even_both_proofs_are_of_one_length() {
        let mut sizes = Sizes {
            tokens: 10_000.0,
            active: 1.5,
            pairs: 700.0,
            width: 10.0,
            outputs: 50.0,
            layers: 1.0,
            forward: 3000.0,
        };
        let at = Length::of(&sizes);
        assert_eq!(at.per_token, 60.0 + 3.0 + 1000.0);
        assert_eq!(at.length, 10_630_000.0 + 2_100_000.0);
        sizes.tokens = at.break_even.unwrap();
        let even = Length::of(&sizes);
        assert!((even.length / even.brute_force - 1.0).abs() < 1e-12);
        sizes.forward = 50.0;
        assert_eq!(Length::of(&sizes).break_even, None);
    }

    /// The figures of the programme's notes: 1.18 million tokens for TinyStories, 8.6 billion for
    /// 131 thousand latents.
    #[test]
    fn the_literature_needs_half_the_square_of_its_latents() {
        let rows = literature();
        assert!((rows[0].tokens / 1.18e6 - 1.0).abs() < 0.01, "{}", rows[0].tokens);
        assert!((rows[1].tokens / 8.6e9 - 1.0).abs() < 0.01);
        assert!((rows[3].tokens / 5.63e14 - 1.0).abs() < 0.01);
    }
}
