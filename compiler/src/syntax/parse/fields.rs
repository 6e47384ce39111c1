//! Fields of tables and the types written behind their names.

use super::{Pair, Reader};
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::scan::is_reserved;
use crate::syntax::tree::{Field, FieldKind, Label, Quoted, TypeRef, TypeRefKind, Word};
use segue_grammar::Rule;
use std::sync::Arc;

/// What may stand behind a type.
#[derive(Default)]
struct Attributes {
    optional: bool,
    table: Option<Word>,
    from: Option<Quoted>,
    bits: Option<Span>,
    labels: Vec<(Label, Span)>,
}

impl Reader<'_> {
    /// The fields between braces.
    pub(super) fn fields(&mut self, pair: Pair<'_>) -> Vec<Field> {
        let whole = self.span(&pair);
        let mut fields = Vec::new();
        let mut commas = Vec::new();
        for inner in pair.into_inner() {
            let span = self.span(&inner);
            match inner.as_rule() {
                Rule::field => fields.push(self.field(inner)),
                Rule::broken_field => {
                    if !self.take_reported(span) {
                        self.diagnose_broken_field(span);
                    }
                    let name = self.first_word(span);
                    fields.push(Field { id: self.ids.fresh(), span, key: false, name, kind: FieldKind::Error });
                }
                Rule::comma_mistake => commas.push(span),
                _ => {}
            }
        }
        if !commas.is_empty() {
            self.report(messages::commas_between_fields(self.source, &commas));
        }
        // Of braces about which a message was given nobody says that a key is missing between them.
        if fields.is_empty() && self.take_reported(whole) {
            let name = Word { text: Arc::from(""), span: whole };
            fields.push(Field { id: self.ids.fresh(), span: whole, key: false, name, kind: FieldKind::Error });
        }
        fields
    }

    fn first_word(&self, span: Span) -> Word {
        use crate::syntax::scan::LexemeKind;
        let mut words = self.lexemes_in(span).iter().filter(|lexeme| lexeme.kind == LexemeKind::Word);
        let first = words.next();
        let word = match first {
            Some(first) if first.text(&self.source.text).eq_ignore_ascii_case("key") => words.next().or(Some(first)),
            other => other,
        };
        match word {
            Some(word) => Word {
                text: Arc::from(word.text(&self.source.text)),
                span: Span::new(self.file, word.start as usize, word.end as usize),
            },
            None => Word { text: Arc::from(""), span },
        }
    }

    fn field(&mut self, pair: Pair<'_>) -> Field {
        let id = self.ids.fresh();
        let span = self.span(&pair);
        let mut key = false;
        let mut name = Word { text: Arc::from(""), span };
        let mut name_in_data = None;
        let mut kind = FieldKind::Error;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::key_mark => key = true,
                Rule::field_name => (name, name_in_data) = self.field_name(inner),
                Rule::stored => kind = self.stored(inner),
                Rule::computed => {
                    let expression = inner.into_inner().next();
                    let value = expression.map(|expression| self.take(&expression).0);
                    kind = value.map_or(FieldKind::Error, |value| FieldKind::Computed { value });
                }
                _ => {}
            }
        }
        if let Some((at, written)) = name_in_data {
            let has_from = matches!(kind, FieldKind::Stored { from: Some(_), .. });
            let type_end = match &kind {
                FieldKind::Stored { ty, .. } => Some(ty.span.end_point()),
                _ => None,
            };
            let place = type_end.filter(|_| !has_from);
            if is_reserved(&written)
                || written.contains(|character: char| !(character.is_alphanumeric() || character == '_'))
            {
                self.report(messages::field_name(at, &written, place));
            }
        }
        Field { id, span, key, name, kind }
    }

    /// A field's name; with its place and text where it is no name a field can have.
    fn field_name(&mut self, pair: Pair<'_>) -> (Word, Option<(Span, String)>) {
        let span = self.span(&pair);
        let Some(inner) = pair.into_inner().next() else { return (Word { text: Arc::from(""), span }, None) };
        if inner.as_rule() == Rule::word {
            let word = self.word(&inner);
            let reserved = is_reserved(&word.text).then(|| (span, word.text.to_string()));
            return (word, reserved);
        }
        let quoted = self.quoted(inner);
        let name = messages::name_of_column(&quoted.text);
        // Quotes around what could be a name are a mistake all the same.
        let written = if quoted.text.as_ref() == name { format!("{} ", quoted.text) } else { quoted.text.to_string() };
        (Word { text: Arc::from(name), span }, Some((span, written)))
    }

    fn stored(&mut self, pair: Pair<'_>) -> FieldKind {
        let whole = self.span(&pair);
        let mut attributes = Attributes::default();
        let mut written = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::type_phrase => written = Some(inner),
                _ => self.attribute(inner, &mut attributes),
            }
        }
        let Attributes { optional, table, from, bits, labels } = attributes;
        let mut ty = match written {
            Some(phrase) => self.type_phrase(phrase),
            None => TypeRef { span: whole, kind: TypeRefKind::Error },
        };
        if let Some(table) = table {
            let end = table.span;
            match innermost(&mut ty) {
                TypeRefKind::Id { table: place @ None } => *place = Some(table),
                _ => self.report(messages::arrow_without_id(end, &table.text)),
            }
            if !optional {
                ty.span = ty.span.to(end);
            }
        }
        if let Some(at) = bits {
            match &mut ty.kind {
                TypeRefKind::List { bits, .. } => *bits = true,
                _ => self.report(messages::bits_without_list(at)),
            }
        }
        FieldKind::Stored { ty, optional, from, labels }
    }

    fn attribute(&mut self, pair: Pair<'_>, attributes: &mut Attributes) {
        let span = self.span(&pair);
        let written = self.source.slice(span).to_owned();
        let twice = match pair.as_rule() {
            Rule::optional_mark => std::mem::replace(&mut attributes.optional, true),
            Rule::arrow => {
                let word = pair.into_inner().find(|inner| inner.as_rule() == Rule::word);
                let word = word.map(|word| self.word(&word));
                std::mem::replace(&mut attributes.table, word).is_some()
            }
            Rule::from_column => {
                let from = self.quoted_within(pair);
                std::mem::replace(&mut attributes.from, from).is_some()
            }
            Rule::as_bits => attributes.bits.replace(span).is_some(),
            _ => {
                let label = match written.to_ascii_lowercase().as_str() {
                    "personal" => Label::Personal,
                    "protected" => Label::Protected,
                    _ => Label::Consent,
                };
                let twice = attributes.labels.iter().any(|(other, _)| *other == label);
                attributes.labels.push((label, span));
                twice
            }
        };
        if twice {
            self.report(messages::said_twice(span, &written));
        }
    }

    fn type_phrase(&mut self, pair: Pair<'_>) -> TypeRef {
        let span = self.span(&pair);
        let mut lists = Vec::new();
        let mut found = TypeRef { span, kind: TypeRefKind::Error };
        for inner in pair.into_inner() {
            if inner.as_rule() == Rule::list_of {
                lists.push(self.span(&inner));
            } else {
                found = self.plain_type(inner, !lists.is_empty());
            }
        }
        if matches!(found.kind, TypeRefKind::Records(_)) {
            // `list of { ... }` is one thing; a second `list of` around it is not.
            let innermost = lists.pop();
            if let Some(start) = innermost {
                found.span = start.to(found.span);
            }
        }
        if lists.len() > 1 || (!lists.is_empty() && matches!(found.kind, TypeRefKind::Records(_))) {
            self.report(messages::list_of_lists(span));
            return TypeRef { span, kind: TypeRefKind::Error };
        }
        match lists.pop() {
            Some(start) => {
                TypeRef { span: start.to(found.span), kind: TypeRefKind::List { of: Box::new(found), bits: false } }
            }
            None => found,
        }
    }

    fn plain_type(&mut self, pair: Pair<'_>, in_list: bool) -> TypeRef {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        let kind = match rule {
            Rule::one_of_type => {
                let listed: Vec<Pair<'_>> = pair.into_inner().filter(|inner| inner.as_rule() == Rule::listed).collect();
                TypeRefKind::OneOf(listed.into_iter().map(|listed| self.listed(listed)).collect())
            }
            Rule::one_of_mistake => {
                self.report(messages::missing_one_of(span));
                let listed: Vec<Pair<'_>> = pair.into_inner().filter(|inner| inner.as_rule() == Rule::listed).collect();
                TypeRefKind::OneOf(listed.into_iter().map(|listed| self.listed(listed)).collect())
            }
            Rule::money_type => {
                let currency = pair.into_inner().find(|inner| inner.as_rule() == Rule::currency);
                TypeRefKind::Money(currency.map(|currency| {
                    let word = self.word(&currency);
                    Word { text: Arc::from(word.text.to_uppercase()), ..word }
                }))
            }
            Rule::percent_type => {
                let number = pair.into_inner().find(|inner| inner.as_rule() == Rule::plain_number);
                match number.map(|number| number.as_str().to_owned()).as_deref() {
                    Some("45") => TypeRefKind::Percent { hundred: Some(true) },
                    Some("0.45") => TypeRefKind::Percent { hundred: Some(false) },
                    _ => {
                        self.report(messages::percent_as(span));
                        TypeRefKind::Error
                    }
                }
            }
            Rule::datetime_type => match self.quoted_within(pair) {
                Some(zone) => TypeRefKind::DatetimeIn(zone),
                None => TypeRefKind::Error,
            },
            Rule::fields => {
                let fields = self.fields(pair);
                if !in_list {
                    self.report(messages::records_without_list(span));
                }
                TypeRefKind::Records(fields)
            }
            _ => self.named_type(&pair),
        };
        TypeRef { span, kind }
    }

    fn named_type(&mut self, pair: &Pair<'_>) -> TypeRefKind {
        let word = self.word(pair);
        match word.text.to_ascii_lowercase().as_str() {
            "id" => TypeRefKind::Id { table: None },
            "percent" => TypeRefKind::Percent { hundred: None },
            _ => TypeRefKind::Named(word),
        }
    }

    fn listed(&mut self, pair: Pair<'_>) -> Quoted {
        let span = self.span(&pair);
        match pair.into_inner().next() {
            Some(inner) if inner.as_rule() == Rule::quoted => self.quoted(inner),
            Some(inner) => Quoted { text: Arc::from(inner.as_str().trim_end()), span },
            None => Quoted { text: Arc::from(""), span },
        }
    }
}

/// The type of a list's elements, or the type itself.
fn innermost(ty: &mut TypeRef) -> &mut TypeRefKind {
    match &mut ty.kind {
        TypeRefKind::List { of, .. } => &mut of.kind,
        kind => kind,
    }
}
