//! What holds of ranks, ties, top lists and shares whatever the base is.

use super::{keys, members, outcomes, program};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use segue_compiler::values::Value;
use segue_runtime::data::DatasetBuilder;
use serde_json::{Value as Json, json};
use std::cell::OnceCell;

const RULES: &str = "customers { key who : id   x : integer? }
trait group = quintile of x
segment top { customer in top 7 by x }
segment bottom { customer in bottom 7 by x }
segment share { customer in top 30% by x }
segment first { customer in share 0% to 25% of \"salt\" }
segment second { customer in share 25% to 60% of \"salt\" }
segment both { customer in share 0% to 60% of \"salt\" }
partition tier by x { gold : top 30%   silver : next 30%   bronze : next 40%   rest : otherwise }
";

thread_local! {
    static PROGRAM: OnceCell<segue_compiler::program::Program> = const { OnceCell::new() };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn ranks_keep_their_order_tops_their_size_and_shares_their_members(values in vec(weighted(0.85, -6_i64..6), 0..60)) {
        PROGRAM.with(|kept| {
            let program = kept.get_or_init(|| program(RULES));
            let rows: Vec<Json> = values.iter().enumerate().map(|(at, x)| json!({"who": at * 7 % 61, "x": x})).collect();
            let data = DatasetBuilder::new(program).json("customers", &Json::Array(rows)).build().unwrap().dataset;
            let keys = keys(program, &data);
            let n = values.iter().flatten().count();
            for (engine, outcome) in outcomes(program, &data) {
                let groups: Vec<Option<Value>> = (0..keys.len()).map(|row| outcome.traits[0].value(row)).collect();
                let of = |row: usize| if let Some(Value::Integer(group)) = &groups[row] { Some(*group) } else { None };
                for (row, value) in values.iter().enumerate() {
                    prop_assert_eq!(of(row).is_some(), value.is_some(), "{}", engine);
                    for (other, theirs) in values.iter().enumerate() {
                        if let (Some(one), Some(two)) = (value, theirs) {
                            // A greater value is never in a lower group, and equals share one.
                            prop_assert!(one < two || of(row) >= of(other), "{}", engine);
                            prop_assert!(one != two || of(row) == of(other), "{}", engine);
                        }
                    }
                }
                let size = |name: &str| members(program, &outcome, &keys, name).len();
                prop_assert_eq!((size("top"), size("bottom")), (n.min(7), n.min(7)), "{}", engine);
                prop_assert_eq!(size("share"), (n * 3).div_ceil(10), "{}", engine);
                // Who is at the top has no smaller value than who is not.
                let top = members(program, &outcome, &keys, "top");
                let is_top = |row: usize| top.contains(&keys[row]);
                let least = (0..keys.len()).filter(|row| is_top(*row)).filter_map(|row| values[row]).min();
                let most = (0..keys.len()).filter(|row| !is_top(*row)).filter_map(|row| values[row]).max();
                prop_assert!(least.zip(most).is_none_or(|(least, most)| least >= most), "{}", engine);
                // Parts follow one another: gold is the top share, and all with a value are in one of the three.
                let part = |wanted: u32| outcome.partitions[0].iter().filter(|part| **part == wanted).count();
                prop_assert_eq!(part(0), size("share"), "{}", engine);
                prop_assert_eq!(part(0) + part(1), (n * 6).div_ceil(10), "{}", engine);
                prop_assert_eq!((part(0) + part(1) + part(2), part(3)), (n, keys.len() - n), "{}", engine);
                // A share does not change when it is cut in two.
                let mut joined = [members(program, &outcome, &keys, "first"), members(program, &outcome, &keys, "second")].concat();
                joined.sort();
                prop_assert_eq!(joined, members(program, &outcome, &keys, "both"), "{}", engine);
            }
            Ok(())
        })?;
    }
}
