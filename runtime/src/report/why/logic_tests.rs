//! The smallest change against brute force over all truths of up to twelve leaves.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use super::logic::{Logic, smallest_change};
use proptest::prelude::*;

fn trees(leaves: usize) -> impl Strategy<Value = Logic> {
    let leaf = prop_oneof![
        12 => (0..leaves).prop_map(Logic::Leaf),
        1 => prop::option::of(any::<bool>()).prop_map(Logic::Fixed),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let parts = prop::collection::vec(inner.clone(), 1..5);
        prop_oneof![
            parts.clone().prop_map(Logic::all),
            parts.clone().prop_map(Logic::any),
            (0_usize..6, parts).prop_map(|(count, parts)| Logic::AtLeast(count, parts)),
            inner.clone().prop_map(|part| Logic::Not(Box::new(part))),
            inner.prop_map(|part| Logic::Certain(Box::new(part))),
        ]
    })
}

fn cases() -> impl Strategy<Value = (Logic, Vec<Option<bool>>)> {
    (1_usize..=12).prop_flat_map(|leaves| (trees(leaves), prop::collection::vec(any::<Option<bool>>(), leaves)))
}

/// How many leaves must change at least, by trying every truth of every leaf that the tree reads.
fn brute_force(logic: &Logic, leaves: &[Option<bool>], holds: bool) -> Option<usize> {
    fn try_all(
        logic: &Logic,
        truths: &mut Vec<Option<bool>>,
        read: &[usize],
        holds: bool,
        best: &mut Option<usize>,
        changed: usize,
    ) {
        if best.is_some_and(|best| changed >= best) {
            return;
        }
        let Some((leaf, rest)) = read.split_first() else {
            if (logic.truth(truths) == Some(true)) == holds {
                *best = Some(changed);
            }
            return;
        };
        let before = truths[*leaf];
        try_all(logic, truths, rest, holds, best, changed);
        for truth in [Some(true), Some(false)].into_iter().filter(|truth| *truth != before) {
            truths[*leaf] = truth;
            try_all(logic, truths, rest, holds, best, changed + 1);
        }
        truths[*leaf] = before;
    }
    fn reads(logic: &Logic, read: &mut Vec<usize>) {
        match logic {
            Logic::Leaf(leaf) => read.push(*leaf),
            Logic::Fixed(_) => {}
            Logic::Not(part) | Logic::Certain(part) => reads(part, read),
            Logic::AtLeast(_, parts) => parts.iter().for_each(|part| reads(part, read)),
        }
    }
    let mut read = Vec::new();
    reads(logic, &mut read);
    read.sort_unstable();
    read.dedup();
    let mut best = None;
    try_all(logic, &mut leaves.to_vec(), &read, holds, &mut best, 0);
    best
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_smaller_change_exists((logic, leaves) in cases(), holds: bool) {
        let found = smallest_change(&logic, &leaves, holds);
        prop_assert_eq!(found.as_ref().map(|change| change.leaves.len()), brute_force(&logic, &leaves, holds));
        if let Some(change) = found {
            prop_assert!(change.smallest);
            let mut truths = leaves.clone();
            for (leaf, truth) in change.leaves {
                prop_assert_ne!(truths[leaf], Some(truth));
                truths[leaf] = Some(truth);
            }
            prop_assert_eq!(logic.truth(&truths) == Some(true), holds);
        }
    }
}

#[test]
fn a_shared_leaf_changes_everywhere() {
    // (a and b) or (not a and c), all false: changing c is enough, for not a holds; changing a costs b as well.
    let logic = Logic::any(vec![
        Logic::all(vec![Logic::Leaf(0), Logic::Leaf(1)]),
        Logic::all(vec![Logic::Not(Box::new(Logic::Leaf(0))), Logic::Leaf(2)]),
    ]);
    let change = smallest_change(&logic, &[Some(false); 3], true).unwrap();
    assert_eq!((change.leaves, change.smallest), (vec![(2, true)], true));
}

#[test]
fn many_conditions_are_no_trouble() {
    // 60 lines, each one of 6 of which all leaves are false: one leaf a line.
    let lines = (0..60).map(|line| Logic::any((0..6).map(|leaf| Logic::Leaf((line * 5 + leaf) % 200)).collect()));
    let change = smallest_change(&Logic::all(lines.collect()), &[Some(false); 200], true).unwrap();
    assert!(change.leaves.len() <= 60, "{}", change.leaves.len());
}
