//! Written values: texts, numbers, money, dates and times.

use super::{Pair, Reader};
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::tree::{Amount, Literal, Unit, Word, WrittenTime};
use chrono::{Datelike, NaiveDate};
use segue_grammar::Rule;
use std::sync::Arc;

/// Days from 0000-12-31 to 1970-01-01.
const DAYS_BEFORE_1970: i32 = 719_163;
const MICROS_PER_SECOND: i64 = 1_000_000;

impl Reader<'_> {
    /// A written value; `None` where it has none, about which a message was given.
    pub(super) fn literal(&mut self, pair: Pair<'_>) -> Option<Literal> {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::text => pair.into_inner().next().map(|inner| Literal::Text(self.text_of(inner))),
            Rule::unclosed_text | Rule::single_text_mistake => Some(Literal::Text(self.text_of(pair))),
            Rule::number => self.number(pair),
            Rule::percent => {
                let written = self.number_text(pair.into_inner().next()?)?;
                format!("{written}e-2").parse().ok().map(Literal::Percent)
            }
            Rule::money => self.money(pair),
            Rule::duration => {
                let mut inner = pair.into_inner();
                let number = inner.next()?;
                let unit = unit_of(inner.next()?.as_str())?;
                Some(Literal::Duration(Amount { count: self.whole_number(number)?, unit }))
            }
            Rule::date => self.day(span, pair.as_str()).map(Literal::Date),
            Rule::datetime => self.datetime(span, pair.as_str()).map(Literal::Datetime),
            Rule::clock => self.clock(span, pair.as_str()).map(Literal::Clock),
            Rule::odd_date_mistake => {
                self.odd_date(span, pair.as_str());
                None
            }
            Rule::number_tail_mistake => {
                self.report(messages::number_with_tail(span, pair.as_str()));
                None
            }
            _ => None,
        }
    }

    /// The content of a text in whatever quotes.
    pub(super) fn text_of(&mut self, pair: Pair<'_>) -> Arc<str> {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::unclosed_text => {
                let written = self.source.slice(span);
                let content = written.trim_start_matches(['"', '“', '”', '„']).trim_end_matches(['”', '“']);
                Arc::from(unescape(content))
            }
            Rule::single_text_mistake => {
                let content = between_quotes(pair.as_str());
                self.report(messages::single_quotes(span, content));
                Arc::from(content)
            }
            _ => Arc::from(unescape(between_quotes(pair.as_str()))),
        }
    }

    fn number(&mut self, pair: Pair<'_>) -> Option<Literal> {
        self.number_of(pair.into_inner().next()?)
    }

    /// An integer or a number; `None` where it is too large, about which a message was given.
    pub(super) fn number_of(&mut self, any_number: Pair<'_>) -> Option<Literal> {
        let span = self.span(&any_number);
        let written = self.number_text(any_number)?;
        if written.contains('.') {
            return written.parse().ok().map(Literal::Number);
        }
        match written.parse() {
            Ok(value) => Some(Literal::Integer(value)),
            // The smallest whole number has no positive twin; with the sign before it, it is read as a whole.
            Err(_) if written == i64::MIN.unsigned_abs().to_string() && self.is_behind_minus(span) => {
                Some(Literal::Integer(i64::MIN))
            }
            Err(_) => {
                let is_plain = self.source.slice(span).bytes().all(|byte| byte.is_ascii_digit());
                self.report(match is_plain {
                    true => messages::whole_number_too_large(span),
                    false => messages::number_too_large(span),
                });
                None
            }
        }
    }

    fn is_behind_minus(&self, span: Span) -> bool {
        let before = self.scan.masked.get(..span.start as usize).unwrap_or("");
        before.trim_end_matches([' ', '\n']).ends_with('-')
    }

    /// The plain digits of a number, habits from elsewhere mended and reported.
    fn number_text(&mut self, any_number: Pair<'_>) -> Option<String> {
        let span = self.span(&any_number);
        let form = any_number.into_inner().next()?;
        let written = form.as_str();
        let plain = match form.as_rule() {
            Rule::thousands_mistake => written.replace(',', ""),
            Rule::fraction_mistake => format!("0{written}"),
            Rule::exponent_mistake => match written_out(written) {
                Some(plain) => plain,
                None => {
                    self.report(messages::number_too_large(span));
                    return None;
                }
            },
            _ => return Some(written.to_owned()),
        };
        self.report(messages::number_form(span, written, &plain));
        Some(plain)
    }

    /// A number that counts units or rows; `None` where it is no whole number, about which a message was given.
    pub(super) fn whole_number(&mut self, any_number: Pair<'_>) -> Option<i64> {
        let span = self.span(&any_number);
        let written = self.number_text(any_number)?;
        if written.contains('.') {
            self.report(messages::not_whole(span));
            return None;
        }
        let value = written.parse().ok();
        if value.is_none() {
            self.report(messages::number_too_large(span));
        }
        value
    }

    fn money(&mut self, pair: Pair<'_>) -> Option<Literal> {
        let span = self.span(&pair);
        let mut units = None;
        let mut currency = None;
        let mut plain = String::new();
        let mut sign = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::any_number => {
                    plain = self.number_text(inner.clone())?;
                    units = ten_thousandths(&plain);
                }
                Rule::currency => {
                    let word = self.word(&inner);
                    currency = Some(Word { text: Arc::from(word.text.to_uppercase()), ..word });
                }
                _ => sign = Some(inner.as_str().to_owned()),
            }
        }
        if let Some(sign) = sign {
            let (name, sure) = match sign.as_str() {
                "€" => ("EUR", true),
                "£" => ("GBP", true),
                "¥" => ("JPY", false),
                _ => ("USD", false),
            };
            self.report(messages::currency_sign(span, &sign, &plain, name, sure));
            currency = Some(Word { text: Arc::from(name), span });
        }
        let Some(units) = units else {
            self.report(messages::money_form(span, &plain));
            return None;
        };
        Some(Literal::Money { units, currency: currency? })
    }

    fn day(&mut self, span: Span, written: &str) -> Option<i32> {
        let mut numbers = written.split('-').map(|part| part.parse::<u32>().ok());
        let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
        let found = days_since_1970(year, month, day);
        if found.is_none() {
            self.report(messages::no_such_date(span, written, year, month, day));
        }
        found
    }

    fn clock(&mut self, span: Span, written: &str) -> Option<u32> {
        let mut numbers = written.split(':').map(|part| part.parse::<u32>().ok());
        let (hour, minute) = (numbers.next()??, numbers.next()??);
        let second = numbers.next().flatten().unwrap_or(0);
        let total = hour * 3600 + minute * 60 + second;
        if minute > 59 || second > 59 || total > 86_400 {
            self.report(messages::no_such_time(span, written));
            return None;
        }
        Some(total)
    }

    fn datetime(&mut self, span: Span, written: &str) -> Option<WrittenTime> {
        let (date, rest) = written.split_at_checked(10)?;
        let day = self.day(span, date)?;
        let rest = rest.trim_start_matches(['T', 't', ' ']);
        let clock_length = rest.find(|character: char| !(character.is_ascii_digit() || character == ':'));
        let (clock, rest) = rest.split_at_checked(clock_length.unwrap_or(rest.len()))?;
        let seconds = self.clock(span, clock)?;
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(after) => after.split_at_checked(after.bytes().take_while(u8::is_ascii_digit).count())?,
            None => ("", rest),
        };
        if fraction.len() > 6 {
            self.report(messages::no_such_time(span, written));
            return None;
        }
        let micros: i64 = if fraction.is_empty() { 0 } else { format!("{fraction:0<6}").parse().ok()? };
        let offset = self.offset(span, rest.trim())?;
        Some(WrittenTime { day, micros: i64::from(seconds) * MICROS_PER_SECOND + micros, offset })
    }

    /// The offset in seconds; the outer `None` where it does not exist.
    fn offset(&mut self, span: Span, written: &str) -> Option<Option<i32>> {
        if written.is_empty() {
            return Some(None);
        }
        if written.eq_ignore_ascii_case("z") {
            return Some(Some(0));
        }
        let (sign, clock) = written.split_at_checked(1)?;
        let mut numbers = clock.split(':').map(|part| part.parse::<i32>().ok());
        let (hours, minutes) = (numbers.next()??, numbers.next()??);
        if hours > 14 || minutes > 59 {
            self.report(messages::no_such_time(span, written));
            return None;
        }
        let seconds = hours * 3600 + minutes * 60;
        Some(Some(if sign == "-" { -seconds } else { seconds }))
    }

    fn odd_date(&mut self, span: Span, written: &str) {
        let numbers: Vec<u32> = written.split(['/', '.', '-']).filter_map(|part| part.parse().ok()).collect();
        let [first, second, third] = numbers[..] else { return };
        let exists = |year, month, day| days_since_1970(year, month, day).map(|_| (year, month, day));
        let readings: Vec<(u32, u32, u32)> = if first > 31 {
            exists(first, second, third).into_iter().collect()
        } else {
            let day_first = exists(third, second, first);
            let month_first = exists(third, first, second).filter(|_| first != second);
            day_first.into_iter().chain(month_first).collect()
        };
        self.report(messages::odd_date(span, written, &readings));
    }
}

/// Days since 1970-01-01 of a day that exists.
pub(super) fn days_since_1970(year: u32, month: u32, day: u32) -> Option<i32> {
    let year = i32::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
    Some(NaiveDate::from_ymd_opt(year, month, day)?.num_days_from_ce() - DAYS_BEFORE_1970)
}

/// What a written text says, in whatever quotes; in single ones a backslash is a letter like any other.
pub(super) fn text_content(written: &str) -> String {
    let content = between_quotes(written);
    if written.starts_with(['\'', '‘']) { content.to_owned() } else { unescape(content) }
}

fn between_quotes(written: &str) -> &str {
    let mut characters = written.trim_end().chars();
    characters.next();
    characters.next_back();
    characters.as_str()
}

/// `\"` is a quote, `\\` a backslash; any other backslash stands for itself, so that patterns read as usual.
fn unescape(content: &str) -> String {
    let mut found = String::with_capacity(content.len());
    let mut characters = content.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some(next @ ('"' | '\\'))) => {
                found.push(*next);
                characters.next();
            }
            _ => found.push(character),
        }
    }
    found
}

/// A decimal as ten-thousandths, exactly; `None` beyond four decimals or 64 bits.
fn ten_thousandths(written: &str) -> Option<i64> {
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 4 {
        return None;
    }
    format!("{whole}{fraction:0<4}").parse().ok()
}

/// `1e6` in plain digits.
fn written_out(written: &str) -> Option<String> {
    let lower = written.to_ascii_lowercase();
    let (mantissa, exponent) = lower.split_once('e')?;
    let exponent: i32 = exponent.parse().ok().filter(|exponent: &i32| exponent.abs() <= 18)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let plain = if point <= 0 {
        format!("0.{}{digits}", "0".repeat(usize::try_from(-point).ok()?))
    } else {
        let point = usize::try_from(point).ok()?;
        if point >= digits.len() {
            format!("{digits}{}", "0".repeat(point - digits.len()))
        } else {
            format!("{}.{}", digits.get(..point)?, digits.get(point..)?)
        }
    };
    let trimmed = plain.trim_start_matches('0');
    Some(if trimmed.is_empty() || trimmed.starts_with('.') { format!("0{trimmed}") } else { trimmed.to_owned() })
}

/// The unit a word names, singular or plural.
pub(super) fn unit_of(word: &str) -> Option<Unit> {
    let lower = word.trim().to_ascii_lowercase();
    Some(match lower.strip_suffix('s').unwrap_or(&lower) {
        "second" => Unit::Second,
        "minute" => Unit::Minute,
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "quarter" => Unit::Quarter,
        "year" => Unit::Year,
        _ => return None,
    })
}

/// A word of a unit made to agree with a count; `None` where the word is no unit.
pub(crate) fn unit_word(word: &str, count: i64) -> Option<&'static str> {
    unit_of(word).map(|unit| super::windows::unit_text(unit, count))
}
