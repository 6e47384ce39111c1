//! What the random rules are made of: types of values and kinds of conditions. [`Kind::all`] is what the generator draws from
//! and what the coverage demands, so a construct cannot be made without being counted, nor be forgotten without a failure.

use std::fmt;

/// Types of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ty {
    Boolean,
    Integer,
    Number,
    Money,
    Percent,
    Duration,
    Date,
    Instant,
    Text,
    Id,
    Zone,
    Listed,
    Place,
}

impl Ty {
    pub(crate) const ALL: [Ty; 13] = [
        Ty::Boolean,
        Ty::Integer,
        Ty::Number,
        Ty::Money,
        Ty::Percent,
        Ty::Duration,
        Ty::Date,
        Ty::Instant,
        Ty::Text,
        Ty::Id,
        Ty::Zone,
        Ty::Listed,
        Ty::Place,
    ];

    /// Whether one value of it is less than another.
    pub(crate) fn ordered(self) -> bool {
        !matches!(self, Ty::Boolean | Ty::Zone | Ty::Listed | Ty::Place)
    }

    /// Whether it can be asked to lie between two values.
    pub(crate) fn ranged(self) -> bool {
        self.ordered() && !matches!(self, Ty::Text | Ty::Id)
    }

    /// Whether its values can be calculated with and stay what they are.
    pub(crate) fn calculable(self) -> bool {
        matches!(self, Ty::Integer | Ty::Number | Ty::Money | Ty::Duration)
    }
}

/// Windows, by their form.
pub(crate) const WINDOWS: &[&str] = &[
    "in the last",
    "in the last whole",
    "in the last, no number",
    "in the next",
    "in the next, no number",
    "more than ago",
    "less than ago",
    "exactly ago",
    "from to ago",
    "from to ago, two units",
    "since",
    "before",
    "after",
    "from to",
    "this",
    "last",
    "today",
    "yesterday",
    "on date",
    "weekdays",
    "hours",
    "near an occasion",
    "during an occasion",
];

/// Tests on text.
pub(crate) const TEXT_TESTS: &[&str] = &["contains", "starts with", "ends with", "matches"];

/// Questions to lists of values.
pub(crate) const INCLUDES: &[&str] =
    &["value", "any of", "all of", "none of", "denied", "field", "looked-up list", "a customer's list"];

/// Functions that give a part of a moment or a text.
pub(crate) const PARTS: &[&str] = &["year", "quarter", "month", "weekday", "day", "hour", "minute", "date", "length"];

/// Units that are counted since and until a moment.
pub(crate) const UNITS: &[&str] = &["years", "quarters", "months", "weeks", "days", "hours", "minutes", "seconds"];

/// Blocks of lines.
pub(crate) const BLOCKS: &[&str] = &["all of", "any of", "none of", "at least 1 of", "at least 2 of", "at least 3 of"];

/// What a condition asks, by its outermost test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A yes/no field. The first: it can be made everywhere.
    Boolean,
    Compare(Ty),
    Range(Ty),
    Equal(Ty),
    OneOf(Ty),
    Known(Ty),
    /// `is in` a declared list.
    InList,
    TextTest(&'static str),
    Includes(&'static str),
    /// A list of values is empty.
    Empty,
    /// A list of records is empty.
    NoRecords,
    Window(&'static str),
    Any,
    No,
    Every,
    Count,
    /// What an aggregate gives, compared.
    Aggregate,
    /// What the entries of the lists of many rows give, compared.
    Entries,
    /// What the values of a plain list give, compared.
    Elements,
    /// The same of a list of a looked-up row.
    LookedElements,
    /// A field that a looked-up row works out from its own list of records.
    LookedRecords,
    Part(&'static str),
    Since(&'static str),
    Until(&'static str),
    TimeSince,
    TimeUntil,
    /// The time between two moments.
    Difference(Ty),
    /// A segment.
    Segment,
    /// A part of a partition.
    PartitionPart,
    /// A trait.
    Trait,
    /// A field of another customer.
    Friend,
    /// Whether a day of an occasion lies in a stretch.
    Occurs,
    /// How near a place is to another.
    Near,
    /// Whether a place is in a box.
    InBox,
    /// How far north or east a place is.
    Degrees,
    /// A declared constant.
    Let(Ty),
    Absolute(Ty),
    Negated(Ty),
    Rounded(Ty),
    Otherwise(Ty),
    /// A moment moved by a length of time.
    Shifted(Ty),
    Block(&'static str),
}

impl Kind {
    /// All of them; the first can be made in every scope at no depth.
    pub(crate) fn all() -> Vec<Kind> {
        let mut kinds = vec![Kind::Boolean];
        let types = |made: fn(Ty) -> Kind, fits: fn(Ty) -> bool| {
            Ty::ALL.into_iter().filter(move |ty| fits(*ty)).map(made).collect::<Vec<_>>()
        };
        kinds.extend(types(Kind::Compare, Ty::ordered));
        kinds.extend(types(Kind::Range, Ty::ranged));
        kinds.extend(types(Kind::Equal, |_| true));
        kinds.extend(types(Kind::OneOf, |_| true));
        kinds.extend(types(Kind::Known, |_| true));
        kinds.extend(types(Kind::Difference, |ty| matches!(ty, Ty::Date | Ty::Instant)));
        kinds.extend(types(Kind::Shifted, |ty| matches!(ty, Ty::Date | Ty::Instant)));
        kinds.extend(types(Kind::Let, |ty| !matches!(ty, Ty::Id | Ty::Zone | Ty::Listed)));
        kinds.extend(types(Kind::Absolute, Ty::calculable));
        kinds.extend(types(Kind::Negated, Ty::calculable));
        kinds.extend(types(Kind::Rounded, |ty| matches!(ty, Ty::Integer | Ty::Number | Ty::Money | Ty::Percent)));
        kinds.extend(types(Kind::Otherwise, |ty| ty != Ty::Listed));
        kinds.extend(TEXT_TESTS.iter().map(|test| Kind::TextTest(test)));
        kinds.extend(INCLUDES.iter().map(|how| Kind::Includes(how)));
        kinds.extend(WINDOWS.iter().map(|form| Kind::Window(form)));
        kinds.extend(PARTS.iter().map(|part| Kind::Part(part)));
        kinds.extend(UNITS.iter().flat_map(|unit| [Kind::Since(unit), Kind::Until(unit)]));
        kinds.extend(BLOCKS.iter().map(|block| Kind::Block(block)));
        kinds.extend([Kind::InList, Kind::Empty, Kind::NoRecords, Kind::TimeSince, Kind::TimeUntil]);
        kinds.extend([Kind::Segment, Kind::PartitionPart, Kind::Trait, Kind::Friend, Kind::Occurs]);
        kinds.extend([Kind::Near, Kind::InBox, Kind::Degrees]);
        kinds.extend([Kind::Elements, Kind::LookedElements, Kind::LookedRecords]);
        kinds.extend(Kind::of_rows());
        kinds
    }

    /// Questions about many rows.
    pub(crate) fn of_rows() -> [Kind; 6] {
        [Kind::Any, Kind::No, Kind::Every, Kind::Count, Kind::Aggregate, Kind::Entries]
    }

    /// Whether it is yes or no of everybody (rules 6, 7 and 8 of the language).
    pub(crate) fn never_unknown(self) -> bool {
        match self {
            Kind::Known(_) | Kind::Empty | Kind::NoRecords | Kind::Any | Kind::No | Kind::Every | Kind::Count => true,
            Kind::Segment | Kind::PartitionPart => true,
            Kind::Includes(how) => how != "field",
            _ => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// Where a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// It asks about the customer.
    Customer,
    /// It stands behind `where` and asks about a row.
    Where,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::Customer => "customer",
            Place::Where => "where",
        })
    }
}
