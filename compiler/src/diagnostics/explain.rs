//! The page of a code as `segue explain S0101` shows it, and the sample files on it, which a test holds to their word.

use super::Entry;
use super::terminal::severity_word;

/// What a sample on a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// A file with which the page's code is given, and no other.
    Failing,
    /// The same file without the mistake.
    Mended,
    /// A file that stands beside both.
    Beside,
    /// How the mistake looks, cut short where it would fill pages: no test can give the message with it.
    Looks,
}

/// A file on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleFile {
    /// What it shows.
    pub sample: Sample,
    /// What it is called.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// The sample files on a page, in order: fenced blocks marked `segue failing`, `toml mended`, `csv beside customers.csv`
/// and so on.
pub fn samples(page: &str) -> Vec<SampleFile> {
    let mut samples = Vec::new();
    let mut open: Option<SampleFile> = None;
    let mut inside = false;
    for line in page.lines() {
        let line = line.trim_end();
        if let Some(marks) = line.strip_prefix("```") {
            samples.extend(open.take());
            inside = !inside;
            open = marked(marks).filter(|_| inside);
        } else if let Some(file) = &mut open {
            file.text.push_str(line);
            file.text.push('\n');
        }
    }
    samples
}

/// The file, empty so far, of a block with these marks.
fn marked(marks: &str) -> Option<SampleFile> {
    let mut words = marks.split_whitespace();
    let kind = words.next()?;
    let sample = match words.next()? {
        "failing" => Sample::Failing,
        "mended" => Sample::Mended,
        "beside" => Sample::Beside,
        "looks" => Sample::Looks,
        _ => return None,
    };
    let name = match (words.next(), kind) {
        (Some(name), _) => name,
        (None, "toml") => "segue.toml",
        (None, _) => RULES,
    };
    Some(SampleFile { sample, name: name.to_owned(), text: String::new() })
}

/// What the rules of a sample are called.
const RULES: &str = "rules.segue";

/// What stands above a sample.
fn title(file: &SampleFile) -> String {
    let place = if file.name == RULES { String::new() } else { format!(", in {}", file.name) };
    match file.sample {
        Sample::Failing => format!("Gives this message{place}:"),
        Sample::Mended => format!("Mended{place}:"),
        Sample::Beside => format!("Beside it{place}:"),
        Sample::Looks => format!("Looks like this{place}:"),
    }
}

/// The page for a terminal: title, text, and the samples indented under what they show.
pub fn page(entry: &Entry, colour: bool) -> String {
    let bold = |text: &str| if colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() };
    let heading = format!("{} [{}]: {}", severity_word(entry.severity), entry.code.0, entry.title);
    let mut out = format!("{}\n\n", bold(&heading));
    let mut inside = false;
    for line in entry.page.trim().lines() {
        let line = line.trim_end();
        if let Some(marks) = line.strip_prefix("```") {
            inside = !inside;
            if !inside {
                continue;
            }
            if let Some(file) = marked(marks) {
                out.push_str(&bold(&title(&file)));
            }
            out.push('\n');
        } else if inside && !line.is_empty() {
            out.push_str(&format!("    {line}"));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}
