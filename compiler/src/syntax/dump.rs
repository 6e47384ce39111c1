//! The tree as text, for snapshots: one node a line would be too long, so a compact form with every part named.

use super::tree::{
    Aggregate, AggregateOperator, AskedOfBase, ClaimForm, Column, Day, DayKind, Declaration, DeclarationKind,
    Different, Expr, ExprKind, Field, FieldKind, File, GivenRow, GivenValue, IsTest, ListSource, Literal, PartRule,
    Path, Piece, Quoted, Ranked, Score, ScoreWhat, Sign, Template, TestCase, TestLine, TypeRef, TypeRefKind, ValueSet,
    Window, WindowKind, Word,
};
use std::fmt::Write;

/// The tree of a file, ids and spans left out: equal text means equal meaning.
pub fn dump_file(file: &File) -> String {
    let mut dump = Dump { text: String::new(), depth: 0 };
    for declaration in &file.declarations {
        dump.declaration(declaration);
    }
    dump.text
}

/// The tree of one expression.
pub fn dump_expression(expression: &Expr) -> String {
    let mut dump = Dump { text: String::new(), depth: 0 };
    dump.expression(expression);
    dump.text
}

struct Dump {
    text: String,
    depth: usize,
}

impl Dump {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn debug(&mut self, value: &impl std::fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{value:?}");
    }

    fn line(&mut self) {
        self.text.push('\n');
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
    }

    fn word(&mut self, word: &Word) {
        self.put(&word.text);
    }

    fn quoted(&mut self, quoted: &Quoted) {
        self.debug(&quoted.text);
    }

    fn title(&mut self, title: Option<&Quoted>) {
        if let Some(title) = title {
            self.put(" ");
            self.quoted(title);
        }
    }

    fn declaration(&mut self, declaration: &Declaration) {
        if let Some(documentation) = &declaration.documentation {
            self.put("doc ");
            self.debug(documentation);
            self.put("\n");
        }
        match &declaration.kind {
            DeclarationKind::Table(table) => {
                self.debug(&table.kind);
                self.put(" ");
                self.word(&table.name);
                if let Some(by) = &table.by {
                    self.put(" by ");
                    self.column(by);
                }
                if let Some(at) = &table.at {
                    self.put(" at ");
                    self.column(&at.column);
                    if at.only_date {
                        self.put(" date");
                    }
                    if let Some(zone) = &at.zone {
                        self.put(" in ");
                        self.quoted(zone);
                    }
                }
                self.fields(&table.fields);
            }
            DeclarationKind::Let { name, value } => {
                self.put("Let ");
                self.word(name);
                self.put(" = ");
                self.expression(value);
            }
            DeclarationKind::List { name, source } => {
                self.put("List ");
                self.word(name);
                match source {
                    ListSource::File(file) => {
                        self.put(" from ");
                        self.quoted(file);
                    }
                    ListSource::Values(values) => {
                        self.put(" = ");
                        self.several(values);
                    }
                }
            }
            DeclarationKind::Trait { name, title, value } => {
                self.put("Trait ");
                self.word(name);
                self.title(title.as_ref());
                self.put(" = ");
                self.expression(value);
            }
            DeclarationKind::Segment { name, of, title, lines } => {
                self.put("Segment ");
                self.word(name);
                if let Some(table) = of {
                    self.put(" of ");
                    self.word(table);
                }
                self.title(title.as_ref());
                self.lines(lines);
            }
            DeclarationKind::Partition { name, title, body } => {
                self.put("Partition ");
                self.word(name);
                self.title(title.as_ref());
                self.depth += 1;
                if let Some(by) = &body.by {
                    self.put(" by ");
                    self.ranked(by);
                }
                for part in &body.parts {
                    self.line();
                    self.word(&part.name);
                    self.title(part.title.as_ref());
                    self.put(" : ");
                    match &part.rule {
                        PartRule::Condition(condition) => self.expression(condition),
                        PartRule::Otherwise => self.put("otherwise"),
                        PartRule::Ranked { is_next, extent, .. } => {
                            self.put(if *is_next { "next " } else { "top " });
                            self.literal(&extent.value);
                        }
                    }
                }
                self.depth -= 1;
            }
            DeclarationKind::Content { name, title, choices } => {
                self.put("Content ");
                self.word(name);
                self.title(title.as_ref());
                self.depth += 1;
                for choice in choices {
                    self.line();
                    match &choice.condition {
                        Some(condition) => self.expression(condition),
                        None => self.put("otherwise"),
                    }
                    self.put(" : ");
                    self.template(&choice.text);
                }
                self.depth -= 1;
            }
            DeclarationKind::Score { name, title, value } => {
                self.put("Score ");
                self.word(name);
                self.title(title.as_ref());
                self.expression(value);
            }
            DeclarationKind::Occasion { name, title, occasion } => {
                self.put("Occasion ");
                self.word(name);
                self.title(title.as_ref());
                self.put(" = ");
                for (at, days) in occasion.days.iter().enumerate() {
                    if at > 0 {
                        self.put(", ");
                    }
                    match &days.to {
                        Some(to) => {
                            self.put("from ");
                            self.day(&days.from);
                            self.put(" to ");
                            self.day(to);
                        }
                        None => self.day(&days.from),
                    }
                }
            }
            DeclarationKind::Test(test) => self.test_case(test),
            DeclarationKind::Broken { name } => {
                self.put("Broken");
                if let Some(name) = name {
                    self.put(" ");
                    self.word(name);
                }
            }
        }
        self.put("\n");
    }

    fn column(&mut self, column: &Column) {
        self.word(&column.name);
        self.title_from(column.from.as_ref());
    }

    fn template(&mut self, template: &Template) {
        for piece in &template.pieces {
            match piece {
                Piece::Text(text) => self.debug(text),
                Piece::Hole(hole) => {
                    self.put("{");
                    self.expression(&hole.value);
                    for (word, quoted) in [(" as ", &hole.format), (" otherwise ", &hole.fallback)] {
                        if let Some(quoted) = quoted {
                            self.put(word);
                            self.quoted(quoted);
                        }
                    }
                    self.put("}");
                }
            }
        }
    }

    fn title_from(&mut self, from: Option<&Quoted>) {
        if let Some(from) = from {
            self.put(" from ");
            self.quoted(from);
        }
    }

    fn fields(&mut self, fields: &[Field]) {
        self.depth += 1;
        for field in fields {
            self.line();
            if field.key {
                self.put("key ");
            }
            self.word(&field.name);
            match &field.kind {
                FieldKind::Stored { ty, optional, from, labels } => {
                    self.put(" : ");
                    self.ty(ty);
                    if *optional {
                        self.put(" ?");
                    }
                    self.title_from(from.as_ref());
                    for (label, _) in labels {
                        self.put(" ");
                        self.debug(label);
                    }
                }
                FieldKind::Computed { value } => {
                    self.put(" = ");
                    self.expression(value);
                }
                FieldKind::Error => self.put(" ERROR"),
            }
        }
        self.depth -= 1;
    }

    fn ty(&mut self, ty: &TypeRef) {
        match &ty.kind {
            TypeRefKind::Named(word) => self.word(word),
            TypeRefKind::DatetimeIn(zone) => {
                self.put("datetime in ");
                self.quoted(zone);
            }
            TypeRefKind::Money(currency) => {
                self.put("money");
                if let Some(currency) = currency {
                    self.put(" ");
                    self.word(currency);
                }
            }
            TypeRefKind::Percent { hundred } => {
                self.put("percent ");
                self.debug(hundred);
            }
            TypeRefKind::OneOf(values) => {
                self.put("one of");
                for value in values {
                    self.put(" ");
                    self.quoted(value);
                }
            }
            TypeRefKind::Id { table } => {
                self.put("id");
                if let Some(table) = table {
                    self.put(" -> ");
                    self.word(table);
                }
            }
            TypeRefKind::List { of, bits } => {
                self.put(if *bits { "list as bits of " } else { "list of " });
                self.ty(of);
            }
            TypeRefKind::Records(fields) => {
                self.put("records");
                self.fields(fields);
            }
            TypeRefKind::Error => self.put("ERROR"),
        }
    }

    fn test_case(&mut self, test: &TestCase) {
        self.put("Test ");
        self.quoted(&test.title);
        if let Some(as_of) = &test.as_of {
            self.put(" as of ");
            self.expression(as_of);
        }
        self.depth += 1;
        for line in &test.lines {
            self.line();
            let (words, claim) = match line {
                TestLine::Rows(given) => {
                    self.put("rows of ");
                    let is_customer = given.table.text.eq_ignore_ascii_case("customer");
                    self.put(if is_customer { "customer" } else { &given.table.text });
                    given.rows.iter().for_each(|row| self.given_row(row));
                    continue;
                }
                TestLine::Fact(claim) => ("given", claim),
                TestLine::Expect(claim) => ("expect", claim),
            };
            self.put(words);
            self.put(if claim.form == ClaimForm::Membership { " in " } else { " " });
            self.expression(&claim.condition);
        }
        self.depth -= 1;
    }

    fn given_row(&mut self, row: &GivenRow) {
        self.put(" {");
        for field in &row.fields {
            self.put(" ");
            self.word(&field.name);
            self.put(": ");
            self.given_value(&field.value);
        }
        self.put(" }");
    }

    fn given_value(&mut self, value: &GivenValue) {
        match value {
            GivenValue::Missing(_) => self.put("missing"),
            GivenValue::Ago(amount, _) => self.put(&format!("{} ago", super::amount_text(*amount))),
            GivenValue::Value(value) => self.expression(value),
            GivenValue::Row(row) => self.given_row(row),
            GivenValue::List(items, _) => {
                self.put("[");
                for item in items {
                    self.put(" ");
                    self.given_value(item);
                }
                self.put(" ]");
            }
        }
    }

    fn lines(&mut self, lines: &[Expr]) {
        self.depth += 1;
        for line in lines {
            self.line();
            self.expression(line);
        }
        self.depth -= 1;
    }

    fn several(&mut self, expressions: &[Expr]) {
        self.put("[");
        for (at, expression) in expressions.iter().enumerate() {
            if at > 0 {
                self.put(", ");
            }
            self.expression(expression);
        }
        self.put("]");
    }

    fn named(&mut self, name: &str, expressions: &[&Expr]) {
        self.put(name);
        self.put("(");
        for (at, expression) in expressions.iter().enumerate() {
            if at > 0 {
                self.put(", ");
            }
            self.expression(expression);
        }
        self.put(")");
    }

    fn path(&mut self, path: &Path) {
        for (at, word) in path.words.iter().enumerate() {
            if at > 0 {
                self.put(".");
            }
            self.word(word);
        }
    }

    fn expression(&mut self, expression: &Expr) {
        match &expression.kind {
            ExprKind::Error => self.put("ERROR"),
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Name(path) => self.path(path),
            ExprKind::Moment(moment) => self.debug(moment),
            ExprKind::Bracketed(inner) => self.named("", &[inner]),
            ExprKind::Negate(inner) => self.named("negate", &[inner]),
            ExprKind::Sum(terms) => {
                self.put("sum(");
                for (at, (sign, term)) in terms.iter().enumerate() {
                    self.put(if at == 0 {
                        ""
                    } else if *sign == Sign::Plus {
                        " + "
                    } else {
                        " - "
                    });
                    self.expression(term);
                }
                self.put(")");
            }
            ExprKind::Product(factors) => {
                self.put("product(");
                for (at, (factor, term)) in factors.iter().enumerate() {
                    let sign = if *factor == super::tree::Factor::Times { " * " } else { " / " };
                    self.put(if at == 0 { "" } else { sign });
                    self.expression(term);
                }
                self.put(")");
            }
            ExprKind::Otherwise(terms) => self.list_of("otherwise", terms),
            ExprKind::Call { function, shape, argument } => {
                self.put(&function.text.to_lowercase());
                self.put(" ");
                self.debug(shape);
                self.named("", &[argument]);
            }
            ExprKind::Rounded { value, direction, decimals } => {
                self.put("rounded ");
                self.debug(direction);
                self.debug(&decimals.map(|(count, _)| count));
                self.named("", &[value]);
            }
            ExprKind::Compare { left, operator, right, ignoring_case, .. } => {
                self.debug(operator);
                self.ignoring(*ignoring_case);
                self.named("", &[left, right]);
            }
            ExprKind::Range { value, from, to } => self.named("range", &[value, from, to]),
            ExprKind::Is { left, negated, test, ignoring_case } => self.is(left, *negated, test, *ignoring_case),
            ExprKind::Text { left, test, negated, right, ignoring_case } => {
                self.put(if *negated { "not " } else { "" });
                self.debug(test);
                self.ignoring(*ignoring_case);
                self.named("", &[left, right]);
            }
            ExprKind::Includes { left, quantifier, values, ignoring_case } => {
                self.put("includes ");
                self.debug(quantifier);
                self.ignoring(*ignoring_case);
                self.named("", &[left]);
                self.values(values);
            }
            ExprKind::Point(latitude, longitude) => self.named("point", &[latitude, longitude]),
            ExprKind::Within { left, reach, of, .. } => {
                self.put(&format!("within {reach} m"));
                self.named("", &[left, of]);
            }
            ExprKind::InBox { left, corners, .. } => {
                let [south_west, north_east] = corners.as_ref();
                self.named("within box", &[left, south_west, north_east]);
            }
            ExprKind::Not(inner) => self.named("not", &[inner]),
            ExprKind::And(terms) => self.list_of("and", terms),
            ExprKind::Or(terms) => self.list_of("or", terms),
            ExprKind::Block { kind, lines } => {
                self.put("block ");
                self.debug(kind);
                self.lines(lines);
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate),
            ExprKind::Score(score) => self.score(score),
            ExprKind::OverBase(question) => {
                self.over_base(&question.asked);
                self.ranked(&question.ranked);
            }
            ExprKind::InShare(share) => {
                self.put(if share.negated { "not in share " } else { "in share " });
                self.literal(&share.from.0);
                self.put(" to ");
                self.literal(&share.to.0);
                self.put(" of ");
                self.debug(&share.salt.text);
            }
        }
    }

    fn over_base(&mut self, asked: &AskedOfBase) {
        match asked {
            AskedOfBase::Group { groups } => {
                self.put("group of ");
                self.debug(groups);
            }
            AskedOfBase::Average => self.put("average over base"),
            AskedOfBase::Median => self.put("median over base"),
            AskedOfBase::Deviation => self.put("deviation over base"),
            AskedOfBase::Percentile { rank, .. } => {
                self.put("percentile over base ");
                self.literal(rank);
            }
            AskedOfBase::Foremost { end, extent, negated } => {
                self.put(if *negated { "not in " } else { "in " });
                self.debug(end);
                self.put(" ");
                self.literal(&extent.value);
            }
        }
    }

    fn ranked(&mut self, ranked: &Ranked) {
        if let Some(among) = &ranked.among {
            self.put(" among ");
            self.word(among);
        }
        self.named("", &[&ranked.value]);
    }

    fn score(&mut self, score: &Score) {
        if let Some((low, high)) = &score.range {
            self.put(" from ");
            self.literal(&low.value);
            self.put(" to ");
            self.literal(&high.value);
        }
        self.depth += 1;
        for line in &score.lines {
            self.line();
            self.literal(&line.points.value);
            let asked = match &line.what {
                ScoreWhat::If(condition) => {
                    self.put(" if ");
                    condition
                }
                ScoreWhat::Each(rows) => {
                    self.put(" each ");
                    rows
                }
            };
            self.expression(asked);
            if let Some(cap) = &line.cap {
                self.put(" up to ");
                self.literal(&cap.points.value);
            }
        }
        self.depth -= 1;
    }

    fn list_of(&mut self, name: &str, terms: &[Expr]) {
        let terms: Vec<&Expr> = terms.iter().collect();
        self.named(name, &terms);
    }

    fn ignoring(&mut self, ignoring_case: bool) {
        if ignoring_case {
            self.put(" ignoring case");
        }
    }

    fn is(&mut self, left: &Expr, negated: bool, test: &IsTest, ignoring_case: bool) {
        self.put(if negated { "is not" } else { "is" });
        self.ignoring(ignoring_case);
        match test {
            IsTest::Value(right) => self.named("", &[left, right]),
            IsTest::OneOf(values) => {
                self.put(" one of");
                self.named("", &[left]);
                self.values(values);
            }
            IsTest::Missing => self.named(" missing", &[left]),
            IsTest::Known => self.named(" known", &[left]),
            IsTest::Empty => self.named(" empty", &[left]),
            IsTest::Windows(windows) => {
                self.named("", &[left]);
                self.windows(windows);
            }
        }
    }

    fn values(&mut self, values: &ValueSet) {
        match values {
            ValueSet::Values { values, .. } => self.several(values),
            ValueSet::List(name) => {
                self.put("[list ");
                self.word(name);
                self.put("]");
            }
        }
    }

    fn literal(&mut self, literal: &Literal) {
        match literal {
            Literal::Integer(value) => self.debug(value),
            Literal::Number(value) => self.debug(value),
            Literal::Money { units, currency } => {
                self.debug(units);
                self.put("/10000 ");
                self.word(currency);
            }
            Literal::Percent(value) => {
                self.put("percent ");
                self.debug(value);
            }
            Literal::Text(text) => self.debug(text),
            Literal::Boolean(value) => self.debug(value),
            Literal::Date(day) => {
                self.put("day ");
                self.debug(day);
            }
            Literal::Datetime(time) => self.debug(time),
            Literal::Clock(seconds) => {
                self.put("clock ");
                self.debug(seconds);
            }
            Literal::Duration(amount) => {
                self.debug(&amount.count);
                self.put(" ");
                self.debug(&amount.unit);
            }
        }
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        self.put("{");
        self.debug(&aggregate.operator);
        self.put(" ");
        match aggregate.different {
            Some(Different::Units(unit)) => {
                self.put("different ");
                self.debug(&unit);
                self.put(" ");
            }
            Some(Different::Values) if aggregate.operator != AggregateOperator::Different => self.put("different "),
            _ => {}
        }
        self.path(&aggregate.source);
        self.windows(&aggregate.windows);
        if let Some(filter) = &aggregate.filter {
            self.put(" where ");
            self.expression(filter);
        }
        for step in &aggregate.steps {
            self.put(if step.negated { " followed by no " } else { " followed by " });
            self.path(&step.source);
            self.windows(&step.windows);
            if let Some((amount, _)) = &step.within {
                self.put(" within ");
                self.debug(amount);
            }
            if let Some((how, field)) = &step.compared {
                self.put(&format!(" {how:?} "));
                self.word(field);
            }
            for field in &step.same {
                self.put(" same ");
                self.word(field);
            }
            if let Some(filter) = &step.filter {
                self.put(" where ");
                self.expression(filter);
            }
        }
        self.put("}");
    }

    fn day(&mut self, day: &Day) {
        match &day.kind {
            DayKind::Moved { amount, before, of } => {
                let side = if *before { "before" } else { "after" };
                self.put(&format!("({} {side} ", super::amount_text(*amount)));
                self.day(of);
                self.put(")");
            }
            DayKind::Nearest { weekday, after, of } => {
                let side = if *after { "after" } else { "before" };
                self.put(&format!("(weekday {weekday} {side} "));
                self.day(of);
                self.put(")");
            }
            DayKind::Anniversary(of) => {
                self.put("anniversary of ");
                self.expression(of);
            }
            DayKind::Named(word) => self.word(word),
            kind => self.debug(kind),
        }
    }

    fn windows(&mut self, windows: &[Window]) {
        for window in windows {
            self.put(" <");
            match &window.kind {
                WindowKind::Since(bound) => self.named("since", &[bound]),
                WindowKind::Before(bound) => self.named("before", &[bound]),
                WindowKind::After(bound) => self.named("after", &[bound]),
                WindowKind::OnDate(bound) => self.named("on", &[bound]),
                WindowKind::FromTo { from, to } => self.named("from to", &[from, to]),
                WindowKind::Near { amount, before, occasion } => {
                    let side = if *before { "before" } else { "after" };
                    self.put(&format!("{} {side} ", super::amount_text(*amount)));
                    self.word(occasion);
                }
                WindowKind::During { occasion } => {
                    self.put("during ");
                    self.word(occasion);
                }
                other => self.debug(other),
            }
            self.put(">");
        }
    }
}
