//! The builtin functions, each declared once: name, form, meaning, example, behaviour on missing values.
//!
//! Checker, hover, docs, interpreter, plan and engine read this table; a function is an enum variant, so a missing
//! implementation anywhere does not compile.

use crate::syntax::tree::{CallShape, Unit};

/// A function of one argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Function {
    /// `year of D`: integer; date or datetime (in the project's zone).
    YearOf,
    /// `quarter of D`: 1 to 4.
    QuarterOf,
    /// `month of D`: 1 to 12; compared with month names.
    MonthOf,
    /// `day of D`: 1 to 31.
    DayOf,
    /// `weekday of D`: 1 (Monday) to 7; compared with day names.
    WeekdayOf,
    /// `hour of D`: 0 to 23; datetime only.
    HourOf,
    /// `minute of D`: 0 to 59; datetime only.
    MinuteOf,
    /// `date of D`: the day of an instant in the project's zone.
    DateOf,
    /// `length of T`: characters (code points) of a text.
    LengthOf,
    /// `absolute of X`: integer, number, money.
    AbsoluteOf,
    /// `years since D`, `days since D` ...: completed units from D to now (rule 10); negative where D lies ahead.
    UnitsSince(Unit),
    /// `days until D`: completed units from now to D.
    UnitsUntil(Unit),
    /// `time since D`: a duration; datetime, or a date at its 00:00.
    TimeSince,
    /// `time until D`.
    TimeUntil,
}

/// How a function is written.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// The function.
    pub function: Function,
    /// The word before `of`, `since` or `until`.
    pub name: &'static str,
    /// The joining word.
    pub shape: CallShape,
    /// One sentence for hover and docs.
    pub meaning: &'static str,
    /// A line that checks.
    pub example: &'static str,
}
