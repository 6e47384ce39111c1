//! The part of a file that is drawn. Usually that is the file itself; where a line is so long that drawing it would
//! flood the terminal (a file may be 16 MiB on one line), it is a copy in which such lines are cut to the labels'
//! surroundings and lines that are not shown are blank, so that line numbers stay true.

use super::legible::legible;
use std::borrow::Cow;
use std::ops::Range;

/// Lines up to this many bytes are shown whole.
const LONGEST: usize = 400;
/// How much of a long line is shown around its labels, on either side.
const AROUND: usize = 40;
/// The most that is shown of what the labels of a long line mark.
const WIDEST: usize = 120;
/// Most letters of one word in what is said: a name may be as long as its file.
const LONGEST_WORD: usize = 100;
/// Most letters of all that is said in one place.
const LONGEST_SPEECH: usize = 1_000;

/// A text to draw, and where the asked-for ranges lie in it.
pub(super) struct View {
    /// The text.
    pub(super) text: String,
    /// The ranges, in the order asked for.
    pub(super) ranges: Vec<Range<usize>>,
}

/// What is said, where it repeats what is written in the file cut to a length that can be read.
pub(super) fn shortened(said: &str) -> Cow<'_, str> {
    let is_long = |word: &str| word.chars().nth(LONGEST_WORD).is_some();
    let cut = |text: &str, most: usize| {
        let letters = text.chars().count();
        let head = text.chars().take(most / 2);
        let tail = text.chars().skip(letters.saturating_sub(most / 4));
        head.chain(['…']).chain(tail).collect::<String>()
    };
    if said.len() <= LONGEST_SPEECH && !said.split_whitespace().any(is_long) {
        return Cow::Borrowed(said);
    }
    let pieces = said.split_inclusive(char::is_whitespace);
    let words: String = pieces
        .map(|piece| if is_long(piece) { Cow::Owned(cut(piece, LONGEST_WORD)) } else { Cow::Borrowed(piece) })
        .collect();
    if words.chars().nth(LONGEST_SPEECH).is_some() { cut(&words, LONGEST_SPEECH).into() } else { words.into() }
}

/// Moves a range's ends into the text and onto character boundaries, and off the end of a final line break.
pub(super) fn clamp(text: &str, range: Range<usize>) -> Range<usize> {
    let solid = text.trim_end_matches(['\n', '\r']).len();
    let start = text.floor_char_boundary(range.start.min(solid));
    let end = text.ceil_char_boundary(range.end.min(text.len()).max(start));
    start..if start == solid { start } else { end.min(solid).max(start) }
}

/// Whether some range touches a line that is too long to be shown whole.
pub(super) fn is_wide(text: &str, ranges: &[Range<usize>]) -> bool {
    let ends = ranges.iter().flat_map(|range| [range.start, range.end]);
    ends.map(|at| line_of(text, at)).any(|line| line.len() > LONGEST)
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let end = text.get(at..).and_then(|after| after.find('\n')).map_or(text.len(), |newline| at + newline);
    start..end
}

/// The view for drawing these ranges, which were clamped.
pub(super) fn cut(text: &str, ranges: &[Range<usize>]) -> View {
    let mut lines: Vec<Range<usize>> =
        ranges.iter().flat_map(|range| [range.start, range.end]).map(|at| line_of(text, at)).collect();
    lines.sort_by_key(|line| line.start);
    lines.dedup();
    let mut view = String::new();
    let mut done = 0;
    let mut windows: Vec<(Range<usize>, usize)> = Vec::new();
    for line in &lines {
        let skipped = text.get(done..line.start).unwrap_or("").bytes().filter(|byte| *byte == b'\n').count();
        view.extend(std::iter::repeat_n('\n', skipped));
        let window = window(text, line, ranges);
        let cut_before = window.start > line.start;
        if cut_before {
            view.push('…');
        }
        windows.push((window.clone(), view.len()));
        view.push_str(text.get(window.clone()).unwrap_or(""));
        if window.end < line.end {
            view.push('…');
        }
        done = line.end;
    }
    let place = |at: usize| {
        let holder = windows.iter().rfind(|(window, _)| window.start <= at).or_else(|| windows.first());
        holder.map_or(0, |(window, start)| start + at.clamp(window.start, window.end) - window.start)
    };
    let ranges = ranges.iter().map(|range| place(range.start)..place(range.end)).collect();
    View { text: legible(&view).into_owned(), ranges }
}

fn window(text: &str, line: &Range<usize>, ranges: &[Range<usize>]) -> Range<usize> {
    if line.len() <= LONGEST {
        return line.clone();
    }
    let inside = |at: &usize| line.start <= *at && *at <= line.end;
    let ends = || ranges.iter().flat_map(|range| [range.start, range.end]).filter(inside);
    let first = ends().min().unwrap_or(line.start);
    let last = ends().max().unwrap_or(line.start).min(first + WIDEST);
    let start = text.floor_char_boundary(first.saturating_sub(AROUND).max(line.start));
    let end = text.ceil_char_boundary((last + AROUND).min(line.end));
    start..end
}
