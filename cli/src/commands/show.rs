//! `segue show`: the text that a content has for a customer.

use super::loading::{self, Loading};
use super::opened::{Given, Where};
use super::selection::{called, suggested};
use crate::console::Console;
use crate::exit::{Ending, Failure};
use segue_compiler::diagnostics::legible;
use segue_compiler::program::{Partition, PartitionId, Program};
use segue_runtime::content::language::Languages;
use segue_runtime::content::sms::{self, Encoding, Size};
use segue_runtime::content::{self, Destination, NotShown, OfRun, Showing};
use segue_runtime::data::needed_fields;
use segue_runtime::engine;
use std::sync::Arc;

/// What to show.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  segue show hero --customer 1228                  the text of the content hero for customer 1228
  segue show hero --customer 1228 --as sms         the same as a short message, with its length
  segue show hero --customer 1 --customer 2 --json examples/grocery")]
pub(crate) struct Arguments {
    /// The name of a content
    #[arg(value_name = "CONTENT")]
    content: String,

    /// The key of a customer; may be given several times
    #[arg(long, value_name = "KEY", required = true)]
    customer: Vec<String>,

    /// Where the text goes: what is the customer's own is made safe for that
    #[arg(long = "as", value_name = "WHERE", value_enum, default_value_t = Goes::Plain)]
    goes: Goes,

    #[command(flatten)]
    project: Where,

    #[command(flatten)]
    given: Given,

    #[command(flatten)]
    loading: Loading,

    /// Give the answer as one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Goes {
    /// A line of plain text, such as a subject
    Plain,
    /// A page or a mail
    Html,
    /// A short message; its length is told
    Sms,
}

/// What is shown to a customer.
#[derive(Debug)]
struct Shown<'a> {
    customer: &'a str,
    /// Which choice of the content it is, counted from 1.
    choice: u32,
    /// The text, or why there is none.
    text: Result<String, String>,
    /// Its size as a short message, where it is one.
    size: Option<Size>,
}

impl Shown<'_> {
    fn document(&self) -> serde_json::Value {
        let mut document = serde_json::Map::new();
        document.insert("customer".to_owned(), self.customer.into());
        document.insert("choice".to_owned(), self.choice.into());
        match &self.text {
            Ok(text) => document.insert("text".to_owned(), text.as_str().into()),
            Err(problem) => document.insert("problem".to_owned(), problem.as_str().into()),
        };
        if let Some(size) = &self.size {
            let told = serde_json::json!({
                "encoding": encoding(*size), "length": size.units, "messages": size.messages
            });
            document.insert("sms".to_owned(), told);
        }
        document.into()
    }
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    let opened = arguments.project.open_with(&arguments.given)?;
    let Some(program) = opened.program(console)? else { return Ok(Ending::Problems) };
    let content = find(program, &arguments.content)?;
    let showing = Showing::new(program, &[content]);
    let as_of = arguments.loading.as_of(program)?;
    let needed = needed_fields(showing.program(), &showing.selection());
    let loaded = match arguments.loading.data.load(&opened, program, needed, console)? {
        Ok(loaded) => loaded,
        Err(errors) => return loading::refused(&errors, console),
    };
    let mut rows = Vec::with_capacity(arguments.customer.len());
    for key in &arguments.customer {
        rows.push((key.as_str(), loading::customer(program, &loaded.dataset, key)?));
    }
    let request = showing.request(as_of, arguments.loading.data.threads());
    let outcome =
        engine::run(showing.program(), &loaded.dataset, &request).map_err(|error| Failure::Ours(error.to_string()))?;
    let mut languages = Languages::new(&program.settings);
    let destination = match arguments.goes {
        Goes::Plain => Destination::Plain,
        Goes::Html => Destination::Html,
        Goes::Sms => Destination::Sms,
    };
    let mut all = Vec::with_capacity(rows.len());
    for (customer, row) in rows {
        let own = OfRun { showing: &showing, outcome: &outcome, row };
        let text =
            content::text(program, content, &own, &mut languages, destination).map_err(|problem| match problem {
                NotShown::Missing(span) => {
                    format!("{} is missing, and nothing is written for that", opened.checked.sources.slice(span))
                }
                NotShown::TooLong | NotShown::NoText => problem.to_string(),
            });
        let size = text.as_ref().ok().filter(|_| destination == Destination::Sms).map(|text| sms::size(text));
        let choice = content::Own::part(&own, content).map_or(0, |part| part + 1);
        all.push(Shown { customer, choice, text, size });
    }
    let failed = all.iter().any(|shown| shown.text.is_err());
    if arguments.json {
        let documents: Vec<_> = all.iter().map(Shown::document).collect();
        console.out(&(serde_json::to_string_pretty(&documents)? + "\n"))?;
        return Ok(if failed { Ending::Problems } else { Ending::Fine });
    }
    for shown in &all {
        if all.len() > 1 {
            console.out(&legible(&format!("customer {}:\n", shown.customer)))?;
        }
        match &shown.text {
            Ok(text) => console.out(&legible(&format!("{text}\n")))?,
            Err(problem) => console.note(&format!("error: {problem}\n")),
        }
        if let (Some(size), Ok(text)) = (shown.size, &shown.text) {
            console.out(&legible(&of_message(size, text)))?;
        }
    }
    Ok(if failed { Ending::Problems } else { Ending::Fine })
}

fn encoding(size: Size) -> &'static str {
    match size.encoding {
        Encoding::Gsm7 => "GSM-7",
        Encoding::Ucs2 => "UCS-2",
    }
}

fn of_message(size: Size, text: &str) -> String {
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let why = match (size.encoding, sms::first_beyond(text)) {
        (Encoding::Ucs2, Some(letter)) => format!(", as `{letter}` is not in the GSM alphabet"),
        _ => String::new(),
    };
    let Size { units, messages, .. } = size;
    format!("({units} character{} in {}{why}: {messages} message{})\n", plural(units), encoding(size), plural(messages))
}

/// The content with the name.
fn find(program: &Program, name: &str) -> Result<PartitionId, Failure> {
    let found = called(name, program.partitions.iter().map(|partition| &partition.name));
    let is_content = |at: &u32| program.partitions.get(*at as usize).is_some_and(Partition::is_content);
    if let Some(at) = found.filter(is_content) {
        return Ok(PartitionId(at));
    }
    let others = program.segments.iter().map(|segment| &segment.name);
    let others = others.chain(program.traits.iter().map(|found| &found.name));
    if found.or_else(|| called(name, others)).is_some() {
        return Err(Failure::Use(format!("{name} is no content: texts are declared with `content NAME {{ ... }}`")));
    }
    let contents = program.partitions.iter().filter(|partition| partition.is_content());
    let names: Vec<Arc<str>> = contents.map(|content| Arc::clone(&content.name)).collect();
    Err(Failure::Use(format!("there is no content called {name}; {}", suggested(name, &names))))
}
