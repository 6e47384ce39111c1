//! The pass before the grammar: finds the declarations of a file, pairs its brackets, keeps its comments, enforces the
//! limits of rule 21, and blanks what means nothing, so that the grammar sees only what it must read.
//!
//! INVARIANT: the masked text has the same length as the source and the same bytes wherever it is not blanked, so
//! every span of the grammar is a span of the source. In it, brackets of every declaration that is not `too_deep` are
//! in pairs but for braces that are open at the declaration's end.
#![expect(clippy::indexing_slicing, reason = "every place comes from walking these lexemes")]

mod brackets;
mod declarations;
mod lexemes;
mod lines;
mod masking;

pub(crate) use brackets::{Problem, ProblemKind};
pub(crate) use declarations::{Chunk, ChunkKind, DECLARATIONS};
pub(crate) use lexemes::{Lexeme, LexemeKind, is_blank, lexemes};

use super::messages;
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, SourceFile, Span};
use std::collections::BTreeSet;

/// Deepest nesting of brackets of all kinds together.
pub const MAXIMUM_NESTING: usize = 200;
/// Longest written text, in bytes.
pub const MAXIMUM_TEXT: usize = 64 * 1024;
/// Longest file, in bytes.
pub const MAXIMUM_FILE: usize = 16 * 1024 * 1024;
/// Most declarations in one file (the whole project's are counted where files come together).
pub const MAXIMUM_DECLARATIONS: usize = 10_000;

/// A comment, from its `#` to the end of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Where it stands, the line end left out.
    pub span: Span,
    /// Whether nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// A file cut into its declarations.
#[derive(Debug)]
pub(crate) struct Scan {
    /// The text with everything blanked that means nothing.
    pub(crate) masked: String,
    /// The declarations, in order.
    pub(crate) chunks: Vec<Chunk>,
    /// All comments, in order.
    pub(crate) comments: Vec<Comment>,
    /// All lexemes but comments, in order.
    pub(crate) lexemes: Vec<Lexeme>,
    /// Places about which a message was given: what cannot be read around them stays silent.
    pub(crate) reported: Vec<Span>,
    /// The messages.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Words that cannot be names.
pub(crate) const RESERVED: &[&str] = &[
    "and",
    "or",
    "not",
    "is",
    "in",
    "of",
    "where",
    "any",
    "no",
    "all",
    "none",
    "every",
    "within",
    "followed",
    "with",
    "among",
    "by",
    "over",
    "per",
    "otherwise",
    "contains",
    "starts",
    "ends",
    "matches",
    "includes",
    "between",
    "before",
    "after",
    "since",
    "ago",
    "than",
    "from",
    "to",
    "at",
    "if",
    "as",
    "ignoring",
    "during",
    "true",
    "false",
    "missing",
    "known",
    "empty",
    "the",
    "this",
    "today",
    "yesterday",
    "now",
    "customer",
    "customers",
];

/// Whether a word, in any capitals, is reserved and so cannot be a name.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// Scans a file.
pub(crate) fn scan(file: FileId, source: &SourceFile) -> Scan {
    scan_with(file, source, declarations::chunks)
}

/// Scans a text that is one condition or value.
pub(crate) fn scan_expression(file: FileId, source: &SourceFile) -> Scan {
    scan_with(file, source, |text, lexemes| {
        vec![Chunk { kind: ChunkKind::Trait, start: 0, end: text.len(), lexemes: 0..lexemes.len(), too_deep: false }]
    })
}

fn scan_with(file: FileId, source: &SourceFile, chunks: impl Fn(&str, &[Lexeme]) -> Vec<Chunk>) -> Scan {
    let text: &str = &source.text;
    if text.len() > MAXIMUM_FILE {
        return Scan {
            masked: String::new(),
            chunks: Vec::new(),
            comments: Vec::new(),
            lexemes: Vec::new(),
            reported: Vec::new(),
            diagnostics: vec![messages::file_too_large(Span::new(file, 0, 0), text.len())],
        };
    }
    let all = lexemes(text);
    let comments = comments(file, &all);
    let lexemes: Vec<Lexeme> = all.into_iter().filter(|lexeme| lexeme.kind != LexemeKind::Comment).collect();
    let mut diagnostics = Vec::new();
    let mut reported = Vec::new();
    for lexeme in &lexemes {
        let span = Span::new(file, lexeme.start as usize, lexeme.end as usize);
        match lexeme.kind {
            LexemeKind::UnclosedText => {
                diagnostics.push(messages::unclosed_text(source, span));
                reported.push(span);
            }
            LexemeKind::Text if lexeme.range().len() > MAXIMUM_TEXT + 2 => {
                diagnostics.push(messages::text_too_long(span));
            }
            _ => {}
        }
    }
    let mut chunks = chunks(text, &lexemes);
    if let Some(first_over) = chunks.get(MAXIMUM_DECLARATIONS) {
        diagnostics.push(messages::too_many_declarations(Span::new(file, first_over.start, first_over.start)));
        chunks.truncate(MAXIMUM_DECLARATIONS);
    }
    let mut masked = masking::Masked::new(text);
    let mut runs = Vec::new();
    for chunk in &mut chunks {
        let inside = lexemes.get(chunk.lexemes.clone()).unwrap_or(&[]);
        let pairs = brackets::pairs(inside);
        if let Some(at) = pairs.too_deep {
            let span = Span::new(file, inside[at].start as usize, inside[at].end as usize);
            diagnostics.push(messages::too_deep(span));
            chunk.too_deep = true;
            continue;
        }
        let whole = Span::new(file, chunk.start, chunk.end);
        let mut last: Option<ProblemKind> = None;
        let lexeme_span = |at: usize| Span::new(file, inside[at].start as usize, inside[at].end as usize);
        for (problem, is_told) in pairs.problems.iter().zip(told_with_others(&pairs.problems)) {
            let lexeme = inside[problem.lexeme];
            let span = lexeme_span(problem.lexeme);
            if is_told {
                reported.push(span);
                continue;
            }
            // Brackets in a row that close nothing, or that were opened already, are one mistake.
            let goes_on = last.replace(problem.kind) == Some(problem.kind)
                && problem.kind != ProblemKind::Unclosed
                && reported.last().is_some_and(|before: &Span| {
                    text.get(before.end as usize..lexeme.start as usize).is_some_and(|gap| gap.trim().is_empty())
                });
            if let (true, Some(before)) = (goes_on, reported.last_mut()) {
                *before = before.to(span);
                continue;
            }
            runs.push((diagnostics.len(), reported.len(), *problem));
            diagnostics.push(messages::bracket(source, span, problem, problem.closer.map(lexeme_span), whole));
            reported.push(span);
        }
        // The brackets of a run are known only now.
        for (message, place, problem) in runs.drain(..) {
            if let (Some(message), Some(span)) = (diagnostics.get_mut(message), reported.get(place)) {
                *message = messages::bracket(source, *span, &problem, problem.closer.map(lexeme_span), whole);
            }
        }
        let head = !chunk.kind.ends_with_its_line() && chunk.kind != ChunkKind::Unknown;
        masked.apply(inside, &pairs, head);
    }
    Scan { masked: masked.finish(), chunks, comments, lexemes, reported, diagnostics }
}

/// Whether each problem needs no message of its own: of `customers { {` it is enough that the first brace is never closed,
/// and a brace that closes the second of two goes with that one.
fn told_with_others(problems: &[Problem]) -> Vec<bool> {
    let closers: BTreeSet<usize> = problems.iter().filter_map(|problem| problem.closer).collect();
    let mut told = Vec::with_capacity(problems.len());
    // Problems stand in the order of the text, so one look back is enough, also in a file of nothing but braces.
    let mut before: Option<(&Problem, bool)> = None;
    for problem in problems {
        let with_another = match problem.kind {
            ProblemKind::Unclosed => false,
            ProblemKind::Extra => closers.contains(&problem.lexeme),
            ProblemKind::Doubled => before.is_some_and(|(before, is_told)| {
                let follows = before.lexeme + 1 == problem.lexeme;
                follows && (before.kind == ProblemKind::Unclosed || before.kind == ProblemKind::Doubled && is_told)
            }),
        };
        before = Some((problem, with_another));
        told.push(with_another);
    }
    told
}

fn comments(file: FileId, lexemes: &[Lexeme]) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut line_is_empty = true;
    for lexeme in lexemes {
        if lexeme.kind == LexemeKind::Comment {
            let span = Span::new(file, lexeme.start as usize, lexeme.end as usize);
            found.push(Comment { span, own_line: line_is_empty });
        }
        line_is_empty = lexeme.kind == LexemeKind::NewLine;
    }
    found
}
