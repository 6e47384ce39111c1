//! Customers worked out range by range with their events beside the same data loaded whole.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed test should stop at the line that failed")]

use super::told::{Told, held};
use super::*;
use crate::data::{BadRows, Quiet, UnknownCustomers, needed_fields};
use segue_compiler::plan::Selection;
use segue_compiler::project::check_text;
use serde_json::{Value, json};
use std::fmt::Write;
use tempfile::TempDir;

const RULES: &str = r#"customers {
  key customer_id : id
  age     : integer?
  country : text?
  tags    : list of one of "a", "b", "c" as bits
}

events orders by customer_id at ordered_at {
  key order_id : id
  total    : money EUR ?
  shop     : text?
  kind     : one of "web", "shop" ?
  score    : number?
  gift     : boolean?
  product  : id? -> products
  notes    : list of text
  items    : list of {
    sku   : id -> products
    count : integer?
  }
}

events visits by customer_id at day : date { page : text? }

records phones by customer_id {
  number : text
  main   : boolean?
}

table products {
  key product_id : id
  name  : text?
  price : money EUR ?
}

trait spent = sum of orders.total
trait latest_shop = latest orders.shop
trait usual_shop = most frequent orders.shop
trait shops = number of different orders.shop
trait mean = average of orders.score
trait usual_kind = most frequent orders.kind

segment grown { age >= 18 }
segment buyers { at least 2 orders }
segment recent { any orders in the last 90 days }
segment web { any orders where kind is "web" and total > 20 EUR }
segment dear { any orders where product.price > 5 EUR }
segment noted { any orders where notes includes "n1" }
segment reachable { any phones where main }
segment paged { any visits where page starts with "/a" }
segment ratio { spent / (number of orders - 12) > 30 EUR }
segment filled { sum of orders.items.count > 3 }
segment named { latest_shop is "shop 3" }

trait fifth = quintile of spent among buyers
trait middle = median of mean over customers
segment best_buyers { customer in top 3 by spent among buyers }
segment above_mean { spent > average of spent over customers + deviation of spent over customers }
segment best_of_levels { customer in top 30% by fifth }
partition tier by spent {
  gold   : top 10%
  silver : next 30%
  bronze : otherwise
}

partition size {
  large  : spent > 100 EUR
  middle : spent > 40 EUR
  other  : otherwise
}
"#;

/// What is made up differently from case to case.
#[derive(Debug, Clone, Copy)]
struct Made {
    customers: u64,
    rows: u64,
    /// Ids follow one another.
    follow: bool,
    /// Some ids are texts.
    texts: bool,
    /// Some rows cannot be read.
    bad: bool,
    /// Some rows are of unknown customers.
    strangers: bool,
    /// Keys of orders ascend.
    in_turn: bool,
    /// A key occurs twice.
    twice: bool,
    csv: bool,
}

const PLAIN: Made = Made {
    customers: 70,
    rows: 900,
    follow: true,
    texts: false,
    bad: false,
    strangers: false,
    in_turn: true,
    twice: false,
    csv: false,
};

/// Numbers without much order.
fn mixed(number: u64) -> u64 {
    let mixed = number.wrapping_add(77).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ mixed >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 20
}

impl Made {
    fn id(self, customer: u64) -> Value {
        match (self.follow, self.texts && customer.is_multiple_of(5)) {
            (_, true) => json!(format!("c{customer}")),
            (true, _) => json!(customer + 3),
            (false, _) => json!(mixed(customer) as i64 - 5_000_000_000),
        }
    }

    /// Whose row it is.
    fn of(self, row: u64) -> Value {
        let strangers = if self.strangers { self.customers / 4 } else { 0 };
        self.id(mixed(row * 3) % (self.customers + strangers).max(1))
    }

    fn customers(self) -> Vec<Value> {
        let customer = |at: u64| {
            json!({
                "customer_id": self.id(at),
                "age": if at.is_multiple_of(7) { json!(null) } else { json!(at % 80) },
                "country": if self.bad && at % 31 == 9 { json!([1]) } else { json!(["FR", "ES", "PE"][(at % 3) as usize]) },
                "tags": at % 8,
            })
        };
        (0..self.customers).map(customer).collect()
    }

    fn orders(self) -> Vec<Value> {
        let order = |at: u64| {
            let some =
                |every: u64, value: Value| if mixed(at + every).is_multiple_of(every) { json!(null) } else { value };
            let key = if self.in_turn { at } else { mixed(at) };
            let day = 1 + mixed(at * 5) % 28;
            json!({
                "customer_id": self.of(at),
                "ordered_at": if self.bad && at % 97 == 5 { json!("never") } else { json!(format!("2023-{:02}-{day:02} {:02}:00", 1 + at % 12, at % 3)) },
                "order_id": if self.twice && at % 400 == 399 { json!(if self.in_turn { 17 } else { mixed(17) }) } else { json!(key) },
                "total": some(9, json!((mixed(at) % 9_000) as f64 / 100.0)),
                "shop": some(4, json!(format!("shop {}", mixed(at * 7) % 40))),
                "kind": json!(["web", "shop", "mail"][(mixed(at) % 3) as usize]),
                "score": some(5, json!(mixed(at * 11) as f64 / 7e6)),
                "gift": some(3, json!(at.is_multiple_of(2))),
                "product": some(6, json!(mixed(at) % 12)),
                "notes": (0..mixed(at) % 4).map(|note| format!("n{}", note + at % 3)).collect::<Vec<_>>(),
                "items": (0..mixed(at * 13) % 3).map(|item| json!({"sku": item + at % 11, "count": some(8, json!(item + 1))})).collect::<Vec<_>>(),
            })
        };
        (0..self.rows).map(order).collect()
    }

    fn visits(self) -> Vec<Value> {
        let visit = |at: u64| {
            let page = if at.is_multiple_of(6) {
                json!(null)
            } else {
                json!(format!("/{}", ["a", "b", "aa"][(at % 3) as usize]))
            };
            json!({"customer_id": self.of(at + 5), "day": format!("2023-11-{:02}", 1 + mixed(at) % 28), "page": page})
        };
        (0..self.rows / 2).map(visit).collect()
    }

    fn phones(self) -> Vec<Value> {
        let phone = |at: u64| json!({"customer_id": self.of(at + 9), "number": format!("+{}", mixed(at)), "main": at.is_multiple_of(3)});
        (0..self.rows / 7).map(phone).collect()
    }

    fn products() -> Vec<Value> {
        (0..9).map(|at| json!({"product_id": at, "name": format!("p{at}"), "price": at})).collect()
    }

    fn write(self, folder: &TempDir) -> Vec<(&'static str, Vec<String>)> {
        let tables = [
            ("customers", self.customers()),
            ("orders", self.orders()),
            ("visits", self.visits()),
            ("phones", self.phones()),
            ("products", Made::products()),
        ];
        let mut files = Vec::new();
        for (table, rows) in tables {
            let mut names = Vec::new();
            // Some tables are in two files.
            for (at, rows) in rows.chunks(rows.len().div_ceil(2).max(1)).enumerate() {
                let name = if self.csv { format!("{table}{at}.csv") } else { format!("{table}{at}.ndjson") };
                std::fs::write(folder.path().join(&name), if self.csv { csv(rows) } else { ndjson(rows) }).unwrap();
                names.push(name);
            }
            if names.is_empty() {
                let name = format!("{table}.ndjson");
                std::fs::write(folder.path().join(&name), "").unwrap();
                names.push(name);
            }
            files.push((table, names));
        }
        files
    }
}

fn ndjson(rows: &[Value]) -> String {
    rows.iter().fold(String::new(), |mut text, row| {
        writeln!(text, "{row}").unwrap();
        text
    })
}

fn csv(rows: &[Value]) -> String {
    let names: Vec<&String> = rows.iter().take(1).filter_map(Value::as_object).flat_map(|row| row.keys()).collect();
    let mut text = names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(",") + "\n";
    for row in rows {
        let cell = |name: &&String| match row.get(name.as_str()).unwrap() {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => format!("\"{}\"", other.to_string().replace('"', "\"\"")),
        };
        writeln!(text, "{}", names.iter().map(cell).collect::<Vec<_>>().join(",")).unwrap();
    }
    text
}

/// How data are read in a case.
#[derive(Clone, Copy)]
struct Reading {
    bad_rows: &'static str,
    unknown: UnknownCustomers,
    /// Without the customers' own data.
    no_customers: bool,
}

const STRICT: Reading = Reading { bad_rows: "stop", unknown: UnknownCustomers::Report, no_customers: false };

/// What is told with so many customers at hand at most, or all; and how many ranges there were.
fn told(
    folder: &TempDir,
    files: &[(&str, Vec<String>)],
    (rules, reading): (&str, Reading),
    how: Option<How<'_>>,
) -> (Told, usize) {
    let checked = check_text(rules);
    let program = checked.program.as_ref().unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let selection = Selection::everything(program);
    let request = Request::of(selection.clone(), 1_698_000_000_000_000).on(2);
    let mut sources = Sources::new();
    for (table, names) in files.iter().filter(|(table, _)| !(reading.no_customers && *table == "customers")) {
        sources.set(table, folder.path(), names);
    }
    let options = LoadOptions {
        needed: needed_fields(program, &selection),
        bad_rows: if reading.bad_rows == "skip" { BadRows::Skip } else { BadRows::Stop },
        unknown_customers: reading.unknown,
        progress: &Quiet,
        prepared: None,
    };
    let ran = match how {
        Some(how) => run(program, &sources, &options, &request, how),
        None => held(program, &sources, &options, &request),
    };
    let ranges = ran.as_ref().ok().and_then(|ran| ran.ranged).map_or(0, |ranged| ranged.ranges);
    (Told::of(&checked, &request, &options.bad_rows, ran), ranges)
}

/// Holds ranges of several sizes against the whole, and gives what both tell.
#[track_caller]
fn same(made: Made, reading: Reading) -> Told {
    same_by(RULES, made, reading)
}

#[track_caller]
fn same_by(rules: &str, made: Made, reading: Reading) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let files = made.write(&folder);
    let (whole, _) = told(&folder, &files, (rules, reading), None);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for most in [1, 17, 1 << 20] {
        let how = How { customers: Some(most), temporary: Some(folder.path()), ..How::default() };
        let (ranged, ranges) = pool.install(|| told(&folder, &files, (rules, reading), Some(how)));
        assert!(ranged == whole, "{made:?} at most {most}:\n{ranged:?}\nwhole:\n{whole:?}");
        if let Told::Answers { keys, .. } = &ranged {
            let least = keys.len().div_ceil(most).max(1);
            assert!((least..=keys.len().max(1)).contains(&ranges), "{ranges} ranges of {} customers", keys.len());
        }
    }
    whole
}

#[track_caller]
fn report_of(told: Told) -> String {
    match told {
        Told::Answers { report, .. } => report,
        Told::Refused(reason) => panic!("{reason}"),
    }
}

#[test]
fn ranges_give_what_the_whole_gives() {
    for made in [
        PLAIN,
        Made { follow: false, ..PLAIN },
        Made { texts: true, ..PLAIN },
        Made { csv: true, follow: false, texts: true, ..PLAIN },
        Made { in_turn: false, ..PLAIN },
        Made { customers: 3, rows: 2000, ..PLAIN },
        Made { customers: 1, ..PLAIN },
        Made { customers: 0, rows: 20, ..PLAIN },
        Made { rows: 0, ..PLAIN },
    ] {
        let report = report_of(same(made, STRICT));
        if made.rows > 100 && made.customers > 10 {
            for part in
                ["division_by_zero", "missing_values", "outside_listed_values", "lookup_without_row", "future_events"]
            {
                assert!(report.contains(part), "no {part} in {report}");
            }
        }
    }
}

#[test]
fn what_is_left_out_is_told_alike() {
    let made = Made { bad: true, strangers: true, ..PLAIN };
    let report = report_of(same(made, Reading { bad_rows: "skip", ..STRICT }));
    assert!(report.contains("bad_rows") && report.contains("unknown_customers"), "{report}");
    let stopped = same(made, STRICT);
    assert!(matches!(&stopped, Told::Refused(reason) if reason.contains("cannot be used")), "{stopped:?}");
    report_of(same(
        Made { texts: true, follow: false, in_turn: false, ..made },
        Reading { bad_rows: "skip", ..STRICT },
    ));
}

#[test]
fn customers_whom_only_events_name_are_added() {
    for made in [PLAIN, Made { follow: false, ..PLAIN }, Made { texts: true, in_turn: false, ..PLAIN }] {
        let made = Made { strangers: true, ..made };
        let added = report_of(same(made, Reading { unknown: UnknownCustomers::Add, ..STRICT }));
        assert!(added.contains("unknown_customers"), "{added}");
        report_of(same(made, Reading { no_customers: true, ..STRICT }));
        report_of(same(made, Reading { no_customers: true, unknown: UnknownCustomers::Add, ..STRICT }));
    }
    // Not those that must have more than a key.
    let rules = RULES.replace("age     : integer?", "age     : integer");
    let made = Made { strangers: true, ..PLAIN };
    let reading = Reading { no_customers: true, ..STRICT };
    let refused = same_by(&rules, made, reading);
    assert!(matches!(&refused, Told::Refused(reason) if reason.contains("`age`")), "{refused:?}");
}

#[test]
fn repeated_keys_of_events_are_found() {
    for made in [PLAIN, Made { in_turn: false, ..PLAIN }, Made { strangers: true, ..PLAIN }] {
        let refused = same(Made { twice: true, ..made }, STRICT);
        let Told::Refused(reason) = &refused else { panic!("{refused:?}") };
        assert!(reason.contains("`orders` has the key") && reason.contains("one more row"), "{reason}");
    }
}

#[test]
fn what_looks_customers_up_is_loaded() {
    let rules =
        "customers {\n  key customer_id : id\n  friend : id? -> customers\n}\n\nsegment s { friend is missing }\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("customers.csv"), "customer_id,friend\n1,2\n2,\n").unwrap();
    let files = [("customers", vec!["customers.csv".to_owned()])];
    let how = How { customers: Some(1), ..How::default() };
    let (answers, ranges) = told(&folder, &files, (rules, STRICT), Some(how));
    assert!(matches!(answers, Told::Answers { .. }) && ranges == 0, "{answers:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_bound_that_ranges_do_not_keep_either_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let files = PLAIN.write(&folder);
    let how = How { memory: Some(Bound(1_000_000)), ..How::default() };
    let (refused, _) = told(&folder, &files, (RULES, STRICT), Some(how));
    let Told::Refused(reason) = &refused else { panic!("{refused:?}") };
    for part in ["and the bound is 1 MB", "MB for reading the files", "for what is at hand, and the program itself"] {
        assert!(reason.contains(part), "no {part} in {reason}");
    }
    assert!(!reason.contains(" 0 KB for"), "{reason}");
}

#[cfg(target_os = "linux")]
#[test]
fn ids_of_unknown_customers_count_in_the_bound() {
    let folder = tempfile::tempdir().unwrap();
    let files = Made { customers: 0, ..PLAIN }.write(&folder);
    let how = How { memory: Some(Bound(1_000_000)), customers: Some(1_000), ..How::default() };
    let (refused, _) = told(&folder, &files, (RULES, STRICT), Some(how));
    let part = "KB for ids of customers that the data do not have";
    assert!(matches!(&refused, Told::Refused(reason) if reason.contains(part)), "{refused:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn why_customers_who_are_looked_up_are_held_at_once_is_told() {
    let rules = "customers {\n  key customer_id : id\n  friend : id? -> customers\n  age : integer?\n}\n\nsegment s { friend.age > 3 }\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("customers.csv"), "customer_id,friend,age\n1,2,3\n2,,5\n").unwrap();
    let files = [("customers", vec!["customers.csv".to_owned()])];
    let how = How { memory: Some(Bound(1_000_000)), ..How::default() };
    let (refused, _) = told(&folder, &files, (rules, STRICT), Some(how));
    let part = "because some are asked for fields of others";
    assert!(matches!(&refused, Told::Refused(reason) if reason.contains(part)), "{refused:?}");
}

#[test]
fn a_folder_for_temporary_files_that_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let files = PLAIN.write(&folder);
    let nowhere = folder.path().join("nowhere");
    let how = How { customers: Some(5), temporary: Some(&nowhere), ..How::default() };
    let (refused, _) = told(&folder, &files, (RULES, STRICT), Some(how));
    assert!(matches!(&refused, Told::Refused(reason) if reason.contains("nowhere: ") && reason.contains("--temp")));
}
