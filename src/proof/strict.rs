//! Reads certificates and proof objects from JSON more strictly than serde's derived code does: a
//! struct is read from an object only, and an array has at most [`MAX_ARRAY`] elements.
//!
//! Derived code also reads a struct from an array of its fields, which no format here allows. And
//! it turns a text of a few megabytes into vectors of many times that size, where a few bytes of
//! text are enough for an element.

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use std::fmt;

/// The most elements of an array: nothing in a proof object is more numerous than tokens.
pub const MAX_ARRAY: usize = crate::models::transformer::MAX_V;

/// Reads a value from JSON: structs from objects only, arrays of at most [`MAX_ARRAY`] elements.
///
/// # Errors
/// If the text is not JSON of the value's form.
pub fn from_json<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = T::deserialize(Strict(&mut deserializer))?;
    deserializer.end()?;
    Ok(value)
}

/// Makes a deserializer strict, or the access or seed by which it reads what a value contains.
struct Strict<T>(T);

/// Hands a value to `visitor`; what the value contains is read strictly.
struct Visit<V> {
    visitor: V,
    /// Whether the value is a struct, which is not read from an array.
    is_struct: bool,
}

fn value<V>(visitor: V) -> Visit<V> {
    Visit { visitor, is_struct: false }
}

fn object<V>(visitor: V) -> Visit<V> {
    Visit { visitor, is_struct: true }
}

macro_rules! values {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* value(visitor))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    values! {
        deserialize_any(); deserialize_bool(); deserialize_i8(); deserialize_i16(); deserialize_i32(); deserialize_i64();
        deserialize_u8(); deserialize_u16(); deserialize_u32(); deserialize_u64(); deserialize_f32(); deserialize_f64();
        deserialize_char(); deserialize_str(); deserialize_string(); deserialize_bytes(); deserialize_byte_buf();
        deserialize_option(); deserialize_unit(); deserialize_seq(); deserialize_map(); deserialize_identifier();
        deserialize_ignored_any();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_tuple(length: usize);
        deserialize_tuple_struct(name: &'static str, length: usize);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, object(visitor))
    }
}

macro_rules! given {
    ($($method:ident: $type:ty;)*) => {
        $(fn $method<E: Error>(self, given: $type) -> Result<V::Value, E> {
            self.visitor.$method(given)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Visit<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    given! {
        visit_bool: bool; visit_i64: i64; visit_u64: u64; visit_f64: f64;
        visit_str: &str; visit_borrowed_str: &'de str; visit_string: String;
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Strict(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Strict(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        if self.is_struct {
            return Err(A::Error::invalid_type(
                Unexpected::Seq,
                &"an object with the names of its fields",
            ));
        }
        self.visitor.visit_seq(Elements { elements, read: 0 })
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Strict(entries))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Strict(variant))
    }
}

/// The elements of an array, and how many have been read.
struct Elements<A> {
    elements: A,
    read: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        let element = self.elements.next_element_seed(Strict(seed))?;
        self.read += usize::from(element.is_some());
        if self.read > MAX_ARRAY {
            return Err(A::Error::custom(format_args!(
                "an array of more than {MAX_ARRAY} elements, which no part of a proof object has"
            )));
        }
        Ok(element)
    }
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        self.0.deserialize(Strict(deserializer))
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(Strict(seed))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Strict<A> {
    type Error = A::Error;
    type Variant = Strict<A::Variant>;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Self::Variant), A::Error> {
        let (name, variant) = self.0.variant_seed(Strict(seed))?;
        Ok((name, Strict(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.0.newtype_variant_seed(Strict(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(length, value(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, object(visitor))
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_ARRAY, from_json};
    use serde::Deserialize;
    use serde_json::value::RawValue;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        x: f64,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        Unit,
        Inner(Inner),
        Fields { inner: Option<Inner> },
        Pairs(Vec<(usize, Inner)>),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        choices: Vec<Kind>,
        name: String,
    }

    #[test]
    fn objects_are_objects_wherever_they_are() {
        let choices = |choices: &str| {
            from_json::<Outer>(format!(r#"{{"choices":[{choices}],"name":"a"}}"#).as_bytes())
        };
        let all = r#""unit",{"inner":{"x":1}},{"fields":{"inner":{"x":2}}},{"fields":{"inner":null}},{"pairs":[[3,{"x":4}]]}"#;
        assert_eq!(choices(all).unwrap().choices.len(), 5);
        for array in [
            r#"{"inner":[1]}"#,
            r#"{"fields":{"inner":[2]}}"#,
            r#"{"fields":[{"x":2}]}"#,
            r#"{"fields":[null]}"#,
            r#"{"pairs":[[3,[4]]]}"#,
        ] {
            let error = choices(array).unwrap_err().to_string();
            assert!(
                error.contains("sequence, expected an object with the names of its fields"),
                "{array}: {error}"
            );
            // Which derived code takes.
            let text = format!(r#"{{"choices":[{array}],"name":"a"}}"#);
            assert!(serde_json::from_str::<Outer>(&text).is_ok(), "{text}");
        }
        assert!(
            from_json::<Outer>(br#"[[],"a"]"#).is_err()
                && serde_json::from_str::<Outer>(r#"[[],"a"]"#).is_ok()
        );
        assert!(from_json::<Outer>(br#"{"choices":[],"name":"a"} 1"#).is_err(), "more after it");
        assert_eq!(from_json::<Box<RawValue>>(b"[1, [2]]").unwrap().get(), "[1, [2]]");
    }

    #[test]
    fn arrays_have_a_longest() {
        let ones = |count: usize| {
            from_json::<Vec<u8>>(format!("[{}]", vec!["1"; count].join(",")).as_bytes())
        };
        assert_eq!(ones(MAX_ARRAY).unwrap().len(), MAX_ARRAY);
        assert!(
            ones(MAX_ARRAY + 1)
                .unwrap_err()
                .to_string()
                .starts_with("an array of more than 512 elements")
        );
    }
}
