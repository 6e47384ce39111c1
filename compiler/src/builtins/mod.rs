//! The builtin functions, each declared once: name, form, meaning, example, behaviour on missing values.
//!
//! The checker and its verifier take names, forms and types from here, messages their suggestions, and `docs/language/functions.md`
//! its table, which a test holds against the declarations. What a function does is written in the interpreter (`fn call`) and in
//! the engine (`kernels/calendar`). Each of these matches on the function without a wildcard, so a function that is not
//! declared, or not worked out in one of them, does not compile.

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
    /// `latitude of P`: degrees, north above zero.
    LatitudeOf,
    /// `longitude of P`: degrees, east above zero.
    LongitudeOf,
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
    /// A place.
    Place,
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
    /// A number with decimals.
    Number,
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
    /// A line that checks, where `birth_date` is a date, `seen_at` a datetime, `email` a text, `balance` money USD and `home` a location.
    pub example: &'static str,
    /// What happens to a missing value.
    pub missing: &'static str,
}

/// Writes each function down once: the list of all of them and the way from a function to its declaration. The `match` has no
/// other arm, so a function without a declaration does not compile.
macro_rules! declarations {
    ($([$($function:tt)+] $name:literal $shape:ident $argument:ident $gives:ident $meaning:tt $example:literal;)+) => {
        /// All functions.
        pub const DECLARATIONS: &[&Declaration] = &[$($($function)+.declaration()),+];

        impl Function {
            /// How it is written and what it means.
            pub const fn declaration(self) -> &'static Declaration {
                match self {
                    $($($function)+ => &Declaration {
                        function: $($function)+,
                        name: $name,
                        shape: CallShape::$shape,
                        argument: Argument::$argument,
                        gives: Gives::$gives,
                        meaning: $meaning,
                        example: $example,
                        missing: STAYS_MISSING,
                    },)+
                }
            }
        }
    };
}

const STAYS_MISSING: &str = "Of a missing value it is missing.";
const PASSED: &str = "How many whole ones have passed since a date or time; below zero where it lies ahead.";
const LEFT: &str = "How many whole ones are left until a date or time; below zero where it has passed.";

declarations! {
    [Function::YearOf] "year" Of Moment Integer "The year of a date." "year of birth_date >= 1980";
    [Function::QuarterOf] "quarter" Of Moment Integer "The quarter of a date, from 1 to 4." "quarter of birth_date is 2";
    [Function::MonthOf] "month" Of Moment Integer "The month of a date, from 1 to 12; compared with names of months." "month of birth_date is one of june, july";
    [Function::DayOf] "day" Of Moment Integer "The day of the month, from 1 to 31." "day of birth_date is 1";
    [Function::WeekdayOf] "weekday" Of Moment Integer "The day of the week, from 1 (Monday) to 7; compared with names of days." "weekday of seen_at is monday";
    [Function::HourOf] "hour" Of Instant Integer "The hour on the clock, from 0 to 23, in the project's time zone." "hour of seen_at < 12";
    [Function::MinuteOf] "minute" Of Instant Integer "The minute on the clock, from 0 to 59, in the project's time zone." "minute of seen_at is 0";
    [Function::DateOf] "date" Of Instant Date "The day of a time, in the project's time zone." "date of seen_at is 2026-03-01";
    [Function::LengthOf] "length" Of Text Integer "How many characters a text has." "length of email > 10";
    [Function::AbsoluteOf] "absolute" Of Quantity Same "The number, money or length of time without its minus sign." "absolute of balance > 100 USD";
    [Function::LatitudeOf] "latitude" Of Place Number "How far north a place is, in degrees from -90 to 90; below zero south of the equator." "latitude of home > 66.56";
    [Function::LongitudeOf] "longitude" Of Place Number "How far east a place is, in degrees from -180 to 180; below zero west of Greenwich." "longitude of home < 0";
    [Function::UnitsSince(Unit::Year)] "years" Since Moment Integer PASSED "years since birth_date >= 18";
    [Function::UnitsSince(Unit::Quarter)] "quarters" Since Moment Integer PASSED "quarters since birth_date > 2";
    [Function::UnitsSince(Unit::Month)] "months" Since Moment Integer PASSED "months since seen_at > 3";
    [Function::UnitsSince(Unit::Week)] "weeks" Since Moment Integer PASSED "weeks since seen_at < 2";
    [Function::UnitsSince(Unit::Day)] "days" Since Moment Integer PASSED "days since seen_at > 90";
    [Function::UnitsSince(Unit::Hour)] "hours" Since Moment Integer PASSED "hours since seen_at < 24";
    [Function::UnitsSince(Unit::Minute)] "minutes" Since Moment Integer PASSED "minutes since seen_at < 30";
    [Function::UnitsSince(Unit::Second)] "seconds" Since Moment Integer PASSED "seconds since seen_at < 30";
    [Function::UnitsUntil(Unit::Year)] "years" Until Moment Integer LEFT "years until birth_date < 1";
    [Function::UnitsUntil(Unit::Quarter)] "quarters" Until Moment Integer LEFT "quarters until birth_date < 1";
    [Function::UnitsUntil(Unit::Month)] "months" Until Moment Integer LEFT "months until birth_date < 1";
    [Function::UnitsUntil(Unit::Week)] "weeks" Until Moment Integer LEFT "weeks until birth_date < 1";
    [Function::UnitsUntil(Unit::Day)] "days" Until Moment Integer LEFT "days until seen_at <= 7";
    [Function::UnitsUntil(Unit::Hour)] "hours" Until Moment Integer LEFT "hours until seen_at < 24";
    [Function::UnitsUntil(Unit::Minute)] "minutes" Until Moment Integer LEFT "minutes until seen_at < 30";
    [Function::UnitsUntil(Unit::Second)] "seconds" Until Moment Integer LEFT "seconds until seen_at < 30";
    [Function::TimeSince] "time" Since Moment Duration "How much time has passed since a date or time; a date counts from its 00:00." "time since seen_at > 90 days";
    [Function::TimeUntil] "time" Until Moment Duration "How much time is left until a date or time; a date counts from its 00:00." "time until seen_at < 2 days";
}

/// The function of a name and form. Names ignore capitals; `day since` is understood as `days since`.
pub fn find(name: &str, shape: CallShape) -> Option<&'static Declaration> {
    let name = name.to_lowercase();
    let plural = format!("{name}s");
    let fits = |declaration: &Declaration| {
        declaration.shape == shape && (declaration.name == name || shape != CallShape::Of && declaration.name == plural)
    };
    DECLARATIONS.iter().copied().find(|declaration| fits(declaration))
}

/// The names of functions closest to a word that can stand before the same joining word, at most three.
pub fn closest(name: &str, shape: CallShape) -> Vec<Arc<str>> {
    // Also the words that ask about rows.
    let of_rows = ["sum", "average", "number"].into_iter().filter(|_| shape == CallShape::Of);
    let own = DECLARATIONS.iter().filter(|declaration| declaration.shape == shape).map(|declaration| declaration.name);
    let names = own.chain(of_rows).map(Arc::from);
    crate::names::suggest::closest(name, names)
}
