//! Content: who gets which text, and what its holes show.

use super::scope::Scope;
use super::{Checker, Node, State, messages};
use crate::names::{Global, Named};
use crate::program::{
    self, Expectation, ExpectedText, Expr, ExprKind, FieldSource, Filling, Hole, Part, Piece, Template, Type,
};
use crate::source::Span;
use crate::syntax::tree::{self, ExprKind as Tree, Factor, Literal, Quantifier};
use crate::values::{Value, patterns};
use std::sync::Arc;

/// One choice of a content.
#[derive(Debug, Clone)]
pub(crate) struct CheckedChoice {
    /// Who gets it; `None` for `otherwise`.
    condition: Option<Expr>,
    /// What they get.
    text: Template,
}

/// So many letters of a text stand for it where choices are listed.
const SHOWN: usize = 25;

impl<'tree> Checker<'tree> {
    /// A content as a partition whose parts have texts; a part's name is the beginning of its text, holes in braces, with a number
    /// where others begin like that.
    pub(super) fn content_as_partition(
        &self,
        named: &Named<'_, &[tree::Choice]>,
        choices: &[CheckedChoice],
    ) -> program::Partition {
        let mut parts: Vec<Part> = Vec::with_capacity(choices.len());
        for (written, choice) in named.body.iter().zip(choices) {
            let beginning = self.beginning(&written.text);
            let again = parts.iter().filter(|part| part.name.starts_with(&beginning)).count();
            let name = if again == 0 { beginning } else { format!("{beginning} ({})", again + 1) };
            let (condition, text) = (choice.condition.clone(), Some(choice.text.clone()));
            parts.push(Part { name: Arc::from(name), title: None, condition, text, span: written.span });
        }
        program::Partition {
            name: Arc::clone(&named.name.text),
            title: named.title.map(|title| Arc::clone(&title.text)),
            documentation: named.documentation.map(str::to_owned),
            parts,
            labels: Vec::new(),
            span: named.span,
        }
    }

    fn beginning(&self, text: &tree::Template) -> String {
        let piece = |piece: &tree::Piece| match piece {
            tree::Piece::Text(text) => text.to_string(),
            tree::Piece::Hole(hole) => {
                let shown = match &hole.value.kind {
                    Tree::Otherwise(choices) => choices.first().unwrap_or(&hole.value),
                    _ => &hole.value,
                };
                format!("{{{}}}", self.written(shown.span))
            }
        };
        let whole: String = text.pieces.iter().map(piece).collect();
        match whole.char_indices().nth(SHOWN) {
            Some((end, next)) => {
                let cut = whole.get(..end).unwrap_or_default();
                let words =
                    if next.is_whitespace() { cut } else { cut.rsplit_once(' ').map_or(cut, |(words, _)| words) };
                format!("{}...", words.trim_end())
            }
            None => whole,
        }
    }

    pub(crate) fn check_content(&mut self, at: usize) {
        let Some(named) = self.index.contents.get(at) else { return };
        let (choices, name) = (named.body, named.name);
        let mut checked = Vec::with_capacity(choices.len());
        let mut failed = false;
        let mut otherwise: Option<&tree::Choice> = None;
        for choice in choices {
            if let Some(last) = otherwise {
                self.report(messages::choice_behind_otherwise(choice.span, last.span));
            }
            let condition = match &choice.condition {
                Some(condition) => self.line(condition, Scope::customer()).map(Some),
                None => {
                    otherwise = otherwise.or(Some(choice));
                    Some(None)
                }
            };
            let known = condition.as_ref().and_then(Option::as_ref);
            match (self.template(&choice.text, known), condition) {
                (Some(text), Some(condition)) => checked.push(CheckedChoice { condition, text }),
                _ => failed = true,
            }
        }
        if choices.is_empty() || otherwise.is_none() {
            self.report(messages::content_without_otherwise(name));
        }
        if !failed && let Some(slot) = self.contents.get_mut(at) {
            *slot = State::Done(checked);
        }
    }

    /// A text whose holes are shown where a condition holds.
    fn template(&mut self, written: &'tree tree::Template, condition: Option<&Expr>) -> Option<Template> {
        let mut pieces = Vec::with_capacity(written.pieces.len());
        let mut failed = false;
        for piece in &written.pieces {
            match piece {
                tree::Piece::Text(text) => pieces.push(Piece::Text(Arc::clone(text))),
                tree::Piece::Hole(hole) => match self.hole(hole, condition) {
                    Some(hole) => pieces.push(Piece::Hole(hole)),
                    None => failed = true,
                },
            }
        }
        (!failed).then_some(Template { pieces, span: written.span })
    }

    fn hole(&mut self, hole: &'tree tree::Hole, condition: Option<&Expr>) -> Option<Hole> {
        if let Some(word) = super::values::bare_word(&hole.value)
            && let Some(Global::Content(at)) = self.index.global(&word.text)
            && self.index.field(program::CUSTOMERS, &word.text).is_none()
        {
            if let Some(needless) = hole.format.as_ref().or(hole.fallback.as_ref()) {
                return self.refuse(messages::form_of_a_content(needless.span, &word.text));
            }
            if self.contents.get(at).is_some_and(State::is_waiting) {
                self.need(Node::Content(at), word.span);
            }
            let filling = Filling::Content(self.partition_of_content(at));
            return Some(Hole { filling, fallback: None, span: hole.span });
        }
        let (value, fallback) = self.filling(hole)?;
        if let Some(problem) = messages::not_shown(hole.value.span, &value.ty) {
            return self.refuse(problem);
        }
        let pattern = match &hole.format {
            Some(format) => Some(self.pattern(format, &value.ty)?),
            None => None,
        };
        if fallback.is_none()
            && (matches!(value.ty, Type::List(_)) || self.often_missing(&value) || self.divides(&value))
            && !condition.is_some_and(|condition| self.makes_known(condition, hole.value.span))
        {
            let text = self.written(hole.value.span).to_owned();
            let end = hole.format.as_ref().map_or(hole.value.span, |format| format.span);
            let is_list = matches!(value.ty, Type::List(_));
            self.report(messages::hole_may_be_missing(hole.value.span, end, &text, is_list));
        }
        Some(Hole { filling: Filling::Value { value, pattern }, fallback, span: hole.span })
    }

    /// What a hole shows, and the words in its place where it is missing: a text behind the last `otherwise`.
    fn filling(&mut self, hole: &'tree tree::Hole) -> Option<(Expr, Option<Arc<str>>)> {
        let scope = Scope::customer();
        if let Some(fallback) = &hole.fallback {
            return Some((self.value(&hole.value, scope)?, Some(Arc::clone(&fallback.text))));
        }
        if let Tree::Otherwise(choices) = &hole.value.kind
            && let Some((last, rest)) = choices.split_last()
            && let Tree::Literal(Literal::Text(words)) = &last.kind
        {
            let value = match rest {
                [only] => self.value(only, scope)?,
                several => self.otherwise(several, hole.value.span, scope)?,
            };
            if !value.may_be_missing && !matches!(value.ty, Type::List(_)) {
                let shown = self.written(hole.value.span.to(last.span)).to_owned();
                let shown = shown.split(" otherwise ").next().unwrap_or_default().to_owned();
                self.report(messages::otherwise_needless(value.span, &shown));
            }
            return Some((value, Some(Arc::clone(words))));
        }
        Some((self.value(&hole.value, scope)?, None))
    }

    /// Whether a value comes of a division by what could be nothing.
    fn divides(&self, value: &Expr) -> bool {
        let nothing = |factor: &Expr| match super::constants::work_out(factor) {
            Some(Value::Integer(by)) => by == 0,
            Some(Value::Number(by)) => by == 0.0,
            Some(Value::Money(by) | Value::Duration(by)) => by == 0,
            _ => true,
        };
        match &value.kind {
            ExprKind::Product(factors) => {
                factors.iter().any(|(side, factor)| *side == Factor::Over && nothing(factor) || self.divides(factor))
            }
            ExprKind::Otherwise(choices) => choices.iter().all(|choice| self.divides(choice)),
            // Rows of whose values none is known are few, and are told by the aggregate itself.
            ExprKind::Aggregate(_) => false,
            ExprKind::Trait(id) => {
                let of = self.traits.get(id.0 as usize).and_then(State::done);
                of.is_some_and(|done| self.divides(&done.value))
            }
            ExprKind::Field { table, field, .. } | ExprKind::Lookup { table, field, .. } => {
                let of = self.field_state(*table, *field).and_then(State::done);
                matches!(of.map(|done| &done.field.source), Some(FieldSource::Computed(inner)) if self.divides(inner))
            }
            _ => {
                let mut found = false;
                value.for_each_part(&mut |part| found |= self.divides(part));
                found
            }
        }
    }

    fn pattern(&mut self, format: &tree::Quoted, ty: &Type) -> Option<Arc<str>> {
        let found = match ty {
            Type::Date => patterns::moment(&format.text, false),
            Type::Datetime => patterns::moment(&format.text, true),
            Type::Integer | Type::Number | Type::Percent | Type::Money(_) => patterns::number(&format.text).map(|_| ()),
            other => {
                let kind = messages::kind(other);
                return self.refuse(messages::no_form(format.span, &kind));
            }
        };
        match found {
            Ok(()) => Some(Arc::clone(&format.text)),
            Err(why) => self.refuse(messages::no_pattern(format.span, &format.text, why)),
        }
    }

    /// Whether what stands in a hole is surely known where the condition holds: the condition, or one of those joined by `and`,
    /// says so of the same words. A comparison holds only of what is known, and so does its opposite.
    fn makes_known(&self, condition: &Expr, shown: Span) -> bool {
        let bare = if let ExprKind::Not(inner) = &condition.kind { inner } else { condition };
        let denied = !std::ptr::eq(bare, condition);
        let is = |value: &Expr| self.same_words(value.span, shown);
        match &bare.kind {
            ExprKind::And(lines) if !denied => lines.iter().any(|line| self.makes_known(line, shown)),
            ExprKind::Segment(id) if !denied => {
                let lines = self.segments.get(id.0 as usize).and_then(State::done);
                lines.is_some_and(|lines| lines.iter().any(|line| self.makes_known(line, shown)))
            }
            // A list that is known may be empty.
            ExprKind::IsKnown(known) => !denied && !matches!(known.ty, Type::List(_)) && is(known),
            ExprKind::IsEmpty(list) => denied && is(list),
            ExprKind::Includes { list, quantifier, .. } => !denied && *quantifier != Quantifier::None && is(list),
            ExprKind::Compare(_, left, right) | ExprKind::Equal { left, right, .. } => is(left) || is(right),
            ExprKind::IsOneOf { value, .. }
            | ExprKind::Text { subject: value, .. }
            | ExprKind::InWindows(value, _)
            | ExprKind::Near(value, _) => is(value),
            _ => false,
        }
    }

    fn same_words(&self, one: Span, other: Span) -> bool {
        let (one, other) = (self.written(one), self.written(other));
        // Texts in them mean what their letters are.
        if one.contains('"') || other.contains('"') {
            return one == other;
        }
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        words(one) == words(other)
    }

    /// `expect hero = "New boots"`
    pub(super) fn expected_text(
        &mut self,
        at: usize,
        text: &'tree tree::Expr,
        negated: bool,
        span: Span,
    ) -> Option<Expectation> {
        let Tree::Literal(Literal::Text(words)) = &text.kind else {
            return self.refuse(messages::text_expected(text.span));
        };
        // All that could show in it.
        let mut contents: Vec<usize> = vec![at];
        let mut next = 0;
        while let Some(content) = contents.get(next).copied() {
            next += 1;
            let choices = self.contents.get(content).and_then(State::done)?;
            let holes = choices.iter().flat_map(|choice| choice.text.holes());
            for hole in holes {
                let Filling::Content(inner) = &hole.filling else { continue };
                let inner = inner.0 as usize - self.index.partitions.len();
                if !contents.contains(&inner) {
                    contents.push(inner);
                }
            }
        }
        let shown = contents.iter().map(|content| {
            let choices = self.contents.get(*content).and_then(State::done).map_or(0, Vec::len);
            let parts = (0..u32::try_from(choices).unwrap_or(0)).collect();
            let kind = ExprKind::InParts { partition: self.partition_of_content(*content), parts };
            super::values::made(kind, Type::Boolean, false, span)
        });
        let condition = super::conditions::joined(shown.collect(), ExprKind::And, span);
        let text = ExpectedText { content: self.partition_of_content(at), text: Arc::clone(words), negated };
        Some(Expectation { condition, text: Some(text), span })
    }
}
