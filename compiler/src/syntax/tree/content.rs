//! Content: texts with holes, chosen by the first condition that holds.

use super::{Expr, Quoted};
use crate::source::Span;
use std::sync::Arc;

/// One line of a `content`.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Who gets it; `None` for `otherwise`.
    pub condition: Option<Expr>,
    /// What they get.
    pub text: Template,
    /// The whole line.
    pub span: Span,
}

/// `"Hello {first_name otherwise "friend"}"`
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// What stands one behind the other.
    pub pieces: Vec<Piece>,
    /// With its quotes.
    pub span: Span,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// As it stands, escapes resolved.
    Text(Arc<str>),
    /// What each customer's own is put into.
    Hole(Hole),
}

/// `{last_purchase as "d MMMM" otherwise "a while ago"}`
#[derive(Debug, Clone, PartialEq)]
pub struct Hole {
    /// What is shown. An `otherwise` without a format before it is part of it.
    pub value: Expr,
    /// In what form.
    pub format: Option<Quoted>,
    /// What stands in its place where it is missing.
    pub fallback: Option<Quoted>,
    /// With its braces.
    pub span: Span,
}
