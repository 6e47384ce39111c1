//! Cut points that are kept, and single records answered by them.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use super::{CutPointsError, read_cut_points, write_cut_points};
use crate::data::{Dataset, DatasetBuilder};
use crate::engine::run;
use crate::outcome::{NO_PART, Outcome, Request};
use crate::single::{Compiled, SingleError};
use segue_compiler::plan::Selection;
use segue_compiler::program::{Kept, Program};
use segue_compiler::project::check_text;
use serde_json::{Value, json};

const RULES: &str = r#"
customers {
  key id : id
  income : money USD ?
  share  : percent as 0.45
  points : integer
  joined : date?
}
segment regular { points >= 3 }
trait fifth     = quintile of income among regular
trait fifth_day = quintile of joined
trait mean      = average of points over customers
trait spread    = deviation of share over customers
trait of_none   = average of income over customers among nobody
segment nobody { points > 1000 }
segment best    { customer in top 3 by points }
segment rich    { income > average of income over customers }
segment levels  { customer in top 40% by fifth among best_half }
segment best_half { customer in top 50% by income }
partition tier by share { gold : top 10%  silver : next 30%  rest : otherwise }
"#;
const AS_OF: i64 = 1_767_225_600_000_000;

fn program(rules: &str) -> Program {
    check_text(rules).program.unwrap()
}

fn customers() -> Vec<Value> {
    let income = |at: u64| if at.is_multiple_of(5) { Value::Null } else { json!(at * 37 % 100) };
    let joined = |at: u64| format!("2025-{:02}-{:02}", at % 12 + 1, at * 7 % 28 + 1);
    (1..=40)
        .map(|at: u64| {
            json!({"id": at, "income": income(at), "share": (at * 13 % 17) as f64 / 19.0, "points": at % 6, "joined": joined(at)})
        })
        .collect()
}

fn ran(program: &Program, data: &Dataset, selection: &Selection) -> Outcome {
    let request = Request::of(selection.clone(), AS_OF).on(2);
    run(program, data, &request).unwrap()
}

#[test]
fn single_records_are_answered_by_cut_points_that_a_run_kept() {
    let program = program(RULES);
    let selection = Selection::everything(&program);
    let customers = customers();
    let data = DatasetBuilder::new(&program).json("customers", &json!(customers)).build().unwrap().dataset;
    let outcome = ran(&program, &data, &selection);

    let unanswered = Compiled::new(&program, &selection, &Dataset::default());
    assert_eq!(unanswered.unwrap_err(), SingleError::Unanswered);

    let kept = write_cut_points(&program, &selection, &outcome.answers, AS_OF);
    let (answered, as_of) = read_cut_points(&program, &selection, &kept).unwrap();
    assert_eq!(as_of, AS_OF);
    let compiled = Compiled::new(&answered, &selection, &Dataset::default()).unwrap();
    let moment = compiled.at(as_of);
    let mut record = compiled.record();
    for (row, customer) in customers.iter().enumerate() {
        let answer = moment.evaluate_json(&mut record, &customer.to_string()).unwrap();
        for (at, members) in outcome.segments.iter().enumerate() {
            assert_eq!(answer.holds(at), members.contains(row), "segment {at} of {customer}");
        }
        for (at, values) in outcome.traits.iter().enumerate() {
            assert_eq!(answer.value(at), values.value(row).as_ref(), "trait {at} of {customer}");
        }
        let part = answer.part(0).map_or(NO_PART, |part| part as u32);
        assert_eq!(part, outcome.partitions[0][row], "{customer}");
    }
    // Somebody who was not in the base.
    let new = json!({"id": 99, "income": 1_000_000, "share": 0.5, "points": 100, "joined": "2025-12-31"});
    let answer = moment.evaluate_json(&mut record, &new.to_string()).unwrap();
    assert!(answer.holds(compiled.segment("best").unwrap()));
    assert_eq!(answer.value(compiled.value("fifth").unwrap()), Some(&segue_compiler::values::Value::Integer(5)));
}

#[test]
fn questions_are_found_again_by_what_they_build_on() {
    let before = program(
        "customers { key id : id   points : integer }\ntrait p = points * 2\nsegment best { customer in top 2 by p }",
    );
    let selection = Selection::everything(&before);
    let rows = json!([{"id": 1, "points": 5}, {"id": 2, "points": 7}, {"id": 3, "points": 7}]);
    let data = DatasetBuilder::new(&before).json("customers", &rows).build().unwrap().dataset;
    let outcome = ran(&before, &data, &selection);
    let kept = write_cut_points(&before, &selection, &outcome.answers, AS_OF);

    // A rule more above it: other numbers of questions, the same question.
    let more = program(
        "customers { key id : id   points : integer }\ntrait other = points + 1\ntrait p = points * 2\n\
         segment best { customer in top 2 by p }",
    );
    let (answered, _) = read_cut_points(&more, &Selection::everything(&more), &kept).unwrap();
    let questions = answered.questions(Selection::everything(&more).items());
    let answer = answered.answers.get(questions[0].1.id).unwrap();
    assert_eq!(answer.customers, 3);
    assert!(matches!(answer.kept, Kept::Cut(_)));

    // What is ranked is another thing now.
    let other = program(
        "customers { key id : id   points : integer }\ntrait p = points * 3\nsegment best { customer in top 2 by p }",
    );
    let error = read_cut_points(&other, &Selection::everything(&other), &kept).unwrap_err();
    assert_eq!(error, CutPointsError::Unanswered("(top 2+0 trait:p)".to_owned()));
}

#[test]
fn what_is_no_document_is_refused() {
    let program = program("customers { key id : id   points : integer }\nsegment best { customer in top 2 by points }");
    let selection = Selection::everything(&program);
    let read = |text: &str| read_cut_points(&program, &selection, text).unwrap_err();
    assert!(matches!(read("no"), CutPointsError::Unreadable(_)));
    assert!(matches!(read("{}"), CutPointsError::Unreadable(_)));
    assert_eq!(read(r#"{"version": 7, "as_of": 0, "cut_points": []}"#), CutPointsError::Version(7));
    assert!(matches!(read(r#"{"version": 1, "as_of": 0, "cut_points": []}"#), CutPointsError::Unanswered(_)));
}
