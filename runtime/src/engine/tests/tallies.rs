//! Aggregates read off sets of rows, on more rows than fit a word, a block and the marks' least: against passes and the
//! interpreter, in every path.

use super::random::Random;
use super::{data, differences, everything, program};
use crate::engine::{EngineError, Instructions, Manner, Truths, run_in};
use serde_json::{Value as Json, json};
use std::sync::Arc;

const RULES: &str = r#"customers {
  key id : id
}

events visits by who at seen {
  key number : id
  kind     : text
  page     : text?
  paid     : money USD ?
  minutes  : integer
  weight   : number?
  tags     : list of text
  wide     : integer
}

records notes by who {
  about : text
  stars : integer?
}

trait n1  = number of visits
trait n2  = number of visits in the last 30 days
trait n3  = number of visits in the last 30 days where kind is "order"
trait n4  = number of visits where kind is "order" and page is one of "p1", "p3", "p5", "p7", "p9", "p11"
trait n5  = number of visits from 2025-06-01 to 2025-08-31
trait n6  = number of visits in the last 7 days where paid is known and not (page starts with "p1")
trait n7  = number of visits where minutes > 30 or weight < 0.25
trait a1  = any visits in the last 7 days
trait a2  = any visits in the last 90 days where kind is "refund"
trait e1  = every visits in the last 90 days where minutes >= 5
trait e2  = every visits where kind is not "refund"
trait s1  = sum of visits.paid
trait s2  = sum of visits.paid in the last 90 days where kind is "order"
trait s3  = sum of visits.minutes in the last 14 days
trait s4  = sum of visits.wide
trait s5  = sum of visits.weight in the last 180 days
trait v1  = average of visits.paid in the last 365 days where kind is "order"
trait v2  = average of visits.minutes where kind is "order"
trait v3  = average of visits.weight in the last 90 days
trait m1  = largest visits.paid in the last 60 days
trait m2  = smallest visits.minutes
trait m3  = largest visits.page in the last 120 days
trait m4  = smallest visits.weight where kind is "order"
trait m5  = largest visits.seen where kind is "refund"
trait l1  = latest visits.seen
trait l2  = latest visits.page in the last 200 days
trait l3  = first visits.paid where kind is "order"
trait l4  = first visits.minutes in the last 45 days
trait l5  = latest visits.weight
trait d1  = number of different visits.page
trait d2  = number of different visits.page in the last 30 days where kind is "order"
trait d3  = number of different visits.minutes in the last 30 days
trait k1  = largest visits.kind where kind is "order"
trait k2  = number of visits where kind is one of "order", "refund"
trait k3  = number of visits where kind is "nothing"
trait k4  = any visits in the last 30 days where kind is "view" and (minutes > 30 or weight < 0.25)
trait k5  = latest visits.number where kind is "order"
trait f1  = most frequent visits.page in the last 100 days
trait t1  = number of visits where tags includes "new"
trait r1  = number of notes where stars > 3
trait r2  = average of notes.stars
trait r3  = largest notes.about
segment many { number of visits in the last 30 days >= 3 and sum of visits.paid in the last 90 days >= 100 USD }
segment late { latest visits.seen is before 2025-11-01 }
segment light { average of visits.weight in the last 90 days < 0.5 }
"#;

fn rows(random: &mut Random, customers: u64, events: u64) -> Json {
    let visits: Vec<Json> = (0..events)
        .map(|number| {
            // Some customers have many, some none, and moments are shared.
            let most = random.below(customers) + 1;
            let customer = random.below(most);
            let (month, day, hour) = (random.below(13), random.below(28) + 1, random.below(24));
            let fine = if random.below(3) == 0 { 0 } else { random.below(3_600_000) };
            let time = format!("{hour:02}:{:02}:{:02}.{:03}", fine / 60_000, fine / 1000 % 60, fine % 1000);
            let seen = if month == 12 {
                format!("2026-01-0{} {time}", day % 3 + 1)
            } else {
                format!("2025-{:02}-{day:02} {time}", month + 1)
            };
            json!({
                "number": number,
                "who": customer,
                "seen": seen,
                "kind": random.one(&["view", "view", "view", "order", "order", "refund"]),
                "page": random.maybe(|random| json!(format!("p{}", random.below(13)))),
                "paid": random.maybe(|random| json!(random.below(20_000) as f64 / 100.0)),
                "minutes": random.below(90) as i64 - 10,
                "weight": random.maybe(|random| json!(random.below(1_000) as f64 / 997.0)),
                "tags": random.one(&[&["new"][..], &[], &["old", "new"]]),
                "wide": (random.below(1 << 20) as i64 - (1 << 19)) * 8_000_000_007,
            })
        })
        .collect();
    let notes: Vec<Json> = (0..events / 10)
        .map(|_| {
            json!({
                "who": random.below(customers),
                "about": random.one(&["a", "b", "c"]),
                "stars": random.maybe(|random| json!(random.below(6))),
            })
        })
        .collect();
    let customers: Vec<Json> = (0..customers).map(|id| json!({ "id": id })).collect();
    json!({ "customers": customers, "visits": visits, "notes": notes })
}

#[test]
fn tallies_passes_and_the_interpreter_agree() {
    let program = program(RULES);
    let mut random = Random::new(11);
    for (customers, events, marked) in [(3, 0, false), (40, 700, false), (20_000, 500, false), (300, 20_000, true)] {
        let mut data = data(&program, &rows(&mut random, customers, events));
        if marked {
            data.arrange(&program);
            let marked = data.tables[1].columns.iter().flatten().filter(|column| column.marks().is_some()).count();
            assert_eq!(marked, 1, "the times");
            let runs = data.tables[1].runs.as_ref().unwrap();
            assert_eq!(runs.by_code.iter().flatten().map(|run| run.rows).sum::<usize>(), events as usize);
        }
        // The first of 2026, when some events are still to come, and after all.
        for as_of in [1_767_225_600_000_000, 1_767_225_600_000_000 + 5 * 86_400_000_000] {
            let right = crate::interpret::run(&program, &data, &everything(&program, as_of, 1)).unwrap();
            for path in Instructions::available() {
                for truths in [Truths::Loops, Truths::Code] {
                    let manner = Manner { truths, instructions: Some(path), ..Manner::default() };
                    let found = run_in(&program, &data, &everything(&program, as_of, 2), manner.clone()).unwrap();
                    let differences = differences(&program, &right, &found);
                    assert!(differences.is_empty(), "{events} events, {manner:?}:\n{}", differences.join("\n"));
                }
            }
        }
    }
}

#[test]
fn rows_of_one_kind_that_are_not_in_order_are_refused() {
    let program = program(RULES);
    let mut data = data(&program, &rows(&mut Random::new(3), 300, 20_000));
    data.arrange(&program);
    let runs = Arc::make_mut(data.tables[1].runs.as_mut().unwrap());
    for run in runs.by_code.iter_mut().flatten().map(Arc::make_mut) {
        let mut groups = run.groups.as_ref().unwrap().to_vec();
        groups[20] = groups[200];
        run.groups = Some(groups.into());
    }
    let found = run_in(&program, &data, &everything(&program, 1_767_225_600_000_000, 2), Manner::default());
    assert_eq!(found.unwrap_err(), EngineError::Unsound("a table's groups are not in order"));
}
