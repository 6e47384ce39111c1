//! What an editor asks about a file, answered as plain data: no editor's own kinds of values stand here, so a language server, a
//! page in a browser and the command line take the same answers.
//!
//! | file | what it does |
//! |---|---|
//! | `locate` | goes down the tree to what stands at a place |
//! | `target` | finds what a name stands for |
//! | `describe`, `kinds` | says what a name stands for |
//! | `stretch` | says which days a window chooses |
//! | `words` | the constructs of the language, each declared once |

mod comments;
mod describe;
mod kinds;
mod locate;
mod stretch;
mod target;
pub mod words;

#[cfg(test)]
mod tests;

use crate::builtins;
use crate::names::{self, Global};
use crate::program::CUSTOMERS;
use crate::project::Checked;
use crate::source::{FileId, Span};
use crate::syntax::is_reserved;
use crate::syntax::scan::{Lexeme, LexemeKind};
use crate::syntax::tree::{Declaration, DeclarationKind};
use describe::Describer;
use locate::{Layer, Locator};
use target::{Names, Target};
use words::{Construct, Explanation};

/// What is said about a place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// What it is about, in the file asked about.
    pub span: Span,
    /// What stands there, in a few words of plain text: `trait spend_12m`, `followed by`.
    pub title: String,
    /// What it means, in Markdown; comments of the rules stand in it as they are written.
    pub text: String,
}

/// What stands at a byte of a rule file: a name with what it stands for, or a construct with what it means. `None` where nothing
/// is to be said: in comments and texts, over brackets, and over names that stand for nothing.
///
/// Windows are also said in days and times for `as_of`, an instant in microseconds UTC, or else for the `as_of` of the project
/// file; both by the project's time zone and first day of the week. In a project with mistakes, what could be understood is
/// answered all the same.
pub fn hover(checked: &Checked, file: FileId, offset: usize, as_of: Option<i64>) -> Option<Hover> {
    let source = checked.sources.get(file)?;
    let tree = checked.trees.get(file.0 as usize)?;
    let place = u32::try_from(offset).ok()?;
    // The end belongs to it too: the mouse rests behind the last letter as well.
    let holds = |declaration: &&Declaration| declaration.span.start <= place && place <= declaration.span.end;
    let declaration = tree.declarations.iter().rev().find(holds)?;
    let mut diagnostics = Vec::new();
    let index = names::collect(&checked.trees, &mut diagnostics);
    // What stands in a segment of another table's rows is said from there.
    let table = match &declaration.kind {
        DeclarationKind::Segment { of: Some(of), .. } => match index.global(&of.text) {
            Some(Global::Table(table)) => index.tables_with_segments().into_iter().find(|other| *other == table),
            _ => None,
        },
        _ => None,
    };
    let about =
        table.map(|table| index.about(table, checked.known.of_customers(), |at| checked.known.is_of_customers(at)).0);
    let program = checked.program.as_ref();
    let names = match (&about, table) {
        (Some(index), Some(table)) => Names {
            index,
            known: checked.known.other(table).unwrap_or(&checked.known),
            program: program.and_then(|program| program.other(table)).map(|other| &other.program),
        },
        _ => Names { index: &index, known: &checked.known, program },
    };
    let describer = Describer { checked, names, as_of: as_of.or(checked.config.settings.as_of) };

    let mut text = Text::of(&source.text, declaration.span.start, declaration.span.end);
    let mut lexeme = text.lexeme(place)?;
    let mut found = Locator::locate(names, declaration, lexeme.start);
    if lexeme.kind == LexemeKind::Text {
        // The words of a text mean nothing, but those in its holes do.
        let hole = Locator::locate(names, declaration, place).hole?;
        text = Text::of(&source.text, hole.start + 1, hole.end.saturating_sub(1));
        lexeme = text.lexeme(place)?;
        if lexeme.kind == LexemeKind::Text {
            return None;
        }
        found = Locator::locate(names, declaration, lexeme.start);
    }
    Answer { describer: &describer, text: &text, lexeme, file }.choose(&found)
}

/// A stretch of a file, cut into lexemes whose places are those of the file.
struct Text<'a> {
    source: &'a str,
    lexemes: Vec<Lexeme>,
}

impl<'a> Text<'a> {
    fn of(source: &'a str, start: u32, end: u32) -> Text<'a> {
        let mut lexemes = words::read(source.get(start as usize..end as usize).unwrap_or(""));
        for lexeme in &mut lexemes {
            lexeme.start += start;
            lexeme.end += start;
        }
        Text { source, lexemes }
    }

    /// The lexeme that holds a byte, or else the one that ends there.
    fn lexeme(&self, place: u32) -> Option<Lexeme> {
        let holding = self.lexemes.iter().find(|lexeme| lexeme.start <= place && place < lexeme.end);
        holding.or_else(|| self.lexemes.iter().find(|lexeme| lexeme.end == place)).copied()
    }
}

/// At most so many letters of a file become a title.
const MOST_LETTERS: usize = 60;

/// Chooses what is said from all that could be.
struct Answer<'a> {
    describer: &'a Describer<'a>,
    text: &'a Text<'a>,
    lexeme: Lexeme,
    file: FileId,
}

impl Answer<'_> {
    fn span(&self, start: u32, end: u32) -> Span {
        Span { file: self.file, start, end }
    }

    fn choose(&self, found: &Locator<'_>) -> Option<Hover> {
        if let Some((span, target)) = &found.name
            && !(found.unread && target.is_none())
        {
            return target.as_ref().and_then(|target| self.named(*span, target));
        }
        let said = found.layers.iter().rev().find_map(|layer| self.layer(layer));
        if found.unread { self.unread().or(said) } else { said }
    }

    fn named(&self, span: Span, target: &Target) -> Option<Hover> {
        if let Target::Calendar(function) = target {
            return Some(of_function(span, function.declaration()));
        }
        let (title, text) = self.describer.describe(target)?;
        Some(Hover { span, title, text })
    }

    fn layer(&self, layer: &Layer<'_>) -> Option<Hover> {
        match layer {
            Layer::Words(constructs) => self.words(constructs.iter().copied()),
            Layer::Whole(span, construct) => Some(self.as_written(*span, construct)),
            Layer::Function(span, function) => {
                let words = Span { end: self.end_of_words(*span), ..*span };
                Some(of_function(words, function))
            }
            Layer::Window(window, only_days) => {
                let mut hover = self.as_written(window.span, words::of_window(&window.kind));
                if let Some(stretch) = self.describer.stretch(&window.kind, *only_days) {
                    hover.text = format!("{stretch}\n\n{}", hover.text);
                }
                Some(hover)
            }
        }
    }

    /// A construct all of which is asked about: it is called as it is written here, unless that is long.
    fn as_written(&self, span: Span, construct: &Construct) -> Hover {
        let mut hover = of_construct(span, construct);
        let written = self.text.source.get(span.range()).unwrap_or("");
        if (1..=MOST_LETTERS).contains(&written.chars().count()) && !written.contains(['\n', '#']) {
            hover.title = written.to_owned();
        }
        hover
    }

    /// The end of the last lexeme in a span, which may end with blanks.
    fn end_of_words(&self, span: Span) -> u32 {
        let inside = self.text.lexemes.iter().filter(|lexeme| lexeme.end <= span.end);
        inside.map(|lexeme| lexeme.end).max().unwrap_or(span.end)
    }

    fn words(&self, constructs: impl Iterator<Item = &'static Construct>) -> Option<Hover> {
        let at = self.text.lexemes.iter().position(|lexeme| lexeme.start == self.lexeme.start)?;
        let (construct, bytes) = words::longest(constructs, self.text.source, &self.text.lexemes, at)?;
        Some(of_construct(self.span(bytes.start, bytes.end), construct))
    }

    /// In what cannot be read there is no tree: a name of the project, else the words as they stand there.
    fn unread(&self) -> Option<Hover> {
        if self.lexeme.kind != LexemeKind::Word {
            return None;
        }
        let written = self.lexeme.text(self.text.source);
        let span = self.span(self.lexeme.start, self.lexeme.end);
        let names = &self.describer.names;
        let own = names.field_called(CUSTOMERS, written, false);
        let target = own.or_else(|| names.global(written)).or_else(|| names.only_field(written));
        match target.filter(|_| !is_reserved(written)) {
            Some(target) => self.named(span, &target),
            None => self.words(words::constructs()),
        }
    }
}

fn of_construct(span: Span, construct: &Construct) -> Hover {
    explained(span, &Explanation::from(construct))
}

fn of_function(span: Span, function: &builtins::Declaration) -> Hover {
    explained(span, &Explanation::from(function))
}

fn explained(span: Span, explanation: &Explanation) -> Hover {
    let Explanation { written, meaning, example } = explanation;
    Hover { span, title: written.clone(), text: format!("{meaning}\n\n```segue\n{example}\n```") }
}
