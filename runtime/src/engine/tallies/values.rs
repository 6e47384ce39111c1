//! What is prepared of one value for the rows that a filter lets through, and the answers that are read off it.

use super::plan::Moments;
use super::{known, whole};
use crate::data::{Buffer, Cells, Integers, Stored, StoredValues};
use crate::engine::EngineError;
use crate::engine::events::differ;
use crate::engine::finish::{self, Total};
use crate::engine::kernels::Failed;
use crate::engine::prepare::{Aid, Prepared as Run};
use crate::engine::vector::{Data, Vector};
use crate::for_cells;
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

/// What a thread keeps from block to block: room for what is prepared. All is by place among the rows asked about.
#[derive(Debug, Default)]
pub(super) struct Desk {
    cells: Room<u64>,
    floats: Room<f64>,
    /// Cells added up to before each row, and all.
    totals: Room<u64>,
    /// The values as numbers in the order of the values, from which they can be had back.
    keys: Room<u64>,
    /// From each row to its owner's last: the least and the greatest key.
    least: Room<u64>,
    greatest: Room<u64>,
    /// From each row to its owner's last: how many different codes.
    different: Room<u32>,
    /// By code: the mark of the last owner that had it.
    seen: Vec<u64>,
    mark: u64,
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
    fn begin(&mut self) {
        let Desk { cells, floats, totals, keys, least, greatest, different, .. } = self;
        for ready in [&mut cells.ready, &mut totals.ready, &mut keys.ready, &mut least.ready, &mut greatest.ready] {
            *ready = false;
        }
        (floats.ready, different.ready) = (false, false);
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
    asked: &'q Asked<'a>,
    /// The block's rows.
    block: Range<usize>,
    /// The rows asked about, counted from the block's first.
    rows: &'q [u32],
    /// By owner, where the rows before its own end; and where all end.
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

/// For each code of an owner: how many different ones from there on. `seen` has this owner's mark where it has had a code.
fn count_from_behind(codes: &[u64], places: &mut [u32], seen: &mut [u64], mark: u64) {
    let mut count = 0;
    for (place, code) in places.iter_mut().zip(codes).rev() {
        if let Some(seen) = seen.get_mut(*code as usize) {
            count += u32::from(*seen != mark);
            *seen = mark;
        }
        *place = count;
    }
}

impl<'q, 'a> Prepared<'q, 'a> {
    pub(super) fn new(
        asked: &'q Asked<'a>,
        block: Range<usize>,
        rows: &'q [u32],
        ends: &'q [u32],
        desk: &'q mut Desk,
    ) -> Prepared<'q, 'a> {
        desk.begin();
        Prepared { asked, block, rows, ends, desk }
    }

    /// The answer of an aggregate for owners of whose rows the last so many count.
    pub(super) fn answer(
        &mut self,
        run: &Run<'_>,
        node: NodeId,
        operator: AggregateOperator,
        counts: &[u32],
    ) -> Result<(Vector<'static>, Failed), EngineError> {
        let mut failed = Failed::default();
        let vector = match operator {
            AggregateOperator::Sum | AggregateOperator::Average => {
                let ty = &run.node(node)?.ty;
                let shape = run.shape(self.asked.column);
                match (self.asked.form, ty, operator) {
                    (Form::Whole(integers), _, _) if !fits(integers, self.block.len()) => {
                        let totals = self.whole_totals(integers, counts);
                        finish::totals(operator, ty, shape, &totals, &mut failed)
                    }
                    (Form::Whole(integers), Type::Number | Type::Percent, _) => {
                        let values = self.sums(integers, counts);
                        let over = |(sum, count): (i64, &u32)| {
                            // As the interpreter has it: both as floats first. Sums are never -0.
                            if *count == 0 { 0.0 } else { sum as f64 / f64::from(*count) }
                        };
                        let values = values.zip(counts).map(over).collect();
                        Some(Vector::new(Data::Float(Cow::Owned(values)), known(counts)))
                    }
                    (Form::Whole(integers), _, AggregateOperator::Sum) => Some(whole(self.sums(integers, counts))),
                    (Form::Whole(integers), ..) => {
                        let over = |(sum, count): (i64, &u32)| match count {
                            0 => Ok(0),
                            count => money::average(sum.into(), (*count).into()),
                        };
                        let values = self.sums(integers, counts).zip(counts).map(over);
                        let values: Result<Vec<i64>, _> = values.collect();
                        let values = values.map_err(|_| EngineError::Broken(node.0, "an average is no number"))?;
                        Some(Vector::new(Data::Whole(Cow::Owned(values)), known(counts)))
                    }
                    _ => {
                        let totals = self.float_totals(counts);
                        finish::totals(operator, ty, shape, &totals, &mut failed)
                    }
                }
                .ok_or(EngineError::Broken(node.0, "it cannot be added"))?
            }
            AggregateOperator::Different => {
                let ends = self.ends.get(1..).unwrap_or(&[]);
                let different = self.different();
                let from_last = |(last, count): (&u32, &u32)| match last.checked_sub(*count) {
                    Some(at) if *count > 0 => different.get(at as usize).copied().unwrap_or(0),
                    _ => 0,
                };
                whole(ends.iter().zip(counts).map(from_last).map(i64::from))
            }
            AggregateOperator::Smallest | AggregateOperator::Largest => {
                let ends = self.ends.get(1..).unwrap_or(&[]);
                let keys = self.extremes(run, node, operator == AggregateOperator::Largest);
                let key = |(last, count): (&u32, &u32)| {
                    keys.get((last - count) as usize).copied().filter(|_| *count > 0).unwrap_or(0)
                };
                let found = ends.iter().zip(counts).map(key).collect();
                self.vector(found, counts)
            }
            AggregateOperator::First | AggregateOperator::Latest => {
                let found = self.at_moments(run, node, operator == AggregateOperator::Latest, counts);
                self.vector(found, counts)
            }
            _ => return Err(EngineError::Broken(node.0, "it is no tally")),
        };
        Ok((vector, failed))
    }

    fn cells(&mut self) -> &[u64] {
        if self.desk.cells.is_open() {
            let cells = match self.asked.form {
                Form::Whole(integers) => integers.cells(),
                Form::Code { cells, .. } => cells,
                Form::Float(_) => return &[],
            };
            let picked = &mut self.desk.cells.values;
            for_cells!(cells, cells => pick(cells.get(self.block.clone()).unwrap_or(&[]), self.rows, picked));
        }
        &self.desk.cells.values
    }

    fn floats(&mut self) -> &[f64] {
        if self.desk.floats.is_open()
            && let Form::Float(values) = self.asked.form
        {
            let values = values.get(self.block.clone()).unwrap_or(&[]);
            let float = |row: &u32| values.get(*row as usize).copied().unwrap_or(0.0);
            self.desk.floats.values.extend(self.rows.iter().map(float));
        }
        &self.desk.floats.values
    }

    /// What is added up for each owner, as cells.
    fn cell_sums(&mut self, counts: &[u32]) -> Vec<u64> {
        self.cells();
        let Desk { cells, totals, .. } = &mut *self.desk;
        if totals.is_open() {
            totals.values.resize(cells.values.len() + 1, 0);
            let mut total = 0u64;
            for (before, cell) in totals.values.iter_mut().zip(&cells.values) {
                *before = total;
                total = total.wrapping_add(*cell);
            }
            if let Some(last) = totals.values.last_mut() {
                *last = total;
            }
        }
        let totals = &totals.values;
        let total = |place: u32| totals.get(place as usize).copied().unwrap_or(0);
        let ends = self.ends.get(1..).unwrap_or(&[]);
        ends.iter().zip(counts).map(|(last, count)| total(*last).wrapping_sub(total(last - count))).collect()
    }

    /// Sums that stay within 64 bits.
    fn sums<'c>(&mut self, integers: &Integers, counts: &'c [u32]) -> impl Iterator<Item = i64> + use<'c, 'q, 'a> {
        let (base, unit) = (integers.base(), integers.unit().cast_signed());
        let sums = self.cell_sums(counts);
        sums.into_iter().zip(counts).map(move |(cells, count)| base * i64::from(*count) + unit * cells.cast_signed())
    }

    fn whole_totals(&mut self, integers: &Integers, counts: &[u32]) -> Vec<Total> {
        let (base, unit) = (i128::from(integers.base()), i128::from(integers.unit()));
        let total = |(cells, count): (u64, &u32)| Total {
            whole: base * i128::from(*count) + unit * i128::from(cells),
            float: 0.0,
            count: i64::from(*count),
        };
        self.cell_sums(counts).into_iter().zip(counts).map(total).collect()
    }

    /// Floats are added in their order (rule 12), so no sum is the difference of two others.
    fn float_totals(&mut self, counts: &[u32]) -> Vec<Total> {
        let ends = self.ends.get(1..).unwrap_or(&[]);
        let floats = self.floats();
        let total = |(last, count): (&u32, &u32)| {
            let counted = floats.get((last - count) as usize..*last as usize).unwrap_or(&[]);
            Total { whole: 0, float: counted.iter().fold(0.0, |sum, float| sum + float), count: i64::from(*count) }
        };
        ends.iter().zip(counts).map(total).collect()
    }

    /// From each row on: how many different codes up to the owner's last row.
    fn different(&mut self) -> &[u32] {
        self.cells();
        let Desk { cells, different, seen, mark, .. } = &mut *self.desk;
        if different.is_open()
            && let Form::Code { texts, .. } = self.asked.form
        {
            if seen.len() < texts {
                seen.resize(texts, 0);
            }
            different.values.resize(cells.values.len(), 0);
            // What is reached through the desk would be looked up for every row.
            let (seen, cells, places) = (seen.as_mut_slice(), cells.values.as_slice(), different.values.as_mut_slice());
            for owner in self.ends.windows(2) {
                let [from, to] = *owner else { continue };
                *mark += 1;
                let own = from as usize..to as usize;
                let places = places.get_mut(own.clone()).unwrap_or(&mut []);
                count_from_behind(cells.get(own).unwrap_or(&[]), places, seen, *mark);
            }
        }
        &self.desk.different.values
    }

    /// See [`Desk::keys`].
    fn keys(&mut self, run: &Run<'_>, node: NodeId) -> &[u64] {
        match self.asked.form {
            Form::Float(_) => _ = self.floats(),
            _ => _ = self.cells(),
        }
        let Desk { cells, floats, keys, .. } = &mut *self.desk;
        if keys.is_open() {
            match self.asked.form {
                Form::Whole(_) => keys.values.extend_from_slice(&cells.values),
                Form::Float(_) => keys.values.extend(floats.values.iter().map(|float| key_of_float(*float))),
                Form::Code { .. } => keys.values.extend(cells.values.iter().map(|code| key_of_code(run, node, *code))),
            }
        }
        &self.desk.keys.values
    }

    fn extremes(&mut self, run: &Run<'_>, node: NodeId, is_greatest: bool) -> &[u64] {
        self.keys(run, node);
        let Desk { keys, least, greatest, .. } = &mut *self.desk;
        let extremes = if is_greatest { greatest } else { least };
        if extremes.is_open() {
            extremes.values.extend_from_slice(&keys.values);
            for owner in self.ends.windows(2) {
                let [from, to] = *owner else { continue };
                let own = extremes.values.get_mut(from as usize..to as usize).unwrap_or(&mut []);
                let mut best = if is_greatest { 0 } else { u64::MAX };
                for key in own.iter_mut().rev() {
                    best = if is_greatest { best.max(*key) } else { best.min(*key) };
                    *key = best;
                }
            }
        }
        &extremes.values
    }

    /// The key of one row, for those that look at few.
    fn key(&self, run: &Run<'_>, node: NodeId, place: usize) -> u64 {
        let Some(row) = self.rows.get(place).map(|row| self.block.start + *row as usize) else { return 0 };
        match self.asked.form {
            Form::Whole(integers) => integers.cells().get(row).unwrap_or(0),
            Form::Float(values) => values.get(row).map_or(0, |float| key_of_float(*float)),
            Form::Code { cells, .. } => key_of_code(run, node, cells.get(row).unwrap_or(0)),
        }
    }

    /// The key at the first or last of the rows that count; of rows of that moment the least or greatest.
    fn at_moments(&self, run: &Run<'_>, node: NodeId, latest: bool, counts: &[u32]) -> Vec<u64> {
        let (ends, rows, start) = (self.ends.get(1..).unwrap_or(&[]), self.rows, self.block.start);
        let asked = self.asked;
        if let (Moments::Apart, Form::Whole(integers)) = (&asked.moments, asked.form) {
            // Nothing to choose among: one row for each owner, all of which can be waited for at once.
            let place = |(last, count): (&u32, &u32)| if latest { last.saturating_sub(1) } else { last - count };
            let row = |place: u32| rows.get(place as usize).copied().unwrap_or(0);
            let chosen: Vec<u32> = ends.iter().zip(counts).map(place).map(row).collect();
            let mut keys = Vec::with_capacity(chosen.len());
            for_cells!(integers.cells(), cells => {
                pick(cells.get(self.block.clone()).unwrap_or(&[]), &chosen, &mut keys);
            });
            return keys;
        }
        let row = |place: usize| rows.get(place).map_or(0, |row| start + *row as usize);
        let same = |one: usize, other: usize| match &asked.moments {
            Moments::Apart => false,
            Moments::One => true,
            Moments::Columns(columns) => !columns.iter().any(|column| differ(column, row(one), row(other))),
        };
        let key = |place: usize| self.key(run, node, place);
        let found = |(last, count): (&u32, &u32)| {
            let (from, to) = ((last - count) as usize, *last as usize);
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
        ends.iter().zip(counts).map(found).collect()
    }

    /// Values from keys, missing for owners of whose rows none count.
    fn vector(&self, keys: Vec<u64>, counts: &[u32]) -> Vector<'static> {
        let has = |owner: usize| counts.get(owner) > Some(&0);
        let found = keys.into_iter().enumerate();
        let data = match self.asked.form {
            Form::Whole(integers) => Data::Whole(Cow::Owned(
                found.map(|(owner, key)| if has(owner) { integers.value_of(key) } else { 0 }).collect(),
            )),
            Form::Float(_) => Data::Float(Cow::Owned(
                found.map(|(owner, key)| if has(owner) { float_of_key(key) } else { 0.0 }).collect(),
            )),
            // The code stands below its place.
            Form::Code { .. } => {
                let code = |key: u64| u32::try_from(key & u64::from(u32::MAX)).unwrap_or(0);
                Data::Code(Cow::Owned(found.map(|(owner, key)| if has(owner) { code(key) } else { 0 }).collect()))
            }
        };
        Vector::new(data, known(counts))
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
fn pick<T: Copy + Into<u64>>(cells: &[T], rows: &[u32], picked: &mut Vec<u64>) {
    picked.extend(rows.iter().map(|row| cells.get(*row as usize).map_or(0, |cell| (*cell).into())));
}

/// A text's code below its place in the order of texts.
fn key_of_code(run: &Run<'_>, node: NodeId, code: u64) -> u64 {
    let order = if let Aid::Order(order) = run.aid(node) { order.as_slice() } else { &[] };
    let place = usize::try_from(code).ok().and_then(|code| order.get(code)).copied();
    u64::from(place.unwrap_or(0)) << 32 | code
}
