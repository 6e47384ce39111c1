//! From a place in a file to what stands there: down the tree to the innermost name or construct.

use super::target::{Names, Scope, Target};
use super::words::{self, Construct, conditions, declarations, fields, occasions, population, sequences};
use crate::builtins;
use crate::names::{FieldBody, Global, fold};
use crate::program::{CUSTOMERS, TableId, Type};
use crate::source::Span;
use crate::syntax::tree::{
    Aggregate, Choice, Claim, ClaimForm, Day, DayKind, Declaration, DeclarationKind, Expr, ExprKind, Field, FieldKind,
    GivenRow, GivenValue, IsTest, ListSource, Literal, Occasion, PartRule, Partition, Path, Piece, Ranked, Score,
    ScoreWhat, Table, TableKind, TestCase, TestLine, TypeRef, TypeRefKind, ValueSet, Window, WindowKind, Word,
};

/// A node that holds the place, and what can be said there.
#[derive(Debug)]
pub(super) enum Layer<'a> {
    /// Constructs some of whose words stand in the node.
    Words(Vec<&'static Construct>),
    /// A construct whose every word means the same.
    Whole(Span, &'static Construct),
    /// A window, of moments or of days alone.
    Window(&'a Window, bool),
    /// A function, with its words.
    Function(Span, &'static builtins::Declaration),
}

/// Looks for what stands at a byte of a file.
pub(super) struct Locator<'a> {
    names: Names<'a>,
    at: u32,
    /// What holds the place, the innermost last.
    pub(super) layers: Vec<Layer<'a>>,
    /// The name at the place, and what it stands for; `None` where it stands for nothing.
    pub(super) name: Option<(Span, Option<Target>)>,
    /// The hole of a text that holds the place.
    pub(super) hole: Option<Span>,
    /// Whether the place is in something that could not be read.
    pub(super) unread: bool,
}

impl<'a> Locator<'a> {
    /// What stands at a byte of a declaration.
    pub(super) fn locate(names: Names<'a>, declaration: &'a Declaration, at: u32) -> Locator<'a> {
        let mut locator = Locator { names, at, layers: Vec::new(), name: None, hole: None, unread: false };
        locator.declaration(declaration);
        locator
    }

    fn holds(&self, span: Span) -> bool {
        span.start <= self.at && self.at < span.end
    }

    fn words(&mut self, span: Span, constructs: Vec<&'static Construct>) {
        if self.holds(span) && !constructs.is_empty() {
            self.layers.push(Layer::Words(constructs));
        }
    }

    fn whole(&mut self, span: Span, construct: &'static Construct) {
        if self.holds(span) {
            self.layers.push(Layer::Whole(span, construct));
        }
    }

    fn named(&mut self, word: &Word, target: impl FnOnce(&Names<'a>) -> Option<Target>) {
        if self.holds(word.span) {
            self.name = Some((word.span, target(&self.names)));
        }
    }

    fn global(&mut self, word: &Word) {
        self.named(word, |names| names.global(&word.text));
    }

    fn path(&mut self, path: &Path, scope: Scope) -> Vec<Target> {
        let targets = self.names.path(path, scope);
        for (at, word) in path.words.iter().enumerate() {
            self.named(word, |_| targets.get(at).cloned());
        }
        targets
    }

    fn declaration(&mut self, declaration: &'a Declaration) {
        let span = declaration.span;
        match &declaration.kind {
            DeclarationKind::Broken { name } => {
                self.unread = true;
                if let Some(name) = name {
                    self.named(name, |_| None);
                }
            }
            DeclarationKind::Table(table) => self.table(table, span),
            DeclarationKind::Let { name, value } => {
                self.words(span, vec![&declarations::LET]);
                self.global(name);
                self.expression(value, Scope::Constant);
            }
            DeclarationKind::List { name, source } => {
                self.words(span, vec![&declarations::LIST]);
                self.global(name);
                if let ListSource::Values(values) = source {
                    self.all(values, Scope::Constant);
                }
            }
            DeclarationKind::Trait { name, value, .. } => {
                self.words(span, vec![&declarations::TRAIT]);
                self.global(name);
                self.expression(value, Scope::Customer);
            }
            DeclarationKind::Segment { name, of, lines, .. } => {
                self.words(span, vec![&declarations::SEGMENT_OF, &declarations::SEGMENT]);
                self.global(name);
                of.iter().for_each(|table| self.global(table));
                self.all(lines, Scope::Customer);
            }
            DeclarationKind::Partition { name, body, .. } => {
                self.words(span, vec![&declarations::PARTITION, &declarations::PARTITION_BY, &population::AMONG]);
                self.global(name);
                self.partition(name, body);
            }
            DeclarationKind::Content { name, choices, .. } => {
                self.words(span, vec![&declarations::CONTENT]);
                self.global(name);
                for choice in choices {
                    self.choice(choice);
                }
            }
            DeclarationKind::Score { name, value, .. } => {
                self.words(span, vec![&declarations::SCORE, &declarations::SCORE_RANGE]);
                self.global(name);
                self.expression(value, Scope::Customer);
            }
            DeclarationKind::Occasion { name, occasion, .. } => {
                self.words(span, vec![&declarations::OCCASION]);
                self.global(name);
                self.occasion(occasion);
            }
            DeclarationKind::Test(test) => self.test(test, span),
        }
    }

    fn all(&mut self, lines: &'a [Expr], scope: Scope) {
        for line in lines {
            self.expression(line, scope);
        }
    }

    // What data are declared to be.

    fn table(&mut self, table: &'a Table, span: Span) {
        let head = vec![
            words::of_table(table.kind),
            &declarations::BY_COLUMN,
            &declarations::AT_COLUMN,
            &fields::FROM_COLUMN,
            &fields::DATE,
        ];
        self.words(span, head);
        let id = match (table.kind, self.names.index.global(&table.name.text)) {
            (TableKind::Customers, _) => Some(CUSTOMERS),
            (_, Some(Global::Table(id))) => Some(id),
            _ => None,
        };
        self.named(&table.name, |_| id.map(Target::Table));
        let columns = table.by.iter().chain(table.at.iter().map(|at| &at.column));
        for column in columns {
            self.named(&column.name, |names| names.field(id?, &column.name, false));
        }
        self.fields(&table.fields, id);
    }

    fn fields(&mut self, written: &'a [Field], table: Option<TableId>) {
        for field in written {
            self.words(field.span, vec![&fields::KEY, &fields::COMPUTED]);
            self.named(&field.name, |names| names.field(table?, &field.name, false));
            match &field.kind {
                FieldKind::Stored { ty, optional, from, labels } => {
                    let mut behind: Vec<&'static Construct> = Vec::new();
                    behind.extend(from.as_ref().map(|_| &fields::FROM_COLUMN));
                    behind.extend(optional.then_some(&fields::OPTIONAL));
                    behind.push(&fields::BITS);
                    self.words(field.span, behind);
                    let elements = table.and_then(|table| self.elements(table, &field.name));
                    self.kind(ty, elements);
                    // Of an id, the `?` stands before the table it points at.
                    if let (TypeRefKind::Id { .. }, true) = (&ty.kind, self.holds(ty.span)) {
                        self.layers.push(Layer::Words(vec![&fields::OPTIONAL]));
                    }
                    for (label, span) in labels {
                        self.whole(*span, words::of_label(*label));
                    }
                }
                FieldKind::Computed { value } => self.expression(value, table.map_or(Scope::Constant, Scope::Row)),
                FieldKind::Error => self.unread |= self.holds(field.span),
            }
        }
    }

    /// The table of the rows that a field holds.
    fn elements(&self, table: TableId, name: &Word) -> Option<TableId> {
        let field = self.names.index.field(table, &name.text)?;
        match &self.names.index.field_entry(table, field)?.body {
            FieldBody::Stored(stored) => stored.elements,
            _ => None,
        }
    }

    fn kind(&mut self, ty: &'a TypeRef, elements: Option<TableId>) {
        if let Some(construct) = words::of_kind(&ty.kind) {
            self.whole(ty.span, construct);
        }
        match &ty.kind {
            TypeRefKind::Id { table: Some(word) } => self.global(word),
            TypeRefKind::List { of, .. } => {
                // The words `list of` stand before the kind of an entry.
                self.kind(of, elements);
            }
            TypeRefKind::Records(written) => self.fields(written, elements),
            TypeRefKind::Error => self.unread |= self.holds(ty.span),
            _ => {}
        }
    }

    // What is asked of customers.

    fn partition(&mut self, name: &Word, body: &'a Partition) {
        if let Some(by) = &body.by {
            self.ranked(by);
        }
        let id = match self.names.index.global(&name.text) {
            Some(Global::Partition(id)) => Some(id),
            _ => None,
        };
        for part in &body.parts {
            self.named(&part.name, |names| names.part(id?, &part.name));
            match &part.rule {
                PartRule::Otherwise => self.words(part.span, vec![&declarations::PART_OTHERWISE]),
                PartRule::Condition(condition) => self.expression(condition, Scope::Customer),
                PartRule::Ranked { is_next: false, span, .. } => self.whole(*span, &declarations::PART_TOP),
                PartRule::Ranked { is_next: true, span, .. } => self.whole(*span, &declarations::PART_NEXT),
            }
        }
    }

    fn ranked(&mut self, ranked: &'a Ranked) {
        self.expression(&ranked.value, Scope::Customer);
        if let Some(among) = &ranked.among {
            self.global(among);
        }
    }

    fn choice(&mut self, choice: &'a Choice) {
        match &choice.condition {
            Some(condition) => self.expression(condition, Scope::Customer),
            None => self.words(choice.span, vec![&declarations::PART_OTHERWISE]),
        }
        for piece in &choice.text.pieces {
            let Piece::Hole(hole) = piece else { continue };
            if self.holds(hole.span) {
                self.hole = Some(hole.span);
            }
            self.expression(&hole.value, Scope::Customer);
            self.words(hole.span, vec![&declarations::HOLE, &declarations::HOLE_FORM]);
        }
    }

    fn score(&mut self, score: &'a Score) {
        for line in &score.lines {
            let (construct, asked) = match &line.what {
                ScoreWhat::If(condition) => (&declarations::POINTS_IF, condition),
                ScoreWhat::Each(rows) => (&declarations::POINTS_EACH, rows),
            };
            self.words(line.span, vec![construct]);
            self.expression(asked, Scope::Customer);
            if let Some(cap) = &line.cap {
                self.whole(cap.span, &declarations::POINTS_CAP);
            }
        }
    }

    fn occasion(&mut self, occasion: &'a Occasion) {
        for days in &occasion.days {
            if let Some(to) = &days.to {
                self.words(days.span, vec![&occasions::SPAN]);
                self.day(to);
            }
            self.day(&days.from);
        }
    }

    fn day(&mut self, day: &'a Day) {
        if let Some(construct) = words::of_day(&day.kind) {
            self.whole(day.span, construct);
        }
        match &day.kind {
            DayKind::Named(word) => self.global(word),
            DayKind::Anniversary(value) => self.expression(value, Scope::Customer),
            DayKind::Moved { of, .. } | DayKind::Nearest { of, .. } => self.day(of),
            DayKind::Error => self.unread |= self.holds(day.span),
            DayKind::OfYear { .. } | DayKind::Weekday { .. } | DayKind::Easter { .. } | DayKind::Date(_) => {}
        }
    }

    // Tests.

    fn test(&mut self, test: &'a TestCase, span: Span) {
        let head = [&declarations::TEST, &declarations::TEST_AS_OF, &declarations::GIVEN, &declarations::EXPECT];
        self.words(span, head.to_vec());
        if let Some(as_of) = &test.as_of {
            self.expression(as_of, Scope::Constant);
        }
        for line in &test.lines {
            match line {
                TestLine::Rows(rows) => {
                    let table = match fold(&rows.table.text).as_str() {
                        "customer" | "customers" => Some(CUSTOMERS),
                        name => match self.names.index.global(name) {
                            Some(Global::Table(id)) => Some(id),
                            _ => None,
                        },
                    };
                    self.named(&rows.table, |_| table.map(Target::Table));
                    for row in &rows.rows {
                        self.given_row(row, table);
                    }
                }
                TestLine::Fact(claim) | TestLine::Expect(claim) => self.claim(claim),
            }
        }
    }

    fn given_row(&mut self, row: &'a GivenRow, table: Option<TableId>) {
        for field in &row.fields {
            let target = table.and_then(|table| self.names.field(table, &field.name, false));
            self.named(&field.name, |_| target.clone());
            let elements = table.and_then(|table| self.elements(table, &field.name));
            self.given_value(&field.value, target.as_ref(), &field.name, elements);
        }
    }

    fn given_value(&mut self, value: &'a GivenValue, of: Option<&Target>, name: &Word, elements: Option<TableId>) {
        match value {
            GivenValue::Missing(span) => self.whole(*span, &declarations::GIVEN_MISSING),
            GivenValue::Ago(_, span) => self.whole(*span, &declarations::GIVEN_AGO),
            GivenValue::Value(value) => {
                let kind = of.and_then(|target| self.names.kind(target));
                let is_listed = kind.is_some_and(|kind| self.listed(value, &kind, name.text.to_string()));
                if !is_listed {
                    self.expression(value, Scope::Constant);
                }
            }
            GivenValue::List(values, _) => {
                for value in values {
                    self.given_value(value, of, name, elements);
                }
            }
            GivenValue::Row(row) => self.given_row(row, elements),
        }
    }

    fn claim(&mut self, claim: &'a Claim) {
        match (claim.form, &claim.condition.kind) {
            (ClaimForm::Membership, ExprKind::Not(segment)) => {
                self.words(claim.span, vec![&declarations::EXPECT_IN]);
                self.expression(segment, Scope::Customer);
            }
            (ClaimForm::Membership, _) => {
                self.words(claim.span, vec![&declarations::EXPECT_IN]);
                self.expression(&claim.condition, Scope::Customer);
            }
            (ClaimForm::Condition, _) => self.expression(&claim.condition, Scope::Customer),
        }
    }

    // Conditions and values.

    fn expression(&mut self, expr: &'a Expr, scope: Scope) {
        self.own_words(expr, scope);
        match &expr.kind {
            ExprKind::Error => self.unread |= self.holds(expr.span),
            ExprKind::Literal(_) | ExprKind::Moment(_) | ExprKind::InShare(_) => {}
            ExprKind::Name(path) => {
                let targets = self.path(path, scope);
                let first = path.words.first().filter(|_| targets.first() == Some(&Target::Customer));
                if let Some(word) = first {
                    self.whole(word.span, &conditions::OF_CUSTOMER);
                    self.name = self.name.take().filter(|(span, _)| *span != word.span);
                }
            }
            ExprKind::Bracketed(inner) | ExprKind::Negate(inner) | ExprKind::Not(inner) => {
                self.expression(inner, scope)
            }
            ExprKind::Sum(terms) => terms.iter().for_each(|(_, term)| self.expression(term, scope)),
            ExprKind::Product(factors) => factors.iter().for_each(|(_, factor)| self.expression(factor, scope)),
            ExprKind::Otherwise(lines) | ExprKind::And(lines) | ExprKind::Or(lines) => self.all(lines, scope),
            ExprKind::Block { lines, .. } => self.all(lines, scope),
            ExprKind::Call { function, shape, argument } => {
                let words = Span { end: argument.span.start.max(function.span.end), ..function.span };
                if let (true, Some(declaration)) = (self.holds(words), builtins::find(&function.text, *shape)) {
                    self.layers.push(Layer::Function(words, declaration));
                }
                self.expression(argument, scope);
            }
            ExprKind::Rounded { value, .. } => self.expression(value, scope),
            ExprKind::Compare { left, right, .. } | ExprKind::Text { left, right, .. } => {
                self.expression(left, scope);
                self.right(left, right, scope);
            }
            ExprKind::Range { value, from, to } => {
                for part in [value, from, to] {
                    self.expression(part, scope);
                }
            }
            ExprKind::Is { left, test, .. } => {
                self.expression(left, scope);
                match test {
                    IsTest::Value(value) => self.right(left, value, scope),
                    IsTest::OneOf(values) => self.values(left, values, scope),
                    IsTest::Windows(windows) => {
                        let only_days = self.kind_of(left, scope) == Some(Type::Date);
                        self.windows(windows, only_days);
                    }
                    IsTest::Missing | IsTest::Known | IsTest::Empty => {}
                }
            }
            ExprKind::Includes { left, values, .. } => {
                self.expression(left, scope);
                self.values(left, values, scope);
            }
            ExprKind::Point(north, east) => {
                self.expression(north, scope);
                self.expression(east, scope);
            }
            ExprKind::Within { left, of, .. } => {
                self.expression(left, scope);
                self.expression(of, scope);
            }
            ExprKind::InBox { left, corners, .. } => {
                self.expression(left, scope);
                self.all(&**corners, scope);
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, scope),
            ExprKind::Score(score) => self.score(score),
            ExprKind::OverBase(question) => self.ranked(&question.ranked),
        }
    }

    /// The words of a node itself; those of a written value mean the same all along.
    fn own_words(&mut self, expr: &'a Expr, scope: Scope) {
        let mut constructs = words::of_expression(&expr.kind);
        match &expr.kind {
            ExprKind::Literal(Literal::Text(_)) => {}
            ExprKind::Literal(_) => {
                if let Some(construct) = constructs.first() {
                    self.whole(expr.span, construct);
                }
                return;
            }
            ExprKind::Is { left, test: IsTest::Windows(_), .. } => {
                if let (Some(Target::Occasion(_)), Some(first)) = (self.target_of(left, scope), constructs.first_mut())
                {
                    *first = &occasions::OCCASION_IS;
                }
            }
            _ => {}
        }
        let span = match &expr.kind {
            // A `where` and what follows stand behind the question's own words.
            ExprKind::Aggregate(aggregate) => whole_span(expr.span, aggregate),
            _ => expr.span,
        };
        self.words(span, constructs);
    }

    /// The right side of a comparison: also a listed value, a part of a partition, the name of a month.
    fn right(&mut self, left: &'a Expr, right: &'a Expr, scope: Scope) {
        if !self.holds(right.span) {
            return;
        }
        if let (Some(word), Some(Target::Partition(id))) = (bare(right), self.target_of(left, scope)) {
            return self.named(word, |names| names.part(id, word));
        }
        if let (Some(word), ExprKind::Call { function, shape, .. }) = (bare(right), &inside(left).kind)
            && self.names.first(word, scope).is_none()
        {
            let function = builtins::find(&function.text, *shape);
            return self.named(word, |_| function.map(|declaration| Target::Calendar(declaration.function)));
        }
        let owner = match &inside(left).kind {
            ExprKind::Name(path) => path.words.iter().map(|word| word.text.as_ref()).collect::<Vec<_>>().join("."),
            _ => "what stands left".to_owned(),
        };
        let is_listed = self.kind_of(left, scope).is_some_and(|kind| self.listed(right, &kind, owner));
        if !is_listed {
            self.expression(right, scope);
        }
    }

    /// Whether a bare word is one of the listed values of a kind; notes it where it is at the place.
    fn listed(&mut self, value: &Expr, kind: &Type, owner: String) -> bool {
        let (Some(word), Type::OneOf(values)) = (bare(value), element(kind)) else { return false };
        let Some(listed) = values.iter().find(|listed| fold(listed) == fold(&word.text)) else { return false };
        let target = Target::Listed { value: listed.clone(), of: values.clone(), owner };
        self.named(word, |_| Some(target));
        true
    }

    fn values(&mut self, left: &'a Expr, values: &'a ValueSet, scope: Scope) {
        match values {
            ValueSet::Values { values, .. } => values.iter().for_each(|value| self.right(left, value, scope)),
            ValueSet::List(word) => self.global(word),
        }
    }

    fn windows(&mut self, windows: &'a [Window], only_days: bool) {
        for window in windows {
            if self.holds(window.span) {
                self.layers.push(Layer::Window(window, only_days));
            }
            match &window.kind {
                WindowKind::Since(bound) | WindowKind::Before(bound) | WindowKind::After(bound) => {
                    self.expression(bound, Scope::Constant);
                }
                WindowKind::OnDate(bound) => self.expression(bound, Scope::Constant),
                WindowKind::FromTo { from, to } => {
                    self.expression(from, Scope::Constant);
                    self.expression(to, Scope::Constant);
                }
                WindowKind::Near { occasion, .. } | WindowKind::During { occasion } => self.global(occasion),
                WindowKind::InLast { .. }
                | WindowKind::InNext { .. }
                | WindowKind::MoreThanAgo(_)
                | WindowKind::LessThanAgo(_)
                | WindowKind::ExactlyAgo(_)
                | WindowKind::FromToAgo { .. }
                | WindowKind::This(_)
                | WindowKind::Last(_)
                | WindowKind::Fiscal { .. }
                | WindowKind::Today
                | WindowKind::Yesterday
                | WindowKind::OnDays(_)
                | WindowKind::Hours { .. } => {}
            }
        }
    }

    fn aggregate(&mut self, aggregate: &'a Aggregate, scope: Scope) {
        let targets = self.path(&aggregate.source, scope);
        let rows = self.names.rows(&targets);
        let inner = rows.map_or(scope, Scope::Row);
        // A path through a list is about the time of the rows around it.
        let timed = targets.iter().find_map(|target| match target {
            Target::Table(table) => Some(*table),
            _ => None,
        });
        self.windows(&aggregate.windows, timed.is_some_and(|table| self.only_days(table)));
        if let Some(filter) = &aggregate.filter {
            self.expression(filter, inner);
        }
        for step in &aggregate.steps {
            let construct = if step.negated { &sequences::FOLLOWED_BY_NO } else { &sequences::FOLLOWED_BY };
            let mut constructs = vec![construct, &sequences::FOLLOWED_BY, &sequences::WITH_THE_SAME];
            constructs.extend(step.compared.as_ref().map(|(compared, _)| words::of_compared(*compared)));
            constructs.push(&words::rows::WHERE);
            self.words(step.span, constructs);
            let targets = self.path(&step.source, scope);
            let rows = self.names.rows(&targets);
            self.windows(&step.windows, rows.is_some_and(|table| self.only_days(table)));
            if let Some((_, span)) = &step.within {
                self.whole(*span, &sequences::WITHIN);
            }
            for word in step.same.iter().chain(step.compared.iter().map(|(_, word)| word)) {
                self.named(word, |names| names.field(rows?, word, false));
            }
            if let Some(filter) = &step.filter {
                self.expression(filter, rows.map_or(scope, Scope::Row));
            }
        }
    }

    /// Whether the time of a table's rows is a day.
    fn only_days(&self, table: TableId) -> bool {
        let at = self.names.index.table(table).and_then(|entry| entry.at);
        at.and_then(|at| self.names.known.field(table, at)).is_some_and(|field| field.ty == Type::Date)
    }

    /// What a name stands for.
    fn target_of(&self, expr: &Expr, scope: Scope) -> Option<Target> {
        let ExprKind::Name(path) = &inside(expr).kind else { return None };
        let mut targets = self.names.path(path, scope);
        (targets.len() == path.words.len()).then(|| targets.pop()).flatten()
    }

    /// The kind of a value, where it is a name, or a function that gives a day.
    fn kind_of(&self, expr: &Expr, scope: Scope) -> Option<Type> {
        match &inside(expr).kind {
            ExprKind::Call { function, shape, .. } => {
                let declaration = builtins::find(&function.text, *shape)?;
                (declaration.gives == builtins::Gives::Date).then_some(Type::Date)
            }
            ExprKind::Moment(crate::syntax::tree::Moment::Today | crate::syntax::tree::Moment::Yesterday) => {
                Some(Type::Date)
            }
            _ => self.target_of(expr, scope).and_then(|target| self.names.kind(&target)),
        }
    }
}

/// From the question's own words to the end of its last step.
fn whole_span(own: Span, aggregate: &Aggregate) -> Span {
    let filter = aggregate.filter.iter().map(|filter| filter.span);
    let steps = aggregate.steps.iter().map(|step| step.span);
    filter.chain(steps).fold(own, Span::to)
}

/// What stands inside of brackets.
fn inside(expr: &Expr) -> &Expr {
    let mut inner = expr;
    while let ExprKind::Bracketed(next) = &inner.kind {
        inner = next;
    }
    inner
}

/// A word alone.
fn bare(expr: &Expr) -> Option<&Word> {
    match &expr.kind {
        ExprKind::Name(Path { words, .. }) => match words.as_slice() {
            [word] => Some(word),
            _ => None,
        },
        _ => None,
    }
}

/// The kind of a list's entries; of anything else its own.
fn element(kind: &Type) -> &Type {
    match kind {
        Type::List(of) => of,
        other => other,
    }
}
