//! The plan as text, stage by stage: what `segue ir` shows and tests read.

use super::node::{Aggregate, Followed, Node, NodeId, Op, Rows, Scope, Work};
use super::{Plan, Truth, TruthId};
use crate::program::{Bound, CUSTOMERS, Conversion, FieldId, Program, TableId, Type, Window, over_base};
use crate::syntax::tree::{Amount, Factor, Quantifier, Rounding, Sign, TextTest, Unit};
use crate::values::{Value, calendar, money, places};
use std::fmt::Write as _;

impl Plan {
    /// The stages as text; `selection` names the outputs.
    pub fn print(&self, program: &Program, selection: &super::Selection) -> String {
        let mut printer = Printer { plan: self, program, text: String::new(), live: self.live() };
        printer.base(selection);
        printer.columns();
        printer.stage("once", |node| node.work == Work::Once);
        for table in (0..program.tables.len()).filter_map(|at| u32::try_from(at).ok()).map(TableId) {
            let title = format!("looked-up rows of {}", printer.table(table));
            let scope = Scope::Row(table);
            printer.stage(&title, |node| node.work == Work::PerLookedUpRow && node.scope == scope);
        }
        printer.texts();
        let levels = self.nodes.iter().map(|node| node.level).max().unwrap_or(0);
        for level in 0..=levels {
            printer.stage("customers", |node| node.work == Work::Customers && node.level == level);
            for table in (0..program.tables.len()).filter_map(|at| u32::try_from(at).ok()).map(TableId) {
                let title = format!("rows of {}", printer.table(table));
                let scope = Scope::Row(table);
                printer.stage(&title, |node| node.work == Work::Rows && node.scope == scope && node.level == level);
            }
            printer.passes(level + 1);
        }
        printer.truths();
        printer.outputs(selection);
        printer.text
    }
}

struct Printer<'a> {
    plan: &'a Plan,
    program: &'a Program,
    text: String,
    live: Vec<bool>,
}

impl Printer<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// What is asked of all customers before anything else.
    fn base(&mut self, selection: &super::Selection) {
        let questions = self.program.questions(selection.items());
        if !questions.is_empty() {
            self.line("asked of all customers before, by level; without data, what they come to stands as 0");
        }
        for (level, question) in questions {
            let line = format!("  {level} {}", over_base(self.program, question));
            self.line(&line);
        }
    }

    /// Live nodes that are worked out, columns left out, under a title where there are any.
    fn stage(&mut self, title: &str, belongs: impl Fn(&Node) -> bool) {
        let chosen: Vec<NodeId> = self
            .live_nodes()
            .filter(|(_, node)| !matches!(node.op, Op::Column(..)) && belongs(node))
            .map(|(id, _)| id)
            .collect();
        if chosen.is_empty() {
            return;
        }
        self.line(title);
        for id in chosen {
            self.node(id);
        }
    }

    fn live_nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        let numbered = self.plan.nodes.iter().enumerate();
        numbered
            .filter(|(at, _)| self.live.get(*at).copied().unwrap_or(false))
            .map(|(at, node)| (NodeId(u32::try_from(at).unwrap_or(u32::MAX)), node))
    }

    fn columns(&mut self) {
        let columns: Vec<(NodeId, TableId, FieldId)> = self
            .live_nodes()
            .filter_map(
                |(id, node)| if let Op::Column(table, field) = node.op { Some((id, table, field)) } else { None },
            )
            .collect();
        if columns.is_empty() {
            return;
        }
        self.line("columns");
        for (id, ..) in columns {
            self.node(id);
        }
    }

    fn texts(&mut self) {
        let mut bases: Vec<NodeId> = self
            .live_nodes()
            .filter_map(|(_, node)| if let Work::PerText(base) = node.work { Some(base) } else { None })
            .collect();
        bases.sort_unstable();
        bases.dedup();
        for base in bases {
            let named = self.plan.node(base).map_or_else(String::new, |node| self.op(node));
            self.stage(&format!("each text of %{} ({named})", base.0), |node| node.work == Work::PerText(base));
        }
    }

    fn passes(&mut self, level: u32) {
        let plan = self.plan;
        for pass in plan.passes.iter().filter(|pass| pass.level == level) {
            self.line(&format!("pass over {}", self.rows(&pass.rows)));
            for value in &pass.values {
                self.node(*value);
            }
            for aggregate in &pass.aggregates {
                self.node(*aggregate);
            }
        }
    }

    fn node(&mut self, id: NodeId) {
        let Some(node) = self.plan.node(id) else { return };
        let missing = if node.may_be_missing { "?" } else { "" };
        let line = format!("  %{} {}{missing} = {}", id.0, type_text(self.program, &node.ty), self.op(node));
        self.line(&line);
    }

    fn truths(&mut self) {
        let plan = self.plan;
        let mut atoms: Vec<NodeId> = Vec::new();
        for truth in &plan.truths {
            if let Truth::Literal { atom, .. } = truth {
                atoms.push(*atom);
            }
        }
        atoms.sort_unstable();
        atoms.dedup();
        if !atoms.is_empty() {
            self.line("atoms");
            let list: Vec<String> = atoms.iter().map(|atom| format!("%{}", atom.0)).collect();
            self.line(&format!("  {}", list.join(" ")));
        }
        if !plan.truths.is_empty() {
            self.line("truth");
        }
        for (at, truth) in plan.truths.iter().enumerate() {
            let line = format!("  &{at} = {}", truth_text(truth));
            self.line(&line);
        }
    }

    fn outputs(&mut self, selection: &super::Selection) {
        let (plan, program) = (self.plan, self.program);
        for (id, node) in selection.traits.iter().zip(&plan.traits) {
            if let Some(found) = program.traits.get(id.0 as usize) {
                self.line(&format!("trait {} = %{}", found.name, node.0));
            }
        }
        for (id, truth) in selection.segments.iter().zip(&plan.segments) {
            if let Some(found) = program.segments.get(id.0 as usize) {
                self.line(&format!("segment {} = {}", found.name, set(*truth)));
            }
        }
        for (id, parts) in selection.partitions.iter().zip(&plan.partitions) {
            let Some(found) = program.partitions.get(id.0 as usize) else { continue };
            self.line(&format!("partition {}", found.name));
            for (part, truth) in found.parts.iter().zip(parts) {
                self.line(&format!("  {} = {}", part.name, set(*truth)));
            }
        }
    }

    fn table(&self, table: TableId) -> &str {
        self.program.tables.get(table.0 as usize).map_or("?", |found| &found.name)
    }

    fn rows(&self, rows: &Rows) -> String {
        let names: Vec<&str> = rows.chain.iter().map(|table| self.table(*table)).collect();
        let owner = match rows.owner {
            Scope::Row(table) => self.table(table),
            _ => self.table(CUSTOMERS),
        };
        format!("{} of {owner}", names.join(" > "))
    }

    fn op(&self, node: &Node) -> String {
        match &node.op {
            Op::Constant(constant) => value_text(&constant.0),
            Op::Now => "as of".to_owned(),
            Op::Day(days) => format!("today {days:+}"),
            Op::Column(table, field) => {
                let declared = self.program.tables.get(table.0 as usize);
                let name =
                    declared.and_then(|found| found.fields.get(field.0 as usize)).map_or("?", |found| &found.name);
                format!("{}.{name}", self.table(*table))
            }
            Op::LookupRow { key, table } => format!("row of {} with key {}", self.table(*table), reference(*key)),
            Op::Gather { row, value } => format!("{} at {}", reference(*value), reference(*row)),
            Op::Convert(conversion, operand) => {
                let to = match conversion {
                    Conversion::IntegerToNumber => "number",
                    Conversion::ToText => "text",
                    Conversion::PercentNumber => "percent or number",
                    Conversion::BooleanToInteger => "1 or 0",
                };
                format!("{} as {to}", reference(*operand))
            }
            Op::Negate(operand) => format!("-{}", reference(*operand)),
            Op::Sum(terms) => {
                let mut text = String::new();
                for (at, (sign, term)) in terms.iter().enumerate() {
                    text.push_str(match (at, sign) {
                        (0, Sign::Plus) => "",
                        (0, Sign::Minus) => "-",
                        (_, Sign::Plus) => " + ",
                        (_, Sign::Minus) => " - ",
                    });
                    text.push_str(&reference(*term));
                }
                text
            }
            Op::Product(factors) => {
                let mut text = String::new();
                for (at, (side, factor)) in factors.iter().enumerate() {
                    text.push_str(match (at, side) {
                        (0, Factor::Times) => "",
                        (_, Factor::Times) => " * ",
                        (_, Factor::Over) => " / ",
                    });
                    text.push_str(&reference(*factor));
                }
                text
            }
            Op::Shift(moment, sign, amount) => {
                let sign = if *sign == Sign::Plus { '+' } else { '-' };
                format!("{} {sign} {}", reference(*moment), amount_text(*amount))
            }
            Op::Difference(later, earlier) => format!("{} - {}", reference(*later), reference(*earlier)),
            Op::Point(latitude, longitude) => format!("point {} {}", reference(*latitude), reference(*longitude)),
            Op::Distance(from, to) => format!("distance from {} to {}", reference(*from), reference(*to)),
            Op::Call(function, argument) => format!("{function:?} {}", reference(*argument)),
            Op::Round(value, direction, decimals) => {
                let direction = match direction {
                    Rounding::Nearest => "",
                    Rounding::Up => " up",
                    Rounding::Down => " down",
                };
                format!("{} rounded{direction} to {decimals} decimals", reference(*value))
            }
            Op::Clamp { value, low, high } => {
                let mut text = reference(*value);
                for (word, end) in [("at least", low), ("at most", high)] {
                    if let Some(end) = end {
                        text.push_str(&format!(" {word} {}", value_text(&end.0)));
                    }
                }
                text
            }
            Op::Missing => "missing".to_owned(),
            Op::Group { value, among, cuts } => {
                let cuts: Vec<String> = cuts.iter().map(|cut| value_text(&cut.0)).collect();
                let among = among.map_or(String::new(), |among| format!(" among {}", reference(among)));
                format!("group of {}{among}, cut at [{}]", reference(*value), cuts.join(", "))
            }
            Op::InShare { key, salt, from, to } => {
                format!("{} in share {} to {} of {salt:?}", reference(*key), from.as_number(), to.as_number())
            }
            Op::Otherwise(choices) => references(choices, " otherwise "),
            Op::Less(left, right) => format!("{} < {}", reference(*left), reference(*right)),
            Op::Equal { left, right, ignoring_case } => {
                format!("{} is {}{}", reference(*left), reference(*right), case(*ignoring_case))
            }
            Op::IsOneOf { value, values, ignoring_case } => {
                let mut list: Vec<String> = values.iter().take(8).map(|value| value_text(&value.0)).collect();
                if values.len() > list.len() {
                    list.push(format!("{} more", values.len() - list.len()));
                }
                format!("{} is one of {}{}", reference(*value), list.join(", "), case(*ignoring_case))
            }
            Op::Text { test, subject, pattern, ignoring_case } => {
                let test = match test {
                    TextTest::Contains => "contains",
                    TextTest::StartsWith => "starts with",
                    TextTest::EndsWith => "ends with",
                    TextTest::Matches => "matches",
                };
                format!("{} {test} {}{}", reference(*subject), reference(*pattern), case(*ignoring_case))
            }
            Op::Includes { list, quantifier, values, ignoring_case } => {
                let quantifier = match quantifier {
                    Quantifier::Any => "any of",
                    Quantifier::All => "all of",
                    Quantifier::None => "none of",
                };
                let values = references(values, ", ");
                format!("{} includes {quantifier} {values}{}", reference(*list), case(*ignoring_case))
            }
            Op::IsEmpty(list) => format!("{} is empty", reference(*list)),
            Op::IsKnown(operand) => format!("{} is known", reference(*operand)),
            Op::InBox(place, area) => {
                let corners = [area.south_west, area.north_east].map(places::text);
                format!("{} in box ({}) ({})", reference(*place), corners[0], corners[1])
            }
            Op::InWindows(moment, windows) => {
                let windows: Vec<String> = windows.iter().map(window_text).collect();
                format!("{} {}", reference(*moment), windows.join(" "))
            }
            Op::Near { day, occasion, base, reach } => {
                let base = base.map_or(String::new(), |base| format!(" of {}", reference(base)));
                format!("{} {reach} {occasion}{base}", reference(*day))
            }
            Op::Occurs { occasion, base, windows } => {
                let base = base.map_or(String::new(), |base| format!(" of {}", reference(base)));
                let windows: Vec<String> = windows.iter().map(window_text).collect();
                format!("{occasion}{base} {}", windows.join(" "))
            }
            Op::Not(operand) => format!("not {}", reference(*operand)),
            Op::And(operands) => references(operands, " and "),
            Op::Or(operands) => references(operands, " or "),
            Op::AtLeastOf(count, operands) => format!("at least {count} of {}", references(operands, ", ")),
            Op::Certain(operand) => format!("certainly {}", reference(*operand)),
            Op::Aggregate(aggregate) => self.aggregate(aggregate),
            Op::Followed(step) => self.followed(step),
            Op::Gap { moment, passes, .. } => format!("gap before {} where {}", reference(*moment), reference(*passes)),
            Op::Elements(operator, list) => format!("{operator:?} of elements of {}", reference(*list)),
        }
    }

    fn followed(&self, step: &Followed) -> String {
        let at = if step.or_same { "at or after" } else { "after" };
        let rows = self.rows(&Rows { owner: Scope::Customer, chain: Box::new([step.rows]) });
        let mut text = format!("followed by {rows} where {}", reference(step.passes));
        let _ = write!(text, " and {} {at} {}", reference(step.later), reference(step.moment));
        if let Some(deadline) = step.deadline {
            let _ = write!(text, " before {}", reference(deadline));
        }
        if let Some((how, own, later)) = step.compared {
            let how = format!("{how:?}").to_lowercase();
            let _ = write!(text, " and {} {how} {}", reference(later), reference(own));
        }
        for (own, later) in &step.ties {
            let _ = write!(text, " and {} = {}", reference(*own), reference(*later));
        }
        text
    }

    fn aggregate(&self, aggregate: &Aggregate) -> String {
        let mut text = format!("{:?} ", aggregate.operator).to_lowercase();
        if let Some(value) = aggregate.value {
            let _ = write!(text, "{} over ", reference(value));
        }
        text.push_str(&self.rows(&aggregate.rows));
        if let Some(within) = aggregate.within {
            let _ = write!(text, " within {}", reference(within));
        }
        if let Some(filter) = aggregate.filter {
            let _ = write!(text, " where {}", reference(filter));
        }
        text
    }
}

fn reference(node: NodeId) -> String {
    format!("%{}", node.0)
}

fn references(nodes: &[NodeId], between: &str) -> String {
    nodes.iter().map(|node| reference(*node)).collect::<Vec<_>>().join(between)
}

fn set(truth: TruthId) -> String {
    format!("&{}", truth.0)
}

fn case(ignoring_case: bool) -> &'static str {
    if ignoring_case { " ignoring case" } else { "" }
}

fn truth_text(truth: &Truth) -> String {
    let joined = |sets: &[TruthId], between: &str| sets.iter().map(|one| set(*one)).collect::<Vec<_>>().join(between);
    match truth {
        Truth::Constant(true) => "everybody".to_owned(),
        Truth::Constant(false) => "nobody".to_owned(),
        Truth::Literal { atom, holds: true } => format!("%{} is true", atom.0),
        Truth::Literal { atom, holds: false } => format!("%{} is false", atom.0),
        Truth::And(sets) => joined(sets, " and "),
        Truth::Or(sets) => joined(sets, " or "),
        Truth::AtLeast(count, sets) => format!("at least {count} of {}", joined(sets, ", ")),
        Truth::Complement(inner) => format!("all but {}", set(*inner)),
    }
}

fn type_text(program: &Program, ty: &Type) -> String {
    match ty {
        Type::Boolean => "yes/no".to_owned(),
        Type::Money(currency) => format!("money {}", currency.code()),
        Type::OneOf(_) => "one of".to_owned(),
        Type::Id(Some(table)) => {
            format!("id -> {}", program.tables.get(table.0 as usize).map_or("?", |found| &found.name))
        }
        Type::Id(None) => "id".to_owned(),
        Type::List(inner) => format!("list of {}", type_text(program, inner)),
        Type::Records(_) => "list of records".to_owned(),
        plain => format!("{plain:?}").to_lowercase(),
    }
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Number(value) => format!("{value:?}"),
        Value::Money(units) => money::text(*units),
        Value::Text(text) => format!("{text:?}"),
        Value::Date(day) => calendar::date_text(*day),
        Value::Instant(instant) => calendar::instant_text(*instant, chrono_tz::UTC),
        Value::Duration(micros) => format!("{micros} microseconds"),
        Value::List(values) => format!("[{}]", values.iter().map(value_text).collect::<Vec<_>>().join(", ")),
    }
}

fn unit_text(unit: Unit) -> String {
    format!("{unit:?}").to_lowercase()
}

fn amount_text(amount: Amount) -> String {
    let plural = if amount.count == 1 { "" } else { "s" };
    format!("{} {}{plural}", amount.count, unit_text(amount.unit))
}

fn bound_text(bound: Bound) -> String {
    match bound {
        Bound::Day(day) => calendar::date_text(day),
        Bound::Instant(instant) => calendar::instant_text(instant, chrono_tz::UTC),
        Bound::RelativeDay(days) => format!("today {days:+}"),
        Bound::Now => "as of".to_owned(),
    }
}

fn window_text(window: &Window) -> String {
    match *window {
        Window::InLast { amount, whole } => {
            format!("in the last {}{}", if whole { "whole " } else { "" }, amount_text(amount))
        }
        Window::InNext { amount } => format!("in the next {}", amount_text(amount)),
        Window::MoreThanAgo(amount) => format!("more than {} ago", amount_text(amount)),
        Window::ExactlyAgo(amount) => format!("exactly {} ago", amount_text(amount)),
        Window::FromToAgo { from, to } => format!("from {} to {} ago", amount_text(from), amount_text(to)),
        Window::Since(bound) => format!("since {}", bound_text(bound)),
        Window::Before(bound) => format!("before {}", bound_text(bound)),
        Window::After(bound) => format!("after {}", bound_text(bound)),
        Window::FromTo(from, to) => format!("from {} to {}", bound_text(from), bound_text(to)),
        Window::This(unit) => format!("this {}", unit_text(unit)),
        Window::Last(unit) => format!("last {}", unit_text(unit)),
        Window::Fiscal { unit, last, start } => {
            let word = if last { "last" } else { "this" };
            format!("{word} fiscal {} from month {start}", unit_text(unit))
        }
        Window::Day(bound) => format!("on {}", bound_text(bound)),
        Window::Weekdays(days) => format!("on days {days:07b}"),
        Window::Hours { from, to } => {
            format!("from {:02}:{:02} to {:02}:{:02}", from / 3600, from / 60 % 60, to / 3600, to / 60 % 60)
        }
    }
}
