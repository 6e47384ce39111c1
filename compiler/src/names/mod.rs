//! What the project's names mean: one namespace for all files, which ignores capitals.
//!
//! INVARIANTS: the first table is the customers' one, an empty stand-in where none is declared; a name that was
//! refused still has an entry, so uses of it stay silent; numbers of traits, segments and partitions follow the order
//! in which they were written.

mod collect;
pub(crate) mod messages;
mod others;
pub(crate) mod suggest;

#[cfg(test)]
mod tests;

use crate::program::{Answered, FieldId, PartitionId, Reading, SegmentId, TableId, TraitId, Type};
use crate::source::Span;
use crate::syntax::tree;
use crate::values::text;
use rustc_hash::FxHashMap;
use std::sync::Arc;

pub(crate) use collect::collect;
pub(crate) use others::{About, Belongs, KnownOfCustomers, OtherSegment};
pub use suggest::closest;

/// The form of a name under which it is looked up.
pub(crate) fn fold(name: &str) -> String {
    text::fold(name).into_owned()
}

/// What a name of the shared namespace stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Global {
    /// A table of events or records, or one looked up in; also the customers themselves.
    Table(TableId),
    /// A constant.
    Let(usize),
    /// A list of constants.
    List(usize),
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
    /// A segment of another table's rows.
    Other(usize),
    /// In a segment of another table's rows: something that only customers have.
    OfCustomers,
    /// Something that could not be read, about which a message was given.
    Broken,
}

/// A named constant, list, trait, segment or partition as written.
#[derive(Debug, Clone)]
pub(crate) struct Named<'tree, Body> {
    /// Its name.
    pub(crate) name: &'tree tree::Word,
    /// Its title.
    pub(crate) title: Option<&'tree tree::Quoted>,
    /// The comment above it.
    pub(crate) documentation: Option<&'tree str>,
    /// The whole declaration.
    pub(crate) span: Span,
    /// What it says.
    pub(crate) body: Body,
}

impl<'tree, Body> Named<'tree, Body> {
    /// The same declaration seen as one that says something else.
    pub(crate) fn with_body<Other>(&self, body: Other) -> Named<'tree, Other> {
        let Named { name, title, documentation, span, .. } = *self;
        Named { name, title, documentation, span, body }
    }
}

/// A table as declared.
#[derive(Debug, Clone)]
pub(crate) struct TableEntry<'tree> {
    /// Its name; a list of records is named by its path.
    pub(crate) name: Arc<str>,
    /// Where the name stands.
    pub(crate) name_span: Span,
    /// What its rows are.
    pub(crate) kind: tree::TableKind,
    /// For a list of records: whose field it is.
    pub(crate) parent: Option<(TableId, FieldId)>,
    /// The declared key.
    pub(crate) key: Option<FieldId>,
    /// The field that names the customer.
    pub(crate) by: Option<FieldId>,
    /// The field that holds the time.
    pub(crate) at: Option<FieldId>,
    /// The fields, head columns first.
    pub(crate) fields: Vec<FieldEntry<'tree>>,
    /// The fields by folded name.
    pub(crate) by_name: FxHashMap<String, FieldId>,
    /// The declaration.
    pub(crate) span: Span,
    /// The comment above it.
    pub(crate) documentation: Option<&'tree str>,
    /// Whether it was written at all (a project without customers has a stand-in).
    pub(crate) declared: bool,
}

/// A field as declared.
#[derive(Debug, Clone)]
pub(crate) struct FieldEntry<'tree> {
    /// Its name.
    pub(crate) name: Arc<str>,
    /// Where the name stands.
    pub(crate) name_span: Span,
    /// The whole field.
    pub(crate) span: Span,
    /// How it gets its value.
    pub(crate) body: FieldBody<'tree>,
}

/// How a field gets its value.
#[derive(Debug, Clone)]
pub(crate) enum FieldBody<'tree> {
    /// A column with a written type.
    Stored(StoredField<'tree>),
    /// A column named in the head of its table.
    Head {
        /// Its type.
        ty: Type,
        /// Its name in the data.
        column: Arc<str>,
        /// How it is read.
        reading: Reading,
    },
    /// Worked out.
    Computed(&'tree tree::Expr),
    /// What a declaration says of its row.
    Answered(Box<AnsweredField>),
    /// Could not be read; a message was given.
    Broken,
}

/// A field that holds what a declaration says of each row of the table: whether it is in a segment of the table, or a
/// customer's trait, segment or part of a partition.
#[derive(Debug, Clone)]
pub(crate) struct AnsweredField {
    /// Its type.
    pub(crate) ty: Type,
    /// Whether it may be missing, and whether that is to be expected.
    pub(crate) optional: bool,
    /// Whether that is to be expected.
    pub(crate) often_missing: bool,
    /// The declaration.
    pub(crate) by: Answered,
}

/// A column with a written type.
#[derive(Debug, Clone)]
pub(crate) struct StoredField<'tree> {
    /// The type.
    pub(crate) ty: &'tree tree::TypeRef,
    /// `?`
    pub(crate) optional: bool,
    /// The column's name in the data where it differs.
    pub(crate) from: Option<&'tree tree::Quoted>,
    /// Privacy labels.
    pub(crate) labels: &'tree [(tree::Label, Span)],
    /// For a list of records: the table of its elements.
    pub(crate) elements: Option<TableId>,
}

/// All names of a project.
#[derive(Debug, Default)]
pub(crate) struct Index<'tree> {
    /// Customers first; lists of records last.
    pub(crate) tables: Vec<TableEntry<'tree>>,
    /// Constants.
    pub(crate) lets: Vec<Named<'tree, &'tree tree::Expr>>,
    /// Lists.
    pub(crate) lists: Vec<Named<'tree, &'tree tree::ListSource>>,
    /// Traits.
    pub(crate) traits: Vec<Named<'tree, &'tree tree::Expr>>,
    /// Segments.
    pub(crate) segments: Vec<Named<'tree, &'tree [tree::Expr]>>,
    /// Partitions.
    pub(crate) partitions: Vec<Named<'tree, &'tree tree::Partition>>,
    /// Segments of other tables' rows.
    pub(crate) others: Vec<Named<'tree, OtherSegment<'tree>>>,
    /// Contents.
    pub(crate) contents: Vec<Named<'tree, &'tree [tree::Choice]>>,
    /// Occasions.
    pub(crate) occasions: Vec<Named<'tree, &'tree tree::Occasion>>,
    /// Tests, each with its place.
    pub(crate) tests: Vec<(Span, &'tree tree::TestCase)>,
    /// The shared namespace, by folded name. Customers' fields are not in it: they are found in their table first.
    pub(crate) globals: FxHashMap<String, Global>,
    /// Whose segments these are, where they are not customers'.
    pub(crate) about: Option<About>,
}

impl<'tree> Index<'tree> {
    /// A table.
    pub(crate) fn table(&self, id: TableId) -> Option<&TableEntry<'tree>> {
        self.tables.get(id.0 as usize)
    }

    /// A table's field by name.
    pub(crate) fn field(&self, table: TableId, name: &str) -> Option<FieldId> {
        self.table(table)?.by_name.get(&fold(name)).copied()
    }

    /// A field's declaration.
    pub(crate) fn field_entry(&self, table: TableId, field: FieldId) -> Option<&FieldEntry<'tree>> {
        self.table(table)?.fields.get(field.0 as usize)
    }

    /// A name of the shared namespace.
    pub(crate) fn global(&self, name: &str) -> Option<Global> {
        self.globals.get(&fold(name)).copied()
    }

    /// The name of a table as written.
    pub(crate) fn table_name(&self, id: TableId) -> Arc<str> {
        self.table(id).map(|table| Arc::clone(&table.name)).unwrap_or_default()
    }

    /// Names of a table's fields.
    pub(crate) fn field_names(&self, table: TableId) -> Vec<Arc<str>> {
        self.table(table)
            .map(|table| table.fields.iter().map(|field| Arc::clone(&field.name)).collect())
            .unwrap_or_default()
    }

    /// Names of tables for which the test holds.
    pub(crate) fn table_names(&self, fits: impl Fn(&TableEntry<'tree>) -> bool) -> Vec<Arc<str>> {
        let declared = self.tables.iter().filter(|table| table.declared && table.parent.is_none());
        declared.filter(|table| fits(table)).map(|table| Arc::clone(&table.name)).collect()
    }

    /// Names of traits, segments, partitions and constants.
    pub(crate) fn value_names(&self) -> Vec<Arc<str>> {
        let traits = self.traits.iter().map(|named| &named.name.text);
        let segments = self.segments.iter().map(|named| &named.name.text);
        let partitions = self.partitions.iter().map(|named| &named.name.text);
        let lets = self.lets.iter().map(|named| &named.name.text);
        traits.chain(segments).chain(partitions).chain(lets).cloned().collect()
    }
}
