//! Values to choose from: behind `is one of`, `includes`, in declared lists, and the parts of partitions.
#![expect(clippy::indexing_slicing, reason = "every place is counted over the list it is a place in")]

use super::fit::Side;
use super::scope::Scope;
use super::values::{bare_word, literal};
use super::{Checker, ListValues, State, messages};
use crate::names::{Global, fold};
use crate::program::{Expr, ExprKind, PartitionId, Type};
use crate::source::Span;
use crate::syntax::tree::{self, IsTest, ListSource, Literal, ValueSet, Word};
use crate::values::Value;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// The values of a set, checked against what is tested.
pub(crate) struct CheckedSet<'tree> {
    /// Written values, each once, of the tested value's type.
    pub(crate) constants: Vec<Value>,
    /// Values that differ from customer to customer.
    pub(crate) others: Vec<(&'tree tree::Expr, Expr)>,
    /// Whether the tested value is to be taken as plain text (a list's values need not be among those listed).
    pub(crate) as_text: bool,
}

impl<'tree> Checker<'tree> {
    /// Checks the values of a set against the value they are held against.
    pub(crate) fn value_set(
        &mut self,
        left: &Expr,
        left_written: &'tree tree::Expr,
        set: &'tree ValueSet,
        scope: Scope,
    ) -> Option<CheckedSet<'tree>> {
        let mut checked = CheckedSet { constants: Vec::new(), others: Vec::new(), as_text: false };
        let mut seen = FxHashSet::default();
        let mut failed = false;
        let values = match set {
            ValueSet::List(word) => {
                self.splice(left, word, &mut checked, &mut seen)?;
                return Some(checked);
            }
            ValueSet::Values { values, .. } => values,
        };
        for written in values {
            if let Some(word) = bare_word(written)
                && self.is_list(left, word, scope)
            {
                failed |= self.splice(left, word, &mut checked, &mut seen).is_none();
                continue;
            }
            let value = match self.calendar_name(left, written, scope) {
                Some(named) => named,
                None => self.operand(written, Some(&left.ty), scope),
            };
            let Some(value) = value else {
                failed = true;
                continue;
            };
            let sides =
                vec![Side { written: left_written, value: left.clone() }, Side { written, value: value.clone() }];
            let Some(mut fitted) = self.same_type(sides) else {
                failed = true;
                continue;
            };
            let (Some(value_fitted), Some(left_fitted)) = (fitted.pop(), fitted.pop()) else { continue };
            match value_fitted.kind {
                ExprKind::Constant(constant) if super::fit::alike(&left_fitted.ty, &left.ty) => {
                    add(&mut checked, &mut seen, constant);
                }
                _ => checked.others.push((written, value)),
            }
        }
        (!failed).then_some(checked)
    }

    /// Whether a bare word in a set is the name of a list.
    fn is_list(&self, left: &Expr, word: &Word, scope: Scope) -> bool {
        let listed =
            matches!(&left.ty, Type::OneOf(listed) if listed.iter().any(|value| fold(value) == fold(&word.text)));
        let own = scope.row.is_some_and(|table| self.index.field(table, &word.text).is_some());
        !listed && !own && matches!(self.index.global(&word.text), Some(Global::List(_)))
    }

    /// Adds the values of a declared list.
    fn splice(
        &mut self,
        left: &Expr,
        word: &Word,
        checked: &mut CheckedSet<'tree>,
        seen: &mut FxHashSet<String>,
    ) -> Option<()> {
        let at = match self.index.global(&word.text) {
            Some(Global::List(at)) => at,
            Some(Global::Broken) => return None,
            Some(Global::Segment(_)) => return self.refuse(messages::in_a_segment(word)),
            Some(_) => return self.refuse(messages::not_a_list(word)),
            None if self.index.field(crate::program::CUSTOMERS, &word.text).is_some() => {
                return self.refuse(messages::not_a_list(word));
            }
            None => {
                let lists = self.index.lists.iter().map(|named| Arc::clone(&named.name.text));
                let close = self.closest(&word.text, lists);
                return self.refuse(messages::unknown_list(word, &close));
            }
        };
        let list = match self.lists.get(at)? {
            State::Done(list) => list.clone(),
            _ => return None,
        };
        let textual = matches!(left.ty, Type::Text | Type::OneOf(_) | Type::Id(_) | Type::Timezone);
        match (&left.ty, &list.ty) {
            (_, Type::Text) if textual => checked.as_text |= matches!(left.ty, Type::OneOf(_) | Type::Timezone),
            (Type::Id(_), Type::Integer) => {
                for value in list.values.iter() {
                    if let Value::Integer(number) = value {
                        add(checked, seen, Value::Text(number.to_string().into()));
                    }
                }
                return Some(());
            }
            (Type::Number, Type::Integer) => {
                for value in list.values.iter() {
                    if let Value::Integer(number) = value {
                        add(checked, seen, Value::Number(*number as f64));
                    }
                }
                return Some(());
            }
            // A whole number is one of a list's whole numbers, or none.
            (Type::Integer, Type::Number) => {
                for value in list.values.iter() {
                    let Value::Number(number) = value else { continue };
                    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
                        add(checked, seen, Value::Integer(*number as i64));
                    }
                }
                return Some(());
            }
            (Type::Integer, Type::Text) if self.list_is_file(at) => {
                for value in list.values.iter() {
                    let Value::Text(text) = value else { continue };
                    let Ok(number) = text.parse() else {
                        return self.refuse(messages::list_value_no_integer(word, text));
                    };
                    add(checked, seen, Value::Integer(number));
                }
                return Some(());
            }
            (ours, theirs) if super::fit::alike(ours, theirs) => {}
            (ours, theirs) => return self.refuse(messages::list_of_other_kind(word, ours, theirs)),
        }
        for value in list.values.iter() {
            add(checked, seen, value.clone());
        }
        Some(())
    }

    fn list_is_file(&self, at: usize) -> bool {
        self.index.lists.get(at).is_some_and(|named| matches!(named.body, ListSource::File(_)))
    }

    /// Reads all declared lists.
    pub(crate) fn lists(&mut self, read_list: &dyn Fn(&str) -> Result<String, String>) {
        for at in 0..self.index.lists.len() {
            let source = self.index.lists[at].body;
            let read = match source {
                ListSource::File(file) => match read_list(&file.text) {
                    Ok(text) => Some(lines_of(&text)),
                    Err(reason) => self.refuse(messages::list_unreadable(file, &reason)),
                },
                ListSource::Values(values) => self.written_list(values),
            };
            self.lists[at] = match read {
                Some(list) => State::Done(list),
                None => State::Broken,
            };
        }
    }

    fn written_list(&mut self, values: &'tree [tree::Expr]) -> Option<ListValues> {
        let mut sides: Vec<Side<'tree>> = Vec::new();
        let mut failed = false;
        for written in values {
            if literal(written).is_none() && !matches!(written.kind, tree::ExprKind::Negate(_) | tree::ExprKind::Error)
            {
                let word = bare_word(written).map(|word| Arc::clone(&word.text));
                self.report(messages::list_value_not_written(written.span, word.as_deref()));
                failed = true;
                continue;
            }
            match self.value(written, Scope::constant()) {
                Some(value) => sides.push(Side { written, value }),
                None => failed = true,
            }
        }
        if failed {
            return None;
        }
        if let Some(first) = sides.first()
            && let Some(odd) = sides.iter().find(|side| {
                let numbers = |ty: &Type| matches!(ty, Type::Integer | Type::Number);
                side.value.ty != first.value.ty && !(numbers(&side.value.ty) && numbers(&first.value.ty))
            })
        {
            let message =
                messages::list_of_two_kinds(first.written.span, &first.value.ty, odd.written.span, &odd.value.ty);
            return self.refuse(message);
        }
        let fitted = if sides.is_empty() { Vec::new() } else { self.same_type(sides)? };
        let ty = fitted.first().map_or(Type::Text, |value| value.ty.clone());
        let mut set = CheckedSet { constants: Vec::new(), others: Vec::new(), as_text: false };
        let mut seen = FxHashSet::default();
        for value in fitted {
            if let ExprKind::Constant(constant) = value.kind {
                add(&mut set, &mut seen, constant);
            }
        }
        Some(ListValues { ty, values: set.constants.into() })
    }

    /// The part of a partition that a word names.
    pub(crate) fn part_of(&self, id: PartitionId, word: &Word) -> Option<u32> {
        let parts = self.index.partitions.get(id.0 as usize)?.body;
        let at = parts.parts.iter().position(|part| fold(&part.name.text) == fold(&word.text))?;
        u32::try_from(at).ok()
    }

    /// Names of a partition's parts.
    pub(crate) fn part_names(&self, id: PartitionId) -> Vec<Arc<str>> {
        let parts = self.index.partitions.get(id.0 as usize).map_or(&[][..], |named| named.body.parts.as_slice());
        parts.iter().map(|part| Arc::clone(&part.name.text)).collect()
    }

    /// `lifecycle is lapsed`, `lifecycle is one of lapsed, lapsing`
    pub(crate) fn is_part(
        &mut self,
        id: PartitionId,
        left: Span,
        negated: bool,
        test: &'tree IsTest,
        span: Span,
    ) -> Option<Expr> {
        let written: Vec<&tree::Expr> = match test {
            IsTest::Value(value) => vec![&**value],
            IsTest::OneOf(ValueSet::Values { values, .. }) => values.iter().collect(),
            _ => {
                let parts = self.part_names(id);
                let text = self.written(left).to_owned();
                return self.refuse(messages::partition_alone(left, &text, &parts));
            }
        };
        let mut parts = Vec::new();
        let mut failed = false;
        for value in written {
            let word = match (bare_word(value), literal(value)) {
                (Some(word), _) => word.clone(),
                (None, Some(Literal::Text(text))) => Word { text: Arc::clone(text), span: value.span },
                _ => {
                    failed |= !matches!(value.kind, tree::ExprKind::Error);
                    if matches!(value.kind, tree::ExprKind::Error) {
                        return None;
                    }
                    let names = self.part_names(id);
                    self.report(messages::not_a_part(value.span, &names));
                    continue;
                }
            };
            match self.part_of(id, &word) {
                Some(part) => parts.push(part),
                None => {
                    failed = true;
                    let names = self.part_names(id);
                    let close = self.closest(&word.text, names.iter().cloned());
                    let text = self.written(left).to_owned();
                    self.report(messages::unknown_part(&word, &text, &names, &close));
                }
            }
        }
        if failed {
            return None;
        }
        parts.sort_unstable();
        parts.dedup();
        let kind = ExprKind::InParts { partition: id, parts };
        let holds = super::values::made(kind, Type::Boolean, false, span);
        Some(if negated { super::conditions::not(holds, span) } else { holds })
    }
}

fn add(checked: &mut CheckedSet<'_>, seen: &mut FxHashSet<String>, value: Value) {
    let key = match &value {
        Value::Text(text) => text.to_string(),
        other => format!("{other:?}"),
    };
    if seen.insert(key) {
        checked.constants.push(value);
    }
}

/// One value a line; blanks around it and one pair of quotes are not part of it.
fn lines_of(text: &str) -> ListValues {
    let mut set = CheckedSet { constants: Vec::new(), others: Vec::new(), as_text: false };
    let mut seen = FxHashSet::default();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim();
        let bare =
            line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).map(|line| line.replace("\"\"", "\""));
        let value = bare.as_deref().unwrap_or(line);
        if !value.is_empty() {
            add(&mut set, &mut seen, Value::Text(value.into()));
        }
    }
    ListValues { ty: Type::Text, values: set.constants.into() }
}
