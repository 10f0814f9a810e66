//! Compares the logits that a file gives for a few inputs with the model's. The program that
//! trained the network writes them into the metadata under `logits`. This finds files whose weights
//! are read correctly, but whose network is another function (layer norm, another scale).

use super::MaxOfK;
use crate::models::transformer::{MAX_N, MAX_V};
use crate::weights::text::quoted;
use std::collections::BTreeMap;
use thiserror::Error;

/// The key in the metadata.
const KEY: &str = "logits";
/// Most inputs. Each costs about three forward passes.
const MAX_INPUTS: usize = 16;
/// Longest text, in bytes: [`MAX_INPUTS`] inputs of the largest model, 16 bytes for each number.
const MAX_TEXT_BYTES: usize = MAX_INPUTS * 16 * (MAX_V + MAX_N);

/// Why the logits in a file are not accepted.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FingerprintError {
    /// The text is not a list of inputs and logits of this network.
    #[error(
        "metadata `{KEY}`: {problem}; expected a list of at most {MAX_INPUTS} objects like \
         {{\"tokens\": [3, 1, 2, 0], \"logits\": [0.5, …]}}, as Python's `json.dumps` writes it"
    )]
    Malformed {
        /// What is wrong with it.
        problem: String,
    },
    /// The logits are those of another function.
    #[error(
        "metadata `{KEY}`: the file's own logits for {} say {} for output {output}, the network of \
         this theorem gives {}, and rounding in float32 explains {:e} at most: the saved network \
         is another function (layer norm? another scale?), or its logits were not computed in float32",
        commas(tokens), single(*said), single(*found), two_digits(*tolerance)
    )]
    Another {
        /// The input.
        tokens: Vec<usize>,
        /// The output whose logits differ most, in proportion to the difference that is allowed.
        output: usize,
        /// Its logit in the file.
        said: f64,
        /// Its logit in this network.
        found: f64,
        /// The difference that is allowed, see
        /// [`float32_error`](crate::models::transformer::Transformer::float32_error).
        tolerance: f64,
    },
}

/// An input and its logits in the file.
struct Said {
    tokens: Vec<usize>,
    logits: Vec<f64>,
}

impl MaxOfK {
    /// Compares the logits in a file's `metadata` with this network's. Returns what was found, one
    /// sentence each; nothing if the metadata has no logits.
    ///
    /// # Errors
    /// If the metadata does not hold inputs and logits of this network, or if some logits differ by
    /// more than rounding in float32 explains.
    pub(super) fn compare_logits(
        &self,
        metadata: &BTreeMap<String, String>,
    ) -> Result<Vec<String>, FingerprintError> {
        let Some(text) = metadata.get(KEY) else { return Ok(Vec::new()) };
        let (mut notes, mut compared, mut most) = (Vec::new(), 0, 0.0_f64);
        for Said { tokens, logits } in read(text)? {
            let malformed = |problem| FingerprintError::Malformed { problem };
            let found = self.example(&tokens).map_err(|e| malformed(e.to_string()))?.logits;
            if logits.len() != found.len() {
                let problem = format!(
                    "{} logits for {}, expected {}",
                    logits.len(),
                    commas(&tokens),
                    found.len()
                );
                return Err(malformed(problem));
            }
            let allowed = self.model().float32_error(&tokens);
            let tolerance = allowed.iter().copied().fold(0.0, f64::max);
            let spread = found.iter().fold(f64::MIN, |most, &x| most.max(x))
                - found.iter().fold(f64::MAX, |least, &x| least.min(x));
            if tolerance > spread {
                notes.push(format!(
                    "The file's own logits for {} cannot be checked: rounding in float32 explains \
                     differences of {:e}, and they lie {:e} apart.",
                    commas(&tokens),
                    two_digits(tolerance),
                    two_digits(spread)
                ));
                continue;
            }
            let excess = |o: usize| (logits[o] - found[o]).abs() / allowed[o];
            let worst = (1..found.len())
                .fold(0, |worst, o| if excess(o) > excess(worst) { o } else { worst });
            if excess(worst) > 1.0 {
                let (said, found, tolerance) = (logits[worst], found[worst], allowed[worst]);
                return Err(FingerprintError::Another {
                    tokens,
                    output: worst,
                    said,
                    found,
                    tolerance,
                });
            }
            (compared, most) = (compared + 1, most.max(tolerance));
        }
        if compared > 0 {
            notes.push(format!(
                "The file's own logits, of {compared} input{}, are this network's: they differ by \
                 no more than rounding in float32 explains, {:e} at most.",
                if compared == 1 { "" } else { "s" },
                two_digits(most)
            ));
        }
        Ok(notes)
    }
}

fn read(text: &str) -> Result<Vec<Said>, FingerprintError> {
    let malformed = |problem| FingerprintError::Malformed { problem };
    if text.len() > MAX_TEXT_BYTES {
        return Err(malformed(format!("{} bytes, the limit is {MAX_TEXT_BYTES}", text.len())));
    }
    let inputs: Vec<BTreeMap<String, Vec<f64>>> = serde_json::from_slice(text.as_bytes())
        .map_err(|error| malformed(quoted(&error.to_string())))?;
    if inputs.is_empty() || inputs.len() > MAX_INPUTS {
        return Err(malformed(format!("{} inputs", inputs.len())));
    }
    let said = |mut input: BTreeMap<String, Vec<f64>>| match (
        input.remove("tokens"),
        input.remove("logits"),
    ) {
        (Some(tokens), Some(logits)) if input.is_empty() => {
            let tokens = tokens
                .into_iter()
                .map(token)
                .collect::<Option<_>>()
                .ok_or("a token that is no whole number from 0 to 511")?;
            Ok(Said { tokens, logits })
        }
        _ => Err("an object that has not just the keys `tokens` and `logits`"),
    };
    inputs
        .into_iter()
        .map(said)
        .collect::<Result<_, _>>()
        .map_err(|problem| malformed(problem.into()))
}

/// The number `x` as a token; `None` if no model can have it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn token(x: f64) -> Option<usize> {
    (x.fract() == 0.0 && (0.0..MAX_V as f64).contains(&x)).then_some(x as usize)
}

/// The nearest float32, to show a logit without needless digits.
#[expect(clippy::cast_possible_truncation, reason = "rounds to the nearest float32")]
fn single(logit: f64) -> f32 {
    logit as f32
}

/// A magnitude rounded to two digits. (Formatting with a precision would add more to the size of a
/// WebAssembly module.)
fn two_digits(x: f64) -> f64 {
    if !(1e-20..=1e20).contains(&x) {
        return x;
    }
    let mut scale = 1.0;
    while x * scale < 10.0 {
        scale *= 10.0;
    }
    while x * scale >= 100.0 {
        scale /= 10.0;
    }
    (x * scale).round() / scale
}

fn commas(tokens: &[usize]) -> String {
    tokens.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::transformer::Shape;
    use crate::models::transformer::tests::random;

    fn task() -> MaxOfK {
        MaxOfK::new(random(Shape { v: 5, d: 6, h: 4, n: 3 }, 1.0, 9)).unwrap()
    }

    fn compare(task: &MaxOfK, text: &str) -> Result<Vec<String>, String> {
        task.compare_logits(&BTreeMap::from([(KEY.into(), text.into())])).map_err(|e| e.to_string())
    }

    /// The metadata of `task`'s own file, with `off` added to each logit.
    #[expect(clippy::cast_possible_truncation, reason = "files give float32")]
    fn fingerprint(task: &MaxOfK, off: f64) -> String {
        let said = task.examples().into_iter().map(|example| {
            let logits: Vec<_> =
                example.logits.iter().map(|x| f64::from((x + off) as f32)).collect();
            serde_json::json!({ "tokens": example.tokens, "logits": logits })
        });
        serde_json::Value::Array(said.collect()).to_string()
    }

    #[test]
    fn the_networks_own_logits_are_noted_and_anothers_refused() {
        let task = task();
        assert_eq!(task.compare_logits(&BTreeMap::new()), Ok(vec![]), "nothing is said");
        let notes = compare(&task, &fingerprint(&task, 0.0)).unwrap();
        assert!(
            notes.len() == 1 && notes[0].contains("of 4 inputs, are this network's"),
            "{notes:?}"
        );
        let refused = compare(&task, &fingerprint(&task, 0.01)).unwrap_err();
        assert!(
            refused.starts_with("metadata `logits`: the file's own logits for 0,1,2 say "),
            "{refused}"
        );
        assert!(refused.contains("the saved network is another function"), "{refused}");
        // Scores that are not divided by √d_head: another function with the same weights.
        let mut unscaled = task.model().clone();
        unscaled.W_Q *= unscaled.score_divisor();
        let unscaled = fingerprint(&MaxOfK::new(unscaled).unwrap(), 0.0);
        assert!(compare(&task, &unscaled).unwrap_err().contains("another scale?"));
    }

    #[test]
    fn logits_that_rounding_could_explain_are_not_judged() {
        let mut model = task().model().clone();
        model.W_Q *= 1e4;
        model.W_K *= 1e4;
        let task = MaxOfK::new(model).unwrap();
        let notes = compare(&task, &fingerprint(&task, 1.0)).unwrap();
        assert!(
            notes.len() == 4 && notes.iter().all(|note| note.contains("cannot be checked")),
            "{notes:?}"
        );
    }

    #[test]
    fn malformed_logits_are_refused_with_the_problem() {
        let task = task();
        let one =
            |tokens: &str, logits: &str| format!("[{{\"tokens\":{tokens},\"logits\":{logits}}}]");
        let zeros = "[0,0,0,0,0]";
        let many = |count: usize| {
            format!("[{}]", vec!["{\"tokens\":[0,0,0],\"logits\":[]}"; count].join(","))
        };
        for (text, problem) in [
            ("", "EOF"),
            ("[]", "0 inputs"),
            ("7", "invalid type"),
            ("{}", "invalid type"),
            ("[[[0,1,2],[0,0,0,0,0]]]", "invalid type: sequence, expected a map"),
            ("[{}]", "an object that has not just the keys `tokens` and `logits`"),
            ("[{\"tokens\":[0,1,2]}]", "not just the keys"),
            (&one("[0,1]", zeros), "2 tokens; expected 3 tokens from 0 to 4"),
            (&one("[0,1,5]", zeros), "5 is not in the vocabulary"),
            (&one("[0,1,-1]", zeros), "a token that is no whole number from 0 to 511"),
            (&one("[0,1,2.5]", zeros), "a token that is no whole number from 0 to 511"),
            (&one("[0,1,2]", "[0,0,0,0]"), "4 logits for 0,1,2, expected 5"),
            (&one("[0,1,2]", "[0,0,NaN,0,0]"), "expected value"),
            (&one("[0,1,2]", "[0,0,1e999,0,0]"), "number out of range"),
            (&one("[0,1,2]", "[0,0,\"\\u001b[31m\",0,0]"), "invalid type: string \"\\u{1b}[31m\""),
            (
                &one("[0,1,2]", "[0,0,0,0,0],\"more\":1"),
                "invalid type: integer `1`, expected a sequence",
            ),
            (&one("[0,1,2]", "[0,0,0,0,0],\"more\":[1]"), "not just the keys"),
            (&one("[0,1,1e300]", zeros), "a token that is no whole number from 0 to 511"),
            (&many(MAX_INPUTS), "0 logits for 0,0,0, expected 5"),
            (&many(MAX_INPUTS + 1), "17 inputs"),
            (&" ".repeat(MAX_TEXT_BYTES), "EOF"),
            (&"[".repeat(MAX_TEXT_BYTES), "invalid type: sequence, expected a map"),
            (&" ".repeat(MAX_TEXT_BYTES + 1), "bytes, the limit is"),
        ] {
            let refused = compare(&task, text).unwrap_err();
            assert!(
                refused.starts_with("metadata `logits`: ") && refused.contains(problem),
                "{problem}: {refused}"
            );
            assert!(
                refused.len() < 1000 && refused.contains("as Python's `json.dumps` writes it"),
                "{refused}"
            );
        }
    }
}
