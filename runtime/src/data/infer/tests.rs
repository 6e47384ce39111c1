//! Drafts of folders of data: each checks, loads, and its example segment has members.
#![expect(clippy::unwrap_used, reason = "a failed test should stop at the line that failed")]

use super::*;
use crate::data::{BadRows, LoadOptions, NeededFields, Quiet, Sources, UnknownCustomers, load};
use crate::interpret;
use crate::outcome::Request;
use segue_compiler::program::SegmentId;
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
            read_list: &|name| Err(name.to_owned()),
        });
        let Draft { settings, declarations, segments, findings } = draft;
        let text = format!(
            "-- segue.toml\n{settings}\n-- declarations.segue\n{declarations}\n-- segments.segue\n{segments}\n-- found\n{}",
            findings.join("\n")
        );
        assert!(checked.diagnostics.is_empty(), "{text}\n{:#?}", checked.diagnostics);
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
        let options = LoadOptions { needed, bad_rows: BadRows::Stop, unknown_customers, progress: &Quiet };
        let loaded = load(&program, &sources, &options).unwrap_or_else(|errors| unreachable!("{text}\n{errors}"));
        let request = Request {
            as_of: program.settings.as_of.unwrap_or(1_800_000_000_000_000),
            segments: vec![SegmentId(0)],
            partitions: Vec::new(),
            traits: Vec::new(),
            threads: 1,
        };
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
      degrees : integer
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
