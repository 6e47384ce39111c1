//! Finding constructs: by what somebody asks for, and by the words at a place of a text.

use super::{Construct, constructs};
use crate::builtins::{self, DECLARATIONS};
use crate::names::closest;
use crate::syntax::scan::{Lexeme, LexemeKind, lexemes};
use crate::syntax::tree::CallShape;
use std::ops::Range;
use std::sync::Arc;

/// What a construct or a function means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// As it is written.
    pub written: String,
    /// What it means.
    pub meaning: String,
    /// A line of a rule file.
    pub example: &'static str,
}

/// What was found for some words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The constructs and functions that are written so: at least one.
    Words(Vec<Explanation>),
    /// Nothing; the closest words, best first, at most three.
    Closest(Vec<Arc<str>>),
}

/// At most so many are shown for words that are a part of several constructs.
const MOST: usize = 8;

impl From<&Construct> for Explanation {
    fn from(construct: &Construct) -> Explanation {
        Explanation { written: construct.written.to_owned(), meaning: construct.meaning(), example: construct.example }
    }
}

impl From<&builtins::Declaration> for Explanation {
    fn from(function: &builtins::Declaration) -> Explanation {
        Explanation {
            written: words_of(function),
            meaning: format!("{} {}", function.meaning, function.missing),
            example: function.example,
        }
    }
}

/// The words of a function: `month of`.
pub(in crate::ide) fn words_of(function: &builtins::Declaration) -> String {
    let joining = match function.shape {
        CallShape::Of => "of",
        CallShape::Since => "since",
        CallShape::Until => "until",
    };
    format!("{} {joining}", function.name)
}

/// The constructs and functions that somebody asks for: by their words (`followed by`), by an example of them (`in the last 90
/// days`), by the first of their words (`quintile`), or by words that stand apart in them (`segment of`).
pub fn find(subject: &str) -> Found {
    let text = subject.to_lowercase();
    let asked = read(&text);
    // How well words answer: all of them, their beginning, some of them, what stands around names and values.
    let mut ranked: [Vec<Explanation>; 4] = Default::default();
    let mut take = |sequences: &mut dyn Iterator<Item = String>, found: Explanation| {
        if let Some(rank) = sequences.filter_map(|words| likeness(&words, &text, &asked)).min()
            && let Some(list) = ranked.get_mut(rank)
        {
            list.push(found);
        }
    };
    for construct in constructs() {
        if construct.written.to_lowercase() == text.trim() {
            return Found::Words(vec![Explanation::from(construct)]);
        }
        take(&mut construct.words.iter().map(|words| (*words).to_owned()), Explanation::from(construct));
    }
    for function in DECLARATIONS {
        take(&mut std::iter::once(words_of(function)), Explanation::from(*function));
    }
    let apart = constructs().filter(|construct| stand_apart(construct.written, &text));
    let [.., last] = &mut ranked;
    last.extend(apart.map(Explanation::from));
    match ranked.into_iter().find(|list| !list.is_empty()) {
        Some(list) if list.len() <= MOST => Found::Words(list),
        Some(list) => Found::Closest(list.into_iter().take(3).map(|one| one.written.into()).collect()),
        None => Found::Closest(closest(&text, all_words())),
    }
}

/// Whether a construct begins with the first of some words, and has the others behind it with anything in between.
fn stand_apart(written: &str, text: &str) -> bool {
    let written = written.to_lowercase();
    let mut behind = written.split_whitespace();
    let mut asked = text.split_whitespace();
    let first = asked.next();
    first.is_some() && behind.next() == first && asked.all(|word| behind.any(|other| other == word))
}

/// All words there are to ask for.
fn all_words() -> impl Iterator<Item = Arc<str>> {
    let of_constructs = constructs().flat_map(|construct| construct.words.iter().copied());
    // Neither signs nor words with something in between, for which `#` and `UNIT` stand.
    let is_plain =
        |words: &&str| !words.contains("UNIT") && words.chars().all(|letter| letter.is_alphabetic() || letter == ' ');
    let of_constructs = of_constructs.filter(is_plain);
    let of_constructs = of_constructs.map(Arc::from);
    of_constructs.chain(DECLARATIONS.iter().map(|function| words_of(function).into()))
}

/// 0 where the text is these words, 1 where it begins them, 2 where it is some of them.
fn likeness(words: &str, text: &str, asked: &[Lexeme]) -> Option<usize> {
    let wanted: Vec<&str> = words.split_whitespace().collect();
    for start in 0..wanted.len() {
        let rest = wanted.get(start..).unwrap_or_default();
        let mut at = 0;
        let mut taken = 0;
        for word in rest {
            if at == asked.len() {
                break;
            }
            match step(asked, text, at, word) {
                Some(next) => (at, taken) = (next, taken + 1),
                None => break,
            }
        }
        if at == asked.len() && taken > 0 {
            return Some(match (start, taken == rest.len()) {
                (0, true) => 0,
                (0, false) => 1,
                _ => 2,
            });
        }
    }
    None
}

/// The lexemes that mean something.
pub(in crate::ide) fn read(text: &str) -> Vec<Lexeme> {
    let mut all = lexemes(text);
    all.retain(|lexeme| !matches!(lexeme.kind, LexemeKind::NewLine | LexemeKind::Comment));
    all
}

/// The construct with the most words that stand around one lexeme of a text, and which bytes they are.
pub(in crate::ide) fn longest(
    constructs: impl IntoIterator<Item = &'static Construct>,
    text: &str,
    lexemes: &[Lexeme],
    at: usize,
) -> Option<(&'static Construct, Range<u32>)> {
    let mut best: Option<(usize, &'static Construct, Range<u32>)> = None;
    for construct in constructs {
        for words in construct.words {
            let Some(found) = around(words, text, lexemes, at) else { continue };
            let length = found.len();
            let (Some(first), Some(last)) = (lexemes.get(found.start), lexemes.get(found.end - 1)) else { continue };
            if best.as_ref().is_none_or(|(most, ..)| length > *most) {
                best = Some((length, construct, first.start..last.end));
            }
        }
    }
    best.map(|(_, construct, bytes)| (construct, bytes))
}

/// Which lexemes are these words, one of them the one at `at`.
fn around(words: &str, text: &str, lexemes: &[Lexeme], at: usize) -> Option<Range<usize>> {
    // A word may be two lexemes, such as `10%` and `->`.
    let farthest = 2 * words.split_whitespace().count();
    (at.saturating_sub(farthest)..=at).find_map(|start| {
        let mut end = start;
        for word in words.split_whitespace() {
            end = step(lexemes, text, end, word)?;
        }
        (end > at).then_some(start..end)
    })
}

/// The lexeme behind a word of a construct, where it stands at `at`.
fn step(lexemes: &[Lexeme], text: &str, at: usize, word: &str) -> Option<usize> {
    let lexeme = lexemes.get(at)?;
    let written = lexeme.text(text);
    let fits = match word {
        "#" => lexeme.kind == LexemeKind::Number,
        "UNIT" => lexeme.kind == LexemeKind::Word && is_unit(written),
        _ => written.eq_ignore_ascii_case(word),
    };
    if fits {
        let percent = word == "#" && lexemes.get(at + 1).is_some_and(|next| next.text(text) == "%");
        return Some(at + 1 + usize::from(percent));
    }
    // Signs of two characters are two lexemes.
    let next = lexemes.get(at + 1)?;
    let both = text.get(lexeme.start as usize..next.end as usize)?;
    (lexeme.kind == LexemeKind::Sign && both == word).then_some(at + 2)
}

/// Whether the word is a unit of time.
fn is_unit(word: &str) -> bool {
    const UNITS: [&str; 8] = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];
    let word = word.to_lowercase();
    UNITS.contains(&word.strip_suffix('s').unwrap_or(&word))
}
