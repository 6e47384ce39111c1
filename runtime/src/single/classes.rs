//! The classes that the values of inputs fall into at a moment, and which clauses each of them makes true.

use super::Inner;
use super::moment::Moment;
use super::pack::{Chunk, chunked};
use super::record::of_whole;
use super::sets::{Form, Input, Sets, Subject};
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
    /// By input, of those whose classes are read straight from the words of a row.
    pub(super) quick: Vec<Quick>,
    /// The other inputs, by their numbers.
    pub(super) careful: Vec<usize>,
    /// Stretches of all inputs, one input after the other.
    stretches: Vec<Stretch>,
    /// By text of each input: where the rows of its class begin.
    texts: Vec<u32>,
    /// By input and class, [`super::pack::Packing::chunks`] each: the clauses that it makes true.
    pub(super) rows: Vec<Chunk>,
}

/// The classes of an input at a moment.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// A whole value's class is how many of these it has reached.
    borders: Vec<i64>,
    /// Of a text: by its number the class, since many texts are one to the conditions.
    texts: Vec<u32>,
    /// The class of a missing value, the last one.
    pub(super) missing: usize,
    /// Where the rows begin.
    pub(super) start: usize,
    /// By class, whether something fails; of none where nothing does.
    pub(super) fails: Vec<bool>,
}

/// An input whose class is read off a value of the row: not the class, but where the row of its words begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quick {
    /// The bit that says whether the value is known.
    bit: u64,
    /// Its word.
    word: u32,
    /// The first of the value's two words.
    at: u32,
    /// The row of a missing value.
    missing: u32,
    /// Where its stretches or texts begin.
    from: u32,
    /// How many there are, but for the last one.
    last: u32,
    /// A stretch has `2^shift` values; of texts there are none.
    shift: u32,
    /// The first border.
    first: i64,
    /// Turns the bits of negative floats, so that floats stand in the order of whole numbers.
    turned: i64,
}

/// There are no stretches: the value is a text.
const TEXT: u32 = u32::MAX;

/// Neighbouring values, the borders among them, and where the rows of values before, between and after them begin.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    borders: [i64; BORDERS],
    rows: [u32; BORDERS + 1],
}

/// As many borders are in a stretch at most: times that rules count back from the moment lie the nearer to one another the
/// nearer to it they are.
const BORDERS: usize = 2;

/// More stretches than this would not stay in a near cache.
const STRETCHES: usize = 256;

/// Words by class while they are made: those of the clauses, and one that is not 0 where something fails.
type Rows = Vec<Vec<u64>>;

impl Tables {
    /// Where the row of the words of an input begins, by the words of a row of the table.
    #[inline(always)]
    pub(super) fn row_of(&self, quick: &Quick, cells: &[u64]) -> u32 {
        let [cell, code] =
            cells.get(quick.at as usize..).and_then(|cells| cells.first_chunk()).copied().unwrap_or([0; 2]);
        let known = cells.get(quick.word as usize).copied().unwrap_or(0) & quick.bit != 0;
        let row = if quick.shift == TEXT {
            let at = quick.from.wrapping_add((code as u32).min(quick.last));
            self.texts.get(at as usize).copied().unwrap_or(quick.missing)
        } else {
            let cell = cell.cast_signed();
            let key = cell ^ (cell >> 63 & quick.turned);
            // No branches: which values come next cannot be foreseen.
            let from = std::hint::select_unpredictable(key < quick.first, quick.first, key);
            let away = from.wrapping_sub(quick.first).cast_unsigned() >> quick.shift;
            let last = u64::from(quick.last);
            let at = u64::from(quick.from) + std::hint::select_unpredictable(away < last, away, last);
            self.stretches.get(at as usize).map_or(quick.missing, |Stretch { borders: [one, next], rows }| {
                let [before, between, after] = *rows;
                let reached = std::hint::select_unpredictable(*one <= key, between, before);
                std::hint::select_unpredictable(*next <= key, after, reached)
            })
        };
        std::hint::select_unpredictable(known, row, quick.missing)
    }

    /// Notes how an input's classes are read where that is simple: a stored value, nothing of which fails, of no text that
    /// would have to be tried.
    fn note(&mut self, number: usize, input: &Input, classes: &Classes, chunks: usize) {
        match self.quick_of(input, classes, chunks) {
            Some(quick) => self.quick.push(quick),
            None => self.careful.push(number),
        }
    }

    fn quick_of(&mut self, input: &Input, classes: &Classes, chunks: usize) -> Option<Quick> {
        let Subject::Cell { at, word, bit } = input.subject else { return None };
        if input.open || !classes.fails.is_empty() {
            return None;
        }
        let row = |class: usize| u32::try_from(classes.start + class * chunks).ok();
        let narrow = |number: usize| u32::try_from(number).ok();
        let mut quick = Quick {
            bit,
            word: narrow(word)?,
            at: narrow(at)?,
            missing: row(classes.missing)?,
            from: 0,
            last: 0,
            shift: TEXT,
            first: 0,
            turned: if input.form == Form::Float { i64::MAX } else { 0 },
        };
        if let Form::Text(_) = input.form {
            let texts: Vec<u32> = classes.texts.iter().map(|class| row(*class as usize)).collect::<Option<_>>()?;
            // Without the last one, a missing text.
            (quick.from, quick.last) = (narrow(self.texts.len())?, narrow(texts.len().checked_sub(2)?)?);
            self.texts.extend(texts);
            return Some(quick);
        }
        let (first, shift, befores) = stretches(&classes.borders)?;
        let found = befores.iter().map(|before| {
            // Where there is no border, there is no other class.
            let border = |ahead: usize| classes.borders.get(before + ahead).copied().unwrap_or(i64::MAX);
            let row_of = |ahead: usize| row((before + ahead).min(classes.borders.len()));
            Some(Stretch { borders: [border(0), border(1)], rows: [row_of(0)?, row_of(1)?, row_of(2)?] })
        });
        let found: Vec<Stretch> = found.collect::<Option<_>>()?;
        (quick.first, quick.shift) = (first, shift);
        (quick.from, quick.last) = (narrow(self.stretches.len())?, narrow(found.len().checked_sub(1)?)?);
        self.stretches.extend(found);
        Some(quick)
    }
}

impl Classes {
    /// The class of a whole number, or of a float in the order of whole numbers.
    pub(super) fn of_key(&self, key: i64) -> usize {
        reached(&self.borders, key)
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
        kept
    }
}

/// The longest stretches with few borders each, so that a class is found without a search: the first border, how long the
/// stretches are (a power of two), and for each of them how many borders come before its own. `None` where they are too many.
fn stretches(borders: &[i64]) -> Option<(i64, u32, Vec<usize>)> {
    let (Some(first), Some(last)) = (borders.first().copied(), borders.last().copied()) else {
        return Some((0, 63, vec![0]));
    };
    let away = |border: i64, shift: u32| border.wrapping_sub(first).cast_unsigned() >> shift;
    let are_few = |shift: &u32| {
        let crowds = borders.windows(BORDERS + 1);
        crowds.into_iter().all(|crowd| match crowd {
            [one, .., next] => away(*one, *shift) < away(*next, *shift),
            _ => true,
        })
    };
    let shift = (0..64).rev().find(are_few)?;
    let count = usize::try_from(away(last, shift)).ok().filter(|last| *last < STRETCHES)? + 1;
    let mut befores = vec![0; count];
    for border in borders {
        let at = usize::try_from(away(*border, shift)).unwrap_or(usize::MAX);
        befores.iter_mut().skip(at.saturating_add(1)).for_each(|before| *before += 1);
    }
    Some((first, shift, befores))
}

impl Sets {
    /// The classes of all inputs at a moment.
    pub(super) fn tables(&self, inner: &Inner, moment: &Moment) -> Tables {
        let mut tables = Tables::default();
        for (number, input) in self.inputs.iter().enumerate() {
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
            tables.note(number, input, &classes, self.packing.chunks);
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
