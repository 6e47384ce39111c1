//! Cut points that a run keeps, so that single records are answered by the same base: a JSON document.
//!
//! Values are written as the engine holds them, so that none loses a digit: money in ten-thousandths, days since 1970-01-01,
//! instants and durations in microseconds, numbers in the fewest digits that read back as the same.

use rustc_hash::FxHashMap;
use segue_compiler::plan::Selection;
use segue_compiler::program::{Answer, Answers, BaseQuestion, Cut, Kept, Program, Type, over_base, question_text};
use segue_compiler::values::{Value, number};
use serde::{Deserialize, Serialize};
use std::hash::Hasher;
use twox_hash::XxHash64;

/// The version of the document.
const VERSION: u32 = 1;

/// Why kept cut points cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CutPointsError {
    /// The text is no such document.
    #[error("these are no cut points that a run kept: {0}")]
    Unreadable(String),
    /// A later version wrote them.
    #[error("the cut points are of version {0}, which this program does not know")]
    Version(u32),
    /// A question has none.
    #[error(
        "there are no cut points for `{0}`: the run that kept them did not ask it, or other rules did; run once more"
    )]
    Unanswered(String),
}

#[derive(Debug, Serialize, Deserialize)]
struct Document {
    version: u32,
    /// The instant of the run, microseconds UTC.
    as_of: i64,
    cut_points: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    /// The question, for people.
    question: String,
    /// What it and all it builds on say, as a hash.
    rules: String,
    /// How many customers had a value.
    customers: u64,
    #[serde(flatten)]
    kept: KeptAs,
}

/// As in [`Kept`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptAs {
    GroupsBegin(Vec<String>),
    Figure(Option<String>),
    Last(LastAs),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LastAs {
    Nobody,
    Everybody,
    At { value: String, key: Option<String> },
}

/// What a run kept of its base, as JSON: of all questions that the selection reaches and the answers know.
pub fn write_cut_points(program: &Program, selection: &Selection, answers: &Answers, as_of: i64) -> String {
    let entry = |question: &BaseQuestion| {
        let Answer { customers, kept } = answers.get(question.id)?;
        let kept = match kept {
            Kept::Cuts(cuts) => KeptAs::GroupsBegin(cuts.iter().map(text).collect()),
            Kept::Statistic(figure) => KeptAs::Figure(figure.as_ref().map(text)),
            Kept::Cut(Cut::Nobody) => KeptAs::Last(LastAs::Nobody),
            Kept::Cut(Cut::Everybody) => KeptAs::Last(LastAs::Everybody),
            Kept::Cut(Cut::At { value, key }) => {
                KeptAs::Last(LastAs::At { value: text(value), key: key.as_ref().map(text) })
            }
        };
        let question_rules = rules(program, question);
        Some(Entry { question: over_base(program, question), rules: question_rules, customers: *customers, kept })
    };
    let mut cut_points: Vec<Entry> = Vec::new();
    for (_, question) in program.questions(selection.items()) {
        if let Some(entry) = entry(question)
            && cut_points.iter().all(|known| known.rules != entry.rules)
        {
            cut_points.push(entry);
        }
    }
    let document = Document { version: VERSION, as_of, cut_points };
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// The program with the answers that a run kept, and the instant of that run in microseconds UTC. Questions are found again by
/// what they and all they build on say, so rules may have changed elsewhere.
///
/// # Errors
/// The text is no document of [`write_cut_points`], or lacks a question that the selection reaches.
pub fn read_cut_points(program: &Program, selection: &Selection, kept: &str) -> Result<(Program, i64), CutPointsError> {
    let unreadable = |error: serde_json::Error| CutPointsError::Unreadable(error.to_string());
    let raw: serde_json::Value = serde_json::from_str(kept).map_err(unreadable)?;
    if let Some(version) =
        raw.get("version").and_then(serde_json::Value::as_u64).filter(|found| *found != u64::from(VERSION))
    {
        return Err(CutPointsError::Version(u32::try_from(version).unwrap_or(u32::MAX)));
    }
    let document: Document = serde_json::from_value(raw).map_err(unreadable)?;
    let by_rules: FxHashMap<&str, &Entry> =
        document.cut_points.iter().map(|entry| (entry.rules.as_str(), entry)).collect();
    let mut answers = Answers::default();
    for (_, question) in program.questions(selection.items()) {
        let unanswered = || CutPointsError::Unanswered(over_base(program, question));
        let entry = by_rules.get(rules(program, question).as_str()).ok_or_else(unanswered)?;
        let spoilt = || CutPointsError::Unreadable(format!("`{}` has a value that is none", entry.question));
        let kept = self::kept(&entry.kept, question).ok_or_else(spoilt)?;
        answers.insert(question.id, Answer { customers: entry.customers, kept });
    }
    Ok((program.answered(answers), document.as_of))
}

fn kept(entry: &KeptAs, question: &BaseQuestion) -> Option<Kept> {
    let ty = &question.value.ty;
    Some(match entry {
        KeptAs::GroupsBegin(cuts) => Kept::Cuts(cuts.iter().map(|cut| value(cut, ty)).collect::<Option<_>>()?),
        KeptAs::Figure(None) => Kept::Statistic(None),
        // Figures of whole numbers are numbers.
        KeptAs::Figure(Some(figure)) if *ty == Type::Integer => Kept::Statistic(Some(value(figure, &Type::Number)?)),
        KeptAs::Figure(Some(figure)) => Kept::Statistic(Some(value(figure, ty)?)),
        KeptAs::Last(LastAs::Nobody) => Kept::Cut(Cut::Nobody),
        KeptAs::Last(LastAs::Everybody) => Kept::Cut(Cut::Everybody),
        KeptAs::Last(LastAs::At { value: last, key }) => {
            let key = key.as_ref().map(|key| Value::Text(key.as_str().into()));
            Kept::Cut(Cut::At { value: value(last, ty)?, key })
        }
    })
}

/// What a question and all it builds on say, as 16 digits.
fn rules(program: &Program, question: &BaseQuestion) -> String {
    let mut hasher = XxHash64::with_seed(0);
    hasher.write(question_text(program, question).as_bytes());
    format!("{:016x}", hasher.finish())
}

fn text(value: &Value) -> String {
    match value {
        Value::Integer(units) | Value::Money(units) | Value::Instant(units) | Value::Duration(units) => {
            units.to_string()
        }
        Value::Date(day) => day.to_string(),
        Value::Number(value) => format!("{value:?}"),
        Value::Text(text) => text.to_string(),
        Value::Boolean(_) | Value::List(_) => String::new(),
    }
}

fn value(text: &str, ty: &Type) -> Option<Value> {
    Some(match ty {
        Type::Number | Type::Percent => Value::Number(number(text.parse().ok()?)?),
        Type::Money(_) => Value::Money(text.parse().ok()?),
        Type::Datetime => Value::Instant(text.parse().ok()?),
        Type::Duration => Value::Duration(text.parse().ok()?),
        Type::Date => Value::Date(text.parse().ok()?),
        _ => Value::Integer(text.parse().ok()?),
    })
}
