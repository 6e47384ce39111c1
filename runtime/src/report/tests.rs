#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::data::{
    Bits, Column, Dataset, Dictionary, LookupMisses, Misses, Outside, Stored, TableData, TableReport, Values,
};
use crate::outcome::ProblemKind;
use segue_compiler::plan::Selection;
use segue_compiler::program::{
    CUSTOMERS, Expr, ExprKind, Field, FieldId, FieldSource, Item, Part, Partition, PartitionId, Reading, Row, Segment,
    SegmentId, Settings, Table, TableId, Type,
};
use segue_compiler::source::{FileId, SourceFile, Span};
use segue_compiler::syntax::tree::TableKind;
use segue_compiler::values::Currency;
use std::sync::Arc;

const RULES: &str = "trait average =\n  spend / trips\n";
/// 2018-01-01 00:00 in New York.
const AS_OF: i64 = 1_514_782_800_000_000;
const DAY: i64 = 86_400_000_000;

fn span() -> Span {
    Span::new(FileId(0), 18, 31)
}

fn field(name: &str, ty: Type, optional: bool) -> Field {
    let column = FieldSource::Column { column: name.into(), reading: Reading::Plain };
    Field { name: name.into(), ty, optional, source: column, labels: vec![], span: span() }
}

fn table(name: &str, kind: TableKind, fields: Vec<Field>, at: Option<FieldId>) -> Table {
    Table {
        name: name.into(),
        kind,
        parent: None,
        fields,
        key: (kind == TableKind::Customers).then_some(FieldId(0)),
        by: (kind != TableKind::Customers).then_some(FieldId(0)),
        at,
        span: span(),
        documentation: None,
    }
}

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, ty: Type::Boolean, may_be_missing: true, span: span() }
}

fn segment(name: &str, title: Option<&str>, line: Expr) -> Segment {
    Segment {
        name: name.into(),
        title: title.map(Arc::from),
        documentation: None,
        lines: vec![line],
        labels: vec![],
        span: span(),
    }
}

fn part(name: &str, condition: Option<Expr>) -> Part {
    Part { name: name.into(), title: None, condition, text: None, span: span() }
}

/// Four customers with an `adult` that two have, purchases of which one lies ahead, two segments and a partition.
fn program() -> Program {
    let adult = || expr(ExprKind::Field { row: Row::Customer, table: CUSTOMERS, field: FieldId(1) });
    Program {
        asks_base: false,
        others: Default::default(),
        about: None,
        occasions: Vec::new(),
        tests: Vec::new(),
        answers: Default::default(),
        locale_field: None,
        settings: Settings {
            name: "corner shop".into(),
            zone: chrono_tz::America::New_York,
            currency: Currency::new("USD").unwrap(),
            week_start: chrono::Weekday::Mon,
            fiscal_year_start: None,
            locale: "en".into(),
            as_of: None,
        },
        tables: vec![
            table(
                "customers",
                TableKind::Customers,
                vec![field("customer_id", Type::Id(None), false), field("adult", Type::Boolean, true)],
                None,
            ),
            table(
                "purchases",
                TableKind::Events,
                vec![field("customer_id", Type::Id(None), false), field("bought_at", Type::Datetime, false)],
                Some(FieldId(1)),
            ),
        ],
        traits: vec![],
        segments: vec![
            segment("grown_ups", Some("Grown-ups — 大人"), adult()),
            segment("others", None, expr(ExprKind::Not(Box::new(expr(ExprKind::Segment(SegmentId(0))))))),
        ],
        partitions: vec![Partition {
            name: "stage".into(),
            title: Some("Stage of life".into()),
            documentation: None,
            parts: vec![part("grown", Some(adult())), part("small", None)],
            labels: vec![],
            span: span(),
        }],
        order: vec![Item::Segment(SegmentId(0)), Item::Segment(SegmentId(1)), Item::Partition(PartitionId(0))],
    }
}

fn dataset() -> Dataset {
    let keys = |keys: &[i64]| Column {
        values: Values::Text {
            codes: (0..keys.len() as u32).collect(),
            dictionary: Arc::new(Dictionary::Integers(keys.to_vec().into())),
        },
        known: None,
    };
    let adult =
        Column { values: Values::Boolean(vec![1, 0, 0, 0]), known: Some(Bits::from_bools([true, true, false, false])) };
    let bought = Column { values: Values::Instant(vec![AS_OF - 60 * DAY, AS_OF - 40 * DAY, AS_OF]), known: None };
    Dataset {
        tables: vec![
            TableData {
                rows: 4,
                columns: vec![Some(Stored::pack(keys(&[11, 12, 13, 14]), 4)), Some(Stored::pack(adult, 4))],
                ..TableData::default()
            },
            TableData {
                rows: 3,
                columns: vec![Some(Stored::pack(keys(&[11, 12, 13]), 3)), Some(Stored::pack(bought, 3))],
                groups: Some(vec![0, 1, 2, 3, 3].into()),
                runs: None,
            },
        ],
    }
}

fn table_report(table: u32, name: &str) -> TableReport {
    TableReport {
        table: TableId(table),
        name: name.into(),
        files: vec![],
        rows_read: 3,
        rows: 3,
        bad_rows: 0,
        bad_cells: vec![],
        outside: vec![],
        gap_times: 0,
        overlap_times: 0,
        clock: std::collections::BTreeMap::default(),
        bad_by_columns: crate::data::BadByColumns::default(),
        unknown_customers: Misses::default(),
        unknown_added: false,
        lookups: vec![],
        newest: None,
    }
}

fn load() -> LoadReport {
    let mut purchases = table_report(1, "purchases");
    purchases.gap_times = 1;
    purchases.newest = Some(AS_OF - 40 * DAY);
    purchases.unknown_customers = Misses { rows: 5, distinct: 2, examples: vec!["98".into(), "99".into()] };
    purchases.outside =
        vec![Outside { column: "channel".into(), count: 3, values: vec![("fax".into(), 2), ("telex".into(), 1)] }];
    purchases.lookups = vec![LookupMisses {
        field: (TableId(1), FieldId(0)),
        name: "product".into(),
        target: "products".into(),
        misses: Misses { rows: 1, distinct: 1, examples: vec!["7".into()] },
    }];
    LoadReport { tables: vec![table_report(0, "customers"), purchases], warnings: vec![] }
}

fn report() -> Report {
    let mut sources = SourceMap::default();
    sources.add(SourceFile::new("traits.segue", RULES));
    let outcome = Outcome {
        answers: Default::default(),
        others: Vec::new(),
        customers: 4,
        counts: vec![1, 3],
        segments: crate::outcome::Members::from_bits(&[
            Bits::from_bools([true, false, false, false]),
            Bits::from_bools([false, true, true, true]),
        ]),
        partitions: vec![vec![0, 1, NO_PART, 1]],
        traits: vec![],
        problems: vec![crate::outcome::Problem {
            kind: ProblemKind::DivisionByZero,
            span: span(),
            count: 1,
            examples: vec![2],
        }],
    };
    let items = [Item::Segment(SegmentId(0)), Item::Segment(SegmentId(1)), Item::Partition(PartitionId(0))];
    let request = Request::of(Selection::of(items), AS_OF);
    Report::gather(Gathered {
        program: &program(),
        sources: &sources,
        dataset: &dataset(),
        load: &load(),
        request: &request,
        outcome: &outcome,
        engine: "jit",
        started: AS_OF + 900 * DAY,
    })
}

#[test]
fn the_table_lines_up_and_what_was_left_out_is_told() {
    insta::assert_snapshot!(report().table(Look { colour: false, width: 100 }));
}

#[test]
fn a_narrow_terminal_gets_no_names_and_wrapped_sentences() {
    let table = report().table(Look { colour: false, width: 50 });
    assert!(!table.contains("grown_ups   "), "{table}");
    let longest = table.lines().skip(1).map(unicode_width::UnicodeWidthStr::width).max();
    assert!(longest <= Some(50), "{longest:?}\n{table}");
}

#[test]
fn the_heading_of_short_names_stands_apart() {
    let mut report = report();
    let headings =
        |report: &Report| report.table(Look { colour: false, width: 100 }).lines().nth(2).unwrap().to_owned();
    for (name, title, heading) in [
        ("hot", Some("Hot"), "Segment  Name  Customers   Share"),
        ("sunny", Some("Hot"), "Segment  Name   Customers   Share"),
        ("hot", None, "Segment  Customers   Share"),
    ] {
        report.partitions.clear();
        report.segments.truncate(1);
        for group in &mut report.segments {
            (group.name, group.title) = (name.into(), title.map(Into::into));
        }
        assert_eq!(headings(&report), heading);
    }
}

#[test]
fn colour_is_only_written_where_asked_for() {
    assert!(report().table(Look { colour: true, width: 100 }).contains("\u{1b}[36m"));
    assert!(!report().table(Look { colour: false, width: 100 }).contains('\u{1b}'));
}

#[test]
fn json_has_the_promised_form() {
    let json: serde_json::Value = serde_json::from_str(&report().json().unwrap()).unwrap();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&json), ["as_of", "customers", "engine", "partitions", "problems", "segments", "version"]);
    assert_eq!(json["as_of"], "2018-01-01T00:00:00-05:00");
    assert_eq!(
        json["segments"][0],
        serde_json::json!({"name": "grown_ups", "title": "Grown-ups — 大人", "count": 1, "share": 0.25})
    );
    assert_eq!(
        json["partitions"],
        serde_json::json!([{"name": "stage", "title": "Stage of life", "parts": [
            {"name": "grown", "count": 1, "share": 0.25}, {"name": "small", "count": 2, "share": 0.5}]}])
    );
    let problems = json["problems"].as_array().unwrap();
    assert!(problems.iter().all(|problem| keys(problem) == ["count", "examples", "kind", "where"]), "{problems:?}");
    let kinds: Vec<&str> = problems.iter().map(|problem| problem["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "unknown_customers",
            "lookup_without_row",
            "outside_listed_values",
            "future_events",
            "old_data",
            "clock_change",
            "division_by_zero",
            "missing_values"
        ]
    );
    assert_eq!(
        problems[6],
        serde_json::json!({"kind": "division_by_zero", "where": "traits.segue:2:3", "count": 1, "examples": ["13"]})
    );
    assert_eq!(
        problems[7],
        serde_json::json!({"kind": "missing_values", "where": "adult", "count": 2,
            "examples": ["grown_ups", "others", "stage"]})
    );
}

#[test]
fn shares_read_as_none_or_all_only_where_they_are() {
    let cases = [
        (0.0, "0.0%"),
        (0.0001, "<0.1%"),
        (0.0005, "0.1%"),
        (0.167, "16.7%"),
        (0.9994, "99.9%"),
        (0.99951, ">99.9%"),
        (1.0, "100.0%"),
    ];
    for (share, text) in cases {
        assert_eq!(phrase::percent(share), text, "{share}");
    }
}

#[test]
fn figures_and_lists_read_as_people_write_them() {
    assert_eq!(phrase::count(999), "999");
    assert_eq!(phrase::count(1_470_000), "1,470,000");
    let items = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
    assert_eq!(phrase::list(&items), "a, b and c");
    assert_eq!(phrase::some(&items, 2), "a, b and 1 more");
}
