//! Text tests (rule 11): exact, or after Unicode simple folding; order by code point; patterns in linear time.
//!
//! `matches ... ignoring case` lets the pattern's engine ignore case, which folds as Unicode's simple folding does too;
//! folding the pattern's own text would change its escapes.

use crate::syntax::tree::TextTest;
use icu_casemap::CaseMapper;
use regex::{Regex, RegexBuilder};
use std::borrow::Cow;

/// The text with every character folded by Unicode's simple case folding: as many characters as before.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    if text.is_ascii() {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    let mapper = CaseMapper::new();
    Cow::Owned(text.chars().map(|character| mapper.simple_fold(character)).collect())
}

/// The text as it is compared: folded where case is ignored.
pub fn comparable(text: &str, ignoring_case: bool) -> Cow<'_, str> {
    if ignoring_case { fold(text) } else { Cow::Borrowed(text) }
}

/// Whether two texts are the same.
pub fn equal(left: &str, right: &str, ignoring_case: bool) -> bool {
    if ignoring_case { fold(left) == fold(right) } else { left == right }
}

/// Characters (code points) of the text: `length of`.
pub fn length(text: &str) -> i64 {
    text.chars().count() as i64
}

/// `contains`, `starts with`, `ends with`, and `matches` for a pattern that was not compiled before, which is false where
/// the pattern cannot be read: the checker refuses those. The empty text is in every text.
pub fn holds(test: TextTest, subject: &str, pattern: &str, ignoring_case: bool) -> bool {
    if test == TextTest::Matches {
        return compile(pattern, ignoring_case).is_ok_and(|regex| regex.is_match(subject));
    }
    let (subject, pattern) = (comparable(subject, ignoring_case), comparable(pattern, ignoring_case));
    match test {
        TextTest::Contains => subject.contains(&*pattern),
        TextTest::StartsWith => subject.starts_with(&*pattern),
        TextTest::EndsWith | TextTest::Matches => subject.ends_with(&*pattern),
    }
}

/// A pattern for `matches`, which is searched anywhere in a text.
///
/// # Errors
/// The pattern cannot be read, or is too large to run in bounded memory.
pub fn compile(pattern: &str, ignoring_case: bool) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).case_insensitive(ignoring_case).build()
}

/// A test whose pattern is the same for every text: folded or compiled once.
#[derive(Debug, Clone)]
pub struct TextMatcher {
    test: TextTest,
    pattern: String,
    ignoring_case: bool,
    regex: Option<Regex>,
}

impl TextMatcher {
    /// # Errors
    /// The pattern of a `matches` cannot be read.
    pub fn new(test: TextTest, pattern: &str, ignoring_case: bool) -> Result<TextMatcher, regex::Error> {
        let regex = match test {
            TextTest::Matches => Some(compile(pattern, ignoring_case)?),
            _ => None,
        };
        Ok(TextMatcher { test, pattern: comparable(pattern, ignoring_case).into_owned(), ignoring_case, regex })
    }

    /// Whether the test holds for the text.
    pub fn holds(&self, subject: &str) -> bool {
        if let Some(regex) = &self.regex {
            return regex.is_match(subject);
        }
        let subject = comparable(subject, self.ignoring_case);
        match self.test {
            TextTest::Contains => subject.contains(&self.pattern),
            TextTest::StartsWith => subject.starts_with(&self.pattern),
            TextTest::EndsWith | TextTest::Matches => subject.ends_with(&self.pattern),
        }
    }
}
