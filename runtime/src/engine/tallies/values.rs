//! What is prepared of one value for the rows that a filter lets through, and the answers that are read off it.

use super::plan::Moments;
use super::{known, whole};
use crate::data::{Buffer, Cells, Integers, Stored, StoredValues};
use crate::engine::EngineError;
use crate::engine::events::differ;
use crate::engine::finish::{self, Total};
use crate::engine::kernels::{Failed, stretches};
use crate::engine::prepare::{Aid, Prepared as Run};
use crate::engine::vector::{Data, Vector};
use crate::for_cells;
use crate::processor::Instructions;
use segue_compiler::plan::NodeId;
use segue_compiler::program::Type;
use segue_compiler::syntax::tree::AggregateOperator;
use segue_compiler::values::money;
use std::borrow::Cow;
use std::ops::Range;

/// A column whose values are asked about.
#[derive(Debug, Clone)]
pub(super) struct Asked<'a> {
    column: NodeId,
    form: Form<'a>,
    moments: Moments<'a>,
}

/// How a column holds its values.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form<'a> {
    Whole(&'a Integers),
    Float(&'a Buffer<f64>),
    /// Codes of so many texts.
    Code {
        cells: &'a Cells,
        texts: usize,
    },
}

/// What a thread keeps from block to block: room for what is prepared. All is by place among the rows asked about, but for
/// what is said to be by owner.
#[derive(Debug, Default)]
pub(super) struct Desk {
    floats: Room<f64>,
    /// Cells added up to before each row, and all.
    totals: Room<u64>,
    /// By owner: those up to the end of its rows.
    totals_at_ends: Vec<u64>,
    /// By owner: those before the rows that count, and what comes of them.
    totals_before: Vec<u64>,
    sums: Vec<i64>,
    /// Which rows are followed by one of the same owner, see [`stretches::goes_on`].
    goes_on: Room<u8>,
    /// From each row to its owner's last: the least and the greatest key.
    least: Room<u64>,
    greatest: Room<u64>,
    /// From each row to its owner's last: how many different codes.
    different: Room<u64>,
    met: stretches::Different,
}

/// The rows asked about, counted from the block's first.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rows<'r> {
    /// So many, which are all.
    All(usize),
    Listed(&'r [u32]),
}

impl Rows<'_> {
    fn len(&self) -> usize {
        match self {
            Rows::All(rows) => *rows,
            Rows::Listed(rows) => rows.len(),
        }
    }

    /// The row at a place among them.
    fn get(&self, place: usize) -> Option<usize> {
        match self {
            Rows::All(rows) => (place < *rows).then_some(place),
            Rows::Listed(rows) => rows.get(place).map(|row| *row as usize),
        }
    }
}

/// For each owner the rows that count, which are the last of those asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretches<'s> {
    /// How many.
    pub(super) counts: &'s [u32],
    /// The place of the first of them.
    pub(super) starts: &'s [u32],
}

/// Values that are worked out when they are first asked for.
#[derive(Debug, Default)]
struct Room<T> {
    values: Vec<T>,
    ready: bool,
}

impl<T> Room<T> {
    /// Whether the values are still to be put in, in place of those of another question.
    fn is_open(&mut self) -> bool {
        let open = !self.ready;
        if open {
            self.values.clear();
            self.ready = true;
        }
        open
    }
}

impl Desk {
    /// Room for what is asked about the rows of another filter.
    pub(super) fn begin(&mut self) {
        self.goes_on.ready = false;
    }

    fn begin_question(&mut self) {
        let Desk { floats, totals, least, greatest, different, .. } = self;
        for ready in [&mut totals.ready, &mut least.ready, &mut greatest.ready] {
            *ready = false;
        }
        (floats.ready, different.ready) = (false, false);
    }

    /// See [`stretches::goes_on`].
    fn mark_ends(&mut self, rows: Rows<'_>, ends: &[u32]) {
        if self.goes_on.is_open() {
            stretches::goes_on(ends, rows.len(), &mut self.goes_on.values);
        }
    }
}

impl<'a> Form<'a> {
    /// How a column's values are held; `None` for yes/no values and lists.
    pub(super) fn of(column: &'a Stored) -> Option<Form<'a>> {
        match column.values() {
            StoredValues::Number(values) => Some(Form::Float(values)),
            StoredValues::Text { codes, dictionary } => Some(Form::Code { cells: codes, texts: dictionary.len() }),
            _ => column.integers().map(Form::Whole),
        }
    }

    /// Whether totals of a block's rows stay within 64 bits, as cells and as values; or floats are added.
    pub(super) fn can_be_added(&self) -> bool {
        match self {
            Form::Whole(integers) => integers.cells().width() < 8,
            Form::Float(_) => true,
            Form::Code { .. } => false,
        }
    }
}

impl<'a> Asked<'a> {
    pub(super) fn new(column: NodeId, form: Form<'a>, moments: Moments<'a>) -> Asked<'a> {
        Asked { column, form, moments }
    }

    /// The column's node, and whether ties of moments matter: what makes two questions one.
    pub(super) fn column(&self) -> (NodeId, bool) {
        (self.column, matches!(self.moments, Moments::Apart))
    }
}

/// What is prepared for a question, as soon as an answer needs it.
pub(super) struct Prepared<'q, 'a> {
    path: Instructions,
    asked: &'q Asked<'a>,
    /// The block's rows.
    block: Range<usize>,
    rows: Rows<'q>,
    /// By owner, where its rows end.
    ends: &'q [u32],
    desk: &'q mut Desk,
}

/// A float as a number that is in the order of floats.
fn key_of_float(float: f64) -> u64 {
    let bits = float.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn float_of_key(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

impl<'q, 'a> Prepared<'q, 'a> {
    pub(super) fn new(
        path: Instructions,
        asked: &'q Asked<'a>,
        block: Range<usize>,
        (rows, ends): (Rows<'q>, &'q [u32]),
        desk: &'q mut Desk,
    ) -> Prepared<'q, 'a> {
        desk.begin_question();
        Prepared { path, asked, block, rows, ends, desk }
    }

    /// The answer of an aggregate for owners of whose rows the last so many count.
    pub(super) fn answer(
        &mut self,
        run: &Run<'_>,
        node: NodeId,
        operator: AggregateOperator,
        of: Stretches<'_>,
    ) -> Result<(Vector<'static>, Failed), EngineError> {
        let mut failed = Failed::default();
        let (path, counts) = (self.path, of.counts);
        let vector = match operator {
            AggregateOperator::Sum | AggregateOperator::Average => {
                let ty = &run.node(node)?.ty;
                let shape = run.shape(self.asked.column);
                match (self.asked.form, ty, operator) {
                    (Form::Whole(integers), _, _) if !fits(integers, self.block.len()) => {
                        let totals = self.whole_totals(integers, of);
                        finish::totals(operator, ty, shape, &totals, &mut failed)
                    }
                    (Form::Whole(integers), Type::Number | Type::Percent, _) => {
                        // As the interpreter has it: both as floats first. Sums are never -0.
                        self.sum(integers, of);
                        let values = stretches::float_averages(path, &self.desk.sums, counts);
                        Some(Vector::new(Data::Float(Cow::Owned(values)), known(path, counts)))
                    }
                    (Form::Whole(integers), _, AggregateOperator::Sum) => {
                        self.sum(integers, of);
                        Some(whole(self.desk.sums.clone()))
                    }
                    (Form::Whole(integers), ..) => {
                        self.sum(integers, of);
                        let sums = &self.desk.sums;
                        let values = stretches::averages(path, sums, counts).or_else(|| averages(sums, counts));
                        let values = values.ok_or(EngineError::Broken(node.0, "an average is no number"))?;
                        Some(Vector::new(Data::Whole(Cow::Owned(values)), known(path, counts)))
                    }
                    _ => {
                        let totals = self.float_totals(of);
                        finish::totals(operator, ty, shape, &totals, &mut failed)
                    }
                }
                .ok_or(EngineError::Broken(node.0, "it cannot be added"))?
            }
            AggregateOperator::Different => {
                let different = self.different();
                let mut found = Vec::new();
                stretches::pick(path, different, of.starts, &mut found);
                whole(stretches::values(path, &found, counts, 0, 1))
            }
            AggregateOperator::Smallest | AggregateOperator::Largest => {
                let keys = self.extremes(run, node, operator == AggregateOperator::Largest);
                let mut found = Vec::new();
                stretches::pick(path, keys, of.starts, &mut found);
                self.vector(found, counts)
            }
            AggregateOperator::First | AggregateOperator::Latest => {
                let found = self.at_moments(run, node, operator == AggregateOperator::Latest, of);
                self.vector(found, counts)
            }
            _ => return Err(EngineError::Broken(node.0, "it is no tally")),
        };
        Ok((vector, failed))
    }

    fn floats(&mut self) -> &[f64] {
        if self.desk.floats.is_open()
            && let Form::Float(values) = self.asked.form
        {
            let values = values.get(self.block.clone()).unwrap_or(&[]);
            let floats = &mut self.desk.floats.values;
            match self.rows {
                Rows::All(_) => floats.extend_from_slice(values),
                Rows::Listed(rows) => {
                    floats.extend(rows.iter().map(|row| values.get(*row as usize).copied().unwrap_or(0.0)));
                }
            }
        }
        &self.desk.floats.values
    }

    /// Adds up for each owner, as cells: puts the totals before the rows that count, and up to the end.
    fn add_cells(&mut self, of: Stretches<'_>) {
        let Desk { totals, totals_at_ends, totals_before, .. } = &mut *self.desk;
        if totals.is_open() {
            if let Form::Whole(integers) = self.asked.form {
                for_cells!(integers.cells(), cells => {
                    add_up(cells.get(self.block.clone()).unwrap_or(&[]), self.rows, &mut totals.values);
                });
            }
            stretches::pick(self.path, &totals.values, self.ends, totals_at_ends);
        }
        stretches::pick(self.path, &totals.values, of.starts, totals_before);
    }

    /// Sums that stay within 64 bits.
    fn sum(&mut self, integers: &Integers, of: Stretches<'_>) {
        self.add_cells(of);
        let Desk { totals_before, totals_at_ends, sums, .. } = &mut *self.desk;
        let (base, unit) = (integers.base(), integers.unit().cast_signed());
        stretches::sums(self.path, (totals_before, totals_at_ends), of.counts, base, unit, sums);
    }

    fn whole_totals(&mut self, integers: &Integers, of: Stretches<'_>) -> Vec<Total> {
        self.add_cells(of);
        let (base, unit) = (i128::from(integers.base()), i128::from(integers.unit()));
        let total = |((before, up_to), count): ((&u64, &u64), &u32)| Total {
            whole: base * i128::from(*count) + unit * i128::from(up_to.wrapping_sub(*before)),
            float: 0.0,
            count: i64::from(*count),
        };
        let Desk { totals_before, totals_at_ends, .. } = &*self.desk;
        totals_before.iter().zip(totals_at_ends).zip(of.counts).map(total).collect()
    }

    /// Floats are added in their order (rule 12), so no sum is the difference of two others.
    fn float_totals(&mut self, of: Stretches<'_>) -> Vec<Total> {
        let ends = self.ends;
        let floats = self.floats();
        let total = |((start, end), count): ((&u32, &u32), &u32)| {
            let counted = floats.get(*start as usize..*end as usize).unwrap_or(&[]);
            Total { whole: 0, float: counted.iter().fold(0.0, |sum, float| sum + float), count: i64::from(*count) }
        };
        of.starts.iter().zip(ends).zip(of.counts).map(total).collect()
    }

    /// From each row on: how many different codes up to the owner's last row.
    fn different(&mut self) -> &[u64] {
        if self.desk.different.is_open()
            && let Form::Code { cells, texts } = self.asked.form
        {
            self.desk.mark_ends(self.rows, self.ends);
            let Desk { different, met, goes_on, .. } = &mut *self.desk;
            let block = self.block.clone();
            for_cells!(cells, cells => pick(cells.get(block).unwrap_or(&[]), self.rows, &mut different.values));
            met.count(&mut different.values, texts, &goes_on.values);
        }
        &self.desk.different.values
    }

    /// From each row on: the greatest or least value up to the owner's last row, as numbers in the order of the values, from
    /// which they can be had back.
    fn extremes(&mut self, run: &Run<'_>, node: NodeId, is_greatest: bool) -> &[u64] {
        let of_floats =
            matches!(self.asked.form, Form::Float(_)).then(|| self.floats().iter().copied().map(key_of_float));
        let of_floats: Option<Vec<u64>> = of_floats.map(Iterator::collect);
        self.desk.mark_ends(self.rows, self.ends);
        let Desk { least, greatest, goes_on, .. } = &mut *self.desk;
        let extremes = if is_greatest { greatest } else { least };
        if extremes.is_open() {
            let block = self.block.clone();
            let keys = &mut extremes.values;
            match (self.asked.form, of_floats) {
                (Form::Whole(integers), _) => for_cells!(integers.cells(), cells => {
                    pick(cells.get(block).unwrap_or(&[]), self.rows, keys);
                }),
                (Form::Code { cells, .. }, _) => {
                    for_cells!(cells, cells => pick(cells.get(block).unwrap_or(&[]), self.rows, keys));
                    keys.iter_mut().for_each(|key| *key = key_of_code(run, node, *key));
                }
                (Form::Float(_), floats) => keys.extend(floats.unwrap_or_default()),
            }
            stretches::extremes(self.path, keys, &goes_on.values, is_greatest);
        }
        &extremes.values
    }

    /// The key of one row, for those that look at few.
    fn key(&self, run: &Run<'_>, node: NodeId, place: usize) -> u64 {
        let Some(row) = self.rows.get(place).map(|row| self.block.start + row) else { return 0 };
        match self.asked.form {
            Form::Whole(integers) => integers.cells().get(row).unwrap_or(0),
            Form::Float(values) => values.get(row).map_or(0, |float| key_of_float(*float)),
            Form::Code { cells, .. } => key_of_code(run, node, cells.get(row).unwrap_or(0)),
        }
    }

    /// The key at the first or last of the rows that count; of rows of that moment the least or greatest.
    fn at_moments(&self, run: &Run<'_>, node: NodeId, latest: bool, of: Stretches<'_>) -> Vec<u64> {
        let (ends, rows, start) = (self.ends, self.rows, self.block.start);
        let asked = self.asked;
        if let (Moments::Apart, Form::Whole(integers)) = (&asked.moments, asked.form) {
            // Nothing to choose among: one row for each owner, all of which can be waited for at once.
            let last: Vec<u32>;
            let places = if latest {
                last = ends.iter().map(|end| end.saturating_sub(1)).collect();
                last.as_slice()
            } else {
                of.starts
            };
            let listed: Vec<u32>;
            let chosen = match rows {
                Rows::All(_) => places,
                Rows::Listed(rows) => {
                    listed = places.iter().map(|place| rows.get(*place as usize).copied().unwrap_or(0)).collect();
                    listed.as_slice()
                }
            };
            if let Cells::U64(cells) = integers.cells() {
                let mut keys = Vec::new();
                stretches::pick(self.path, cells.get(self.block.clone()).unwrap_or(&[]), chosen, &mut keys);
                return keys;
            }
            let mut keys = Vec::with_capacity(chosen.len());
            for_cells!(integers.cells(), cells => {
                pick(cells.get(self.block.clone()).unwrap_or(&[]), Rows::Listed(chosen), &mut keys);
            });
            return keys;
        }
        let row = |place: usize| rows.get(place).map_or(0, |row| start + row);
        let same = |one: usize, other: usize| match &asked.moments {
            Moments::Apart => false,
            Moments::One => true,
            Moments::Columns(columns) => !columns.iter().any(|column| differ(column, row(one), row(other))),
        };
        let key = |place: usize| self.key(run, node, place);
        let found = |(first, end): (&u32, &u32)| {
            let (from, to) = (*first as usize, *end as usize);
            if from == to {
                return 0;
            }
            if latest {
                let (mut at, mut best) = (to - 1, key(to - 1));
                while at > from && same(at - 1, at) {
                    at -= 1;
                    best = best.max(key(at));
                }
                best
            } else {
                let (mut at, mut best) = (from, key(from));
                while at + 1 < to && same(at, at + 1) {
                    at += 1;
                    best = best.min(key(at));
                }
                best
            }
        };
        of.starts.iter().zip(ends).map(found).collect()
    }

    /// Values from keys, missing for owners of whose rows none count.
    fn vector(&self, keys: Vec<u64>, counts: &[u32]) -> Vector<'static> {
        let has = |owner: usize| counts.get(owner) > Some(&0);
        let found = keys.iter().copied().enumerate();
        let data = match self.asked.form {
            Form::Whole(integers) => {
                let (base, unit) = (integers.base(), integers.unit().cast_signed());
                Data::Whole(Cow::Owned(stretches::values(self.path, &keys, counts, base, unit)))
            }
            Form::Float(_) => Data::Float(Cow::Owned(
                found.map(|(owner, key)| if has(owner) { float_of_key(key) } else { 0.0 }).collect(),
            )),
            // The code stands below its place.
            Form::Code { .. } => {
                let code = |key: u64| u32::try_from(key & u64::from(u32::MAX)).unwrap_or(0);
                Data::Code(Cow::Owned(found.map(|(owner, key)| if has(owner) { code(key) } else { 0 }).collect()))
            }
        };
        Vector::new(data, known(self.path, counts))
    }
}

/// Whether sums of so many values stay within 64 bits.
fn fits(integers: &Integers, rows: usize) -> bool {
    let greatest = i128::from(integers.base()) + i128::from(integers.unit()) * i128::from(integers.greatest());
    let most = i128::from(integers.base()).abs().max(greatest.abs());
    let cells = i128::from(integers.unit()) * i128::from(integers.greatest());
    let rows = i128::try_from(rows).unwrap_or(i128::MAX);
    [most, cells, i128::from(integers.unit())]
        .iter()
        .all(|one| one.checked_mul(rows.max(1)).is_some_and(|all| i64::try_from(all).is_ok()))
}

/// The cells of some rows.
fn pick<T: Copy + Into<u64>>(cells: &[T], rows: Rows<'_>, picked: &mut Vec<u64>) {
    match rows {
        Rows::All(rows) => picked.extend(cells.iter().take(rows).map(|cell| (*cell).into())),
        Rows::Listed(rows) => {
            picked.extend(rows.iter().map(|row| cells.get(*row as usize).map_or(0, |cell| (*cell).into())));
        }
    }
}

/// The cells of some rows added up to before each row, and all.
fn add_up<T: Copy + Into<u64>>(cells: &[T], rows: Rows<'_>, totals: &mut Vec<u64>) {
    totals.resize(rows.len() + 1, 0);
    let Some((first, after)) = totals.split_first_mut() else { return };
    let mut total = 0u64;
    *first = total;
    let mut add = |after: &mut u64, cell: u64| {
        total = total.wrapping_add(cell);
        *after = total;
    };
    match rows {
        Rows::All(_) => after.iter_mut().zip(cells).for_each(|(after, cell)| add(after, (*cell).into())),
        Rows::Listed(rows) => {
            let cell = |row: &u32| cells.get(*row as usize).map_or(0, |cell| (*cell).into());
            after.iter_mut().zip(rows).for_each(|(after, row)| add(after, cell(row)));
        }
    }
}

/// Sums over how many were added, whatever they are; `None` where one is no number.
fn averages(sums: &[i64], counts: &[u32]) -> Option<Vec<i64>> {
    let over = |(sum, count): (&i64, &u32)| match count {
        0 => Some(0),
        count => money::average((*sum).into(), (*count).into()).ok(),
    };
    sums.iter().zip(counts).map(over).collect()
}

/// A text's code below its place in the order of texts.
fn key_of_code(run: &Run<'_>, node: NodeId, code: u64) -> u64 {
    let order = if let Aid::Order(order) = run.aid(node) { order.as_slice() } else { &[] };
    let place = usize::try_from(code).ok().and_then(|code| order.get(code)).copied();
    u64::from(place.unwrap_or(0)) << 32 | code
}
