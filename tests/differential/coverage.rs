//! Counts what random cases really exercised: rules that never hold, or tests that are never unknown, prove nothing.

use crate::kinds::{Kind, Place};
use segue_compiler::plan::{Plan, Selection};
use segue_compiler::program::Program;
use segue_runtime::data::{Column, Values};
use std::collections::BTreeMap;

/// What was seen over many cases.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    /// Cases that ran.
    pub(crate) cases: usize,
    /// Segments over enough customers to judge.
    pub(crate) segments: usize,
    /// Those that hold for 5 to 95 per cent of them.
    pub(crate) biting: usize,
    /// Segments of other tables' rows, where there are several rows; and those that hold for some of them and not for all.
    pub(crate) others: usize,
    pub(crate) others_biting: usize,
    /// By kind and place of a test: how often true, false, unknown.
    pub(crate) atoms: BTreeMap<(Kind, Place), [u64; 3]>,
    /// Problems reported.
    pub(crate) problems: u64,
    /// Requests that were worked out in several ranges of customers.
    pub(crate) ranged: usize,
    /// Nodes of plans by what they work out.
    pub(crate) nodes: BTreeMap<&'static str, u64>,
}

impl Coverage {
    /// Counts a segment's members.
    pub(crate) fn segment(&mut self, members: usize, customers: usize) {
        if customers >= 20 {
            self.segments += 1;
            let share = members as f64 / customers as f64;
            self.biting += usize::from((0.05..=0.95).contains(&share));
        }
    }

    /// Counts the members of a segment of another table's rows.
    pub(crate) fn other(&mut self, members: usize, rows: usize) {
        if rows >= 2 {
            self.others += 1;
            self.others_biting += usize::from((1..rows).contains(&members));
        }
    }

    /// Counts what a test kept as a trait gave. Behind `where` it is the customers with any row of which it is true, and
    /// `unknown` holds for those with any row of which it is unknown.
    pub(crate) fn atom(&mut self, at: (Kind, Place), column: &Column, unknown: Option<&Column>, customers: usize) {
        let seen = self.atoms.entry(at).or_default();
        for row in 0..customers {
            seen[truth(column, row)] += 1;
            seen[2] += u64::from(unknown.is_some_and(|unknown| truth(unknown, row) == 0));
        }
    }

    /// Counts what the nodes of a case's plan work out.
    pub(crate) fn plan(&mut self, program: &Program) {
        for node in &Plan::new(program, &Selection::everything(program)).nodes {
            *self.nodes.entry(crate::nodes::name(&node.op)).or_default() += 1;
        }
    }

    /// Adds another thread's counts.
    pub(crate) fn add(&mut self, other: &Coverage) {
        self.cases += other.cases;
        self.segments += other.segments;
        self.biting += other.biting;
        self.others += other.others;
        self.others_biting += other.others_biting;
        self.problems += other.problems;
        self.ranged += other.ranged;
        for (name, count) in &other.nodes {
            *self.nodes.entry(name).or_default() += count;
        }
        for (kind, counts) in &other.atoms {
            let mine = self.atoms.entry(*kind).or_default();
            for (mine, theirs) in mine.iter_mut().zip(counts) {
                *mine += theirs;
            }
        }
    }

    /// What is missing, in words; empty when the cases bit.
    pub(crate) fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        if self.biting * 100 < self.segments * 30 || self.segments == 0 {
            gaps.push(format!("only {} of {} segments hold for 5 to 95% of the customers", self.biting, self.segments));
        }
        if self.others < self.cases / 4 || self.others_biting * 100 < self.others * 15 {
            gaps.push(format!(
                "of {} segments of other tables {} hold for some rows only",
                self.others, self.others_biting
            ));
        }
        for kind in Kind::all() {
            for place in [Place::Customer, Place::Where] {
                let [holds, fails, unknown] = self.atoms.get(&(kind, place)).copied().unwrap_or_default();
                if holds == 0 || fails == 0 {
                    gaps.push(format!("{kind} ({place}): {holds} true, {fails} false"));
                }
                if (unknown == 0) != kind.never_unknown() {
                    gaps.push(format!("{kind} ({place}): {unknown} unknown"));
                }
            }
        }
        for name in crate::nodes::NAMES {
            let count = self.nodes.get(name).copied().unwrap_or_default();
            // A thousand in the hundred thousand cases of a long run.
            if count < (self.cases as u64 / 100).max(1) {
                gaps.push(format!("only {count} nodes of plans are {name}"));
            }
        }
        if self.problems == 0 {
            gaps.push("no division by zero or overflow was reported".to_owned());
        }
        if self.ranged * 100 < self.cases {
            gaps.push(format!("only {} requests were worked out in several ranges", self.ranged));
        }
        gaps
    }

    /// A table of the counts.
    pub(crate) fn table(&self) -> String {
        let mut text = format!(
            "{} cases, {} segments judged, {} of them hold for 5 to 95%, {} of other tables, {} of them hold for some rows, \
             {} problems, {} requests in ranges\n",
            self.cases, self.segments, self.biting, self.others, self.others_biting, self.problems, self.ranged
        );
        for (name, count) in &self.nodes {
            text += &format!("  {name:<48} {count:>9} nodes\n");
        }
        for ((kind, place), [holds, fails, unknown]) in &self.atoms {
            let name = format!("{kind} ({place})");
            text += &format!("  {name:<48} {holds:>9} true {fails:>9} false {unknown:>9} unknown\n");
        }
        text
    }
}

/// 0 for true, 1 for false, 2 for unknown.
fn truth(column: &Column, row: usize) -> usize {
    match &column.values {
        Values::Boolean(values) if column.is_known(row) => usize::from(values[row] == 0),
        _ => 2,
    }
}
