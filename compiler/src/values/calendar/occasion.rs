//! Days that come back: fixed and floating days of the year, listed days, spans, and each customer's anniversaries (rule 4).
//!
//! Decisions that rule 4 leaves open:
//! - A span is named by the year of its first end as written (`from 28 december to 3 january`); where the second end of that
//!   year lies before it, the span ends in the next year.
//! - A day that a year does not have (the fifth monday of a month with four) is left out in that year; 29 February is
//!   28 February in years without it.
//! - The first anniversary is a year after the day itself.

use super::{CivilDate, WEEKDAYS, date_text, days_in_month, weekday_of};
use std::fmt;
use std::sync::Arc;

/// A rule that gives at most one day for each year.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum DayRule {
    /// `14 february`
    Fixed { month: u32, day: u32 },
    /// `second sunday of may`, counted from 1; `last` is 0. Weekdays from 1 (Monday) to 7.
    Weekday { nth: u32, weekday: u32, month: u32 },
    /// Easter Sunday of the western churches.
    Easter,
    /// Easter Sunday of the orthodox churches, as a day of the Gregorian calendar.
    OrthodoxEaster,
    /// So many days later, or earlier where negative.
    Moved { by: i32, of: Arc<DayRule> },
    /// `first friday after 18 june`, `last monday before 25 may`: never that day itself.
    Nearest { weekday: u32, after: bool, of: Arc<DayRule> },
    /// `2026-11-08`: once.
    Listed(i32),
}

/// The days from one rule's to another's, both included.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stretch {
    /// Where it begins.
    pub from: DayRule,
    /// Where it ends.
    pub to: DayRule,
}

/// When something comes back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// The same days for everybody.
    Days(Arc<[Stretch]>),
    /// The days around each anniversary of a customer's date.
    Anniversary {
        /// Days from the anniversary to the first day.
        from: i32,
        /// Days from the anniversary to the last day, not before `from`.
        to: i32,
    },
}

/// Which days are meant, seen from an occasion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// So many days before its first.
    Before(i32),
    /// Its days.
    During,
    /// So many days after its last.
    After(i32),
}

/// Years after which the days of the calendar come back as they were.
const CYCLE: i64 = 400;

impl DayRule {
    /// The number of its day in a year.
    pub fn day(&self, year: i64) -> Option<i64> {
        Some(match self {
            DayRule::Fixed { month, day } => fixed(year, *month, *day),
            DayRule::Weekday { nth: 0, weekday, month } => {
                let last = CivilDate { year, month: *month, day: days_in_month(year, *month) }.number();
                last - (weekday_at(last) - i64::from(*weekday)).rem_euclid(7)
            }
            DayRule::Weekday { nth, weekday, month } => {
                let first = CivilDate { year, month: *month, day: 1 }.number();
                let day = (i64::from(*weekday) - weekday_at(first)).rem_euclid(7) + 7 * (i64::from(*nth) - 1);
                if day >= i64::from(days_in_month(year, *month)) {
                    return None;
                }
                first + day
            }
            DayRule::Easter => easter(year),
            DayRule::OrthodoxEaster => orthodox_easter(year),
            DayRule::Moved { by, of } => of.day(year)? + i64::from(*by),
            DayRule::Nearest { weekday, after: true, of } => {
                let next = of.day(year)? + 1;
                next + (i64::from(*weekday) - weekday_at(next)).rem_euclid(7)
            }
            DayRule::Nearest { weekday, after: false, of } => {
                let before = of.day(year)? - 1;
                before - (weekday_at(before) - i64::from(*weekday)).rem_euclid(7)
            }
            DayRule::Listed(day) => {
                if CivilDate::of(i64::from(*day)).year != year {
                    return None;
                }
                i64::from(*day)
            }
        })
    }

    /// How far its day may lie from the year that names it.
    fn days_away(&self) -> i64 {
        match self {
            DayRule::Moved { by, of } => of.days_away() + i64::from(by.unsigned_abs()),
            DayRule::Nearest { of, .. } => of.days_away() + 7,
            _ => 0,
        }
    }

    /// Its day, where it is a listed one or moved from such a one: once.
    pub fn only_day(&self) -> Option<i64> {
        self.day(self.only_year()?)
    }

    /// The year of its only day, where it is a listed one.
    fn only_year(&self) -> Option<i64> {
        match self {
            DayRule::Listed(day) => Some(CivilDate::of(i64::from(*day)).year),
            DayRule::Moved { of, .. } | DayRule::Nearest { of, .. } => of.only_year(),
            _ => None,
        }
    }
}

impl Stretch {
    /// First and last day of the span that a year names.
    pub fn days(&self, year: i64) -> Option<(i64, i64)> {
        let from = self.from.day(year)?;
        if let Some(end) = self.to.only_year() {
            let to = self.to.day(end)?;
            return (from <= to).then_some((from, to));
        }
        let to = self.to.day(year).filter(|to| *to >= from).or_else(|| self.to.day(year + 1))?;
        (from <= to).then_some((from, to))
    }

    /// Its spans of the years around two days, in order.
    fn near(&self, first: i64, last: i64) -> impl Iterator<Item = (i64, i64)> {
        let years = 1 + (self.from.days_away().max(self.to.days_away())) / 365;
        let (from, to) = (CivilDate::of(first).year - years - 1, CivilDate::of(last).year + years);
        let (from, to) = match self.from.only_year() {
            Some(only) => (from.max(only), to.min(only)),
            // Longer than a cycle nothing new comes.
            None => (from, to.min(from + CYCLE + 2 * years + 2)),
        };
        (from..=to).filter_map(|year| self.days(year))
    }
}

impl Occasion {
    /// Whether one of its days lies from `first` to `last`, both included; `base` is the day of which it is the
    /// anniversary, where it is one.
    pub fn touches(&self, base: Option<i32>, first: i64, last: i64) -> bool {
        if first > last {
            return false;
        }
        match self {
            Occasion::Days(stretches) => {
                stretches.iter().any(|stretch| stretch.near(first, last).any(|(from, to)| from <= last && to >= first))
            }
            Occasion::Anniversary { from, to } => {
                base.is_some_and(|base| has_anniversary(base, first - i64::from(*to), last - i64::from(*from)))
            }
        }
    }

    /// Whether a day lies so around one of its occurrences.
    pub fn reaches(&self, base: Option<i32>, day: i32, reach: Reach) -> bool {
        let day = i64::from(day);
        match self {
            Occasion::Days(stretches) => stretches.iter().any(|stretch| {
                let far = match reach {
                    Reach::Before(days) | Reach::After(days) => i64::from(days),
                    Reach::During => 0,
                };
                stretch.near(day - far, day + far).any(|(from, to)| match reach {
                    Reach::Before(days) => day < from && from <= day + i64::from(days),
                    Reach::During => from <= day && day <= to,
                    Reach::After(days) => day - i64::from(days) <= to && to < day,
                })
            }),
            Occasion::Anniversary { from, to } => base.is_some_and(|base| {
                let (from, to) = (i64::from(*from), i64::from(*to));
                match reach {
                    Reach::Before(days) => has_anniversary(base, day + 1 - from, day + i64::from(days) - from),
                    Reach::During => has_anniversary(base, day - to, day - from),
                    Reach::After(days) => has_anniversary(base, day - i64::from(days) - to, day - 1 - to),
                }
            }),
        }
    }

    /// The days from `first` to `last` that lie so around it, as stretches in no order, which may reach beyond both; `None` for
    /// anniversaries.
    pub fn chosen(&self, reach: Reach, first: i64, last: i64) -> Option<Vec<(i64, i64)>> {
        let Occasion::Days(stretches) = self else { return None };
        let far = match reach {
            Reach::Before(days) | Reach::After(days) => i64::from(days),
            Reach::During => 0,
        };
        let around = |(from, to): (i64, i64)| match reach {
            Reach::Before(_) => (from - far, from - 1),
            Reach::During => (from, to),
            Reach::After(_) => (to + 1, to + far),
        };
        let near = stretches.iter().flat_map(|stretch| stretch.near(first - far, last + far));
        Some(near.map(around).filter(|(from, to)| *from <= last && *to >= first).collect())
    }

    /// First and last day of the occurrence that is next over: the one that holds a day, or else the next after it.
    pub fn next(&self, base: Option<i32>, day: i32) -> Option<(i32, i32)> {
        let next = match self {
            Occasion::Days(stretches) => {
                let next = |stretch: &Stretch| {
                    let far = i64::from(day) + 366 * CYCLE;
                    stretch.near(i64::from(day), far).find(|(_, to)| *to >= i64::from(day))
                };
                stretches.iter().filter_map(next).min()?
            }
            Occasion::Anniversary { from, to } => {
                let next = anniversary(base?, i64::from(day) - i64::from(*to));
                (next + i64::from(*from), next + i64::from(*to))
            }
        };
        Some((i32::try_from(next.0).ok()?, i32::try_from(next.1).ok()?))
    }

    /// The last day there is, where all of them are listed.
    pub fn last_day(&self) -> Option<i64> {
        let Occasion::Days(stretches) = self else { return None };
        let mut last = None;
        for stretch in &**stretches {
            let (_, to) = stretch.days(stretch.from.only_year()?)?;
            last = last.max(Some(to));
        }
        last
    }
}

/// Whether an anniversary of a day lies from `first` to `last`.
fn has_anniversary(base: i32, first: i64, last: i64) -> bool {
    anniversary(base, first) <= last
}

/// The first anniversary of a day that is not before `first`.
fn anniversary(base: i32, first: i64) -> i64 {
    let CivilDate { year, month, day } = CivilDate::of(i64::from(base));
    let in_year = CivilDate::of(first).year.max(year + 1);
    match fixed(in_year, month, day) {
        this if this >= first => this,
        _ => fixed(in_year + 1, month, day),
    }
}

/// A day of a year; 29 February is the 28th where there is none.
fn fixed(year: i64, month: u32, day: u32) -> i64 {
    CivilDate { year, month, day: day.min(days_in_month(year, month)) }.number()
}

fn weekday_at(day: i64) -> i64 {
    i32::try_from(day).map_or_else(|_| (day + 3).rem_euclid(7) + 1, |day| i64::from(weekday_of(day)))
}

/// Easter Sunday by the Gregorian computus.
///
/// Source: "Anonymous Gregorian algorithm" of *Nature*, 1876, as in Jean Meeus, "Astronomical Algorithms", chapter 8.
fn easter(year: i64) -> i64 {
    let golden = year.rem_euclid(19);
    let (century, of_century) = (year.div_euclid(100), year.rem_euclid(100));
    let (leaps, century_left) = (century.div_euclid(4), century.rem_euclid(4));
    let moon = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let full = (19 * golden + century - leaps - moon + 15).rem_euclid(30);
    let to_sunday = (32 + 2 * century_left + 2 * (of_century / 4) - full - of_century % 4).rem_euclid(7);
    let late = (golden + 11 * full + 22 * to_sunday) / 451;
    let from_march = full + to_sunday - 7 * late + 114;
    CivilDate { year, month: (from_march / 31) as u32, day: (from_march % 31) as u32 + 1 }.number()
}

/// Easter Sunday by the Julian computus, as a Gregorian day.
///
/// Source: Jean Meeus, "Astronomical Algorithms", chapter 8; the day is one of the Julian calendar, which lies behind the
/// Gregorian one by a day for each century without a leap year.
fn orthodox_easter(year: i64) -> i64 {
    let full = (19 * year.rem_euclid(19) + 15).rem_euclid(30);
    let to_sunday = (2 * year.rem_euclid(4) + 4 * year.rem_euclid(7) - full + 34).rem_euclid(7);
    let from_march = full + to_sunday + 114;
    let (month, day) = ((from_march / 31) as u32, (from_march % 31) as u32 + 1);
    let behind = year.div_euclid(100) - year.div_euclid(400) - 2;
    CivilDate { year, month, day }.number() + behind
}

impl fmt::Display for Occasion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Occasion::Anniversary { from: 0, to: 0 } => out.write_str("anniversary"),
            Occasion::Anniversary { from, to } => write!(out, "anniversary{from:+}..{to:+}"),
            Occasion::Days(days) => days.iter().enumerate().try_for_each(|(at, span)| {
                if at > 0 {
                    out.write_str(",")?;
                }
                match span.from == span.to {
                    true => write!(out, "{}", span.from),
                    false => write!(out, "{}..{}", span.from, span.to),
                }
            }),
        }
    }
}

impl fmt::Display for DayRule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |weekday: &u32| WEEKDAYS.get((*weekday as usize + 6) % 7).copied().unwrap_or_default();
        match self {
            DayRule::Fixed { month, day } => write!(out, "{month:02}-{day:02}"),
            DayRule::Weekday { nth: 0, weekday, month } => write!(out, "last-{}-of-{month:02}", name(weekday)),
            DayRule::Weekday { nth, weekday, month } => write!(out, "{}-{nth}-of-{month:02}", name(weekday)),
            DayRule::Easter => out.write_str("easter"),
            DayRule::OrthodoxEaster => out.write_str("orthodox-easter"),
            DayRule::Moved { by, of } => write!(out, "({of}{by:+})"),
            DayRule::Nearest { weekday, after, of } => {
                write!(out, "({}-{}-{of})", name(weekday), if *after { "after" } else { "before" })
            }
            DayRule::Listed(day) => out.write_str(&date_text(*day)),
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reach::Before(days) => write!(out, "{days}-days-before"),
            Reach::During => out.write_str("during"),
            Reach::After(days) => write!(out, "{days}-days-after"),
        }
    }
}
