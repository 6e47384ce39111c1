//! The smallest change against brute force over all values that up to twelve conditions ask about.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use super::logic::Logic;
use super::search::{Change, Found, Restriction, Space, Variable, smallest_change};
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

/// A space in which each condition asks about a value of its own, that can be made true and false.
fn independent(truths: &[Option<bool>]) -> Space {
    let variable = |now: &Option<bool>| {
        let others = [Some(true), Some(false)].into_iter().filter(|truth| truth != now);
        Variable { candidates: std::iter::once(*now).chain(others).map(|truth| vec![truth]).collect() }
    };
    Space {
        variables: truths.iter().map(variable).collect(),
        leaves: (0..truths.len()).map(|leaf| (leaf, 0)).collect(),
        restrictions: Vec::new(),
    }
}

/// Values that several conditions ask about, and that restrict one another.
fn spaces() -> impl Strategy<Value = Space> {
    let variable = (1_usize..=4, 1_usize..=5).prop_flat_map(|(slots, candidates)| {
        prop::collection::vec(prop::collection::vec(any::<Option<bool>>(), slots), candidates)
    });
    let restriction =
        (any::<prop::sample::Index>(), any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 5));
    (prop::collection::vec(variable, 1..=5), prop::collection::vec(restriction, 0..4)).prop_map(
        |(variables, restrictions)| {
            let variables: Vec<Variable> = variables.into_iter().map(|candidates| Variable { candidates }).collect();
            let slots = |at: usize| variables[at].candidates[0].len();
            let leaves: Vec<(usize, usize)> =
                (0..variables.len()).flat_map(|at| (0..slots(at)).map(move |slot| (at, slot))).take(12).collect();
            let mut found = Vec::new();
            for (first, second, mut together) in restrictions {
                let (first, second) = (first.index(variables.len()), second.index(variables.len()));
                if first == second {
                    continue;
                }
                // As they are they go together.
                together[0] |= 1;
                together.truncate(variables[first].candidates.len());
                let every = variables[second].every();
                let together = together.into_iter().map(|set| u128::from(set) & every).collect();
                found.push(Restriction { variables: [first, second], together });
            }
            Space { variables, leaves, restrictions: found }
        },
    )
}

fn cases() -> impl Strategy<Value = (Logic, Space)> {
    let independent = prop::collection::vec(any::<Option<bool>>(), 1..=12).prop_map(|truths| independent(&truths));
    prop_oneof![1 => independent, 2 => spaces()].prop_flat_map(|space| (trees(space.leaves.len()), Just(space)))
}

/// Whether an answer is reached with these candidates of the values that the logic asks about.
fn answer(logic: &Logic, space: &Space, chosen: &[usize]) -> bool {
    let truth = |leaf: usize| {
        let (variable, slot) = space.leaves[leaf];
        space.variables[variable].candidates[chosen[variable]][slot]
    };
    logic.truth(&truth) == Some(true)
}

/// Whether chosen candidates go together.
fn fits(space: &Space, used: &[bool], chosen: &[usize]) -> bool {
    space.restrictions.iter().all(|restriction| {
        let [first, second] = restriction.variables;
        !used[first] || !used[second] || restriction.together[chosen[first]] >> chosen[second] & 1 == 1
    })
}

fn used(logic: &Logic, space: &Space) -> Vec<bool> {
    let mut used = vec![false; space.variables.len()];
    logic.for_each_leaf(&mut |leaf| used[space.leaves[leaf].0] = true);
    used
}

/// How many values must change at least, by trying every candidate of each.
fn brute_force(logic: &Logic, space: &Space, holds: bool) -> Option<usize> {
    let used = used(logic, space);
    let mut chosen = vec![0; used.len()];
    let mut best: Option<usize> = None;
    loop {
        if fits(space, &used, &chosen) && answer(logic, space, &chosen) == holds {
            let changed = chosen.iter().filter(|candidate| **candidate > 0).count();
            best = Some(best.map_or(changed, |best| best.min(changed)));
        }
        let Some(next) =
            (0..used.len()).find(|at| used[*at] && chosen[*at] + 1 < space.variables[*at].candidates.len())
        else {
            return best;
        };
        chosen[next] += 1;
        chosen[..next].fill(0);
    }
}

/// The change found, where there is one; all of these searches come to an end.
fn found(logic: &Logic, space: &Space, holds: bool) -> Option<Change> {
    match smallest_change(logic, space, holds) {
        Found::Change(change) => Some(change),
        Found::Nothing => None,
        Found::GivenUp => panic!("given up: {logic:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_smaller_change_exists((logic, space) in cases(), holds: bool) {
        let found = found(&logic, &space, holds);
        prop_assert_eq!(found.as_ref().map(|change| change.values.len()), brute_force(&logic, &space, holds));
        if let Some(change) = found {
            prop_assert!(change.smallest);
            let mut chosen = vec![0; space.variables.len()];
            for (variable, candidate) in change.values {
                prop_assert!(candidate > 0);
                chosen[variable] = candidate;
            }
            prop_assert!(fits(&space, &used(&logic, &space), &chosen));
            prop_assert_eq!(answer(&logic, &space, &chosen), holds);
        }
    }

    #[test]
    fn what_is_possible_is_never_too_little((logic, space) in cases()) {
        let left: Vec<u128> = space.variables.iter().map(Variable::every).collect();
        let possible = space.possible(&logic, &left);
        let mut chosen = vec![0; space.variables.len()];
        for step in 0..200_usize {
            for (at, candidate) in chosen.iter_mut().enumerate() {
                *candidate = (step + step / 5 * at + at) % space.variables[at].candidates.len();
            }
            let (truth, chosen) = (|leaf: usize| {
                let (variable, slot) = space.leaves[leaf];
                space.variables[variable].candidates[chosen[variable]][slot]
            }, &chosen);
            prop_assert_ne!(possible & super::logic::only(logic.truth(&truth)), 0, "{:?}", chosen);
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
    let change = found(&logic, &independent(&[Some(false); 3]), true).unwrap();
    assert_eq!((change.values, change.smallest), (vec![(2, 1)], true));
}

#[test]
fn many_conditions_are_no_trouble() {
    // 60 lines, each one of 6 of which all leaves are false: one leaf a line.
    let lines = (0..60).map(|line| Logic::any((0..6).map(|leaf| Logic::Leaf((line * 5 + leaf) % 200)).collect()));
    let change = found(&Logic::all(lines.collect()), &independent(&[Some(false); 200]), true).unwrap();
    assert!(change.values.len() <= 60, "{}", change.values.len());
}

#[test]
fn what_is_too_much_to_try_is_given_up() {
    // Any 30 of the first 60 and, by their opposites, any 40 others of them: 60 cannot be both.
    let leaves = || (0..60).map(Logic::Leaf);
    let opposites = (0..60).map(|leaf| Logic::Not(Box::new(Logic::Leaf(leaf))));
    let logic = Logic::all(vec![Logic::AtLeast(30, leaves().collect()), Logic::AtLeast(40, opposites.collect())]);
    let started = std::time::Instant::now();
    assert_eq!(smallest_change(&logic, &independent(&[Some(false); 60]), true), Found::GivenUp);
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
