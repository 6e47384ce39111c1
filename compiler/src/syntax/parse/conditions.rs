//! Blocks of lines, lists of values, and what may stand in them.

use super::row::{ItemKind, moment_of};
use super::{Pair, Reader};
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::tree::{BlockKind, Expr, ExprKind, Literal, Quantifier, ValueSet};
use segue_grammar::Rule;

impl Reader<'_> {
    /// `any of { ... }` and its like, with its depth.
    pub(super) fn block(&mut self, pair: Pair<'_>) -> (Expr, usize) {
        let span = self.span(&pair);
        let mut kind = BlockKind::All;
        let mut lines = (Vec::new(), 0);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::block_head => kind = self.block_head(inner),
                _ => lines = self.lines(inner, kind),
            }
        }
        let (lines, depth) = lines;
        (self.node(span, ExprKind::Block { kind, lines }), depth + 1)
    }

    fn block_head(&mut self, pair: Pair<'_>) -> BlockKind {
        let mut kind = BlockKind::All;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::any_word => kind = BlockKind::Any,
                Rule::none_word => kind = BlockKind::None,
                Rule::number_word_mistake => {
                    let count = self.number_in_words(&inner).and_then(|count| u32::try_from(count).ok());
                    kind = BlockKind::AtLeast(count.unwrap_or(1));
                }
                Rule::digits => {
                    let span = self.span(&inner);
                    match inner.as_str().parse() {
                        Ok(count) => kind = BlockKind::AtLeast(count),
                        Err(_) => self.report(messages::number_too_large(span)),
                    }
                }
                _ => {}
            }
        }
        kind
    }

    /// The lines between braces, and how deep the deepest is.
    pub(super) fn lines(&mut self, pair: Pair<'_>, kind: BlockKind) -> (Vec<Expr>, usize) {
        let whole = self.span(&pair);
        let mut lines: Vec<Expr> = Vec::new();
        let mut deepest = 0;
        for inner in pair.into_inner() {
            if matches!(inner.as_rule(), Rule::expression | Rule::broken) {
                let (line, depth) = self.take(&inner);
                deepest = deepest.max(depth);
                // The line before stops where it should have gone on; this one answers for both.
                if inner.as_rule() == Rule::broken
                    && inner.as_str().starts_with(['<', '>', '*', '/', '≤', '≥'])
                    && let Some(before) = lines.last_mut()
                {
                    before.kind = ExprKind::Error;
                }
                lines.push(line);
            }
        }
        // Of braces about which a message was given nobody says that nothing stands between them.
        if lines.is_empty() && self.take_reported(whole) {
            lines.push(self.error_node(whole));
        }
        if lines.len() > 1 {
            self.check_or_at_line_start(&lines, kind);
        }
        (lines, deepest)
    }

    /// In a block of several lines, a line that starts with `or` can be read two ways.
    fn check_or_at_line_start(&mut self, lines: &[Expr], kind: BlockKind) {
        for line in lines {
            let ExprKind::Or(terms) = &line.kind else { continue };
            for pair in terms.windows(2) {
                let [before, after] = pair else { continue };
                let between = Span { start: before.span.end, end: after.span.start, ..before.span };
                let or = self.lexemes_in(between).iter().find(|lexeme| {
                    let text = self.source.text.get(lexeme.range()).unwrap_or("");
                    text.eq_ignore_ascii_case("or") || text == "|"
                });
                let Some(or) = or else { continue };
                let or = Span::new(self.file, or.start as usize, or.end as usize);
                let gap = Span { end: or.start, ..between };
                if self.source.slice(gap).contains('\n') {
                    let texts: Vec<&str> = terms.iter().map(|term| self.source.slice(term.span)).collect();
                    self.report(match kind {
                        BlockKind::Any => messages::or_in_any_of(or),
                        _ => {
                            messages::or_at_line_start(or, line.span, &texts, indentation(self.source, line.span), kind)
                        }
                    });
                    break;
                }
            }
        }
    }

    /// `a, b, c`
    pub(super) fn value_set(&mut self, pair: Pair<'_>) -> ValueSet {
        let span = self.span(&pair);
        let values = self.values(pair);
        // `one of ("a", "b")`: the brackets are a habit from SQL.
        if let [Value::Several(inner)] = &values[..] {
            let inside = inner_text(self.source.slice(span));
            self.report(messages::brackets_around_values(span, inside));
            return ValueSet::Values { values: inner.clone(), span };
        }
        let values = values.into_iter().map(|value| self.single(value)).collect();
        ValueSet::Values { values, span }
    }

    fn single(&mut self, value: Value) -> Expr {
        match value {
            Value::One(expression) => expression,
            Value::Several(expressions) => {
                let span = expressions.first().map_or(Span::new(self.file, 0, 0), |first| first.span);
                self.report(messages::several_in_brackets(span));
                self.error_node(span)
            }
        }
    }

    fn values(&mut self, pair: Pair<'_>) -> Vec<Value> {
        let mut values = Vec::new();
        let mut minus: Option<Span> = None;
        for inner in pair.into_inner() {
            let span = self.span(&inner);
            let value = match inner.as_rule() {
                Rule::minus => {
                    minus = Some(span);
                    continue;
                }
                Rule::bracketed => self.bracketed_values(inner),
                Rule::boolean => {
                    let value = inner.into_inner().next().is_some_and(|word| word.as_rule() == Rule::true_word);
                    Value::One(self.literal_node(span, Some(Literal::Boolean(value))))
                }
                Rule::point => Value::One(self.point(inner).0),
                Rule::moment => {
                    let moment = moment_of(&inner);
                    Value::One(self.node(span, ExprKind::Moment(moment)))
                }
                Rule::path => {
                    let path = self.path(inner);
                    Value::One(self.node(span, ExprKind::Name(path)))
                }
                _ => {
                    let literal = self.literal(inner);
                    Value::One(self.literal_node(span, literal))
                }
            };
            values.push(match (minus.take(), value) {
                (Some(sign), Value::One(inner))
                    if matches!(inner.kind, ExprKind::Literal(Literal::Integer(i64::MIN))) =>
                {
                    Value::One(Expr { span: sign.to(span), ..inner })
                }
                (Some(sign), Value::One(inner)) => {
                    Value::One(self.node(sign.to(span), ExprKind::Negate(Box::new(inner))))
                }
                (_, value) => value,
            });
        }
        values
    }

    fn bracketed_values(&mut self, pair: Pair<'_>) -> Value {
        let span = self.span(&pair);
        let mut inner: Vec<Expr> = pair.into_inner().map(|inner| self.take(&inner).0).collect();
        if inner.len() == 1
            && let Some(only) = inner.pop()
        {
            return Value::One(self.node(span, ExprKind::Bracketed(Box::new(only))));
        }
        Value::Several(inner)
    }

    /// What follows `in`: a list's name, or values as SQL writes them.
    pub(super) fn list_name(&mut self, pair: Pair<'_>, whole: Span, after_is: bool, negated: bool) -> ValueSet {
        let span = self.span(&pair);
        let Some(inner) = pair.into_inner().next() else { return ValueSet::Values { values: Vec::new(), span } };
        let not = if negated { "not " } else { "" };
        match inner.as_rule() {
            Rule::name => {
                let name = self.word(&inner);
                if !after_is {
                    self.report(messages::sql_in(
                        whole,
                        self.source.slice(whole),
                        &format!("is {not}in {}", name.text),
                    ));
                }
                ValueSet::List(name)
            }
            _ => {
                let mut values = self.values(inner);
                let written = self.mended(span);
                let written = written.as_str();
                let (values, inside) = match (values.len(), values.pop()) {
                    (1, Some(Value::Several(inner))) => (inner, inner_text(written)),
                    (1, Some(Value::One(Expr { kind: ExprKind::Bracketed(only), .. }))) => {
                        (vec![*only], inner_text(written))
                    }
                    (_, last) => (values.into_iter().chain(last).map(|value| self.single(value)).collect(), written),
                };
                let values = ValueSet::Values { values, span };
                // Without `is` before it, what stands before says what is meant.
                if after_is && let Some(amount) = self.bare_duration(&values) {
                    return self.last_or_next(whole, amount, negated);
                }
                let mend = format!("is {not}one of {inside}");
                self.report(messages::sql_in(whole, self.source.slice(whole), &mend));
                values
            }
        }
    }

    /// The text of a stretch with the certain mends of the messages within it, for which one message now speaks.
    fn mended(&mut self, span: Span) -> String {
        let mut edits = Vec::new();
        self.diagnostics.retain(|diagnostic| match diagnostic.fixes.first() {
            Some(fix) if fix.certain && fix.edits.iter().all(|edit| is_within(edit.span, span)) => {
                edits.extend(fix.edits.clone());
                false
            }
            _ => true,
        });
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
        let mut text = self.source.slice(span).to_owned();
        for edit in edits {
            let range = edit.span.range();
            let offset = span.start as usize;
            text.replace_range(range.start - offset..range.end - offset, &edit.text);
        }
        text
    }

    /// `includes any of "a", "b"`
    pub(super) fn includes(&mut self, pair: Pair<'_>) -> ItemKind {
        let span = self.span(&pair);
        let mut denied = false;
        let mut quantifier = Quantifier::Any;
        let mut has_quantifier = false;
        let mut values = ValueSet::Values { values: Vec::new(), span };
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::does_not => denied = true,
                Rule::all_word => (quantifier, has_quantifier) = (Quantifier::All, true),
                Rule::any_word => (quantifier, has_quantifier) = (Quantifier::Any, true),
                Rule::none_word => (quantifier, has_quantifier) = (Quantifier::None, true),
                Rule::value_list => values = self.value_set(inner),
                _ => {}
            }
        }
        if let ValueSet::Values { values, span: at } = &values
            && !has_quantifier
            && values.len() > 1
        {
            self.report(messages::includes_several(*at));
        }
        if denied {
            if quantifier == Quantifier::Any {
                quantifier = Quantifier::None;
            } else {
                self.report(messages::does_not_include_all(span));
            }
        }
        ItemKind::Includes { quantifier, values }
    }
}

/// A value of a list, or several in brackets.
enum Value {
    One(Expr),
    Several(Vec<Expr>),
}

fn is_within(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// What stands between brackets.
fn inner_text(written: &str) -> &str {
    let trimmed = written.trim();
    trimmed.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(trimmed).trim()
}

/// The blanks before a span on its line.
fn indentation(source: &crate::source::SourceFile, span: Span) -> &str {
    let before = source.text.get(..span.start as usize).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    let length = line.len() - line.trim_start().len();
    line.get(..length).unwrap_or("")
}
