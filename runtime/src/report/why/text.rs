//! The explanation as people read it.

use super::{Condition, CountedRows, ExampleRow, Fact, Why};
use std::fmt::Write;

impl Why {
    /// The whole explanation, lines ended by `\n`.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let title = self.title.as_ref().map(|title| format!(" \"{title}\"")).unwrap_or_default();
        let answer = match (self.member, &self.part) {
            (Some(true), _) => format!("is in {}{title}", self.name),
            (Some(false), _) => format!("is not in {}{title}", self.name),
            (None, Some(part)) if self.content => format!("is shown \"{part}\" by {}{title}", self.name),
            (None, Some(part)) => format!("is {part} in {}{title}", self.name),
            (None, None) => format!("is in no part of {}{title}", self.name),
        };
        // Writing to a string does not fail.
        let subject = match &self.table {
            Some(table) => format!("{} of {table}", self.customer),
            None => format!("Customer {}", self.customer),
        };
        let _ = writeln!(text, "{subject} {answer}, as of {}.", self.as_of);
        for line in self.documentation.iter().flat_map(|documentation| documentation.lines()) {
            let _ = writeln!(text, "# {}", line.trim());
        }
        text.push('\n');
        for condition in &self.conditions {
            show_condition(&mut text, condition, 1);
        }
        for alternative in &self.alternatives {
            let about = match (alternative.smallest, alternative.compatible) {
                (true, true) => "",
                (false, true) => " (there may be a smaller change)",
                (true, false) => " (as far as that can be so at once)",
                (false, false) => " (as far as that can be so at once; there may be a smaller change)",
            };
            let subject = if self.table.is_some() { "It" } else { "The customer" };
            let _ = writeln!(text, "\n{subject} would {} if{about}:", self.other(&alternative.answer));
            let last = alternative.changes.len().saturating_sub(1);
            for (at, change) in alternative.changes.iter().enumerate() {
                let _ = writeln!(text, "  - {change}{}", if at < last { ", and" } else { "" });
            }
            if !alternative.unchanged.is_empty() {
                text.push_str("  as long as this stays as it is:\n");
                for unchanged in &alternative.unchanged {
                    let _ = writeln!(text, "  - {unchanged}");
                }
            }
        }
        for answer in &self.unsettled {
            let other = self.other(answer);
            let _ = writeln!(text, "\nWhat it would take to {other} was not found: there are too many ways to try.");
        }
        if self.looks_at_all && !self.alternatives.is_empty() {
            text.push_str("\nWhere groups and top lists end, and averages of all, are those of this run: a change may move them a little.\n");
        }
        if self.alternatives.is_empty() && self.unsettled.is_empty() {
            text.push_str("\nNo change of these conditions would give another answer.\n");
        }
        text
    }

    /// The other answer as the rest of a sentence about the customer.
    fn other(&self, answer: &str) -> String {
        match self.member {
            Some(true) => "not be in".to_owned(),
            Some(false) => "be in".to_owned(),
            None if self.content => format!("be shown \"{answer}\""),
            None => format!("be in {answer}"),
        }
    }
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

pub(super) fn show_condition(text: &mut String, condition: &Condition, depth: usize) {
    let mark = match condition.holds {
        Some(true) => '✓',
        Some(false) => '✗',
        None => '?',
    };
    let unknown = if condition.holds.is_none() { "  (unknown)" } else { "" };
    let _ = writeln!(text, "{}{mark} {}{unknown}", indent(depth), condition.text);
    if let Some(finding) = &condition.finding {
        let _ = writeln!(text, "{}{finding}", indent(depth + 2));
    }
    if let Some(rows) = &condition.rows {
        show_examples(text, rows, depth + 3);
    }
    for fact in &condition.facts {
        let told = condition.finding.as_ref().is_some_and(|finding| finding.starts_with(&format!("{} is ", fact.name)));
        show_fact(text, fact, told, depth + 2);
    }
    for inner in &condition.conditions {
        show_condition(text, inner, depth + 1);
    }
}

fn told(fact: &Fact) -> String {
    format!("{} is {}", fact.name, fact.value)
}

/// A value and what it was worked out from; the value itself only where it was not told.
fn show_fact(text: &mut String, fact: &Fact, is_told: bool, depth: usize) {
    if !is_told {
        let _ = writeln!(text, "{}{}", indent(depth), told(fact));
    }
    if let Some(rows) = &fact.rows {
        show_rows(text, rows, depth + 1);
    }
    for inner in &fact.from {
        show_fact(text, inner, false, depth + 1);
    }
}

fn show_rows(text: &mut String, rows: &CountedRows, depth: usize) {
    let _ = match (rows.counted, rows.of) {
        (_, 0) => writeln!(text, "{}there are no {}", indent(depth), rows.what),
        (0, of) => writeln!(text, "{}none of {of} {} count", indent(depth), rows.what),
        (counted, of) => writeln!(text, "{}{counted} of {of} {} count", indent(depth), rows.what),
    };
    show_examples(text, rows, depth + 1);
}

fn show_examples(text: &mut String, rows: &CountedRows, depth: usize) {
    let told: Vec<String> = rows.examples.iter().map(example_text).collect();
    if !told.is_empty() && told.iter().all(String::is_empty) {
        // Nothing is asked of them and they have no time: that they count is all there is to say.
        return;
    }
    for example in told {
        let _ = writeln!(text, "{}{example}", indent(depth));
    }
    let more = rows.counted - rows.examples.len();
    if more > 0 {
        let _ = writeln!(text, "{}and {more} more", indent(depth));
    }
    if let Some(latest) = &rows.latest {
        let _ = writeln!(text, "{}the latest: {}", indent(depth), example_text(latest));
    }
}

fn example_text(row: &ExampleRow) -> String {
    let fields = row.fields.iter().map(|(name, value)| format!("{name} {value}"));
    let fields: Vec<String> = row.time.iter().cloned().chain(fields).collect();
    fields.join("  ")
}
