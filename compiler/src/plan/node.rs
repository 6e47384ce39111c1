//! Nodes of the plan: what is worked out, in which scope, and for which places in the text.
//!
//! INVARIANT: the operands of a node have smaller numbers than the node, so the order of numbers is an order of work.

use crate::builtins::Function;
use crate::program::{Conversion, FieldId, Share, TableId, Type, Window};
use crate::source::Span;
use crate::syntax::tree::{AggregateOperator, Amount, Compared, Factor, Quantifier, Rounding, Sign, TextTest};
use crate::values::Value;
use crate::values::calendar::{Occasion, Reach};
use crate::values::places::BoundingBox;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Number of a node in [`super::Plan::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    /// As a position.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a node has one value for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// The whole run.
    Constant,
    /// Each customer.
    Customer,
    /// Each row of a table: events, records, elements of a list of records, looked-up rows.
    Row(TableId),
}

/// A written value, comparable bit for bit.
#[derive(Debug, Clone)]
pub struct Constant(pub Value);

impl PartialEq for Constant {
    fn eq(&self, other: &Constant) -> bool {
        match (&self.0, &other.0) {
            (Value::Number(left), Value::Number(right)) => left.to_bits() == right.to_bits(),
            (Value::List(left), Value::List(right)) => {
                left.len() == right.len()
                    && left.iter().zip(right.iter()).all(|(l, r)| Constant(l.clone()) == Constant(r.clone()))
            }
            (left, right) => left == right,
        }
    }
}

impl Eq for Constant {}

impl Hash for Constant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(&self.0).hash(state);
        match &self.0 {
            Value::Boolean(value) => value.hash(state),
            Value::Integer(value) | Value::Money(value) | Value::Instant(value) | Value::Duration(value) => {
                value.hash(state);
            }
            Value::Number(value) => value.to_bits().hash(state),
            Value::Text(value) => value.hash(state),
            Value::Date(value) => value.hash(state),
            Value::List(values) => values.iter().for_each(|value| Constant(value.clone()).hash(state)),
        }
    }
}

/// A place in the text that a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The operation as written.
    pub span: Span,
    /// What the text there is asked about, so what failures are counted by: at least the node's own scope.
    pub context: Scope,
}

/// One thing worked out.
#[derive(Debug, Clone)]
pub struct Node {
    /// How.
    pub op: Op,
    /// The type of the value.
    pub ty: Type,
    /// What it has one value for.
    pub scope: Scope,
    /// Whether it may be missing.
    pub may_be_missing: bool,
    /// Where a failure is counted; empty for what cannot fail.
    pub places: Vec<Place>,
    /// Event passes that must be over before: the aggregates of a pass of level `n` have level `n + 1`.
    pub level: u32,
    /// Where the value is worked out.
    pub work: Work,
}

/// Where a value is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Work {
    /// Once a run.
    Once,
    /// Once a row of a looked-up table.
    PerLookedUpRow,
    /// Once per different text of the node named, plus once for a missing one; users look the result up by code.
    PerText(NodeId),
    /// By a kernel over a block of customers.
    Customers,
    /// By a kernel over the rows of a block of customers, before the passes that read it.
    Rows,
    /// By a pass: an aggregate, or a row's value inside the loop of each pass that uses it.
    Pass,
}

/// How a node is worked out. Boolean operations are Kleene's; a missing operand gives missing where not said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Op {
    /// A written value.
    Constant(Constant),
    /// The run's `as of`.
    Now,
    /// The day of `as of` plus this many days.
    Day(i32),
    /// A stored field.
    Column(TableId, FieldId),
    /// The row of the table whose key is the operand; missing where there is none.
    LookupRow {
        /// The id.
        key: NodeId,
        /// Where it is looked up.
        table: TableId,
    },
    /// What `value`, in the scope of a looked-up row, is for the row `row`.
    Gather {
        /// A [`Op::LookupRow`].
        row: NodeId,
        /// In the scope of that row.
        value: NodeId,
    },
    /// A change of representation.
    Convert(Conversion, NodeId),
    /// Sign changed.
    Negate(NodeId),
    /// Added from the left.
    Sum(Box<[(Sign, NodeId)]>),
    /// Multiplied and divided from the left.
    Product(Box<[(Factor, NodeId)]>),
    /// Moved by calendar units.
    Shift(NodeId, Sign, Amount),
    /// First minus second, a duration.
    Difference(NodeId, NodeId),
    /// The place with a latitude and a longitude, in degrees.
    Point(NodeId, NodeId),
    /// How far two places are apart, in metres.
    Distance(NodeId, NodeId),
    /// A builtin function.
    Call(Function, NodeId),
    /// Rounded to decimals.
    Round(NodeId, Rounding, u32),
    /// An integer or number brought between the ends that are given.
    Clamp {
        /// What.
        value: NodeId,
        /// The smallest result, of its type.
        low: Option<Constant>,
        /// The largest result, of its type.
        high: Option<Constant>,
    },
    /// A value that is never known.
    Missing,
    /// In which group a value is that is ranked: 1 + how many of the cuts, ascending and of its type, are at most the value;
    /// missing too where `among` is not certainly true.
    Group {
        /// What is ranked.
        value: NodeId,
        /// Of whom it is asked, where not of all.
        among: Option<NodeId>,
        /// Where the groups after the first start.
        cuts: Arc<[Constant]>,
    },
    /// Whether a key is in a stable share of all: see [`crate::program::ExprKind::InShare`].
    InShare {
        /// The key.
        key: NodeId,
        /// What customers are dealt by.
        salt: Arc<str>,
        /// Where the share starts.
        from: Share,
        /// Where it ends, outside.
        to: Share,
    },
    /// The first known one.
    Otherwise(Box<[NodeId]>),
    /// First before second. The other orders are written with this one, turned round and negated.
    Less(NodeId, NodeId),
    /// Equality.
    Equal {
        /// One side: the smaller number.
        left: NodeId,
        /// The other.
        right: NodeId,
        /// Folded first.
        ignoring_case: bool,
    },
    /// Among constants.
    IsOneOf {
        /// The value.
        value: NodeId,
        /// Of its type.
        values: Arc<[Constant]>,
        /// Folded first.
        ignoring_case: bool,
    },
    /// A test on text.
    Text {
        /// Which.
        test: TextTest,
        /// The text.
        subject: NodeId,
        /// What is looked for.
        pattern: NodeId,
        /// Folded first.
        ignoring_case: bool,
    },
    /// Whether a list, empty where missing, holds values.
    Includes {
        /// The list.
        list: NodeId,
        /// How many of them.
        quantifier: Quantifier,
        /// The values.
        values: Box<[NodeId]>,
        /// Folded first.
        ignoring_case: bool,
    },
    /// Whether a list, empty where missing, is empty.
    IsEmpty(NodeId),
    /// Whether the operand is known.
    IsKnown(NodeId),
    /// Whether a date or instant lies in all the windows.
    InWindows(NodeId, Arc<[Window]>),
    /// Whether a place is in a box.
    InBox(NodeId, BoundingBox),
    /// Whether a date lies in the days that an occasion chooses.
    Near {
        /// The date.
        day: NodeId,
        /// Of what.
        occasion: Occasion,
        /// For anniversaries: a customer's date.
        base: Option<NodeId>,
        /// Which days, seen from it.
        reach: Reach,
    },
    /// Whether a day of an occasion lies in all the windows, of days.
    Occurs {
        /// What.
        occasion: Occasion,
        /// For anniversaries: a customer's date.
        base: Option<NodeId>,
        /// When.
        windows: Arc<[Window]>,
    },
    /// Not.
    Not(NodeId),
    /// And of two or more, ascending, each once.
    And(Box<[NodeId]>),
    /// Or of two or more, ascending, each once.
    Or(Box<[NodeId]>),
    /// At least so many of them.
    AtLeastOf(u32, Box<[NodeId]>),
    /// Whether the operand is certainly true: a missing one is false.
    Certain(NodeId),
    /// A question about rows.
    Aggregate(Box<Aggregate>),
    /// Whether a row is followed by one of its customer's rows.
    Followed(Box<Followed>),
    /// How long before an event another one was; missing for the first, for all but one of those of one moment, and for those
    /// that do not pass.
    Gap {
        /// The events.
        rows: TableId,
        /// When the event is: an instant, or a day.
        moment: NodeId,
        /// Whether it exists and counts.
        passes: NodeId,
    },
    /// A question about the elements of a list of plain values.
    Elements(AggregateOperator, NodeId),
}

/// A question about rows of a table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Aggregate {
    /// Which.
    pub operator: AggregateOperator,
    /// Whose rows.
    pub rows: Rows,
    /// Yes where the row's time, or that of the row above it which has one, lies in the windows; never missing.
    pub within: Option<NodeId>,
    /// Of the row; a row counts where it is certainly true.
    pub filter: Option<NodeId>,
    /// Of the row; missing ones are skipped.
    pub value: Option<NodeId>,
}

/// The rows a question is about: those of the last table of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rows {
    /// The customer, or a row.
    pub owner: Scope,
    /// From the owner's rows down through lists of records; not empty.
    pub chain: Box<[TableId]>,
}

impl Rows {
    /// The table of the rows asked about.
    pub fn innermost(&self) -> TableId {
        self.chain.last().copied().unwrap_or(crate::program::CUSTOMERS)
    }
}

/// Whether an event is followed by one of its customer's events: one that passes, whose moment is after the event's (or the
/// same, where `or_same`) and before the deadline, and whose ties are known and equal. Moments are of one type: instants, or days.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Followed {
    /// The events that follow.
    pub rows: TableId,
    /// When the event is.
    pub moment: NodeId,
    /// When the time to follow in is over, of the event; where it is missing, and where there is none, it never is.
    pub deadline: Option<NodeId>,
    /// When a following event is, of its row.
    pub later: NodeId,
    /// Whether a following event exists and counts, of its row.
    pub passes: NodeId,
    /// Values of the event, and of the row that follows.
    pub ties: Box<[(NodeId, NodeId)]>,
    /// How a value of the row that follows, the second, must stand to one of the event; both known.
    pub compared: Option<(Compared, NodeId, NodeId)>,
    /// Whether the same moment is after.
    pub or_same: bool,
}

impl Followed {
    /// The operands in their order, each with whether it is of the rows that follow.
    pub fn operands(&self) -> impl Iterator<Item = (NodeId, bool)> + '_ {
        let own = std::iter::once(self.moment).chain(self.deadline).map(|node| (node, false));
        let later = [(self.later, true), (self.passes, true)];
        let compared = self.compared.into_iter().flat_map(|(_, own, later)| [(own, false), (later, true)]);
        own.chain(later)
            .chain(self.ties.iter().flat_map(|(own, later)| [(*own, false), (*later, true)]))
            .chain(compared)
    }
}

impl Op {
    /// Calls `each` with every operand, those inside rows included.
    pub fn for_each_operand(&self, mut each: impl FnMut(NodeId)) {
        match self {
            Op::Constant(_) | Op::Now | Op::Day(_) | Op::Column(..) | Op::Missing => {}
            Op::LookupRow { key: node, .. }
            | Op::Convert(_, node)
            | Op::Negate(node)
            | Op::Shift(node, ..)
            | Op::Call(_, node)
            | Op::Round(node, ..)
            | Op::Clamp { value: node, .. }
            | Op::IsOneOf { value: node, .. }
            | Op::InShare { key: node, .. }
            | Op::IsEmpty(node)
            | Op::IsKnown(node)
            | Op::InWindows(node, _)
            | Op::InBox(node, _)
            | Op::Not(node)
            | Op::Certain(node)
            | Op::Elements(_, node) => each(*node),
            Op::Gather { row: first, value: second }
            | Op::Difference(first, second)
            | Op::Distance(first, second)
            | Op::Point(first, second)
            | Op::Less(first, second)
            | Op::Equal { left: first, right: second, .. }
            | Op::Gap { moment: first, passes: second, .. }
            | Op::Text { subject: first, pattern: second, .. } => {
                each(*first);
                each(*second);
            }
            Op::Near { day, base, .. } => {
                each(*day);
                base.iter().for_each(|node| each(*node));
            }
            Op::Occurs { base, .. } => base.iter().for_each(|node| each(*node)),
            Op::Group { value, among, .. } => {
                each(*value);
                among.iter().for_each(|node| each(*node));
            }
            Op::Sum(terms) => terms.iter().for_each(|(_, node)| each(*node)),
            Op::Product(factors) => factors.iter().for_each(|(_, node)| each(*node)),
            Op::Otherwise(nodes) | Op::And(nodes) | Op::Or(nodes) | Op::AtLeastOf(_, nodes) => {
                nodes.iter().for_each(|node| each(*node));
            }
            Op::Includes { list, values, .. } => {
                each(*list);
                values.iter().for_each(|node| each(*node));
            }
            Op::Aggregate(aggregate) => {
                [aggregate.within, aggregate.filter, aggregate.value].into_iter().flatten().for_each(each);
            }
            Op::Followed(step) => step.operands().for_each(|(node, _)| each(node)),
        }
    }

    /// Whether arithmetic in it can fail (rule 9), or in the looked-up row that it leads to.
    pub fn can_fail(&self) -> bool {
        match self {
            Op::Negate(_) | Op::Sum(_) | Op::Product(_) | Op::Shift(..) | Op::Difference(..) => true,
            Op::Call(..) | Op::Round(..) | Op::Day(_) | Op::Gather { .. } | Op::Point(..) => true,
            Op::Aggregate(aggregate) => sums(aggregate.operator),
            Op::Elements(operator, _) => sums(*operator),
            _ => false,
        }
    }
}

fn sums(operator: AggregateOperator) -> bool {
    matches!(operator, AggregateOperator::Sum | AggregateOperator::Average)
}

/// Whether values of the type are codes of a dictionary of texts.
pub fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Text | Type::OneOf(_) | Type::Id(_) | Type::Timezone)
}
