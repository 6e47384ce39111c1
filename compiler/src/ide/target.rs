//! What names stand for, found without saying anything about those that stand for nothing: that was told by the check.

use crate::builtins;
use crate::names::{Global, Index, fold};
use crate::program::{CUSTOMERS, FieldId, PartitionId, Program, SegmentId, TableId, TraitId, Type};
use crate::syntax::tree::{Path, TypeRefKind, Word};
use crate::types::Known;
use std::sync::Arc;

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    /// The word `customer` before a dot.
    Customer,
    /// A table.
    Table(TableId),
    /// A field.
    Field {
        /// Of which table.
        table: TableId,
        /// Which.
        field: FieldId,
        /// Whether its row is found by an id.
        looked_up: bool,
    },
    /// A constant.
    Let(usize),
    /// A list.
    List(usize),
    /// A trait or a score.
    Trait(TraitId),
    /// A segment.
    Segment(SegmentId),
    /// A partition.
    Partition(PartitionId),
    /// A part of a partition, by its place.
    Part(PartitionId, usize),
    /// An occasion.
    Occasion(usize),
    /// A content.
    Content(usize),
    /// A segment of another table's rows.
    Other(usize),
    /// A listed value of a field or trait, which is called so.
    Listed {
        /// The value as listed.
        value: Arc<str>,
        /// All that are listed.
        of: Arc<[Arc<str>]>,
        /// What has these values, as written.
        owner: String,
    },
    /// The name of a month or a day, held against what a function gives.
    Calendar(builtins::Function),
}

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Where the customer's fields and all declarations can be named.
    Customer,
    /// Where a row's fields come first.
    Row(TableId),
    /// Where only constants can be named.
    Constant,
}

/// All names of a project and what is known of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    /// What is declared.
    pub(super) index: &'a Index<'a>,
    /// What checking found out.
    pub(super) known: &'a Known,
    /// The program of these names, where nothing stands against it.
    pub(super) program: Option<&'a Program>,
}

impl Names<'_> {
    /// What the words of a path stand for, as far as they stand for something.
    pub(super) fn path(&self, path: &Path, scope: Scope) -> Vec<Target> {
        let mut targets: Vec<Target> = Vec::with_capacity(path.words.len());
        for word in &path.words {
            let target = match targets.last() {
                None if fold(&word.text) == "customer" => Some(Target::Customer),
                None => self.first(word, scope),
                Some(Target::Customer) => match &self.index.about {
                    Some(about) => self.field(about.looked_up, word, true),
                    None => self.first(word, Scope::Customer),
                },
                Some(before) => self.step(before, word),
            };
            match target {
                Some(target) => targets.push(target),
                None => break,
            }
        }
        targets
    }

    /// A name that stands alone or begins a path.
    pub(super) fn first(&self, word: &Word, scope: Scope) -> Option<Target> {
        let table = match scope {
            Scope::Customer => Some(CUSTOMERS),
            Scope::Row(table) => Some(table),
            Scope::Constant => None,
        };
        table.and_then(|table| self.field(table, word, false)).or_else(|| self.global(&word.text))
    }

    /// A name of the shared namespace.
    pub(super) fn global(&self, name: &str) -> Option<Target> {
        Some(match self.index.global(name)? {
            Global::Table(id) => Target::Table(id),
            Global::Let(at) => Target::Let(at),
            Global::List(at) => Target::List(at),
            Global::Trait(id) => Target::Trait(id),
            Global::Segment(id) => Target::Segment(id),
            Global::Partition(id) => Target::Partition(id),
            Global::Occasion(at) => Target::Occasion(at),
            Global::Content(at) => Target::Content(at),
            Global::Other(at) => Target::Other(at),
            Global::Broken | Global::OfCustomers => return None,
        })
    }

    /// A field of a table.
    pub(super) fn field(&self, table: TableId, word: &Word, looked_up: bool) -> Option<Target> {
        self.field_called(table, &word.text, looked_up)
    }

    /// A field of a table by its name.
    pub(super) fn field_called(&self, table: TableId, name: &str, looked_up: bool) -> Option<Target> {
        self.index.field(table, name).map(|field| Target::Field { table, field, looked_up })
    }

    /// The field with a name that no other table has, for lines of which it is not known whose rows they ask about.
    pub(super) fn only_field(&self, name: &str) -> Option<Target> {
        let tables = (0..self.index.tables.len()).filter_map(|at| u32::try_from(at).ok().map(TableId));
        let mut found = tables.filter_map(|table| self.field_called(table, name, false));
        found.next().filter(|_| found.next().is_none())
    }

    /// A field reached by a dot.
    fn step(&self, before: &Target, word: &Word) -> Option<Target> {
        let looked_up = |ty: &Type| match ty {
            Type::Id(Some(table)) => self.field(*table, word, true),
            Type::Records(table) => self.field(*table, word, false),
            _ => None,
        };
        match before {
            Target::Table(table) => self.field(*table, word, false),
            Target::Field { .. } | Target::Trait(_) => looked_up(&self.kind(before)?),
            _ => None,
        }
    }

    /// The kind of a name's values, where that is known.
    pub(super) fn kind(&self, target: &Target) -> Option<Type> {
        match target {
            Target::Field { table, field, .. } => match self.known.field(*table, *field) {
                Some(field) => Some(field.ty.clone()),
                None => self.written_kind(*table, *field),
            },
            Target::Trait(id) => self.known.of_trait(*id).map(|known| known.ty.clone()),
            Target::Let(at) => self.known.constant(*at).map(|value| value.ty.clone()),
            _ => None,
        }
    }

    /// Where a field leads on to, where its table could not be checked.
    fn written_kind(&self, table: TableId, field: FieldId) -> Option<Type> {
        let crate::names::FieldBody::Stored(stored) = &self.index.field_entry(table, field)?.body else { return None };
        match &stored.ty.kind {
            TypeRefKind::Id { table: Some(word) } => match self.index.global(&word.text)? {
                Global::Table(id) => Some(Type::Id(Some(id))),
                _ => None,
            },
            TypeRefKind::Records(_) => stored.elements.map(Type::Records),
            _ => None,
        }
    }

    /// The table whose rows a question is about: that of a path's name, or of the list that it ends in.
    pub(super) fn rows(&self, targets: &[Target]) -> Option<TableId> {
        targets.iter().rev().find_map(|target| match target {
            Target::Table(table) => Some(*table),
            Target::Field { .. } => match self.kind(target) {
                Some(Type::Records(table)) => Some(table),
                _ => None,
            },
            _ => None,
        })
    }

    /// The part of a partition with this name.
    pub(super) fn part(&self, id: PartitionId, word: &Word) -> Option<Target> {
        let named = self.index.partitions.get(id.0 as usize)?;
        let at = named.body.parts.iter().position(|part| fold(&part.name.text) == fold(&word.text))?;
        Some(Target::Part(id, at))
    }
}
