//! The ways to fill a record.

use super::*;
use crate::data::Raw;
use crate::single::{Bind, Field, Rows, amount, date, instant};

const SHOP: &str = "customers {
  key id  : id
  age     : integer?
  income  : money USD ?
  country : text
  born    : date?
  seen    : datetime?
  likes   : list of text
  share   : percent as 45 ?
}
events buys by who at bought_at {
  key line : id
  price    : money USD
  sort     : one of \"book\", \"pen\"
  parts    : list of { size : integer }
}
segment adults { age >= 18 }
segment rich { income > 1000.5 USD }
segment home { country is one of \"US\", \"CA\" }
segment north { country starts with \"N\" }
segment seen_lately { seen is in the last 7 days }
segment hikers { likes includes \"hiking\" }
segment buyers { (sum of buys.price in the last 30 days where sort is \"book\") >= 20 USD }
segment large { (largest buys.parts.size) >= 3 }
segment half { share is 50% }
trait last = latest buys.price
trait mean = (sum of buys.price) / (number of buys)
partition stage {
  young : age < 30
  old   : age >= 60
  other : otherwise
}
";

struct Fields {
    id: Field,
    age: Field,
    income: Field,
    country: Field,
    seen: Field,
    likes: Field,
    share: Field,
    buys: Rows,
    line: Field,
    bought_at: Field,
    price: Field,
    sort: Field,
    parts: Rows,
    size: Field,
}

/// A customer as a service holds it.
struct Customer {
    age: Option<i64>,
    buys: Vec<(i64, i64, Vec<i64>)>,
}

impl Bind for Customer {
    type Fields = Fields;

    fn fields(compiled: &Compiled) -> Result<Fields, SingleError> {
        Ok(Fields {
            id: compiled.field("id")?,
            age: compiled.field("age")?,
            income: compiled.field("income")?,
            country: compiled.field("country")?,
            seen: compiled.field("seen")?,
            likes: compiled.field("likes")?,
            share: compiled.field("share")?,
            buys: compiled.rows("buys")?,
            line: compiled.field("buys.line")?,
            bought_at: compiled.field("buys.bought_at")?,
            price: compiled.field("buys.price")?,
            sort: compiled.field("buys.sort")?,
            parts: compiled.rows("buys.parts")?,
            size: compiled.field("buys.parts.size")?,
        })
    }

    fn write(&self, fields: &Fields, record: &mut Record) -> Result<(), SingleError> {
        record.set(fields.id, 7)?;
        record.set(fields.age, self.age)?;
        record.set(fields.income, amount(10_005_001))?;
        record.set(fields.country, "CA")?;
        record.set(fields.seen, instant(NOW - 1))?;
        record.set(fields.likes, Raw::List(vec![Raw::from("hiking")]))?;
        record.set(fields.share, Raw::from("50%"))?;
        for (line, (at, price, parts)) in self.buys.iter().enumerate() {
            record.add(fields.buys);
            record.set(fields.line, line as i64)?;
            record.set(fields.bought_at, instant(*at))?;
            record.set(fields.price, amount(*price))?;
            record.set(fields.sort, "book")?;
            for size in parts {
                record.add(fields.parts);
                record.set(fields.size, *size)?;
            }
        }
        Ok(())
    }
}

fn names(compiled: &Compiled, answer: &crate::single::Answer) -> Vec<String> {
    let segments = &compiled.inner.program.segments;
    answer.segments().filter_map(|at| segments.get(at)).map(|segment| segment.name.to_string()).collect()
}

#[test]
fn a_struct_and_json_give_the_same() {
    let compiled = compiled(SHOP);
    let fields = Customer::fields(&compiled).unwrap();
    let moment = compiled.at(NOW);
    let mut record = compiled.record();
    let day = 86_400_000_000;
    let customer = Customer {
        age: Some(18),
        buys: vec![
            (NOW - day, 150_000, vec![1, 3]),
            (NOW - 2 * day, 50_000, vec![2]),
            (NOW - 40 * day, 990_000, vec![]),
        ],
    };
    customer.write(&fields, &mut record).unwrap();
    let expected = ["adults", "rich", "home", "seen_lately", "hikers", "buyers", "large", "half"];
    let answer = moment.evaluate(&mut record).unwrap();
    assert_eq!(names(&compiled, answer), expected);
    assert_eq!(answer.held(), expected.len());
    assert_eq!(answer.part(0), Some(0));
    assert_eq!(answer.value(0), Some(&segue_compiler::values::Value::Money(150_000)));

    let json = r#"{"age": 18, "income": 1000.5001, "id": "7", "country": "CA", "seen": "2025-12-31T23:59:59Z",
        "likes": "hiking;sleeping", "share": 50, "unheard": 1, "buys": [
        {"line": 1, "bought_at": "2025-12-31T00:00:00Z", "price": 15, "sort": "book", "parts": [{"size": 1}, {"size": 3}]},
        {"line": 3, "bought_at": "2025-11-22T00:00:00Z", "price": 99, "sort": "book"},
        {"line": 2, "bought_at": "2025-12-30T00:00:00Z", "price": "5.00", "sort": "book", "parts": [{"size": 2}]}]}"#;
    let answer = moment.evaluate_json(&mut record, json).unwrap();
    assert_eq!(names(&compiled, answer), expected);
    assert_eq!(answer.value(0), Some(&segue_compiler::values::Value::Money(150_000)));
    assert!(!answer.is_general() && compiled.interpreted().is_empty());

    // The same once more, without what came before.
    let answer = moment.evaluate_json(&mut record, r#"{"id": 8, "country": "NO"}"#).unwrap();
    assert_eq!(names(&compiled, answer), ["north"]);
    assert_eq!((answer.part(0), answer.value(0)), (Some(2), None));
    assert_eq!(answer.problems().len(), 1, "the mean of nothing divides by zero");
}

#[test]
fn names_are_told_apart() {
    let compiled = compiled(SHOP);
    assert_eq!(
        compiled.field("cuntry").unwrap_err().to_string(),
        "nothing that was compiled reads `cuntry`: did you mean `country`?"
    );
    assert!(compiled.field("born").is_err(), "no rule reads it");
    assert!(compiled.rows("sells").is_err());
    assert_eq!((compiled.segment("HOME"), compiled.segment("hom")), (Some(2), None));
    assert_eq!((compiled.value("mean"), compiled.partition("stage")), (Some(1), Some(0)));
    let program = program(
        "customers { key id : id  a : integer from \"Buys\" }\nevents buys by who at b { c : integer }\nsegment s { a > 1 and any buys }\n",
    );
    let both = Compiled::new(&program, &Selection::everything(&program), &Dataset::default());
    assert!(matches!(both, Err(SingleError::SameName { .. })));
}

#[test]
fn mistakes_of_the_caller_are_errors() {
    let compiled = compiled(SHOP);
    let moment = compiled.at(NOW);
    let mut record = compiled.record();
    let price = compiled.field("buys.price").unwrap();
    assert!(matches!(record.set(price, 1), Err(SingleError::NoRow { .. })));
    record.set(compiled.field("id").unwrap(), 1).unwrap();
    let lacking = moment.evaluate(&mut record).unwrap_err();
    assert!(lacking.to_string().starts_with("`country` is "), "{lacking}");
    assert!(record.set(compiled.field("seen").unwrap(), date(5)).is_err());
    let mut other = super::compiled(SHOP).record();
    assert_eq!(moment.evaluate(&mut other).unwrap_err(), SingleError::OtherProgram);
}

#[test]
fn what_is_compiled_goes_over_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    let compiled = compiled(SHOP);
    shared(&compiled);
    shared(&compiled.at(NOW));
    std::thread::scope(|scope| {
        for country in ["US", "NO"] {
            let compiled = &compiled;
            scope.spawn(move || {
                let text = format!(r#"{{"id": 1, "country": "{country}"}}"#);
                let found = held(compiled, &mut compiled.record(), &text).unwrap();
                assert_eq!(found, [if country == "US" { "home" } else { "north" }]);
            });
        }
    });
}

/// A value of a row may need what the loop over these rows gives, and fail.
#[test]
fn rows_are_held_against_what_their_own_loop_gives() {
    let rules = "customers {\n  key id : id\n}\nevents buys by who at bought_at {\n  price : money USD\n}\n\
        trait usual = average of buys.price\n\
        segment above { at least 2 buys where price - customer.usual >= 10 USD }\n";
    let compiled = compiled(rules);
    let mut record = compiled.record();
    let with = |prices: &[u32]| {
        let buy = |price: &u32| format!("{{\"bought_at\": \"2025-12-01T00:00:00Z\", \"price\": {price}}}");
        format!("{{\"id\": 1, \"buys\": [{}]}}", prices.iter().map(buy).collect::<Vec<_>>().join(", "))
    };
    for (prices, expected) in
        [(&[][..], &[][..]), (&[5], &[]), (&[5, 35, 35, 5], &["above"]), (&[0, 0, 100, 100], &["above"])]
    {
        assert_eq!(held(&compiled, &mut record, &with(prices)).unwrap(), expected, "{prices:?}");
    }
}
