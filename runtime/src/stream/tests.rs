//! Customers who are read part by part beside the same customers loaded whole.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed test should stop at the line that failed")]

use super::told::{Told, held};
use super::*;
use crate::data::{BadRows, Quiet, UnknownCustomers, needed_fields};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int16Array, Int64Array, RecordBatch,
    StringArray, TimestampMillisecondArray,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use segue_compiler::plan::Selection;
use segue_compiler::project::check_text;
use serde_json::json;
use std::fmt::Write;
use std::sync::Arc;
use tempfile::TempDir;

const RULES: &str = r#"customers {
  key customer_id : id
  age     : integer?
  income  : money USD ?
  country : text?
  plan    : one of "free", "basic", "pro"
  joined  : date?
  seen    : datetime in "Europe/Paris" ?
  score   : number
  happy   : boolean?
  tags    : list of one of "a", "b", "c" as bits
}

segment grown { age >= 18 }
segment rich { income > 50 USD }
segment french { country starts with "F" }
segment paying { plan is one of "basic", "pro" }
segment early { joined < 2021-06-01 }
segment gone { seen < 2022-01-01 00:00 }
segment quick { score / age > 2 }
segment glad { happy }
segment tagged { tags includes "b" }
segment few { customer_id is "17" }
segment most {
  at least 2 of {
    grown
    rich
    french
    glad
  }
}

partition stage {
  rich   : income > 80 USD
  french : country is "France"
  other  : otherwise
}
"#;

/// One customer; what is not a number is written as it is.
struct Customer {
    id: i64,
    age: Option<i16>,
    income: Option<f64>,
    country: Option<&'static str>,
    plan: Option<&'static str>,
    joined: Option<i32>,
    seen: Option<i64>,
    score: f64,
    happy: Option<bool>,
    tags: i64,
}

/// Customers made from their numbers; `bad` ones lack their plan now and then.
fn customers(from: i64, count: i64, bad: bool) -> Vec<Customer> {
    let some = |id: i64, every: i64| id % every != 0;
    let customer = |id: i64| Customer {
        id,
        age: some(id, 7).then_some((id * 31 % 90) as i16),
        income: some(id, 11).then_some((id * 97 % 12_000) as f64 / 100.0),
        country: some(id, 13).then_some(["France", "Spain", "Finland", "Peru"][(id * 5 % 4) as usize]),
        plan: (!bad || some(id, 501)).then_some(["free", "basic", "pro", "gold"][(id / 3 % 4) as usize]),
        joined: some(id, 17).then_some(18_000 + (id % 1500) as i32),
        seen: some(id, 19).then_some(1_600_000_000_000 + id * 7_000_000 % 90_000_000_000),
        score: if bad && !some(id, 703) { f64::INFINITY } else { id as f64 / 8.0 },
        happy: some(id, 5).then_some(id % 3 == 0),
        tags: id % 8,
    };
    (from..from + count).map(customer).collect()
}

/// A clock time without a zone.
fn clock(millis: i64) -> String {
    let (day, rest) = ((millis / 86_400_000) as i32, millis % 86_400_000 / 1000);
    let day = segue_compiler::values::calendar::date_text(day);
    format!("{day} {:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60)
}

fn csv(customers: &[Customer]) -> Vec<u8> {
    let mut text = "customer_id,age,income,country,plan,joined,seen,score,happy,tags\n".to_owned();
    for customer in customers {
        let shown = |value: Option<String>| value.unwrap_or_default();
        writeln!(
            text,
            "{},{},{},{},{},{},{},{},{},{}",
            customer.id,
            shown(customer.age.map(|age| age.to_string())),
            shown(customer.income.map(|income| income.to_string())),
            shown(customer.country.map(str::to_owned)),
            shown(customer.plan.map(str::to_owned)),
            shown(customer.joined.map(segue_compiler::values::calendar::date_text)),
            shown(customer.seen.map(clock)),
            customer.score,
            shown(customer.happy.map(|happy| happy.to_string())),
            customer.tags,
        )
        .unwrap();
    }
    text.into_bytes()
}

fn ndjson(customers: &[Customer]) -> Vec<u8> {
    let mut text = String::new();
    for customer in customers {
        let record = json!({
            "customer_id": customer.id, "age": customer.age, "income": customer.income, "country": customer.country,
            "plan": customer.plan, "joined": customer.joined.map(segue_compiler::values::calendar::date_text),
            "seen": customer.seen.map(clock), "happy": customer.happy, "tags": customer.tags,
            "score": if customer.score.is_finite() { json!(customer.score) } else { json!("much") },
        });
        writeln!(text, "{record}").unwrap();
    }
    text.into_bytes()
}

fn parquet(customers: &[Customer], rows_a_group: usize) -> Vec<u8> {
    let column = |name, array: ArrayRef| (name, array, true);
    let texts = |text: &dyn Fn(&Customer) -> Option<&'static str>| -> ArrayRef {
        let texts: DictionaryArray<Int32Type> = customers.iter().map(text).collect();
        // A plain file: the reader finds out itself that texts repeat.
        let values = texts.downcast_dict::<StringArray>().unwrap().into_iter().collect::<StringArray>();
        Arc::new(values)
    };
    let batch = RecordBatch::try_from_iter_with_nullable([
        column("customer_id", Arc::new(customers.iter().map(|customer| Some(customer.id)).collect::<Int64Array>())),
        column("age", Arc::new(customers.iter().map(|customer| customer.age).collect::<Int16Array>())),
        column("income", Arc::new(customers.iter().map(|customer| customer.income).collect::<Float64Array>())),
        column("country", texts(&|customer| customer.country)),
        column("plan", texts(&|customer| customer.plan)),
        column("joined", Arc::new(customers.iter().map(|customer| customer.joined).collect::<Date32Array>())),
        column("seen", Arc::new(customers.iter().map(|customer| customer.seen).collect::<TimestampMillisecondArray>())),
        column("score", Arc::new(customers.iter().map(|customer| Some(customer.score)).collect::<Float64Array>())),
        column("happy", Arc::new(customers.iter().map(|customer| customer.happy).collect::<BooleanArray>())),
        column("tags", Arc::new(customers.iter().map(|customer| Some(customer.tags)).collect::<Int64Array>())),
    ])
    .unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows_a_group)).build();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    file
}

struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, Vec<u8>)]) -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        for (name, content) in files {
            std::fs::write(folder.0.path().join(name), content).unwrap();
        }
        folder
    }

    /// What is told when the files are read part by part, in parts of so many rows, or whole.
    fn told(&self, rules: &str, bad_rows: BadRows, rows: Option<usize>, how: How<'_>) -> Told {
        let checked = check_text(rules);
        let program = checked.program.as_ref().unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
        let mut selection = Selection::everything(program);
        selection.traits.clear();
        let request = Request::of(selection.clone(), 1_700_000_000_000_000).on(2);
        let mut sources = Sources::new();
        let names: Vec<String> = std::fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("customers"))
            .collect();
        let mut names = names;
        names.sort();
        sources.set("customers", self.0.path(), &names);
        let options = LoadOptions {
            needed: needed_fields(program, &selection),
            bad_rows: bad_rows.clone(),
            unknown_customers: UnknownCustomers::Report,
            progress: &Quiet,
            prepared: None,
        };
        let ran = match rows {
            Some(_) => run_by(program, &sources, &options, &request, (how, rows)),
            None => held(program, &sources, &options, &request),
        };
        if let Ok(ran) = &ran {
            assert_eq!(matches!(ran.data, Known::Held(_)), rows.is_none());
        }
        Told::of(&checked, &request, &bad_rows, ran)
    }
}

/// Holds parts of several sizes against the whole, and gives what both tell.
#[track_caller]
fn same(files: &[(&str, Vec<u8>)], bad_rows: &BadRows) -> Told {
    let folder = Folder::new(files);
    let bad_rows = match bad_rows {
        BadRows::Report(name) => BadRows::Report(folder.0.path().join(name)),
        other => other.clone(),
    };
    let whole = folder.told(RULES, bad_rows.clone(), None, How::default());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for rows in [1, 1 << 20] {
        let parted = pool.install(|| folder.told(RULES, bad_rows.clone(), Some(rows), How::default()));
        assert!(parted == whole, "in parts of {rows}:\n{parted:?}\nwhole:\n{whole:?}");
    }
    whole
}

fn of_kind(kind: &str, customers: &[Customer]) -> Vec<u8> {
    match kind {
        "csv" => csv(customers),
        "ndjson" => ndjson(customers),
        "parquet" => parquet(customers, 5_000),
        _ => panic!("{kind}"),
    }
}

#[test]
fn parts_give_what_the_whole_gives() {
    for kind in ["csv", "ndjson", "parquet"] {
        let name = format!("customers.{kind}");
        let told = same(&[(&name, of_kind(kind, &customers(1, 9_500, false)))], &BadRows::Stop);
        let Told::Answers { report, .. } = told else { panic!("{told:?}") };
        for part in ["division_by_zero", "missing_values", "outside_listed_values"] {
            assert!(report.contains(part), "no {part} in {report}");
        }
    }
}

#[test]
fn bad_rows_are_told_and_left_out_alike() {
    for kind in ["csv", "ndjson", "parquet"] {
        let name = format!("customers.{kind}");
        let files = [(&*name, of_kind(kind, &customers(1, 9_500, true)))];
        let skipped = same(&files, &BadRows::Skip);
        assert!(matches!(&skipped, Told::Answers { counted, .. } if counted.tables[0].bad_rows > 25), "{skipped:?}");
        let stopped = same(&files, &BadRows::Stop);
        assert!(matches!(&stopped, Told::Refused(reason) if reason.contains("cannot be used")), "{stopped:?}");
        same(&files, &BadRows::Report("bad.csv".into()));
    }
}

#[test]
fn several_files_of_several_kinds_are_one_table() {
    let files = [
        ("customers1.parquet", parquet(&customers(1, 1_500, true), 700)),
        ("customers2.csv", csv(&customers(9_001, 600, true))),
        ("customers3.parquet", parquet(&customers(12_001, 4_600, true), 11_000)),
        ("customers4.ndjson", ndjson(&customers(23_001, 500, true))),
        ("customers5.parquet", parquet(&customers(24_000, 0, true), 10)),
    ];
    let told = same(&files, &BadRows::Skip);
    assert!(matches!(&told, Told::Answers { counted, .. } if counted.tables[0].rows_read == 7_200), "{told:?}");
}

#[test]
fn repeated_keys_are_found_wherever_they_are() {
    let twice = |second: i64| {
        let mut all = customers(1, 9_000, false);
        all.extend(customers(second, 2, false));
        all
    };
    for second in [1, 8_999] {
        let told = same(&[("customers.parquet", parquet(&twice(second), 5_000))], &BadRows::Stop);
        let key =
            format!("has the key {second} twice: customers.parquet, row {second} and customers.parquet, row 9001");
        assert!(
            matches!(&told, Told::Refused(reason) if reason.contains(&key) && reason.contains("one more")),
            "{told:?}"
        );
    }
    // Out of order, far apart, and some that are no numbers.
    let mut apart = customers(1, 1_200, false);
    apart.reverse();
    for customer in &mut apart {
        customer.id *= 1_000_003;
    }
    assert!(matches!(same(&[("customers.parquet", parquet(&apart, 5_000))], &BadRows::Stop), Told::Answers { .. }));
    let text = String::from_utf8(csv(&apart)).unwrap().replace("\n1000003", "\nK1000003");
    assert!(matches!(same(&[("customers.csv", text.clone().into_bytes())], &BadRows::Stop), Told::Answers { .. }));
    let line = text.lines().find(|line| line.starts_with("K1000003,")).unwrap();
    let told = same(&[("customers.csv", format!("{text}{line}\n").into_bytes())], &BadRows::Stop);
    assert!(matches!(&told, Told::Refused(reason) if reason.contains("the key K1000003 twice")), "{told:?}");
}

#[test]
fn ids_may_be_texts_first_and_numbers_later() {
    let many = customers(1, 40_000, false);
    let lines = String::from_utf8(ndjson(&many)).unwrap();
    let texts = |texts: std::ops::Range<usize>| -> Vec<u8> {
        let line = |(at, line): (usize, &str)| {
            let mut customer: serde_json::Value = serde_json::from_str(line).unwrap();
            if texts.contains(&at) {
                customer["customer_id"] = format!("c{at}").into();
            }
            format!("{customer}\n").into_bytes()
        };
        lines.lines().enumerate().flat_map(line).collect()
    };
    for first in [0..20_000, 20_000..40_000] {
        let Told::Answers { keys, .. } = same(&[("customers.ndjson", texts(first))], &BadRows::Stop) else { panic!() };
        assert_eq!(keys.len(), 40_000);
    }
}

#[test]
fn what_asks_for_more_than_customers_is_loaded() {
    let folder = Folder::new(&[("customers.csv", b"customer_id,friend\n1,2\n2,\n".to_vec())]);
    let rules = "customers {\n  key customer_id : id\n  friend : id? -> customers\n}\n\nsegment s { not (friend is missing) }\n";
    let checked = check_text(rules);
    let program = checked.program.as_ref().unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let mut sources = Sources::new();
    sources.set("customers", folder.0.path(), &["customers.csv".to_owned()]);
    let selection = Selection::everything(program);
    let options = LoadOptions {
        needed: needed_fields(program, &selection),
        bad_rows: BadRows::Stop,
        unknown_customers: UnknownCustomers::Report,
        progress: &Quiet,
        prepared: None,
    };
    let request = Request::of(selection, 0).counting();
    let ran = run(program, &sources, &options, &request, How::default()).unwrap();
    assert!(matches!(ran.data, Known::Held(_)));
    assert_eq!(ran.outcome.counts, [1]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_bound_that_cannot_be_kept_says_what_takes_how_much() {
    let folder = Folder::new(&[("customers.parquet", parquet(&customers(1, 9_000, false), 1_000))]);
    let how = How { memory: Some(Bound(1_000_000)), ..How::default() };
    let told = folder.told(RULES, BadRows::Stop, Some(1_000), how);
    let Told::Refused(reason) = &told else { panic!("{told:?}") };
    for part in ["and the bound is 1 MB:\n", " for the next rows\n", " for what is at hand, and the program itself\n"] {
        assert!(reason.contains(part), "no {part} in {reason}");
    }
}
