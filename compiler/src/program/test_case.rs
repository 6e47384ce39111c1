//! Tests in the checked program: a customer as given, and what is expected of it (rule 19).

use super::{Expr, FieldId, Item, PartitionId, TableId};
use crate::source::Span;
use crate::values::Value;
use std::sync::Arc;

/// One test: a customer alone in the world, at one moment.
#[derive(Debug, Clone)]
pub struct TestCase {
    /// What it shows.
    pub title: Arc<str>,
    /// Where the title stands.
    pub title_span: Span,
    /// The moment of its run, in microseconds UTC.
    pub as_of: i64,
    /// Rows by table; those of the customer's own table are one at most.
    pub rows: Vec<GivenRows>,
    /// How declarations stand, whatever they would come to.
    pub facts: Vec<Fact>,
    /// What must certainly hold, in the order written.
    pub expectations: Vec<Expectation>,
    /// The declaration.
    pub span: Span,
}

/// Rows of a table.
#[derive(Debug, Clone)]
pub struct GivenRows {
    /// Customers, events, records or a table that is looked up in.
    pub table: TableId,
    /// In the order written.
    pub rows: Vec<GivenRow>,
}

/// A row, or a record of a list.
#[derive(Debug, Clone)]
pub struct GivenRow {
    /// What is given of it; other fields are not.
    pub values: Vec<(FieldId, Given)>,
    /// Where it stands.
    pub span: Span,
}

/// What a field is given.
#[derive(Debug, Clone)]
pub enum Given {
    /// Nothing is known of it.
    Missing,
    /// A value of the field's type.
    Value(Value),
    /// The records of a list.
    Rows(Vec<GivenRow>),
}

/// How a declaration stands.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Of which.
    pub item: Item,
    /// How.
    pub stands: Stands,
    /// As written.
    pub span: Span,
}

/// How a trait, segment or partition stands in a test.
#[derive(Debug, Clone)]
pub enum Stands {
    /// The trait's value; `None` is missing.
    Value(Option<Value>),
    /// Whether the customer is in the segment.
    In(bool),
    /// The part that the customer is in, by its place; `None` is in none.
    Part(Option<u32>),
}

/// What is expected.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// What must certainly hold of the customer; where a text is expected, that they are in some part of each content that
    /// could show in it.
    pub condition: Expr,
    /// The text that a content must show.
    pub text: Option<ExpectedText>,
    /// As written, without `expect`.
    pub span: Span,
}

/// What a content is expected to show.
#[derive(Debug, Clone)]
pub struct ExpectedText {
    /// The content.
    pub content: PartitionId,
    /// The text, as it is shown on a line of plain text.
    pub text: Arc<str>,
    /// Whether it must be another one.
    pub negated: bool,
}
