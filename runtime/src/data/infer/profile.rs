//! What the values of a column could be, found by looking at them.
#![expect(clippy::indexing_slicing, reason = "the place was found in, or pushed to, the list just before")]

use crate::data::canonical_integer;
use crate::data::convert::scalar;
use crate::data::moments::{MICROS_PER_DAY, Moment};
use crate::data::raw::{Raw, RawField};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Different values of a column, up to which all are kept with their counts.
pub(crate) const FEW: usize = 40;
/// Different values up to which a column is known to be unique or not.
const MANY: usize = 4_000_000;

/// Kinds of values, as a set of bits.
pub(crate) type Kinds = u16;
pub(crate) const BOOLEAN: Kinds = 1;
pub(crate) const INTEGER: Kinds = 2;
pub(crate) const NUMBER: Kinds = 4;
pub(crate) const DATE: Kinds = 8;
pub(crate) const MOMENT: Kinds = 16;
pub(crate) const ZONE: Kinds = 32;
pub(crate) const TEXT: Kinds = 64;
pub(crate) const LIST: Kinds = 128;
pub(crate) const RECORD: Kinds = 256;
pub(crate) const DURATION: Kinds = 512;
/// Numbers with a percent sign.
pub(crate) const PERCENT: Kinds = 1024;
/// Dates in a form that is not read, such as 03/04/2026.
pub(crate) const OTHER_DATE: Kinds = 2048;
/// Latitude and longitude, in one text or record.
pub(crate) const LOCATION: Kinds = 4096;

/// What is known about a column.
#[derive(Debug, Clone)]
pub(crate) struct ColumnProfile {
    pub(crate) name: String,
    pub(crate) rows: u64,
    pub(crate) missing: u64,
    /// The kinds that every value seen can be read as.
    pub(crate) kinds: Kinds,
    /// Decimals of the numbers, at most; 5 for more than money has.
    pub(crate) decimals: u8,
    pub(crate) least: f64,
    pub(crate) greatest: f64,
    /// Characters of the longest text.
    pub(crate) longest: usize,
    /// The newest date or time, in microseconds.
    pub(crate) newest: Option<i64>,
    /// Whether no row has a newer one: all were looked at, or the file says so.
    pub(crate) newest_is_sure: bool,
    /// A time without a zone was among them.
    pub(crate) zoneless: bool,
    /// A text was not UTF-8.
    pub(crate) foreign: bool,
    /// The different values with their counts, while they are few.
    pub(crate) few: Option<BTreeMap<String, u64>>,
    /// Hashes of the different values, as ids in canonical form.
    pub(crate) distinct: FxHashSet<u64>,
    /// Whether a value occurred twice, or there were too many to tell.
    pub(crate) repeated: bool,
    /// Lists: their elements.
    pub(crate) elements: Option<Box<ColumnProfile>>,
    /// Records: their fields.
    pub(crate) fields: Vec<ColumnProfile>,
}

impl ColumnProfile {
    pub(crate) fn new(name: &str) -> ColumnProfile {
        ColumnProfile {
            name: name.to_owned(),
            rows: 0,
            missing: 0,
            kinds: Kinds::MAX,
            decimals: 0,
            least: f64::INFINITY,
            greatest: f64::NEG_INFINITY,
            longest: 0,
            newest: None,
            newest_is_sure: false,
            zoneless: false,
            foreign: false,
            few: Some(BTreeMap::new()),
            distinct: FxHashSet::default(),
            repeated: false,
            elements: None,
            fields: Vec::new(),
        }
    }

    /// Whether every value can be read as this kind; false where there is no value.
    pub(crate) fn is(&self, kind: Kinds) -> bool {
        self.kinds & kind != 0 && self.missing < self.rows
    }

    /// Whether each row has a value of its own.
    pub(crate) fn is_unique(&self) -> bool {
        self.rows > 0 && self.missing == 0 && !self.repeated
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, raw: &Raw<'_>) {
        self.rows += 1;
        if is_missing(raw) {
            self.missing += 1;
            return;
        }
        match raw {
            Raw::List(items) => {
                self.kinds &= LIST;
                let elements = self.elements.get_or_insert_with(|| Box::new(ColumnProfile::new("")));
                items.iter().for_each(|item| elements.add(item));
                return;
            }
            Raw::Record(cells) => {
                self.kinds &= if is_location(raw) { RECORD | LOCATION } else { RECORD };
                add_record(&mut self.fields, self.rows - self.missing - 1, cells);
                return;
            }
            Raw::Bytes(_) => self.foreign = true,
            Raw::Text(text) if text.starts_with("[") => {
                if let Ok(Raw::List(items)) = serde_json::from_str(text) {
                    self.add_list_in_text(&items);
                    return;
                }
            }
            _ => {}
        }
        self.kinds &= kinds_of(raw, self.kinds);
        self.measure(raw);
        match raw {
            // Nobody looks these up, and no list of them would be declared.
            Raw::ClockTime(_) | Raw::Instant(_) | Raw::Date(_) | Raw::Duration(_) => self.forget(),
            Raw::Float(value) if value.fract() != 0.0 => self.forget(),
            Raw::Integer(number) => self.remember(|| number.to_string(), hash_of_integer(*number)),
            Raw::Float(number) if number.abs() < 1e15 => {
                self.remember(|| number.to_string(), hash_of_integer(*number as i64));
            }
            Raw::Text(text) => {
                self.longest = self.longest.max(text.chars().count());
                self.remember(|| text.to_string(), hash_of(text));
            }
            other => {
                let text = other.written();
                self.remember(|| text.clone(), hash_of(&text));
            }
        }
    }

    /// Different values are of no interest.
    fn forget(&mut self) {
        self.few = None;
        self.repeated = true;
    }

    /// Adds what is known about the same column of another file.
    pub(crate) fn join(&mut self, other: ColumnProfile) {
        let both = !self.distinct.is_disjoint(&other.distinct);
        self.repeated |= other.repeated || both;
        self.rows += other.rows;
        self.missing += other.missing;
        self.kinds &= other.kinds;
        self.decimals = self.decimals.max(other.decimals);
        self.least = self.least.min(other.least);
        self.greatest = self.greatest.max(other.greatest);
        self.longest = self.longest.max(other.longest);
        self.newest = self.newest.max(other.newest);
        self.newest_is_sure &= other.newest_is_sure;
        self.zoneless |= other.zoneless;
        self.foreign |= other.foreign;
        self.distinct.extend(other.distinct);
        self.few = match (self.few.take(), other.few) {
            (Some(mut few), Some(more)) => {
                more.into_iter().for_each(|(value, count)| *few.entry(value).or_insert(0) += count);
                Some(few).filter(|few| few.len() <= FEW)
            }
            _ => None,
        };
        match (&mut self.elements, other.elements) {
            (Some(elements), Some(more)) => elements.join(*more),
            (None, more) => self.elements = more,
            _ => {}
        }
        for field in other.fields {
            match self.fields.iter_mut().find(|own| own.name == field.name) {
                Some(own) => own.join(field),
                None => self.fields.push(field),
            }
        }
    }

    /// Takes over what a file says of itself where not all of its rows were looked at: the newest time, and how many of all
    /// rows are missing.
    pub(crate) fn told(&mut self, newest: Option<i64>, missing: Option<u64>, all: u64) {
        if newest.is_some() {
            self.newest = newest;
            self.newest_is_sure = true;
        }
        if let Some(missing) = missing.filter(|missing| *missing > 0 && self.missing == 0) {
            let share = u128::from(missing) * u128::from(self.rows) / u128::from(all.max(1));
            self.missing = u64::try_from(share).unwrap_or(1).clamp(1, self.rows.max(1));
        }
    }

    fn add_list_in_text(&mut self, items: &[Raw<'_>]) {
        self.kinds &= LIST;
        let elements = self.elements.get_or_insert_with(|| Box::new(ColumnProfile::new("")));
        items.iter().for_each(|item| elements.add(item));
    }

    fn measure(&mut self, raw: &Raw<'_>) {
        if self.kinds & (NUMBER | PERCENT) != 0
            && let Ok(Some(number)) = scalar::percent(raw, false)
        {
            self.least = self.least.min(number);
            self.greatest = self.greatest.max(number);
            if self.decimals < 5 && number.fract() != 0.0 {
                self.decimals = self.decimals.max(decimals(number));
            }
        }
        let moment = match (self.kinds & DATE != 0, self.kinds & MOMENT != 0) {
            (true, _) => {
                // Should times with a clock follow, this is midnight, wherever.
                self.zoneless = true;
                moment_of(raw)
            }
            (_, true) => match scalar::moment(raw) {
                Ok(Some(Moment::Instant(micros))) => Some(micros),
                Ok(Some(Moment::ClockTime(micros))) => {
                    self.zoneless = true;
                    Some(micros)
                }
                _ => None,
            },
            _ => None,
        };
        self.newest = self.newest.max(moment);
    }

    fn remember(&mut self, text: impl Fn() -> String, hash: u64) {
        if let Some(few) = &mut self.few {
            *few.entry(text()).or_insert(0) += 1;
            if few.len() > FEW {
                self.few = None;
            }
        }
        if self.distinct.len() < MANY {
            self.repeated |= !self.distinct.insert(hash);
        } else {
            self.repeated = true;
        }
    }
}

/// A date or time in microseconds.
pub(crate) fn moment_of(raw: &Raw<'_>) -> Option<i64> {
    if let Ok(Some(day)) = scalar::date(raw) {
        return Some(i64::from(day) * MICROS_PER_DAY);
    }
    match scalar::moment(raw) {
        Ok(Some(Moment::Instant(micros) | Moment::ClockTime(micros))) => Some(micros),
        _ => None,
    }
}

/// Adds a record's cells to the profiles of its fields; `before` records came before it.
pub(crate) fn add_record(fields: &mut Vec<ColumnProfile>, before: u64, cells: &[RawField<'_>]) {
    for (name, raw) in cells {
        let place = fields.iter().position(|field| field.name == **name).unwrap_or_else(|| {
            let mut field = ColumnProfile::new(name);
            (field.rows, field.missing) = (before, before);
            fields.push(field);
            fields.len() - 1
        });
        // A name that occurs twice in a record counts once.
        if fields[place].rows == before {
            fields[place].add(raw);
        }
    }
    for field in fields.iter_mut().filter(|field| field.rows == before) {
        field.add(&Raw::Missing);
    }
}

/// Decimals of a number but for what binary arithmetic leaves behind (0.1 + 0.2 has one); 5 for more than four.
fn decimals(number: f64) -> u8 {
    let fits = |count: &u8| {
        let shifted = number * 10_f64.powi(i32::from(*count));
        (shifted - shifted.round()).abs() <= 1e-6
    };
    (0..5).find(fits).unwrap_or(5)
}

fn is_missing(raw: &Raw<'_>) -> bool {
    match raw {
        Raw::Missing | Raw::Empty => true,
        Raw::Float(value) => value.is_nan(),
        _ => false,
    }
}

/// The kinds a value can be read as, of those that are still possible.
fn kinds_of(raw: &Raw<'_>, possible: Kinds) -> Kinds {
    match raw {
        Raw::Boolean(_) => BOOLEAN,
        Raw::Integer(_) => INTEGER | NUMBER | TEXT,
        Raw::Float(value) if value.fract() == 0.0 => INTEGER | NUMBER | TEXT,
        Raw::Unsigned(_) | Raw::Float(_) => NUMBER | TEXT,
        Raw::Decimal { scale, .. } if *scale <= 0 => INTEGER | NUMBER | TEXT,
        Raw::Decimal { .. } => NUMBER | TEXT,
        Raw::Date(_) => DATE | TEXT,
        Raw::ClockTime(clock) if clock.rem_euclid(MICROS_PER_DAY) == 0 => DATE | MOMENT,
        Raw::ClockTime(_) | Raw::Instant(_) => MOMENT,
        Raw::Duration(_) => DURATION,
        Raw::Text(text) => TEXT | kinds_of_text(raw, text, possible),
        _ => 0,
    }
}

fn kinds_of_text(raw: &Raw<'_>, text: &str, possible: Kinds) -> Kinds {
    let known = |judged: Result<bool, &'static str>| judged == Ok(true);
    let tests: [(Kinds, &dyn Fn() -> bool); 10] = [
        (BOOLEAN, &|| text.len() > 1 && known(scalar::boolean(raw).map(|found| found.is_some()))),
        // Codes such as 007 are no numbers.
        (INTEGER, &|| !is_code(text) && known(scalar::integer(raw).map(|found| found.is_some()))),
        (NUMBER, &|| !is_code(text) && known(scalar::number(raw).map(|found| found.is_some()))),
        (PERCENT, &|| text.ends_with('%') && known(scalar::percent(raw, true).map(|found| found.is_some()))),
        (DATE, &|| known(scalar::date(raw).map(|found| found.is_some()))),
        (MOMENT, &|| known(scalar::moment(raw).map(|found| found.is_some()))),
        (DURATION, &|| known(scalar::duration(raw).map(|found| found.is_some()))),
        (ZONE, &|| text.contains('/') && known(scalar::zone(raw).map(|found| found.is_some()))),
        (OTHER_DATE, &|| is_other_date(text)),
        // `1,5` is a number as some write it.
        (LOCATION, &|| text.matches('.').count() == 2 && is_location(raw)),
    ];
    tests.iter().filter(|(kind, test)| possible & kind != 0 && test()).map(|(kind, _)| kind).sum()
}

fn is_location(raw: &Raw<'_>) -> bool {
    matches!(scalar::location(raw), Ok(Some(_)))
}

fn is_code(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.")
}

/// `3/4/2026`, `03.04.26`, `2026/04/03`.
fn is_other_date(text: &str) -> bool {
    let date = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = date.split(['/', '.', '-']).collect();
    let digits = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(digits)
}

/// A hash that is equal for ids with the same canonical text.
fn hash_of(text: &str) -> u64 {
    if let Some(number) = canonical_integer(text) {
        return hash_of_integer(number);
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn hash_of_integer(number: i64) -> u64 {
    let mut hasher = DefaultHasher::new();
    number.hash(&mut hasher);
    hasher.finish()
}
