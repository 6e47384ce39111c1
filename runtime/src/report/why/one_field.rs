//! Conditions that make different values of one stored field of the customer: `a + 1 > 5` and `a < 2`, the month of a
//! date and the years since it. What changes there is the field itself.
//!
//! The values to try are what stands in the conditions and what lies around; where two of them that stand side by side
//! are told apart, halving finds the two neighbours that are.

use super::base::plainly;
use super::candidates::Marks;
use super::subject::Subject;
use super::tree::Tree;
use crate::interpret::InterpretError;
use segue_compiler::builtins::Function;
use segue_compiler::program::{Expr, ExprKind, FieldSource, Program, Row, Rows, Type};
use segue_compiler::values::Value;
use segue_compiler::values::calendar::MICROS_PER_DAY;
use std::collections::BTreeSet;

/// So many names are opened in a condition at most.
const OPENED: usize = 50;
/// So many values of a field are tried at most.
const TRIED: usize = 20_000;
/// Around so many values the field's others are tried.
const CENTRES: usize = 4;
/// The days of the years 1 to 9999, from 1970-01-01.
const DAYS: std::ops::RangeInclusive<i64> = -719_162..=2_932_896;

/// The truths of the conditions for a value.
type Truths<'t> = &'t mut dyn FnMut(Option<&Value>) -> Result<Vec<Option<bool>>, InterpretError>;

/// The condition as one on a stored field of the customer, all names in it opened; `None` where it asks about more.
pub(super) fn subject(program: &Program, condition: &Expr) -> Option<Subject> {
    let condition = opened(program, &plainly(program, condition))?;
    let (mut fields, mut plain) = (BTreeSet::new(), true);
    let mut value = None;
    condition.walk(&mut |part| match &part.kind {
        ExprKind::Field { row: Row::Customer, field, .. } => {
            fields.insert(*field);
            value = Some(part.clone());
        }
        ExprKind::Aggregate(aggregate) => plain &= matches!(aggregate.rows, Rows::Elements(_)),
        ExprKind::Lookup { .. } | ExprKind::Segment(_) | ExprKind::InParts { .. } => plain = false,
        // What the customer's value is among those of others.
        ExprKind::OverBase(_) | ExprKind::InShare { .. } => plain = false,
        _ => {}
    });
    let value = value.filter(|value| plain && fields.len() == 1 && !is_records(&value.ty))?;
    Some(Subject { value, condition, everywhere: true })
}

fn is_records(ty: &Type) -> bool {
    match ty {
        Type::Records(_) => true,
        Type::List(element) => is_records(element),
        _ => false,
    }
}

/// The expression with traits and computed fields of the customer in full; `None` where these are too many.
fn opened(program: &Program, expr: &Expr) -> Option<Expr> {
    let (mut expr, mut left) = (expr.clone(), OPENED);
    expr.walk_mut(&mut |part| {
        while let Some(inner) = named(program, part).filter(|_| left > 0) {
            *part = inner.clone();
            left -= 1;
        }
    });
    (left > 0).then_some(expr)
}

fn named<'p>(program: &'p Program, expr: &Expr) -> Option<&'p Expr> {
    match &expr.kind {
        ExprKind::Trait(id) => Some(&program.traits.get(id.0 as usize)?.value),
        ExprKind::Field { row: Row::Customer, table, field } => {
            match &program.tables.get(table.0 as usize)?.fields.get(field.0 as usize)?.source {
                FieldSource::Computed(inner) => Some(inner),
                FieldSource::Column { .. } | FieldSource::Answered(_) => None,
            }
        }
        _ => None,
    }
}

/// The values to try for the field, and whether the conditions tell no others apart.
pub(super) fn values(
    tree: &Tree<'_>,
    subjects: &[Subject],
    field: &Expr,
    truths: Truths<'_>,
) -> Result<(Vec<Value>, bool), InterpretError> {
    let mut marks = Marks::default();
    for subject in subjects {
        marks.add_all(tree, &subject.condition);
    }
    let now = tree.value(field)?;
    marks.add_value(now.as_ref());
    let mut tried = marks.values(tree, field);
    tried.extend(match &field.ty {
        Type::Text | Type::Id(_) => marks.texts_by_length().into_iter().map(Value::Text).collect(),
        Type::List(element) => marks.lists_by_length(element),
        _ => Vec::new(),
    });
    let Some(line) = Line::of(&field.ty) else {
        let complete = matches!(field.ty, Type::Boolean | Type::OneOf(_));
        return Ok((tried, complete));
    };
    let mut points: BTreeSet<i64> = tried.iter().filter_map(|value| line.place(value)).collect();
    let centres = now.iter().chain(&line.usual(tree)).filter_map(|value| line.place(value)).collect::<Vec<_>>();
    let centres: Vec<i64> = centres.into_iter().chain(points.iter().copied()).take(CENTRES).collect();
    for centre in centres {
        points.extend(line.around(centre));
    }
    let found = line.told_apart(points.into_iter().collect(), truths)?;
    let complete = subjects.iter().all(|subject| is_monotone(&subject.condition));
    let mut found: Vec<Value> = found.into_iter().map(|at| line.value(at)).collect();
    found.retain(|value| now.as_ref() != Some(value));
    Ok((found, complete))
}

/// Whether the truth of a condition changes at most where a value that stands in it is passed: nothing in it goes round
/// with the field or turns back.
fn is_monotone(condition: &Expr) -> bool {
    let (mut occurs, mut plain) = (0, true);
    condition.walk(&mut |part| match &part.kind {
        ExprKind::Field { .. } => occurs += 1,
        ExprKind::Call(function, _) => {
            plain &= !matches!(
                function,
                Function::MonthOf
                    | Function::QuarterOf
                    | Function::WeekdayOf
                    | Function::DayOf
                    | Function::HourOf
                    | Function::MinuteOf
                    | Function::AbsoluteOf
            );
        }
        ExprKind::InWindows(_, windows) => plain &= windows.len() == 1,
        ExprKind::Aggregate(_) | ExprKind::Near(..) | ExprKind::Occurs { .. } => plain = false,
        _ => {}
    });
    plain && occurs == 1
}

/// A type whose values stand in a line, each with a whole number as its place.
struct Line {
    value: fn(i64) -> Value,
    ends: std::ops::RangeInclusive<i64>,
    /// For moments: how many places make a day.
    day: Option<i64>,
}

impl Line {
    fn of(ty: &Type) -> Option<Line> {
        let whole = |value| Line { value, ends: i64::MIN / 2..=i64::MAX / 2, day: None };
        Some(match ty {
            Type::Integer => whole(Value::Integer),
            Type::Money(_) => whole(Value::Money),
            Type::Duration => whole(Value::Duration),
            Type::Date => Line {
                value: |day| Value::Date(day.clamp(i32::MIN.into(), i32::MAX.into()) as i32),
                ends: DAYS,
                day: Some(1),
            },
            Type::Datetime => Line {
                value: Value::Instant,
                ends: DAYS.start() * MICROS_PER_DAY..=DAYS.end() * MICROS_PER_DAY,
                day: Some(MICROS_PER_DAY),
            },
            Type::Number | Type::Percent => Line {
                value: |place| Value::Number(float_at(place)),
                ends: place_of(-1e300)..=place_of(1e300),
                day: None,
            },
            _ => return None,
        })
    }

    fn value(&self, place: i64) -> Value {
        (self.value)(place)
    }

    fn place(&self, value: &Value) -> Option<i64> {
        let place = match value {
            Value::Integer(whole) | Value::Money(whole) | Value::Duration(whole) | Value::Instant(whole) => *whole,
            Value::Date(day) => i64::from(*day),
            Value::Number(number) => place_of(*number),
            _ => return None,
        };
        self.ends.contains(&place).then_some(place)
    }

    /// Values that the field could have whatever the conditions say.
    fn usual(&self, tree: &Tree<'_>) -> Vec<Value> {
        let as_of = tree.setting.as_of;
        match self.value(0) {
            Value::Date(_) => vec![self.value(as_of.div_euclid(MICROS_PER_DAY) - 1)],
            Value::Instant(_) => vec![self.value(as_of - 1)],
            Value::Number(_) => [0.0, 1.0, -1.0].map(Value::Number).to_vec(),
            _ => vec![self.value(0)],
        }
    }

    /// Places around another: the next ones; for moments, days and hours of more than a year and a day; and further and
    /// further away.
    fn around(&self, centre: i64) -> Vec<i64> {
        let steps = |count: i64, step: i64| {
            (-count..=count).map(move |by| centre.saturating_add(by.saturating_mul(step))).collect::<Vec<_>>()
        };
        let mut places = steps(8, 1);
        if let Some(day) = self.day {
            // Ten days on it is another weekday, and thirty another month.
            places.extend(steps(40, 10 * day));
            places.extend(steps(8, day));
            if day > 1 {
                places.extend(steps(48, day / 48));
            }
        }
        for power in 4..63 {
            let by = 1_i64 << power;
            places.extend([centre.saturating_sub(by), centre.saturating_add(by)]);
        }
        places.retain(|place| self.ends.contains(place));
        places
    }

    /// Of each stretch that the conditions tell apart the places at both ends, as far as places within it are given.
    fn told_apart(&self, points: Vec<i64>, truths: Truths<'_>) -> Result<Vec<i64>, InterpretError> {
        let mut left = TRIED;
        let mut truths = |place: i64| truths(Some(&self.value(place)));
        let mut known: Vec<(i64, Vec<Option<bool>>)> = Vec::new();
        for place in points.into_iter().take(TRIED / 2) {
            left = left.saturating_sub(1);
            known.push((place, truths(place)?));
        }
        let mut found: BTreeSet<i64> = known.iter().map(|(place, _)| *place).collect();
        let mut pending: Vec<_> =
            known.iter().zip(known.iter().skip(1)).map(|(low, high)| (low.clone(), high.clone())).collect();
        while let Some((low, high)) = pending.pop() {
            if low.1 == high.1 || left == 0 || high.0 - low.0 <= 1 {
                continue;
            }
            left -= 1;
            let middle = low.0.midpoint(high.0);
            let between = (middle, truths(middle)?);
            found.insert(middle);
            pending.push((low, between.clone()));
            pending.push((between, high));
        }
        Ok(found.into_iter().collect())
    }
}

/// Floats in their order as whole numbers.
fn place_of(number: f64) -> i64 {
    let bits = number.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

fn float_at(place: i64) -> f64 {
    f64::from_bits((place ^ (((place >> 63) as u64) >> 1) as i64) as u64)
}
