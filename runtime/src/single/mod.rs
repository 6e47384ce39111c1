//! Single records: one customer at a time, with events and records, for services that have no batch to run.
//!
//! A program is compiled once ([`Compiled`]) and bound to an `as of` ([`Moment`]); a [`Record`] is filled by handles of its
//! fields or from JSON, and answered. It is a function of the runtime, not of the program: compilers need no data and no memory
//! that is used again, and a program that nobody evaluates pays nothing for it.
//!
//! How a record is worked out, by node of the plan:
//! 1. conditions on one stored value (or on one value that was worked out) are read off tables by the value's class, all
//!    segments at once (`sets`);
//! 2. aggregates over the customer's events and records are one loop over the rows for each table, whose filters and windows
//!    are found in the same way (`passes`);
//! 3. arithmetic, dates, comparisons of two fields and lists are worked out value by value (`work`);
//! 4. what none of these does, and what fails in a way that is not the customer's own to count, goes through the interpreter
//!    over data of one customer (`general`): only the segments that need it, or for that one record all.
//!
//! The interpreter defines what is right here as everywhere.

mod answer;
mod classes;
mod clauses;
mod convert;
mod fold;
mod general;
mod json;
mod layout;
mod memo;
mod moment;
mod pack;
mod passes;
mod record;
mod scan;
mod sets;
mod slots;
mod subjects;
mod texts;
mod work;

#[cfg(test)]
mod tests;

/// The page on single records, so that its example runs.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/single-records.md")]
struct Page;

pub use answer::Answer;
pub use layout::{Field, Rows};
pub use moment::{Moment, amount, date, instant};
pub use record::Record;

use crate::data::{DataErrors, Dataset, DatasetBuilder, KeyIndex, Stored, did_you_mean, needed_fields};
use crate::engine::with_customers_as_a_table;
use crate::interpret::InterpretError;
use crate::others;
use layout::Layout;
use passes::Pass;
use rustc_hash::{FxHashMap, FxHashSet};
use segue_compiler::builtins::Function;
use segue_compiler::plan::{Constant, NodeId, Op, Plan, Scope, Selection, Work as Where};
use segue_compiler::program::{CUSTOMERS, FieldSource, PartitionId, Program, Reading, SegmentId, TableId, TraitId};
use segue_compiler::syntax::tree::{AggregateOperator, TextTest};
use segue_compiler::values::Value;
use segue_compiler::values::text::TextMatcher;
use sets::{Making, Sets};
use std::sync::Arc;
use texts::Named;
use work::looked_up;

/// Why a program cannot be compiled for single records, or a record cannot be worked out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SingleError {
    /// No field or table of the record has the name, or nothing that was compiled reads it.
    #[error("nothing that was compiled reads `{name}`{}", did_you_mean(closest))]
    UnknownName {
        /// The name.
        name: String,
        /// Names like it.
        closest: Vec<String>,
    },
    /// A column of the customers and a table have the same name, so a JSON record could mean either.
    #[error("a column of the customers and a table are both called `{name}`: JSON records cannot tell them apart")]
    SameName {
        /// The name.
        name: String,
    },
    /// A value does not suit its field.
    #[error("`{field}` is {value}: {expected}")]
    Refused {
        /// The column, with the table or list it stands in.
        field: String,
        /// The value as given.
        value: String,
        /// What was expected instead.
        expected: String,
    },
    /// The text is no record.
    #[error("{reason}")]
    Unreadable {
        /// Why.
        reason: String,
    },
    /// A field of a table was set before a row of it was begun.
    #[error("no row of `{table}` was begun")]
    NoRow {
        /// The table.
        table: String,
    },
    /// Two events or records have one key.
    #[error("`{table}` has the key {key} twice")]
    RepeatedKey {
        /// The table.
        table: String,
        /// The key.
        key: String,
    },
    /// An event or record names another customer.
    #[error("a row of `{table}` is of the customer {customer}, not of this one")]
    OtherCustomer {
        /// The table.
        table: String,
        /// Whose it is.
        customer: String,
    },
    /// Something asks about the whole base, and the program has no answer from a run over it.
    #[error(
        "what is compiled looks at all customers: answer that first, with `answered` or with cut points that a run kept"
    )]
    Unanswered,
    /// The rows that are given lack whether they are in a segment of their table, which the rules ask about.
    #[error(
        "`{field}` is missing: whether a row is in a segment of its table is worked out by a run, see `others::complete`"
    )]
    NotAnswered {
        /// The table and the segment.
        field: String,
    },
    /// The record was made by another compiled program.
    #[error("the record was made for another program")]
    OtherProgram,
    /// The general path cannot make data of the record.
    #[error(transparent)]
    Data(DataErrors),
    /// The program breaks its promises: a mistake of ours.
    #[error(transparent)]
    Broken(#[from] InterpretError),
}

/// A type whose values are customers, so that records can be filled from them.
pub trait Bind {
    /// Handles of the fields it writes, found once.
    type Fields;

    /// Finds the handles.
    ///
    /// # Errors
    /// The program reads no such field.
    fn fields(compiled: &Compiled) -> Result<Self::Fields, SingleError>;

    /// Writes the customer into an empty record.
    ///
    /// # Errors
    /// A value does not suit its field.
    fn write(&self, fields: &Self::Fields, record: &mut Record) -> Result<(), SingleError>;
}

/// A program compiled for single records. Cheap to clone, to be shared by threads.
#[derive(Debug, Clone)]
pub struct Compiled {
    inner: Arc<Inner>,
}

/// Everything that depends neither on the moment nor on the customer.
#[derive(Debug)]
pub(crate) struct Inner {
    /// With customers as a table too where they are looked up.
    program: Program,
    /// The same, for values that were read already.
    general: Program,
    selection: Selection,
    plan: Plan,
    layout: Layout,
    named: Vec<Named>,
    lookups: Dataset,
    /// By table: rows by key, of those that are looked up.
    keys: Vec<Option<KeyIndex>>,
    /// By pattern: its tests.
    matchers: FxHashMap<NodeId, Vec<(TextTest, bool, TextMatcher)>>,
    sets: Sets,
    passes: Vec<Pass>,
    /// The pass of an aggregate.
    pass_of: FxHashMap<NodeId, usize>,
    /// Nodes of the customer that are worked out for each record, operands before users.
    worked: Vec<NodeId>,
    /// By trait of the selection: its value, where the interpreter does not give it.
    traits: Vec<Option<NodeId>>,
    /// By partition: the bits of its parts.
    parts: Vec<std::ops::Range<usize>>,
    /// What the interpreter gives, and its places in the selection.
    slow: Selection,
    slow_places: [Vec<usize>; 3],
    has_slow: bool,
}

impl Compiled {
    /// Compiles what is selected of a program. `lookups` holds the tables that ids are looked up in; of the customers it is
    /// read only where customers are looked up themselves.
    ///
    /// # Errors
    /// A column of the customers has the name of a table of events or records; something asks about the whole base and was not
    /// answered.
    pub fn new(program: &Program, selection: &Selection, lookups: &Dataset) -> Result<Compiled, SingleError> {
        if program.questions(selection.items()).iter().any(|(_, question)| program.answers.get(question.id).is_none()) {
            return Err(SingleError::Unanswered);
        }
        if let Some(field) = others::unanswered(program, lookups, selection.items()) {
            return Err(SingleError::NotAnswered { field: field.to_string() });
        }
        // Segments of other tables' rows are fields of the rows that are given: a record works none of them out.
        let program = Program { others: Arc::default(), ..program.clone() };
        let (program, lookups) = match with_customers_as_a_table(&program, lookups) {
            Some(both) => both,
            None => (program, lookups.clone()),
        };
        let mut layout = Layout::new(&program, &needed_fields(&program, selection))?;
        let (quick, Part { selection: slow, places: slow_places }) = split(&program, selection);
        let has_slow = slow_places.iter().any(|places| !places.is_empty());
        let [segment_places, partition_places, trait_places] = &quick.places;
        let plan = Plan::new(&program, &quick.selection);
        let keys: Vec<Option<KeyIndex>> = (0..)
            .zip(&program.tables)
            .map(|(at, _)| {
                let found = lookups.tables.get(at as usize).filter(|_| Plan::is_looked_up(&program, TableId(at)));
                let key = program.tables.get(at as usize)?.key?;
                found?.columns.get(key.0 as usize)?.as_ref().map(KeyIndex::of)
            })
            .collect();
        let mut inner = Inner {
            general: as_read(&program),
            selection: selection.clone(),
            layout: Layout::default(),
            named: Vec::new(),
            lookups,
            keys,
            matchers: matchers(&plan),
            sets: Sets::default(),
            passes: Vec::new(),
            pass_of: FxHashMap::default(),
            worked: Vec::new(),
            traits: Part::spread(trait_places, &plan.traits, selection.traits.len()),
            parts: Vec::new(),
            slow,
            slow_places,
            has_slow,
            program,
            plan,
        };
        let failing = failing(&inner.program, &inner.plan);
        let mut named = Vec::new();
        let key_texts = |table: TableId| key_texts(&inner, table);
        let mut making = Making { plan: &inner.plan, layout: &mut layout, named: &mut named, keys: &key_texts };
        let mut roots: Vec<Option<Vec<_>>> = Vec::new();
        let segments = Part::spread(segment_places, &inner.plan.segments, selection.segments.len());
        roots.extend(segments.into_iter().map(|set| set.map(|set| vec![set])));
        let partitions = Part::spread(partition_places, &inner.plan.partitions, selection.partitions.len());
        let mut parts = Vec::new();
        for (id, sets) in selection.partitions.iter().zip(partitions) {
            let count = inner.program.partitions.get(id.0 as usize).map_or(0, |partition| partition.parts.len());
            let first = roots.len();
            match sets {
                Some(sets) => roots.extend(sets.into_iter().map(|set| Some(vec![set]))),
                None => roots.extend(std::iter::repeat_n(None, count)),
            }
            parts.push(first..roots.len());
        }
        let sets = Sets::new(&mut making, CUSTOMERS, &inner.plan.truths, &roots);
        let passes: Vec<Pass> =
            inner.plan.passes.iter().filter_map(|pass| Pass::new(&mut making, pass, &failing)).collect();
        let pass_of = passes.iter().enumerate();
        let pass_of = pass_of.flat_map(|(at, pass)| pass.aggregates().map(move |node| (node, at))).collect();
        let worked = worked(&inner.plan, &sets, &inner.traits, &failing);
        layout.finish();
        named.iter_mut().for_each(Named::settle);
        (inner.layout, inner.named, inner.sets, inner.passes) = (layout, named, sets, passes);
        (inner.pass_of, inner.worked, inner.parts) = (pass_of, worked, parts);
        Ok(Compiled { inner: Arc::new(inner) })
    }

    /// The program at one `as of`, in microseconds since 1970-01-01T00:00Z.
    pub fn at(&self, as_of: i64) -> Moment {
        Moment::new(Arc::clone(&self.inner), as_of)
    }

    /// An empty record.
    pub fn record(&self) -> Record {
        Record::new(Arc::clone(&self.inner))
    }

    /// The handle of a field: `country`, or of events, records and lists `purchases.price`, `carts.items.quantity`.
    ///
    /// # Errors
    /// Nothing that was compiled reads such a field, so there is nothing to set.
    pub fn field(&self, path: &str) -> Result<Field, SingleError> {
        self.inner.layout.field(path)
    }

    /// The handle of a table of events or records, or of a list of records: `purchases`, `carts.items`.
    ///
    /// # Errors
    /// Nothing that was compiled reads such a table.
    pub fn rows(&self, path: &str) -> Result<Rows, SingleError> {
        self.inner.layout.rows(path).map(Rows)
    }

    /// The place of a segment in the answer.
    pub fn segment(&self, name: &str) -> Option<usize> {
        let segments = &self.inner.program.segments;
        self.inner.selection.segments.iter().position(|SegmentId(at)| {
            segments.get(*at as usize).is_some_and(|segment| segment.name.eq_ignore_ascii_case(name))
        })
    }

    /// The place of a trait in the answer.
    pub fn value(&self, name: &str) -> Option<usize> {
        let traits = &self.inner.program.traits;
        self.inner.selection.traits.iter().position(|TraitId(at)| {
            traits.get(*at as usize).is_some_and(|declared| declared.name.eq_ignore_ascii_case(name))
        })
    }

    /// The place of a partition in the answer.
    pub fn partition(&self, name: &str) -> Option<usize> {
        let partitions = &self.inner.program.partitions;
        self.inner.selection.partitions.iter().position(|PartitionId(at)| {
            partitions.get(*at as usize).is_some_and(|partition| partition.name.eq_ignore_ascii_case(name))
        })
    }

    /// The segments that the interpreter works out for each record, because nothing quicker does, by their places.
    pub fn interpreted(&self) -> &[usize] {
        let [segments, ..] = &self.inner.slow_places;
        segments
    }
}

/// The tables that ids are looked up in, from JSON: an object with a list of rows for each table.
///
/// # Errors
/// Unknown tables, rows that cannot be converted, repeated keys.
pub fn lookups(program: &Program, tables: &serde_json::Value) -> Result<Dataset, DataErrors> {
    let none = serde_json::Value::Array(Vec::new());
    let program = &with_segments_as_columns(program);
    let mut builder = DatasetBuilder::new(program).json("customers", &none);
    for (table, rows) in tables.as_object().into_iter().flatten() {
        builder = builder.json(table, rows);
    }
    Ok(builder.build()?.dataset)
}

/// The program with segments of other tables' rows as columns of their data, by the segments' names.
fn with_segments_as_columns(program: &Program) -> Program {
    let mut program = program.clone();
    for field in program.tables.iter_mut().flat_map(|table| &mut table.fields) {
        if matches!(field.source, FieldSource::Answered(_)) {
            field.source = FieldSource::Column { column: Arc::clone(&field.name), reading: Reading::Plain };
        }
    }
    program
}

/// What is wanted, and where it stands in the whole selection.
struct Part {
    selection: Selection,
    places: [Vec<usize>; 3],
}

impl Part {
    /// What was found for this part, at the places of the whole.
    fn spread<T: Clone>(places: &[usize], found: &[T], count: usize) -> Vec<Option<T>> {
        let mut all = vec![None; count];
        for (place, found) in places.iter().zip(found) {
            if let Some(slot) = all.get_mut(*place) {
                *slot = Some(found.clone());
            }
        }
        all
    }
}

/// What quick paths give of a selection, and what only the interpreter does.
fn split(program: &Program, selection: &Selection) -> (Part, Part) {
    /// Items with their places, by whether they are quick.
    fn dealt<T: Copy>(items: &[T], is_quick: impl Fn(T) -> bool) -> [(Vec<T>, Vec<usize>); 2] {
        let placed = items.iter().copied().enumerate();
        let (quick, slow): (Vec<_>, Vec<_>) = placed.partition(|(_, item)| is_quick(*item));
        [quick, slow].map(|some| some.into_iter().map(|(at, item)| (item, at)).unzip())
    }
    let all = is_quick(program, &Plan::new(program, selection));
    let alone = |one: Selection| all || is_quick(program, &Plan::new(program, &one));
    let none = Selection::default;
    let segments = dealt(&selection.segments, |id| alone(Selection { segments: vec![id], ..none() }));
    let partitions = dealt(&selection.partitions, |id| alone(Selection { partitions: vec![id], ..none() }));
    let traits = dealt(&selection.traits, |id| alone(Selection { traits: vec![id], ..none() }));
    let ([quick_segments, slow_segments], [quick_partitions, slow_partitions]) = (segments, partitions);
    let [quick_traits, slow_traits] = traits;
    let part = |segments: (_, Vec<usize>), partitions: (_, Vec<usize>), traits: (_, Vec<usize>)| Part {
        selection: Selection { segments: segments.0, partitions: partitions.0, traits: traits.0, others: Vec::new() },
        places: [segments.1, partitions.1, traits.1],
    };
    (part(quick_segments, quick_partitions, quick_traits), part(slow_segments, slow_partitions, slow_traits))
}

/// Rows' values are worked out by recursion, which must not go deeper than this.
const DEPTH: u32 = 120;

/// Whether nothing of a plan needs the interpreter.
fn is_quick(program: &Program, plan: &Plan) -> bool {
    let mut depths: Vec<u32> = Vec::with_capacity(plan.nodes.len());
    for node in &plan.nodes {
        let mut depth = 0;
        node.op.for_each_operand(|operand| {
            let recursed = plan
                .nodes
                .get(operand.index())
                .is_some_and(|node| matches!(node.scope, Scope::Row(_)) || matches!(node.work, Where::PerText(_)));
            if recursed {
                depth = depth.max(depths.get(operand.index()).copied().unwrap_or(0) + 1);
            }
        });
        depths.push(depth);
        let looks_up = |scope: Scope| matches!(scope, Scope::Row(table) if Plan::is_looked_up(program, table));
        if let Op::Aggregate(aggregate) = &node.op
            && (looks_up(aggregate.rows.owner)
                || aggregate.rows.chain.first().is_some_and(|table| Plan::is_looked_up(program, *table)))
        {
            return false;
        }
        // Steps of sequences and occasions are few in a record, and the interpreter looks through them.
        if depth > DEPTH || matches!(node.op, Op::Followed(_) | Op::Gap { .. } | Op::Near { .. } | Op::Occurs { .. }) {
            return false;
        }
    }
    true
}

/// The program for values that were judged already: shares are shares, sets of flags are lists.
fn as_read(program: &Program) -> Program {
    let mut general = program.clone();
    for field in general.tables.iter_mut().flat_map(|table| &mut table.fields) {
        if let FieldSource::Column { reading, .. } = &mut field.source
            && matches!(reading, Reading::Hundredths | Reading::Bits)
        {
            *reading = Reading::Plain;
        }
    }
    general
}

fn matchers(plan: &Plan) -> FxHashMap<NodeId, Vec<(TextTest, bool, TextMatcher)>> {
    let mut matchers: FxHashMap<NodeId, Vec<_>> = FxHashMap::default();
    for node in &plan.nodes {
        let Op::Text { test, pattern, ignoring_case, .. } = &node.op else { continue };
        let written = plan.nodes.get(pattern.index()).map(|node| &node.op);
        let Some(Op::Constant(Constant(Value::Text(text)))) = written else { continue };
        if let Ok(matcher) = TextMatcher::new(*test, text, *ignoring_case) {
            matchers.entry(*pattern).or_default().push((*test, *ignoring_case, matcher));
        }
    }
    matchers
}

fn key_texts(inner: &Inner, table: TableId) -> Vec<Arc<str>> {
    let dictionary = looked_up(inner, table).and_then(Stored::text).map(|(_, dictionary)| dictionary);
    dictionary.map_or_else(Vec::new, |dictionary| dictionary.shared_texts())
}

/// Values of customers and rows that can fail, so that they are worked out whether or not an answer needs them.
fn failing(program: &Program, plan: &Plan) -> Vec<NodeId> {
    let live = plan.live();
    let sums = |operator| matches!(operator, AggregateOperator::Sum | AggregateOperator::Average);
    // With what is within looked-up rows.
    let mut inside: Vec<bool> = Vec::with_capacity(plan.nodes.len());
    let mut found = Vec::new();
    for (at, node) in plan.nodes.iter().enumerate() {
        let fails = match &node.op {
            Op::Negate(_)
            | Op::Sum(_)
            | Op::Product(_)
            | Op::Shift(..)
            | Op::Difference(..)
            | Op::Round(..)
            | Op::Point(..) => true,
            Op::Call(function, _) => !matches!(
                function,
                Function::YearOf
                    | Function::QuarterOf
                    | Function::MonthOf
                    | Function::DayOf
                    | Function::WeekdayOf
                    | Function::HourOf
                    | Function::MinuteOf
                    | Function::DateOf
                    | Function::LengthOf
                    | Function::LatitudeOf
                    | Function::LongitudeOf
            ),
            Op::Aggregate(aggregate) => sums(aggregate.operator),
            Op::Elements(operator, _) => sums(*operator),
            Op::Gather { value, .. } => inside.get(value.index()).copied().unwrap_or(false),
            _ => false,
        };
        let mut within = fails;
        if matches!(node.scope, Scope::Row(table) if Plan::is_looked_up(program, table)) {
            node.op.for_each_operand(|operand| within |= inside.get(operand.index()).copied().unwrap_or(false));
        } else if fails && node.scope != Scope::Constant && live.get(at).copied().unwrap_or(false) {
            found.push(NodeId(u32::try_from(at).unwrap_or(u32::MAX)));
        }
        inside.push(within);
    }
    found
}

/// Nodes of the customer that sets, traits and rows read, and those that can fail, with all that they need.
fn worked(plan: &Plan, sets: &Sets, traits: &[Option<NodeId>], failing: &[NodeId]) -> Vec<NodeId> {
    let of_inputs = sets.inputs.iter().filter_map(|input| match input.subject {
        sets::Subject::Worked(node) => Some(node),
        sets::Subject::Cell { .. } => None,
    });
    let of_customer = |id: &NodeId| plan.nodes.get(id.index()).is_some_and(|node| node.scope == Scope::Customer);
    let mut pending: Vec<NodeId> = of_inputs.chain(traits.iter().flatten().copied()).collect();
    pending.extend(failing.iter().copied().filter(of_customer));
    // What fails of rows is counted though no set asks about them any more: `any carts where ... and adult or adult` is `adult`.
    let of_failing = |table: &TableId| {
        let scope = Scope::Row(*table);
        failing.iter().any(|id| plan.nodes.get(id.index()).is_some_and(|node| node.scope == scope))
    };
    let with_failing = plan.passes.iter().filter(|pass| pass.rows.chain.iter().any(of_failing));
    pending.extend(with_failing.flat_map(|pass| pass.aggregates.iter().copied()).filter(of_customer));
    let mut seen: FxHashSet<NodeId> = FxHashSet::default();
    while let Some(id) = pending.pop() {
        if seen.insert(id)
            && let Some(node) = plan.nodes.get(id.index())
        {
            node.op.for_each_operand(|operand| pending.push(operand));
        }
    }
    let is_worked = |id: &NodeId| {
        of_customer(id) && plan.nodes.get(id.index()).is_some_and(|node| !matches!(node.op, Op::Column(..)))
    };
    let mut worked: Vec<NodeId> = seen.into_iter().filter(is_worked).collect();
    worked.sort_unstable();
    worked
}
