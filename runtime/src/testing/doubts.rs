//! What was not given to a test and could change an answer.
//!
//! A field that the data always have, but the test does not, may hold anything. Whatever rests on it may come to anything,
//! unless something else settles the answer: a condition that is false beside it under `and`, one that is true beside it
//! under `or`, a row that counts for sure where any row will do.
#![expect(clippy::indexing_slicing, reason = "ids of a checked program are places in its lists")]

use super::given::{field_name, names_owner};
use crate::data::Dataset;
use crate::interpret::{CountedRow, Customer, InterpretError, Interpreter};
use crate::report::value::value_text;
use rustc_hash::FxHashMap;
use segue_compiler::program::{
    Aggregate, Asked, BaseQuestion, CUSTOMERS, Expr, ExprKind, FieldId, FieldSource, Followed, Item, Program, Row,
    Rows, TableId, Type,
};
use segue_compiler::source::Span;
use segue_compiler::syntax::tree::{AggregateOperator, Comparison};
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
}

/// Finds what could change the answers of a test.
pub(super) struct Doubter<'a> {
    pub(super) program: &'a Program,
    pub(super) data: &'a Dataset,
    pub(super) interpreter: &'a Interpreter<'a>,
    pub(super) customer: &'a Customer,
    known: FxHashMap<Item, Doubts>,
    /// Of calculated fields, by row: they may be built on one another many times over.
    computed: FxHashMap<(TableId, usize, FieldId), Doubts>,
}

type Found = Result<Doubts, InterpretError>;

impl<'a> Doubter<'a> {
    /// Of a customer that was worked out.
    pub(super) fn new(
        program: &'a Program,
        data: &'a Dataset,
        interpreter: &'a Interpreter<'a>,
        customer: &'a Customer,
    ) -> Doubter<'a> {
        let (known, computed) = (FxHashMap::default(), FxHashMap::default());
        Doubter { program, data, interpreter, customer, known, computed }
    }

    /// What could change the value of a condition of the customer.
    pub(super) fn of_customer(&mut self, expr: &Expr) -> Found {
        self.of(expr, &Place::Customer, None)
    }

    fn value(&self, expr: &Expr, place: &Place) -> Result<Option<Value>, InterpretError> {
        match place {
            Place::Customer => self.interpreter.evaluate(self.customer, expr),
            Place::Row(row) => self.interpreter.evaluate_row(self.customer, row, expr),
        }
    }

    /// Whether the value is this yes or no, for certain.
    fn is(&self, expr: &Expr, place: &Place, wanted: bool) -> Result<bool, InterpretError> {
        Ok(self.value(expr, place)? == Some(Value::Boolean(wanted)))
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

    /// What could change whether a condition certainly holds: unknown is as good as false.
    fn of_holding(&mut self, expr: &Expr, place: &Place, within: Option<Item>) -> Found {
        let ExprKind::And(parts) = &expr.kind else { return self.of(expr, place, within) };
        self.of_all_holding(parts, place, within)
    }

    fn of_all_holding(&mut self, parts: &[Expr], place: &Place, within: Option<Item>) -> Found {
        let mut found = Doubts::new();
        for part in parts {
            let doubts = self.of_holding(part, place, within)?;
            if doubts.is_empty() && !self.is(part, place, true)? {
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
            ExprKind::Compare(comparison, left, right) => {
                let settled = |count: i64, wanted: i64| match comparison {
                    Comparison::Less => count < wanted,
                    Comparison::AtMost => count <= wanted,
                    Comparison::Greater => count > wanted,
                    Comparison::AtLeast => count >= wanted,
                };
                self.of_count(expr, left, right, &settled, place, within)
            }
            ExprKind::Equal { left, right, .. } => {
                self.of_count(expr, left, right, &|count, wanted| count == wanted, place, within)
            }
            ExprKind::Followed(step) => self.of_step(step, place, within),
            ExprKind::OverBase(question) => self.of_base(question, expr, within),
            _ => self.of_parts(expr, place, within),
        }
    }

    fn of_parts(&mut self, expr: &Expr, place: &Place, within: Option<Item>) -> Found {
        let mut parts = Vec::new();
        expr.for_each_part(&mut |part| parts.push(part));
        let mut found = Doubts::new();
        for part in parts {
            found.extend(self.of(part, place, within)?);
        }
        Ok(found)
    }

    /// A number of rows held against a written number: rows in doubt do not matter where as many as are sure and as many as
    /// there may be answer alike.
    fn of_count(
        &mut self,
        expr: &Expr,
        left: &Expr,
        right: &Expr,
        settled: &dyn Fn(i64, i64) -> bool,
        place: &Place,
        within: Option<Item>,
    ) -> Found {
        let doubts = self.of_parts(expr, place, within)?;
        let (ExprKind::Aggregate(aggregate), ExprKind::Constant(Value::Integer(wanted))) = (&left.kind, &right.kind)
        else {
            return Ok(doubts);
        };
        let counts = aggregate.operator == AggregateOperator::Number && !matches!(aggregate.rows, Rows::Elements(_));
        if doubts.is_empty() || !counts {
            return Ok(doubts);
        }
        let (mut sure, mut possible) = (0_i64, 0_i64);
        for row in self.rows(aggregate, place)? {
            let place = Place::Row(row);
            let Some(filter) = &aggregate.filter else { return Ok(doubts) };
            let certain = self.of_holding(filter, &place, within)?.is_empty();
            let holds = self.is(filter, &place, true)?;
            sure += i64::from(certain && holds);
            possible += i64::from(!certain || holds);
        }
        let answer = settled(sure, *wanted);
        let alike = (sure..=possible).all(|count| settled(count, *wanted) == answer);
        Ok(if alike { Doubts::new() } else { doubts })
    }

    /// The rows in the windows of an aggregate, whatever is asked of them.
    fn rows(&self, aggregate: &Aggregate, place: &Place) -> Result<Vec<CountedRow>, InterpretError> {
        let inside = Aggregate { filter: None, value: None, operator: AggregateOperator::Any, ..aggregate.clone() };
        Ok(match place {
            Place::Customer => self.interpreter.counted(self.customer, &inside)?.rows,
            Place::Row(row) => self.interpreter.counted_within(self.customer, row, &inside)?.rows,
        })
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
                self.of_all_holding(&program.segments[id.0 as usize].lines, &Place::Customer, within)?
            }
            Item::Partition(id) => {
                let mut found = Doubts::new();
                for condition in
                    program.partitions[id.0 as usize].parts.iter().filter_map(|part| part.condition.as_ref())
                {
                    let doubts = self.of_holding(condition, &Place::Customer, within)?;
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
        let row = if let Place::Row(row) = place { row.row } else { 0 };
        if let FieldSource::Computed(value) = &declared.source {
            if let Some(known) = self.computed.get(&(table, row, field)) {
                return Ok(known.clone());
            }
            let found = self.of(value, place, within)?;
            self.computed.insert((table, row, field), found.clone());
            return Ok(found);
        }
        let column = self.data.column(table, field);
        let is_missing = column.is_some_and(|column| column.value(row).is_none());
        // Rows are the customer's, by the customer's own key.
        let owners_key = program.tables.first().and_then(|customers| customers.key);
        if let Some(key) = owners_key.filter(|_| names_owner(program, table, field)) {
            let doubt = Doubt::Field(field_name(program, CUSTOMERS, key).to_string());
            return Ok(if is_missing { Doubts::from([doubt]) } else { Doubts::new() });
        }
        let is_list = matches!(declared.ty, Type::List(_) | Type::Records(_));
        if declared.optional || is_list || !is_missing {
            return Ok(Doubts::new());
        }
        Ok(Doubts::from([Doubt::Field(field_name(program, table, field).to_string())]))
    }

    fn of_lookup(&mut self, key: &Expr, table: TableId, field: FieldId, place: &Place, within: Option<Item>) -> Found {
        let mut found = self.of(key, place, within)?;
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
        let mut counting = Vec::new();
        for row in self.rows(aggregate, place)? {
            let place = Place::Row(row.clone());
            if let Some(filter) = &aggregate.filter {
                let doubts = self.of_holding(filter, &place, within)?;
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
                counting.push((row, self.value(value, &place)?));
            }
        }
        found.extend(self.of_ties(aggregate.operator, counting));
        Ok(found)
    }

    /// Which of several rows of one moment comes first, their key says (rule 13).
    fn of_ties(&self, operator: AggregateOperator, rows: Vec<(CountedRow, Option<Value>)>) -> Doubts {
        use AggregateOperator::{First, Latest, MostFrequent};
        let known: Vec<(CountedRow, Value)> = rows.into_iter().filter_map(|(row, value)| Some((row, value?))).collect();
        if !matches!(operator, First | Latest | MostFrequent) {
            return Doubts::new();
        }
        let time = |row: &CountedRow| self.interpreter.time(row.event);
        let key = |row: &CountedRow| {
            let key = self.program.tables[row.event.0.0 as usize].key?;
            let column = self.data.column(row.event.0, key)?;
            column.value(row.event.1).is_none().then(|| field_name(self.program, row.event.0, key).to_string())
        };
        let mut found = Doubts::new();
        for (at, (row, value)) in known.iter().enumerate() {
            for (other, theirs) in known.iter().skip(at + 1) {
                if row.event != other.event && value != theirs && time(row) == time(other) {
                    found.extend([key(row), key(other)].into_iter().flatten().map(Doubt::Field));
                }
            }
        }
        found
    }

    fn of_step(&mut self, step: &Followed, place: &Place, within: Option<Item>) -> Found {
        let mut found = Doubts::new();
        for base in step.occasions.iter().filter_map(|window| window.base.as_ref()) {
            found.extend(self.of(base, &Place::Customer, within)?);
        }
        let pairs: Vec<(&Expr, &Expr)> = step.same.iter().map(|(before, after)| (before, after)).collect();
        let compared = step.compared.iter().map(|(_, before, after)| (before, after));
        let pairs: Vec<(&Expr, &Expr)> = pairs.into_iter().chain(compared).collect();
        let asked = Aggregate {
            operator: AggregateOperator::Any,
            rows: Rows::Of(step.rows),
            windows: step.windows.clone(),
            occasions: step.occasions.clone(),
            filter: None,
            value: None,
            rows_span: step.rows_span,
        };
        let rows = self.rows(&asked, &Place::Customer)?;
        if rows.is_empty() {
            return Ok(found);
        }
        for (before, _) in &pairs {
            found.extend(self.of(before, place, within)?);
        }
        for row in rows {
            let place = Place::Row(row);
            if let Some(filter) = &step.filter {
                let doubts = self.of_holding(filter, &place, within)?;
                if doubts.is_empty() && !self.is(filter, &place, true)? {
                    continue;
                }
                found.extend(doubts);
            }
            for (_, after) in &pairs {
                found.extend(self.of(after, &place, within)?);
            }
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
