//! Content, and texts with holes.

use super::{Pair, Reader};
use crate::syntax::messages;
use crate::syntax::tree::{Choice, DeclarationKind, Hole, Piece, Quoted, Template};
use segue_grammar::Rule;
use std::sync::Arc;

impl Reader<'_> {
    pub(super) fn content(&mut self, pair: Pair<'_>) -> DeclarationKind {
        let (name, title) = self.head_of(&pair);
        let whole = self.span(&pair);
        let (mut choices, mut unread) = (Vec::new(), false);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::choice => match self.choice(inner) {
                    Some(choice) => choices.push(choice),
                    None => unread = true,
                },
                // A message was given when the expressions were built.
                Rule::broken_choice => {
                    unread = true;
                    self.take(&inner);
                }
                _ => {}
            }
        }
        if unread || self.take_reported(whole) {
            return DeclarationKind::Broken { name: Some(name) };
        }
        DeclarationKind::Content { name, title, choices }
    }

    /// `None` where it cannot be read, about which a message was given.
    fn choice(&mut self, pair: Pair<'_>) -> Option<Choice> {
        let span = self.span(&pair);
        let (mut condition, mut text) = (None, None);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::expression => condition = Some(self.take(&inner).0),
                Rule::template => text = self.template(inner),
                _ => {}
            }
        }
        Some(Choice { condition, text: text?, span })
    }

    /// A text with holes; `None` where one cannot be read.
    pub(super) fn template(&mut self, pair: Pair<'_>) -> Option<Template> {
        let span = self.span(&pair);
        let (mut pieces, mut unread) = (Vec::new(), false);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::template_text => pieces.push(Piece::Text(Arc::from(unescaped(inner.as_str())))),
                Rule::hole => match self.hole(inner) {
                    Some(hole) => pieces.push(Piece::Hole(hole)),
                    None => unread = true,
                },
                Rule::open_hole => {
                    self.report(messages::open_hole(self.span(&inner)));
                    unread = true;
                }
                _ => {}
            }
        }
        (!unread).then_some(Template { pieces, span })
    }

    fn hole(&mut self, pair: Pair<'_>) -> Option<Hole> {
        let span = self.span(&pair);
        let (mut value, mut format, mut fallback) = (None, None, None);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::expression => value = Some(self.take(&inner).0),
                Rule::hole_format => format = self.quoted_in(inner),
                Rule::hole_fallback => fallback = self.quoted_in(inner),
                Rule::broken_hole => {
                    let within = self.span(&inner);
                    self.report(messages::unreadable_hole(span, self.source.slice(within).trim()));
                }
                _ => {}
            }
        }
        Some(Hole { value: value?, format, fallback, span })
    }

    fn quoted_in(&mut self, pair: Pair<'_>) -> Option<Quoted> {
        let quoted = pair.into_inner().find(|inner| inner.as_rule() == Rule::quoted)?;
        let span = self.span(&quoted);
        let text = self.text_of(quoted.into_inner().next()?);
        Some(Quoted { text, span })
    }
}

/// Without the backslashes before quotes, backslashes and braces.
fn unescaped(written: &str) -> String {
    let mut text = String::with_capacity(written.len());
    let mut characters = written.chars().peekable();
    while let Some(character) = characters.next() {
        let escapes = character == '\\' && characters.peek().is_some_and(|next| matches!(next, '"' | '\\' | '{' | '}'));
        text.push(if escapes { characters.next().unwrap_or(character) } else { character });
    }
    text
}
