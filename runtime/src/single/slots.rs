//! Values that are held as they are given, straight into their words. What these functions do not take is judged in
//! `convert`, which takes everything.

use super::Inner;
use super::layout::{Kind, Place, TableLayout};
use super::record::TableRows;
use crate::data::{Raw, canonical_integer, is_day, is_moment};
use std::borrow::Cow;

/// What is asked of a field each time a value is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// The word and bit that say whether it is known.
    bit: u64,
    word: u32,
    /// The first of its two words.
    at: u32,
    /// The dictionary of texts that rules speak of.
    dictionary: u32,
    /// The first of its texts are the listed ones.
    listed: u32,
    pub(super) form: Form,
    /// A missing value is nothing but that.
    may_lack: bool,
}

/// What is held as it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Integer,
    Boolean,
    Number,
    Money,
    Date,
    Instant,
    Text,
    Listed,
    Id,
    /// An id of its own row, held as a number where it is one.
    Key,
    /// Nothing.
    Other,
}

/// Beside a text: its first word is its number in the dictionary.
const NAMED: u64 = 1 << 63;
/// Beside an id: its first word is the number that it is.
const INTEGER: u64 = 1 << 62;

/// No dictionary.
const NONE: u32 = u32::MAX;

impl Slot {
    pub(super) fn new(table: &TableLayout, number: usize, place: &Place) -> Slot {
        let form = match &place.kind {
            Kind::Integer => Form::Integer,
            Kind::Boolean => Form::Boolean,
            Kind::Number | Kind::Percent(false) => Form::Number,
            Kind::Money => Form::Money,
            Kind::Date => Form::Date,
            Kind::Instant(_) => Form::Instant,
            Kind::Text => Form::Text,
            Kind::Listed(_) if place.listed > 0 => Form::Listed,
            Kind::Id if table.key == Some(number) && place.dictionary.is_none() => Form::Key,
            Kind::Id => Form::Id,
            _ => Form::Other,
        };
        let narrow = |number: usize| u32::try_from(number).unwrap_or(NONE);
        Slot {
            bit: place.known.1,
            word: narrow(place.known.0),
            at: narrow(place.at),
            dictionary: place.dictionary.map_or(NONE, narrow),
            listed: place.listed,
            form,
            may_lack: !place.required && form != Form::Other,
        }
    }
}

/// Money of a whole number of its currency.
const UNITS: i64 = 10_000;

impl TableRows {
    /// Puts a value at a field of the last row; false where it is not so simple.
    ///
    /// Inlined where the value's kind is known, so that nothing is left of finding it out.
    #[inline(always)]
    pub(super) fn put(&mut self, inner: &Inner, slot: Slot, raw: &Raw<'_>) -> bool {
        match raw {
            Raw::Integer(whole) => match slot.form {
                Form::Integer | Form::Key => {
                    let beside = if slot.form == Form::Key { INTEGER } else { 0 };
                    self.know(slot, whole.cast_unsigned(), beside)
                }
                _ => self.put_integer(inner, slot, *whole),
            },
            Raw::Text(Cow::Borrowed(text)) => self.put_text(inner, slot, text),
            Raw::Boolean(truth) => self.put_word(slot, Form::Boolean, u64::from(*truth)),
            Raw::Float(float) => float.is_finite() && self.put_word(slot, Form::Number, (float + 0.0).to_bits()),
            Raw::Decimal { units, scale: 4 } => match i64::try_from(*units) {
                Ok(units) => self.put_word(slot, Form::Money, units.cast_unsigned()),
                Err(_) => false,
            },
            Raw::Instant(micros) => is_moment(*micros) && self.put_word(slot, Form::Instant, micros.cast_unsigned()),
            Raw::Date(day) => {
                let day = i64::from(*day);
                is_day(day) && self.put_word(slot, Form::Date, day.cast_unsigned())
            }
            Raw::Missing => slot.may_lack && self.forget(slot),
            _ => false,
        }
    }

    /// Puts a word that means the value in fields of a form.
    #[inline(always)]
    fn put_word(&mut self, slot: Slot, form: Form, word: u64) -> bool {
        slot.form == form && self.know(slot, word, 0)
    }

    /// Puts a whole number.
    pub(super) fn put_integer(&mut self, inner: &Inner, slot: Slot, whole: i64) -> bool {
        match slot.form {
            Form::Integer => self.know(slot, whole.cast_unsigned(), 0),
            Form::Key => self.know(slot, whole.cast_unsigned(), INTEGER),
            Form::Number => self.know(slot, (whole as f64).to_bits(), 0),
            Form::Money => whole.checked_mul(UNITS).is_some_and(|units| self.know(slot, units.cast_unsigned(), 0)),
            Form::Id => {
                let (cell, code) = self.keep(inner, slot.dictionary(), Digits::of(whole).text());
                self.know(slot, cell, code)
            }
            _ => false,
        }
    }

    /// Puts a text.
    pub(super) fn put_text(&mut self, inner: &Inner, slot: Slot, text: &str) -> bool {
        match slot.form {
            Form::Text => {}
            Form::Listed => {
                let named = inner.named.get(slot.dictionary as usize).and_then(|named| named.find(text));
                let Some(code) = named.filter(|code| *code < slot.listed) else { return false };
                return self.know(slot, code.into(), u64::from(code) | NAMED);
            }
            // A number in a text is the number's id.
            Form::Id | Form::Key
                if text.bytes().next().is_none_or(|first| first != b'-' && !first.is_ascii_digit()) => {}
            _ => return false,
        }
        let (cell, code) = self.keep(inner, slot.dictionary(), text);
        self.know(slot, cell, code)
    }

    /// Notes a known value; false where no row was begun.
    #[inline(always)]
    pub(super) fn know(&mut self, slot: Slot, cell: u64, code: u64) -> bool {
        let Some(words) = self.words.get_mut(self.last..) else { return false };
        // The known bits come before all values, so where a value is, these are.
        let Some((known, words)) = words.split_at_mut_checked(slot.at as usize) else { return false };
        match (known.get_mut(slot.word as usize), words.first_chunk_mut()) {
            (Some(known), Some(words)) => {
                *known |= slot.bit;
                *words = [cell, code];
                true
            }
            _ => false,
        }
    }

    /// Notes a missing value; false where no row was begun, or the value before may have been outside of its list.
    fn forget(&mut self, slot: Slot) -> bool {
        if !self.outside.is_empty() {
            return false;
        }
        let known = self.words.get_mut(self.last + slot.word as usize);
        known.map(|known| *known &= !slot.bit).is_some()
    }

    /// Keeps a text: as its number among those that rules speak of, or its stretch with the number of any other.
    pub(super) fn keep(&mut self, inner: &Inner, dictionary: Option<usize>, text: &str) -> (u64, u64) {
        let mut other = 0;
        if let Some(named) = dictionary.and_then(|dictionary| inner.named.get(dictionary)) {
            match named.find(text) {
                Some(code) => return (code.into(), u64::from(code) | NAMED),
                None => other = named.count().into(),
            }
        }
        let from = self.texts.len() as u64;
        self.texts.push_str(text);
        (from << 32 | text.len() as u64, other)
    }

    /// Keeps a number as the id that it is.
    pub(super) fn keep_id(&mut self, inner: &Inner, dictionary: Option<usize>, number: i64) -> (u64, u64) {
        match dictionary {
            None => (number.cast_unsigned(), INTEGER),
            Some(_) => self.keep(inner, dictionary, Digits::of(number).text()),
        }
    }

    /// The text of a field of a row, by the row's words.
    pub(super) fn text<'r>(&'r self, inner: &'r Inner, place: &Place, words: &[u64]) -> Cow<'r, str> {
        let (cell, code) = match words.get(place.at..).and_then(|words| words.first_chunk()) {
            Some([cell, code]) => (*cell, *code),
            None => return Cow::Borrowed(""),
        };
        if code & NAMED != 0 {
            let named = place.dictionary.and_then(|dictionary| inner.named.get(dictionary));
            return Cow::Borrowed(named.map_or("", |named| named.text((code & 0xffff_ffff) as u32)));
        }
        if code & INTEGER != 0 {
            return Cow::Owned(Digits::of(cell.cast_signed()).text().to_owned());
        }
        let (from, length) = ((cell >> 32) as usize, (cell & 0xffff_ffff) as usize);
        Cow::Borrowed(self.texts.get(from..from + length).unwrap_or(""))
    }
}

impl Slot {
    fn dictionary(self) -> Option<usize> {
        (self.dictionary != NONE).then_some(self.dictionary as usize)
    }
}

/// The decimal digits of a whole number.
struct Digits {
    bytes: [u8; 20],
    from: usize,
}

impl Digits {
    fn of(number: i64) -> Digits {
        let (mut bytes, mut from, mut left) = ([b'0'; 20], 20, number.unsigned_abs());
        while left > 0 || from == 20 {
            from -= 1;
            if let Some(byte) = bytes.get_mut(from) {
                *byte = b'0' + u8::try_from(left % 10).unwrap_or(0);
            }
            left /= 10;
        }
        if number < 0 {
            from -= 1;
            if let Some(byte) = bytes.get_mut(from) {
                *byte = b'-';
            }
        }
        Digits { bytes, from }
    }

    fn text(&self) -> &str {
        let text = std::str::from_utf8(self.bytes.get(self.from..).unwrap_or(&[])).unwrap_or("");
        debug_assert!(canonical_integer(text).is_some());
        text
    }
}
