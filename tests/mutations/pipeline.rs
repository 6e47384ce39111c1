//! All that is done with a rule file, one thing after the other.

use segue_compiler::diagnostics::{apply, certain_edits, json, terminal};
use segue_compiler::format::format;
use segue_compiler::plan::{Plan, Selection};
use segue_compiler::program::{Program, verify};
use segue_compiler::project::{Checked, check_text};
use segue_compiler::source::SourceFile;

/// Reads, checks, draws, lays out, mends and lowers a text; gives whether it could be lowered, or what is not as it must be.
pub(crate) fn everything(text: &str) -> Result<bool, String> {
    let checked = check_text(text);
    told(&checked, text)?;
    laid_out(text)?;
    if let Some(program) = &checked.program {
        lowered(program)?;
    }
    mended(&checked)?;
    Ok(checked.program.is_some())
}

/// What is said lies inside the text, between characters, and can be shown in each way.
fn told(checked: &Checked, text: &str) -> Result<(), String> {
    if checked.program.is_none() && checked.diagnostics.is_empty() {
        return Err("there is no program, and nothing is said".to_owned());
    }
    for message in &checked.diagnostics {
        let edits = message.fixes.iter().flat_map(|fix| &fix.edits);
        for span in edits.map(|edit| edit.span).chain([message.span]) {
            text.get(span.range()).ok_or_else(|| format!("outside of the text: {message:?}"))?;
        }
    }
    let colour = text.len().is_multiple_of(2);
    terminal::draw(&checked.sources, &checked.diagnostics, colour);
    serde_json::to_string(&json::messages(&checked.sources, &checked.diagnostics))
        .map_err(|error| error.to_string())?;
    Ok(())
}

/// What is laid out stays as it is, also where there are mistakes in it.
fn laid_out(text: &str) -> Result<(), String> {
    let once = format(&SourceFile::new("file.segue", text));
    let twice = format(&SourceFile::new("file.segue", once.text.clone()));
    if twice.text != once.text {
        return Err(format!("laid out once and twice differ:\n{}\n--\n{}", once.text, twice.text));
    }
    Ok(())
}

fn lowered(program: &Program) -> Result<(), String> {
    verify(program).map_err(|flaws| flaws.join("\n"))?;
    let selection = Selection::everything(program);
    let plan = Plan::new(program, &selection);
    let flaws = plan.verify(program);
    if !flaws.is_empty() {
        return Err(format!("{flaws:?}"));
    }
    plan.print(program, &selection);
    Ok(())
}

/// What can surely be mended is mended, and the result is read again.
fn mended(checked: &Checked) -> Result<(), String> {
    for (id, file) in checked.sources.iter() {
        let edits = certain_edits(&checked.diagnostics, id);
        if edits.is_empty() {
            continue;
        }
        let text = apply(&file.text, &edits);
        let again = check_text(&text);
        told(&again, &text)?;
    }
    Ok(())
}
