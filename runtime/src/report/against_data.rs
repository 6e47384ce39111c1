//! Rules held against the data they will run on: values that are asked for but never occur, columns that are not there.

use crate::data::{DataError, DataErrors, Dataset, LoadReport, Stored, StoredValues, Warning};
use crate::others;
use crate::report::phrase::{count, list};
use segue_compiler::diagnostics::{Diagnostic, Edit};
use segue_compiler::names::closest;
use segue_compiler::program::{Expr, ExprKind, Field, FieldId, FieldSource, Program, Table, TableId, Type};
use segue_compiler::project::Checked;
use segue_compiler::source::{FileId, Span};
use segue_compiler::syntax::tree::{
    self, AggregateOperator, DeclarationKind, Label, ListSource, Literal, Quantifier, TableKind,
};
use segue_compiler::values::Value;
use segue_compiler::values::text::{comparable, equal};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Among more different values than this none is looked for that is like the one written.
const COMPARED: usize = 20_000;

/// A message for each text or id that a rule compares a column with and that never occurs in it.
pub fn values_that_never_occur(checked: &Checked, program: &Program, dataset: &Dataset) -> Vec<Diagnostic> {
    let mut found = never_occurring(checked, program, dataset);
    for other in program.others.iter() {
        found.extend(never_occurring(checked, &other.program, &others::columns(other, dataset)));
    }
    // Fields that are worked out are those of all programs.
    found.sort_by_key(|message| message.span);
    found.dedup_by(|later, first| later.span == first.span && later.message == first.message);
    found
}

fn never_occurring(checked: &Checked, program: &Program, dataset: &Dataset) -> Vec<Diagnostic> {
    let mut search = Search { program, checked, dataset, counts: HashMap::new(), found: Vec::new() };
    for item in &program.order {
        for expr in program.expressions(*item) {
            search.expr(expr);
        }
    }
    for field in program.tables.iter().flat_map(|table| &table.fields) {
        if let FieldSource::Computed(value) = &field.source {
            search.expr(value);
        }
    }
    search.found.dedup_by(|later, first| later.span == first.span && later.message == first.message);
    search.found
}

struct Search<'a> {
    program: &'a Program,
    checked: &'a Checked,
    dataset: &'a Dataset,
    /// How often each value of a column occurs.
    counts: HashMap<(TableId, FieldId), HashMap<Arc<str>, u64>>,
    found: Vec<Diagnostic>,
}

/// Values that a rule looks for in one place.
struct Wanted<'a> {
    field: &'a Expr,
    /// Where they are asked for.
    span: Span,
    values: Vec<&'a Value>,
    ignoring_case: bool,
    /// What comes of a value that never occurs.
    outcome: Outcome,
}

/// When nothing in the data can match.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    /// Where one of the values never occurs.
    NeedsEach,
    /// Where none of them ever occurs.
    NeedsOne,
    /// Not for want of these values.
    Open,
}

impl Search<'_> {
    fn expr(&mut self, expr: &Expr) {
        let mut comparisons: Vec<Wanted<'_>> = Vec::new();
        expr.walk(&mut |part| match &part.kind {
            ExprKind::Equal { left, right, ignoring_case } => {
                for (field, value) in [(left, right), (right, left)] {
                    if let ExprKind::Constant(constant) = &value.kind {
                        let (values, ignoring_case) = (vec![constant], *ignoring_case);
                        let outcome = Outcome::NeedsEach;
                        comparisons.push(Wanted { field, span: value.span, values, ignoring_case, outcome });
                    }
                }
            }
            ExprKind::IsOneOf { value: field, values, ignoring_case } => {
                let (values, ignoring_case) = (values.iter().collect(), *ignoring_case);
                let outcome = Outcome::NeedsOne;
                comparisons.push(Wanted { field, span: part.span, values, ignoring_case, outcome });
            }
            ExprKind::Includes { list: field, values, ignoring_case, quantifier } => {
                let constants = values.iter().filter_map(|value| match &value.kind {
                    ExprKind::Constant(constant) => Some(constant),
                    _ => None,
                });
                let (known, ignoring_case): (Vec<&Value>, bool) = (constants.collect(), *ignoring_case);
                let outcome = match quantifier {
                    Quantifier::All => Outcome::NeedsEach,
                    Quantifier::Any if known.len() == values.len() => Outcome::NeedsOne,
                    Quantifier::Any | Quantifier::None => Outcome::Open,
                };
                // All of them stand in the same stretch.
                let span = values.first().map_or(part.span, |value| value.span);
                comparisons.push(Wanted { field, span, values: known, ignoring_case, outcome });
            }
            _ => {}
        });
        for wanted in comparisons {
            if let Some(places) = stored(self.program, wanted.field) {
                self.look_for(&places, &wanted);
            }
        }
    }

    /// Looks for texts in the columns that a value comes from.
    fn look_for(&mut self, places: &[(TableId, FieldId)], wanted: &Wanted<'_>) {
        for place in places {
            let Some(column) = self.dataset.column(place.0, place.1) else { return };
            self.counts.entry(*place).or_insert_with(|| occurrences(column));
        }
        let counts: Vec<&HashMap<Arc<str>, u64>> = places.iter().filter_map(|place| self.counts.get(place)).collect();
        if counts.iter().all(|counts| counts.is_empty()) {
            return;
        }
        let occurs = |text: &Arc<str>| match wanted.ignoring_case {
            true => counts.iter().flat_map(|counts| counts.keys()).any(|value| equal(value, text, true)),
            false => counts.iter().any(|counts| counts.contains_key(text)),
        };
        let texts = wanted.values.iter().filter_map(|value| match value {
            Value::Text(text) => Some(text),
            _ => None,
        });
        let never: Vec<Arc<str>> = texts.filter(|text| !occurs(text)).cloned().collect();
        let nothing = match wanted.outcome {
            Outcome::NeedsEach => true,
            Outcome::NeedsOne => never.len() == wanted.values.len(),
            Outcome::Open => false,
        };
        let messages: Vec<Diagnostic> =
            never.iter().map(|text| self.never_occurs(places, &counts, text, wanted.span, nothing)).collect();
        self.found.extend(messages);
    }

    /// The message about a text that is in none of the columns; `nothing` where so nothing can match.
    fn never_occurs(
        &self,
        places: &[(TableId, FieldId)],
        counts: &[&HashMap<Arc<str>, u64>],
        text: &Arc<str>,
        asked: Span,
        nothing: bool,
    ) -> Diagnostic {
        let values = || counts.iter().flat_map(|counts| counts.keys());
        let fields: Vec<(&Table, &Field)> = places.iter().filter_map(|place| declared(self.program, *place)).collect();
        let personal = fields.iter().any(|(_, field)| field.labels.contains(&Label::Personal));
        let near = if personal || values().count() > COMPARED { Vec::new() } else { closest(text, values().cloned()) };
        let names: Vec<String> = fields
            .iter()
            .map(|(table, field)| match table.kind {
                TableKind::Customers => format!("`{}`", field.name),
                _ => format!("`{}.{}`", table.name, field.name),
            })
            .collect();
        let written = self.written(asked, text);
        let span = written.unwrap_or(asked);
        let columns = list(&names).replace(" and ", " or ");
        let consequence = if nothing { ", so this matches nothing in the data" } else { "" };
        let mut message =
            Diagnostic::warning("S0201", span, format!("\"{text}\" never occurs in {columns}{consequence}"));
        if span.file != asked.file || span.start < asked.start || asked.end < span.end {
            message = message.place(asked, "it is asked for here");
        }
        let capitals = values().find(|value| comparable(value, true) == comparable(text, true));
        if let (false, Some(_)) = (personal, capitals) {
            message = message.note("it does with other capitals: `ignoring case` makes them the same");
        }
        let count_of = |value: &Arc<str>| {
            let found = counts.iter().zip(&fields).find_map(|(counts, (table, _))| Some((table, *counts.get(value)?)));
            found.map_or_else(String::new, |(table, count)| format!(" ({})", rows(table, count)))
        };
        let shown: Vec<String> = near.iter().map(|value| format!("\"{value}\"{}", count_of(value))).collect();
        if !shown.is_empty() {
            message = message.beside(format!("did you mean {}?", list(&shown).replace(" and ", " or ")));
        }
        // Only what is written as this value can be replaced by another one.
        for value in near.into_iter().filter(|_| written.is_some()) {
            let mended = in_quotes(&value);
            message = message.offer(format!("write {mended}"), vec![Edit::replace(span, mended)]);
        }
        message
    }

    /// Where a text is written: in the stretch that asks for it, or in a declared list that it names.
    fn written(&self, asked: Span, text: &str) -> Option<Span> {
        let slice = self.checked.sources.slice(asked);
        let wanted = in_quotes(text);
        if let Some(at) = slice.find(&wanted) {
            let start = asked.range().start + at;
            return Some(Span::new(asked.file, start, start + wanted.len()));
        }
        let names: BTreeSet<String> =
            slice.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).map(str::to_lowercase).collect();
        let declarations = self.checked.trees.iter().flat_map(|tree| &tree.declarations);
        let lists = declarations.filter_map(|declaration| match &declaration.kind {
            DeclarationKind::List { name, source: ListSource::Values(values) } => Some((name, values)),
            _ => None,
        });
        let named = lists.filter(|(name, _)| names.contains(&name.text.to_lowercase()));
        let is_wanted = |value: &&tree::Expr| matches!(&value.kind, tree::ExprKind::Literal(Literal::Text(written)) if **written == *text);
        named.flat_map(|(_, values)| values).find(is_wanted).map(|value| value.span)
    }
}

/// A text as rules write it.
fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn rows(table: &Table, number: u64) -> String {
    let (one, many) = match table.kind {
        TableKind::Customers => ("customer", "customers"),
        _ => ("row", "rows"),
    };
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

fn declared(program: &Program, place: (TableId, FieldId)) -> Option<(&Table, &Field)> {
    let table = program.tables.get(place.0.0 as usize)?;
    Some((table, table.fields.get(place.1.0 as usize)?))
}

/// The stored columns that an expression takes its value from as it is, where they hold free texts or ids: a trait such as
/// `most frequent purchases.store` does. `None` where there may be other values.
fn stored(program: &Program, expr: &Expr) -> Option<Vec<(TableId, FieldId)>> {
    use AggregateOperator::{First, Largest, Latest, MostFrequent, Smallest};
    let (mut places, mut pending) = (BTreeSet::new(), vec![expr]);
    // Each is opened once: they can build on one another in long chains and many ways.
    let (mut traits, mut fields) = (BTreeSet::new(), BTreeSet::new());
    while let Some(expr) = pending.pop() {
        match &expr.kind {
            ExprKind::Convert(_, inner) => pending.push(inner),
            ExprKind::Trait(id) if traits.insert(*id) => pending.push(&program.traits.get(id.0 as usize)?.value),
            ExprKind::Trait(_) => {}
            ExprKind::Aggregate(aggregate) => match (aggregate.operator, &aggregate.value) {
                (MostFrequent | First | Latest | Smallest | Largest, Some(value)) => pending.push(value),
                _ => return None,
            },
            ExprKind::Otherwise(choices) => pending.extend(choices),
            ExprKind::Field { table, field, .. } | ExprKind::Lookup { table, field, .. } => {
                let place = (*table, *field);
                let (_, declared) = declared(program, place)?;
                let free = match &declared.ty {
                    Type::Text | Type::Id(_) => true,
                    Type::List(of) => matches!(**of, Type::Text | Type::Id(_)),
                    _ => false,
                };
                match &declared.source {
                    FieldSource::Column { .. } if free => _ = places.insert(place),
                    FieldSource::Column { .. } | FieldSource::Answered(_) => return None,
                    FieldSource::Computed(inner) if fields.insert(place) => pending.push(inner),
                    FieldSource::Computed(_) => {}
                }
            }
            _ => return None,
        }
    }
    Some(places.into_iter().collect())
}

/// How often each text of the column occurs in known rows; in lists, as an element.
fn occurrences(column: &Stored) -> HashMap<Arc<str>, u64> {
    let column = if let StoredValues::List { elements, .. } = column.values() { elements } else { column };
    let (dictionary, by_code) = match column.values() {
        StoredValues::Flags(flags) => {
            let count = |code: usize| flags.slice(code).map_or(0, |rows| rows.count() as u64);
            (flags.dictionary(), (0..flags.dictionary().len()).map(count).collect())
        }
        StoredValues::Text { dictionary, .. } => (dictionary, column.counts_by_code().unwrap_or_default()),
        _ => return HashMap::new(),
    };
    let occurring = by_code.into_iter().zip(0..).filter(|(count, _)| *count > 0);
    occurring.map(|(count, code)| (Arc::from(&*dictionary.text(code)), count)).collect()
}

/// What a load found odd and went on with, as messages: an optional column that is nowhere in a file.
pub fn load_warnings(checked: &Checked, program: &Program, report: &LoadReport) -> Vec<Diagnostic> {
    let message = |warning: &Warning| {
        let (table, field) = warning.field;
        let table = program.tables.get(table.0 as usize);
        let field = table.and_then(|table| table.fields.get(field.0 as usize));
        Diagnostic::warning("S0202", field.map_or_else(|| nowhere(checked), |field| field.span), warning.text.clone())
    };
    report.warnings.iter().map(message).collect()
}

/// What stands in the way of loading, as messages beside the declarations they are about.
pub fn data_messages(checked: &Checked, program: &Program, errors: &DataErrors) -> Vec<Diagnostic> {
    errors.errors.iter().map(|error| data_message(checked, program, error)).collect()
}

fn data_message(checked: &Checked, program: &Program, error: &DataError) -> Diagnostic {
    let table_named = |name: &str| program.tables.iter().find(|table| &*table.name == name);
    if let DataError::NoColumn { file, table, field, column, closest } = error {
        let span = table_named(table).and_then(|table| table.fields.iter().find(|one| *one.name == **field));
        let span = span.map_or_else(|| nowhere(checked), |field| field.span);
        let message = Diagnostic::error(
            "S0202",
            span,
            format!("{file} has no column \"{column}\" for the field `{table}.{field}`"),
        )
        .beside("if it has another name there, add `from \"...\"`");
        let quoted: Vec<String> = closest.iter().map(|name| format!("\"{name}\"")).collect();
        return if quoted.is_empty() { message } else { message.note(format!("it has {}", list(&quoted))) };
    }
    let (DataError::NoData { table }
    | DataError::NoFile { table, .. }
    | DataError::EmptyFolder { table, .. }
    | DataError::BadRows { table, .. }
    | DataError::DuplicateKey { table, .. }
    | DataError::TooManyRows { table, .. }) = error
    else {
        return Diagnostic::error("S0203", nowhere(checked), error.to_string());
    };
    let source = checked.config.data.iter().find(|source| source.table.to_lowercase() == table.to_lowercase());
    let span = source.map(|source| source.span).or_else(|| table_named(table).map(|table| table.span));
    Diagnostic::error("S0203", span.unwrap_or_else(|| nowhere(checked)), error.to_string())
}

/// The start of the project file, or of the first rule file.
fn nowhere(checked: &Checked) -> Span {
    let settings = checked.sources.iter().find(|(_, file)| file.name.ends_with(".toml"));
    Span::new(settings.map_or(FileId(0), |(id, _)| id), 0, 0)
}
