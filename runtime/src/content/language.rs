//! Values in the words of a language: dates, numbers, money and lists as CLDR has them, by ICU4X.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike};
use chrono_tz::Tz;
use fixed_decimal::{Decimal, Sign, SignedRoundingMode, UnsignedRoundingMode};
use icu_calendar::{Date, Gregorian};
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::{YMD, YMDT};
use icu_datetime::input::{self, Time};
use icu_datetime::pattern::{DateTimePattern, FixedCalendarDateTimeNames};
use icu_decimal::DecimalFormatter;
use icu_decimal::options::GroupingStrategy;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::dimension::percent::formatter::PercentFormatter;
use icu_list::ListFormatter;
use icu_list::options::ListFormatterOptions;
use icu_locale_core::Locale;
use icu_locale_core::extensions::unicode;
use rustc_hash::FxHashMap;
use segue_compiler::program::{Settings, Type};
use segue_compiler::values::patterns::{self, NumberPattern};
use segue_compiler::values::{Currency, Value, money};
use writeable::TryWriteable;

/// Decimals of a number that no pattern is given for, at most: those of CLDR's decimal format.
const DECIMALS: usize = 3;
/// Decimals of a share, at most, so that 12.5% is not 12%.
const SHARE_DECIMALS: usize = 2;
/// As ICU4X rounds money: halves go away from zero.
const NEAREST: SignedRoundingMode = SignedRoundingMode::Unsigned(UnsignedRoundingMode::HalfExpand);
/// Languages that are kept ready: customers' data may hold anything.
const KEPT: usize = 256;

/// The languages that texts are in.
#[derive(Debug)]
pub struct Languages {
    zone: Tz,
    usual: Language,
    /// By the tag in customers' data; `None` where it names no language.
    others: FxHashMap<String, Option<Language>>,
}

impl Languages {
    /// The project's language, and those of customers as they come up.
    pub fn new(settings: &Settings) -> Languages {
        let locale = settings.locale.parse().unwrap_or(Locale::UNKNOWN);
        Languages { zone: settings.zone, usual: Language::new(&locale, settings.zone), others: FxHashMap::default() }
    }

    /// The language of a BCP 47 tag such as `pt-BR`, also written `pt_BR`; the project's where there is none or it is none.
    pub fn of(&mut self, tag: Option<&str>) -> &mut Language {
        let Some(tag) = tag else { return &mut self.usual };
        if self.others.len() >= KEPT && !self.others.contains_key(tag) {
            self.others.clear();
        }
        let zone = self.zone;
        let found = self.others.entry(tag.to_owned()).or_insert_with(|| {
            let locale: Option<Locale> = tag.trim().replace('_', "-").parse().ok();
            let language = locale.filter(|locale| !locale.id.is_unknown()).map(|locale| Language::new(&locale, zone));
            language.filter(Language::is_known)
        });
        found.as_mut().unwrap_or(&mut self.usual)
    }
}

/// How one language writes values. ICU4X falls back from a region to its language and on to the root, so data for a
/// formatter are always there; were they not, values would stand as rules write them.
pub struct Language {
    locale: Locale,
    zone: Tz,
    numbers: Option<DecimalFormatter>,
    /// With and without marks between thousands, whatever the language has.
    grouped: Option<DecimalFormatter>,
    bare: Option<DecimalFormatter>,
    shares: Option<PercentFormatter<DecimalFormatter>>,
    lists: Option<ListFormatter>,
    days: Option<FixedCalendarDateTimeFormatter<Gregorian, YMD>>,
    moments: Option<FixedCalendarDateTimeFormatter<Gregorian, YMDT>>,
    money: FxHashMap<Currency, Option<CurrencyFormatter<DecimalFormatter>>>,
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Language({})", self.locale)
    }
}

impl Language {
    fn new(locale: &Locale, zone: Tz) -> Language {
        let decimal = |strategy: GroupingStrategy| DecimalFormatter::try_new(locale.into(), strategy.into()).ok();
        Language {
            locale: locale.clone(),
            zone,
            numbers: decimal(GroupingStrategy::Auto),
            grouped: decimal(GroupingStrategy::Always),
            bare: decimal(GroupingStrategy::Never),
            shares: PercentFormatter::try_new(locale.into(), Default::default()).ok(),
            lists: ListFormatter::try_new_and(locale.into(), ListFormatterOptions::default()).ok(),
            days: FixedCalendarDateTimeFormatter::try_new(locale.into(), YMD::long()).ok(),
            moments: FixedCalendarDateTimeFormatter::try_new(locale.into(), YMD::long().with_time_hm()).ok(),
            money: FxHashMap::default(),
        }
    }

    /// Whether there are words for it: of a language that CLDR does not know, months are `M01`.
    fn is_known(&self) -> bool {
        let january = NaiveDate::from_ymd_opt(2026, 1, 1).map(|day| day.and_time(chrono::NaiveTime::MIN));
        january.is_some_and(|january| self.moment(january, false, Some("MMMM")) != "M01")
    }

    /// A value of a type in words; by a pattern where there is one (see [`segue_compiler::values::patterns`]).
    pub fn words(&mut self, value: &Value, ty: &Type, pattern: Option<&str>) -> String {
        let pattern_of_numbers = pattern.and_then(|pattern| patterns::number(pattern).ok());
        match (value, ty) {
            (Value::Date(day), _) => match date_of(*day) {
                Some(date) => self.moment(date.and_time(chrono::NaiveTime::MIN), false, pattern),
                None => String::new(),
            },
            (Value::Instant(micros), _) => match DateTime::from_timestamp_micros(*micros) {
                Some(instant) => self.moment(instant.with_timezone(&self.zone).naive_local(), true, pattern),
                None => String::new(),
            },
            (Value::Integer(whole), _) => self.number(&whole.to_string(), pattern_of_numbers),
            (Value::Number(share), Type::Percent) => {
                let most = pattern_of_numbers.map_or(SHARE_DECIMALS, |pattern| pattern.most.into());
                let percent = decimals(*share, 2, most);
                match pattern_of_numbers {
                    Some(pattern) => self.number(&percent, Some(pattern)),
                    None => self.share(&percent),
                }
            }
            (Value::Number(number), _) => {
                let most = pattern_of_numbers.map_or(DECIMALS, |pattern| pattern.most.into());
                self.number(&decimals(*number, 0, most), pattern_of_numbers)
            }
            (Value::Money(units), Type::Money(currency)) => match pattern_of_numbers {
                Some(pattern) => self.number(&money::text(*units), Some(pattern)),
                None => self.amount(&money::text(*units), *currency),
            },
            (Value::Money(units), _) => self.number(&money::text(*units), pattern_of_numbers),
            (Value::List(values), ty) => {
                let element = if let Type::List(element) = ty { element } else { ty };
                let words: Vec<String> = values.iter().map(|value| self.words(value, element, None)).collect();
                match &self.lists {
                    Some(lists) => lists.format(words.iter()).to_string(),
                    None => words.join(", "),
                }
            }
            (Value::Text(text), _) => text.to_string(),
            // The checker lets neither into a text.
            (Value::Boolean(truth), _) => truth.to_string(),
            (Value::Duration(micros), _) => micros.to_string(),
        }
    }

    fn number(&self, digits: &str, pattern: Option<NumberPattern>) -> String {
        let Ok(mut decimal) = digits.parse::<Decimal>() else { return digits.to_owned() };
        let Some(pattern) = pattern else {
            return self
                .numbers
                .as_ref()
                .map_or_else(|| digits.to_owned(), |numbers| numbers.format(&decimal).to_string());
        };
        decimal.round_with_mode(-i16::from(pattern.most), NEAREST);
        if decimal.absolute.is_zero() {
            decimal.sign = Sign::None;
        }
        decimal.absolute.trim_end();
        decimal.absolute.pad_end(-i16::from(pattern.least));
        decimal.absolute.pad_start(pattern.whole.into());
        let formatter = if pattern.grouped { &self.grouped } else { &self.bare };
        formatter.as_ref().map_or_else(|| digits.to_owned(), |numbers| numbers.format(&decimal).to_string())
    }

    fn share(&self, digits: &str) -> String {
        match (&self.shares, digits.parse::<Decimal>()) {
            (Some(shares), Ok(decimal)) => shares.format(&decimal).to_string(),
            _ => format!("{digits}%"),
        }
    }

    fn amount(&mut self, digits: &str, currency: Currency) -> String {
        let locale = &self.locale;
        let formatter = self.money.entry(currency).or_insert_with(|| {
            let value: unicode::Value = currency.code().to_ascii_lowercase().parse().ok()?;
            let currency = (&value).try_into().ok()?;
            CurrencyFormatter::try_new_symbol(locale.into(), currency, Default::default()).ok()
        });
        match (formatter, digits.parse::<Decimal>()) {
            (Some(formatter), Ok(mut decimal)) => {
                let shown = |decimal: &Decimal| formatter.format_fixed_decimal(decimal).to_string();
                // What is rounded to nothing has no sign.
                let mut size = decimal.clone();
                size.sign = Sign::None;
                if shown(&size) == shown(&Decimal::from(0)) {
                    decimal.sign = Sign::None;
                }
                shown(&decimal)
            }
            _ => format!("{digits} {}", currency.code()),
        }
    }

    fn moment(&self, moment: NaiveDateTime, clock: bool, pattern: Option<&str>) -> String {
        let plain = || if clock { moment.to_string() } else { moment.date().to_string() };
        let Some((date, time)) = input_of(moment) else { return plain() };
        if let Some(pattern) = pattern {
            return self.by_pattern(pattern, input::DateTime { date, time }).unwrap_or_else(plain);
        }
        match (clock, &self.days, &self.moments) {
            (false, Some(days), _) => days.format(&date).to_string(),
            (true, _, Some(moments)) => moments.format(&input::DateTime { date, time }).to_string(),
            _ => plain(),
        }
    }

    fn by_pattern(&self, pattern: &str, moment: input::DateTime<Gregorian>) -> Option<String> {
        let pattern: DateTimePattern = pattern.parse().ok()?;
        let mut names = FixedCalendarDateTimeNames::<Gregorian>::try_new((&self.locale).into()).ok()?;
        let mut text = String::new();
        let written = names.include_for_pattern(&pattern).ok()?.format(&moment).try_write_to(&mut text);
        written.ok()?.ok()?;
        Some(text)
    }
}

/// A number times so many tens (in decimals, so exactly what is written), with so many decimals at most, zeros at its end left out; halves of what is written out go away from zero.
fn decimals(number: f64, tens: i16, most: usize) -> String {
    let written = format!("{number}");
    let Ok(mut decimal) = written.parse::<Decimal>() else { return written };
    decimal.absolute.multiply_pow10(tens);
    decimal.absolute.trim_start();
    decimal.round_with_mode(-i16::try_from(most).unwrap_or(0), NEAREST);
    decimal.absolute.trim_end();
    if decimal.absolute.is_zero() { "0".to_owned() } else { decimal.to_string() }
}

fn date_of(day: i32) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(day)
}

fn input_of(moment: NaiveDateTime) -> Option<(Date<Gregorian>, Time)> {
    let small = |number: u32| u8::try_from(number).ok();
    let date = Date::try_new_gregorian(moment.year(), small(moment.month())?, small(moment.day())?).ok()?;
    let time = Time::try_new(
        small(moment.hour())?,
        small(moment.minute())?,
        small(moment.second())?,
        moment.nanosecond() % 1_000_000_000,
    )
    .ok()?;
    Some((date, time))
}
