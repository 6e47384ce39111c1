//! Sequences: events that must come after an event (rule 5).
//!
//! A step is a condition on the row before it, so a question about rows with steps is one whose `where` asks for one thing
//! more. Each step's own `where` holds the next step.

use super::aggregates::Source;
use super::fit::alike;
use super::occasions::Windows;
use super::scope::Scope;
use super::values::{made, to_text};
use super::{Checker, messages};
use crate::names::{Global, fold};
use crate::program::{Expr, ExprKind, Followed, Row, Rows, TableId, Type};
use crate::source::Span;
use crate::syntax::tree::{self, Amount, Compared, Step, TableKind, Unit, Word};
use std::sync::Arc;

/// A step whose own words were checked.
struct Checked {
    rows: TableId,
    only_date: bool,
    windows: Windows,
    filter: Option<Expr>,
    same: Vec<(Expr, Expr)>,
    compared: Option<(Compared, Expr, Expr)>,
}

impl<'tree> Checker<'tree> {
    /// The condition that steps put on the rows of a question; the inner `None` where there are no steps, the outer one where
    /// a mistake was told.
    pub(crate) fn steps_of(
        &mut self,
        written: &'tree tree::Aggregate,
        source: &Source,
        scope: Scope,
    ) -> Option<Option<Expr>> {
        let Some(first) = written.steps.first() else { return Some(None) };
        let (Rows::Of(first_rows), Some(only_date)) = (&source.rows, source.time) else {
            let text = self.written(written.source.span).to_owned();
            let inner = matches!(source.rows, Rows::Flattened { .. });
            return self.refuse(messages::followed_without_time(first.words, &text, inner));
        };
        if let [before @ .., _] = written.steps.as_slice()
            && let Some(negated) = before.iter().find(|step| step.negated)
        {
            return self.refuse(messages::followed_by_no_more(negated.words));
        }
        let mut steps: Vec<Checked> = Vec::with_capacity(written.steps.len());
        let mut failed = false;
        let (mut before, mut date_before) = (*first_rows, only_date);
        for step in &written.steps {
            let Some(checked) = self.step(step, (before, date_before), scope) else {
                failed = true;
                // What follows on rows that are not known cannot be checked.
                break;
            };
            (before, date_before) = (checked.rows, checked.only_date);
            steps.push(checked);
        }
        if failed {
            return None;
        }
        let tables: Vec<TableId> = std::iter::once(*first_rows).chain(steps.iter().map(|step| step.rows)).collect();
        let mut next: Option<Expr> = None;
        for ((step, checked), before) in written.steps.iter().zip(steps).zip(tables).rev() {
            let filter = joined(checked.filter, next.take());
            let kind = ExprKind::Followed(Box::new(Followed {
                before,
                rows: checked.rows,
                windows: checked.windows.plain,
                occasions: checked.windows.occasions,
                filter,
                within: step.within.map(|(amount, _)| amount),
                same: checked.same,
                compared: checked.compared,
                negated: step.negated,
                rows_span: step.source.span.to(step.span),
            }));
            next = Some(made(kind, Type::Boolean, false, step.span));
        }
        Some(next)
    }

    fn step(&mut self, step: &'tree Step, (before, date_before): (TableId, bool), scope: Scope) -> Option<Checked> {
        let (rows, only_date) = self.step_rows(step)?;
        if let Some(tree::WindowKind::FromTo { from, to }) = step.windows.last().map(|window| &window.kind)
            && super::aggregates::is_quantity(from)
            && super::aggregates::is_quantity(to)
        {
            let span = step.windows.last().map_or(step.span, |window| window.span);
            return self.refuse(messages::range_behind_a_step(span));
        }
        if let Some(next) = step.windows.iter().find(|window| matches!(window.kind, tree::WindowKind::InNext { .. })) {
            let tree::WindowKind::InNext { amount } = next.kind else { return None };
            return self.refuse(messages::step_in_the_next(next.span, amount));
        }
        let windows = self.windows(&step.windows, only_date, scope);
        let within = self.within(step.within, only_date || date_before);
        if let (Some((amount, span)), true) = (step.within, only_date && date_before && before == rows)
            && amount.unit == Unit::Day
            && amount.count == 1
        {
            self.report(messages::within_the_day(span));
        }
        let filter = match &step.filter {
            Some(condition) => self.row_condition(condition, scope.row(rows)).map(Some),
            None => Some(None),
        };
        let mut same = Some(Vec::with_capacity(step.same.len()));
        for word in &step.same {
            match (self.tied(word, before, rows), &mut same) {
                (Some(pair), Some(pairs)) => pairs.push(pair),
                _ => same = None,
            }
        }
        let compared = match &step.compared {
            Some((how, word)) => self.compared(*how, word, before, rows).map(Some),
            None => Some(None),
        };
        within?;
        let compared = compared?;
        Some(Checked { rows, only_date, windows: windows?, filter: filter?, same: same?, compared })
    }

    /// The events that a step names, and whether only their day is known.
    fn step_rows(&mut self, step: &Step) -> Option<(TableId, bool)> {
        let path = &step.source;
        let first = path.words.first()?;
        let table = match self.index.global(&first.text) {
            Some(Global::Table(table)) => table,
            Some(Global::Broken) => return None,
            _ => {
                if self.names_something(first, Scope::customer()) {
                    let text = self.written(path.span).to_owned();
                    return self.refuse(messages::follows_as_no_events(path.span, &text));
                }
                let names = self.index.table_names(|table| table.kind == TableKind::Events);
                let close = self.closest(&first.text, names.iter().cloned());
                return self.refuse(messages::unknown_rows(first, &names, &close));
            }
        };
        let source = self.table_source(table, first, path)?;
        let text = self.written(path.span).to_owned();
        match (source.rows, source.value, source.time) {
            (Rows::Of(table), None, Some(only_date)) => Some((table, only_date)),
            (Rows::Of(_), None, None) => self.refuse(messages::follows_without_time(path.span, &text)),
            _ => {
                let rest = Span { start: first.span.end, ..path.span };
                self.refuse(messages::follows_as_rows(path.span, rest, &first.text, &text))
            }
        }
    }

    fn within(&mut self, within: Option<(Amount, Span)>, only_date: bool) -> Option<()> {
        let Some((amount, span)) = within else { return Some(()) };
        match amount.unit {
            Unit::Month | Unit::Quarter | Unit::Year => self.refuse(messages::within_long_units(span)),
            Unit::Hour | Unit::Minute | Unit::Second if only_date => self.refuse(messages::hours_of_a_day(span)),
            _ if amount.count == 0 => self.refuse(messages::within_nothing(span)),
            _ if amount.count > i64::from(i32::MAX) => self.refuse(messages::window_too_long(span)),
            _ => Some(()),
        }
    }

    /// The field by which a step is compared with the one before.
    fn compared(
        &mut self,
        how: Compared,
        word: &Word,
        before: TableId,
        rows: TableId,
    ) -> Option<(Compared, Expr, Expr)> {
        let (left, right) = self.tied(word, before, rows)?;
        let ordered = matches!(left.ty, Type::Integer | Type::Number | Type::Money(_) | Type::Percent)
            || matches!(left.ty, Type::Date | Type::Datetime | Type::Duration);
        if how != Compared::Another && !ordered {
            let kind = messages::kind(&left.ty);
            return self.refuse(messages::compared_without_order(word, &kind));
        }
        Some((how, left, right))
    }

    /// The field of both tables that ties a step to the one before.
    fn tied(&mut self, word: &Word, before: TableId, rows: TableId) -> Option<(Expr, Expr)> {
        let (Some(first), Some(second)) = (self.index.field(before, &word.text), self.index.field(rows, &word.text))
        else {
            let (without, with) = match self.index.field(before, &word.text) {
                None => (before, rows),
                Some(_) => (rows, before),
            };
            let shared = self.shared_fields(before, rows);
            let close = self.closest(&word.text, shared.iter().cloned());
            let known = self.index.field(with, &word.text).is_some();
            let without = self.index.table_name(without);
            return self.refuse(messages::same_of_one_side(word, (known, &without), &close, &shared));
        };
        let left = self.field_value(Row::Current, before, first, word.span);
        let right = self.field_value(Row::Current, rows, second, word.span);
        let (left, right) = (left?, right?);
        let textual = |ty: &Type| matches!(ty, Type::Text | Type::OneOf(_) | Type::Id(_));
        let is_list = |ty: &Type| matches!(ty, Type::List(_) | Type::Records(_));
        if is_list(&left.ty) && is_list(&right.ty) {
            return self.refuse(messages::same_list(word));
        }
        if alike(&left.ty, &right.ty) {
            return Some((left, right));
        }
        if textual(&left.ty) && textual(&right.ty) {
            return Some((to_text(left), to_text(right)));
        }
        let names = (self.index.table_name(before), self.index.table_name(rows));
        let kinds = (messages::kind(&left.ty), messages::kind(&right.ty));
        self.refuse(messages::same_of_two_kinds(word, (&names.0, &kinds.0), (&names.1, &kinds.1)))
    }

    /// Names of fields that both tables have, but for the customer's.
    fn shared_fields(&self, before: TableId, rows: TableId) -> Vec<Arc<str>> {
        let by = self.index.table(before).and_then(|table| table.by);
        let by = by.and_then(|by| self.index.field_names(before).get(by.0 as usize).cloned());
        let mut names = self.index.field_names(before);
        names.retain(|name| self.index.field(rows, name).is_some());
        names.retain(|name| by.as_ref().is_none_or(|by| fold(by) != fold(name)));
        names
    }
}

/// Both conditions, where there are two.
pub(crate) fn joined(first: Option<Expr>, second: Option<Expr>) -> Option<Expr> {
    match (first, second) {
        (Some(first), Some(second)) => {
            let span = first.span.to(second.span);
            let missing = first.may_be_missing || second.may_be_missing;
            Some(made(ExprKind::And(vec![first, second]), Type::Boolean, missing, span))
        }
        (one, None) | (None, one) => one,
    }
}
