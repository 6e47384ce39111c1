//! Questions about the whole base: ranks, top lists, statistics, and shares of it.

use super::{Expr, Literal, Quoted, Word};
use crate::source::Span;

/// What customers are ranked by, and whom among.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// The value.
    pub value: Expr,
    /// `among SEGMENT`: only its members are looked at.
    pub among: Option<Word>,
}

/// A question about the whole base: what a customer's value is among those of all.
#[derive(Debug, Clone, PartialEq)]
pub struct OverBase {
    /// Which.
    pub asked: AskedOfBase,
    /// Its words, up to the value.
    pub asked_span: Span,
    /// The value, and of whom.
    pub ranked: Ranked,
}

/// What is asked of the whole base.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the line above each variant speaks of its fields")]
pub enum AskedOfBase {
    /// `quintile of`: into how many groups customers are dealt.
    Group { groups: u32 },
    /// `average of ... over customers`
    Average,
    /// `median of ... over customers`
    Median,
    /// `deviation of ... over customers`
    Deviation,
    /// `percentile 90 of ... over customers`; an integer or a number.
    Percentile { rank: Literal, span: Span },
    /// `customer in top 10% by`, `customer in bottom 100 by`, `customer not in top ...`
    Foremost { end: End, extent: Extent, negated: bool },
}

/// Which end of a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// The greatest values.
    Top,
    /// The smallest.
    Bottom,
}

/// How many are at an end of a ranking: an integer or a percentage.
#[derive(Debug, Clone, PartialEq)]
pub struct Extent {
    /// `1000` or `10%`
    pub value: Literal,
    /// Where it stands.
    pub span: Span,
}

/// `customer in share 0% to 40% of "checkout test"`
#[derive(Debug, Clone, PartialEq)]
pub struct InShare {
    /// Where the share starts: a percentage, with its place.
    pub from: (Literal, Span),
    /// Where it ends: a percentage, with its place.
    pub to: (Literal, Span),
    /// What the customers are dealt by.
    pub salt: Quoted,
    /// `customer not in share`
    pub negated: bool,
}
