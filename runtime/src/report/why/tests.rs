//! Explanations of a small shop, as people read them, and against what a run says.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use super::*;
use crate::data::DatasetBuilder;
use crate::interpret::run;
use segue_compiler::plan::Selection;
use segue_compiler::program::PartitionId;
use segue_compiler::project::{Checked, check_text};
use serde_json::json;

const RULES: &str = r#"
customers {
  key customer_id : id
  country     : text?
  plan        : one of free, plus, "free trial"
  birth_date  : date?
  income      : money USD ?
  employee    : boolean
  interests   : list of text
  company     : id? -> companies
}
events purchases by customer_id at purchased_at {
  product  : id -> products
  quantity : integer
  price    : money USD
  paid     = quantity * price
}
events carts by customer_id at added_at { items : list of { product : id -> products   quantity : integer } }
table products  { key product_id : id   category : text }
table companies { key company_id : id   industry : text   employees : integer }
let vip_limit = 500 USD
trait spend_12m      = sum of purchases.paid in the last 12 months
trait orders_12m     = number of purchases in the last 12 months
trait average_basket = spend_12m / orders_12m
trait last_purchase  = latest purchases.purchased_at
trait first_purchase = first purchases.purchased_at
trait favourite      = most frequent purchases.product.category
trait rich           = income > 100000 USD
segment big_spenders "Big spenders" { spend_12m >= vip_limit }
segment lapsed_big_spenders {
  big_spenders
  no purchases in the last 90 days
  any of {
    country is one of "US", "FR"
    at least 2 purchases in the last 12 months where product.category is "Beauty"
    interests includes any of "hiking", "cycling"
  }
  none of {
    employee   # staff
    plan is "free trial"
  }
}
segment others {
  average_basket < 100 USD or rich
  income is known
  last_purchase is in the last 30 days
  month of birth_date is june
  company.employees > 100
  not big_spenders
  exactly 1 purchases in the last year
  country does not start with "U" ignoring case
  every purchases where quantity >= 1
  any carts where (any items where quantity >= 10)
  at least 2 of {
    employee
    plan is plus
    birth_date < 2000-01-01
  }
  lifecycle is one of active, lapsed
}
segment never { spend_12m >= 500 USD   and   spend_12m < 500 USD }
segment decided {
  smallest purchases.paid <= 50 USD
  largest purchases.paid in the last 12 months >= 100 USD
  first purchases.purchased_at is before 2025-01-01
  every purchases in the last 12 months where product.category is "Beauty"
  every carts in the last 10 days where (any items where quantity >= 1)
}
segment opposite { spend_12m < 500 USD or employee }
partition stages {
  new    : first_purchase is in the last 30 days
  active : any purchases in the last 30 days
  recent : any purchases in the last 90 days
  lapsed : any purchases
  none_  : otherwise
}
segment back_again { spend_12m >= 500 USD and no purchases in the last 90 days }
segment sure { any purchases and first_purchase is known and orders_12m >= 3 }
segment at_home { every purchases where product.category is customer.favourite }
partition lifecycle "Lifecycle stage" {
  active  : any purchases in the last 30 days
  lapsed  : any purchases
  prospect : otherwise
}
"#;

/// 2026-01-01 00:00 UTC.
const AS_OF: i64 = 1_767_225_600_000_000;

fn shop() -> (Checked, Dataset) {
    let checked = check_text(RULES);
    let program = checked.program.as_ref().unwrap_or_else(|| panic!("{:#?}", checked.diagnostics));
    let loaded = DatasetBuilder::new(program)
        .json("customers", &json!([
            {"customer_id": 1, "country": "DE", "plan": "plus", "birth_date": "1990-06-12", "employee": false, "interests": ["chess"], "company": 7},
            {"customer_id": 2, "plan": "free trial", "employee": true, "interests": [], "income": 120000},
            {"customer_id": 3, "plan": "free", "employee": false, "interests": []},
        ]))
        .json("purchases", &json!([
            {"customer_id": 1, "purchased_at": "2025-03-01T10:00:00Z", "product": 1, "quantity": 2, "price": 50},
            {"customer_id": 1, "purchased_at": "2025-04-01T10:00:00Z", "product": 2, "quantity": 1, "price": 80.5},
            {"customer_id": 1, "purchased_at": "2025-05-01T10:30:15Z", "product": 1, "quantity": 1, "price": 50},
            {"customer_id": 1, "purchased_at": "2024-05-01T10:30:15Z", "product": 3, "quantity": 1, "price": 5000},
            {"customer_id": 2, "purchased_at": "2025-12-20T10:00:00Z", "product": 1, "quantity": 1, "price": 700},
        ]))
        .json("carts", &json!([
            {"customer_id": 1, "added_at": "2025-05-01T10:00:00Z", "items": [{"product": 1, "quantity": 3}, {"product": 2, "quantity": 12}]},
        ]))
        .json("products", &json!([{"product_id": 1, "category": "Beauty"}, {"product_id": 2, "category": "Food"}]))
        .json("companies", &json!([{"company_id": 7, "industry": "Steel", "employees": 20}]))
        .build()
        .unwrap();
    let dataset = loaded.dataset;
    (checked, dataset)
}

fn setting<'a>(checked: &'a Checked, data: &'a Dataset) -> Setting<'a> {
    Setting { program: checked.program.as_ref().unwrap(), sources: &checked.sources, data, as_of: AS_OF }
}

fn segment(checked: &Checked, name: &str) -> Question {
    let segments = &checked.program.as_ref().unwrap().segments;
    let at = segments.iter().position(|segment| &*segment.name == name).unwrap();
    Question::Segment(SegmentId(at as u32))
}

fn told(name: &str, key: &str) -> String {
    let (checked, data) = shop();
    let setting = setting(&checked, &data);
    let row = find_customer(setting.program, &data, key).unwrap();
    let partitions = &setting.program.partitions;
    let question = match partitions.iter().position(|partition| &*partition.name == name) {
        Some(at) => Question::Partition(PartitionId(at as u32)),
        None => segment(&checked, name),
    };
    explain(setting, question, row).unwrap().text()
}

#[test]
fn a_segment_is_explained_with_the_customers_values() {
    insta::assert_snapshot!(told("lapsed_big_spenders", "1"));
    insta::assert_snapshot!(told("lapsed_big_spenders", "2"));
}

#[test]
fn every_kind_of_condition_has_words() {
    insta::assert_snapshot!(told("others", "1"));
    insta::assert_snapshot!(told("others", "2"));
}

#[test]
fn the_rows_that_decided_are_shown() {
    insta::assert_snapshot!(told("decided", "1"));
}

#[test]
fn a_partition_says_why_this_part() {
    insta::assert_snapshot!(told("lifecycle", "1"));
    insta::assert_snapshot!(told("lifecycle", "2"));
}

#[test]
fn changes_of_the_same_events_go_together() {
    insta::assert_snapshot!(told("stages", "3"));
    insta::assert_snapshot!(told("stages", "2"));
    insta::assert_snapshot!(told("back_again", "1"));
    insta::assert_snapshot!(told("sure", "3"));
}

#[test]
fn the_customer_s_values_in_a_where_are_shown() {
    insta::assert_snapshot!(told("at_home", "1"));
}

#[test]
fn rows_are_named_by_where_they_are_written() {
    let checked = check_text(
        "customers { key id : id }\nevents e by cid at t { x : integer }\n\
         segment s { every e in the last 30 days where x > 1\n at least 3 e in the last 30 days }",
    );
    let program = checked.program.as_ref().unwrap_or_else(|| panic!("{:#?}", checked.diagnostics));
    let loaded = DatasetBuilder::new(program).json("customers", &json!([{"id": 1}])).json("e", &json!([])).build();
    let data = loaded.unwrap().dataset;
    let why = explain(setting(&checked, &data), segment(&checked, "s"), 0).unwrap();
    assert_eq!(
        why.alternatives[0].changes,
        ["it held for every e in the last 30 days where x > 1", "there were at least 3 e in the last 30 days"]
    );
}

#[test]
fn what_cannot_change_is_said_so() {
    // A condition and its opposite are one leaf: no truth of it lets both hold.
    insta::assert_snapshot!(told("never", "1"));
    insta::assert_snapshot!(told("opposite", "2"));
}

#[test]
fn explanations_agree_with_runs() {
    let (checked, data) = shop();
    let setting = setting(&checked, &data);
    let segments: Vec<SegmentId> = (0..setting.program.segments.len() as u32).map(SegmentId).collect();
    let request = Request::of(Selection { segments: segments.clone(), ..Selection::default() }, AS_OF);
    let outcome = run(setting.program, &data, &request).unwrap();
    for (segment, members) in segments.iter().zip(&outcome.segments) {
        for row in 0..outcome.customers {
            let why = explain(setting, Question::Segment(*segment), row).unwrap();
            assert_eq!(why.member, Some(members.contains(row)));
            let all = why.conditions.iter().all(|condition| condition.holds == Some(true));
            assert_eq!(all, members.contains(row));
        }
    }
}

#[test]
fn customers_are_found_by_key() {
    let (checked, data) = shop();
    let program = checked.program.as_ref().unwrap();
    assert_eq!(find_customer(program, &data, "2"), Some(1));
    assert_eq!(find_customer(program, &data, "4"), None);
}

/// Why customer 7, whose `a` is 7, is or is not in `last`.
fn told_of(fields: &str, rules: &str) -> String {
    let checked = check_text(&format!("customers {{\n  key who : id\n  a : integer\n{fields}}}\n{rules}"));
    let program = checked.program.as_ref().unwrap_or_else(|| panic!("{:#?}", checked.diagnostics));
    let loaded = DatasetBuilder::new(program)
        .json("customers", &json!([{"who": 7, "a": 7, "b": 5, "tags": []}]))
        .build()
        .unwrap();
    explain(setting(&checked, &loaded.dataset), segment(&checked, "last"), 0).unwrap().text()
}

#[test]
fn long_chains_are_opened_as_far_as_one_reads() {
    let count = 2_500;
    let chain = |next: &dyn Fn(usize) -> String| (1..count).map(next).collect::<String>();
    let segments = chain(&|at| format!("segment s{at} {{ s{} and a > {} }}\n", at - 1, at % 5));
    let why = told_of("", &format!("segment s0 {{ a >= 0 }}\n{segments}segment last {{ s2499 }}\n"));
    assert!(why.contains("✓ s2460\n") && !why.contains("s1500"), "{why}");
    // The first is asked for twice by the second, and so on: not opened twice.
    let doubled = chain(&|at| format!("segment s{at} {{ s{0} or s{0} }}\n", at - 1));
    let why = told_of("", &format!("segment s0 {{ a >= 0 }}\n{doubled}segment last {{ s2499 }}\n"));
    assert!(why.lines().count() < 1_000, "{why}");
    let traits = chain(&|at| format!("trait t{at} = t{} and a > {}\n", at - 1, at % 5));
    let why = told_of("", &format!("trait t0 = a >= 0\n{traits}segment last {{ t2499 }}\n"));
    assert!(why.contains("✓ t2460\n") && !why.contains("t1500"), "{why}");
    let sums = chain(&|at| format!("trait t{at} = t{} + 1\n", at - 1));
    let why = told_of("", &format!("trait t0 = a + 1\n{sums}segment last {{ t2499 > 2500 }}\n"));
    assert!(why.contains("t2460 is 2468\n") && !why.contains("t1500"), "{why}");
    assert!(why.contains("would not be in if:\n  - t2499 were at most 2500\n"), "{why}");
    let parts = chain(&|at| format!("partition p{at} {{\n  x : p{} is x\n  y : otherwise\n}}\n", at - 1));
    let why = told_of(
        "",
        &format!("partition p0 {{\n  x : a > 3\n  y : otherwise\n}}\n{parts}segment last {{ p2499 is x }}\n"),
    );
    assert!(why.contains("would not be in if:\n"), "{why}");
}

#[test]
fn a_range_is_one_condition() {
    let why = told_of("", "segment last {\n  a from 1 to 3\n  not a from 9 to 12\n}\n");
    assert!(why.contains("  ✗ a from 1 to 3\n      a is 7, needs at least 1 and at most 3\n"), "{why}");
    let denied = "  ✓ not a from 9 to 12\n      a is 7, needs not to be at least 9 and at most 12\n";
    assert!(why.contains(denied), "{why}");
    assert!(why.contains("would be in if:\n  - a were at least 1 and at most 3\n"), "{why}");
}

#[test]
fn computed_fields_are_told_once() {
    let steps: String = (1..=60).map(|at| format!("  c{at} = c{0} - c{0} + c{0}\n", at - 1)).collect();
    let why = told_of(&format!("  c0 = a + a\n{steps}"), "segment last { c60 > 10 }\n");
    assert!(why.lines().count() < 100 && why.contains("c59 is 14\n"), "{why}");
}

#[test]
fn thousands_of_lines_are_explained_in_time() {
    let lines: String =
        (0..2_000).map(|at| format!("  any of {{\n    a > {}\n    b < {}\n  }}\n", at - 9_000, at + 8)).collect();
    let started = std::time::Instant::now();
    let why = told_of("  b = a\n", &format!("segment last {{\n{lines}}}\n"));
    assert!(why.contains("\nThe customer would not be in if"), "{why}");
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn what_is_made_of_one_field_goes_together() {
    let fields = "  born : date?\n  tags : list of text\n  name : text?\n";
    let why = |lines: &str| told_of(fields, &format!("segment last {{ {lines} }}\n"));
    for contradiction in [
        "(a otherwise 3) <= 2 and a is 4",
        "a + 1 > 8 and a < 2",
        "born is in the last 30 days and years since born > 3",
    ] {
        let why = why(contradiction);
        assert!(why.contains("\nNo change of these conditions would give another answer.\n"), "{contradiction}: {why}");
    }
    // Of texts and lists not all values can be tried, nor where it goes up and down.
    for contradiction in [
        "number of tags is 2 and tags is empty",
        "length of name > 5 and name is \"ab\"",
        "born is missing and month of born is june",
        "a > 3 and a < a - 1",
    ] {
        let why = why(contradiction);
        assert!(why.contains("\nWhat it would take to be in was not found: there"), "{contradiction}: {why}");
    }
    for (lines, change) in [
        ("born is known", "born were known"),
        ("a is missing or tags is not empty", "tags were not empty"),
        ("a + 1 > 20 and a < 30", "a + 1 were more than 20 and a were less than 30"),
        ("month of born is june and born < 2000-01-01", "month of born were june (6) and born were before 2000-01-01"),
        ("number of tags is 3 and tags includes \"x\"", "number of tags were 3 and tags included \"x\""),
        (
            "length of name > 5 and name starts with \"ab\"",
            "length of name were more than 5 and name started with \"ab\"",
        ),
    ] {
        let why = why(lines);
        assert!(why.contains(&format!("\nThe customer would be in if:\n  - {change}\n")), "{lines}: {why}");
    }
}

#[test]
fn whether_conditions_on_several_values_go_together_is_not_claimed() {
    let why = told_of("  b : integer\n", "segment last { a > b and b > a }\n");
    assert!(why.contains("\nThe customer would be in if (as far as that can be so at once"), "{why}");
}
