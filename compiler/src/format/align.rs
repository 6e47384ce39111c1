//! Lines that are laid out, and the columns that lines beside one another share.
#![expect(
    clippy::indexing_slicing,
    reason = "rows and texts are as many as lines, and every place is below that number"
)]

use super::tokens::width;

/// Columns further apart than this are not aligned: one long name should not push all others away.
const MOST_PADDING: usize = 28;
/// Comments behind longer lines do not take part in aligning.
const LONGEST_ALIGNED: usize = 84;

/// A line of the formatted file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// How many steps of two blanks stand before it.
    pub(super) indent: usize,
    /// Its text.
    pub(super) text: String,
    /// The comment behind it.
    pub(super) comment: Option<String>,
    /// Whether a blank line stands before it.
    pub(super) blank_before: bool,
}

impl Line {
    /// A line without comment.
    pub(super) fn new(indent: usize, text: String) -> Line {
        Line { indent, text, comment: None, blank_before: false }
    }

    fn width(&self) -> usize {
        2 * self.indent + width(&self.text)
    }
}

/// A declaration or a comment between declarations.
#[derive(Debug)]
pub(super) struct Section {
    /// Its lines.
    pub(super) lines: Vec<Line>,
    /// For a declaration on one line, its columns; the line is made of them when all are known.
    pub(super) cells: Vec<String>,
    /// Its first word: only declarations of one kind share columns.
    pub(super) keyword: String,
    /// Whether a blank line stands before it.
    pub(super) blank_before: bool,
    /// Whether it is a comment.
    pub(super) is_comment: bool,
    /// Bytes that stay as they are.
    pub(super) verbatim: Option<String>,
}

impl Section {
    /// Lines as they are.
    pub(super) fn lines(lines: Vec<Line>) -> Section {
        Section {
            lines,
            cells: Vec::new(),
            keyword: String::new(),
            blank_before: false,
            is_comment: false,
            verbatim: None,
        }
    }

    /// A declaration that fits on one line.
    pub(super) fn cells(keyword: String, cells: Vec<String>, comment: Option<String>) -> Section {
        let mut line = Line::new(0, String::new());
        line.comment = comment;
        Section { cells, keyword, ..Section::lines(vec![line]) }
    }

    /// Text that cannot be read.
    pub(super) fn verbatim(text: &str) -> Section {
        Section { verbatim: Some(text.to_owned()), ..Section::lines(vec![Line::new(0, String::new())]) }
    }

    /// The last line, to put a comment behind.
    pub(super) fn last_line(&mut self) -> Option<&mut Line> {
        if self.is_comment { None } else { self.lines.last_mut() }
    }
}

/// Pads each row's cells but the last so that those of one column start together. A column whose cells differ too much
/// in width stays ragged.
pub(super) fn columns(rows: &mut [Vec<String>]) -> Vec<String> {
    let most = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut texts: Vec<String> = vec![String::new(); rows.len()];
    for column in 0..most {
        let followed: Vec<usize> = (0..rows.len())
            .filter(|row| rows[*row].get(column + 1..).is_some_and(|rest| rest.iter().any(|cell| !cell.is_empty())))
            .collect();
        let cell = |row: usize| rows[row].get(column).map_or("", String::as_str);
        for (row, text) in texts.iter_mut().enumerate() {
            let cell = cell(row);
            text.push_str(cell);
        }
        let widths = followed.iter().map(|row| width(&texts[*row]));
        let (Some(least), Some(widest)) = (widths.clone().min(), widths.max()) else { continue };
        let target = if widest - least > MOST_PADDING { 0 } else { widest };
        for row in followed {
            let missing = target.saturating_sub(width(&texts[row])) + 1;
            texts[row].push_str(&" ".repeat(missing));
        }
    }
    texts.into_iter().map(|text| text.trim_end().to_owned()).collect()
}

/// Aligns comments that stand behind lines beside one another.
fn align_comments(lines: &mut [Line]) {
    let mut start = 0;
    while start < lines.len() {
        let mut end = start + 1;
        while end < lines.len()
            && !lines[end].blank_before
            && lines[end].comment.is_some()
            && lines[end - 1].comment.is_some()
        {
            end += 1;
        }
        let group = &mut lines[start..end];
        let widest = group
            .iter()
            .filter(|line| line.comment.is_some() && line.width() <= LONGEST_ALIGNED)
            .map(Line::width)
            .max()
            .unwrap_or(0);
        for line in group {
            if let Some(comment) = line.comment.take() {
                let padding = widest.saturating_sub(line.width()) + 2;
                line.text.push_str(&" ".repeat(padding));
                line.text.push_str(&comment);
            }
        }
        start = end;
    }
}

/// The text of a whole file.
pub(super) fn finish(mut sections: Vec<Section>) -> String {
    align_declarations(&mut sections);
    let mut lines: Vec<Line> = Vec::new();
    let mut verbatim: Vec<(usize, String)> = Vec::new();
    for mut section in sections {
        if let Some(first) = section.lines.first_mut() {
            first.blank_before = section.blank_before;
        }
        if let Some(text) = section.verbatim {
            verbatim.push((lines.len(), text));
        }
        lines.extend(section.lines);
    }
    let mut texts: Vec<Option<String>> = vec![None; lines.len()];
    for (at, text) in verbatim {
        let last = text.rsplit('\n').next().unwrap_or("").to_owned();
        lines[at].text = last;
        texts[at] = Some(text);
    }
    let plain: Vec<String> = lines.iter().map(|line| line.text.clone()).collect();
    align_comments(&mut lines);
    let mut file = String::new();
    for ((line, text), plain) in lines.iter().zip(texts).zip(plain) {
        if line.blank_before {
            file.push('\n');
        }
        match text {
            Some(text) => {
                file.push_str(&text);
                file.push_str(line.text.strip_prefix(plain.as_str()).unwrap_or(""));
            }
            None => {
                file.push_str(&"  ".repeat(line.indent));
                file.push_str(&line.text);
            }
        }
        file.push('\n');
    }
    file
}

/// Gives declarations of one kind on lines beside one another common columns.
fn align_declarations(sections: &mut [Section]) {
    let mut start = 0;
    while start < sections.len() {
        let mut end = start + 1;
        while end < sections.len()
            && !sections[end].blank_before
            && !sections[end].cells.is_empty()
            && sections[end].keyword == sections[start].keyword
        {
            end += 1;
        }
        let group = &mut sections[start..end];
        if !group[0].cells.is_empty() {
            let mut rows: Vec<Vec<String>> = group.iter().map(|section| section.cells.clone()).collect();
            for (section, text) in group.iter_mut().zip(columns(&mut rows)) {
                if let Some(line) = section.lines.first_mut() {
                    line.text = text;
                }
            }
        }
        start = end;
    }
}
