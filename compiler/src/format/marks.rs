//! What the tree knows about the pieces of a declaration's text: which words are names and keep their capitals, which
//! stretches are one written value, which words mean nothing, where fields start and their kinds end.

use crate::source::{SourceFile, Span};
use crate::syntax::tree::{
    AggregateOperator, AskedOfBase, Day, DayKind, Declaration, DeclarationKind, Expr, ExprKind, Field, FieldKind,
    GivenRow, GivenValue, IsTest, ListSource, Literal, PartRule, Path, Ranked, Score, ScoreWhat, TestCase, TestLine,
    TypeRef, TypeRefKind, ValueSet, Window, WindowKind,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Marks by where what they mark starts, in bytes of the file.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Words that keep their capitals.
    pub(super) names: FxHashSet<u32>,
    /// Written values of several pieces: their end and their text.
    pub(super) literals: FxHashMap<u32, (u32, String)>,
    /// Aggregates' words: an `of` that ends here means nothing.
    pub(super) idle_of: FxHashSet<u32>,
    /// Signs before a value, as in `-x`.
    pub(super) signs: FxHashSet<u32>,
    /// Where fields start.
    pub(super) fields: FxHashSet<u32>,
    /// Where the rows of a table start in a test.
    pub(super) lines: FxHashSet<u32>,
    /// Colons that stand right behind a name.
    pub(super) colons: FxHashSet<u32>,
    /// Currencies of types, written in capitals.
    pub(super) currencies: FxHashSet<u32>,
}

/// The marks of a declaration.
pub(super) fn marks(declaration: &Declaration, source: &SourceFile) -> Marks {
    let mut walk = Walk { marks: Marks::default(), source, waiting: Vec::new() };
    walk.declaration(&declaration.kind);
    while let Some(expression) = walk.waiting.pop() {
        walk.expression(expression);
    }
    walk.marks
}

struct Walk<'t> {
    marks: Marks,
    source: &'t SourceFile,
    waiting: Vec<&'t Expr>,
}

impl<'t> Walk<'t> {
    fn name(&mut self, span: Span) {
        self.marks.names.insert(span.start);
    }

    fn declaration(&mut self, kind: &'t DeclarationKind) {
        match kind {
            DeclarationKind::Table(table) => {
                if table.kind != crate::syntax::tree::TableKind::Customers {
                    self.name(table.name.span);
                }
                let columns = table.by.iter().chain(table.at.iter().map(|at| &at.column));
                columns.for_each(|column| self.name(column.name.span));
                self.fields(&table.fields);
            }
            DeclarationKind::Let { name, value }
            | DeclarationKind::Trait { name, value, .. }
            | DeclarationKind::Score { name, value, .. } => {
                self.name(name.span);
                self.waiting.push(value);
            }
            DeclarationKind::List { name, source } => {
                self.name(name.span);
                if let ListSource::Values(values) = source {
                    self.waiting.extend(values);
                }
            }
            DeclarationKind::Segment { name, of, lines, .. } => {
                self.name(name.span);
                of.iter().for_each(|table| self.name(table.span));
                self.waiting.extend(lines);
            }
            DeclarationKind::Partition { name, body, .. } => {
                self.name(name.span);
                if let Some(by) = &body.by {
                    self.ranked(by);
                }
                for part in &body.parts {
                    self.marks.fields.insert(part.span.start);
                    self.name(part.name.span);
                    match &part.rule {
                        PartRule::Condition(condition) => self.waiting.push(condition),
                        PartRule::Ranked { extent, .. } => self.literal(&extent.value, extent.span),
                        PartRule::Otherwise => {}
                    }
                }
            }
            DeclarationKind::Content { name, choices, .. } => {
                self.name(name.span);
                for choice in choices {
                    self.marks.fields.insert(choice.span.start);
                    self.waiting.extend(&choice.condition);
                }
            }
            DeclarationKind::Occasion { name, occasion, .. } => {
                self.name(name.span);
                occasion.days.iter().flat_map(|days| std::iter::once(&days.from).chain(&days.to)).for_each(|day| {
                    self.day(day);
                });
            }
            DeclarationKind::Test(test) => self.test_case(test),
            DeclarationKind::Broken { .. } => {}
        }
    }

    fn test_case(&mut self, test: &'t TestCase) {
        self.waiting.extend(&test.as_of);
        for line in &test.lines {
            match line {
                TestLine::Rows(given) => {
                    if !given.table.text.eq_ignore_ascii_case("customer") {
                        self.name(given.table.span);
                    }
                    self.marks.lines.insert(given.span.start);
                    given.rows.iter().for_each(|row| self.given_row(row));
                }
                TestLine::Fact(claim) | TestLine::Expect(claim) => self.waiting.push(&claim.condition),
            }
        }
    }

    fn given_row(&mut self, row: &'t GivenRow) {
        for field in &row.fields {
            self.marks.fields.insert(field.span.start);
            self.marks.colons.insert(self.colon_behind(field.name.span));
            self.name(field.name.span);
            self.given_value(&field.value);
        }
    }

    /// Where the first colon behind a name stands.
    fn colon_behind(&self, name: Span) -> u32 {
        let behind = self.source.text.get(name.end as usize..).unwrap_or("");
        name.end + behind.find(':').map_or(0, |at| u32::try_from(at).unwrap_or(0))
    }

    fn given_value(&mut self, value: &'t GivenValue) {
        match value {
            GivenValue::Missing(_) | GivenValue::Ago(..) => {}
            GivenValue::Value(value) => self.waiting.push(value),
            GivenValue::List(items, _) => items.iter().for_each(|item| self.given_value(item)),
            GivenValue::Row(row) => self.given_row(row),
        }
    }

    fn fields(&mut self, fields: &'t [Field]) {
        for field in fields {
            self.marks.fields.insert(field.span.start);
            self.name(field.name.span);
            match &field.kind {
                FieldKind::Stored { ty, .. } => self.ty(ty),
                FieldKind::Computed { value } => self.waiting.push(value),
                FieldKind::Error => {}
            }
        }
    }

    fn ty(&mut self, ty: &'t TypeRef) {
        match &ty.kind {
            TypeRefKind::Named(word) => self.name(word.span),
            TypeRefKind::Money(Some(currency)) => {
                self.marks.currencies.insert(currency.span.start);
            }
            TypeRefKind::OneOf(values) => values.iter().for_each(|value| self.name(value.span)),
            TypeRefKind::Id { table: Some(table) } => self.name(table.span),
            TypeRefKind::List { of, .. } => self.ty(of),
            TypeRefKind::Records(fields) => self.fields(fields),
            _ => {}
        }
    }

    fn path(&mut self, path: &Path) {
        for (at, word) in path.words.iter().enumerate() {
            if at > 0 || word.text.as_ref() != "customer" {
                self.name(word.span);
            }
        }
    }

    fn expression(&mut self, expression: &'t Expr) {
        match &expression.kind {
            ExprKind::Error | ExprKind::Moment(_) => {}
            ExprKind::Literal(literal) => self.literal(literal, expression.span),
            ExprKind::Name(path) => self.path(path),
            ExprKind::Bracketed(inner) | ExprKind::Not(inner) => self.waiting.push(inner),
            ExprKind::Negate(inner) => {
                self.marks.signs.insert(expression.span.start);
                self.waiting.push(inner);
            }
            ExprKind::Sum(terms) => self.waiting.extend(terms.iter().map(|(_, term)| term)),
            ExprKind::Product(factors) => self.waiting.extend(factors.iter().map(|(_, factor)| factor)),
            ExprKind::Otherwise(terms) | ExprKind::And(terms) | ExprKind::Or(terms) => self.waiting.extend(terms),
            ExprKind::Call { argument, .. } => self.waiting.push(argument),
            ExprKind::Rounded { value, .. } => self.waiting.push(value),
            ExprKind::Compare { left, right, .. } | ExprKind::Text { left, right, .. } => {
                self.waiting.extend([left.as_ref(), right.as_ref()]);
            }
            ExprKind::Range { value, from, to } => {
                self.waiting.extend([value.as_ref(), from.as_ref(), to.as_ref()]);
            }
            ExprKind::Is { left, test, .. } => {
                self.waiting.push(left);
                match test {
                    IsTest::Value(value) => self.waiting.push(value),
                    IsTest::OneOf(values) => self.values(values),
                    IsTest::Windows(windows) => self.windows(windows),
                    IsTest::Missing | IsTest::Known | IsTest::Empty => {}
                }
            }
            ExprKind::Point(latitude, longitude) => self.waiting.extend([latitude.as_ref(), longitude.as_ref()]),
            ExprKind::Within { left, reach_span, of, .. } => {
                let written = self.source.slice(*reach_span);
                let number = number_of(written);
                let unit = written.get(number.len()..).unwrap_or("").trim().to_lowercase();
                self.marks.literals.insert(reach_span.start, (reach_span.end, format!("{number} {unit}")));
                self.waiting.extend([left.as_ref(), of.as_ref()]);
            }
            ExprKind::InBox { left, box_span, corners } => {
                self.marks.literals.insert(box_span.start, (box_span.end, "the box".to_owned()));
                self.waiting.push(left);
                self.waiting.extend(corners.iter());
            }
            ExprKind::Includes { left, values, .. } => {
                self.waiting.push(left);
                self.values(values);
            }
            ExprKind::Block { lines, .. } => self.waiting.extend(lines),
            ExprKind::Score(score) => self.score(score),
            ExprKind::OverBase(question) => {
                match &question.asked {
                    AskedOfBase::Percentile { rank, span } => self.literal(rank, *span),
                    AskedOfBase::Foremost { extent, .. } => self.literal(&extent.value, extent.span),
                    _ => {}
                }
                self.ranked(&question.ranked);
            }
            ExprKind::InShare(share) => {
                for (literal, span) in [&share.from, &share.to] {
                    self.literal(literal, *span);
                }
            }
            ExprKind::Aggregate(aggregate) => {
                self.path(&aggregate.source);
                self.windows(&aggregate.windows);
                self.waiting.extend(&aggregate.filter);
                for step in &aggregate.steps {
                    self.path(&step.source);
                    self.windows(&step.windows);
                    step.same.iter().for_each(|field| self.name(field.span));
                    step.compared.iter().for_each(|(_, field)| self.name(field.span));
                    self.waiting.extend(&step.filter);
                }
                let idle = matches!(
                    aggregate.operator,
                    AggregateOperator::Smallest
                        | AggregateOperator::Largest
                        | AggregateOperator::First
                        | AggregateOperator::Latest
                        | AggregateOperator::MostFrequent
                );
                if idle {
                    self.marks.idle_of.insert(aggregate.operator_span.end);
                }
            }
        }
    }

    fn ranked(&mut self, ranked: &'t Ranked) {
        self.waiting.push(&ranked.value);
        if let Some(among) = &ranked.among {
            self.name(among.span);
        }
    }

    fn score(&mut self, score: &'t Score) {
        let caps = score.lines.iter().filter_map(|line| line.cap.as_ref()).map(|cap| &cap.points);
        let ends = score.range.iter().flat_map(|(low, high)| [low, high]);
        for points in score.lines.iter().map(|line| &line.points).chain(caps).chain(ends) {
            if self.source.slice(points.span).starts_with(['+', '-']) {
                self.marks.signs.insert(points.span.start);
            }
        }
        for line in &score.lines {
            match &line.what {
                ScoreWhat::If(asked) | ScoreWhat::Each(asked) => self.waiting.push(asked),
            }
        }
    }

    fn values(&mut self, values: &'t ValueSet) {
        match values {
            ValueSet::Values { values, .. } => self.waiting.extend(values),
            ValueSet::List(name) => self.name(name.span),
        }
    }

    fn day(&mut self, day: &'t Day) {
        let mut day = day;
        loop {
            match &day.kind {
                DayKind::Moved { of, .. } | DayKind::Nearest { of, .. } => day = of,
                DayKind::Named(word) => return self.name(word.span),
                DayKind::Date(date) => return self.literal(&Literal::Date(*date), day.span),
                DayKind::Anniversary(of) => return self.waiting.push(of),
                _ => return,
            }
        }
    }

    fn windows(&mut self, windows: &'t [Window]) {
        for window in windows {
            match &window.kind {
                WindowKind::Since(bound)
                | WindowKind::Before(bound)
                | WindowKind::After(bound)
                | WindowKind::OnDate(bound) => self.waiting.push(bound),
                WindowKind::Near { occasion, .. } | WindowKind::During { occasion } => self.name(occasion.span),
                WindowKind::FromTo { from, to } => self.waiting.extend([from.as_ref(), to.as_ref()]),
                _ => {}
            }
        }
    }

    fn literal(&mut self, literal: &Literal, span: Span) {
        let written = self.source.slice(span);
        let text = match literal {
            Literal::Text(_) | Literal::Boolean(_) => return,
            Literal::Money { currency, .. } => format!("{} {}", number_of(written), currency.text),
            Literal::Percent(_) => format!("{}%", number_of(written)),
            Literal::Duration(amount) => crate::syntax::amount_text(*amount),
            Literal::Datetime(_) => written.to_uppercase().split_whitespace().collect::<Vec<_>>().join(" "),
            _ => written.to_owned(),
        };
        self.marks.literals.insert(span.start, (span.end, text));
    }
}

fn number_of(written: &str) -> &str {
    let length = written.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    written.get(..length).unwrap_or(written)
}
