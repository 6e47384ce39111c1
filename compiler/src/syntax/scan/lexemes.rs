//! Cuts text into words, numbers, texts, signs, brackets, comments and line ends: just enough to find declarations and
//! brackets without being fooled by a `{` in a text or a comment.
//!
//! INVARIANT: the lexemes cover the text but for blanks, in order, without overlap; `start < end` for each.

/// What a lexeme is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LexemeKind {
    /// A letter or underscore and what continues it.
    Word,
    /// A digit and the digits, points, colons and letters that follow.
    Number,
    /// A text with its closing quote.
    Text,
    /// A text that has no closing quote on its line; it ends where its content seems to end.
    UnclosedText,
    /// `(` or `[`
    OpenRound,
    /// `)` or `]`
    CloseRound,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// Any other sign, one character.
    Sign,
    /// `#` to the end of its line.
    Comment,
    /// The end of a line.
    NewLine,
}

/// A piece of the text, in bytes from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lexeme {
    /// What it is.
    pub(crate) kind: LexemeKind,
    /// First byte.
    pub(crate) start: u32,
    /// One past the last byte.
    pub(crate) end: u32,
}

impl Lexeme {
    /// The bytes as a range.
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Its text.
    pub(crate) fn text(self, source: &str) -> &str {
        source.get(self.range()).unwrap_or("")
    }
}

/// All lexemes of a text. Blanks (space, tab, carriage return, no-break space, byte order mark) are left out.
pub(crate) fn lexemes(source: &str) -> Vec<Lexeme> {
    let mut found: Vec<Lexeme> = Vec::with_capacity(source.len() / 5);
    let (mut at, mut depth, mut templates) = (0, 0_usize, false);
    while let Some(first) = source.get(at..).and_then(|rest| rest.chars().next()) {
        if is_blank(first) {
            at += first.len_utf8();
            continue;
        }
        let rest = source.get(at..).unwrap_or("");
        let (kind, length) = lexeme(first, rest, templates);
        match kind {
            // In a `content`, texts have holes with texts of their own.
            LexemeKind::Word if depth == 0 => {
                let starts_line = found.last().is_none_or(|last| last.kind == LexemeKind::NewLine);
                if starts_line {
                    templates = rest.get(..length).is_some_and(|word| word.eq_ignore_ascii_case("content"));
                }
            }
            LexemeKind::OpenBrace => depth += 1,
            LexemeKind::CloseBrace => {
                depth = depth.saturating_sub(1);
                templates &= depth > 0;
            }
            _ => {}
        }
        let narrow = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        found.push(Lexeme { kind, start: narrow(at), end: narrow(at + length) });
        at += length;
    }
    found
}

/// Whether a character separates and means nothing else.
pub(crate) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\u{a0}' | '\u{feff}' | '\u{202f}' | '\u{2007}' | '\u{200b}')
}

fn lexeme(first: char, rest: &str, templates: bool) -> (LexemeKind, usize) {
    match first {
        '\n' => (LexemeKind::NewLine, 1),
        '#' => (LexemeKind::Comment, line_length(rest)),
        '"' | '“' | '”' | '„' if templates && let Some(length) = template_length(rest) => {
            (LexemeKind::Text, length)
        }
        '"' | '“' | '”' | '„' | '\'' | '‘' => text(first, rest),
        '(' | '[' => (LexemeKind::OpenRound, 1),
        ')' | ']' => (LexemeKind::CloseRound, 1),
        '{' => (LexemeKind::OpenBrace, 1),
        '}' => (LexemeKind::CloseBrace, 1),
        '0'..='9' => (LexemeKind::Number, number_length(rest)),
        _ if starts_word(first) => (LexemeKind::Word, word_length(rest)),
        _ => (LexemeKind::Sign, first.len_utf8()),
    }
}

/// The bytes up to the end of the line, a carriage return before it left out.
fn line_length(rest: &str) -> usize {
    let length = rest.find('\n').unwrap_or(rest.len());
    rest.get(..length).map_or(length, |line| line.trim_end_matches('\r').len())
}

fn number_length(rest: &str) -> usize {
    let mut length = 0;
    let mut characters = rest.chars().peekable();
    while let Some(character) = characters.next() {
        let goes_on = continues_word(character)
            || (matches!(character, '.' | ':') && characters.peek().is_some_and(char::is_ascii_digit));
        if !goes_on {
            break;
        }
        length += character.len_utf8();
    }
    length
}

fn word_length(rest: &str) -> usize {
    let length: usize = rest.chars().take_while(|character| continues_word(*character)).map(char::len_utf8).sum();
    length + contraction_length(rest.get(..length).unwrap_or(""), rest.get(length..).unwrap_or(""))
}

/// The `'t` of `doesn't`, with either apostrophe: it belongs to its word and opens no text.
fn contraction_length(word: &str, behind: &str) -> usize {
    if !word.ends_with(['n', 'N']) {
        return 0;
    }
    let apostrophe =
        behind.chars().next().filter(|character| matches!(character, '\'' | '’')).map_or(0, char::len_utf8);
    let mut letters = behind.get(apostrophe..).unwrap_or("").chars();
    let is_one = apostrophe > 0
        && matches!(letters.next(), Some('t' | 'T'))
        && !letters.next().is_some_and(|next| continues_word(next) || matches!(next, '\'' | '’'));
    if is_one { apostrophe + 1 } else { 0 }
}

/// Whether a word can start with it; the same table as the grammar's.
pub(crate) fn starts_word(character: char) -> bool {
    character == '_' || pest::unicode::XID_START(character)
}

/// Whether a word can go on with it.
pub(crate) fn continues_word(character: char) -> bool {
    pest::unicode::XID_CONTINUE(character)
}

fn text(quote: char, rest: &str) -> (LexemeKind, usize) {
    let single = matches!(quote, '\'' | '‘');
    let closes = |character: char| match quote {
        '"' => character == '"',
        '\'' => character == '\'',
        '‘' => character == '’',
        _ => matches!(character, '"' | '“' | '”' | '„'),
    };
    let mut escaped = false;
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\n' {
            break;
        }
        if escaped {
            escaped = false;
        } else if character == '\\' && !single && characters.peek().is_some_and(|(_, next)| matches!(next, '"' | '\\'))
        {
            escaped = true;
        } else if closes(character) {
            return (LexemeKind::Text, at + character.len_utf8());
        }
    }
    if single {
        // An apostrophe on its own is a stray sign.
        return (LexemeKind::Sign, quote.len_utf8());
    }
    (LexemeKind::UnclosedText, unclosed_length(quote, rest))
}

/// The length of a text with holes, where it and its holes end on the line: `"Hello {first_name otherwise "friend"}"`.
fn template_length(rest: &str) -> Option<usize> {
    let is_quote = |character: char| matches!(character, '"' | '“' | '”' | '„');
    let (mut in_hole, mut in_text, mut escaped) = (false, false, false);
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            '\n' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = !in_hole || in_text,
            '{' if !in_hole => in_hole = true,
            '}' if in_hole && !in_text => in_hole = false,
            _ if in_hole && is_quote(character) => in_text = !in_text,
            _ if is_quote(character) => return Some(at + character.len_utf8()),
            _ => {}
        }
    }
    None
}

/// Where a text without a closing quote seems to end: before a word that goes on with the line (`and`, `or`), a
/// comma, a closing bracket, a comment; else at the line's end. A curly quote that closes a straight one ends it too.
fn unclosed_length(quote: char, rest: &str) -> usize {
    let line = rest.get(..line_length(rest)).unwrap_or(rest);
    let from = quote.len_utf8();
    let content = line.get(from..).unwrap_or("");
    if let Some(at) = content.find(['”', '“']) {
        return from + at + '”'.len_utf8();
    }
    let mut end = content.len();
    for stop in [",", ")", "}", " #", " and ", " or ", " where ", " {", " ]"] {
        end = content.find(stop).map_or(end, |at| end.min(at));
    }
    let kept = content.get(..end).unwrap_or(content).trim_end().len();
    from + kept
}
