//! What was not given to a test and could change an answer.
//!
//! A field that the data always have, but the test does not, may hold anything. Whatever rests on it may come to anything,
//! unless something else settles the answer: a condition that is false beside it under `and`, one that is true beside it
//! under `or`, a row that counts for sure where any row will do.
#![expect(clippy::indexing_slicing, reason = "ids of a checked program are places in its lists")]

use super::given::field_name;
use crate::data::Dataset;
use crate::interpret::{CountedRow, Customer, InterpretError, Interpreter};
use crate::report::value::value_text;
use rustc_hash::FxHashMap;
use segue_compiler::program::{
    Aggregate, Asked, BaseQuestion, CUSTOMERS, Expr, ExprKind, FieldId, FieldSource, Followed, Item, Program, Row,
    Rows, TableId, Type,
};
use segue_compiler::source::Span;
use segue_compiler::syntax::tree::AggregateOperator;
use segue_compiler::values::Value;
use std::collections::BTreeSet;

/// Something that was not given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// A field that the data always have, by its name.
    Field(String),
    /// A row that is looked up: the table, its key's name and the key.
    Row(String, String, String),
    /// What the customer is among all: the trait, segment or partition that asks, where one does, and where it is asked.
    Base(Option<String>, Span),
}

/// What could change an answer, each once.
pub(super) type Doubts = BTreeSet<Doubt>;

/// Which row a part of a condition is about.
#[derive(Clone)]
enum Place {
    /// The customer.
    Customer,
    /// A row.
    Row(CountedRow),
    /// Some row of a table: which one is not looked at.
    Some,
}

/// Finds what could change the answers of a test.
pub(super) struct Doubter<'a> {
    pub(super) program: &'a Program,
    pub(super) data: &'a Dataset,
    pub(super) interpreter: &'a Interpreter<'a>,
    pub(super) customer: &'a Customer,
    pub(super) known: FxHashMap<Item, Doubts>,
}

type Found = Result<Doubts, InterpretError>;

impl Doubter<'_> {
    /// What could change the value of a condition of the customer.
    pub(super) fn of_customer(&mut self, expr: &Expr) -> Found {
        self.of(expr, &Place::Customer, None)
    }

    fn value(&self, expr: &Expr, place: &Place) -> Result<Option<Value>, InterpretError> {
        match place {
            Place::Customer => self.interpreter.evaluate(self.customer, expr),
            Place::Row(row) => self.interpreter.evaluate_row(self.customer, row, expr),
            Place::Some => Ok(None),
        }
    }

    /// Whether the value is this yes or no, for certain.
    fn is(&self, expr: &Expr, place: &Place, wanted: bool) -> Result<bool, InterpretError> {
        Ok(!matches!(place, Place::Some) && self.value(expr, place)? == Some(Value::Boolean(wanted)))
    }

    /// Of parts of which one that comes to `settling` decides for all.
    fn settled_by(&mut self, parts: &[Expr], settling: bool, place: &Place, within: Option<Item>) -> Found {
        let mut found = Doubts::new();
        for part in parts {
            let doubts = self.of(part, place, within)?;
            if doubts.is_empty() && self.is(part, place, settling)? {
                return Ok(doubts);
            }
            found.extend(doubts);
        }
        Ok(found)
    }

    fn of(&mut self, expr: &Expr, place: &Place, within: Option<Item>) -> Found {
        match &expr.kind {
            ExprKind::And(parts) => self.settled_by(parts, false, place, within),
            ExprKind::Or(parts) => self.settled_by(parts, true, place, within),
            ExprKind::AtLeastOf(wanted, parts) => self.at_least(*wanted as usize, parts, place, within),
            ExprKind::Otherwise(parts) => {
                let mut found = Doubts::new();
                for part in parts {
                    let doubts = self.of(part, place, within)?;
                    let is_known = doubts.is_empty() && self.value(part, place)?.is_some();
                    found.extend(doubts);
                    if is_known {
                        break;
                    }
                }
                Ok(found)
            }
            ExprKind::Field { row: Row::Customer, table, field } => {
                let row = CountedRow { table: CUSTOMERS, row: 0, event: (CUSTOMERS, 0), value: None };
                self.of_field(*table, *field, &Place::Row(row), within)
            }
            ExprKind::Field { row: Row::Current, table, field } => self.of_field(*table, *field, place, within),
            ExprKind::Lookup { key, table, field } => self.of_lookup(key, *table, *field, place, within),
            ExprKind::Trait(id) => self.of_item(Item::Trait(*id)),
            ExprKind::Segment(id) => self.of_item(Item::Segment(*id)),
            ExprKind::InParts { partition, .. } => self.of_item(Item::Partition(*partition)),
            ExprKind::Aggregate(aggregate) => self.of_aggregate(aggregate, place, within),
            ExprKind::Followed(step) => self.of_step(step, place, within),
            ExprKind::OverBase(question) => self.of_base(question, expr, within),
            _ => {
                let mut parts = Vec::new();
                expr.for_each_part(&mut |part| parts.push(part));
                let mut found = Doubts::new();
                for part in parts {
                    found.extend(self.of(part, place, within)?);
                }
                Ok(found)
            }
        }
    }

    fn at_least(&mut self, wanted: usize, parts: &[Expr], place: &Place, within: Option<Item>) -> Found {
        let (mut found, mut held, mut possible) = (Doubts::new(), 0, 0);
        for part in parts {
            let doubts = self.of(part, place, within)?;
            let certain = doubts.is_empty();
            held += usize::from(certain && self.is(part, place, true)?);
            possible += usize::from(!certain || !self.is(part, place, false)?);
            found.extend(doubts);
        }
        Ok(if held >= wanted || possible < wanted { Doubts::new() } else { found })
    }

    fn of_item(&mut self, item: Item) -> Found {
        if let Some(known) = self.known.get(&item) {
            return Ok(known.clone());
        }
        let program = self.program;
        let within = Some(item);
        let found = match item {
            Item::Trait(id) => self.of(&program.traits[id.0 as usize].value, &Place::Customer, within)?,
            Item::Segment(id) => {
                self.settled_by(&program.segments[id.0 as usize].lines, false, &Place::Customer, within)?
            }
            Item::Partition(id) => {
                let mut found = Doubts::new();
                for condition in
                    program.partitions[id.0 as usize].parts.iter().filter_map(|part| part.condition.as_ref())
                {
                    let doubts = self.of(condition, &Place::Customer, within)?;
                    let holds = doubts.is_empty() && self.is(condition, &Place::Customer, true)?;
                    found.extend(doubts);
                    if holds {
                        break;
                    }
                }
                found
            }
        };
        self.known.insert(item, found.clone());
        Ok(found)
    }

    fn of_field(&mut self, table: TableId, field: FieldId, place: &Place, within: Option<Item>) -> Found {
        let program = self.program;
        let declared = &program.tables[table.0 as usize].fields[field.0 as usize];
        if let FieldSource::Computed(value) = &declared.source {
            return self.of(value, place, within);
        }
        let is_list = matches!(declared.ty, Type::List(_) | Type::Records(_));
        let column = self.data.column(table, field).filter(|_| !declared.optional && !is_list);
        let Some(column) = column else { return Ok(Doubts::new()) };
        let rows = match place {
            Place::Row(row) => row.row..row.row + 1,
            Place::Customer => 0..1,
            Place::Some => 0..self.data.table(table).map_or(0, |table| table.rows),
        };
        let is_given = rows.into_iter().all(|row| column.value(row).is_some());
        let name = field_name(program, table, field).to_string();
        Ok(if is_given { Doubts::new() } else { Doubts::from([Doubt::Field(name)]) })
    }

    fn of_lookup(&mut self, key: &Expr, table: TableId, field: FieldId, place: &Place, within: Option<Item>) -> Found {
        let mut found = self.of(key, place, within)?;
        if matches!(place, Place::Some) {
            found.extend(self.of_field(table, field, &Place::Some, within)?);
            return Ok(found);
        }
        let Some(wanted) = self.value(key, place)? else { return Ok(found) };
        let declared = &self.program.tables[table.0 as usize];
        let Some(of_key) = declared.key else { return Ok(found) };
        let rows = self.data.table(table).map_or(0, |table| table.rows);
        let column = self.data.column(table, of_key);
        let row = (0..rows).find(|row| column.and_then(|column| column.value(*row)).as_ref() == Some(&wanted));
        match row {
            Some(row) => {
                let place = Place::Row(CountedRow { table, row, event: (table, row), value: None });
                found.extend(self.of_field(table, field, &place, within)?);
            }
            None => {
                let field = &declared.fields[of_key.0 as usize];
                let key = value_text(Some(&wanted), &field.ty, self.program.settings.zone);
                found.insert(Doubt::Row(declared.name.to_string(), field.name.to_string(), key));
            }
        }
        Ok(found)
    }

    fn of_aggregate(&mut self, aggregate: &Aggregate, place: &Place, within: Option<Item>) -> Found {
        let mut found = Doubts::new();
        for base in aggregate.occasions.iter().filter_map(|window| window.base.as_ref()) {
            found.extend(self.of(base, &Place::Customer, within)?);
        }
        if let Rows::Elements(list) = &aggregate.rows {
            found.extend(self.of(list, place, within)?);
            return Ok(found);
        }
        let Rows::Of(_) = aggregate.rows else {
            for part in aggregate.filter.iter().chain(&aggregate.value) {
                found.extend(self.of(part, &Place::Some, within)?);
            }
            return Ok(found);
        };
        // Whatever is asked of them, only rows in the windows count.
        let inside = Aggregate { filter: None, value: None, operator: AggregateOperator::Any, ..aggregate.clone() };
        for row in self.interpreter.counted(self.customer, &inside)?.rows {
            let place = Place::Row(row);
            if let Some(filter) = &aggregate.filter {
                let doubts = self.of(filter, &place, within)?;
                let holds = self.is(filter, &place, true)?;
                let settles = match aggregate.operator {
                    AggregateOperator::Any => holds,
                    AggregateOperator::Every => !holds,
                    _ => false,
                };
                if doubts.is_empty() && settles {
                    return Ok(doubts);
                }
                if doubts.is_empty() && !holds {
                    continue;
                }
                found.extend(doubts);
            }
            if let Some(value) = &aggregate.value {
                found.extend(self.of(value, &place, within)?);
            }
        }
        Ok(found)
    }

    fn of_step(&mut self, step: &Followed, place: &Place, within: Option<Item>) -> Found {
        let mut found = Doubts::new();
        for base in step.occasions.iter().filter_map(|window| window.base.as_ref()) {
            found.extend(self.of(base, &Place::Customer, within)?);
        }
        let pairs = step.same.iter().map(|(before, after)| (before, after));
        for (before, after) in pairs.chain(step.compared.iter().map(|(_, before, after)| (before, after))) {
            found.extend(self.of(before, place, within)?);
            found.extend(self.of(after, &Place::Some, within)?);
        }
        if let Some(filter) = &step.filter {
            found.extend(self.of(filter, &Place::Some, within)?);
        }
        Ok(found)
    }

    /// A rank is missing, and nobody without a value is at the top, whoever the others are.
    fn of_base(&mut self, question: &BaseQuestion, expr: &Expr, within: Option<Item>) -> Found {
        let mut found = self.of(&question.value, &Place::Customer, within)?;
        let mut is_looked_at = self.value(&question.value, &Place::Customer)?.is_some();
        if let Some(segment) = question.among {
            found.extend(self.of_item(Item::Segment(segment))?);
            is_looked_at &= self.customer.segments.get(segment.0 as usize) == Some(&true);
        }
        let of_one = matches!(question.asked, Asked::Group(_) | Asked::Foremost(..));
        if !(of_one && found.is_empty() && !is_looked_at) {
            found.insert(Doubt::Base(within.map(|item| self.name(item)), expr.span));
        }
        Ok(found)
    }

    fn name(&self, item: Item) -> String {
        match item {
            Item::Trait(id) => self.program.traits[id.0 as usize].name.to_string(),
            Item::Segment(id) => self.program.segments[id.0 as usize].name.to_string(),
            Item::Partition(id) => self.program.partitions[id.0 as usize].name.to_string(),
        }
    }
}
