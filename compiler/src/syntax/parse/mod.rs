//! From a scanned file to its tree: each declaration is read alone by the derived parser, and the tree is built from
//! what it found, innermost expressions first, so that building never recurses however deep brackets nest.

mod aggregates;
mod base;
mod broken_base;
mod climb;
mod conditions;
mod content;
mod declarations;
mod fields;
mod literals;
mod numbers;
mod occasions;
mod places;
mod recover;
mod row;
mod scores;
mod sequences;
mod stretches;
mod test_cases;
mod windows;

pub(crate) use climb::{is_missing_word, sign, text_words};
pub(crate) use literals::unit_word;
pub(crate) use windows::amount_text;

use super::scan::{self, Chunk, Lexeme, MAXIMUM_NESTING, Scan};
use super::tree::{Declaration, DeclarationKind, Expr, ExprKind, File, Literal, Quoted, Word};
use super::{NodeIds, Parsed, messages};
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, SourceFile, Span};
use pest::Parser;
use rustc_hash::FxHashMap;
use segue_grammar::{Rule, SegueParser};
use std::sync::Arc;

/// A stretch the derived parser found.
type Pair<'i> = pest::iterators::Pair<'i, Rule>;

/// Reads a file. Never fails: what cannot be read is an error node, and the message about it is among the diagnostics.
pub fn parse(file: FileId, source: &SourceFile, ids: &mut NodeIds) -> Parsed {
    let scan = scan::scan(file, source);
    let mut reader = Reader::new(file, source, &scan, ids);
    let declarations = scan.chunks.iter().map(|chunk| reader.chunk(chunk)).collect();
    let mut diagnostics = reader.diagnostics;
    diagnostics.extend(scan.diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    Parsed { file: File { declarations }, diagnostics, comments: scan.comments }
}

/// Reads one condition or value alone.
///
/// # Errors
/// The messages, where there are any.
pub fn parse_expression(file: FileId, source: &SourceFile, ids: &mut NodeIds) -> Result<Expr, Vec<Diagnostic>> {
    let scan = scan::scan_expression(file, source);
    let mut reader = Reader::new(file, source, &scan, ids);
    let expression = reader.expression_alone();
    let mut diagnostics = reader.diagnostics;
    diagnostics.extend(scan.diagnostics);
    if diagnostics.is_empty() { Ok(expression) } else { Err(diagnostics) }
}

/// Builds the tree of one file.
struct Reader<'s> {
    file: FileId,
    source: &'s SourceFile,
    scan: &'s Scan,
    ids: &'s mut NodeIds,
    diagnostics: Vec<Diagnostic>,
    /// Where the text given to the derived parser starts in the file.
    base: usize,
    /// Expressions of the declaration that are built and not yet placed, with their depth, by where they start and end.
    built: FxHashMap<(u32, u32), (Expr, usize)>,
    /// Places the scan reported that no line has answered for yet.
    reported: Vec<Span>,
    /// Where `for each` stands in the declaration.
    each: Vec<Span>,
    /// Whether steps follow in the row that is built.
    in_steps: bool,
    /// Whether the row that is built is what a test gives or expects, where `=` says `is`.
    in_claim: bool,
}

impl<'s> Reader<'s> {
    fn new(file: FileId, source: &'s SourceFile, scan: &'s Scan, ids: &'s mut NodeIds) -> Reader<'s> {
        Reader {
            file,
            source,
            scan,
            ids,
            diagnostics: Vec::new(),
            base: 0,
            built: FxHashMap::default(),
            reported: scan.reported.clone(),
            each: Vec::new(),
            in_steps: false,
            in_claim: false,
        }
    }

    fn chunk(&mut self, chunk: &Chunk) -> Declaration {
        let id = self.ids.fresh();
        let span = Span::new(self.file, chunk.start, chunk.end);
        self.base = chunk.start;
        self.built.clear();
        let kind = if chunk.too_deep {
            DeclarationKind::Broken { name: self.name_of_broken(chunk) }
        } else {
            self.declaration(chunk)
        };
        for span in std::mem::take(&mut self.each) {
            self.report(messages::each_outside_score(span));
        }
        Declaration { id, span, documentation: self.documentation(chunk.start), kind }
    }

    /// The comment block that ends on the line above `start`.
    fn documentation(&self, start: usize) -> Option<String> {
        let comments = &self.scan.comments;
        let after = comments.partition_point(|comment| (comment.span.start as usize) < start);
        let mut lines: Vec<&str> = Vec::new();
        let mut below = start;
        for comment in comments.get(..after)?.iter().rev() {
            let gap = self.source.text.get(comment.span.end as usize..below)?;
            let adjacent = gap.bytes().filter(|byte| *byte == b'\n').count() == 1 && gap.chars().all(is_blank_or_line);
            if !comment.own_line || !adjacent {
                break;
            }
            let text = self.source.slice(comment.span).trim_start_matches('#');
            lines.push(text.strip_prefix(' ').unwrap_or(text).trim_end());
            below = comment.span.start as usize;
        }
        lines.reverse();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// Reads a stretch of the masked text by a rule.
    fn read(&self, rule: Rule, start: usize, end: usize) -> Result<Pair<'s>, Option<usize>> {
        let text = self.scan.masked.get(start..end).unwrap_or("");
        match SegueParser::parse(rule, text) {
            Ok(mut pairs) => pairs.next().ok_or(None),
            Err(error) => Err(Some(match error.location {
                pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => start + at,
            })),
        }
    }

    /// Where a pair stands, without the blanks a rule may have taken at its end.
    fn span(&self, pair: &Pair<'_>) -> Span {
        let span = pair.as_span();
        let length = span.as_str().trim_end_matches([' ', '\t', '\n']).len();
        Span::new(self.file, self.base + span.start(), self.base + span.start() + length)
    }

    fn word(&self, pair: &Pair<'_>) -> Word {
        Word { text: Arc::from(pair.as_str().trim_end()), span: self.span(pair) }
    }

    /// A text that must be written out: a title, a column's name.
    fn quoted(&mut self, pair: Pair<'_>) -> Quoted {
        let span = self.span(&pair);
        let text = match pair.into_inner().next() {
            Some(inner) => self.text_of(inner),
            None => Arc::from(""),
        };
        Quoted { text, span }
    }

    fn node(&mut self, span: Span, kind: ExprKind) -> Expr {
        Expr { id: self.ids.fresh(), span, kind }
    }

    fn error_node(&mut self, span: Span) -> Expr {
        self.node(span, ExprKind::Error)
    }

    fn literal_node(&mut self, span: Span, literal: Option<Literal>) -> Expr {
        self.node(span, literal.map_or(ExprKind::Error, ExprKind::Literal))
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether the scan reported a place within, for which no line has answered; the line that asks answers for it.
    fn take_reported(&mut self, span: Span) -> bool {
        let count = self.reported.len();
        self.reported.retain(|place| place.start < span.start || place.end > span.end);
        self.reported.len() < count
    }

    /// The lexemes that lie within a span.
    fn lexemes_in(&self, span: Span) -> &'s [Lexeme] {
        let all = &self.scan.lexemes;
        let from = all.partition_point(|lexeme| lexeme.start < span.start);
        let to = all.partition_point(|lexeme| lexeme.start < span.end);
        all.get(from..to).unwrap_or(&[])
    }

    /// Builds all expressions within a pair, innermost first.
    fn build_expressions(&mut self, root: &Pair<'_>) {
        let mut waiting = vec![(root.clone(), Rule::EOI)];
        let mut found = Vec::new();
        while let Some((pair, outer)) = waiting.pop() {
            let rule = pair.as_rule();
            waiting.extend(pair.clone().into_inner().map(|inner| (inner, rule)));
            // `is more then 5` is reported as a whole.
            if rule == Rule::than_mistake && outer != Rule::spoken_mistake {
                let span = self.span(&pair);
                self.report(messages::misspelt_than(span, self.source.slice(span)));
            }
            if matches!(rule, Rule::expression | Rule::bound | Rule::ranked | Rule::broken | Rule::broken_choice) {
                found.push((pair, outer));
            }
        }
        for (pair, outer) in found.into_iter().rev() {
            self.build_expression(pair, outer);
        }
    }

    /// Builds one expression, whose inner ones are built; `outer` is the rule it stands in.
    fn build_expression(&mut self, pair: Pair<'_>, outer: Rule) {
        let span = self.span(&pair);
        let before = self.diagnostics.len();
        let is_broken = matches!(pair.as_rule(), Rule::broken | Rule::broken_choice);
        // A line answers for what was reported within it; a part of a line does not.
        let is_line = !matches!(pair.as_rule(), Rule::bound | Rule::ranked) && outer != Rule::bracketed;
        if is_line && self.take_reported(self.with_blanks(span)) {
            self.drop_built_within(span);
            let node = self.error_node(span);
            self.built.insert((span.start, span.end), (node, 0));
            return;
        }
        let (expression, depth) = if is_broken {
            match outer {
                Rule::partition_declaration => self.diagnose_broken_part(span),
                Rule::content_declaration => self.diagnose_broken_choice(span),
                Rule::score_declaration => self.diagnose_broken_score_line(span),
                Rule::occasion_declaration => self.diagnose_broken_occasion(span),
                Rule::test_declaration => self.diagnose_broken_test_line(span),
                _ => self.diagnose_broken_line(span),
            }
            (self.error_node(span), 0)
        } else {
            self.in_claim = matches!(outer, Rule::given_fact | Rule::expectation);
            self.row(pair, span)
        };
        if depth > MAXIMUM_NESTING {
            self.diagnostics.truncate(before);
            self.report(messages::too_deep(span));
            let node = self.error_node(span);
            self.built.insert((span.start, span.end), (node, 0));
        } else {
            self.built.insert((span.start, span.end), (expression, depth));
        }
    }

    /// A span with the blanks around it, among which are brackets that the scan took out.
    fn with_blanks(&self, span: Span) -> Span {
        let masked = &self.scan.masked;
        let before = masked.get(..span.start as usize).unwrap_or("");
        let after = masked.get(span.end as usize..).unwrap_or("");
        let start = before.trim_end_matches(' ').len();
        let end = masked.len() - after.trim_start_matches(' ').len();
        Span::new(self.file, start, end)
    }

    fn drop_built_within(&mut self, span: Span) {
        self.built.retain(|(start, end), _| *start < span.start || *end > span.end);
    }

    /// Takes the expression that was built for a pair.
    fn take(&mut self, pair: &Pair<'_>) -> (Expr, usize) {
        let span = self.span(pair);
        match self.built.remove(&(span.start, span.end)) {
            Some(found) => found,
            None => (self.error_node(span), 0),
        }
    }

    fn expression_alone(&mut self) -> Expr {
        let end = self.scan.masked.len();
        match self.read(Rule::expression_alone, 0, end) {
            Ok(pair) => {
                self.build_expressions(&pair);
                self.take(&pair).0
            }
            Err(_) => {
                let span = Span::new(self.file, 0, end);
                self.diagnose_broken_line(span);
                self.error_node(span)
            }
        }
    }
}

fn is_blank_or_line(character: char) -> bool {
    character == '\n' || scan::is_blank(character)
}
