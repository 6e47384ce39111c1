//! Texts that a content shows, and the holes in them.

use super::{CUSTOMERS, Expr, ExprKind, PartitionId, Program, Row};
use crate::source::Span;
use std::sync::Arc;

/// A text with holes.
#[derive(Debug, Clone)]
pub struct Template {
    /// What stands one behind the other.
    pub pieces: Vec<Piece>,
    /// As written, with its quotes.
    pub span: Span,
}

/// A part of a text.
#[derive(Debug, Clone)]
pub enum Piece {
    /// The writer's own words; also their markup, where the text is HTML.
    Text(Arc<str>),
    /// What each customer's own is put into.
    Hole(Hole),
}

/// A place in a text for what is the customer's own.
#[derive(Debug, Clone)]
pub struct Hole {
    /// What is shown.
    pub filling: Filling,
    /// What stands in its place where it is missing, in the writer's own words; there is one wherever it may be.
    pub fallback: Option<Arc<str>>,
    /// As written, with its braces.
    pub span: Span,
}

/// What fills a hole.
#[derive(Debug, Clone)]
pub enum Filling {
    /// A value in the scope of the customer: text, an id, a listed value, a number, a share, money, a date or time, or a list of
    /// such. The pattern is one of UTS #35: of a date or time (`d MMMM y`), or of a number (`#,##0.00`).
    Value {
        /// The value.
        value: Expr,
        /// In what form; as the language of the text has it where there is none.
        pattern: Option<Arc<str>>,
    },
    /// What another content shows.
    Content(PartitionId),
}

impl Program {
    /// The customer's field that names their language, a BCP 47 tag, as a value; `None` where the project names no such field.
    pub fn language(&self) -> Option<Expr> {
        let field = self.locale_field?;
        let declared = self.tables.get(CUSTOMERS.0 as usize)?.fields.get(field.0 as usize)?;
        let kind = ExprKind::Field { row: Row::Customer, table: CUSTOMERS, field };
        Some(Expr { kind, ty: declared.ty.clone(), may_be_missing: true, span: declared.span })
    }
}

impl Template {
    /// The holes in the text.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(hole),
            Piece::Text(_) => None,
        })
    }
}
