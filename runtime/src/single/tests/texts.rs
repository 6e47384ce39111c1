//! JSON read from left to right gives what the loader's reader gives, for numbers, dates and texts of every shape, and
//! for texts that are nearly JSON.

use super::*;
use crate::single::layout::Spot;
use crate::single::record::Cells;
use crate::single::texts::Named;
use proptest::prelude::*;
use segue_compiler::program::CUSTOMERS;
use segue_compiler::values::Value;
use std::sync::Arc;

const RULES: &str = "customers {
  key id : id
  a : integer?
  n : number?
  m : money USD ?
  d : date?
  t : datetime?
  b : boolean?
  o : one of \"x\", \"some longer text that is listed\" ?
  w : text?
  k : list of { q : integer }
}
segment s_a { a > 5 }
segment s_n { n < 0.5 }
segment s_m { m is 0.3 USD }
segment s_d { d is from 2020-01-01 to 2020-12-31 }
segment s_t { t is in the last 3 days }
segment s_b { b }
segment s_o { o is x }
segment s_w { w is one of \"ab\", \"abc\", \"b\", \"a rather long text\", \"a rather wide text\" or w contains \"1\" }
segment s_k { any k where q is 2 }
";

/// All values of the customer, once they are complete.
fn values(record: &mut Record, read: Result<(), SingleError>) -> Option<Vec<Option<Value>>> {
    read.ok()?;
    record.settle().ok()?;
    let inner = Arc::clone(&record.inner);
    let cells = Cells { inner: &inner, tables: &record.tables };
    let places = inner.layout.table(CUSTOMERS)?.places.len();
    let mut values: Vec<_> = (0..places).map(|place| cells.value(Spot { table: CUSTOMERS, place }, 0)).collect();
    for table in record.tables.iter().skip(1) {
        values.extend(table.words.iter().map(|word| Some(Value::Integer(word.cast_signed()))));
    }
    Some(values)
}

#[track_caller]
fn same(compiled: &Compiled, json: &str) {
    let (mut quick, mut slow) = (compiled.record(), compiled.record());
    let read = quick.read_json(json);
    let quick = values(&mut quick, read);
    let read = slow.read_as_loader(json);
    assert_eq!(quick, values(&mut slow, read), "{json}");
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[0-9]{1,20}",
        "-?[0-9]{1,12}[.][0-9]{0,9}",
        "-?(0|[1-9][0-9]{0,3})([.][0-9]{1,3})?([eE][+-]?[0-9]{1,2})?"
    ]
}

fn text() -> impl Strategy<Value = String> {
    let moment = "[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[.]5Z|[+]02:00)?)?";
    let named = prop::sample::select(vec![
        "ab",
        "b",
        "a rather long text",
        "a rather wide text",
        "x",
        "some longer text that is listed",
    ]);
    prop_oneof![moment, "[ -~é\n]{0,20}", "-?[0-9]{1,3}", named.prop_map(str::to_owned)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn json_is_read_as_the_loader_reads_it(
        numbers in prop::collection::vec(number(), 4),
        texts in prop::collection::vec(text(), 5),
        change in prop::option::of((any::<prop::sample::Index>(), prop::sample::select(vec!['"', '\\', ',', '{', ']', ' ', '0', '-', '\u{7}', 'e']))),
    ) {
        let compiled = compiled(RULES);
        let quoted = |at: usize| serde_json::Value::from(texts[at].as_str()).to_string();
        let mut json = format!(
            "{{\"id\": {}, \"a\":{}, \"n\" : {},\"m\":{} ,\"d\":{},\"t\":{},\"b\":true,\"o\":{},\"w\":{},\"k\":[{{\"q\":2}},{{}}],\"other\":{}}}",
            quoted(0), numbers[0], numbers[1], numbers[2], quoted(1), quoted(2), quoted(3), quoted(4), numbers[3]);
        same(&compiled, &json);
        for field in ["id", "a", "n", "m", "d", "t", "o", "w"] {
            for value in [&numbers[0], &numbers[1], &quoted(0), &quoted(3)] {
                same(&compiled, &format!("{{\"id\":7,\"k\":[],\"{field}\":{value}}}"));
                same(&compiled, &format!("{{\"k\":[{{\"q\":1}}],\"{field}\":{value}, \"id\" : 1 }} "));
            }
        }
        if let Some((at, put)) = change {
            let places: Vec<usize> = json.char_indices().map(|(at, _)| at).collect();
            let at = *at.get(&places);
            json.remove(at);
            json.insert(at, put);
            same(&compiled, &json);
            json.truncate(at);
            same(&compiled, &json);
        }
    }

    #[test]
    fn named_texts_are_found_and_no_others(
        names in prop::collection::vec("[ab]{0,3}|[ab]{7,9}|a{15}[ab]{1,3}|[ab]aaaaaaaa[ab]aaaaaaaa", 0..40),
        others in prop::collection::vec("[ab]{0,18}|[ab]aaaaaaaa[ab]aaaaaaaa", 0..40),
    ) {
        let mut named = Named::default();
        let mut known: Vec<&str> = Vec::new();
        for name in &names {
            named.name(&Arc::from(name.as_str()));
            if !known.contains(&name.as_str()) {
                known.push(name);
            }
        }
        prop_assert_eq!(named.count() as usize, known.len());
        for text in names.iter().chain(&others) {
            let code = known.iter().position(|name| name == text);
            prop_assert_eq!(named.find(text).map(|code| code as usize), code);
        }
    }
}

#[test]
fn every_day_is_the_day_it_is() {
    let compiled = compiled(RULES);
    for year in [1, 4, 1600, 1900, 1969, 1970, 2000, 2023, 2024, 2100, 9999] {
        for month in 0..14 {
            for day in [0, 1, 27, 28, 29, 30, 31, 32] {
                same(&compiled, &format!("{{\"id\":7,\"d\":\"{year:04}-{month:02}-{day:02}\"}}"));
            }
        }
    }
}
