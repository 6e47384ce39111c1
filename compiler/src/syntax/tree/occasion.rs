//! Days that come back, as written.

use super::{Amount, Expr, Word};
use crate::source::Span;

/// What stands behind an occasion's name.
#[derive(Debug, Clone, PartialEq)]
pub struct Occasion {
    /// At least one, unless a message was given.
    pub days: Vec<OccasionDays>,
}

/// A day, or the days from one to another.
#[derive(Debug, Clone, PartialEq)]
pub struct OccasionDays {
    /// The first.
    pub from: Day,
    /// The last, where `from ... to ...` is written.
    pub to: Option<Day>,
    /// All of it.
    pub span: Span,
}

/// A day that comes back, or a written date.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// Which.
    pub kind: DayKind,
    /// Where it stands.
    pub span: Span,
}

/// Which day.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum DayKind {
    /// `14 february`
    OfYear { day: u32, month: u32 },
    /// `second sunday of may`; `last` is 0, weekdays run from 1 (Monday) to 7.
    Weekday { nth: u32, weekday: u32, month: u32 },
    /// `easter`, `orthodox easter`
    Easter { orthodox: bool },
    /// `2026-11-08`, as days since 1970-01-01.
    Date(i32),
    /// Another occasion.
    Named(Word),
    /// `anniversary of birth_date`
    Anniversary(Box<Expr>),
    /// `7 days before easter`
    Moved { amount: Amount, before: bool, of: Box<Day> },
    /// `first friday after 18 june`, `last monday before 25 may`
    Nearest { weekday: u32, after: bool, of: Box<Day> },
    /// Could not be read; a message was given.
    Error,
}
