//! Occasions: days that come back.

use super::{Pair, Reader};
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::scan::LexemeKind;
use crate::syntax::tree::{Amount, Day, DayKind, DeclarationKind, Literal, Occasion, OccasionDays, Quoted, Unit, Word};
use crate::values::calendar::{MONTHS, WEEKDAYS, days_in_month};
use segue_grammar::Rule;
use std::sync::Arc;

/// A year that has every day.
const LEAP_YEAR: i64 = 2000;

impl Reader<'_> {
    /// `occasion easter_week = from 7 days before easter to easter`
    pub(super) fn occasion(&mut self, pair: Pair<'_>) -> DeclarationKind {
        let mut name = Word { text: Arc::from(""), span: self.span(&pair) };
        let mut title: Option<Quoted> = None;
        let mut occasion = Occasion { days: Vec::new() };
        for inner in pair.into_inner() {
            let span = self.span(&inner);
            match inner.as_rule() {
                Rule::declared_name => name = self.declared_name(Some(inner), span),
                Rule::title => title = self.title(inner),
                Rule::occasion_days_item => {
                    if occasion.days.is_empty() {
                        self.check_equals_sign(title.as_ref().map_or(name.span, |title| title.span), span);
                    }
                    let days = self.occasion_days(inner);
                    occasion.days.push(days);
                }
                // A message was given when the expressions were built.
                Rule::broken => {
                    self.take(&inner);
                    return DeclarationKind::Broken { name: Some(name) };
                }
                _ => {}
            }
        }
        DeclarationKind::Occasion { name, title, occasion }
    }

    fn occasion_days(&mut self, pair: Pair<'_>) -> OccasionDays {
        let span = self.span(&pair);
        let rules = pair.into_inner().filter(|inner| inner.as_rule() == Rule::day_rule);
        let mut days: Vec<Day> = rules.map(|rule| self.day_rule(rule)).collect();
        let to = (days.len() > 1).then(|| days.pop()).flatten();
        let from = days.pop().unwrap_or(Day { kind: DayKind::Error, span });
        OccasionDays { from, to, span }
    }

    fn day_rule(&mut self, pair: Pair<'_>) -> Day {
        let span = self.span(&pair);
        let mut steps = Vec::new();
        let mut day = Day { kind: DayKind::Error, span };
        for inner in pair.into_inner() {
            if inner.as_rule() == Rule::day_step {
                steps.push(inner);
            } else {
                day = Day { span: self.span(&inner), kind: self.day_kind(inner) };
            }
        }
        // What stands next to the day moves it first.
        for step in steps.into_iter().rev() {
            let whole = self.span(&step).to(day.span);
            let kind = self.day_step(step, Box::new(day));
            day = Day { kind, span: whole };
        }
        day
    }

    fn day_step(&mut self, pair: Pair<'_>, of: Box<Day>) -> DayKind {
        let span = self.span(&pair);
        let (mut amount, mut nth, mut weekday, mut before) = (None, None, None, false);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::amount => amount = Some(self.amount(inner)),
                Rule::nth_word => nth = Some(nth_of(inner.as_str())),
                Rule::weekday_name => weekday = weekday_of(inner.as_str()),
                Rule::before_word => before = true,
                _ => {}
            }
        }
        match (amount, weekday) {
            (Some(amount), _) => DayKind::Moved { amount, before, of },
            (None, Some(weekday)) => {
                let wanted = if before { 0 } else { 1 };
                if nth != Some(wanted) {
                    self.report(messages::nearest_weekday(span, before));
                }
                DayKind::Nearest { weekday, after: !before, of }
            }
            (None, None) => DayKind::Error,
        }
    }

    fn day_kind(&mut self, pair: Pair<'_>) -> DayKind {
        match pair.as_rule() {
            Rule::day_of_year => self.day_of_year(pair),
            Rule::nth_weekday => {
                let (mut nth, mut weekday, mut month, mut worded) = (1, 1, 1, false);
                let span = self.span(&pair);
                for inner in pair.into_inner() {
                    match inner.as_rule() {
                        Rule::nth_word => {
                            nth = nth_of(inner.as_str());
                            worded |= inner.as_str().starts_with(|first: char| first.is_ascii_digit());
                        }
                        Rule::weekday_name => {
                            let written = inner.as_str().trim_end();
                            weekday = weekday_of(written).unwrap_or(1);
                            worded |= !WEEKDAYS.iter().any(|day| day.eq_ignore_ascii_case(written));
                        }
                        Rule::month_name => {
                            let written = inner.as_str().trim_end();
                            month = month_of(written).unwrap_or(1);
                            worded |= !MONTHS.iter().any(|month| month.eq_ignore_ascii_case(written));
                        }
                        Rule::the_word | Rule::in_word => worded = true,
                        _ => {}
                    }
                }
                if worded {
                    let word = |words: &[&'static str], at: u32| words.get(at as usize).copied().unwrap_or_default();
                    let (nth, day) = (word(&NUMBERS, nth), word(&WEEKDAYS, weekday - 1));
                    self.report(messages::day_wording(span, &format!("{nth} {day} of {}", word(&MONTHS, month - 1))));
                }
                DayKind::Weekday { nth, weekday, month }
            }
            Rule::easter_day => {
                let orthodox = pair.into_inner().any(|inner| inner.as_rule() == Rule::orthodox_word);
                DayKind::Easter { orthodox }
            }
            Rule::anniversary => match pair.into_inner().find(|inner| inner.as_rule() == Rule::bound) {
                Some(bound) => DayKind::Anniversary(Box::new(self.take(&bound).0)),
                None => DayKind::Error,
            },
            Rule::date | Rule::odd_date_mistake => match self.literal(pair) {
                Some(Literal::Date(day)) => DayKind::Date(day),
                _ => DayKind::Error,
            },
            Rule::name if WEEKDAYS.iter().any(|day| day.eq_ignore_ascii_case(pair.as_str().trim_end())) => {
                self.report(messages::weekday_alone(self.span(&pair), pair.as_str().trim_end()));
                DayKind::Error
            }
            Rule::name => DayKind::Named(self.word(&pair)),
            _ => DayKind::Error,
        }
    }

    fn day_of_year(&mut self, pair: Pair<'_>) -> DayKind {
        let span = self.span(&pair);
        let text = pair.as_str();
        let (mut day, mut month, mut worded, mut first) = (0, 1, false, true);
        for inner in pair.into_inner() {
            let written = inner.as_str().trim_end();
            match inner.as_rule() {
                Rule::digits | Rule::ordinal_mistake => {
                    worded |= inner.as_rule() == Rule::ordinal_mistake;
                    let number = written.trim_end_matches(|character: char| !character.is_ascii_digit());
                    day = number.parse().unwrap_or(u32::MAX);
                }
                Rule::month_name => {
                    month = month_of(written).unwrap_or(1);
                    worded |= first || !MONTHS.iter().any(|month| month.eq_ignore_ascii_case(written));
                }
                _ => worded = true,
            }
            first = false;
        }
        let name = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
        let most = days_in_month(LEAP_YEAR, month);
        if !(1..=most).contains(&day) {
            self.report(messages::no_such_day(span, text.trim_end(), name, most));
            return DayKind::Error;
        }
        if worded {
            self.report(messages::day_wording(span, &format!("{day} {name}")));
        }
        DayKind::OfYear { day, month }
    }

    /// `in the 10 days before valentines`
    pub(super) fn near_occasion(&mut self, pair: Pair<'_>) -> (Amount, bool, Option<Word>) {
        let (mut amount, mut before, mut name) = (Amount { count: 1, unit: Unit::Day }, false, None);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::amount => amount = self.amount(inner),
                Rule::unit => amount.unit = super::windows::unit_named(inner.as_str()),
                Rule::before_word => before = true,
                Rule::name => name = Some(self.word(&inner)),
                _ => {}
            }
        }
        (amount, before, name)
    }

    /// Says which days can be written, where none was.
    pub(super) fn diagnose_broken_occasion(&mut self, span: Span) {
        let words = self.source.slice(span).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((_, mend)) = FEASTS.iter().find(|(name, _)| *name == words) {
            return self.report(messages::day_wording(span, mend));
        }
        if let Some((from, to)) = words.split_once(" to ").filter(|(from, _)| !from.starts_with("from ")) {
            return self.report(messages::day_wording(span, &format!("from {from} to {to}")));
        }
        if let Some((one, other)) = words.split_once(" and ") {
            return self.report(messages::day_wording(span, &format!("{one}, {other}")));
        }
        let known = MONTHS.iter().chain(&WEEKDAYS).chain(&NUMBERS).chain(&WORDS);
        for lexeme in self.lexemes_in(span) {
            let written = lexeme.text(&self.source.text).to_lowercase();
            let near = known.clone().map(|word| (strsim::damerau_levenshtein(word, &written), *word)).min();
            if let Some((distance @ 1..=2, word)) = near.filter(|_| lexeme.kind == LexemeKind::Word)
                && distance * 3 <= word.len()
            {
                let at = Span::new(self.file, lexeme.start as usize, lexeme.end as usize);
                return self.report(messages::misspelt_day(at, self.source.slice(at), word));
            }
        }
        self.report(messages::broken_occasion(span, self.source.slice(span)));
    }
}

/// Feasts by the names that people write, as far as their days are the same wherever they are kept.
const FEASTS: [(&str, &str); 16] = [
    ("good friday", "2 days before easter"),
    ("holy saturday", "1 day before easter"),
    ("easter sunday", "easter"),
    ("easter monday", "1 day after easter"),
    ("palm sunday", "7 days before easter"),
    ("maundy thursday", "3 days before easter"),
    ("ash wednesday", "46 days before easter"),
    ("ascension day", "39 days after easter"),
    ("pentecost", "49 days after easter"),
    ("whit monday", "50 days after easter"),
    ("christmas day", "25 december"),
    ("christmas eve", "24 december"),
    ("boxing day", "26 december"),
    ("new year's eve", "31 december"),
    ("new year's day", "1 january"),
    ("valentine's day", "14 february"),
];
const NUMBERS: [&str; 6] = ["last", "first", "second", "third", "fourth", "fifth"];
const WORDS: [&str; 5] = ["easter", "orthodox", "anniversary", "before", "after"];

/// From 1.
fn month_of(word: &str) -> Option<u32> {
    place_in(&MONTHS, word)
}

/// From 1, Monday.
fn weekday_of(word: &str) -> Option<u32> {
    place_in(&WEEKDAYS, word)
}

/// The place of a word, or of one that starts with it where it is cut short, as `feb` and `sept` are.
fn place_in(words: &[&str], word: &str) -> Option<u32> {
    let word = word.trim().to_ascii_lowercase();
    let at = words.iter().position(|known| *known == word || (word.len() >= 3 && known.starts_with(&word)))?;
    u32::try_from(at + 1).ok()
}

/// `last` is 0.
fn nth_of(word: &str) -> u32 {
    match word.trim().to_ascii_lowercase().as_str() {
        "first" | "1st" => 1,
        "second" | "2nd" => 2,
        "third" | "3rd" => 3,
        "fourth" | "4th" => 4,
        "fifth" | "5th" => 5,
        _ => 0,
    }
}
