//! The builtin functions, each declared once: name, form, meaning, example, behaviour on missing values.
//!
//! Checker, hover, docs, interpreter, plan and engine read this table; a function is an enum variant, so a missing
//! implementation anywhere does not compile.

use crate::syntax::tree::{CallShape, Unit};
use std::sync::Arc;

#[cfg(test)]
mod tests;

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

/// What a function can be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// A date or an instant.
    Moment,
    /// An instant only.
    Instant,
    /// A text; also an id, a listed value or a time zone.
    Text,
    /// An integer, a number, money or a length of time; the result is of the same kind.
    Quantity,
}

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// A whole number.
    Integer,
    /// A day.
    Date,
    /// A length of time.
    Duration,
    /// What it was asked about.
    Same,
}

/// How a function is written and what it means.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// The function.
    pub function: Function,
    /// The word before `of`, `since` or `until`.
    pub name: &'static str,
    /// The joining word.
    pub shape: CallShape,
    /// What may stand behind it.
    pub argument: Argument,
    /// What comes out.
    pub gives: Gives,
    /// One sentence for hover and docs.
    pub meaning: &'static str,
    /// A line that checks, where `birth_date` is a date, `seen_at` a datetime, `email` a text and `balance` money USD.
    pub example: &'static str,
    /// What happens to a missing value.
    pub missing: &'static str,
}

/// All functions.
pub const DECLARATIONS: &[Declaration] = &[
    of(Function::YearOf, "year", Argument::Moment, Gives::Integer, "The year of a date.", "year of birth_date >= 1980"),
    of(
        Function::QuarterOf,
        "quarter",
        Argument::Moment,
        Gives::Integer,
        "The quarter of a date, from 1 to 4.",
        "quarter of birth_date is 2",
    ),
    of(
        Function::MonthOf,
        "month",
        Argument::Moment,
        Gives::Integer,
        "The month of a date, from 1 to 12; compared with names of months.",
        "month of birth_date is one of june, july",
    ),
    of(
        Function::DayOf,
        "day",
        Argument::Moment,
        Gives::Integer,
        "The day of the month, from 1 to 31.",
        "day of birth_date is 1",
    ),
    of(
        Function::WeekdayOf,
        "weekday",
        Argument::Moment,
        Gives::Integer,
        "The day of the week, from 1 (Monday) to 7; compared with names of days.",
        "weekday of seen_at is monday",
    ),
    of(
        Function::HourOf,
        "hour",
        Argument::Instant,
        Gives::Integer,
        "The hour on the clock, from 0 to 23, in the project's time zone.",
        "hour of seen_at < 12",
    ),
    of(
        Function::MinuteOf,
        "minute",
        Argument::Instant,
        Gives::Integer,
        "The minute on the clock, from 0 to 59, in the project's time zone.",
        "minute of seen_at is 0",
    ),
    of(
        Function::DateOf,
        "date",
        Argument::Instant,
        Gives::Date,
        "The day of a time, in the project's time zone.",
        "date of seen_at is 2026-03-01",
    ),
    of(
        Function::LengthOf,
        "length",
        Argument::Text,
        Gives::Integer,
        "How many characters a text has.",
        "length of email > 10",
    ),
    of(
        Function::AbsoluteOf,
        "absolute",
        Argument::Quantity,
        Gives::Same,
        "The number or money without its minus sign.",
        "absolute of balance > 100 USD",
    ),
    since(Unit::Year, "years", "years since birth_date >= 18"),
    since(Unit::Quarter, "quarters", "quarters since birth_date > 2"),
    since(Unit::Month, "months", "months since seen_at > 3"),
    since(Unit::Week, "weeks", "weeks since seen_at < 2"),
    since(Unit::Day, "days", "days since seen_at > 90"),
    since(Unit::Hour, "hours", "hours since seen_at < 24"),
    since(Unit::Minute, "minutes", "minutes since seen_at < 30"),
    since(Unit::Second, "seconds", "seconds since seen_at < 30"),
    until(Unit::Year, "years", "years until birth_date < 1"),
    until(Unit::Quarter, "quarters", "quarters until birth_date < 1"),
    until(Unit::Month, "months", "months until birth_date < 1"),
    until(Unit::Week, "weeks", "weeks until birth_date < 1"),
    until(Unit::Day, "days", "days until seen_at <= 7"),
    until(Unit::Hour, "hours", "hours until seen_at < 24"),
    until(Unit::Minute, "minutes", "minutes until seen_at < 30"),
    until(Unit::Second, "seconds", "seconds until seen_at < 30"),
    Declaration {
        function: Function::TimeSince,
        name: "time",
        shape: CallShape::Since,
        argument: Argument::Moment,
        gives: Gives::Duration,
        meaning: "How much time has passed since a date or time; a date counts from its 00:00.",
        example: "time since seen_at > 90 days",
        missing: STAYS_MISSING,
    },
    Declaration {
        function: Function::TimeUntil,
        name: "time",
        shape: CallShape::Until,
        argument: Argument::Moment,
        gives: Gives::Duration,
        meaning: "How much time is left until a date or time; a date counts from its 00:00.",
        example: "time until seen_at < 2 days",
        missing: STAYS_MISSING,
    },
];

const STAYS_MISSING: &str = "Of a missing value it is missing.";

const fn of(
    function: Function,
    name: &'static str,
    argument: Argument,
    gives: Gives,
    meaning: &'static str,
    example: &'static str,
) -> Declaration {
    Declaration { function, name, shape: CallShape::Of, argument, gives, meaning, example, missing: STAYS_MISSING }
}

const fn since(unit: Unit, name: &'static str, example: &'static str) -> Declaration {
    Declaration {
        function: Function::UnitsSince(unit),
        name,
        shape: CallShape::Since,
        argument: Argument::Moment,
        gives: Gives::Integer,
        meaning: "How many whole ones have passed since a date or time; below zero where it lies ahead.",
        example,
        missing: STAYS_MISSING,
    }
}

const fn until(unit: Unit, name: &'static str, example: &'static str) -> Declaration {
    Declaration {
        function: Function::UnitsUntil(unit),
        name,
        shape: CallShape::Until,
        argument: Argument::Moment,
        gives: Gives::Integer,
        meaning: "How many whole ones are left until a date or time; below zero where it has passed.",
        example,
        missing: STAYS_MISSING,
    }
}

impl Function {
    /// How it is written and what it means.
    pub fn declaration(self) -> Option<&'static Declaration> {
        DECLARATIONS.iter().find(|declaration| declaration.function == self)
    }
}

/// The function of a name and form. Names ignore capitals; `day since` is understood as `days since`.
pub fn find(name: &str, shape: CallShape) -> Option<&'static Declaration> {
    let name = name.to_lowercase();
    let plural = format!("{name}s");
    let fits = |declaration: &&Declaration| {
        declaration.shape == shape && (declaration.name == name || shape != CallShape::Of && declaration.name == plural)
    };
    DECLARATIONS.iter().find(fits)
}

/// The names of functions closest to a word, at most three, each with its joining word.
pub fn closest(name: &str) -> Vec<Arc<str>> {
    let names = DECLARATIONS.iter().map(|declaration| Arc::from(declaration.name));
    crate::names::suggest::closest(name, names)
}
