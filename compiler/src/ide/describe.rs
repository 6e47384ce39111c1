//! What a name stands for, in the reader's words.

use super::target::{Names, Target};
use super::words::declarations::CUSTOMERS;
use super::{comments, kinds};
use crate::names::{FieldBody, Named, TableEntry};
use crate::program::{self, Expr, ExprKind, Field, FieldId, FieldSource, PartitionId, Reading, TableId, TraitId, Type};
use crate::project::Checked;
use crate::source::Span;
use crate::syntax::tree::{self, Label, PartRule, TableKind};
use crate::types::show_money;
use crate::values::calendar::{date_text, instant_text};
use crate::values::{Value, places};

/// At most so many values, names or fields are shown.
const MOST_SHOWN: usize = 12;

/// At most so many lines of a declaration are shown.
const MOST_LINES: usize = 16;

/// All that is needed to say what names stand for.
pub(super) struct Describer<'a> {
    pub(super) checked: &'a Checked,
    pub(super) names: Names<'a>,
    /// The moment for which windows and occasions are said in days.
    pub(super) as_of: Option<i64>,
}

/// Paragraphs of Markdown.
#[derive(Default)]
struct Paragraphs(Vec<String>);

impl Paragraphs {
    fn add(&mut self, paragraph: impl Into<Option<String>>) -> &mut Paragraphs {
        self.0.extend(paragraph.into().filter(|text| !text.trim().is_empty()));
        self
    }

    fn text(&self) -> String {
        self.0.join("\n\n")
    }
}

impl Describer<'_> {
    /// A title and a text.
    pub(super) fn describe(&self, target: &Target) -> Option<(String, String)> {
        match target {
            Target::Customer | Target::Calendar(_) => None,
            Target::Table(id) => self.table(*id),
            Target::Field { table, field, looked_up } => self.field(*table, *field, *looked_up),
            Target::Let(at) => self.constant(*at),
            Target::List(at) => self.list(*at),
            Target::Trait(id) => self.made_trait(*id),
            Target::Segment(id) => {
                let named = self.names.index.segments.get(id.0 as usize)?;
                let made = self.names.program.and_then(|program| program.segments.get(id.0 as usize));
                let table = self.names.index.about.as_ref().map(|_| self.names.index.table_name(program::CUSTOMERS));
                let said = members(table.as_deref(), named.body.len());
                let said = format!("{said} Used as a condition it is yes or no, never unknown.");
                Some((title("segment", named), self.declared(named, &said, made.map(|made| made.labels.as_slice()))))
            }
            Target::Partition(id) => self.partition(*id),
            Target::Part(id, at) => self.part(*id, *at),
            Target::Occasion(at) => self.occasion(*at),
            Target::Content(at) => {
                let named = self.names.index.contents.get(*at)?;
                let texts = kinds::count(named.body.len(), "text", "texts");
                let said = format!(
                    "One of {texts} for each customer: that of the first line whose condition certainly holds."
                );
                Some((title("content", named), self.declared(named, &said, None)))
            }
            Target::Other(at) => self.other(*at),
            Target::Listed { value, of, owner } => {
                let values: Vec<String> = of.iter().map(|value| format!("`{value}`")).collect();
                let text = format!("One of the listed values of `{owner}`: {}.", kinds::some_of(&values, MOST_SHOWN));
                Some((format!("value {value}"), text))
            }
        }
    }

    fn other(&self, at: usize) -> Option<(String, String)> {
        let named = self.names.index.others.get(at)?;
        let of = &named.body.of.text;
        let said = members(Some(of), named.body.lines.len());
        let said = format!(
            "{said} It is a field of `{of}`, yes or no: a customer reaches it through the field that points there."
        );
        let own = named.title.map(|title| format!(" \"{}\"", title.text)).unwrap_or_default();
        Some((format!("segment {} of {of}{own}", named.name.text), self.declared(named, &said, None)))
    }

    // Tables and fields.

    fn table(&self, id: TableId) -> Option<(String, String)> {
        let entry = self.names.index.table(id)?;
        let table_kind = self.names.index.declared_kind(id)?;
        let said = match table_kind {
            // The word that declares them is their name too.
            TableKind::Customers => CUSTOMERS.meaning(),
            TableKind::Events => "What customers did: many rows for a customer, each with a moment.".to_owned(),
            TableKind::Records => "Many rows for a customer, without a moment.".to_owned(),
            TableKind::Table => "Rows that others point at by their key.".to_owned(),
        };
        let named = |field: Option<FieldId>| Some(format!("`{}`", self.names.index.field_entry(id, field?)?.name));
        let roles = [
            named(entry.key).map(|field| format!("its key is {field}")),
            named(entry.by.filter(|_| table_kind != TableKind::Customers))
                .map(|field| format!("{field} names the customer")),
            named(entry.at).map(|field| format!("{field} is the moment")),
        ];
        let roles: Vec<String> = roles.into_iter().flatten().collect();
        let fields: Vec<String> = entry.fields.iter().map(|field| format!("`{}`", field.name)).collect();
        let mut text = Paragraphs::default();
        text.add(said).add(entry.documentation.map(str::to_owned));
        let fields =
            format!("{}: {}", kinds::count(fields.len(), "field", "fields"), kinds::some_of(&fields, MOST_SHOWN));
        text.add(format!("{}.", [fields].into_iter().chain(roles).collect::<Vec<_>>().join("; ")));
        let title = match table_kind {
            TableKind::Customers => "customers".to_owned(),
            kind => format!("{} {}", kinds::table(kind), entry.name),
        };
        Some((title, text.text()))
    }

    fn field(&self, table: TableId, id: FieldId, looked_up: bool) -> Option<(String, String)> {
        let entry = self.names.index.table(table)?;
        let declared = self.names.index.field_entry(table, id)?;
        // The program's own knows the labels that a calculated field takes over.
        let program = self.names.program;
        let made = program.and_then(|program| program.tables.get(table.0 as usize)?.fields.get(id.0 as usize));
        let made = made.or_else(|| self.names.known.field(table, id));
        let mut text = Paragraphs::default();
        if let Some(field) = made {
            let missing = kinds::missing_field(field, self.names.known.often_missing(table, id), looked_up);
            text.add(kinds::sentence(&self.names, &field.ty, missing));
        }
        let source = self.checked.sources.get(declared.span.file)?;
        text.add(comments::around(source, declared.span));
        let kind = self.names.index.declared_kind(table)?;
        text.add(self.role(entry, kind, id));
        if let Some(field) = made {
            if let Type::OneOf(values) = listed(&field.ty) {
                let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
                text.add(format!("Values: {}.", kinds::some_of(&values, MOST_SHOWN)));
            }
            text.add(from_column(field)).add(kinds::labels(&field.labels));
        }
        match declared.body {
            FieldBody::Computed(_) => {
                text.add("Worked out for every row from the row's other fields.".to_owned());
                text.add(self.written(declared.span));
            }
            FieldBody::Answered(_) => {
                text.add("Worked out for every row by the declaration of that name.".to_owned());
                text.add(self.written(declared.span));
            }
            FieldBody::Stored(_) | FieldBody::Broken => _ = text.add(self.written(declared.span)),
            // Its declaration is the head of its table.
            FieldBody::Head { .. } => {}
        }
        let whose = match kind {
            TableKind::Customers => "the customers".to_owned(),
            kind if entry.parent.is_none() => format!("the {} {}", kinds::table(kind), entry.name),
            _ => format!("the list {}", entry.name),
        };
        Some((format!("field {} of {whose}", declared.name), text.text()))
    }

    /// What a field is for its table.
    fn role(&self, entry: &TableEntry<'_>, kind: TableKind, id: FieldId) -> Option<String> {
        let role = match Some(id) {
            id if id == entry.key => "The key: it names the row.",
            id if id == entry.by && kind != TableKind::Customers => "It names the customer that a row belongs to.",
            id if id == entry.at => {
                "The moment of the event; at or after the moment of a run there is no event for it."
            }
            _ => return None,
        };
        Some(role.to_owned())
    }

    // Values with names.

    fn constant(&self, at: usize) -> Option<(String, String)> {
        let named = self.names.index.lets.get(at)?;
        let value = self.names.known.constant(at).and_then(|value| self.value_of(value));
        let replaced = self.checked.replaced.iter().any(|one| one.name.eq_ignore_ascii_case(&named.name.text));
        let said = match value {
            Some(value) if replaced => format!("Always {value}, which was given in the place of what is written."),
            Some(value) => format!("Always {value}, the same for every customer."),
            None => "The same for every customer.".to_owned(),
        };
        Some((title("constant", named), self.declared(named, &said, None)))
    }

    /// The value of a constant; none where only a run can say it.
    fn value_of(&self, value: &Expr) -> Option<String> {
        let ExprKind::Constant(known) = &value.kind else { return None };
        Some(self.shown(known, &value.ty))
    }

    /// A value as it is written in rules.
    fn shown(&self, value: &Value, ty: &Type) -> String {
        match value {
            Value::Boolean(value) => format!("`{value}`"),
            Value::Integer(place) if *ty == Type::Location => format!("`point({})`", places::text(*place)),
            Value::Integer(value) => format!("`{value}`"),
            Value::Number(value) if *ty == Type::Percent => format!("`{}%`", value * 100.0),
            Value::Number(value) => format!("`{value}`"),
            Value::Money(units) => match ty {
                Type::Money(currency) => format!("`{}`", show_money(*units, currency.code())),
                _ => format!("`{}`", show_money(*units, "").trim_end()),
            },
            Value::Text(text) => format!("`\"{text}\"`"),
            Value::Date(day) => format!("`{}`", date_text(*day)),
            Value::Instant(instant) => format!("`{}`", instant_text(*instant, self.checked.config.settings.zone)),
            Value::Duration(micros) => length(*micros),
            other @ Value::List(_) => format!("`{other:?}`"),
        }
    }

    fn list(&self, at: usize) -> Option<(String, String)> {
        let named = self.names.index.lists.get(at)?;
        let said = match self.names.known.list(at) {
            Some((ty, values)) => {
                let shown: Vec<String> = values.iter().take(MOST_SHOWN).map(|value| self.shown(value, ty)).collect();
                let more = match values.len().saturating_sub(shown.len()) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                format!("{}: {}{more}.", kinds::count(values.len(), "value", "values"), shown.join(", "))
            }
            None => "Values to look for.".to_owned(),
        };
        let written = matches!(named.body, tree::ListSource::File(_));
        let mut text = Paragraphs::default();
        text.add(said).add(named.documentation.map(str::to_owned));
        if written {
            text.add(self.written(named.span));
        }
        Some((title("list", named), text.text()))
    }

    fn made_trait(&self, id: TraitId) -> Option<(String, String)> {
        let named = self.names.index.traits.get(id.0 as usize)?;
        let made = self.names.program.and_then(|program| program.traits.get(id.0 as usize));
        let is_score = matches!(named.body.kind, tree::ExprKind::Score(_));
        let said = match self.names.known.of_trait(id) {
            Some(known) => {
                let missing = kinds::missing(known.may_be_missing, known.often_missing);
                format!("{} One for each customer.", kinds::sentence(&self.names, &known.ty, missing))
            }
            None => "One value for each customer.".to_owned(),
        };
        let values = self.names.known.of_trait(id).and_then(|known| match &known.ty {
            Type::OneOf(values) => {
                let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
                Some(format!("Values: {}.", kinds::some_of(&values, MOST_SHOWN)))
            }
            _ => None,
        });
        let said = [Some(said), values].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
        let kind = if is_score { "score" } else { "trait" };
        Some((title(kind, named), self.declared(named, &said, made.map(|made| made.labels.as_slice()))))
    }

    fn partition(&self, id: PartitionId) -> Option<(String, String)> {
        let named = self.names.index.partitions.get(id.0 as usize)?;
        let made = self.names.program.and_then(|program| program.partitions.get(id.0 as usize));
        let parts: Vec<String> = named.body.parts.iter().map(|part| format!("`{}`", part.name.text)).collect();
        let rest = match named.body.parts.iter().any(|part| part.rule == PartRule::Otherwise) {
            true => "",
            false => " Who is in none of them has no part.",
        };
        let said = format!(
            "{}: {}. A customer is in the first whose condition certainly holds.{rest}",
            kinds::count(parts.len(), "part", "parts"),
            kinds::some_of(&parts, MOST_SHOWN)
        );
        Some((title("partition", named), self.declared(named, &said, made.map(|made| made.labels.as_slice()))))
    }

    fn part(&self, id: PartitionId, at: usize) -> Option<(String, String)> {
        let named = self.names.index.partitions.get(id.0 as usize)?;
        let part = named.body.parts.get(at)?;
        let before: Vec<String> =
            named.body.parts.iter().take(at).map(|part| format!("`{}`", part.name.text)).collect();
        let said = match (&part.rule, before.is_empty()) {
            (PartRule::Otherwise, _) => "Whoever is in none of the parts above.".to_owned(),
            (_, true) => "The first part that is tried.".to_owned(),
            (_, false) => format!("Whoever is not in {} before.", kinds::some_of(&before, MOST_SHOWN)),
        };
        let mut text = Paragraphs::default();
        text.add(said);
        let source = self.checked.sources.get(part.span.file)?;
        text.add(comments::around(source, part.span)).add(self.written(part.span));
        let own = part.title.as_ref().map(|title| format!(" \"{}\"", title.text)).unwrap_or_default();
        Some((format!("part {}{own} of partition {}", part.name.text, named.name.text), text.text()))
    }

    fn occasion(&self, at: usize) -> Option<(String, String)> {
        let named = self.names.index.occasions.get(at)?;
        let days = self.names.known.occasion(at);
        let next = days.and_then(|days| self.next_days(days));
        let said = match (days, next) {
            (Some(crate::values::calendar::Occasion::Anniversary { .. }), _) => {
                "Days of each customer's own, every year.".to_owned()
            }
            (_, Some(next)) => format!("Days that come back; next {next}."),
            (_, None) => "Days that come back.".to_owned(),
        };
        Some((title("occasion", named), self.declared(named, &said, None)))
    }

    // What all have in common.

    /// What is said, the comment above, the labels, and the declaration as written.
    fn declared<Body>(&self, named: &Named<'_, Body>, said: &str, labels: Option<&[Label]>) -> String {
        let mut text = Paragraphs::default();
        text.add(said.to_owned()).add(named.documentation.map(str::to_owned));
        text.add(labels.and_then(kinds::labels)).add(self.written(named.span));
        text.text()
    }

    /// Rules as they are written, cut off where they are long.
    fn written(&self, span: Span) -> Option<String> {
        let source = self.checked.sources.get(span.file)?;
        let (_, column) = source.line_column(span.start);
        let written = source.slice(span).trim_end();
        // Lines below the first stand as far right as the first one.
        let indent = |line: &str| line.bytes().take(column - 1).take_while(|byte| *byte == b' ').count();
        let mut lines: Vec<&str> = written
            .lines()
            .enumerate()
            .map(|(at, line)| if at == 0 { line } else { line.get(indent(line)..).unwrap_or(line) })
            .map(str::trim_end)
            .collect();
        let more = lines.len() > MOST_LINES;
        lines.truncate(MOST_LINES);
        if more {
            lines.push("# ...");
        }
        // A fence within the rules would end the block.
        let fence = if written.contains("```") { "~~~~" } else { "```" };
        Some(format!("{fence}segue\n{}\n{fence}", lines.join("\n")))
    }
}

/// What a segment is made of: customers, or the rows of a table.
fn members(table: Option<&str>, lines: usize) -> String {
    let of = table.map_or("Customers for whom".to_owned(), |table| format!("Rows of `{table}` for which"));
    match lines {
        1 => format!("{of} this holds certainly."),
        lines => format!("{of} all of these {lines} lines hold certainly."),
    }
}

/// `segment lapsed "Gone quiet"`
fn title<Body>(kind: &str, named: &Named<'_, Body>) -> String {
    match named.title {
        Some(title) => format!("{kind} {} \"{}\"", named.name.text, title.text),
        None => format!("{kind} {}", named.name.text),
    }
}

/// The kind of a list's entries; of anything else its own.
fn listed(ty: &Type) -> &Type {
    match ty {
        Type::List(of) => of,
        other => other,
    }
}

/// How the data call the column, and how they write it.
fn from_column(field: &Field) -> Option<String> {
    let FieldSource::Column { column, reading } = &field.source else { return None };
    let named = (*column != field.name).then(|| format!("In the data it is the column `{column}`."));
    let read = match reading {
        Reading::Plain => None,
        Reading::Hundredths => Some("The data write 45 for 45%.".to_owned()),
        Reading::Zone(zone) => Some(format!("Times without a zone are in `{zone}`.")),
        Reading::Bits => Some("The data hold a whole number whose bits are the values.".to_owned()),
    };
    let said: Vec<String> = named.into_iter().chain(read).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// A length of time in the largest unit that it is a whole number of.
fn length(micros: i64) -> String {
    const UNITS: [(i64, &str); 4] =
        [(86_400_000_000, "days"), (3_600_000_000, "hours"), (60_000_000, "minutes"), (1_000_000, "seconds")];
    let unit = UNITS.iter().find(|(unit, _)| micros % unit == 0);
    match unit {
        Some((unit, name)) => format!("`{} {name}`", micros / unit),
        None => format!("`{} seconds`", micros as f64 / 1e6),
    }
}
