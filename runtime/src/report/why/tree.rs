//! The tree of conditions of an answer, with the customer's values, and its logic over the different leaves.
#![expect(
    clippy::indexing_slicing,
    reason = "ids of a checked program are places in its lists, and what was worked out has an entry for each"
)]

use super::base::{listed_among, nobody_counts, of_anybody};
use super::changes::{Met, Other, alternative};
use super::leaf::Leaf;
use super::logic::Logic;
use super::subject::{self, shape};
use super::{Condition, CountedRows, ExampleRow, Fact, Setting};
use crate::interpret::{CountedRow, Customer, InterpretError, Interpreter, compare_values};
use crate::outcome::NO_PART;
use crate::report::value::value_text;
use rustc_hash::{FxHashMap, FxHashSet};
use segue_compiler::program::{
    Aggregate, Expr, ExprKind, FieldId, FieldSource, Item, PartitionId, Row, Rows, Score, SegmentId, TableId, Type,
    Window,
};
use segue_compiler::source::Span;
use segue_compiler::syntax::tree::{AggregateOperator, Comparison};
use segue_compiler::values::Value;
use segue_compiler::values::calendar::{Moments, TimeFilter, resolve};

/// How many rows are shown of those that counted.
const EXAMPLES: usize = 3;
/// How many fields are shown of a row.
const FIELDS: usize = 6;
/// After so many conditions, the segments they name are no longer opened: a reference is a condition of its own.
const OPENED: usize = 5_000;
/// So deep within one another, conditions no longer open the segments they name: nobody reads on there, and a chain of
/// a thousand segments must not use up the stack.
const DEEPEST: usize = 100;

/// The conditions met so far.
pub(super) struct Tree<'a> {
    pub(super) setting: Setting<'a>,
    interpreter: &'a Interpreter<'a>,
    customer: &'a Customer,
    met: Vec<Met<'a>>,
    known: FxHashMap<String, usize>,
    shown: FxHashSet<Item>,
    computed: FxHashSet<(TableId, FieldId)>,
    visited: usize,
    depth: usize,
}

impl<'a> Tree<'a> {
    pub(super) fn new(
        setting: Setting<'a>,
        interpreter: &'a Interpreter<'a>,
        customer: &'a Customer,
        asked: Option<Item>,
    ) -> Tree<'a> {
        Tree {
            setting,
            interpreter,
            customer,
            met: Vec::new(),
            known: FxHashMap::default(),
            shown: asked.into_iter().collect(),
            computed: FxHashSet::default(),
            visited: 0,
            depth: 0,
        }
    }

    /// The lines of a segment, all of which must hold.
    pub(super) fn lines(&mut self, lines: &'a [Expr]) -> Result<(Vec<Condition>, Logic), InterpretError> {
        let (conditions, logic): (Vec<_>, Vec<_>) =
            lines.iter().map(|line| self.condition(line)).collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
        Ok((conditions, Logic::all(logic)))
    }

    /// The parts of a partition in the order tried; those after the customer's are named only.
    pub(super) fn parts(&mut self, id: PartitionId, here: u32) -> Result<Vec<Condition>, InterpretError> {
        let mut shown = Vec::new();
        for (at, part) in self.setting.program.partitions[id.0 as usize].parts.iter().enumerate() {
            let (at, later) = (at as u32, here != NO_PART && at as u32 > here);
            let mut shown_part = Condition {
                text: part.name.to_string(),
                holds: Some(at == here),
                finding: None,
                rows: None,
                facts: Vec::new(),
                conditions: Vec::new(),
            };
            match &part.condition {
                _ if later => shown_part.finding = Some("not asked: an earlier part holds".to_owned()),
                Some(condition) => shown_part.conditions.push(self.condition(condition)?.0),
                None => shown_part.finding = Some("everyone who is in no part above".to_owned()),
            }
            shown.push(shown_part);
        }
        Ok(shown)
    }

    /// When the customer is in one of the parts: its condition holds and none before it.
    pub(super) fn part_logic(&mut self, id: PartitionId, wanted: &[u32]) -> Result<Logic, InterpretError> {
        let parts = &self.setting.program.partitions[id.0 as usize].parts;
        let mut before: Vec<Logic> = Vec::new();
        let mut choices = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let holds = match &part.condition {
                Some(condition) => Logic::Certain(Box::new(self.condition(condition)?.1)),
                None => Logic::Fixed(Some(true)),
            };
            if wanted.contains(&(at as u32)) {
                let mut all = before.clone();
                all.push(holds.clone());
                choices.push(Logic::all(all));
            }
            before.push(Logic::Not(Box::new(holds)));
        }
        Ok(Logic::any(choices))
    }

    /// The smallest change for which `logic` is, or is not, certainly true.
    pub(super) fn alternative(&self, answer: &str, logic: &Logic, holds: bool) -> Result<Other, InterpretError> {
        alternative(self, &self.met, answer, logic, holds)
    }

    /// Whether what a reference stands for is looked at: not after too many conditions, nor too deep within others.
    fn opens(&self) -> bool {
        self.visited < OPENED && self.depth < DEEPEST
    }

    /// A condition as shown, and its logic.
    fn condition(&mut self, expr: &'a Expr) -> Result<(Condition, Logic), InterpretError> {
        self.visited += 1;
        self.depth += 1;
        let condition = self.condition_here(expr);
        self.depth -= 1;
        condition
    }

    fn condition_here(&mut self, expr: &'a Expr) -> Result<(Condition, Logic), InterpretError> {
        let program = self.setting.program;
        let heading = |count: usize, of: usize| match count {
            count if count == of => "all of these".to_owned(),
            1 => "any of these".to_owned(),
            count => format!("at least {count} of these"),
        };
        match &expr.kind {
            ExprKind::And(parts) if is_range(expr) => self.range(expr, parts),
            ExprKind::And(parts) => self.joined(expr, heading(1, 1), parts, parts.len()),
            ExprKind::Or(parts) => self.joined(expr, heading(1, 0), parts, 1),
            ExprKind::AtLeastOf(count, parts) => {
                self.joined(expr, heading(*count as usize, parts.len()), parts, *count as usize)
            }
            ExprKind::Not(inner) if is_joined(inner) => {
                let (mut condition, logic) = self.condition(inner)?;
                condition.text = match &inner.kind {
                    _ if is_range(inner) => self.text(expr.span).unwrap_or_else(|| format!("not {}", condition.text)),
                    ExprKind::Or(_) => "none of these".to_owned(),
                    ExprKind::And(_) => "not all of these".to_owned(),
                    ExprKind::AtLeastOf(..) => format!("not {}", condition.text),
                    _ => self.text(expr.span).unwrap_or_else(|| format!("not {}", condition.text)),
                };
                condition.holds = condition.holds.map(|holds| !holds);
                if is_range(inner) {
                    condition.finding =
                        condition.finding.map(|finding| finding.replacen(", needs ", ", needs not to be ", 1));
                }
                Ok((condition, Logic::Not(Box::new(logic))))
            }
            ExprKind::Segment(id) if self.opens() => self.members(*id),
            ExprKind::OverBase(_) if self.opens() && listed_among(expr).is_some() => match listed_among(expr) {
                Some(id) => self.top_among(expr, id),
                None => self.leaf(expr),
            },
            ExprKind::InParts { partition, parts } if self.opens() => {
                let declared = &program.partitions[partition.0 as usize];
                let here = self.customer.parts[partition.0 as usize];
                let logic = self.part_logic(*partition, parts)?;
                let first = self.shown.insert(Item::Partition(*partition));
                let part = declared.parts.get(here as usize).filter(|_| here != NO_PART);
                let part = part.map_or_else(|| "in no part".to_owned(), |part| part.name.to_string());
                let condition = Condition {
                    text: self.text(expr.span).unwrap_or_else(|| declared.name.to_string()),
                    holds: Some(parts.contains(&here)),
                    finding: Some(format!("{} is {part}", declared.name)),
                    rows: None,
                    facts: Vec::new(),
                    conditions: if first { self.parts(*partition, here)? } else { Vec::new() },
                };
                Ok((condition, logic))
            }
            ExprKind::Trait(id) if program.traits[id.0 as usize].value.ty == Type::Boolean && self.opens() => {
                let declared = &program.traits[id.0 as usize];
                let (inner, logic) = self.condition(&declared.value)?;
                let first = self.shown.insert(Item::Trait(*id));
                let condition = Condition {
                    text: declared.name.to_string(),
                    holds: inner.holds,
                    finding: (!first).then(|| "see above".to_owned()),
                    rows: None,
                    facts: Vec::new(),
                    conditions: if first { vec![inner] } else { Vec::new() },
                };
                Ok((condition, logic))
            }
            _ => self.leaf(expr),
        }
    }

    /// Whether the customer is in a segment.
    pub(super) fn is_in(&self, id: SegmentId) -> bool {
        self.customer.segments.get(id.0 as usize) == Some(&true)
    }

    /// A segment as a condition, with its lines.
    pub(super) fn members(&mut self, id: SegmentId) -> Result<(Condition, Logic), InterpretError> {
        let segment = &self.setting.program.segments[id.0 as usize];
        let (conditions, logic) = self.lines(&segment.lines)?;
        let first = self.shown.insert(Item::Segment(id));
        let condition = Condition {
            text: segment.name.to_string(),
            holds: Some(self.customer.segments[id.0 as usize]),
            finding: (!first).then(|| "see above".to_owned()),
            rows: None,
            facts: Vec::new(),
            conditions: if first { conditions } else { Vec::new() },
        };
        Ok((condition, Logic::Certain(Box::new(logic))))
    }

    fn joined(
        &mut self,
        expr: &Expr,
        text: String,
        parts: &'a [Expr],
        count: usize,
    ) -> Result<(Condition, Logic), InterpretError> {
        let holds = self.truth(expr)?;
        let (conditions, logic): (Vec<_>, Vec<_>) =
            parts.iter().map(|part| self.condition(part)).collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
        let condition = Condition { text, holds, finding: None, rows: None, facts: Vec::new(), conditions };
        Ok((condition, Logic::AtLeast(count, logic)))
    }

    /// `age from 18 to 25`: two comparisons that people wrote as one.
    fn range(&mut self, expr: &Expr, parts: &'a [Expr]) -> Result<(Condition, Logic), InterpretError> {
        let text = self.text(expr.span).unwrap_or_else(|| "all of these".to_owned());
        let (mut condition, logic) = self.joined(expr, text, parts, parts.len())?;
        let mut ends = std::mem::take(&mut condition.conditions).into_iter();
        if let Some(first) = ends.next() {
            let needs = ends.filter_map(|end| Some(end.finding?.split_once(", needs ")?.1.to_owned()));
            condition.finding =
                first.finding.map(|finding| needs.fold(finding, |all, more| format!("{all} and {more}")));
            (condition.rows, condition.facts) = (first.rows, first.facts);
        }
        Ok((condition, logic))
    }

    pub(super) fn leaf(&mut self, expr: &'a Expr) -> Result<(Condition, Logic), InterpretError> {
        let (mut bare, mut negated) = (expr, false);
        while let ExprKind::Not(inner) = &bare.kind {
            (bare, negated) = (inner, !negated);
        }
        let holds = match listed_among(bare) {
            Some(_) => self.truth(&of_anybody(expr))?,
            None => self.truth(expr)?,
        };
        let mut facts = self.facts(bare)?;
        let leaf = Leaf::new(self, bare, expr.span)?;
        if leaf.rows.is_some() {
            // The rows stand below the finding: the question itself is the first value of the condition.
            let question = facts.iter().position(|fact| fact.rows.is_some());
            let used = question.map(|at| facts.remove(at).from);
            facts.extend(used.into_iter().flatten());
        }
        let condition = Condition {
            text: self.text(expr.span).unwrap_or_else(|| leaf.would(!negated)),
            holds,
            finding: leaf.finding(!negated),
            rows: leaf.rows.clone(),
            facts: if leaf.tells(&facts) { Vec::new() } else { facts },
            conditions: Vec::new(),
        };
        if matches!(bare.kind, ExprKind::Constant(_)) || nobody_counts(self.setting.program, bare) {
            return Ok((condition, Logic::Fixed(holds)));
        }
        // `a < b` is the opposite of `a >= b`, so they are one leaf.
        let (key, inverse) = match &bare.kind {
            ExprKind::Compare(Comparison::Less, left, right) => {
                (format!("AtLeast {} {}", shape(left), shape(right)), true)
            }
            ExprKind::Compare(Comparison::AtMost, left, right) => {
                (format!("Greater {} {}", shape(left), shape(right)), true)
            }
            ExprKind::Compare(comparison, left, right) => {
                (format!("{comparison:?} {} {}", shape(left), shape(right)), false)
            }
            _ => (shape(bare), false),
        };
        let number = match self.known.get(&key) {
            Some(number) => *number,
            None => {
                let truth = if negated != inverse { holds.map(|holds| !holds) } else { holds };
                let words = if inverse { leaf.opposite() } else { leaf };
                self.met.push(Met { words, condition: bare, inverse, truth });
                self.known.insert(key, self.met.len() - 1);
                self.met.len() - 1
            }
        };
        let logic = Logic::Leaf(number);
        Ok((condition, if negated != inverse { Logic::Not(Box::new(logic)) } else { logic }))
    }

    /// The truth of a condition for this customer.
    pub(super) fn truth(&self, expr: &Expr) -> Result<Option<bool>, InterpretError> {
        Ok(match self.value(expr)? {
            Some(Value::Boolean(truth)) => Some(truth),
            _ => None,
        })
    }

    /// The value of an expression for this customer.
    pub(super) fn value(&self, expr: &Expr) -> Result<Option<Value>, InterpretError> {
        self.interpreter.evaluate(self.customer, expr)
    }

    /// The value of an expression as text.
    pub(super) fn value_text(&self, expr: &Expr) -> Result<String, InterpretError> {
        self.value_text_as(expr, &expr.ty)
    }

    /// The value of an expression as text, as one of another type that has the same values.
    pub(super) fn value_text_as(&self, expr: &Expr, ty: &Type) -> Result<String, InterpretError> {
        Ok(value_text(self.value(expr)?.as_ref(), ty, self.setting.program.settings.zone))
    }

    /// What windows mean for this run.
    pub(super) fn filter(&self, windows: &[Window], moments: Moments) -> TimeFilter {
        resolve(windows, &self.interpreter.clock(), moments)
    }

    /// Whether a day is over at `as of`.
    pub(super) fn date_is_over(&self, day: i32) -> bool {
        self.interpreter.clock().date_is_over(day)
    }

    /// What the times of rows are; `None` for elements of a plain list.
    pub(super) fn moments_of(&self, rows: &Rows) -> Option<Moments> {
        let (Rows::Of(table) | Rows::Flattened { table, .. } | Rows::ListOf { table, .. }) = rows else { return None };
        let table = self.setting.program.tables.get(table.0 as usize)?;
        let at = table.at.and_then(|at| table.fields.get(at.0 as usize));
        Some(if at.is_some_and(|at| at.ty == Type::Date) { Moments::Dates } else { Moments::Instants })
    }

    /// Whether an expression is the time of the row that is asked about.
    pub(super) fn is_event_time(&self, expr: &Expr) -> bool {
        matches!(expr.kind, ExprKind::Field { row: Row::Current, table, field }
            if self.setting.program.tables.get(table.0 as usize).is_some_and(|table| table.at == Some(field)))
    }

    /// The name of the value that a condition asks about.
    pub(super) fn subject_name(&self, condition: &Expr) -> String {
        subject::asked_about(condition).map_or_else(|| "the value".to_owned(), |value| self.name(value))
    }

    /// What was written at a place, on one line and without comments; `None` where nothing was.
    pub(super) fn text(&self, span: Span) -> Option<String> {
        let mut text = String::new();
        for line in self.setting.sources.slice(span).lines() {
            let mut quoted = false;
            let end = line.char_indices().find(|(_, character)| {
                quoted ^= matches!(character, '"' | '“' | '”');
                *character == '#' && !quoted
            });
            let line = line.get(..end.map_or(line.len(), |(at, _)| at)).unwrap_or(line);
            for word in line.split_whitespace() {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(word);
            }
        }
        (!text.is_empty()).then_some(text)
    }

    /// A name for an expression: that of the trait or field, or as written.
    pub(super) fn name(&self, expr: &Expr) -> String {
        let program = self.setting.program;
        let field =
            |table: TableId, field: FieldId| program.tables[table.0 as usize].fields[field.0 as usize].name.to_string();
        match &expr.kind {
            ExprKind::Trait(id) => program.traits[id.0 as usize].name.to_string(),
            ExprKind::Segment(id) => program.segments[id.0 as usize].name.to_string(),
            ExprKind::Field { table, field: id, .. } => field(*table, *id),
            ExprKind::Lookup { table, field: id, .. } => self.text(expr.span).unwrap_or_else(|| field(*table, *id)),
            ExprKind::Convert(_, inner) => self.name(inner),
            _ => self.text(expr.span).unwrap_or_else(|| "the value".to_owned()),
        }
    }

    /// The values that an expression is worked out from, as far as people know them by name.
    pub(super) fn facts(&mut self, expr: &'a Expr) -> Result<Vec<Fact>, InterpretError> {
        self.depth += 1;
        let facts = self.facts_here(expr);
        self.depth -= 1;
        facts
    }

    fn facts_here(&mut self, expr: &'a Expr) -> Result<Vec<Fact>, InterpretError> {
        let program = self.setting.program;
        let from = match &expr.kind {
            ExprKind::Trait(id) => {
                if self.depth < DEEPEST && self.shown.insert(Item::Trait(*id)) {
                    self.facts(&program.traits[id.0 as usize].value)?
                } else {
                    Vec::new()
                }
            }
            ExprKind::Field { table, field, .. } => {
                match &program.tables[table.0 as usize].fields[field.0 as usize].source {
                    FieldSource::Computed(inner) if self.depth < DEEPEST && self.computed.insert((*table, *field)) => {
                        self.facts(inner)?
                    }
                    FieldSource::Computed(_) | FieldSource::Column { .. } | FieldSource::Answered(_) => Vec::new(),
                }
            }
            ExprKind::Lookup { key, .. } => self.facts(key)?,
            ExprKind::Aggregate(aggregate) => match &aggregate.rows {
                Rows::Elements(list) => self.facts(list)?,
                _ => {
                    let mut used = Vec::new();
                    aggregate.filter.iter().chain(&aggregate.value).for_each(|part| customers_own(part, &mut used));
                    self.facts_of(used)?
                }
            },
            ExprKind::Segment(_) | ExprKind::InParts { .. } => Vec::new(),
            ExprKind::Score(score) => return self.points(score, expr),
            ExprKind::OverBase(question) => return self.of_base(question, expr),
            ExprKind::InShare { .. } => return Ok(Vec::new()),
            _ => {
                let mut parts = Vec::new();
                expr.for_each_part(&mut |part| parts.push(part));
                return self.facts_of(parts);
            }
        };
        let rows = match &expr.kind {
            ExprKind::Aggregate(aggregate) if !matches!(aggregate.rows, Rows::Elements(_)) => {
                Some(self.rows(aggregate)?)
            }
            _ => None,
        };
        let missing = self.value(expr)?.is_none();
        let (mut from, mut rows) = (from, rows);
        if let (ExprKind::Trait(_), [only]) = (&expr.kind, from.as_slice())
            && only.rows.is_some()
            && only.value == self.value_text(expr)?
        {
            // The trait is nothing but a question about rows: its rows are the trait's.
            (from, rows) = (only.from.clone(), only.rows.clone());
        }
        Ok(vec![Fact { name: self.name(expr), value: self.value_text(expr)?, missing, rows, from }])
    }

    /// What each line of a score gives, and from what.
    fn points(&mut self, score: &'a Score, expr: &Expr) -> Result<Vec<Fact>, InterpretError> {
        let mut facts = Vec::new();
        for line in &score.lines {
            let alone = Score { lines: vec![line.clone()], range: None };
            let given = Expr { kind: ExprKind::Score(Box::new(alone)), ..expr.clone() };
            let value = self.value(&given)?;
            let from = self.facts(&line.asked)?;
            let name = self.text(line.span).unwrap_or_else(|| self.name(&line.asked));
            facts.push(Fact { name, value: self.value_text(&given)?, missing: value.is_none(), rows: None, from });
        }
        Ok(facts)
    }

    /// The values that some expressions are worked out from, each once.
    fn facts_of(&mut self, parts: Vec<&'a Expr>) -> Result<Vec<Fact>, InterpretError> {
        let mut facts: Vec<Fact> = Vec::new();
        for part in parts {
            for fact in self.facts(part)? {
                if facts.iter().all(|known| known.name != fact.name) {
                    facts.push(fact);
                }
            }
        }
        Ok(facts)
    }

    /// The rows that counted for an aggregate.
    pub(super) fn rows(&self, aggregate: &Aggregate) -> Result<CountedRows, InterpretError> {
        let counted = self.interpreter.counted(self.customer, aggregate)?;
        let mut fields: Vec<&Expr> = Vec::new();
        for expr in aggregate.value.iter().chain(&aggregate.filter) {
            row_fields(expr, &mut fields);
        }
        let mut names: Vec<String> = Vec::new();
        fields.retain(|field| {
            // The time is shown first anyway.
            let is_time = matches!(field.kind, ExprKind::Field { table, field, .. }
                if self.setting.program.tables[table.0 as usize].at == Some(field));
            let name = self.name(field);
            !is_time && names.len() < FIELDS && !names.contains(&name) && {
                names.push(name);
                true
            }
        });
        // The latest first, or those first that decided.
        let mut order: Vec<&CountedRow> = counted.rows.iter().rev().collect();
        let by_value = |left: &&CountedRow, right: &&CountedRow| match (&left.value, &right.value, &aggregate.value) {
            (Some(left), Some(right), Some(value)) => compare_values(left, right, &value.ty),
            (left, right, _) => right.is_some().cmp(&left.is_some()),
        };
        match aggregate.operator {
            AggregateOperator::First => order.reverse(),
            AggregateOperator::Smallest => order.sort_by(by_value),
            AggregateOperator::Largest => order.sort_by(|left, right| by_value(right, left)),
            _ => {}
        }
        let shown = order.into_iter().take(EXAMPLES);
        let filter = aggregate.filter.as_ref();
        let examples = shown.map(|row| self.example(row, &fields, filter)).collect::<Result<_, _>>()?;
        let latest = counted.last.as_ref().filter(|_| counted.rows.is_empty());
        Ok(CountedRows {
            what: self.rows_name(&aggregate.rows),
            counted: counted.rows.len(),
            of: counted.existing,
            examples,
            latest: latest.map(|row| self.example(row, &fields, filter)).transpose()?,
        })
    }

    fn example(&self, row: &CountedRow, fields: &[&Expr], filter: Option<&Expr>) -> Result<ExampleRow, InterpretError> {
        let zone = self.setting.program.settings.zone;
        let time = self.interpreter.time(row.event).map(|time| value_text(Some(&time), &Type::Datetime, zone));
        let mut shown = Vec::new();
        for field in fields {
            let value = self.interpreter.evaluate_row(self.customer, row, field)?;
            shown.push((self.name(field), value_text(value.as_ref(), &field.ty, zone)));
        }
        if let Some(filter) = filter {
            for step in self.interpreter.steps_seen(self.customer, row, filter)? {
                let rows = self.rows_name(&Rows::Of(step.rows));
                let moment = |at: &Value| value_text(Some(at), &Type::Datetime, zone);
                let told = match (&step.found, &step.deadline) {
                    (Some((_, time)), _) => format!("{rows} {}", moment(time)),
                    (None, Some(deadline)) if step.over => format!("no such {rows} before {}", moment(deadline)),
                    (None, Some(deadline)) => {
                        format!("no such {rows} so far, there is time until {}", moment(deadline))
                    }
                    (None, None) => format!("no such {rows} so far"),
                };
                shown.push(("then".to_owned(), told));
            }
        }
        Ok(ExampleRow { time, fields: shown })
    }

    /// What rows are called: `purchases`, `carts.items`.
    pub(super) fn rows_name(&self, rows: &Rows) -> String {
        let program = self.setting.program;
        let (mut at, mut name, lists) = match rows {
            Rows::Of(table) => return program.tables[table.0 as usize].name.to_string(),
            Rows::Flattened { table, lists } => (*table, program.tables[table.0 as usize].name.to_string(), lists),
            Rows::ListOf { table, lists, .. } => (*table, String::new(), lists),
            Rows::Elements(list) => return self.name(list),
        };
        for list in lists {
            let field = &program.tables[at.0 as usize].fields[list.0 as usize];
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(&field.name);
            if let Type::Records(table) = field.ty {
                at = table;
            }
        }
        name
    }
}

/// Whether a condition was written as a range: then its second half is all of it.
fn is_range(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::And(parts) => matches!(parts.as_slice(), [_, second] if second.span == expr.span),
        _ => false,
    }
}

/// Whether a condition is shown as several.
fn is_joined(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::AtLeastOf(..)
        | ExprKind::Segment(_)
        | ExprKind::InParts { .. } => true,
        ExprKind::Trait(_) => expr.ty == Type::Boolean,
        ExprKind::OverBase(_) => listed_among(expr).is_some(),
        ExprKind::Not(inner) => is_joined(inner),
        _ => false,
    }
}

/// What an expression about a row takes from the customer: `customer.home_store`.
fn customers_own<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::Trait(_)
        | ExprKind::Segment(_)
        | ExprKind::InParts { .. }
        | ExprKind::Field { row: Row::Customer, .. } => found.push(expr),
        ExprKind::Lookup { key, .. } => {
            let mut of_key = Vec::new();
            customers_own(key, &mut of_key);
            // `customer.company.industry` is shown itself, with its key below.
            found.extend(of_key.first().map(|_| expr));
        }
        _ => expr.for_each_part(&mut |part| customers_own(part, found)),
    }
}

/// The fields of the row that an expression reads.
fn row_fields<'e>(expr: &'e Expr, fields: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::Field { row: Row::Current, .. } | ExprKind::Lookup { .. } if !matches!(expr.ty, Type::Records(_)) => {
            fields.push(expr);
        }
        // What an inner question reads belongs to other rows.
        ExprKind::Aggregate(_) => {}
        // So does what a step reads, but for what ties it to this row.
        ExprKind::Followed(step) => step.same.iter().for_each(|(own, _)| row_fields(own, fields)),
        _ => expr.for_each_part(&mut |part| row_fields(part, fields)),
    }
}
