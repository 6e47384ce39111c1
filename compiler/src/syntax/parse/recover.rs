//! What to say about a line that cannot be read: one message, at the place where the reading stopped, by the words
//! around that place.
#![expect(clippy::indexing_slicing, reason = "every place comes from walking these lexemes")]

use super::Reader;
use super::literals::text_content;
use crate::diagnostics::Edit;
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::scan::{ChunkKind, DECLARATIONS, Lexeme, LexemeKind, is_reserved};
use segue_grammar::Rule;

/// The lexemes around the place where reading stopped.
pub(super) struct Place<'s> {
    /// Those of the whole line.
    pub(super) lexemes: &'s [Lexeme],
    /// The lexeme that could not be read; past the end where the line stops too early.
    pub(super) at: usize,
}

impl Reader<'_> {
    /// Says what is wrong with a condition or value.
    pub(super) fn diagnose_broken_line(&mut self, span: Span) {
        let start = span.start as usize;
        let stopped = match self.read(Rule::expression_alone, start, span.end as usize) {
            Err(Some(at)) => at,
            _ => span.end as usize,
        };
        let place = self.place(span, stopped);
        let told = self
            .number_of_another_country(&place)
            .or_else(|| self.broken_question(span))
            .or_else(|| self.test_without_is(&place))
            .or_else(|| self.habit(&place));

        let diagnostic = told.unwrap_or_else(|| match self.side_by_side(&place) {
            // These say no more than that two things do not go together.
            Some(told) if told.code.0 == "S0002" || told.fixes.is_empty() && told.code.0 == "S0020" => {
                self.misspelt(&place, span, stopped).unwrap_or(told)
            }
            Some(told) => told,
            None => self.misspelt(&place, span, stopped).unwrap_or_else(|| self.missing(&place, span)),
        });
        self.report(diagnostic);
    }

    /// A word near the place that is nearly one of the language's own, with which the line could be read further.
    fn misspelt(&self, place: &Place<'_>, line: Span, stopped: usize) -> Option<crate::diagnostics::Diagnostic> {
        let text = self.scan.masked.get(line.range())?;
        // Words further back may be the cause too: `form 1 to 3` stops at `1`.
        for at in [Some(place.at), place.at.checked_sub(1), place.at.checked_sub(2)].into_iter().flatten() {
            let Some(lexeme) = place.lexemes.get(at).filter(|lexeme| lexeme.kind == LexemeKind::Word) else { continue };
            let written = lexeme.text(&self.source.text);
            if is_reserved(written) {
                continue;
            }
            for meant in meant_words(written) {
                let start = (lexeme.start as usize).checked_sub(line.start as usize)?;
                let end = start + written.len();
                let mended = format!("{}{meant}{}", text.get(..start)?, text.get(end..)?);
                let reached = match stopped_at(Rule::expression_alone, &mended) {
                    None => true,
                    Some(reached) => {
                        reached >= mended.len()
                            || reached + written.len() > stopped - line.start as usize + meant.len() + 1
                    }
                };
                if reached {
                    let span = self.lexeme_span(lexeme);
                    return Some(messages::misspelt(span, written, meant));
                }
            }
        }
        None
    }

    /// The word that says how the lines of the block around a place are joined; a segment's own lines all hold.
    pub(super) fn block_around(&self, place: Span) -> Option<&'static str> {
        /// Further back is not looked: a block that large is no slip of the pen.
        const MOST: usize = 2_000;
        let all = &self.scan.lexemes;
        let before = all.partition_point(|lexeme| lexeme.start < place.start);
        let mut depth = 0_usize;
        for at in (before.saturating_sub(MOST)..before).rev() {
            match all.get(at)?.kind {
                LexemeKind::CloseBrace => depth += 1,
                LexemeKind::OpenBrace if depth > 0 => depth -= 1,
                LexemeKind::OpenBrace => {
                    let word = |back: usize| at.checked_sub(back).and_then(|at| all.get(at));
                    let text = |back: usize| word(back).map_or("", |word| word.text(&self.source.text));
                    if !text(1).eq_ignore_ascii_case("of") {
                        return None;
                    }
                    return match text(2).to_ascii_lowercase().as_str() {
                        "all" => None,
                        "any" => Some("any of"),
                        "none" => Some("none of"),
                        _ => Some("at least"),
                    };
                }
                _ => {}
            }
        }
        None
    }

    fn place(&self, span: Span, stopped: usize) -> Place<'_> {
        let lexemes = self.lexemes_in(span);
        let at = lexemes.iter().position(|lexeme| lexeme.end as usize > stopped).unwrap_or(lexemes.len());
        Place { lexemes, at }
    }

    fn lexeme_text(&self, place: &Place<'_>, at: Option<usize>) -> &str {
        at.and_then(|at| place.lexemes.get(at)).map_or("", |lexeme| lexeme.text(&self.source.text))
    }

    pub(super) fn lexeme_span(&self, lexeme: &Lexeme) -> Span {
        Span::new(self.file, lexeme.start as usize, lexeme.end as usize)
    }

    /// `renewal not in the last 30 days`, `country not contains "x"`: with `is`, or with `does`, it could be read.
    fn test_without_is(&self, place: &Place<'_>) -> Option<crate::diagnostics::Diagnostic> {
        // Words further back may be the cause too: `not in the` stops at `the`.
        let at = (0..3).filter_map(|back| place.at.checked_sub(back)).find(|at| {
            let ends_value = |before: &Lexeme| match before.kind {
                LexemeKind::Word => !is_reserved(before.text(&self.source.text)),
                LexemeKind::CloseRound => true,
                _ => false,
            };
            self.lexeme_text(place, Some(*at)).eq_ignore_ascii_case("not")
                && at.checked_sub(1).and_then(|before| place.lexemes.get(before)).is_some_and(ends_value)
        })?;
        let not = self.lexeme_span(place.lexemes.get(at)?);
        let next = place.lexemes.get(at + 1).map(|next| self.lexeme_span(next))?;
        let plain = match self.source.slice(next).to_ascii_lowercase().as_str() {
            "contains" | "contain" => "contain",
            "starts" | "start" => "start",
            "ends" | "end" => "end",
            "matches" | "match" => "match",
            "includes" | "include" => "include",
            _ => {
                let start = Span { end: not.start, ..not };
                return self.reads(place, start, "is ").then(|| messages::not_without_is(not));
            }
        };
        let mend = format!("does not {plain}");
        let words = not.to(next);
        let written = self.source.slice(words);
        self.reads(place, words, &mend).then(|| messages::spoken_comparison(words, written, &mend))
    }

    /// Words of other languages that the grammar has no rule for.
    fn habit(&self, place: &Place<'_>) -> Option<crate::diagnostics::Diagnostic> {
        let here = place.lexemes.get(place.at)?;
        let span = self.lexeme_span(here);
        let word = self.lexeme_text(place, Some(place.at)).to_ascii_lowercase();
        let before = self.lexeme_text(place, place.at.checked_sub(1)).to_ascii_lowercase();
        let next = place.lexemes.get(place.at + 1);
        let after = self.lexeme_text(place, Some(place.at + 1)).to_ascii_lowercase();
        match word.as_str() {
            "like" | "ilike" if place.at > 0 => {
                let negated = before == "not";
                let operator = match place.at.checked_sub(1).filter(|_| negated).and_then(|at| place.lexemes.get(at)) {
                    Some(not) => self.lexeme_span(not).to(span),
                    None => span,
                };
                let pattern = next.filter(|next| next.kind == LexemeKind::Text).map(|next| self.lexeme_span(next));
                let pattern = pattern.map(|pattern| (pattern, text_content(self.source.slice(pattern))));
                Some(messages::like(operator, pattern, negated, word == "ilike"))
            }
            "not" if after == "like" || after == "ilike" => {
                let shifted = Place { lexemes: place.lexemes, at: place.at + 1 };
                self.habit(&shifted)
            }
            "not" if before == "does" && matches!(after.as_str(), "equal" | "equals") => {
                self.habit(&Place { lexemes: place.lexemes, at: place.at + 1 })
            }
            "does" if after == "not" => {
                let third = self.lexeme_text(place, Some(place.at + 2)).to_ascii_lowercase();
                if !matches!(third.as_str(), "equal" | "equals") {
                    return None;
                }
                self.habit(&Place { lexemes: place.lexemes, at: place.at + 2 })
            }
            "isn't" | "isn’t" if place.at > 0 => {
                Some(messages::spoken_comparison(span, self.source.slice(span), "is not"))
            }
            "doesn't" | "doesn’t" if matches!(after.as_str(), "equal" | "equals") => {
                self.habit(&Place { lexemes: place.lexemes, at: place.at + 1 })
            }
            "equals" | "equal" | "eq" if place.at > 0 => {
                let end = next.filter(|_| after == "to").map_or(span, |next| self.lexeme_span(next));
                let two_before = place.at.checked_sub(2).and_then(|at| place.lexemes.get(at));
                let denied = match before.as_str() {
                    "not" => two_before.filter(|does| does.text(&self.source.text).eq_ignore_ascii_case("does")),
                    "doesn't" | "doesn’t" => place.at.checked_sub(1).and_then(|at| place.lexemes.get(at)),
                    _ => None,
                };
                let (whole, mend) = match denied {
                    Some(does) => (self.lexeme_span(does).to(end), "is not"),
                    None => (span.to(end), "is"),
                };
                Some(messages::spoken_comparison(whole, self.source.slice(whole), mend))
            }
            "greater" | "bigger" | "higher" | "more" | "less" | "smaller" | "lower" | "fewer"
                if place.at > 0 && after == "than" =>
            {
                let whole = span.to(next.map_or(span, |next| self.lexeme_span(next)));
                let sign = if matches!(word.as_str(), "greater" | "bigger" | "higher" | "more") { ">" } else { "<" };
                Some(messages::spoken_comparison(whole, self.source.slice(whole), sign))
            }
            "," => Some(self.stray_comma(place, span)),
            "any" | "all" | "none" if matches!(before.as_str(), "contains" | "with" | "matches") => {
                Some(messages::text_test_of_several(span, &before))
            }
            "(" if before == "of" => Some(messages::block_needs_braces(span)),
            "of" if matches!(before.as_str(), "any" | "all" | "none") => {
                let two_before = self.lexeme_text(place, place.at.checked_sub(2)).to_ascii_lowercase();
                Some(match two_before.as_str() {
                    "contains" | "with" | "matches" => messages::text_test_of_several(span, &two_before),
                    _ => messages::block_needs_braces(span),
                })
            }
            "in" if before == "not" && place.at == 1 => {
                let not = place.lexemes.first().map_or(span, |not| self.lexeme_span(not));
                Some(messages::nothing_before_not_in(not.to(span), &after))
            }
            "all" | "none" if after == "of" => Some(messages::block_needs_braces(span)),
            "[" => Some(messages::square_brackets(span)),
            ";" => Some(self.semicolon(place, span)),
            _ => None,
        }
    }

    /// `ok ; n > 3`: what stands behind a semicolon needs a line of its own.
    fn semicolon(&self, place: &Place<'_>, semicolon: Span) -> crate::diagnostics::Diagnostic {
        let all = self.outside_of_brackets(place, ";");
        if !all.contains(&semicolon) {
            return messages::semicolon(semicolon, &[]);
        }
        let end = place.lexemes.last().map_or(semicolon.end, |last| last.end);
        let ends_nothing = |at: &Span| {
            let behind = self.source.slice(Span { start: at.end, end: end.max(at.end), ..*at });
            behind.split('\n').next().is_none_or(|rest| rest.trim().is_empty() || rest.trim_start().starts_with(';'))
        };
        let mends: Vec<(Span, bool)> = all.into_iter().map(|at| (at, !ends_nothing(&at))).collect();
        messages::semicolon(semicolon, &mends)
    }

    fn stray_comma(&self, place: &Place<'_>, comma: Span) -> crate::diagnostics::Diagnostic {
        let is = place.lexemes[..place.at]
            .iter()
            .rposition(|lexeme| lexeme.text(&self.source.text).eq_ignore_ascii_case("is"));
        let values_follow = is.is_some_and(|is| {
            place.lexemes[is + 1..place.at].iter().all(|lexeme| {
                matches!(lexeme.kind, LexemeKind::Text | LexemeKind::Number)
                    || (lexeme.kind == LexemeKind::Word
                        && (!is_reserved(lexeme.text(&self.source.text))
                            || lexeme.text(&self.source.text).eq_ignore_ascii_case("not")))
            })
        });
        let is_value = values_follow && !self.condition_follows(place, place.at);
        match is.and_then(|is| place.lexemes.get(is)).filter(|_| is_value) {
            Some(is) => {
                let first = place.lexemes.get(place.at - 1).copied().unwrap_or(*is);
                let first = Span::new(self.file, first.start as usize, first.start as usize);
                messages::several_after_is(comma, first, self.end_of_values(place).as_deref())
            }
            None => match self.block_around(comma) {
                Some(block) => {
                    let commas = self.outside_of_brackets(place, ",");
                    // Some of them may stand between values to choose from; then it is not known which to replace.
                    let known = self.all_read(place, &commas);
                    messages::comma_between_lines(block, comma, if known { &commas } else { &[] })
                }
                None if self.reads(place, comma, " and") => messages::stray_comma(comma),
                None => messages::comma_without_reason(comma),
            },
        }
    }

    /// What becomes of the commas behind the values, where conditions stand behind these: `is "US", "FR", plan is plus`.
    /// `None` where it is not known which of them separate values.
    fn end_of_values(&self, place: &Place<'_>) -> Option<Vec<Edit>> {
        let separator =
            if self.block_around(self.lexeme_span(place.lexemes.get(place.at)?)).is_some() { "\n" } else { " and" };
        let mut edits = Vec::new();
        for comma in self.outside_of_brackets(place, ",") {
            let at = place.lexemes.iter().position(|lexeme| lexeme.start == comma.start)?;
            if self.condition_follows(place, at) {
                edits.push(Edit { span: comma, text: separator.to_owned() });
            } else if !edits.is_empty() {
                return None;
            }
        }
        Some(edits)
    }

    /// Whether what stands behind a comma, up to the next, asks something itself.
    fn condition_follows(&self, place: &Place<'_>, comma: usize) -> bool {
        let mut depth = 0_usize;
        for lexeme in place.lexemes.get(comma + 1..).unwrap_or(&[]) {
            let text = lexeme.text(&self.source.text);
            match lexeme.kind {
                LexemeKind::OpenRound | LexemeKind::OpenBrace => depth += 1,
                LexemeKind::CloseRound | LexemeKind::CloseBrace => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                // What is joined by `and` is a condition of its own, and none of the values.
                _ if text == "," || joins_conditions(text) => return false,
                _ if text != "." && tests_what_stands_before(text) || asks_about_rows(text) => return true,
                _ => {}
            }
        }
        false
    }

    /// Whether each stretch between some places can be read alone.
    fn all_read(&self, place: &Place<'_>, separators: &[Span]) -> bool {
        let (Some(first), Some(last)) = (place.lexemes.first(), place.lexemes.last()) else { return false };
        let ends = separators.iter().map(|at| at.range().start).chain([last.end as usize]);
        let starts = [first.start as usize].into_iter().chain(separators.iter().map(|at| at.range().end));
        starts.zip(ends).all(|(start, end)| {
            self.scan.masked.get(start..end).is_some_and(|line| {
                line.trim().is_empty() || stopped_at(Rule::expression_alone, line).is_some_and(|at| at >= line.len())
            })
        })
    }

    /// Where a sign stands in the line, but not within brackets.
    fn outside_of_brackets(&self, place: &Place<'_>, sign: &str) -> Vec<Span> {
        let mut depth = 0_usize;
        let mut found = Vec::new();
        for lexeme in place.lexemes {
            match lexeme.kind {
                LexemeKind::OpenRound | LexemeKind::OpenBrace => depth += 1,
                LexemeKind::CloseRound | LexemeKind::CloseBrace => depth = depth.saturating_sub(1),
                _ if depth == 0 && lexeme.text(&self.source.text) == sign => found.push(self.lexeme_span(lexeme)),
                _ => {}
            }
        }
        found
    }

    /// Two values or conditions with nothing between them.
    fn side_by_side(&self, place: &Place<'_>) -> Option<crate::diagnostics::Diagnostic> {
        let here = place.lexemes.get(place.at)?;
        let before = place.lexemes.get(place.at.checked_sub(1)?)?;
        let source: &str = &self.source.text;
        let is_free_word = |lexeme: &Lexeme| lexeme.kind == LexemeKind::Word && !is_reserved(lexeme.text(source));
        let ends_value = |lexeme: &Lexeme| {
            is_free_word(lexeme)
                || matches!(
                    lexeme.kind,
                    LexemeKind::Number
                        | LexemeKind::Text
                        | LexemeKind::UnclosedText
                        | LexemeKind::CloseRound
                        | LexemeKind::CloseBrace
                )
                || (lexeme.kind == LexemeKind::Word
                    && matches!(
                        lexeme.text(source).to_ascii_lowercase().as_str(),
                        "missing" | "known" | "empty" | "true" | "false" | "today" | "yesterday" | "now" | "ago"
                    ))
        };
        let starts_value = |lexeme: &Lexeme| {
            is_free_word(lexeme)
                || matches!(
                    lexeme.kind,
                    LexemeKind::Number | LexemeKind::Text | LexemeKind::UnclosedText | LexemeKind::OpenRound
                )
                || (lexeme.kind == LexemeKind::Word
                    && matches!(
                        lexeme.text(source).to_ascii_lowercase().as_str(),
                        "any"
                            | "no"
                            | "every"
                            | "all"
                            | "none"
                            | "at"
                            | "customer"
                            | "true"
                            | "false"
                            | "today"
                            | "not"
                    ))
        };
        if !ends_value(before) || !starts_value(here) {
            return None;
        }
        let span = self.lexeme_span(here);
        let last = before.text(source).to_ascii_lowercase();
        if matches!(last.as_str(), "least" | "most") {
            let start = place.at.checked_sub(2).and_then(|at| place.lexemes.get(at)).unwrap_or(before);
            let words = self.lexeme_span(start).to(self.lexeme_span(before));
            return Some(messages::missing_count(words, self.source.slice(words)));
        }
        if matches!(last.as_str(), "sum" | "average" | "number" | "count" | "total" | "mean" | "avg")
            && is_free_word(here)
        {
            return Some(messages::aggregate_without_of(self.lexeme_span(before), before.text(source)));
        }
        if is_free_word(here) && DECLARATIONS.iter().any(|(word, _)| word.eq_ignore_ascii_case(here.text(source))) {
            return Some(messages::declaration_on_the_line(self.lexeme_span(before), span, here.text(source)));
        }
        // What is tested behind the number is a name, and no unit.
        let tested = place.lexemes.get(place.at + 1).is_some_and(|after| tests_what_stands_before(after.text(source)));
        if before.kind == LexemeKind::Number && is_free_word(here) && !tested {
            return Some(messages::unknown_number_unit(span, here.text(source)));
        }
        if is_free_word(before) && is_free_word(here) {
            // `country is United States`: the words after `is` up to the next reserved word are one text.
            let first = (0..place.at).rev().take_while(|at| is_free_word(&place.lexemes[*at])).last()?;
            let asks = first.checked_sub(1).map_or("", |at| self.lexeme_text(place, Some(at)));
            let asks = asks.to_ascii_lowercase();
            if matches!(asks.as_str(), "is" | "not" | "of" | "contains" | "with" | "includes" | "matches" | "=" | ",") {
                let last = place.lexemes[place.at..].iter().take_while(|lexeme| is_free_word(lexeme)).last()?;
                let text = self.lexeme_span(&place.lexemes[first]).to(self.lexeme_span(last));
                return Some(messages::text_without_quotes(text, self.source.slice(text)));
            }
        }
        if is_free_word(before) && here.kind == LexemeKind::OpenRound {
            return Some(messages::calculation_in_brackets(self.lexeme_span(before), before.text(source)));
        }
        let (first, second) = (before.text(source), here.text(source));
        let quoted = |text: &str| text.len() > 1 && text.starts_with('\'') && text.ends_with('\'');
        if quoted(first) && quoted(second) && self.lexeme_span(before).end == span.start {
            // `'Cote d''Ivoire'`: a quote doubled inside of single quotes.
            let content = format!("{}'{}", &first[1..first.len() - 1], &second[1..second.len() - 1]);
            return Some(messages::single_quotes(self.lexeme_span(before).to(span), &content));
        }
        let end = self.lexeme_span(before).end_point();
        let joint =
            if end == Span::new(self.file, span.start as usize, span.start as usize) { " and " } else { " and" };
        let told = messages::side_by_side(self.source.slice(self.lexeme_span(before)), span, self.source.slice(span));
        Some(match self.reads(place, end, joint) {
            true => messages::offering_and(told, end, joint),
            false => told,
        })
    }

    /// Whether the line could be read to its end with something in a place of it.
    fn reads(&self, place: &Place<'_>, at: Span, written: &str) -> bool {
        let (Some(first), Some(last)) = (place.lexemes.first(), place.lexemes.last()) else { return false };
        let masked = &self.scan.masked;
        let before = masked.get(first.start as usize..at.start as usize);
        let after = masked.get(at.end as usize..last.end as usize);
        let Some((before, after)) = before.zip(after) else { return false };
        let line = format!("{before}{written}{after}");
        stopped_at(Rule::expression_alone, &line).is_some_and(|reached| reached >= line.len())
    }

    /// The word or sign before the place; signs that belong together, as in `>=`, are one.
    fn sign_before(&self, place: &Place<'_>) -> &str {
        let Some(last) = place.at.checked_sub(1) else { return "" };
        let text = |at: usize| place.lexemes.get(at).map_or("", |lexeme| lexeme.text(&self.source.text));
        let belongs = |at: usize| matches!(text(at), "<" | ">" | "=" | "!" | "&" | "|");
        let mut first = last;
        while first > 0
            && belongs(first)
            && belongs(first - 1)
            && place.lexemes[first - 1].end == place.lexemes[first].start
        {
            first -= 1;
        }
        self.source.slice(self.lexeme_span(&place.lexemes[first]).to(self.lexeme_span(&place.lexemes[last])))
    }

    /// Something is missing, or does not fit.
    fn missing(&self, place: &Place<'_>, line: Span) -> crate::diagnostics::Diagnostic {
        let source: &str = &self.source.text;
        let before = place.at.checked_sub(1).and_then(|at| place.lexemes.get(at));
        match (before, place.lexemes.get(place.at)) {
            (Some(before), None) => messages::line_stops(self.lexeme_span(before).end_point(), self.sign_before(place)),
            (before, Some(here)) => {
                let span = self.lexeme_span(here);
                let written = here.text(source);
                match before {
                    Some(before) if asks_for_more(before.text(source)) => {
                        let follows_line =
                            self.source.slice(Span { start: before.end, end: here.start, ..line }).contains('\n');
                        if follows_line || is_operator(written) || joins(written) {
                            messages::missing_value(self.lexeme_span(before).end_point(), self.sign_before(place))
                        } else if is_reserved(written) {
                            messages::reserved_name(span, written, Some(before.text(source)))
                        } else {
                            messages::does_not_fit_after(span, written, before.text(source))
                        }
                    }
                    None if is_reserved(written) || is_operator(written) => messages::cannot_start(span, written),
                    _ => messages::does_not_fit(span, written),
                }
            }
            (None, None) => messages::line_stops(line.end_point(), ""),
        }
    }

    /// Says what is wrong with a line of a partition.
    pub(super) fn diagnose_broken_part(&mut self, span: Span) {
        let lexemes = self.lexemes_in(span);
        let is_named = lexemes.first().is_some_and(|first| first.kind == LexemeKind::Word);
        let diagnostic = match lexemes.get(usize::from(is_named)) {
            None if is_named => messages::line_stops(span.end_point(), self.source.slice(span)),
            Some(_) if self.is_ranked_part(lexemes) => messages::broken_ranked_part(span),
            Some(here) => messages::broken_part(self.lexeme_span(here), here.text(&self.source.text)),
            None => messages::broken_part(span, ""),
        };
        self.report(diagnostic);
    }

    /// Says what is wrong with a choice of a content: with its condition, where a colon and a text stand behind it.
    pub(super) fn diagnose_broken_choice(&mut self, span: Span) {
        let lexemes = self.lexemes_in(span);
        let source: &str = &self.source.text;
        let end = lexemes.iter().position(|lexeme| lexeme.text(source) == ":" || lexeme.kind == LexemeKind::Text);
        let before = |lexeme: &Lexeme| Span { end: lexeme.start, ..span };
        let diagnostic = match end.and_then(|at| Some((at, lexemes.get(at)?))) {
            Some((at, colon)) if colon.kind != LexemeKind::Text => {
                let is_text = lexemes.get(at + 1).is_some_and(|next| next.kind == LexemeKind::Text);
                let condition = before(colon);
                let words = self.source.slice(condition).trim();
                if is_text && at > 0 && !words.eq_ignore_ascii_case("otherwise") {
                    let last = lexemes.get(at - 1).map_or("", |last| last.text(source)).to_ascii_lowercase();
                    if matches!(last.as_str(), "and" | "or" | "not" | "is" | "of" | "to" | "from" | "where") {
                        let end = Span { start: colon.start, end: colon.start, ..span };
                        return self.report(messages::line_stops(end, words));
                    }
                    return self.diagnose_broken_line(condition);
                }
                let shown = lexemes.get(at + 1).map_or(span, |next| Span { end: next.end, ..span });
                messages::broken_choice(shown, self.source.slice(shown))
            }
            Some((at, text)) if at > 0 => {
                let place = self.lexeme_span(text);
                messages::choice_without_colon(place)
            }
            _ => messages::broken_choice(span, self.source.slice(span)),
        };
        self.report(diagnostic);
    }

    /// Says what is wrong with a field.
    pub(super) fn diagnose_broken_field(&mut self, span: Span) {
        let lexemes = self.lexemes_in(span);
        let source: &str = &self.source.text;
        let skip = usize::from(
            lexemes.first().is_some_and(|first| first.text(source).eq_ignore_ascii_case("key")) && lexemes.len() > 2,
        );
        let (name, next) = (lexemes.get(skip), lexemes.get(skip + 1));
        let diagnostic = match (name, next) {
            (Some(name), Some(next)) if name.kind == LexemeKind::Word && next.kind == LexemeKind::Word => {
                let name = self.lexeme_span(name);
                messages::field_without_colon(name, self.source.slice(name), self.source.slice(self.lexeme_span(next)))
            }
            (Some(name), None) if name.kind == LexemeKind::Word => {
                let name = self.lexeme_span(name);
                messages::field_without_kind(name, self.source.slice(name))
            }
            _ => {
                let text = self.scan.masked.get(span.range()).unwrap_or("");
                let stopped = stopped_at(Rule::field, text).map_or(span.start as usize, |at| span.start as usize + at);
                let place = self.place(span, stopped);
                match place.lexemes.get(place.at).or(place.lexemes.last()) {
                    Some(here) => messages::broken_field(self.lexeme_span(here), here.text(source)),
                    None => messages::broken_field(span, ""),
                }
            }
        };
        self.report(diagnostic);
    }

    /// Says what is wrong with a declaration of which nothing can be read.
    pub(super) fn diagnose_broken_head(&mut self, kind: ChunkKind, span: Span, stopped: usize) {
        let place = self.place(span, stopped);
        let source: &str = &self.source.text;
        let word = place.lexemes.first().map_or("", |first| first.text(source));
        let here = place.lexemes.get(place.at).map(|here| (self.lexeme_span(here), here.text(source)));
        let at = here.map_or(span.end_point(), |(at, _)| at);
        let written = here.map_or("", |(_, written)| written);
        let names = place
            .lexemes
            .iter()
            .skip(1)
            .take_while(|lexeme| lexeme.kind == LexemeKind::Word && !is_reserved(lexeme.text(source)))
            .count();
        let behind_names = place.lexemes.get(names + 1).map_or("", |lexeme| lexeme.text(source)).to_ascii_lowercase();
        let goes_on = matches!(behind_names.as_str(), "{" | "=" | ":" | "by" | "at" | "from" | "is")
            || behind_names.starts_with('"');
        // `test "..." on 2026-12-01 {`
        let moment = (1..place.lexemes.len()).find(|at| {
            let word = |at: usize| place.lexemes.get(at).map_or("", |lexeme| lexeme.text(source));
            let is_written = matches!(word(*at).to_ascii_lowercase().as_str(), "on" | "at" | "as");
            kind == ChunkKind::Test && is_written && word(at + 1).starts_with(|first: char| first.is_ascii_digit())
        });
        let diagnostic = if let Some(at) = moment {
            messages::test_moment(self.lexeme_span(&place.lexemes[at]))
        } else if kind == ChunkKind::Test && names > 1 && (goes_on || behind_names == "as") {
            let whole = self.lexeme_span(&place.lexemes[1]).to(self.lexeme_span(&place.lexemes[names]));
            let title = super::Word { text: std::sync::Arc::from(self.source.slice(whole)), span: whole };
            messages::test_without_title(whole, Some(&title))
        } else if names > 1 && place.at <= names && goes_on {
            let first = self.lexeme_span(&place.lexemes[1]);
            let whole = first.to(self.lexeme_span(&place.lexemes[names]));
            messages::name_of_several_words(whole, self.source.slice(whole))
        } else {
            let example = match kind {
                ChunkKind::Customers => "customers { key customer_id : id }",
                ChunkKind::Events => "events purchases by customer_id at purchased_at { price : money USD }",
                ChunkKind::Records => "records pets by customer_id { species : text }",
                ChunkKind::Table => "table products { key product_id : id   category : text }",
                ChunkKind::Let => "let vip_limit = 500 USD",
                ChunkKind::List => "list neighbours = \"FR\", \"BE\"",
                ChunkKind::Trait => "trait age = years since birth_date",
                ChunkKind::Segment | ChunkKind::Unknown => "segment adults { age >= 18 }",
                ChunkKind::Occasion => "occasion mothers_day = second sunday of may",
                ChunkKind::Test => {
                    "test \"who buys is a buyer\" as of 2026-12-01 { given customer { } expect not in buyers }"
                }
                ChunkKind::Content => "content hero { hikers : \"New boots\"   otherwise : \"What is new\" }",
                ChunkKind::Score => "score engagement { +10 if any opens in the last 30 days }",
                ChunkKind::Partition if behind_names == "by" => {
                    "partition value_tier by spend { gold : top 10%   rest : otherwise }"
                }
                ChunkKind::Partition => "partition stage { active : any purchases   rest : otherwise }",
            };
            messages::broken_head(at, word, written, example)
        };
        self.report(diagnostic);
    }
}

/// Where a rule stops reading a text, in bytes.
fn stopped_at(rule: Rule, text: &str) -> Option<usize> {
    use pest::Parser;
    match segue_grammar::SegueParser::parse(rule, text) {
        Ok(mut pairs) => pairs.next().map(|pair| pair.as_span().end()),
        Err(error) => Some(match error.location {
            pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
        }),
    }
}

/// Words of the language that this one may have been meant as: by spelling, or said otherwise elsewhere.
fn meant_words(written: &str) -> Vec<&'static str> {
    const WORDS: &[&str] = &[
        "after",
        "and",
        "any",
        "at",
        "before",
        "between",
        "contains",
        "customer",
        "ends",
        "every",
        "from",
        "ignoring",
        "includes",
        "matches",
        "not",
        "number",
        "otherwise",
        "rounded",
        "since",
        "starts",
        "where",
        "within",
    ];
    const SYNONYMS: &[(&str, &str)] = &[
        ("begins", "starts"),
        ("begin", "starts"),
        ("start", "starts"),
        ("end", "ends"),
        ("finishes", "ends"),
        ("contain", "contains"),
        ("containing", "contains"),
        ("include", "includes"),
        ("including", "includes"),
        ("match", "matches"),
        ("has", "includes"),
        ("having", "where"),
        ("whose", "where"),
        ("whit", "with"),
        ("are", "is"),
        ("equals", "is"),
        ("each", "every"),
        ("plus", "+"),
        ("minus", "-"),
        ("times", "*"),
    ];
    let lower = written.to_lowercase();
    if let Some((_, meant)) = SYNONYMS.iter().find(|(word, _)| *word == lower) {
        return vec![meant];
    }
    let most = if lower.chars().count() > 5 { 2 } else { 1 };
    let mut near: Vec<(usize, &'static str)> = WORDS
        .iter()
        .filter(|_| lower.chars().count() >= 3)
        .map(|word| (strsim::damerau_levenshtein(word, &lower), *word))
        .filter(|(distance, _)| *distance <= most)
        .collect();
    near.sort_unstable();
    near.into_iter().map(|(_, word)| word).collect()
}

/// Whether a word or sign tests the value before it, which so is a name or a value.
fn tests_what_stands_before(written: &str) -> bool {
    const TESTS: &[&str] = &["is", "contains", "starts", "ends", "matches", "includes", "between", "otherwise", "from"];
    matches!(written, "<" | ">" | "=" | "!" | "." | "≤" | "≥" | "≠")
        || TESTS.iter().any(|word| word.eq_ignore_ascii_case(written))
}

fn joins_conditions(written: &str) -> bool {
    ["and", "or"].iter().any(|word| word.eq_ignore_ascii_case(written))
}

/// Whether a word starts a question about rows, or denies what follows.
fn asks_about_rows(written: &str) -> bool {
    ["any", "no", "every", "at", "not"].iter().any(|word| word.eq_ignore_ascii_case(written))
}

/// Whether a word joins what stands before it to what follows, and so is no attempt at a name.
fn joins(written: &str) -> bool {
    const JOINING: &[&str] = &[
        "and",
        "or",
        "where",
        "otherwise",
        "is",
        "contains",
        "starts",
        "ends",
        "matches",
        "includes",
        "to",
        "from",
        "followed",
        "than",
    ];
    JOINING.iter().any(|word| word.eq_ignore_ascii_case(written))
}

/// Whether something must follow this word or sign.
fn asks_for_more(written: &str) -> bool {
    is_operator(written)
        || matches!(
            written.to_ascii_lowercase().as_str(),
            "and"
                | "or"
                | "not"
                | "is"
                | "in"
                | "of"
                | "where"
                | "any"
                | "no"
                | "every"
                | "with"
                | "by"
                | "otherwise"
                | "contains"
                | "matches"
                | "includes"
                | "between"
                | "before"
                | "after"
                | "since"
                | "than"
                | "from"
                | "to"
                | "at"
                | "the"
                | "("
                | ","
        )
}

fn is_operator(written: &str) -> bool {
    matches!(
        written,
        "+" | "-" | "*" | "/" | "<" | ">" | "=" | "<=" | ">=" | "," | "." | "×" | "÷" | "≤" | "≥" | ")" | "]"
    )
}
