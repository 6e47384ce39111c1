//! `--only`: some of the declarations instead of all.

use crate::exit::Failure;
use segue_compiler::names::closest;
use segue_compiler::plan::Selection;
use segue_compiler::program::{Item, PartitionId, Program, SegmentId, TableId, TraitId};
use std::sync::Arc;

/// Which declarations a command is about.
#[derive(Debug, clap::Args)]
pub(crate) struct Only {
    /// Names of segments and partitions, separated by commas; all if left out
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
}

impl Only {
    /// What the names stand for, traits among them.
    ///
    /// # Errors
    /// Nothing is declared under a name.
    pub(crate) fn selection(&self, program: &Program) -> Result<Selection, Failure> {
        self.select(program, true)
    }

    /// The segments and partitions that the names stand for.
    ///
    /// # Errors
    /// No segment or partition is declared under a name.
    pub(crate) fn groups(&self, program: &Program) -> Result<Selection, Failure> {
        let mut selection = self.select(program, false)?;
        // Traits are worked out where something asks about them; their values are not shown.
        selection.traits.clear();
        Ok(selection)
    }

    fn select(&self, program: &Program, traits: bool) -> Result<Selection, Failure> {
        if self.only.is_empty() {
            return Ok(Selection::everything(program));
        }
        let mut selection = Selection::default();
        for name in &self.only {
            let name = name.trim();
            if let Some(at) = called(name, program.segments.iter().map(|segment| &segment.name)) {
                selection.segments.push(SegmentId(at));
            } else if let Some(found) = other_segment(name, program) {
                selection.others.push(found);
            } else if let Some(at) = called(name, program.partitions.iter().map(|partition| &partition.name)) {
                selection.partitions.push(PartitionId(at));
            } else if let Some(at) = called(name, program.traits.iter().map(|found| &found.name)).filter(|_| traits) {
                selection.traits.push(TraitId(at));
            } else {
                return Err(Failure::Use(nothing_called(name, program)));
            }
        }
        selection.segments.sort();
        selection.segments.dedup();
        selection.others.sort();
        selection.others.dedup();
        selection.partitions.sort();
        selection.partitions.dedup();
        selection.traits.sort();
        selection.traits.dedup();
        Ok(selection)
    }
}

/// The segment of another table's rows that bears the name, with its table.
pub(crate) fn other_segment(name: &str, program: &Program) -> Option<(TableId, SegmentId)> {
    program.others.iter().find_map(|other| {
        let at = called(name, other.program.segments.iter().map(|segment| &segment.name))?;
        Some((other.table, SegmentId(at)))
    })
}

/// The number of what bears the name among what is declared; capitals do not count.
pub(crate) fn called<'d>(name: &str, declared: impl IntoIterator<Item = &'d Arc<str>>) -> Option<u32> {
    let wanted = name.to_lowercase();
    (0..).zip(declared).find_map(|(at, declared)| (declared.to_lowercase() == wanted).then_some(at))
}

/// How many names a message lists.
const LISTED: usize = 12;

/// What to say where no segment or partition bears the name: what else does and where it is used, the names most like it,
/// or the first ones.
pub(crate) fn nothing_called(name: &str, program: &Program) -> String {
    let segments = program.segments.iter().map(|segment| &segment.name);
    let others = program.others.iter().flat_map(|other| &other.program.segments).map(|segment| &segment.name);
    let partitions = program.partitions.iter().map(|partition| &partition.name);
    let names: Vec<Arc<str>> = segments.chain(others).chain(partitions).cloned().collect();
    if name.is_empty() {
        return format!("a name is missing: I expected one of a segment or partition; {}", there_are(&names));
    }
    let same = |declared: &str| declared.to_lowercase() == name.to_lowercase();
    if let Some((at, found)) = (0..).zip(&program.traits).find(|(_, a_trait)| same(&a_trait.name)) {
        let using = users(Item::Trait(TraitId(at)), program);
        let told = if using.is_empty() { there_are(&names) } else { format!("it is used in {}", listed(&using)) };
        return format!("{} is a trait, and I expected the name of a segment or partition; {told}", found.name);
    }
    let part = program
        .partitions
        .iter()
        .filter(|partition| !partition.is_content())
        .find(|partition| partition.parts.iter().any(|part| same(&part.name)));
    if let Some(partition) = part {
        return format!("{name} is a part of the partition {}: ask for that", partition.name);
    }
    format!("there is no segment or partition called {name}; {}", suggested(name, &names))
}

/// What to say where none of the names is the one asked for: those most like it, or the first ones.
pub(crate) fn suggested(name: &str, names: &[Arc<str>]) -> String {
    let close = closest(name, names.iter().cloned());
    if close.is_empty() { there_are(names) } else { format!("did you mean {}?", listed(&close)) }
}

/// The segments and partitions whose rules name an item.
fn users(item: Item, program: &Program) -> Vec<Arc<str>> {
    let mut names = Vec::new();
    for user in &program.order {
        let name = match user {
            Item::Segment(id) => program.segments.get(id.0 as usize).map(|segment| &segment.name),
            Item::Partition(id) => program.partitions.get(id.0 as usize).map(|partition| &partition.name),
            Item::Trait(_) => None,
        };
        names.extend(name.filter(|_| program.uses(*user).contains(&item)).cloned());
    }
    names
}

fn there_are(names: &[Arc<str>]) -> String {
    if names.is_empty() { "none is declared".into() } else { format!("there are {}", listed(names)) }
}

/// The first names, and how many more there are.
fn listed(names: &[Arc<str>]) -> String {
    let shown: Vec<&str> = names.iter().take(LISTED).map(|name| &**name).collect();
    match names.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{}, and {more} more", shown.join(", ")),
    }
}
