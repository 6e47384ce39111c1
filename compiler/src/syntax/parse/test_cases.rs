//! Tests: rows that are given, and what is expected.

use super::{Pair, Reader};
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::scan::LexemeKind;
use crate::syntax::tree::{
    Claim, ClaimForm, DeclarationKind, Expr, ExprKind, GivenField, GivenRow, GivenRows, GivenValue, IsTest, Literal,
    Path, Quoted, TestCase, TestLine, Word,
};
use segue_grammar::Rule;
use std::sync::Arc;

impl Reader<'_> {
    pub(super) fn test_case(&mut self, pair: Pair<'_>) -> DeclarationKind {
        let whole = self.span(&pair);
        let (mut head, mut title, mut as_of, mut lines, mut unread) = (whole, None, None, Vec::new(), false);
        let mut name = None;
        for inner in pair.into_inner() {
            let span = self.span(&inner);
            match inner.as_rule() {
                Rule::declaration_word => head = span,
                Rule::declared_name => name = Some(self.word(&inner)),
                Rule::title => title = self.title(inner),
                Rule::test_as_of => {
                    let bound = inner.into_inner().find(|inner| inner.as_rule() == Rule::bound);
                    as_of = bound.map(|bound| self.take(&bound).0);
                }
                Rule::given_rows => match self.given_rows(inner) {
                    Some(rows) => lines.push(TestLine::Rows(rows)),
                    None => unread = true,
                },
                Rule::given_fact => lines.extend(self.claim(inner).map(TestLine::Fact)),
                Rule::expectation => lines.extend(self.claim(inner).map(TestLine::Expect)),
                // A message was given when the expressions were built.
                Rule::broken => {
                    unread = true;
                    self.take(&inner);
                }
                _ => {}
            }
        }
        if title.is_none() {
            self.report(messages::test_without_title(head, name.as_ref()));
        }
        if unread || self.take_reported(whole) {
            return DeclarationKind::Broken { name: None };
        }
        let title = title.unwrap_or_else(|| match name {
            Some(Word { text, span }) => Quoted { text, span },
            None => Quoted { text: Arc::from(""), span: head },
        });
        DeclarationKind::Test(TestCase { title, as_of, lines })
    }

    /// `None` where a field cannot be read, about which a message was given.
    fn given_rows(&mut self, pair: Pair<'_>) -> Option<GivenRows> {
        let span = self.span(&pair);
        let (mut table, mut rows, mut unread) = (None, Vec::new(), false);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::row_table => table = Some(self.word(&inner)),
                Rule::given_row => match self.given_row(inner) {
                    Some(row) => rows.push(row),
                    None => unread = true,
                },
                Rule::given_list => {
                    for item in inner.into_inner() {
                        let span = self.span(&item);
                        match self.given_value(item) {
                            Some(GivenValue::Row(row)) => rows.push(row),
                            Some(_) => {
                                self.report(messages::value_for_a_row(span));
                                unread = true;
                            }
                            None => unread = true,
                        }
                    }
                }
                _ => {}
            }
        }
        if unread { None } else { Some(GivenRows { table: table?, rows, span }) }
    }

    fn given_row(&mut self, pair: Pair<'_>) -> Option<GivenRow> {
        let span = self.span(&pair);
        let (mut fields, mut unread) = (Vec::new(), false);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::given_field => match self.given_field(inner) {
                    Some(field) => fields.push(field),
                    None => unread = true,
                },
                Rule::broken_given => {
                    let span = self.span(&inner);
                    if !self.take_reported(self.with_blanks(span)) {
                        self.diagnose_broken_given(span);
                    }
                    unread = true;
                }
                _ => {}
            }
        }
        if unread { None } else { Some(GivenRow { fields, span }) }
    }

    fn given_field(&mut self, pair: Pair<'_>) -> Option<GivenField> {
        let span = self.span(&pair);
        let (mut name, mut value) = (None, None);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::field_name => {
                    let span = self.span(&inner);
                    name = inner.into_inner().next().map(|inner| match inner.as_rule() {
                        Rule::quoted => Word { text: self.quoted(inner).text, span },
                        _ => self.word(&inner),
                    });
                }
                Rule::equals_mistake => {
                    let span = self.span(&inner);
                    self.report(messages::equals_in_a_row(span));
                }
                _ => value = self.given_value(inner),
            }
        }
        let name = name?;
        let path = Path { words: vec![name.clone()], span: name.span };
        let place = self.node(name.span, ExprKind::Name(path));
        Some(GivenField { name, place, value: value?, span })
    }

    fn given_value(&mut self, pair: Pair<'_>) -> Option<GivenValue> {
        let span = self.span(&pair);
        Some(match pair.as_rule() {
            Rule::missing_word => GivenValue::Missing(span),
            Rule::given_ago => {
                let amount = pair.into_inner().find(|inner| inner.as_rule() == Rule::amount)?;
                GivenValue::Ago(self.amount(amount), span)
            }
            Rule::given_row => GivenValue::Row(self.given_row(pair)?),
            Rule::given_list => {
                let items: Vec<Option<GivenValue>> = pair.into_inner().map(|item| self.given_value(item)).collect();
                GivenValue::List(items.into_iter().collect::<Option<_>>()?, span)
            }
            Rule::boolean => {
                let is_true = pair.as_str().trim_end().eq_ignore_ascii_case("true");
                GivenValue::Value(self.literal_node(span, Some(Literal::Boolean(is_true))))
            }
            _ => GivenValue::Value(self.take(&pair).0),
        })
    }

    fn claim(&mut self, pair: Pair<'_>) -> Option<Claim> {
        for inner in pair.into_inner() {
            let span = self.span(&inner);
            match inner.as_rule() {
                Rule::membership => return self.membership(inner),
                Rule::missing_claim => {
                    let path = inner.into_inner().find(|inner| inner.as_rule() == Rule::path)?;
                    let left = Box::new(self.named(&path));
                    let test = IsTest::Missing;
                    let kind = ExprKind::Is { left, negated: false, test, ignoring_case: false };
                    return Some(Claim { condition: self.node(span, kind), form: ClaimForm::Condition, span });
                }
                Rule::expression => {
                    let condition = self.take(&inner).0;
                    return Some(Claim { condition, form: ClaimForm::Condition, span });
                }
                _ => {}
            }
        }
        None
    }

    /// `in lapsed`, `not in lapsed`
    fn membership(&mut self, pair: Pair<'_>) -> Option<Claim> {
        let span = self.span(&pair);
        let (mut negated, mut segment) = (false, None);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::not_word => negated = true,
                Rule::name => segment = Some(self.named(&inner)),
                _ => {}
            }
        }
        let named = segment?;
        let condition = if negated { self.node(span, ExprKind::Not(Box::new(named))) } else { named };
        Some(Claim { condition, form: ClaimForm::Membership, span })
    }

    fn named(&mut self, pair: &Pair<'_>) -> Expr {
        let span = self.span(pair);
        let inner: Vec<Word> = pair.clone().into_inner().map(|word| self.word(&word)).collect();
        let words = if inner.is_empty() { vec![self.word(pair)] } else { inner };
        self.node(span, ExprKind::Name(Path { words, span }))
    }

    /// Says what is wrong with a piece of a row.
    fn diagnose_broken_given(&mut self, span: Span) {
        let lexemes = self.lexemes_in(span);
        let text = |at: usize| lexemes.get(at).map_or("", |lexeme| lexeme.text(&self.source.text));
        let is_word = |at: usize| lexemes.get(at).is_some_and(|lexeme| lexeme.kind == LexemeKind::Word);
        let behind = (is_word(0) && text(1) == ":").then(|| lexemes.get(2)).flatten();
        let starts_line = is_word(0) && matches!(text(0).to_ascii_lowercase().as_str(), "expect" | "given");
        let message = match behind {
            _ if starts_line && text(1) != ":" => messages::row_not_closed(span, text(0)),
            // Words without quotes, as `plan: free trial`.
            Some(first) if lexemes.len() > 3 && lexemes.iter().skip(2).all(|one| one.kind == LexemeKind::Word) => {
                let last = lexemes.last().unwrap_or(first);
                let value = self.lexeme_span(first).to(self.lexeme_span(last));
                messages::given_without_quotes(value, self.source.slice(value))
            }
            Some(first) => {
                let last = lexemes.last().unwrap_or(first);
                messages::broken_given_value(self.lexeme_span(first).to(self.lexeme_span(last)), text(0))
            }
            None if is_word(0) && text(1) == ":" => messages::given_nothing(span, text(0)),
            None => messages::broken_given(span, self.source.slice(span)),
        };
        self.report(message);
    }

    /// Says what is wrong with a line of a test.
    pub(super) fn diagnose_broken_test_line(&mut self, span: Span) {
        let lexemes = self.lexemes_in(span);
        let is = |at: usize, word: &str| {
            lexemes.get(at).is_some_and(|lexeme| lexeme.text(&self.source.text).eq_ignore_ascii_case(word))
        };
        let bracket = |at: usize| {
            lexemes.get(at).is_some_and(|lexeme| matches!(lexeme.kind, LexemeKind::OpenBrace | LexemeKind::OpenRound))
        };
        let rows = usize::from(is(0, "given"));
        if bracket(rows + 1) {
            let row = lexemes.get(rows + 1).map_or(span, |open| self.lexeme_span(open)).to(span);
            return self.report(messages::broken_rows(row));
        }
        let claims = is(0, "expect") || is(0, "given");
        let place = |at: usize| lexemes.get(at).map_or(span, |lexeme| self.lexeme_span(lexeme));
        // `given spend: 5 USD`, `expect: in loyal`
        if claims && let Some(colon) = (1..=2).find(|at| is(*at, ":")) {
            let word = if is(0, "given") { "given" } else { "expect" };
            return self.report(messages::colon_in_a_claim(place(colon), word, colon == 1));
        }
        // `expect in loyal and not in vips`
        if claims && (is(1, "in") || is(1, "not") && is(2, "in")) {
            return self.report(messages::several_memberships(place(0).to(span)));
        }
        // `expect age > 3 expect in loyal`
        if claims && let Some(second) = (1..lexemes.len()).find(|at| is(*at, "expect") || is(*at, "given")) {
            return self.report(messages::claims_side_by_side(place(second), self.source.slice(place(second))));
        }
        // `expect first_purchase = 3 days ago`
        if claims
            && let Some(ago) = lexemes.iter().position(|lexeme| lexeme.text(&self.source.text) == "ago")
            && is(2, "=")
        {
            return self.report(messages::ago_in_a_claim(place(3).to(place(ago))));
        }
        if claims && let Some(first) = lexemes.get(1) {
            let start = self.lexeme_span(first).start;
            return self.diagnose_broken_line(Span { start, ..span });
        }
        let first = lexemes.first().map_or(span, |first| self.lexeme_span(first));
        self.report(messages::broken_test_line(first, self.source.slice(first)));
    }
}
