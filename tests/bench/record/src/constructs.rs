//! What single constructs cost, in nanoseconds for working a filled record out: so many conditions of a kind at once.

use crate::Failure;
use crate::segue::{AS_OF, program};
use segue_compiler::plan::Selection;
use segue_runtime::data::Dataset;
use segue_runtime::single::{Compiled, lookups};
use serde_json::json;
use std::fmt::Write;
use std::time::Instant;

const DECLARATIONS: &str = "customers {
  key id  : id
  a       : integer
  b       : integer
  c       : integer
  born    : date
  word    : text
  likes   : list of text
  company : id? -> companies
}
events buys by customer_id at bought_at {
  price : money USD
  sort  : text
  parts : list of { size : integer }
}
table companies {
  key company_id : id
  size           : integer
}
";

/// A name, how many conditions, and each of them by its number.
type Kind = (&'static str, usize, fn(usize) -> String);

const KINDS: [Kind; 11] = [
    ("one condition on a stored value", 1, |_| "a > 5".to_owned()),
    ("100 conditions on one stored value", 100, |at| format!("a > {at}")),
    ("100 conditions on three stored values", 100, |at| format!("a > {at} and (b < {at} or c is {at})")),
    ("20 beginnings of a text that nobody names", 20, |at| format!("word starts with \"x{at}\"")),
    ("20 conditions through a look-up", 20, |at| format!("company.size > {at}")),
    ("20 sums of two fields", 20, |at| format!("a + {at} > b")),
    ("20 ages", 20, |at| format!("(years since born) + {at} > 30")),
    ("20 conditions on a list of texts", 20, |at| format!("likes includes \"l{at}\"")),
    ("20 counts and sums of 50 events", 20, |at| {
        format!("(sum of buys.price in the last {} days where sort is \"s{}\") > 10 USD", 10 + at, at % 5)
    }),
    ("20 most frequent values of 50 events", 20, |at| {
        format!("(most frequent buys.sort in the last {} days) is \"s{}\"", 10 + at, at % 5)
    }),
    ("20 sums over lists within 50 events", 20, |at| {
        format!("(sum of buys.parts.size in the last {} days) > 10", 10 + at)
    }),
];

pub(crate) fn print() -> Result<(), Failure> {
    println!("constructs; nanoseconds for working a filled record out, median of 9");
    for (name, count, condition) in KINDS {
        let mut rules = String::new();
        for at in 0..count {
            writeln!(rules, "segment s{at} {{ {} }}", condition(at))?;
        }
        let program = match program("constructs", DECLARATIONS, &rules) {
            Ok(program) => program,
            Err(error) => {
                println!("{name:50} {error}");
                continue;
            }
        };
        let tables = json!({"companies": [
            {"company_id": "c1", "size": 12}, {"company_id": "c2", "size": 7}]});
        let data: Dataset = lookups(&program, &tables)?;
        let compiled = Compiled::new(&program, &Selection::everything(&program), &data)?;
        let moment = compiled.at(AS_OF);
        let events: Vec<_> = (1..=50)
            .map(|at| {
                json!({"bought_at": format!("2025-{:02}-{:02}T10:00:00Z", 12 - at / 28, 1 + at % 28), "price": at,
                    "sort": format!("s{}", at % 7), "parts": [{"size": at}, {"size": 1}]})
            })
            .collect();
        let text = json!({"id": 1, "a": 50, "b": 40, "c": 3, "born": "1990-05-05", "word": "unheard of",
            "likes": ["l1", "l5", "other"], "company": "c1", "buys": events});
        let mut record = compiled.record();
        record.read_json(&text.to_string())?;
        let mut times = Vec::new();
        for _ in 0..9 {
            let rounds = 2000;
            let started = Instant::now();
            for _ in 0..rounds {
                std::hint::black_box(moment.evaluate(&mut record)?.held());
            }
            times.push(started.elapsed().as_secs_f64() * 1e9 / f64::from(rounds));
        }
        times.sort_by(f64::total_cmp);
        println!("{name:50} {:10.0}   {} hold", times[4], moment.evaluate(&mut record)?.held());
    }
    Ok(())
}
