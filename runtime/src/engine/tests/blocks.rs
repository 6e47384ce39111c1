//! Blocks of many sizes: customers who have very many rows beside thousands who have none.

use super::{data, differences, everything, program};
use crate::engine::{Instructions, Manner, Truths, run_in};
use serde_json::{Value as Json, json};

const RULES: &str = r#"customers {
  key id : id
  age    : integer
}

events visits by who at seen {
  minutes : integer
  page    : text?
}

records orders by who {
  total : money USD
  lines : list of { pieces : integer }
  load  = sum of lines.pieces
  size  = number of lines
}

trait n = number of visits
trait s = sum of visits.minutes in the last 90 days
trait v = average of visits.minutes where page is "p1"
trait p = latest visits.page
trait l = sum of orders.total
trait m = largest visits.minutes

segment busy { number of visits in the last 90 days >= 100 }
segment idle { number of visits in the last 90 days < 1 and age < 40 }
segment never { not (any visits) }
segment quick { average of visits.minutes < 30 }
segment unknown_quick { average of visits.minutes is missing or largest visits.minutes > 58 }
segment buyers { sum of orders.total > 10 USD and any orders where load > 1000 }
segment few_lines { not (any orders where size > 10) }
segment young { age < 30 }
"#;

#[test]
fn blocks_of_few_and_of_many_customers() {
    let customers: Vec<Json> = (0..40_000).map(|id| json!({ "id": id, "age": id % 83 })).collect();
    // Those from 8,100 on have 3,000 visits each, one far behind has some, all others have none.
    let visit = |number: usize, who: usize| {
        let day = number * 7 % 28 + 1;
        let page = if number.is_multiple_of(5) { Json::Null } else { json!(format!("p{}", number % 4)) };
        json!({ "who": who, "seen": format!("2025-{:02}-{day:02} 10:00", who % 12 + 1), "minutes": number * 31 % 60, "page": page })
    };
    let visits: Vec<Json> = (0..270_000).map(|number| visit(number, 8_100 + number / 3_000)).collect();
    let visits: Vec<Json> = visits.into_iter().chain((0..5).map(|number| visit(number, 39_998))).collect();
    // Orders are few, but those of some customers have very many lines.
    let order = |number: usize| {
        let lines = if (1_000..1_280).contains(&number) { 1_000 } else { number % 3 };
        let lines: Vec<Json> = (0..lines).map(|line| json!({ "pieces": line % 5 })).collect();
        json!({ "who": number * 9 % 20_000, "total": number % 40, "lines": lines })
    };
    let orders: Vec<Json> = (0..2_000).map(order).collect();
    let program = program(RULES);
    let data = data(&program, &json!({ "customers": customers, "visits": visits, "orders": orders }));
    let as_of = 1_767_225_600_000_000;
    let right = crate::interpret::run(&program, &data, &everything(&program, as_of, 1)).unwrap();
    for (at, segment) in program.segments.iter().enumerate() {
        assert!((1..40_000).contains(&right.counts[at]), "{} holds {}", segment.name, right.counts[at]);
    }
    for (truths, threads) in [(Truths::Loops, 1), (Truths::Loops, 3), (Truths::Code, 2)] {
        for instructions in Instructions::available() {
            let manner = Manner { truths, instructions: Some(instructions), ..Manner::default() };
            let found = run_in(&program, &data, &everything(&program, as_of, threads), manner.clone()).unwrap();
            let differences = differences(&program, &right, &found);
            assert!(differences.is_empty(), "{manner:?}:\n{}", differences[..differences.len().min(20)].join("\n"));
        }
    }
}
