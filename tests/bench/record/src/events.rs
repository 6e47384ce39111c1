//! What conditions on events cost, beside the interpreter over the same customers: Segue alone, since none of the others
//! knows a customer's events.

use crate::records::{Random, TODAY};
use crate::segue::{AS_OF, program};
use crate::{Failure, definitions, turn};
use segue_compiler::plan::Selection;
use segue_runtime::data::{Dataset, DatasetBuilder};
use segue_runtime::interpret;
use segue_runtime::outcome::Request;
use segue_runtime::single::Compiled;
use serde_json::{Value, json};
use std::time::Instant;

const CUSTOMERS: usize = 200;
const EVENTS: usize = 50;
const ROUNDS: usize = 9;

pub(crate) fn print(folder: &str) -> Result<(), Failure> {
    let file = std::fs::read_to_string(format!("{folder}/conditions.json"))?;
    let raw: Value = serde_json::from_str(&file)?;
    let conditions: definitions::Conditions = serde_json::from_str(&file)?;
    let types: Vec<&str> = raw["types"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let program = program("events", &definitions::events(), &conditions.rules(100))?;
    let selection = Selection::everything(&program);
    let started = Instant::now();
    let compiled = Compiled::new(&program, &selection, &Dataset::default())?;
    let compiled_in = started.elapsed();
    let started = Instant::now();
    let moment = compiled.at(AS_OF);
    let bound_in = started.elapsed();
    let mut random = Random(4711);
    let customers: Vec<(Value, Vec<Value>)> = (0..CUSTOMERS)
        .map(|at| {
            let events = (0..EVENTS).map(|_| {
                let day = TODAY - 1 - random.below(700);
                let kind = types[(random.below(20) * random.below(20) / 20) as usize % types.len()];
                let cents = if matches!(kind, "order" | "refund" | "return") { random.below(30_000) } else { 0 };
                let at = segue_compiler::values::calendar::instant_text(
                    day * 86_400_000_000 + random.below(86_400) * 1_000_000,
                    chrono_tz::UTC,
                );
                json!({"at": format!("{}Z", at.replace(' ', "T")), "type": kind, "amount": cents as f64 / 100.0,
                    "category": format!("cat_{:03}", random.below(200))})
            });
            (json!(100_000 + at), events.collect())
        })
        .collect();
    let texts: Vec<String> =
        customers.iter().map(|(id, events)| json!({"customer_id": id, "activity": events}).to_string()).collect();
    let mut data = DatasetBuilder::new(&program);
    for (id, events) in &customers {
        let mut events = events.clone();
        events.iter_mut().filter_map(Value::as_object_mut).for_each(|event| {
            event.insert("customer_id".to_owned(), id.clone());
        });
        data = data.json("customers", &json!([{"customer_id": id}])).json("activity", &Value::Array(events));
    }
    let data = data.build()?.dataset;
    let request = Request::of(selection.clone(), AS_OF);
    let mut record = compiled.record();
    let mut counts = vec![0; selection.segments.len()];
    let (mut read, mut whole, mut interpreted) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let each = |pass: f64| pass / CUSTOMERS as f64;
        read.push(each(turn(|| {
            for text in &texts {
                record.read_json(text)?;
            }
            Ok(())
        })?));
        whole.push(each(turn(|| {
            counts.fill(0);
            for text in &texts {
                moment.evaluate_json(&mut record, text)?.segments().for_each(|segment| counts[segment] += 1);
            }
            Ok(())
        })?));
        interpreted.push(each(turn(|| match interpret::run(&program, &data, &request)?.counts == counts {
            true => Ok(()),
            false => Err("the interpreter finds others".into()),
        })?));
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let (read, whole, interpreted) = (median(&mut read), median(&mut whole), median(&mut interpreted));
    println!("100 conditions on the events of a customer with {EVENTS}; microseconds a record, median");
    println!(
        "reading the JSON {read:.2}, working it out {:.2}; the interpreter over loaded data {interpreted:.2}",
        whole - read
    );
    println!("compiling takes {compiled_in:.2?}, another `as of` {bound_in:.2?}");
    Ok(())
}
