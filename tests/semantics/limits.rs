//! Rule 21: limits, each with a clear message, and what lies just inside them.

use segue_tests::example::{Strictness, check, differences};
use segue_tests::page::Case;
use std::time::{Duration, Instant};

const CUSTOMERS: &str = "customers {\n  key who : id\n  a : integer\n  name : text\n}\n";

/// The codes of the errors that the rules are refused with, each once.
fn errors(rules: &str) -> Vec<&'static str> {
    let checked = check("", rules);
    let mut codes: Vec<&str> = checked.diagnostics.iter().map(|message| message.code.0).collect();
    codes.sort_unstable();
    codes.dedup();
    if codes.is_empty() {
        assert!(checked.program.is_some(), "no message and no program");
    }
    codes
}

fn nested(depth: usize) -> String {
    // The braces of the segment are the first level.
    let (open, close) = ("(".repeat(depth - 1), ")".repeat(depth - 1));
    format!("{CUSTOMERS}segment deep {{ {open}a > 1{close} }}\n")
}

#[test]
fn brackets_go_200_deep_and_no_deeper() {
    assert_eq!(errors(&nested(200)), [""; 0]);
    assert_eq!(errors(&nested(201)), ["S0008"]);
    assert_eq!(errors(&nested(100_000)), ["S0008"]);
}

#[test]
fn words_that_nest_are_counted_too() {
    let deep = format!("{CUSTOMERS}segment deep {{ {} a > 1 }}\n", "not ".repeat(100_000));
    assert_eq!(errors(&deep), ["S0008"]);
    let blocks =
        format!("{CUSTOMERS}segment deep {{ {} a > 1 {} }}\n", "all of {\n".repeat(5_000), "\n}".repeat(5_000));
    assert_eq!(errors(&blocks), ["S0008"]);
}

#[test]
fn a_text_has_64_kibibytes_and_no_more() {
    let of_length = |length: usize| format!("{CUSTOMERS}segment long {{ name is \"{}\" }}\n", "x".repeat(length));
    assert_eq!(errors(&of_length(65_536)), [""; 0]);
    assert_eq!(errors(&of_length(65_537)), ["S0009"]);
}

#[test]
fn a_file_has_10_000_declarations_and_no_more() {
    let of_count = |count: usize| {
        let lets: String = (1..count).map(|at| format!("let value_{at} = {at}\n")).collect();
        format!("{CUSTOMERS}{lets}")
    };
    assert_eq!(errors(&of_count(10_000)), [""; 0]);
    let refused = errors(&of_count(10_001));
    assert!(refused == ["S0010"] || refused == ["S0125"], "{refused:?}");
}

#[test]
fn a_file_has_16_mebibytes_and_no_more() {
    let of_size = |size: usize| {
        let mut text = CUSTOMERS.to_owned();
        while text.len() + 81 <= size {
            text.push_str(&format!("#{}\n", "x".repeat(79)));
        }
        text.push_str(&"\n".repeat(size - text.len()));
        text
    };
    assert_eq!(errors(&of_size(16 * 1024 * 1024)), [""; 0]);
    assert_eq!(errors(&of_size(16 * 1024 * 1024 + 1)), ["S0011"]);
}

#[test]
fn a_line_may_be_as_long_as_the_file() {
    let ors = format!("{CUSTOMERS}segment wide {{ {} }}\n", vec!["a is 1"; 5_000].join(" or "));
    assert_eq!(errors(&ors), [""; 0]);
    let sum = format!("{CUSTOMERS}trait wide = {}\n", vec!["a"; 5_000].join(" + "));
    assert_eq!(errors(&sum), [""; 0]);
    let values: Vec<String> = (0..5_000).map(|at| at.to_string()).collect();
    let listed = format!("{CUSTOMERS}segment wide {{ a is one of {} }}\n", values.join(", "));
    assert_eq!(errors(&listed), [""; 0]);
}

#[test]
fn a_long_chain_of_segments_is_no_nesting() {
    let mut rules = CUSTOMERS.to_owned();
    for at in 0..3_000 {
        rules.push_str(&format!("segment chain_{at} {{ chain_{} }}\n", at + 1));
    }
    rules.push_str("segment chain_3000 { a > 1 }\n");
    assert_eq!(errors(&rules), [""; 0]);
}

/// What is wrong with the answers of both engines for customers with `a` from 0 to 99.
fn wrong(rules: &str, expected: &str) -> Vec<String> {
    wrong_with("", rules, expected)
}

/// The same where the customers have more fields.
fn wrong_with(fields: &str, rules: &str, expected: &str) -> Vec<String> {
    let declared = CUSTOMERS.replace('}', &format!("{fields}}}"));
    let customers: Vec<_> =
        (0..100).map(|a| serde_json::json!({"who": a, "a": a, "name": "x", "own": [{"n": a}]})).collect();
    let case = Case {
        settings: "[project]\nname = \"limits\"\nas_of = \"2026-01-01\"\n".to_owned(),
        rules: format!("{declared}{rules}"),
        data: Some(serde_json::json!({ "customers": customers }).to_string()),
        expectations: vec![expected.to_owned()],
        ..Case::default()
    };
    let started = Instant::now();
    let found = differences(&case, Strictness::Given);
    assert!(started.elapsed() < Duration::from_secs(60), "this took {:?}", started.elapsed());
    found
}

#[test]
fn a_long_chain_is_run_as_quickly_as_it_is_read() {
    let count = 1_500;
    let chain = |first: &str, next: &dyn Fn(usize) -> String| {
        let lines: String = (1..count).map(next).collect();
        format!("{first}{lines}")
    };
    let both = chain("segment s0 { a >= 0 }\n", &|at| format!("segment s{at} {{ s{} and a > {} }}\n", at - 1, at % 90));
    assert_eq!(wrong(&both, "s1499: 90, 91, 92, 93, 94, 95, 96, 97, 98, 99\n"), [""; 0]);
    let other = chain("segment s0 { a < 50 }\n", &|at| format!("segment s{at} {{ not s{} }}\n", at - 1));
    let few: Vec<String> = (50..100).map(|who| who.to_string()).collect();
    assert_eq!(wrong(&other, &format!("s1499: {}\n", few.join(", "))), [""; 0]);
    let traits = chain("trait t0 = a >= 0\n", &|at| format!("trait t{at} = t{} and a > {}\n", at - 1, at % 90));
    assert_eq!(
        wrong(&format!("{traits}segment last {{ t1499 }}\n"), "last: 90, 91, 92, 93, 94, 95, 96, 97, 98, 99\n"),
        [""; 0]
    );
    let parts: String = (0..99).map(|at| format!("  p{at} : a is {at}\n")).collect();
    assert_eq!(wrong(&format!("partition p {{\n{parts}  rest : otherwise\n}}\n"), "p.p7: 7\np.rest: 99\n"), [""; 0]);
}

#[test]
fn computed_fields_that_build_on_one_another_are_worked_out_once() {
    // Opened up, the last would be 3^60 sums.
    let steps: String = (1..=60).map(|at| format!("  c{at} = c{0} - c{0} + c{0}\n", at - 1)).collect();
    let last: Vec<String> = (50..100).map(|a| a.to_string()).collect();
    let expected = format!("big: {}\n", last.join(", "));
    assert_eq!(wrong_with(&format!("  c0 = a + a\n{steps}"), "segment big { c60 >= 100 }\n", &expected), [""; 0]);
    let listed = format!("  own : list of {{\n  n : integer\n  c0 = n + n\n{steps}}}\n");
    assert_eq!(wrong_with(&listed, "segment big { any own where c60 >= 100 }\n", &expected), [""; 0]);
}
