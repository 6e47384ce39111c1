//! Every construct over random data: missing values everywhere, empty histories, extremes, and numbers of customers
//! around the width of a word.

use super::random::Random;
use super::{agree, data, program};
use crate::outcome::Outcome;
use segue_compiler::program::Program;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// 2024-05-01T12:34:56Z
const AS_OF: i64 = 1_714_566_896_000_000;

#[test]
fn constructs_agree() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/engine/tests/rules.segue");
    let program = program(&std::fs::read_to_string(path).unwrap());
    for (seed, customers) in [0, 1, 63, 64, 65, 129, 300].into_iter().enumerate() {
        let data = data(&program, &rows(&mut Random::new(seed as u64), customers));
        let outcome = agree(&program, &data, AS_OF);
        if customers == 300 {
            bites(&program, &outcome);
        }
    }
}

/// Answers that are the same for everybody test little.
fn bites(program: &Program, outcome: &Outcome) {
    let mut dull = Vec::new();
    for (segment, members) in program.segments.iter().zip(&outcome.segments) {
        if !(6..=294).contains(&members.count()) {
            dull.push(format!("segment {} has {} members", segment.name, members.count()));
        }
    }
    for (declared, column) in program.traits.iter().zip(&outcome.traits) {
        let values: BTreeSet<_> = (0..300).map(|row| format!("{:?}", column.value(row))).collect();
        // What divides by nothing is missing for everybody, and counted.
        if values.len() < 2 && &*declared.name != "oddity" {
            dull.push(format!("trait {} is {values:?}", declared.name));
        }
    }
    assert!(dull.is_empty(), "{}", dull.join("\n"));
    assert!(outcome.problems.len() > 25, "only {} places failed", outcome.problems.len());
}

fn rows(random: &mut Random, customers: usize) -> Json {
    let (companies, products) = (20, 12);
    json!({
        "customers": (0..customers).map(|key| customer(random, key, companies, products)).collect::<Vec<_>>(),
        "companies": (0..companies).map(|key| company(random, key, companies)).collect::<Vec<_>>(),
        "products": (0..products).map(|key| product(random, key, companies)).collect::<Vec<_>>(),
        "purchases": of_customers(random, customers, 9, |random, key, number| {
            let mut row = purchase(random, products);
            row["customer_id"] = json!(key);
            row["line"] = json!(number);
            row
        }),
        "visits_made": of_customers(random, customers, 5, |random, key, _| json!({
            "customer_id": key,
            "day": day(random),
            "page": random.one(&["/a", "/b", "/c"]),
            "length": random.maybe(|random| json!(format!("PT{}S", random.below(5000)))),
            "depth": random.maybe(|random| json!(random.below(4))),
        })),
        "carts": of_customers(random, customers, 4, |random, key, _| json!({
            "customer_id": key,
            "added_at": moment(random),
            "basket": random.below(30),
            "items": (0..random.below(4)).map(|_| item(random, products)).collect::<Vec<_>>(),
        })),
        "pets": of_customers(random, customers, 3, |random, key, _| json!({
            "customer_id": key,
            "species": random.maybe(|random| json!(random.one(&["dog", "cat", "fish"]))),
            "age": random.maybe(|random| json!(random.below(15))),
            "chipped": random.maybe(|random| json!(random.below(2) == 0)),
        })),
    })
}

fn of_customers(
    random: &mut Random,
    customers: usize,
    most: u64,
    mut row: impl FnMut(&mut Random, usize, usize) -> Json,
) -> Vec<Json> {
    let mut rows = Vec::new();
    for key in 0..customers {
        for _ in 0..random.below(most + 1) {
            let number = rows.len();
            rows.push(row(random, key, number));
        }
    }
    rows
}

fn text(random: &mut Random) -> Json {
    json!(random.one(&["abc", "Abc", "xyz", "", "bike", "Straße", "STRASSE", "DE", "Grocery", "toys", "äx", "z"]))
}

fn money(random: &mut Random) -> Json {
    let extreme = random.below(40) == 0;
    json!(if extreme {
        random.one(&["922337203685477.5807", "-922337203685477.5808"]).to_owned()
    } else {
        format!("{}.{:02}", random.below(700), random.below(100))
    })
}

fn integer(random: &mut Random) -> Json {
    let extreme = random.below(40) == 0;
    if extreme { json!(random.one(&[i64::MAX, i64::MIN])) } else { json!(random.below(12) as i64 - 2) }
}

fn number(random: &mut Random) -> Json {
    match random.below(40) {
        0 => json!(1.7e308),
        1 => json!(-1e-310),
        2..6 => json!(0.0),
        _ => json!((random.below(2000) as f64 - 300.0) / 173.0),
    }
}

fn day(random: &mut Random) -> Json {
    match random.below(10) {
        0 => json!("2024-02-29"),
        1 => json!("2024-05-01"),
        2 => json!("2024-04-30"),
        _ => json!(format!("{}-{:02}-{:02}", 2023 + random.below(2), random.below(12) + 1, random.below(28) + 1)),
    }
}

fn moment(random: &mut Random) -> Json {
    match random.below(12) {
        0 => json!("2024-05-01T12:34:56Z"),
        1 => json!("2024-05-01T12:34:55.999999Z"),
        2 => json!("2024-04-01T12:34:56Z"),
        3 => json!("2024-03-31T01:30:00Z"),
        _ => {
            let (hour, minute) = (random.below(24), random.below(3) * 20);
            json!(format!("{}T{hour:02}:{minute:02}:00Z", day(random).as_str().unwrap_or_default()))
        }
    }
}

fn customer(random: &mut Random, key: usize, companies: u64, products: u64) -> Json {
    let texts = |random: &mut Random| {
        (0..random.below(4)).map(|_| json!(random.one(&["a", "b", "DE", "c"]))).collect::<Vec<_>>()
    };
    json!({
        "customer_id": key,
        "name": random.maybe(text),
        "country": random.one(&["DE", "FR", "US", "de"]),
        "other": random.maybe(text),
        "born": random.maybe(|random| json!(format!("{}-{:02}-{:02}", 1950 + random.below(70), random.below(12) + 1, random.below(28) + 1))),
        "joined": random.maybe(moment),
        "income": random.maybe(money),
        "fee": money(random),
        "score": random.maybe(number),
        "weight": number(random),
        "nps": random.maybe(integer),
        "visits": integer(random),
        "plan": random.maybe(|random| json!(random.one(&["free", "plus", "pro"]))),
        "rate": random.maybe(|random| json!(random.below(100) as f64 / 100.0)),
        "wait": random.maybe(|random| json!(format!("PT{}S", random.below(100_000)))),
        "interests": random.maybe(|random| json!(texts(random))),
        "points": random.maybe(|random| json!((0..random.below(4)).map(|_| integer(random)).collect::<Vec<_>>())),
        "tags": (0..random.below(3)).map(|_| json!(random.one(&["red", "green", "blue"]))).collect::<Vec<_>>(),
        "company": random.maybe(|random| json!(random.below(companies + 1))),
        "second": random.maybe(|random| json!(random.below(companies + 1))),
        "favourites": (0..random.below(3)).map(|_| json!({
            "product": random.maybe(|random| json!(random.below(products + 1))),
            "stars": random.maybe(integer),
        })).collect::<Vec<_>>(),
        "employee": random.maybe(|random| json!(random.below(2) == 0)),
        "sure": random.below(2) == 0,
    })
}

fn company(random: &mut Random, key: u64, companies: u64) -> Json {
    json!({
        "company_id": key,
        "industry": random.maybe(|random| json!(random.one(&["Tech", "Farm"]))),
        "staff": random.maybe(|random| json!(random.below(3) * 10)),
        "revenue": random.maybe(money),
        "parent": random.maybe(|random| json!(random.below(companies))),
        "sites": (0..random.below(4)).map(|_| json!({
            "size": random.maybe(|random| json!(random.below(3))),
            "area": random.maybe(number),
        })).collect::<Vec<_>>(),
    })
}

fn product(random: &mut Random, key: u64, companies: u64) -> Json {
    json!({
        "product_id": key,
        "category": random.maybe(|random| json!(random.one(&["Grocery", "Toys", "Beauty"]))),
        "brand": random.one(&["Acme", "zeta", "Bob"]),
        "price": random.maybe(money),
        "labels": (0..random.below(3)).map(|_| json!(random.one(&["new", "old"]))).collect::<Vec<_>>(),
        "maker": random.maybe(|random| json!(random.below(companies))),
    })
}

fn purchase(random: &mut Random, products: u64) -> Json {
    json!({
        "basket": random.below(40),
        "bought_at": moment(random),
        "product": random.maybe(|random| json!(random.below(products + 2))),
        "quantity": random.maybe(integer),
        "price": random.maybe(money),
        "factor": random.maybe(number),
        "note": random.maybe(text),
        "gifts": (0..random.below(3)).map(|_| json!(random.one(&["book", "pen", "cup"]))).collect::<Vec<_>>(),
        "express": random.maybe(|random| json!(random.below(2) == 0)),
    })
}

fn item(random: &mut Random, products: u64) -> Json {
    json!({
        "product": random.maybe(|random| json!(random.below(products + 1))),
        "quantity": random.below(6),
        "extras": (0..random.below(3)).map(|_| json!({
            "kind": random.one(&["wrap", "card"]),
            "cost": random.maybe(money),
        })).collect::<Vec<_>>(),
    })
}
