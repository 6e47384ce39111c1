//! A service's use of single records: rules from a text, compiled once; customers from a struct and from JSON.
//!
//! `cargo run --example single_records`

use segue_compiler::plan::Selection;
use segue_compiler::project::check_text;
use segue_runtime::data::Dataset;
use segue_runtime::single::{Bind, Compiled, Field, Record, Rows, SingleError, amount, instant};
use std::error::Error;

const RULES: &str = "
customers {
  key id  : id
  country : text
  age     : integer?
}

events orders by customer_id at ordered_at {
  paid : money USD
}

segment grown_up { age >= 18 }
segment good_customers {
  country is one of \"DE\", \"AT\"
  (sum of orders.paid in the last 90 days) >= 100 USD
}
";

/// A customer as the service holds it.
struct Customer {
    id: i64,
    country: String,
    age: Option<i64>,
    /// Microseconds since 1970-01-01T00:00Z, and cents.
    orders: Vec<(i64, i64)>,
}

/// Where a customer's values go, found once.
struct Fields {
    id: Field,
    country: Field,
    age: Field,
    orders: Rows,
    ordered_at: Field,
    paid: Field,
}

impl Bind for Customer {
    type Fields = Fields;

    fn fields(compiled: &Compiled) -> Result<Fields, SingleError> {
        Ok(Fields {
            id: compiled.field("id")?,
            country: compiled.field("country")?,
            age: compiled.field("age")?,
            orders: compiled.rows("orders")?,
            ordered_at: compiled.field("orders.ordered_at")?,
            paid: compiled.field("orders.paid")?,
        })
    }

    fn write(&self, fields: &Fields, record: &mut Record) -> Result<(), SingleError> {
        record.set(fields.id, self.id)?;
        record.set(fields.country, self.country.as_str())?;
        record.set(fields.age, self.age)?;
        for (at, cents) in &self.orders {
            record.add(fields.orders);
            record.set(fields.ordered_at, instant(*at))?;
            // Amounts count ten-thousandths.
            record.set(fields.paid, amount(cents * 100))?;
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let program = check_text(RULES).program.ok_or("the rules do not check")?;
    let compiled = Compiled::new(&program, &Selection::everything(&program), &Dataset::default())?;
    let day = 86_400_000_000;
    let now = 20_454 * day;
    let moment = compiled.at(now);

    let mut record = compiled.record();
    let fields = Customer::fields(&compiled)?;
    let customer = Customer {
        id: 7,
        country: "DE".to_owned(),
        age: None,
        orders: vec![(now - 5 * day, 7_000), (now - 60 * day, 3_000), (now - 200 * day, 90_000)],
    };
    record.clear();
    customer.write(&fields, &mut record)?;
    let answer = moment.evaluate(&mut record)?;
    let good = compiled.segment("good_customers").ok_or("there is no such segment")?;
    println!("7 is a good customer: {}", answer.holds(good));

    let json =
        r#"{"id": 8, "country": "FR", "age": 31, "orders": [{"ordered_at": "2025-12-24T10:00:00Z", "paid": 250.5}]}"#;
    let answer = moment.evaluate_json(&mut record, json)?;
    for (name, at) in [("grown_up", compiled.segment("grown_up")), ("good_customers", Some(good))] {
        println!("8 is in {name}: {}", at.is_some_and(|at| answer.holds(at)));
    }
    Ok(())
}
