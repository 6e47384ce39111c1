//! Explanations of scores and of what looks at the whole base, in words and against what a run says of changed data.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use super::*;
use crate::data::DatasetBuilder;
use segue_compiler::project::{Checked, check_text};
use serde_json::json;

const RULES: &str = r#"
customers {
  key id : id
  points : integer
  income : money USD ?
  vip    : boolean
}
events visits by id at visited_at { page : text }
segment vips { vip }
score warmth from 0 to 20 {
  +5 if vip
  +2 for each visits in the last 30 days, up to 6 points
  -3 if income < 15 USD
}
trait fifth = quintile of points
segment warm   { warmth >= 11 }
segment best   { customer in top 2 by points }
segment tied   { customer in top 3 by points }
segment rich   { customer in top 50% by income among vips }
segment high   { fifth >= 4 }
segment above  { income > average of income over customers }
segment dealt  { customer in share 0% to 40% of "test" }
segment left   { customer not in top 100 by points }
partition tier by points {
  gold : top 25%
  rest : otherwise
}
"#;
const AS_OF: i64 = 1_767_225_600_000_000;

fn shop(points: &[i64]) -> (Checked, Dataset) {
    let checked = check_text(RULES);
    let program = checked.program.as_ref().unwrap();
    let customers: Vec<_> = points
        .iter()
        .zip(1..)
        .map(|(points, id)| json!({"id": id, "points": points, "income": id * 10, "vip": id % 2 == 0}))
        .collect();
    let visits: Vec<_> =
        (1..=4).map(|day| json!({"id": 2, "visited_at": format!("2025-12-1{day}T00:00:00Z"), "page": "a"})).collect();
    let loaded =
        DatasetBuilder::new(program).json("customers", &json!(customers)).json("visits", &json!(visits)).build();
    let dataset = loaded.unwrap().dataset;
    (checked, dataset)
}

fn why(points: &[i64], name: &str, key: &str) -> Why {
    let (checked, data) = shop(points);
    let program = checked.program.as_ref().unwrap();
    let setting = Setting { program, sources: &checked.sources, data: &data, as_of: AS_OF };
    let number = |at: Option<usize>| at.map(|at| u32::try_from(at).unwrap());
    let segment = number(program.segments.iter().position(|segment| &*segment.name == name));
    let partition = number(program.partitions.iter().position(|partition| &*partition.name == name));
    let question = match segment {
        Some(at) => Question::Segment(SegmentId(at)),
        None => Question::Partition(PartitionId(partition.unwrap())),
    };
    explain(setting, question, find_customer(program, &data, key).unwrap()).unwrap()
}

const POINTS: [i64; 8] = [5, 9, 7, 7, 7, 1, 2, 3];

#[test]
fn scores_are_told_line_by_line() {
    insta::assert_snapshot!(why(&POINTS, "warm", "2").text());
}

#[test]
fn top_lists_say_where_they_end() {
    insta::assert_snapshot!(why(&POINTS, "best", "4").text());
    insta::assert_snapshot!(why(&POINTS, "tied", "5").text());
    insta::assert_snapshot!(why(&POINTS, "rich", "4").text());
    insta::assert_snapshot!(why(&POINTS, "left", "1").text());
    insta::assert_snapshot!(why(&POINTS, "tier", "1").text());
}

#[test]
fn groups_figures_and_shares_are_told() {
    insta::assert_snapshot!(why(&POINTS, "high", "1").text());
    insta::assert_snapshot!(why(&POINTS, "above", "2").text());
    insta::assert_snapshot!(why(&POINTS, "dealt", "1").text());
}

/// Whoever passes the cut point that is told is in: tried out by changing the data.
#[test]
fn cut_points_that_are_told_are_those_of_a_run() {
    for name in ["best", "tier"] {
        let told = why(&POINTS, name, "8");
        assert!(told.member != Some(true) && told.part.as_deref() != Some("gold"), "{}", told.text());
        let mut points = POINTS;
        *points.last_mut().unwrap() = 8;
        let told = why(&points, name, "8");
        assert!(told.member == Some(true) || told.part.as_deref() == Some("gold"), "{}", told.text());
    }
}
