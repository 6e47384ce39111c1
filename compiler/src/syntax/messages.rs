//! Every message about the form of a rule file, side by side.
//!
//! The codes:
//! - S0001 something is missing or does not fit at this place
//! - S0002 two things stand side by side with nothing between them
//! - S0003 a line at the top of the file starts with a word that announces nothing
//! - S0004 the first line of a declaration cannot be read
//! - S0005 a line that should declare a field cannot be read
//! - S0006 a bracket or brace is never closed
//! - S0007 a bracket or brace closes nothing
//! - S0008 brackets, or words like `not`, are nested more than 200 deep
//! - S0009 a written text is longer than 64 KiB
//! - S0010 a file has more than 10,000 declarations
//! - S0011 a file is larger than 16 MiB
//! - S0012 a file is not UTF-8 text
//! - S0013 a reserved word is used as a name
//! - S0014 a name is missing, or is written with hyphens or in quotes
//! - S0015 `by` or `at` is missing, or stands where it means nothing
//! - S0016 fields are separated by commas
//! - S0017 a text stands in single quotes
//! - S0018 a number is written with separators, as a power of ten, or without a digit before the point
//! - S0019 a number is too large
//! - S0020 a number is followed by something that is no unit
//! - S0021 the unit of a stretch of time is missing or unknown
//! - S0022 a stretch of time is worded in another way (`in last 30 days`)
//! - S0023 `ago` without `more than`, `less than` or `exactly`
//! - S0024 a question about rows is worded in another way (`count of`, `less than 3 purchases`)
//! - S0025 a currency sign is used for a currency
//! - S0026 `=`, `==`, `!=` or `<>` stands for `is`, `is not`
//! - S0027 `&&`, `||` or `!` stands for `and`, `or`, `not`
//! - S0028 `=>` or `=<` stands for `>=`, `<=`
//! - S0029 `in (...)` stands for `is one of`
//! - S0030 `is null` stands for `is missing`
//! - S0031 `like` stands for `contains`, `starts with`, `ends with`
//! - S0032 `between ... and ...` stands for `from ... to ...`
//! - S0033 `is at least 5` and its like stand for `>= 5`
//! - S0034 `is any of` stands for `is one of`
//! - S0035 a window stands after `where`
//! - S0036 a date is tested against a window without `is`
//! - S0037 a text of several words without quotes
//! - S0038 several values after `is`, without `one of`
//! - S0039 `is "a" or "b"` stands for `is one of`
//! - S0040 a line stops in the middle
//! - S0041 `not` stands where it cannot
//! - S0042 a number is written as a word
//! - S0043 a declaration's value is introduced by something else than `=`
//! - S0044 a field says something twice, or something that its kind of value does not have
//! - S0131 `and` and `or` are mixed without brackets
//! - S0132 `otherwise` in a comparison without brackets
//! - S0133 a question with `where` in arithmetic or a comparison without brackets
//! - S0134 comparisons are chained
//! - S0135 a line starts with `or` in a block of several lines
//! - S0136 arithmetic goes on after `rounded` without brackets
//! - S0150 a date or time that does not exist
//! - S0151 a date that can be read two ways
//! - S0152 a date in another form
//! - S0171 a text has no closing quote

use super::scan::{Problem, ProblemKind};
use crate::diagnostics::{Code, Diagnostic, Edit, Fix, Label, Severity};
use crate::source::{FileId, SourceFile, Span};

fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic {
        code: Code(code),
        severity: Severity::Error,
        message: message.into(),
        span,
        label: String::new(),
        labels: Vec::new(),
        notes: Vec::new(),
        fixes: Vec::new(),
    }
}

/// Small steps by which the constructors below build a diagnostic.
trait Build: Sized {
    fn label(self, text: impl Into<String>) -> Self;
    fn also(self, span: Span, text: impl Into<String>) -> Self;
    fn note(self, text: impl Into<String>) -> Self;
    fn fix(self, title: impl Into<String>, edits: Vec<Edit>) -> Self;
    fn certain(self, title: impl Into<String>, edits: Vec<Edit>) -> Self;
}

impl Build for Diagnostic {
    fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }
    fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }
    fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }
    fn fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits, certain: false });
        self
    }
    fn certain(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits, certain: true });
        self
    }
}

/// Replaces a stretch.
fn replace(span: Span, text: impl Into<String>) -> Vec<Edit> {
    vec![Edit { span, text: text.into() }]
}

fn start_point(span: Span) -> Span {
    Span { end: span.start, ..span }
}

/// Puts round brackets around a stretch.
fn brackets(span: Span) -> Vec<Edit> {
    vec![Edit { span: start_point(span), text: "(".to_owned() }, Edit { span: span.end_point(), text: ")".to_owned() }]
}

// ------------------------------------------------------------------------------------------------ the file as a whole

/// A file that is larger than the limit.
pub(crate) fn file_too_large(span: Span, bytes: usize) -> Diagnostic {
    let mebibytes = bytes.div_ceil(1024 * 1024);
    error("S0011", span, format!("this file is too large: about {mebibytes} MiB, and 16 MiB is the most"))
        .note("split it into several files: all `.segue` files of a folder belong to one project")
}

/// A file whose bytes are no UTF-8 text; `valid_bytes` is how far it could be read, `source` holds that much.
pub fn invalid_utf8(file: FileId, source: &SourceFile, valid_bytes: usize) -> Diagnostic {
    let at = source.text.len().min(valid_bytes);
    let span = Span::new(file, at, at);
    let (line, _) = source.line_column(span.start);
    error(
        "S0012",
        span,
        format!("{} is not saved as UTF-8: line {line} holds a letter that cannot be read", source.name),
    )
    .note("save the file again and choose the encoding UTF-8")
}

/// More declarations than the limit.
pub(crate) fn too_many_declarations(span: Span) -> Diagnostic {
    error("S0010", span, "this file holds more than 10,000 declarations").label("the ones from here on are not read")
}

/// Brackets nested deeper than the limit.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    error("S0008", span, "this is nested more than 200 deep")
        .label("the 201st level starts here")
        .note("give an inner part a name of its own (`segment ... {` or `trait ... =`) and use the name")
}

/// A text longer than the limit.
pub(crate) fn text_too_long(span: Span) -> Diagnostic {
    error("S0009", span, "this text is longer than 64 KiB, which is the most").label("shorten it")
}

/// A text without its closing quote.
pub(crate) fn unclosed_text(source: &SourceFile, span: Span) -> Diagnostic {
    let (line, _) = source.line_column(span.start);
    let written = source.slice(span);
    let mut characters = written.chars();
    let opening = characters.next().unwrap_or('"');
    let rest = characters.as_str();
    let (content, last_is_curly) = match rest.strip_suffix(['”', '“']) {
        Some(content) => (content, true),
        None => (rest, false),
    };
    let closing = if opening == '"' { "\"" } else { "”" };
    let edits = if last_is_curly {
        let start = span.end as usize - '”'.len_utf8();
        replace(Span::new(span.file, start, span.end as usize), closing)
    } else {
        replace(span.end_point(), closing)
    };
    let message = format!("the text that starts on line {line} has no closing quote");
    let last_words: Vec<&str> = content.split_whitespace().collect();
    match last_words.last() {
        Some(word) => error("S0171", span, message)
            .note(format!("I think it ends after \"{word}\""))
            .fix(format!("end the text after \"{word}\""), edits),
        None => error("S0171", span, message).label("this quote opens a text that never ends"),
    }
}

/// A bracket without a partner.
pub(crate) fn bracket(source: &SourceFile, span: Span, problem: &Problem, declaration: Span) -> Diagnostic {
    let written = source.slice(span);
    match problem.kind {
        ProblemKind::Extra => error("S0007", span, format!("this `{written}` closes nothing"))
            .label("there is no opening one for it")
            .fix(format!("remove the `{written}`"), replace(span, "")),
        ProblemKind::Unclosed => {
            let closing = match written {
                "(" => ")",
                "[" => "]",
                _ => "}",
            };
            let diagnostic = error("S0006", span, format!("this `{written}` is never closed"))
                .label(format!("its `{closing}` is missing"));
            if written == "{" {
                let text = if source.slice(declaration).contains('\n') { "\n}" } else { " }" };
                diagnostic.fix(format!("add `{closing}` at the end"), replace(declaration.end_point(), text))
            } else {
                let at = end_of_line(source, span);
                diagnostic.fix(format!("add `{closing}` at the end of the line"), replace(at, closing))
            }
        }
    }
}

/// The end of what is written on the line of a span: before its comment, blanks and closing braces.
fn end_of_line(source: &SourceFile, span: Span) -> Span {
    let from = span.end as usize;
    let rest = source.text.get(from..).unwrap_or("");
    let line = rest.split('\n').next().unwrap_or("");
    let mut kept = line.len();
    let mut inside_text = false;
    for (at, character) in line.char_indices() {
        match character {
            '"' => inside_text = !inside_text,
            '#' | '}' if !inside_text => {
                kept = at;
                break;
            }
            _ => {}
        }
    }
    let end = from + line.get(..kept).map_or(0, |line| line.trim_end().len());
    Span::new(span.file, end, end)
}

// ------------------------------------------------------------------------------------------------------- declarations

/// A line at the top of a file that is no declaration.
pub(crate) fn stray_line(span: Span, written: &str) -> Diagnostic {
    error("S0003", span, format!("`{written}` stands outside of all braces, where only declarations can stand"))
        .label("this belongs to no segment or trait")
        .note("a file is made of customers, events, records, table, let, list, trait, segment and partition")
}

/// A first word that announces nothing.
pub(crate) fn unknown_declaration(span: Span, written: &str, meant: Option<&str>) -> Diagnostic {
    let diagnostic = error("S0003", span, format!("I do not know what `{written}` declares"));
    match meant {
        Some(meant) => diagnostic
            .label(format!("did you mean `{meant}`?"))
            .certain(format!("did you mean `{meant}`?"), replace(span, meant)),
        None => diagnostic
            .label("this version cannot read it")
            .note("a file is made of customers, events, records, table, let, list, trait, segment and partition"),
    }
}

/// A part of the language that a later release brings.
pub(crate) fn not_yet(span: Span, what: &str) -> Diagnostic {
    error("S0001", span, format!("{what} cannot be read by this version")).label("remove this for now")
}

/// A declaration whose first line cannot be read.
pub(crate) fn broken_head(span: Span, word: &str, written: &str, example: &str) -> Diagnostic {
    let message = if written.is_empty() {
        format!("this `{word}` stops in the middle")
    } else {
        format!("this `{word}` cannot be read: `{written}` does not fit here")
    };
    error("S0004", span, message)
        .label("I expected something else here")
        .note(format!("it should look like `{example}`"))
}

/// A name of several words.
pub(crate) fn name_of_several_words(span: Span, written: &str) -> Diagnostic {
    let mended = written.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase();
    error("S0014", span, format!("`{written}` is several words, and a name is one"))
        .label(format!("write `{mended}`"))
        .fix(format!("name it `{mended}`"), replace(span, mended))
        .note("a title in quotes may follow the name: `segment big_spenders \"Big spenders\" { ... }`")
}

/// A declaration without a name.
pub(crate) fn missing_name(head: Span, word: &str, title: Option<&str>) -> Diagnostic {
    let diagnostic =
        error("S0014", head, format!("this {word} has no name")).label("a name is missing after this word");
    match title.map(name_of_column).filter(|name| !name.is_empty()) {
        Some(name) => {
            diagnostic.fix(format!("name it `{name}`"), vec![Edit { span: head.end_point(), text: format!(" {name}") }])
        }
        None => diagnostic,
    }
}

/// A name with hyphens.
pub(crate) fn dashed_name(span: Span, written: &str, mended: &str) -> Diagnostic {
    error("S0014", span, format!("`{written}` cannot be a name: a hyphen reads as minus"))
        .label(format!("write `{mended}`"))
        .certain(format!("name it `{mended}`"), replace(span, mended))
}

/// A reserved word in a name's place; after which word, where that is known.
pub(crate) fn reserved_name(span: Span, written: &str, after: Option<&str>) -> Diagnostic {
    let diagnostic = error("S0013", span, format!("`{written}` has a meaning of its own, so it cannot be a name"));
    match after {
        Some(after) => diagnostic.label(format!("after `{after}` I expected a name or a value")),
        None => {
            let mended = format!("{}_value", written.to_lowercase());
            diagnostic.label("choose another name").fix(format!("name it `{mended}`"), replace(span, mended))
        }
    }
}

/// A title after the name of customers, events, records or a table.
pub(crate) fn title_of_table(span: Span) -> Diagnostic {
    error("S0004", span, "only traits, segments and partitions have a title")
        .label("remove this text")
        .fix("remove the title", replace(span, ""))
}

/// `customers people {`
pub(crate) fn name_of_customers(span: Span) -> Diagnostic {
    error("S0004", span, "`customers` has no name: it is its own")
        .label("remove this word")
        .certain("remove the name", replace(span, ""))
}

/// `by` or `at` that is missing.
pub(crate) fn missing_columns(name: Span, written: &str, by: bool, at: bool, before_body: Span) -> Diagnostic {
    let (what, mend) = match (by, at) {
        (true, true) => {
            ("`by` and `at`: which column names the customer, and which holds the time", "by customer_id at time")
        }
        (true, false) => ("`by`: which column names the customer", "by customer_id"),
        _ => ("`at`: which column holds the time", "at time"),
    };
    let point = start_point(before_body);
    let place = if before_body.start == before_body.end { point } else { name.end_point() };
    error("S0015", name, format!("`{written}` does not say {what}")).label("missing after this name").fix(
        format!("add `{mend}` and put in your column's name"),
        vec![Edit { span: place, text: format!(" {mend}") }],
    )
}

/// `by` or `at` where it means nothing, or twice.
pub(crate) fn column_does_not_belong(span: Span, word: &str) -> Diagnostic {
    let meaning = if word == "by" {
        "`by` says which column names the customer, once, for events and records only"
    } else {
        "`at` says which column holds the time, once, for events only"
    };
    error("S0015", span, format!("`{word}` does not fit here"))
        .label("remove this")
        .note(meaning)
        .fix(format!("remove `{word}`"), replace(span, ""))
}

/// `at t : text`
pub(crate) fn time_column_kind(span: Span, written: &str) -> Diagnostic {
    error("S0015", span, format!("the time of an event is a `date` or a `datetime`, not `{written}`"))
        .label("write `date` where the column has no clock time, else nothing")
}

/// `trait x : ...`
pub(crate) fn equals_sign(span: Span, written: &str) -> Diagnostic {
    error("S0043", span, format!("a name and what it stands for are joined by `=`, not by `{written}`"))
        .label("write `=`")
        .certain("write `=`", replace(span, "="))
}

// ------------------------------------------------------------------------------------------------------------- fields

/// The name a column of the data could have in rules.
pub(crate) fn name_of_column(column: &str) -> String {
    let mut name = String::new();
    for character in column.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            name.push(character);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("column_{name}") } else { name.to_owned() }
}

/// A field whose name is no name; `place` is where `from` can go.
pub(crate) fn field_name(span: Span, written: &str, place: Option<Span>) -> Diagnostic {
    let column = written.trim();
    let name = name_of_column(column);
    let is_reserved = super::scan::is_reserved(&name);
    let mended = if is_reserved { format!("{name}_field") } else { name };
    let message = if is_reserved {
        format!("`{column}` has a meaning of its own, so it cannot be a field's name")
    } else {
        format!("\"{column}\" cannot be a field's name: a name is one word of letters, digits and `_`, without quotes")
    };
    let code = if is_reserved { "S0013" } else { "S0014" };
    let diagnostic = error(code, span, message).label(format!("call it `{mended}` in the rules"));
    let mut edits = replace(span, mended.clone());
    if let Some(place) = place
        && mended != column
    {
        edits.push(Edit { span: place, text: format!(" from \"{}\"", column.replace('"', "\\\"")) });
    }
    diagnostic.certain(format!("call it `{mended}` and keep the column of the data"), edits)
}

/// `email text?`
pub(crate) fn field_without_colon(name: Span, written: &str, kind: &str) -> Diagnostic {
    error("S0005", name, format!("between `{written}` and `{kind}` a `:` is missing"))
        .label("a field is a name, `:` and what it holds")
        .fix("put `:` between them", vec![Edit { span: name.end_point(), text: " :".to_owned() }])
}

/// `email`
pub(crate) fn field_without_kind(name: Span, written: &str) -> Diagnostic {
    error("S0005", name, format!("what does `{written}` hold?"))
        .label(format!("say it after a `:`, for instance `{written} : text`"))
}

/// A line of fields that cannot be read.
pub(crate) fn broken_field(span: Span, written: &str) -> Diagnostic {
    error("S0005", span, format!("this field cannot be read: `{written}` does not fit here"))
        .label("I expected something else here")
        .note("a field looks like `price : money USD`, `email : text? personal` or `paid = quantity * price`")
}

/// Commas between fields.
pub(crate) fn commas_between_fields(source: &SourceFile, commas: &[Span]) -> Diagnostic {
    let first = commas.first().copied().unwrap_or(Span::new(FileId(0), 0, 0));
    let edits = commas
        .iter()
        .map(|comma| {
            let follows = source.text.get(comma.end as usize..).and_then(|rest| rest.chars().next());
            let text = if follows.is_some_and(char::is_whitespace) { "" } else { " " };
            Edit { span: *comma, text: text.to_owned() }
        })
        .collect();
    error("S0016", first, "fields are not separated by commas")
        .label("remove it")
        .certain("remove the commas between fields", edits)
}

/// `? ?`, `personal personal`
pub(crate) fn said_twice(span: Span, written: &str) -> Diagnostic {
    error("S0044", span, format!("`{written}` repeats what this field says already"))
        .label("remove it")
        .fix("remove it", replace(span, ""))
}

/// `-> table` after something that is no id.
pub(crate) fn arrow_without_id(span: Span, table: &str) -> Diagnostic {
    error("S0044", span, format!("only an `id` can point at a row of `{table}`"))
        .label(format!("write `id -> {table}`"))
}

/// `as bits` after something that is no list.
pub(crate) fn bits_without_list(span: Span) -> Diagnostic {
    error("S0044", span, "only a list can be kept `as bits`")
        .label("write `list of one of ... from \"column\" as bits`")
}

/// `percent as 3`
pub(crate) fn percent_as(span: Span) -> Diagnostic {
    error("S0044", span, "for 45% the data hold either 45 or 0.45")
        .label("say which: `percent as 45` or `percent as 0.45`")
}

/// `{ ... }` as a field without `list of`.
pub(crate) fn records_without_list(span: Span) -> Diagnostic {
    error("S0044", span, "fields within a field come as a list")
        .label("write `list of { ... }`")
        .fix("write `list of`", vec![Edit { span: start_point(span), text: "list of ".to_owned() }])
}

/// `list of list of text`
pub(crate) fn list_of_lists(span: Span) -> Diagnostic {
    error("S0044", span, "a list of lists cannot be read").label("use a list of one kind of value, or of `{ ... }`")
}

// -------------------------------------------------------------------------------------------------- lines that break

/// A value that is missing after `after`.
pub(crate) fn missing_value(at: Span, after: &str) -> Diagnostic {
    let message = if after.is_empty() {
        "a value is missing here".to_owned()
    } else {
        format!("after `{after}` a value is missing")
    };
    error("S0001", at, message).label("I expected a value here")
}

/// Something that does not fit.
pub(crate) fn does_not_fit(span: Span, written: &str) -> Diagnostic {
    error("S0001", span, format!("`{written}` does not fit here")).label("I cannot make sense of the line from here on")
}

/// Something that does not fit behind a word that asks for a value.
pub(crate) fn does_not_fit_after(span: Span, written: &str, before: &str) -> Diagnostic {
    error("S0001", span, format!("`{written}` does not fit after `{before}`")).label("I expected a value here")
}

/// A line that starts with an operator.
pub(crate) fn cannot_start(span: Span, written: &str) -> Diagnostic {
    error("S0001", span, format!("a line cannot start with `{written}`"))
        .label("I expected a field, a value or a question such as `any purchases`")
}

/// A line that stops in the middle.
pub(crate) fn line_stops(at: Span, last: &str) -> Diagnostic {
    let message = if last.is_empty() {
        "this line stops in the middle".to_owned()
    } else {
        format!("this line stops after `{last}`")
    };
    error("S0040", at, message).label("I expected something more here")
}

/// Two things with nothing between them.
pub(crate) fn side_by_side(before: Span, first: &str, span: Span, second: &str) -> Diagnostic {
    error("S0002", span, format!("`{first}` and `{second}` stand side by side with nothing between them"))
        .label("what joins it to what stands before?")
        .fix(
            "write `and` between them, or start a new line",
            vec![Edit { span: before.end_point(), text: " and".to_owned() }],
        )
}

/// `count(purchases)`
pub(crate) fn calculation_in_brackets(span: Span, word: &str) -> Diagnostic {
    let wording = match word.to_lowercase().as_str() {
        "count" => "number of purchases",
        "sum" | "total" => "sum of purchases.price",
        "avg" | "average" | "mean" => "average of purchases.price",
        "max" | "maximum" => "largest purchases.price",
        "min" | "minimum" => "smallest purchases.price",
        "year" | "month" | "day" | "hour" | "minute" | "weekday" | "length" | "date" => "month of birth_date",
        "datediff" | "date_diff" | "date_sub" | "dateadd" | "date_add" => "days since birth_date",
        "round" => "price rounded to 2 decimals",
        "abs" => "absolute of balance",
        "coalesce" | "ifnull" | "nvl" => "income otherwise 0 USD",
        _ => "number of purchases",
    };
    error("S0024", span, format!("`{word}` is followed by a bracket, and calculations are written in words"))
        .beside(format!("as in `{wording}`"))
}

/// Several words of text without quotes.
pub(crate) fn text_without_quotes(span: Span, written: &str) -> Diagnostic {
    let text = written.split_whitespace().collect::<Vec<_>>().join(" ");
    error("S0037", span, "a text stands in quotes")
        .label(format!("write \"{text}\""))
        .fix("put it in quotes", replace(span, format!("\"{text}\"")))
}

/// `is "a", "b"`
pub(crate) fn several_after_is(comma: Span, before_first: Span) -> Diagnostic {
    error("S0038", comma, "`is` asks for one value, and here are several")
        .label("write `is one of` before the first")
        .fix("write `one of`", vec![Edit { span: before_first, text: "one of ".to_owned() }])
}

/// A comma that separates nothing.
pub(crate) fn stray_comma(comma: Span) -> Diagnostic {
    error("S0001", comma, "a comma does not fit here")
        .label("to ask for two things, write `and` or start a new line")
        .fix("write `and`", replace(comma, " and"))
}

/// `;`
pub(crate) fn semicolon(span: Span) -> Diagnostic {
    error("S0001", span, "`;` does not fit here: a line ends where it ends")
        .label("remove it")
        .fix("remove it", replace(span, ""))
}

/// `any of (a, b)`
pub(crate) fn block_needs_braces(span: Span) -> Diagnostic {
    error("S0001", span, "the lines of such a block stand between `{` and `}`")
        .label("write `{`, one condition a line, and `}`")
}

/// `contains any of "a", "b"`
pub(crate) fn text_test_of_several(span: Span, test: &str) -> Diagnostic {
    error("S0001", span, format!("`{test}` takes one text"))
        .label("write one line for each text in a block `any of { ... }`")
}

// ------------------------------------------------------------------------------------------------------------- values

/// `'France'`
pub(crate) fn single_quotes(span: Span, content: &str) -> Diagnostic {
    error("S0017", span, "a text stands in double quotes")
        .label(format!("write \"{content}\""))
        .certain("use double quotes", replace(span, format!("\"{}\"", content.replace('"', "\\\""))))
}

/// `1,000`, `1e6`, `.5`
pub(crate) fn number_form(span: Span, written: &str, plain: &str) -> Diagnostic {
    let diagnostic = error("S0018", span, format!("write `{written}` as {plain}"));
    if written.contains(',') {
        let spaced = written.replace(',', ", ");
        diagnostic
            .label("numbers are written without separators")
            .fix(format!("write {plain}"), replace(span, plain))
            .note(format!("for several numbers, put a blank after each comma: {spaced}"))
    } else {
        diagnostic.label("numbers are written in plain digits").certain(format!("write {plain}"), replace(span, plain))
    }
}

/// A number that does not fit into 64 bits.
pub(crate) fn number_too_large(span: Span) -> Diagnostic {
    error("S0019", span, "this number is too large").label("the largest whole number is 9223372036854775807")
}

/// A count of units that is no whole number.
pub(crate) fn not_whole(span: Span) -> Diagnostic {
    error("S0021", span, "a number of days, weeks or months is a whole number")
        .label("write a whole number, if need be of a smaller unit")
}

/// `10k`
pub(crate) fn number_with_tail(span: Span, written: &str) -> Diagnostic {
    let digits: String =
        written.chars().take_while(|character| character.is_ascii_digit() || *character == '.').collect();
    let tail = written.get(digits.len()..).unwrap_or("");
    let times = match tail {
        "k" | "K" => Some(1_000),
        "m" | "M" => Some(1_000_000),
        _ => None,
    };
    let diagnostic =
        error("S0020", span, format!("`{tail}` is no unit I know")).label("units are days, weeks, months, USD, % ...");
    match times.and_then(|times: i64| digits.parse::<i64>().ok()?.checked_mul(times)) {
        Some(value) => diagnostic.fix(format!("write {value}"), replace(span, value.to_string())),
        None => diagnostic,
    }
}

/// A number followed by a word that is no unit.
pub(crate) fn unknown_number_unit(span: Span, written: &str) -> Diagnostic {
    let diagnostic = error("S0020", span, format!("`{written}` is no unit I know"));
    match nearest_unit(written) {
        Some(unit) => diagnostic
            .label(format!("did you mean `{unit}`?"))
            .fix(format!("did you mean `{unit}`?"), replace(span, unit)),
        None => diagnostic.label("units are seconds to years, currencies such as USD, and %"),
    }
}

/// `$500`
pub(crate) fn currency_sign(span: Span, sign: &str, plain: &str, name: &str, sure: bool) -> Diagnostic {
    let mended = format!("{plain} {name}");
    let diagnostic =
        error("S0025", span, format!("`{sign}` can mean more than one currency, so currencies have names"))
            .label(format!("write {mended}"));
    if sure {
        diagnostic.certain(format!("write {mended}"), replace(span, mended))
    } else {
        diagnostic.fix(format!("write {mended}"), replace(span, mended))
    }
}

/// Money beyond four decimals or 64 bits.
pub(crate) fn money_form(span: Span, written: &str) -> Diagnostic {
    let decimals = written.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if decimals > 4 {
        error("S0019", span, "money has at most four decimals").label("shorten this amount")
    } else {
        error("S0019", span, "this amount is too large").label("the largest is about 900 trillion")
    }
}

/// A day that does not exist.
pub(crate) fn no_such_date(span: Span, written: &str, year: u32, month: u32, day: u32) -> Diagnostic {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let diagnostic = error("S0150", span, format!("there is no {written}"));
    let index = usize::try_from(month).ok().and_then(|month| month.checked_sub(1));
    let Some(name) = index.and_then(|index| MONTHS.get(index)) else {
        return diagnostic.label("a date is written year-month-day, and the month is 01 to 12");
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if day > last {
        let mended = format!("{year:04}-{month:02}-{last:02}");
        diagnostic
            .label(format!("{name} {year} has {last} days"))
            .fix(format!("write {mended}, its last day"), replace(span, mended))
    } else {
        diagnostic.label("years go from 0001 to 9999, days from 01")
    }
}

/// A clock time that does not exist.
pub(crate) fn no_such_time(span: Span, written: &str) -> Diagnostic {
    error("S0150", span, format!("there is no time {written}")).label("clock times go from 00:00 to 24:00")
}

/// A date in another form, with the days it can mean.
pub(crate) fn odd_date(span: Span, written: &str, readings: &[(u32, u32, u32)]) -> Diagnostic {
    let iso = |(year, month, day): (u32, u32, u32)| format!("{year:04}-{month:02}-{day:02}");
    let spoken = |(year, month, day): (u32, u32, u32)| {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let index = usize::try_from(month).unwrap_or(1).saturating_sub(1);
        format!("{day} {} {year}", MONTHS.get(index).unwrap_or(&""))
    };
    match readings {
        [] => error("S0150", span, format!("there is no {written}"))
            .label("a date is written year-month-day, as 2026-04-03"),
        [only] => {
            let mended = iso(*only);
            error("S0152", span, format!("a date is written year-month-day, as {mended}"))
                .label(format!("write {mended}"))
                .certain(format!("write {mended}"), replace(span, mended))
        }
        [first, second, ..] => {
            let day_and_month =
                |reading| spoken(reading).rsplit_once(' ').map_or(String::new(), |(text, _)| text.to_owned());
            error("S0151", span, format!("{written} could be {} or {}", day_and_month(*first), day_and_month(*second)))
                .label(format!("write {} or {}", iso(*first), iso(*second)))
                .fix(format!("{}: write {}", spoken(*first), iso(*first)), replace(span, iso(*first)))
                .fix(format!("{}: write {}", spoken(*second), iso(*second)), replace(span, iso(*second)))
        }
    }
}

/// The unit whose word is nearest to one that is none.
fn nearest_unit(written: &str) -> Option<&'static str> {
    const UNITS: &[&str] = &["seconds", "minutes", "hours", "days", "weeks", "months", "quarters", "years"];
    let lower = written.to_lowercase();
    let short = match lower.as_str() {
        "d" | "dy" => Some("days"),
        "w" | "wk" | "wks" => Some("weeks"),
        "mo" | "mos" | "mth" | "mths" => Some("months"),
        "y" | "yr" | "yrs" => Some("years"),
        "h" | "hr" | "hrs" => Some("hours"),
        "min" | "mins" => Some("minutes"),
        "sec" | "secs" => Some("seconds"),
        _ => None,
    };
    short.or_else(|| {
        let near = UNITS.iter().map(|unit| (strsim::damerau_levenshtein(unit, &lower), *unit)).min();
        near.filter(|(distance, _)| *distance <= 2).map(|(_, unit)| unit)
    })
}

// ------------------------------------------------------------------------------------------------------------ windows

/// `in the last 90 dyas`
pub(crate) fn unknown_unit(span: Span, written: &str) -> Diagnostic {
    let diagnostic = error("S0021", span, format!("`{written}` is no unit of time"));
    match nearest_unit(written) {
        Some(unit) => diagnostic
            .label(format!("did you mean `{unit}`?"))
            .fix(format!("did you mean `{unit}`?"), replace(span, unit)),
        None => diagnostic.label("units of time are seconds, minutes, hours, days, weeks, months, quarters, years"),
    }
}

/// `in the last 90`
pub(crate) fn missing_unit(span: Span, written: &str) -> Diagnostic {
    let number = written.split_whitespace().next_back().unwrap_or("");
    error("S0021", span, format!("{number} what? a unit is missing"))
        .label(format!("did you mean `{number} days`?"))
        .fix(format!("did you mean `{number} days`?"), vec![Edit { span: span.end_point(), text: " days".to_owned() }])
}

/// `in the last 0 days`
pub(crate) fn empty_window(span: Span) -> Diagnostic {
    error("S0021", span, "a stretch of 0 units holds nothing").label("write a number from 1 on")
}

/// `in the next 3 whole months`
pub(crate) fn whole_next(span: Span) -> Diagnostic {
    error("S0022", span, "`whole` goes with `in the last` only").label("remove `whole`")
}

/// `in last 30 days`, `within the last 30 days`
pub(crate) fn window_wording(span: Span, mend: &str) -> Diagnostic {
    error("S0022", span, format!("write this as `{mend}`"))
        .label(format!("did you mean `{mend}`?"))
        .certain(format!("write `{mend}`"), replace(span, mend))
}

/// `30 days ago` as a window
pub(crate) fn bare_ago(span: Span, written: &str) -> Diagnostic {
    let insert = |word: &str| vec![Edit { span: start_point(span), text: format!("{word} ") }];
    error("S0023", span, format!("`{written}`: exactly then, earlier, or later?"))
        .label("one of `more than`, `less than`, `exactly` is missing")
        .fix("earlier: write `more than`", insert("more than"))
        .fix("later: write `less than`", insert("less than"))
        .fix("on that day: write `exactly`", insert("exactly"))
}

/// `< 30 days ago`
pub(crate) fn compared_ago(span: Span, mend: &str) -> Diagnostic {
    error("S0023", span, "a day is not held against `ago` by a sign")
        .label(format!("write `{mend}`"))
        .fix(format!("write `{mend}`"), replace(span, mend))
}

/// `in the last thirty days`
pub(crate) fn number_word(span: Span, written: &str, count: i64) -> Diagnostic {
    error("S0042", span, format!("write `{}` in digits", written.trim()))
        .label(format!("write {count}"))
        .certain(format!("write {count}"), replace(span, count.to_string()))
}

/// `from A` without `to`
pub(crate) fn missing_to(span: Span) -> Diagnostic {
    error("S0001", span, "`from` has no `to`").label("say where it ends: `from ... to ...`")
}

/// `where ... in the last 30 days`
pub(crate) fn window_after_where(span: Span, written: &str, where_word: Span) -> Diagnostic {
    let edits =
        vec![Edit { span: start_point(where_word), text: format!("{written} ") }, Edit { span, text: String::new() }];
    error("S0035", span, format!("`{written}` stands after `where`, and must stand before it"))
        .label("which days count is said first, then `where`")
        .also(where_word, "put it before this `where`")
        .certain(format!("put `{written}` before `where`"), edits)
}

/// `purchased_at in the last 30 days`
pub(crate) fn window_without_is(span: Span) -> Diagnostic {
    error("S0036", span, "`is` is missing before this")
        .label("a date is tested with `is`")
        .certain("write `is`", vec![Edit { span: start_point(span), text: "is ".to_owned() }])
}

// --------------------------------------------------------------------------------------------------- habits elsewhere

/// `=`, `==`, `!=`, `<>`
pub(crate) fn equality_sign(source: &SourceFile, span: Span, sign: &str, mend: &str) -> Diagnostic {
    error("S0026", span, format!("`{sign}` is written `{mend}`"))
        .label(format!("write `{mend}`"))
        .certain(format!("write `{mend}`"), replace(span, apart(source, span, mend)))
}

/// The words for a place, with a blank on each side that has none there.
fn apart(source: &SourceFile, span: Span, words: &str) -> String {
    let blank_before = source.text.get(..span.start as usize).is_some_and(|text| text.ends_with(char::is_whitespace));
    let blank_after = source.text.get(span.end as usize..).is_some_and(|text| text.starts_with(char::is_whitespace));
    format!("{}{words}{}", if blank_before { "" } else { " " }, if blank_after { "" } else { " " })
}

/// `&&`, `||`
pub(crate) fn joining_sign(source: &SourceFile, span: Span, sign: &str, word: &str) -> Diagnostic {
    error("S0027", span, format!("`{sign}` is written `{word}`"))
        .label(format!("write `{word}`"))
        .certain(format!("write `{word}`"), replace(span, apart(source, span, word)))
}

/// `!x`
pub(crate) fn bang(span: Span) -> Diagnostic {
    error("S0027", span, "`!` is written `not`").label("write `not`").certain("write `not`", replace(span, "not "))
}

/// `=>`, `=<`
pub(crate) fn comparison_sign(span: Span, sign: &str) -> Diagnostic {
    let mend = if sign == "=>" { ">=" } else { "<=" };
    error("S0028", span, format!("`{sign}` is written `{mend}`"))
        .label(format!("write `{mend}`"))
        .certain(format!("write `{mend}`"), replace(span, mend))
}

/// `is at least 5`
pub(crate) fn spoken_comparison(span: Span, written: &str, sign: &str) -> Diagnostic {
    error("S0033", span, format!("`{written}` is written `{sign}`"))
        .label(format!("write `{sign}`"))
        .certain(format!("write `{sign}`"), replace(span, sign))
}

/// `is any of`
pub(crate) fn is_any_of(span: Span, written: &str, mend: &str) -> Diagnostic {
    error("S0034", span, format!("after `is`, `{written}` is written `{mend}`"))
        .label(format!("write `{mend}`"))
        .certain(format!("write `{mend}`"), replace(span, mend))
}

/// `in ("a", "b")`
pub(crate) fn sql_in(span: Span, mend: &str) -> Diagnostic {
    error("S0029", span, "here `in` is written otherwise")
        .label(format!("write `{mend}`"))
        .certain(format!("write `{mend}`"), replace(span, mend))
}

/// `one of ("a", "b")`
pub(crate) fn brackets_around_values(span: Span, inside: &str) -> Diagnostic {
    error("S0029", span, "these values stand without brackets")
        .label("remove the brackets")
        .certain("remove the brackets", replace(span, inside))
}

/// `(a, b)` where one value is asked for
pub(crate) fn several_in_brackets(span: Span) -> Diagnostic {
    error("S0001", span, "between these brackets stands more than one value").label("one value is asked for here")
}

/// `is null`
pub(crate) fn is_null(span: Span, written: &str, mend: &str) -> Diagnostic {
    error("S0030", span, format!("`{written}` is written `missing`"))
        .label(format!("write `{mend}`"))
        .certain(format!("write `{mend}`"), replace(span, mend))
}

/// `like "a%"`
pub(crate) fn like(operator: Span, pattern: Option<Span>, written: Option<&str>, negated: bool) -> Diagnostic {
    let diagnostic = error("S0031", operator, "`like` is written `contains`, `starts with` or `ends with`");
    let Some((pattern, content)) = pattern.zip(written.map(|text| text.trim_matches(['"', '“', '”']))) else {
        return diagnostic.label("write `contains`");
    };
    let inner = content.trim_matches('%');
    if inner.contains(['%', '_']) {
        return diagnostic.label("write `matches` and a pattern");
    }
    let (plain, denied) = match (content.starts_with('%'), content.ends_with('%')) {
        (true, true) => ("contains", "does not contain"),
        (true, false) => ("ends with", "does not end with"),
        (false, true) => ("starts with", "does not start with"),
        (false, false) => ("is", "is not"),
    };
    let mend = if negated { denied } else { plain };
    let edits =
        vec![Edit { span: operator, text: mend.to_owned() }, Edit { span: pattern, text: format!("\"{inner}\"") }];
    diagnostic.label(format!("write `{mend} \"{inner}\"`")).certain(format!("write `{mend} \"{inner}\"`"), edits)
}

/// `between 1 and 5`
pub(crate) fn between(span: Span, place: Span, mend: &str) -> Diagnostic {
    error("S0032", span, "`between` is written `from ... to ...`")
        .label(format!("write `{mend}`"))
        .certain(format!("write `{mend}`"), replace(place, mend))
}

/// `count of purchases`, `less than 3 purchases`
pub(crate) fn aggregate_wording(span: Span, written: &str, mend: &str) -> Diagnostic {
    let written = written.trim();
    error("S0024", span, format!("`{written}` is written `{mend}`"))
        .label(format!("write `{mend}`"))
        .certain(format!("write `{mend}`"), replace(span, mend))
}

/// `includes "a", "b"`
pub(crate) fn includes_several(values: Span) -> Diagnostic {
    let insert = |word: &str| vec![Edit { span: start_point(values), text: format!("{word} of ") }];
    error("S0038", values, "any of these values, or all of them?")
        .label("write `any of` or `all of` before the first")
        .fix("one of them is enough: write `any of`", insert("any"))
        .fix("each of them: write `all of`", insert("all"))
}

/// `does not include all of`
pub(crate) fn does_not_include_all(span: Span) -> Diagnostic {
    error("S0041", span, "this can be read two ways")
        .label("write `includes none of ...` or `not (... includes all of ...)`")
}

// ------------------------------------------------------------------------------------------------- how things combine

/// `a or b and c`
pub(crate) fn mixed_and_or(whole: Span, sign: Span, first: (Span, &str), second: (Span, &str)) -> Diagnostic {
    error("S0131", whole, "\"and\" and \"or\" are mixed here, so it can be read two ways")
        .label("put brackets around the part that belongs together")
        .also(sign, "this `or` stands beside an `and`")
        .note(format!("(a) {}", first.1))
        .note(format!("(b) {}", second.1))
        .fix(format!("(a) {}", first.1), brackets(first.0))
        .fix(format!("(b) {}", second.1), brackets(second.0))
}

/// `a otherwise b > c`
pub(crate) fn otherwise_beside_comparison(side: Span, operator: Span) -> Diagnostic {
    error("S0132", side, "`otherwise` beside a comparison stands in brackets")
        .label("put brackets around this part")
        .also(operator, "this is the comparison")
        .certain("put brackets around it", brackets(side))
}

/// `5 < sum of ... where ...`
pub(crate) fn filter_beside_operator(aggregate: Span, operator: Span, value: bool) -> Diagnostic {
    let what = if value { "a value" } else { "a question" };
    error("S0133", aggregate, format!("{what} with `where` beside an operator stands in brackets"))
        .label("`where` takes all to the end of the line")
        .also(operator, "this is the operator")
        .fix("put brackets around it", brackets(aggregate))
}

/// `sum of ... where a is 1 > 5`
pub(crate) fn comparison_after_where(second: Span, aggregate: Span) -> Diagnostic {
    error("S0133", second, "`where` takes all to the end of the line, this comparison too")
        .label("put brackets around what stands before it")
        .fix("put brackets around the part with `where`", brackets(aggregate))
}

/// `1 < x < 5`
pub(crate) fn chained_comparison(whole: Span, first: Span, second: Span, mends: &[String]) -> Diagnostic {
    let mut diagnostic = error("S0134", second, "two comparisons stand in a row")
        .label(match mends.first() {
            Some(mend) => format!("write `{mend}`"),
            None => "join them with `and`, and say each side again".to_owned(),
        })
        .also(first, "the first one");
    for mend in mends {
        diagnostic = diagnostic.fix(format!("write `{mend}`"), replace(whole, mend.clone()));
    }
    if mends.len() > 1 {
        diagnostic = diagnostic.note("`from ... to ...` includes both ends");
    }
    diagnostic
}

/// A line that starts with `or` in a block of several lines.
pub(crate) fn or_at_line_start(or: Span, line: Span, terms: &[&str], indentation: &str) -> Diagnostic {
    let mut block = "any of {".to_owned();
    for term in terms {
        block.push_str(&format!("\n{indentation}  {term}"));
    }
    block.push_str(&format!("\n{indentation}}}"));
    error("S0135", or, "a line starts with `or`, and the lines of this block must all hold")
        .label("which lines does it join?")
        .note("put what belongs together in a block `any of { ... }`")
        .fix("put these lines in a block `any of`", replace(line, block))
}

/// `a rounded + b`
pub(crate) fn arithmetic_after_rounded(rounded: Span, next: Span) -> Diagnostic {
    error("S0136", next, "`rounded` takes all that stands before it")
        .label("put brackets around the part that is rounded")
        .fix("put brackets around it", brackets(rounded))
}

/// `country is "France" or "Spain"`
pub(crate) fn bare_value_after_or(span: Span, written: &str, mend: Option<(Span, String)>) -> Diagnostic {
    let diagnostic = error("S0039", span, format!("{written} alone asks nothing"));
    match mend {
        Some((whole, mend)) => {
            diagnostic.label(format!("write `{mend}`")).certain(format!("write `{mend}`"), replace(whole, mend))
        }
        None => diagnostic.label("say what it is held against, for instance with `is one of`"),
    }
}

/// `a + not b`
pub(crate) fn misplaced_not(span: Span) -> Diagnostic {
    error("S0041", span, "`not` does not fit here")
        .label("`not` stands before a whole condition")
        .note("to deny a test write `is not`, `does not contain` or `not (...)`")
}

/// `ignoring case` after something that is no text test
pub(crate) fn ignoring_case_of_nothing(span: Span) -> Diagnostic {
    error("S0001", span, "`ignoring case` goes with a test on text only")
        .label("remove it")
        .fix("remove it", replace(span, ""))
}

/// `where` after something that has no rows
pub(crate) fn where_after_no_rows(span: Span, before: &str) -> Diagnostic {
    let before = before.split_whitespace().collect::<Vec<_>>().join(" ");
    error("S0001", span, format!("`where` chooses among rows, and `{before}` has none"))
        .label("`where` follows a question such as `any purchases in the last 30 days`")
}
