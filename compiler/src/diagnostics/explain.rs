//! The page of a code as `segue explain S0101` shows it, and the sample files on it, which a test holds to their word.

use super::Entry;
use super::terminal::severity_word;

/// What a sample on a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// A file that gives the page's code, and no other.
    Failing,
    /// The same file without the mistake.
    Mended,
}

/// The sample files on a page, in order: fenced blocks marked `segue failing` and `segue mended`.
pub fn samples(page: &str) -> Vec<(Sample, String)> {
    let mut samples = Vec::new();
    let mut open: Option<(Sample, String)> = None;
    for line in page.lines() {
        match (open.take(), line.trim_end()) {
            (None, "```segue failing") => open = Some((Sample::Failing, String::new())),
            (None, "```segue mended") => open = Some((Sample::Mended, String::new())),
            (None, _) => {}
            (Some(sample), "```") => samples.push(sample),
            (Some((kind, text)), _) => open = Some((kind, text + line + "\n")),
        }
    }
    samples
}

/// The page for a terminal: title, text, and the samples indented under what they show.
pub fn page(entry: &Entry, colour: bool) -> String {
    let bold = |text: &str| if colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() };
    let heading = format!("{} [{}]: {}", severity_word(entry.severity), entry.code.0, entry.title);
    let mut out = format!("{}\n\n", bold(&heading));
    let mut inside = false;
    for line in entry.page.trim().lines() {
        match line.trim_end() {
            "```segue failing" => out.push_str(&bold("Gives this message:")),
            "```segue mended" => out.push_str(&bold("Mended:")),
            "```" if inside => {}
            line if line.starts_with("```") => {}
            line if inside && !line.is_empty() => out.push_str(&format!("    {line}")),
            line => out.push_str(line),
        }
        if line.starts_with("```") {
            inside = !inside;
            if !inside {
                continue;
            }
            out.push('\n');
        }
        out.push('\n');
    }
    out
}
