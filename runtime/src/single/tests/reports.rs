//! What is counted of one customer is what loading this customer alone counts.

use super::*;
use crate::data::{LookupMisses, Outside, Raw, TableReport};
use crate::single::lookups;
use serde_json::json;

const RULES: &str = "customers {
  key id  : id
  sort    : one of \"a\", \"b\"
  other   : one of \"a\", \"b\" ?
  company : id? -> companies
  likes   : list of one of \"u\", \"v\"
}
table companies { key c : id  size : integer }
events buys by who at t {
  kind  : one of \"x\", \"y\"
  shop  : id? -> companies
  parts : list of { colour : one of \"p\", \"q\"  maker : id -> companies }
}
segment s_sort { sort is \"a\" or other is \"b\" }
segment s_company { company.size > 3 }
segment s_likes { likes includes \"u\" }
segment s_buys { any buys where kind is \"x\" and shop.size > 1 }
segment s_parts { any buys.parts where colour is \"p\" and maker.size > 1 }
";

/// What is counted of a table.
type Counted = (String, Vec<Outside>, Vec<LookupMisses>);

fn counted(tables: &[TableReport]) -> Vec<Counted> {
    let own = tables.iter().filter(|table| &*table.name != "companies");
    let all = own.map(|table| (table.name.to_string(), table.outside.clone(), table.lookups.clone()));
    all.filter(|(_, outside, lookups)| !outside.is_empty() || !lookups.is_empty()).collect()
}

#[track_caller]
fn compare(compiled: &Compiled, program: &Program, record: &mut Record, customer: &Json) {
    compiled.at(NOW).evaluate_json(record, &customer.to_string()).unwrap();
    let found = counted(&record.report().unwrap().tables);
    let mut customer = customer.clone();
    let mut buys = customer.as_object_mut().unwrap().remove("buys").unwrap_or(json!([]));
    for buy in buys.as_array_mut().unwrap() {
        buy.as_object_mut().unwrap().insert("who".to_owned(), json!(1));
    }
    let builder = DatasetBuilder::new(program).json("customers", &json!([customer])).json("buys", &buys);
    let loaded = builder.json("companies", &json!([{"c": "k", "size": 9}])).build().unwrap();
    assert_eq!(found, counted(&loaded.report.tables));
}

#[test]
fn values_outside_of_lists_and_ids_that_are_not_found_are_counted() {
    let program = program(RULES);
    let tables = lookups(&program, &json!({"companies": [{"c": "k", "size": 9}]})).unwrap();
    let compiled = Compiled::new(&program, &Selection::everything(&program), &tables).unwrap();
    let mut record = compiled.record();
    let many = json!({"id": 1, "sort": "c", "other": "d", "company": "none", "likes": ["u", "w", "w", "z"], "buys": [
        {"t": "2025-12-01T00:00:00Z", "kind": "z", "shop": "k", "parts": [{"colour": "r", "maker": "k"}]},
        {"t": "2025-12-02T00:00:00Z", "kind": "x", "shop": "m", "parts": [{"colour": "p", "maker": "m"}]},
        {"t": "2025-12-03T00:00:00Z", "kind": "z", "shop": "m"}]});
    let none = json!({"id": 1, "sort": "a", "company": "k", "likes": ["v"], "buys": [
        {"t": "2025-12-01T00:00:00Z", "kind": "y", "shop": "k"}]});
    for customer in [&none, &many, &many, &none, &json!({"id": 1, "sort": "e"})] {
        compare(&compiled, &program, &mut record, customer);
    }
    // Every part of it is there.
    compiled.at(NOW).evaluate_json(&mut record, &many.to_string()).unwrap();
    let found = counted(&record.report().unwrap().tables);
    assert_eq!(
        found.iter().map(|(_, outside, lookups)| (outside.len(), lookups.len())).collect::<Vec<_>>(),
        [(3, 1), (2, 2)]
    );
}

#[test]
fn a_value_that_is_set_again_is_counted_as_it_is_at_last() {
    let program = program(RULES);
    let compiled = Compiled::new(&program, &Selection::everything(&program), &Dataset::default()).unwrap();
    let mut record = compiled.record();
    let [sort, other] = ["sort", "other"].map(|name| compiled.field(name).unwrap());
    record.set(compiled.field("id").unwrap(), 1).unwrap();
    record.set(sort, "c").unwrap();
    record.set(other, "d").unwrap();
    record.set(sort, "a").unwrap();
    record.set(other, Raw::Missing).unwrap();
    assert_eq!(counted(&record.report().unwrap().tables), []);
    record.set(sort, "c").unwrap();
    assert_eq!(counted(&record.report().unwrap().tables).len(), 1);
    record.clear();
    record.set(compiled.field("id").unwrap(), 1).unwrap();
    // What the customer before had is forgotten, so this one lacks a value.
    assert!(compiled.at(NOW).evaluate(&mut record).is_err());
    record.set(sort, "b").unwrap();
    assert_eq!(counted(&record.report().unwrap().tables), []);
}
