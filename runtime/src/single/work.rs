//! Values of the plan's nodes for one record: what tables of classes do not settle is worked out here, value by value, as
//! the interpreter does it. Nothing stops early, so what fails is the same (rule 9).

use super::fold::{Asked, fold};
use super::layout::Spot;
use super::memo::Memo;
use super::moment::Moment;
use super::record::Cells;
use super::{Inner, passes};
use crate::data::Stored;
use crate::interpret::{and, at_least, compare_values, equal, or};
use crate::outcome::ProblemKind;
use crate::shares::Dealer;
use segue_compiler::builtins::Function;
use segue_compiler::plan::{Aggregate, Constant, Node, NodeId, Op, Plan, Scope};
use segue_compiler::program::{CUSTOMERS, Conversion, TableId, Type};
use segue_compiler::syntax::tree::{AggregateOperator, Factor, Quantifier, Sign};
use segue_compiler::values::arithmetic::{self, Failure};
use segue_compiler::values::calendar::{self, MICROS_PER_DAY, shift_date, shift_instant};
use segue_compiler::values::places::{degrees, great_circle, place};
use segue_compiler::values::rounding::round_number;
use segue_compiler::values::{Value, money, number, text};
use std::ops::Range;
use std::sync::Arc;

/// A row of a table.
pub(super) type At = (TableId, usize);

/// The customer.
pub(super) const CUSTOMER: At = (CUSTOMERS, 0);

/// What is kept from one record to the next only to save its room.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) memo: Memo,
    /// Operations that failed for the customer, and how.
    pub(super) failed: Vec<(NodeId, ProblemKind)>,
    /// Something failed that only the interpreter counts rightly.
    pub(super) uncounted: bool,
    /// The results of passes over rows.
    pub(super) passes: passes::Scratch,
}

impl Scratch {
    #[inline]
    pub(super) fn clear(&mut self) {
        self.memo.clear();
        self.failed.clear();
        self.uncounted = false;
    }
}

/// One record at one moment.
pub(super) struct Work<'w> {
    pub(super) inner: &'w Inner,
    pub(super) moment: &'w Moment,
    /// `None` while the tables of a moment are made.
    pub(super) record: Option<Cells<'w>>,
    /// A node that is taken to have a value.
    pub(super) given: Option<(NodeId, Option<Value>)>,
    pub(super) scratch: &'w mut Scratch,
}

impl<'w> Work<'w> {
    fn node(&self, id: NodeId) -> Option<&'w Node> {
        self.inner.plan.nodes.get(id.index())
    }

    /// The value of a node at a row; `None` is missing.
    pub(super) fn value(&mut self, id: NodeId, at: At) -> Option<Value> {
        let node = self.node(id)?;
        if let Some((given, value)) = &self.given
            && *given == id
        {
            return value.clone();
        }
        let at = match node.scope {
            Scope::Constant => return self.moment.constant(id),
            Scope::Customer => CUSTOMER,
            Scope::Row(table) => self.above(at, table)?,
        };
        match &node.op {
            Op::Column(table, field) => self.column(*table, *field, at.1),
            _ => {
                if let Some(known) = self.scratch.memo.get(id, at) {
                    return known.clone();
                }
                let value = self.op(id, node, at);
                self.scratch.memo.insert(id, at, value.clone());
                value
            }
        }
    }

    /// A condition; `None` is unknown.
    pub(super) fn truth(&mut self, id: NodeId, at: At) -> Option<bool> {
        match self.value(id, at)? {
            Value::Boolean(truth) => Some(truth),
            _ => None,
        }
    }

    /// The row of a table that holds this one in its lists, or this one.
    fn above(&self, at: At, table: TableId) -> Option<At> {
        let mut at = at;
        while at.0 != table {
            let parent = self.inner.layout.table(at.0)?.parent?;
            let owner = *self.record?.rows(at.0)?.owners.get(at.1)?;
            at = (parent, owner as usize);
        }
        Some(at)
    }

    fn column(&self, table: TableId, field: segue_compiler::program::FieldId, row: usize) -> Option<Value> {
        if Plan::is_looked_up(&self.inner.program, table) {
            return self.inner.lookups.column(table, field).and_then(|column| column.value(row));
        }
        let found = self.inner.layout.find(table, field)?;
        let record = self.record?;
        let value = record.value(found, row);
        let layout = self.inner.layout.table(table)?;
        if value.is_none() && layout.by == Some(found.place) {
            // Whose event it is goes without saying.
            let place = self.inner.layout.table(CUSTOMERS)?.key?;
            return record.value(Spot { table: CUSTOMERS, place }, 0);
        }
        value
    }

    /// A result, its failure noted.
    pub(super) fn judged<T>(&mut self, id: NodeId, result: Result<T, Failure>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(failure) => {
                let kind = match failure {
                    Failure::DivisionByZero => ProblemKind::DivisionByZero,
                    Failure::Overflow | Failure::Unsuited => ProblemKind::Overflow,
                };
                let of_customer = self.node(id).is_some_and(|node| {
                    node.scope == Scope::Customer && node.places.iter().all(|place| place.context == Scope::Customer)
                });
                match of_customer && self.given.is_none() {
                    true => self.scratch.failed.push((id, kind)),
                    false => self.scratch.uncounted = true,
                }
                None
            }
        }
    }

    pub(super) fn op(&mut self, id: NodeId, node: &'w Node, at: At) -> Option<Value> {
        let op = &node.op;
        match op {
            Op::Constant(constant) => Some(constant.0.clone()),
            Op::Now => Some(Value::Instant(self.moment.clock.as_of)),
            Op::Day(days) => {
                let day = self.moment.clock.today().checked_add(*days).map(Value::Date);
                self.judged(id, day.ok_or(Failure::Overflow))
            }
            Op::Column(table, field) => self.column(*table, *field, at.1),
            // A row number as an integer: only [`Op::Gather`] and [`Op::IsKnown`] ask for it.
            Op::LookupRow { key, table } => {
                let Value::Text(key) = self.value(*key, at)? else { return None };
                let row = self.inner.keys.get(table.0 as usize)?.as_ref()?.row(&key)?;
                Some(Value::Integer(row.into()))
            }
            Op::Gather { row, value } => {
                let Value::Integer(row) = self.value(*row, at)? else { return None };
                let table = match self.node(*value)?.scope {
                    Scope::Row(table) => table,
                    _ => at.0,
                };
                self.value(*value, (table, usize::try_from(row).ok()?))
            }
            Op::Convert(conversion, part) => match (conversion, self.value(*part, at)?) {
                (Conversion::IntegerToNumber, Value::Integer(integer)) => number(integer as f64).map(Value::Number),
                (Conversion::BooleanToInteger, Value::Boolean(truth)) => Some(Value::Integer(i64::from(truth))),
                (_, same) => Some(same),
            },
            Op::Negate(part) => {
                let part = self.value(*part, at)?;
                self.judged(id, arithmetic::negate(&part))
            }
            Op::Sum(terms) => {
                let values: Vec<_> =
                    terms.iter().map(|(sign, term)| Some((*sign == Sign::Minus, self.value(*term, at)?))).collect();
                let known: Vec<(bool, Value)> = values.into_iter().collect::<Option<_>>()?;
                self.judged(id, arithmetic::sum(known.iter().map(|(minus, term)| (*minus, term))))
            }
            Op::Product(factors) => {
                let values: Vec<_> =
                    factors.iter().map(|(side, part)| Some((*side == Factor::Over, self.value(*part, at)?))).collect();
                let known: Vec<(bool, Value)> = values.into_iter().collect::<Option<_>>()?;
                self.judged(id, arithmetic::product(known.iter().map(|(over, part)| (*over, part))))
            }
            Op::Shift(moment, sign, amount) => {
                let count = if *sign == Sign::Minus { -amount.count } else { amount.count };
                let moved = match self.value(*moment, at)? {
                    Value::Date(date) => shift_date(date, count, amount.unit).map(Value::Date),
                    Value::Instant(instant) => {
                        shift_instant(instant, count, amount.unit, self.moment.clock.zone).map(Value::Instant)
                    }
                    _ => None,
                };
                self.judged(id, moved.ok_or(Failure::Overflow))
            }
            Op::Difference(later, earlier) => {
                let (later, earlier) = (self.value(*later, at), self.value(*earlier, at));
                let micros = match (later?, earlier?) {
                    (Value::Date(later), Value::Date(earlier)) => {
                        (i64::from(later) - i64::from(earlier)).checked_mul(MICROS_PER_DAY)
                    }
                    (Value::Instant(later), Value::Instant(earlier)) => later.checked_sub(earlier),
                    _ => None,
                };
                self.judged(id, micros.map(Value::Duration).ok_or(Failure::Overflow))
            }
            Op::Point(latitude, longitude) => match (self.value(*latitude, at)?, self.value(*longitude, at)?) {
                (Value::Number(latitude), Value::Number(longitude)) => {
                    self.judged(id, place(latitude, longitude).map(Value::Integer).ok_or(Failure::Overflow))
                }
                _ => None,
            },
            Op::Distance(from, to) => match (self.value(*from, at)?, self.value(*to, at)?) {
                (Value::Integer(from), Value::Integer(to)) => number(great_circle(from, to)).map(Value::Number),
                _ => None,
            },
            Op::Call(function, argument) => {
                let argument = self.value(*argument, at)?;
                self.call(id, *function, &argument)
            }
            Op::Round(part, direction, decimals) => match self.value(*part, at)? {
                Value::Number(part) => number(round_number(part, *direction, *decimals)).map(Value::Number),
                Value::Money(units) => self.judged(id, money::round(units, *direction, *decimals).map(Value::Money)),
                integer => Some(integer),
            },
            Op::Clamp { value, low, high } => {
                let value = self.value(*value, at)?;
                let end = |end: &'w Option<Constant>| end.as_ref().map(|end| &end.0);
                self.judged(id, arithmetic::clamp(value, end(low), end(high)))
            }
            Op::Otherwise(choices) => {
                let values: Vec<_> = choices.iter().map(|choice| self.value(*choice, at)).collect();
                values.into_iter().flatten().next()
            }
            Op::Missing => None,
            Op::Group { value, among, cuts } => {
                let (of, ty) = (self.value(*value, at), &self.node(*value)?.ty);
                let is_asked = match among {
                    Some(among) => self.truth(*among, at) == Some(true),
                    None => true,
                };
                let of = of.filter(|_| is_asked)?;
                let passed = cuts.iter().filter(|cut| compare_values(&cut.0, &of, ty).is_le()).count();
                Some(Value::Integer(1 + passed as i64))
            }
            Op::Aggregate(aggregate) => self.aggregate(id, node, aggregate, at),
            Op::Elements(operator, list) => {
                let elements = match self.value(*list, at) {
                    Some(Value::List(elements)) => elements.to_vec(),
                    _ => Vec::new(),
                };
                let ty = match self.node(*list).map(|node| &node.ty) {
                    Some(Type::List(element)) => &**element,
                    _ => &node.ty,
                };
                if *operator == AggregateOperator::Number {
                    return Some(Value::Integer(elements.len() as i64));
                }
                let asked = elements.into_iter().map(|value| Asked { event: 0, value }).collect();
                self.judged(id, fold(*operator, asked, ty, &|_, _| std::cmp::Ordering::Equal))?
            }
            _ => self.condition(op, at).map(Value::Boolean),
        }
    }

    fn condition(&mut self, op: &'w Op, at: At) -> Option<bool> {
        let truths = |work: &mut Self, parts: &[NodeId]| -> Vec<Option<bool>> {
            parts.iter().map(|part| work.truth(*part, at)).collect()
        };
        match op {
            Op::Less(left, right) => {
                let ty = &self.node(*left)?.ty;
                let (left, right) = (self.value(*left, at), self.value(*right, at));
                Some(compare_values(&left?, &right?, ty).is_lt())
            }
            Op::Equal { left, right, ignoring_case } => {
                let (left, right) = (self.value(*left, at), self.value(*right, at));
                Some(equal(&left?, &right?, *ignoring_case))
            }
            Op::IsOneOf { value, values, ignoring_case } => {
                let part = self.value(*value, at);
                if values.is_empty() {
                    return Some(false);
                }
                let part = part?;
                Some(values.iter().any(|constant| equal(&part, &constant.0, *ignoring_case)))
            }
            Op::Text { test, subject, pattern, ignoring_case } => {
                let (subject_value, pattern_value) = (self.value(*subject, at), self.value(*pattern, at));
                let (Value::Text(subject_text), Value::Text(pattern_text)) = (subject_value?, pattern_value?) else {
                    return None;
                };
                match self.inner.matchers.get(pattern) {
                    Some(matchers) => matchers
                        .iter()
                        .find(|(of, case, _)| of == test && case == ignoring_case)
                        .map(|(_, _, matcher)| matcher.holds(&subject_text)),
                    None => Some(text::holds(*test, &subject_text, &pattern_text, *ignoring_case)),
                }
            }
            Op::Includes { list, quantifier, values, ignoring_case } => {
                let elements = match self.value(*list, at) {
                    Some(Value::List(elements)) => elements,
                    _ => Arc::default(),
                };
                let included: Vec<Option<bool>> = values
                    .iter()
                    .map(|wanted| {
                        let wanted = self.value(*wanted, at)?;
                        Some(elements.iter().any(|one| equal(one, &wanted, *ignoring_case)))
                    })
                    .collect();
                match quantifier {
                    Quantifier::Any => or(&included),
                    Quantifier::All => and(&included),
                    Quantifier::None => or(&included).map(|any| !any),
                }
            }
            Op::IsEmpty(list) => match self.value(*list, at) {
                Some(Value::List(elements)) => Some(elements.is_empty()),
                _ => Some(true),
            },
            Op::InShare { key, salt, from, to } => match self.value(*key, at) {
                Some(Value::Text(key)) => Some(Dealer::new(salt).holds(&key, *from, *to)),
                _ => Some(false),
            },
            Op::IsKnown(part) => Some(self.value(*part, at).is_some()),
            Op::InBox(place, area) => match self.value(*place, at)? {
                Value::Integer(place) => Some(area.contains(place)),
                _ => None,
            },
            Op::InWindows(part, windows) => {
                let value = self.value(*part, at)?;
                let filter = self.moment.filter(windows, matches!(value, Value::Date(_)))?;
                match value {
                    Value::Date(date) => Some(filter.contains(date.into())),
                    Value::Instant(instant) => Some(filter.contains(instant)),
                    _ => None,
                }
            }
            Op::Not(part) => self.truth(*part, at).map(|truth| !truth),
            Op::Certain(part) => Some(self.truth(*part, at) == Some(true)),
            Op::And(parts) => and(&truths(self, parts)),
            Op::Or(parts) => or(&truths(self, parts)),
            Op::AtLeastOf(count, parts) => at_least(*count, &truths(self, parts)),
            _ => None,
        }
    }

    fn call(&mut self, id: NodeId, function: Function, argument: &Value) -> Option<Value> {
        let clock = self.moment.clock;
        let day = match argument {
            Value::Date(date) => Some(*date),
            Value::Instant(instant) => Some(clock.date_of(*instant)),
            _ => None,
        };
        let instant = if let Value::Instant(instant) = argument { Some(*instant) } else { None };
        let place = if let Value::Integer(place) = argument { Some(*place) } else { None };
        let whole = |whole: i64| Some(Value::Integer(whole));
        // By the function first and without a wildcard: one that is not worked out here does not compile.
        let failing = match function {
            Function::YearOf => return whole(calendar::year_of(day?)),
            Function::QuarterOf => return whole(calendar::quarter_of(day?).into()),
            Function::MonthOf => return whole(calendar::month_of(day?).into()),
            Function::DayOf => return whole(calendar::day_of_month(day?).into()),
            Function::WeekdayOf => return whole(calendar::weekday_of(day?).into()),
            Function::HourOf => return whole(clock.hour_of(instant?).into()),
            Function::MinuteOf => return whole(clock.minute_of(instant?).into()),
            Function::DateOf => return day.map(Value::Date),
            Function::LengthOf => match argument {
                Value::Text(text) => return whole(text::length(text)),
                _ => None,
            },
            Function::LatitudeOf => return Some(Value::Number(degrees(place?).0)),
            Function::LongitudeOf => return Some(Value::Number(degrees(place?).1)),
            Function::AbsoluteOf => return self.judged(id, arithmetic::absolute(argument)),
            Function::UnitsSince(unit) => match argument {
                Value::Date(date) => clock.units_since_date(unit, *date),
                _ => clock.units_since_instant(unit, instant?),
            }
            .map(Value::Integer),
            Function::UnitsUntil(unit) => match argument {
                Value::Date(date) => clock.units_until_date(unit, *date),
                _ => clock.units_until_instant(unit, instant?),
            }
            .map(Value::Integer),
            Function::TimeSince => match argument {
                Value::Date(date) => clock.time_since_date(*date),
                _ => clock.time_since_instant(instant?),
            }
            .map(Value::Duration),
            Function::TimeUntil => match argument {
                Value::Date(date) => clock.time_since_date(*date).and_then(i64::checked_neg),
                _ => instant?.checked_sub(clock.as_of),
            }
            .map(Value::Duration),
        };
        self.judged(id, failing.ok_or(Failure::Overflow))
    }

    fn aggregate(&mut self, id: NodeId, node: &'w Node, aggregate: &'w Aggregate, at: At) -> Option<Value> {
        if node.scope == Scope::Customer
            && let Some(pass) = self.inner.pass_of.get(&id)
        {
            self.run_pass(*pass);
            return self.scratch.memo.get(id, CUSTOMER).cloned().flatten();
        }
        let mut rows = Vec::new();
        self.rows_of(aggregate, at, &mut rows);
        let mut every = (false, true);
        let mut asked: Vec<Asked> = Vec::new();
        let mut counted = 0;
        for (event, row) in rows {
            let within = aggregate.within.is_none_or(|within| self.truth(within, row) == Some(true));
            let holds = aggregate.filter.is_none_or(|filter| self.truth(filter, row) == Some(true));
            let value = aggregate.value.and_then(|value| self.value(value, row));
            if within {
                every = (true, every.1 && holds);
            }
            if within && holds {
                counted += 1;
                match value {
                    Some(Value::List(entries)) => {
                        asked.extend(entries.iter().map(|value| Asked { event, value: value.clone() }));
                    }
                    Some(value) => asked.push(Asked { event, value }),
                    None => {}
                }
            }
        }
        if aggregate.operator == AggregateOperator::Every {
            return Some(Value::Boolean(every.0 && every.1));
        }
        self.answer(id, aggregate, asked, counted)
    }

    /// The answer of an aggregate by the values of the rows that count, in order; how many rows count.
    pub(super) fn answer(
        &mut self,
        id: NodeId,
        aggregate: &'w Aggregate,
        asked: Vec<Asked>,
        counted: usize,
    ) -> Option<Value> {
        let ty = aggregate.value.and_then(|value| self.node(value)).map(|value| &value.ty);
        let (ty, rows) = match ty {
            Some(Type::List(element)) => (&**element, asked.len()),
            Some(ty) => (ty, counted),
            None => (&Type::Boolean, counted),
        };
        match aggregate.operator {
            AggregateOperator::Any => return Some(Value::Boolean(rows > 0)),
            AggregateOperator::Number => return Some(Value::Integer(rows as i64)),
            _ => {}
        }
        let table = match aggregate.rows.owner {
            Scope::Customer => aggregate.rows.chain.first().copied(),
            // The elements of one row's list are of one moment.
            _ => None,
        };
        let of_events = table.and_then(|table| Some((self.inner.layout.table(table)?, self.record?.rows(table)?)));
        let of_events = of_events.filter(|(layout, _)| layout.parent.is_none());
        let moments = |one: usize, other: usize| {
            of_events.map_or(std::cmp::Ordering::Equal, |(layout, rows)| rows.compare(self.inner, layout, one, other))
        };
        let folded = fold(aggregate.operator, asked, ty, &moments);
        self.judged(id, folded)?
    }

    /// The rows that exist, in order, each with the event that it belongs to.
    fn rows_of(&self, aggregate: &Aggregate, at: At, found: &mut Vec<(usize, At)>) {
        let Some((first, below)) = aggregate.rows.chain.split_first() else { return };
        let Some(rows) = self.record.and_then(|record| record.rows(*first)) else { return };
        let is_list = self.inner.layout.table(*first).is_some_and(|table| table.parent.is_some());
        if is_list {
            rows.of_owner(at.1).for_each(|row| self.below(0, (*first, row), below, found));
            return;
        }
        for row in rows.order.iter().map(|row| *row as usize) {
            if self.exists(*first, row) {
                self.below(row, (*first, row), below, found);
            }
        }
    }

    fn below(&self, event: usize, at: At, chain: &[TableId], found: &mut Vec<(usize, At)>) {
        let Some((next, further)) = chain.split_first() else { return found.push((event, at)) };
        let elements: Range<usize> =
            self.record.and_then(|record| record.rows(*next)).map_or(0..0, |rows| rows.of_owner(at.1));
        elements.for_each(|row| self.below(event, (*next, row), further, found));
    }

    /// Whether an event exists for the moment (rule 1).
    pub(super) fn exists(&self, table: TableId, row: usize) -> bool {
        let Some(layout) = self.inner.layout.table(table).filter(|layout| layout.is_events) else { return true };
        let cell = layout.at.and_then(|at| layout.places.get(at)).and_then(|place| {
            let words = self.record?.rows(table)?.row(layout, row);
            Some((words.get(place.at)?.cast_signed(), &place.ty))
        });
        match cell {
            Some((day, Type::Date)) => i32::try_from(day).is_ok_and(|day| self.moment.clock.date_is_over(day)),
            Some((instant, _)) => instant < self.moment.clock.as_of,
            None => false,
        }
    }
}

/// A stored column of a table that is looked up.
pub(super) fn looked_up(inner: &Inner, table: TableId) -> Option<&Stored> {
    let key = inner.program.tables.get(table.0 as usize)?.key?;
    inner.lookups.column(table, key)
}
