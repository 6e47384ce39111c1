//! One case: rules, data and an `as of`, made from streams of choices, and how the two engines are held together on it.

use crate::choices::Choices;
use crate::coverage::Coverage;
use crate::data::tables;
use crate::pools::{AS_OF, ZONES};
use crate::rules::{Rules, rules};
use crate::schema::DECLARATIONS;
use proptest::collection::vec;
use proptest::prelude::*;
use segue_compiler::program::Program;
use segue_runtime::data::Column;
use segue_runtime::outcome::{Outcome, Request};

/// The choices a case is made from.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    settings: Vec<u32>,
    reference: Vec<u32>,
    customers: Vec<Vec<u32>>,
    rules: Vec<Vec<u32>>,
}

/// Cases of all sizes: no customer, one, the edges of a word, a few words.
pub(crate) fn strategy() -> impl Strategy<Value = Case> {
    let number = any::<u32>;
    let customer = vec(number(), 0..220);
    let customers = prop_oneof![
        1 => vec(customer.clone(), 0..=0),
        1 => vec(customer.clone(), 1..=1),
        1 => vec(customer.clone(), 63..=65),
        6 => vec(customer.clone(), 20..=40),
        1 => vec(customer, 126..=130),
    ];
    (vec(number(), 4), vec(number(), 0..80), customers, vec(vec(number(), 1..90), 1..14))
        .prop_map(|(settings, reference, customers, rules)| Case { settings, reference, customers, rules })
}

impl Case {
    /// The choices as JSON.
    pub(crate) fn to_json(&self) -> String {
        serde_json::json!({
            "settings": self.settings, "reference": self.reference, "customers": self.customers, "rules": self.rules,
        })
        .to_string()
    }

    /// A case that was kept.
    pub(crate) fn from_json(text: &str) -> Case {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        let flat = |value: &serde_json::Value| -> Vec<u32> { serde_json::from_value(value.clone()).unwrap() };
        let nested = |value: &serde_json::Value| -> Vec<Vec<u32>> { serde_json::from_value(value.clone()).unwrap() };
        Case {
            settings: flat(&value["settings"]),
            reference: flat(&value["reference"]),
            customers: nested(&value["customers"]),
            rules: nested(&value["rules"]),
        }
    }

    fn settings(&self) -> Settings {
        let mut choices = Choices::new(&self.settings);
        Settings {
            as_of: choices.word(AS_OF),
            zone: choices.word(ZONES),
            week_start: choices.word(&["monday", "sunday", "saturday"]),
            threads: 1 + choices.below(2),
        }
    }

    /// Rules and data for a person to read.
    pub(crate) fn shown(&self) -> String {
        let settings = self.settings();
        let rules = rules(&self.rules);
        let now = instant(settings.as_of);
        let mut text = format!(
            "as of {} in {}, weeks start on {}\n{}\n",
            settings.as_of, settings.zone, settings.week_start, rules.text
        );
        for (table, rows) in tables(&self.reference, &self.customers, now) {
            for row in rows.iter().take(12) {
                let known: Vec<String> = row.iter().map(|(name, cell)| format!("{name}: {cell:?}")).collect();
                text += &format!("{table} {{ {} }}\n", known.join(", "));
            }
        }
        text
    }

    /// The checked rules, or the messages about them.
    pub(crate) fn program(&self) -> Result<Program, String> {
        crate::build::program(&self.settings(), &format!("{DECLARATIONS}\n{}", rules(&self.rules).text))
    }

    /// The rules' text.
    pub(crate) fn rules_text(&self) -> String {
        rules(&self.rules).text
    }

    /// What differs between the engines; `None` when they agree.
    pub(crate) fn difference(&self, coverage: &mut Coverage) -> Option<String> {
        let settings = self.settings();
        let rules = rules(&self.rules);
        let now = instant(settings.as_of);
        let program = match self.program() {
            Ok(program) => program,
            Err(messages) => return Some(format!("the rules do not check:\n{messages}")),
        };
        let data = crate::build::dataset(&program, tables(&self.reference, &self.customers, now));
        let request = crate::build::request(&program, now, settings.threads);
        let expected = segue_runtime::interpret::run(&program, &data, &request);
        let got = segue_runtime::engine::run(&program, &data, &request);
        let (expected, got) = match (expected, got) {
            (Ok(expected), Ok(got)) => (expected, got),
            (expected, got) => return Some(format!("interpreter: {:?}, engine: {:?}", expected.err(), got.err())),
        };
        count(coverage, &program, &rules, &request, &expected);
        compare(&program, &request, &expected, &got)
    }
}

/// What a case sets besides rules and data.
pub(crate) struct Settings {
    pub(crate) as_of: &'static str,
    pub(crate) zone: &'static str,
    pub(crate) week_start: &'static str,
    pub(crate) threads: usize,
}

fn instant(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
}

fn count(coverage: &mut Coverage, program: &Program, rules: &Rules, request: &Request, outcome: &Outcome) {
    for members in &outcome.segments {
        coverage.segment(members.count(), outcome.customers);
    }
    for (name, kind) in &rules.atoms {
        let at = request.traits.iter().position(|id| &*program.traits[id.0 as usize].name == name).unwrap();
        coverage.atom(kind, &outcome.traits[at], outcome.customers);
    }
    coverage.problems += outcome.problems.iter().map(|problem| problem.count).sum::<u64>();
}

/// The first difference between two outcomes.
fn compare(program: &Program, request: &Request, expected: &Outcome, got: &Outcome) -> Option<String> {
    if expected.customers != got.customers {
        return Some(format!("{} customers, the engine has {}", expected.customers, got.customers));
    }
    for (at, id) in request.traits.iter().enumerate() {
        let name = &program.traits[id.0 as usize].name;
        if let Some(row) = differing_row(&expected.traits[at], &got.traits[at], expected.customers) {
            let (left, right) = (expected.traits[at].value(row), got.traits[at].value(row));
            return Some(format!("trait {name} of customer row {row}: {left:?}, the engine says {right:?}"));
        }
    }
    for (at, id) in request.segments.iter().enumerate() {
        let name = &program.segments[id.0 as usize].name;
        let (left, right) = (&expected.segments[at], &got.segments[at]);
        if left != right {
            let row = (0..expected.customers).find(|row| left.get(*row) != right.get(*row));
            return Some(format!(
                "segment {name}: {} members, the engine has {}; first difference at row {row:?}",
                left.count(),
                right.count()
            ));
        }
    }
    for (at, id) in request.partitions.iter().enumerate() {
        if expected.partitions[at] != got.partitions[at] {
            return Some(format!("partition {} differs", program.partitions[id.0 as usize].name));
        }
    }
    (expected.problems != got.problems)
        .then(|| format!("problems differ:\n  interpreter {:?}\n  engine      {:?}", expected.problems, got.problems))
}

fn differing_row(expected: &Column, got: &Column, customers: usize) -> Option<usize> {
    use segue_compiler::values::Value;
    (0..customers).find(|row| match (expected.value(*row), got.value(*row)) {
        (Some(Value::Number(left)), Some(Value::Number(right))) => left.to_bits() != right.to_bits(),
        (left, right) => left != right,
    })
}
