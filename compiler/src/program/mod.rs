//! The checked program: names resolved, types known, units converted, nothing optional about it.
//!
//! INVARIANTS, which the checker establishes and every reader relies on:
//! - Declarations stand in dependency order: a trait, segment or partition refers only to earlier entries of
//!   [`Program::order`]; there are no cycles.
//! - Both sides of a comparison, all terms of a sum and all choices of `otherwise` have the same type; the checker put
//!   [`ExprKind::Convert`] where the writer mixed integer with number.
//! - A boolean expression is a condition; unknown is a missing boolean (rule 6). `may_be_missing` is false only where the
//!   expression can never be missing.
//! - All expressions are evaluated eagerly: `and` does not stop at the first false, so problems (rule 9) are counted the
//!   same in every engine, once a customer or a row for each place in the text (`span`).

use crate::builtins::Function;
use crate::source::Span;
use crate::syntax::tree::{
    AggregateOperator, Amount, Compared, Comparison, Factor, Label, Quantifier, Rounding, Sign, TableKind, TextTest,
};
use crate::values::calendar;
use crate::values::places::BoundingBox;
use crate::values::{Currency, Value};
use std::sync::Arc;

mod base;
mod content;
mod dump;
mod other;
mod test_case;
mod twin;
mod verify;
mod walk;
mod window;
pub use base::{
    Answer, Answers, Asked, BaseQuestion, Cut, End, Extent, Kept, QuestionId, Share, Statistic, WHOLE_SHARE,
};
pub use content::{Filling, Hole, Piece, Template};
pub use dump::{dump, over_base, question_text};
pub use other::{Answered, Other, RowsOf, Tie};
pub use test_case::{Expectation, ExpectedText, Fact, Given, GivenRow, GivenRows, Stands, TestCase};
pub use verify::verify;
pub use window::{Bound, Window};

/// Number of a table in [`Program::tables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableId(pub u32);
/// Number of a field in its [`Table::fields`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u32);
/// Number of a trait in [`Program::traits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TraitId(pub u32);
/// Number of a segment in [`Program::segments`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SegmentId(pub u32);
/// Number of a partition in [`Program::partitions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartitionId(pub u32);

/// The table of customers is always the first.
pub const CUSTOMERS: TableId = TableId(0);

/// A whole checked project.
#[derive(Debug, Clone)]
pub struct Program {
    /// Zone, currency, start of the week.
    pub settings: Settings,
    /// Customers first, then the others in the order written; records lists follow as tables of their own.
    pub tables: Vec<Table>,
    /// Traits in the order written.
    pub traits: Vec<Trait>,
    /// Segments in the order written.
    pub segments: Vec<Segment>,
    /// Partitions in the order written; then the contents, which are partitions whose parts have texts.
    pub partitions: Vec<Partition>,
    /// Segments of other tables' rows, by table in the order of their first ones.
    pub others: Arc<[Other]>,
    /// In the program of such segments: the table of the outer program whose rows take the place of the customers.
    pub about: Option<TableId>,
    /// Occasions in the order written.
    pub occasions: Vec<Occasion>,
    /// Tests in the order written.
    pub tests: Vec<TestCase>,
    /// Traits, segments and partitions in an order in which each comes after what it uses.
    pub order: Vec<Item>,
    /// The customers' field that names their language, where the project says which.
    pub locale_field: Option<FieldId>,
    /// Whether anything asks about the whole base.
    pub asks_base: bool,
    /// What the questions about the whole base came to; none before a run has worked them out.
    pub answers: Answers,
}

/// What the project file sets that changes a meaning.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The project's name.
    pub name: String,
    /// Zone of bare dates, windows and clock times.
    pub zone: chrono_tz::Tz,
    /// Currency of `money` without one.
    pub currency: Currency,
    /// First day of the week.
    pub week_start: chrono::Weekday,
    /// The month, from 1 to 12, with which a fiscal year starts, where one is set.
    pub fiscal_year_start: Option<u32>,
    /// The language of texts, a BCP 47 tag.
    pub locale: Arc<str>,
    /// `as_of` of the project file, in microseconds UTC.
    pub as_of: Option<i64>,
}

/// A trait, segment or partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Item {
    /// A trait.
    Trait(TraitId),
    /// A segment.
    Segment(SegmentId),
    /// A partition.
    Partition(PartitionId),
}

/// A type with its unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// yes/no; also a condition
    Boolean,
    /// whole number
    Integer,
    /// number
    Number,
    /// money in one currency
    Money(Currency),
    /// a share; a number in arithmetic, shown as percent
    Percent,
    /// text
    Text,
    /// one of the listed values
    OneOf(Arc<[Arc<str>]>),
    /// a day
    Date,
    /// an instant
    Datetime,
    /// a length of time
    Duration,
    /// an id, of rows of a table where declared
    Id(Option<TableId>),
    /// a time zone's name
    Timezone,
    /// a place on the earth
    Location,
    /// a list of values
    List(Box<Type>),
    /// a list of records: rows of a table of its own
    Records(TableId),
}

/// A table of data.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name as written.
    pub name: Arc<str>,
    /// What its rows are; a list of records is `Records` with a parent.
    pub kind: TableKind,
    /// For a list of records: the table and field whose rows hold the list.
    pub parent: Option<(TableId, FieldId)>,
    /// Its fields: stored ones, and computed ones with their expression. `by` and `at` columns are fields too.
    pub fields: Vec<Field>,
    /// The declared key: customers and tables must have one, events may.
    pub key: Option<FieldId>,
    /// Events and records: the field that names the customer.
    pub by: Option<FieldId>,
    /// Events: the field that holds the time, of type date or datetime.
    pub at: Option<FieldId>,
    /// The declaration.
    pub span: Span,
    /// The comment above it.
    pub documentation: Option<String>,
}

/// A field of a table.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in rules.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// `?`: it may be missing in the data; for computed ones, whether the result may be.
    pub optional: bool,
    /// Where its values come from.
    pub source: FieldSource,
    /// Privacy labels, those of computed fields' inputs included.
    pub labels: Vec<Label>,
    /// Its declaration.
    pub span: Span,
}

/// Where a field's values come from.
#[derive(Debug, Clone)]
pub enum FieldSource {
    /// A column of the data.
    Column {
        /// Its name there.
        column: Arc<str>,
        /// How its raw values are read, where the type does not say it all.
        reading: Reading,
    },
    /// Worked out from the other fields of the same row ([`Row::Current`]).
    Computed(Box<Expr>),
    /// What a declaration says of the row; a run works it out for all rows first, see [`Other`].
    Answered(Answered),
}

/// How raw values of a column are read.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// As the type says.
    Plain,
    /// Percent whose data hold 45 for 45%.
    Hundredths,
    /// Clock times without a zone are in this one; plain ones are in the project's.
    Zone(chrono_tz::Tz),
    /// An integer whose bits, lowest first, say which listed values the list holds.
    Bits,
}

/// A trait: one value per customer.
#[derive(Debug, Clone)]
pub struct Trait {
    /// Its name.
    pub name: Arc<str>,
    /// Its title.
    pub title: Option<Arc<str>>,
    /// The comment above it.
    pub documentation: Option<String>,
    /// Its value, in the scope of a customer.
    pub value: Expr,
    /// Privacy labels of all it is made from.
    pub labels: Vec<Label>,
    /// The declaration.
    pub span: Span,
}

/// A segment: the customers for whom every line certainly holds.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Its name.
    pub name: Arc<str>,
    /// Its title.
    pub title: Option<Arc<str>>,
    /// The comment above it.
    pub documentation: Option<String>,
    /// Its lines; all must be true.
    pub lines: Vec<Expr>,
    /// Privacy labels of all it is made from.
    pub labels: Vec<Label>,
    /// The declaration.
    pub span: Span,
}

/// A partition: each customer is in the first part that certainly holds, or in none where there is no `otherwise`.
#[derive(Debug, Clone)]
pub struct Partition {
    /// Its name.
    pub name: Arc<str>,
    /// Its title.
    pub title: Option<Arc<str>>,
    /// The comment above it.
    pub documentation: Option<String>,
    /// Its parts in the order tried.
    pub parts: Vec<Part>,
    /// Privacy labels of all it is made from.
    pub labels: Vec<Label>,
    /// The declaration.
    pub span: Span,
}

/// One part of a partition.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name.
    pub name: Arc<str>,
    /// Its title.
    pub title: Option<Arc<str>>,
    /// `None` for `otherwise`.
    pub condition: Option<Expr>,
    /// What a content shows to those in it.
    pub text: Option<Template>,
    /// The line.
    pub span: Span,
}

impl Partition {
    /// Whether it is a content: each of its parts has a text.
    pub fn is_content(&self) -> bool {
        self.parts.first().is_some_and(|part| part.text.is_some())
    }

    /// What its texts show of the customer.
    pub fn shown(&self) -> impl Iterator<Item = &Expr> {
        let holes = self.parts.iter().filter_map(|part| part.text.as_ref()).flat_map(Template::holes);
        holes.filter_map(|hole| match &hole.filling {
            Filling::Value { value, .. } => Some(value),
            Filling::Content(_) => None,
        })
    }
}

/// Days that come back, by a name.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// Its name.
    pub name: Arc<str>,
    /// Its title.
    pub title: Option<Arc<str>>,
    /// The comment above it.
    pub documentation: Option<String>,
    /// Which days.
    pub days: calendar::Occasion,
    /// For anniversaries: the customer's day.
    pub base: Option<Expr>,
    /// The declaration.
    pub span: Span,
}

/// A window that an occasion chooses: days before it, after it, or its own.
#[derive(Debug, Clone)]
pub struct OccasionWindow {
    /// Of what.
    pub occasion: calendar::Occasion,
    /// For anniversaries: a date in the scope of the customer, which is a field, a trait, a look-up or the day of one.
    pub base: Option<Expr>,
    /// Which days, seen from it.
    pub reach: calendar::Reach,
    /// As written.
    pub span: Span,
}

/// Whose field is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Row {
    /// The customer.
    Customer,
    /// The innermost row: the event, record, list element or looked-up row that is being asked about.
    Current,
}

/// An expression with its type.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The type of its value.
    pub ty: Type,
    /// Whether it may be missing (a condition: unknown).
    pub may_be_missing: bool,
    /// The text it was written as.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A written value. Listed values are text.
    Constant(Value),
    /// The run's `as of`: an instant.
    Now,
    /// The day of `as of`, plus this many days (`yesterday` is -1).
    Day(i32),
    /// A field of the table the row is of. For [`Row::Customer`] the table is [`CUSTOMERS`].
    Field {
        /// Whose.
        row: Row,
        /// Of which table.
        table: TableId,
        /// Which.
        field: FieldId,
    },
    /// A field of the row of `table` whose key is `key`; missing where `key` is missing or no row has it. A computed
    /// field is evaluated with that row as [`Row::Current`].
    Lookup {
        /// The id.
        key: Box<Expr>,
        /// The table looked up in.
        table: TableId,
        /// Its field.
        field: FieldId,
    },
    /// The trait of the customer.
    Trait(TraitId),
    /// Whether the customer is in the segment: never unknown.
    Segment(SegmentId),
    /// Whether the customer is in one of these parts: never unknown.
    InParts {
        /// The partition.
        partition: PartitionId,
        /// Positions in [`Partition::parts`], ascending.
        parts: Vec<u32>,
    },
    /// A change of representation.
    Convert(Conversion, Box<Expr>),
    /// `-x`; overflow is missing.
    Negate(Box<Expr>),
    /// Integers, numbers, money or durations of one type, added from the left; overflow is missing and counted.
    Sum(Vec<(Sign, Expr)>),
    /// Multiplied and divided from the left; the first is `Times`. Factors may differ in type, see [`crate::values`].
    Product(Vec<(Factor, Expr)>),
    /// A date or instant moved by calendar units: the count is an integer.
    Shift {
        /// Date or datetime.
        moment: Box<Expr>,
        /// Forwards or backwards.
        sign: Sign,
        /// By how much.
        amount: crate::syntax::tree::Amount,
    },
    /// `later - earlier` of two dates or two instants: a duration.
    Difference(Box<Expr>, Box<Expr>),
    /// A builtin function of one argument.
    Call(Function, Box<Expr>),
    /// The place with this latitude and longitude, numbers in degrees; where there is none it is missing and counted as an
    /// overflow.
    Point(Box<Expr>, Box<Expr>),
    /// How far apart two places are, in metres, a number. See [`crate::values::places`].
    Distance(Box<Expr>, Box<Expr>),
    /// Rounded to so many decimals; money and numbers; an integer stays.
    Round {
        /// What.
        value: Box<Expr>,
        /// Which way.
        direction: Rounding,
        /// Decimals kept, 0 to 15.
        decimals: u32,
    },
    /// The first known one.
    Otherwise(Vec<Expr>),
    /// Ordering of two values of one ordered type. Ids order as numbers where both are integers in canonical form, and
    /// by code point otherwise, an integer before a text.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// Equality of two values of one type.
    Equal {
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
        /// Unicode simple folding of both sides first; text only.
        ignoring_case: bool,
    },
    /// Whether the value is among the constants.
    IsOneOf {
        /// The value.
        value: Box<Expr>,
        /// The constants, of the value's type, each once.
        values: Arc<[Value]>,
        /// Unicode simple folding first; text only.
        ignoring_case: bool,
    },
    /// A test on text. For `matches` the pattern is a constant that was checked to compile.
    Text {
        /// Which.
        test: TextTest,
        /// The text tested.
        subject: Box<Expr>,
        /// What is looked for.
        pattern: Box<Expr>,
        /// Unicode simple folding of both sides first.
        ignoring_case: bool,
    },
    /// Whether a list holds values.
    Includes {
        /// A list; a missing one counts as empty (rule 8).
        list: Box<Expr>,
        /// How many of the values.
        quantifier: Quantifier,
        /// Expressions of the element's type.
        values: Vec<Expr>,
        /// Unicode simple folding first; text only.
        ignoring_case: bool,
    },
    /// Whether the list is empty; a missing one is.
    IsEmpty(Box<Expr>),
    /// Whether the value is known: never unknown.
    IsKnown(Box<Expr>),
    /// Whether a date or instant lies in all the windows.
    InWindows(Box<Expr>, Vec<Window>),
    /// Whether a place is in a box.
    InBox(Box<Expr>, BoundingBox),
    /// Whether a date lies in the days that an occasion chooses; unknown where the date or the customer's day is.
    Near(Box<Expr>, Box<OccasionWindow>),
    /// Whether a day of an occasion lies in all windows, whose stretches have both ends and no hours; unknown where the
    /// customer's day is.
    Occurs {
        /// What.
        occasion: calendar::Occasion,
        /// For anniversaries: the customer's day, as in [`OccasionWindow::base`].
        base: Option<Box<Expr>>,
        /// Of days.
        windows: Vec<Window>,
    },
    /// Kleene not.
    Not(Box<Expr>),
    /// Kleene and of two or more.
    And(Vec<Expr>),
    /// Kleene or of two or more.
    Or(Vec<Expr>),
    /// True where at least so many are true, false where so many can no longer be, else unknown.
    AtLeastOf(u32, Vec<Expr>),
    /// A question about many rows.
    Aggregate(Box<Aggregate>),
    /// Whether other rows of the same customer come after the current one, which is an event (rule 5). Never unknown.
    Followed(Box<Followed>),
    /// How long before the event another one was, among those that an aggregate counts: events of one moment count as one, and
    /// the first has no such time. Stands only as the value of an aggregate over events, which is asked for its largest,
    /// smallest or average.
    Gap,
    /// Points for what holds of the customer (rule 14). Stands only as the value of a trait.
    Score(Box<Score>),
    /// What the customer's value is among those of all. Stands only in the scope of a customer, never inside a row or a
    /// field.
    OverBase(Box<BaseQuestion>),
    /// Whether the customer is in a stable share of all: with h the first 8 bytes of md5("SALT:share:KEY") as a big-endian
    /// integer, whether from x 2^64 <= h < to x 2^64 (rule 16). Never unknown.
    InShare {
        /// What customers are dealt by.
        salt: Arc<str>,
        /// Where the share starts.
        from: Share,
        /// Where it ends; the end itself is outside.
        to: Share,
        /// The customers' key: a field of the customer.
        key: Box<Expr>,
    },
}

/// A change of representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Conversion {
    /// Integer to number, nearest.
    IntegerToNumber,
    /// Text, listed value, id or time zone to text: the same characters.
    ToText,
    /// Percent to number or back: the same value.
    PercentNumber,
    /// A yes/no value that is never missing to 1 or 0.
    BooleanToInteger,
}

/// Points for what holds of a customer: the sum of its lines, brought into the range. All points are of the score's own
/// type, integers or numbers. Never unknown; missing only where the points leave the range of their type (rule 9), which is
/// counted at the line, or at the score where it is the sum.
#[derive(Debug, Clone)]
pub struct Score {
    /// At least one.
    pub lines: Vec<ScoreLine>,
    /// The smallest and the largest score there is.
    pub range: Option<(Value, Value)>,
}

/// One line of a score.
#[derive(Debug, Clone)]
pub struct ScoreLine {
    /// What it gives, once or for each row.
    pub points: Value,
    /// How often it gives them.
    pub how: Points,
    /// A condition, of which only a certain yes gives points, or a number of rows.
    pub asked: Expr,
    /// The line as written.
    pub span: Span,
}

/// How often a line of a score gives its points.
#[derive(Debug, Clone, PartialEq)]
pub enum Points {
    /// Once, where a condition certainly holds.
    Once,
    /// As many times as a whole number says.
    Each {
        /// The most it gives in all; where points are taken away, the least, which is negative.
        cap: Option<Value>,
    },
}

/// A question about many rows.
///
/// Which rows: those of `rows` that belong to the customer (or to the current row, for its own list), whose event time is
/// before `as of`, lies in all `windows`, and for which `filter` is true. `filter` and `value` are evaluated for every
/// row that exists, whether or not the window holds it, so problems are counted alike everywhere.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// What is asked. `No`, `Every` and `Count` are lowered: the checker writes `no` as not `Any`, and counts as
    /// comparisons with `Number`. `Every` stays: true where there is a row and `filter` is true of each in the windows.
    pub operator: AggregateOperator,
    /// Whose rows.
    pub rows: Rows,
    /// All must hold of the event's time (the parent event's, for elements of its list).
    pub windows: Vec<Window>,
    /// All must certainly hold of the event's day.
    pub occasions: Vec<OccasionWindow>,
    /// In the scope of the row.
    pub filter: Option<Expr>,
    /// In the scope of the row; for all but `Any`, `Every`, `Number`. A missing value is skipped (rule 8).
    pub value: Option<Expr>,
    /// The rows as written, from their name on: `purchases in the last 90 days where ...`.
    pub rows_span: Span,
}

/// Whether an event is followed by rows of its customer.
///
/// Such a row exists, lies in all `windows`, passes `filter`, has `same` values equal and known on both sides, and its time t
/// has before < t, and with `within` t < before + within. Where one of the two tables has only a date, both are taken as days,
/// `within` is whole days, and a row of another table counts on the same day too. The filter is evaluated for every row that
/// exists, so problems are counted alike everywhere.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The events that stand before: the table of the current row.
    pub before: TableId,
    /// The events that follow.
    pub rows: TableId,
    /// All must hold of the following event's time.
    pub windows: Vec<Window>,
    /// All must certainly hold of the following event's day.
    pub occasions: Vec<OccasionWindow>,
    /// In the scope of the following row; the next step is a part of it.
    pub filter: Option<Expr>,
    /// How long after.
    pub within: Option<Amount>,
    /// Values of one type: in the scope of the row before, and in that of the row that follows.
    pub same: Vec<(Expr, Expr)>,
    /// How a value of the following row, which stands second, must stand to one of the row before; both known. Values of one
    /// type, which for another order than `Another` is one of numbers, money, shares, days, instants or lengths of time.
    pub compared: Option<(Compared, Expr, Expr)>,
    /// Whether there must be no such row; with `within` only where that time is over at `as of`.
    pub negated: bool,
    /// The rows as written, from their name on.
    pub rows_span: Span,
}

/// Which rows are asked about.
#[derive(Debug, Clone)]
pub enum Rows {
    /// The customer's events or records of this table.
    Of(TableId),
    /// The elements of lists of records: `lists` is walked from each row of the customer's events or records of `table`,
    /// flattening (`carts.items`).
    Flattened {
        /// The events or records.
        table: TableId,
        /// List-of-records fields, outermost first.
        lists: Vec<FieldId>,
    },
    /// The elements of a list of records of a row: `lists` is walked from that row.
    ListOf {
        /// The customer, or the current row.
        row: Row,
        /// The table of that row.
        table: TableId,
        /// List-of-records fields, outermost first.
        lists: Vec<FieldId>,
    },
    /// The elements of a list of plain values; `value` is `None`: the element itself
    /// is the value. Only `Number`, `Different`, `Sum`, `Average`, `Smallest`, `Largest`.
    Elements(Box<Expr>),
}
