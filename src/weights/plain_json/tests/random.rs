//! Compares the reader with `serde_json` on random texts: JSON, and JSON with a damaged byte.

use super::super::from_slice;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// All that a text says, also of names that it repeats.
#[derive(Debug, PartialEq)]
enum Tree {
    Null,
    Bool(bool),
    Whole(i128),
    /// A number of `serde_json` that is not whole, or has more than 64 bits.
    Float,
    Text(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    fn is_plain(&self) -> bool {
        match self {
            Self::Float => false,
            Self::List(list) => list.iter().all(Self::is_plain),
            Self::Object(entries) => entries.iter().all(|(_, value)| value.is_plain()),
            _ => true,
        }
    }
}

struct AnyTree;

impl<'de> Visitor<'de> for AnyTree {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Whole(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Whole(value.into()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Float)
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Tree::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut values = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            values.push(entry);
        }
        Ok(Tree::Object(values))
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyTree)
    }
}

/// A text in quotes: characters as they are and escaped, and halves of characters.
fn text() -> impl Strategy<Value = String> {
    let escaped = |unit: u16| format!("\\u{unit:04x}");
    let part = prop_oneof![
        any::<char>().prop_map(|one| serde_json::to_string(&one).unwrap().replace('"', "")),
        any::<char>().prop_map(move |one| one
            .encode_utf16(&mut [0; 2])
            .iter()
            .map(|&unit| escaped(unit))
            .collect()),
        select(vec!["\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"])
            .prop_map(String::from),
    ];
    let half = prop_oneof![30 => Just(String::new()), 1 => (0xd800_u16..0xe000).prop_map(escaped)];
    (prop::collection::vec(part, 0..4), half)
        .prop_map(|(parts, half)| format!("\"{}{half}\"", parts.concat()))
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        select(vec!["null", "true", "false", "18446744073709551616"]).prop_map(String::from),
        any::<i64>().prop_map(|value| value.to_string()),
        any::<u64>().prop_map(|value| value.to_string()),
        any::<f64>()
            .prop_filter_map("finite", |value| value.is_finite().then(|| format!("{value:e}"))),
        text(),
    ];
    leaf.prop_recursive(5, 30, 4, |value| {
        let space = || select(vec!["", "", " ", "\n\t", "\r "]);
        let spaced = (space(), value, space())
            .prop_map(|(before, value, after)| [before, &value, after].concat());
        let entry = (space(), text(), space(), spaced.clone())
            .prop_map(|(before, name, after, value)| [before, &name, after, ":", &value].concat());
        prop_oneof![
            prop::collection::vec(spaced, 0..4)
                .prop_map(|values| format!("[{}]", values.join(","))),
            prop::collection::vec(entry, 0..4)
                .prop_map(|entries| format!("{{{}}}", entries.join(","))),
        ]
    })
}

fn compare(text: &[u8]) -> Result<(), TestCaseError> {
    let ours = from_slice::<Tree>(text);
    let theirs = serde_json::from_slice::<Tree>(text);
    let is_passed_over = from_slice::<IgnoredAny>(text).is_ok();
    // What is passed over, `serde_json` does not examine: it may hold halves of characters.
    prop_assert!(is_passed_over || theirs.is_err(), "ours passes over all that theirs reads");
    prop_assert!(
        !is_passed_over || serde_json::from_slice::<IgnoredAny>(text).is_ok(),
        "and what theirs passes over"
    );
    prop_assert_eq!(ours.ok(), theirs.ok().filter(Tree::is_plain));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_json_is_read_as_serde_json_reads_it(
        text in json(),
        place in any::<Index>(),
        (removed, inserted) in (0_usize..2, prop::option::of(select(b"{}[]\",:\\-+.eE019ntu \x01\xff".to_vec()))),
    ) {
        compare(text.as_bytes())?;
        let mut damaged = text.into_bytes();
        let at = place.index(damaged.len());
        damaged.splice(at..at + removed, inserted);
        // For `serde_json`, -0 is a float.
        prop_assume!(!damaged.windows(2).any(|pair| pair == b"-0"));
        compare(&damaged)?;
    }
}
