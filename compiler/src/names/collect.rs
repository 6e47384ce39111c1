//! From trees to the index of names: what is declared, once each.
#![expect(clippy::indexing_slicing, reason = "every place is counted over the list it is a place in")]

use super::messages;
use super::{
    AnsweredField, FieldBody, FieldEntry, Global, Index, Named, OtherSegment, StoredField, TableEntry, closest, fold,
};
use crate::diagnostics::Diagnostic;
use crate::program::{Answered, CUSTOMERS, FieldId, Item, PartitionId, Reading, SegmentId, TableId, TraitId, Type};
use crate::source::{FileId, Span};
use crate::syntax::tree::{self, DeclarationKind, TableKind};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// How many declarations a project may have (rule 21).
const MOST_DECLARATIONS: usize = 10_000;

/// Collects the names of all files; messages go to `diagnostics`.
pub(crate) fn collect<'tree>(files: &'tree [tree::File], diagnostics: &mut Vec<Diagnostic>) -> Index<'tree> {
    let mut collector = Collector { index: Index::default(), places: FxHashMap::default(), diagnostics };
    let mut declarations: Vec<&tree::Declaration> = files.iter().flat_map(|file| &file.declarations).collect();
    if let Some(first) = declarations.get(MOST_DECLARATIONS) {
        collector.diagnostics.push(messages::too_many_declarations(first.span, MOST_DECLARATIONS, declarations.len()));
        declarations.truncate(MOST_DECLARATIONS);
    }
    collector.customers(&declarations);
    for declaration in &declarations {
        collector.declaration(declaration);
    }
    collector.elements();
    collector.other_segments();
    collector.clashes_with_customers();
    collector.index
}

struct Collector<'tree, 'out> {
    index: Index<'tree>,
    places: FxHashMap<String, (Arc<str>, Span)>,
    diagnostics: &'out mut Vec<Diagnostic>,
}

impl<'tree> Collector<'tree, '_> {
    /// The customers' table comes first, whatever the order of the files.
    fn customers(&mut self, declarations: &[&'tree tree::Declaration]) {
        let mut all = declarations.iter().filter_map(|declaration| match &declaration.kind {
            DeclarationKind::Table(table) if table.kind == TableKind::Customers => Some((*declaration, table)),
            _ => None,
        });
        let Some((declaration, table)) = all.next() else {
            let nowhere = Span::new(FileId(0), 0, 0);
            self.index.tables.push(TableEntry {
                name: "customers".into(),
                name_span: nowhere,
                kind: TableKind::Customers,
                parent: None,
                key: None,
                by: None,
                at: None,
                fields: Vec::new(),
                by_name: FxHashMap::default(),
                span: nowhere,
                documentation: None,
                declared: false,
            });
            return;
        };
        self.table(declaration, table);
        let first = table.name.span;
        for (_, again) in all {
            self.diagnostics.push(messages::second_customers(again.name.span, first));
        }
    }

    fn declaration(&mut self, declaration: &'tree tree::Declaration) {
        let documentation = declaration.documentation.as_deref();
        let span = declaration.span;
        match &declaration.kind {
            DeclarationKind::Table(table) if table.kind == TableKind::Customers => {}
            DeclarationKind::Table(table) => self.table(declaration, table),
            DeclarationKind::Let { name, value } => {
                self.declare(name, Global::Let(self.index.lets.len()));
                self.index.lets.push(Named { name, title: None, documentation, span, body: value });
            }
            DeclarationKind::List { name, source } => {
                self.declare(name, Global::List(self.index.lists.len()));
                self.index.lists.push(Named { name, title: None, documentation, span, body: source });
            }
            // A score is one value per customer too.
            DeclarationKind::Trait { name, title, value } | DeclarationKind::Score { name, title, value } => {
                self.declare(name, Global::Trait(TraitId(number(self.index.traits.len()))));
                self.index.traits.push(Named { name, title: title.as_ref(), documentation, span, body: value });
            }
            DeclarationKind::Segment { name, of: Some(of), title, lines } if fold(&of.text) != "customers" => {
                self.declare(name, Global::Other(self.index.others.len()));
                let body = OtherSegment { of, table: None, lines };
                self.index.others.push(Named { name, title: title.as_ref(), documentation, span, body });
            }
            DeclarationKind::Segment { name, title, lines, .. } => {
                self.declare(name, Global::Segment(SegmentId(number(self.index.segments.len()))));
                self.index.segments.push(Named { name, title: title.as_ref(), documentation, span, body: lines });
            }
            DeclarationKind::Partition { name, title, body } => {
                self.declare(name, Global::Partition(PartitionId(number(self.index.partitions.len()))));
                self.index.partitions.push(Named { name, title: title.as_ref(), documentation, span, body });
            }
            DeclarationKind::Content { name, title, choices } => {
                self.declare(name, Global::Content(self.index.contents.len()));
                self.index.contents.push(Named { name, title: title.as_ref(), documentation, span, body: choices });
            }
            DeclarationKind::Occasion { name, title, occasion } => {
                self.declare(name, Global::Occasion(self.index.occasions.len()));
                self.index.occasions.push(Named { name, title: title.as_ref(), documentation, span, body: occasion });
            }
            DeclarationKind::Test(test) => self.index.tests.push((span, test)),
            DeclarationKind::Broken { name } => {
                if let Some(name) = name {
                    self.index.globals.entry(fold(&name.text)).or_insert(Global::Broken);
                }
            }
        }
    }

    /// Takes a name in the shared namespace, or says who has it. The first one keeps it.
    fn declare(&mut self, name: &tree::Word, global: Global) {
        let folded = fold(&name.text);
        if let Some((text, first)) = self.places.get(&folded) {
            self.diagnostics.push(messages::name_taken(name, text, *first));
            return;
        }
        self.places.insert(folded.clone(), (Arc::clone(&name.text), name.span));
        self.index.globals.insert(folded, global);
    }

    fn table(&mut self, declaration: &'tree tree::Declaration, table: &'tree tree::Table) {
        let id = TableId(number(self.index.tables.len()));
        if table.kind == TableKind::Customers {
            self.index.globals.insert("customers".into(), Global::Table(CUSTOMERS));
        } else {
            self.declare(&table.name, Global::Table(id));
        }
        let mut entry = TableEntry {
            name: Arc::clone(&table.name.text),
            name_span: table.name.span,
            kind: table.kind,
            parent: None,
            key: None,
            by: None,
            at: None,
            fields: Vec::new(),
            by_name: FxHashMap::default(),
            span: declaration.span,
            documentation: declaration.documentation.as_deref(),
            declared: true,
        };
        if table.kind == TableKind::Customers {
            entry.name = "customers".into();
        }
        self.head(&mut entry, table);
        self.fields(&mut entry, &table.fields);
        let needs_key = matches!(table.kind, TableKind::Customers | TableKind::Table);
        let broken_key = table.fields.iter().any(|field| field.kind == tree::FieldKind::Error);
        if needs_key && entry.key.is_none() && !broken_key {
            self.diagnostics.push(messages::key_missing(&entry.name, entry.name_span, table.fields.first()));
        }
        self.index.tables.push(entry);
    }

    /// The columns named in the head: who and when. Where one is missing or out of place, reading the file told.
    fn head(&mut self, entry: &mut TableEntry<'tree>, table: &'tree tree::Table) {
        if let Some(column) = &table.by
            && matches!(table.kind, TableKind::Events | TableKind::Records)
        {
            entry.by = self.head_column(entry, column, Type::Id(Some(CUSTOMERS)), Reading::Plain);
        }
        if let Some(time) = &table.at
            && table.kind == TableKind::Events
        {
            let ty = if time.only_date { Type::Date } else { Type::Datetime };
            let reading = match &time.zone {
                Some(zone) => self.zone(zone),
                None => Reading::Plain,
            };
            entry.at = self.head_column(entry, &time.column, ty, reading);
        }
    }

    fn zone(&mut self, zone: &tree::Quoted) -> Reading {
        match zone.text.parse() {
            Ok(zone) => Reading::Zone(zone),
            Err(_) => {
                self.diagnostics.push(messages::unknown_zone(&zone.text, zone.span));
                Reading::Plain
            }
        }
    }

    fn head_column(
        &mut self,
        entry: &mut TableEntry<'tree>,
        column: &'tree tree::Column,
        ty: Type,
        reading: Reading,
    ) -> Option<FieldId> {
        let source = column.from.as_ref().map_or_else(|| Arc::clone(&column.name.text), |from| Arc::clone(&from.text));
        let body = FieldBody::Head { ty, column: source, reading };
        self.field(entry, &column.name, column.name.span, body)
    }

    fn fields(&mut self, entry: &mut TableEntry<'tree>, fields: &'tree [tree::Field]) {
        for field in fields {
            let body = match &field.kind {
                tree::FieldKind::Stored { ty, optional, from, labels } => FieldBody::Stored(StoredField {
                    ty,
                    optional: *optional,
                    from: from.as_ref(),
                    labels,
                    elements: None,
                }),
                tree::FieldKind::Computed { value } => FieldBody::Computed(value),
                tree::FieldKind::Error => FieldBody::Broken,
            };
            let id = self.field(entry, &field.name, field.span, body);
            if !field.key {
                continue;
            }
            match entry.key {
                None => entry.key = id,
                Some(first) => {
                    let first = entry.fields.get(first.0 as usize).map_or(field.span, |first| first.name_span);
                    self.diagnostics.push(messages::second_key(field.name.span, first));
                }
            }
            if entry.kind == TableKind::Records && entry.parent.is_some() {
                self.diagnostics.push(messages::key_in_list(field.name.span));
            }
        }
    }

    fn field(
        &mut self,
        entry: &mut TableEntry<'tree>,
        name: &tree::Word,
        span: Span,
        body: FieldBody<'tree>,
    ) -> Option<FieldId> {
        let folded = fold(&name.text);
        if let Some(first) = entry.by_name.get(&folded) {
            if let Some(first) = entry.fields.get(first.0 as usize) {
                self.diagnostics.push(messages::name_taken(name, &first.name, first.name_span));
            }
            return None;
        }
        let id = FieldId(number(entry.fields.len()));
        entry.by_name.insert(folded, id);
        entry.fields.push(FieldEntry { name: Arc::clone(&name.text), name_span: name.span, span, body });
        Some(id)
    }

    /// Lists of records become tables of their own, behind all declared ones; their lists in turn follow.
    fn elements(&mut self) {
        let mut at = 0;
        while at < self.index.tables.len() {
            let parent = TableId(number(at));
            let count = self.index.tables[at].fields.len();
            for field in 0..count {
                let FieldBody::Stored(stored) = &self.index.tables[at].fields[field].body else { continue };
                let tree::TypeRefKind::Records(fields) = &stored.ty.kind else { continue };
                let id = TableId(number(self.index.tables.len()));
                let table = &self.index.tables[at];
                let entry = &table.fields[field];
                let mut elements = TableEntry {
                    name: format!("{}.{}", table.name, entry.name).into(),
                    name_span: entry.name_span,
                    kind: TableKind::Records,
                    parent: Some((parent, FieldId(number(field)))),
                    key: None,
                    by: None,
                    at: None,
                    fields: Vec::new(),
                    by_name: FxHashMap::default(),
                    span: entry.span,
                    documentation: None,
                    declared: true,
                };
                self.fields(&mut elements, fields);
                self.index.tables.push(elements);
                if let FieldBody::Stored(stored) = &mut self.index.tables[at].fields[field].body {
                    stored.elements = Some(id);
                }
            }
            at += 1;
        }
    }

    /// A segment of a table's rows is a field of these rows.
    fn other_segments(&mut self) {
        let mut counts: FxHashMap<TableId, u32> = FxHashMap::default();
        for at in 0..self.index.others.len() {
            let named = self.index.others[at].clone();
            let of = named.body.of;
            let table = match self.index.global(&of.text) {
                Some(Global::Table(table)) => table,
                Some(Global::Broken) => continue,
                _ => {
                    let tables = self.index.table_names(|table| table.kind == TableKind::Table);
                    self.diagnostics.push(messages::segment_of_nothing(of, &closest(&of.text, tables)));
                    continue;
                }
            };
            let entry = &self.index.tables[table.0 as usize];
            if entry.kind != TableKind::Table {
                self.diagnostics.push(messages::segment_of_rows(of));
                continue;
            }
            let folded = fold(&named.name.text);
            if self.index.globals.get(&folded) != Some(&Global::Other(at)) {
                continue;
            }
            if let Some(first) = entry.by_name.get(&folded) {
                let first = &entry.fields[first.0 as usize];
                self.diagnostics.push(messages::name_taken(named.name, &first.name, first.name_span));
                continue;
            }
            let segment = counts.entry(table).or_default();
            let by = Answered { of: Some(table), item: Item::Segment(SegmentId(*segment)) };
            *segment += 1;
            let field = AnsweredField { ty: Type::Boolean, optional: false, often_missing: false, by };
            let entry = &mut self.index.tables[table.0 as usize];
            entry.by_name.insert(folded, FieldId(number(entry.fields.len())));
            entry.fields.push(FieldEntry {
                name: Arc::clone(&named.name.text),
                name_span: named.name.span,
                span: named.span,
                body: FieldBody::Answered(Box::new(field)),
            });
            self.index.others[at].body.table = Some(table);
        }
    }

    /// A customers' field and a trait, segment ... of one name could not be told apart. Tables that are looked up in are
    /// named only after `->`, so they may share a name with a field.
    fn clashes_with_customers(&mut self) {
        let Some(customers) = self.index.tables.first() else { return };
        for field in &customers.fields {
            let folded = fold(&field.name);
            let harmless = match self.index.globals.get(&folded) {
                None | Some(Global::Broken) => true,
                Some(Global::Table(id)) => self
                    .index
                    .table(*id)
                    .is_some_and(|table| matches!(table.kind, TableKind::Table | TableKind::Customers)),
                Some(_) => false,
            };
            if harmless {
                continue;
            }
            if let Some((text, span)) = self.places.get(&folded) {
                let name = tree::Word { text: Arc::clone(text), span: *span };
                self.diagnostics.push(messages::name_taken(&name, &field.name, field.name_span));
                // Which of the two is meant cannot be told, so uses of the name stay silent.
                self.index.globals.insert(folded, Global::Broken);
            }
        }
    }
}

/// Counts are capped by rule 21, so they fit.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
