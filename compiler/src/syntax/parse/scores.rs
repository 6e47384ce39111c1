//! Scores: lines that give points.

use super::{Pair, Reader};
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::scan::LexemeKind;
use crate::syntax::tree::{Cap, DeclarationKind, ExprKind, Literal, Points, Score, ScoreLine, ScoreWhat};
use segue_grammar::Rule;

impl Reader<'_> {
    pub(super) fn score(&mut self, pair: Pair<'_>) -> DeclarationKind {
        let (name, title) = self.head_of(&pair);
        let whole = self.span(&pair);
        let (mut range, mut lines, mut unread) = (None, Vec::new(), false);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                // A message was given with the head.
                Rule::of_table => unread = true,
                Rule::score_range => range = self.score_range(inner),
                Rule::score_line => match self.score_line(inner) {
                    Some(line) => lines.push(line),
                    None => unread = true,
                },
                // A message was given when the expressions were built.
                Rule::broken => {
                    unread = true;
                    self.take(&inner);
                }
                _ => {}
            }
        }
        if unread || self.take_reported(whole) {
            return DeclarationKind::Broken { name: Some(name) };
        }
        let value = self.node(name.span, ExprKind::Score(Box::new(Score { range, lines })));
        DeclarationKind::Score { name, title, value }
    }

    fn score_range(&mut self, pair: Pair<'_>) -> Option<(Points, Points)> {
        let mut ends = pair.into_inner().filter(|inner| inner.as_rule() == Rule::points);
        let (from, to) = (ends.next()?, ends.next()?);
        self.points(from).zip(self.points(to))
    }

    /// `None` where its points cannot be read, about which a message was given.
    fn score_line(&mut self, pair: Pair<'_>) -> Option<ScoreLine> {
        let span = self.span(&pair);
        let (mut points, mut what, mut cap) = (None, None, None);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::points => points = Some(self.points(inner)?),
                Rule::points_if => {
                    let condition = inner.into_inner().find(|inner| inner.as_rule() == Rule::expression)?;
                    what = Some(ScoreWhat::If(self.take(&condition).0));
                }
                Rule::points_each => {
                    let start = self.span(&inner).start;
                    self.each.retain(|each| each.start != start);
                    let rows = inner.into_inner().find(|inner| inner.as_rule() == Rule::expression)?;
                    what = Some(ScoreWhat::Each(self.take(&rows).0));
                }
                Rule::points_cap => {
                    let span = self.span(&inner);
                    let points = inner.into_inner().find(|inner| inner.as_rule() == Rule::points)?;
                    cap = Some(Cap { points: self.points(points)?, span });
                }
                _ => {}
            }
        }
        Some(ScoreLine { points: points?, what: what?, cap, span })
    }

    fn points(&mut self, pair: Pair<'_>) -> Option<Points> {
        let span = self.span(&pair);
        let mut is_negative = false;
        let mut value = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::minus => is_negative = true,
                Rule::any_number => value = self.number_of(inner),
                _ => {}
            }
        }
        let value = match value? {
            Literal::Integer(value) if is_negative => Literal::Integer(value.checked_neg()?),
            Literal::Number(value) if is_negative => Literal::Number(-value),
            value => value,
        };
        Some(Points { value, span })
    }

    /// Says what is wrong with a line of a score.
    pub(super) fn diagnose_broken_score_line(&mut self, span: Span) {
        let lexemes = self.lexemes_in(span);
        let is = |at: usize, word: &str| {
            lexemes.get(at).is_some_and(|lexeme| lexeme.text(&self.source.text).eq_ignore_ascii_case(word))
        };
        let is_number = |at: usize| lexemes.get(at).is_some_and(|lexeme| lexeme.kind == LexemeKind::Number);
        let number = usize::from(is(0, "+") || is(0, "-"));
        let what = number + 1 + usize::from(is(number + 1, "point") || is(number + 1, "points"));
        let asked = match () {
            () if is(what, "if") => what + 1,
            () if is(what, "for") && is(what + 1, "each") => what + 2,
            () => 0,
        };
        if is_number(number)
            && asked > 0
            && let Some(first) = lexemes.get(asked)
        {
            let start = self.lexeme_span(first).start;
            let cap = (asked..lexemes.len()).find(|at| is(*at, "up") && is(*at + 1, "to"));
            let unread = cap.filter(|at| !is_number(at + 2 + usize::from(is(at + 2, "+") || is(at + 2, "-"))));
            match unread {
                Some(at) => {
                    let to = lexemes.get(at + 1).map_or(span, |to| self.lexeme_span(to));
                    let cap = lexemes.get(at).map_or(to, |up| self.lexeme_span(up).to(to));
                    self.report(messages::cap_without_number(cap));
                }
                None => self.diagnose_broken_line(Span { start, ..span }),
            }
            return;
        }
        let here = lexemes.get(if is_number(number) { what } else { 0 });
        let at = here.map_or(span.end_point(), |here| self.lexeme_span(here));
        let written = here.map_or("", |here| here.text(&self.source.text));
        self.report(messages::broken_score_line(at, written, is_number(number)));
    }
}
