//! Programs to load data for, drafted by hand, and tests of whole loads from rows.
#![expect(clippy::unwrap_used, reason = "a failed test should stop at the line that failed")]

use super::*;
use segue_compiler::program::{Field, FieldId, FieldSource, Program, Reading, Settings, Table, TableId, Type};
use segue_compiler::source::{FileId, Span};
use segue_compiler::syntax::tree::TableKind;
use segue_compiler::values::Currency;
use serde_json::json;

fn nowhere() -> Span {
    Span::new(FileId(0), 0, 0)
}

/// A table to be put into a program.
pub(crate) struct TableDraft(Table);

impl TableDraft {
    pub(crate) fn new(name: &str, kind: TableKind) -> TableDraft {
        TableDraft(Table {
            name: name.into(),
            kind,
            parent: None,
            fields: Vec::new(),
            key: None,
            by: None,
            at: None,
            span: nowhere(),
            documentation: None,
        })
    }

    /// Customers with the key `customer_id`.
    pub(crate) fn customers() -> TableDraft {
        TableDraft::new("customers", TableKind::Customers).key("customer_id")
    }

    /// Events by `customer_id` at `at`.
    pub(crate) fn events(name: &str, at: Type) -> TableDraft {
        let mut draft = TableDraft::records(name).field("at", at, false);
        draft.0.kind = TableKind::Events;
        draft.0.at = Some(FieldId(1));
        draft
    }

    /// Records by `customer_id`.
    pub(crate) fn records(name: &str) -> TableDraft {
        let mut draft =
            TableDraft::new(name, TableKind::Records).field("customer_id", Type::Id(Some(TableId(0))), false);
        draft.0.by = Some(FieldId(0));
        draft
    }

    pub(crate) fn key(mut self, name: &str) -> TableDraft {
        self.0.key = Some(FieldId(u32::try_from(self.0.fields.len()).unwrap()));
        self.field(name, Type::Id(None), false)
    }

    pub(crate) fn parent(mut self, table: u32, field: u32) -> TableDraft {
        self.0.parent = Some((TableId(table), FieldId(field)));
        self
    }

    pub(crate) fn field(self, name: &str, ty: Type, optional: bool) -> TableDraft {
        self.field_read(name, ty, optional, Reading::Plain)
    }

    pub(crate) fn field_read(mut self, name: &str, ty: Type, optional: bool, reading: Reading) -> TableDraft {
        self.0.fields.push(Field {
            name: name.into(),
            ty,
            optional,
            source: FieldSource::Column { column: name.into(), reading },
            labels: Vec::new(),
            span: nowhere(),
        });
        self
    }
}

pub(crate) fn draft_program(tables: Vec<TableDraft>) -> Program {
    Program {
        asks_base: false,
        others: Default::default(),
        about: None,
        answers: Default::default(),
        locale_field: None,
        settings: Settings {
            name: "test".into(),
            zone: chrono_tz::UTC,
            currency: Currency(*b"USD"),
            week_start: chrono::Weekday::Mon,
            fiscal_year_start: None,
            locale: "en".into(),
            as_of: None,
        },
        tables: tables.into_iter().map(|draft| draft.0).collect(),
        traits: Vec::new(),
        segments: Vec::new(),
        occasions: Vec::new(),
        tests: Vec::new(),
        partitions: Vec::new(),
        order: Vec::new(),
    }
}

/// All rows of a table as text: groups, then each row's values.
pub(crate) fn shown(dataset: &Dataset, table: u32) -> String {
    let table = &dataset.tables[table as usize];
    let mut lines = Vec::new();
    if let Some(groups) = &table.groups {
        lines.push(format!("groups {groups:?}"));
    }
    for row in 0..table.rows {
        let cells = table.columns.iter().flatten().map(|column| match column.value(row) {
            Some(value) => format!("{value:?}"),
            None => "-".to_owned(),
        });
        lines.push(cells.collect::<Vec<_>>().join(" "));
    }
    lines.join("\n")
}

fn shop() -> Program {
    draft_program(vec![
        TableDraft::customers().field("country", Type::Text, true),
        TableDraft::events("purchases", Type::Date).field("product", Type::Id(Some(TableId(3))), true).field(
            "items",
            Type::Records(TableId(4)),
            true,
        ),
        TableDraft::records("pets").field("species", Type::Text, false),
        TableDraft::new("products", TableKind::Table).key("product_id").field("category", Type::Text, false),
        TableDraft::new("items", TableKind::Records).parent(1, 3).field("quantity", Type::Integer, false),
    ])
}

#[test]
fn rows_are_grouped_by_customer_and_time() {
    let program = shop();
    let loaded = DatasetBuilder::new(&program)
        .rows(
            "customers",
            &["customer_id", "country"],
            vec![vec![2.into(), "US".into()], vec![1.into(), Raw::Missing], vec![3.into(), "FR".into()]],
        )
        .json(
            "purchases",
            &json!([
                {"customer_id": 1, "at": "2020-01-02", "product": 7, "items": [{"quantity": 1}, {"quantity": 2}]},
                {"customer_id": 2, "at": "2020-01-05", "product": 8},
                {"customer_id": 1, "at": "2020-01-01", "product": 9, "items": [{"quantity": 3}]},
                {"customer_id": 4, "at": "2020-01-01", "product": 7, "items": [{"quantity": 9}]},
                {"customer_id": "1", "at": "2020-01-02", "product": null, "items": []},
            ]),
        )
        .json("products", &json!([{"product_id": 7, "category": "a"}, {"product_id": "8", "category": "b"}]))
        .build()
        .unwrap();
    insta::assert_snapshot!(shown(&loaded.dataset, 0), @r#"
    Text("2") Text("US")
    Text("1") -
    Text("3") Text("FR")
    "#);
    insta::assert_snapshot!(shown(&loaded.dataset, 1), @r#"
    groups [0, 1, 4, 4]
    Text("2") Date(18266) Text("8")
    Text("1") Date(18262) Text("9")
    Text("1") Date(18263) Text("7")
    Text("1") Date(18263) -
    "#);
    insta::assert_snapshot!(shown(&loaded.dataset, 2), @"groups [0, 0, 0, 0]");
    insta::assert_snapshot!(shown(&loaded.dataset, 4), @r#"
    groups [0, 0, 1, 3, 3]
    Integer(3)
    Integer(1)
    Integer(2)
    "#);
    let purchases = &loaded.report.tables[1];
    assert_eq!((purchases.rows_read, purchases.rows, purchases.newest), (5, 4, Some(18_266 * 86_400_000_000)));
    let missed = |id: &str| Misses { rows: 1, distinct: 1, examples: vec![id.to_owned()] };
    assert_eq!(purchases.unknown_customers, missed("4"));
    let lookup = LookupMisses {
        field: (TableId(1), FieldId(2)),
        name: "product".to_owned(),
        target: "products".into(),
        misses: missed("9"),
    };
    assert_eq!(purchases.lookups, [lookup]);
}

#[test]
fn unknown_customers_are_added_in_the_order_of_ids() {
    let program = shop();
    let add = |builder: DatasetBuilder<'_>| {
        let loaded = builder
            .unknown_customers(UnknownCustomers::Add)
            .json(
                "purchases",
                &json!([
                    {"customer_id": "b", "at": "2020-01-01"},
                    {"customer_id": 10, "at": "2020-01-01"},
                    {"customer_id": 9, "at": "2020-01-01"},
                    {"customer_id": 10, "at": "2020-01-02"},
                ]),
            )
            .json("pets", &json!([{"customer_id": "a", "species": "dog"}]))
            .build()
            .unwrap();
        format!("{}\n{}", shown(&loaded.dataset, 0), shown(&loaded.dataset, 1))
    };
    let known = json!([{"customer_id": 9, "country": "US"}]);
    insta::assert_snapshot!(add(DatasetBuilder::new(&program).json("customers", &known)), @r#"
    Text("9") Text("US")
    Text("10") -
    Text("a") -
    Text("b") -
    groups [0, 1, 3, 3, 4]
    Text("9") Date(18262) -
    Text("10") Date(18262) -
    Text("10") Date(18263) -
    Text("b") Date(18262) -
    "#);
    insta::assert_snapshot!(add(DatasetBuilder::new(&program)), @r#"
    Text("9") -
    Text("10") -
    Text("a") -
    Text("b") -
    groups [0, 1, 3, 3, 4]
    Text("9") Date(18262) -
    Text("10") Date(18262) -
    Text("10") Date(18263) -
    Text("b") Date(18262) -
    "#);
}

#[test]
fn what_stands_in_the_way_is_said() {
    let program = shop();
    let customers = json!([{"customer_id": 1}, {"customer_id": 2}, {"customer_id": "1"}, {"customer_id": null}]);
    let refused = DatasetBuilder::new(&program)
        .json("customers", &customers)
        .json("purchases", &json!([{"customer_id": 1, "at": "03/04/2020", "items": [{"quantity": "x"}]}]))
        .json("pet", &json!([]))
        .build()
        .unwrap_err();
    insta::assert_snapshot!(refused, @r#"
    there is data for `pet`, but nothing is declared under that name: did you mean `pets`?

    1 of the 4 rows of `customers` cannot be used:
      rows of customers, row 4, column "customer_id": the value is missing, and every row needs it
      (--bad-rows skip leaves them out and counts them; --bad-rows report=FILE also writes them to a file)

    1 of the 1 rows of `purchases` cannot be used:
      rows of purchases, row 1, column "at", value "03/04/2020": I expected a date, such as 2026-04-03
      rows of purchases, row 1, column "items.quantity", value "x": I expected a whole number, such as 42
      (--bad-rows skip leaves them out and counts them; --bad-rows report=FILE also writes them to a file)
    "#);
    let repeated = DatasetBuilder::new(&program)
        .bad_rows(BadRows::Skip)
        .json("customers", &customers)
        .json("products", &json!([{"product_id": "a", "category": "x"}, {"product_id": "a", "category": "y"}]))
        .build()
        .unwrap_err();
    insta::assert_snapshot!(repeated, @r#"
    `customers` has the key 1 twice: rows of customers, row 1 and rows of customers, row 3

    `products` has the key a twice: rows of products, row 1 and rows of products, row 2
    "#);
}

#[test]
fn added_customers_must_not_lack_required_fields() {
    let program = draft_program(vec![
        TableDraft::customers().field("country", Type::Text, false).field("plan", Type::Integer, false),
        TableDraft::records("pets"),
    ]);
    let refused = DatasetBuilder::new(&program).json("pets", &json!([{"customer_id": 1}])).build().unwrap_err();
    insta::assert_snapshot!(refused, @r#"customers that are only in the events have no `country` and `plan`: declare these fields with `?`, or set unknown_customers = "report""#);
}
