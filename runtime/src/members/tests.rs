//! Members against the bits they were made from.
#![expect(clippy::unwrap_used, reason = "a failed test should stop at the line that failed")]

use super::*;
use proptest::prelude::*;

/// Bits of which about `share` in 65,536 are set.
fn bits(rows: usize, share: u64, seed: u64) -> Bits {
    let mut state = seed;
    let bools = (0..rows).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 65_536 < share
    });
    Bits::from_bools(bools.collect::<Vec<bool>>())
}

/// Kept in blocks that end after so many customers by several threads in turn, as the engine does.
fn kept(segments: &[Bits], ends: Vec<usize>, path: Instructions) -> Vec<Members> {
    let customers = segments.first().map_or(0, Bits::len);
    let room = Room::new();
    let mut keepers: Vec<Keeper> = (0..3).map(|_| Keeper::new(&room, segments.len(), customers / 3, path)).collect();
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let blocks = starts.zip(&ends).enumerate().map(|(at, (start, end))| {
        let rows = end - start;
        let keeper = &mut keepers[at % 3];
        for (segment, bits) in segments.iter().enumerate() {
            let words = &bits.words()[start / 64..(start + rows).div_ceil(64)];
            let count = words.iter().map(|word| word.count_ones() as usize).sum();
            keeper.keep(segment, words, rows, count);
        }
        Block { arena: at % 3, ..keeper.block().unwrap() }
    });
    let blocks = blocks.collect();
    let arenas = keepers.into_iter().map(Keeper::finish).collect();
    Members::of_part(Part::new(ends, blocks, arenas), segments.len())
}

fn check(members: &Members, bits: &Bits) {
    assert_eq!(members.customers(), bits.len());
    assert_eq!(members.count(), bits.count());
    assert_eq!(members.to_bits(), *bits);
    assert!(members.iter().eq(bits.ones()));
    for row in (0..bits.len() + 2).step_by(1 + bits.len() / 3000) {
        assert_eq!(members.contains(row), bits.get(row), "{row}");
    }
    for (start, end) in [(0, 0), (0, 1), (63, 65), (5000, 5001), (8191, 8194), (100, usize::MAX), (usize::MAX, 0)] {
        assert!(
            members.within(start..end).eq(bits.ones().filter(|row| (start..end).contains(row))),
            "{start} to {end}"
        );
    }
}

#[test]
fn every_form_and_size_of_blocks() {
    let shares = [0, 1, 20, 1000, 3000, 3840, 3900, 4096, 5000, 32_768, 60_000, 61_700, 65_000, 65_500, 65_535, 65_536];
    for rows in [0, 1, 63, 64, 65, 500, 512, 513, 8191, 8192, 8193, 30_000] {
        let segments: Vec<Bits> = shares.iter().map(|share| bits(rows, *share, *share + 1)).collect();
        let plain = Members::from_bits(&segments);
        for (members, bits) in plain.iter().zip(&segments) {
            check(members, bits);
        }
        for path in Instructions::available() {
            for sizes in [&[64][..], &[448], &[1344], &[8192], &[64, 8192, 448, 4096]] {
                let sums = sizes.iter().cycle().scan(0, |end, size| {
                    *end += size;
                    Some(*end)
                });
                let mut ends: Vec<usize> = sums.take_while(|end| *end < rows).collect();
                ends.extend((rows > 0).then_some(rows));
                let kept = kept(&segments, ends, path);
                for ((members, bits), plain) in kept.iter().zip(&segments).zip(&plain) {
                    check(members, bits);
                    assert_eq!(members, plain, "{path:?} {sizes:?}");
                }
            }
        }
    }
}

#[test]
fn few_and_nearly_all_take_little() {
    let of = |share: u64| Members::from_bits(&[bits(1 << 20, share, 3)])[0].bytes_of_run();
    let entries = (1 << 20) / ROWS * 8;
    assert_eq!([0, 65_536].map(of), [entries; 2]);
    assert_eq!(of(32_768), entries + (1 << 17));
    for share in [100, 65_436] {
        assert!(of(share) < entries + (1 << 20) / ROWS * 64 * 2, "{share}");
    }
}

#[test]
fn parts_are_joined_in_their_order() {
    for sizes in [&[][..], &[0], &[1, 0, 70], &[8192, 5, 100_000, 0, 64]] {
        let parts: Vec<Vec<Bits>> = (1..)
            .zip(sizes)
            .map(|(seed, rows)| [500, 40_000, 65_500].map(|share| bits(*rows, share, seed)).to_vec())
            .collect();
        let joined = Members::joined(&parts.iter().map(|part| Members::from_bits(part)).collect::<Vec<_>>(), 3);
        assert_eq!(joined.len(), 3);
        for (segment, members) in joined.iter().enumerate() {
            let bools = parts.iter().flat_map(|part| (0..part[segment].len()).map(|row| part[segment].get(row)));
            check(members, &Bits::from_bools(bools));
        }
    }
}

#[test]
fn the_same_members_are_equal_and_others_are_not() {
    let segments = [bits(9000, 500, 1), bits(9000, 500, 1), bits(9000, 500, 2), bits(9001, 500, 1)];
    let same = Members::from_bits(&segments[..3]);
    assert!(same[0] == same[1] && same[0] != same[2]);
    assert!(same[0] != Members::from_bits(&segments[3..])[0]);
    assert_eq!(format!("{:?}", Members::from_bits(&[Bits::from_bools([true, false, true])])[0]), "[0, 2]");
}

proptest! {
    #[test]
    fn any_bits(stretches in prop::collection::vec((any::<bool>(), 1_usize..3000), 0..20)) {
        let bools = stretches.iter().flat_map(|(bit, count)| std::iter::repeat_n(*bit, *count));
        let bits = Bits::from_bools(bools);
        check(&Members::from_bits(std::slice::from_ref(&bits))[0], &bits);
    }
}
