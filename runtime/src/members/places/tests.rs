//! Every path against the plainest way to say it.

use super::*;

fn check(words: &[u64], room: usize) {
    for set in [true, false] {
        let all = (0..words.len() * 64).filter(|bit| (words[bit / 64] >> (bit % 64) & 1 == 1) == set);
        let expected: Vec<u16> = all.map(|bit| bit as u16).collect();
        for path in Instructions::available() {
            let mut out = vec![7; room];
            let count = places(path, words, set, &mut out);
            assert_eq!(out[..count], expected[..count], "{path:?} {words:x?}");
            if room >= expected.len() + BEYOND {
                assert_eq!(count, expected.len(), "{path:?} {words:x?}");
            } else {
                assert!(count + BEYOND > room || count == expected.len(), "{path:?} {count} of {room}");
            }
        }
    }
}

#[test]
fn every_density_length_and_room() {
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.rotate_left(29) ^ state >> 7
    };
    for length in [0, 1, 2, 7, 8, 9, 16, 127, 128, 129, 1024] {
        for thinner in 0..12 {
            // Each further word leaves half of the bits.
            let words: Vec<u64> = (0..length).map(|_| (0..thinner).fold(u64::MAX, |word, _| word & random())).collect();
            for room in [0, 1, 63, 64, 65, 127, 128, 500, 66_000] {
                check(&words, room);
            }
        }
    }
}

#[test]
fn words_that_are_full_half_full_and_alone() {
    let words = [0, u64::MAX, 0, 0xffff_ffff, 0x1_ffff_ffff, 1, 1 << 63, u64::MAX >> 1];
    for start in 0..words.len() {
        for end in start..=words.len() {
            check(&words[start..end], 1000);
        }
    }
    check(&[u64::MAX; 1024], 65_536 + BEYOND);
}
