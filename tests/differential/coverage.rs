//! Counts what random cases really exercised: rules that never hold, or tests that are never unknown, prove nothing.

use crate::rules;
use segue_runtime::data::{Column, Values};
use std::collections::{BTreeMap, BTreeSet};

/// What was seen over many cases.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    /// Cases that ran.
    pub(crate) cases: usize,
    /// Segments over enough customers to judge.
    pub(crate) segments: usize,
    /// Those that hold for 5 to 95 per cent of them.
    pub(crate) biting: usize,
    /// By kind of atom: how often true, false, unknown.
    pub(crate) atoms: BTreeMap<&'static str, [u64; 3]>,
    /// Problems reported.
    pub(crate) problems: u64,
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

    /// Counts the values of a condition kept as a trait.
    pub(crate) fn atom(&mut self, kind: &'static str, column: &Column, customers: usize) {
        let seen = self.atoms.entry(kind).or_default();
        if let Values::Boolean(values) = &column.values {
            for (row, value) in values.iter().enumerate().take(customers) {
                seen[if !column.is_known(row) { 2 } else { usize::from(*value == 0) }] += 1;
            }
        }
    }

    /// Adds another thread's counts.
    pub(crate) fn add(&mut self, other: &Coverage) {
        self.cases += other.cases;
        self.segments += other.segments;
        self.biting += other.biting;
        self.problems += other.problems;
        for (kind, counts) in &other.atoms {
            let mine = self.atoms.entry(kind).or_default();
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
        let kinds: BTreeSet<&str> = rules::all_kinds();
        for kind in kinds {
            let [holds, fails, unknown] = self.atoms.get(kind).copied().unwrap_or_default();
            if holds == 0 || fails == 0 {
                gaps.push(format!("{kind}: {holds} true, {fails} false"));
            }
            if (unknown == 0) != rules::never_unknown(kind) {
                gaps.push(format!("{kind}: {unknown} unknown"));
            }
        }
        if self.problems == 0 {
            gaps.push("no division by zero or overflow was reported".to_owned());
        }
        gaps
    }

    /// A table of the counts.
    pub(crate) fn table(&self) -> String {
        let mut text = format!(
            "{} cases, {} segments judged, {} of them hold for 5 to 95%, {} problems\n",
            self.cases, self.segments, self.biting, self.problems
        );
        for (kind, [holds, fails, unknown]) in &self.atoms {
            text += &format!("  {kind:<20} {holds:>9} true {fails:>9} false {unknown:>9} unknown\n");
        }
        text
    }
}
