//! Single files of figures: one HTML document with a model, what is proven of it, and the program
//! that proves it again.
//!
//! The page's build leaves files with everything but an author's model in `dist/embed/`. The page
//! and the native program both fill them by [`fill`], so that they make the same bytes of the same
//! model.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use miniz_oxide::deflate::compress_to_vec;
use serde_json::{Map, Number, Value};
use thiserror::Error;

/// The element of a single file that holds what it shows.
const PLACE: &str = r#"<script type="application/json" id="compact-proofs-data">"#;
/// The end tag of that element.
const END: &str = "</script>";
/// How hard to deflate, from 0 to 10: more gains a thousandth.
const LEVEL: u8 = 9;

/// Why a single file cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FillError {
    /// The argument `about` is not JSON.
    #[error("what the file shows: {0}")]
    NotJson(#[from] serde_json::Error),
    /// The argument `about` is JSON without the fields that are expected.
    #[error("what the file shows: expected an object with the fields `switches` and `results`")]
    NotAnObject,
    /// The document has nowhere to put it.
    #[error(
        "the template has no element `compact-proofs-data`: expected a file that `npm run build` left in dist/embed/"
    )]
    NoPlace,
}

/// Returns the single file that shows a model.
///
/// * `template`: a single file with any model, from `dist/embed/`.
/// * `file`, `weights`: name and bytes of the weights file, as the module `prove` reads it.
/// * `about`: a JSON object with `switches`, `results` (facts, outcomes and figures of these weights)
///   and perhaps `read` (what a reader of files knows of the network) and `page` (an address).
///
/// How `about` writes numbers and orders fields makes no difference, nor do the times of proofs,
/// which are left out.
///
/// # Errors
/// If `about` is something else or the template is no single file.
pub fn fill(template: &str, file: &str, weights: &[u8], about: &str) -> Result<String, FillError> {
    let Value::Object(mut data) = serde_json::from_str(about)? else {
        return Err(FillError::NotAnObject);
    };
    let results = data.get_mut("results").ok_or(FillError::NotAnObject)?;
    if !results.is_object() || data.get("switches").is_none_or(|switches| !switches.is_object()) {
        return Err(FillError::NotAnObject);
    }
    placed(template, &text(data, file, weights)?).ok_or(FillError::NoPlace)
}

/// Returns the text of the element: JSON without `<`, so that nothing in it can end the element.
fn text(
    mut data: Map<String, Value>,
    file: &str,
    weights: &[u8],
) -> Result<String, serde_json::Error> {
    for value in data.values_mut() {
        settle(value);
    }
    if let Some(Value::Array(outcomes)) = data["results"].get_mut("outcomes") {
        for outcome in outcomes {
            if let Some(seconds) = outcome.get_mut("seconds") {
                *seconds = 0.into();
            }
        }
    }
    let results = serde_json::to_vec(&data["results"])?;
    data["results"] = BASE64.encode(compress_to_vec(&results, LEVEL)).into();
    data.insert("file".into(), file.into());
    data.insert("weights".into(), BASE64.encode(weights).into());
    Ok(serde_json::to_string(&data)?.replace('<', "\\u003c"))
}

/// Writes whole numbers as such, as JavaScript does.
fn settle(value: &mut Value) {
    /// Every smaller whole number is a float64.
    const WHOLE: f64 = (1_u64 << 53) as f64;
    match value {
        Value::Array(values) => values.iter_mut().for_each(settle),
        Value::Object(fields) => fields.values_mut().for_each(settle),
        Value::Number(number) => {
            if let Some(x) = number.as_f64() {
                #[expect(clippy::cast_possible_truncation, reason = "whole, and less than 2^53")]
                let settled = if x.abs() < WHOLE && x.fract() == 0.0 {
                    Some(Number::from(x as i64))
                } else {
                    Number::from_f64(x)
                };
                *number = settled.unwrap_or_else(|| number.clone());
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// The template with `text` in its element.
fn placed(template: &str, text: &str) -> Option<String> {
    let (before, rest) = template.split_once(PLACE)?;
    let end = rest.find(END)?;
    Some([before, PLACE, text, &rest[end..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::inflate::decompress_to_vec;

    const TEMPLATE: &str = concat!(
        r#"<p>x</p><script type="application/json" id="compact-proofs-data">{"old":1}</script>"#,
        r#"<script id="compact-proofs-boot">boot()</script>"#
    );

    /// The data of a filled template.
    fn data(html: &str) -> Value {
        let html = html.strip_prefix("<p>x</p>").unwrap().strip_prefix(PLACE).unwrap();
        let (data, rest) = html.split_once(END).unwrap();
        assert_eq!(rest, r#"<script id="compact-proofs-boot">boot()</script>"#);
        assert!(!data.contains('<'));
        serde_json::from_str(data).unwrap()
    }

    fn bytes(base64: &Value) -> Vec<u8> {
        BASE64.decode(base64.as_str().unwrap()).unwrap()
    }

    #[test]
    fn a_filled_file_holds_what_it_was_given() {
        let weights: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let about = r#"{"switches":{"show":"plot"},"results":{"outcomes":[{"seconds":0.25,"flops":2.5}]},"read":{"attn_scale":null}}"#;
        for length in [0, 1, 2, 3, 4, 1000] {
            let html = fill(TEMPLATE, "</script>&\u{e9}", &weights[..length], about).unwrap();
            let data = data(&html);
            assert_eq!(data["file"], "</script>&\u{e9}");
            assert_eq!(data["switches"]["show"], "plot");
            assert_eq!(data["read"]["attn_scale"], Value::Null);
            assert_eq!(bytes(&data["weights"]), weights[..length]);
            let results = decompress_to_vec(&bytes(&data["results"])).unwrap();
            assert_eq!(results, br#"{"outcomes":[{"flops":2.5,"seconds":0}]}"#);
        }
    }

    #[test]
    fn how_numbers_and_fields_are_written_makes_no_difference() {
        let about = |results: &str| format!(r#"{{"switches":{{}},"results":{results}}}"#);
        let fill = |results| fill(TEMPLATE, "x", b"", &about(results)).unwrap();
        let native =
            r#"{"a":850571296768.0,"b":1e22,"c":1e-7,"d":-0.0,"e":0.1,"f":18446744073709551615.0}"#;
        let page =
            r#"{"f":18446744073709552000,"e":0.1,"d":0,"c":1e-7,"b":1e+22,"a":850571296768}"#;
        assert_eq!(fill(native), fill(page));
        assert_ne!(fill(native), fill(&native.replace("0.1", "0.10000000000000002")));
    }

    #[test]
    fn what_cannot_be_filled_is_refused() {
        let about = r#"{"switches":{},"results":{}}"#;
        for (template, about, message) in [
            (TEMPLATE, "{", "what the file shows: EOF"),
            (TEMPLATE, "[]", "expected an object with"),
            (TEMPLATE, r#"{"results":{}}"#, "`switches` and `results`"),
            (TEMPLATE, r#"{"switches":{},"results":[]}"#, "`switches` and `results`"),
            ("<p>", about, "no element `compact-proofs-data`"),
            (PLACE, about, "npm run build"),
        ] {
            let error = fill(template, "x", b"", about).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
