//! A report for people: a line with the `as of`, a table with sizes, shares and bars, and what was left out.
#![expect(clippy::indexing_slicing, reason = "there is a piece for each remainder of eight")]

use super::phrase::{count, counted, percent};
use super::{Kind, Report, share};
use segue_compiler::diagnostics::legible;
use segue_compiler::values::calendar::instant_text;
use std::fmt::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How a report is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether escape codes for colour may be written.
    pub colour: bool,
    /// Columns the terminal has.
    pub width: usize,
}

/// The widest title and the widest name that are shown whole.
const WIDEST_TITLE: usize = 44;
const WIDEST_NAME: usize = 28;
/// A bar has between these many columns.
const BARS: std::ops::RangeInclusive<usize> = 10..=40;
/// Problems of one kind that are told one by one.
const TOLD: usize = 12;

struct Row {
    title: String,
    name: String,
    /// None for a partition's own line.
    size: Option<usize>,
}

impl Report {
    /// The report as text. Without colour and at a given width it is the same on every machine.
    pub fn table(&self, look: Look) -> String {
        let paint = Paint(look.colour);
        let mut out = String::new();
        if !self.project.is_empty() {
            _ = write!(out, "{} ", paint.bold(&self.project));
        }
        let zone = self.zone.name();
        _ = writeln!(
            out,
            "as of {} ({zone}): {}, {} engine\n",
            instant_text(self.as_of, self.zone),
            counted(self.customers as u64, "customer", "customers"),
            self.engine
        );
        let of_customers = self.rows();
        if !of_customers.is_empty() || self.others.is_empty() {
            groups(&of_customers, ("Segment", "Customers"), self.customers, look, &mut out);
        }
        for of in &self.others {
            let rows = of.segments.iter().map(|group| row("", &group.name, &group.title, Some(group.count)));
            let heading = format!("Segment of {}", of.table);
            groups(&[rows.collect()], (&heading, "Rows"), of.rows, look, &mut out);
        }
        self.told(look, &mut out);
        out
    }

    fn rows(&self) -> Vec<Vec<Row>> {
        let segments = self.segments.iter().map(|group| row("", &group.name, &group.title, Some(group.count)));
        let mut blocks = vec![segments.collect::<Vec<Row>>()];
        for partition in &self.partitions {
            let mut block = vec![row("", &partition.name, &partition.title, None)];
            block.extend(partition.parts.iter().map(|part| row("  ", &part.name, &part.title, Some(part.count))));
            if partition.outside > 0 {
                block.push(row("  ", "(in no part)", &None, Some(partition.outside)));
            }
            blocks.push(block);
        }
        blocks.retain(|block| !block.is_empty());
        blocks
    }

    fn told(&self, look: Look, out: &mut String) {
        let paint = Paint(look.colour);
        if !self.problems.is_empty() {
            _ = writeln!(out, "{}", paint.bold("What was left out, and why"));
        }
        let mut kinds: Vec<Kind> = self.problems.iter().map(|problem| problem.kind).collect();
        kinds.dedup();
        for kind in kinds {
            let of_kind: Vec<_> = self.problems.iter().filter(|problem| problem.kind == kind).collect();
            for problem in of_kind.iter().take(TOLD) {
                bullet(&problem.sentence, look.width, out);
            }
            if let more @ 1.. = of_kind.len().saturating_sub(TOLD) {
                bullet(&format!("and {more} more like these (--json lists them all)"), look.width, out);
            }
        }
        if !self.problems.is_empty() {
            out.push('\n');
        }
        for note in &self.notes {
            bullet(note, look.width, out);
        }
    }
}

fn row(indent: &str, name: &str, title: &Option<String>, size: Option<usize>) -> Row {
    let shown = title.as_deref().unwrap_or(name);
    let name = if title.is_some() { name } else { "" };
    Row { title: format!("{indent}{}", cut(shown, WIDEST_TITLE)), name: cut(name, WIDEST_NAME), size }
}

/// Sizes and shares of groups among `all`, under two headings: what they are, and what is counted.
fn groups(blocks: &[Vec<Row>], (heading, counted): (&str, &str), all: usize, look: Look, out: &mut String) {
    let paint = Paint(look.colour);
    let every = || blocks.iter().flatten();
    let widest = |of: fn(&Row) -> &str, heading: &str| {
        every().map(|row| of(row).width()).max().unwrap_or(0).max(heading.width())
    };
    let titles = widest(|row| &row.title, heading);
    let names = every().map(|row| row.name.width()).max().unwrap_or(0);
    // Where no name is shown, there is no heading to make room for.
    let names = if names == 0 { 0 } else { names.max("Name".width()) };
    let sizes = every().filter_map(|row| row.size).map(|size| count(size as u64).len()).max().unwrap_or(0);
    let sizes = sizes.max(counted.len());
    let fixed = titles + sizes + 2 + 7 + 2;
    let names = if fixed + names + 2 + BARS.start() <= look.width { names } else { 0 };
    let name_column = if names == 0 { 0 } else { names + 2 };
    let bars = look.width.saturating_sub(fixed + name_column + 2).clamp(*BARS.start(), *BARS.end());
    let first = format!(
        "{}{}{:>sizes$}  {:>6}",
        pad(heading, titles + 2),
        pad(if names == 0 { "" } else { "Name" }, name_column),
        counted,
        "Share"
    );
    _ = writeln!(out, "{}", paint.bold(&first));
    for block in blocks {
        for row in block {
            let title = pad(&row.title, titles + 2);
            let name = paint.dim(&pad(if names == 0 { "" } else { &row.name }, name_column));
            let Some(size) = row.size else {
                _ = writeln!(out, "{}", format!("{}{name}", paint.bold(&title)).trim_end());
                continue;
            };
            let share = share(size, all);
            let line = format!(
                "{title}{name}{:>sizes$}  {:>6}  {}",
                count(size as u64),
                percent(share),
                paint.bar(&bar(share, bars))
            );
            _ = writeln!(out, "{}", line.trim_end());
        }
        out.push('\n');
    }
}

/// `- a sentence`, wrapped at the width; its own line breaks stay.
fn bullet(sentence: &str, width: usize, out: &mut String) {
    let mut sign = "- ";
    // Values of the data are in it: they must not steer the terminal.
    for line in legible(sentence).lines() {
        let mut used = 0;
        for word in line.split_whitespace() {
            if used > 0 && used + 1 + word.width() > width {
                out.push_str("\n  ");
                used = 2;
            } else if used == 0 {
                out.push_str(sign);
                used = 2;
            } else {
                out.push(' ');
                used += 1;
            }
            out.push_str(word);
            used += word.width();
        }
        out.push('\n');
        sign = "  ";
    }
}

/// The text, made safe to show, cut to so many columns.
fn cut(text: &str, widest: usize) -> String {
    let clean = legible(text);
    if clean.width() <= widest {
        return clean.into_owned();
    }
    let mut used = 1;
    let fits = |letter: &char| {
        used += letter.width().unwrap_or(0);
        used <= widest
    };
    clean.chars().take_while(fits).chain(['…']).collect()
}

/// The text filled up with blanks to so many columns.
fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// A bar of eighths of a column; a share that is not none shows at least one.
fn bar(share: f64, width: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
    let eighths = if share > 0.0 { eighths.max(1) } else { eighths };
    "█".repeat(eighths / 8) + PARTS[eighths % 8]
}

/// Escape codes, where they are wanted.
struct Paint(bool);

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }

    fn dim(&self, text: &str) -> String {
        self.with("2", text)
    }

    fn bar(&self, text: &str) -> String {
        self.with("36", text)
    }
}
