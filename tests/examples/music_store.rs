//! Frequency, recency and T as the data set's own summary gives them for a sample of customers.

use crate::project::open;
use segue_compiler::values::Value;
use std::collections::HashMap;
use std::fs;

/// Frequency, recency in weeks and T in weeks of each customer of the summary, by key.
fn summary(folder: &std::path::Path) -> HashMap<String, [f64; 3]> {
    let text = fs::read_to_string(folder.join("expected/summary-1997-09-30.csv")).unwrap();
    let rows = text.lines().skip(1).map(|line| {
        let mut cells = line.split(',');
        let key = cells.next().unwrap().to_owned();
        let figures: Vec<f64> = cells.map(|cell| cell.parse().unwrap()).collect();
        (key, <[f64; 3]>::try_from(figures).unwrap())
    });
    rows.collect()
}

#[test]
fn traits_agree_with_the_summary_of_the_data_set() {
    let example = open("music-store");
    let program = example.program();
    // The summary ends with 30 September 1997; that day is over at midnight.
    let request = example.request("1997-10-01");
    let outcome = segue_runtime::interpret::run(program, &example.loaded().dataset, &request).unwrap();
    let figure = |name: &str, row: usize| {
        let at = program.traits.iter().position(|declared| &*declared.name == name).unwrap();
        match outcome.traits[at].value(row) {
            Some(Value::Integer(value)) => value as f64,
            Some(Value::Number(value)) => value,
            other => panic!("{name} is {other:?}"),
        }
    };
    let customers = &example.loaded().dataset.tables[0];
    let keys = customers.columns[program.tables[0].key.unwrap().0 as usize].as_ref().unwrap();
    let mut summary = summary(&example.folder);
    assert_eq!(summary.len(), 2_357);
    for row in 0..customers.rows {
        let Some(Value::Text(key)) = keys.value(row) else { panic!("a customer has no key") };
        if let Some(expected) = summary.remove(&*key) {
            let given = ["frequency", "recency_weeks", "age_weeks"].map(|name| figure(name, row));
            assert_eq!(given, expected, "customer {key}");
        }
    }
    assert!(summary.is_empty(), "customers of the summary who are not in the data: {summary:?}");
}
