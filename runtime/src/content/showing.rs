//! A program that is ready to show contents: what stands in their holes are traits of it, so that any engine works them out.

use super::{HoleAt, Own};
use crate::outcome::{NO_PART, Outcome, Request};
use rustc_hash::FxHashMap;
use segue_compiler::plan::Selection;
use segue_compiler::program::{Expr, Filling, Item, PartitionId, Program, Trait, TraitId};
use segue_compiler::values::Value;
use std::sync::Arc;

/// A program with what contents show as traits behind its own.
#[derive(Debug, Clone)]
pub struct Showing {
    program: Program,
    /// Number of the first trait that is not the program's own: all from there on are worked out, in their order.
    first: u32,
    /// The contents, and those in their holes.
    contents: Vec<PartitionId>,
    holes: FxHashMap<HoleAt, TraitId>,
    language: Option<TraitId>,
}

impl Showing {
    /// Makes ready to show contents; others in their holes are shown too.
    pub fn new(program: &Program, contents: &[PartitionId]) -> Showing {
        let mut made = Showing {
            program: program.clone(),
            first: number(program.traits.len()),
            contents: Vec::new(),
            holes: FxHashMap::default(),
            language: None,
        };
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
        made.language = program.language().map(|language| made.add("language", &language));
        made
    }

    fn add(&mut self, name: &str, value: &Expr) -> TraitId {
        let id = TraitId(number(self.program.traits.len()));
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
        let traits = (self.first..number(self.program.traits.len())).map(TraitId).collect();
        Selection { partitions: self.contents.clone(), traits, ..Selection::default() }
    }

    /// The same as a request.
    pub fn request(&self, as_of: i64, threads: usize) -> Request {
        Request::of(self.selection(), as_of).on(threads)
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// What a run worked out for a customer; the request was [`Showing::request`].
#[derive(Debug, Clone, Copy)]
pub struct OfRun<'a> {
    /// What was asked.
    pub showing: &'a Showing,
    /// What came of it.
    pub outcome: &'a Outcome,
    /// The customer's row.
    pub row: usize,
}

impl OfRun<'_> {
    fn of_trait(&self, id: TraitId) -> Option<Value> {
        let at = id.0.checked_sub(self.showing.first)?;
        self.outcome.traits.get(at as usize)?.value(self.row)
    }
}

impl Own for OfRun<'_> {
    fn part(&self, content: PartitionId) -> Option<u32> {
        let at = self.showing.contents.iter().position(|asked| *asked == content)?;
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
