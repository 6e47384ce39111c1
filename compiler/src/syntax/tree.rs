//! The tree of a rule file, as it was written: nothing is resolved, nothing is dropped but white space and comments
//! (those are kept by the scan and woven back in by the formatter).
//!
//! INVARIANT: `and`, `or`, sums and products are n-ary, so the tree is never deeper than the written nesting (rule 21:
//! at most 200), however long a line is. What could not be read is an `Error` node, about which a message was given.

mod base;
mod content;
mod occasion;
mod test_case;

use crate::source::Span;
pub use base::{AskedOfBase, End, Extent, InShare, OverBase, Ranked};
pub use content::{Choice, Hole, Piece, Template};
pub use occasion::{Day, DayKind, Occasion, OccasionDays};
use std::sync::Arc;
pub use test_case::{Claim, ClaimForm, GivenField, GivenRow, GivenRows, GivenValue, TestCase, TestLine};

/// Names a node within one project; types and resolutions live in side tables under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A name or other word as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The text, in the writer's capitals.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// A quoted text, unescaped.
#[derive(Debug, Clone, PartialEq)]
pub struct Quoted {
    /// The text between the quotes, escapes resolved.
    pub text: Arc<str>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// A name with its steps: `product.category`, `customer.country`.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// At least one word.
    pub words: Vec<Word>,
    /// The whole path.
    pub span: Span,
}

/// One file's declarations in the order written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct File {
    /// The declarations, broken ones too.
    pub declarations: Vec<Declaration>,
}

/// One top-level declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// Its own id.
    pub id: NodeId,
    /// From its keyword to its end.
    pub span: Span,
    /// The comment block right above it, without the `#`s.
    pub documentation: Option<String>,
    /// What it declares.
    pub kind: DeclarationKind,
}

/// What a declaration declares.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum DeclarationKind {
    /// `customers`, `events`, `records`, `table`.
    Table(Table),
    /// `let NAME = VALUE`
    Let { name: Word, value: Expr },
    /// `list NAME = "a", "b"` or `list NAME from "file.csv"`.
    List { name: Word, source: ListSource },
    /// `trait NAME = VALUE`
    Trait { name: Word, title: Option<Quoted>, value: Expr },
    /// `segment NAME [of TABLE] "Title" { ... }`
    Segment { name: Word, of: Option<Word>, title: Option<Quoted>, lines: Vec<Expr> },
    /// `partition NAME "Title" [by VALUE [among SEGMENT]] { part : condition ... }`
    Partition { name: Word, title: Option<Quoted>, body: Partition },
    /// `content NAME "Title" { condition : "text" ... }`
    Content { name: Word, title: Option<Quoted>, choices: Vec<Choice> },
    /// `score NAME "Title" from 0 to 100 { ... }`; the value is an [`ExprKind::Score`].
    Score { name: Word, title: Option<Quoted>, value: Expr },
    /// `occasion NAME "Title" = DAYS`
    Occasion { name: Word, title: Option<Quoted>, occasion: Occasion },
    /// `test "Title" as of 2026-12-01 { ... }`
    Test(TestCase),
    /// Could not be read; a message was given. The name is kept, where there is one, so uses of it stay silent.
    Broken { name: Option<Word> },
}

/// Where a list's values come from.
#[derive(Debug, Clone, PartialEq)]
pub enum ListSource {
    /// Written out.
    Values(Vec<Expr>),
    /// One value a line in a file beside the rules.
    File(Quoted),
}

/// What stands behind a partition's name.
#[derive(Debug, Clone, PartialEq)]
pub struct Partition {
    /// `by spend_12m`: what its `top` and `next` parts are ranked by.
    pub by: Option<Ranked>,
    /// Its parts in the order tried.
    pub parts: Vec<Part>,
}

/// One part of a partition.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its name.
    pub name: Word,
    /// Its title.
    pub title: Option<Quoted>,
    /// Who is in it.
    pub rule: PartRule,
    /// The whole line.
    pub span: Span,
}

/// Who is in a part of a partition.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum PartRule {
    /// `otherwise`
    Otherwise,
    /// Those of whom it holds.
    Condition(Expr),
    /// `top 10%`, `next 30%`; the span is that of the rule.
    Ranked { is_next: bool, extent: Extent, span: Span },
}

/// Points for what holds of a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// `from 0 to 100`: where the sum is cut off.
    pub range: Option<(Points, Points)>,
    /// Its lines.
    pub lines: Vec<ScoreLine>,
}

/// One line of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreLine {
    /// What it gives.
    pub points: Points,
    /// For what.
    pub what: ScoreWhat,
    /// `, up to 40 points`: as many at most are given, or taken away.
    pub cap: Option<Cap>,
    /// The whole line.
    pub span: Span,
}

/// `, up to 40 points`
#[derive(Debug, Clone, PartialEq)]
pub struct Cap {
    /// How many.
    pub points: Points,
    /// All of it, the comma included.
    pub span: Span,
}

/// A written number of points, with its sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// An integer or a number.
    pub value: Literal,
    /// Where it stands, the sign included.
    pub span: Span,
}

/// What a line of a score gives points for.
#[derive(Debug, Clone, PartialEq)]
pub enum ScoreWhat {
    /// `if CONDITION`: once.
    If(Expr),
    /// `for each purchases in the last 90 days where ...`: as often as there are such rows; an aggregate that counts them.
    Each(Expr),
}

/// What rows a table declaration holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// The customers themselves.
    Customers,
    /// Something a customer did, with a time.
    Events,
    /// Many for one customer, no time.
    Records,
    /// Looked up by key.
    Table,
}

/// A `customers`, `events`, `records` or `table` declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Which of the four.
    pub kind: TableKind,
    /// Its name; for customers the word `customers`.
    pub name: Word,
    /// `by customer_id`: the column that names the customer (events, records).
    pub by: Option<Column>,
    /// `at purchased_at`: the column that holds the time (events).
    pub at: Option<TimeColumn>,
    /// The fields.
    pub fields: Vec<Field>,
}

/// A column named in a table's head.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name in rules.
    pub name: Word,
    /// `from "Column"`: its name in the data.
    pub from: Option<Quoted>,
}

/// The time column of events: `at purchased_at [: date] [in "UTC"] [from "Time"]`.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeColumn {
    /// Name and source.
    pub column: Column,
    /// `: date` where the column has only a date; datetime otherwise.
    pub only_date: bool,
    /// `in "UTC"`: the zone of times written without one.
    pub zone: Option<Quoted>,
}

/// One field of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its own id.
    pub id: NodeId,
    /// The whole field.
    pub span: Span,
    /// Whether `key` stands before it.
    pub key: bool,
    /// Its name.
    pub name: Word,
    /// Declared or computed.
    pub kind: FieldKind,
}

/// How a field gets its value.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum FieldKind {
    /// `name : type ? from "Column" personal`
    Stored { ty: TypeRef, optional: bool, from: Option<Quoted>, labels: Vec<(Label, Span)> },
    /// `name = value`
    Computed { value: Expr },
    /// Could not be read; a message was given.
    Error,
}

/// A privacy label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// Identifies or concerns a person: masked in samples and editors.
    Personal,
    /// May not decide who is contacted unless the policy says so.
    Protected,
    /// Says whether a channel may be used.
    Consent,
}

/// A written type.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeRef {
    /// Where it stands.
    pub span: Span,
    /// Which.
    pub kind: TypeRefKind,
}

/// What a written type says.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum TypeRefKind {
    /// `boolean`, `integer`, `number`, `text`, `date`, `duration`, `timezone` ... or an unknown word.
    Named(Word),
    /// `datetime in "UTC"`: with the zone of times written without one.
    DatetimeIn(Quoted),
    /// `money USD`; without a currency, the project's.
    Money(Option<Word>),
    /// `percent as 45` (true: data hold 45 for 45%) or `percent as 0.45` (false).
    Percent { hundred: Option<bool> },
    /// `one of free, plus, "free trial"`
    OneOf(Vec<Quoted>),
    /// `id` or `id -> table`
    Id { table: Option<Word> },
    /// `list of TYPE`; `bits` for `as bits`, which stands after `from`.
    List { of: Box<TypeRef>, bits: bool },
    /// `list of { fields }`
    Records(Vec<Field>),
    /// Could not be read; a message was given.
    Error,
}

/// A condition or a value. One tree for both: a condition is a yes/no value.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// Its own id.
    pub id: NodeId,
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum ExprKind {
    /// Could not be read; a message was given.
    Error,
    /// A written value.
    Literal(Literal),
    /// A field, trait, segment, list item or listed value.
    Name(Path),
    /// `today`, `yesterday`, `now`
    Moment(Moment),
    /// `( ... )`, kept for the formatter.
    Bracketed(Box<Expr>),
    /// `-x`
    Negate(Box<Expr>),
    /// `a + b - c`: the first term has no sign (`Plus`).
    Sum(Vec<(Sign, Expr)>),
    /// `a * b / c`: the first factor is `Times`.
    Product(Vec<(Factor, Expr)>),
    /// `a otherwise b otherwise c`, two or more.
    Otherwise(Vec<Expr>),
    /// `month of X`, `length of X`: the checker finds the function in the table of builtins.
    Call { function: Word, shape: CallShape, argument: Box<Expr> },
    /// `X rounded`, `X rounded up`, `X rounded down`, each with `to N decimals`.
    Rounded { value: Box<Expr>, direction: Rounding, decimals: Option<(u32, Span)> },
    /// `a < b`; comparisons do not chain.
    Compare { left: Box<Expr>, operator: Comparison, operator_span: Span, right: Box<Expr>, ignoring_case: bool },
    /// `x from A to B`
    Range { value: Box<Expr>, from: Box<Expr>, to: Box<Expr> },
    /// `x is ...`, `x is not ...`
    Is { left: Box<Expr>, negated: bool, test: IsTest, ignoring_case: bool },
    /// `x contains y` and its like; negated for `does not contain`.
    Text { left: Box<Expr>, test: TextTest, negated: bool, right: Box<Expr>, ignoring_case: bool },
    /// `point(40.7536, -73.9832)`: a latitude and a longitude.
    Point(Box<Expr>, Box<Expr>),
    /// `home within 10 km of point(40.7536, -73.9832)`, the reach in metres.
    Within { left: Box<Expr>, reach: f64, reach_span: Span, of: Box<Expr> },
    /// `home within the box from point(40.70, -74.02) to point(40.88, -73.91)`, the south-west corner first; the span is that of
    /// the words `the box`.
    InBox { left: Box<Expr>, box_span: Span, corners: Box<[Expr; 2]> },
    /// `interests includes any of "a", "b"`
    Includes { left: Box<Expr>, quantifier: Quantifier, values: ValueSet, ignoring_case: bool },
    /// `not x`
    Not(Box<Expr>),
    /// `a and b and c`, two or more.
    And(Vec<Expr>),
    /// `a or b or c`, two or more.
    Or(Vec<Expr>),
    /// `all of { ... }`, `any of`, `none of`, `at least N of`.
    Block { kind: BlockKind, lines: Vec<Expr> },
    /// `any purchases in the last 30 days where ...` and its like.
    Aggregate(Box<Aggregate>),
    /// The lines of a score. Stands only as the value of its declaration.
    Score(Box<Score>),
    /// `quintile of spend_12m`, `median of spend_12m over customers`, `customer in top 10% by spend_12m`
    OverBase(Box<OverBase>),
    /// `customer in share 0% to 40% of "checkout test"`
    InShare(Box<InShare>),
}

/// A written value.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum Literal {
    /// `42`
    Integer(i64),
    /// `4.5`, exactly as written for messages and formatting; its value is the nearest 64-bit float.
    Number(f64),
    /// `500 USD`, in ten-thousandths.
    Money { units: i64, currency: Word },
    /// `10%` as 0.10.
    Percent(f64),
    /// `"France"`
    Text(Arc<str>),
    /// `true`, `false`
    Boolean(bool),
    /// `2026-04-03`, days since 1970-01-01.
    Date(i32),
    /// `2026-04-03 10:00[:00] [+02:00 | Z]`, also with `T`.
    Datetime(WrittenTime),
    /// `07:00`, seconds of the day; 24:00 is 86,400.
    Clock(u32),
    /// `90 days`
    Duration(Amount),
}

/// A date with a clock time, with or without an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenTime {
    /// Days since 1970-01-01.
    pub day: i32,
    /// Microseconds of that day.
    pub micros: i64,
    /// Offset from UTC in seconds where written; otherwise the project's zone decides.
    pub offset: Option<i32>,
}

/// A number of calendar units: `90 days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Amount {
    /// How many; not negative.
    pub count: i64,
    /// Of what.
    pub unit: Unit,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// second
    Second,
    /// minute
    Minute,
    /// hour
    Hour,
    /// day
    Day,
    /// week
    Week,
    /// month
    Month,
    /// quarter (three months)
    Quarter,
    /// year
    Year,
}

impl Unit {
    /// Whether it is shorter than a day.
    pub fn is_of_the_clock(self) -> bool {
        matches!(self, Unit::Second | Unit::Minute | Unit::Hour)
    }
}

/// A day named without a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// The day of `as of`.
    Today,
    /// The day before.
    Yesterday,
    /// `as of` itself.
    Now,
}

/// Sign of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    /// +
    Plus,
    /// -
    Minus,
}

/// Side of a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Factor {
    /// *
    Times,
    /// /
    Over,
}

/// The word that joins a function to its argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallShape {
    /// `month of X`
    Of,
    /// `days since X`
    Since,
    /// `days until X`
    Until,
}

/// Which way to round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// Half to even.
    Nearest,
    /// Towards plus infinity.
    Up,
    /// Towards minus infinity.
    Down,
}

/// An ordering comparison. Equality is `is`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// <
    Less,
    /// <=
    AtMost,
    /// >
    Greater,
    /// >=
    AtLeast,
}

/// What follows `is`.
#[derive(Debug, Clone, PartialEq)]
pub enum IsTest {
    /// `is "France"`, `is lapsed`, `is june`
    Value(Box<Expr>),
    /// `is one of "a", "b"` or `is in LIST`
    OneOf(ValueSet),
    /// `is missing`
    Missing,
    /// `is known`
    Known,
    /// `is empty`
    Empty,
    /// `is in the last 30 days`, `is on weekends`, `is from A to B` (dates)
    Windows(Vec<Window>),
}

/// Values to look for.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum ValueSet {
    /// Written out; also the name of a list among them.
    Values { values: Vec<Expr>, span: Span },
    /// `in LIST`
    List(Word),
}

/// A test on text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// contains
    Contains,
    /// starts with
    StartsWith,
    /// ends with
    EndsWith,
    /// matches (a regular expression, anywhere)
    Matches,
}

/// How many of the values must be in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `includes "x"` and `includes any of`
    Any,
    /// `includes all of`
    All,
    /// `includes none of`
    None,
}

/// A block of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// all of
    All,
    /// any of
    Any,
    /// none of
    None,
    /// at least N of
    AtLeast(u32),
}

/// A question about many rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// Which.
    pub operator: AggregateOperator,
    /// The operator's words.
    pub operator_span: Span,
    /// `different`: each value, or each month that rows fall into, counts once. Of counts only.
    pub different: Option<Different>,
    /// `purchases`, `purchases.product.category`, `items`, `carts.items.quantity`
    pub source: Path,
    /// Windows, all of which must hold.
    pub windows: Vec<Window>,
    /// The condition after `where`.
    pub filter: Option<Expr>,
    /// What must follow, step by step.
    pub steps: Vec<Step>,
}

/// `followed by no purchases within 2 days with the same basket where ...`
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Whether nothing of the kind may follow.
    pub negated: bool,
    /// The words `followed by`, with `no`.
    pub words: Span,
    /// The rows that follow.
    pub source: Path,
    /// Windows of these rows, all of which must hold.
    pub windows: Vec<Window>,
    /// `within 2 days`: before so much time is over since the step before.
    pub within: Option<(Amount, Span)>,
    /// `with the same basket`: fields that are equal in this step and the one before.
    pub same: Vec<Word>,
    /// `with another store`, `with a greater price`: how a field of this step stands to that of the one before.
    pub compared: Option<(Compared, Word)>,
    /// The condition after `where`.
    pub filter: Option<Expr>,
    /// All of it.
    pub span: Span,
}

/// What counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Different {
    /// `different purchases.basket`: each value.
    Values,
    /// `different months of purchases`: each month that a row falls into.
    Units(Unit),
}

/// What is asked of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AggregateOperator {
    /// any
    Any,
    /// no
    No,
    /// every (its `where` is what must hold)
    Every,
    /// `at least N`, `at most N`, `exactly N`, `more than N`, `fewer than N`
    Count(CountTest, u64),
    /// `number of`
    Number,
    /// `number of different`
    Different,
    /// `sum of`
    Sum,
    /// `average of`
    Average,
    /// `smallest`
    Smallest,
    /// `largest`
    Largest,
    /// `first`
    First,
    /// `latest`
    Latest,
    /// `most frequent`
    MostFrequent,
    /// `longest gap between`, `shortest gap between`, `average gap between`
    Gap(Gap),
}

/// How a value of a step stands to that of the step before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compared {
    /// It is another.
    Another,
    /// It is greater, or later.
    Greater,
    /// It is smaller, or earlier.
    Smaller,
}

/// Which of the gaps between events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gap {
    /// longest
    Longest,
    /// shortest
    Shortest,
    /// average
    Average,
}

/// How a count is held against a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CountTest {
    /// at least
    AtLeast,
    /// at most
    AtMost,
    /// exactly
    Exactly,
    /// more than
    MoreThan,
    /// fewer than
    FewerThan,
}

/// A stretch of time, relative or written out, or recurring days or hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// Its own id.
    pub id: NodeId,
    /// Where it stands.
    pub span: Span,
    /// Which.
    pub kind: WindowKind,
}

/// Which stretch of time.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum WindowKind {
    /// `in the last 30 days`, `in the last 3 whole months`
    InLast { amount: Amount, whole: bool },
    /// `in the next 7 days`
    InNext { amount: Amount },
    /// `more than 30 days ago`
    MoreThanAgo(Amount),
    /// `less than 30 days ago`
    LessThanAgo(Amount),
    /// `exactly 4 days ago`
    ExactlyAgo(Amount),
    /// `from 60 to 30 days ago`, `from 2 months to 1 week ago`
    FromToAgo { from: Amount, to: Amount },
    /// `since 2025-03-01`: from that moment on.
    Since(Box<Expr>),
    /// `before 2025-03-01`
    Before(Box<Expr>),
    /// `after 2025-03-01`: once that day is over, or after that instant.
    After(Box<Expr>),
    /// `from 2025-03-01 to 2025-03-31`
    FromTo { from: Box<Expr>, to: Box<Expr> },
    /// `this month`
    This(Unit),
    /// `last month`
    Last(Unit),
    /// `this fiscal year`, `last fiscal quarter`
    Fiscal { unit: Unit, last: bool },
    /// `today`
    Today,
    /// `yesterday`
    Yesterday,
    /// `on 2025-03-01`
    OnDate(Box<Expr>),
    /// `on weekdays`, `on weekends`, `on mondays, fridays`: bit 0 is Monday.
    OnDays(u8),
    /// `from 07:00 to 10:00`, seconds of the day; the end is excluded; may cross midnight.
    Hours { from: u32, to: u32 },
    /// `in the 10 days before valentines`, `in the 3 days after valentines`
    Near { amount: Amount, before: bool, occasion: Word },
    /// `during easter_week`
    During { occasion: Word },
}
