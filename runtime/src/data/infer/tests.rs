//! Drafts of folders of data: each checks, loads, and its example segment has members.
#![expect(clippy::unwrap_used, reason = "a failed test should stop at the line that failed")]

use super::*;
use crate::data::{BadRows, LoadOptions, NeededFields, Quiet, Sources, UnknownCustomers, load};
use crate::interpret;
use crate::outcome::Request;
use segue_compiler::plan::Selection;
use segue_compiler::program::{Item, SegmentId};
use segue_compiler::project::{self, Input};
use segue_compiler::source::SourceFile;
use std::io::Write;
use tempfile::TempDir;

/// A folder `data` with files, and a folder `project` beside it.
struct Trial(TempDir);

impl Trial {
    fn new() -> Trial {
        let trial = Trial(tempfile::tempdir().unwrap());
        std::fs::create_dir(trial.0.path().join("data")).unwrap();
        std::fs::create_dir(trial.0.path().join("project")).unwrap();
        trial
    }

    fn file(self, name: &str, content: impl AsRef<[u8]>) -> Trial {
        std::fs::write(self.0.path().join("data").join(name), content).unwrap();
        self
    }

    fn fixture(self, name: &str) -> Trial {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/data/infer/fixtures").join(name);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, self.0.path().join("data").join(path.file_name().unwrap())).unwrap();
        }
        self
    }

    fn draft(&self, customer: Option<&str>) -> Result<Draft, DataErrors> {
        let (paths, folder) = ([self.0.path().join("data")], self.0.path().join("project"));
        draft(&DraftRequest { paths: &paths, folder: &folder, customer }, &Quiet)
    }

    /// Drafts, checks, loads all, and works the example segment out; gives all texts and how many members it has.
    #[track_caller]
    fn shown(&self, customer: Option<&str>) -> String {
        let draft = self.draft(customer).unwrap();
        let checked = project::check(Input {
            settings: Some(SourceFile::new("segue.toml", draft.settings.as_str())),
            files: vec![
                SourceFile::new("declarations.segue", draft.declarations.as_str()),
                SourceFile::new("segments.segue", draft.segments.as_str()),
            ],
            constants: project::Constants::default(),
            read_list: &|name| Err(name.to_owned()),
        });
        let Draft { settings, declarations, segments, findings } = draft;
        let text = format!(
            "-- segue.toml\n{settings}\n-- declarations.segue\n{declarations}\n-- segments.segue\n{segments}\n-- found\n{}",
            findings.join("\n")
        );
        assert!(checked.diagnostics.is_empty(), "{text}\n{:#?}", checked.diagnostics);
        for rules in [&declarations, &segments] {
            let laid_out = segue_compiler::format::format(&SourceFile::new("rules.segue", rules.as_str())).text;
            assert_eq!(laid_out, *rules);
        }
        let program = checked.program.unwrap();
        let mut sources = Sources::new();
        for source in &checked.config.data {
            sources.set(&source.table, &self.0.path().join("project"), &source.paths);
        }
        let unknown_customers = match checked.config.unknown_customers {
            project::UnknownCustomers::Add => UnknownCustomers::Add,
            project::UnknownCustomers::Report => UnknownCustomers::Report,
        };
        let needed = NeededFields::everything(&program);
        let options =
            LoadOptions { needed, bad_rows: BadRows::Stop, unknown_customers, progress: &Quiet, prepared: None };
        let loaded = load(&program, &sources, &options).unwrap_or_else(|errors| unreachable!("{text}\n{errors}"));
        let as_of = program.settings.as_of.unwrap_or(1_800_000_000_000_000);
        let request = Request::of(Selection::of([Item::Segment(SegmentId(0))]), as_of);
        let outcome = interpret::run(&program, &loaded.dataset, &request).unwrap();
        let members = outcome.segments[0].count();
        assert!(members > 0, "{text}");
        format!("{text}\n-- {members} of {} customers\n", outcome.customers)
    }
}

#[test]
fn households_with_purchases_coupons_and_products() {
    insta::assert_snapshot!(Trial::new().fixture("grocery").shown(None));
}

#[test]
fn purchases_without_a_file_of_customers() {
    insta::assert_snapshot!(Trial::new().fixture("music").shown(None));
}

#[test]
fn one_file_of_clicks() {
    insta::assert_snapshot!(Trial::new().fixture("clicks").shown(None));
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn names_that_clash_and_values_of_every_kind() {
    let mut users = String::from(
        "id;E-mail;First Name;is_member;newsletter_opt_in;Gender;zip;rate;Income (USD);from;In;Größe;signup date;zone;plan;Plan;Note;note\n",
    );
    let plans = ["free", "plus", "free trial"];
    for id in 1..=24 {
        let plan = plans[id % 3];
        users.push_str(&format!(
            "{id};u{id}@example.com;Ann {id};{};{};{};0{};0.{id:02};{}.50;x{id};{};1.{id};2024-01-{id:02};Europe/Rome;{plan};{};0{}/02/2024;x\n",
            id % 2,
            if id % 3 == 0 { "yes" } else { "no" },
            if id % 2 == 0 { "female" } else { "male" },
            1000 + id,
            id * 100,
            if id % 4 == 0 { "" } else { "north" },
            id % 2,
            id % 9 + 1,
        ));
    }
    let mut orders = String::new();
    for order in 0..40 {
        let (user, day) = (order % 20 + 1, order % 28 + 1);
        orders.push_str(&format!(
            "{{\"order_id\": \"A{order}\", \"user\": {user}, \"created\": \"2024-02-{day:02}T10:00:00Z\", \"tags\": [\"web\", \"sale\"], \
             \"items\": [{{\"sku\": {}, \"quantity\": 2, \"price\": 9.99}}], \"shipping\": {{\"city\": \"Rome\"}}{}}}\n",
            order % 12 + 500,
            if order == 7 { ", \"coupon\": \"X\"" } else { "" }
        ));
    }
    let products: String = (500..512).map(|sku| format!("{sku},Thing {sku}\n")).collect();
    let trial = Trial::new()
        .file("users.csv", users)
        .file("orders.ndjson.gz", gzip(&orders))
        .file("products.csv", format!("sku,name\n{products}"))
        .file("readme.txt", "not data");
    insta::assert_snapshot!(trial.shown(None));
}

#[test]
fn parts_of_one_table_and_records() {
    let trial = Trial::new()
        .file("members.tsv", "member_no\tname\n7\ta\n8\tb\n")
        .file("visits-2023.csv", "Member No,day\n7,2023-01-01\n8,2023-01-02\n7,2023-05-05\n")
        .file("visits-2024.csv", "Member No,day\n7,2024-01-01\n8,2024-04-02\n8,2024-05-05\n")
        .file("pets.csv", "Member No,species\n7,dog\n7,cat\n");
    insta::assert_snapshot!(trial.shown(Some("member_no")));
}

#[test]
fn customers_alone() {
    let trial = Trial::new().file("customers.csv", "customer_id,where\n1,x\n2,y\n");
    insta::assert_snapshot!(trial.shown(None));
}

#[test]
fn without_customers_there_is_no_draft() {
    let trial = Trial::new().file("weather.csv", "town,degrees\nRome,30\n");
    insta::assert_snapshot!(trial.draft(None).unwrap_err(), @r#"I cannot tell which column names the customer: say it with --customer COLUMN, one of "degrees", "town""#);
    insta::assert_snapshot!(trial.draft(Some("visitor")).unwrap_err(), @r#"no file has a column "visitor"; the columns are "degrees", "town""#);
    insta::assert_snapshot!(trial.shown(Some("Town")), @r#"
    -- segue.toml
    [project]
    name = "project"
    time_zone = "UTC"   # guess: the zone of your clocks, such as "Europe/Berlin"
    currency = "USD"     # guess

    [data]
    customers = "../data/weather.csv"

    -- declarations.segue
    # Drafted from the data. Look at the lines marked "guess", give fields the names you use, and drop what you do
    # not need. The labels personal, protected and consent follow from the names.

    # weather.csv, 1 row.
    customers {
      key town : id
      degrees  : integer
    }

    -- segments.segue
    # All customers: put your own conditions here.
    segment everyone "Everyone" {
      town is not ""
    }

    -- found
    customers: weather.csv, 1 row, key town
    -- 1 of 1 customers
    "#);
}

/// Events of 50 customers, one a minute, as many as asked for; the kind is another one at the end.
fn long_parquet(rows: i64) -> Vec<u8> {
    use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
    use std::sync::Arc;
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values((0..rows).map(|row| row % 50)));
    let times = TimestampMicrosecondArray::from_iter_values((0..rows).map(|row| row * 60_000_000)).with_timezone("UTC");
    let kind = |row: i64| Some(if row + 100 < rows { "visit" } else { "bought" }).filter(|_| row != rows / 3 + 1);
    let kinds: ArrayRef = Arc::new(StringArray::from_iter((0..rows).map(kind)));
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("customer_id", ids, false),
        ("happened_at", Arc::new(times) as ArrayRef, false),
        ("kind", kinds, true),
    ])
    .unwrap();
    let properties = parquet::file::properties::WriterProperties::builder();
    let properties = properties.set_max_row_group_row_count(Some(7_000)).build();
    let mut file = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    file
}

#[test]
fn a_long_parquet_file_is_looked_at_from_end_to_end() {
    // One value is missing, in none of the rows looked at: the row groups say so. So they do of the newest time.
    let text = Trial::new().file("clicks.parquet", long_parquet(60_000)).shown(None);
    assert!(text.contains("as_of = \"1970-02-12\"   # the day after the newest event;"), "{text}");
    assert!(text.contains("kind : one of bought, visit ?"), "{text}");
    assert!(text.contains("# guess: not all rows were looked at, so there may be more values"), "{text}");
}

#[test]
fn what_is_known_of_a_part_of_a_long_file_is_a_guess() {
    let rows: String = (0..30_000)
        .map(|row| format!("{},2024-01-{:02},{}\n", row % 50, row / 1_500 + 1, if row % 2 == 0 { "a" } else { "b" }))
        .collect();
    let text = Trial::new().file("clicks.csv", format!("customer_id,day,kind\n{rows}")).shown(None);
    assert!(text.contains("as_of = \"2024-01-15\"   # guess: the day after the newest event of those"), "{text}");
    assert!(text.contains("# guess: not all rows were looked at, so fields without ? may be missing"), "{text}");
    assert!(text.contains("# guess: not all rows were looked at, so there may be more values"), "{text}");
}

#[test]
fn the_customer_is_found_by_values_where_files_call_it_differently() {
    let people: String = (1..=30).map(|id| format!("{id},{}\n", 20 + id)).collect();
    let orders: String = (1..=30).map(|id| format!("{id},2024-01-{id:02},{id}.50\n")).collect();
    let clicks: String = (1..=60)
        .map(|at| format!("{{\"user\": {}, \"at\": \"2024-02-01T10:00:{:02}Z\"}}\n", at % 30 + 1, at % 60))
        .collect();
    let trial = Trial::new()
        .file("orders.csv", format!("customer_id,ordered_on,paid\n{orders}"))
        .file("people.csv", format!("customer_id,age\n{people}"))
        .file("clicks.ndjson.gz", gzip(&clicks));
    let text = trial.shown(None);
    assert!(text.contains("events clicks by user at at_value from \"at\""), "{text}");
    assert!(!text.contains("times without a zone"), "{text}");
    assert!(text.contains("  age             : integer  protected\n"), "{text}");
}

#[test]
fn columns_that_cannot_be_read_say_why() {
    let mut people = b"customer_id,town,plan,plan\n".to_vec();
    for id in 1..=9 {
        people.extend_from_slice(format!("{id},K").as_bytes());
        people.extend_from_slice(b"\xf6ln,a,b\n");
    }
    let text = Trial::new().file("people.csv", people).shown(None);
    assert!(
        text.contains(
            "# The column \"town\" is left out: its text is not in the encoding UTF-8; save the file as UTF-8"
        ),
        "{text}"
    );
    assert!(text.contains("# The column \"plan\" is left out: the file has several of that name."), "{text}");
}

#[test]
fn files_that_are_not_there_are_named_plainly() {
    let paths = [PathBuf::from("nosuch.csv")];
    let refused = draft(&DraftRequest { paths: &paths, folder: Path::new("."), customer: None }, &Quiet).unwrap_err();
    insta::assert_snapshot!(refused, @"nosuch.csv: there is no such file or folder");
}

#[test]
fn a_percent_sign_in_a_name_makes_no_amount_of_money() {
    let mut lines = "Customer ID,Discount %,%off,tax%,Discount percentage,Discount\n".to_owned();
    for row in 0..20 {
        lines += &format!("{row},{},{}.5,0.{row},{},{row}.25\n", row * 5, row * 20, row * 30);
    }
    let draft = Trial::new().file("customers.csv", lines).draft(None).unwrap();
    let fields: Vec<Vec<&str>> = draft
        .declarations
        .lines()
        .filter(|line| line.contains(" : "))
        .map(|line| line.split_whitespace().take_while(|word| *word != "from" && *word != "#").collect())
        .collect();
    let told: Vec<String> = fields.iter().map(|words| words.join(" ")).collect();
    assert_eq!(
        told,
        [
            "key customer_id : id",
            "discount_percent : percent as 45",
            "percent_off : number",
            "tax_percent : percent as 0.45",
            "discount_percentage : integer",
            "discount : money USD",
        ]
    );
}

#[test]
fn segments_and_fields_of_customers_have_names_of_their_own() {
    let people: String = (1..=9).map(|id| format!("{id},{},{id}\n", id % 2)).collect();
    let visits: String = (1..=18).map(|at| format!("{},2024-01-{at:02}\n", at % 9 + 1)).collect();
    let trial = Trial::new()
        .file("people.csv", format!("customer_id,active,visits\n{people}"))
        .file("visits.csv", format!("customer_id,day\n{visits}"));
    // It is checked that the draft has no mistakes.
    let text = trial.shown(None);
    for part in ["  active ", "  visits_2 ", "segment active_2 "] {
        assert!(text.contains(part), "no {part} in {text}");
    }
}

#[test]
fn places_are_found_in_one_column_in_two_and_in_records() {
    let trial = Trial::new()
        .file("people.csv", "id,home,work_lat,work_lon,lat\n1,\"40.7536, -73.9832\",40.7,-73.9,1.5\n2,,,,\n3,\"-36.8485,174.7633\",-36.8,174.7,2.5\n")
        .file("visits.ndjson", "{\"id\":1,\"at\":\"2026-01-01T10:00:00Z\",\"place\":{\"lat\":40.7,\"lon\":-73.9},\"price\":\"1,5\"}\n{\"id\":1,\"at\":\"2026-01-02T10:00:00Z\",\"place\":{\"lat\":40,\"lon\":-73},\"price\":\"2,5\"}\n");
    let rules = trial.draft(Some("id")).unwrap().declarations;
    for line in
        ["home     : location?  personal", "work     = point(work_lat, work_lon)", "place : location", "price : text"]
    {
        assert!(rules.contains(line), "{line} in {rules}");
    }
    // A latitude alone is a number.
    assert!(rules.contains("lat      : number?    personal"), "{rules}");
}
