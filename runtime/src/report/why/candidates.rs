//! The values that a customer's value could have instead: one for each stretch that the conditions on it tell apart.

use super::subject::{Subject, is_fixed};
use super::tree::Tree;
use crate::data::canonical_integer;
use crate::interpret::InterpretError;
use segue_compiler::builtins::Function;
use segue_compiler::program::{Expr, ExprKind, Type};
use segue_compiler::syntax::tree::AggregateOperator;
use segue_compiler::values::calendar::{MICROS_PER_DAY, Moments, TimeFilter};
use segue_compiler::values::places::{BoundingBox, degrees, place};
use segue_compiler::values::{Value, number};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A text that is like none in the rules.
const OTHER: &str = "\u{1}";
/// Of so many texts at most all pairs are tried, and of so many list elements all sets.
const COMBINED: usize = 6;
/// Texts and lists of more characters and elements than this are not tried.
const LONGEST: usize = 64;
/// So many degrees are between a side of a box and the places tried beside it: the least that a place tells apart.
const BESIDE: f64 = 1e-7;
/// The minutes of an hour and less: clock times are tried in the middle of each hour and at its start.
const MICROS_PER_HALF_HOUR: i64 = MICROS_PER_DAY / 48;

/// The values that conditions hold a value against.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    /// Whole numbers of whatever unit the type has.
    pub(super) whole: BTreeSet<i64>,
    numbers: Vec<f64>,
    texts: BTreeSet<Arc<str>>,
    /// Looked for within texts.
    patterns: BTreeSet<Arc<str>>,
    /// Weekdays or clock times are asked about, from about these moments on.
    clock: BTreeSet<i64>,
}

impl Marks {
    /// What a condition holds its value against.
    pub(super) fn add(&mut self, tree: &Tree<'_>, subject: &Subject) -> Result<(), InterpretError> {
        match &subject.condition.kind {
            ExprKind::Compare(_, left, right) | ExprKind::Equal { left, right, .. } => {
                for side in [left, right].into_iter().filter(|side| is_fixed(side)) {
                    self.add_value(tree.value(side)?.as_ref());
                }
            }
            ExprKind::IsOneOf { values, .. } => values.iter().for_each(|value| self.add_value(Some(value))),
            ExprKind::Text { pattern, .. } => {
                if let Some(Value::Text(pattern)) = tree.value(pattern)? {
                    self.patterns.insert(pattern);
                }
            }
            ExprKind::Includes { values, .. } => {
                for value in values {
                    self.add_value(tree.value(value)?.as_ref());
                }
            }
            ExprKind::InBox(_, area) => self.add_box(area),
            ExprKind::InWindows(_, windows) => {
                let moments = if subject.value.ty == Type::Date { Moments::Dates } else { Moments::Instants };
                self.add_filter(tree, &tree.filter(windows, moments));
            }
            _ => {}
        }
        Ok(())
    }

    /// The ends of a stretch of time.
    pub(super) fn add_filter(&mut self, tree: &Tree<'_>, filter: &TimeFilter) {
        self.whole.extend([filter.first, filter.last]);
        if !filter.is_range() {
            let now = match filter.moments {
                Moments::Instants => tree.setting.as_of,
                Moments::Dates => tree.setting.as_of.div_euclid(MICROS_PER_DAY),
            };
            let far = |at: &i64| filter.first <= *at && *at <= filter.last;
            self.clock.extend([filter.first, filter.last].into_iter().filter(|at| at.abs_diff(now) < 1 << 57));
            self.clock.extend(Some(now).filter(far));
        }
    }

    /// All that stands in a condition.
    pub(super) fn add_all(&mut self, tree: &Tree<'_>, condition: &Expr) {
        condition.walk(&mut |part| match &part.kind {
            ExprKind::Constant(value) => self.add_value(Some(value)),
            ExprKind::IsOneOf { values, .. } => values.iter().for_each(|value| self.add_value(Some(value))),
            ExprKind::Text { pattern, .. } => {
                if let ExprKind::Constant(Value::Text(pattern)) = &pattern.kind {
                    self.patterns.insert(Arc::clone(pattern));
                }
            }
            ExprKind::InBox(_, area) => self.add_box(area),
            ExprKind::InWindows(value, windows) => {
                let moments = if value.ty == Type::Date { Moments::Dates } else { Moments::Instants };
                self.add_filter(tree, &tree.filter(windows, moments));
            }
            _ => {}
        });
    }

    /// Places in a box, and just outside of each of its sides.
    fn add_box(&mut self, area: &BoundingBox) {
        let ((south, west), (north, east)) = (degrees(area.south_west), degrees(area.north_east));
        let corners = [(south, west), (south, east), (north, west), (north, east)];
        let around = |(latitude, longitude): (f64, f64)| {
            [(-BESIDE, 0.0), (0.0, 0.0), (BESIDE, 0.0), (0.0, -BESIDE), (0.0, BESIDE)]
                .map(|(north, east)| place(latitude + north, longitude + east))
        };
        self.whole.extend(corners.into_iter().flat_map(around).flatten());
    }

    /// The places that are asked about, and others far away from most.
    fn places(&self) -> Vec<Value> {
        let far = [(0.0, 0.0), (90.0, 0.0), (-90.0, 0.0)].into_iter().filter_map(|(north, east)| place(north, east));
        let real = |at: &i64| matches!(degrees(*at), (north, east) if place(north, east).is_some());
        self.whole.iter().copied().filter(real).chain(far).map(Value::Integer).collect()
    }

    /// How long texts and lists are worth a try: as long as what lengths are held against, and one more or less.
    fn lengths(&self) -> BTreeSet<usize> {
        let near = self.whole.iter().flat_map(|mark| [mark.saturating_sub(1), *mark, mark.saturating_add(1)]);
        near.filter_map(|length| usize::try_from(length).ok().filter(|length| *length <= LONGEST)).collect()
    }

    /// Texts of different lengths, like none in the rules and like those.
    pub(super) fn texts_by_length(&self) -> Vec<Arc<str>> {
        let starts = || self.texts.iter().chain(&self.patterns).map(|text| &**text).chain([""]);
        let longer = |length: usize| {
            starts().filter_map(move |start| {
                let more = length.checked_sub(start.chars().count())?;
                Some(Arc::from(format!("{start}{}", OTHER.repeat(more))))
            })
        };
        self.lengths().into_iter().flat_map(longer).collect()
    }

    /// Lists of different lengths, of elements that are asked about and of others.
    pub(super) fn lists_by_length(&self, element: &Type) -> Vec<Value> {
        let others: Vec<Value> = (1..=LONGEST)
            .map(|at| match element {
                Type::Text | Type::Id(_) | Type::Timezone => Value::Text(Arc::from(OTHER.repeat(at))),
                _ => self.beyond(element, at as i64),
            })
            .collect();
        let lists = self.lists(element);
        let starts = lists.iter().take(1 << COMBINED).filter_map(|list| match list {
            Value::List(values) => Some(values),
            _ => None,
        });
        let mut longer = Vec::new();
        for start in starts {
            for length in self.lengths() {
                let Some(more) = length.checked_sub(start.len()) else { continue };
                longer.push(Value::List(start.iter().chain(others.iter().take(more)).cloned().collect()));
            }
        }
        longer
    }

    /// A value after all that are asked about.
    fn beyond(&self, ty: &Type, by: i64) -> Value {
        let whole = self.whole.last().copied().unwrap_or(0).saturating_add(by);
        match ty {
            Type::Money(_) => Value::Money(whole),
            Type::Duration => Value::Duration(whole),
            Type::Datetime => Value::Instant(whole),
            Type::Date => Value::Date(whole.clamp(i32::MIN.into(), i32::MAX.into()) as i32),
            Type::Number | Type::Percent => {
                Value::Number(self.numbers.iter().copied().fold(0.0, f64::max).floor() + by as f64)
            }
            _ => Value::Integer(whole),
        }
    }

    /// What a value could be where nothing else is asked than whether it is known.
    fn usual(&self, tree: &Tree<'_>, ty: &Type) -> Option<i64> {
        self.whole.is_empty().then(|| match ty {
            Type::Datetime => tree.setting.as_of - 1,
            Type::Date => tree.setting.as_of.div_euclid(MICROS_PER_DAY) - 1,
            _ => 0,
        })
    }

    pub(super) fn add_value(&mut self, value: Option<&Value>) {
        match value {
            Some(Value::Integer(whole) | Value::Money(whole) | Value::Duration(whole) | Value::Instant(whole)) => {
                _ = self.whole.insert(*whole)
            }
            Some(Value::Date(day)) => _ = self.whole.insert(i64::from(*day)),
            Some(Value::Number(number)) => {
                self.numbers.push(*number);
                self.whole.extend([number.floor() as i64, number.ceil() as i64]);
            }
            Some(Value::Text(text)) => _ = self.texts.insert(Arc::clone(text)),
            Some(Value::List(values)) => values.iter().for_each(|value| self.add_value(Some(value))),
            Some(Value::Boolean(_)) | None => {}
        }
    }

    /// The known values to try for a value, without the one it has.
    pub(super) fn values(&self, tree: &Tree<'_>, value: &Expr) -> Vec<Value> {
        let range = range(value);
        let whole = |wrapped: fn(i64) -> Value| -> Vec<Value> {
            let near = self.whole.iter().flat_map(|mark| [mark.saturating_sub(1), *mark, mark.saturating_add(1)]);
            let near: BTreeSet<i64> = near
                .chain(self.clock_times(&value.ty))
                .chain(self.usual(tree, &value.ty))
                .filter(|at| range.contains(at))
                .collect();
            near.into_iter().map(wrapped).collect()
        };
        match &value.ty {
            Type::Boolean => vec![Value::Boolean(true), Value::Boolean(false)],
            Type::Integer => whole(Value::Integer),
            Type::Money(_) => whole(Value::Money),
            Type::Duration => whole(Value::Duration),
            Type::Datetime => {
                let mut moments = whole(Value::Instant);
                // An event at or after `as of` does not exist for the run.
                moments.retain(|at| {
                    !is_event_time(tree, value) || matches!(at, Value::Instant(at) if *at < tree.setting.as_of)
                });
                moments
            }
            Type::Date => {
                let days = whole(|day| Value::Date(day.clamp(i32::MIN.into(), i32::MAX.into()) as i32));
                let is_over = |day: &Value| matches!(day, Value::Date(day) if tree.date_is_over(*day));
                days.into_iter().filter(|day| !is_event_time(tree, value) || is_over(day)).collect()
            }
            Type::Number | Type::Percent => self.floats().into_iter().filter_map(number).map(Value::Number).collect(),
            Type::OneOf(values) => values.iter().map(|value| Value::Text(Arc::clone(value))).collect(),
            Type::Text | Type::Id(_) | Type::Timezone => {
                self.likely_texts(matches!(value.ty, Type::Id(_))).into_iter().map(Value::Text).collect()
            }
            Type::List(element) => self.lists(element),
            Type::Location => self.places(),
            Type::Records(_) => Vec::new(),
        }
    }

    fn clock_times(&self, ty: &Type) -> Vec<i64> {
        const DAYS: i64 = 8;
        let (step, steps) = match ty {
            Type::Datetime => (MICROS_PER_HALF_HOUR, DAYS * 48),
            _ => (1, DAYS),
        };
        let around =
            |at: &i64| (-steps..=steps).map(|by| at.saturating_add(by.saturating_mul(step))).collect::<Vec<_>>();
        self.clock.iter().flat_map(around).collect()
    }

    fn floats(&self) -> Vec<f64> {
        let mut marks = self.numbers.clone();
        marks.extend(self.whole.iter().map(|whole| *whole as f64));
        marks.sort_by(f64::total_cmp);
        marks.dedup();
        if marks.is_empty() {
            marks.push(0.0);
        }
        let between = marks.iter().zip(marks.iter().skip(1)).map(|(left, right)| left + (right - left) / 2.0);
        let ends = [marks.first().map(|first| first - 1.0), marks.last().map(|last| last + 1.0)];
        let mut all: Vec<f64> = marks.iter().copied().chain(between).chain(ends.into_iter().flatten()).collect();
        all.sort_by(f64::total_cmp);
        all
    }

    fn likely_texts(&self, ids: bool) -> Vec<Arc<str>> {
        let mut texts: Vec<String> = self.texts.iter().chain(&self.patterns).map(ToString::to_string).collect();
        texts.push(OTHER.to_owned());
        texts.push(String::new());
        for text in &self.texts {
            // Just beyond it in the order of texts, and of numbers.
            texts.push(format!("{text}\u{0}"));
            if ids && let Some(number) = canonical_integer(text) {
                texts.extend([number.saturating_sub(1), number.saturating_add(1)].map(|number| number.to_string()));
            }
        }
        for pattern in self.patterns.iter().take(COMBINED) {
            texts.extend([
                format!("{pattern}{OTHER}"),
                format!("{OTHER}{pattern}"),
                format!("{OTHER}{pattern}{OTHER}"),
            ]);
            texts.extend(self.patterns.iter().take(COMBINED).map(|other| format!("{pattern}{OTHER}{other}")));
        }
        let mut seen = BTreeSet::new();
        texts.into_iter().filter(|text| seen.insert(text.clone())).map(Arc::from).collect()
    }

    /// Lists of the elements that are asked about, and of another one where there can be others.
    fn lists(&self, element: &Type) -> Vec<Value> {
        let mut elements: Vec<Value> = match element {
            Type::Integer => self.whole.iter().map(|whole| Value::Integer(*whole)).collect(),
            Type::Money(_) => self.whole.iter().map(|whole| Value::Money(*whole)).collect(),
            Type::Number | Type::Percent => self.numbers.iter().map(|number| Value::Number(*number)).collect(),
            Type::Date => self.whole.iter().map(|day| Value::Date(*day as i32)).collect(),
            Type::Datetime => self.whole.iter().map(|at| Value::Instant(*at)).collect(),
            Type::Boolean => vec![Value::Boolean(true), Value::Boolean(false)],
            _ => self.texts.iter().map(|text| Value::Text(Arc::clone(text))).collect(),
        };
        let other = match element {
            Type::OneOf(values) => values.iter().find(|value| !self.texts.contains(*value)).cloned(),
            Type::Text | Type::Id(_) | Type::Timezone => Some(Arc::from(OTHER)),
            _ => None,
        };
        elements.extend(other.map(Value::Text));
        if !matches!(element, Type::Boolean | Type::OneOf(_) | Type::Text | Type::Id(_) | Type::Timezone) {
            elements.push(self.beyond(element, 1));
        }
        let mut lists: Vec<Vec<Value>> = vec![Vec::new(), elements.clone()];
        if elements.len() <= COMBINED {
            for set in 0..1_usize << elements.len() {
                lists.push(
                    elements
                        .iter()
                        .enumerate()
                        .filter(|(at, _)| set >> at & 1 == 1)
                        .map(|(_, one)| one.clone())
                        .collect(),
                );
            }
        } else {
            for at in 0..elements.len() {
                let (with, without): (Vec<_>, Vec<_>) =
                    elements.iter().cloned().enumerate().partition(|(other, _)| *other == at);
                lists.extend([with, without].map(|part| part.into_iter().map(|(_, one)| one).collect()));
            }
        }
        lists.into_iter().map(|list| Value::List(list.into())).collect()
    }
}

/// The whole numbers that a value can be.
fn range(value: &Expr) -> std::ops::RangeInclusive<i64> {
    match &value.kind {
        ExprKind::Aggregate(aggregate)
            if matches!(aggregate.operator, AggregateOperator::Number | AggregateOperator::Different) =>
        {
            0..=i64::MAX
        }
        ExprKind::Call(function, _) => match function {
            Function::MonthOf => 1..=12,
            Function::QuarterOf => 1..=4,
            Function::WeekdayOf => 1..=7,
            Function::DayOf => 1..=31,
            Function::HourOf => 0..=23,
            Function::MinuteOf => 0..=59,
            Function::LengthOf | Function::AbsoluteOf => 0..=i64::MAX,
            _ => i64::MIN..=i64::MAX,
        },
        _ => i64::MIN..=i64::MAX,
    }
}

/// Whether a value is the time of an event.
fn is_event_time(tree: &Tree<'_>, value: &Expr) -> bool {
    let ExprKind::Aggregate(aggregate) = &value.kind else { return false };
    aggregate.value.as_ref().is_some_and(|value| tree.is_event_time(value))
}
