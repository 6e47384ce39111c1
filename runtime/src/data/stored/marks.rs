//! Where the values of a wide column stand among some round ones, in a byte a row.
//!
//! Conditions are written with round numbers: 50 USD, 0.75, whole days. A mark says how many of up to 255 borders a value
//! has reached. Borders are round values that part the rows into about equally many, so a condition with one of them is
//! settled by the marks alone, an eighth of what the values take. With any other number it is left open only for the rows
//! between two borders, whose values are read.
//!
//! Times of events, which windows that end now are about, have marks of two bytes: the upper bits of their cells. There
//! are so many different ones that next to no row is left open, whatever the time asked about.

use super::FEW_ROWS;
use super::buffer::Buffer;
use super::integers::Integers;
use crate::for_cells;
use rayon::prelude::*;
use std::cmp::Ordering;

/// Values that are looked at to choose borders.
const SAMPLE: usize = 1 << 16;
/// Parts that borders are chosen for. Each border is one for the value and one for what comes right after it, so that all
/// orders to it are settled; times have twice as many parts, and only the first.
const PARTS: usize = 127;
/// At most one row in so many may stay open: else reading all values is as quick.
const MOST_OPEN: usize = 16;

/// The marks of a column.
#[derive(Debug, Clone)]
pub struct Marks {
    borders: Borders,
    cells: MarkCells,
    /// Marks that many rows have.
    heavy: Vec<u16>,
}

/// A mark a row.
#[derive(Debug, Clone)]
pub(crate) enum MarkCells {
    U8(Buffer<u8>),
    U16(Buffer<u16>),
}

/// What marks say about a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    /// The first and the last mark that rows which meet it may have; none where the first is the greater.
    pub(crate) marks: (u16, u16),
    /// Marks whose rows may meet it or not; one of them twice where there is only one.
    pub(crate) open: Option<(u16, u16)>,
}

#[derive(Debug, Clone)]
pub(super) enum Borders {
    Cells(Vec<u64>),
    Floats(Vec<f64>),
    /// A mark is the cell without so many of its lower bits.
    Shift(u32),
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
    pub(crate) fn cells(&self) -> &MarkCells {
        &self.cells
    }

    /// Borders, marks, and the marks that many rows have.
    pub(super) fn parts(&self) -> (&Borders, &MarkCells, &[u16]) {
        (&self.borders, &self.cells, &self.heavy)
    }

    /// The same put together again.
    pub(super) fn of_parts(borders: Borders, cells: MarkCells, heavy: Vec<u16>) -> Marks {
        Marks { borders, cells, heavy }
    }

    /// What is known of the cells from `low` to `high`, both included; `greatest` is the greatest cell there can be. `None`
    /// where too many rows would stay open.
    pub(crate) fn of_cells(&self, low: u64, high: u64, greatest: u64) -> Option<Settled> {
        let borders = match &self.borders {
            Borders::Cells(borders) => borders,
            Borders::Shift(shift) => {
                let reached = |cell: u64| usize::try_from(cell >> shift).unwrap_or(usize::MAX);
                let whole = |cell: u64| cell.trailing_zeros() >= *shift;
                let to_border = high >= greatest || whole(high + 1);
                // What is above all cells there are ends with the last mark.
                let last = reached(high).min(usize::from(u16::MAX));
                return self.settled(reached(low), last, whole(low), to_border);
            }
            Borders::Floats(_) => return None,
        };
        let reached = |cell: u64| borders.partition_point(|border| *border <= cell);
        let (first, last) = (reached(low), reached(high));
        let from_border = low == 0 || first.checked_sub(1).and_then(|at| borders.get(at)) == Some(&low);
        let to_border = high >= greatest || borders.get(last) == Some(&(high + 1));
        self.settled(first, last, from_border, to_border)
    }

    /// The same for the numbers in an order to one.
    pub(crate) fn of_floats(&self, number: f64, order: Ordering) -> Option<Settled> {
        let Borders::Floats(borders) = &self.borders else { return None };
        let number = number + 0.0;
        let reached = |number: f64| borders.partition_point(|border| border.total_cmp(&number).is_le());
        let (at, after) = (reached(number), reached(number.next_up()));
        let is_border = |reached: usize, number: f64| {
            reached.checked_sub(1).and_then(|at| borders.get(at)).is_some_and(|border| *border == number)
        };
        let (number_is, next_is) = (is_border(at, number), is_border(after, number.next_up()));
        match order {
            // Where the number is a border, what is below it has not reached it.
            Ordering::Less if number_is => self.settled(0, at - 1, true, true),
            Ordering::Less => self.settled(0, at, true, false),
            Ordering::Equal => self.settled(at, at, number_is, next_is),
            Ordering::Greater => self.settled(after, borders.len(), next_is, true),
        }
    }

    /// For marks from `first` to `last`, the outer ones settled or not.
    fn settled(&self, first: usize, last: usize, from_border: bool, to_border: bool) -> Option<Settled> {
        if first > last {
            return Some(Settled { marks: (1, 0), open: None });
        }
        let open = match (from_border, to_border) {
            (true, true) => None,
            (false, true) => Some((first, first)),
            (true, false) => Some((last, last)),
            (false, false) => Some((first, last)),
        };
        let mark = |reached: usize| u16::try_from(reached).ok();
        let open = match open {
            Some((one, other)) => Some((mark(one)?, mark(other)?)),
            None => None,
        };
        if open.is_some_and(|(one, other)| self.heavy.contains(&one) || self.heavy.contains(&other)) {
            return None;
        }
        Some(Settled { marks: (mark(first)?, mark(last)?), open })
    }

    fn new(borders: Borders, cells: MarkCells) -> Marks {
        let mark = |row: usize| match &cells {
            MarkCells::U8(marks) => marks.get(row).copied().map(u16::from),
            MarkCells::U16(marks) => marks.get(row).copied(),
        };
        let rows = match &cells {
            MarkCells::U8(marks) => marks.len(),
            MarkCells::U16(marks) => marks.len(),
        };
        let mut sample: Vec<u16> = sampled(rows, |_| true).filter_map(mark).collect();
        sample.sort_unstable();
        let many = (sample.len() / MOST_OPEN).max(1);
        let same = sample.chunk_by(|one, other| one == other).filter(|same| same.len() > many);
        let heavy = same.filter_map(|same| same.first().copied()).collect();
        Marks { borders, cells, heavy }
    }

    /// The upper bits of wide cells.
    pub(super) fn coarse(integers: &Integers) -> Option<Marks> {
        let cells = integers.cells();
        if cells.width() < 4 || cells.len() < FEW_ROWS {
            return None;
        }
        fn all<T: Copy + Into<u64> + Sync>(cells: &[T], shift: u32) -> Vec<u16> {
            let mark = |cell: &T| u16::try_from(Into::<u64>::into(*cell) >> shift).unwrap_or(u16::MAX);
            cells.par_iter().with_min_len(FEW_ROWS).map(mark).collect()
        }
        let shift = (u64::BITS - integers.greatest().leading_zeros()).saturating_sub(u16::BITS);
        let marks: Vec<u16> = for_cells!(cells, cells => all(cells, shift));
        Some(Marks::new(Borders::Shift(shift), MarkCells::U16(marks.into())))
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
        // Nobody asks what happened up to midnight and no later: a border for what comes right after is one too many there.
        let (parts, after) = if round == Round::Clock { (2 * PARTS, false) } else { (PARTS, true) };
        for part in 1..=parts {
            let Some(last) = (sample.len() * part / parts).checked_sub(1).and_then(|at| sample.get(at).copied()) else {
                continue;
            };
            if before.is_some_and(|before| last <= before) {
                continue;
            }
            let least = before.or_else(|| sample.first().map(|least| least.saturating_sub(1))).unwrap_or(last);
            let value = round.in_stretch(least, last);
            borders.push(integers.first_cell(value));
            if after {
                borders.push(integers.first_cell(value.saturating_add(1)));
            }
            before = Some(last);
        }
        borders.retain(|cell| *cell > 0);
        borders.sort_unstable();
        borders.dedup();
        let marks = for_cells!(cells, cells => reached_by(cells, integers.greatest(), &borders));
        Some(Marks::new(Borders::Cells(borders), MarkCells::U8(marks.into())))
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
        let reached = |number: &f64| borders.partition_point(|border| border <= number);
        let marks =
            numbers.par_iter().with_min_len(FEW_ROWS).map(|number| u8::try_from(reached(number)).unwrap_or(u8::MAX));
        let marks: Vec<u8> = marks.collect();
        Some(Marks::new(Borders::Floats(borders), MarkCells::U8(marks.into())))
    }
}

/// For each cell how many of the borders, ascending, it has reached; none is above `greatest`.
fn reached_by<T: Copy + Into<u64> + Sync>(cells: &[T], greatest: u64, borders: &[u64]) -> Vec<u8> {
    // What has been reached at the start of each of some thousand stretches: from there it is a step or two.
    let shift = (u64::BITS - greatest.leading_zeros()).saturating_sub(12);
    let starts: Vec<usize> =
        (0..=greatest >> shift).map(|start| borders.partition_point(|border| *border <= start << shift)).collect();
    let reached = |cell: &T| {
        let cell: u64 = (*cell).into();
        let stretch = usize::try_from(cell >> shift).unwrap_or(usize::MAX);
        let mut at = starts.get(stretch).copied().unwrap_or(borders.len());
        while borders.get(at).is_some_and(|border| *border <= cell) {
            at += 1;
        }
        u8::try_from(at).unwrap_or(u8::MAX)
    };
    cells.par_iter().with_min_len(FEW_ROWS).map(reached).collect()
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
