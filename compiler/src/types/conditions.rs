//! Conditions: comparisons, `is`, tests on text and lists, and what joins them.

use super::fit::Side;
use super::scope::{Found, Scope};
use super::values::{constant, fixed_length, inside, literal, made, to_text};
use super::{Checker, messages};
use crate::program::{Aggregate, Expr, ExprKind, PartitionId, Rows, Type};
use crate::source::Span;
use crate::syntax::tree::{
    self, AggregateOperator, BlockKind, Comparison, ExprKind as Tree, IsTest, Literal, Quantifier, TableKind, TextTest,
    ValueSet,
};
use crate::values::Value;

/// The left side of `is`.
enum Subject {
    Value(Expr),
    Partition(PartitionId),
    Records(Rows),
    /// An occasion, by its place.
    Occasion(usize),
}

impl<'tree> Checker<'tree> {
    /// Checks something that must be yes or no.
    pub(crate) fn condition(&mut self, written: &'tree tree::Expr, scope: Scope) -> Option<Expr> {
        if let Tree::Name(path) = &inside(written).kind
            && let [word] = path.words.as_slice()
            && scope.row.is_none()
            && let Some(crate::names::Global::Table(id)) = self.index.global(&word.text)
            && self.index.field(crate::program::CUSTOMERS, &word.text).is_none()
            && self.index.table(id).is_some_and(|table| matches!(table.kind, TableKind::Events | TableKind::Records))
        {
            return self.refuse(messages::rows_as_condition(word, path.span));
        }
        let value = self.value(written, scope)?;
        if value.ty == Type::Boolean {
            return Some(value);
        }
        if let Tree::Aggregate(aggregate) = &inside(written).kind
            && let Some(window) = aggregate.windows.first()
            && matches!(value.ty, Type::Date | Type::Datetime)
        {
            let text = self.written(window.span).to_owned();
            return self.refuse(messages::window_read_two_ways(written.span, window.span, &text));
        }
        let text = self.written(written.span).to_owned();
        self.refuse(messages::not_a_condition(written.span, &value.ty, &text))
    }

    /// A condition that stands alone on a line or behind `where`, so `or` can be added to it without brackets.
    pub(crate) fn line(&mut self, written: &'tree tree::Expr, scope: Scope) -> Option<Expr> {
        let before = self.line_span.replace(written.span);
        let checked = self.condition(written, scope);
        self.line_span = before;
        checked
    }

    /// Lines joined in one way; the missing values that one of them speaks of are settled for the others.
    pub(crate) fn lines(&mut self, lines: &'tree [tree::Expr], scope: Scope, alone: bool) -> Option<Vec<Expr>> {
        self.with_settled(lines, |checker| {
            let mut checked = Vec::with_capacity(lines.len());
            let mut failed = false;
            for line in lines {
                match if alone { checker.line(line, scope) } else { checker.condition(line, scope) } {
                    Some(line) => checked.push(line),
                    None => failed = true,
                }
            }
            (!failed).then_some(checked)
        })
    }

    /// Does something while the missing values that one of the lines speaks of count as settled.
    fn with_settled<T>(&mut self, lines: &[tree::Expr], work: impl FnOnce(&mut Self) -> T) -> T {
        let mut settled = Vec::new();
        for line in lines {
            self.speaks_of(line, &mut settled);
        }
        for text in &settled {
            *self.settled.entry(text.clone()).or_default() += 1;
        }
        let done = work(self);
        for text in &settled {
            if let Some(count) = self.settled.get_mut(text) {
                *count -= 1;
            }
        }
        done
    }

    /// The values of which a line asks whether they are missing.
    fn speaks_of(&self, line: &tree::Expr, settled: &mut Vec<String>) {
        if let Tree::Is { left, test: IsTest::Missing | IsTest::Known, .. } = &inside(line).kind {
            settled.push(self.plain(left.span));
        }
    }

    /// The text of a span without brackets and doubled blanks, in small letters.
    fn plain(&self, span: Span) -> String {
        let text =
            self.written(span).trim_matches(|letter: char| letter == '(' || letter == ')' || letter.is_whitespace());
        text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
    }

    pub(crate) fn all_of(&mut self, lines: &'tree [tree::Expr], span: Span, scope: Scope) -> Option<Expr> {
        let lines = self.lines(lines, scope, false)?;
        Some(joined(lines, ExprKind::And, span))
    }

    pub(crate) fn any_of(&mut self, lines: &'tree [tree::Expr], span: Span, scope: Scope) -> Option<Expr> {
        let lines = self.lines(lines, scope, false)?;
        Some(joined(lines, ExprKind::Or, span))
    }

    pub(crate) fn block(
        &mut self,
        kind: BlockKind,
        lines: &'tree [tree::Expr],
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        let count = lines.len();
        if count == 0 {
            return self.refuse(messages::no_lines(span));
        }
        let checked = match kind {
            BlockKind::None => self.denying(|checker| checker.lines(lines, scope, true))?,
            _ => self.lines(lines, scope, true)?,
        };
        if kind == BlockKind::None {
            // A line that is unknown makes the whole unknown, as a `not` before it would.
            self.with_settled(lines, |checker| {
                for (line, lowered) in lines.iter().zip(&checked) {
                    checker.denied_leaves_out(line, lowered, Some(line.span));
                }
            });
        }
        let lines = checked;
        if let BlockKind::AtLeast(wanted) = kind {
            if wanted == 0 {
                self.report(messages::at_least_none(span));
            } else if wanted as usize > count {
                self.report(messages::at_least_too_many(span, wanted, count));
            }
        }
        Some(match kind {
            BlockKind::All => joined(lines, ExprKind::And, span),
            BlockKind::Any => joined(lines, ExprKind::Or, span),
            BlockKind::None => {
                let any = joined(lines, ExprKind::Or, span);
                not(any, span)
            }
            BlockKind::AtLeast(wanted) => {
                let missing = lines.iter().any(|line| line.may_be_missing);
                made(ExprKind::AtLeastOf(wanted, lines), Type::Boolean, missing, span)
            }
        })
    }

    /// `a < b`
    #[expect(clippy::too_many_arguments, reason = "the parts of one written comparison")]
    pub(crate) fn compare(
        &mut self,
        left: &'tree tree::Expr,
        operator: Comparison,
        operator_span: Span,
        right: &'tree tree::Expr,
        ignoring_case: bool,
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        let Some(left_value) = self.value(left, scope) else {
            // The right side may hold a mistake of its own; what cannot be told without the left side is not told.
            if literal(right).is_none() {
                self.operand(right, None, scope);
            }
            return None;
        };
        if ignoring_case {
            return self.refuse(messages::order_ignoring_case(span));
        }
        if let Some(problem) = messages::no_order(left.span, &left_value.ty, operator_span) {
            return self.refuse(problem);
        }
        let right_value = self.held_against(&left_value, left, right, scope)?;
        let (left_side, right_side) =
            (Side { written: left, value: left_value }, Side { written: right, value: right_value });
        let (left_value, right_value) = self.fit_compared(left_side, right_side, operator)?;
        if let Some(problem) = messages::no_order(right.span, &right_value.ty, operator_span) {
            return self.refuse(problem);
        }
        let order = |left: i64, right: i64| match operator {
            Comparison::Less => left < right,
            Comparison::AtMost => left <= right,
            Comparison::Greater => left > right,
            Comparison::AtLeast => left >= right,
        };
        self.tell_of_groups(&left_value, &right_value, span, Some(&order));
        self.tell_of_groups(&right_value, &left_value, span, Some(&|right, left| order(left, right)));
        Some(comparison(operator, left_value, right_value, span))
    }

    /// Brings both sides to one type; a time against a date gets the window that was probably meant.
    fn fit_compared(&mut self, left: Side<'tree>, right: Side<'tree>, operator: Comparison) -> Option<(Expr, Expr)> {
        if left.value.ty == Type::Datetime && right.value.ty == Type::Date {
            let left_text = self.written(left.written.span).to_owned();
            let right_text = self.written(right.written.span).to_owned();
            let written = matches!(right.value.kind, ExprKind::Constant(_) | ExprKind::Day(_));
            return self.refuse(messages::time_against_date(
                left.written.span,
                right.written.span,
                &left_text,
                &right_text,
                written.then_some(operator),
            ));
        }
        self.fit(left, right)
    }

    /// The right side of a comparison, read in the light of the left one.
    fn held_against(
        &mut self,
        left: &Expr,
        left_written: &'tree tree::Expr,
        right: &'tree tree::Expr,
        scope: Scope,
    ) -> Option<Expr> {
        if let Some(named) = self.calendar_name(left, right, scope) {
            return named;
        }
        if let Some(Literal::Duration(amount)) = literal(right)
            && fixed_length(*amount).is_none()
            && matches!(left.ty, Type::Duration | Type::Integer)
        {
            let function = Checker::since_call(left_written).filter(|_| left.ty == Type::Duration);
            let counted = match &left.kind {
                ExprKind::Call(
                    crate::builtins::Function::UnitsSince(unit) | crate::builtins::Function::UnitsUntil(unit),
                    _,
                ) => Some(*unit),
                _ => None,
            };
            if left.ty == Type::Integer {
                return self.refuse(messages::count_against_duration(right.span, *amount, counted, left.span));
            }
            // `time since joined > 3 months` as `months since joined > 3`.
            let counted = function.map(|(word, _)| {
                let rest = Span { start: word.span.end, end: right.span.start, ..word.span };
                let unit = messages::unit_name(amount.unit);
                (word.span, format!("{unit}s{}{}", self.written(rest), amount.count))
            });
            return self.refuse(messages::months_against_duration(right.span, *amount, counted));
        }
        self.operand(right, Some(&left.ty), scope)
    }

    /// `x from A to B`
    pub(crate) fn range(
        &mut self,
        value: &'tree tree::Expr,
        from: &'tree tree::Expr,
        to: &'tree tree::Expr,
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        let left = self.value(value, scope)?;
        self.between(value, left, from, to, span, scope)
    }

    /// A checked value from one written value to another.
    pub(crate) fn between(
        &mut self,
        value: &'tree tree::Expr,
        left: Expr,
        from: &'tree tree::Expr,
        to: &'tree tree::Expr,
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        let clock = matches!(literal(from), Some(Literal::Clock(_)));
        let day = |end: &tree::Expr| {
            matches!(literal(end), Some(Literal::Date(_))) || matches!(inside(end).kind, Tree::Moment(_))
        };
        if left.ty == Type::Date && clock {
            return self.refuse(messages::hours_of_a_day(from.span.to(to.span)));
        }
        if left.ty == Type::Datetime && (clock || day(from)) {
            return self.refuse(messages::range_is_a_window(value.span, from.span));
        }
        if let Some(problem) = messages::no_range(value.span, &left.ty) {
            return self.refuse(problem);
        }
        let low = self.held_against(&left, value, from, scope);
        let high = self.held_against(&left, value, to, scope);
        let (low, high) = (low?, high?);
        let half_open = left.ty == Type::Datetime;
        let sides = vec![
            Side { written: value, value: left },
            Side { written: from, value: low },
            Side { written: to, value: high },
        ];
        let mut values = self.same_type(sides)?.into_iter();
        let (left, low, high) = (values.next()?, values.next()?, values.next()?);
        if ends_first(&low, &high) {
            self.report(messages::range_ends_first(from.span.to(to.span)));
        }
        let end = if half_open { Comparison::Less } else { Comparison::AtMost };
        let from_span = value.span.to(from.span);
        let above = comparison(Comparison::AtLeast, left.clone(), low, from_span);
        let below = comparison(end, left, high, span);
        Some(joined(vec![above, below], ExprKind::And, span))
    }

    /// The left side of `is`: also partitions and lists of records.
    fn subject(&mut self, left: &'tree tree::Expr, scope: Scope) -> Option<Subject> {
        let Tree::Name(path) = &inside(left).kind else { return Some(Subject::Value(self.value(left, scope)?)) };
        match self.resolve(path, scope)? {
            Found::Partition(id) => Some(Subject::Partition(id)),
            Found::Records { row, table, lists, .. } => Some(Subject::Records(Rows::ListOf { row, table, lists })),
            Found::Value(value) => Some(Subject::Value(Expr { span: left.span, ..value })),
            Found::Occasion(at) => Some(Subject::Occasion(at)),
            Found::Content => {
                let last = path.words.last()?;
                self.refuse(messages::content_as_value(path.span, &last.text))
            }
            Found::List => {
                let last = path.words.last()?;
                self.refuse(messages::list_as_value(last))
            }
            Found::Table(id) => self.table_as_value(id, path),
        }
    }

    /// `purchases in the last 30 days`: nothing is asked of them. `None` where it is something else.
    fn rows_in_a_window(&mut self, left: &'tree tree::Expr, test: &IsTest) -> Option<crate::diagnostics::Diagnostic> {
        let (Tree::Name(path), IsTest::Windows(windows)) = (&inside(left).kind, test) else { return None };
        let [word] = path.words.as_slice() else { return None };
        let Some(crate::names::Global::Table(id)) = self.index.global(&word.text) else { return None };
        let first = windows.first()?;
        let is_asked = self.says_is(Span { file: left.span.file, start: left.span.end, end: first.span.start });
        let has_time = self.index.table(id).is_some_and(|table| table.at.is_some());
        (has_time && !is_asked).then(|| messages::rows_in_a_window(left.span, &word.text))
    }

    /// `x is ...`
    pub(crate) fn is(
        &mut self,
        written: &'tree tree::Expr,
        left: &'tree tree::Expr,
        negated: bool,
        test: &'tree IsTest,
        ignoring_case: bool,
        scope: Scope,
    ) -> Option<Expr> {
        let span = written.span;
        // `customer is in big_spenders`
        if let (Tree::Name(path), IsTest::OneOf(ValueSet::List(list))) = (&inside(left).kind, test)
            && let [word] = path.words.as_slice()
            && word.text.eq_ignore_ascii_case("customer")
            && let Some(crate::names::Global::Segment(_)) = self.index.global(&list.text)
        {
            return self.refuse(messages::customer_in_a_segment(span, &list.text, negated, scope.row.is_some()));
        }
        if let Some(message) = self.rows_in_a_window(left, test) {
            return self.refuse(message);
        }
        let subject = self.subject(left, scope)?;
        if let IsTest::Value(right) = test
            && let Some(word) = super::values::bare_word(right)
            && let (Subject::Value(Expr { ty: Type::Id(Some(_)), .. }), Some(crate::names::Global::Other(_))) =
                (&subject, self.index.global(&word.text))
        {
            return self.refuse(messages::in_for_is(word, left.span));
        }
        if let IsTest::Value(right) = test
            && let Some(word) = super::values::bare_word(right)
            && self.means_missing(&subject, word, scope)
        {
            let gap = Span { file: left.span.file, start: left.span.end, end: right.span.end };
            let is = self.word_is(gap).to(right.span);
            let text = self.written(is).split_whitespace().collect::<Vec<_>>().join(" ");
            return self.refuse(messages::is_null(is, &text, if negated { "is known" } else { "is missing" }));
        }
        let value = match subject {
            Subject::Partition(id) => return self.is_part(id, left.span, negated, test, span),
            Subject::Records(rows) => {
                if !matches!(test, IsTest::Empty) {
                    return self.refuse(messages::records_are_no_value(left.span));
                }
                let any = Aggregate {
                    operator: AggregateOperator::Any,
                    rows,
                    windows: Vec::new(),
                    occasions: Vec::new(),
                    filter: None,
                    value: None,
                    rows_span: left.span,
                };
                let any = made(ExprKind::Aggregate(Box::new(any)), Type::Boolean, false, span);
                return Some(if negated { any } else { not(any, span) });
            }
            Subject::Occasion(at) => {
                let IsTest::Windows(windows) = test else {
                    let name = self.written(left.span).to_owned();
                    return self.refuse(messages::occasion_without_window(span, &name));
                };
                let occurs = self.occurs((at, left.span), windows, span, scope)?;
                return Some(if negated { not(occurs, span) } else { occurs });
            }
            Subject::Value(value) => value,
        };
        if ignoring_case && !matches!(test, IsTest::Value(_) | IsTest::OneOf(_)) {
            return self.refuse(messages::ignoring_case_of_nothing(span));
        }
        let lowered = match test {
            IsTest::Missing | IsTest::Known => {
                if !value.may_be_missing {
                    let missing = matches!(test, IsTest::Missing) != negated;
                    let text = self.written(left.span).to_owned();
                    self.report(messages::never_missing(span, &text, missing));
                }
                let known = made(ExprKind::IsKnown(Box::new(value)), Type::Boolean, false, span);
                if matches!(test, IsTest::Missing) { not(known, span) } else { known }
            }
            IsTest::Empty => match value.ty {
                Type::List(_) => made(ExprKind::IsEmpty(Box::new(value)), Type::Boolean, false, span),
                _ => {
                    let kind = messages::kind(&value.ty);
                    return self.refuse(messages::empty_of_no_list(left.span, span, &kind, value.ty == Type::Text));
                }
            },
            IsTest::Windows(windows) => self.is_in_windows(value, left, windows, span, scope)?,
            IsTest::Value(right) => self.is_value(value, left, right, ignoring_case, span, scope)?,
            IsTest::OneOf(set) => self.is_one_of(value, left, set, ignoring_case, negated, span, scope)?,
        };
        if negated && matches!(test, IsTest::Value(_) | IsTest::OneOf(_)) {
            self.leaves_out_missing(written, left, &lowered);
        }
        Some(if negated { not(lowered, span) } else { lowered })
    }

    /// Whether `null` and its like stand for what is missing here, and not for a value of that name.
    fn means_missing(&self, subject: &Subject, word: &tree::Word, scope: Scope) -> bool {
        let lower = word.text.to_lowercase();
        if !crate::syntax::is_missing_word(&lower) || lower == "unknown" {
            return false;
        }
        match subject {
            Subject::Partition(id) => self.part_of(*id, word).is_none(),
            Subject::Value(Expr { ty: Type::OneOf(listed), .. }) => {
                !listed.iter().any(|value| value.to_lowercase() == lower) && !self.names_something(word, scope)
            }
            Subject::Value(_) => !self.names_something(word, scope),
            Subject::Records(_) | Subject::Occasion(_) => true,
        }
    }

    /// Where the word `is` stands within a stretch; its start where it does not.
    fn word_is(&self, gap: Span) -> Span {
        let text = self.written(gap);
        let lead = text.len() - text.trim_start().len();
        let start = gap.start + u32::try_from(lead).unwrap_or(0);
        Span { start, end: gap.end, ..gap }
    }

    fn is_value(
        &mut self,
        value: Expr,
        left: &'tree tree::Expr,
        right: &'tree tree::Expr,
        ignoring_case: bool,
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        if matches!(value.ty, Type::List(_)) {
            let gap = Span { file: left.span.file, start: left.span.end, end: right.span.start };
            return self.refuse(messages::list_is(left.span, gap));
        }
        if let Tree::Name(path) = &inside(right).kind
            && let [word] = path.words.as_slice()
            && let Some(crate::names::Global::List(_)) = self.index.global(&word.text)
            && !matches!(&value.ty, Type::OneOf(listed) if listed.contains(&word.text))
        {
            return self.refuse(messages::is_list(right.span, &word.text));
        }
        let right_value = self.held_against(&value, left, right, scope)?;
        let value = match literal(right) {
            Some(Literal::Text(text)) if ignoring_case => self.listed_ignoring_case(value, text, right.span)?,
            _ => value,
        };
        if value.ty == Type::Datetime && right_value.ty == Type::Date {
            let left_text = self.written(left.span).to_owned();
            let right_text = self.written(right.span).to_owned();
            return self.refuse(messages::time_is_date(left.span, right.span, &left_text, &right_text));
        }
        let sides = (Side { written: left, value }, Side { written: right, value: right_value });
        let (left_value, right_value) = self.fit(sides.0, sides.1)?;
        let (left_value, right_value) = self.folded(left_value, right_value, ignoring_case, span)?;
        self.tell_of_groups(&left_value, &right_value, span, None);
        let missing = left_value.may_be_missing || right_value.may_be_missing;
        let kind = ExprKind::Equal { left: Box::new(left_value), right: Box::new(right_value), ignoring_case };
        Some(made(kind, Type::Boolean, missing, span))
    }

    /// A listed value as text, where a text in other capitals is one of those listed.
    fn listed_ignoring_case(&mut self, value: Expr, text: &str, span: Span) -> Option<Expr> {
        let Type::OneOf(listed) = &value.ty else { return Some(value) };
        let folded = crate::values::text::fold(text);
        if listed.iter().any(|one| crate::values::text::fold(one) == folded) {
            return Some(to_text(value));
        }
        let close = self.closest(text, listed.iter().cloned());
        self.refuse(messages::value_not_listed(text, span, listed, &close))
    }

    /// Both sides as text, where capitals are to be ignored.
    fn folded(&mut self, left: Expr, right: Expr, ignoring_case: bool, span: Span) -> Option<(Expr, Expr)> {
        if !ignoring_case {
            return Some((left, right));
        }
        match left.ty {
            Type::Text | Type::OneOf(_) | Type::Id(_) => Some((to_text(left), to_text(right))),
            _ => self.refuse(messages::ignoring_case_of_nothing(span)),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one written test")]
    fn is_one_of(
        &mut self,
        value: Expr,
        left: &'tree tree::Expr,
        set: &'tree ValueSet,
        ignoring_case: bool,
        negated: bool,
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        if matches!(value.ty, Type::List(_)) {
            return self.refuse(messages::list_is_one_of(left.span, span));
        }
        if ignoring_case && !matches!(value.ty, Type::Text | Type::OneOf(_) | Type::Id(_)) {
            return self.refuse(messages::ignoring_case_of_nothing(span));
        }
        if let ValueSet::List(word) = set
            && let Some(found) = self.in_other_segment(&value, word)
        {
            let found = found?;
            return Some(Expr { span, ..found });
        }
        let mut value = value;
        if let (true, ValueSet::Values { values, .. }) = (ignoring_case, set)
            && values.iter().all(|value| matches!(literal(value), Some(Literal::Text(_))))
        {
            for written in values {
                if let Some(Literal::Text(text)) = literal(written) {
                    self.listed_ignoring_case(value.clone(), text, written.span)?;
                }
            }
            if matches!(value.ty, Type::OneOf(_)) {
                value = to_text(value);
            }
        }
        let checked = self.value_set(&value, left, set, scope)?;
        if checked.constants.is_empty() && checked.others.is_empty() {
            self.report(messages::one_of_nothing(span, negated));
        }
        let mut subject = value;
        if ignoring_case || checked.as_text {
            subject = to_text(subject);
        }
        let missing = subject.may_be_missing;
        let is_in = |values: Vec<Value>, subject: Expr| {
            let kind = ExprKind::IsOneOf { value: Box::new(subject), values: values.into(), ignoring_case };
            made(kind, Type::Boolean, missing, span)
        };
        if checked.others.is_empty() {
            return Some(is_in(checked.constants, subject));
        }
        // Names of values among them: each is compared by itself.
        let mut lines = Vec::new();
        if !checked.constants.is_empty() {
            lines.push(is_in(checked.constants, subject.clone()));
        }
        for (written, other) in checked.others {
            let sides = (Side { written: left, value: subject.clone() }, Side { written, value: other });
            let (one, other) = self.fit(sides.0, sides.1)?;
            let missing = one.may_be_missing || other.may_be_missing;
            let kind = ExprKind::Equal { left: Box::new(one), right: Box::new(other), ignoring_case };
            lines.push(made(kind, Type::Boolean, missing, span));
        }
        Some(joined(lines, ExprKind::Or, span))
    }

    /// Says where a negated test silently leaves out the customers of whom nothing is known (rule 6).
    pub(crate) fn leaves_out_missing(&mut self, written: &tree::Expr, left: &tree::Expr, lowered: &Expr) {
        // What is denied twice asks for the value itself, and nobody expects those in of whom it is missing.
        if self.denied || !self.is_left_out(left, lowered) {
            return;
        }
        let text = self.written(left.span).to_owned();
        let alone = self.line_span == Some(written.span);
        self.report(messages::missing_left_out(written.span, &text, alone, self.unknown));
    }

    /// The same of a test that stands inside of what is denied: a line of `none of`, or one of several in `not (a or b)`.
    /// `line` is the place of a test that stands alone.
    pub(crate) fn denied_leaves_out(&mut self, written: &tree::Expr, lowered: &Expr, line: Option<Span>) {
        if self.denied {
            return;
        }
        match (&inside(written).kind, &lowered.kind) {
            (
                Tree::Is { left, negated: false, test: IsTest::Value(_) | IsTest::OneOf(_), .. }
                | Tree::Text { left, negated: false, .. },
                _,
            ) if self.is_left_out(left, lowered) => {
                let text = self.written(left.span).to_owned();
                let alone = line == Some(written.span);
                self.report(messages::missing_left_out_of_denied(written.span, &text, alone, self.unknown));
            }
            (Tree::Or(terms), ExprKind::Or(parts)) if terms.len() == parts.len() => {
                self.with_settled(terms, |checker| {
                    for (term, part) in terms.iter().zip(parts) {
                        checker.denied_leaves_out(term, part, line);
                    }
                });
            }
            _ => {}
        }
    }

    /// Checks what `not` or `none of` denies.
    pub(crate) fn denying<T>(&mut self, check: impl FnOnce(&mut Self) -> T) -> T {
        self.denied = !self.denied;
        let checked = check(self);
        self.denied = !self.denied;
        checked
    }

    /// Whether a test is unknown where its left side is missing, and no other line speaks of that.
    fn is_left_out(&self, left: &tree::Expr, lowered: &Expr) -> bool {
        let subject = match &lowered.kind {
            ExprKind::Equal { left, .. } => left,
            // Nothing to choose from is never unknown (rule 11).
            ExprKind::IsOneOf { values, .. } if values.is_empty() => return false,
            ExprKind::IsOneOf { value, .. } => value,
            ExprKind::Text { subject, .. } => subject,
            _ => return false,
        };
        self.often_missing(subject) && self.settled.get(&self.plain(left.span)).is_none_or(|count| *count == 0)
    }

    /// `x contains "y"` and its like.
    #[expect(clippy::too_many_arguments, reason = "the parts of one written test")]
    pub(crate) fn text_test(
        &mut self,
        written: &'tree tree::Expr,
        left: &'tree tree::Expr,
        test: TextTest,
        negated: bool,
        right: &'tree tree::Expr,
        ignoring_case: bool,
        scope: Scope,
    ) -> Option<Expr> {
        let span = written.span;
        let subject = self.value(left, scope);
        let pattern = self.operand(right, Some(&Type::Text), scope);
        let (subject, pattern) = (subject?, pattern?);
        let subject = match subject.ty {
            Type::Text | Type::OneOf(_) | Type::Id(_) | Type::Timezone => to_text(subject),
            Type::List(_) if test == TextTest::Contains => {
                let gap = Span { file: span.file, start: left.span.end, end: right.span.start };
                return self.refuse(messages::list_contains(left.span, gap, negated));
            }
            _ => {
                let kind = messages::kind(&subject.ty);
                return self.refuse(messages::text_test_of_no_text(left.span, &kind));
            }
        };
        let pattern = match pattern.ty {
            Type::Text | Type::OneOf(_) | Type::Id(_) | Type::Timezone => to_text(pattern),
            _ => {
                let text = self.written(right.span).to_owned();
                return self.refuse(messages::number_as_text(right.span, &text, "text"));
            }
        };
        if test == TextTest::Matches {
            let ExprKind::Constant(Value::Text(text)) = &pattern.kind else {
                return self.refuse(messages::pattern_not_written(right.span));
            };
            if let Err(error) = crate::values::text::compile(text, ignoring_case) {
                return self.refuse(messages::bad_pattern(right.span, &error));
            }
        }
        let missing = subject.may_be_missing || pattern.may_be_missing;
        let kind = ExprKind::Text { test, subject: Box::new(subject), pattern: Box::new(pattern), ignoring_case };
        let lowered = made(kind, Type::Boolean, missing, span);
        if negated {
            self.leaves_out_missing(written, left, &lowered);
        }
        Some(if negated { not(lowered, span) } else { lowered })
    }

    /// `interests includes any of "a", "b"`
    pub(crate) fn includes(
        &mut self,
        left: &'tree tree::Expr,
        quantifier: Quantifier,
        values: &'tree ValueSet,
        ignoring_case: bool,
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        let list = match self.subject(left, scope)? {
            Subject::Value(value) => value,
            Subject::Occasion(_) => {
                let name = self.written(left.span).to_owned();
                return self.refuse(messages::occasion_as_value(left.span, &name));
            }
            Subject::Records(_) | Subject::Partition(_) => {
                return self.refuse(messages::records_are_no_value(left.span));
            }
        };
        let Type::List(element) = list.ty.clone() else {
            let kind = messages::kind(&list.ty);
            return self.refuse(messages::includes_of_no_list(left.span, span, &kind));
        };
        if ignoring_case && !matches!(*element, Type::Text | Type::OneOf(_)) {
            return self.refuse(messages::ignoring_case_of_nothing(span));
        }
        let one = made(ExprKind::IsEmpty(Box::new(list.clone())), (*element).clone(), true, left.span);
        let checked = self.value_set(&one, left, values, scope)?;
        if checked.constants.is_empty() && checked.others.is_empty() {
            self.report(messages::one_of_nothing(span, quantifier == Quantifier::None));
        }
        let values_span = match values {
            ValueSet::Values { span, .. } => *span,
            ValueSet::List(word) => word.span,
        };
        let mut wanted: Vec<Expr> =
            checked.constants.into_iter().map(|value| constant(value, (*element).clone(), values_span)).collect();
        for (written, other) in checked.others {
            let sides = (Side { written: left, value: one.clone() }, Side { written, value: other });
            let (_, other) = self.fit(sides.0, sides.1)?;
            wanted.push(other);
        }
        let missing = wanted.iter().any(|value| value.may_be_missing);
        let kind = ExprKind::Includes { list: Box::new(list), quantifier, values: wanted, ignoring_case };
        Some(made(kind, Type::Boolean, missing, span))
    }
}

/// Whether both ends are written, and the second lies below the first.
fn ends_first(low: &Expr, high: &Expr) -> bool {
    let worked_out = (super::constants::work_out(low), super::constants::work_out(high));
    match worked_out {
        (Some(Value::Integer(low)), Some(Value::Integer(high))) => high < low,
        (Some(Value::Number(low)), Some(Value::Number(high))) => high < low,
        (Some(Value::Money(low)), Some(Value::Money(high))) => high < low,
        (Some(Value::Duration(low)), Some(Value::Duration(high))) => high < low,
        (Some(Value::Date(low)), Some(Value::Date(high))) => high < low,
        _ => false,
    }
}

/// `not x`
pub(crate) fn not(value: Expr, span: Span) -> Expr {
    let missing = value.may_be_missing;
    made(ExprKind::Not(Box::new(value)), Type::Boolean, missing, span)
}

/// `a < b` of one type.
pub(crate) fn comparison(operator: Comparison, left: Expr, right: Expr, span: Span) -> Expr {
    let missing = left.may_be_missing || right.may_be_missing;
    made(ExprKind::Compare(operator, Box::new(left), Box::new(right)), Type::Boolean, missing, span)
}

/// Lines joined by and / or; one line is itself.
pub(crate) fn joined(mut lines: Vec<Expr>, join: impl Fn(Vec<Expr>) -> ExprKind, span: Span) -> Expr {
    if lines.len() == 1
        && let Some(only) = lines.pop()
    {
        return only;
    }
    let missing = lines.iter().any(|line| line.may_be_missing);
    made(join(lines), Type::Boolean, missing, span)
}
