//! A program that is ready to show contents: what stands in their holes are traits of it, so that any engine works them out.

use super::{HoleAt, Own};
use crate::outcome::{NO_PART, Outcome, Request};
use rustc_hash::FxHashMap;
use segue_compiler::plan::Selection;
use segue_compiler::program::{CUSTOMERS, Expr, ExprKind, Filling, Item, PartitionId, Program, Row, Trait, TraitId};
use segue_compiler::values::Value;
use std::sync::Arc;

/// A program with what contents show as traits behind its own.
#[derive(Debug, Clone)]
pub struct Showing {
    program: Program,
    /// The contents, and those in their holes.
    contents: Vec<PartitionId>,
    holes: FxHashMap<HoleAt, TraitId>,
    language: Option<TraitId>,
}

impl Showing {
    /// Makes ready to show contents; others in their holes are shown too.
    pub fn new(program: &Program, contents: &[PartitionId]) -> Showing {
        let mut made =
            Showing { program: program.clone(), contents: Vec::new(), holes: FxHashMap::default(), language: None };
        let mut waiting: Vec<PartitionId> = contents.iter().rev().copied().collect();
        while let Some(content) = waiting.pop() {
            if made.contents.contains(&content) {
                continue;
            }
            made.contents.push(content);
            let Some(found) = program.partitions.get(content.0 as usize) else { continue };
            for (part, text) in (0..).zip(found.parts.iter().map(|part| &part.text)) {
                for (hole, shown) in (0..).zip(text.iter().flat_map(|text| text.holes())) {
                    match &shown.filling {
                        Filling::Content(inner) => waiting.push(*inner),
                        Filling::Value { value, .. } => {
                            let id = made.add(&format!("{} {part} {hole}", found.name), value);
                            made.holes.insert(HoleAt { content, part, hole }, id);
                        }
                    }
                }
            }
        }
        if let Some(field) = program.locale_field {
            let declared = program.tables.first().and_then(|table| table.fields.get(field.0 as usize));
            if let Some(declared) = declared {
                let kind = ExprKind::Field { row: Row::Customer, table: CUSTOMERS, field };
                let value = Expr { kind, ty: declared.ty.clone(), may_be_missing: true, span: declared.span };
                made.language = Some(made.add("language", &value));
            }
        }
        made
    }

    fn add(&mut self, name: &str, value: &Expr) -> TraitId {
        let id = TraitId(u32::try_from(self.program.traits.len()).unwrap_or(u32::MAX));
        self.program.traits.push(Trait {
            name: Arc::from(name),
            title: None,
            documentation: None,
            value: value.clone(),
            labels: Vec::new(),
            span: value.span,
        });
        self.program.order.push(Item::Trait(id));
        id
    }

    /// The program to run.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// What is to be worked out.
    pub fn selection(&self) -> Selection {
        let traits = self.holes.values().copied().chain(self.language);
        Selection { partitions: self.contents.clone(), traits: traits.collect(), ..Selection::default() }
    }

    /// The same as a request.
    pub fn request(&self, as_of: i64, threads: usize) -> Request {
        let Selection { segments, partitions, traits, .. } = self.selection();
        Request { as_of, segments, partitions, traits, others: Vec::new(), members: true, threads }
    }
}

/// What a run worked out for a customer; the request was [`Showing::request`].
#[derive(Debug, Clone, Copy)]
pub struct OfRun<'a> {
    /// What was asked.
    pub showing: &'a Showing,
    /// The request.
    pub request: &'a Request,
    /// What came of it.
    pub outcome: &'a Outcome,
    /// The customer's row.
    pub row: usize,
}

impl OfRun<'_> {
    fn of_trait(&self, id: TraitId) -> Option<Value> {
        let at = self.request.traits.iter().position(|asked| *asked == id)?;
        self.outcome.traits.get(at)?.value(self.row)
    }
}

impl Own for OfRun<'_> {
    fn part(&self, content: PartitionId) -> Option<u32> {
        let at = self.request.partitions.iter().position(|asked| *asked == content)?;
        self.outcome.partitions.get(at)?.get(self.row).copied().filter(|part| *part != NO_PART)
    }

    fn value(&self, at: HoleAt, _: &Expr) -> Option<Value> {
        self.of_trait(*self.showing.holes.get(&at)?)
    }

    fn language(&self) -> Option<Arc<str>> {
        match self.of_trait(self.showing.language?)? {
            Value::Text(tag) => Some(tag),
            _ => None,
        }
    }
}
