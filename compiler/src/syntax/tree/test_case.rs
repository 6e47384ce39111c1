//! Tests: a customer as given, and what is expected of it.

use super::{Amount, Expr, Quoted, Word};
use crate::source::Span;

/// A `test` declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct TestCase {
    /// What it shows.
    pub title: Quoted,
    /// `as of 2026-12-01`: the moment of the run.
    pub as_of: Option<Expr>,
    /// Its lines in the order written.
    pub lines: Vec<TestLine>,
}

/// One line of a test.
#[derive(Debug, Clone, PartialEq)]
pub enum TestLine {
    /// `given customer { ... }`, `purchases [{ ... }, { ... }]`
    Rows(GivenRows),
    /// `given value_tier is gold`: how a trait, segment or partition stands, whatever it would come to.
    Fact(Claim),
    /// `expect in lapsed`
    Expect(Claim),
}

/// Rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenRows {
    /// The table; `customer` for the customer.
    pub table: Word,
    /// The rows.
    pub rows: Vec<GivenRow>,
    /// From the table's name, or the `given` before it, to the end.
    pub span: Span,
}

/// One row, or one record of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenRow {
    /// What it holds; what is not named is not given.
    pub fields: Vec<GivenField>,
    /// With its braces.
    pub span: Span,
}

/// `paid: 20 USD`
#[derive(Debug, Clone, PartialEq)]
pub struct GivenField {
    /// The field's name.
    pub name: Word,
    /// The name as a value, to which what is given is fitted.
    pub place: Expr,
    /// What it holds.
    pub value: GivenValue,
    /// All of it.
    pub span: Span,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum GivenValue {
    /// `missing`
    Missing(Span),
    /// `3 days ago`
    Ago(Amount, Span),
    /// A written value.
    Value(Expr),
    /// `["hiking", "cycling"]`, or records.
    List(Vec<GivenValue>, Span),
    /// A record of a list.
    Row(GivenRow),
}

impl GivenValue {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            GivenValue::Missing(span) | GivenValue::Ago(_, span) | GivenValue::List(_, span) => *span,
            GivenValue::Value(value) => value.span,
            GivenValue::Row(row) => row.span,
        }
    }
}

/// What is given or expected of a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The condition that it says.
    pub condition: Expr,
    /// How it is written.
    pub form: ClaimForm,
    /// All of it, without `given` or `expect`.
    pub span: Span,
}

/// How a claim is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimForm {
    /// `in lapsed`, `not in lapsed`: the condition is the segment's name, or `not` and the name.
    Membership,
    /// Any condition; also `spend = 25 USD`, which says `is`.
    Condition,
}
