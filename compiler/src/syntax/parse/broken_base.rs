//! What is wrong with questions about the whole base that cannot be read.

use super::Reader;
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::scan::{Lexeme, LexemeKind, is_reserved};
use crate::syntax::tree::{AskedOfBase, Expr, ExprKind};

/// Words that ask for a figure of all, or for a group of equal size.
const FIGURES: [&str; 3] = ["average", "median", "deviation"];
/// Words of figures that are called otherwise here, or that there are not.
const OTHERS: [&str; 15] = [
    "mean", "avg", "stddev", "std", "stdev", "sd", "sum", "total", "number", "count", "smallest", "largest", "min",
    "max", "variance",
];
const GROUPS: [&str; 4] = ["quartile", "quintile", "decile", "percentile"];

/// How many words behind a question's first one its others may stand.
const FURTHEST: usize = 60;

/// The words of a line.
struct Words<'l> {
    lexemes: &'l [Lexeme],
    text: &'l str,
}

impl Words<'_> {
    fn word(&self, at: usize) -> &str {
        self.lexemes.get(at).map_or("", |lexeme| lexeme.text(self.text))
    }

    fn is(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|wanted| self.word(at).eq_ignore_ascii_case(wanted))
    }

    fn is_number(&self, at: usize) -> bool {
        self.lexemes.get(at).is_some_and(|lexeme| lexeme.kind == LexemeKind::Number)
    }

    /// Whether a word may be a name.
    fn is_name(&self, at: usize) -> bool {
        let is_word = self.lexemes.get(at).is_some_and(|lexeme| lexeme.kind == LexemeKind::Word);
        is_word && !is_reserved(self.word(at))
    }

    /// The next of these words; far behind it belongs to something else, and a long line would take long.
    fn find(&self, from: usize, words: &[&str]) -> Option<usize> {
        (from..self.lexemes.len().min(from + FURTHEST)).find(|at| self.is(*at, words))
    }
}

impl Reader<'_> {
    /// What is wrong with a question about the whole base in a line that cannot be read.
    pub(super) fn broken_question(&self, line: Span) -> Option<Diagnostic> {
        let words = Words { lexemes: self.lexemes_in(line), text: &self.source.text };
        let declares = self.source.text.get(self.base..).unwrap_or("");
        let in_partition = declares.get(..9).is_some_and(|word| word.eq_ignore_ascii_case("partition"));
        if in_partition && self.is_ranked_part(words.lexemes) {
            return Some(messages::broken_ranked_part(line));
        }
        (0..words.lexemes.len()).find_map(|at| {
            self.broken_top(&words, at)
                .or_else(|| self.broken_figure(&words, at))
                .or_else(|| self.broken_group(&words, at))
        })
    }

    /// Says so where a top list stands before an operator, `customer in top 10% by spend / orders`: what it is ranked by was
    /// meant to go on.
    pub(super) fn calculated_behind_by(&mut self, first: &Expr, whole: Span) -> bool {
        let ExprKind::OverBase(question) = &first.kind else { return false };
        if !matches!(question.asked, AskedOfBase::Foremost { .. }) {
            return false;
        }
        match question.ranked.among {
            None => self.report(messages::ranked_calculation(question.ranked.value.span.to(whole))),
            Some(_) => self.report(messages::ranked_calculation(whole)),
        }
        true
    }

    /// Whether a part of a partition that cannot be read speaks of a rank: `silver : bottom 10%`.
    pub(super) fn is_ranked_part(&self, lexemes: &[Lexeme]) -> bool {
        let words = Words { lexemes, text: &self.source.text };
        let first = if words.is(1, &[":"]) { 2 } else { 0 };
        let ranked = first + usize::from(words.is(first, &["the"]));
        words.is(ranked, &["top", "bottom", "next", "first", "last", "best", "worst"]) && words.is_number(ranked + 1)
    }

    fn spans(&self, words: &Words<'_>, from: usize, to: usize) -> Option<Span> {
        Some(self.lexeme_span(words.lexemes.get(from)?).to(self.lexeme_span(words.lexemes.get(to)?)))
    }

    /// `customer is in the top 10% by spend`, `spend in top 10%`, `customer in share 0 to 40`
    fn broken_top(&self, words: &Words<'_>, at: usize) -> Option<Diagnostic> {
        if !words.is(at, &["in"]) {
            return None;
        }
        let the = words.is(at + 1, &["the"]);
        let end = at + 1 + usize::from(the);
        let is_share = words.is(end, &["share"]);
        if !is_share && !words.is(end, &["top", "bottom"]) {
            return None;
        }
        let before = |back: usize, word: &str| at.checked_sub(back).is_some_and(|at| words.is(at, &[word]));
        let not = usize::from(before(1, "not"));
        let is = usize::from(before(1 + not, "is"));
        let whole = self.spans(words, at, end)?;
        if !before(1 + not + is, "customer") {
            let follows = words.is_number(end + 1) && !is_share;
            return follows.then(|| messages::top_of_whom(whole, words.word(end)));
        }
        let customer = at - 1 - not - is;
        if is == 1 {
            return Some(messages::customer_is_in(self.spans(words, customer, customer + 1)?));
        }
        if the {
            return Some(messages::needless_the(self.spans(words, at, at + 1)?));
        }
        let whole = self.spans(words, customer, end)?;
        if is_share {
            return Some(messages::broken_share(whole));
        }
        let is_part = words.is_number(end + 1) && words.word(end + 1).contains('.') && !words.is(end + 2, &["%"]);
        match is_part && words.is(end + 2, &["by"]) {
            true => Some(messages::part_of_a_customer(self.spans(words, end + 1, end + 1)?)),
            false => Some(messages::broken_top(whole, words.word(end))),
        }
    }

    /// `standard deviation of spend`, `average over customers of spend`, `average of spend over buyers`
    fn broken_figure(&self, words: &Words<'_>, at: usize) -> Option<Diagnostic> {
        if words.is(at, &["standard"]) && words.is(at + 1, &["deviation"]) {
            return Some(messages::other_figure(self.spans(words, at, at + 1)?, "deviation"));
        }
        let of_all = || words.find(at, &["over"]).is_some_and(|over| words.is(over + 1, &["customers", "all"]));
        if words.is(at + 1, &["of"]) && words.is(at, &OTHERS) && of_all() {
            let here = self.spans(words, at, at)?;
            if words.is(at, &["mean", "avg"]) {
                return Some(messages::other_figure(here, "average"));
            }
            if words.is(at, &["stddev", "std", "stdev", "sd"]) {
                return Some(messages::other_figure(here, "deviation"));
            }
            return Some(messages::no_such_figure(here, words.word(at)));
        }
        if !words.is(at, &FIGURES) && !words.is(at, &["percentile"]) {
            return None;
        }
        let here = self.spans(words, at, at)?;
        let of = at + 1 + usize::from(words.is_number(at + 1));
        if words.is(of, &["over"]) && words.is(of + 1, &["customers", "all"]) {
            return Some(messages::figure_turned_round(self.spans(words, at, of + 1)?, words.word(at)));
        }
        if words.is(of, &["of"])
            && let Some(over) = words.find(of, &["over"])
            && words.is(over + 1, &["all"])
        {
            return Some(messages::over_all(self.spans(
                words,
                over,
                over + 1 + usize::from(words.is(over + 2, &["customers"])),
            )?));
        }
        if words.is(of, &["of"])
            && words.find(of, &["over"]).is_none()
            && let Some(among) = words.find(of, &["among"])
        {
            return Some(messages::among_without_over(self.spans(words, among, among)?));
        }
        if words.is(of, &["of"])
            && let Some(over) = words.find(of, &["over"])
            && words.is_name(over + 1)
        {
            return Some(messages::over_a_segment(self.spans(words, over, over + 1)?, words.word(over + 1)));
        }
        (words.is(at, &["median", "deviation"]) && words.is_name(at + 1))
            .then(|| messages::rank_without_of(here, words.word(at)))
    }

    /// `quintile age`, `percentile of age over customers`, `quintile of spend among not buyers`, `ntile 5 of spend`
    fn broken_group(&self, words: &Words<'_>, at: usize) -> Option<Diagnostic> {
        let here = self.spans(words, at, at)?;
        if words.is(at, &["ntile", "quantile"]) && words.find(at, &["of"]).is_some() {
            return Some(messages::other_quantiles(here));
        }
        if !words.is(at, &GROUPS) {
            return None;
        }
        if words.is_name(at + 1) {
            return Some(messages::rank_without_of(here, words.word(at)));
        }
        if !words.is(at + 1, &["of"]) {
            return None;
        }
        if let Some(over) = words.find(at, &["over"])
            && words.is(over + 1, &["customers"])
        {
            return Some(messages::rank_over_customers(here, words.word(at), self.spans(words, over, over + 1)?));
        }
        let among = words.find(at, &["among"])?;
        if words.is(among + 1, &["not"]) {
            return Some(messages::among_a_condition(self.spans(words, among, among + 1)?));
        }
        let filter = words.find(at, &["where"]).filter(|filter| *filter < among)?;
        Some(messages::ranked_with_where(self.spans(words, at + 2, among - 1)?, self.spans(words, filter, filter)?))
    }
}
