//! Files that were good and are no longer: whatever they hold, reading them ends, quickly, with spans inside the file.

use super::{corpus, read};

/// A small generator of numbers that look random, always the same for a seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }
}

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
    " is not ",
    " ignoring case ",
];

fn mutate(text: &str, numbers: &mut Numbers) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=numbers.below(4) {
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
            _ => characters.truncate(at.max(characters.len() / 2)),
        }
    }
    characters.into_iter().collect()
}

#[test]
fn ten_thousand_mutations_neither_panic_nor_hang() {
    // Whole files are slow to read ten thousand times; a few declarations at a time find as much.
    let mut samples: Vec<String> = Vec::new();
    for folder in ["good", "broken"] {
        for path in corpus::files(folder) {
            let text = std::fs::read_to_string(path).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            samples.extend(lines.chunks(12).map(|chunk| chunk.join("\n")));
        }
    }
    let seed = std::env::var("SEGUE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0x5e60e);
    println!("seed {seed}");
    let mut numbers = Numbers(seed);
    for round in 0..10_000 {
        let at = numbers.below(samples.len());
        let text = mutate(&samples[at], &mut numbers);
        let started = std::time::Instant::now();
        let (source, parsed) = read(&text);
        assert!(started.elapsed().as_secs() < 5, "round {round}: {text}");
        for diagnostic in &parsed.diagnostics {
            assert!(text.get(diagnostic.span.range()).is_some(), "round {round}: {diagnostic:?}\n{text}");
            for fix in &diagnostic.fixes {
                for edit in &fix.edits {
                    assert!(text.get(edit.span.range()).is_some(), "round {round}: {fix:?}\n{text}");
                }
            }
            assert_eq!(source.slice(diagnostic.span).len(), diagnostic.span.range().len());
        }
    }
}
