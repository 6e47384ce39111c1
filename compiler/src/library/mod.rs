//! Ready-made declarations, each with its tests, that a project takes over as its own.
//!
//! An entry is written for tables and fields by usual names (`purchases`, `purchases.paid`). Taken over, it speaks of the
//! project's own: [`bind`] finds them, [`adapt`] writes the entry with their names.

mod adapt;
mod bind;
mod entries;

#[cfg(test)]
mod tests;

pub use adapt::{Adapted, adapt};
pub use bind::{Binding, Bound, Refusal, bind};
pub use entries::entries;

/// Something ready-made.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What it is called: `rfm`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it needs of a project.
    pub needs: &'static [Need],
    /// Its declarations.
    pub rules: &'static str,
    /// Its tests.
    pub tests: &'static str,
}

/// A table or field that an entry speaks of.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// Its name in the entry: `purchases`, `purchases.paid`, or `birth_date` of the customers.
    pub name: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// What it holds, for people.
    pub meaning: &'static str,
    /// Names by which it goes elsewhere.
    pub others: &'static [&'static str],
}

/// What a table or field must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A table of events.
    Events,
    /// The time of events: found with their table.
    Time,
    /// A field of money.
    Money,
    /// A field of whole numbers.
    Whole,
    /// A field of dates.
    Date,
}

impl Kind {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Kind::Events => "events",
            Kind::Time => "the time of these events",
            Kind::Money => "a field with money",
            Kind::Whole => "a field with whole numbers",
            Kind::Date => "a field with dates",
        }
    }

    /// Several of them, in words.
    fn several(self) -> &'static str {
        match self {
            Kind::Events => "events",
            Kind::Time => "times",
            Kind::Money => "fields with money",
            Kind::Whole => "fields with whole numbers",
            Kind::Date => "fields with dates",
        }
    }
}

/// The entry of a name, capitals ignored.
pub fn find(name: &str) -> Option<&'static Entry> {
    entries().iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
}
