//! What came of tests, as plain data that people and programs read.

use super::{Covered, Doubt, Line, Mutants, Ran, Verdict};
use crate::report::why::{Condition, conditions_text};
use segue_compiler::program::{Item, Program, TestCase};
use segue_compiler::source::{SourceMap, Span};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The version of the form; fields may be added without a new one.
pub const VERSION: u32 = 1;

/// What came of the tests of a project.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// [`VERSION`].
    pub version: u32,
    /// How many passed.
    pub passed: usize,
    /// How many did not.
    pub failed: usize,
    /// The tests in the order of the files.
    pub tests: Vec<Test>,
    /// Which conditions decide a test, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    /// What became of changes to the conditions, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutants: Option<Changes>,
}

/// One test.
#[derive(Debug, Clone, Serialize)]
pub struct Test {
    /// What it shows.
    pub title: String,
    /// Where it is written.
    #[serde(flatten)]
    pub place: Place,
    /// Whether all its expectations hold.
    pub passed: bool,
    /// In seconds.
    pub time: f64,
    /// Its expectations.
    pub expectations: Vec<Expected>,
    /// The fields that the answers look at.
    pub looked_at: Vec<String>,
    /// Those of them that are not given.
    pub not_given: Vec<String>,
}

/// One expectation.
#[derive(Debug, Clone, Serialize)]
pub struct Expected {
    /// As written, without `expect`.
    pub text: String,
    /// Where it is written.
    #[serde(flatten)]
    pub place: Place,
    /// Whether it certainly holds.
    pub passed: bool,
    /// What its subject came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
    /// What was not given and could change it, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
    /// Where it fails: why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

/// Where something is written; line and column count from 1.
#[derive(Debug, Clone, Serialize)]
pub struct Place {
    /// The file.
    pub file: String,
    /// Its line.
    pub line: usize,
    /// Its column, in characters.
    pub column: usize,
}

/// Which conditions decide a test.
#[derive(Debug, Clone, Serialize)]
pub struct Coverage {
    /// How many conditions there are.
    pub conditions: usize,
    /// How many decide a test: turned round, they change an answer.
    pub decided: usize,
    /// Those that decide none, though tests look at their declaration.
    pub never_decided: Vec<Written>,
    /// Declarations that no test looks at, by name, each with how many conditions it has.
    pub never_looked_at: BTreeMap<String, usize>,
}

/// A piece of the rules.
#[derive(Debug, Clone, Serialize)]
pub struct Written {
    /// As written, on one line.
    pub text: String,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
}

/// What became of changes to the conditions.
#[derive(Debug, Clone, Serialize)]
pub struct Changes {
    /// How many changes a test noticed.
    pub noticed: usize,
    /// Those that none did.
    pub unnoticed: Vec<Change>,
    /// How many changes are of declarations that no test looks at; they were not tried.
    pub not_looked_at: usize,
}

/// A change that no test noticed.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// The condition.
    #[serde(flatten)]
    pub condition: Written,
    /// What was changed about it.
    pub change: String,
}

/// The place of a span.
pub fn place(sources: &SourceMap, span: Span) -> Place {
    let file = sources.get(span.file);
    let (line, column) = file.map_or((0, 0), |file| file.line_column(span.start));
    Place { file: file.map_or_else(String::new, |file| file.name.clone()), line, column }
}

fn written(sources: &SourceMap, span: Span) -> Written {
    let text = sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
    Written { text, place: place(sources, span) }
}

impl Test {
    /// What came of a test.
    pub fn new(program: &Program, sources: &SourceMap, case: &TestCase, ran: &Ran, time: f64) -> Test {
        Test {
            title: case.title.to_string(),
            place: place(sources, case.title_span),
            passed: ran.passed(),
            time,
            expectations: ran.verdicts.iter().map(|verdict| Expected::new(program, sources, verdict)).collect(),
            looked_at: ran.looked_at.clone(),
            not_given: ran.not_given.clone(),
        }
    }

    /// What is wrong, as people read it: the expectations that fail, each with what came instead and why.
    pub fn failures(&self) -> String {
        let mut text = String::new();
        for expected in self.expectations.iter().filter(|expected| !expected.passed) {
            // Writing to a string does not fail.
            let _ = writeln!(text, "expect {}", expected.text);
            for doubt in &expected.doubts {
                let _ = writeln!(text, "  cannot be said: {doubt}");
            }
            if let (Some(got), true) = (&expected.got, expected.doubts.is_empty()) {
                let _ = writeln!(text, "  got {got}");
            }
            text.push_str(&conditions_text(&expected.conditions, 1));
        }
        text
    }
}

impl Expected {
    fn new(program: &Program, sources: &SourceMap, verdict: &Verdict) -> Expected {
        let Written { text, place } = written(sources, verdict.span);
        Expected {
            text,
            place,
            passed: verdict.passed(),
            got: verdict.got.clone(),
            doubts: verdict.doubts.iter().map(|doubt| in_words(program, sources, doubt)).collect(),
            conditions: verdict.conditions.clone(),
        }
    }
}

/// What was not given, and how to give it.
fn in_words(program: &Program, sources: &SourceMap, doubt: &Doubt) -> String {
    match doubt {
        Doubt::Field(name) => format!("{name} is not given, and could change it"),
        Doubt::Row(table, key, value) => format!("no row of {table} with the {key} {value} is given"),
        Doubt::Base(within, span) => {
            let asked = written(sources, *span).text;
            let how = match within {
                Some(name) if program.segments.iter().any(|segment| *segment.name == **name) => {
                    format!("give the answer: `given in {name}` or `given not in {name}`")
                }
                Some(name) if program.partitions.iter().any(|partition| *partition.name == **name) => {
                    format!("give the answer: `given {name} is ...`")
                }
                Some(name) => format!("give the answer: `given {name} = ...`"),
                None => "declare a trait for it, and give what that comes to".to_owned(),
            };
            format!("`{asked}` asks about all customers, and a test has one; {how}")
        }
    }
}

impl Coverage {
    /// What is known of the conditions.
    pub fn new(program: &Program, sources: &SourceMap, lines: &[Line]) -> Coverage {
        let mut never_looked_at = BTreeMap::new();
        for line in lines.iter().filter(|line| line.covered == Covered::NeverReached) {
            *never_looked_at.entry(declaration(program, line.span)).or_insert(0) += 1;
        }
        let undecided = lines.iter().filter(|line| line.covered == Covered::NeverDecided);
        Coverage {
            conditions: lines.len(),
            decided: lines.iter().filter(|line| line.covered == Covered::Decides).count(),
            never_decided: undecided.map(|line| written(sources, line.span)).collect(),
            never_looked_at,
        }
    }

    /// As people read it.
    pub fn text(&self) -> String {
        let mut text = format!("{} of {} conditions decide a test\n", self.decided, self.conditions);
        if !self.never_decided.is_empty() {
            text.push_str("\nThese never decided one, though tests look at their declarations:\n");
            text.push_str(&lines(&self.never_decided, |one| (one, None)));
        }
        if !self.never_looked_at.is_empty() {
            text.push_str("\nNo test looks at these:\n");
            for (name, conditions) in &self.never_looked_at {
                let word = if *conditions == 1 { "condition" } else { "conditions" };
                let _ = writeln!(text, "  {name} ({conditions} {word})");
            }
        }
        text
    }
}

impl Changes {
    /// What became of the changes.
    pub fn new(sources: &SourceMap, mutants: &Mutants) -> Changes {
        let change = |survivor: &super::Survivor| Change {
            condition: written(sources, survivor.span),
            change: survivor.change.clone(),
        };
        Changes {
            noticed: mutants.noticed,
            unnoticed: mutants.survivors.iter().map(change).collect(),
            not_looked_at: mutants.unreached,
        }
    }

    /// As people read it.
    pub fn text(&self) -> String {
        let tried = self.noticed + self.unnoticed.len();
        let mut text = match tried {
            0 => "there is no condition to change\n".to_owned(),
            1 => format!("1 change was tried: the tests noticed {}\n", self.noticed),
            _ => format!("{tried} changes were tried, one at a time: the tests noticed {}\n", self.noticed),
        };
        if !self.unnoticed.is_empty() {
            text.push_str("\nNo test noticed these:\n");
            text.push_str(&lines(&self.unnoticed, |one| (&one.condition, Some(one.change.as_str()))));
        }
        if self.not_looked_at > 0 {
            let (count, is) = (self.not_looked_at, if self.not_looked_at == 1 { "change is" } else { "changes are" });
            let _ = writeln!(
                text,
                "\n{count} more {is} of declarations that no test looks at: `segue test --coverage` lists them"
            );
        }
        text
    }
}

/// A line each: where, then what.
fn lines<T>(items: &[T], told: impl Fn(&T) -> (&Written, Option<&str>)) -> String {
    let mut text = String::new();
    for item in items {
        let (Written { text: condition, place: Place { file, line, .. } }, change) = told(item);
        let _ = writeln!(text, "  {file}:{line}  {condition}");
        if let Some(change) = change {
            let _ = writeln!(text, "      {change}");
        }
    }
    text
}

/// The name of the declaration that a condition stands in.
fn declaration(program: &Program, span: Span) -> String {
    let holds = |whole: Span| whole.file == span.file && whole.start <= span.start && span.end <= whole.end;
    let items = program.order.iter().map(|item| match item {
        Item::Trait(id) => program.traits.get(id.0 as usize).map(|found| (found.span, found.name.to_string())),
        Item::Segment(id) => program.segments.get(id.0 as usize).map(|found| (found.span, found.name.to_string())),
        Item::Partition(id) => program.partitions.get(id.0 as usize).map(|found| (found.span, found.name.to_string())),
    });
    let fields = program.tables.iter().flat_map(|table| {
        table.fields.iter().map(move |field| Some((field.span, format!("{}.{}", table.name, field.name))))
    });
    let found = items.chain(fields).flatten().find(|(whole, _)| holds(*whole));
    found.map(|(_, name)| name).unwrap_or_default()
}
