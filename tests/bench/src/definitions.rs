//! The common definitions of the benchmark, written as Segue rule files.
//!
//! The definitions are JSON that every side translates into its own language: trees of conditions on customers
//! (`segments.json`), and conditions on aggregates of events (`conditions.json`).

use chrono_tz::UTC;
use segue_compiler::values::calendar::{date_text, instant_text};
use serde::Deserialize;
use std::fmt::Write;

/// `segments.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Segments {
    atoms: Vec<Atom>,
    segments: Vec<Tree>,
}

/// One comparison of a customer's field.
#[derive(Debug, Deserialize)]
#[serde(tag = "k", rename_all = "lowercase")]
enum Atom {
    Cmp { col: String, op: Operator, v: serde_json::Number },
    In { col: String, vals: Vec<String> },
    Prefix { col: String, p: String },
    Null { col: String },
    Bool { col: String },
    Has { col: String, bit: u32 },
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Operator {
    Ge,
    Gt,
    Le,
    Lt,
    Eq,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum Tree {
    Atom { id: usize },
    Not { arg: Box<Tree> },
    And { args: Vec<Tree> },
    Or { args: Vec<Tree> },
}

/// `conditions.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Conditions {
    aggs: Vec<Aggregate>,
    conditions: Vec<Vec<Test>>,
}

#[derive(Debug, Deserialize)]
struct Aggregate {
    #[serde(rename = "fn")]
    function: Function,
    types: Vec<String>,
    cats: Option<Vec<String>>,
    win: Option<u32>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Function {
    Sum,
    Count,
    Last,
    Avg,
    Distinct,
    Max,
}

#[derive(Debug, Deserialize)]
struct Test {
    agg: usize,
    op: Operator,
    v: serde_json::Number,
}

impl Operator {
    fn sign(self) -> &'static str {
        match self {
            Operator::Ge => ">=",
            Operator::Gt => ">",
            Operator::Le => "<=",
            Operator::Lt => "<",
            Operator::Eq => "is",
        }
    }
}

/// How the customers of the first workload are declared.
pub(crate) fn customers() -> String {
    let interests: Vec<String> = (0..32).map(|bit| format!("\"i{bit:02}\"")).collect();
    format!(
        "customers {{
  key id        : id
  age           : integer?
  income        : money USD ?
  country       : text
  city          : text
  plan          : one of \"free\", \"basic\", \"pro\", \"enterprise\"
  signup_date   : date
  last_seen     : datetime
  email_consent : boolean
  nps           : integer?
  score         : number
  interests     : list of one of {} from \"interests\" as bits
}}
",
        interests.join(", ")
    )
}

/// How the customers and events of the second workload are declared.
pub(crate) fn events() -> String {
    "customers {
  key customer_id : id
}

events activity by customer_id at happened_at from \"at\" {
  type     : text
  amount   : money USD
  category : text
}
"
    .to_owned()
}

/// How both are declared together.
pub(crate) fn both() -> String {
    let events = events();
    let activity = events.split_once("\n\n").map_or("", |(_, activity)| activity);
    format!("{}\n{activity}", customers())
}

impl Segments {
    /// Rule text with the first `count` segments, named `s0`, `s1`, ...
    pub(crate) fn rules(&self, count: usize) -> String {
        let mut text = String::new();
        for (at, tree) in self.segments.iter().take(count).enumerate() {
            let _ = writeln!(text, "segment s{at} {{\n  {}\n}}\n", self.condition(tree, true));
        }
        text
    }

    fn condition(&self, tree: &Tree, outer: bool) -> String {
        let joined = |args: &[Tree], word: &str| {
            let parts: Vec<String> = args.iter().map(|tree| self.condition(tree, false)).collect();
            let text = parts.join(word);
            if outer || parts.len() == 1 { text } else { format!("({text})") }
        };
        match tree {
            Tree::Atom { id } => self.atoms.get(*id).map(atom).unwrap_or_default(),
            Tree::Not { arg } => format!("not ({})", self.condition(arg, true)),
            Tree::And { args } => joined(args, " and "),
            Tree::Or { args } => joined(args, " or "),
        }
    }
}

fn atom(atom: &Atom) -> String {
    match atom {
        Atom::Cmp { col, op, v } => {
            let value = match col.as_str() {
                "income" => format!("{} USD", v.as_f64().unwrap_or_default()),
                "signup_date" => day(v.as_i64().unwrap_or_default()),
                "last_seen" => instant(v.as_i64().unwrap_or_default()),
                _ => v.to_string(),
            };
            format!("{col} {} {value}", op.sign())
        }
        Atom::In { col, vals } => match vals.as_slice() {
            [one] => format!("{col} is {one:?}"),
            many => format!("{col} is one of {}", quoted(many)),
        },
        Atom::Prefix { col, p } => format!("{col} starts with {p:?}"),
        Atom::Null { col } => format!("{col} is missing"),
        Atom::Bool { col } => col.clone(),
        Atom::Has { col, bit } => format!("{col} includes \"i{bit:02}\""),
    }
}

fn quoted(values: &[String]) -> String {
    values.iter().map(|value| format!("{value:?}")).collect::<Vec<String>>().join(", ")
}

impl Conditions {
    /// Rule text with the first `count` conditions as segments, named `c0`, `c1`, ...
    pub(crate) fn rules(&self, count: usize) -> String {
        let mut text = String::new();
        for (at, tests) in self.conditions.iter().take(count).enumerate() {
            let _ = writeln!(text, "segment c{at} {{");
            for test in tests {
                if let Some(aggregate) = self.aggs.get(test.agg) {
                    let _ = writeln!(text, "  {}", aggregate.test(test));
                }
            }
            let _ = writeln!(text, "}}\n");
        }
        text
    }
}

impl Aggregate {
    fn test(&self, test: &Test) -> String {
        let money = || format!("{} USD", test.v);
        let (what, value) = match self.function {
            Function::Sum => ("sum of activity.amount", money()),
            Function::Count => ("number of activity", test.v.to_string()),
            Function::Last => ("latest activity.happened_at", instant(test.v.as_i64().unwrap_or_default())),
            Function::Avg => ("average of activity.amount", money()),
            Function::Distinct => ("number of different activity.category", test.v.to_string()),
            Function::Max => ("largest activity.amount", money()),
        };
        let window = self.win.map(|days| format!(" in the last {days} days")).unwrap_or_default();
        let mut conditions: Vec<String> = Vec::new();
        let listed = |field: &str, values: &[String]| match values {
            [one] => format!("{field} is {one:?}"),
            many => format!("{field} is one of {}", quoted(many)),
        };
        if !self.types.is_empty() {
            conditions.push(listed("type", &self.types));
        }
        conditions.extend(self.cats.as_deref().map(|categories| listed("category", categories)));
        let filter = if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) };
        format!("({what}{window}{filter}) {} {value}", test.op.sign())
    }
}

/// A date by its days since 1970-01-01.
fn day(days: i64) -> String {
    date_text(i32::try_from(days).unwrap_or_default())
}

/// An instant by its milliseconds since 1970-01-01T00:00Z.
fn instant(millis: i64) -> String {
    format!("{}Z", instant_text(millis * 1_000, UTC).replace(' ', "T"))
}
