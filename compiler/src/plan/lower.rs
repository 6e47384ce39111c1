//! From the checked program to the shared graph of nodes.
//!
//! Equal operations become one node, whatever segment they stand in; the node remembers each place it stands for.
//! Nothing here recurses over declarations, only over one written expression, whose depth is limited.

use super::Selection;
use super::node::{Aggregate, Constant, Node, NodeId, Op, Place, Rows, Scope, Work};
use super::truth::OPENED;
use super::walk::{computed, field_of, needed};
use crate::program::{
    self, Answer, CUSTOMERS, Expr, ExprKind, FieldId, Item, Program, QuestionId, SegmentId, TableId, Type, Window,
};
use crate::syntax::tree::Comparison;
use crate::values::Value;
use rustc_hash::FxHashMap;

/// The graph while it grows.
pub(crate) struct Lowering<'a> {
    pub(super) program: &'a Program,
    pub(crate) nodes: Vec<Node>,
    known: FxHashMap<(Op, Type), NodeId>,
    fields: FxHashMap<(TableId, FieldId), NodeId>,
    traits: FxHashMap<u32, NodeId>,
    segments: FxHashMap<u32, NodeId>,
    parts: FxHashMap<u32, Vec<NodeId>>,
    /// Values that are worked out although no answer may need them.
    pub(super) worked: Vec<NodeId>,
}

/// What the selection asks for, as nodes.
pub(crate) struct Lowered {
    pub(crate) nodes: Vec<Node>,
    pub(crate) traits: Vec<NodeId>,
    pub(crate) segments: Vec<NodeId>,
    pub(crate) partitions: Vec<Vec<NodeId>>,
    /// Values that are worked out although no answer may need them.
    pub(crate) worked: Vec<NodeId>,
}

/// Lowers what the selection needs, nothing else.
pub(crate) fn lower(program: &Program, selection: &Selection) -> Lowered {
    let mut lowering = Lowering {
        program,
        nodes: Vec::new(),
        known: FxHashMap::default(),
        fields: FxHashMap::default(),
        traits: FxHashMap::default(),
        segments: FxHashMap::default(),
        parts: FxHashMap::default(),
        worked: Vec::new(),
    };
    for item in needed(program, selection) {
        lowering.item(item);
    }
    let missing = lowering.missing();
    let find = |map: &FxHashMap<u32, NodeId>, id: u32| map.get(&id).copied().unwrap_or(missing);
    Lowered {
        traits: selection.traits.iter().map(|id| find(&lowering.traits, id.0)).collect(),
        segments: selection.segments.iter().map(|id| find(&lowering.segments, id.0)).collect(),
        partitions: selection
            .partitions
            .iter()
            .map(|id| lowering.parts.get(&id.0).cloned().unwrap_or_default())
            .collect(),
        nodes: lowering.nodes,
        worked: {
            lowering.worked.sort_unstable();
            lowering.worked.dedup();
            lowering.worked
        },
    }
}

impl<'a> Lowering<'a> {
    fn item(&mut self, item: Item) {
        let program = self.program;
        match item {
            Item::Trait(id) => {
                if let Some(found) = program.traits.get(id.0 as usize) {
                    let value = self.expression(&found.value, Scope::Customer);
                    self.traits.insert(id.0, value);
                }
            }
            Item::Segment(id) => {
                if let Some(found) = program.segments.get(id.0 as usize) {
                    let lines: Vec<NodeId> =
                        found.lines.iter().map(|line| self.expression(line, Scope::Customer)).collect();
                    let all = self.all(lines);
                    let certain = self.certain(all);
                    self.segments.insert(id.0, certain);
                }
            }
            Item::Partition(id) => {
                if let Some(found) = program.partitions.get(id.0 as usize) {
                    let parts = self.partition(found);
                    self.parts.insert(id.0, parts);
                }
            }
        }
    }

    /// One node a part: the condition certainly holds and none before it does (rule 14).
    fn partition(&mut self, partition: &program::Partition) -> Vec<NodeId> {
        let mut before: Option<NodeId> = None;
        let mut parts = Vec::with_capacity(partition.parts.len());
        for part in &partition.parts {
            let condition = match &part.condition {
                Some(condition) => self.expression(condition, Scope::Customer),
                None => self.boolean(true),
            };
            let holds = self.certain(condition);
            let here = match (before, part.condition.is_some()) {
                (Some(rest), true) => self.all(vec![rest, holds]),
                (Some(rest), false) => rest,
                (None, _) => holds,
            };
            parts.push(here);
            let not = self.not(holds);
            before = Some(match before {
                Some(rest) => self.all(vec![rest, not]),
                None => not,
            });
        }
        parts
    }

    /// The node of an expression that stands in the text of `context`.
    fn expression(&mut self, expr: &Expr, context: Scope) -> NodeId {
        self.fields_used_by(expr);
        self.lower(expr, context)
    }

    /// Lowers the computed fields that the expression reaches, those they use first, without recursing over them.
    fn fields_used_by(&mut self, expr: &Expr) {
        let program = self.program;
        let mut stack: Vec<(Option<(TableId, FieldId)>, &Expr)> = vec![(None, expr)];
        while let Some((field, expr)) = stack.pop() {
            if field.is_some_and(|field| self.fields.contains_key(&field)) {
                continue;
            }
            let mut open = Vec::new();
            let mut pending = vec![expr];
            while let Some(inner) = pending.pop() {
                if let Some(used) = field_of(inner)
                    && !self.fields.contains_key(&used)
                    && let Some(value) = computed(program, used)
                {
                    open.push((Some(used), value));
                }
                inner.for_each_part(&mut |child| pending.push(child));
            }
            if let Some(field) = field
                && open.is_empty()
            {
                let node = self.lower(expr, scope_of(field.0));
                self.fields.insert(field, node);
            } else if !open.is_empty() {
                if field.is_some() {
                    stack.push((field, expr));
                }
                stack.append(&mut open);
            }
        }
    }

    pub(super) fn lower(&mut self, expr: &Expr, context: Scope) -> NodeId {
        let op = match &expr.kind {
            ExprKind::Constant(value) => Op::Constant(Constant(value.clone())),
            ExprKind::Now => Op::Now,
            ExprKind::Day(days) => Op::Day(*days),
            ExprKind::Field { row: program::Row::Customer, field, .. } => return self.field(CUSTOMERS, *field),
            ExprKind::Field { row: program::Row::Current, table, field } => return self.field(*table, *field),
            ExprKind::Lookup { key, table, field } => {
                let key = self.lower(key, context);
                let row = self.intern(Op::LookupRow { key, table: *table }, Type::Id(Some(*table)), true);
                let value = self.field(*table, *field);
                Op::Gather { row, value }
            }
            ExprKind::Trait(id) => return self.traits.get(&id.0).copied().unwrap_or_else(|| self.missing()),
            ExprKind::Segment(id) => return self.segment(*id),
            ExprKind::InParts { partition, parts } => {
                let all = self.parts.get(&partition.0).cloned().unwrap_or_default();
                let chosen = parts.iter().filter_map(|part| all.get(*part as usize).copied()).collect();
                return self.any(chosen);
            }
            ExprKind::Convert(conversion, inner) => Op::Convert(*conversion, self.lower(inner, context)),
            ExprKind::Negate(inner) => Op::Negate(self.lower(inner, context)),
            ExprKind::Sum(terms) => {
                Op::Sum(terms.iter().map(|(sign, term)| (*sign, self.lower(term, context))).collect())
            }
            ExprKind::Product(factors) => {
                Op::Product(factors.iter().map(|(side, factor)| (*side, self.lower(factor, context))).collect())
            }
            ExprKind::Shift { moment, sign, amount } => Op::Shift(self.lower(moment, context), *sign, *amount),
            ExprKind::Difference(later, earlier) => {
                let later = self.lower(later, context);
                Op::Difference(later, self.lower(earlier, context))
            }
            ExprKind::Point(latitude, longitude) => {
                let latitude = self.lower(latitude, context);
                Op::Point(latitude, self.lower(longitude, context))
            }
            ExprKind::Distance(from, to) => {
                let from = self.lower(from, context);
                Op::Distance(from, self.lower(to, context))
            }
            ExprKind::Call(function, argument) => Op::Call(*function, self.lower(argument, context)),
            ExprKind::Round { value, direction, decimals } => {
                Op::Round(self.lower(value, context), *direction, *decimals)
            }
            ExprKind::Otherwise(choices) => {
                Op::Otherwise(choices.iter().map(|choice| self.lower(choice, context)).collect())
            }
            ExprKind::Compare(comparison, left, right) => {
                let left = self.lower(left, context);
                let right = self.lower(right, context);
                return self.compare(*comparison, left, right, expr.may_be_missing);
            }
            ExprKind::Equal { left, right, ignoring_case } => {
                let left = self.lower(left, context);
                let right = self.lower(right, context);
                Op::Equal { left: left.min(right), right: left.max(right), ignoring_case: *ignoring_case }
            }
            ExprKind::IsOneOf { value, values, ignoring_case } => Op::IsOneOf {
                value: self.lower(value, context),
                values: values.iter().map(|value| Constant(value.clone())).collect(),
                ignoring_case: *ignoring_case,
            },
            ExprKind::Text { test, subject, pattern, ignoring_case } => {
                let subject = self.lower(subject, context);
                let pattern = self.lower(pattern, context);
                Op::Text { test: *test, subject, pattern, ignoring_case: *ignoring_case }
            }
            ExprKind::Includes { list, quantifier, values, ignoring_case } => Op::Includes {
                list: self.lower(list, context),
                quantifier: *quantifier,
                values: values.iter().map(|value| self.lower(value, context)).collect(),
                ignoring_case: *ignoring_case,
            },
            ExprKind::IsEmpty(list) => Op::IsEmpty(self.lower(list, context)),
            ExprKind::IsKnown(inner) => Op::IsKnown(self.lower(inner, context)),
            ExprKind::InBox(place, area) => Op::InBox(self.lower(place, context), *area),
            ExprKind::InWindows(moment, windows) => {
                Op::InWindows(self.lower(moment, context), windows.iter().copied().collect())
            }
            ExprKind::Near(day, window) => {
                let day = self.lower(day, context);
                return self.near(day, window);
            }
            ExprKind::Occurs { occasion, base, windows } => Op::Occurs {
                occasion: occasion.clone(),
                base: base.as_ref().map(|base| self.lower(base, Scope::Customer)),
                windows: windows.iter().copied().collect(),
            },
            ExprKind::Not(inner) => {
                let inner = self.lower(inner, context);
                return self.not(inner);
            }
            ExprKind::And(inner) => {
                let inner = inner.iter().map(|one| self.lower(one, context)).collect();
                return self.all(inner);
            }
            ExprKind::Or(inner) => {
                let inner = inner.iter().map(|one| self.lower(one, context)).collect();
                return self.any(inner);
            }
            ExprKind::AtLeastOf(count, inner) => {
                Op::AtLeastOf(*count, inner.iter().map(|one| self.lower(one, context)).collect())
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, context),
            ExprKind::Followed(step) => return self.followed(step, context),
            // It is the value of an aggregate, which sees to it.
            ExprKind::Gap => Op::Missing,
            ExprKind::Score(score) => return self.score(score, expr, context),
            ExprKind::OverBase(question) => return self.over_base(question, expr, context),
            ExprKind::InShare { salt, from, to, key } => {
                let key = self.lower(key, context);
                Op::InShare { key, salt: std::sync::Arc::clone(salt), from: *from, to: *to }
            }
        };
        let fails = op.can_fail();
        let node = self.intern(op, expr.ty.clone(), expr.may_be_missing);
        if fails {
            self.stands_for(node, Place { span: expr.span, context });
        }
        node
    }

    /// The members of a segment that was lowered before.
    pub(super) fn segment(&mut self, id: SegmentId) -> NodeId {
        self.segments.get(&id.0).copied().unwrap_or_else(|| self.missing())
    }

    /// What a question about the whole base came to, where it was answered.
    pub(super) fn answer(&self, question: QuestionId) -> Option<&'a Answer> {
        self.program.answers.get(question)
    }

    fn aggregate(&mut self, aggregate: &program::Aggregate, context: Scope) -> Op {
        let rows = match &aggregate.rows {
            program::Rows::Elements(list) => {
                return Op::Elements(aggregate.operator, self.lower(list, context));
            }
            program::Rows::Of(table) => Rows { owner: Scope::Customer, chain: Box::new([*table]) },
            program::Rows::Flattened { table, lists } => {
                let chain = std::iter::once(*table).chain(self.below(*table, lists)).collect();
                Rows { owner: Scope::Customer, chain }
            }
            program::Rows::ListOf { row: program::Row::Customer, lists, .. } => {
                Rows { owner: Scope::Customer, chain: self.below(CUSTOMERS, lists).collect() }
            }
            program::Rows::ListOf { row: program::Row::Current, table, lists } => {
                Rows { owner: scope_of(*table), chain: self.below(*table, lists).collect() }
            }
        };
        let inner = Scope::Row(rows.innermost());
        let within = self.within(&rows, &aggregate.windows, &aggregate.occasions);
        let filter = aggregate.filter.as_ref().map(|filter| self.lower(filter, inner));
        let value = aggregate.value.as_ref().map(|value| match (&value.kind, &aggregate.rows) {
            (ExprKind::Gap, program::Rows::Of(table)) => self.gap(*table, within, filter),
            _ => self.lower(value, inner),
        });
        Op::Aggregate(Box::new(Aggregate { operator: aggregate.operator, rows, within, filter, value }))
    }

    /// The tables that list-of-records fields lead to, one below the other.
    fn below(&self, table: TableId, lists: &[FieldId]) -> impl Iterator<Item = TableId> + use<> {
        let mut at = table;
        let program = self.program;
        let found: Vec<TableId> = lists
            .iter()
            .map_while(|list| {
                let field = program.tables.get(at.0 as usize)?.fields.get(list.0 as usize)?;
                let Type::Records(next) = field.ty else { return None };
                at = next;
                Some(next)
            })
            .collect();
        found.into_iter()
    }

    /// Whether a row's time lies in the windows, and its day in what occasions choose; never missing.
    pub(super) fn within(
        &mut self,
        rows: &Rows,
        windows: &[Window],
        occasions: &[program::OccasionWindow],
    ) -> Option<NodeId> {
        if windows.is_empty() && occasions.is_empty() {
            return None;
        }
        let mut table = *rows.chain.first()?;
        let at = loop {
            let declared = self.program.tables.get(table.0 as usize)?;
            match (declared.at, declared.parent) {
                (Some(at), _) => break at,
                (None, Some((parent, _))) => table = parent,
                (None, None) => return None,
            }
        };
        let time = self.field(table, at);
        let mut tests = Vec::with_capacity(1 + occasions.len());
        if !windows.is_empty() {
            tests.push(self.intern(Op::InWindows(time, windows.iter().copied().collect()), Type::Boolean, false));
        }
        for window in occasions {
            let day = self.day(time);
            let near = self.near(day, window);
            tests.push(if window.base.is_some() { self.certain(near) } else { near });
        }
        Some(self.all(tests))
    }

    /// Whether a day lies in what an occasion chooses.
    fn near(&mut self, day: NodeId, window: &program::OccasionWindow) -> NodeId {
        let base = window.base.as_ref().map(|base| self.lower(base, Scope::Customer));
        let may_be_missing = self.any_missing(&[day]) || base.is_some_and(|base| self.any_missing(&[base]));
        let op = Op::Near { day, occasion: window.occasion.clone(), base, reach: window.reach };
        self.intern(op, Type::Boolean, may_be_missing)
    }

    pub(super) fn field(&mut self, table: TableId, field: FieldId) -> NodeId {
        if let Some(node) = self.fields.get(&(table, field)) {
            return *node;
        }
        let declared = self.program.tables.get(table.0 as usize).and_then(|found| found.fields.get(field.0 as usize));
        let (ty, optional) = declared.map_or((Type::Boolean, true), |found| (found.ty.clone(), found.optional));
        let node = self.intern(Op::Column(table, field), ty, optional);
        self.fields.insert((table, field), node);
        node
    }

    fn compare(&mut self, comparison: Comparison, left: NodeId, right: NodeId, may_be_missing: bool) -> NodeId {
        let (first, second, negated) = match comparison {
            Comparison::Less => (left, right, false),
            Comparison::Greater => (right, left, false),
            Comparison::AtLeast => (left, right, true),
            Comparison::AtMost => (right, left, true),
        };
        let less = self.intern(Op::Less(first, second), Type::Boolean, may_be_missing);
        if negated { self.not(less) } else { less }
    }

    pub(super) fn not(&mut self, node: NodeId) -> NodeId {
        if let Some(Op::Not(inner)) = self.nodes.get(node.index()).map(|found| &found.op) {
            return *inner;
        }
        let may_be_missing = self.any_missing(&[node]);
        self.intern(Op::Not(node), Type::Boolean, may_be_missing)
    }

    pub(super) fn certain(&mut self, node: NodeId) -> NodeId {
        match self.nodes.get(node.index()).map(|found| &found.op) {
            Some(Op::Certain(_) | Op::IsKnown(_) | Op::IsEmpty(_)) => node,
            _ => self.intern(Op::Certain(node), Type::Boolean, false),
        }
    }

    pub(super) fn all(&mut self, nodes: Vec<NodeId>) -> NodeId {
        let nodes = self.flattened(nodes, |op| if let Op::And(inner) = op { Some(inner) } else { None });
        match nodes.as_slice() {
            [] => self.boolean(true),
            [one] => *one,
            _ => {
                let may_be_missing = self.any_missing(&nodes);
                self.intern(Op::And(nodes.into()), Type::Boolean, may_be_missing)
            }
        }
    }

    pub(super) fn any(&mut self, nodes: Vec<NodeId>) -> NodeId {
        let nodes = self.flattened(nodes, |op| if let Op::Or(inner) = op { Some(inner) } else { None });
        match nodes.as_slice() {
            [] => self.boolean(false),
            [one] => *one,
            _ => {
                let may_be_missing = self.any_missing(&nodes);
                self.intern(Op::Or(nodes.into()), Type::Boolean, may_be_missing)
            }
        }
    }

    fn flattened(&self, nodes: Vec<NodeId>, inside: impl Fn(&Op) -> Option<&[NodeId]>) -> Vec<NodeId> {
        let mut flat: Vec<NodeId> = Vec::with_capacity(nodes.len());
        for node in nodes {
            match self.nodes.get(node.index()).and_then(|found| inside(&found.op)) {
                Some(inner) if inner.len() <= OPENED => flat.extend_from_slice(inner),
                _ => flat.push(node),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        flat
    }

    pub(super) fn any_missing(&self, nodes: &[NodeId]) -> bool {
        nodes.iter().any(|node| self.nodes.get(node.index()).is_none_or(|found| found.may_be_missing))
    }

    pub(super) fn boolean(&mut self, value: bool) -> NodeId {
        self.intern(Op::Constant(Constant(Value::Boolean(value))), Type::Boolean, false)
    }

    /// What stands for a declaration that is not there; the checker makes sure that none is used.
    fn missing(&mut self) -> NodeId {
        self.boolean(false)
    }

    pub(super) fn stands_for(&mut self, node: NodeId, place: Place) {
        if let Some(found) = self.nodes.get_mut(node.index())
            && !found.places.contains(&place)
        {
            found.places.push(place);
        }
    }

    pub(super) fn intern(&mut self, op: Op, ty: Type, may_be_missing: bool) -> NodeId {
        if let Some(id) = self.known.get(&(op.clone(), ty.clone())) {
            if let Some(node) = self.nodes.get_mut(id.index()) {
                node.may_be_missing |= may_be_missing;
            }
            return *id;
        }
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let scope = self.scope(&op);
        let level = self.level(&op);
        self.known.insert((op.clone(), ty.clone()), id);
        self.nodes.push(Node { op, ty, scope, may_be_missing, places: Vec::new(), level, work: Work::Once });
        id
    }

    fn scope(&self, op: &Op) -> Scope {
        let of = |node: NodeId| self.nodes.get(node.index()).map_or(Scope::Constant, |found| found.scope);
        match op {
            Op::Column(table, _) => scope_of(*table),
            Op::Gather { row, .. } => of(*row),
            Op::Aggregate(aggregate) => aggregate.rows.owner,
            Op::Followed(step) => of(step.moment),
            _ => {
                let mut widest = Scope::Constant;
                op.for_each_operand(|operand| widest = widest.max(of(operand)));
                widest
            }
        }
    }

    fn level(&self, op: &Op) -> u32 {
        let mut level = 0;
        op.for_each_operand(|operand| {
            level = level.max(self.nodes.get(operand.index()).map_or(0, |found| found.level));
        });
        level + u32::from(matches!(op, Op::Aggregate(_)))
    }
}

/// The scope of a table's own rows.
pub(crate) fn scope_of(table: TableId) -> Scope {
    if table == CUSTOMERS { Scope::Customer } else { Scope::Row(table) }
}
