//! Where each node is worked out: once, per different text, by kernels, or inside the loop of a pass.

use super::node::{Node, NodeId, Op, Scope, Work, is_text};
use crate::program::{Conversion, Program, TableId, Type, Window};
use crate::syntax::tree::{Factor, TableKind};

/// Whether the rows of the table belong to no customer: looked-up tables and the lists of records below them.
pub(crate) fn is_looked_up(program: &Program, table: TableId) -> bool {
    let mut at = table;
    loop {
        match program.tables.get(at.0 as usize).map(|found| (found.parent, found.kind)) {
            Some((Some((parent, _)), _)) => at = parent,
            Some((None, kind)) => return kind == TableKind::Table,
            None => return false,
        }
    }
}

/// What a node's value depends on, within its scope.
#[derive(Clone, Copy, PartialEq)]
enum Basis {
    /// Nothing that differs within the run.
    Nothing,
    /// The text of this node alone.
    Text(NodeId),
    /// Something else, or more.
    More,
}

/// Settles [`Node::work`] of all nodes.
pub(crate) fn settle(program: &Program, nodes: &mut [Node]) {
    let mut bases: Vec<Basis> = Vec::with_capacity(nodes.len());
    for at in 0..nodes.len() {
        let id = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
        let Some(node) = nodes.get(at) else { continue };
        let basis = basis(nodes, &bases, id, node);
        let looked_up = matches!(node.scope, Scope::Row(table) if is_looked_up(program, table));
        let work = match (node.scope, basis) {
            (Scope::Constant, _) => Work::Once,
            (_, Basis::Text(text)) if text != id => Work::PerText(text),
            _ if matches!(node.op, Op::Aggregate(_)) => Work::Pass,
            (Scope::Customer, _) => Work::Customers,
            (Scope::Row(_), _) if looked_up => Work::PerLookedUpRow,
            (Scope::Row(_), _) if fits_a_pass(nodes, node) => Work::Pass,
            (Scope::Row(_), _) => Work::Rows,
        };
        bases.push(basis);
        if let Some(node) = nodes.get_mut(at) {
            node.work = work;
        }
    }
    // A loop works out only its own rows: what it uses of a list's parents, it finds worked out.
    for at in 0..nodes.len() {
        let Some(node) = nodes.get(at) else { continue };
        let scope = match &node.op {
            Op::Aggregate(aggregate) => Scope::Row(aggregate.rows.innermost()),
            _ => node.scope,
        };
        let mut operands = Vec::new();
        node.op.for_each_operand(|operand| operands.push(operand));
        for operand in operands {
            if let Some(found) = nodes.get_mut(operand.index())
                && found.scope != scope
                && found.work == Work::Pass
                && !matches!(found.op, Op::Column(..) | Op::Aggregate(_))
            {
                found.work = Work::Rows;
            }
        }
    }
    // A kernel reads whole columns, so what it uses is worked out by kernels too.
    for at in (0..nodes.len()).rev() {
        let Some(node) = nodes.get(at).filter(|node| node.work == Work::Rows) else { continue };
        let scope = node.scope;
        let mut operands = Vec::new();
        node.op.for_each_operand(|operand| operands.push(operand));
        for operand in operands {
            if let Some(found) = nodes.get_mut(operand.index())
                && found.scope == scope
                && found.work == Work::Pass
                && !matches!(found.op, Op::Column(..) | Op::Aggregate(_))
            {
                found.work = Work::Rows;
            }
        }
    }
}

fn basis(nodes: &[Node], bases: &[Basis], id: NodeId, node: &Node) -> Basis {
    if node.scope == Scope::Constant {
        return Basis::Nothing;
    }
    let inside = match &node.op {
        // Keys are all different, so there is nothing to spare by asking each text once, and blocks are dealt out to threads.
        Op::Column(..) | Op::Aggregate(_) | Op::Followed(_) | Op::Gap { .. } | Op::InShare { .. } => Basis::More,
        Op::Gather { row, .. } => of(nodes, bases, node, *row),
        op => {
            let mut joined = Basis::Nothing;
            op.for_each_operand(|operand| {
                joined = match (joined, of(nodes, bases, node, operand)) {
                    (Basis::Nothing, other) | (other, Basis::Nothing) => other,
                    (Basis::Text(left), Basis::Text(right)) if left == right => Basis::Text(left),
                    _ => Basis::More,
                };
            });
            joined
        }
    };
    match inside {
        Basis::More if is_text(&node.ty) => Basis::Text(id),
        other => other,
    }
}

fn of(nodes: &[Node], bases: &[Basis], user: &Node, operand: NodeId) -> Basis {
    match (nodes.get(operand.index()), bases.get(operand.index())) {
        (Some(found), Some(basis)) if found.scope == user.scope || found.scope == Scope::Constant => *basis,
        _ => Basis::More,
    }
}

/// Whether the loop of a pass can work the node out for a row.
fn fits_a_pass(nodes: &[Node], node: &Node) -> bool {
    let ty = |operand: NodeId| nodes.get(operand.index()).map_or(&Type::Boolean, |found| &found.ty);
    let plain = |ty: &Type| !is_text(ty) && !matches!(ty, Type::List(_) | Type::Records(_));
    match &node.op {
        Op::Column(..) => !matches!(node.ty, Type::List(_) | Type::Records(_)),
        Op::Convert(Conversion::BooleanToInteger, _) => false,
        Op::Negate(_) | Op::Sum(_) | Op::Convert(..) => plain(&node.ty),
        Op::Product(factors) => product_fits(factors.iter().map(|(side, factor)| (*side, ty(*factor)))),
        Op::Less(left, _) | Op::Equal { left, .. } => plain(ty(*left)),
        Op::Otherwise(_) => plain(&node.ty),
        Op::IsKnown(operand) => !matches!(ty(*operand), Type::List(_) | Type::Records(_)),
        Op::InWindows(_, windows) => {
            !windows.iter().any(|window| matches!(window, Window::Weekdays(_) | Window::Hours { .. }))
        }
        Op::Not(_) | Op::And(_) | Op::Or(_) | Op::AtLeastOf(..) | Op::Certain(_) => true,
        _ => false,
    }
}

/// Whole numbers and money by whole numbers, floats by floats; what needs wide or rounded arithmetic is a kernel's.
fn product_fits<'a>(mut factors: impl Iterator<Item = (Factor, &'a Type)>) -> bool {
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        Integer,
        Money,
        Number,
    }
    let kind = |ty: &Type| match ty {
        Type::Integer => Some(Kind::Integer),
        Type::Money(_) => Some(Kind::Money),
        Type::Number | Type::Percent => Some(Kind::Number),
        _ => None,
    };
    let Some(mut left) = factors.next().and_then(|(_, ty)| kind(ty)) else { return false };
    factors.all(|(side, ty)| {
        let Some(right) = kind(ty) else { return false };
        left = match (left, side, right) {
            (Kind::Integer, Factor::Times, Kind::Integer) => Kind::Integer,
            (Kind::Integer, Factor::Times, Kind::Money) | (Kind::Money, Factor::Times, Kind::Integer) => Kind::Money,
            (Kind::Number, _, Kind::Number) => Kind::Number,
            _ => return false,
        };
        true
    })
}
