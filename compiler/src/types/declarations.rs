//! Constants, traits, segments and partitions.

use super::scope::Scope;
use super::values::{bare_word, fixed_length, literal, made};
use super::{CheckedTrait, Checker, Constant, State, messages};
use crate::names::{Global, fold};
use crate::program::{Bound, ExprKind, PartitionId, SegmentId, TraitId, Type};
use crate::project::Override;
use crate::syntax::tree::{self, Literal, PartRule};
use crate::values::Value;
use rustc_hash::FxHashMap;
use std::sync::Arc;

impl<'tree> Checker<'tree> {
    pub(crate) fn check_let(&mut self, at: usize) {
        let Some(written) = self.index.lets.get(at).map(|named| named.body) else { return };
        let Some(constant) = self.constant(written) else { return };
        let constant = match self.replaced.get(&at).copied() {
            None => constant,
            Some(given) => match self.constant(given).map(|given| fitted(&constant, given)) {
                Some(Some(given)) => given,
                Some(None) => {
                    let kind = constant
                        .value
                        .as_ref()
                        .map_or_else(|| "an amount of time".to_owned(), |value| messages::kind(&value.ty));
                    return self.report(messages::constant_of_another_kind(
                        given.span,
                        self.written(given.span),
                        &kind,
                        written.span,
                    ));
                }
                None => return,
            },
        };
        if let Some(slot) = self.lets.get_mut(at) {
            *slot = State::Done(constant);
        }
    }

    /// Takes the constants that are given in the place of those written.
    pub(crate) fn replace_constants(&mut self, overrides: &'tree [Override]) {
        for Override { name, value } in overrides {
            match self.index.global(name) {
                Some(Global::Let(at)) => _ = self.replaced.insert(at, value),
                Some(Global::Broken) => {}
                found => {
                    let names: Vec<Arc<str>> =
                        self.index.lets.iter().map(|constant| Arc::clone(&constant.name.text)).collect();
                    let close = self.closest(name, names.iter().cloned());
                    self.report(messages::no_such_constant(value.span, name, found.is_some(), &names, &close));
                }
            }
        }
    }

    fn constant(&mut self, written: &'tree tree::Expr) -> Option<Constant> {
        if let Some(Literal::Duration(amount)) = literal(written) {
            let value = fixed_length(*amount).map(|length| {
                super::values::constant(crate::values::Value::Duration(length), Type::Duration, written.span)
            });
            return Some(Constant { value, amount: Some(*amount) });
        }
        if let Some(word) = bare_word(written)
            && let Some(Global::Let(other)) = self.index.global(&word.text)
            && let Some(State::Done(constant)) = self.lets.get(other)
        {
            return Some(constant.clone());
        }
        let value = self.value(written, Scope::constant())?;
        if matches!(value.kind, ExprKind::Constant(_) | ExprKind::Now | ExprKind::Day(_)) {
            return Some(Constant { value: Some(value), amount: None });
        }
        // `2026-01-01 + 30 days` is a date, and `today - 1 month` a day that each run places.
        if let ExprKind::Shift { moment, .. } = &value.kind
            && matches!(moment.kind, ExprKind::Constant(_) | ExprKind::Now | ExprKind::Day(_) | ExprKind::Shift { .. })
        {
            let kind = match self.moved_bound(&value) {
                Some(Bound::Day(day)) => ExprKind::Constant(Value::Date(day)),
                Some(Bound::Instant(instant)) => ExprKind::Constant(Value::Instant(instant)),
                Some(Bound::RelativeDay(days)) => ExprKind::Day(days),
                Some(Bound::Now) | None => value.kind,
            };
            let value = made(kind, value.ty, value.may_be_missing, value.span);
            return Some(Constant { value: Some(value), amount: None });
        }
        match super::constants::work_out(&value) {
            Some(known) => {
                let value = made(ExprKind::Constant(known), value.ty, false, value.span);
                Some(Constant { value: Some(value), amount: None })
            }
            None => self.refuse(messages::constant_not_worked_out(written.span)),
        }
    }

    pub(crate) fn check_trait(&mut self, id: TraitId) {
        let Some((name, written)) = self.index.traits.get(id.0 as usize).map(|named| (named.name, named.body)) else {
            return;
        };
        if let tree::ExprKind::Score(score) = &written.kind
            && score.lines.is_empty()
        {
            return self.report(messages::no_score_lines(name.span));
        }
        // The name of a table alone, and the like, is told by the value itself.
        self.line_span = Some(written.span);
        let Some(value) = self.value(written, Scope::customer()) else { return };
        let often_missing = self.often_missing(&value);
        if let Some(slot) = self.traits.get_mut(id.0 as usize) {
            *slot = State::Done(CheckedTrait { value, often_missing });
        }
    }

    pub(crate) fn check_segment(&mut self, id: SegmentId) {
        let Some((name, lines)) = self.index.segments.get(id.0 as usize).map(|named| (named.name, named.body)) else {
            return;
        };
        if lines.is_empty() {
            self.report(messages::no_lines(name.span));
        }
        if let Some(lines) = self.lines(lines, Scope::customer(), true)
            && let Some(slot) = self.segments.get_mut(id.0 as usize)
        {
            *slot = State::Done(lines);
        }
    }

    pub(crate) fn check_partition(&mut self, id: PartitionId) {
        let Some(named) = self.index.partitions.get(id.0 as usize) else { return };
        let (parts, name, by) = (named.body.parts.as_slice(), named.name, named.body.by.as_ref());
        let ranking = match by {
            None => Some(None),
            Some(by) => self.ranking(by, name.span, true).map(Some),
        };
        let mut sofar = None;
        let mut seen: FxHashMap<String, crate::source::Span> = FxHashMap::default();
        let mut otherwise: Option<&tree::Part> = None;
        let mut conditions = Vec::with_capacity(parts.len());
        let mut failed = false;
        for part in parts {
            if let Some(first) = seen.insert(fold(&part.name.text), part.name.span) {
                self.report(messages::part_twice(&part.name, first));
            }
            if let Some(last) = otherwise {
                self.report(messages::part_behind_otherwise(part.span, last.span));
            }
            match &part.rule {
                PartRule::Otherwise => {
                    otherwise = otherwise.or(Some(part));
                    conditions.push(None);
                }
                PartRule::Condition(condition) => match self.line(condition, Scope::customer()) {
                    Some(condition) => conditions.push(Some(condition)),
                    None => failed = true,
                },
                PartRule::Ranked { is_next, extent, span } => {
                    let condition = match &ranking {
                        Some(Some(ranking)) => self.ranked_part(ranking, &mut sofar, *is_next, extent, *span),
                        Some(None) => self.refuse(messages::ranked_part_by_nothing(*span, name)),
                        None => None,
                    };
                    match condition {
                        Some(condition) => conditions.push(Some(condition)),
                        None => failed = true,
                    }
                }
            }
        }
        // A line that could not be read may have been the last one.
        let unread = parts.iter().any(|part| {
            matches!(&part.rule, PartRule::Condition(condition) if matches!(condition.kind, tree::ExprKind::Error))
        });
        let is_ranked = parts.iter().any(|part| matches!(part.rule, PartRule::Ranked { .. }));
        if let (Some(by), false, false) = (by, is_ranked, unread) {
            self.report(messages::ranking_without_parts(by.value.span));
        }
        if parts.is_empty() {
            self.report(messages::no_parts(name.span));
        }
        if otherwise.is_none() && !parts.is_empty() && !unread {
            self.report(messages::no_otherwise(name));
        }
        if !failed
            && ranking.is_some()
            && let Some(slot) = self.partitions.get_mut(id.0 as usize)
        {
            *slot = State::Done(conditions);
        }
    }
}

/// A constant that is given in the place of a written one, as the same kind of value; `None` where it is of another.
fn fitted(written: &Constant, given: Constant) -> Option<Constant> {
    match (&written.value, given.value) {
        // Months and years have no fixed length, so other amounts do as well.
        (None, value) => given.amount.is_some().then_some(Constant { value, amount: given.amount }),
        (Some(written), Some(value)) if written.ty == value.ty => {
            Some(Constant { value: Some(value), amount: given.amount })
        }
        (Some(written), Some(value)) if written.ty == Type::Number && value.ty == Type::Integer => {
            Some(Constant { value: Some(super::values::to_number(value)), amount: None })
        }
        _ => None,
    }
}
