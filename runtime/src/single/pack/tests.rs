//! Rows are joined the same in all ways, and sets come out as their clauses say.

use super::*;
use crate::single::clauses::Literal;
use segue_compiler::plan::NodeId;

/// Numbers without order, the same each time.
fn number(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed ^ *seed >> 29
}

#[test]
fn rows_are_joined_the_same_in_all_ways() {
    let mut seed = 7;
    for width in 0..20 {
        let filler: Vec<Chunk> =
            (0..width).map(|_| [0; 4].map(|_: u64| number(&mut seed) & number(&mut seed))).collect();
        let rows: Vec<Chunk> = (0..width * 9 + 3)
            .map(|_| [0; 4].map(|_: u64| number(&mut seed) & number(&mut seed) & number(&mut seed)))
            .collect();
        for count in 0..7 {
            let starts: Vec<u32> =
                (0..count).map(|_| (number(&mut seed) >> 40) as u32 % (width as u32 * 8 + 3)).collect();
            let mut expected = filler.clone();
            for start in &starts {
                let row = rows.get(*start as usize..).unwrap_or(&[]);
                for (all, more) in expected.as_flattened_mut().iter_mut().zip(row.as_flattened()) {
                    *all |= more;
                }
            }
            for path in Instructions::available() {
                let packing = Packing { path, filler: filler.clone(), ..Packing::default() };
                let mut joined = vec![[0; 4]; width];
                packing.join(&starts, &rows, &mut joined);
                assert_eq!(joined, expected, "{path:?} {width} {count}");
            }
        }
    }
}

#[test]
fn sets_hold_where_all_their_clauses_do() {
    let mut seed = 11;
    for sets in [0, 1, 63, 64, 65, 128, 129, 200, 256, 300, 700] {
        for long in [0, 1, 5, 40] {
            let mut literals = 0;
            let clauses: Vec<BTreeSet<Clause>> = (0..sets)
                .map(|set| {
                    let count = if set % 50 < long { 1 + number(&mut seed) % 12 } else { number(&mut seed) % 3 };
                    let clause = |_| {
                        literals += 1;
                        Clause::from([Literal { atom: NodeId(literals), holds: true, opposite: false }])
                    };
                    (0..count).map(clause).collect()
                })
                .collect();
            let (packing, places) = Packing::new(&clauses, 3);
            for _ in 0..8 {
                // What holds of the clauses, mostly all.
                let mut joined = packing.filler.clone();
                let expected: Vec<bool> = places
                    .iter()
                    .map(|places| {
                        let mut hold = |place: &usize| {
                            let holds = number(&mut seed) >> 20 & 7 != 0;
                            if let (true, Some(word)) = (holds, joined.as_flattened_mut().get_mut(place / 64)) {
                                *word |= 1 << (place % 64);
                            }
                            holds
                        };
                        let held: Vec<bool> = places.iter().map(&mut hold).collect();
                        !held.contains(&false)
                    })
                    .collect();
                let mut found = Vec::new();
                packing.held(&joined, &mut found);
                let bit = |set: usize| found.get(set / 64).is_some_and(|word| word >> (set % 64) & 1 == 1);
                let held: Vec<bool> = (0..sets).map(bit).collect();
                assert_eq!(held, expected, "{sets} {long}");
            }
        }
    }
}
