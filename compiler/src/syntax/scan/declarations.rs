//! Cuts a file into declarations, by their first words and the braces they hold.
//!
//! A new declaration starts where the shape of its first words proves it (`segment NAME {`, `trait NAME =`), even inside
//! a brace that was never closed: nothing inside a declaration has such a shape. So a missing brace costs one
//! declaration and not the rest of the file.
#![expect(clippy::indexing_slicing, reason = "every place comes from walking these lexemes")]

use super::lexemes::{Lexeme, LexemeKind};
use super::lines::{goes_on, takes_up};
use std::ops::Range;

/// Which declaration the first word announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChunkKind {
    /// `customers`
    Customers,
    /// `events`
    Events,
    /// `records`
    Records,
    /// `table`
    Table,
    /// `let`
    Let,
    /// `list`
    List,
    /// `trait`
    Trait,
    /// `segment`
    Segment,
    /// `partition`
    Partition,
    /// `content`
    Content,
    /// `score`
    Score,
    /// `occasion`
    Occasion,
    /// `test`
    Test,
    /// Some other word or sign.
    Unknown,
}

impl ChunkKind {
    /// Whether such a declaration is over with its line, and not with a brace.
    pub(crate) fn ends_with_its_line(self) -> bool {
        matches!(self, ChunkKind::Let | ChunkKind::List | ChunkKind::Trait | ChunkKind::Occasion)
    }
}

/// The words that announce declarations.
pub(crate) const DECLARATIONS: &[(&str, ChunkKind)] = &[
    ("customers", ChunkKind::Customers),
    ("events", ChunkKind::Events),
    ("records", ChunkKind::Records),
    ("table", ChunkKind::Table),
    ("let", ChunkKind::Let),
    ("list", ChunkKind::List),
    ("trait", ChunkKind::Trait),
    ("segment", ChunkKind::Segment),
    ("partition", ChunkKind::Partition),
    ("content", ChunkKind::Content),
    ("score", ChunkKind::Score),
    ("occasion", ChunkKind::Occasion),
    ("test", ChunkKind::Test),
];

/// One declaration's stretch of the file.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    /// What its first word announces.
    pub(crate) kind: ChunkKind,
    /// The first byte of its first word.
    pub(crate) start: usize,
    /// One past its last byte, trailing blanks and new lines left out.
    pub(crate) end: usize,
    /// Its lexemes.
    pub(crate) lexemes: Range<usize>,
    /// Whether its brackets nest too deep to be read; a message was given.
    pub(crate) too_deep: bool,
}

/// The declarations among the lexemes of a file (without comments).
pub(crate) fn chunks(source: &str, lexemes: &[Lexeme]) -> Vec<Chunk> {
    let mut found: Vec<Chunk> = Vec::new();
    let mut at = 0;
    while at < lexemes.len() {
        if lexemes[at].kind == LexemeKind::NewLine {
            at += 1;
            continue;
        }
        let kind = announced(source, lexemes, at);
        let end = end_of(source, lexemes, at, kind);
        let last = lexemes[at..end].iter().rfind(|lexeme| lexeme.kind != LexemeKind::NewLine).unwrap_or(&lexemes[at]);
        found.push(Chunk {
            kind,
            start: lexemes[at].start as usize,
            end: last.end as usize,
            lexemes: at..end,
            too_deep: false,
        });
        at = end;
    }
    found
}

fn announced(source: &str, lexemes: &[Lexeme], at: usize) -> ChunkKind {
    let word =
        lexemes.get(at).filter(|lexeme| lexeme.kind == LexemeKind::Word).map_or("", |lexeme| lexeme.text(source));
    DECLARATIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map_or(ChunkKind::Unknown, |(_, kind)| *kind)
}

/// One past the last lexeme of the declaration that starts at `at`.
fn end_of(source: &str, lexemes: &[Lexeme], at: usize, kind: ChunkKind) -> usize {
    let mut open: Vec<LexemeKind> = Vec::new();
    let mut had_brace = false;
    let mut last = lexemes[at];
    let mut next = at;
    while next < lexemes.len() {
        let lexeme = lexemes[next];
        match lexeme.kind {
            LexemeKind::OpenRound => open.push(lexeme.kind),
            LexemeKind::OpenBrace => {
                open.push(lexeme.kind);
                had_brace = true;
            }
            LexemeKind::CloseRound => {
                open.pop_if(|last| *last == LexemeKind::OpenRound);
            }
            LexemeKind::CloseBrace => {
                // A brace ends what round brackets left open.
                while open.pop().is_some_and(|opener| opener != LexemeKind::OpenBrace) {}
                if open.is_empty() && had_brace && !kind.ends_with_its_line() {
                    return after_extra_brackets(lexemes, next + 1);
                }
            }
            LexemeKind::NewLine => {
                let Some(first) = next_but_new_lines(lexemes, next) else { return lexemes.len() };
                let ends = open.is_empty() && ends_at_line(source, lexemes, kind, had_brace, last, first);
                let row = kind == ChunkKind::Test && gives_row(lexemes, source, first);
                if ends || !row && proves_declaration(source, lexemes, first) {
                    return next;
                }
                next = first;
                continue;
            }
            _ => {}
        }
        last = lexeme;
        next += 1;
    }
    next
}

/// Whether, outside all brackets, the declaration is over when its line ends with `last` and the next starts at `first`.
fn ends_at_line(
    source: &str,
    lexemes: &[Lexeme],
    kind: ChunkKind,
    had_brace: bool,
    last: Lexeme,
    first: usize,
) -> bool {
    if kind.ends_with_its_line() || kind == ChunkKind::Unknown {
        !(goes_on(source, None, last) || takes_up(source, lexemes[first]))
    } else {
        // The head of a declaration in braces may take several lines.
        had_brace || starts_declaration(source, lexemes, first)
    }
}

fn next_but_new_lines(lexemes: &[Lexeme], from: usize) -> Option<usize> {
    (from..lexemes.len()).find(|at| lexemes[*at].kind != LexemeKind::NewLine)
}

/// Whether the line that starts at `at` looks like a declaration's first, where one may start.
fn starts_declaration(source: &str, lexemes: &[Lexeme], at: usize) -> bool {
    announced(source, lexemes, at) != ChunkKind::Unknown
        && lexemes.get(at + 1).is_none_or(|next| {
            use LexemeKind::{NewLine, OpenBrace, Text, UnclosedText, Word};
            matches!(next.kind, Word | Text | UnclosedText | OpenBrace | NewLine)
        })
}

/// `customers { customer_id: 1` in a test: a row, whose first field stands on the line of its brace and has a value.
fn gives_row(lexemes: &[Lexeme], source: &str, at: usize) -> bool {
    let is = |offset: usize, sign: &str| lexemes.get(at + offset).is_some_and(|lexeme| lexeme.text(source) == sign);
    is(1, "{") && is(3, ":")
}

/// Whether the words from `at` on can only be a new declaration's, whatever was left open before.
fn proves_declaration(source: &str, lexemes: &[Lexeme], at: usize) -> bool {
    let kind_at = |offset: usize| lexemes.get(at + offset).map(|lexeme| lexeme.kind);
    let text_at = |offset: usize| lexemes.get(at + offset).map_or("", |lexeme| lexeme.text(source));
    let is = |offset: usize, word: &str| text_at(offset).eq_ignore_ascii_case(word);
    let named = kind_at(1) == Some(LexemeKind::Word);
    match announced(source, lexemes, at) {
        ChunkKind::Customers => is(1, "{"),
        ChunkKind::Events | ChunkKind::Records | ChunkKind::Table => {
            named && (is(2, "by") || is(2, "at") || is(2, "{"))
        }
        ChunkKind::Let | ChunkKind::Trait | ChunkKind::Occasion => named && is(2, "=") && !is(3, "="),
        ChunkKind::List => named && (is(2, "=") || is(2, "from")) && !is(3, "="),
        ChunkKind::Segment if named && is(2, "of") => kind_at(3) == Some(LexemeKind::Word) && !is(4, "="),
        ChunkKind::Segment | ChunkKind::Partition | ChunkKind::Content => {
            named && (is(2, "{") || (kind_at(2) == Some(LexemeKind::Text) && is(3, "{")))
        }
        ChunkKind::Score => {
            let head = lexemes.get(at + 2..).unwrap_or_default();
            named
                && (is(2, "{") || is(2, "from") || kind_at(2) == Some(LexemeKind::Text))
                && head
                    .iter()
                    .take_while(|lexeme| lexeme.kind != LexemeKind::NewLine)
                    .any(|lexeme| lexeme.kind == LexemeKind::OpenBrace)
        }
        ChunkKind::Test => kind_at(1) == Some(LexemeKind::Text) && (is(2, "as") || is(2, "{")),
        ChunkKind::Unknown => false,
    }
}

/// Closing brackets right behind a declaration's end, alone on their lines, belong to it: they are too many.
fn after_extra_brackets(lexemes: &[Lexeme], from: usize) -> usize {
    let mut end = from;
    for (at, lexeme) in lexemes.iter().enumerate().skip(from) {
        match lexeme.kind {
            LexemeKind::NewLine => {}
            LexemeKind::CloseBrace | LexemeKind::CloseRound => end = at + 1,
            _ => break,
        }
    }
    end
}
