//! The bytes of a safetensors file as Coq has them: a header, and words.

use std::fmt::Write;

/// Words of the file in a line of Coq.
const WORDS: usize = 12;

/// The header of a safetensors file of float32 numbers, and the words after it.
pub(super) fn parts(bytes: &[u8]) -> (&str, Vec<u32>) {
    let (length, rest) = bytes.split_first_chunk().expect("the file was read before");
    let length = usize::try_from(u64::from_le_bytes(*length)).expect("the file was read before");
    let (header, data) = rest.split_at(length);
    let words = data.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
    (std::str::from_utf8(header).expect("the header is JSON"), words)
}

/// The fewest binary digits after the point that hold every number exactly.
pub(super) fn bits(words: &[u32]) -> u32 {
    let of_word = |&word: &u32| {
        let (exponent, fraction) = (word >> 23 & 0xff, word & 0x7f_ffff);
        let mantissa = if exponent == 0 { fraction } else { fraction | 0x80_0000 };
        // The word stands for mantissa * 2^(max(exponent, 1) - 150).
        let digits = (150 - exponent.max(1)).saturating_sub(mantissa.trailing_zeros());
        if mantissa == 0 { 0 } else { digits }
    };
    words.iter().map(of_word).max().unwrap_or(0)
}

/// The Coq file with the bytes of a weights file.
pub(super) fn file_v(name: &str, header: &str, words: &[u32]) -> String {
    let mut text = format!(
        "(** The bytes of {}: its header, and the words after it in hexadecimal. *)\n\n\
         Require Import ZArith List String.\n\
         From CompactProofs Require Import Safetensors.\n\
         Import ListNotations.\n\
         Open Scope Z_scope.\n\n\
         Definition the_file : file := {{|\n  header := \"{}\"%string;\n  words := [",
        name.replace("(*", "(").replace("*)", ")"),
        header.replace('"', "\"\"")
    );
    for (i, word) in words.iter().enumerate() {
        let before = match i {
            0 => "\n    ",
            _ if i % WORDS == 0 => ";\n    ",
            _ => ";",
        };
        write!(text, "{before}{word:#010x}").expect("writing to a string does not fail");
    }
    text + "]\n|}.\n"
}
