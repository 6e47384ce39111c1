//! The keys of the customers whose memberships are written.

use super::memberships::Cells;
use crate::data::parts::{AllKeys, Key, Seen};
use crate::data::{self, Dictionary, Stored};

/// The customers' keys, in their order.
#[derive(Debug, Clone, Copy)]
pub struct CustomerKeys<'k>(Form<'k>);

#[derive(Debug, Clone, Copy)]
enum Form<'k> {
    /// A column of ids.
    Column(&'k data::Cells, &'k Dictionary),
    /// Those of customers who are forgotten themselves.
    Seen(&'k AllKeys),
    None,
}

impl<'k> CustomerKeys<'k> {
    /// A column of ids; no keys if it is any other.
    pub fn of_column(keys: &'k Stored) -> CustomerKeys<'k> {
        CustomerKeys(keys.text().map_or(Form::None, |(codes, dictionary)| Form::Column(codes, dictionary)))
    }

    /// Those of customers who were read part by part.
    pub fn of_seen(seen: &'k Seen) -> CustomerKeys<'k> {
        CustomerKeys(Form::Seen(seen.all_keys()))
    }

    /// How many.
    pub fn count(&self) -> usize {
        match self.0 {
            Form::Column(codes, _) => codes.len(),
            Form::Seen(keys) => keys.count(),
            Form::None => 0,
        }
    }

    /// The key of a customer; empty past the last.
    pub fn text(&self, row: usize) -> String {
        match self.0 {
            Form::Column(codes, dictionary) => {
                codes.code(row).map(|code| dictionary.text(code).into_owned()).unwrap_or_default()
            }
            Form::Seen(keys) => keys.text(row).unwrap_or_default(),
            Form::None => String::new(),
        }
    }

    /// Whether all are held as whole numbers.
    pub(super) fn are_numeric(&self) -> bool {
        match self.0 {
            Form::Column(_, dictionary) => matches!(dictionary, Dictionary::Integers(_)),
            Form::Seen(keys) => keys.are_numeric(),
            Form::None => false,
        }
    }

    fn number(&self, row: usize) -> i64 {
        match self.0 {
            Form::Column(codes, Dictionary::Integers(numbers)) => {
                codes.code(row).and_then(|code| numbers.get(code as usize)).unwrap_or(0)
            }
            Form::Seen(keys) => match keys.get(row) {
                Some(Key::Integer(number)) => number,
                _ => 0,
            },
            Form::Column(..) | Form::None => 0,
        }
    }

    /// Those of some rows as cells.
    pub(super) fn cells(&self, rows: &[usize]) -> Cells<'static> {
        match self.are_numeric() {
            true => Cells::Integers(rows.iter().map(|row| self.number(*row)).collect()),
            false => Cells::Keys(rows.iter().map(|row| self.text(*row)).collect()),
        }
    }
}
