//! Messages drawn for people: the line with the mistake, what stands beside it, and what to do. The only file that
//! knows the drawing library.

use super::legible::legible;
use super::view::{clamp, cut, is_wide, shortened};
use super::{Diagnostic, Severity};
use crate::source::{FileId, SourceMap, Span};
use ariadne::{Cache, Color, Config, Fmt, IndexType, Label, Report, ReportKind, Source};
use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

/// All messages, each with a blank line after it. With `colour`, escape codes are written.
pub fn draw(sources: &SourceMap, diagnostics: &[Diagnostic], colour: bool) -> String {
    let mut drawing = Drawing { sources, files: HashMap::new(), wide: HashMap::new() };
    let mut out = String::new();
    for diagnostic in diagnostics {
        drawing.one(diagnostic, colour, &mut out);
        out.push('\n');
    }
    out
}

struct Drawing<'a> {
    sources: &'a SourceMap,
    /// Files as the library wants them, made once each.
    files: HashMap<FileId, Source<String>>,
    /// Stand-ins for files with very long lines, for the message being drawn.
    wide: HashMap<FileId, Source<String>>,
}

impl Cache<FileId> for &mut Drawing<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &FileId) -> Result<&Source<String>, impl std::fmt::Debug> {
        let sources = self.sources;
        let load = || Source::from(sources.get(*id).map_or_else(String::new, |file| legible(&file.text).into_owned()));
        let source = match self.wide.get(id) {
            Some(source) => source,
            None => self.files.entry(*id).or_insert_with(load),
        };
        Ok::<_, std::convert::Infallible>(source)
    }

    fn display<'b>(&self, id: &'b FileId) -> Option<impl std::fmt::Display + 'b> {
        self.sources.get(*id).map(|file| legible(&file.name).into_owned())
    }
}

impl Drawing<'_> {
    fn one(&mut self, diagnostic: &Diagnostic, colour: bool, out: &mut String) {
        let shade = shade(diagnostic.severity);
        let heading = format!("{}[{}]:", severity_word(diagnostic.severity), diagnostic.code.0);
        let heading = heading.fg(Some(shade).filter(|_| colour));
        let message = shortened(&diagnostic.message);
        let message = legible(&message);
        let mut pieces = message.lines();
        _ = writeln!(out, "{heading} {}", pieces.next().unwrap_or(""));
        out.extend(pieces.flat_map(|piece| ["  ", piece, "\n"]));
        self.excerpt(diagnostic, colour, out);
        let sign = "=".fg(Some(Color::Fixed(246)).filter(|_| colour));
        for line in further_lines(diagnostic) {
            let line = shortened(&line);
            let line = legible(&line);
            let mut pieces = line.lines();
            _ = writeln!(out, "  {sign} {}", pieces.next().unwrap_or(""));
            out.extend(pieces.flat_map(|piece| ["    ", piece, "\n"]));
        }
    }

    /// The lines with the mistake and what is said beside them.
    fn excerpt(&mut self, diagnostic: &Diagnostic, colour: bool, out: &mut String) {
        let mut places = self.places(diagnostic).into_iter();
        let Some(main) = places.next() else { return };
        let config = Config::new().with_index_type(IndexType::Byte).with_color(colour);
        let mut report = Report::build(ReportKind::Error, main.clone()).with_config(config);
        let file = main.0;
        let order = |place: &(FileId, Range<usize>)| {
            let start = i32::try_from(place.1.start).unwrap_or(i32::MAX);
            // The file of the mistake first, then the others.
            if place.0 == file { start } else { start.saturating_add(1 << 30) }
        };
        let label = |place: (FileId, Range<usize>), text: &str, shade: Color, priority: i32| {
            let order = order(&place);
            let label = Label::new(place).with_color(shade).with_priority(priority).with_order(order);
            if text.is_empty() { label } else { label.with_message(legible(&shortened(text))) }
        };
        report.add_label(label(main, &diagnostic.label, shade(diagnostic.severity), 1));
        for (place, further) in places.zip(&diagnostic.labels) {
            report.add_label(label(place, &further.text, Color::Blue, 0));
        }
        let mut bytes = Vec::new();
        // Writing to memory does not fail; were it to, the message above still reaches its reader.
        if report.finish().write(&mut *self, &mut bytes).is_ok() {
            // The first line is the library's heading; ours has the code and the severity in one word.
            let text = String::from_utf8_lossy(&bytes);
            out.extend(text.lines().skip(1).flat_map(|line| [line.trim_end(), "\n"]));
        }
    }

    /// The main place and the further ones, in the text that will be drawn.
    fn places(&mut self, diagnostic: &Diagnostic) -> Vec<(FileId, Range<usize>)> {
        self.wide.clear();
        let spans: Vec<Span> =
            std::iter::once(diagnostic.span).chain(diagnostic.labels.iter().map(|label| label.span)).collect();
        let text = |file: FileId| self.sources.get(file).map_or("", |file| &*file.text);
        let mut places: Vec<(FileId, Range<usize>)> =
            spans.iter().map(|span| (span.file, clamp(text(span.file), span.range()))).collect();
        let mut files: Vec<FileId> = spans.iter().map(|span| span.file).collect();
        files.sort();
        files.dedup();
        for file in files {
            let here = |place: &&mut (FileId, Range<usize>)| place.0 == file;
            let ranges: Vec<Range<usize>> = places.iter_mut().filter(here).map(|place| place.1.clone()).collect();
            if is_wide(text(file), &ranges) {
                let view = cut(text(file), &ranges);
                for (place, range) in places.iter_mut().filter(here).zip(view.ranges) {
                    place.1 = range;
                }
                self.wide.insert(file, Source::from(view.text));
            }
        }
        places
    }
}

fn shade(severity: Severity) -> Color {
    match severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Note => Color::Cyan,
    }
}

/// The word before a message's code.
pub(super) fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// Notes, then the fixes that the labels and notes have not already told.
pub(super) fn further_lines(diagnostic: &Diagnostic) -> Vec<String> {
    let mut lines = diagnostic.notes.clone();
    let labels = diagnostic.labels.iter().map(|label| &label.text);
    let said: Vec<&String> = labels.chain([&diagnostic.label]).chain(&diagnostic.notes).collect();
    for fix in &diagnostic.fixes {
        let told = match bare(&fix.title) {
            Some(words) => said.iter().any(|text| text.contains(words)),
            None => said.contains(&&fix.title),
        };
        if !told {
            lines.push(fix.title.clone());
        }
    }
    lines
}

/// The words in backquotes, where a fix's title says no more than them: "did you mean `country`?", "write `>=`".
fn bare(title: &str) -> Option<&str> {
    let leads = ["did you mean ", "write ", "name it ", "call it "];
    let words = leads.iter().find_map(|lead| title.strip_prefix(lead))?.trim_end_matches('?');
    let inner = words.strip_prefix('`')?.strip_suffix('`')?;
    (!inner.contains('`')).then_some(words)
}
