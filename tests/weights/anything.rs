//! Random bytes, and fixtures with random damage: nothing panics.

use super::*;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_do_not_panic(
        start in prop::sample::select(vec![
            &b""[..], b"{", b"{\"x\":[", b"\x80\x02", b"PK\x03\x04", b"\x20\0\0\0\0\0\0\0{",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        exhaust(&[start, &bytes].concat());
    }

    #[test]
    fn random_pickles_do_not_panic(ops in prop::collection::vec(
        prop::sample::select(b"N)]}(tleusaqhQRb012\x85\x86\x87\x81\x88K\x8f\x90\x91\x94\x93".to_vec()), 0..200)) {
        exhaust(&torch(&ops, &[]));
    }

    #[test]
    fn random_npy_headers_do_not_panic(
        header in "[{]('(descr|shape|fortran_order)': ?('<f4'|[(][0-9]{1,3},[)]|True|False),? ?){0,4}[}]?",
    ) {
        exhaust(&zip(&[stored("x.npy", &npy(&header, &[0; 64]))]));
    }

    #[test]
    fn mutated_fixtures_do_not_panic(
        which in 0..18_usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..12),
    ) {
        let mut bytes = all_fixtures().nth(which).unwrap().1.to_vec();
        for (index, byte, kind) in edits {
            let at = index.index(bytes.len());
            match kind {
                0 => bytes.truncate(at.max(1)),
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => bytes[at] = byte,
            }
            if bytes.is_empty() {
                break;
            }
        }
        exhaust(&bytes);
    }
}
