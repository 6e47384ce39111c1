//! Blanks what means nothing, above all the new lines that end nothing.

use super::brackets::{Pairs, ProblemKind};
use super::lexemes::{Lexeme, LexemeKind};
use super::lines::{goes_on, takes_up};

/// Stands for each byte of a text that has no closing quote.
const UNCLOSED: u8 = 1;

/// The text being masked: blanks, into which the lexemes that mean something are copied.
pub(crate) struct Masked<'s> {
    source: &'s str,
    bytes: Vec<u8>,
}

impl<'s> Masked<'s> {
    /// Nothing but blanks, as long as the source.
    pub(crate) fn new(source: &'s str) -> Masked<'s> {
        Masked { source, bytes: vec![b' '; source.len()] }
    }

    /// Copies one declaration's lexemes. `head` says whether lines mean nothing before its first brace.
    pub(crate) fn apply(&mut self, lexemes: &[Lexeme], pairs: &Pairs, head: bool) {
        let mut problems = pairs.problems.iter().peekable();
        let mut open: Vec<LexemeKind> = Vec::new();
        let mut had_brace = false;
        let mut before: Option<Lexeme> = None;
        let mut two_before: Option<Lexeme> = None;
        let mut new_line: Option<Lexeme> = None;
        for (at, lexeme) in lexemes.iter().copied().enumerate() {
            let problem = problems.next_if(|problem| problem.lexeme == at);
            if problem.is_some_and(|problem| problem.blanked) {
                continue;
            }
            if lexeme.kind == LexemeKind::NewLine {
                new_line = new_line.or(Some(lexeme));
                continue;
            }
            if let Some(line) = new_line.take() {
                let inside = open.last().map_or(head && !had_brace, |opener| *opener == LexemeKind::OpenRound);
                let joined = before.is_some_and(|before| goes_on(self.source, two_before, before))
                    || takes_up(self.source, lexeme);
                if !inside && !joined {
                    self.copy(line);
                }
            }
            match lexeme.kind {
                LexemeKind::OpenRound => open.push(lexeme.kind),
                LexemeKind::OpenBrace => {
                    open.push(lexeme.kind);
                    had_brace = true;
                }
                LexemeKind::CloseRound | LexemeKind::CloseBrace => {
                    open.pop();
                }
                _ => {}
            }
            debug_assert!(problem.is_none_or(|problem| problem.kind == ProblemKind::Unclosed));
            self.copy(lexeme);
            two_before = before;
            before = Some(lexeme);
        }
    }

    /// The masked text.
    pub(crate) fn finish(self) -> String {
        // Whole lexemes were copied, so characters are whole; were it not so, the file would read as empty.
        String::from_utf8(self.bytes).unwrap_or_default()
    }

    fn copy(&mut self, lexeme: Lexeme) {
        let range = lexeme.range();
        let (Some(into), Some(from)) = (self.bytes.get_mut(range.clone()), self.source.as_bytes().get(range)) else {
            return;
        };
        if lexeme.kind == LexemeKind::UnclosedText {
            into.fill(UNCLOSED);
        } else {
            into.copy_from_slice(from);
        }
    }
}
