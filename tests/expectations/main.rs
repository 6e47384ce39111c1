//! Ranks, ties, top lists, figures of all and stable shares (rules 13 and 16), held against what Python worked out: `ranks.py` beside this
//! file writes `ranks.json`. Both engines must give its answers.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod properties;

use segue_compiler::plan::Selection;
use segue_compiler::program::{CUSTOMERS, Program};
use segue_compiler::values::Value;
use segue_runtime::data::{Dataset, DatasetBuilder};
use segue_runtime::outcome::{Outcome, Request};
use segue_runtime::{engine, interpret};
use segue_tests::example::check;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const EXPECTED: &str = include_str!("ranks.json");
const SETTINGS: &str = "[project]\nname = \"ranks\"\nas_of = \"2026-01-01\"\n";
const RULES: &str = "customers { key who : id   x : number? }
trait g_quintile = quintile of x
trait g_decile = decile of x
trait g_percentile = percentile of x
trait f_average = average of x over customers
trait f_deviation = deviation of x over customers
trait f_0 = percentile 0 of x over customers
trait f_10 = percentile 10 of x over customers
trait f_37_5 = percentile 37.5 of x over customers
trait f_90 = percentile 90 of x over customers
trait f_100 = percentile 100 of x over customers
segment top_1 { customer in top 1 by x }
segment top_3 { customer in top 3 by x }
segment top_10 { customer in top 10 by x }
segment share_10 { customer in top 10% by x }
segment share_25 { customer in top 25% by x }
segment share_33_3 { customer in top 33.3% by x }
segment share_100 { customer in top 100% by x }
partition tier by x { gold : top 10%   silver : next 30%   rest : otherwise }
";

fn expected() -> Json {
    serde_json::from_str(EXPECTED).unwrap()
}

fn program(rules: &str) -> Program {
    let checked = check(SETTINGS, rules);
    let told: Vec<&str> = checked.diagnostics.iter().map(|message| message.message.as_str()).collect();
    checked.program.unwrap_or_else(|| panic!("{told:?}"))
}

fn outcomes(program: &Program, data: &Dataset) -> [(&'static str, Outcome); 2] {
    let request = Request::of(Selection::everything(program), program.settings.as_of.unwrap()).on(2);
    [
        ("interpreter", interpret::run(program, data, &request).unwrap()),
        ("engine", engine::run(program, data, &request).unwrap()),
    ]
}

/// The key of each row.
fn keys(program: &Program, data: &Dataset) -> Vec<String> {
    let column = data.column(CUSTOMERS, program.tables[0].key.unwrap()).unwrap();
    let key = |row| if let Some(Value::Text(text)) = column.value(row) { text.to_string() } else { String::new() };
    (0..data.table(CUSTOMERS).unwrap().rows).map(key).collect()
}

fn members(program: &Program, outcome: &Outcome, keys: &[String], name: &str) -> Vec<String> {
    let at = program.segments.iter().position(|segment| *segment.name == *name).unwrap();
    let mut found: Vec<String> = outcome.segments[at].iter().map(|row| keys[row].clone()).collect();
    found.sort();
    found
}

fn texts(list: &Json) -> Vec<String> {
    list.as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()).collect()
}

#[test]
fn ranks_top_lists_and_figures_are_those_of_python() {
    let program = program(RULES);
    let expected = expected();
    let cases = expected["cases"].as_array().unwrap();
    assert!(cases.len() >= 40);
    for (number, case) in cases.iter().enumerate() {
        let values = case["values"].as_object().unwrap();
        let rows: Vec<Json> = values.iter().map(|(key, value)| json!({"who": key, "x": value})).collect();
        let data = DatasetBuilder::new(&program).json("customers", &Json::Array(rows)).build().unwrap().dataset;
        let keys = keys(&program, &data);
        for (engine, outcome) in outcomes(&program, &data) {
            let place = |what: &str| format!("case {number}, {engine}: {what}");
            let of_trait = |name: &str| {
                let at = program.traits.iter().position(|declared| *declared.name == *name).unwrap();
                (0..keys.len()).map(|row| outcome.traits[at].value(row)).collect::<Vec<_>>()
            };
            for (group, expected) in case["groups"].as_object().unwrap() {
                let found = of_trait(&format!("g_{group}"));
                for (row, key) in keys.iter().enumerate() {
                    let wanted = expected.get(key).map(|group| Value::Integer(group.as_i64().unwrap()));
                    assert_eq!(found[row], wanted, "{}", place(&format!("{group} of {key}")));
                }
            }
            for (top, expected) in case["top"].as_object().unwrap() {
                assert_eq!(
                    members(&program, &outcome, &keys, &format!("top_{top}")),
                    texts(expected),
                    "{}",
                    place(top)
                );
            }
            for (share, expected) in case["top_share"].as_object().unwrap() {
                let name = format!("share_{}", share.trim_end_matches('%').replace('.', "_"));
                assert_eq!(members(&program, &outcome, &keys, &name), texts(expected), "{}", place(share));
            }
            let mut silver: Vec<String> = keys
                .iter()
                .enumerate()
                .filter(|(row, _)| outcome.partitions[0][*row] == 1)
                .map(|(_, key)| key.clone())
                .collect();
            silver.sort();
            assert_eq!(silver, texts(&case["silver"]), "{}", place("silver"));
            let mut figures: BTreeMap<String, Option<f64>> = BTreeMap::new();
            for name in ["average", "deviation"] {
                figures.insert(name.to_owned(), case.get(name).and_then(Json::as_f64));
            }
            for rank in ["0", "10", "37.5", "90", "100"] {
                let figure = case.get("percentiles").and_then(|figures| figures[rank].as_f64());
                figures.insert(rank.replace('.', "_"), figure);
            }
            for (name, wanted) in figures {
                for found in of_trait(&format!("f_{name}")) {
                    let found = if let Some(Value::Number(number)) = found { Some(number) } else { None };
                    // The order in which floats are added is ours.
                    let alike = match (found, wanted) {
                        (Some(found), Some(wanted)) => (found - wanted).abs() <= 1e-12 * wanted.abs().max(1.0),
                        (found, wanted) => found == wanted,
                    };
                    assert!(alike, "{}: {found:?}, expected {wanted:?}", place(&name));
                }
            }
        }
    }
}

#[test]
fn stable_shares_are_those_of_python() {
    let expected = expected();
    let keys: Vec<Json> = expected["keys"].as_array().unwrap().iter().map(|key| json!({"who": key})).collect();
    let shares = expected["shares"].as_array().unwrap();
    let mut rules = "customers { key who : id }\n".to_owned();
    for (at, share) in shares.iter().enumerate() {
        let (from, to, salt) = (share["from"].as_str().unwrap(), share["to"].as_str().unwrap(), &share["salt"]);
        rules += &format!("segment s{at} {{ customer in share {from} to {to} of {salt} }}\n");
    }
    let program = program(&rules);
    let data = DatasetBuilder::new(&program).json("customers", &Json::Array(keys)).build().unwrap().dataset;
    let of_rows = self::keys(&program, &data);
    for (engine, outcome) in outcomes(&program, &data) {
        for (at, share) in shares.iter().enumerate() {
            let mut wanted = texts(&share["keys"]);
            wanted.sort();
            assert_eq!(members(&program, &outcome, &of_rows, &format!("s{at}")), wanted, "{engine}: {share}");
        }
    }
}
