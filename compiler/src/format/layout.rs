//! One declaration laid out in lines.
//!
//! A block stays on one line where its writer put it on one line and it fits; otherwise each of its lines, fields or
//! parts has a line of its own.
#![expect(
    clippy::indexing_slicing,
    reason = "every place is that of a token: brackets come in pairs whose partners are known, and ranges end at the last token"
)]

use super::WIDTH;
use super::align::{Line, Section, columns};
use super::tokens::{Kind, Token, joined, width};
use super::wrap::wrap;
use crate::syntax::scan::ChunkKind;

/// What stands between braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Fields,
    Parts,
    Lines,
    /// Lines of a score.
    Points,
    /// Lines of a test.
    Claims,
    /// Fields of a row in a test.
    Given,
}

impl Body {
    /// What a declaration holds.
    fn of(kind: ChunkKind) -> Body {
        match kind {
            ChunkKind::Segment => Body::Lines,
            ChunkKind::Partition | ChunkKind::Content => Body::Parts,
            ChunkKind::Score => Body::Points,
            ChunkKind::Test => Body::Claims,
            _ => Body::Fields,
        }
    }
}

/// Something between braces that has a line of its own.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: usize,
    /// One past its last piece.
    end: usize,
    is_comment: bool,
    blank_before: bool,
}

/// Lays a declaration out.
pub(super) fn declaration(tokens: &[Token], kind: ChunkKind) -> Section {
    let mut layout = Layout { tokens, lines: Vec::new() };
    let keyword = tokens.first().map_or(String::new(), |first| first.text.clone());
    let section = if kind.ends_with_its_line() { layout.value(keyword) } else { layout.braces(keyword, kind) };
    section.unwrap_or_else(|| Section::lines(layout.lines))
}

struct Layout<'t> {
    tokens: &'t [Token],
    lines: Vec<Line>,
}

impl Layout<'_> {
    /// `trait NAME = VALUE` and its like; the section, where it fits on one line.
    fn value(&mut self, keyword: String) -> Option<Section> {
        let joint = self.tokens.iter().position(|token| token.is_sign("=") || token.is_word("from"))?;
        let end = self.tokens.len();
        let head = joined(&self.tokens[..joint]);
        if !self.needs_lines(joint, end) {
            let value = joined(&self.tokens[joint..]);
            if width(&head) + 1 + width(&value) <= WIDTH {
                return Some(Section::cells(keyword, vec![head, value], None));
            }
        }
        let lead = format!("{head} {} ", self.tokens[joint].text);
        self.entry(joint + 1, end, 0, lead);
        None
    }

    /// A declaration with a body in braces; the section, where it fits on one line.
    fn braces(&mut self, keyword: String, kind: ChunkKind) -> Option<Section> {
        let open = self.tokens.iter().position(|token| token.kind == Kind::OpenBrace)?;
        let close = self.tokens[open].partner;
        if self.tokens[..open].iter().any(|token| token.kind == Kind::Comment) {
            return self.head_with_comments(open, close, kind);
        }
        let mut cells = Vec::new();
        let mut start = 0;
        for at in 1..open {
            if self.tokens[at].is_word("by") || self.tokens[at].is_word("at") {
                cells.push(joined(&self.tokens[start..at]));
                start = at;
            }
        }
        cells.push(joined(&self.tokens[start..open]));
        let body = Body::of(kind);
        if (body != Body::Claims || open + 1 == close) && !self.is_multi(open) {
            cells.push(joined(&self.tokens[open..=close]));
            let total: usize = cells.iter().map(|cell| width(cell) + 1).sum();
            if total <= WIDTH + 1 {
                return Some(Section::cells(keyword, cells, None));
            }
        }
        self.lines.push(Line::new(0, format!("{} {{", joined(&self.tokens[..open]))));
        self.body(open, close, body, 1);
        self.lines.push(Line::new(0, "}".to_owned()));
        None
    }

    /// A head that has comments in it keeps its pieces on lines of their own.
    fn head_with_comments(&mut self, open: usize, close: usize, kind: ChunkKind) -> Option<Section> {
        let mut start = 0;
        for at in 0..open {
            if self.tokens[at].kind != Kind::Comment {
                continue;
            }
            if start < at {
                self.lines.push(Line::new(usize::from(start > 0), joined(&self.tokens[start..at])));
            }
            self.comment(at, 1, false);
            start = at + 1;
        }
        self.lines.push(Line::new(usize::from(start > 0 && start < open), joined(&self.tokens[start..=open])));
        let body = Body::of(kind);
        self.body(open, close, body, 1);
        self.lines.push(Line::new(0, "}".to_owned()));
        None
    }

    /// Whether the writer put what stands between these braces on several lines.
    fn is_multi(&self, open: usize) -> bool {
        let close = self.tokens[open].partner;
        let inside = &self.tokens[open + 1..close];
        let Some(first) = inside.first() else { return false };
        first.lines_before > 0
            || self.tokens[close].lines_before > 0
            || inside.iter().any(|token| token.ends_line || token.kind == Kind::Comment)
    }

    /// Whether a stretch holds what cannot stand on one line.
    fn needs_lines(&self, start: usize, end: usize) -> bool {
        (start..end).any(|at| {
            let kind = self.tokens[at].kind;
            kind == Kind::Comment || (kind == Kind::OpenBrace && self.is_multi(at))
        })
    }

    /// A comment: behind the line before it where it stood there, else on its own line.
    fn comment(&mut self, at: usize, indent: usize, blank_before: bool) {
        let token = &self.tokens[at];
        if token.lines_before == 0
            && let Some(line) = self.lines.last_mut()
            && line.comment.is_none()
        {
            line.comment = Some(token.text.clone());
            return;
        }
        let mut line = Line::new(indent, token.text.clone());
        line.blank_before = blank_before;
        self.lines.push(line);
    }

    fn body(&mut self, open: usize, close: usize, body: Body, indent: usize) {
        let entries = self.entries(open, close, body);
        let mut start = 0;
        while start < entries.len() {
            // Entries without a blank line between them share columns.
            let mut end = start + 1;
            while end < entries.len() && !entries[end].blank_before {
                end += 1;
            }
            let group = &entries[start..end];
            let first_line = self.lines.len();
            match body {
                Body::Fields => self.fields(group, indent),
                Body::Parts => self.parts(group, indent),
                Body::Points => self.points(group, indent),
                Body::Claims => self.claims(group, indent),
                Body::Given => self.given(group, indent),
                Body::Lines => {
                    for entry in group {
                        if entry.is_comment {
                            self.comment(entry.start, indent, entry.blank_before);
                        } else {
                            self.entry(entry.start, entry.end, indent, String::new());
                        }
                    }
                }
            }
            if group[0].blank_before
                && let Some(line) = self.lines.get_mut(first_line)
            {
                line.blank_before = true;
            }
            start = end;
        }
    }

    fn entries(&self, open: usize, close: usize, body: Body) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut at = open + 1;
        while at < close {
            let token = &self.tokens[at];
            let is_comment = token.kind == Kind::Comment;
            let end = match body {
                _ if is_comment => at + 1,
                Body::Fields | Body::Parts | Body::Given => self.end_of_field(at, close),
                Body::Claims => self.end_of_claim(at, close),
                Body::Lines | Body::Points => self.end_of_line(at, close),
            };
            let blank_before = token.lines_before > 1 && !entries.is_empty();
            entries.push(Entry { start: at, end, is_comment, blank_before });
            at = end;
        }
        entries
    }

    fn end_of_line(&self, start: usize, close: usize) -> usize {
        let mut at = start;
        while at < close {
            if self.tokens[at].kind == Kind::OpenBrace {
                at = self.tokens[at].partner;
            }
            if self.tokens[at].ends_line {
                return at + 1;
            }
            at += 1;
        }
        close
    }

    fn end_of_field(&self, start: usize, close: usize) -> usize {
        let mut at = start;
        let mut end = start + 1;
        while at < close && (at == start || !self.tokens[at].starts_field) {
            if self.tokens[at].kind == Kind::OpenBrace {
                at = self.tokens[at].partner;
            }
            if self.tokens[at].kind != Kind::Comment {
                end = at + 1;
            }
            at += 1;
        }
        end
    }

    /// A claim ends with its line; rows end with their bracket, behind which more may follow on the line.
    fn end_of_claim(&self, start: usize, close: usize) -> usize {
        let mut at = start;
        while at < close {
            let token = &self.tokens[at];
            if matches!(token.kind, Kind::OpenBrace | Kind::Open) {
                at = token.partner;
                if self.tokens[start].starts_rows {
                    return at + 1;
                }
            }
            if self.tokens[at].ends_line {
                return at + 1;
            }
            at += 1;
        }
        close
    }

    /// Lines of a test. Rows without a `given` of their own stand under those before them.
    fn claims(&mut self, group: &[Entry], indent: usize) {
        for entry in group {
            let first = &self.tokens[entry.start];
            if entry.is_comment {
                let is_under =
                    self.tokens.get(entry.end).is_some_and(|next| next.starts_rows && !next.is_word("given"));
                self.comment(entry.start, indent + usize::from(is_under), false);
            } else if first.starts_rows {
                let step = usize::from(!first.is_word("given"));
                self.rows(entry.start, entry.end, indent + step);
            } else {
                self.entry(entry.start, entry.end, indent, String::new());
            }
        }
    }

    /// Rows of a table: on one line where they were and fit, else each field or each row on its own.
    fn rows(&mut self, start: usize, end: usize, indent: usize) {
        let opens = |at: &usize| matches!(self.tokens[*at].kind, Kind::OpenBrace | Kind::Open);
        let Some(open) = (start..end).find(opens) else { return };
        let close = self.tokens[open].partner;
        let whole = joined(&self.tokens[start..end]);
        let is_empty = open + 1 == close;
        let is_multi = !is_empty && (self.tokens[open + 1].lines_before > 0 || self.tokens[close].lines_before > 0);
        if !is_multi && !self.needs_lines(start, end) && 2 * indent + width(&whole) <= WIDTH {
            self.lines.push(Line::new(indent, whole));
            return;
        }
        self.lines.push(Line::new(indent, joined(&self.tokens[start..=open])));
        if self.tokens[open].kind == Kind::OpenBrace {
            self.body(open, close, Body::Given, indent + 1);
        } else {
            self.listed(open, close, indent + 1);
        }
        let close = &self.tokens[close..end];
        self.lines.push(Line::new(indent, joined(close)));
    }

    /// What stands in a list, each on a line of its own.
    fn listed(&mut self, open: usize, close: usize, indent: usize) {
        let mut at = open + 1;
        while at < close {
            if self.tokens[at].kind == Kind::Comment {
                self.comment(at, indent, false);
                at += 1;
                continue;
            }
            let mut end = at;
            while end < close && !self.tokens[end].is_sign(",") && self.tokens[end].kind != Kind::Comment {
                if matches!(self.tokens[end].kind, Kind::OpenBrace | Kind::Open) {
                    end = self.tokens[end].partner;
                    end += 1;
                    break;
                }
                end += 1;
            }
            if self.tokens[end].is_sign(",") {
                end += 1;
            }
            if matches!(self.tokens[at].kind, Kind::OpenBrace | Kind::Open) {
                self.rows(at, end, indent);
            } else {
                self.lines.push(Line::new(indent, joined(&self.tokens[at..end])));
            }
            at = end;
        }
    }

    /// Fields of a row that does not fit on one line, each on its own.
    fn given(&mut self, group: &[Entry], indent: usize) {
        for entry in group {
            if entry.is_comment {
                self.comment(entry.start, indent, false);
                continue;
            }
            let nested =
                (entry.start..entry.end).find(|at| matches!(self.tokens[*at].kind, Kind::OpenBrace | Kind::Open));
            match nested {
                Some(_) => self.rows(entry.start, entry.end, indent),
                None => self.entry(entry.start, entry.end, indent, String::new()),
            }
        }
    }

    fn fields(&mut self, group: &[Entry], indent: usize) {
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut whole: Vec<bool> = Vec::new();
        for entry in group.iter().filter(|entry| !entry.is_comment) {
            let cells = self.field_cells(entry);
            let total: usize = cells.iter().map(|cell| width(cell) + 1).sum();
            let fits = !self.needs_lines(entry.start, entry.end) && 2 * indent + total <= WIDTH + 1;
            let name = cells.first().cloned().unwrap_or_default();
            let sign = self.tokens.get(self.joint(entry)).map_or(":", |token| token.text.as_str());
            rows.push(if fits { cells } else { vec![name, sign.to_owned()] });
            whole.push(fits);
        }
        let mut rows = columns(&mut rows).into_iter().zip(whole);
        for entry in group {
            if entry.is_comment {
                self.comment(entry.start, indent, false);
                continue;
            }
            match rows.next() {
                Some((text, true)) => self.lines.push(Line::new(indent, text)),
                Some((lead, false)) => {
                    self.entry(self.joint(entry) + 1, entry.end, indent, format!("{lead} "));
                }
                None => {}
            }
        }
    }

    /// Where the `:` or `=` of a field or part stands.
    fn joint(&self, entry: &Entry) -> usize {
        let found = (entry.start..entry.end).find(|at| self.tokens[*at].is_sign(":") || self.tokens[*at].is_sign("="));
        found.unwrap_or(entry.end)
    }

    /// A field's columns: name, what it holds, where it comes from, labels.
    fn field_cells(&self, entry: &Entry) -> Vec<String> {
        let joint = self.joint(entry);
        let name = joined(&self.tokens[entry.start..joint]);
        if self.tokens.get(joint).is_some_and(|token| token.is_sign("=")) {
            return vec![name, joined(&self.tokens[joint..entry.end])];
        }
        let mut holds: Vec<Token> = Vec::new();
        let mut from: Vec<Token> = Vec::new();
        let mut labels: Vec<Token> = Vec::new();
        let mut at = joint;
        while at < entry.end {
            let token = &self.tokens[at];
            let next_is = |word: &str| self.tokens.get(at + 1).is_some_and(|next| next.is_word(word));
            if token.kind == Kind::OpenBrace {
                holds.extend_from_slice(&self.tokens[at..=token.partner]);
                at = token.partner;
            } else if token.is_word("from") || (token.is_word("as") && next_is("bits")) {
                from.extend(self.tokens[at..entry.end.min(at + 2)].iter().cloned());
                at += 1;
            } else if token.is_word("personal") || token.is_word("protected") || token.is_word("consent") {
                labels.push(token.clone());
            } else {
                holds.push(token.clone());
            }
            at += 1;
        }
        vec![name, joined(&holds), joined(&from), joined(&labels)]
    }

    fn parts(&mut self, group: &[Entry], indent: usize) {
        let parts = group.iter().filter(|entry| !entry.is_comment);
        let mut rows: Vec<Vec<String>> =
            parts.map(|entry| vec![joined(&self.tokens[entry.start..self.joint(entry)]), ":".to_owned()]).collect();
        let mut leads = columns(&mut rows).into_iter();
        for entry in group {
            if entry.is_comment {
                self.comment(entry.start, indent, false);
            } else if let Some(lead) = leads.next() {
                self.entry(self.joint(entry) + 1, entry.end, indent, format!("{lead} "));
            }
        }
    }

    /// Lines of a score: what they give, then what for.
    fn points(&mut self, group: &[Entry], indent: usize) {
        let what = |entry: &Entry| {
            let starts = |at: &usize| self.tokens[*at].is_word("if") || self.tokens[*at].is_word("for");
            (entry.start..entry.end).find(starts).unwrap_or(entry.end)
        };
        let lines: Vec<(Entry, usize, String)> = group
            .iter()
            .map(|entry| (*entry, what(entry)))
            .map(|(entry, what)| (entry, what, joined(&self.tokens[entry.start..what])))
            .collect();
        let given = lines.iter().filter(|(entry, ..)| !entry.is_comment).map(|(.., points)| width(points));
        let widest = given.max().unwrap_or(0);
        for (entry, what, points) in lines {
            if entry.is_comment {
                self.comment(entry.start, indent, false);
            } else {
                let blanks = " ".repeat(widest - width(&points) + 1);
                self.entry(what, entry.end, indent, points + &blanks);
            }
        }
    }

    /// A condition or value behind what leads to it (`name : `), on as many lines as it needs.
    fn entry(&mut self, start: usize, end: usize, indent: usize, lead: String) {
        if !self.needs_lines(start, end) {
            let text = joined(&self.tokens[start..end]);
            if 2 * indent + width(&lead) + width(&text) <= WIDTH {
                self.lines.push(Line::new(indent, lead + &text));
                return;
            }
        }
        let mut lead = lead;
        let mut step = 0;
        let mut run = start;
        let mut at = start;
        while at < end {
            match self.tokens[at].kind {
                Kind::Comment => {
                    if run < at || !lead.is_empty() {
                        self.run(run, at, indent + step, &mut lead, 0);
                    }
                    step = 1;
                    self.comment(at, indent + step, false);
                    run = at + 1;
                }
                Kind::OpenBrace => {
                    let close = self.tokens[at].partner;
                    let before = 2 * (indent + step) + width(&lead) + width(&joined(&self.tokens[run..=close]));
                    if self.is_multi(at) || before > WIDTH {
                        self.run(run, at + 1, indent + step, &mut lead, 0);
                        self.body(at, close, Body::Lines, indent + step + 1);
                        run = close;
                    }
                    at = close;
                }
                _ => {}
            }
            at += 1;
        }
        if run < end {
            self.run(run, end, indent + step, &mut lead, 0);
        }
    }

    /// Pieces without comments and without blocks on lines of their own, behind the lead, which is used up.
    fn run(&mut self, start: usize, end: usize, indent: usize, lead: &mut String, tail: usize) {
        let lead = std::mem::take(lead);
        let lines = wrap(&self.tokens[start..end], indent, width(&lead), tail);
        for (number, (step, text)) in lines.into_iter().enumerate() {
            let text = if number == 0 { format!("{lead}{text}") } else { text };
            self.lines.push(Line::new(indent + step, text.trim_end().to_owned()));
        }
    }
}
