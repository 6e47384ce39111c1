//! From trees and names to the checked program.
//!
//! Declarations are checked in the order of need: an attempt at one lists the declarations it needs that are not
//! checked yet, those go first, and then it is tried again. So no chain of declarations is too long for the stack, and
//! a circle is seen as such. What could not be understood is `None`: a message was given, and whatever uses it says
//! nothing more.
#![expect(clippy::indexing_slicing, reason = "every place is counted over the list it is a place in")]

mod aggregates;
mod arithmetic;
mod base;
mod conditions;
mod constants;
mod content;
mod declarations;
mod different;
mod fields;
mod fit;
mod known;
mod labels;
mod messages;
mod occasions;
mod others;
mod places;
mod scope;
mod scores;
mod sequences;
mod sets;
mod test_cases;
mod values;
mod windows;

#[cfg(test)]
mod tests;

use crate::diagnostics::Diagnostic;
use crate::names::{self, Index};
use crate::program::{self, Expr, FieldId, Item, PartitionId, Program, SegmentId, Settings, TableId, TraitId, Type};
use crate::project::Override;
use crate::source::{SourceMap, Span};
use crate::syntax::tree;
use crate::values::Value;
use crate::values::calendar::Occasion;
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::sync::Arc;

pub(crate) use arithmetic::step as product_step;
pub(crate) use known::Known;
pub(crate) use messages::kind;
pub(crate) use values::show_money;

/// How many names are looked at for suggestions in one check.
const MOST_LIKENESSES: usize = 100_000;

/// How many steps a date may be moved in one line, and how many a path or a chain of calculated fields may have. Each
/// step is one more level of the checked expression, whose depth must stay small (rule 21).
const MOST_STEPS: usize = 100;

/// What checking gives.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The program, where there was no error.
    pub program: Option<Program>,
    /// Messages, in no particular order.
    pub diagnostics: Vec<Diagnostic>,
    /// What is known of single declarations, whether or not there is a program.
    pub known: Known,
}

/// Checks the files of a project, with some constants other than written. `read_list` gives the text of a list's file by the
/// name written in the rules.
pub(crate) fn check<'tree>(
    files: &'tree [tree::File],
    sources: &'tree SourceMap,
    settings: Settings,
    overrides: &'tree [Override],
    read_list: &dyn Fn(&str) -> Result<String, String>,
) -> Outcome {
    let mut diagnostics = Vec::new();
    let index = names::collect(files, &mut diagnostics);
    let mut checker = Checker::new(index, sources, settings, diagnostics);
    checker.replace_constants(overrides);
    checker.lists(read_list);
    checker.stored_fields();
    checker.run();
    checker.check_others(overrides, read_list);
    checker.check_tests();
    checker.finish()
}

/// Something whose value or type is worked out once, in the order of need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// A constant.
    Let(usize),
    /// A field.
    Field(TableId, FieldId),
    /// A trait.
    Trait(TraitId),
    /// A segment.
    Segment(SegmentId),
    /// A partition.
    Partition(PartitionId),
    /// An occasion.
    Occasion(usize),
    /// A content.
    Content(usize),
}

/// How far a declaration is.
#[derive(Debug, Clone, Default)]
pub(crate) enum State<T> {
    /// Not looked at.
    #[default]
    Waiting,
    /// Could not be understood; a message was given.
    Broken,
    /// Understood.
    Done(T),
}

impl<T> State<T> {
    fn is_waiting(&self) -> bool {
        matches!(self, State::Waiting)
    }

    fn done(&self) -> Option<&T> {
        match self {
            State::Done(value) => Some(value),
            _ => None,
        }
    }
}

/// A field once its type is known.
#[derive(Debug, Clone)]
pub(crate) struct CheckedField {
    pub(crate) field: program::Field,
    /// Whether its values are expected to be missing at times (not only after an overflow).
    pub(crate) often_missing: bool,
    /// How many calculated fields build on one another up to here; 0 for a column.
    pub(crate) steps: usize,
}

/// A trait once checked.
#[derive(Debug, Clone)]
pub(crate) struct CheckedTrait {
    pub(crate) value: Expr,
    pub(crate) often_missing: bool,
}

/// An occasion once checked.
#[derive(Debug, Clone)]
pub(crate) struct CheckedOccasion {
    pub(crate) occasion: Occasion,
    /// For an anniversary: the customer's day.
    pub(crate) base: Option<Expr>,
}

/// A constant: a value, or an amount of calendar units that only moves dates.
#[derive(Debug, Clone)]
pub(crate) struct Constant {
    /// `None` for months, quarters and years, which have no fixed length.
    pub(crate) value: Option<Expr>,
    pub(crate) amount: Option<tree::Amount>,
}

/// A list's values.
#[derive(Debug, Clone)]
pub(crate) struct ListValues {
    /// The type of all of them; text for a file.
    pub(crate) ty: Type,
    /// Each once.
    pub(crate) values: Arc<[Value]>,
}

/// All that is known while a project is checked.
pub(crate) struct Checker<'tree> {
    pub(crate) index: Index<'tree>,
    pub(crate) sources: &'tree SourceMap,
    pub(crate) settings: Settings,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) fields: Vec<Vec<State<CheckedField>>>,
    pub(crate) lets: Vec<State<Constant>>,
    /// By constant: the value that is taken instead of the one written.
    pub(crate) replaced: FxHashMap<usize, &'tree tree::Expr>,
    pub(crate) lists: Vec<State<ListValues>>,
    pub(crate) traits: Vec<State<CheckedTrait>>,
    pub(crate) segments: Vec<State<Vec<Expr>>>,
    pub(crate) partitions: Vec<State<Vec<Option<Expr>>>>,
    pub(crate) occasions: Vec<State<CheckedOccasion>>,
    /// Contents.
    pub(crate) contents: Vec<State<Vec<content::CheckedChoice>>>,
    /// Tests.
    pub(crate) tests: Vec<program::TestCase>,
    /// Segments of other tables' rows, by table.
    pub(crate) others: Vec<program::Other>,
    /// What these see of customers, and what is known to them, by table.
    known_of_customers: Vec<names::KnownOfCustomers>,
    known_of_others: Vec<(TableId, Known)>,
    /// Traits, segments and partitions as they were finished.
    order: Vec<Item>,
    /// What the current attempt needs first, and where it uses it.
    needs: Vec<(Node, Span)>,
    /// Values that the lines around the current one ask to be known or allow to be missing, as written, and how often.
    pub(crate) settled: FxHashMap<String, usize>,
    /// Whether what is checked stands inside of an odd number of `not` and `none of`.
    pub(crate) denied: bool,
    /// What becomes of those of whom the conditions at hand do not know anything.
    pub(crate) unknown: messages::Unknown,
    /// How many more names may be looked at for suggestions.
    suggestions: Cell<usize>,
    /// The condition that stands alone on its line.
    pub(crate) line_span: Option<Span>,
    /// The first place that needs the customers where none are declared.
    pub(crate) customers_wanted: Option<Span>,
    /// How many questions about the whole base were met; attempts that were given up count too.
    pub(crate) questions: u32,
}

/// A declaration being worked on.
struct Frame {
    node: Node,
    needs: Vec<(Node, Span)>,
    next: usize,
}

impl<'tree> Checker<'tree> {
    fn new(
        index: Index<'tree>,
        sources: &'tree SourceMap,
        settings: Settings,
        diagnostics: Vec<Diagnostic>,
    ) -> Checker<'tree> {
        let waiting = |count: usize| (0..count).map(|_| State::Waiting).collect::<Vec<_>>();
        let fields = index.tables.iter().map(|table| table.fields.iter().map(|_| State::Waiting).collect()).collect();
        Checker {
            sources,
            settings,
            diagnostics,
            fields,
            lets: (0..index.lets.len()).map(|_| State::Waiting).collect(),
            replaced: FxHashMap::default(),
            lists: (0..index.lists.len()).map(|_| State::Waiting).collect(),
            traits: (0..index.traits.len()).map(|_| State::Waiting).collect(),
            segments: waiting(index.segments.len()),
            partitions: (0..index.partitions.len()).map(|_| State::Waiting).collect(),
            occasions: (0..index.occasions.len()).map(|_| State::Waiting).collect(),
            contents: (0..index.contents.len()).map(|_| State::Waiting).collect(),
            tests: Vec::new(),
            others: Vec::new(),
            known_of_customers: Vec::new(),
            known_of_others: Vec::new(),
            order: Vec::new(),
            needs: Vec::new(),
            settled: FxHashMap::default(),
            denied: false,
            unknown: messages::Unknown::LeftOut,
            suggestions: Cell::new(MOST_LIKENESSES),
            line_span: None,
            customers_wanted: None,
            questions: 0,
            index,
        }
    }

    /// Puts a message on record.
    pub(crate) fn report(&mut self, message: Diagnostic) {
        self.diagnostics.push(message);
    }

    /// Puts a message on record for something that has no value now.
    pub(crate) fn refuse<T>(&mut self, message: Diagnostic) -> Option<T> {
        self.diagnostics.push(message);
        None
    }

    /// The text a span covers.
    pub(crate) fn written(&self, span: Span) -> &str {
        self.sources.slice(span)
    }

    /// The names closest to one that stands for nothing. In a project with thousands of such mistakes the later ones
    /// get no suggestions, so that the time for them stays small.
    pub(crate) fn closest(&self, wanted: &str, names: impl IntoIterator<Item = Arc<str>>) -> Vec<Arc<str>> {
        let names: Vec<Arc<str>> = names.into_iter().collect();
        let left = self.suggestions.get();
        if left == 0 {
            return Vec::new();
        }
        self.suggestions.set(left.saturating_sub(names.len()));
        names::suggest::closest(wanted, names)
    }

    /// Says that the current attempt needs a declaration that is not checked yet.
    pub(crate) fn need(&mut self, node: Node, place: Span) {
        self.needs.push((node, place));
    }

    /// Checks everything, each declaration after those it uses.
    fn run(&mut self) {
        self.roots().into_iter().for_each(|root| self.work(root));
    }

    /// All declarations.
    fn roots(&self) -> Vec<Node> {
        let mut roots: Vec<Node> = Vec::new();
        roots.extend((0..self.lets.len()).map(Node::Let));
        for table in 0..self.fields.len() {
            for field in 0..self.fields[table].len() {
                roots.push(Node::Field(TableId(number(table)), FieldId(number(field))));
            }
        }
        roots.extend((0..self.traits.len()).map(|at| Node::Trait(TraitId(number(at)))));
        roots.extend((0..self.segments.len()).map(|at| Node::Segment(SegmentId(number(at)))));
        roots.extend((0..self.partitions.len()).map(|at| Node::Partition(PartitionId(number(at)))));
        roots.extend((0..self.occasions.len()).map(Node::Occasion));
        roots.extend((0..self.contents.len()).map(Node::Content));
        roots
    }

    /// Checks one declaration and what it needs, with a stack of its own instead of the machine's.
    fn work(&mut self, root: Node) {
        let mut stack = Vec::new();
        self.begin(root, &mut stack);
        while let Some(frame) = stack.last_mut() {
            let Some((next, _)) = frame.needs.get(frame.next).copied() else {
                let node = frame.node;
                stack.pop();
                self.begin(node, &mut stack);
                continue;
            };
            frame.next += 1;
            if !self.is_waiting(next) {
                continue;
            }
            match stack.iter().position(|frame| frame.node == next) {
                Some(start) => self.circle(stack.drain(start..).collect()),
                None => self.begin(next, &mut stack),
            }
        }
    }

    /// Tries a declaration; where it needs others first, puts it on the stack.
    fn begin(&mut self, node: Node, stack: &mut Vec<Frame>) {
        if !self.is_waiting(node) {
            return;
        }
        let told = self.diagnostics.len();
        self.needs.clear();
        self.attempt(node);
        // One that needs itself is waiting again.
        let mut needs = std::mem::take(&mut self.needs);
        if !needs.is_empty() {
            self.reset(node);
        }
        needs.retain(|(need, _)| self.is_waiting(*need));
        if needs.is_empty() {
            if self.is_waiting(node) {
                self.give_up(node);
            }
            return;
        }
        self.diagnostics.truncate(told);
        stack.push(Frame { node, needs, next: 0 });
    }

    /// Tells a circle, and then whatever else is wrong with its members.
    fn circle(&mut self, frames: Vec<Frame>) {
        let mut members = Vec::new();
        for frame in &frames {
            let used = frame.needs.get(frame.next.saturating_sub(1)).map(|(_, place)| *place);
            let (name, declared) = self.node_name(frame.node);
            members.push((name, declared, used.unwrap_or(declared)));
        }
        self.report(names::messages::circle(&members));
        for frame in &frames {
            self.give_up(frame.node);
        }
        for frame in &frames {
            let told = self.diagnostics.len();
            self.needs.clear();
            self.attempt(frame.node);
            // What it needs besides may not be checked yet; then its other mistakes show once the circle is gone.
            if std::mem::take(&mut self.needs).iter().any(|(need, _)| self.is_waiting(*need)) {
                self.diagnostics.truncate(told);
            }
            self.give_up(frame.node);
        }
    }

    fn is_waiting(&self, node: Node) -> bool {
        match node {
            Node::Let(at) => self.lets.get(at).is_some_and(State::is_waiting),
            Node::Field(table, field) => self.field_state(table, field).is_some_and(State::is_waiting),
            Node::Trait(id) => self.traits.get(id.0 as usize).is_some_and(State::is_waiting),
            Node::Segment(id) => self.segments.get(id.0 as usize).is_some_and(State::is_waiting),
            Node::Partition(id) => self.partitions.get(id.0 as usize).is_some_and(State::is_waiting),
            Node::Occasion(at) => self.occasions.get(at).is_some_and(State::is_waiting),
            Node::Content(at) => self.contents.get(at).is_some_and(State::is_waiting),
        }
    }

    /// What is known of a field.
    pub(crate) fn field_state(&self, table: TableId, field: FieldId) -> Option<&State<CheckedField>> {
        self.fields.get(table.0 as usize)?.get(field.0 as usize)
    }

    fn set_field(&mut self, table: TableId, field: FieldId, state: State<CheckedField>) {
        if let Some(slot) = self.fields.get_mut(table.0 as usize).and_then(|fields| fields.get_mut(field.0 as usize)) {
            *slot = state;
        }
    }

    fn give_up(&mut self, node: Node) {
        match node {
            Node::Let(at) => set(&mut self.lets, at, State::Broken),
            Node::Field(table, field) => self.set_field(table, field, State::Broken),
            Node::Trait(id) => set(&mut self.traits, id.0 as usize, State::Broken),
            Node::Segment(id) => set(&mut self.segments, id.0 as usize, State::Broken),
            Node::Partition(id) => set(&mut self.partitions, id.0 as usize, State::Broken),
            Node::Occasion(at) => set(&mut self.occasions, at, State::Broken),
            Node::Content(at) => set(&mut self.contents, at, State::Broken),
        }
        // Only what was finished last can be given up again.
        if self.order.last().copied() == self.item_of(node) && !self.order.is_empty() {
            self.order.pop();
        }
    }

    fn reset(&mut self, node: Node) {
        self.give_up(node);
        match node {
            Node::Let(at) => set(&mut self.lets, at, State::Waiting),
            Node::Field(table, field) => self.set_field(table, field, State::Waiting),
            Node::Trait(id) => set(&mut self.traits, id.0 as usize, State::Waiting),
            Node::Segment(id) => set(&mut self.segments, id.0 as usize, State::Waiting),
            Node::Partition(id) => set(&mut self.partitions, id.0 as usize, State::Waiting),
            Node::Occasion(at) => set(&mut self.occasions, at, State::Waiting),
            Node::Content(at) => set(&mut self.contents, at, State::Waiting),
        }
    }

    fn item_of(&self, node: Node) -> Option<Item> {
        match node {
            Node::Trait(id) => Some(Item::Trait(id)),
            Node::Segment(id) => Some(Item::Segment(id)),
            Node::Partition(id) => Some(Item::Partition(id)),
            Node::Content(at) => Some(Item::Partition(self.partition_of_content(at))),
            Node::Let(_) | Node::Field(..) | Node::Occasion(_) => None,
        }
    }

    /// The partition that a content becomes: contents stand behind the partitions.
    pub(crate) fn partition_of_content(&self, at: usize) -> PartitionId {
        PartitionId(number(self.index.partitions.len() + at))
    }

    fn attempt(&mut self, node: Node) {
        self.settled.clear();
        self.line_span = None;
        match node {
            Node::Let(at) => self.check_let(at),
            Node::Field(table, field) => self.check_computed(table, field),
            Node::Trait(id) => self.check_trait(id),
            Node::Segment(id) => self.check_segment(id),
            Node::Partition(id) => self.check_partition(id),
            Node::Occasion(at) => self.check_occasion(at),
            Node::Content(at) => self.check_content(at),
        }
        if self.needs.is_empty()
            && let Some(item) = self.item_of(node)
            && !self.is_waiting(node)
        {
            self.order.push(item);
        }
    }

    fn node_name(&self, node: Node) -> (String, Span) {
        let nowhere = Span::new(crate::source::FileId(0), 0, 0);
        let found = match node {
            Node::Let(at) => self.index.lets.get(at).map(|named| (named.name.text.to_string(), named.name.span)),
            Node::Field(table, field) => self.index.field_entry(table, field).map(|entry| {
                let table = self.index.table_name(table);
                (format!("{table}.{}", entry.name), entry.name_span)
            }),
            Node::Trait(id) => named(self.index.traits.get(id.0 as usize)),
            Node::Segment(id) => named(self.index.segments.get(id.0 as usize)),
            Node::Partition(id) => named(self.index.partitions.get(id.0 as usize)),
            Node::Occasion(at) => named(self.index.occasions.get(at)),
            Node::Content(at) => named(self.index.contents.get(at)),
        };
        found.unwrap_or((String::new(), nowhere))
    }

    /// The program, where nothing stands against it.
    fn finish(mut self) -> Outcome {
        if let Some(place) = self.customers_wanted {
            self.report(names::messages::customers_missing(place));
        }
        let failed = self.diagnostics.iter().any(|message| message.severity == crate::diagnostics::Severity::Error);
        let mut program = if failed { None } else { self.assemble() };
        if let Some(made) = &program
            && self.tell_circle_elsewhere(made)
        {
            program = None;
        }
        let diagnostics = std::mem::take(&mut self.diagnostics);
        Outcome { program, diagnostics, known: Known::of(self) }
    }

    fn assemble(&self) -> Option<Program> {
        let text = |quoted: Option<&tree::Quoted>| quoted.map(|quoted| Arc::clone(&quoted.text));
        let mut tables = Vec::new();
        for (at, entry) in self.index.tables.iter().enumerate() {
            let states = self.fields.get(at)?;
            let fields = states.iter().map(|state| Some(state.done()?.field.clone())).collect::<Option<Vec<_>>>()?;
            tables.push(program::Table {
                name: Arc::clone(&entry.name),
                kind: entry.kind,
                parent: entry.parent,
                fields,
                key: entry.key,
                by: entry.by,
                at: entry.at,
                span: entry.span,
                documentation: entry.documentation.map(str::to_owned),
            });
        }
        let mut made = Program {
            settings: self.settings.clone(),
            tables,
            traits: Vec::new(),
            segments: Vec::new(),
            partitions: Vec::new(),
            others: self.others.clone().into(),
            about: self.index.about.as_ref().map(|about| about.table),
            occasions: Vec::new(),
            tests: self.tests.clone(),
            order: self.order.clone(),
            locale_field: None,
            asks_base: self.questions > 0,
            answers: program::Answers::default(),
        };
        for (named, state) in self.index.traits.iter().zip(&self.traits) {
            made.traits.push(program::Trait {
                name: Arc::clone(&named.name.text),
                title: text(named.title),
                documentation: named.documentation.map(str::to_owned),
                value: state.done()?.value.clone(),
                labels: Vec::new(),
                span: named.span,
            });
        }
        for (named, state) in self.index.segments.iter().zip(&self.segments) {
            made.segments.push(program::Segment {
                name: Arc::clone(&named.name.text),
                title: text(named.title),
                documentation: named.documentation.map(str::to_owned),
                lines: state.done()?.clone(),
                labels: Vec::new(),
                span: named.span,
            });
        }
        for (named, state) in self.index.partitions.iter().zip(&self.partitions) {
            let conditions = state.done()?;
            let parts = named.body.parts.iter().zip(conditions).map(|(part, condition)| program::Part {
                name: Arc::clone(&part.name.text),
                title: text(part.title.as_ref()),
                condition: condition.clone(),
                text: None,
                span: part.span,
            });
            made.partitions.push(program::Partition {
                name: Arc::clone(&named.name.text),
                title: text(named.title),
                documentation: named.documentation.map(str::to_owned),
                parts: parts.collect(),
                labels: Vec::new(),
                span: named.span,
            });
        }
        for (named, state) in self.index.contents.iter().zip(&self.contents) {
            made.partitions.push(self.content_as_partition(named, state.done()?));
        }
        // A table whose segments could not be put together would be one that nobody is in.
        if self.others.len() != self.index.tables_with_segments().len() && self.index.about.is_none() {
            return None;
        }
        // Those that are days of customers are none of another table's rows; the outer program tells of the others.
        for (named, state) in self.index.occasions.iter().zip(&self.occasions).filter(|_| self.index.about.is_none()) {
            let checked = state.done()?;
            made.occasions.push(program::Occasion {
                name: Arc::clone(&named.name.text),
                title: text(named.title),
                documentation: named.documentation.map(str::to_owned),
                days: checked.occasion.clone(),
                base: checked.base.clone(),
                span: named.span,
            });
        }
        labels::carry(&mut made);
        if made.about.is_none() {
            labels::carry_elsewhere(&mut made);
        }
        Some(made)
    }
}

fn set<T>(states: &mut [State<T>], at: usize, state: State<T>) {
    if let Some(slot) = states.get_mut(at) {
        *slot = state;
    }
}

fn named<Body>(named: Option<&names::Named<'_, Body>>) -> Option<(String, Span)> {
    named.map(|named| (named.name.text.to_string(), named.name.span))
}

/// Counts are capped by rule 21, so they fit.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
