//! One random case: rules, data and an `as of`, made from streams of choices, and how the two engines are held together on it.

use crate::choices::Choices;
use crate::coverage::Coverage;
use crate::data::{Cell, tables};
use crate::kept::{Kept, Rows, declarations, project_file};
use crate::pools::{AS_OF, ZONES};
use crate::ranges;
use crate::rules::{Rules, rules};
use crate::schema::DECLARATIONS;
use proptest::collection::vec;
use proptest::prelude::*;
use segue_compiler::program::Program;
use segue_runtime::data::{Column, Dataset};
use segue_runtime::engine::{self, Instructions, Manner, Truths};
use segue_runtime::outcome::{Outcome, Request};
use serde_json::{Map, Value};

/// One in so many cases is worked out from files as well, range by range.
const RANGED: usize = 8;

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
    let customer = vec(number(), 0..400);
    let customers = prop_oneof![
        1 => vec(customer.clone(), 0..=0),
        1 => vec(customer.clone(), 1..=1),
        1 => vec(customer.clone(), 63..=65),
        10 => vec(customer.clone(), 20..=40),
        1 => vec(customer, 126..=130),
    ];
    (vec(number(), 4), vec(number(), 0..200), customers, vec(vec(number(), 10..110), 1..30))
        .prop_map(|(settings, reference, customers, rules)| Case { settings, reference, customers, rules })
}

impl Case {
    fn settings(&self) -> Settings {
        let mut choices = Choices::new(&self.settings);
        let (as_of, zone) = (choices.word(AS_OF), choices.word(ZONES));
        let week_start = choices.word(&["monday", "sunday", "saturday"]);
        let fiscal_year_start = match week_start {
            "monday" => "april",
            "sunday" => "october",
            _ => "december",
        };
        Settings { as_of, zone, week_start, fiscal_year_start, threads: 1 + choices.below(2) }
    }

    /// The case as a page, which no change of the generator alters.
    pub(crate) fn kept(&self) -> Kept {
        let settings = self.settings();
        Kept {
            settings: project_file(&settings),
            rules: declarations(&format!("{DECLARATIONS}\n{}", rules(&self.rules).text)),
            rows: self.rows(instant(settings.as_of)),
            threads: settings.threads,
        }
    }

    /// The rows of all tables as JSON.
    fn rows(&self, now: i64) -> Rows {
        let made = tables(&self.reference, &self.customers, now);
        made.iter().map(|(table, rows)| ((*table).to_owned(), rows.iter().map(|row| object(row)).collect())).collect()
    }

    /// The checked rules, or the messages about them.
    pub(crate) fn program(&self) -> Result<Program, String> {
        let settings = project_file(&self.settings());
        crate::build::checked(&settings, &format!("{DECLARATIONS}\n{}", rules(&self.rules).text))
            .map(|(program, _)| program)
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
        let expected = match segue_runtime::interpret::run(&program, &data, &request) {
            Ok(expected) => expected,
            Err(error) => return Some(format!("interpreter: {error:?}")),
        };
        count(coverage, (&program, &data), &rules, &request, &expected);
        let by_engine = manners(rules.text.len()).into_iter().find_map(|manner| {
            let difference = match engine::run_in(&program, &data, &request, manner.clone()) {
                Ok(got) => compare(&program, &request, &expected, &got),
                Err(error) => Some(format!("engine: {error:?}")),
            };
            difference.map(|difference| format!("{manner:?}: {difference}"))
        });
        let rows = self.rows(now);
        let number = rules.text.len();
        by_engine.or_else(|| single(&program, &rows, &data, &request, &expected)).or_else(|| {
            let by_turns = number.is_multiple_of(RANGED);
            by_turns.then(|| ranges::difference((&program, &rows), &data, (&request, number / RANGED), coverage))?
        })
    }
}

/// What differs where every customer is worked out as a single record, filled field by field and read from JSON.
pub(crate) fn single(
    program: &Program,
    rows: &Rows,
    data: &Dataset,
    request: &Request,
    expected: &Outcome,
) -> Option<String> {
    let listed = |rows: &Vec<Map<String, Value>>| Value::Array(rows.iter().cloned().map(Value::Object).collect());
    let complete = segue_runtime::others::complete(program, data, request).unwrap();
    let data = complete.as_ref().unwrap_or(data);
    let rows: Map<String, Value> = rows.iter().map(|(table, rows)| (table.clone(), listed(rows))).collect();
    segue_tests::single::difference(program, data, request, expected)
        .or_else(|| segue_tests::single::json_difference(program, &rows, data, request, expected))
}

/// The manners in which a case is run: the usual one, and by turns every other that this processor has.
pub(crate) fn manners(number: usize) -> Vec<Manner> {
    let mut others = Vec::new();
    for instructions in Instructions::available() {
        for truths in [Truths::Loops, Truths::Code] {
            others.push(Manner { truths, instructions: Some(instructions), ..Manner::default() });
        }
    }
    let at = number % others.len();
    vec![Manner::default(), others.swap_remove(at)]
}

/// What a case sets besides rules and data.
pub(crate) struct Settings {
    pub(crate) as_of: &'static str,
    pub(crate) zone: &'static str,
    pub(crate) week_start: &'static str,
    pub(crate) fiscal_year_start: &'static str,
    pub(crate) threads: usize,
}

/// A cell as the data of a page hold it; `None` for a missing one.
fn json(cell: &Cell) -> Option<Value> {
    Some(match cell {
        Cell::Missing => return None,
        Cell::Boolean(value) => Value::Bool(*value),
        Cell::Integer(value) => Value::from(*value),
        Cell::Number(value) if value.is_nan() => Value::from("NaN"),
        Cell::Number(value) => Value::from(*value),
        Cell::Text(text) => Value::from(text.as_str()),
        Cell::List(cells) => Value::Array(cells.iter().map(|cell| json(cell).unwrap_or_default()).collect()),
        Cell::Record(cells) => Value::Object(object(cells)),
    })
}

fn object(cells: &[(&'static str, Cell)]) -> Map<String, Value> {
    cells.iter().filter_map(|(name, cell)| Some(((*name).to_owned(), json(cell)?))).collect()
}

fn instant(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
}

fn count(
    coverage: &mut Coverage,
    (program, data): (&Program, &Dataset),
    rules: &Rules,
    request: &Request,
    outcome: &Outcome,
) {
    for members in &outcome.segments {
        coverage.segment(members.count(), outcome.customers);
    }
    for of in &outcome.others {
        of.members.iter().for_each(|members| coverage.other(members.count(), of.rows));
    }
    let column = |name: &str| {
        let at = request.traits.iter().position(|id| &*program.traits[id.0 as usize].name == name).unwrap();
        &outcome.traits[at]
    };
    for atom in &rules.atoms {
        let unknown = atom.unknown.as_deref().map(column);
        coverage.atom((atom.kind, atom.place), column(&atom.name), unknown, outcome.customers);
    }
    coverage.plan(&segue_tests::base::answered(program, data, request));
    coverage.problems += outcome.problems.iter().map(|problem| problem.count).sum::<u64>();
}

/// The first difference between two outcomes.
pub(crate) fn compare(program: &Program, request: &Request, expected: &Outcome, got: &Outcome) -> Option<String> {
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
            let row = (0..expected.customers).find(|row| left.contains(*row) != right.contains(*row));
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
    let of_others = |outcome: &Outcome| {
        let mut others = outcome.others.clone();
        others.sort_by_key(|of| of.table);
        others
    };
    for (left, right) in of_others(expected).iter().zip(&of_others(got)) {
        let other = program.other(left.table).unwrap();
        for (at, id) in left.segments.iter().enumerate() {
            let name = &other.program.segments[id.0 as usize].name;
            let place = right.segments.iter().position(|other| other == id);
            let Some(place) = place.filter(|_| left.table == right.table) else {
                return Some(format!("segment {name} is not worked out by the engine"));
            };
            if left.members[at] != right.members[place] || left.counts[at] != right.counts[place] {
                return Some(format!(
                    "segment {name} of another table: {} members, the engine has {}",
                    left.counts[at], right.counts[place]
                ));
            }
        }
        if left.problems != right.problems {
            return Some(format!(
                "problems of another table differ:\n  interpreter {:?}\n  engine      {:?}",
                left.problems, right.problems
            ));
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
