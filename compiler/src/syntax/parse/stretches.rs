//! Stretches of time behind rows in the words of other languages: `no purchases in 90 days`, `any purchases in 2025`,
//! `any purchases between 2025-01-01 and 2025-02-01`. They are read as the windows they mean, so that one message is
//! given and a `where` behind them still finds its rows.

use super::Reader;
use super::climb::gives_a_value;
use super::literals::days_since_1970;
use super::row::{Item, ItemKind, day_window};
use super::windows::amount_text;
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::tree::{
    Aggregate, AggregateOperator, Amount, Expr, ExprKind, Literal, Moment, ValueSet, Window, WindowKind,
};

/// Whole numbers that are taken for years where rows are said to lie in them.
const YEARS: std::ops::RangeInclusive<i64> = 1900..=2100;

impl Reader<'_> {
    /// Gives each question about rows the stretch of time that stands behind it.
    pub(super) fn take_stretches(&mut self, items: Vec<Item>) -> Vec<Item> {
        let mut taken: Vec<Item> = Vec::with_capacity(items.len());
        for item in items {
            let is_candidate = matches!(item.kind, ItemKind::In { .. } | ItemKind::Between { .. });
            let (Some(rows), true) = (taken.last_mut(), is_candidate) else {
                taken.push(item);
                continue;
            };
            let left = match &mut rows.kind {
                ItemKind::Operand(Expr { kind: ExprKind::Aggregate(aggregate), span, .. }) => {
                    let left = self.stretch_of_rows(aggregate, item);
                    if left.is_none() {
                        *span = aggregate.windows.last().map_or(*span, |window| span.to(window.span));
                        rows.span = *span;
                    }
                    left
                }
                _ => Some(item),
            };
            if let Some(mut item) = left {
                if let ItemKind::In { negated, values } = &mut item.kind
                    && let Some(amount) = self.bare_duration(values)
                {
                    self.forget_list(item.span);
                    *values = self.last_or_next(item.span, amount, *negated);
                }
                taken.push(item);
            }
        }
        taken
    }

    /// Reads what stands behind rows as a window, or gives it back where it is none.
    fn stretch_of_rows(&mut self, aggregate: &mut Aggregate, item: Item) -> Option<Item> {
        use AggregateOperator::{Average, Different, Number, Sum};
        let asks = !gives_a_value(aggregate.operator);
        let reckons = matches!(aggregate.operator, Number | Different | Sum | Average);
        let found = match &item.kind {
            ItemKind::In { negated: false, values } => self.stretch_in(values),
            ItemKind::Between { negated: false, from, to } => self.stretch_between(from, to),
            _ => None,
        };
        // `number of purchases between 3 and 5` tests the number.
        if !(asks || reckons && found.is_some()) {
            return Some(item);
        }
        self.forget_list(item.span);
        let Some((kind, mend)) = found else {
            let (rows, written) = (self.source.slice(aggregate.source.span), self.source.slice(item.span));
            self.report(messages::rows_are_in_nothing(item.span, written, rows));
            return None;
        };
        self.report(match &item.kind {
            ItemKind::Between { from, to, .. } => {
                messages::between(item.span, item.span, &mend, ends_are_included(from, to), None)
            }
            _ => messages::window_wording(item.span, &mend),
        });
        aggregate.windows.push(Window { id: self.ids.fresh(), span: item.span, kind });
        None
    }

    /// The window that `in` and one value mean, and how it is written.
    fn stretch_in(&mut self, values: &ValueSet) -> Option<(WindowKind, String)> {
        let value = self.bare(values)?;
        let written = self.source.slice(value.span).to_owned();
        match &value.kind {
            ExprKind::Literal(Literal::Duration(amount)) if amount.count > 0 => Some((
                WindowKind::InLast { amount: *amount, whole: false },
                format!("in the last {}", amount_text(*amount)),
            )),
            ExprKind::Literal(Literal::Date(_)) => {
                Some((WindowKind::OnDate(Box::new(value.clone())), format!("on {written}")))
            }
            ExprKind::Literal(Literal::Integer(year)) if YEARS.contains(year) => {
                let year = u32::try_from(*year).ok()?;
                let first = days_since_1970(year, 1, 1)?;
                let last = days_since_1970(year, 12, 31)?;
                let mut day = |day| Box::new(self.node(value.span, ExprKind::Literal(Literal::Date(day))));
                let kind = WindowKind::FromTo { from: day(first), to: day(last) };
                Some((kind, format!("from {year}-01-01 to {year}-12-31")))
            }
            ExprKind::Moment(moment) => Some((day_window(*moment)?, written)),
            _ => None,
        }
    }

    fn stretch_between(&self, from: &Expr, to: &Expr) -> Option<(WindowKind, String)> {
        let mend = format!("from {} to {}", self.source.slice(from.span), self.source.slice(to.span));
        if let (ExprKind::Literal(Literal::Clock(from)), ExprKind::Literal(Literal::Clock(to))) = (&from.kind, &to.kind)
        {
            return Some((WindowKind::Hours { from: *from, to: *to }, mend));
        }
        let is_day = |end: &Expr| match &end.kind {
            ExprKind::Literal(literal) => matches!(literal, Literal::Date(_) | Literal::Datetime(_)),
            ExprKind::Negate(_) => false,
            _ => true,
        };
        (is_day(from) && is_day(to))
            .then(|| (WindowKind::FromTo { from: Box::new(from.clone()), to: Box::new(to.clone()) }, mend))
    }

    /// The one value behind `in`, where no brackets stand around it.
    fn bare<'v>(&self, values: &'v ValueSet) -> Option<&'v Expr> {
        let ValueSet::Values { values, span } = values else { return None };
        let [only] = &values[..] else { return None };
        (!self.source.slice(*span).starts_with('(')).then_some(only)
    }

    /// `in 90 days`
    pub(super) fn bare_duration(&self, values: &ValueSet) -> Option<Amount> {
        match self.bare(values)?.kind {
            ExprKind::Literal(Literal::Duration(amount)) => Some(amount),
            _ => None,
        }
    }

    /// `renewal in 90 days`: which of the two is meant is not for us to say.
    pub(super) fn last_or_next(&mut self, span: Span, amount: Amount, negated: bool) -> ValueSet {
        let not = if negated { "not " } else { "" };
        let mend = |direction: &str| format!("is {not}in the {direction} {}", amount_text(amount));
        self.report(messages::last_or_next(span, self.source.slice(span), &mend("last"), &mend("next")));
        // What is checked later says nothing more about it.
        ValueSet::Values { values: vec![self.error_node(span)], span }
    }

    /// Takes back that `in` is written `is one of`, of which another message now speaks.
    fn forget_list(&mut self, span: Span) {
        self.diagnostics.retain(|diagnostic| diagnostic.code.0 != "S0029" || diagnostic.span != span);
    }
}

/// Whether `from ... to ...` holds its end for sure: of clock times and of moments it does not.
pub(super) fn ends_are_included(from: &Expr, to: &Expr) -> bool {
    fn holds(end: &Expr) -> Option<bool> {
        match &end.kind {
            ExprKind::Literal(Literal::Datetime(_) | Literal::Clock(_)) | ExprKind::Moment(Moment::Now) => Some(false),
            ExprKind::Literal(_) | ExprKind::Moment(_) => Some(true),
            ExprKind::Bracketed(inner) | ExprKind::Negate(inner) => holds(inner),
            ExprKind::Sum(terms) => terms.first().and_then(|(_, term)| holds(term)),
            _ => None,
        }
    }
    let ends = [holds(from), holds(to)];
    ends.contains(&Some(true)) && !ends.contains(&Some(false))
}
