//! A declaration as a row of pieces with their new text, and the blanks between any two.
#![expect(
    clippy::indexing_slicing,
    reason = "every place is that of a token: an opener's from the stack of open brackets, the others from walking the tokens"
)]

use super::marks::Marks;
use crate::source::SourceFile;
use crate::syntax::scan::{Chunk, Lexeme, LexemeKind, Scan};
use crate::syntax::{Comment, unit_word};
use rustc_hash::FxHashSet;

/// What a piece is to the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word of the language.
    Keyword,
    /// A name.
    Name,
    /// A written value.
    Value,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// Any other sign.
    Sign,
    /// A comment.
    Comment,
}

/// A piece of a declaration.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// Its new text.
    pub(super) text: String,
    /// What it is.
    pub(super) kind: Kind,
    /// Line ends between the piece before and this one.
    pub(super) lines_before: usize,
    /// Whether the line ends behind it, and not only for the eye.
    pub(super) ends_line: bool,
    /// Whether a field starts here.
    pub(super) starts_field: bool,
    /// Whether the rows of a table start here, in a test.
    pub(super) starts_rows: bool,
    /// Whether it is a sign before a value, as in `-x`.
    pub(super) is_prefix: bool,
    /// Whether it is a colon right behind a name.
    pub(super) is_close: bool,
    /// For a brace, the place of its partner.
    pub(super) partner: usize,
}

impl Token {
    /// Whether it is this word of the language.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Keyword && self.text == word
    }

    /// Whether it is this sign.
    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }
}

/// The pieces of a declaration that can be read.
pub(super) fn tokens(
    source: &SourceFile,
    scan: &Scan,
    chunk: &Chunk,
    comments: &[Comment],
    marks: &Marks,
) -> Vec<Token> {
    let mut builder = Builder { source, scan, marks, found: Vec::new(), end: chunk.start, last_code: None, skip_to: 0 };
    let lexemes = scan.lexemes.get(chunk.lexemes.clone()).unwrap_or(&[]);
    let mut comments = comments.iter().peekable();
    for (at, lexeme) in lexemes.iter().enumerate() {
        while let Some(comment) = comments.next_if(|comment| comment.span.start < lexeme.start) {
            builder.comment(comment);
        }
        let code = lexemes.iter().skip(at + 1).find(|next| next.kind != LexemeKind::NewLine);
        let is_commented =
            comments.peek().is_some_and(|comment| code.is_some_and(|code| comment.span.start < code.start));
        builder.lexeme(*lexeme, lexemes.get(at + 1).copied(), is_commented);
    }
    comments.for_each(|comment| builder.comment(comment));
    let mut found = builder.found;
    match_braces(&mut found);
    found
}

struct Builder<'s> {
    source: &'s SourceFile,
    scan: &'s Scan,
    marks: &'s Marks,
    found: Vec<Token>,
    /// Where the piece before ends.
    end: usize,
    /// The last piece that is no comment, and where it ends.
    last_code: Option<(usize, usize)>,
    /// Lexemes before this byte belong to a written value that is done.
    skip_to: u32,
}

impl Builder<'_> {
    fn comment(&mut self, comment: &Comment) {
        let text = self.source.slice(comment.span).trim_end().to_owned();
        let range = comment.span.range();
        self.push(text, Kind::Comment, range.start, range.end);
    }

    fn push(&mut self, text: String, kind: Kind, start: usize, end: usize) {
        let between = self.source.text.get(self.end..start).unwrap_or("");
        let lines_before = between.bytes().filter(|byte| *byte == b'\n').count();
        if kind != Kind::Comment {
            if let Some((last, last_end)) = self.last_code {
                let masked = self.scan.masked.get(last_end..start).unwrap_or("");
                self.found[last].ends_line = masked.contains('\n');
            }
            self.last_code = Some((self.found.len(), end));
        }
        let is_in = |marked: &FxHashSet<u32>| u32::try_from(start).is_ok_and(|start| marked.contains(&start));
        let (starts_field, is_prefix) = (is_in(&self.marks.fields), is_in(&self.marks.signs));
        let (starts_rows, is_close) = (is_in(&self.marks.lines), is_in(&self.marks.colons));
        let partner = self.found.len();
        self.found.push(Token {
            text,
            kind,
            lines_before,
            ends_line: false,
            starts_field,
            starts_rows,
            is_prefix,
            is_close,
            partner,
        });
        self.end = end;
    }

    fn lexeme(&mut self, lexeme: Lexeme, next: Option<Lexeme>, is_commented: bool) {
        if lexeme.start < self.skip_to || lexeme.kind == LexemeKind::NewLine {
            return;
        }
        let range = lexeme.range();
        let written = lexeme.text(&self.source.text);
        if let Some((end, text)) = self.marks.literals.get(&lexeme.start) {
            self.skip_to = *end;
            self.push(text.clone(), Kind::Value, range.start, *end as usize);
            return;
        }
        let (text, kind) = match lexeme.kind {
            LexemeKind::Word => {
                // The `of` that an aggregate's words end with. Before a comment it is what makes the line go on.
                let is_idle =
                    !is_commented && self.marks.idle_of.contains(&lexeme.end) && written.eq_ignore_ascii_case("of");
                if is_idle {
                    return;
                }
                self.word(lexeme, written)
            }
            LexemeKind::Number => (spaced_amount(written), Kind::Value),
            LexemeKind::Text | LexemeKind::UnclosedText => (straight_quotes(written), Kind::Value),
            LexemeKind::OpenRound => (written.to_owned(), Kind::Open),
            LexemeKind::CloseRound => (written.to_owned(), Kind::Close),
            LexemeKind::OpenBrace => (written.to_owned(), Kind::OpenBrace),
            LexemeKind::CloseBrace => (written.to_owned(), Kind::CloseBrace),
            _ => {
                let pair = next.filter(|next| next.start == lexeme.end && next.kind == LexemeKind::Sign);
                let both = pair.map(|next| format!("{written}{}", next.text(&self.source.text)));
                if let (Some(next), Some(both @ ("<=" | ">=" | "->"))) = (pair, both.as_deref()) {
                    self.skip_to = next.end;
                    self.push(both.to_owned(), Kind::Sign, range.start, next.end as usize);
                    return;
                }
                (plain_sign(written).to_owned(), Kind::Sign)
            }
        };
        self.push(text, kind, range.start, range.end);
    }

    fn word(&self, lexeme: Lexeme, written: &str) -> (String, Kind) {
        if self.marks.names.contains(&lexeme.start) {
            return (written.to_owned(), Kind::Name);
        }
        if self.marks.currencies.contains(&lexeme.start) {
            return (written.to_uppercase(), Kind::Keyword);
        }
        let lower = written.to_lowercase().replace('’', "'");
        // A unit agrees with its number: `1 day`, `2 days`; without a number it is one.
        let counted = self.found.iter().rev().find(|token| !token.is_word("whole") && token.kind != Kind::Comment);
        let text = match counted {
            Some(number) if number.kind == Kind::Value => match number.text.parse() {
                Ok(count) => unit_word(&lower, count).map(str::to_owned),
                Err(_) => None,
            },
            Some(before) if matches!(before.text.as_str(), "last" | "next" | "this" | "fiscal") => {
                unit_word(&lower, 1).map(str::to_owned)
            }
            _ => None,
        };
        (text.unwrap_or(lower), Kind::Keyword)
    }
}

/// `90days` as `90 days`.
fn spaced_amount(written: &str) -> String {
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    match (written.get(..digits), written.get(digits..)) {
        (Some(number), Some(unit)) if !number.is_empty() && !unit.is_empty() => {
            match number.parse().ok().and_then(|count| unit_word(unit, count)) {
                Some(unit) => format!("{number} {unit}"),
                None => written.to_owned(),
            }
        }
        _ => written.to_owned(),
    }
}

fn straight_quotes(written: &str) -> String {
    let mut characters = written.chars();
    match characters.next() {
        Some('“' | '”' | '„') => {
            characters.next_back();
            format!("\"{}\"", characters.as_str())
        }
        _ => written.to_owned(),
    }
}

fn plain_sign(written: &str) -> &str {
    match written {
        "×" => "*",
        "÷" => "/",
        "≤" => "<=",
        "≥" => ">=",
        other => other,
    }
}

fn match_braces(tokens: &mut [Token]) {
    let mut open = Vec::new();
    for at in 0..tokens.len() {
        match tokens[at].kind {
            Kind::Open | Kind::OpenBrace => open.push(at),
            Kind::Close | Kind::CloseBrace => {
                if let Some(opener) = open.pop() {
                    tokens[opener].partner = at;
                    tokens[at].partner = opener;
                }
            }
            _ => {}
        }
    }
}

/// How many blanks stand between two pieces on one line.
pub(super) fn gap(before: &Token, after: &Token) -> usize {
    if after.starts_field && before.kind != Kind::OpenBrace && !before.is_sign(",") {
        return 3;
    }
    let glued = before.kind == Kind::Open
        || after.kind == Kind::Close
        || after.is_sign(",")
        || after.is_close
        || before.is_sign(".")
        || after.is_sign(".")
        || (before.is_word("point") && after.kind == Kind::Open)
        || before.is_prefix;
    usize::from(!glued)
}

/// The pieces on one line. A `?` behind a single word stands right behind it.
pub(super) fn joined(tokens: &[Token]) -> String {
    let mut text = String::new();
    for (at, token) in tokens.iter().enumerate() {
        if let Some(before) = at.checked_sub(1).map(|at| &tokens[at]) {
            let is_close_mark = token.is_sign("?")
                && at.checked_sub(2).is_some_and(|at| tokens[at].is_sign(":"))
                && matches!(before.kind, Kind::Name | Kind::Keyword);
            if !is_close_mark {
                text.push_str(&" ".repeat(gap(before, token)));
            }
        }
        text.push_str(&token.text);
    }
    text
}

/// The width of a text on a screen, near enough: its characters.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}
