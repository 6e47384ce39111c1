//! Texts are read the same in all ways, and found.

use super::*;

#[test]
fn all_ways_to_read_a_text_read_the_same() {
    let text: Vec<u8> = (1..=64).collect();
    for from in 0..20 {
        for length in 0..40 {
            let bytes = text.get(from..from + length).unwrap_or(&[]);
            let mut padded = [0; 16];
            padded.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
            let whole = u128::from_le_bytes(padded);
            for path in Instructions::available() {
                let found = ends(path, bytes);
                match length {
                    0..=16 => {
                        assert_eq!(u128::from(found.0) | u128::from(found.1) << 64, whole, "{path:?} {bytes:?}")
                    }
                    _ => assert_eq!(found, plain(bytes)),
                }
            }
        }
    }
}

#[test]
fn texts_are_found_and_others_are_not() {
    for count in [0, 1, 3, 60, 3000] {
        for path in Instructions::available() {
            let mut named = Named { path, ..Named::default() };
            let texts: Vec<Arc<str>> =
                (0..count).map(|at| Arc::from(format!("{at:width$}", width = at % 24))).collect();
            texts.iter().for_each(|text| named.name(text));
            named.settle();
            for text in &texts {
                assert_eq!(named.find(text).map(|code| named.text(code)), Some(&**text));
            }
            assert_eq!((named.find(""), named.find("none"), named.find(&"n".repeat(40))), (None, None, None));
        }
    }
}
