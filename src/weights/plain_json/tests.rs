use super::*;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::collections::BTreeMap;

mod random;

/// Texts that are JSON, and parts of them, whose whole numbers have up to 64 bits.
const TEXTS: [&str; 14] = [
    r#"{"a": [1, -2, 18446744073709551615, -9223372036854775808], "b": {"c": null, "d": [true, false]}}"#,
    r#"{"é\n\"\\\/\b\f\t\r": "\u00e9\ud83d\ude00\u0041", "": ""}"#,
    " [ ] ",
    "{ }",
    "[[], {}]",
    "\"text\"",
    "0",
    "-0",
    "[1,2,]",
    "{\"a\" 1}",
    "[01]",
    "nulll",
    "[\"\\ud800\"]",
    "\"\\u12G4\"",
];

#[test]
fn it_reads_what_serde_json_reads() {
    for text in TEXTS {
        for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
            let text = &text[..end];
            let (ours, theirs) =
                (from_slice::<Value>(text.as_bytes()), serde_json::from_str::<Value>(text));
            match (ours, theirs) {
                (Ok(ours), Ok(theirs)) => assert!(ours == theirs || text == "-0", "{text}"),
                (ours, theirs) => {
                    assert_eq!(ours.is_ok(), theirs.is_ok(), "{text}: {ours:?}, {theirs:?}")
                }
            }
        }
    }
}

#[test]
fn floats_are_passed_over_and_not_read() {
    for number in ["1.5", "-1e9", "0.25E-3", "12e+3", "1e400", "99999999999999999999"] {
        assert!(from_slice::<IgnoredAny>(number.as_bytes()).is_ok(), "{number}");
        assert!(from_slice::<Value>(number.as_bytes()).is_err(), "{number}");
        assert!(from_slice::<f64>(number.as_bytes()).is_err(), "{number}");
    }
    for other in ["1.", ".5", "1e", "1e+", "-", "+1", "00", "1.5.2", "--1", "0x10", "NaN"] {
        assert!(from_slice::<IgnoredAny>(other.as_bytes()).is_err(), "{other}");
    }
}

#[test]
fn structs_enums_and_options_are_read_and_errors_have_a_place() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        ask: String,
        kind: Option<Kind>,
        #[serde(default)]
        x: usize,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        One,
        Count(u128),
    }
    let read = |text: &str| from_slice::<Asked>(text.as_bytes()).map_err(|error| error.to_string());
    let asked = Asked { ask: "a".into(), kind: Some(Kind::One), x: 3 };
    assert_eq!(read(r#"{"ask": "a", "kind": "one", "x": 3}"#).unwrap(), asked);
    assert_eq!(read(r#"{"ask": "a", "kind": null}"#).unwrap(), Asked { kind: None, x: 0, ..asked });
    let most = format!(r#"{{"ask": "a", "kind": {{"count": {}}}, "x": 3}}"#, u128::MAX);
    assert_eq!(read(&most).unwrap().kind, Some(Kind::Count(u128::MAX)));
    for (text, problem) in [
        (
            r#"{"ask": "a", "kind": "two"}"#,
            "unknown variant `two`, expected `one` or `count` at byte 26",
        ),
        (
            r#"{"ask": "a", "kind": {"count": -1}}"#,
            "expected a whole number of 128 bits at byte 33",
        ),
        (
            r#"{"ask": "a", "kind": {"count": +1}}"#,
            "expected a whole number of 128 bits at byte 33",
        ),
        (r#"{"ask": 1}"#, "invalid type: integer `1`, expected a string at byte 9"),
        (r#"{"ask": "a", "x": -1}"#, "invalid type: integer `-1`, expected usize at byte 20"),
        (
            r#"{"ask": "a", "y": 1}"#,
            "unknown field `y`, expected one of `ask`, `kind`, `x` at byte 16",
        ),
        (r#"{"ask": "a" "x": 1}"#, "expected `,` at byte 12"),
        (r#"{"ask": "a"} 1"#, "expected the end at byte 13"),
        ("{}", "missing field `ask` at byte 1"),
    ] {
        assert_eq!(read(text).unwrap_err(), problem, "{text}");
    }
    let deep = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    assert!(from_slice::<IgnoredAny>(&deep(MAX_NESTING)).is_ok());
    assert!(from_slice::<IgnoredAny>(&deep(MAX_NESTING + 1)).is_err());
    assert!(from_slice::<BTreeMap<String, String>>(b"\xff").is_err());
    assert!(from_slice::<String>(b"\"\xff\"").is_err());
}
