//! Prepared data give what the files give, or are not used.
#![expect(clippy::unwrap_used, reason = "a failed test should stop at the line that failed")]

use super::*;
use crate::data::needed::NeededFields;
use crate::data::tests::{TableDraft, draft_program, shown};
use crate::data::{DataErrors, Loaded, Origin, Quiet, UnknownCustomers, load};
use proptest::prelude::*;
use segue_compiler::program::{FieldId, Program, Reading, TableId, Type};
use segue_compiler::syntax::tree::TableKind;
use segue_compiler::values::Currency;
use serde_json::{Value as Json, json};
use std::fs;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// Every form a column can have, at least once.
fn shop() -> Program {
    let listed = || Type::OneOf(["red", "blue", "green"].map(Into::into).to_vec().into());
    draft_program(vec![
        TableDraft::customers()
            .field("country", Type::Text, true)
            .field("member", Type::Boolean, true)
            .field("visits", Type::Integer, true)
            .field("rating", Type::Number, true)
            .field("income", Type::Money(Currency(*b"USD")), true)
            .field("born", Type::Date, true)
            .field("colour", listed(), true)
            .field("tags", Type::List(Box::new(Type::Text)), true)
            .field_read("flags", Type::List(Box::new(listed())), true, Reading::Bits)
            .field("zone", Type::Timezone, true),
        TableDraft::events("purchases", Type::Datetime)
            .field("price", Type::Money(Currency(*b"USD")), false)
            .field("product", Type::Id(Some(TableId(2))), true)
            .field("channel", Type::Text, true)
            .field("items", Type::Records(TableId(3)), true),
        TableDraft::new("products", TableKind::Table).key("product_id").field("category", Type::Text, true),
        TableDraft::new("items", TableKind::Records).parent(1, 5).field("quantity", Type::Integer, false).field(
            "kind",
            listed(),
            true,
        ),
    ])
}

/// A project's folder.
struct Project {
    folder: TempDir,
    program: Program,
    bad_rows: BadRows,
    unknown: UnknownCustomers,
    purchases: &'static str,
}

impl Project {
    fn new() -> Project {
        Project {
            folder: tempfile::tempdir().unwrap(),
            program: shop(),
            bad_rows: BadRows::Stop,
            unknown: UnknownCustomers::Report,
            purchases: "purchases/*",
        }
    }

    /// With some customers, products and two files of purchases, all written long ago.
    fn filled() -> Project {
        let project = Project::new();
        project.write("customers.ndjson", &rows(0..30, customer));
        project.write("products.ndjson", &rows(0..4, |row| json!({"product_id": row, "category": "toys"})));
        project.write("purchases/1.ndjson", &rows(0..80, purchase));
        project.write("purchases/2.ndjson", &rows(80..100, purchase));
        project
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and has it seem old.
    fn write(&self, name: &str, rows: &[Json]) {
        self.write_now(name, rows);
        let file = fs::File::options().write(true).open(self.path(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
    }

    fn write_now(&self, name: &str, rows: &[Json]) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        let lines: Vec<String> = rows.iter().map(|row| format!("{row}\n")).collect();
        fs::write(self.path(name), lines.concat()).unwrap();
    }

    fn sources(&self) -> Sources {
        let mut sources = Sources::new();
        let tables =
            [("customers", "customers.ndjson"), ("products", "products.ndjson"), ("purchases", self.purchases)];
        for (table, pattern) in tables {
            if pattern.contains(['*', '?']) || self.path(pattern).exists() {
                sources.set(table, self.folder.path(), &[pattern.to_owned()]);
            }
        }
        sources
    }

    fn options<'p>(&self, needed: &NeededFields, prepared: Option<&'p Path>) -> LoadOptions<'p> {
        LoadOptions {
            needed: needed.clone(),
            bad_rows: self.bad_rows.clone(),
            unknown_customers: self.unknown,
            progress: &Quiet,
            prepared,
        }
    }

    fn store(&self) -> std::path::PathBuf {
        self.path("kept/prepared")
    }

    fn prepare(&self) -> Result<Made, PrepareError> {
        let options = self.options(&NeededFields::everything(&self.program), None);
        prepare(&self.store(), &self.program, &self.sources(), &options, (false, None))
    }

    /// What was done for each table.
    fn works(&self) -> Vec<(String, Work)> {
        self.prepare().unwrap().tables.into_iter().map(|table| (table.name, table.work)).collect()
    }

    fn load(&self, needed: &NeededFields, prepared: bool) -> Result<Loaded, DataErrors> {
        let store = self.store();
        load(&self.program, &self.sources(), &self.options(needed, prepared.then_some(&*store)))
    }

    /// What is prepared is used, and is what the files give.
    #[track_caller]
    fn agrees_on(&self, needed: &NeededFields) {
        let prepared = self.load(needed, true).unwrap();
        assert!(matches!(prepared.origin, Origin::Prepared { .. }), "{:?}", prepared.origin);
        same(&self.program, &prepared, &self.load(needed, false).unwrap());
    }

    #[track_caller]
    fn agrees(&self) {
        self.agrees_on(&NeededFields::everything(&self.program));
    }

    /// The files are read, for this reason.
    #[track_caller]
    fn reads_because(&self, reason: &str) {
        let needed = NeededFields::everything(&self.program);
        let loaded = self.load(&needed, true).unwrap();
        let Origin::SourcesInstead(unused) = &loaded.origin else { unreachable!("{:?}", loaded.origin) };
        assert!(unused.to_string().contains(reason), "{unused}");
        same(&self.program, &loaded, &self.load(&needed, false).unwrap());
    }

    /// The files of the set that hold data.
    fn data_files(&self) -> Vec<std::path::PathBuf> {
        let sets = fs::read_dir(self.store()).unwrap().map(|entry| entry.unwrap().path());
        let files = sets.filter(|path| path.is_dir()).flat_map(|set| fs::read_dir(set).unwrap());
        let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with("table"));
        files.sort();
        files
    }
}

#[track_caller]
fn same(program: &Program, one: &Loaded, other: &Loaded) {
    for table in 0..program.tables.len() {
        assert_eq!(
            shown(&one.dataset, table as u32),
            shown(&other.dataset, table as u32),
            "{}",
            program.tables[table].name
        );
    }
    // A narrow load knows less of the rows it did not look at.
    let plain = |loaded: &Loaded| {
        let mut report = loaded.report.clone();
        report.tables.iter_mut().for_each(|table| table.bad_by_columns = Default::default());
        report
    };
    assert_eq!(plain(one), plain(other));
    assert_eq!(one.files, other.files);
}

fn rows(range: std::ops::Range<u64>, of: impl Fn(u64) -> Json) -> Vec<Json> {
    range.map(of).collect()
}

fn customer(row: u64) -> Json {
    json!({
        "customer_id": row * 3,
        "country": (!row.is_multiple_of(5)).then(|| ["Österreich", "", "日本"][(row % 3) as usize]),
        "member": (!row.is_multiple_of(4)).then_some(row.is_multiple_of(2)),
        "visits": (!row.is_multiple_of(7)).then_some(row * 1000),
        "rating": row as f64 / 7.0,
        "income": format!("{}.25", row * 17),
        "born": format!("19{:02}-02-03", row + 10),
        "colour": (["red", "blue", "green"][(row % 3) as usize]),
        "tags": (["a", "b", "c"][..(row % 4).min(3) as usize]),
        "flags": row % 8,
        "zone": "Europe/Vienna",
    })
}

fn purchase(row: u64) -> Json {
    json!({
        "customer_id": row * 7 % 30 * 3,
        "at": format!("2020-01-{:02}T{:02}:00:00Z", row % 28 + 1, row % 5),
        "price": row,
        "product": (!row.is_multiple_of(9)).then_some(row % 4),
        "channel": (["web", "shop"][(row / 50) as usize % 2]),
        "items": (0..row % 3).map(|item| json!({"quantity": item, "kind": "red"})).collect::<Vec<_>>(),
    })
}

/// What segments that ask about a few fields need.
fn few(program: &Program) -> NeededFields {
    let text = |needed: &mut NeededFields, table: u32, names: &[&str]| {
        needed.add_table(program, TableId(table));
        for (field, id) in program.tables[table as usize].fields.iter().zip(0..) {
            if names.contains(&&*field.name) {
                needed.add_field(program, TableId(table), FieldId(id));
            }
        }
    };
    let mut needed = NeededFields::default();
    text(&mut needed, 0, &["income"]);
    text(&mut needed, 1, &["price"]);
    needed
}

#[test]
fn prepared_data_are_what_the_files_give() {
    let project = Project::filled();
    let everything = NeededFields::everything(&project.program);
    assert_eq!(project.load(&everything, true).unwrap().origin, Origin::Sources);
    assert!(project.works().iter().all(|(_, work)| *work == Work::Read));
    project.agrees();
    project.agrees_on(&few(&project.program));
    assert!(project.works().iter().all(|(_, work)| *work == Work::Kept));
}

#[test]
fn tables_that_did_not_change_stay_and_added_files_are_added() {
    let project = Project::filled();
    project.prepare().unwrap();
    project.write("purchases/3.ndjson", &rows(20..70, purchase));
    project.reads_because("`purchases` has other files since");
    let works = |purchases: Work, products: Work| {
        [("customers", Work::Kept), ("purchases", purchases), ("products", products)]
            .map(|(name, work)| (name.to_owned(), work))
            .to_vec()
    };
    assert_eq!(project.works(), works(Work::Added(1), Work::Kept));
    project.agrees();
    // A file in the middle changes the order of rows of the same moment.
    project.write("purchases/15.ndjson", &rows(0..10, purchase));
    assert_eq!(project.works(), works(Work::Read, Work::Kept));
    project.agrees();
    project.write("products.ndjson", &rows(0..2, |row| json!({"product_id": row, "category": null})));
    project.reads_because("products.ndjson has changed since");
    assert_eq!(project.works(), works(Work::Kept, Work::Read));
    // Products that are not there any more are counted where purchases name them.
    project.agrees();
    fs::remove_file(project.path("purchases/2.ndjson")).unwrap();
    assert_eq!(project.works(), works(Work::Read, Work::Kept));
    project.agrees();
    project.write("customers.ndjson", &rows(0..20, customer));
    let again: Vec<Work> = project.works().into_iter().map(|(_, work)| work).collect();
    assert_eq!(again, [Work::Read, Work::Read, Work::Kept]);
    project.agrees();
}

#[test]
fn what_cannot_be_added_exactly_is_read_again() {
    let project = Project::filled();
    let unknown = |row: u64| json!({"customer_id": format!("x{}", row % 3), "at": "2020-01-01T00:00:00Z", "price": 1});
    project.write("purchases/2.ndjson", &rows(0..5, unknown));
    project.prepare().unwrap();
    project.write("purchases/3.ndjson", &rows(2..9, unknown));
    let works = project.works();
    assert_eq!(works[1], ("purchases".to_owned(), Work::Read));
    project.agrees();
}

#[test]
fn customers_whom_only_events_name_are_found_again() {
    let mut project = Project::filled();
    project.write("purchases/3.ndjson", &[json!({"customer_id": "new", "at": "2020-01-01T00:00:00Z", "price": 1})]);
    project.unknown = UnknownCustomers::Add;
    project.prepare().unwrap();
    project.agrees();
    project.agrees_on(&few(&project.program));
    fs::remove_file(project.path("customers.ndjson")).unwrap();
    project.prepare().unwrap();
    project.agrees();
    assert!(project.works().iter().all(|(_, work)| *work == Work::Kept));
    project.write("purchases/4.ndjson", &[json!({"customer_id": "newer", "at": "2020-01-01T00:00:00Z", "price": 1})]);
    assert!(project.works().iter().all(|(name, work)| (name == "products") == (*work == Work::Kept)));
    project.agrees();
}

#[test]
fn a_file_that_was_only_touched_is_the_same_and_one_that_changed_is_not() {
    let project = Project::filled();
    project.prepare().unwrap();
    // Written again with the same rows.
    project.write_now("customers.ndjson", &rows(0..30, customer));
    project.agrees();
    project.prepare().unwrap();
    project.agrees();
    // As long as before, with the same time.
    let time = fs::metadata(project.path("customers.ndjson")).unwrap().modified().unwrap();
    let text = fs::read_to_string(project.path("customers.ndjson")).unwrap();
    fs::write(project.path("customers.ndjson"), text.replacen("blue", "red ", 1)).unwrap();
    fs::File::options().write(true).open(project.path("customers.ndjson")).unwrap().set_modified(time).unwrap();
    let needed = few(&project.program);
    let loaded = project.load(&needed, true).unwrap();
    assert_eq!(loaded.origin, Origin::SourcesInstead(Unused::Changed { file: "customers.ndjson".to_owned() }));
}

#[test]
fn what_is_declared_otherwise_is_not_used() {
    let mut project = Project::filled();
    project.prepare().unwrap();
    let field = |project: &Project, name: &str| {
        project.program.tables[0].fields.iter().position(|field| &*field.name == name).unwrap()
    };
    let at = field(&project, "visits");
    project.program.tables[0].fields[at].ty = Type::Number;
    project.reads_because("`customers.visits` is declared otherwise since");
    // What is not asked about does not matter.
    project.agrees_on(&few(&project.program));
    project.prepare().unwrap();
    project.agrees();
    // Other places of fields change nothing.
    project.program.tables[0].fields.swap(2, 5);
    project.agrees();
    project.program.settings.zone = chrono_tz::Europe::Vienna;
    project.reads_because("`customers` is declared otherwise since");
}

#[test]
fn rows_left_out_are_those_that_a_load_leaves_out() {
    let mut project = Project::filled();
    project.bad_rows = BadRows::Skip;
    let bad = |row: u64| match row % 7 {
        0 => json!({"customer_id": row, "income": "much", "visits": "many"}),
        1 => json!({"customer_id": row, "income": "much", "colour": "pink"}),
        _ => json!({"customer_id": row, "income": row, "colour": "black", "visits": row}),
    };
    project.write("customers.ndjson", &rows(0..60, bad));
    project.prepare().unwrap();
    project.agrees();
    project.agrees_on(&few(&project.program));
    let mut needed = NeededFields::default();
    needed.add_table(&project.program, TableId(0));
    // Nothing of what is bad is asked about, so nothing is left out.
    let loaded = project.load(&needed, true).unwrap();
    assert_eq!(loaded.origin, Origin::SourcesInstead(Unused::OtherRows { table: "customers".to_owned() }));
    assert_eq!(loaded.dataset.tables[0].rows, 60);
    project.bad_rows = BadRows::Report(project.path("bad.csv"));
    project.reads_because("bad cells that are to be written");
    // Rows are not left out unless that is asked for.
    project.bad_rows = BadRows::Stop;
    assert!(project.load(&NeededFields::everything(&project.program), true).is_err());
    assert!(matches!(project.prepare(), Err(PrepareError::Data(_))));
}

#[test]
fn clock_times_that_changes_of_the_clocks_touch_are_counted_by_column() {
    let mut project = Project::filled();
    project.program.settings.zone = chrono_tz::Europe::Vienna;
    project.write(
        "purchases/1.ndjson",
        &rows(0..9, |row| json!({"customer_id": row * 3, "at": "2020-03-29 02:30:00", "price": 1})),
    );
    project.prepare().unwrap();
    project.agrees();
    assert_eq!(project.load(&few(&project.program), true).unwrap().report.tables[1].gap_times, 9);
}

#[test]
fn files_that_are_torn_changed_or_open_to_others_are_refused() {
    let project = Project::filled();
    project.prepare().unwrap();
    for table in 0..3 {
        // What is made again is another file.
        let path = project.data_files().remove(table);
        let whole = fs::read(&path).unwrap();
        let end = whole.len();
        for cut in [0, 1, 7, 8, 63, 64, end / 2, end - 8, end - 1] {
            fs::write(&path, &whole[..cut]).unwrap();
            project.reads_because("cannot be used");
        }
        let step = (end / 60).max(1);
        for at in (0..end).step_by(step).chain(0..64) {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            fs::write(&path, &changed).unwrap();
            let needed = NeededFields::everything(&project.program);
            let loaded = project.load(&needed, true).unwrap();
            // Between arrays there is nothing to be changed.
            assert!(matches!(loaded.origin, Origin::Prepared { .. }) <= (changed[at] == 0x10), "{at} of {end}");
            same(&project.program, &loaded, &project.load(&needed, false).unwrap());
        }
        fs::write(&path, &whole).unwrap();
        // A copy is looked through, and used.
        project.agrees();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o620)).unwrap();
            project.reads_because("others than its owner may write to it");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        fs::write(&path, b"SEGUE").unwrap();
        assert!(project.works().iter().any(|(_, work)| *work == Work::Read));
        project.agrees();
    }
    let set = project.data_files()[0].parent().unwrap().to_owned();
    fs::write(set.join("manifest"), "0000000000000000\n{}").unwrap();
    project.reads_because("manifest cannot be used: what is in it has changed since it was written");
    project.prepare().unwrap();
    project.agrees();
}

#[test]
fn what_is_mapped_stays_though_it_is_prepared_anew_or_removed() {
    let project = Project::filled();
    project.prepare().unwrap();
    let needed = NeededFields::everything(&project.program);
    let first = project.load(&needed, true).unwrap();
    let files = project.load(&needed, false).unwrap();
    project.write("customers.ndjson", &rows(0..10, customer));
    project.prepare().unwrap();
    same(&project.program, &first, &files);
    let second = project.load(&needed, true).unwrap();
    assert!(remove(&project.store()).unwrap() && !remove(&project.store()).unwrap());
    same(&project.program, &second, &project.load(&needed, false).unwrap());
    assert_eq!(project.load(&needed, true).unwrap().origin, Origin::Sources);
}

#[test]
fn what_was_left_behind_goes_and_so_do_sets_beyond_a_few() {
    let mut project = Project::filled();
    project.prepare().unwrap();
    let set = project.data_files()[0].parent().unwrap().to_owned();
    fs::write(set.join("new-left"), "half").unwrap();
    project.prepare().unwrap();
    assert!(!set.join("new-left").exists());
    for purchases in ["purchases/1*", "purchases/2*", "purchases/[1]*", "purchases/[2]*", "purchases/?.ndjson"] {
        project.purchases = purchases;
        project.prepare().unwrap();
        project.agrees();
    }
    let sets = fs::read_dir(project.store()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir()).count();
    assert_eq!(sets, 4);
    assert!(!set.exists());
    assert_eq!(fs::read_to_string(project.store().join(".gitignore")).unwrap(), "*\n");
}

#[test]
fn without_room_the_last_good_ones_stay() {
    let project = Project::filled();
    project.prepare().unwrap();
    project.write("purchases/3.ndjson", &rows(20..70, purchase));
    let set = project.data_files()[0].parent().unwrap().to_owned();
    // The folder cannot be written to by anybody: a file stands in its place.
    let aside = project.path("aside");
    fs::rename(&set, &aside).unwrap();
    fs::write(&set, "").unwrap();
    assert!(matches!(project.prepare(), Err(PrepareError::Unwritable { .. })));
    fs::remove_file(&set).unwrap();
    fs::rename(&aside, &set).unwrap();
    assert_eq!(project.works()[1].1, Work::Added(1));
    project.agrees();
}

#[test]
fn events_stand_by_kind_too() {
    let rules = "customers {\n  key customer_id : id\n}\n\nevents purchases by customer_id at seen {\n  price : integer\n  \
                 channel : text\n  note : text?\n}\n\nsegment online { any purchases where channel is \"web\" }\n";
    let mut project = Project::new();
    project.program = segue_compiler::project::check_text(rules).program.unwrap();
    project.write("customers.ndjson", &rows(0..30, |row| json!({"customer_id": row * 3})));
    let purchase = |row: u64| {
        let mut purchase = purchase(row);
        purchase["seen"] = purchase["at"].clone();
        purchase["channel"] = json!(["web", "shop", "fair"][(row / 7 % 3) as usize]);
        purchase
    };
    project.write("purchases/1.ndjson", &rows(0..17_000, purchase));
    project.prepare().unwrap();
    project.agrees();
    let runs = |needed: &NeededFields| {
        let loaded = project.load(needed, true).unwrap();
        assert!(matches!(loaded.origin, Origin::Prepared { .. }));
        loaded.dataset.tables[1].runs.clone()
    };
    let everything = NeededFields::everything(&project.program);
    let of = runs(&everything).unwrap();
    let fresh = project.load(&everything, false).unwrap().dataset;
    let codes = fresh.tables[1].columns[of.column.0 as usize].as_ref().unwrap().text().unwrap().0;
    for code in 0..3 {
        let run = of.of_code(code).unwrap();
        let own: Vec<usize> = (0..17_000).filter(|row| codes.code(*row) == Some(code)).collect();
        assert_eq!(run.rows, own.len());
        let mut shared = 0;
        for (column, all) in run.columns.iter().zip(&fresh.tables[1].columns) {
            let (Some(column), Some(all)) = (column, all) else { continue };
            shared += 1;
            assert!(own.iter().enumerate().all(|(at, row)| column.value(at) == all.value(*row)));
        }
        assert_eq!(shared, 3, "time, price, note");
        let (groups, all) = (run.groups.as_deref().unwrap(), fresh.tables[1].groups.as_deref().unwrap());
        for (start, end) in groups.iter().zip(all) {
            assert_eq!(*start as usize, own.iter().filter(|row| **row < *end as usize).count());
        }
    }
    let mut few = NeededFields::default();
    few.add_table(&project.program, TableId(1));
    assert!(runs(&few).is_none());
    // Added rows stand so as well.
    project.write("purchases/2.ndjson", &rows(17_000..18_000, purchase));
    assert_eq!(project.works()[1].1, Work::Added(1));
    let all: usize = runs(&everything).unwrap().by_code.iter().flatten().map(|run| run.rows).sum();
    assert_eq!(all, 18_000);
    project.agrees();
}

#[test]
fn a_file_of_another_set_is_not_taken_for_its_own() {
    let (one, other) = (Project::filled(), Project::filled());
    other.write("purchases/2.ndjson", &rows(80..100, |row| purchase(row * 3)));
    one.prepare().unwrap();
    other.prepare().unwrap();
    for (own, foreign) in one.data_files().iter().zip(other.data_files()).skip(1).take(1) {
        fs::copy(foreign, own).unwrap();
        one.reads_because("it is not the file that belongs there");
        assert_eq!(one.works()[1].1, Work::Read);
        one.agrees();
    }
}

#[test]
fn what_is_not_ours_stays_where_it_is() {
    let mut project = Project::filled();
    for name in ["a", "b", "c", "d", "e", "0123456789abcdef"] {
        fs::create_dir_all(project.store().join(name)).unwrap();
        fs::write(project.store().join(name).join("letter"), "dear").unwrap();
    }
    project.prepare().unwrap();
    let set = project.data_files()[0].parent().unwrap().to_owned();
    fs::create_dir(set.join("table-folder")).unwrap();
    fs::write(set.join("letter"), "dear").unwrap();
    for purchases in ["purchases/1*", "purchases/2*", "purchases/[1]*", "purchases/[2]*", "purchases/*"] {
        project.purchases = purchases;
        project.prepare().unwrap();
        project.agrees();
    }
    project.write("purchases/3.ndjson", &rows(20..70, purchase));
    project.prepare().unwrap();
    project.agrees();
    assert!(set.join("letter").exists());
    remove(&project.store()).unwrap_err();
    for name in ["a", "b", "c", "d", "e", "0123456789abcdef"] {
        assert!(project.store().join(name).join("letter").exists(), "{name}");
    }
}

#[test]
fn names_of_fields_are_those_of_now() {
    let mut project = Project::filled();
    project.write("products.ndjson", &rows(0..2, |row| json!({"product_id": row})));
    project.prepare().unwrap();
    let fields = &mut project.program.tables[1].fields;
    let field = fields.iter_mut().find(|field| &*field.name == "product").unwrap();
    field.name = "item".into();
    project.agrees();
    let report = project.load(&NeededFields::everything(&project.program), true).unwrap().report;
    assert_eq!(report.tables[1].lookups[0].name, "item");
    let twice = project.program.tables[0].fields[1].clone();
    project.program.tables[0].fields.push(twice);
    assert!(matches!(project.prepare(), Err(PrepareError::Twice { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rows_added_in_any_lots_stand_as_if_they_were_read_together(
        rows in prop::collection::vec((0u64..12, 0u64..4, 0u64..200, any::<bool>()), 0..120),
        cuts in prop::collection::vec(0usize..120, 0..4),
        texts: bool,
    ) {
        let project = Project::new();
        project.write("customers.ndjson", &super::tests::rows(0..12, customer));
        project.write("products.ndjson", &super::tests::rows(0..2, |row| json!({"product_id": row})));
        let row = |(customer, hour, price, some): &(u64, u64, u64, bool)| json!({
            "customer_id": customer * 3,
            "at": format!("2020-01-01T0{hour}:00:00Z"),
            "price": price,
            "product": if texts && *some { json!(format!("p{price}")) } else { json!(price * 1000 * u64::from(!*some)) },
            "channel": some.then(|| format!("c{}", price % 9)),
            "items": (0..price % 3).map(|item| json!({"quantity": item, "kind": "blue"})).collect::<Vec<_>>(),
        });
        let mut ends: Vec<usize> = cuts.into_iter().map(|cut| cut.min(rows.len())).chain([rows.len()]).collect();
        ends.sort_unstable();
        let mut from = 0;
        for (lot, end) in ends.into_iter().enumerate() {
            let lines: Vec<Json> = rows[from..end].iter().map(row).collect();
            from = end;
            project.write(&format!("purchases/{lot}.ndjson"), &lines);
            project.prepare().unwrap();
            project.agrees();
        }
    }
}
