//! What is said about values and conditions. Codes, besides those listed in `names/messages.rs`:
//!
//! - S0186 a plain number where money is meant
//! - S0187 two currencies mixed
//! - S0188 a plain number where a length of time is meant
//! - S0189 months, quarters or years where a fixed length is needed
//! - S0191 a date held against a time
//! - S0137 two kinds of values that do not go together
//! - S0138 something that is not yes or no where a condition is expected
//! - S0139 a calculation that has no meaning
//! - S0141 text without quotes, or something else in quotes
//! - S0142 a window on rows or values that have no time
//! - S0143 a window that cannot be read: its ends, or hours of a day
//! - S0144 a question about rows that asks for the wrong thing
//! - S0145 `every` without `where`
//! - S0146 a window that can be read two ways
//! - S0147 a test that does not fit its value
//! - S0148 a pattern that cannot be used
//! - S0149 a function that does not fit its value
//! - S0160 a line that leaves out those of whom nothing is known (warning)
//! - S0161 a test for missing on what never is (warning)
//! - S0162 a test or window that nothing can pass, or everything does (warning)
//! - S0163 a partition without `otherwise` (warning)
//! - S0164 `otherwise` behind what is never missing (warning)
//! - S0165 an occasion whose written days are over (warning, told where files come together)
//! - S0182 a plain number where a percentage is meant
//! - S0183 a constant that is not one
//! - S0184 a percentage field that does not say how its data are written
//! - S0185 a list where one value is expected
//! - S0192 the range of a score, or a cap on its points
//! - S0204 a constant that is given another value from outside
//! - S0193 a question about the whole base that cannot be asked like that
//! - S0194 an occasion that cannot be, or that is asked as it cannot be
//! - S0195 a test that gives or expects what cannot be
//! - S0196 a place that cannot be, or something that is none
//! - S0198 something that cannot be asked about another table's rows
//! - S0199 a segment of another table's rows that is asked for as if it were the customer's

mod base;
mod content;
mod kinds;
mod lookups;
mod occasions;
mod others;
mod places;
mod quantities;
mod rows;
mod scores;
mod sequences;
mod test_cases;
mod tests_of_values;

pub(crate) use base::*;
pub(crate) use content::*;
pub(crate) use kinds::*;
pub(crate) use lookups::*;
pub(crate) use occasions::*;
pub(crate) use others::*;
pub(crate) use places::*;
pub(crate) use quantities::*;
pub(crate) use rows::*;
pub(crate) use scores::*;
pub(crate) use sequences::*;
pub(crate) use test_cases::*;
pub(crate) use tests_of_values::*;

use crate::program::Type;

/// A kind of value in the reader's words, with its article.
pub(crate) fn kind(ty: &Type) -> String {
    match ty {
        Type::Boolean => "yes/no".to_owned(),
        Type::Integer => "a whole number".to_owned(),
        Type::Number => "a number".to_owned(),
        Type::Money(currency) => format!("money in {}", currency.code()),
        Type::Percent => "a percentage".to_owned(),
        Type::Text => "text".to_owned(),
        Type::OneOf(_) => "one of its listed values".to_owned(),
        Type::Date => "a date".to_owned(),
        Type::Datetime => "a date with a time".to_owned(),
        Type::Duration => "a length of time".to_owned(),
        Type::Id(_) => "an id".to_owned(),
        Type::Timezone => "a time zone".to_owned(),
        Type::Location => "a place".to_owned(),
        Type::List(_) => "a list".to_owned(),
        Type::Records(_) => "a list of records".to_owned(),
    }
}
