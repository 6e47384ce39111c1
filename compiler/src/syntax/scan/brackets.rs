//! Pairs the brackets of one declaration, and says which have no partner.
#![expect(clippy::indexing_slicing, reason = "every place comes from walking these lexemes")]

use super::MAXIMUM_NESTING;
use super::lexemes::{Lexeme, LexemeKind};

/// How the brackets of a declaration pair up.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    /// Brackets without a partner, in order.
    pub(crate) problems: Vec<Problem>,
    /// The first bracket beyond the deepest nesting allowed.
    pub(crate) too_deep: Option<usize>,
}

/// What is wrong with a bracket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    /// It is never closed.
    Unclosed,
    /// It closes nothing.
    Extra,
    /// It opens what the `{` before it has opened already.
    Doubled,
}

/// A bracket without a partner.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Problem {
    /// Its place among the declaration's lexemes.
    pub(crate) lexeme: usize,
    /// What is wrong.
    pub(crate) kind: ProblemKind,
    /// Whether the mask blanks it; a `{` that is open at the declaration's end stays, the grammar closes it there.
    pub(crate) blanked: bool,
    /// For a doubled `{` the `}` that was to close it; nothing is said about that one.
    pub(crate) closer: Option<usize>,
}

impl Problem {
    fn new(lexeme: usize, kind: ProblemKind) -> Problem {
        Problem { lexeme, kind, blanked: true, closer: None }
    }
}

/// Pairs the brackets. A round bracket never spans a brace's end: `(` is unclosed when its `}` comes first.
pub(crate) fn pairs(lexemes: &[Lexeme]) -> Pairs {
    let mut found = Pairs::default();
    let mut open: Vec<usize> = Vec::new();
    let is_brace = |at: usize| lexemes[at].kind == LexemeKind::OpenBrace;
    let mut before = None;
    for (at, lexeme) in lexemes.iter().enumerate() {
        let before = match lexeme.kind {
            LexemeKind::NewLine => continue,
            kind => before.replace(kind),
        };
        match lexeme.kind {
            LexemeKind::OpenBrace if before == Some(LexemeKind::OpenBrace) => {
                found.problems.push(Problem::new(at, ProblemKind::Doubled));
            }
            LexemeKind::OpenRound | LexemeKind::OpenBrace => {
                open.push(at);
                if open.len() > MAXIMUM_NESTING {
                    found.too_deep = Some(at);
                    return found;
                }
            }
            LexemeKind::CloseRound => match open.last() {
                Some(last) if !is_brace(*last) => {
                    open.pop();
                }
                _ => found.problems.push(Problem::new(at, ProblemKind::Extra)),
            },
            LexemeKind::CloseBrace => {
                if open.iter().any(|opener| is_brace(*opener)) {
                    while let Some(last) = open.pop() {
                        if is_brace(last) {
                            break;
                        }
                        found.problems.push(Problem::new(last, ProblemKind::Unclosed));
                    }
                } else {
                    found.problems.push(Problem::new(at, ProblemKind::Extra));
                }
            }
            _ => {}
        }
    }
    for opener in open {
        let blanked = !is_brace(opener);
        found.problems.push(Problem { blanked, ..Problem::new(opener, ProblemKind::Unclosed) });
    }
    found.problems.sort_by_key(|problem| problem.lexeme);
    // A `}` too many closes the `{` that stands twice.
    let is_closer = |problem: &Problem| {
        problem.kind == ProblemKind::Extra && lexemes[problem.lexeme].kind == LexemeKind::CloseBrace
    };
    let mut closers = found.problems.iter().filter(|problem| is_closer(problem)).map(|problem| problem.lexeme);
    let closers: Vec<Option<usize>> = found
        .problems
        .iter()
        .map(|problem| if problem.kind == ProblemKind::Doubled { closers.next() } else { None })
        .collect();
    for (problem, closer) in found.problems.iter_mut().zip(closers) {
        problem.closer = closer;
    }
    found
}
