//! Markdown pages as cases: a heading or the next rules begin a case; blocks marked `shared` hold for all cases after them.

use std::path::{Path, PathBuf};

/// A fenced block of a page.
#[derive(Debug, Clone)]
pub struct Block {
    /// The first word after the fence: `segue`, `json`, `toml`, `expect` or another language.
    pub language: String,
    /// The words after it.
    pub marks: Vec<String>,
    /// The lines between the fences.
    pub text: String,
    /// The line of the opening fence, from 1.
    pub line: usize,
}

/// What one case is made of.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// The page's file name and the heading.
    pub name: String,
    /// Where it begins, from 1.
    pub line: usize,
    /// The project file; empty for none.
    pub settings: String,
    /// Shared rules that the case does not declare anew.
    pub shared_rules: String,
    /// Its own rules.
    pub rules: String,
    /// The data, as JSON.
    pub data: Option<String>,
    /// The `expect` blocks.
    pub expectations: Vec<String>,
}

impl Case {
    /// Whether there is anything to check: rules, shared or its own, or a project file.
    fn is_whole(&self) -> bool {
        !self.whole_rules().trim().is_empty() || !self.settings.is_empty()
    }

    /// The whole text of the rules.
    pub fn whole_rules(&self) -> String {
        format!("{}\n{}", self.shared_rules, self.rules)
    }
}

/// All Markdown files in a folder and below it, by path.
pub fn pages_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The fenced blocks of a page, with the heading each stands under.
fn blocks(text: &str) -> Vec<(String, Block)> {
    let mut found = Vec::new();
    let mut heading = String::new();
    let mut open: Option<(String, Block)> = None;
    for (at, line) in text.lines().enumerate() {
        let fence = line.trim_start().starts_with("```");
        match open.take() {
            Some(block) if fence => found.push(block),
            Some((under, mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some((under, block));
            }
            None if fence => {
                let mut words = line.trim_start().trim_start_matches('`').split_whitespace().map(str::to_owned);
                let language = words.next().unwrap_or_default();
                let block = Block { language, marks: words.collect(), text: String::new(), line: at + 1 };
                open = Some((heading.clone(), block));
            }
            None => {
                if let Some(title) = line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")) {
                    heading = title.trim().to_owned();
                }
            }
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    found
}

/// The page with the text of every fenced block replaced by what `change` gives for it.
pub fn map_blocks(text: &str, change: &mut dyn FnMut(&Block) -> String) -> String {
    let mut changed = String::new();
    let mut found = blocks(text).into_iter().map(|(_, block)| block).peekable();
    let mut inside = false;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let fence = line.trim_start().starts_with("```");
        if fence && !inside {
            inside = true;
            changed.push_str(line);
            if let Some(block) = found.next_if(|block| block.line == at + 1) {
                changed.push_str(&change(&block));
            }
            continue;
        }
        if fence {
            inside = false;
        }
        if !inside {
            changed.push_str(line);
        }
    }
    changed
}

/// The cases of a page: all that has rules, or a project file of its own.
pub fn cases(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).unwrap();
    let page = path.file_name().unwrap().to_string_lossy();
    let (mut settings, mut rules, mut data) = (String::new(), String::new(), None);
    let mut cases: Vec<(Case, String)> = Vec::new();
    for (heading, block) in blocks(&text) {
        let shared = block.marks.iter().any(|mark| mark == "shared");
        match (block.language.as_str(), shared) {
            ("toml", true) => settings = block.text,
            ("segue", true) => {
                rules = format!("{}\n{}", without(&rules, &block.text), block.text);
                // Shared rules are checked where they stand as well.
                let name = format!("{page}:{}, {heading} (shared)", block.line);
                let case = Case {
                    name,
                    line: block.line,
                    settings: settings.clone(),
                    shared_rules: rules.clone(),
                    ..Case::default()
                };
                cases.push((case, "(shared)".to_owned()));
            }
            ("json", true) => data = Some(block.text),
            ("toml" | "segue" | "json" | "expect", false) => {
                let begins = match cases.last() {
                    Some((case, under)) => {
                        *under != heading
                            || matches!(block.language.as_str(), "toml" | "segue") && !case.rules.is_empty()
                    }
                    None => true,
                };
                if begins {
                    let name = format!("{page}:{}, {heading}", block.line);
                    let case = Case {
                        name,
                        line: block.line,
                        settings: settings.clone(),
                        data: data.clone(),
                        ..Case::default()
                    };
                    cases.push((case, heading.clone()));
                }
                let Some((case, _)) = cases.last_mut() else { continue };
                case.shared_rules = without(&rules, &case.rules);
                match block.language.as_str() {
                    "toml" => case.settings = block.text,
                    "segue" => {
                        case.shared_rules = without(&rules, &block.text);
                        case.rules = block.text;
                    }
                    "json" => case.data = Some(block.text),
                    _ => case.expectations.push(block.text),
                }
            }
            _ => {}
        }
    }
    cases.into_iter().map(|(case, _)| case).filter(Case::is_whole).collect()
}

/// The declarations of `rules` whose head (`customers`, `events orders`, `trait spend`) does not appear in `others`.
fn without(rules: &str, others: &str) -> String {
    let declared: Vec<String> = declarations(others).into_iter().map(|(head, _)| head).collect();
    let kept = declarations(rules).into_iter().filter(|(head, _)| !declared.contains(head));
    kept.map(|(_, text)| text).collect()
}

/// The declarations of a text, each with its head: one begins where a line begins with a letter.
fn declarations(rules: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in rules.lines() {
        if line.starts_with(|first: char| first.is_alphabetic()) {
            let mut words = line.split_whitespace();
            let kind = words.next().unwrap_or_default();
            let name = if kind == "customers" { "" } else { words.next().unwrap_or_default() };
            found.push((format!("{kind} {name}").to_lowercase(), String::new()));
        } else if found.is_empty() {
            found.push((String::new(), String::new()));
        }
        if let Some((_, text)) = found.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    found
}
