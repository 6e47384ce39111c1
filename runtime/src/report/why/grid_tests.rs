//! The smallest change against the truth: for each customer of a grid of all values, no customer with the other answer
//! differs in fewer values, and one that differs in as many as the change names is there.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use super::{Question, Setting, explain};
use crate::data::DatasetBuilder;
use segue_compiler::program::SegmentId;
use segue_compiler::project::check_text;
use serde_json::{Value, json};

const FIELDS: &str = "
customers {
  key id : id
  age    : integer?
  plan   : one of free, plus, gold ?
  town   : text?
  born   : date?
  score  : number
  vip    : boolean
  likes  : list of text
}
";

/// Conditions that contradict or imply one another, up to twelve of them.
const SEGMENTS: &[&str] = &[
    "age < 30\n none of { age < 60\n vip }",
    "age >= 30\n age < 31 or vip\n age is not 30",
    "any of { age from 18 to 25\n age > 65 }\n age is not one of 20, 70\n plan is plus",
    "at least 2 of { age > 10\n age > 20\n age < 15\n plan is gold\n plan is one of free, gold }\n not vip",
    "town starts with \"B\"\n town is not \"Bonn\"\n none of { town contains \"x\"\n town is missing }",
    "town is \"bonn\" ignoring case\n town is not \"Bonn\"\n age is missing",
    "town is missing or age is known\n plan is missing\n age is missing or vip",
    "score > 0.5\n score <= 1\n not (score is 1 or vip)\n score < 0.75 or plan is free",
    "born is before 2000-01-01\n born > 1990-05-05 or vip\n born is known and age > 20",
    "likes includes all of \"tea\", \"rum\"\n likes does not include any of \"gin\", \"ale\"",
    "likes is empty or likes includes \"tea\"\n none of { likes is empty\n vip }",
    "not (age >= 30)\n not (age < 30)",
    "age is known\n plan is known",
    "none of { age is missing\n town is missing\n born is missing }",
    "age + 1 > 21\n (age otherwise 20) < 45\n none of { plan is gold\n age is 30 }",
    "score * 2 > 1.1\n score + 1 < 2 or vip",
    "length of town > 2\n town is not \"Bonn\"",
    "number of likes > 1\n likes does not include \"gin\"",
    "(age >= 30 and plan is plus) or (age < 30 and plan is gold)\n vip or age > 40\n score > 1 or age < 50",
];

fn grid() -> Vec<Value> {
    let mut customers = Vec::new();
    let ages = [json!(null), json!(12), json!(20), json!(22), json!(30), json!(45), json!(66), json!(70)];
    let towns = [json!(null), json!("Bonn"), json!("BONN"), json!("Bern"), json!("Bx"), json!("Rome")];
    let born = [json!(null), json!("1990-05-05"), json!("1995-01-01"), json!("2010-01-01")];
    let lists = [json!([]), json!(["tea"]), json!(["tea", "rum"]), json!(["tea", "rum", "gin"]), json!(["ale"])];
    for age in &ages {
        for plan in [json!(null), json!("free"), json!("plus"), json!("gold")] {
            for vip in [true, false] {
                for at in 0..12 {
                    // The rest goes round: all pairs of what one segment asks about occur.
                    customers.push(json!({
                        "id": customers.len(), "age": age, "plan": plan, "vip": vip,
                        "town": towns[at % 6],
                        "born": born[at % 4],
                        "score": ([0.5, 0.6, 0.8, 1.0, 1.5, 0.0][at / 2]),
                        "likes": lists[at % 5],
                    }));
                }
            }
        }
    }
    customers
}

/// In how many of the fields that a segment asks about two customers differ.
fn distance(rules: &str, left: &Value, right: &Value) -> usize {
    let fields = ["age", "plan", "town", "born", "score", "vip", "likes"];
    fields.iter().filter(|field| rules.contains(*field) && left[**field] != right[**field]).count()
}

#[test]
fn applied_changes_give_the_other_answer() {
    let segments = SEGMENTS.iter().enumerate().map(|(at, lines)| format!("segment s{at} {{\n{lines}\n}}\n"));
    let checked = check_text(&format!("{FIELDS}{}", segments.collect::<String>()));
    let program = checked.program.as_ref().unwrap_or_else(|| panic!("{:#?}", checked.diagnostics));
    let customers = grid();
    let data = DatasetBuilder::new(program).json("customers", &json!(customers)).build().unwrap().dataset;
    let setting = Setting { program, sources: &checked.sources, data: &data, as_of: 1_767_225_600_000_000 };
    for (at, rules) in SEGMENTS.iter().enumerate() {
        let ask = |row| explain(setting, Question::Segment(SegmentId(at as u32)), row).unwrap();
        let members: Vec<bool> = (0..customers.len()).map(|row| ask(row).member.unwrap()).collect();
        for row in (0..customers.len()).step_by(7) {
            let why = ask(row);
            let others = (0..customers.len()).filter(|other| members[*other] != members[row]);
            let nearest = others.map(|other| distance(rules, &customers[row], &customers[other])).min();
            let told = why.alternatives.first().map(|alternative| alternative.changes.len());
            assert_eq!(told, nearest, "{rules}\n{}\n{}", customers[row], why.text());
            assert!(
                why.alternatives.iter().all(|alternative| alternative.smallest && alternative.unchanged.is_empty())
            );
        }
    }
}
