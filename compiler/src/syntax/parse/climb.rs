//! From a flat row of operands and operators to a tree.
//!
//! From loosest to tightest: `or`, `and`, `not`, comparisons (which do not chain), `otherwise`, `rounded`, `+ -`, `* /`,
//! `-x` and functions. `where` takes the whole rest of its row. Mixing `and` with `or`, `otherwise` beside a comparison,
//! and a question with `where` beside an operator need brackets: the messages show how.
#![expect(
    clippy::indexing_slicing,
    reason = "a row has a first operand before it is summed or multiplied, so there is a first and a last"
)]

use super::Reader;
use super::row::{Item, ItemKind, day_window};
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::scan::Lexeme;
use crate::syntax::tree::{
    AggregateOperator, Comparison, Expr, ExprKind, Factor, IsTest, Literal, Sign, TextTest, ValueSet, Window,
};
use std::iter::Peekable;
use std::vec::IntoIter;

/// Where in a row the climb is.
struct Row {
    items: Peekable<IntoIter<Item>>,
    /// The aggregate whose `where` is being read.
    filtered: Option<Span>,
    /// What stands behind the row's `where`, for its last operand.
    filter: Option<(Span, Expr)>,
    /// The operator whose operand is being read, where a `where` would swallow too much.
    beside: Option<Span>,
    /// The end of the last item taken.
    end: Span,
}

impl Row {
    fn peek(&mut self) -> Option<&ItemKind> {
        self.items.peek().map(|item| &item.kind)
    }

    fn next(&mut self) -> Option<Item> {
        let item = self.items.next()?;
        self.end = item.span;
        Some(item)
    }

    /// Takes the next item where it is one that is asked for.
    fn next_if(&mut self, wanted: impl Fn(&ItemKind) -> bool) -> Option<Item> {
        let item = self.items.next_if(|item| wanted(&item.kind))?;
        self.end = item.span;
        Some(item)
    }
}

impl Reader<'_> {
    /// The tree of a row. Each `where` takes all that follows it, so the row is built from its end.
    pub(super) fn climb(&mut self, items: Vec<Item>, span: Span) -> Expr {
        let mut segments: Vec<(Option<Span>, Vec<Item>)> = vec![(None, Vec::new())];
        for item in items {
            match item.kind {
                ItemKind::Where => segments.push((Some(item.span), Vec::new())),
                _ => {
                    if let Some((_, segment)) = segments.last_mut() {
                        segment.push(item);
                    }
                }
            }
        }
        let mut filter = None;
        while let Some((word, items)) = segments.pop() {
            let filtered = segments.last().and_then(|(_, before)| before.last()).map(|item| item.span);
            let end = items.first().map_or(span, |item| item.span);
            let mut row =
                Row { items: items.into_iter().peekable(), filtered, filter: filter.take(), beside: None, end };
            let expression = self.segment(&mut row);
            let Some(word) = word else { return expression };
            filter = Some((word, expression));
        }
        self.error_node(span)
    }

    /// One stretch of a row up to a `where`, which its last operand must be able to take.
    fn segment(&mut self, row: &mut Row) -> Expr {
        let expression = self.or(row);
        if let Some(left) = row.next() {
            let written = self.source.slice(left.span).to_owned();
            self.report(messages::does_not_fit(left.span, &written));
            return self.error_node(expression.span.to(left.span));
        }
        if let (ExprKind::OverBase(question), Some((word, filter))) = (&expression.kind, &row.filter) {
            self.report(messages::ranked_with_where(question.ranked.value.span.to(filter.span), *word));
            return self.error_node(expression.span.to(filter.span));
        }
        if let Some((word, filter)) = row.filter.take() {
            self.report(messages::where_after_no_rows(word, self.source.slice(expression.span)));
            return self.error_node(expression.span.to(filter.span));
        }
        expression
    }

    fn or(&mut self, row: &mut Row) -> Expr {
        let mut terms = vec![self.and(row)];
        let mut signs = Vec::new();
        while let Some(or) = row.next_if(|kind| matches!(kind, ItemKind::Or)) {
            signs.push(or.span);
            terms.push(self.and(row));
        }
        if terms.len() == 1 {
            return terms.remove(0);
        }
        self.check_bare_values(&mut terms);
        if terms.iter().any(|term| matches!(term.kind, ExprKind::And(_))) {
            self.report_mixed(&terms, &signs);
        }
        let span = joined(&terms);
        self.node(span, ExprKind::Or(terms))
    }

    /// Shows both readings: (a) what `and` joins belongs together, (b) what `or` joins does.
    fn report_mixed(&mut self, terms: &[Expr], signs: &[Span]) {
        let mut joined_by_and = Vec::new();
        let mut joined_by_or: Vec<Span> = Vec::new();
        let mut open: Option<(Span, usize)> = None;
        for term in terms {
            let (first, last) = match &term.kind {
                ExprKind::And(inner) => {
                    joined_by_and.push(term.span);
                    (
                        inner.first().map_or(term.span, |first| first.span),
                        inner.last().map_or(term.span, |last| last.span),
                    )
                }
                _ => (term.span, term.span),
            };
            let (group, count) = open.map_or((first, 1), |(group, count)| (group.to(first), count + 1));
            if matches!(term.kind, ExprKind::And(_)) {
                joined_by_or.extend((count > 1).then_some(group));
                open = Some((last, 1));
            } else {
                open = Some((group, count));
            }
        }
        joined_by_or.extend(open.filter(|(_, count)| *count > 1).map(|(group, _)| group));
        let whole = joined(terms);
        let readings = [&joined_by_and, &joined_by_or].map(|groups| self.reading(whole, groups));
        let sign = signs.first().copied().unwrap_or(whole);
        let [first, second] = &readings;
        self.report(messages::mixed_and_or(whole, sign, (&joined_by_and, first), (&joined_by_or, second)));
    }

    /// The text of a stretch with some parts of it in brackets, on one line.
    fn reading(&self, whole: Span, groups: &[Span]) -> String {
        let mut text = String::new();
        let mut at = whole.start;
        for group in groups {
            text.push_str(self.source.slice(Span { start: at, end: group.start, ..whole }));
            text.push_str(&format!("({})", self.source.slice(*group)));
            at = group.end;
        }
        text.push_str(self.source.slice(Span { start: at, ..whole }));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// `country is "France" or "Spain"`: the second text asks nothing.
    fn check_bare_values(&mut self, terms: &mut [Expr]) {
        let Some(Expr { kind: ExprKind::Is { left, negated, test: IsTest::Value(value), .. }, span, .. }) =
            terms.first()
        else {
            return;
        };
        let is_value = |term: &Expr| {
            matches!(
                term.kind,
                ExprKind::Literal(Literal::Text(_) | Literal::Integer(_) | Literal::Number(_) | Literal::Date(_))
            )
        };
        let rest = terms.get(1..).unwrap_or(&[]);
        let Some(bare) = rest.iter().find(|term| is_value(term)) else { return };
        let all = rest.iter().all(is_value);
        let values: Vec<&str> = std::iter::once(value.span)
            .chain(rest.iter().map(|term| term.span))
            .map(|at| self.source.slice(at))
            .collect();
        let mend = format!(
            "{} is {}one of {}",
            self.source.slice(left.span),
            if *negated { "not " } else { "" },
            values.join(", ")
        );
        let whole = span.to(joined(rest));
        self.report(messages::bare_value_after_or(
            bare.span,
            self.source.slice(bare.span),
            all.then_some((whole, mend)),
        ));
        // The message is given: what is checked later says nothing more about these.
        for term in terms.iter_mut().skip(1).filter(|term| is_value(term)) {
            term.kind = ExprKind::Error;
        }
    }

    fn and(&mut self, row: &mut Row) -> Expr {
        let mut terms = vec![self.not(row)];
        while row.next_if(|kind| matches!(kind, ItemKind::And)).is_some() {
            terms.push(self.not(row));
        }
        if terms.len() == 1 {
            return terms.remove(0);
        }
        let span = joined(&terms);
        self.node(span, ExprKind::And(terms))
    }

    fn not(&mut self, row: &mut Row) -> Expr {
        row.beside = None;
        let mut signs = Vec::new();
        while let Some(not) = row.next_if(|kind| matches!(kind, ItemKind::Not)) {
            signs.push(not.span);
        }
        let mut expression = self.comparison(row);
        for not in signs.into_iter().rev() {
            let span = not.to(expression.span);
            expression = self.node(span, ExprKind::Not(Box::new(expression)));
        }
        expression
    }

    fn comparison(&mut self, row: &mut Row) -> Expr {
        let left = self.otherwise(row);
        let start = left.span;
        if !row.peek().is_some_and(is_comparison) {
            return left;
        }
        let Some(item) = row.next() else { return left };
        let operator = item.span;
        let filtered_left = row.filtered;
        self.check_otherwise(&left, operator);
        let mut expression = self.compared(row, left, item);
        if row.next_if(|kind| matches!(kind, ItemKind::IgnoringCase)).is_some() {
            let span = expression.span.to(row.end);
            match &mut expression.kind {
                ExprKind::Compare { ignoring_case, .. }
                | ExprKind::Is { ignoring_case, .. }
                | ExprKind::Text { ignoring_case, .. }
                | ExprKind::Includes { ignoring_case, .. } => *ignoring_case = true,
                _ => self.report(messages::ignoring_case_of_nothing(row.end)),
            }
            expression.span = span;
        }
        if row.peek().is_some_and(|kind| matches!(kind, ItemKind::Windows(_)))
            && let Some(Item { span, kind: ItemKind::Windows(windows) }) = row.next()
        {
            return self.late_window(expression, span, windows, filtered_left, true);
        }
        if row.peek().is_some_and(is_comparison) {
            return self.chained(row, expression, start, operator);
        }
        expression
    }

    /// What a comparison's operator and what follows it make of its left side.
    fn compared(&mut self, row: &mut Row, left: Expr, item: Item) -> Expr {
        let operator = item.span;
        let start = left.span;
        let kind = match item.kind {
            ItemKind::Compare(comparison) => {
                let right = self.right_side(row, operator);
                ExprKind::Compare {
                    left: Box::new(left),
                    operator: comparison,
                    operator_span: operator,
                    right: Box::new(right),
                    ignoring_case: false,
                }
            }
            ItemKind::Is { negated, habit } => return self.is(row, left, operator, negated, habit),
            ItemKind::Text { test, negated } => {
                let right = self.right_side(row, operator);
                ExprKind::Text { left: Box::new(left), test, negated, right: Box::new(right), ignoring_case: false }
            }
            ItemKind::From => return self.range(row, left, operator),
            ItemKind::IsTest { negated, test } => {
                ExprKind::Is { left: Box::new(left), negated, test, ignoring_case: false }
            }
            ItemKind::Includes { quantifier, values } => {
                ExprKind::Includes { left: Box::new(left), quantifier, values, ignoring_case: false }
            }
            ItemKind::Place(nearness) => nearness.of(left),
            ItemKind::PlaceMistake { negated, nearness } => {
                return self.misworded_place(left, operator, negated, nearness);
            }
            ItemKind::Between { negated, from, to } => {
                self.report_between(&left, operator, negated, &from, &to);
                let range = ExprKind::Range { value: Box::new(left), from: Box::new(from), to: Box::new(to) };
                if negated {
                    let inner = self.node(start.to(operator), range);
                    ExprKind::Not(Box::new(inner))
                } else {
                    range
                }
            }
            ItemKind::In { negated, values } => {
                // `customer in big_spenders`: what `customer` is held against has a message of its own.
                if matches!(&left.kind, ExprKind::Name(path) if matches!(&path.words[..], [only] if only.text.as_ref() == "customer"))
                {
                    self.diagnostics.retain(|diagnostic| diagnostic.code.0 != "S0029" || diagnostic.span != operator);
                }
                ExprKind::Is { left: Box::new(left), negated, test: IsTest::OneOf(values), ignoring_case: false }
            }
            ItemKind::Ago { comparison, amount } => {
                let amount = super::windows::amount_text(amount);
                let word = match comparison {
                    Comparison::Less | Comparison::AtMost => "more",
                    Comparison::Greater | Comparison::AtLeast => "less",
                };
                self.report(messages::compared_ago(operator, &format!("is {word} than {amount} ago")));
                return self.error_node(start.to(operator));
            }
            ItemKind::Windows(windows) => return self.late_window(left, operator, windows, row.filtered, false),
            _ => ExprKind::Error,
        };
        let span = start.to(row.end);
        self.node(span, kind)
    }

    fn right_side(&mut self, row: &mut Row, operator: Span) -> Expr {
        row.beside = Some(operator);
        let right = self.otherwise(row);
        row.beside = None;
        self.check_otherwise(&right, operator);
        right
    }

    fn is(&mut self, row: &mut Row, left: Expr, operator: Span, negated: bool, habit: Option<String>) -> Expr {
        let right = self.right_side(row, operator);
        let span = left.span.to(right.span);
        let word = if let ExprKind::Name(path) = &right.kind
            && let [only] = &path.words[..]
        {
            only.text.to_ascii_lowercase()
        } else {
            String::new()
        };
        let not = if negated { "not " } else { "" };
        // Without a sign from elsewhere these may be names; the checker knows.
        if is_missing_word(&word) && habit.is_some() {
            let mend = if negated { "is known" } else { "is missing" };
            self.report(messages::is_null(operator.to(right.span), self.source.slice(operator.to(right.span)), mend));
            let test = if negated { IsTest::Known } else { IsTest::Missing };
            return self.node(span, ExprKind::Is { left: Box::new(left), negated: false, test, ignoring_case: false });
        }
        if let Some(sign) = habit {
            self.report(messages::equality_sign(self.source, operator, &sign, format!("is {}", not.trim()).trim()));
        }
        let test = match &right.kind {
            ExprKind::Moment(moment) => match day_window(*moment) {
                Some(kind) => IsTest::Windows(vec![Window { id: self.ids.fresh(), span: right.span, kind }]),
                None => IsTest::Value(Box::new(right)),
            },
            _ => IsTest::Value(Box::new(right)),
        };
        self.node(span, ExprKind::Is { left: Box::new(left), negated, test, ignoring_case: false })
    }

    fn range(&mut self, row: &mut Row, value: Expr, operator: Span) -> Expr {
        let from = self.right_side(row, operator);
        let Some(to) = row.next_if(|kind| matches!(kind, ItemKind::To)) else {
            self.report(messages::missing_to(operator.to(from.span)));
            return self.error_node(value.span.to(from.span));
        };
        let to = self.right_side(row, to.span);
        let span = value.span.to(to.span);
        self.node(span, ExprKind::Range { value: Box::new(value), from: Box::new(from), to: Box::new(to) })
    }

    fn report_between(&mut self, left: &Expr, operator: Span, negated: bool, from: &Expr, to: &Expr) {
        let included = super::stretches::ends_are_included(from, to);
        let (from, to) = (self.source.slice(from.span), self.source.slice(to.span));
        let left_text = self.source.slice(left.span);
        let (place, mend) = if negated {
            (left.span.to(operator), format!("not {left_text} from {from} to {to}"))
        } else {
            (operator, format!("from {from} to {to}"))
        };
        let not = if negated { "not " } else { "" };
        let both = format!("{not}({left_text} >= {from} and {left_text} <= {to})");
        self.report(messages::between(operator, place, &mend, included, Some((left.span.to(operator), both))));
    }

    /// A window that stands behind a value: after a `where` it stands too late, elsewhere `is` is missing.
    fn late_window(
        &mut self,
        expression: Expr,
        span: Span,
        windows: Vec<Window>,
        filtered: Option<Span>,
        is_whole: bool,
    ) -> Expr {
        let whole = expression.span.to(span);
        let written = self.source.slice(span).to_owned();
        let is_date = !is_whole && matches!(expression.kind, ExprKind::Name(_));
        match filtered {
            Some(aggregate) if !is_date => {
                let where_word = self.where_before(aggregate, expression.span);
                // Where a step's time stands is said once.
                self.diagnostics.retain(|told| told.span != span || told.code.0 != "S0024");
                self.report(messages::window_after_where(span, &written, where_word));
                self.error_node(whole)
            }
            _ if is_whole => {
                self.report(messages::does_not_fit(span, &written));
                self.error_node(whole)
            }
            _ => {
                // That `is` is missing is said by the checker, unless what stands before it is no date at all.
                let test = IsTest::Windows(windows);
                self.node(
                    whole,
                    ExprKind::Is { left: Box::new(expression), negated: false, test, ignoring_case: false },
                )
            }
        }
    }

    /// The last `where` between an aggregate's start and what stands behind it.
    fn where_before(&self, aggregate: Span, behind: Span) -> Span {
        let between = Span { start: aggregate.start, end: behind.start, ..aggregate };
        let found =
            self.lexemes_in(between).iter().rev().find(|lexeme| {
                self.source.text.get(lexeme.range()).is_some_and(|text| text.eq_ignore_ascii_case("where"))
            });
        found.map_or(behind, |lexeme| Span::new(self.file, lexeme.start as usize, lexeme.end as usize))
    }

    fn check_otherwise(&mut self, side: &Expr, operator: Span) {
        if matches!(side.kind, ExprKind::Otherwise(_)) {
            self.report(messages::otherwise_beside_comparison(side.span, operator));
        }
    }

    /// `1 < x < 5`: reads the rest so that nothing else is said about it.
    fn chained(&mut self, row: &mut Row, first: Expr, start: Span, operator: Span) -> Expr {
        let second = row.items.peek().map_or(operator, |item| item.span);
        let mut links = 0;
        let mut last = None;
        while row.peek().is_some_and(is_comparison) {
            let Some(item) = row.next() else { break };
            let comparison = match item.kind {
                ItemKind::Compare(comparison) => Some(comparison),
                _ => None,
            };
            let before = self.diagnostics.len();
            let placeholder = self.error_node(item.span);
            let right = self.compared(row, placeholder, item);
            self.diagnostics.truncate(before);
            links += 1;
            last = comparison.map(|comparison| (comparison, right));
            row.next_if(|kind| matches!(kind, ItemKind::IgnoringCase));
        }
        let whole = start.to(row.end);
        if links == 1
            && let Some(told) = self.not_chained(&first, operator)
        {
            self.report(told);
            return self.error_node(whole);
        }
        if let Some(aggregate) = row.filtered {
            let filter = Span { end: first.span.end, ..aggregate };
            self.report(messages::comparison_after_where(second, filter));
            return self.error_node(whole);
        }
        let mut fixes = Vec::new();
        if links == 1
            && let ExprKind::Compare { left, operator: low, right: middle, .. } = &first.kind
            && let Some((high, Expr { kind: ExprKind::Compare { right: end, .. }, .. })) = &last
        {
            fixes = self.chain_mends(left.span, *low, middle.span, *high, end.span);
        }
        self.report(messages::chained_comparison(whole, operator, second, &fixes));
        self.error_node(whole)
    }

    /// What stands in a row only because of something else: a window behind a value (`spend in the last 30 days > 10`),
    /// or a comma between conditions (`country is one of "US", plan is plus`).
    fn not_chained(&self, first: &Expr, operator: Span) -> Option<Diagnostic> {
        let ExprKind::Is { left, test, .. } = &first.kind else { return None };
        match test {
            IsTest::Windows(_) if matches!(left.kind, ExprKind::Name(_)) => {
                let window = self.source.slice(operator);
                let says_is = window.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("is"));
                let value = self.source.slice(left.span);
                (!says_is).then(|| messages::window_of_a_value(operator, window, value))
            }
            IsTest::OneOf(ValueSet::Values { values, .. }) => {
                let [.., before, last] = &values[..] else { return None };
                let gap = Span { start: before.span.end, end: last.span.start, ..last.span };
                let is_comma = |lexeme: &&Lexeme| lexeme.text(&self.source.text) == ",";
                let comma = self.lexemes_in(gap).iter().find(is_comma).map(|comma| self.lexeme_span(comma))?;
                let is_name = matches!(last.kind, ExprKind::Name(_));
                is_name.then(|| match self.block_around(comma) {
                    Some(block) => messages::comma_between_lines(block, comma, &[comma]),
                    None => messages::stray_comma(comma),
                })
            }
            _ => None,
        }
    }

    fn chain_mends(&self, left: Span, low: Comparison, middle: Span, high: Comparison, right: Span) -> Vec<String> {
        let [left, middle, right] = [left, middle, right].map(|span| self.source.slice(span));
        let is_rising = |comparison| matches!(comparison, Comparison::Less | Comparison::AtMost);
        let (from, to) = match (is_rising(low), is_rising(high)) {
            (true, true) => (left, right),
            (false, false) => (right, left),
            _ => return vec![format!("{left} {} {middle} and {middle} {} {right}", sign(low), sign(high))],
        };
        let range = format!("{middle} from {from} to {to}");
        if low == Comparison::AtMost && high == Comparison::AtMost || low == Comparison::AtLeast && high == low {
            return vec![range];
        }
        vec![format!("{middle} {} {left} and {middle} {} {right}", sign(turned(low)), sign(high)), range]
    }

    fn otherwise(&mut self, row: &mut Row) -> Expr {
        let first = self.rounded(row);
        let mut terms = vec![first];
        while let Some(word) = row.next_if(|kind| matches!(kind, ItemKind::Otherwise)) {
            let beside = row.beside.replace(word.span);
            terms.push(self.rounded(row));
            row.beside = beside;
        }
        if terms.len() == 1 {
            return terms.remove(0);
        }
        let span = joined(&terms);
        self.node(span, ExprKind::Otherwise(terms))
    }

    fn rounded(&mut self, row: &mut Row) -> Expr {
        let mut value = self.sum(row);
        let is_rounded = |kind: &ItemKind| matches!(kind, ItemKind::Rounded { .. });
        if let Some(Item { span, kind: ItemKind::Rounded { direction, decimals } }) = row.next_if(is_rounded) {
            let whole = value.span.to(span);
            value = self.node(whole, ExprKind::Rounded { value: Box::new(value), direction, decimals });
            if row.peek().is_some_and(|kind| is_arithmetic(kind) || is_rounded(kind)) {
                let next = row.items.peek().map_or(span, |item| item.span);
                self.report(messages::arithmetic_after_rounded(whole, next));
                while row
                    .next_if(|kind| is_arithmetic(kind) || is_rounded(kind))
                    .is_some_and(|item| is_arithmetic(&item.kind))
                {
                    self.unary(row);
                }
                let end = row.end;
                return self.error_node(whole.to(end));
            }
        }
        value
    }

    fn sum(&mut self, row: &mut Row) -> Expr {
        let mut terms = vec![(Sign::Plus, self.product(row))];
        while let Some(item) = row.next_if(|kind| matches!(kind, ItemKind::Plus | ItemKind::Minus)) {
            let sign = if matches!(item.kind, ItemKind::Plus) { Sign::Plus } else { Sign::Minus };
            let beside = row.beside.replace(item.span);
            terms.push((sign, self.product(row)));
            row.beside = beside;
        }
        if terms.len() == 1 {
            return terms.remove(0).1;
        }
        let span = terms[0].1.span.to(terms[terms.len() - 1].1.span);
        match self.calculated_behind_by(&terms[0].1, span) {
            true => self.error_node(span),
            false => self.node(span, ExprKind::Sum(terms)),
        }
    }

    fn product(&mut self, row: &mut Row) -> Expr {
        let mut factors = vec![(Factor::Times, self.unary(row))];
        while let Some(item) = row.next_if(|kind| matches!(kind, ItemKind::Times | ItemKind::Over)) {
            let factor = if matches!(item.kind, ItemKind::Times) { Factor::Times } else { Factor::Over };
            let beside = row.beside.replace(item.span);
            factors.push((factor, self.unary(row)));
            row.beside = beside;
        }
        if factors.len() == 1 {
            return factors.remove(0).1;
        }
        let span = factors[0].1.span.to(factors[factors.len() - 1].1.span);
        match self.calculated_behind_by(&factors[0].1, span) {
            true => self.error_node(span),
            false => self.node(span, ExprKind::Product(factors)),
        }
    }

    fn unary(&mut self, row: &mut Row) -> Expr {
        let mut prefixes = Vec::new();
        let is_prefix = |kind: &ItemKind| matches!(kind, ItemKind::Minus | ItemKind::Not | ItemKind::Call { .. });
        while let Some(prefix) = row.next_if(is_prefix) {
            if matches!(prefix.kind, ItemKind::Not) {
                self.report(messages::misplaced_not(prefix.span));
            }
            prefixes.push(prefix);
        }
        let beside = row.beside;
        if let Some(prefix) = prefixes.last() {
            row.beside = Some(prefix.span);
        }
        let mut expression = self.operand_with_filter(row);
        row.beside = beside;
        if matches!(expression.kind, ExprKind::Literal(Literal::Integer(i64::MIN))) {
            match prefixes.pop() {
                Some(minus) if matches!(minus.kind, ItemKind::Minus) => {
                    expression.span = minus.span.to(expression.span)
                }
                other => {
                    prefixes.extend(other);
                    self.report(messages::number_too_large(expression.span));
                    expression = self.error_node(expression.span);
                }
            }
        }
        // The message is given: what is checked later says nothing more about it.
        if let Some(not) = prefixes.iter().find(|prefix| matches!(prefix.kind, ItemKind::Not)) {
            let whole = not.span.to(expression.span);
            return self.error_node(whole);
        }
        for prefix in prefixes.into_iter().rev() {
            let span = prefix.span.to(expression.span);
            let argument = Box::new(expression);
            let kind = match prefix.kind {
                ItemKind::Call { function, shape } => ExprKind::Call { function, shape, argument },
                ItemKind::Minus => ExprKind::Negate(argument),
                _ => ExprKind::Not(argument),
            };
            expression = self.node(span, kind);
        }
        expression
    }

    /// An operand, and for a question about rows all that its `where` takes.
    fn operand_with_filter(&mut self, row: &mut Row) -> Expr {
        let Some(item) = row.next_if(|kind| matches!(kind, ItemKind::Operand(_))) else {
            let at = row.end.end_point();
            self.report(messages::missing_value(at, ""));
            return self.error_node(at);
        };
        let ItemKind::Operand(mut expression) = item.kind else { return self.error_node(item.span) };
        let ExprKind::Aggregate(aggregate) = &mut expression.kind else { return expression };
        if row.peek().is_some() {
            return expression;
        }
        let Some((_, filter)) = row.filter.take() else { return expression };
        expression.span = expression.span.to(filter.span);
        row.end = expression.span;
        match aggregate.steps.last_mut() {
            Some(last) => {
                last.span = last.span.to(filter.span);
                last.filter = Some(filter);
            }
            None => aggregate.filter = Some(filter),
        }
        let asks = aggregate.operator;
        if let Some(operator) = row.beside {
            self.report(messages::filter_beside_operator(expression.span, operator, gives_a_value(asks)));
        }
        expression
    }
}

/// Words of other languages for what is missing.
pub(crate) fn is_missing_word(word: &str) -> bool {
    matches!(word, "null" | "nil" | "none" | "unknown" | "blank")
}

/// Whether what is asked of rows is a value and no condition.
pub(super) fn gives_a_value(operator: AggregateOperator) -> bool {
    !matches!(
        operator,
        AggregateOperator::Any | AggregateOperator::No | AggregateOperator::Every | AggregateOperator::Count(..)
    )
}

fn is_comparison(kind: &ItemKind) -> bool {
    matches!(
        kind,
        ItemKind::Compare(_)
            | ItemKind::Is { .. }
            | ItemKind::Text { .. }
            | ItemKind::From
            | ItemKind::IsTest { .. }
            | ItemKind::Includes { .. }
            | ItemKind::Place(_)
            | ItemKind::PlaceMistake { .. }
            | ItemKind::Between { .. }
            | ItemKind::In { .. }
            | ItemKind::Ago { .. }
            | ItemKind::Windows(_)
    )
}

fn is_arithmetic(kind: &ItemKind) -> bool {
    matches!(kind, ItemKind::Plus | ItemKind::Minus | ItemKind::Times | ItemKind::Over)
}

fn joined(terms: &[Expr]) -> Span {
    match (terms.first(), terms.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => Span::new(crate::source::FileId(0), 0, 0),
    }
}

/// The sign of a comparison.
pub(crate) fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::Greater => ">",
        Comparison::AtLeast => ">=",
    }
}

/// The comparison read from the right.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
    }
}

/// The words of a text test.
pub(crate) fn text_words(test: TextTest, negated: bool) -> &'static str {
    match (test, negated) {
        (TextTest::Contains, false) => "contains",
        (TextTest::Contains, true) => "does not contain",
        (TextTest::StartsWith, false) => "starts with",
        (TextTest::StartsWith, true) => "does not start with",
        (TextTest::EndsWith, false) => "ends with",
        (TextTest::EndsWith, true) => "does not end with",
        (TextTest::Matches, false) => "matches",
        (TextTest::Matches, true) => "does not match",
    }
}
