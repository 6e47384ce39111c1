//! Watching over the quotes of a CSV file while it is read.
//!
//! The reader of CSV takes any bytes: a quote that is never closed swallows the rest of the file as one cell, and text after
//! a closing quote is joined to the cell. Both are rows that nobody wrote so, and must not pass unseen. Such a row is shown
//! as it stands in the file, which the reader of CSV does not keep, so it is kept here.

use std::io::{self, Read};

/// What is wrong with a quoted cell, and where: bytes from the start of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QuoteFault {
    /// Other text stands after the closing quote.
    TextAfter(u64),
    /// The input ended before the quote was closed.
    Open(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Outside of quotes; whether a cell begins here.
    Plain { cell_begins: bool },
    /// Inside of quotes.
    Quoted,
    /// After a quote inside of quotes: it closes, or the next is its twin.
    AfterQuote,
}

/// Passes bytes on and notes the faults of their quotes.
pub(crate) struct QuoteWatch<R> {
    input: R,
    delimiter: u8,
    state: State,
    read: u64,
    faults: Vec<QuoteFault>,
    row: RowBytes,
}

/// The bytes of the row being read: those of the piece read last are kept whole, as further rows begin in it, and of
/// earlier pieces the start of the row.
#[derive(Default)]
struct RowBytes {
    /// Where the row begins, bytes from the start of the input.
    begins: u64,
    start: Vec<u8>,
    piece: Vec<u8>,
    /// Where the piece begins.
    piece_at: u64,
}

impl RowBytes {
    /// The part of the piece that belongs to the row.
    fn in_piece(&self, end: u64) -> &[u8] {
        let place = |at: u64| usize::try_from(at.saturating_sub(self.piece_at)).unwrap_or(usize::MAX);
        let (from, to) = (place(self.begins), place(end).min(self.piece.len()));
        self.piece.get(from..to).unwrap_or_default()
    }

    /// Takes a new piece. One is only asked for when the one before was read to its end, inside of the row.
    fn add(&mut self, piece: &[u8], at: u64) {
        if self.begins >= self.piece_at {
            self.start.clear();
        }
        // One byte above the bound shows that there is more.
        let room = (KEPT_OF_A_ROW + 1).saturating_sub(self.start.len());
        let mut start = std::mem::take(&mut self.start);
        start.extend(self.in_piece(u64::MAX).iter().take(room));
        self.start = start;
        self.piece.clear();
        self.piece.extend_from_slice(piece);
        self.piece_at = at;
    }
}

/// How much of a row that cannot be read is kept, bytes: an unclosed quote may make a row of the whole file.
pub(crate) const KEPT_OF_A_ROW: usize = 64 * 1024;

/// A row as text, without the line breaks around it, its end left out where it is very long.
pub(crate) fn as_written(row: &[u8]) -> String {
    let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let start = row.iter().take_while(|byte| is_break(byte)).count();
    let end = row.iter().rposition(|byte| !is_break(byte)).map_or(start, |last| last + 1);
    let row = row.get(start..end).unwrap_or_default();
    match row.get(..KEPT_OF_A_ROW).filter(|kept| kept.len() < row.len()) {
        Some(kept) => String::from_utf8_lossy(kept).into_owned() + " [and more]",
        None => String::from_utf8_lossy(row).into_owned(),
    }
}

impl<R> QuoteWatch<R> {
    pub(crate) fn new(input: R, delimiter: u8) -> QuoteWatch<R> {
        QuoteWatch {
            input,
            delimiter,
            state: State::Plain { cell_begins: true },
            read: 0,
            faults: Vec::new(),
            row: RowBytes::default(),
        }
    }

    /// A row begins so many bytes from the start of the input: at the end of the row before it.
    pub(crate) fn begin_row(&mut self, at: u64) {
        self.row.begins = at;
    }

    /// The row that was begun last, up to where the input was read, as it stands there.
    pub(crate) fn row(&self, end: u64) -> String {
        if self.row.begins >= self.row.piece_at {
            return as_written(self.row.in_piece(end));
        }
        let mut bytes = self.row.start.clone();
        bytes.extend(self.row.in_piece(end).iter().take((KEPT_OF_A_ROW + 1).saturating_sub(bytes.len())));
        as_written(&bytes)
    }

    /// The faults in what was read so far, by place.
    pub(crate) fn faults(&self) -> &[QuoteFault] {
        &self.faults
    }

    fn ends_cell(&self, byte: u8) -> bool {
        byte == self.delimiter || byte == b'\n' || byte == b'\r'
    }

    fn watch(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match self.state {
                State::AfterQuote => {
                    self.state = match rest.first() {
                        Some(b'"') => State::Quoted,
                        Some(byte) if self.ends_cell(*byte) => State::Plain { cell_begins: true },
                        _ => {
                            self.faults.push(QuoteFault::TextAfter(self.read + at as u64));
                            State::Plain { cell_begins: false }
                        }
                    };
                    at += 1;
                }
                State::Quoted => match memchr::memchr(b'"', rest) {
                    Some(quote) => {
                        self.state = State::AfterQuote;
                        at += quote + 1;
                    }
                    None => at = bytes.len(),
                },
                State::Plain { cell_begins } => {
                    let begins = |position: usize| match position.checked_sub(1).and_then(|before| rest.get(before)) {
                        Some(before) => self.ends_cell(*before) || is_mark(bytes, self.read, at + position),
                        None => cell_begins || is_mark(bytes, self.read, at),
                    };
                    match memchr::memchr(b'"', rest) {
                        Some(quote) => {
                            self.state =
                                if begins(quote) { State::Quoted } else { State::Plain { cell_begins: false } };
                            at += quote + 1;
                        }
                        None => {
                            self.state = State::Plain { cell_begins: begins(rest.len()) };
                            at = bytes.len();
                        }
                    }
                }
            }
        }
        self.read += bytes.len() as u64;
    }

    fn end(&mut self) {
        if self.state == State::Quoted {
            self.faults.push(QuoteFault::Open(self.read));
            self.state = State::Plain { cell_begins: true };
        }
    }
}

/// Whether what stands before `at` is a byte order mark, the first three bytes of an input.
fn is_mark(bytes: &[u8], read: u64, at: usize) -> bool {
    read == 0 && at == 3 && bytes.starts_with(b"\xef\xbb\xbf")
}

impl<R: Read> Read for QuoteWatch<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        if count == 0 && !buffer.is_empty() {
            self.end();
            return Ok(0);
        }
        self.row.add(buffer.get(..count).unwrap_or_default(), self.read);
        self.watch(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl QuoteFault {
    /// Where it is, bytes from the start of the input.
    pub(crate) fn at(self) -> u64 {
        let (QuoteFault::TextAfter(at) | QuoteFault::Open(at)) = self;
        at
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed test should stop at the line that failed")]

    use super::*;

    /// The faults of a text that is read in pieces of so many bytes.
    fn faults(text: &str, piece: usize) -> Vec<QuoteFault> {
        let mut watch = QuoteWatch::new(text.as_bytes(), b',');
        let mut buffer = vec![0; piece];
        while watch.read(&mut buffer).unwrap() > 0 {}
        watch.faults().to_vec()
    }

    #[test]
    fn whole_quotes_are_no_fault() {
        for text in [
            "a,b\n1,2\n",
            "\"a\",\"b\"\r\n\"1\n2\",\"say \"\"hi\"\"\"\n",
            "1,5\" pipe\n2,\"\"\n",
            "1,\"\"\"\"",
            "\u{feff}\"a,b\",c\n",
        ] {
            for piece in [1, 2, 3, 4, 5, 64] {
                // A mark that comes in pieces is none: the reader of CSV sees it no other way.
                if piece >= 4 || !text.starts_with('\u{feff}') {
                    assert_eq!(faults(text, piece), [], "{text:?} in pieces of {piece}");
                }
            }
        }
    }

    #[test]
    fn open_quotes_and_text_after_closed_ones_are() {
        for piece in [1, 2, 3, 64] {
            assert_eq!(faults("a,b\n1,\"oops\n2,c\n", piece), [QuoteFault::Open(16)]);
            assert_eq!(faults("1,\"a\n2,\"d\"\n3,e\n", piece), [QuoteFault::TextAfter(8)]);
            assert_eq!(faults("\"a\" ,b\n", piece), [QuoteFault::TextAfter(3)]);
        }
    }
}
