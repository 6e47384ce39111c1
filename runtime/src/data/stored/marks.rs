//! Where the values of a wide column stand among some round ones, in a byte a row.
//!
//! Conditions are written with round numbers: 50 USD, 0.75, whole days. A mark says how many of up to 255 borders a value
//! has reached. Borders are round values that part the rows into about equally many, so a condition with one of them is
//! settled by the marks alone, an eighth of what the values take. A condition with any other number reads the values.

use super::buffer::Buffer;
use super::integers::Integers;
use crate::for_cells;

/// Values that are looked at to choose borders.
const SAMPLE: usize = 1 << 16;
/// Parts that borders are chosen for. Each border is one for the value and one for what comes right after it, so that all
/// orders to it are settled.
const PARTS: usize = 127;
/// Fewer rows than this are read as quickly without.
const FEW_ROWS: usize = 1 << 14;

/// The marks of a column.
#[derive(Debug, Clone)]
pub struct Marks {
    borders: Borders,
    marks: Buffer<u8>,
}

#[derive(Debug, Clone)]
enum Borders {
    Cells(Vec<u64>),
    Floats(Vec<f64>),
}

/// Which values count as round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    /// Those with many zeros.
    Decimal,
    /// Whole days, hours and minutes, in microseconds.
    Clock,
}

impl Marks {
    /// For each row the number of borders that its value has reached.
    pub fn marks(&self) -> &[u8] {
        &self.marks
    }

    /// The marks of the cells from `low` to `high`, both included, where they are told from all others; `greatest` is the
    /// greatest cell there can be.
    pub(crate) fn of_cells(&self, low: u64, high: u64, greatest: u64) -> Option<(u8, u8)> {
        let Borders::Cells(borders) = &self.borders else { return None };
        let reached = |cell: u64| borders.binary_search(&cell).ok().map(|at| at + 1);
        let first = if low == 0 { 0 } else { reached(low)? };
        let last = if high == greatest { borders.len() } else { reached(high + 1)? - 1 };
        Some((u8::try_from(first).ok()?, u8::try_from(last).ok()?))
    }

    /// The marks of the numbers below, at, or above one, where they are told from all others: the first and the last.
    pub(crate) fn of_floats(&self, number: f64, order: std::cmp::Ordering) -> Option<(u8, u8)> {
        let Borders::Floats(borders) = &self.borders else { return None };
        let reached = |number: f64| borders.binary_search_by(|border| border.total_cmp(&number)).ok();
        let (at, after) = (reached(number + 0.0), reached((number + 0.0).next_up()));
        let (first, last) = match order {
            std::cmp::Ordering::Less => (0, at?),
            std::cmp::Ordering::Equal => (at? + 1, after?),
            std::cmp::Ordering::Greater => (after? + 1, borders.len()),
        };
        Some((u8::try_from(first).ok()?, u8::try_from(last).ok()?))
    }

    /// For whole numbers in wide cells.
    pub(super) fn of_integers(integers: &Integers, round: Round, is_known: impl Fn(usize) -> bool) -> Option<Marks> {
        let cells = integers.cells();
        if cells.width() < 4 || cells.len() < FEW_ROWS {
            return None;
        }
        let mut sample: Vec<i64> = sampled(cells.len(), is_known).filter_map(|row| integers.get(row)).collect();
        sample.sort_unstable();
        let mut borders = Vec::new();
        let mut before = None;
        for part in 1..=PARTS {
            let Some(last) = (sample.len() * part / PARTS).checked_sub(1).and_then(|at| sample.get(at).copied()) else {
                continue;
            };
            if before.is_some_and(|before| last <= before) {
                continue;
            }
            let least = before.or_else(|| sample.first().map(|least| least.saturating_sub(1))).unwrap_or(last);
            let value = round.in_stretch(least, last);
            borders.extend([value, value.saturating_add(1)].map(|value| integers.first_cell(value)));
            before = Some(last);
        }
        borders.retain(|cell| *cell > 0);
        borders.sort_unstable();
        borders.dedup();
        let marks = for_cells!(cells, cells => reached_by(cells, &borders));
        Some(Marks { borders: Borders::Cells(borders), marks })
    }

    /// For numbers.
    pub(super) fn of_numbers(numbers: &[f64], is_known: impl Fn(usize) -> bool) -> Option<Marks> {
        if numbers.len() < FEW_ROWS {
            return None;
        }
        let mut sample: Vec<f64> =
            sampled(numbers.len(), is_known).filter_map(|row| numbers.get(row).copied()).collect();
        sample.sort_unstable_by(f64::total_cmp);
        let mut borders: Vec<f64> = Vec::new();
        let mut before: Option<f64> = None;
        for part in 1..=PARTS {
            let Some(last) = (sample.len() * part / PARTS).checked_sub(1).and_then(|at| sample.get(at).copied()) else {
                continue;
            };
            if before.is_some_and(|before| last <= before) {
                continue;
            }
            let least = before.or_else(|| sample.first().map(|least| least.next_down())).unwrap_or(last);
            let value = round_number(least, last);
            borders.extend([value, value.next_up()]);
            before = Some(last);
        }
        borders.retain(|border| border.is_finite());
        borders.sort_unstable_by(f64::total_cmp);
        borders.dedup();
        let marks = numbers
            .iter()
            .map(|number| u8::try_from(borders.partition_point(|border| border <= number)).unwrap_or(u8::MAX));
        Some(Marks { marks: marks.collect(), borders: Borders::Floats(borders) })
    }
}

/// For each cell how many of the borders, ascending, it has reached.
fn reached_by<T: Copy + Into<u64>>(cells: &[T], borders: &[u64]) -> Buffer<u8> {
    let reached = |cell: u64| borders.partition_point(|border| *border <= cell);
    cells.iter().map(|cell| u8::try_from(reached((*cell).into())).unwrap_or(u8::MAX)).collect()
}

/// Some known rows, evenly spread.
fn sampled(rows: usize, is_known: impl Fn(usize) -> bool) -> impl Iterator<Item = usize> {
    let apart = rows.div_ceil(SAMPLE).max(1);
    (0..rows).step_by(apart).filter(move |row| is_known(*row))
}

impl Round {
    /// The roundest value above `least` and not above `last`.
    fn in_stretch(self, least: i64, last: i64) -> i64 {
        const SECOND: i64 = 1_000_000;
        const CLOCK: [i64; 9] = [
            86_400 * SECOND,
            43_200 * SECOND,
            21_600 * SECOND,
            3_600 * SECOND,
            1_800 * SECOND,
            900 * SECOND,
            300 * SECOND,
            60 * SECOND,
            SECOND,
        ];
        let multiple = |step: i64| {
            let value = last.div_euclid(step).checked_mul(step)?;
            (value > least).then_some(value)
        };
        let clock = if self == Round::Clock { &CLOCK[..] } else { &[] };
        let decimal = (0..=18).rev().flat_map(|zeros| {
            let ten = 10_i64.pow(zeros);
            [ten.checked_mul(5), Some(ten)].into_iter().flatten()
        });
        clock.iter().copied().chain(decimal).find_map(multiple).unwrap_or(last)
    }
}

/// The roundest number above `least` and not above `last`. Parts of one are divided, not multiplied, so that 0.07 is the
/// number that people write so.
fn round_number(least: f64, last: f64) -> f64 {
    let within = |value: f64| (value > least && value <= last).then_some(value + 0.0);
    let whole = (0..=15).rev().flat_map(|zeros| [5.0, 1.0].map(|digit| digit * 10_f64.powi(zeros)));
    let parts = (1..=9).flat_map(|zeros| [2.0, 10.0].map(|digit| digit * 10_f64.powi(zeros - 1)));
    let whole = whole.filter_map(|step| within((last / step).floor() * step));
    let parts = parts.filter_map(|parts| within((last * parts).floor() / parts));
    whole.chain(parts).next().unwrap_or(last)
}
