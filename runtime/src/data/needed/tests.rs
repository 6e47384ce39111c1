//! Which columns rules read.

use super::*;
use segue_compiler::program::{SegmentId, TraitId};
use segue_compiler::project::check_text;

const RULES: &str = r#"
customers { key id : id   country : text   plan : text   company : id? -> companies   addresses : list of { city : text   zone : text } }
events purchases by buyer at bought {
  key line : id
  product  : id -> products
  quantity : integer
  price    : money USD
  paid     = quantity * price
  stars    : integer
  carts    : list of { product : id -> products   quantity : integer }
}
records pets by owner { species : text   name : text }
table products  { key product : id   category : text   maker : id -> companies }
table companies { key company : id   industry : text   employees : integer }

trait spend      = sum of purchases.paid
trait industries = number of different purchases.product.maker.industry
trait cart_units = sum of purchases.carts.quantity
segment dogs     { any pets where species is "dog" and customer.country is "US" }
segment listed   { any addresses where city is "Rome" }
segment both     { dogs and spend > 5 USD }
segment own      { company.employees > 5 }
"#;

/// "table: fields" for what a selection needs.
fn needed(selection: &Selection) -> String {
    let checked = check_text(RULES);
    let Some(program) = checked.program else { unreachable!("{:?}", checked.diagnostics) };
    let needed = needed_fields(&program, selection);
    let mut lines = Vec::new();
    for (table, id) in program.tables.iter().zip(0..).filter(|(_, id)| needed.table(TableId(*id))) {
        let fields = table.fields.iter().zip(0..).filter(|(_, field)| needed.field(TableId(id), FieldId(*field)));
        let names: Vec<&str> = fields.map(|(field, _)| &*field.name).collect();
        lines.push(format!("{}: {}", table.name, names.join(" ")));
    }
    lines.join("\n")
}

fn of_trait(id: u32) -> String {
    needed(&Selection { traits: vec![TraitId(id)], ..Selection::default() })
}

fn of_segment(id: u32) -> String {
    needed(&Selection { segments: vec![SegmentId(id)], ..Selection::default() })
}

#[test]
fn only_what_is_read_is_needed() {
    insta::assert_snapshot!(needed(&Selection::default()), @"customers: id");
    insta::assert_snapshot!(of_trait(0), @r#"
    customers: id
    purchases: buyer bought line quantity price paid
    "#);
    insta::assert_snapshot!(of_trait(1), @r#"
    customers: id
    purchases: buyer bought line product
    products: product maker
    companies: company industry
    "#);
    insta::assert_snapshot!(of_trait(2), @r#"
    customers: id
    purchases: buyer bought line carts
    purchases.carts: quantity
    "#);
    insta::assert_snapshot!(of_segment(0), @r#"
    customers: id country
    pets: owner species
    "#);
    insta::assert_snapshot!(of_segment(1), @r#"
    customers: id addresses
    customers.addresses: city
    "#);
    insta::assert_snapshot!(of_segment(2), @r#"
    customers: id country
    purchases: buyer bought line quantity price paid
    pets: owner species
    "#);
    insta::assert_snapshot!(of_segment(3), @r#"
    customers: id company
    companies: company employees
    "#);
}
