//! The classes that the values of inputs fall into at a moment, and which clauses each of them makes true.

use super::Inner;
use super::moment::Moment;
use super::pack::{Chunk, chunked};
use super::record::of_whole;
use super::sets::{Form, Input, Sets};
use super::work::{Scratch, Work};
use rustc_hash::FxHashMap;
use segue_compiler::plan::{NodeId, Op};
use segue_compiler::program::Type;
use segue_compiler::values::Value;

/// Of the sets of a table at a moment.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// By input.
    pub(super) classes: Vec<Classes>,
    /// By input and class, [`super::pack::Packing::chunks`] each: the clauses that it makes true.
    pub(super) rows: Vec<Chunk>,
}

/// The classes of an input at a moment.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// A whole value's class is how many of these it has reached.
    borders: Vec<i64>,
    /// Stretches of `2^shift` values from the first border on, where each has one border at most.
    stretches: Vec<Stretch>,
    first: i64,
    shift: u32,
    /// Of a text: by its number the class, since many texts are one to the conditions.
    texts: Vec<u32>,
    /// The class of a missing value, the last one.
    pub(super) missing: usize,
    /// Where the rows begin.
    pub(super) start: usize,
    /// By class, whether something fails; of none where nothing does.
    pub(super) fails: Vec<bool>,
}

/// Neighbouring values and a border: how many were reached before it.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    border: i64,
    before: usize,
}

/// More stretches than this would not stay in a near cache.
const STRETCHES: usize = 256;

/// Words by class while they are made: those of the clauses, and one that is not 0 where something fails.
type Rows = Vec<Vec<u64>>;

impl Classes {
    /// The class of a whole number, or of a float in the order of whole numbers.
    #[inline]
    pub(super) fn of_key(&self, key: i64) -> usize {
        let Some(last) = self.stretches.len().checked_sub(1) else { return reached(&self.borders, key) };
        let away = key.max(self.first).wrapping_sub(self.first).cast_unsigned() >> self.shift;
        let stretch = self.stretches.get(usize::try_from(away).unwrap_or(last).min(last));
        stretch.map_or(0, |stretch| stretch.before + usize::from(stretch.border <= key))
    }

    /// The class of a text by its number.
    #[inline]
    pub(super) fn of_text(&self, code: u64) -> usize {
        self.texts.get((code & 0xffff_ffff) as usize).map_or(0, |class| *class as usize)
    }

    /// Texts that no condition tells apart share their words, which then stay in a near cache; the last two, any other text
    /// and none, keep their own.
    fn share(&mut self, rows: Rows) -> Rows {
        let count = rows.len();
        let (mut kept, mut known) = (Rows::new(), FxHashMap::<Vec<u64>, u32>::default());
        for (code, row) in rows.into_iter().enumerate() {
            let next = u32::try_from(kept.len()).unwrap_or(u32::MAX);
            let class = if code + 2 >= count { next } else { *known.entry(row.clone()).or_insert(next) };
            if class == next {
                kept.push(row);
            }
            self.texts.push(class);
        }
        kept
    }

    /// Classes that no condition tells apart become one.
    fn merge(&mut self, rows: Rows) -> Rows {
        let mut rows = rows.into_iter();
        let mut kept: Rows = rows.next().into_iter().collect();
        let mut borders = std::mem::take(&mut self.borders).into_iter();
        for row in rows {
            match borders.next() {
                // The same values as those before the border.
                Some(_) if kept.last() == Some(&row) => {}
                Some(border) => {
                    self.borders.push(border);
                    kept.push(row);
                }
                None => kept.push(row),
            }
        }
        self.stretch();
        kept
    }

    /// Finds the longest stretches that have one border each, so that a class is found without a search.
    fn stretch(&mut self) {
        let (Some(first), Some(last)) = (self.borders.first().copied(), self.borders.last().copied()) else { return };
        let away = |border: i64, shift: u32| border.wrapping_sub(first).cast_unsigned() >> shift;
        let alone = |shift: &u32| {
            let borders = self.borders.windows(2);
            borders.into_iter().all(|pair| matches!(pair, [one, next] if away(*one, *shift) < away(*next, *shift)))
        };
        let Some(shift) = (0..64).rev().find(alone) else { return };
        if away(last, shift) >= STRETCHES as u64 {
            return;
        }
        (self.first, self.shift) = (first, shift);
        for (before, border) in self.borders.iter().enumerate() {
            // Stretches without a border have all reached the one before.
            while let Some(passed) = self.stretches.last().copied()
                && (self.stretches.len() as u64) < away(*border, shift)
            {
                self.stretches.push(passed);
            }
            self.stretches.push(Stretch { border: *border, before });
        }
    }
}

impl Sets {
    /// The classes of all inputs at a moment.
    pub(super) fn tables(&self, inner: &Inner, moment: &Moment) -> Tables {
        let mut tables = Tables::default();
        for input in &self.inputs {
            let (mut classes, rows) = self.classes_of(inner, moment, input);
            classes.missing = rows.len().saturating_sub(1);
            classes.start = tables.rows.len();
            let words = self.packing.chunks * 4;
            for row in &rows {
                tables.rows.extend(chunked(row.get(..words).unwrap_or(row)));
            }
            let fails: Vec<bool> = rows.iter().map(|row| row.last() != Some(&0)).collect();
            if fails.contains(&true) {
                classes.fails = fails;
            }
            tables.classes.push(classes);
        }
        tables
    }

    fn classes_of(&self, inner: &Inner, moment: &Moment, input: &Input) -> (Classes, Rows) {
        let mut classes = Classes::default();
        let ty = inner.plan.nodes.get(input.node.index()).map_or(&Type::Boolean, |node| &node.ty);
        let mut representatives: Vec<Option<Value>> = Vec::new();
        match input.form {
            Form::Text(dictionary) => {
                let texts = inner.named.get(dictionary).map(|named| named.texts()).unwrap_or_default();
                representatives.extend(texts.iter().map(|text| Some(Value::Text(text.clone()))));
                // Any text that is none of them.
                let mut other = String::from("\u{1}");
                while texts.iter().any(|text| **text == *other) {
                    other.push('\u{1}');
                }
                representatives.push(Some(Value::Text(other.into())));
            }
            Form::Boolean => {
                classes.borders = vec![1];
                representatives.extend([false, true].map(|truth| Some(Value::Boolean(truth))));
            }
            Form::Whole | Form::Float => {
                let mut borders: Vec<i64> = Vec::new();
                for (literal, _) in &input.literals {
                    borders.extend(borders_of(inner, moment, literal.atom, input));
                }
                borders.sort_unstable();
                borders.dedup();
                let below = |border: &i64| match border.saturating_sub(1) {
                    // Between the floats below 0 and 0 there is -0.0, which no value is.
                    -1 if input.form == Form::Float => -2,
                    key => key,
                };
                let first = borders.first().map_or(0, below);
                let values = std::iter::once(first).chain(borders.iter().copied());
                representatives.extend(values.map(|key| of_key(ty, input.form, key)));
                classes.borders = borders;
            }
        }
        representatives.push(None);
        let rows = representatives.into_iter().map(|value| self.words_of(inner, moment, input, value)).collect();
        let rows = match input.form {
            Form::Boolean => rows,
            Form::Text(_) => classes.share(rows),
            Form::Whole | Form::Float => classes.merge(rows),
        };
        (classes, rows)
    }

    /// The clauses that a value makes true.
    fn words_of(&self, inner: &Inner, moment: &Moment, input: &Input, value: Option<Value>) -> Vec<u64> {
        let mut scratch = Scratch::default();
        let mut work = Work { inner, moment, record: None, given: Some((input.node, value)), scratch: &mut scratch };
        let mut words = vec![0; self.packing.chunks * 4 + 1];
        work.literals(&input.literals, (self.table.0, 0), &mut words);
        if (scratch.uncounted || !scratch.failed.is_empty())
            && let Some(last) = words.last_mut()
        {
            *last = 1;
        }
        words
    }
}

/// How many of the borders, which ascend, the value has reached: without a branch that depends on it.
#[inline]
fn reached(borders: &[i64], value: i64) -> usize {
    let (mut base, mut size) = (0, borders.len());
    while size > 1 {
        let half = size / 2;
        let middle = borders.get(base + half).copied().unwrap_or(i64::MAX);
        base = std::hint::select_unpredictable(middle <= value, base + half, base);
        size -= half;
    }
    base + usize::from(borders.get(base).is_some_and(|border| *border <= value))
}

/// Floats in the order of whole numbers.
#[inline]
pub(super) fn float_key(bits: u64) -> i64 {
    let bits = bits.cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

pub(super) fn key_of(value: &Value) -> Option<i64> {
    Some(match value {
        Value::Boolean(truth) => i64::from(*truth),
        Value::Integer(whole) | Value::Money(whole) | Value::Instant(whole) | Value::Duration(whole) => *whole,
        Value::Date(day) => i64::from(*day),
        Value::Number(float) => float_key(float.to_bits()),
        Value::Text(_) | Value::List(_) => return None,
    })
}

fn of_key(ty: &Type, form: Form, key: i64) -> Option<Value> {
    match form {
        Form::Float => Some(Value::Number(f64::from_bits(float_key(key.cast_unsigned()).cast_unsigned()))),
        _ if *ty == Type::Date => of_whole(ty, key.clamp(i32::MIN.into(), i32::MAX.into())),
        _ => of_whole(ty, key),
    }
}

/// Where the truth of an atom about an input may change: the first values of another truth.
fn borders_of(inner: &Inner, moment: &Moment, atom: NodeId, input: &Input) -> Vec<i64> {
    let Some(node) = inner.plan.nodes.get(atom.index()) else { return Vec::new() };
    let around = |key: i64| [key, key.saturating_add(1)];
    match &node.op {
        Op::Less(left, right) | Op::Equal { left, right, .. } => {
            let other = if *left == input.node { *right } else { *left };
            moment.constant(other).as_ref().and_then(key_of).map(around).into_iter().flatten().collect()
        }
        Op::IsOneOf { values, .. } => values.iter().filter_map(|value| key_of(&value.0)).flat_map(around).collect(),
        Op::InWindows(moments, windows) => {
            let dates = inner.plan.nodes.get(moments.index()).is_some_and(|node| node.ty == Type::Date);
            let filter = moment.filter(windows, dates);
            filter.map(|filter| vec![filter.first, filter.last.saturating_add(1)]).unwrap_or_default()
        }
        _ => vec![1],
    }
}
