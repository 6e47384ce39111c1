//! What each condition asks about: a stored value, one that is worked out, or a text of which only some are told apart.

use super::layout::{Kind, Spot};
use super::sets::{Form, Making, Subject};
use super::texts::Named;
use segue_compiler::plan::{Node, NodeId, Op, Scope, Work as Where};
use segue_compiler::program::{CUSTOMERS, TableId, Type, Window};
use segue_compiler::values::Value;
use std::sync::Arc;

/// More keys than this are not named one by one.
const KEYS: usize = 1 << 16;

fn scope_of(table: TableId) -> Scope {
    if table == CUSTOMERS { Scope::Customer } else { Scope::Row(table) }
}

impl Making<'_> {
    fn node(&self, id: NodeId) -> Option<&Node> {
        self.plan.nodes.get(id.index())
    }

    /// What an atom asks about, how that is held, and whether texts that nobody names may differ.
    pub(super) fn subject(&mut self, table: TableId, atom: NodeId) -> (NodeId, Subject, Form, bool) {
        let worked = (atom, Subject::Worked(atom), Form::Boolean, false);
        let Some(node) = self.node(atom).filter(|node| node.scope == scope_of(table)) else { return worked };
        if let Where::PerText(text) = node.work
            && let Some((field, subject)) = self.cell(table, text)
        {
            return match self.text_form(atom, text, field) {
                Some((form, open)) => (text, subject, form, open),
                None => worked,
            };
        }
        let is_constant = |id: NodeId| self.node(id).is_some_and(|node| node.scope == Scope::Constant);
        let value = match &node.op {
            Op::Column(..) => atom,
            Op::IsKnown(value) | Op::IsOneOf { value, .. } => *value,
            Op::Less(left, right) | Op::Equal { left, right, .. } => match (is_constant(*left), is_constant(*right)) {
                (false, true) => *left,
                (true, false) => *right,
                _ => return worked,
            },
            Op::InWindows(moment, windows) => {
                if windows.iter().any(|window| matches!(window, Window::Weekdays(_) | Window::Hours { .. })) {
                    return worked;
                }
                *moment
            }
            _ => return worked,
        };
        let form = match self.node(value).map(|node| &node.ty) {
            Some(Type::Integer | Type::Money(_) | Type::Date | Type::Datetime | Type::Duration | Type::Location) => {
                Form::Whole
            }
            Some(Type::Number | Type::Percent) => Form::Float,
            Some(Type::Boolean) => Form::Boolean,
            _ => return worked,
        };
        match self.cell(table, value) {
            Some((_, subject)) => (value, subject, form, false),
            None if value == atom => worked,
            None => (value, Subject::Worked(value), form, false),
        }
    }

    /// A stored field of the row that is held in words.
    fn cell(&self, table: TableId, node: NodeId) -> Option<(Spot, Subject)> {
        let Op::Column(of, field) = self.node(node)?.op else { return None };
        let field = self.layout.find(of, field).filter(|_| of == table)?;
        let place = self.layout.place(field)?;
        // Whose event it is need not stand in it.
        let is_plain = self.layout.table(table)?.by != Some(field.place)
            && !matches!(place.kind, Kind::List(_) | Kind::Bits(_) | Kind::Records(_));
        is_plain.then_some((field, Subject::Cell { at: place.at, word: place.known.0, bit: place.known.1 }))
    }

    /// Whether a node gives the text as it is.
    fn is_text_itself(&self, text: NodeId, id: NodeId) -> bool {
        let mut at = id;
        while let Some(Op::Convert(_, inner)) = self.node(at).map(|node| &node.op) {
            at = *inner;
        }
        at == text
    }

    /// Names the texts that an atom about a text tells apart.
    fn text_form(&mut self, atom: NodeId, text: NodeId, field: Spot) -> Option<(Form, bool)> {
        let mut names: Vec<Arc<str>> = Vec::new();
        let mut open = false;
        let mut pending = vec![atom];
        while let Some(id) = pending.pop() {
            let node = self.node(id)?;
            if id == text {
                continue;
            }
            let mut asks_text = false;
            node.op.for_each_operand(|operand| asks_text |= self.is_text_itself(text, operand));
            match &node.op {
                Op::Constant(constant) => names.extend(text_of(&constant.0)),
                // The row of a key settles what is found there.
                Op::Gather { row, .. } => {
                    pending.push(*row);
                    continue;
                }
                Op::LookupRow { table, .. } if asks_text => {
                    let keys = (self.keys)(*table);
                    open |= keys.len() > KEYS;
                    names.extend(keys.into_iter().take(KEYS));
                }
                Op::IsOneOf { values, ignoring_case, .. } if asks_text => {
                    names.extend(values.iter().filter_map(|value| text_of(&value.0)));
                    open |= *ignoring_case;
                }
                Op::Equal { ignoring_case, .. } if asks_text => open |= *ignoring_case,
                Op::IsKnown(_) | Op::Convert(..) => {}
                _ => open |= asks_text,
            }
            node.op.for_each_operand(|operand| pending.push(operand));
        }
        let place = self.layout.tables.get_mut(field.table.0 as usize)?.places.get_mut(field.place)?;
        let dictionary = *place.dictionary.get_or_insert_with(|| {
            self.named.push(Named::default());
            self.named.len() - 1
        });
        let named = self.named.get_mut(dictionary)?;
        if let Kind::Listed(values) = &place.kind {
            values.iter().for_each(|value| named.name(value));
            if place.listed == 0 {
                place.listed = named.count();
            }
            open = false;
        }
        names.iter().for_each(|name| named.name(name));
        Some((Form::Text(dictionary), open))
    }
}

fn text_of(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}
