//! Stretches of time.

use super::literals::unit_of;
use super::{Pair, Reader};
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::tree::{Amount, Expr, ExprKind, Literal, Unit, Window, WindowKind};
use segue_grammar::Rule;

/// Stands where a message was given and the stretch is not known: the program is not run.
const UNKNOWN: Amount = Amount { count: 1, unit: Unit::Day };

impl Reader<'_> {
    /// One window.
    pub(super) fn window(&mut self, pair: Pair<'_>) -> Window {
        let span = self.span(&pair);
        let kind = match pair.into_inner().next() {
            Some(inner) => self.window_kind(inner),
            None => WindowKind::Today,
        };
        Window { id: self.ids.fresh(), span, kind }
    }

    fn window_kind(&mut self, pair: Pair<'_>) -> WindowKind {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        match rule {
            Rule::in_last | Rule::in_next => self.in_last_or_next(pair),
            Rule::near_occasion | Rule::near_mistake => match self.near_occasion(pair) {
                (amount, before, Some(occasion)) => {
                    if rule == Rule::near_mistake {
                        let side = if before { "before" } else { "after" };
                        let mend = format!("in the {} {side} {}", amount_text(amount), occasion.text);
                        self.report(messages::window_wording(span, &mend));
                    }
                    WindowKind::Near { amount, before, occasion }
                }
                _ => WindowKind::Today,
            },
            Rule::during_occasion => match pair.into_inner().find(|inner| inner.as_rule() == Rule::name) {
                Some(name) => WindowKind::During { occasion: self.word(&name) },
                None => WindowKind::Today,
            },
            Rule::more_ago => WindowKind::MoreThanAgo(self.amount_within(pair)),
            Rule::less_ago => WindowKind::LessThanAgo(self.amount_within(pair)),
            Rule::exactly_ago => WindowKind::ExactlyAgo(self.amount_within(pair)),
            Rule::bare_ago_mistake => {
                self.report(messages::bare_ago(span, self.source.slice(span)));
                WindowKind::ExactlyAgo(self.amount_within(pair))
            }
            Rule::from_ago => self.two_ago(pair),
            Rule::from_ago_mistake => {
                let to = pair.clone().into_inner().find(|inner| inner.as_rule() == Rule::amount);
                let has_to = pair.clone().into_inner().any(|inner| inner.as_rule() == Rule::to_word);
                let place = to.map_or(span, |to| self.span(&to));
                self.report(if has_to {
                    messages::does_not_fit(place, self.source.slice(place))
                } else {
                    messages::missing_to_ago(place)
                });
                // What its ends were meant to be is not known for sure, so no more is said about them.
                WindowKind::Today
            }
            Rule::hours => {
                let mut ends = pair
                    .into_inner()
                    .filter(|inner| inner.as_rule() == Rule::clock)
                    .map(|inner| self.literal_clock(inner))
                    .collect::<Vec<_>>()
                    .into_iter();
                WindowKind::Hours { from: ends.next().unwrap_or(0), to: ends.next().unwrap_or(0) }
            }
            Rule::from_to => {
                let mut ends = self.bounds(pair).into_iter();
                let from = ends.next().unwrap_or_else(|| self.error_node(span));
                let to = ends.next().unwrap_or_else(|| {
                    self.report(messages::missing_to(span));
                    self.error_node(span.end_point())
                });
                WindowKind::FromTo { from: Box::new(from), to: Box::new(to) }
            }
            Rule::since => {
                let bound = self.bound_within(pair);
                let ExprKind::Literal(Literal::Duration(amount)) = bound.kind else { return WindowKind::Since(bound) };
                // `since 30 days`
                self.report(messages::window_wording(span, &format!("in the last {}", amount_text(amount))));
                WindowKind::InLast { amount, whole: false }
            }
            Rule::before => WindowKind::Before(self.bound_within(pair)),
            Rule::after => WindowKind::After(self.bound_within(pair)),
            Rule::on_date => WindowKind::OnDate(self.bound_within(pair)),
            Rule::this_unit => WindowKind::This(unit_within(pair)),
            Rule::last_unit => WindowKind::Last(unit_within(pair)),
            Rule::fiscal_unit => fiscal_unit(pair),
            Rule::yesterday => WindowKind::Yesterday,
            Rule::on_days => {
                let days = pair.into_inner().filter(|inner| inner.as_rule() == Rule::day_name);
                WindowKind::OnDays(days.fold(0, |bits, day| bits | day_bits(day.as_str())))
            }
            Rule::last_mistake => self.last_mistake(pair),
            _ => WindowKind::Today,
        }
    }

    fn in_last_or_next(&mut self, pair: Pair<'_>) -> WindowKind {
        let span = self.span(&pair);
        let is_next = pair.as_rule() == Rule::in_next;
        let mut count = Some(1);
        let mut whole = false;
        let mut unit = None;
        let mut unit_span = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::window_number => count = self.window_number(inner),
                Rule::whole_word => whole = true,
                Rule::unit => unit = unit_of(inner.as_str()),
                Rule::unknown_unit => unit_span = Some(self.span(&inner)),
                _ => {}
            }
        }
        if unit.is_none() {
            match unit_span {
                Some(at) => self.report(messages::unknown_unit(at, self.source.slice(at))),
                None => self.report(messages::missing_unit(span, self.source.slice(span))),
            }
        }
        let amount = match (count, unit) {
            (Some(count), Some(unit)) => self.not_zero(span, Amount { count, unit }),
            _ => UNKNOWN,
        };
        if !is_next {
            return WindowKind::InLast { amount, whole };
        }
        if whole {
            self.report(messages::whole_next(span));
        }
        WindowKind::InNext { amount }
    }

    fn not_zero(&mut self, span: Span, amount: Amount) -> Amount {
        if amount.count == 0 {
            self.report(messages::empty_window(span));
        }
        amount
    }

    fn two_ago(&mut self, pair: Pair<'_>) -> WindowKind {
        let mut first = None;
        let mut first_unit = None;
        let mut to = UNKNOWN;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::any_number => first = self.whole_number(inner),
                Rule::unit => first_unit = unit_of(inner.as_str()),
                Rule::amount => to = self.amount(inner),
                _ => {}
            }
        }
        let from = first.map_or(UNKNOWN, |count| Amount { count, unit: first_unit.unwrap_or(to.unit) });
        WindowKind::FromToAgo { from, to }
    }

    /// `within the last 30 days`, `last 30 days`: read as what they mean.
    fn last_mistake(&mut self, pair: Pair<'_>) -> WindowKind {
        let span = self.span(&pair);
        let mut amount = None;
        let mut unit = None;
        let (mut is_next, mut is_back, mut says_within) = (false, false, false);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::within_word | Rule::during_word => says_within = true,
                Rule::last_word | Rule::past_word | Rule::previous_word => is_back = true,
                Rule::amount => amount = Some(self.amount(inner)),
                Rule::unit => unit = unit_of(inner.as_str()),
                Rule::next_word | Rule::coming_word => is_next = true,
                Rule::fiscal_unit => {
                    let wanted = self.span(&inner);
                    self.report(messages::window_wording(span, self.source.slice(wanted)));
                    return fiscal_unit(inner);
                }
                Rule::this_unit | Rule::last_unit => {
                    let wanted = self.span(&inner);
                    self.report(messages::window_wording(span, self.source.slice(wanted)));
                    let is_this = inner.as_rule() == Rule::this_unit;
                    let unit = unit_within(inner);
                    return if is_this { WindowKind::This(unit) } else { WindowKind::Last(unit) };
                }
                _ => {}
            }
        }
        if let (Some(amount), true) = (amount, self.in_steps && says_within && !is_back) {
            // Which step it belongs to, only the writer knows.
            self.report(messages::within_out_of_place(span, &format!("within {}", amount_text(amount))));
            return WindowKind::InLast { amount, whole: false };
        }
        let direction = if is_next { "next" } else { "last" };
        let stretch = match amount {
            Some(amount) => amount_text(amount),
            None => unit_text(unit.unwrap_or(Unit::Day), 1).to_owned(),
        };
        self.report(messages::window_wording(span, &format!("in the {direction} {stretch}")));
        let amount = amount.unwrap_or(Amount { count: 1, unit: unit.unwrap_or(Unit::Day) });
        if is_next { WindowKind::InNext { amount } } else { WindowKind::InLast { amount, whole: false } }
    }

    fn amount_within(&mut self, pair: Pair<'_>) -> Amount {
        let amount = pair.into_inner().find(|inner| inner.as_rule() == Rule::amount);
        amount.map_or(UNKNOWN, |amount| self.amount(amount))
    }

    /// `90 days`
    pub(super) fn amount(&mut self, pair: Pair<'_>) -> Amount {
        let mut count = None;
        let mut unit = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::window_number => count = self.window_number(inner),
                Rule::unit => unit = unit_of(inner.as_str()),
                _ => {}
            }
        }
        count.zip(unit).map_or(UNKNOWN, |(count, unit)| Amount { count, unit })
    }

    fn window_number(&mut self, pair: Pair<'_>) -> Option<i64> {
        let inner = pair.into_inner().next()?;
        if inner.as_rule() == Rule::any_number {
            return self.whole_number(inner);
        }
        self.number_in_words(&inner)
    }

    /// `thirty`: read as what it means, and reported.
    pub(super) fn number_in_words(&mut self, pair: &Pair<'_>) -> Option<i64> {
        let count = number_of_word(pair.as_str())?;
        let span = self.span(pair);
        self.report(messages::number_word(span, pair.as_str(), count));
        Some(count)
    }

    fn literal_clock(&mut self, pair: Pair<'_>) -> u32 {
        match self.literal(pair) {
            Some(crate::syntax::tree::Literal::Clock(seconds)) => seconds,
            _ => 0,
        }
    }

    fn bounds(&mut self, pair: Pair<'_>) -> Vec<Expr> {
        let bounds: Vec<Pair<'_>> = pair.into_inner().filter(|inner| inner.as_rule() == Rule::bound).collect();
        bounds.iter().map(|bound| self.take(bound).0).collect()
    }

    fn bound_within(&mut self, pair: Pair<'_>) -> Box<Expr> {
        let span = self.span(&pair);
        let bound = self.bounds(pair).into_iter().next();
        Box::new(bound.unwrap_or_else(|| self.error_node(span)))
    }
}

/// The unit a word names.
pub(super) fn unit_named(word: &str) -> Unit {
    unit_of(word).unwrap_or(Unit::Day)
}

fn unit_within(pair: Pair<'_>) -> Unit {
    let unit = pair.into_inner().find(|inner| inner.as_rule() == Rule::unit);
    unit.and_then(|unit| unit_of(unit.as_str())).unwrap_or(Unit::Day)
}

/// A unit's word, plural where the count is not one.
pub(crate) fn unit_text(unit: Unit, count: i64) -> &'static str {
    match (unit, count == 1) {
        (Unit::Second, true) => "second",
        (Unit::Second, false) => "seconds",
        (Unit::Minute, true) => "minute",
        (Unit::Minute, false) => "minutes",
        (Unit::Hour, true) => "hour",
        (Unit::Hour, false) => "hours",
        (Unit::Day, true) => "day",
        (Unit::Day, false) => "days",
        (Unit::Week, true) => "week",
        (Unit::Week, false) => "weeks",
        (Unit::Month, true) => "month",
        (Unit::Month, false) => "months",
        (Unit::Quarter, true) => "quarter",
        (Unit::Quarter, false) => "quarters",
        (Unit::Year, true) => "year",
        (Unit::Year, false) => "years",
    }
}

/// `90 days`, `1 week`
pub(crate) fn amount_text(amount: Amount) -> String {
    format!("{} {}", amount.count, unit_text(amount.unit, amount.count))
}

/// `this fiscal year`
fn fiscal_unit(pair: Pair<'_>) -> WindowKind {
    let last = pair.clone().into_inner().any(|inner| inner.as_rule() == Rule::last_word);
    WindowKind::Fiscal { unit: unit_within(pair), last }
}

fn day_bits(word: &str) -> u8 {
    let lower = word.trim().to_ascii_lowercase();
    match lower.strip_suffix('s').unwrap_or(&lower) {
        "weekday" => 0b001_1111,
        "weekend" => 0b110_0000,
        "monday" => 1,
        "tuesday" => 1 << 1,
        "wednesday" => 1 << 2,
        "thursday" => 1 << 3,
        "friday" => 1 << 4,
        "saturday" => 1 << 5,
        _ => 1 << 6,
    }
}

fn number_of_word(word: &str) -> Option<i64> {
    const WORDS: &[(&str, i64)] = &[
        ("a", 1),
        ("an", 1),
        ("one", 1),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
        ("ten", 10),
        ("twelve", 12),
        ("thirty", 30),
        ("sixty", 60),
        ("ninety", 90),
    ];
    WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word.trim())).map(|(_, count)| *count)
}
