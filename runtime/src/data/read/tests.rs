//! Files of every kind into data sets, and what is said when they do not fit.
#![expect(clippy::unwrap_used, reason = "a failed test should stop at the line that failed")]

use super::*;
use crate::data::tests::{TableDraft, draft_program, shown};
use crate::data::{Dataset, LoadReport, Quiet};
use ::parquet::arrow::ArrowWriter;
use ::parquet::file::properties::WriterProperties;
use arrow_array::builder::{Int64Builder, ListBuilder, StringBuilder, StringDictionaryBuilder, StructBuilder};
use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, LargeStringArray,
    RecordBatch, StringArray, StringViewArray, TimestampMillisecondArray, TimestampNanosecondArray, UInt64Array,
};
use arrow_schema::{DataType, Field, Fields};
use segue_compiler::program::{Reading, Type};
use segue_compiler::values::Currency;
use std::io::Write;
use std::sync::Arc;
use tempfile::TempDir;

fn money() -> Type {
    Type::Money(Currency(*b"USD"))
}

fn shop() -> Program {
    draft_program(vec![
        TableDraft::customers().field("country", Type::Text, true),
        TableDraft::events("purchases", Type::Datetime).field("price", money(), false).field(
            "product",
            Type::Id(Some(TableId(2))),
            true,
        ),
        TableDraft::new("products", TableKind::Table).key("product_id").field("category", Type::Text, true),
    ])
}

/// A table's name and the files it is read from.
type FilesOf<'a> = (&'a str, &'a [&'a str]);

/// A folder of files to load from.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(self, name: &str, content: impl AsRef<[u8]>) -> Folder {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    fn parquet(self, name: &str, rows_a_group: usize, columns: Vec<(&str, ArrayRef)>) -> Folder {
        let batch =
            RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)));
        let batch = batch.unwrap();
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows_a_group)).build();
        let file = std::fs::File::create(self.0.path().join(name)).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        self
    }

    fn load_with(
        &self,
        program: &Program,
        sources: &[FilesOf<'_>],
        bad_rows: BadRows,
    ) -> Result<(Dataset, LoadReport), DataErrors> {
        let mut all = Sources::new();
        for (table, patterns) in sources {
            let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
            all.set(table, self.0.path(), &patterns);
        }
        let needed = NeededFields::everything(program);
        let options = LoadOptions {
            needed,
            bad_rows,
            unknown_customers: UnknownCustomers::Report,
            progress: &Quiet,
            prepared: None,
        };
        load(program, &all, &options).map(|loaded| (loaded.dataset, loaded.report))
    }

    fn load(&self, program: &Program, sources: &[FilesOf<'_>]) -> Dataset {
        self.load_with(program, sources, BadRows::Stop).unwrap().0
    }

    fn refused(&self, program: &Program, sources: &[FilesOf<'_>]) -> String {
        self.load_with(program, sources, BadRows::Stop).unwrap_err().to_string()
    }
}

const CUSTOMERS_CSV: &str = "\u{feff}Customer_ID,country,more\r\n1,\"Fr\"\"an,ce\",x\r\n2,,y\r\n3,\"Ünder\nline\",\r\n";

#[test]
fn csv_with_quotes_capitals_and_empty_cells() {
    let folder = Folder::new()
        .file("customers.csv", CUSTOMERS_CSV)
        .file("purchases.csv", "at;price;product;customer_id\n2020-01-02 10:00;5;7;1\n2020-01-01T09:30:00Z;1.25;;1\n")
        .file("products.tsv", "product_id\tcategory\n7\ttoys\n");
    let data = folder.load(
        &shop(),
        &[("Customers", &["customers.csv"]), ("purchases", &["purchases.csv"]), ("products", &["products.tsv"])],
    );
    insta::assert_snapshot!(format!("{}\n{}\n{}", shown(&data, 0), shown(&data, 1), shown(&data, 2)), @r#"
    Text("1") Text("Fr\"an,ce")
    Text("2") -
    Text("3") Text("Ünder\nline")
    groups [0, 2, 2, 2]
    Text("1") Instant(1577871000000000) Money(12500) -
    Text("1") Instant(1577959200000000) Money(50000) Text("7")
    Text("7") Text("toys")
    "#);
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &str) -> Vec<u8> {
    ::zstd::encode_all(text.as_bytes(), 1).unwrap()
}

#[test]
fn packed_files_folders_and_patterns_give_the_same_rows() {
    let program = draft_program(vec![TableDraft::customers().field("country", Type::Text, true)]);
    let line = |id: u32| format!("{{\"customer_id\": {id}, \"country\": \"c{id}\"}}\n");
    // Two members in one gzip file, as `cat` of two such files makes.
    let twice = [gzip("customer_id,country\n1,c1\n"), gzip("2,c2\n")].concat();
    let folder = Folder::new()
        .file("all/a.csv.gz", twice)
        .file("all/b.ndjson.zst", zstd(&format!("{}\n{}", line(3), line(4))))
        .file("all/deep/c.jsonl.gz", gzip(&line(5)))
        .file("all/_SUCCESS", "")
        .file("all/.hidden.csv", "x\n")
        .file("all/notes.txt", "not data")
        .file("d.csv.zst", zstd("country,customer_id\nc6,6\n"));
    let expected: String = (1..7).map(|id| format!("Text(\"{id}\") Text(\"c{id}\")\n")).collect();
    let patterns: [&[&str]; 3] = [
        &["all", "d.csv.zst"],
        &["all/*.gz", "all/b.*", "**/c.jsonl.gz", "[d-e].csv.*"],
        &["all/a.csv.gz", "all/b.ndjson.zst", "all/deep", "d.csv.zst"],
    ];
    for patterns in patterns {
        let data = folder.load(&program, &[("customers", patterns)]);
        assert_eq!(format!("{}\n", shown(&data, 0)), expected, "{patterns:?}");
    }
}

#[test]
fn ids_of_ndjson_keep_all_their_digits() {
    let seen = Type::List(Box::new(Type::Id(None)));
    let program =
        draft_program(vec![TableDraft::customers().field("seen", seen, true).field("size", Type::Number, true)]);
    let lines = [
        r#"{"customer_id": 123456789012345678901234567890, "seen": [-98765432109876543210, 7, 18446744073709551616]}"#,
        r#"{"customer_id": 123456789012345678901234567891, "seen": ["\"12345678901234567890123"]}"#,
        r#"{"customer_id": 18446744073709551615, "size": 123456789012345678901234567890}"#,
        r#"{"customer_id": 9223372036854775808}"#,
        r#"{"customer_id": -9223372036854775808}"#,
    ];
    let data = Folder::new().file("c.ndjson", lines.join("\n")).load(&program, &[("customers", &["c.ndjson"])]);
    insta::assert_snapshot!(shown(&data, 0), @r#"
    Text("123456789012345678901234567890") List([Text("-98765432109876543210"), Text("7"), Text("18446744073709551616")]) -
    Text("123456789012345678901234567891") List([Text("\"12345678901234567890123")]) -
    Text("18446744073709551615") - Number(1.2345678901234568e29)
    Text("9223372036854775808") - -
    Text("-9223372036854775808") - -
    "#);
}

#[test]
fn ndjson_of_every_kind() {
    let program = draft_program(vec![
        TableDraft::customers()
            .field("name", Type::Text, true)
            .field("tags", Type::List(Box::new(Type::Text)), true)
            .field("pets", Type::Records(TableId(1)), true)
            .field("score", Type::Number, true),
        TableDraft::new("pets", TableKind::Records).parent(0, 3).field("species", Type::Text, false),
    ]);
    let lines = concat!(
        "{\"customer_id\": \"a\\u0062c\", \"name\": \"q\\\"uote\", \"tags\": [\"x\", null], \"score\": 1e2}\r\n",
        "\n",
        "{\"CUSTOMER_ID\": 18446744073709551615, \"pets\": [{\"species\": \"dog\"}, {\"species\": \"cat\"}], \"extra\": {}}\n",
        "{\"customer_id\": -3, \"name\": null, \"tags\": [], \"pets\": null}",
    );
    let data = Folder::new().file("c.ndjson", lines).load(&program, &[("customers", &["c.ndjson"])]);
    insta::assert_snapshot!(format!("{}\n{}", shown(&data, 0), shown(&data, 1)), @r#"
    Text("abc") Text("q\"uote") List([Text("x")]) Number(100.0)
    Text("18446744073709551615") - - -
    Text("-3") - List([]) -
    groups [0, 0, 2, 2]
    Text("dog")
    Text("cat")
    "#);
}

#[test]
fn parquet_of_every_kind() {
    let listed: Arc<[Arc<str>]> = ["a", "b"].map(Arc::from).into();
    let program = draft_program(vec![
        TableDraft::customers()
            .field("unsigned", Type::Integer, true)
            .field("amount", money(), true)
            .field("float", money(), true)
            .field("day", Type::Date, true)
            .field("moment", Type::Datetime, true)
            .field_read("clock", Type::Datetime, true, Reading::Zone(chrono_tz::Europe::Berlin))
            .field("large", Type::Text, true)
            .field("view", Type::Text, true)
            .field("listed", Type::OneOf(listed), true)
            .field("flag", Type::Boolean, true)
            .field("tags", Type::List(Box::new(Type::Text)), true)
            .field("items", Type::Records(TableId(1)), true),
        TableDraft::new("items", TableKind::Records).parent(0, 12).field("quantity", Type::Integer, true),
    ]);
    let mut tags = ListBuilder::new(StringBuilder::new());
    tags.append_value([Some("x"), None, Some("y")]);
    tags.append_null();
    tags.append_value([] as [Option<&str>; 0]);
    let quantity = Fields::from(vec![Field::new("quantity", DataType::Int64, true)]);
    let mut items = ListBuilder::new(StructBuilder::from_fields(quantity, 4));
    for row in [vec![Some(1), None], vec![], vec![Some(2)]] {
        for value in row {
            items.values().field_builder::<Int64Builder>(0).unwrap().append_option(value);
            items.values().append(true);
        }
        items.append(true);
    }
    let mut listed = StringDictionaryBuilder::<Int8Type>::new();
    listed.append_value("b");
    listed.append_null();
    listed.append_value("zzz");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("extra", Arc::new(Int32Array::from(vec![1, 2, 3]))),
        ("unsigned", Arc::new(UInt64Array::from(vec![Some(7), None, Some(0)]))),
        (
            "amount",
            Arc::new(Decimal128Array::from(vec![Some(1_250), None, Some(-1)]).with_precision_and_scale(10, 2).unwrap()),
        ),
        ("float", Arc::new(Float64Array::from(vec![Some(11.77), Some(f64::NAN), Some(0.000_05)]))),
        ("day", Arc::new(Date32Array::from(vec![Some(0), None, Some(-1)]))),
        (
            "moment",
            Arc::new(TimestampMillisecondArray::from(vec![Some(1_500), None, Some(-1)]).with_timezone("+02:00")),
        ),
        ("clock", Arc::new(TimestampNanosecondArray::from(vec![Some(3_600_000_000_001), None, Some(-1)]))),
        ("large", Arc::new(LargeStringArray::from(vec![Some("é"), None, Some("")]))),
        ("view", Arc::new(StringViewArray::from(vec![Some("short"), None, Some("longer than twelve bytes")]))),
        ("listed", Arc::new(listed.finish())),
        ("flag", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("tags", Arc::new(tags.finish())),
        ("items", Arc::new(items.finish())),
        ("customer_id", Arc::new(Int32Array::from(vec![30, 10, 20]))),
    ];
    for rows_a_group in [1, 2, 100] {
        let folder = Folder::new().parquet("c.parquet", rows_a_group, columns.clone());
        let (data, report) = folder.load_with(&program, &[("customers", &["c.parquet"])], BadRows::Stop).unwrap();
        assert_eq!(report.tables[0].outside[0].values, [("zzz".to_owned(), 1)]);
        let text = format!("{}\n{}", shown(&data, 0), shown(&data, 1));
        insta::allow_duplicates! { insta::assert_snapshot!(text, @r#"
        Text("30") Integer(7) Money(125000) Money(117700) Date(0) Instant(1500000) Instant(0) Text("é") Text("short") Text("b") Boolean(true) List([Text("x"), Text("y")])
        Text("10") - - - - - - - - - - -
        Text("20") Integer(0) Money(-100) Money(0) Date(-1) Instant(-1000) Instant(-3600000001) Text("") Text("longer than twelve bytes") - Boolean(false) List([])
        groups [0, 2, 2, 3]
        Integer(1)
        -
        Integer(2)
        "#); }
    }
}

#[test]
fn what_does_not_fit_is_said_all_at_once() {
    let folder = Folder::new()
        .file("customers.csv", "id,Country,country \n1,2,3\n")
        .file("purchases.csv", "at,Price,PRICE,customer_id,prodct\n")
        .file("products.csv", "")
        .file("notes.txt", "x")
        .file("bad.parquet", "x")
        .file("records.ndjson", "{\"id\": 1}\n");
    let program = shop();
    let cases: [(&str, &[FilesOf<'_>]); 6] = [
        (
            "columns",
            &[("customers", &["customers.csv"]), ("purchases", &["purchases.csv"]), ("products", &["products.csv"])],
        ),
        (
            "no such file",
            &[("customers", &["nothing.csv", "*.json"]), ("purchases", &["notes.txt"]), ("products", &["bad.parquet"])],
        ),
        (
            "not Parquet",
            &[("customers", &["bad.parquet"]), ("purchases", &["bad.parquet"]), ("products", &["bad.parquet"])],
        ),
        ("no data", &[("customer", &["customers.csv"])]),
        ("nothing", &[]),
        (
            "records",
            &[
                ("customers", &["records.ndjson"]),
                ("purchases", &["records.ndjson"]),
                ("products", &["records.ndjson"]),
            ],
        ),
    ];
    let text: Vec<String> =
        cases.iter().map(|(name, sources)| format!("-- {name}\n{}", folder.refused(&program, sources))).collect();
    insta::assert_snapshot!(text.join("\n\n"), @r#"
    -- columns
    customers.csv has no column "customer_id" for the field `customers.customer_id`: it has "id", "Country", "country "

    purchases.csv has several columns that could be "price": "Price", "PRICE"

    purchases.csv has no column "product" for the field `purchases.product`: it has "prodct"

    products.csv: the file is empty: I expected a line with the names of the columns

    -- no such file
    no file for `customers`: nothing is called nothing.csv

    no file for `customers`: nothing is called *.json

    notes.txt: I can read .csv, .tsv, .ndjson, .jsonl and .parquet files, also with .gz or .zst at the end

    -- not Parquet
    bad.parquet: the file is no Parquet file, though its name says so

    bad.parquet: the file is no Parquet file, though its name says so

    bad.parquet: the file is no Parquet file, though its name says so

    -- no data
    there is data for `customer`, but nothing is declared under that name: did you mean `customers`?

    there is no data for `purchases`: name its file under [data] in segue.toml, or give --data purchases=FILE

    there is no data for `products`: name its file under [data] in segue.toml, or give --data products=FILE

    -- nothing
    there is no data for `purchases`: name its file under [data] in segue.toml, or give --data purchases=FILE

    there is no data for `products`: name its file under [data] in segue.toml, or give --data products=FILE

    -- records
    records.ndjson has no column "customer_id" for the field `customers.customer_id`: it has "id"

    records.ndjson has no column "customer_id" for the field `purchases.customer_id`: it has "id"

    records.ndjson has no column "at" for the field `purchases.at`: it has "id"

    records.ndjson has no column "price" for the field `purchases.price`: it has "id"

    records.ndjson has no column "product_id" for the field `products.product_id`: it has "id"
    "#);
}

#[test]
fn bad_rows_stop_or_are_skipped_or_written_out() {
    let program = draft_program(vec![TableDraft::customers().field("age", Type::Integer, true).field(
        "score",
        Type::Number,
        false,
    )]);
    let folder = Folder::new()
        .file("a.csv", b"customer_id,age,score\n1,30,1\n2,x,y\n3,31\n4,\xff,2\n,5,5\n5,,3\n".as_slice())
        .file("b.ndjson", "{\"customer_id\": 6, \"score\": 1}\n{\"customer_id\": 7}\n[1]\n{\"customer_id\": 8, \n");
    let sources: [FilesOf<'_>; 1] = [("customers", &["a.csv", "b.ndjson"])];
    insta::assert_snapshot!(folder.refused(&program, &sources), @r#"
    7 of the 10 rows of `customers` cannot be used:
      a.csv, row 3, column "age", value "x": I expected a whole number, such as 42
      a.csv, row 3, column "score", value "y": I expected a number, such as 12.5 (a point for the decimals, no spaces or thousands separators)
      a.csv, row 4, value "3,31": the row has 2 cells, and the line of names has 3
      a.csv, row 5, column "age", value "� (not UTF-8 text)": I expected a whole number, such as 42
      a.csv, row 6, column "customer_id": the value is missing, and every row needs it
      (--bad-rows skip leaves them out and counts them; --bad-rows report=FILE also writes them to a file)
    "#);
    let (data, report) = folder.load_with(&program, &sources, BadRows::Skip).unwrap();
    insta::assert_snapshot!(shown(&data, 0), @r#"
    Text("1") Integer(30) Number(1.0)
    Text("5") - Number(3.0)
    Text("6") - Number(1.0)
    "#);
    assert_eq!((report.tables[0].rows_read, report.tables[0].bad_rows, report.tables[0].rows), (10, 7, 3));
    for name in ["bad.csv", "bad.ndjson"] {
        let path = folder.0.path().join(name);
        let (_, report) = folder.load_with(&program, &sources, BadRows::Report(path.clone())).unwrap();
        assert_eq!(report.tables[0].bad_rows, 7);
        insta::assert_snapshot!(name, std::fs::read_to_string(path).unwrap());
    }
}

#[test]
fn csv_rows_that_nobody_wrote_so_are_bad_rows() {
    let program = draft_program(vec![TableDraft::customers().field("note", Type::Text, true)]);
    let folder = Folder::new()
        .file("open.csv", "customer_id,note\n1,a\n2,\"oops\n3,c\n4,d\n")
        .file("after.csv", "customer_id,note\n\n1,\"two\nlines\"\n2,\"oops\n3,\"c\"\n4,d\n5,5\" pipe\n,none\n")
        .file("names.csv", "customer_id,\"note\n1,a\n")
        .file("long.csv", format!("customer_id,note\n1,{},3\n", "x".repeat(200_000)));
    let refused: Vec<String> = ["open.csv", "after.csv", "names.csv", "long.csv"]
        .map(|name| folder.refused(&program, &[("customers", &[name])]))
        .into();
    insta::assert_snapshot!(refused.join("\n\n"));
    let report = folder.0.path().join("bad.csv");
    folder.load_with(&program, &[("customers", &["open.csv", "long.csv"])], BadRows::Report(report.clone())).unwrap();
    let written = std::fs::read_to_string(report).unwrap();
    assert!(written.contains(",\"2,\"\"oops\n3,c\n4,d\",\"a quote"), "the whole row is written: {written:.300}");
    assert!(written.contains("xxx [and more]") && written.len() < 70_000, "a very long one is not");
}

#[test]
fn bad_rows_are_kept_as_they_stand_in_the_file_wherever_a_reader_s_pieces_end() {
    let program = draft_program(vec![TableDraft::customers().field("note", Type::Text, true)]);
    let mut text = "\u{feff}customer_id,note\r\n".to_owned();
    let mut wanted = Vec::new();
    for id in 0..6_000 {
        let row = match id % 7 {
            0 => format!("{id},\"x\"y"),
            1 => format!("{id},\"two \r\nlines\"\" é\",3"),
            2 => format!(" {id} "),
            3 => format!("{id},,\"\""),
            4 if id % 700 == 4 => format!("{id},{},3", "long ".repeat(3_000)),
            _ => {
                text += &format!("{id},\"fi\r\nne\"\r\n\r\n");
                continue;
            }
        };
        text += &format!("{row}\n");
        wanted.push(row);
    }
    let last = "6000,\"open \n\"\",";
    text += &format!("{last}\n");
    wanted.push(last.to_owned());
    let folder = Folder::new().file("a.csv", &text).file("a.csv.gz", gzip(&text));
    for file in ["a.csv", "a.csv.gz"] {
        let report = BadRows::Report(folder.0.path().join("bad.csv"));
        let (_, report) = folder.load_with(&program, &[("customers", &[file])], report).unwrap();
        let values: Vec<&str> = report.tables[0].bad_cells.iter().map(|cell| cell.value.as_str()).collect();
        assert_eq!(values, wanted);
    }
}

#[test]
fn a_file_named_twice_is_read_once() {
    let program = draft_program(vec![TableDraft::customers()]);
    let folder = Folder::new().file("data/a.csv", "customer_id\n1\n").file("data/b.csv", "customer_id\n2\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.0.path().join("data"), folder.0.path().join("data/circle")).unwrap();
    let data = folder.load(&program, &[("customers", &["data/b.csv", "data", "data/*.csv", "./data/a.csv"])]);
    assert_eq!(shown(&data, 0), "Text(\"2\")\nText(\"1\")");
}

#[test]
fn bad_rows_are_not_written_over_data() {
    let program = draft_program(vec![TableDraft::customers()]);
    let folder = Folder::new().file("a.csv", "customer_id\n1\n").file("unused.csv", "x\n");
    let of = |name: &str| {
        let report = BadRows::Report(folder.0.path().join(name));
        folder.load_with(&program, &[("customers", &["a.csv"])], report).map(|_| ())
    };
    assert!(of("a.csv").unwrap_err().to_string().contains("holds data that are read"));
    assert!(of("bad.csv.gz").unwrap_err().to_string().contains("end in .csv or .ndjson"));
    assert_eq!(std::fs::read_to_string(folder.0.path().join("a.csv")).unwrap(), "customer_id\n1\n");
    of("bad.ndjson").unwrap();
}

#[test]
fn decimals_in_json_are_read_to_the_nearest_number() {
    let program = draft_program(vec![TableDraft::customers().field("n", Type::Number, false)]);
    let mut seed = 7u64;
    let mut lines = [String::from("customer_id,n\n"), String::new()];
    for id in 0..2_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let number = f64::from_bits(seed >> 12 | 0x40f0_0000_0000_0000);
        lines[0].push_str(&format!("{id},{number:?}\n"));
        lines[1].push_str(&format!("{{\"customer_id\": {id}, \"n\": {number:?}}}\n"));
    }
    let folder = Folder::new().file("a.csv", &lines[0]).file("a.ndjson", &lines[1]);
    let numbers = |name| match &folder.load(&program, &[("customers", &[name])]).tables[0].columns[1] {
        Some(column) => format!("{:?}", column.values()),
        None => unreachable!("the column is read"),
    };
    assert_eq!(numbers("a.csv"), numbers("a.ndjson"));
}

#[test]
fn two_columns_of_one_name_are_an_error() {
    let program = draft_program(vec![TableDraft::customers().field("note", Type::Text, true)]);
    let folder = Folder::new().file("a.csv", "customer_id,note,note\n1,a,b\n");
    insta::assert_snapshot!(folder.refused(&program, &[("customers", &["a.csv"])]), @r#"a.csv has several columns that could be "note": "note", "note""#);
}

#[test]
fn only_needed_columns_are_read() {
    let program = shop();
    let folder = Folder::new().file("customers.csv", "customer_id,country\n1,US\n");
    let mut needed = NeededFields::default();
    needed.add_table(&program, CUSTOMERS);
    let mut sources = Sources::new();
    sources.set("customers", folder.0.path(), &["customers.csv".to_owned()]);
    sources.set("products", folder.0.path(), &["not there.csv".to_owned()]);
    let options = LoadOptions {
        needed,
        bad_rows: BadRows::Stop,
        unknown_customers: UnknownCustomers::Report,
        progress: &Quiet,
        prepared: None,
    };
    let loaded = load(&program, &sources, &options).unwrap();
    assert!(loaded.dataset.tables[0].columns[0].is_some() && loaded.dataset.tables[0].columns[1].is_none());
    assert_eq!(loaded.dataset.tables[1].groups.as_deref(), Some(&[0, 0][..]));
}

#[test]
fn batches_on_many_threads_keep_the_order_of_the_rows() {
    let program = draft_program(vec![
        TableDraft::customers(),
        TableDraft::events("visits", Type::Date).field("page", Type::Text, true).field("number", Type::Integer, false),
    ]);
    let (customers, count) = (7, 100_000);
    let mut csv = String::from("customer_id,at,page,number\n");
    let mut json = String::new();
    for row in 0..count {
        let (customer, page) = (row * 31 % customers, row % 1000);
        csv.push_str(&format!("{customer},2020-01-01,page {page},{row}\n"));
        json.push_str(&format!(
            "{{\"customer_id\":{customer},\"at\":\"2020-01-01\",\"page\":\"page {page}\",\"number\":{row}}}\n"
        ));
    }
    let ids: String = (0..customers).map(|id| format!("{id}\n")).collect();
    let numbers = || 0..count;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("customer_id", Arc::new(Int64Array::from_iter_values(numbers().map(|row| row * 31 % customers)))),
        ("at", Arc::new(Date32Array::from_iter_values(numbers().map(|_| 18_262)))),
        ("page", Arc::new(StringArray::from_iter_values(numbers().map(|row| format!("page {}", row % 1000))))),
        ("number", Arc::new(Int64Array::from_iter_values(numbers()))),
    ];
    let folder = Folder::new()
        .file("c.csv", format!("customer_id\n{ids}"))
        .file("v.csv", csv)
        .file("v.ndjson", json)
        .parquet("v.parquet", 7_000, columns);
    for name in ["v.csv", "v.ndjson", "v.parquet"] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let data = pool.install(|| folder.load(&program, &[("customers", &["c.csv"]), ("visits", &[name])]));
        let groups = data.tables[1].groups.clone().unwrap();
        for customer in 0..7 {
            let mut expected = (0..count).filter(|row| row * 31 % customers == customer);
            for row in groups[customer as usize]..groups[customer as usize + 1] {
                let number = expected.next().unwrap();
                let column =
                    |field: usize| data.tables[1].columns[field].as_ref().unwrap().value(row as usize).unwrap();
                assert_eq!(column(3), segue_compiler::values::Value::Integer(number));
                assert_eq!(column(2), segue_compiler::values::Value::Text(format!("page {}", number % 1000).into()));
            }
            assert_eq!(expected.next(), None);
        }
    }
}

#[test]
fn damaged_files_are_told_in_words_about_the_file() {
    let program = draft_program(vec![TableDraft::customers()]);
    let text: String = "customer_id\n"
        .chars()
        .chain((0..9_000).flat_map(|id| format!("{id}\n").into_bytes()).map(char::from))
        .collect();
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let overwritten = |mut bytes: Vec<u8>| {
        bytes[10..50].fill(0xff);
        bytes
    };
    let ids = || vec![("customer_id", Arc::new(Int64Array::from_iter_values(0..900)) as ArrayRef)];
    let folder = Folder::new().parquet("whole.parquet", 100, ids());
    let parquet = std::fs::read(folder.0.path().join("whole.parquet")).unwrap();
    let mut footer = parquet.clone();
    let end = footer.len() - 20;
    footer[end - 30..end].fill(0xff);
    let mut encrypted = parquet.clone();
    let last = encrypted.len() - 4;
    encrypted[..4].copy_from_slice(b"PARE");
    encrypted[last..].copy_from_slice(b"PARE");
    let mut values = parquet.clone();
    values[4..200].fill(0xff);
    let files: [(&str, Vec<u8>); 16] = [
        ("empty.csv.gz", Vec::new()),
        ("half.csv.gz", half(gzip(&text))),
        ("start.csv.gz", gzip(&text)[..1].to_vec()),
        ("plain.csv.gz", text.clone().into_bytes()),
        ("changed.csv.gz", overwritten(gzip(&text))),
        ("more.csv.gz", [gzip(&text), b"and text after it".to_vec()].concat()),
        ("empty.csv.zst", Vec::new()),
        ("half.csv.zst", half(zstd(&text))),
        ("plain.ndjson.zst", b"{\"customer_id\": 1}\n".to_vec()),
        ("changed.csv.zst", overwritten(zstd(&text))),
        ("packed.csv", gzip(&text)),
        ("packed.ndjson", zstd(&text)),
        ("empty.parquet", Vec::new()),
        ("half.parquet", half(parquet)),
        ("footer.parquet", footer),
        ("encrypted.parquet", encrypted),
    ];
    let mut folder = folder.file("values.parquet", values);
    for (name, bytes) in &files {
        folder = folder.file(name, bytes);
    }
    let names = files.iter().map(|(name, _)| *name).chain(["values.parquet"]);
    let told = names.map(|name| match folder.load_with(&program, &[("customers", &[name])], BadRows::Skip) {
        Ok(_) => format!("{name} was read"),
        Err(error) => error.to_string(),
    });
    insta::assert_snapshot!(told.collect::<Vec<String>>().join("\n"));
}

#[test]
fn numbers_without_bounds_and_fields_that_stand_twice_are_told_where_they_are() {
    let program = draft_program(vec![
        TableDraft::customers().field("size", Type::Number, true).field("note", Type::Text, true).field(
            "seen",
            Type::List(Box::new(Type::Integer)),
            false,
        ),
    ]);
    let many: String = (0..40).map(|field| format!(", \"f{field}\": 1")).collect();
    let lines = [
        "{\"customer_id\": 1, \"size\": 1e300, \"note\": \"1e400 \\\\\\\" 1e400\"}".to_owned(),
        "{\"customer_id\": 2, \"size\": 1e400, \"note\": 1e400}".to_owned(),
        format!("{{\"customer_id\": 3, \"size\": -{}.5, \"seen\": [1, 1e999]}}", "9".repeat(400)),
        "{\"customer_id\": 4, \"note\": -1E+400, \"unused\": 1e400}".to_owned(),
        "{\"customer_id\": 5, \"customer_id\": 6}".to_owned(),
        "{\"customer_id\": 7, \"note\": \"a\", \"n\\u006fte\": \"a\"}".to_owned(),
        "{\"customer_id\": 8, \"unused\": [{\"b\": 1}, {\"c\": 1, \"c\": 2}]}".to_owned(),
        format!("{{\"customer_id\": 9{many}}}"),
        format!("{{\"customer_id\": 10{many}, \"f7\": 2}}"),
        "{\"customer_id\": 11, \"size\": 1e400,}".to_owned(),
        "{\"customer_id\": 12, \"Customer_ID\": 13}".to_owned(),
    ];
    let folder = Folder::new().file("a.ndjson", lines.join("\n"));
    let kept = BadRows::Report(folder.0.path().join("bad.csv"));
    let (data, report) = folder.load_with(&program, &[("customers", &["a.ndjson"])], kept).unwrap();
    let told: Vec<String> = report.tables[0].bad_cells.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(format!("{}\n\n{}", shown(&data, 0), told.join("\n")));
}
