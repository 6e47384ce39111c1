//! Random changes to a text.

/// A small generator of numbers that look random, always the same for a seed and a round.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64, round: u64) -> Numbers {
        let mut numbers = Numbers(seed ^ round.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        // Neighbouring rounds start alike; a few steps part them.
        for _ in 0..8 {
            numbers.below(2);
        }
        numbers
    }

    /// A number below the limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }
}

/// What is put in: pieces of the language, of other languages, and of none.
const PIECES: &[&str] = &[
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "“",
    "”",
    "'",
    "#",
    "\n",
    "\r\n",
    ",",
    ".",
    ":",
    "=",
    "==",
    "<",
    ">",
    "-",
    "+",
    "*",
    "/",
    "?",
    "!",
    "->",
    "%",
    "$",
    "0",
    "1,000",
    "1e9",
    ".5",
    "2026-02-30",
    "03/04/2026",
    "12:00",
    "99999999999999999999",
    " and ",
    " or ",
    " not ",
    " is ",
    " in ",
    " of ",
    " where ",
    " any ",
    " no ",
    " from ",
    " to ",
    " otherwise ",
    " the ",
    " last ",
    " days ",
    " USD ",
    " ago ",
    " segment x {",
    " trait y =",
    " customers {",
    "any of {",
    "é",
    "\u{feff}",
    "\u{0}",
    "\u{1}",
    "日本",
    "\\",
    "🙂",
    "one of ",
    " key ",
    " list ",
    " by ",
    " at ",
    "sum of ",
    "latest ",
    "in the last ",
    "month of ",
    " since ",
    " missing",
    "customer.",
    " USD",
    " is not ",
    " ignoring case ",
];

/// A text with one to four changes: something left out, put in, doubled, misspelt, or the end cut off.
pub(crate) fn mutated(text: &str, numbers: &mut Numbers) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let changes = if numbers.below(2) == 0 { 1 } else { 1 + numbers.below(4) };
    for _ in 0..changes {
        let at = numbers.below(characters.len() + 1);
        match numbers.below(5) {
            0 => {
                let end = (at + 1 + numbers.below(12)).min(characters.len());
                characters.drain(at.min(end)..end);
            }
            1 | 2 => {
                let piece = PIECES[numbers.below(PIECES.len())];
                characters.splice(at..at, piece.chars());
            }
            3 => {
                let from = numbers.below(characters.len() + 1);
                let end = (from + numbers.below(60)).min(characters.len());
                let copy: Vec<char> = characters[from.min(end)..end].to_vec();
                characters.splice(at..at, copy);
            }
            _ if numbers.below(3) > 0 => characters.iter_mut().skip(at).take(1).for_each(|letter| *letter = 'x'),
            _ => characters.truncate(at.max(characters.len() / 2)),
        }
    }
    characters.into_iter().collect()
}
