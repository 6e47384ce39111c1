//! The customers and definitions that all sides get.

use crate::Failure;
use serde_json::{Value, json};

/// A customer as a service would hold it.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) id: i64,
    pub(crate) age: i64,
    /// In cents.
    pub(crate) income: i64,
    pub(crate) country: String,
    pub(crate) city: String,
    pub(crate) plan: &'static str,
    /// Days since 1970-01-01.
    pub(crate) signup_date: i64,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub(crate) last_seen: i64,
    pub(crate) email_consent: bool,
    pub(crate) nps: i64,
    pub(crate) score: f64,
}

/// Conditions and segments over them.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) atoms: Value,
    pub(crate) segments: Vec<Value>,
}

/// 2026-01-01 as days since 1970-01-01.
pub(crate) const TODAY: i64 = 20_454;
const DAY_MILLIS: i64 = 86_400_000;

/// Random numbers, the same ones each time.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, count: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as i64 % count
    }
}

/// The first segments that ask for nothing that an engine cannot say: no missing values, beginnings of texts, flags.
pub(crate) fn chosen(definitions: &Value, count: usize) -> Result<Chosen, Failure> {
    let atoms = &definitions["atoms"];
    fn fits(tree: &Value, atoms: &Value) -> bool {
        match tree["op"].as_str() {
            Some("atom") => {
                let atom = tree["id"].as_u64().and_then(|id| atoms.get(id as usize));
                atom.is_some_and(|atom| matches!(atom["k"].as_str(), Some("cmp" | "in" | "bool")))
            }
            Some("not") => fits(&tree["arg"], atoms),
            _ => tree["args"].as_array().is_some_and(|args| args.iter().all(|arg| fits(arg, atoms))),
        }
    }
    let all = definitions["segments"].as_array().ok_or("there are no segments")?;
    let segments: Vec<Value> = all.iter().filter(|tree| fits(tree, atoms)).take(count).cloned().collect();
    if segments.len() < count {
        return Err("there are too few segments".into());
    }
    Ok(Chosen { atoms: atoms.clone(), segments })
}

/// Customers from a seed, in the countries and cities that the definitions name.
pub(crate) fn customers(definitions: &Value, count: usize) -> Result<Vec<Customer>, Failure> {
    let named = |column: &str| -> Vec<String> {
        let atoms = definitions["atoms"].as_array().into_iter().flatten();
        let atoms = atoms.filter(|atom| atom["col"] == column && atom["k"] == "in");
        let values = atoms.flat_map(|atom| atom["vals"].as_array().into_iter().flatten());
        values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    let (countries, cities) = (named("country"), named("city"));
    if countries.is_empty() || cities.is_empty() {
        return Err("no country or city is named".into());
    }
    let mut random = Random(12_345);
    let mut pick = |from: &[String]| {
        let at = random.below(from.len() as i64) as usize;
        (from[at].clone(), random.below(1 << 30))
    };
    let places: Vec<_> = (0..count).map(|_| (pick(&countries), pick(&cities))).collect();
    let customers = places.into_iter().enumerate().map(|(at, ((country, one), (city, other)))| {
        let mut random = Random((one << 30 | other) as u64 ^ at as u64);
        Customer {
            id: 100_000 + at as i64,
            age: 18 + random.below(60),
            income: 1_000_000 + random.below(10_000_000),
            country,
            city,
            plan: ["free", "basic", "pro", "enterprise"][random.below(4) as usize],
            signup_date: TODAY - random.below(2922),
            last_seen: (TODAY - random.below(400)) * DAY_MILLIS + 5000,
            email_consent: random.below(2) == 0,
            nps: random.below(11),
            score: random.below(1000) as f64 / 1000.0,
        }
    });
    Ok(customers.collect())
}

impl Customer {
    /// As JSON for engines without dates and money: days, milliseconds and cents.
    pub(crate) fn plain_json(&self) -> String {
        json!({
            "id": self.id, "age": self.age, "income": self.income, "country": self.country, "city": self.city,
            "plan": self.plan, "signup_date": self.signup_date, "last_seen": self.last_seen,
            "email_consent": self.email_consent, "nps": self.nps, "score": self.score,
        })
        .to_string()
    }

    /// As JSON with dates, times and amounts as people write them, which takes longer to read.
    pub(crate) fn written_json(&self) -> String {
        use segue_compiler::values::calendar::{date_text, instant_text};
        let seen = instant_text(self.last_seen * 1000, chrono_tz::UTC).replace(' ', "T");
        json!({
            "id": self.id, "age": self.age, "income": self.income as f64 / 100.0, "country": self.country,
            "city": self.city, "plan": self.plan, "signup_date": date_text(self.signup_date as i32),
            "last_seen": format!("{seen}Z"), "email_consent": self.email_consent, "nps": self.nps, "score": self.score,
        })
        .to_string()
    }
}
