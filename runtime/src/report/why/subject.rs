//! Which one value a condition asks about, and the condition with another value in its place.

use super::base::plainly;
use segue_compiler::program::{
    Aggregate, Asked, Expr, ExprKind, FieldSource, OccasionWindow, Program, Row, Rows, Type,
};
use segue_compiler::syntax::tree::{AggregateOperator, Comparison};
use segue_compiler::values::Value;
use std::collections::BTreeSet;

/// A condition on one value: all else in it is written in the rules or the same for every customer.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    /// The value, through the traits and computed fields that name it.
    pub(super) value: Expr,
    /// The condition; [`place`] finds where the value stands in it.
    pub(super) condition: Expr,
    /// The value is a stored field, which stands wherever the condition reads it.
    pub(super) everywhere: bool,
}

impl Subject {
    /// The value a condition asks about; `None` where it asks about several, or in a way that cannot be taken apart.
    pub(super) fn of(program: &Program, condition: &Expr) -> Option<Subject> {
        let mut condition = counted(&plainly(program, condition));
        let value = named(program, place(&mut condition)?).clone();
        Some(Subject { value, condition, everywhere: false })
    }

    /// The condition with another value; `None` is a missing one.
    pub(super) fn with(&self, value: Option<&Value>) -> Expr {
        let mut condition = self.condition.clone();
        // Of no choices none is known: that is how a missing value is written.
        let kind = match value {
            Some(value) => ExprKind::Constant(value.clone()),
            None => ExprKind::Otherwise(Vec::new()),
        };
        if self.everywhere {
            condition.walk_mut(&mut |part| {
                if let ExprKind::Field { row: Row::Customer, .. } = part.kind {
                    part.kind = kind.clone();
                }
            });
        } else if let Some(place) = place(&mut condition) {
            place.kind = kind;
        }
        condition
    }
}

/// `any` as the question how many there are, so that both are about one value.
fn counted(condition: &Expr) -> Expr {
    let ExprKind::Aggregate(any) = &condition.kind else { return condition.clone() };
    if any.operator != AggregateOperator::Any || matches!(any.rows, Rows::Elements(_)) {
        return condition.clone();
    }
    let number = Aggregate { operator: AggregateOperator::Number, ..(**any).clone() };
    let integer = |kind| Expr { kind, ty: Type::Integer, may_be_missing: false, span: condition.span };
    let sides = [ExprKind::Aggregate(Box::new(number)), ExprKind::Constant(Value::Integer(1))].map(integer);
    let [number, one] = sides.map(Box::new);
    Expr { kind: ExprKind::Compare(Comparison::AtLeast, number, one), ..condition.clone() }
}

/// Where the value stands that a condition asks about.
fn place(condition: &mut Expr) -> Option<&mut Expr> {
    fn unconverted(expr: &mut Expr) -> Option<&mut Expr> {
        if !matches!(expr.kind, ExprKind::Convert(..)) {
            return Some(expr);
        }
        match &mut expr.kind {
            ExprKind::Convert(_, inner) => unconverted(inner),
            _ => None,
        }
    }
    if matches!(condition.kind, ExprKind::Field { .. } | ExprKind::Lookup { .. } | ExprKind::Trait(_)) {
        return Some(condition);
    }
    match &mut condition.kind {
        ExprKind::Compare(_, left, right)
        | ExprKind::Equal { left, right, .. }
        | ExprKind::Text { subject: left, pattern: right, .. } => match (is_fixed(left), is_fixed(right)) {
            (false, true) => unconverted(left),
            (true, false) => unconverted(right),
            _ => None,
        },
        ExprKind::IsOneOf { value, .. }
        | ExprKind::IsKnown(value)
        | ExprKind::InWindows(value, _)
        | ExprKind::InBox(value, _) => unconverted(value),
        ExprKind::IsEmpty(list) => unconverted(list),
        ExprKind::Includes { list, values, .. } if values.iter().all(is_fixed) => unconverted(list),
        _ => None,
    }
    .filter(|value| !is_fixed(value) && !matches!(value.ty, Type::Records(_)))
}

/// The value that a condition asks about, as written.
pub(super) fn asked_about(condition: &Expr) -> Option<&Expr> {
    let sides = match &condition.kind {
        ExprKind::Compare(_, left, right)
        | ExprKind::Equal { left, right, .. }
        | ExprKind::Text { subject: left, pattern: right, .. } => vec![&**left, &**right],
        ExprKind::IsOneOf { value, .. }
        | ExprKind::IsKnown(value)
        | ExprKind::InWindows(value, _)
        | ExprKind::InBox(value, _)
        | ExprKind::Near(value, _) => vec![&**value],
        ExprKind::Field { .. } | ExprKind::Lookup { .. } | ExprKind::Trait(_) => vec![condition],
        _ => Vec::new(),
    };
    sides.into_iter().find(|side| !is_fixed(side))
}

/// What a trait or computed field stands for, through others it stands for.
fn named<'p>(program: &'p Program, mut expr: &'p Expr) -> &'p Expr {
    loop {
        expr = match &expr.kind {
            ExprKind::Trait(id) => match program.traits.get(id.0 as usize) {
                Some(declared) => &declared.value,
                None => return expr,
            },
            ExprKind::Field { row: Row::Customer, table, field } => {
                let declared =
                    program.tables.get(table.0 as usize).and_then(|table| table.fields.get(field.0 as usize));
                match declared.map(|field| &field.source) {
                    Some(FieldSource::Computed(inner)) => inner,
                    _ => return expr,
                }
            }
            _ => return expr,
        };
    }
}

/// Whether the value is the same for every customer.
pub(super) fn is_fixed(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Field { .. }
        | ExprKind::Lookup { .. }
        | ExprKind::Trait(_)
        | ExprKind::Segment(_)
        | ExprKind::InParts { .. }
        | ExprKind::Aggregate(_) => false,
        ExprKind::OverBase(question) => matches!(question.asked, Asked::Statistic(_)),
        _ => {
            let mut fixed = true;
            expr.for_each_part(&mut |part| fixed &= is_fixed(part));
            fixed
        }
    }
}

/// What the expression is, without the places it was written at: equal for conditions that mean the same.
pub(super) fn shape(expr: &Expr) -> String {
    unplaced(&format!("{:?}", expr.kind))
}

/// The rows an aggregate asks about, without places.
pub(super) fn rows_shape(rows: &Rows) -> String {
    unplaced(&format!("{rows:?}"))
}

/// What a window chooses by an occasion, without places.
pub(super) fn window_shape(window: &OccasionWindow) -> String {
    unplaced(&format!("{window:?}"))
}

fn unplaced(described: &str) -> String {
    let (mut rest, mut shape) = (described, String::new());
    while let Some((before, after)) = rest.split_once("Span { file: FileId(") {
        shape.push_str(before);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    shape + rest
}

/// The stored data of the customer that a value is worked out from: its own fields, and tables of rows.
pub(super) fn inputs(program: &Program, expr: &Expr) -> BTreeSet<String> {
    let (mut found, mut pending) = (BTreeSet::new(), vec![expr]);
    // What many values build on is opened once, and a chain of a thousand traits is no recursion.
    let (mut traits, mut computed) = (BTreeSet::new(), BTreeSet::new());
    while let Some(expr) = pending.pop() {
        match &expr.kind {
            ExprKind::Trait(id) => {
                let declared = program.traits.get(id.0 as usize).filter(|_| traits.insert(*id));
                pending.extend(declared.map(|declared| &declared.value));
            }
            ExprKind::Field { row: Row::Customer, table, field } => {
                let declared =
                    program.tables.get(table.0 as usize).and_then(|table| table.fields.get(field.0 as usize));
                match declared.map(|field| &field.source) {
                    Some(FieldSource::Computed(inner)) if computed.insert(*field) => pending.push(inner),
                    Some(FieldSource::Computed(_)) => {}
                    _ => _ = found.insert(format!("field {}", field.0)),
                }
            }
            // What a row says of its own is not the customer's.
            ExprKind::Field { .. } => {}
            // Whether anything is found depends on the id.
            ExprKind::Lookup { key, .. } => {
                found.insert(shape(expr));
                pending.push(key);
            }
            ExprKind::Aggregate(aggregate) => {
                match &aggregate.rows {
                    Rows::Of(table) | Rows::Flattened { table, .. } => _ = found.insert(format!("rows {}", table.0)),
                    Rows::ListOf { row: Row::Customer, lists, .. } => {
                        found.extend(lists.first().map(|list| format!("field {}", list.0)));
                    }
                    Rows::ListOf { .. } => {}
                    Rows::Elements(list) => pending.push(list),
                }
                pending.extend(aggregate.filter.iter().chain(&aggregate.value));
            }
            _ => expr.for_each_part(&mut |part| pending.push(part)),
        }
    }
    found
}
