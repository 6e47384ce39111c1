//! Small cases that are the same in every run, made from fixed seeds: for counting instructions (`instructions.py`), and for
//! timing the parts of a run one by one (`cargo bench --package segue-bench`).

use segue_compiler::program::Program;
use segue_runtime::data::{Dataset, DatasetBuilder, Raw};
use std::fmt::Write;

/// What can go wrong, in words.
pub type Failure = Box<dyn std::error::Error>;

/// 2026-01-01T00:00Z in microseconds.
pub const AS_OF: i64 = 20_454 * DAY;
const DAY: i64 = 86_400_000_000;

/// Numbers that look random and are the same in every run (splitmix64: Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end).cast_signed()
    }

    /// Who, seen, kind, page and paid of a visit.
    fn visit(&mut self, customers: u64) -> Vec<Raw<'static>> {
        vec![
            Raw::Integer(self.below(customers)),
            Raw::Instant(AS_OF - self.below(600 * DAY as u64)),
            text('k', self.below(6)),
            text('p', self.below(50)),
            Raw::Integer(self.below(120)),
        ]
    }
}

fn text(letter: char, number: i64) -> Raw<'static> {
    Raw::Text(format!("{letter}{number}").into())
}

/// A hundred segments of customers over some fifty conditions, and 20,000 customers.
///
/// # Errors
/// The rules do not check.
pub fn segments() -> Result<(Program, Dataset), Failure> {
    let mut rules = "customers {
  key id  : id
  age     : integer?
  country : text
  plan    : one of \"p0\", \"p1\", \"p2\"
  income  : money USD
  seen    : datetime
  consent : boolean
  score   : number
}
"
    .to_owned();
    for at in 0..100 {
        let (age, income, days) = (18 + at * 7 % 50, 20 + at * 13 % 80, 5 + at * 11 % 300);
        let (one, other) = (at * 3 % 40, at * 5 % 40);
        writeln!(
            rules,
            "segment s{at} {{
  (age >= {age} or plan is \"p{}\") and (country is one of \"c{one}\", \"c{other}\", \"c7\" or income > {income}000 USD)
  consent or score < 0.{:02} or seen is in the last {days} days
}}",
            at % 3,
            at % 97 + 1,
        )?;
    }
    let program = checked(&rules)?;
    let mut random = Random(1);
    let rows = (0..20_000).map(|id| {
        vec![
            Raw::Integer(id),
            if random.below(5) == 0 { Raw::Missing } else { Raw::Integer(16 + random.below(60)) },
            text('c', random.below(40)),
            text('p', random.below(3)),
            Raw::Integer(random.below(150_000)),
            Raw::Instant(AS_OF - random.below(400 * DAY as u64)),
            Raw::Boolean(random.below(2) == 1),
            Raw::Float(random.below(1_000_003) as f64 / 1_000_003.0),
        ]
    });
    let names = ["id", "age", "country", "plan", "income", "seen", "consent", "score"];
    let mut data = DatasetBuilder::new(&program).rows("customers", &names, rows).build()?.dataset;
    data.arrange(&program);
    Ok((program, data))
}

/// Forty segments over aggregates of events, and 60,000 events of 2,000 customers.
///
/// # Errors
/// The rules do not check.
pub fn events() -> Result<(Program, Dataset), Failure> {
    let mut rules = "customers {
  key id : id
}

events visits by who at seen {
  kind : text
  page : text
  paid : money USD
}
"
    .to_owned();
    for at in 0..40 {
        let (days, kind) = (7 + at * 9 % 200, at % 4);
        let condition = match at % 5 {
            0 => format!("(number of visits in the last {days} days where kind is \"k{kind}\") >= {}", 1 + at % 6),
            1 => format!("(sum of visits.paid in the last {days} days where kind is \"k{kind}\") > {at} USD"),
            2 => format!("(number of different visits.page in the last {days} days) >= 3"),
            3 => format!("(average of visits.paid where kind is \"k{kind}\") > {at} USD"),
            _ => format!("(latest visits.seen where kind is \"k{kind}\") is in the last {days} days"),
        };
        writeln!(rules, "segment s{at} {{\n  {condition}\n}}")?;
    }
    let program = checked(&rules)?;
    let mut random = Random(2);
    let customers = (0..2_000).map(|id| vec![Raw::Integer(id)]);
    let visits = (0..60_000).map(|_| random.visit(2_000));
    let builder = DatasetBuilder::new(&program).rows("customers", &["id"], customers);
    let mut data = builder.rows("visits", &["who", "seen", "kind", "page", "paid"], visits).build()?.dataset;
    data.arrange(&program);
    Ok((program, data))
}

/// Twenty segments over aggregates that need generated code, and thirty events for each of so many customers.
///
/// # Errors
/// The rules do not check.
pub fn passes(customers: usize) -> Result<(Program, Dataset), Failure> {
    let mut rules = "customers {
  key id : id
}

events visits by who at seen {
  kind  : text
  page  : text
  paid  : money USD
  fee   : money USD
  stars : integer?

  total = paid + fee
  net   = paid - fee
}
"
    .to_owned();
    for at in 0..20 {
        let (days, kind) = (30 + at * 17 % 300, at % 4);
        let condition = match at % 4 {
            0 => format!("(most frequent visits.page in the last {days} days) is \"p{at}\""),
            1 => format!("(number of visits in the last {days} days where fee > paid and kind is \"k{kind}\") >= 2"),
            2 => format!("(largest visits.total in the last {days} days) > {at}0 USD"),
            _ => format!("(sum of visits.net in the last {days} days where kind is \"k{kind}\") > 0 USD"),
        };
        writeln!(rules, "segment s{at} {{\n  {condition}\n}}")?;
    }
    let program = checked(&rules)?;
    let mut random = Random(3);
    let owners = (0..customers as i64).map(|id| vec![Raw::Integer(id)]);
    let visits = (0..customers * 30).map(|_| {
        let mut visit = random.visit(customers as u64);
        visit.push(Raw::Integer(random.below(60)));
        visit.push(if random.below(3) == 0 { Raw::Missing } else { Raw::Integer(random.below(6)) });
        visit
    });
    let names = ["who", "seen", "kind", "page", "paid", "fee", "stars"];
    let builder = DatasetBuilder::new(&program).rows("customers", &["id"], owners).rows("visits", &names, visits);
    let mut data = builder.build()?.dataset;
    data.arrange(&program);
    Ok((program, data))
}

/// Rules as a checked program.
///
/// # Errors
/// They do not check.
pub fn checked(rules: &str) -> Result<Program, Failure> {
    let checked = segue_compiler::project::check_text(rules);
    let first = checked.diagnostics.first().map(|message| format!("{}: {:?}", message.message, message.label));
    checked.program.ok_or_else(|| format!("the rules do not check: {first:?}").into())
}
