//! Questions about many rows: which rows, which value, what comes out.

use super::conditions::{comparison, not};
use super::occasions::Windows;
use super::scope::{Found, Scope};
use super::sequences::joined;
use super::values::{constant, made, to_number};
use super::{Checker, MOST_STEPS, messages};
use crate::names::{Global, fold};
use crate::program::{Aggregate, CUSTOMERS, Expr, ExprKind, FieldId, Row, Rows, TableId, Type};
use crate::source::Span;
use crate::syntax::tree::{
    self, AggregateOperator as Operator, Comparison, CountTest, Different, Gap, TableKind, Word,
};
use crate::values::Value;
use std::sync::Arc;

/// Where a path behind an aggregate's words leads.
pub(crate) struct Source {
    pub(crate) rows: Rows,
    /// The table of the rows; `None` for the elements of a plain list.
    pub(crate) table: Option<TableId>,
    /// The value of a row, where the path goes on to one.
    pub(crate) value: Option<Expr>,
    /// Whether the rows have a time: only a date, or an instant.
    pub(crate) time: Option<bool>,
}

impl<'tree> Checker<'tree> {
    /// `any purchases in the last 30 days where ...` and its like.
    pub(crate) fn aggregate(
        &mut self,
        whole: &'tree tree::Expr,
        written: &'tree tree::Aggregate,
        scope: Scope,
    ) -> Option<Expr> {
        // `number of orders from 1 to 2` ends in a range of numbers, which reads like a window.
        if let [before @ .., last] = written.windows.as_slice()
            && let tree::WindowKind::FromTo { from, to } = &last.kind
            && is_quantity(from)
            && is_quantity(to)
            && written.filter.is_none()
            && written.steps.is_empty()
        {
            let span = match before.last() {
                Some(window) => written.operator_span.to(window.span),
                None => written.operator_span.to(written.source.span),
            };
            let asked = self.asked(written, before, span, scope)?;
            return self.between(whole, asked, from, to, whole.span, scope);
        }
        self.asked(written, &written.windows, whole.span, scope)
    }

    fn asked(
        &mut self,
        written: &'tree tree::Aggregate,
        windows: &'tree [tree::Window],
        span: Span,
        scope: Scope,
    ) -> Option<Expr> {
        let source = self.source(written, scope)?;
        let windows = self.aggregate_windows(written, windows, &source, scope);
        let filter = self.filter(written, &source, scope);
        let steps = self.steps_of(written, &source, scope);
        let value = self.aggregate_value(written, &source, span);
        let (windows, filter, value) = (windows?, joined(filter?, steps?), value?);
        if matches!(written.operator, Operator::First | Operator::Latest) && source.time.is_none() {
            let text = self.written(written.source.span).to_owned();
            return self.refuse(messages::no_first_without_time(written.operator_span.to(written.source.span), &text));
        }
        if matches!(source.rows, Rows::Elements(_)) {
            return self.about_elements(written, source.rows, value, span);
        }
        let rows_span = Span { start: written.source.span.start, ..span };
        let aggregate = Aggregate {
            operator: written.operator,
            rows: source.rows,
            windows: windows.plain,
            occasions: windows.occasions,
            filter,
            value,
            rows_span,
        };
        self.lowered(written, aggregate, span)
    }

    /// The windows of an aggregate; the outer `None` is a mistake that was told.
    fn aggregate_windows(
        &mut self,
        written: &'tree tree::Aggregate,
        windows: &'tree [tree::Window],
        source: &Source,
        scope: Scope,
    ) -> Option<Windows> {
        let Some(first) = windows.first() else { return Some(Windows::default()) };
        match source.time {
            Some(only_date) => self.windows(windows, only_date, scope),
            None => {
                let text = self.written(written.source.span).to_owned();
                let dates = source.table.map(|table| self.date_fields(table)).unwrap_or_default();
                self.refuse(messages::rows_without_time(first.span, &text, &dates))
            }
        }
    }

    /// Names of a table's fields that hold a day or an instant.
    fn date_fields(&self, table: TableId) -> Vec<std::sync::Arc<str>> {
        let states = self.fields.get(table.0 as usize);
        let done = states.into_iter().flatten().filter_map(|state| state.done());
        done.filter(|field| matches!(field.field.ty, Type::Date | Type::Datetime))
            .map(|field| Arc::clone(&field.field.name))
            .collect()
    }

    fn filter(&mut self, written: &'tree tree::Aggregate, source: &Source, scope: Scope) -> Option<Option<Expr>> {
        let Some(condition) = &written.filter else {
            if written.operator == Operator::Every && written.steps.is_empty() {
                let text = self.written(written.source.span).to_owned();
                return self.refuse(messages::every_without_where(written.operator_span, &text));
            }
            return Some(None);
        };
        match source.table {
            Some(table) => self.row_condition(condition, scope.row(table)).map(Some),
            None => self.refuse(messages::where_of_a_list(condition.span)),
        }
    }

    /// The condition of a `where`, in which nothing that the lines around it settle is known.
    pub(crate) fn row_condition(&mut self, condition: &'tree tree::Expr, scope: Scope) -> Option<Expr> {
        let settled = std::mem::take(&mut self.settled);
        let denied = std::mem::take(&mut self.denied);
        let checked = self.line(condition, scope);
        (self.settled, self.denied) = (settled, denied);
        checked
    }

    /// The value asked about, where the operator wants one.
    fn aggregate_value(
        &mut self,
        written: &'tree tree::Aggregate,
        source: &Source,
        span: Span,
    ) -> Option<Option<Expr>> {
        let operator = counting(written);
        let text = self.written(written.source.span).to_owned();
        if let Some(Different::Units(unit)) = written.different {
            return self.stretch_of_row(written, source, unit).map(Some);
        }
        if matches!(source.rows, Rows::Elements(_)) {
            return Some(None);
        }
        let wants_value = !matches!(
            operator,
            Operator::Any | Operator::No | Operator::Every | Operator::Count(..) | Operator::Number | Operator::Gap(_)
        );
        let value = match (&source.value, wants_value) {
            (None, false) if matches!(operator, Operator::Gap(_)) => {
                let (Rows::Of(_), Some(_)) = (&source.rows, source.time) else {
                    return self.refuse(messages::no_gap_without_time(written.source.span, &text));
                };
                return Some(Some(made(ExprKind::Gap, Type::Duration, true, written.operator_span)));
            }
            (None, false) => return Some(None),
            // A path through a list goes on to its entries (rule 11), and those can be counted.
            (Some(value), false) if matches!(value.ty, Type::List(_)) => match operator {
                Operator::Number | Operator::Count(..) => return Some(Some(value.clone())),
                _ => {
                    let last = written.source.words.last()?;
                    return self.refuse(messages::list_of_rows(operator, written.operator_span, last, &text, span));
                }
            },
            (Some(_), false) => {
                let last = written.source.words.last()?;
                let asked = self.written(written.operator_span).to_owned();
                let place = (written.operator_span, asked.as_str());
                return self.refuse(messages::rows_not_field(operator, place, last, &text, span));
            }
            (None, true) => {
                let fields = source.table.map(|table| self.fields_for(operator, table)).unwrap_or_default();
                return self.refuse(messages::which_field(written.operator_span, written.source.span, &text, &fields));
            }
            (Some(value), true) => value.clone(),
        };
        self.value_for(operator, value, written).map(Some)
    }

    /// Fields of a table that an aggregate can be asked of, likely ones first.
    fn fields_for(&self, operator: Operator, table: TableId) -> Vec<std::sync::Arc<str>> {
        let (by, at) = self.index.table(table).map_or((None, None), |entry| (entry.by, entry.at));
        let by_time = matches!(operator, Operator::First | Operator::Latest);
        let mut fields = Vec::new();
        for (id, state) in self.fields.get(table.0 as usize).into_iter().flatten().enumerate() {
            let Some(field) = state.done().map(|done| &done.field) else { continue };
            let id = FieldId(u32::try_from(id).unwrap_or(u32::MAX));
            let fits = match operator {
                Operator::Sum | Operator::Average => {
                    matches!(field.ty, Type::Integer | Type::Number | Type::Money(_) | Type::Percent | Type::Duration)
                }
                Operator::Smallest | Operator::Largest => has_order(&field.ty),
                _ => !matches!(field.ty, Type::List(_) | Type::Records(_)),
            };
            if !fits || by == Some(id) || at == Some(id) && !by_time {
                continue;
            }
            match at == Some(id) {
                true => fields.insert(0, Arc::clone(&field.name)),
                false => fields.push(Arc::clone(&field.name)),
            }
        }
        fields
    }

    /// The value in the form the operator works on.
    fn value_for(&mut self, operator: Operator, value: Expr, written: &tree::Aggregate) -> Option<Expr> {
        let text = self.written(written.source.span).to_owned();
        let ty = asked_about(&value.ty);
        let fits = match operator {
            Operator::Sum | Operator::Average => match ty {
                Type::Integer | Type::Number | Type::Money(_) | Type::Duration => true,
                // A share is added as a number, and the entries of a list cannot be made numbers one by one.
                Type::Percent => value.ty == Type::Percent,
                _ => false,
            },
            Operator::Smallest | Operator::Largest => has_order(ty),
            _ => !matches!(ty, Type::List(_) | Type::Records(_)),
        };
        if !fits {
            let kind = messages::kind(ty);
            return self.refuse(messages::operator_does_not_fit(
                operator,
                written.operator_span,
                written.source.span,
                &text,
                &kind,
            ));
        }
        let as_number = matches!(operator, Operator::Sum | Operator::Average) && value.ty == Type::Percent;
        Some(if as_number { to_number(value) } else { value })
    }

    /// Finds the rows and the value that a path names.
    fn source(&mut self, written: &'tree tree::Aggregate, scope: Scope) -> Option<Source> {
        let path = &written.source;
        let first = path.words.first()?;
        if path.words.len() > MOST_STEPS {
            return self.refuse(messages::too_many_steps(path.span, MOST_STEPS));
        }
        let customers_field = self.index.field(CUSTOMERS, &first.text).is_some();
        if scope.row.is_none() && scope.customer && !customers_field {
            match self.index.global(&first.text) {
                Some(Global::Table(table)) => return self.table_source(table, first, path),
                Some(Global::Broken) => return None,
                Some(Global::Other(_)) => {
                    let text = first.text.to_string();
                    return self.refuse(messages::aggregate_of_no_rows(written, path.span, &text, "a segment"));
                }
                Some(_) => {}
                None => {
                    if fold(&first.text) != "customer" {
                        return self.unknown_rows(first, written);
                    }
                }
            }
        }
        if let Some(table) = scope.row
            && self.index.field(table, &first.text).is_none()
        {
            // Only the row's own lists can be asked about here.
            if let Some(Global::Table(_)) = self.index.global(&first.text) {
                if table == CUSTOMERS {
                    return self.refuse(messages::trait_in_a_field(first));
                }
                return self.refuse(messages::other_rows_in_row(first, scope.customer));
            }
            if fold(&first.text) == "customer" && scope.customer {
                return self.refuse(messages::customers_list_in_row(path.span));
            }
        }
        if scope.row.is_none() && !scope.customer {
            return self.refuse(messages::not_constant(path.span));
        }
        self.list_source(written, scope)
    }

    /// Rows of events or records, perhaps through their lists, perhaps with a value at the end.
    pub(crate) fn table_source(&mut self, table: TableId, first: &Word, path: &tree::Path) -> Option<Source> {
        self.customers_needed(first.span);
        let entry = self.index.table(table)?;
        if !matches!(entry.kind, TableKind::Events | TableKind::Records) {
            let customers = entry.kind == TableKind::Customers;
            if customers && self.index.about.is_some() {
                return self.refuse(messages::rows_of_subject(first));
            }
            return self.refuse(messages::rows_of_no_customer(first, customers));
        }
        self.rows_belong(table, first)?;
        let entry = self.index.table(table)?;
        let time = match entry.at {
            Some(at) => match self.field_state(table, at)?.done() {
                Some(field) => Some(field.field.ty == Type::Date),
                None => return None,
            },
            None if entry.kind == TableKind::Events => return None,
            None => None,
        };
        let mut lists: Vec<FieldId> = Vec::new();
        let (rows_table, value) = self.below(table, &mut lists, first, path.words.iter().skip(1))?;
        let rows = if lists.is_empty() { Rows::Of(table) } else { Rows::Flattened { table, lists } };
        Some(Source { rows, table: Some(rows_table), value, time })
    }

    /// Follows words from the rows of a table down: through their lists of records, which are added to `lists`, to the
    /// innermost rows, and where the words go on, to a value of those. `before` is the word that the table stands at.
    fn below<'word>(
        &mut self,
        table: TableId,
        lists: &mut Vec<FieldId>,
        before: &'word Word,
        mut words: impl Iterator<Item = &'word Word>,
    ) -> Option<(TableId, Option<Expr>)> {
        let (mut rows, mut value, mut before) = (table, None, before);
        for word in words.by_ref() {
            let Some(field) = self.index.field(rows, &word.text) else { return self.unknown_field(word, rows) };
            let found = self.field_value(Row::Current, rows, field, word.span)?;
            before = word;
            match found.ty {
                Type::Records(elements) => {
                    lists.push(field);
                    rows = elements;
                }
                _ => {
                    value = Some(found);
                    break;
                }
            }
        }
        for word in words {
            value = Some(self.lookup(value?, before, word)?);
            before = word;
        }
        Some((rows, value))
    }

    /// A list of the customer or of the row.
    fn list_source(&mut self, written: &'tree tree::Aggregate, scope: Scope) -> Option<Source> {
        let path = &written.source;
        let last = path.words.last()?;
        // The longest front of the path that is a list of records; what is left is a value of its elements.
        let first_only =
            tree::Path { words: path.words.iter().take(1).cloned().collect(), span: path.words.first()?.span };
        let skipped = if fold(&path.words.first()?.text) == "customer" { 2 } else { 1 };
        let front = tree::Path { words: path.words.iter().take(skipped).cloned().collect(), span: first_only.span };
        match self.resolve(&front, scope)? {
            Found::Records { row, table, mut lists, elements } => {
                let (elements, value) = self.below(elements, &mut lists, last, path.words.iter().skip(skipped))?;
                Some(Source { rows: Rows::ListOf { row, table, lists }, table: Some(elements), value, time: None })
            }
            Found::Value(_) => match self.resolve(path, scope)? {
                Found::Value(value) => {
                    if !matches!(value.ty, Type::List(_)) {
                        let text = self.written(path.span).to_owned();
                        let kind = messages::kind(&value.ty);
                        return self.refuse(messages::aggregate_of_no_rows(written, path.span, &text, &kind));
                    }
                    let value = Expr { span: path.span, ..value };
                    Some(Source { rows: Rows::Elements(Box::new(value)), table: None, value: None, time: None })
                }
                _ => None,
            },
            Found::Table(_) if skipped == 2 => {
                let first = path.words.first()?;
                let rows = path.words.get(1)?;
                self.refuse(messages::rows_behind_customer(first, rows))
            }
            Found::Content => {
                let text = self.written(path.span).to_owned();
                self.refuse(messages::aggregate_of_no_rows(written, path.span, &text, "a content"))
            }
            Found::Occasion(_) => {
                let text = self.written(path.span).to_owned();
                self.refuse(messages::aggregate_of_no_rows(written, path.span, &text, "an occasion"))
            }
            Found::Table(_) | Found::List => {
                let text = self.written(path.span).to_owned();
                self.refuse(messages::aggregate_of_no_rows(written, path.span, &text, "a list of written values"))
            }
            Found::Partition(_) => {
                let text = self.written(path.span).to_owned();
                self.refuse(messages::aggregate_of_no_rows(written, path.span, &text, "a partition"))
            }
        }
    }

    /// The events and records that have a field of this name, each with whether it can be summed.
    fn owners(&self, word: &Word) -> Vec<(Arc<str>, bool)> {
        let ids = (0..self.index.tables.len()).filter_map(|at| u32::try_from(at).ok().map(TableId));
        let mut owners = Vec::new();
        for id in ids {
            let Some(table) = self.index.table(id) else { continue };
            let askable = matches!(table.kind, TableKind::Events | TableKind::Records) && table.parent.is_none();
            let Some(field) = self.index.field(id, &word.text).filter(|_| askable) else { continue };
            let done = self.field_state(id, field).and_then(super::State::done);
            let summed = done.is_some_and(|done| {
                matches!(done.field.ty, Type::Integer | Type::Number | Type::Money(_) | Type::Duration | Type::Percent)
            });
            owners.push((Arc::clone(&table.name), summed));
        }
        owners
    }

    fn unknown_rows<T>(&mut self, word: &Word, written: &tree::Aggregate) -> Option<T> {
        if word.text.eq_ignore_ascii_case("customers") {
            self.customers_needed(word.span);
            return None;
        }
        let mut names = self.index.table_names(|table| matches!(table.kind, TableKind::Events | TableKind::Records));
        let customers = self.fields.first().into_iter().flatten().filter_map(|state| state.done());
        names.extend(
            customers
                .filter(|field| matches!(field.field.ty, Type::List(_) | Type::Records(_)))
                .map(|field| Arc::clone(&field.field.name)),
        );
        // `average of price`: a field of rows, without them.
        let owners = self.owners(word);
        if !owners.is_empty() {
            let rows: Vec<Arc<str>> = owners.iter().map(|(rows, _)| Arc::clone(rows)).collect();
            let alone = written.source.words.len() == 1;
            let offered = match written.operator {
                Operator::Any | Operator::No | Operator::Every | Operator::Count(..) | Operator::Number if alone => {
                    rows.clone()
                }
                Operator::Any | Operator::No | Operator::Every | Operator::Count(..) | Operator::Number => Vec::new(),
                operator => {
                    let sums = alone && matches!(operator, Operator::Sum | Operator::Average);
                    let fits = owners.iter().filter(|(_, summed)| *summed || !sums);
                    fits.map(|(rows, _)| Arc::from(format!("{rows}.{}", word.text))).collect()
                }
            };
            return self.refuse(messages::rows_of_a_field(word, &rows, &offered));
        }
        let close = self.closest(&word.text, names.iter().cloned());
        self.refuse(messages::unknown_rows(word, &names, &close))
    }

    /// Questions about the elements of a plain list.
    fn about_elements(
        &mut self,
        written: &tree::Aggregate,
        rows: Rows,
        value: Option<Expr>,
        span: Span,
    ) -> Option<Expr> {
        let Rows::Elements(list) = &rows else { return None };
        let Type::List(element) = list.ty.clone() else { return None };
        let text = self.written(written.source.span).to_owned();
        let kind = messages::kind(&element);
        let fits = match written.operator {
            Operator::Number | Operator::Different | Operator::Count(..) => true,
            Operator::Sum | Operator::Average => {
                matches!(*element, Type::Integer | Type::Number | Type::Money(_) | Type::Duration)
            }
            Operator::Smallest | Operator::Largest => has_order(&element),
            Operator::Any | Operator::No => {
                return self.refuse(messages::any_of_a_list(span, &text, written.operator == Operator::Any));
            }
            _ => false,
        };
        if !fits {
            let places = (written.operator_span, written.source.span);
            return self.refuse(messages::operator_does_not_fit(written.operator, places.0, places.1, &text, &kind));
        }
        let rows_span = written.source.span;
        let aggregate = Aggregate {
            operator: written.operator,
            rows,
            windows: Vec::new(),
            occasions: Vec::new(),
            filter: None,
            value,
            rows_span,
        };
        self.lowered_as(written, aggregate, span, Some(*element))
    }

    fn lowered(&mut self, written: &tree::Aggregate, aggregate: Aggregate, span: Span) -> Option<Expr> {
        let ty = aggregate.value.as_ref().map(|value| asked_about(&value.ty).clone());
        self.lowered_as(written, aggregate, span, ty)
    }

    /// The aggregate in the few forms that the checked program knows.
    fn lowered_as(
        &mut self,
        written: &tree::Aggregate,
        aggregate: Aggregate,
        span: Span,
        value: Option<Type>,
    ) -> Option<Expr> {
        let asked = |operator: Operator, ty: Type, missing: bool, aggregate: Aggregate| {
            made(ExprKind::Aggregate(Box::new(Aggregate { operator, ..aggregate })), ty, missing, span)
        };
        Some(match written.operator {
            Operator::Any | Operator::Every => asked(written.operator, Type::Boolean, false, aggregate),
            Operator::No => not(asked(Operator::Any, Type::Boolean, false, aggregate), span),
            Operator::Count(test, wanted) => {
                let Ok(wanted) = i64::try_from(wanted) else {
                    return self.refuse(messages::count_too_large(written.operator_span));
                };
                if let Some(always) = messages::count_is_always(test, wanted, written.operator_span) {
                    self.report(always);
                }
                let counts = if written.different.is_some() { Operator::Different } else { Operator::Number };
                let counted = asked(counts, Type::Integer, false, aggregate);
                let against = constant(Value::Integer(wanted), Type::Integer, written.operator_span);
                match test {
                    CountTest::AtLeast => comparison(Comparison::AtLeast, counted, against, span),
                    CountTest::AtMost => comparison(Comparison::AtMost, counted, against, span),
                    CountTest::MoreThan => comparison(Comparison::Greater, counted, against, span),
                    CountTest::FewerThan => comparison(Comparison::Less, counted, against, span),
                    CountTest::Exactly => {
                        let kind =
                            ExprKind::Equal { left: Box::new(counted), right: Box::new(against), ignoring_case: false };
                        made(kind, Type::Boolean, false, span)
                    }
                }
            }
            Operator::Number | Operator::Different => asked(written.operator, Type::Integer, false, aggregate),
            Operator::Average => {
                let ty = match value? {
                    Type::Integer => Type::Number,
                    other => other,
                };
                asked(Operator::Average, ty, true, aggregate)
            }
            Operator::Gap(gap) => {
                let operator = match gap {
                    Gap::Longest => Operator::Largest,
                    Gap::Shortest => Operator::Smallest,
                    Gap::Average => Operator::Average,
                };
                asked(operator, Type::Duration, true, aggregate)
            }
            Operator::Sum
            | Operator::Smallest
            | Operator::Largest
            | Operator::First
            | Operator::Latest
            | Operator::MostFrequent => asked(written.operator, value?, true, aggregate),
        })
    }
}

/// What counts are worked out from: rows, or different values of them.
fn counting(written: &tree::Aggregate) -> Operator {
    match written.operator {
        Operator::Count(..) if written.different.is_some() => Operator::Different,
        operator => operator,
    }
}

/// What is asked about where a path leads to values of a type: the entries of a list, else the values themselves.
fn asked_about(ty: &Type) -> &Type {
    if let Type::List(element) = ty { element } else { ty }
}

/// Whether values of the type have a smallest and a largest.
fn has_order(ty: &Type) -> bool {
    match ty {
        Type::Integer
        | Type::Number
        | Type::Money(_)
        | Type::Percent
        | Type::Text
        | Type::Date
        | Type::Datetime
        | Type::Duration
        | Type::Id(_) => true,
        Type::Boolean | Type::OneOf(_) | Type::Timezone | Type::Location | Type::List(_) | Type::Records(_) => false,
    }
}

/// Whether a written value is a number, money or the like: nothing a window could end at.
pub(crate) fn is_quantity(written: &tree::Expr) -> bool {
    match &super::values::inside(written).kind {
        tree::ExprKind::Negate(_) => true,
        tree::ExprKind::Literal(literal) => matches!(
            literal,
            tree::Literal::Integer(_)
                | tree::Literal::Number(_)
                | tree::Literal::Money { .. }
                | tree::Literal::Percent(_)
                | tree::Literal::Duration(_)
        ),
        _ => false,
    }
}
