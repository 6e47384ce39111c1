//! `docs/tutorial.md`: everything it says to type is typed, and shows what it says.

use std::fs;
use std::path::Path;
use std::process::Command;

/// A fenced block of the page.
struct Block {
    line: usize,
    language: String,
    /// What stands behind the language: `file=...`.
    mark: String,
    lines: Vec<String>,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut open = false;
    for (at, line) in page.lines().enumerate() {
        if let Some(fence) = line.strip_prefix("```") {
            if !open {
                let (language, mark) = fence.split_once(' ').unwrap_or((fence, ""));
                let (language, mark) = (language.to_owned(), mark.to_owned());
                found.push(Block { line: at + 1, language, mark, lines: Vec::new() });
            }
            open = !open;
        } else if open {
            found.last_mut().unwrap().lines.push(line.to_owned());
        }
    }
    assert!(!open, "a block is not closed");
    found
}

/// Whether lines are as a page shows them: `...` stands for any number of lines, and at the end of a line for the rest of it.
fn shown(given: &[&str], page: &[String]) -> bool {
    match (page.split_first(), given.split_first()) {
        (None, None) => true,
        (Some((dots, rest)), _) if dots == "..." => {
            shown(given, rest) || given.split_first().is_some_and(|(_, given)| shown(given, page))
        }
        (Some((line, rest)), Some((first, given))) => {
            let alike = match line.strip_suffix("...") {
                Some(start) => first.starts_with(start.trim_end()),
                None => line.trim_end() == first.trim_end(),
            };
            alike && shown(given, rest)
        }
        _ => false,
    }
}

fn run(folder: &Path, block: &Block) {
    let wanted: i32 = block.mark.strip_prefix("status=").map_or(0, |status| status.parse().unwrap());
    let (command, page) = block.lines.split_first().unwrap();
    let command = command.strip_prefix("$ segue ").unwrap();
    let arguments = words(command);
    let mut made = Command::new(env!("CARGO_BIN_EXE_segue"));
    made.current_dir(folder).args(&arguments).env("XDG_CACHE_HOME", folder.join("kept"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "COLUMNS", "TERM"] {
        made.env_remove(name);
    }
    let output = made.output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let status = output.status.code().unwrap();
    let all = format!("{out}{err}");
    assert_eq!(status, wanted, "line {}: segue {command}\n{all}", block.line);
    let lines: Vec<&str> = all.lines().collect();
    assert!(shown(&lines, page), "line {}: segue {command} shows\n{all}", block.line);
}

/// The words of a command; quotes keep blanks.
fn words(command: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quoted = false;
    for letter in command.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => found.push(String::new()),
            letter => found.last_mut().unwrap().push(letter),
        }
    }
    found
}

#[test]
fn the_tutorial_can_be_typed_from_its_first_line_to_its_last() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(project.join("docs/tutorial.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(project.join("examples"), folder.path().join("examples")).unwrap();
    let mut commands = 0;
    for block in blocks(&page) {
        let text = block.lines.join("\n") + "\n";
        match block.mark.split_once('=') {
            _ if block.language == "console" => {
                run(folder.path(), &block);
                commands += 1;
            }
            Some(("file", name)) => {
                let path = folder.path().join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Some(("replace", name)) => {
                let (old, new) = text.split_once("---\n").unwrap();
                let written = fs::read_to_string(folder.path().join(name)).unwrap();
                assert!(written.contains(old), "line {}: {name} has no such line:\n{written}", block.line);
                fs::write(folder.path().join(name), written.replace(old, new)).unwrap();
            }
            Some(("delete", name)) => fs::remove_file(folder.path().join(name)).unwrap(),
            _ => assert!(text.is_empty(), "line {}: nothing is done with this block", block.line),
        }
    }
    assert!(commands >= 15, "only {commands} commands were found");
    let laid_out = Block {
        line: 0,
        language: String::new(),
        mark: String::new(),
        lines: vec!["$ segue fmt --check my-shop".to_owned(), "...".to_owned()],
    };
    run(folder.path(), &laid_out);
}
