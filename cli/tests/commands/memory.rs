//! `segue run --memory`: the bound holds when the system enforces it, and is told about where it cannot be kept.

use crate::shop::{Ended, Shop};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::path::Path;
use std::sync::Arc;

const COLUMNS: i64 = 6;
const ROWS_OF_GROUP: i64 = 1 << 16;
const GROUPS: i64 = 28;

const RULES: &str = "customers {
  key id : id
  c0 : number
  c1 : number?
  c2 : number
  c3 : number?
  c4 : number
  c5 : number
}

segment low { c0 < 0.25 and c1 < 0.5 }
segment high {
  c2 > 0.5
  c3 + c4 > 1
  c5 > 0.1
}
segment gaps { c1 is missing or c3 is missing }

partition third {
  first  : c4 < 0.3
  second : c4 < 0.6
  rest   : otherwise
}
";

/// Numbers from 0 to 1 that cannot be packed, some of them missing.
fn number(row: i64, column: i64) -> Option<f64> {
    let mixed = (row * COLUMNS + column + 1).cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11;
    let missing = column % 2 == 1 && column < 5 && row % 97 == column;
    (!missing).then_some(mixed as f64 / (1_u64 << 53) as f64)
}

/// Some hundred megabytes of customers, more than the bounds below.
fn large() -> Shop {
    let shop = Shop::new();
    shop.write("rules.segue", RULES);
    shop.write(
        "segue.toml",
        "[project]\nname = \"large\"\nas_of = \"2026-01-01\"\n\n[data]\ncustomers = \"large.parquet\"\n",
    );
    write_groups(&shop.file("large.parquet"), GROUPS, false, &|group| {
        let rows = || group * ROWS_OF_GROUP..(group + 1) * ROWS_OF_GROUP;
        let mut columns: Vec<(String, ArrayRef)> = vec![("id".into(), Arc::new(Int64Array::from_iter_values(rows())))];
        for column in 0..COLUMNS {
            let numbers: Float64Array = rows().map(|row| number(row, column)).collect();
            columns.push((format!("c{column}"), Arc::new(numbers)));
        }
        columns
    });
    shop
}

/// Writes a Parquet file that is not packed, group by group, with dictionaries or without.
fn write_groups(file: &Path, groups: i64, with_dictionaries: bool, columns: &dyn Fn(i64) -> Vec<(String, ArrayRef)>) {
    let mut writer: Option<ArrowWriter<std::fs::File>> = None;
    for group in 0..groups {
        let batch = columns(group).into_iter().map(|(name, array)| (name, array, true));
        let batch = RecordBatch::try_from_iter_with_nullable(batch).unwrap();
        let writer = writer.get_or_insert_with(|| {
            let properties = WriterProperties::builder()
                .set_dictionary_enabled(with_dictionaries)
                .set_compression(Compression::UNCOMPRESSED)
                .set_max_row_group_row_count(Some(ROWS_OF_GROUP as usize));
            let file = std::fs::File::create(file).unwrap();
            ArrowWriter::try_new(file, batch.schema(), Some(properties.build())).unwrap()
        });
        writer.write(&batch).unwrap();
    }
    writer.unwrap().close().unwrap();
}

/// Runs the command in a process that the system gives no more than so many kilobytes of memory for its data.
fn limited(shop: &Shop, kilobytes: u64, arguments: &[&str]) -> Ended {
    let script = format!("ulimit -d {kilobytes} && exec \"$0\" \"$@\"");
    let mut command = std::process::Command::new("sh");
    command.current_dir(shop.path()).args(["-c", &script, env!("CARGO_BIN_EXE_segue")]).args(arguments);
    let output = command.output().unwrap();
    Ended {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn bytes(shop: &Shop, file: &str) -> Vec<u8> {
    std::fs::read(shop.file(file)).unwrap()
}

/// The megabytes that were in use at most, as the command tells.
fn peak(ended: &Ended) -> u64 {
    let line = ended.err.lines().find_map(|line| line.strip_prefix("at most "));
    line.and_then(|rest| rest.split_once(" MB of memory were in use")).unwrap().0.parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn customers_larger_than_the_bound_are_counted_under_a_limit_of_the_system() {
    let shop = large();
    let size = std::fs::metadata(shop.file("large.parquet")).unwrap().len();
    assert!(size > 100_000_000, "{size}");
    let free = shop.segue(&["run", "--json", "--threads", "2"]);
    assert_eq!((free.status, free.err.as_str()), (0, ""));

    let bound = ["run", "--json", "--threads", "2", "--memory", "92MB"];
    let kept = limited(&shop, 92_000, &bound);
    assert_eq!((kept.status, &kept.out), (0, &free.out), "{}", kept.err);
    assert!((10..=92).contains(&peak(&kept)), "{}", kept.err);

    // Writing who is in what takes no more.
    let bound_out = limited(&shop, 92_000, &[&bound[..], &["--out", "bound"]].concat());
    assert_eq!((bound_out.status, &bound_out.out), (0, &free.out), "{}", bound_out.err);
    assert!((10..=92).contains(&peak(&bound_out)), "{}", bound_out.err);
    assert_eq!(shop.segue(&["run", "--out", "free"]).status, 0);
    for file in ["segments.parquet", "partitions/third.parquet"] {
        assert!(bytes(&shop, &format!("free/{file}")) == bytes(&shop, &format!("bound/{file}")), "{file}");
    }

    // The limit is one: who loads all customers does not get by with it.
    let whole = limited(&shop, 92_000, &["run", "--json", "--threads", "2", "--engine", "interpreter"]);
    assert_ne!(whole.status, 0, "{}", whole.out);
    // Under the bound that is seen in time, and told.
    let told = limited(&shop, 200_000, &[&bound[..], &["--engine", "interpreter"]].concat());
    assert_eq!((told.status, told.out.as_str()), (2, ""));
    for part in [
        "error: this takes ",
        " MB of memory, and the bound is 92 MB:\n",
        " MB for `customers.c0`\n",
        " MB for what is at hand, and the program itself\n",
        "because the interpreter goes through them as they are",
        "--memory sets another bound",
    ] {
        assert!(told.err.contains(part), "no {part} in {}", told.err);
    }
}

const PEOPLE: i64 = 600_000;

/// Some hundred thousand customers whose keys are long texts, with whom a row group of members is large.
fn people() -> Shop {
    let shop = Shop::new();
    let lines = ["customers {", "  key id : id", "  age : integer", "}", "segment everybody { age >= 0 }"];
    let tens = (1..8).map(|tens| format!("segment over_{tens} {{ age >= {tens}0 }}"));
    shop.write("rules.segue", &lines.map(str::to_owned).into_iter().chain(tens).collect::<Vec<_>>().join("\n"));
    shop.write(
        "segue.toml",
        "[project]\nname = \"people\"\nas_of = \"2026-01-01\"\n\n[data]\ncustomers = \"people.parquet\"\n",
    );
    write_groups(&shop.file("people.parquet"), PEOPLE / ROWS_OF_GROUP, false, &|group| {
        let rows = || group * ROWS_OF_GROUP..(group + 1) * ROWS_OF_GROUP;
        // As long as a UUID, and in no order.
        let key = |row: i64| {
            let [upper, lower] = [2, 4].map(|column| (number(row, column).unwrap_or(0.0) * 1e18) as u64);
            format!("{upper:018x}{lower:018x}")
        };
        let keys: StringArray = rows().map(|row| Some(key(row))).collect();
        let ages = Int64Array::from_iter_values(rows().map(|row| row % 90));
        vec![("id".into(), Arc::new(keys) as ArrayRef), ("age".into(), Arc::new(ages))]
    });
    shop
}

#[cfg(target_os = "linux")]
#[test]
fn long_keys_are_written_within_the_bound() {
    let shop = people();
    for (shape, file) in [(&[][..], "segments.parquet"), (&["--wide"], "customers.parquet")] {
        let out = |folder: &'static str| [&["run", "--json", "--threads", "2", "--out", folder][..], shape].concat();
        let free = shop.segue(&out("free"));
        assert_eq!(free.status, 0, "{}", free.err);
        // What does not fit is told; from some bound on all fits, and the system has nothing to refuse.
        let mut fits = Vec::new();
        for megabytes in (45..=115).step_by(10) {
            let bound = format!("{megabytes}MB");
            let kept = limited(&shop, megabytes * 1000, &[&out("bound")[..], &["--memory", &bound]].concat());
            match kept.status {
                0 => {
                    assert_eq!(kept.out, free.out, "{bound}");
                    assert!((10..=megabytes).contains(&peak(&kept)), "{bound}: {}", kept.err);
                    assert!(bytes(&shop, &format!("free/{file}")) == bytes(&shop, &format!("bound/{file}")), "{bound}");
                }
                status => {
                    assert_eq!((status, kept.out.as_str()), (2, ""), "{bound}: {}", kept.err);
                    assert!(kept.err.contains(&format!(", and the bound is {megabytes} MB:")), "{}", kept.err);
                }
            }
            fits.push(kept.status == 0);
        }
        assert!(fits.is_sorted() && fits.first() == Some(&false) && fits.last() == Some(&true), "{fits:?}");
    }
}

const EVENTS: &str = "customers {
  key id : id
  age : integer?
}

events orders by id at happened_at from \"at\" {
  price : number
  size  : number
  shop  : text
}

segment grown { age >= 18 }
segment many { at least 12 orders }
segment dear { (sum of orders.price) > 6 }
segment late { any orders in the last 300 days where shop is \"s3\" and size > 0.9 }

partition half {
  first  : (average of orders.price) < 0.5
  second : otherwise
}
";

const EVENT_GROUPS: i64 = 32;
const BUYERS: i64 = 150_000;

/// Some two million events, nearly by time, of customers in no order: more than the bounds below hold.
fn many_events() -> Shop {
    events_of(|row| (number(row, 0).unwrap_or(0.0) * (BUYERS + 9) as f64) as i64)
}

/// The same of customers that are told by row.
fn events_of(buyer: impl Fn(i64) -> i64) -> Shop {
    let shop = Shop::new();
    shop.write("rules.segue", EVENTS);
    shop.write(
        "segue.toml",
        "[project]\nname = \"events\"\nas_of = \"2026-01-01\"\n\n[data]\ncustomers = \"customers.parquet\"\norders = \"orders.parquet\"\n",
    );
    let named =
        |columns: Vec<(&str, ArrayRef)>| columns.into_iter().map(|(name, array)| (name.to_owned(), array)).collect();
    write_groups(&shop.file("customers.parquet"), 1, true, &|_| {
        let ages: Int64Array = (0..BUYERS).map(|id| (id % 11 > 0).then_some(id % 80)).collect();
        named(vec![("id", Arc::new(Int64Array::from_iter_values(0..BUYERS)) as ArrayRef), ("age", Arc::new(ages))])
    });
    write_groups(&shop.file("orders.parquet"), EVENT_GROUPS, true, &|group| {
        let rows = || group * ROWS_OF_GROUP..(group + 1) * ROWS_OF_GROUP;
        let numbers = |column| rows().map(move |row| number(row, column)).collect::<Float64Array>();
        // A few of customers that there are not.
        let who = rows().map(&buyer);
        // Those of one customer are not in order either.
        let times = rows().map(|row| 1_640_995_200_000 + (row ^ 5) * 60_000);
        named(vec![
            ("id", Arc::new(Int64Array::from_iter_values(who)) as ArrayRef),
            ("at", Arc::new(TimestampMillisecondArray::from_iter_values(times))),
            ("price", Arc::new(numbers(2))),
            ("size", Arc::new(numbers(4))),
            ("shop", Arc::new(rows().map(|row| Some(format!("s{}", row % 7))).collect::<StringArray>())),
        ])
    });
    shop
}

#[cfg(target_os = "linux")]
#[test]
fn events_larger_than_the_bound_are_worked_out_under_a_limit_of_the_system() {
    let shop = many_events();
    let free = shop.segue(&["run", "--json", "--threads", "2", "--out", "free"]);
    assert_eq!(free.status, 0, "{}", free.err);
    assert!(free.out.contains("unknown_customers"), "{}", free.out);

    // The limit is one: who loads all events does not get by with it.
    let run = ["run", "--json", "--threads", "2"];
    let whole = limited(&shop, 110_000, &[&run[..], &["--engine", "interpreter"]].concat());
    assert_ne!(whole.status, 0, "{}", whole.out);
    // Without a bound that limit is one.
    let limit = limited(&shop, 110_000, &run);
    assert_eq!((limit.status, &limit.out), (0, &free.out), "{}", limit.err);

    let temporary = shop.file("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let bound = ["--memory", "110MB", "--temp", "temporary", "--out", "bound"];
    let kept = limited(&shop, 110_000, &[&run[..], &bound].concat());
    assert_eq!((kept.status, &kept.out), (0, &free.out), "{}", kept.err);
    let ranges = kept.err.lines().find_map(|line| line.strip_prefix("customers were worked out in "));
    let ranges: u64 = ranges.and_then(|rest| rest.split_once(" ranges, ")).unwrap().0.parse().unwrap();
    assert!((2..200).contains(&ranges), "{}", kept.err);
    assert!((10..=110).contains(&peak(&kept)), "{}", kept.err);
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0);
    for file in ["segments.parquet", "partitions/half.parquet"] {
        assert!(bytes(&shop, &format!("free/{file}")) == bytes(&shop, &format!("bound/{file}")), "{file}");
    }

    // Bounds of which some hold all events, but not what puts them in order, or what writes the answers.
    for megabytes in (102..=118).step_by(4).chain((150..270).step_by(20)) {
        let (bound, limit) = (format!("{megabytes}MB"), megabytes * 1000);
        let kept = limited(&shop, limit, &[&run[..], &["--memory", &bound, "--out", "near"]].concat());
        assert_eq!((kept.status, &kept.out), (0, &free.out), "{bound}: {}", kept.err);
        assert!((10..=megabytes).contains(&peak(&kept)), "{bound}: {}", kept.err);
    }

    // A disk that is full, to which a limit on files is the same.
    let script = format!(
        "trap '' XFSZ; ulimit -f 20000 && exec '{}' run --memory 110MB --temp temporary",
        env!("CARGO_BIN_EXE_segue")
    );
    let full = std::process::Command::new("sh").current_dir(shop.path()).args(["-c", &script]).output().unwrap();
    let told = String::from_utf8_lossy(&full.stderr);
    assert_eq!(full.status.code(), Some(2));
    for part in ["temporary: ", "cannot grow beyond ", "It needs about ", "--temp names another folder"] {
        assert!(told.contains(part), "no {part} in {told}");
    }
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0);
}

/// Runs with bounds under limits of the system that are as narrow: each answers as a run without, or says what takes how
/// much; the last ones answer, and with the first one does not.
#[cfg(target_os = "linux")]
fn steps(shop: &Shop, run: &[&str], bounds: impl IntoIterator<Item = u64>) {
    let free = shop.segue(run);
    assert_eq!(free.status, 0, "{}", free.err);
    let mut fits = Vec::new();
    for megabytes in bounds {
        let bound = format!("{megabytes}MB");
        let kept = limited(shop, megabytes * 1000, &[run, &["--memory", &bound]].concat());
        if kept.status == 0 {
            assert_eq!(kept.out, free.out, "{bound}");
            assert!(peak(&kept) <= megabytes, "{bound}: {}", kept.err);
        } else {
            let told = format!(", and the bound is {megabytes} MB:");
            assert!(kept.status == 2 && kept.err.contains(&told), "{bound}: {} {}", kept.status, kept.err);
        }
        fits.push(kept.status == 0);
    }
    assert!(fits.is_sorted() && fits.first() == Some(&false) && fits.last() == Some(&true), "{fits:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn prepared_data_keep_the_bound() {
    let shop = many_events();
    assert_eq!(shop.segue(&["prepare"]).status, 0);
    // What is mapped from a file is no data to the system's limit; it is in the peak.
    steps(&shop, &["run", "--json", "--threads", "2"], [30, 70, 80, 90, 100, 120, 160, 250]);
    steps(&shop, &["run", "--json", "--engine", "interpreter"], [30, 90, 120, 300]);
    // Who is refused hears that there are prepared data, and why they were no help.
    let told = shop.segue(&["run", "--json", "--memory", "30MB"]);
    let parts = ["prepared data are not used: they would take ", "error: this takes "].map(|part| told.err.find(part));
    assert!(parts.is_sorted() && parts.iter().all(Option::is_some), "{}", told.err);
}

/// Events whose texts are all different.
fn different_texts() -> Shop {
    let shop = Shop::new();
    let rules = [
        "customers {",
        "  key id : id",
        "}",
        "events visits by id at happened_at from \"at\" {",
        "  page : text",
        "  site : text?",
        "}",
        "segment often { at least 3 visits }",
        "segment some { any visits where page contains \"99\" }",
        "segment many { (number of different visits.site) > 2 }",
    ];
    shop.write("rules.segue", &rules.join("\n"));
    shop.write(
        "segue.toml",
        "[project]\nname = \"texts\"\nas_of = \"2026-01-01\"\n\n[data]\ncustomers = \"customers.parquet\"\nvisits = \"visits.parquet\"\n",
    );
    write_groups(&shop.file("customers.parquet"), 1, true, &|_| {
        vec![("id".to_owned(), Arc::new(Int64Array::from_iter_values(0..BUYERS)) as ArrayRef)]
    });
    write_groups(&shop.file("visits.parquet"), 6, true, &|group| {
        let rows = || group * ROWS_OF_GROUP..(group + 1) * ROWS_OF_GROUP;
        let texts = |what: &str| rows().map(|row| Some(format!("{what} {row}"))).collect::<StringArray>();
        let who = rows().map(|row| row * 7919 % BUYERS);
        let times = rows().map(|row| 1_640_995_200_000 + row * 60_000);
        let columns: [(&str, ArrayRef); 4] = [
            ("id", Arc::new(Int64Array::from_iter_values(who))),
            ("at", Arc::new(TimestampMillisecondArray::from_iter_values(times))),
            ("page", Arc::new(texts("page"))),
            ("site", Arc::new(texts("site"))),
        ];
        columns.into_iter().map(|(name, array)| (name.to_owned(), array)).collect()
    });
    shop
}

#[cfg(target_os = "linux")]
#[test]
fn texts_that_are_all_different_keep_the_bound() {
    let shop = different_texts();
    steps(&shop, &["run", "--json", "--threads", "2"], [30, 100, 115, 130, 145, 160, 180, 260]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_customer_of_most_events_keeps_the_bound_or_is_refused() {
    let shop = events_of(|row| if row % 10 < 8 { 77 } else { row * 7919 % BUYERS });
    steps(&shop, &["run", "--json", "--threads", "2"], [60, 110, 140, 180, 220, 260, 320, 450]);
}

/// Customers who ask about others, so that all are loaded at once, and events in files of all kinds, each with a key of its own.
fn own_keys() -> Shop {
    const ROWS: i64 = 2 * ROWS_OF_GROUP;
    let shop = Shop::new();
    let rules = [
        "customers {",
        "  key id : id",
        "  friend : id? -> customers",
        "  age    : integer",
        "}",
        "events visits by id at happened_at from \"at\" {",
        "  key visit : id",
        "  page : text",
        "}",
        "segment often { at least 3 visits }",
        "segment of_grown { friend.age >= 18 and any visits where page ends with \"7\" }",
    ];
    shop.write("rules.segue", &rules.join("\n"));
    shop.write(
        "segue.toml",
        "[project]\nname = \"keys\"\nas_of = \"2026-01-01\"\n\n[data]\ncustomers = \"customers.parquet\"\nvisits = \"visits.*\"\n",
    );
    let named =
        |columns: Vec<(&str, ArrayRef)>| columns.into_iter().map(|(name, array)| (name.to_owned(), array)).collect();
    write_groups(&shop.file("customers.parquet"), 1, true, &|_| {
        let friends: Int64Array = (0..BUYERS).map(|id| (id % 3 > 0).then_some(id * 7 % BUYERS)).collect();
        named(vec![
            ("id", Arc::new(Int64Array::from_iter_values(0..BUYERS)) as ArrayRef),
            ("friend", Arc::new(friends)),
            ("age", Arc::new(Int64Array::from_iter_values((0..BUYERS).map(|id| id % 80)))),
        ])
    });
    let buyer = |row: i64| row * 7919 % BUYERS;
    let mut csv = "id,at,visit,page\n".to_owned();
    (0..ROWS)
        .for_each(|row| csv += &format!("{},2024-01-{:02} 10:00,L{row},p{}\n", buyer(row), row % 28 + 1, row % 10));
    shop.write("visits.csv", &csv);
    let mut ndjson = String::new();
    (ROWS..2 * ROWS).for_each(|row| {
        ndjson += &format!(
            "{{\"id\": {}, \"at\": \"2024-02-{:02}T10:00:00\", \"visit\": \"L{row}\", \"page\": \"p{}\"}}\n",
            buyer(row),
            row % 28 + 1,
            row % 10
        );
    });
    shop.write("visits.ndjson", &ndjson);
    write_groups(&shop.file("visits.parquet"), 2, true, &|group| {
        let rows = || 2 * ROWS + group * ROWS_OF_GROUP..2 * ROWS + (group + 1) * ROWS_OF_GROUP;
        let times = rows().map(|row| 1_640_995_200_000 + row * 60_000);
        named(vec![
            ("id", Arc::new(Int64Array::from_iter_values(rows().map(buyer))) as ArrayRef),
            ("at", Arc::new(TimestampMillisecondArray::from_iter_values(times))),
            ("visit", Arc::new(rows().map(|row| Some(format!("L{row}"))).collect::<StringArray>())),
            ("page", Arc::new(rows().map(|row| Some(format!("p{}", row % 10))).collect::<StringArray>())),
        ])
    });
    shop
}

#[cfg(target_os = "linux")]
#[test]
fn data_that_are_held_at_once_keep_the_bound_or_are_refused() {
    let shop = own_keys();
    steps(&shop, &["run", "--json", "--threads", "2"], (60..=160).step_by(10).chain([320]));
}

#[cfg(target_os = "linux")]
#[test]
fn preparing_keeps_the_bound_or_is_refused() {
    preparing_keeps_the_bound(&many_events(), &[60, 120, 200, 280, 360, 600]);
    preparing_keeps_the_bound(&own_keys(), &[60, 80, 100, 120, 140, 160, 400]);
}

#[cfg(target_os = "linux")]
fn preparing_keeps_the_bound(shop: &Shop, bounds: &[u64]) {
    let mut fits = Vec::new();
    for megabytes in bounds {
        assert_eq!(shop.segue(&["prepare", "--remove"]).status, 0);
        let bound = format!("{megabytes}MB");
        let made = limited(shop, megabytes * 1000, &["prepare", "--threads", "2", "--memory", &bound]);
        if made.status != 0 {
            let parts = [
                &*format!(", and the bound is {megabytes} MB:"),
                "`segue run` does without",
                "(--memory sets another bound)",
            ];
            assert!(made.status == 2 && parts.iter().all(|part| made.err.contains(part)), "{bound}: {}", made.err);
            // Nothing of a set is left.
            let left = std::fs::read_dir(shop.file(".segue/prepared")).into_iter().flatten().flatten();
            assert_eq!(left.filter(|entry| entry.path().is_dir()).count(), 0, "{bound}");
        }
        fits.push(made.status == 0);
    }
    assert!(fits.is_sorted() && fits.first() == Some(&false) && fits.last() == Some(&true), "{fits:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn customers_added_by_events_keep_the_bound_or_are_refused() {
    let shop = many_events();
    let settings = std::fs::read_to_string(shop.file("segue.toml")).unwrap();
    shop.write("segue.toml", &format!("{settings}unknown_customers = \"add\"\n"));
    // Rows are dealt out twice here: nobody knows the customers when they come.
    steps(&shop, &["run", "--json", "--threads", "2"], (70..=150).step_by(16));
}

#[test]
fn a_folder_for_temporary_files_has_to_be_there() {
    let shop = Shop::new();
    let ended = shop.segue(&["run", "--temp", "nowhere"]);
    assert_eq!((ended.status, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("nowhere is no folder: --temp takes one that is there"), "{}", ended.err);
}

#[test]
fn a_bound_is_a_number_with_a_unit() {
    let shop = Shop::new();
    for bound in ["512MB", "4GB", "4GiB", "1.5 gb"] {
        let ended = shop.segue(&["run", "--memory", bound]);
        assert_eq!(ended.status, 0, "{bound}: {}", ended.err);
    }
    for bound in ["much", "4", "-1GB", "0MB"] {
        let ended = shop.segue(&["run", &format!("--memory={bound}")]);
        assert_eq!(ended.status, 2, "{bound}");
        assert!(ended.err.contains("write a number and a unit, such as 512MB, 4GB or 4GiB"), "{}", ended.err);
    }
}

#[test]
fn what_is_streamed_is_written_and_told_as_what_is_loaded() {
    let shop = Shop::new();
    shop.write("customers.csv", "customer_id,country\n7,France\nb,Spain\n3,\n07,France\n5,France,\n");
    let by = |engine: &str, folder: &str, wide: &[&str]| {
        let run =
            ["run", "--only", "french,nobody", "--engine", engine, "--bad-rows", "skip", "--format", "csv", "--out"];
        let ended = shop.segue(&[&run[..], &[folder], wide].concat());
        assert_eq!(ended.status, 0, "{}", ended.err);
        (ended.out.replace(engine, "ENGINE"), ended.err.replace(folder, "FOLDER"))
    };
    assert_eq!(by("jit", "one", &[]), by("interpreter", "other", &[]));
    assert_eq!(shop.read("one/segments.csv"), "customer_id,segment\n7,french\n07,french\n");
    assert_eq!(shop.read("one/segments.csv"), shop.read("other/segments.csv"));
    assert_eq!(by("jit", "one", &["--wide"]), by("interpreter", "other", &["--wide"]));
    assert_eq!(shop.read("one/customers.csv"), shop.read("other/customers.csv"));
}
