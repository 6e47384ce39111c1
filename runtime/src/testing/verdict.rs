//! What the expectations of a test came to.
#![expect(clippy::indexing_slicing, reason = "ids of a checked program are places in its lists")]

use super::doubts::{Doubt, Doubter};
use super::given::{dataset, field_name, standing};
use super::shown::OfTest;
use crate::data::Dataset;
use crate::interpret::{Customer, InterpretError, Interpreter};
use crate::outcome::{NO_PART, Request};
use crate::report::value::value_text;
use crate::report::why::{self, Condition, Setting};
use rustc_hash::FxHashSet;
use segue_compiler::plan::Selection;
use segue_compiler::program::{
    Conversion, Expectation, Expr, ExprKind, FieldId, FieldSource, Item, Program, Rows, TableId, TestCase, Type,
};
use segue_compiler::source::{SourceMap, Span};
use segue_compiler::syntax::tree::AggregateOperator;
use segue_compiler::values::Value;
use std::collections::BTreeSet;

/// What a test came to.
#[derive(Debug, Clone)]
pub struct Ran {
    /// Of each expectation, in the order written.
    pub verdicts: Vec<Verdict>,
    /// The fields that the answers look at, in the order of the declarations.
    pub looked_at: Vec<String>,
    /// Those of them that no row of the test holds.
    pub not_given: Vec<String>,
}

impl Ran {
    /// Whether all is as expected.
    pub fn passed(&self) -> bool {
        self.verdicts.iter().all(Verdict::passed)
    }
}

/// What an expectation came to.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The expectation as written, without `expect`.
    pub span: Span,
    /// Whether it holds; `None` is unknown.
    pub holds: Option<bool>,
    /// What its subject comes to, where it has one: a value, a part, `in` or `not in`.
    pub got: Option<String>,
    /// What was not given and could change it.
    pub doubts: Vec<Doubt>,
    /// Where it fails: why, condition by condition.
    pub conditions: Vec<Condition>,
}

impl Verdict {
    /// Whether the expectation certainly holds.
    pub fn passed(&self) -> bool {
        self.holds == Some(true) && self.doubts.is_empty()
    }
}

/// Runs a test.
///
/// # Errors
/// The program breaks its invariants.
pub fn run(program: &Program, sources: &SourceMap, case: &TestCase) -> Result<Ran, InterpretError> {
    let data = dataset(program, case);
    let stood;
    let program = if case.facts.is_empty() {
        program
    } else {
        stood = standing(program, case);
        &stood
    };
    let interpreter = Interpreter::new(program, &data, &request(program, case))?;
    let customer = interpreter.customer(0)?;
    let own = OfTest { program, interpreter: &interpreter, customer: &customer };
    let mut doubter = Doubter::new(program, &data, &interpreter, &customer);
    let setting = Setting { program, sources, data: &data, as_of: case.as_of };
    let mut verdicts = Vec::with_capacity(case.expectations.len());
    for expectation in &case.expectations {
        let Judged { holds, doubts, shown } = own.judged(expectation, &mut doubter)?;
        let (mut got, mut conditions) = (None, Vec::new());
        if doubts.is_empty() {
            got = match &expectation.text {
                Some(_) => Some(shown.map_or_else(|| "no text".to_owned(), |text| format!("\"{text}\""))),
                None => subject(program, &interpreter, &customer, &expectation.condition)?,
            };
            if holds != Some(true) {
                conditions = explained(setting, &interpreter, &customer, expectation)?;
            }
        }
        verdicts.push(Verdict { span: expectation.span, holds, got, doubts, conditions });
    }
    let fields = reached(program, case).stored;
    let name = |(table, field): &(TableId, FieldId)| field_name(program, *table, *field).to_string();
    let not_given = fields.iter().filter(|(table, field)| !is_given(&data, *table, *field)).map(name).collect();
    Ok(Ran { verdicts, looked_at: fields.iter().map(name).collect(), not_given })
}

/// What an expectation comes to: whether it holds, and whether something that is not given could change that.
pub(super) type Answer = (Option<bool>, bool);

/// What each expectation comes to, and no more.
///
/// # Errors
/// The program breaks its invariants.
pub(super) fn answers(program: &Program, data: &Dataset, case: &TestCase) -> Result<Vec<Answer>, InterpretError> {
    let interpreter = Interpreter::new(program, data, &request(program, case))?;
    let customer = interpreter.customer(0)?;
    let own = OfTest { program, interpreter: &interpreter, customer: &customer };
    let mut doubter = Doubter::new(program, data, &interpreter, &customer);
    let mut found = Vec::with_capacity(case.expectations.len());
    for expectation in &case.expectations {
        let Judged { holds, doubts, .. } = own.judged(expectation, &mut doubter)?;
        found.push((holds.filter(|_| doubts.is_empty()), !doubts.is_empty()));
    }
    Ok(found)
}

/// An expectation held against the customer of a test.
struct Judged {
    /// Whether it holds; `None` is unknown.
    holds: Option<bool>,
    /// What was not given and could change it.
    doubts: Vec<Doubt>,
    /// The text that is shown, where one is expected.
    shown: Option<String>,
}

impl OfTest<'_> {
    fn judged(&self, expectation: &Expectation, doubter: &mut Doubter<'_>) -> Result<Judged, InterpretError> {
        if let Some(expected) = &expectation.text {
            let doubts = self.doubts(expected.content, doubter)?;
            let shown = self.text(expected);
            let holds = shown.as_deref().map(|shown| OfTest::is_as_expected(expected, shown));
            return Ok(Judged { holds, doubts, shown });
        }
        let condition = &expectation.condition;
        let mut doubts: Vec<Doubt> = doubter.of_customer(condition)?.into_iter().collect();
        // What is asked of all customers right here is not worked out for one.
        let holds = match asks_base(condition) {
            Some(asked) => {
                if doubts.is_empty() {
                    doubts.push(Doubt::Base(None, asked));
                }
                None
            }
            None => truth(self.interpreter, self.customer, condition)?,
        };
        Ok(Judged { holds, doubts, shown: None })
    }
}

/// What the expectations of a test name themselves.
fn request(program: &Program, case: &TestCase) -> Request {
    Request::of(Selection::of(named(program, case)), case.as_of).counting()
}

fn named(program: &Program, case: &TestCase) -> FxHashSet<Item> {
    let mut found = FxHashSet::default();
    for expr in asked(program, case) {
        expr.walk(&mut |part| found.extend(part.named()));
    }
    found
}

/// The conditions that are expected, and all that the contents among them may show.
fn asked<'p>(program: &'p Program, case: &'p TestCase) -> Vec<&'p Expr> {
    let mut found = Vec::new();
    for expectation in &case.expectations {
        found.push(&expectation.condition);
        if expectation.text.is_some() {
            expectation.condition.walk(&mut |part| {
                if let ExprKind::InParts { partition, .. } = &part.kind {
                    found.extend(program.partitions[partition.0 as usize].shown());
                }
            });
        }
    }
    found
}

/// What the expectations of a test rest on.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// Declarations, but for those that it gives.
    pub(super) items: FxHashSet<Item>,
    /// Fields of the data.
    pub(super) stored: BTreeSet<(TableId, FieldId)>,
    /// Calculated fields.
    pub(super) computed: FxHashSet<(TableId, FieldId)>,
}

/// Where a condition itself asks about all customers.
fn asks_base(condition: &Expr) -> Option<Span> {
    let mut asked = None;
    condition.walk(&mut |part| asked = asked.or(matches!(part.kind, ExprKind::OverBase(_)).then_some(part.span)));
    asked
}

fn truth(interpreter: &Interpreter<'_>, customer: &Customer, condition: &Expr) -> Result<Option<bool>, InterpretError> {
    let value = interpreter.evaluate(customer, condition)?;
    Ok(if let Some(Value::Boolean(holds)) = value { Some(holds) } else { None })
}

/// Why an expectation does not hold: a segment's own lines, the parts of a partition or content, else the condition itself.
fn explained(
    setting: Setting<'_>,
    interpreter: &Interpreter<'_>,
    customer: &Customer,
    expectation: &Expectation,
) -> Result<Vec<Condition>, InterpretError> {
    if let Some(expected) = &expectation.text {
        return why::parts(setting, interpreter, customer, expected.content);
    }
    let condition = &expectation.condition;
    let inner = if let ExprKind::Not(inner) = &condition.kind { inner } else { condition };
    match &inner.kind {
        ExprKind::Segment(id) => {
            let lines = &setting.program.segments[id.0 as usize].lines;
            why::conditions(setting, interpreter, customer, lines, Some(Item::Segment(*id)))
        }
        ExprKind::InParts { partition, .. } => why::parts(setting, interpreter, customer, *partition),
        _ => why::conditions(setting, interpreter, customer, std::slice::from_ref(condition), None),
    }
}

/// What the subject of a condition comes to.
fn subject(
    program: &Program,
    interpreter: &Interpreter<'_>,
    customer: &Customer,
    condition: &Expr,
) -> Result<Option<String>, InterpretError> {
    let subject = match &condition.kind {
        ExprKind::Not(inner) => return subject(program, interpreter, customer, inner),
        ExprKind::Segment(id) => {
            let is_in = customer.segments[id.0 as usize];
            return Ok(Some(if is_in { "in" } else { "not in" }.to_owned()));
        }
        ExprKind::InParts { partition, .. } => {
            let here = customer.parts[partition.0 as usize];
            let parts = &program.partitions[partition.0 as usize].parts;
            let part = parts.get(here as usize).filter(|_| here != NO_PART);
            return Ok(Some(part.map_or_else(|| "in no part".to_owned(), |part| part.name.to_string())));
        }
        ExprKind::Compare(_, left, _)
        | ExprKind::Equal { left, .. }
        | ExprKind::Text { subject: left, .. }
        | ExprKind::IsOneOf { value: left, .. }
        | ExprKind::Includes { list: left, .. }
        | ExprKind::IsKnown(left)
        | ExprKind::IsEmpty(left)
        | ExprKind::InWindows(left, _)
        | ExprKind::InBox(left, _)
        | ExprKind::Near(left, _) => left,
        _ => return Ok(None),
    };
    let subject = match &subject.kind {
        ExprKind::Convert(Conversion::IntegerToNumber | Conversion::ToText | Conversion::PercentNumber, inner) => inner,
        _ => subject,
    };
    let value = interpreter.evaluate(customer, subject)?;
    // With all its decimals, so that it can be copied.
    if let (Some(Value::Number(number)), Type::Number) = (&value, &subject.ty) {
        return Ok(Some(number.to_string()));
    }
    Ok(Some(value_text(value.as_ref(), &subject.ty, program.settings.zone)))
}

fn is_given(data: &Dataset, table: TableId, field: FieldId) -> bool {
    let rows = data.table(table).map_or(0, |table| table.rows);
    let column = data.column(table, field);
    rows == 0 || column.is_none_or(|column| (0..rows).any(|row| column.value(row).is_some()))
}

/// What the expectations of a test rest on.
pub(super) fn reached(program: &Program, case: &TestCase) -> Reached {
    let mut found = Reached::default();
    let is_given = |item: &Item| case.facts.iter().any(|fact| fact.item == *item);
    let mut waiting = asked(program, case);
    while let Some(expr) = waiting.pop() {
        expr.walk(&mut |part| {
            if let Some(item) = part.named()
                && !is_given(&item)
                && found.items.insert(item)
            {
                waiting.extend(program.expressions(item));
            }
            match &part.kind {
                ExprKind::Field { table, field, .. } | ExprKind::Lookup { table, field, .. } => {
                    let declared = &program.tables[table.0 as usize].fields[field.0 as usize];
                    match &declared.source {
                        FieldSource::Computed(value) if found.computed.insert((*table, *field)) => waiting.push(value),
                        FieldSource::Computed(_) => {}
                        FieldSource::Column { .. } | FieldSource::Answered(_) => {
                            _ = found.stored.insert((*table, *field))
                        }
                    }
                }
                ExprKind::Aggregate(aggregate) => {
                    let by_time = matches!(
                        aggregate.operator,
                        AggregateOperator::First | AggregateOperator::Latest | AggregateOperator::MostFrequent
                    );
                    let looks = by_time || !aggregate.windows.is_empty() || !aggregate.occasions.is_empty();
                    if let (Rows::Of(table) | Rows::Flattened { table, .. }, true) = (&aggregate.rows, looks) {
                        found.stored.extend(program.tables[table.0 as usize].at.map(|at| (*table, at)));
                    }
                }
                ExprKind::Followed(step) => {
                    for table in [step.before, step.rows] {
                        found.stored.extend(program.tables[table.0 as usize].at.map(|at| (table, at)));
                    }
                }
                _ => {}
            }
        });
    }
    found
}
