//! Declarations: what stands in their heads, and what becomes of those that cannot be read.

use super::{Chunk, Pair, Reader};
use crate::source::Span;
use crate::syntax::messages;
use crate::syntax::scan::{ChunkKind, DECLARATIONS, LexemeKind, is_reserved};
use crate::syntax::tree::{
    BlockKind, Column, DeclarationKind, Expr, ListSource, Part, PartRule, Partition, Quoted, Ranked, Table, TableKind,
    TimeColumn, ValueSet, Word,
};
use segue_grammar::Rule;
use std::sync::Arc;

/// Words of a later release, so that the message can say more than "unknown".
const LATER: &[&str] = &["campaign", "content", "policy"];

impl<'s> Reader<'s> {
    /// One declaration of a file.
    pub(super) fn declaration(&mut self, chunk: &Chunk) -> DeclarationKind {
        let mut kind = chunk.kind;
        if kind == ChunkKind::Unknown {
            match self.announced_by_mistake(chunk) {
                Some(meant) => kind = meant,
                None => return DeclarationKind::Broken { name: self.name_of_broken(chunk) },
            }
        }
        let rule = match kind {
            ChunkKind::Customers => Rule::customers_declaration,
            ChunkKind::Events => Rule::events_declaration,
            ChunkKind::Records => Rule::records_declaration,
            ChunkKind::Table => Rule::table_declaration,
            ChunkKind::Let => Rule::let_declaration,
            ChunkKind::List => Rule::list_declaration,
            ChunkKind::Trait => Rule::trait_declaration,
            ChunkKind::Segment => Rule::segment_declaration,
            ChunkKind::Partition | ChunkKind::Unknown => Rule::partition_declaration,
            ChunkKind::Content => Rule::content_declaration,
            ChunkKind::Score => Rule::score_declaration,
            ChunkKind::Occasion => Rule::occasion_declaration,
            ChunkKind::Test => Rule::test_declaration,
        };
        let pair = match self.read(rule, chunk.start, chunk.end) {
            Ok(pair) => pair,
            Err(at) => {
                let span = Span::new(self.file, chunk.start, chunk.end);
                if !self.take_reported(span) {
                    self.diagnose_broken_head(kind, span, at.unwrap_or(chunk.end));
                }
                return DeclarationKind::Broken { name: self.name_of_broken(chunk) };
            }
        };
        self.build_expressions(&pair);
        match kind {
            ChunkKind::Customers => self.table(pair, TableKind::Customers),
            ChunkKind::Events => self.table(pair, TableKind::Events),
            ChunkKind::Records => self.table(pair, TableKind::Records),
            ChunkKind::Table => self.table(pair, TableKind::Table),
            ChunkKind::Let | ChunkKind::Trait => self.named_value(pair, kind),
            ChunkKind::List => self.list(pair),
            ChunkKind::Segment => self.segment_declaration(pair),
            ChunkKind::Partition | ChunkKind::Unknown => self.partition(pair),
            ChunkKind::Content => self.content(pair),
            ChunkKind::Score => self.score(pair),
            ChunkKind::Occasion => self.occasion(pair),
            ChunkKind::Test => self.test_case(pair),
        }
    }

    /// The name a broken declaration seems to have, so that uses of it stay silent.
    pub(super) fn name_of_broken(&self, chunk: &Chunk) -> Option<Word> {
        let lexemes = self.scan.lexemes.get(chunk.lexemes.clone())?;
        // Where the word that announces is missing, the name comes first.
        let is_first = lexemes.get(1).is_some_and(|second| {
            let text = second.text(&self.source.text);
            chunk.kind == ChunkKind::Unknown && (text.eq_ignore_ascii_case("by") || text.eq_ignore_ascii_case("at"))
        });
        if chunk.kind == ChunkKind::Test {
            return None;
        }
        let at = if chunk.kind == ChunkKind::Customers || is_first { 0 } else { 1 };
        let lexeme = lexemes.get(at).filter(|lexeme| lexeme.kind == LexemeKind::Word)?;
        Some(Word {
            text: Arc::from(lexeme.text(&self.source.text)),
            span: Span::new(self.file, lexeme.start as usize, lexeme.end as usize),
        })
    }

    /// Reports a first word that announces nothing; a misspelt one is read as what was meant.
    fn announced_by_mistake(&mut self, chunk: &Chunk) -> Option<ChunkKind> {
        let whole = Span::new(self.file, chunk.start, chunk.end);
        let lexemes = self.lexemes_in(whole);
        let first = lexemes.first()?;
        let span = Span::new(self.file, first.start as usize, first.end as usize);
        let written = self.source.slice(span);
        let is_word = first.kind == LexemeKind::Word;
        if !is_word || !looks_like_head(lexemes) {
            if !self.take_reported(whole) {
                self.report(messages::stray_line(span, written));
            }
            return None;
        }
        // `purchases by customer_id at time {`: the word before the name is missing.
        let second = lexemes.get(1).map_or("", |second| second.text(&self.source.text)).to_ascii_lowercase();
        if matches!(second.as_str(), "by" | "at") && !is_reserved(written) {
            let has_time = lexemes
                .iter()
                .take_while(|lexeme| lexeme.kind != LexemeKind::OpenBrace)
                .any(|lexeme| lexeme.text(&self.source.text).eq_ignore_ascii_case("at"));
            self.take_reported(whole);
            self.report(messages::missing_declaration_word(span, written, if has_time { "events" } else { "records" }));
            return None;
        }
        if LATER.iter().any(|later| later.eq_ignore_ascii_case(written)) {
            self.take_reported(whole);
            self.report(messages::unknown_declaration(span, written, None));
            return None;
        }
        let lower = written.to_lowercase();
        let synonym = match lower.as_str() {
            "audience" | "segments" | "cohort" => Some(("segment", ChunkKind::Segment)),
            "attribute" | "metric" | "traits" => Some(("trait", ChunkKind::Trait)),
            "event" => Some(("events", ChunkKind::Events)),
            "record" => Some(("records", ChunkKind::Records)),
            "customer" => Some(("customers", ChunkKind::Customers)),
            "const" | "var" | "define" | "set" => Some(("let", ChunkKind::Let)),
            _ => None,
        };
        let nearest = || {
            let by_distance =
                DECLARATIONS.iter().map(|(name, kind)| (strsim::damerau_levenshtein(name, &lower), name, kind));
            let near = by_distance.min_by_key(|(distance, ..)| *distance);
            near.filter(|(distance, name, _)| *distance <= 2 && *distance * 2 < name.len())
                .map(|(_, name, kind)| (*name, *kind))
        };
        let meant = synonym.or_else(nearest);
        self.report(messages::unknown_declaration(span, written, meant.map(|(name, _)| name)));
        let Some((_, kind)) = meant else {
            self.take_reported(whole);
            return None;
        };
        Some(kind)
    }

    /// A declaration's name, mended and reported where it is written as no name can be.
    pub(super) fn declared_name(&mut self, pair: Option<Pair<'_>>, head: Span) -> Word {
        let Some(pair) = pair else { return Word { text: Arc::from(""), span: head.end_point() } };
        let span = self.span(&pair);
        let written = pair.as_str().trim_end();
        if written.contains('-') {
            let mended = written.replace('-', "_");
            self.report(messages::dashed_name(span, written, &mended));
            return Word { text: Arc::from(mended), span };
        }
        if is_reserved(written) {
            self.report(messages::reserved_name(span, written, None));
        }
        Word { text: Arc::from(written), span }
    }

    fn table(&mut self, pair: Pair<'_>, kind: TableKind) -> DeclarationKind {
        let mut head = self.span(&pair);
        let mut name = None;
        let mut by = None;
        let mut at = None;
        let mut fields = Vec::new();
        let mut body = None;
        for inner in pair.into_inner() {
            let span = self.span(&inner);
            match inner.as_rule() {
                Rule::declaration_word => head = span,
                Rule::declared_name => name = Some(self.declared_name(Some(inner), head)),
                Rule::title => self.report(messages::title_of_table(span)),
                Rule::by_column => {
                    if matches!(kind, TableKind::Customers | TableKind::Table) || by.is_some() {
                        self.report(messages::column_does_not_belong(span, "by"));
                    }
                    by = Some(self.by_column(inner));
                }
                Rule::at_column => {
                    if kind != TableKind::Events || at.is_some() {
                        self.report(messages::column_does_not_belong(span, "at"));
                    }
                    at = Some(self.at_column(inner));
                }
                Rule::fields => {
                    body = Some(span);
                    fields = self.fields(inner);
                }
                _ => {}
            }
        }
        if kind == TableKind::Customers {
            if let Some(name) = &name {
                self.report(messages::name_of_customers(name.span));
            }
            name = Some(Word { text: Arc::from("customers"), span: head });
        }
        let name = name.unwrap_or_else(|| {
            let word = self.source.slice(head).to_owned();
            self.report(messages::missing_name(head, &word, None));
            Word { text: Arc::from(""), span: head.end_point() }
        });
        let before_body = body.map_or(head.end_point(), |body| Span { end: body.start, ..body });
        let needs_by = matches!(kind, TableKind::Events | TableKind::Records);
        let needs_at = kind == TableKind::Events;
        let missing_by = needs_by && by.is_none();
        let missing_at = needs_at && at.is_none();
        if missing_by || missing_at {
            self.report(messages::missing_columns(
                name.span,
                self.source.slice(name.span),
                missing_by,
                missing_at,
                before_body,
            ));
        }
        DeclarationKind::Table(Table { kind, name, by, at, fields })
    }

    fn by_column(&mut self, pair: Pair<'_>) -> Column {
        let span = self.span(&pair);
        let mut column = Column { name: Word { text: Arc::from(""), span }, from: None };
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::word => column.name = self.column_name(&inner),
                Rule::quoted => column.from = Some(self.quoted(inner)),
                _ => {}
            }
        }
        column
    }

    fn column_name(&mut self, pair: &Pair<'_>) -> Word {
        let word = self.word(pair);
        if is_reserved(&word.text) {
            self.report(messages::reserved_name(word.span, &word.text, None));
        }
        word
    }

    fn at_column(&mut self, pair: Pair<'_>) -> TimeColumn {
        let span = self.span(&pair);
        let mut column = Column { name: Word { text: Arc::from(""), span }, from: None };
        let mut only_date = false;
        let mut zone = None;
        let mut named = false;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::word if !named => {
                    named = true;
                    column.name = self.column_name(&inner);
                }
                Rule::word => match inner.as_str().to_ascii_lowercase().as_str() {
                    "date" => only_date = true,
                    "datetime" => {}
                    _ => {
                        let at = self.span(&inner);
                        self.report(messages::time_column_kind(at, inner.as_str()));
                    }
                },
                Rule::in_zone => zone = self.quoted_within(inner),
                Rule::from_column => column.from = self.quoted_within(inner),
                _ => {}
            }
        }
        if let (true, Some(zone)) = (only_date, &zone) {
            self.report(messages::zone_of_a_date(zone.span));
        }
        TimeColumn { column, only_date, zone }
    }

    pub(super) fn quoted_within(&mut self, pair: Pair<'_>) -> Option<Quoted> {
        let quoted = pair.into_inner().find(|inner| inner.as_rule() == Rule::quoted)?;
        Some(self.quoted(quoted))
    }

    fn named_value(&mut self, pair: Pair<'_>, kind: ChunkKind) -> DeclarationKind {
        let mut name = Word { text: Arc::from(""), span: self.span(&pair) };
        let mut title = None;
        let mut value = None;
        let mut before_value = name.span.end_point();
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::declared_name => name = self.declared_name(Some(inner), before_value),
                Rule::of_table => {
                    let span = self.span(&inner);
                    self.report(messages::only_segments_of_tables(span, "trait"));
                    return DeclarationKind::Broken { name: Some(name) };
                }
                Rule::title => title = self.title(inner),
                Rule::expression | Rule::broken => {
                    before_value = self.span(&inner);
                    value = Some(self.take(&inner).0);
                }
                _ => {}
            }
        }
        self.check_equals_sign(title.as_ref().map_or(name.span, |title: &Quoted| title.span), before_value);
        let value = value.unwrap_or_else(|| self.error_node(before_value));
        match kind {
            ChunkKind::Let => DeclarationKind::Let { name, value },
            _ => DeclarationKind::Trait { name, title, value },
        }
    }

    /// Reports `trait x : ...` and `let x is ...`.
    pub(super) fn check_equals_sign(&mut self, before: Span, after: Span) {
        let between = Span { start: before.end, end: after.start, ..after };
        let mut signs = self.lexemes_in(between).iter();
        let Some(sign) = signs.find(|lexeme| lexeme.kind != LexemeKind::NewLine) else { return };
        let span = Span::new(self.file, sign.start as usize, sign.end as usize);
        if self.source.slice(span) != "=" {
            self.report(messages::equals_sign(span, self.source.slice(span)));
        }
    }

    pub(super) fn title(&mut self, pair: Pair<'_>) -> Option<Quoted> {
        self.quoted_within(pair)
    }

    fn list(&mut self, pair: Pair<'_>) -> DeclarationKind {
        let whole = self.span(&pair);
        let mut name = Word { text: Arc::from(""), span: whole };
        let mut source = ListSource::Values(Vec::new());
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::declared_name => name = self.declared_name(Some(inner), whole),
                Rule::quoted => source = ListSource::File(self.quoted(inner)),
                Rule::quoted_list => {
                    let span = self.span(&inner);
                    self.check_equals_sign(name.span, span);
                    if let Some(values) = inner.into_inner().next()
                        && let ValueSet::Values { values, .. } = self.value_set(values)
                    {
                        source = ListSource::Values(values);
                    }
                }
                _ => {}
            }
        }
        self.take_reported(whole);
        DeclarationKind::List { name, source }
    }

    pub(super) fn head_of(&mut self, pair: &Pair<'_>) -> (Word, Option<Quoted>) {
        let mut head = self.span(pair);
        let mut name = None;
        let mut title = None;
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::declaration_word => head = self.span(&inner),
                Rule::declared_name => name = Some(self.declared_name(Some(inner), head)),
                Rule::title => title = self.title(inner),
                Rule::of_table if pair.as_rule() != Rule::segment_declaration => {
                    let (span, word) = (self.span(&inner), self.source.slice(head).to_owned());
                    self.report(messages::only_segments_of_tables(span, &word));
                }
                _ => {}
            }
        }
        let name = name.unwrap_or_else(|| {
            let word = self.source.slice(head).to_owned();
            let title = title.as_ref().map(|title: &Quoted| title.text.to_string());
            self.report(messages::missing_name(head, &word, title.as_deref()));
            Word { text: Arc::from(""), span: head.end_point() }
        });
        (name, title)
    }

    fn segment_declaration(&mut self, pair: Pair<'_>) -> DeclarationKind {
        let (name, title) = self.head_of(&pair);
        let mut of = None;
        let mut lines: Vec<Expr> = Vec::new();
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::of_table => of = inner.into_inner().last().map(|table| self.word(&table)),
                Rule::lines => lines = self.lines(inner, BlockKind::All).0,
                _ => {}
            }
        }
        DeclarationKind::Segment { name, of, title, lines }
    }

    fn partition(&mut self, pair: Pair<'_>) -> DeclarationKind {
        let (name, title) = self.head_of(&pair);
        let whole = self.span(&pair);
        let mut parts = Vec::new();
        let (mut by, mut among) = (None, None);
        let (mut unread, mut of_table) = (false, false);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                // A message was given with the head.
                Rule::of_table => of_table = true,
                Rule::ranked => by = Some(self.take(&inner).0),
                Rule::among => among = self.among(inner),
                Rule::part => match self.part(inner) {
                    Some(part) => parts.push(part),
                    None => unread = true,
                },
                // A message was given when the expressions were built.
                Rule::broken => {
                    unread = true;
                    self.take(&inner);
                }
                _ => {}
            }
        }
        if of_table || parts.is_empty() && (unread || self.take_reported(whole)) {
            return DeclarationKind::Broken { name: Some(name) };
        }
        let by = by.map(|value| Ranked { value, among });
        DeclarationKind::Partition { name, title, body: Partition { by, parts } }
    }

    /// `None` where its rule cannot be read, about which a message was given.
    fn part(&mut self, pair: Pair<'_>) -> Option<Part> {
        let span = self.span(&pair);
        let mut name = Word { text: Arc::from(""), span };
        let mut title = None;
        let mut rule = PartRule::Otherwise;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::declared_name => name = self.declared_name(Some(inner), span),
                Rule::title => title = self.title(inner),
                Rule::ranked_part => rule = self.ranked_part(inner)?,
                Rule::expression | Rule::broken => rule = PartRule::Condition(self.take(&inner).0),
                _ => {}
            }
        }
        Some(Part { name, title, rule, span })
    }
}

/// Whether the words look like a declaration's first line: a word, a name, and `{`, `=`, a title, `by` or `from`; or a
/// word and a brace.
fn looks_like_head(lexemes: &[crate::syntax::scan::Lexeme]) -> bool {
    let kind = |at: usize| lexemes.get(at).map(|lexeme| lexeme.kind);
    match kind(1) {
        Some(LexemeKind::OpenBrace | LexemeKind::Text) => true,
        Some(LexemeKind::Word) => matches!(
            kind(2),
            Some(
                LexemeKind::OpenBrace
                    | LexemeKind::Sign
                    | LexemeKind::Text
                    | LexemeKind::Word
                    | LexemeKind::UnclosedText
            )
        ),
        _ => false,
    }
}
