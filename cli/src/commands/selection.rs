//! `--only`: some of the declarations instead of all.

use crate::exit::Failure;
use segue_compiler::plan::Selection;
use segue_compiler::program::{PartitionId, Program, SegmentId, TraitId};

/// Which declarations a command is about.
#[derive(Debug, clap::Args)]
pub(crate) struct Only {
    /// Names of segments and partitions, separated by commas; all if left out
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
}

impl Only {
    /// What the names stand for.
    ///
    /// # Errors
    /// Nothing is declared under a name.
    pub(crate) fn selection(&self, program: &Program) -> Result<Selection, Failure> {
        if self.only.is_empty() {
            return Ok(Selection::everything(program));
        }
        let mut selection = Selection::default();
        for name in &self.only {
            let name = name.trim();
            let same = |declared: &str| declared.to_lowercase() == name.to_lowercase();
            let at = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
            if let Some(found) = program.segments.iter().position(|segment| same(&segment.name)) {
                selection.segments.push(SegmentId(at(found)));
            } else if let Some(found) = program.partitions.iter().position(|partition| same(&partition.name)) {
                selection.partitions.push(PartitionId(at(found)));
            } else if let Some(found) = program.traits.iter().position(|a_trait| same(&a_trait.name)) {
                selection.traits.push(TraitId(at(found)));
            } else {
                return Err(Failure::Use(nothing_called(name, program)));
            }
        }
        selection.segments.sort();
        selection.segments.dedup();
        selection.partitions.sort();
        selection.partitions.dedup();
        selection.traits.sort();
        selection.traits.dedup();
        Ok(selection)
    }
}

/// What to say where nothing bears the name: the names most like it, or the first ones.
pub(crate) fn nothing_called(name: &str, program: &Program) -> String {
    let segments = program.segments.iter().map(|segment| segment.name.clone());
    let names = segments.chain(program.partitions.iter().map(|partition| partition.name.clone()));
    let close = segue_compiler::names::closest(name, names.clone());
    let (word, shown) = match close.is_empty() {
        true => ("there are", names.take(12).collect::<Vec<_>>()),
        false => ("did you mean", close),
    };
    let shown: Vec<&str> = shown.iter().map(|name| &**name).collect();
    format!("there is no segment or partition called {name}; {word} {}", shown.join(", "))
}
