//! A plan bound to data and an `as of`: the form of every node, and what its kernel looks up instead of working it out
//! for each row.

use super::EngineError;
use super::kernels;
use super::shape::{NO_CODE, Shape, beside, identities, join, join_lists, ranks};
use super::vector::{bits_by_row, words_for};
use crate::data::{Dataset, KeyIndex, Stored};
use rustc_hash::{FxHashMap, FxHashSet};
use segue_compiler::builtins::Function;
use segue_compiler::plan::{Constant, Node, NodeId, Op, Plan, Scope};
use segue_compiler::program::{CUSTOMERS, Conversion, Program, TableId, Type, Window};
use segue_compiler::syntax::tree::AggregateOperator;
use segue_compiler::values::Value;
use segue_compiler::values::calendar::{Clock, Moments, TimeFilter, resolve};
use segue_compiler::values::text::{TextMatcher, comparable};
use std::cmp::Ordering;
use std::sync::Arc;

/// What a kernel looks up.
#[derive(Debug)]
pub(crate) enum Aid {
    /// Nothing.
    None,
    /// For the codes of each side, numbers that are equal, or in order, where the texts are.
    Pair(Vec<u32>, Vec<u32>),
    /// A bit a code: which texts pass.
    Codes(Vec<u64>),
    /// Whole values that pass.
    Wholes(FxHashSet<i64>),
    /// Bits of floats that pass.
    Floats(FxHashSet<u64>),
    /// Which yes/no values pass.
    Truths { yes: bool, no: bool },
    /// For each choice the new codes of its texts; `None` where they stay.
    Choices(Vec<Option<Vec<u32>>>),
    /// For each choice where its elements begin.
    Starts(Vec<u32>),
    /// For each value numbers for the elements' codes and for its own; `None` for what is no text.
    Wanted(Vec<Option<(Vec<u32>, Vec<u32>)>>),
    /// For each tie numbers for the codes of each side, which are equal where the texts are; none for what is no text.
    Ties(Vec<(Vec<u32>, Vec<u32>)>),
    /// The row of the table for each code, or [`NO_CODE`].
    Keys(Vec<u32>),
    /// The place of each code in the order of the texts, and one entry more.
    Order(Vec<u32>),
    /// The length of each text.
    Lengths(Vec<i64>),
    /// What the windows mean.
    Time(TimeFilter),
}

/// A plan bound to a run.
#[derive(Debug)]
pub(crate) struct Prepared<'a> {
    pub(crate) program: &'a Program,
    pub(crate) plan: &'a Plan,
    pub(crate) data: &'a Dataset,
    pub(crate) clock: Clock,
    /// Nodes whose values are needed.
    pub(crate) live: Vec<bool>,
    shapes: Vec<Shape>,
    aids: Vec<Aid>,
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(
        program: &'a Program,
        plan: &'a Plan,
        data: &'a Dataset,
        clock: Clock,
    ) -> Result<Prepared<'a>, EngineError> {
        let mut prepared = Prepared {
            program,
            plan,
            data,
            clock,
            live: plan.live(),
            shapes: Vec::with_capacity(plan.nodes.len()),
            aids: Vec::with_capacity(plan.nodes.len()),
        };
        let mut keys = FxHashMap::default();
        for (at, node) in plan.nodes.iter().enumerate() {
            let (shape, aid) = if prepared.live.get(at).copied().unwrap_or(false) {
                let id = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
                prepared.settle(id, node, &mut keys)?
            } else {
                (Shape::Boolean, Aid::None)
            };
            prepared.shapes.push(shape);
            prepared.aids.push(aid);
        }
        Ok(prepared)
    }

    pub(crate) fn node(&self, id: NodeId) -> Result<&'a Node, EngineError> {
        self.plan.nodes.get(id.index()).ok_or(EngineError::Broken(id.0, "there is no such node"))
    }

    pub(crate) fn shape(&self, id: NodeId) -> &Shape {
        self.shapes.get(id.index()).unwrap_or(&Shape::Boolean)
    }

    /// The form of what an aggregate asks about where this is its value: the entries of a list, else the values.
    pub(crate) fn asked_shape(&self, id: NodeId) -> &Shape {
        match self.shape(id) {
            Shape::List(elements) => &elements.shape,
            shape => shape,
        }
    }

    pub(crate) fn aid(&self, id: NodeId) -> &Aid {
        self.aids.get(id.index()).unwrap_or(&Aid::None)
    }

    /// A stored column, where it was loaded.
    pub(crate) fn column(&self, id: NodeId) -> Option<&'a Stored> {
        match self.plan.nodes.get(id.index())?.op {
            Op::Column(table, field) => self.data.column(table, field),
            _ => None,
        }
    }

    /// How many texts a node's values may be.
    pub(crate) fn texts(&self, id: NodeId) -> usize {
        self.shape(id).dictionary().map_or(0, |dictionary| dictionary.len())
    }

    /// The table whose rows hold the rows of this one, or the customers.
    pub(crate) fn owner_of(&self, table: TableId) -> TableId {
        let declared = self.program.tables.get(table.0 as usize);
        declared.and_then(|found| found.parent).map_or(CUSTOMERS, |(parent, _)| parent)
    }

    fn settle(
        &self,
        id: NodeId,
        node: &Node,
        keys: &mut FxHashMap<TableId, KeyIndex>,
    ) -> Result<(Shape, Aid), EngineError> {
        let plain = |shape: Shape| Ok((shape, Aid::None));
        let broken = |what| Err(EngineError::Broken(id.0, what));
        match &node.op {
            Op::Constant(constant) => plain(Shape::of_value(&constant.0).0),
            Op::Column(table, field) => plain(match self.data.column(*table, *field) {
                Some(column) => Shape::of_column(column),
                None => Shape::of_type(&node.ty),
            }),
            Op::LookupRow { key, table } => {
                let Some(dictionary) = self.shape(*key).dictionary() else { return broken("a key is no text") };
                let keys = keys.entry(*table).or_insert_with(|| self.keys(*table));
                Ok((Shape::Row, Aid::Keys(keys.map(dictionary).rows().to_vec())))
            }
            Op::Gather { value, .. } => plain(self.shape(*value).clone()),
            Op::Convert(Conversion::ToText, operand) => plain(self.shape(*operand).clone()),
            Op::Otherwise(choices) => {
                let shapes: Vec<&Shape> = choices.iter().map(|choice| self.shape(*choice)).collect();
                match join(&shapes) {
                    Some((shape, _)) if matches!(shape, Shape::List(_)) => {
                        Ok((shape, Aid::Starts(vec![0; choices.len()])))
                    }
                    Some((shape, translations)) => Ok((shape, Aid::Choices(translations))),
                    None => {
                        let (elements, starts) = join_lists(&shapes);
                        Ok((Shape::List(Arc::new(elements)), Aid::Starts(starts)))
                    }
                }
            }
            Op::Less(left, right) => Ok((Shape::Boolean, self.pair(*left, *right, true, false))),
            Op::Equal { left, right, ignoring_case } => {
                Ok((Shape::Boolean, self.pair(*left, *right, false, *ignoring_case)))
            }
            Op::IsOneOf { value, values, ignoring_case } => {
                Ok((Shape::Boolean, one_of(self.shape(*value), values, *ignoring_case)))
            }
            Op::Text { test, subject, pattern, ignoring_case } => {
                let pattern = match self.node(*pattern)?.op {
                    Op::Constant(Constant(Value::Text(ref pattern))) => pattern,
                    _ => return plain(Shape::Boolean),
                };
                let Some(dictionary) = self.shape(*subject).dictionary() else { return broken("it tests no text") };
                let Ok(matcher) = TextMatcher::new(*test, pattern, *ignoring_case) else {
                    return broken("a pattern cannot be read");
                };
                let holds = |row: usize| matcher.holds(&dictionary.text(u32::try_from(row).unwrap_or(NO_CODE)));
                Ok((Shape::Boolean, Aid::Codes(bits_by_row(dictionary.len(), holds))))
            }
            Op::Includes { list, values, ignoring_case, .. } => {
                let Some(elements) = self.shape(*list).elements() else { return broken("it is no list") };
                let wanted = values.iter().map(|value| {
                    let pair = elements.shape.dictionary().zip(self.shape(*value).dictionary());
                    pair.map(|(elements, value)| identities(elements, value, *ignoring_case))
                });
                Ok((Shape::Boolean, Aid::Wanted(wanted.collect())))
            }
            Op::InWindows(moment, windows) => {
                Ok((Shape::Boolean, Aid::Time(resolve_windows(windows, &self.clock, &self.node(*moment)?.ty))))
            }
            Op::Occurs { windows, .. } => {
                Ok((Shape::Boolean, Aid::Time(resolve_windows(windows, &self.clock, &Type::Date))))
            }
            Op::Call(Function::LengthOf, text) => match self.shape(*text).dictionary() {
                Some(dictionary) => Ok((Shape::Whole, Aid::Lengths(kernels::lengths(dictionary)))),
                None => broken("it is no text"),
            },
            Op::Followed(step) => {
                let tie = |(own, later): &(NodeId, NodeId)| match self.pair(*own, *later, false, false) {
                    Aid::Pair(own, later) => (own, later),
                    _ => (Vec::new(), Vec::new()),
                };
                // The value that is compared comes last.
                let compared = step.compared.map(|(_, own, later)| (own, later));
                Ok((Shape::Boolean, Aid::Ties(step.ties.iter().chain(&compared).map(tie).collect())))
            }
            Op::Elements(operator, list) => {
                let Some(elements) = self.shape(*list).elements() else { return broken("it is no list") };
                Ok(answer(*operator, &node.ty, &elements.shape, asks_ids(&self.node(*list)?.ty)))
            }
            Op::Aggregate(aggregate) => {
                let Some(value) = aggregate.value else {
                    return Ok(answer(aggregate.operator, &node.ty, &Shape::Boolean, false));
                };
                let as_ids = asks_ids(&self.node(value)?.ty);
                Ok(answer(aggregate.operator, &node.ty, self.asked_shape(value), as_ids))
            }
            _ => plain(Shape::of_type(&node.ty)),
        }
    }

    fn pair(&self, left: NodeId, right: NodeId, ordered: bool, ignoring_case: bool) -> Aid {
        let dictionaries = self.shape(left).dictionary().zip(self.shape(right).dictionary());
        let Some((of_left, of_right)) = dictionaries else { return Aid::None };
        if ordered {
            let as_ids = self.plan.node(left).is_some_and(|node| matches!(node.ty, Type::Id(_)));
            let passing = beside(of_left, of_right, Ordering::Less, as_ids);
            if let Some(passing) = passing.or_else(|| beside(of_right, of_left, Ordering::Greater, as_ids)) {
                return Aid::Codes(passing);
            }
            let mut both = ranks(&[of_left, of_right], as_ids);
            let right = both.pop().unwrap_or_default();
            return Aid::Pair(both.pop().unwrap_or_default(), right);
        }
        let (left, right) = identities(of_left, of_right, ignoring_case);
        Aid::Pair(left, right)
    }

    /// The rows of a table by key.
    fn keys(&self, table: TableId) -> KeyIndex {
        let key = self.program.tables.get(table.0 as usize).and_then(|found| found.key);
        key.and_then(|key| self.data.column(table, key)).map(KeyIndex::of).unwrap_or_default()
    }
}

/// What windows mean against moments of a type.
fn resolve_windows(windows: &[Window], clock: &Clock, ty: &Type) -> TimeFilter {
    resolve(windows, clock, if *ty == Type::Date { Moments::Dates } else { Moments::Instants })
}

fn one_of(shape: &Shape, values: &[Constant], ignoring_case: bool) -> Aid {
    match shape {
        Shape::Text(dictionary) => {
            let wanted: FxHashSet<String> = values
                .iter()
                .filter_map(|value| match &value.0 {
                    Value::Text(text) => Some(comparable(text, ignoring_case).into_owned()),
                    _ => None,
                })
                .collect();
            // Most texts are told from all wanted ones by their length and last byte, without a hash.
            let sketch = |text: &str| {
                let last = text.as_bytes().last().copied().unwrap_or(0);
                text.len().wrapping_mul(31).wrapping_add(usize::from(last)) % 256
            };
            let mut sketches = [false; 256];
            for text in &wanted {
                if let Some(place) = sketches.get_mut(sketch(text)) {
                    *place = true;
                }
            }
            let passes = |row: usize| {
                let text = dictionary.text(u32::try_from(row).unwrap_or(NO_CODE));
                let text = comparable(&text, ignoring_case);
                sketches.get(sketch(&text)) == Some(&true) && wanted.contains(&*text)
            };
            Aid::Codes(bits_by_row(dictionary.len(), passes))
        }
        Shape::Float => {
            let bits = |value: &Constant| if let Value::Number(value) = value.0 { Some(value.to_bits()) } else { None };
            Aid::Floats(values.iter().filter_map(bits).collect())
        }
        Shape::Boolean => {
            let has = |wanted: bool| values.iter().any(|value| value.0 == Value::Boolean(wanted));
            Aid::Truths { yes: has(true), no: has(false) }
        }
        Shape::Whole | Shape::Row | Shape::List(_) => {
            let whole = |value: &Constant| match value.0 {
                Value::Integer(value) | Value::Money(value) | Value::Instant(value) | Value::Duration(value) => {
                    Some(value)
                }
                Value::Date(day) => Some(i64::from(day)),
                _ => None,
            };
            Aid::Wholes(values.iter().filter_map(whole).collect())
        }
    }
}

/// Whether what is asked about are ids: values of the type, or its entries where it is a list.
fn asks_ids(ty: &Type) -> bool {
    match ty {
        Type::List(element) => matches!(**element, Type::Id(_)),
        ty => matches!(ty, Type::Id(_)),
    }
}

/// The form of an aggregate's answer, and the order of its texts where it needs one.
fn answer(operator: AggregateOperator, ty: &Type, values: &Shape, as_ids: bool) -> (Shape, Aid) {
    use AggregateOperator::{Any, Average, Count, Different, Every, First, Largest, Latest, MostFrequent, No, Number};
    use AggregateOperator::{Smallest, Sum};
    match operator {
        Any | No | Every | Count(..) => (Shape::Boolean, Aid::None),
        // The checker asks for the largest of gaps and the like.
        AggregateOperator::Gap(_) => (Shape::of_type(ty), Aid::None),
        Number | Different => (Shape::Whole, Aid::None),
        Sum | Average => (Shape::of_type(ty), Aid::None),
        Smallest | Largest | First | Latest | MostFrequent => {
            let order = values.dictionary().map(|dictionary| {
                let mut order = ranks(&[dictionary], as_ids).pop().unwrap_or_default();
                // Where there are no texts a missing value's code is 0 all the same, and machine code may read its place
                // before it looks whether the value is known.
                order.push(0);
                order
            });
            (values.clone(), order.map_or(Aid::None, Aid::Order))
        }
    }
}

/// Whether the rows of a scope belong to no customer.
pub(crate) fn is_global(program: &Program, scope: Scope) -> bool {
    match scope {
        Scope::Constant => true,
        Scope::Customer => false,
        Scope::Row(table) => Plan::is_looked_up(program, table),
    }
}

/// Bits, all clear, for so many rows.
pub(crate) fn no_bits(rows: usize) -> Vec<u64> {
    vec![0; words_for(rows)]
}
