//! The value of an expression in a scope. All parts are evaluated before the whole: nothing stops early.
#![expect(
    clippy::indexing_slicing,
    reason = "ids of a checked program are places in its lists, and there are two sets of filters for yes and no"
)]

use super::base::Standings;
use super::lookup::Links;
use super::order::{Distinct, compare_values};
use super::problems::Failures;
use super::sequence::Later;
use super::{Customer, InterpretError, RowId};
use crate::data::Dataset;
use crate::outcome::NO_PART;
use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};
use segue_compiler::builtins::Function;
use segue_compiler::program::{
    CUSTOMERS, Conversion, Expr, ExprKind, FieldId, FieldSource, Followed, Program, Row, TableId, Window,
};
use segue_compiler::source::Span;
use segue_compiler::syntax::tree::{Comparison, Factor, Quantifier, Sign, TextTest};
use segue_compiler::values::arithmetic::{self, Failure};
use segue_compiler::values::calendar::{
    self, Clock, MICROS_PER_DAY, Moments, TimeFilter, resolve, shift_date, shift_instant,
};
use segue_compiler::values::places::{degrees, great_circle, place};
use segue_compiler::values::rounding::round_number;
use segue_compiler::values::{Value, money, number, text};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// Where an expression is evaluated: for whom, and about which row.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'c> {
    /// The customer and what was worked out for it so far.
    pub(super) customer: &'c Customer,
    /// The row that [`Row::Current`] means.
    pub(super) current: RowId,
    /// The event whose time windows are held against: the current row, or the event that holds it in a list.
    pub(super) event: RowId,
    /// Who problems are counted for: the customer, or the row that is being asked about.
    pub(super) owner: RowId,
    /// Inside a looked-up row: its problems, and those of its lists' elements, are the owner's.
    pub(super) looked_up: bool,
}

impl<'c> Scope<'c> {
    /// The scope of a customer's declarations.
    pub fn of_customer(customer: &'c Customer) -> Scope<'c> {
        let current = (CUSTOMERS, customer.row);
        Scope { customer, current, event: current, owner: current, looked_up: false }
    }

    /// The scope of a row that is asked about within this scope, which belongs to `event`.
    pub(super) fn of_row(&self, table: TableId, row: usize, event: RowId) -> Scope<'c> {
        let owner = if self.looked_up { self.owner } else { (table, row) };
        Scope { current: (table, row), event, owner, ..*self }
    }
}

/// What was worked out before.
type Kept<Key, Found> = RefCell<FxHashMap<Key, Found>>;

/// A program bound to data, with what is worked out once.
#[derive(Debug)]
pub(super) struct Evaluator<'a> {
    pub(super) program: &'a Program,
    pub(super) data: &'a Dataset,
    pub(super) clock: Clock,
    today: i32,
    links: Links,
    /// For instants, then for days.
    filters: [Kept<Vec<Window>, Rc<TimeFilter>>; 2],
    patterns: Kept<(Arc<str>, bool), Option<Regex>>,
    /// Computed fields that read other computed fields.
    steps: FxHashSet<(TableId, FieldId)>,
    /// Their values for the customer at hand by row, field, owner and whether looked up: `b = a + a`, `c = b + b` and so on would else be
    /// worked out twice as often with every step.
    computed: Kept<(RowId, FieldId, RowId, bool), Option<Value>>,
    /// The rows that may follow, by step, for the question at hand.
    pub(super) following: Kept<*const Followed, Rc<[Later]>>,
    failures: RefCell<Failures>,
    /// What questions about the whole base came to.
    pub(super) standings: Standings,
    broken: Cell<Option<Span>>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(program: &'a Program, data: &'a Dataset, clock: Clock) -> Evaluator<'a> {
        Evaluator {
            program,
            data,
            clock,
            today: clock.today(),
            links: Links::default(),
            filters: Default::default(),
            patterns: RefCell::default(),
            steps: steps(program),
            computed: RefCell::default(),
            following: RefCell::default(),
            failures: RefCell::default(),
            standings: Standings::default(),
            broken: Cell::new(None),
        }
    }

    /// The value of an expression in the scope of a customer.
    pub(super) fn of_customer(&self, customer: &Customer, expr: &Expr) -> Option<Value> {
        self.value(expr, &Scope::of_customer(customer))
    }

    /// Whether a condition certainly holds of a customer.
    pub(super) fn holds(&self, customer: &Customer, condition: &Expr) -> bool {
        self.truth(condition, &Scope::of_customer(customer)) == Some(true)
    }

    /// Forgets what was worked out for a customer.
    pub(super) fn forget(&self) {
        self.computed.borrow_mut().clear();
    }

    /// What failed since the last call.
    pub(super) fn take_failures(&self) -> Failures {
        self.failures.take()
    }

    /// An error where values that do not go together were met.
    pub(super) fn check(&self) -> Result<(), InterpretError> {
        self.broken.take().map_or(Ok(()), |span| Err(InterpretError::Unsuited(span)))
    }

    /// Notes that values do not go together at a place.
    pub(super) fn unsuited<T>(&self, span: Span) -> Option<T> {
        self.broken.set(self.broken.get().or(Some(span)));
        None
    }

    /// A result, its failure counted at a place.
    pub(super) fn judged<T>(&self, result: Result<T, Failure>, span: Span, scope: &Scope<'_>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Failure::Unsuited) => self.unsuited(span),
            Err(failure) => {
                self.failures.borrow_mut().add(failure, span, scope.owner);
                None
            }
        }
    }

    /// A condition: `None` is unknown.
    pub(super) fn truth(&self, condition: &Expr, scope: &Scope<'_>) -> Option<bool> {
        match self.value(condition, scope)? {
            Value::Boolean(truth) => Some(truth),
            _ => self.unsuited(condition.span),
        }
    }

    /// The value of an expression; `None` is missing.
    pub(super) fn value(&self, expr: &Expr, scope: &Scope<'_>) -> Option<Value> {
        let value = |part: &Expr| self.value(part, scope);
        let overflow = |result: Option<Value>| self.judged(result.ok_or(Failure::Overflow), expr.span, scope);
        match &expr.kind {
            ExprKind::Constant(constant) => Some(constant.clone()),
            // What is asked of gaps is worked out from all rows at once.
            ExprKind::Gap => None,
            ExprKind::Now => Some(Value::Instant(self.clock.as_of)),
            ExprKind::Day(days) => overflow(self.today.checked_add(*days).map(Value::Date)),
            ExprKind::Field { row: Row::Customer, field, .. } => {
                let of_customer = Scope { looked_up: false, ..Scope::of_customer(scope.customer) };
                self.field((CUSTOMERS, scope.customer.row), *field, &of_customer)
            }
            ExprKind::Field { row: Row::Current, field, .. } => self.field(scope.current, *field, scope),
            ExprKind::Lookup { key, table, field } => {
                let row = self.looked_up_row(key, *table, scope)?;
                let inside = Scope { current: (*table, row), looked_up: true, ..*scope };
                self.field((*table, row), *field, &inside)
            }
            ExprKind::Trait(id) => scope.customer.traits.get(id.0 as usize)?.clone(),
            ExprKind::Segment(id) => scope.customer.segments.get(id.0 as usize).map(|truth| Value::Boolean(*truth)),
            ExprKind::InParts { partition, parts } => {
                let part = *scope.customer.parts.get(partition.0 as usize)?;
                Some(Value::Boolean(part != NO_PART && parts.contains(&part)))
            }
            ExprKind::Convert(conversion, part) => match (conversion, value(part)?) {
                (Conversion::IntegerToNumber, Value::Integer(integer)) => number(integer as f64).map(Value::Number),
                (Conversion::BooleanToInteger, Value::Boolean(truth)) => Some(Value::Integer(truth.into())),
                (Conversion::ToText, same @ Value::Text(_)) | (Conversion::PercentNumber, same @ Value::Number(_)) => {
                    Some(same)
                }
                _ => self.unsuited(expr.span),
            },
            ExprKind::Negate(part) => {
                let part = value(part)?;
                self.judged(arithmetic::negate(&part), expr.span, scope)
            }
            ExprKind::Sum(terms) => {
                let values: Vec<_> = terms.iter().map(|(sign, term)| (*sign == Sign::Minus, value(term))).collect();
                let known: Vec<_> =
                    values.iter().map(|(minus, term)| Some((*minus, term.as_ref()?))).collect::<Option<_>>()?;
                self.judged(arithmetic::sum(known), expr.span, scope)
            }
            ExprKind::Product(factors) => {
                let values: Vec<_> =
                    factors.iter().map(|(side, factor)| (*side == Factor::Over, value(factor))).collect();
                let known: Vec<_> =
                    values.iter().map(|(over, part)| Some((*over, part.as_ref()?))).collect::<Option<_>>()?;
                self.judged(arithmetic::product(known), expr.span, scope)
            }
            ExprKind::Shift { moment, sign, amount } => {
                let count = if *sign == Sign::Minus { -amount.count } else { amount.count };
                let moved = match value(moment)? {
                    Value::Date(date) => shift_date(date, count, amount.unit).map(Value::Date),
                    Value::Instant(at) => shift_instant(at, count, amount.unit, self.clock.zone).map(Value::Instant),
                    _ => return self.unsuited(expr.span),
                };
                overflow(moved)
            }
            ExprKind::Difference(later, earlier) => {
                let (later, earlier) = (value(later), value(earlier));
                let micros = match (later?, earlier?) {
                    (Value::Date(later), Value::Date(earlier)) => {
                        (i64::from(later) - i64::from(earlier)).checked_mul(MICROS_PER_DAY)
                    }
                    (Value::Instant(later), Value::Instant(earlier)) => later.checked_sub(earlier),
                    _ => return self.unsuited(expr.span),
                };
                overflow(micros.map(Value::Duration))
            }
            ExprKind::Point(latitude, longitude) => match (value(latitude), value(longitude)) {
                (Some(Value::Number(latitude)), Some(Value::Number(longitude))) => {
                    overflow(place(latitude, longitude).map(Value::Integer))
                }
                (Some(_), Some(_)) => self.unsuited(expr.span),
                _ => None,
            },
            ExprKind::Distance(from, to) => match (value(from), value(to)) {
                (Some(Value::Integer(from)), Some(Value::Integer(to))) => {
                    number(great_circle(from, to)).map(Value::Number)
                }
                (Some(_), Some(_)) => self.unsuited(expr.span),
                _ => None,
            },
            ExprKind::Call(function, argument) => {
                let argument = value(argument)?;
                self.call(*function, &argument, expr.span, scope)
            }
            ExprKind::Round { value: part, direction, decimals } => match value(part)? {
                Value::Number(part) => number(round_number(part, *direction, *decimals)).map(Value::Number),
                Value::Money(units) => {
                    self.judged(money::round(units, *direction, *decimals).map(Value::Money), expr.span, scope)
                }
                integer @ Value::Integer(_) => Some(integer),
                _ => self.unsuited(expr.span),
            },
            ExprKind::Otherwise(choices) => {
                let values: Vec<_> = choices.iter().map(value).collect();
                values.into_iter().flatten().next()
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, expr, scope),
            ExprKind::Score(score) => self.score(score, expr.span, scope),
            ExprKind::OverBase(question) => self.over_base(question, expr, scope),
            _ => self.condition(expr, scope).map(Value::Boolean),
        }
    }

    /// The expressions that are conditions in themselves.
    fn condition(&self, expr: &Expr, scope: &Scope<'_>) -> Option<bool> {
        let value = |part: &Expr| self.value(part, scope);
        let truths = |parts: &[Expr]| parts.iter().map(|part| self.truth(part, scope)).collect::<Vec<_>>();
        match &expr.kind {
            ExprKind::Compare(comparison, left, right) => {
                let ty = &left.ty;
                let (left, right) = (value(left), value(right));
                let order = compare_values(&left?, &right?, ty);
                Some(match comparison {
                    Comparison::Less => order.is_lt(),
                    Comparison::AtMost => order.is_le(),
                    Comparison::Greater => order.is_gt(),
                    Comparison::AtLeast => order.is_ge(),
                })
            }
            ExprKind::Equal { left, right, ignoring_case } => {
                let (left, right) = (value(left), value(right));
                Some(equal(&left?, &right?, *ignoring_case))
            }
            ExprKind::IsOneOf { value: part, values, ignoring_case } => {
                let part = value(part);
                if values.is_empty() {
                    return Some(false);
                }
                let part = part?;
                Some(values.iter().any(|constant| equal(&part, constant, *ignoring_case)))
            }
            ExprKind::Text { test, subject, pattern, ignoring_case } => {
                let (subject, pattern) = (value(subject), value(pattern));
                match (subject?, pattern?) {
                    (Value::Text(subject), Value::Text(pattern)) => {
                        self.text_test(*test, &subject, &pattern, *ignoring_case, expr.span)
                    }
                    _ => self.unsuited(expr.span),
                }
            }
            ExprKind::Includes { list, quantifier, values, ignoring_case } => {
                let elements = match value(list) {
                    Some(Value::List(elements)) => elements,
                    None => Arc::default(),
                    Some(_) => return self.unsuited(expr.span),
                };
                let wanted = values.iter().map(value);
                let included: Vec<Option<bool>> = wanted
                    .map(|wanted| wanted.map(|wanted| elements.iter().any(|one| equal(one, &wanted, *ignoring_case))))
                    .collect();
                match quantifier {
                    Quantifier::Any => or(&included),
                    Quantifier::All => and(&included),
                    Quantifier::None => or(&included).map(|any| !any),
                }
            }
            ExprKind::IsEmpty(list) => match value(list) {
                Some(Value::List(elements)) => Some(elements.is_empty()),
                None => Some(true),
                Some(_) => self.unsuited(expr.span),
            },
            ExprKind::IsKnown(part) => Some(value(part).is_some()),
            ExprKind::InBox(place, area) => match value(place)? {
                Value::Integer(place) => Some(area.contains(place)),
                _ => self.unsuited(expr.span),
            },
            ExprKind::InWindows(part, windows) => match value(part)? {
                Value::Date(date) => Some(self.filter(windows, Moments::Dates).contains(date.into())),
                Value::Instant(at) => Some(self.filter(windows, Moments::Instants).contains(at)),
                _ => self.unsuited(expr.span),
            },
            ExprKind::Near(day, window) => match value(day)? {
                Value::Date(day) => self.near(day, window, scope),
                _ => self.unsuited(expr.span),
            },
            ExprKind::Occurs { occasion, base, windows } => self.occurs(occasion, base.as_deref(), windows, scope),
            ExprKind::Not(part) => self.truth(part, scope).map(|truth| !truth),
            ExprKind::And(parts) => and(&truths(parts)),
            ExprKind::Or(parts) => or(&truths(parts)),
            ExprKind::AtLeastOf(count, parts) => at_least(*count, &truths(parts)),
            ExprKind::Followed(step) => Some(self.followed(step, scope)),
            ExprKind::InShare { .. } => self.in_share(expr, scope),
            _ => self.unsuited(expr.span),
        }
    }

    /// A field of a row; a computed one is evaluated in the scope of the row, which the caller gives.
    pub(super) fn field(&self, (table, row): RowId, field: FieldId, scope: &Scope<'_>) -> Option<Value> {
        match &self.program.tables[table.0 as usize].fields[field.0 as usize].source {
            FieldSource::Column { .. } | FieldSource::Answered(_) => self.data.column(table, field)?.value(row),
            FieldSource::Computed(expr) if self.steps.contains(&(table, field)) => {
                let key = ((table, row), field, scope.owner, scope.looked_up);
                if let Some(known) = self.computed.borrow().get(&key) {
                    return known.clone();
                }
                let value = self.value(expr, scope);
                self.computed.borrow_mut().insert(key, value.clone());
                value
            }
            FieldSource::Computed(expr) => self.value(expr, scope),
        }
    }

    /// The row of a table that a key names.
    fn looked_up_row(&self, key: &Expr, table: TableId, scope: &Scope<'_>) -> Option<usize> {
        let stored = |(from, row): RowId, field: FieldId| {
            let column = self.data.column(from, field)?;
            self.links.of_column(self.program, self.data, (from, field), column, row, table)
        };
        match &key.kind {
            ExprKind::Field { row: Row::Customer, field, .. } if self.is_column(CUSTOMERS, *field) => {
                stored((CUSTOMERS, scope.customer.row), *field)
            }
            ExprKind::Field { row: Row::Current, field, .. } if self.is_column(scope.current.0, *field) => {
                stored(scope.current, *field)
            }
            _ => {
                let key = self.value(key, scope)?;
                self.links.of_value(self.program, self.data, &Distinct(key), table)
            }
        }
    }

    fn is_column(&self, table: TableId, field: FieldId) -> bool {
        !matches!(self.program.tables[table.0 as usize].fields[field.0 as usize].source, FieldSource::Computed(_))
    }

    fn call(&self, function: Function, argument: &Value, span: Span, scope: &Scope<'_>) -> Option<Value> {
        let clock = &self.clock;
        let integer =
            |integer: Option<i64>| self.judged(integer.map(Value::Integer).ok_or(Failure::Overflow), span, scope);
        let duration = |time: Option<i64>| self.judged(time.map(Value::Duration).ok_or(Failure::Overflow), span, scope);
        let whole = |whole: i64| Some(Value::Integer(whole));
        let day = || match argument {
            Value::Date(date) => Some(*date),
            Value::Instant(at) => Some(clock.date_of(*at)),
            _ => self.unsuited(span),
        };
        let instant = || match argument {
            Value::Instant(at) => Some(*at),
            _ => self.unsuited(span),
        };
        let place = || match argument {
            Value::Integer(place) => Some(*place),
            _ => self.unsuited(span),
        };
        // By the function first and without a wildcard: one that is not worked out here does not compile.
        match function {
            Function::YearOf => whole(calendar::year_of(day()?)),
            Function::QuarterOf => whole(calendar::quarter_of(day()?).into()),
            Function::MonthOf => whole(calendar::month_of(day()?).into()),
            Function::DayOf => whole(calendar::day_of_month(day()?).into()),
            Function::WeekdayOf => whole(calendar::weekday_of(day()?).into()),
            Function::HourOf => whole(clock.hour_of(instant()?).into()),
            Function::MinuteOf => whole(clock.minute_of(instant()?).into()),
            Function::DateOf => day().map(Value::Date),
            Function::LengthOf => match argument {
                Value::Text(text) => whole(text::length(text)),
                _ => self.unsuited(span),
            },
            Function::LatitudeOf => Some(Value::Number(degrees(place()?).0)),
            Function::LongitudeOf => Some(Value::Number(degrees(place()?).1)),
            Function::AbsoluteOf => self.judged(arithmetic::absolute(argument), span, scope),
            Function::UnitsSince(unit) => match argument {
                Value::Date(date) => integer(clock.units_since_date(unit, *date)),
                _ => integer(clock.units_since_instant(unit, instant()?)),
            },
            Function::UnitsUntil(unit) => match argument {
                Value::Date(date) => integer(clock.units_until_date(unit, *date)),
                _ => integer(clock.units_until_instant(unit, instant()?)),
            },
            Function::TimeSince => match argument {
                Value::Date(date) => duration(clock.time_since_date(*date)),
                _ => duration(clock.time_since_instant(instant()?)),
            },
            Function::TimeUntil => match argument {
                Value::Date(date) => duration(clock.time_since_date(*date).and_then(i64::checked_neg)),
                _ => duration(instant()?.checked_sub(clock.as_of)),
            },
        }
    }

    fn text_test(
        &self,
        test: TextTest,
        subject: &str,
        pattern: &Arc<str>,
        ignoring_case: bool,
        span: Span,
    ) -> Option<bool> {
        if test != TextTest::Matches {
            return Some(text::holds(test, subject, pattern, ignoring_case));
        }
        let mut patterns = self.patterns.borrow_mut();
        let regex = patterns
            .entry((pattern.clone(), ignoring_case))
            .or_insert_with(|| text::compile(pattern, ignoring_case).ok());
        match regex {
            Some(regex) => Some(regex.is_match(subject)),
            None => self.unsuited(span),
        }
    }

    /// What windows mean in this run, worked out once for each set of windows.
    pub(super) fn filter(&self, windows: &[Window], moments: Moments) -> Rc<TimeFilter> {
        let filters = &self.filters[usize::from(moments == Moments::Dates)];
        if let Some(filter) = filters.borrow().get(windows) {
            return Rc::clone(filter);
        }
        let filter = Rc::new(resolve(windows, &self.clock, moments));
        filters.borrow_mut().insert(windows.to_vec(), Rc::clone(&filter));
        filter
    }
}

/// Equality of two values of one type.
pub(crate) fn equal(left: &Value, right: &Value, ignoring_case: bool) -> bool {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => text::equal(left, right, ignoring_case),
        _ => left == right,
    }
}

/// Kleene and: false where one is false, else unknown where one is unknown.
pub(crate) fn and(truths: &[Option<bool>]) -> Option<bool> {
    if truths.contains(&Some(false)) { Some(false) } else { truths.iter().try_fold(true, |_, truth| *truth) }
}

/// Kleene or: true where one is true, else unknown where one is unknown.
pub(crate) fn or(truths: &[Option<bool>]) -> Option<bool> {
    if truths.contains(&Some(true)) { Some(true) } else { truths.iter().try_fold(false, |_, truth| *truth) }
}

/// True where at least `count` are true, false where so many can no longer be, else unknown.
pub(crate) fn at_least(count: u32, truths: &[Option<bool>]) -> Option<bool> {
    let held = truths.iter().filter(|truth| **truth == Some(true)).count();
    let possible = truths.iter().filter(|truth| **truth != Some(false)).count();
    match count as usize {
        count if held >= count => Some(true),
        count if possible < count => Some(false),
        _ => None,
    }
}

/// The computed fields that read other computed fields.
fn steps(program: &Program) -> FxHashSet<(TableId, FieldId)> {
    let is_computed = |table: TableId, field: FieldId| {
        let declared = program.tables.get(table.0 as usize).and_then(|table| table.fields.get(field.0 as usize));
        declared.is_some_and(|field| matches!(field.source, FieldSource::Computed(_)))
    };
    let mut found = FxHashSet::default();
    for (table, declared) in program.tables.iter().enumerate() {
        for (field, declared) in declared.fields.iter().enumerate() {
            let FieldSource::Computed(expr) = &declared.source else { continue };
            expr.walk(&mut |part| {
                if let ExprKind::Field { table: read, field: of, .. } | ExprKind::Lookup { table: read, field: of, .. } =
                    part.kind
                    && is_computed(read, of)
                {
                    found.insert((TableId(table as u32), FieldId(field as u32)));
                }
            });
        }
    }
    found
}
