//! The classes that the values of inputs fall into at a moment, and which clauses each of them makes true.

use super::Inner;
use super::moment::Moment;
use super::pack::{self, Chunk, Packing, chunked};
use super::record::of_whole;
use super::sets::{Form, Input, Sets, Subject};
use super::work::{Scratch, Work};
use crate::processor::compiled_for_each;
use rustc_hash::FxHashMap;
use segue_compiler::plan::{NodeId, Op};
use segue_compiler::program::Type;
use segue_compiler::values::Value;

/// Of the sets of a table at a moment.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// By input.
    pub(super) classes: Vec<Classes>,
    /// Inputs whose classes are read straight from the words of a row, by what their values are.
    wholes: Vec<Quick>,
    floats: Vec<Quick>,
    named: Vec<Quick>,
    /// By word of a row: the bits that say whether the values of these are known.
    known: Vec<u64>,
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
}

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
    /// Joins the rows of the quick inputs, by the words of a row of the table, and those that begin at `starts` with what
    /// nobody's value has to make true.
    #[inline]
    pub(super) fn join(&self, packing: &Packing, cells: &[u64], starts: &mut Vec<u32>, joined: &mut Vec<Chunk>) {
        joined.resize(packing.chunks, [0; 4]);
        // Mostly all is known, so that nothing has to be asked about each.
        let known = self.known.iter().zip(cells).all(|(bits, word)| word & bits == *bits);
        match (packing.chunks, known) {
            (1, true) => at_once_1(packing.path, self, packing, cells, starts, joined),
            (2, true) => at_once_2(packing.path, self, packing, cells, starts, joined),
            (3, true) => at_once_3(packing.path, self, packing, cells, starts, joined),
            (4, true) => at_once_4(packing.path, self, packing, cells, starts, joined),
            (_, true) => {
                self.starts::<true>(cells, starts);
                packing.join(starts, &self.rows, joined);
            }
            (_, false) => {
                self.starts::<false>(cells, starts);
                packing.join(starts, &self.rows, joined);
            }
        }
    }

    /// Adds where the rows of the quick inputs begin.
    fn starts<const KNOWN: bool>(&self, cells: &[u64], starts: &mut Vec<u32>) {
        let judged = |quick: &Quick, row: u32| match KNOWN {
            true => row,
            false => std::hint::select_unpredictable(cell(cells, quick.word) & quick.bit != 0, row, quick.missing),
        };
        starts.extend(self.wholes.iter().map(|quick| judged(quick, self.of_whole(quick, cells))));
        starts.extend(self.floats.iter().map(|quick| judged(quick, self.of_float(quick, cells))));
        starts.extend(self.named.iter().map(|quick| judged(quick, self.of_named(quick, cells))));
    }

    /// What [`Tables::join`] does where all is known, with the joined words in registers all the while.
    #[inline(always)]
    fn at_once<const N: usize>(&self, packing: &Packing, cells: &[u64], starts: &[u32], joined: &mut [Chunk]) {
        let Some(mut all) = packing.filler.first_chunk::<N>().copied() else { return };
        for quick in &self.wholes {
            pack::add(&mut all, &self.rows, self.of_whole(quick, cells) as usize);
        }
        for quick in &self.floats {
            pack::add(&mut all, &self.rows, self.of_float(quick, cells) as usize);
        }
        for quick in &self.named {
            pack::add(&mut all, &self.rows, self.of_named(quick, cells) as usize);
        }
        for start in starts {
            pack::add(&mut all, &self.rows, *start as usize);
        }
        if let Some(joined) = joined.first_chunk_mut() {
            *joined = all;
        }
    }

    #[inline(always)]
    fn of_whole(&self, quick: &Quick, cells: &[u64]) -> u32 {
        self.row_of(quick, cell(cells, quick.at).cast_signed())
    }

    #[inline(always)]
    fn of_float(&self, quick: &Quick, cells: &[u64]) -> u32 {
        self.row_of(quick, float_key(cell(cells, quick.at)))
    }

    #[inline(always)]
    fn of_named(&self, quick: &Quick, cells: &[u64]) -> u32 {
        let code = (cell(cells, quick.at + 1) as u32).min(quick.last);
        match self.texts.get(quick.from.wrapping_add(code) as usize) {
            Some(row) => *row,
            None => quick.missing,
        }
    }

    /// Where the row of a number begins, without a branch: which values come next cannot be foreseen.
    #[inline(always)]
    fn row_of(&self, quick: &Quick, key: i64) -> u32 {
        let away = key.max(quick.first).wrapping_sub(quick.first).cast_unsigned() >> quick.shift;
        let at = u64::from(quick.from) + away.min(u64::from(quick.last));
        let Some(Stretch { borders: [one, next], rows }) = self.stretches.get(at as usize) else {
            return quick.missing;
        };
        let [before, between, after] = *rows;
        let reached = std::hint::select_unpredictable(*one <= key, between, before);
        std::hint::select_unpredictable(*next <= key, after, reached)
    }

    /// Notes how an input's classes are read where that is simple: a stored value, nothing of which fails, of no text that
    /// would have to be tried.
    fn note(&mut self, number: usize, input: &Input, classes: &Classes, chunks: usize) {
        let Some(quick) = self.quick_of(input, classes, chunks) else { return self.careful.push(number) };
        let word = quick.word as usize;
        self.known.resize(self.known.len().max(word + 1), 0);
        if let Some(known) = self.known.get_mut(word) {
            *known |= quick.bit;
        }
        match input.form {
            Form::Text(_) => self.named.push(quick),
            Form::Float => self.floats.push(quick),
            Form::Whole | Form::Boolean => self.wholes.push(quick),
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
            shift: 0,
            first: 0,
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

/// A word of a row.
#[inline(always)]
fn cell(cells: &[u64], at: u32) -> u64 {
    match cells.get(at as usize) {
        Some(cell) => *cell,
        None => 0,
    }
}

macro_rules! at_once {
    ($($name:ident $plain:ident $chunks:literal),*) => {$(
        compiled_for_each! {
            fn $name(tables: &Tables, packing: &Packing, cells: &[u64], starts: &[u32], joined: &mut [Chunk]) = $plain
        }

        #[inline(always)]
        fn $plain(tables: &Tables, packing: &Packing, cells: &[u64], starts: &[u32], joined: &mut [Chunk]) {
            tables.at_once::<$chunks>(packing, cells, starts, joined);
        }
    )*};
}
at_once!(at_once_1 plain_1 1, at_once_2 plain_2 2, at_once_3 plain_3 3, at_once_4 plain_4 4);

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
        let (mut tables, mut scratch) = (Tables::default(), Scratch::default());
        for (number, input) in self.inputs.iter().enumerate() {
            let (mut classes, rows) = self.classes_of(inner, moment, input, &mut scratch);
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

    fn classes_of(&self, inner: &Inner, moment: &Moment, input: &Input, scratch: &mut Scratch) -> (Classes, Rows) {
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
        let words_of = |value| self.words_of(inner, moment, input, value, scratch);
        let rows = representatives.into_iter().map(words_of).collect();
        let rows = match input.form {
            Form::Boolean => rows,
            Form::Text(_) => classes.share(rows),
            Form::Whole | Form::Float => classes.merge(rows),
        };
        (classes, rows)
    }

    /// The clauses that a value makes true.
    fn words_of(
        &self,
        inner: &Inner,
        moment: &Moment,
        input: &Input,
        value: Option<Value>,
        scratch: &mut Scratch,
    ) -> Vec<u64> {
        scratch.clear();
        let mut work = Work { inner, moment, record: None, given: Some((input.node, value)), scratch };
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
