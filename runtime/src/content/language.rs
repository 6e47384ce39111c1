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
use segue_compiler::values::{Currency, MONEY_SCALE, Value};
use writeable::TryWriteable;

/// Decimals of a number that no pattern is given for, at most: those of CLDR's decimal format.
const DECIMALS: u8 = 3;
/// Decimals of a share, at most, so that 12.5% is not 12%.
const SHARE_DECIMALS: u8 = 2;
/// Decimals that money is kept with.
const MONEY_DECIMALS: i16 = MONEY_SCALE.ilog10() as i16;
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
            (Value::Date(day), _) => match NaiveDate::from_epoch_days(*day) {
                Some(date) => self.moment(date.and_time(chrono::NaiveTime::MIN), false, pattern),
                None => String::new(),
            },
            (Value::Instant(micros), _) => match DateTime::from_timestamp_micros(*micros) {
                Some(instant) => self.moment(instant.with_timezone(&self.zone).naive_local(), true, pattern),
                None => String::new(),
            },
            (Value::Integer(whole), _) => self.number(Decimal::from(*whole), pattern_of_numbers),
            (Value::Number(number), ty) => match (decimal(*number), ty, pattern_of_numbers) {
                (Some(share), Type::Percent, None) => self.share(times_tens(share, 2)),
                (Some(share), Type::Percent, pattern) => self.number(times_tens(share, 2), pattern),
                (Some(number), _, pattern) => self.number(number, pattern),
                // It is not finite, which no rule makes.
                (None, ..) => number.to_string(),
            },
            (Value::Money(units), Type::Money(currency)) if pattern_of_numbers.is_none() => {
                self.priced(amount(*units), *currency)
            }
            (Value::Money(units), _) => self.number(amount(*units), pattern_of_numbers),
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

    fn number(&self, number: Decimal, pattern: Option<NumberPattern>) -> String {
        let mut number = rounded(number, pattern.map_or(DECIMALS, |pattern| pattern.most));
        let formatter = match pattern {
            None => &self.numbers,
            Some(NumberPattern { grouped, whole, least, .. }) => {
                number.absolute.pad_end(-i16::from(least));
                number.absolute.pad_start(whole.into());
                if grouped { &self.grouped } else { &self.bare }
            }
        };
        formatter.as_ref().map_or_else(|| number.to_string(), |numbers| numbers.format(&number).to_string())
    }

    fn share(&self, percent: Decimal) -> String {
        let percent = rounded(percent, SHARE_DECIMALS);
        self.shares.as_ref().map_or_else(|| format!("{percent}%"), |shares| shares.format(&percent).to_string())
    }

    /// Money with the sign of its currency, rounded as is usual for that.
    fn priced(&mut self, mut amount: Decimal, currency: Currency) -> String {
        let locale = &self.locale;
        let formatter = self.money.entry(currency).or_insert_with(|| {
            let value: unicode::Value = currency.code().to_ascii_lowercase().parse().ok()?;
            let currency = (&value).try_into().ok()?;
            CurrencyFormatter::try_new_symbol(locale.into(), currency, Default::default()).ok()
        });
        let Some(formatter) = formatter else { return format!("{amount} {}", currency.code()) };
        let shown = |amount: &Decimal| formatter.format_fixed_decimal(amount).to_string();
        // What is rounded to nothing has no sign.
        let size = amount.clone().with_sign(Sign::None);
        if shown(&size) == shown(&Decimal::from(0)) {
            amount = size;
        }
        shown(&amount)
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

/// A number exactly as it is written, where it is finite.
fn decimal(number: f64) -> Option<Decimal> {
    number.to_string().parse().ok()
}

fn times_tens(mut number: Decimal, tens: i16) -> Decimal {
    number.absolute.multiply_pow10(tens);
    number
}

/// Units of money as the amount that they are.
fn amount(units: i64) -> Decimal {
    let mut amount = times_tens(Decimal::from(units), -MONEY_DECIMALS);
    amount.absolute.trim_end();
    amount
}

/// A number with so many decimals at most, halves going away from zero, and no zeros at its ends; nothing has no sign.
fn rounded(mut number: Decimal, most: u8) -> Decimal {
    number.round_with_mode(-i16::from(most), NEAREST);
    number.absolute.trim_start();
    number.absolute.trim_end();
    if number.absolute.is_zero() {
        number.sign = Sign::None;
    }
    number
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
