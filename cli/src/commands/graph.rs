//! `segue graph`: which declaration uses which.
#![expect(clippy::indexing_slicing, reason = "nodes are made of the program's own ids, which are places in its lists")]

use super::opened::Where;
use crate::console::Console;
use crate::exit::{Ending, Failure};
use clap::ValueEnum;
use segue_compiler::program::{
    Answered, CUSTOMERS, Expr, ExprKind, FieldSource, Item, Program, Rows, RowsOf, SegmentId, Table, TableId, Type,
};
use std::collections::{BTreeSet, VecDeque};
use std::fmt::Write;

/// Which graph to show, and how.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  segue graph                                        a tree for each segment and partition
  segue graph --format dot | dot -Tsvg > rules.svg   a picture, with Graphviz")]
pub(crate) struct Arguments {
    #[command(flatten)]
    project: Where,

    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Tree, value_name = "FORMAT")]
    format: Format,
}

/// How the graph is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A tree of text for each segment and partition
    Tree,
    /// For Graphviz
    Dot,
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    let opened = arguments.project.open()?;
    let Some(program) = opened.program(console)? else { return Ok(Ending::Problems) };
    let text = match arguments.format {
        Format::Tree => tree(program),
        Format::Dot => dot(program),
    };
    console.out(&text)?;
    Ok(Ending::Fine)
}

/// Something that uses or is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Segment(usize),
    /// A segment of another table's rows: the place of the table among those that have some, and its own place.
    Other(usize, usize),
    Partition(usize),
    Trait(usize),
    Table(usize),
}

impl Node {
    fn of(item: Item) -> Node {
        match item {
            Item::Segment(id) => Node::Segment(id.0 as usize),
            Item::Partition(id) => Node::Partition(id.0 as usize),
            Item::Trait(id) => Node::Trait(id.0 as usize),
        }
    }

    fn kind(self, program: &Program) -> &'static str {
        use segue_compiler::syntax::tree::TableKind;
        match self {
            Node::Segment(_) | Node::Other(..) => "segment",
            Node::Partition(at) if program.partitions[at].is_content() => "content",
            Node::Partition(_) => "partition",
            Node::Trait(_) => "trait",
            Node::Table(at) => match program.tables[at].kind {
                TableKind::Customers => "",
                TableKind::Events => "events",
                TableKind::Records => "records",
                TableKind::Table => "table",
            },
        }
    }

    fn name(self, program: &Program) -> &str {
        match self {
            Node::Segment(at) => &program.segments[at].name,
            Node::Other(of, at) => &program.others[of].program.segments[at].name,
            Node::Partition(at) => &program.partitions[at].name,
            Node::Trait(at) => &program.traits[at].name,
            Node::Table(at) => &program.tables[at].name,
        }
    }

    fn title(self, program: &Program) -> String {
        let of = match self {
            Node::Other(of, _) => format!(" of {}", program.tables[program.others[of].table.0 as usize].name),
            _ => String::new(),
        };
        format!("{} {}{of}", self.kind(program), self.name(program)).trim().to_owned()
    }

    /// The node of a declaration whose answer is asked for as a field.
    fn of_answered(program: &Program, answered: Answered) -> Option<Node> {
        match (answered.of, answered.item) {
            (None, item) => Some(Node::of(item)),
            (Some(table), Item::Segment(id)) => {
                let of = program.others.iter().position(|other| other.table == table)?;
                Some(Node::Other(of, id.0 as usize))
            }
            (Some(_), _) => None,
        }
    }
}

/// What something uses itself: declarations in the order they are met, then tables.
fn uses(program: &Program, node: Node) -> Vec<Node> {
    let other = match node {
        Node::Other(of, at) => Some((&program.others[of], Item::Segment(segment(at)))),
        _ => None,
    };
    let (inner, item) = match (other, item_of(node)) {
        (Some((other, item)), _) => (&other.program, item),
        (None, Some(item)) => (program, item),
        (None, None) => return Vec::new(),
    };
    let Read { tables, answered } = read(inner, inner.expressions(item));
    let own = |used: Item| match (node, used) {
        (Node::Other(of, _), Item::Segment(id)) => Node::Other(of, id.0 as usize),
        _ => Node::of(used),
    };
    let items = inner.uses(item).into_iter().map(own);
    let elsewhere = answered.into_iter().filter_map(|answered| Node::of_answered(program, answered));
    // The tables of a program of another table's segments have rows of the project's own tables.
    let outer = |table: TableId| match other.and_then(|(other, _)| other.rows.get(table.0 as usize)) {
        Some(RowsOf::Whole(from) | RowsOf::Tied(from, _) | RowsOf::Elements(from)) => *from,
        Some(RowsOf::Nothing) | None => table,
    };
    let tables: BTreeSet<TableId> = tables.into_iter().map(|table| holder(program, outer(table))).collect();
    let mut used: Vec<Node> = Vec::new();
    for node in items.chain(elsewhere).chain(tables.into_iter().map(|table| Node::Table(table.0 as usize))) {
        if !used.contains(&node) {
            used.push(node);
        }
    }
    used
}

/// What expressions read.
#[derive(Debug, Default)]
struct Read {
    /// Tables; a list of records counts as the table it is in.
    tables: BTreeSet<TableId>,
    /// Declarations whose answers are fields, each once.
    answered: Vec<Answered>,
}

/// What expressions read, also inside computed fields.
fn read<'p>(program: &'p Program, mut expressions: Vec<&'p Expr>) -> Read {
    let (mut found, mut opened) = (Read::default(), BTreeSet::new());
    while let Some(expr) = expressions.pop() {
        expr.walk(&mut |part| {
            let (table, field) = match &part.kind {
                ExprKind::Field { table, field, .. } | ExprKind::Lookup { table, field, .. } => (*table, Some(*field)),
                ExprKind::Aggregate(aggregate) => match &aggregate.rows {
                    Rows::Of(table) | Rows::Flattened { table, .. } | Rows::ListOf { table, .. } => (*table, None),
                    Rows::Elements(_) => return,
                },
                ExprKind::Followed(step) => (step.rows, None),
                _ => return,
            };
            found.tables.insert(holder(program, table));
            let Some(field) = field.filter(|field| opened.insert((table, *field))) else { return };
            match &program.tables[table.0 as usize].fields[field.0 as usize].source {
                FieldSource::Computed(value) => expressions.push(value),
                FieldSource::Answered(answered) if !found.answered.contains(answered) => found.answered.push(*answered),
                FieldSource::Answered(_) | FieldSource::Column { .. } => {}
            }
        });
    }
    found
}

fn holder(program: &Program, table: TableId) -> TableId {
    let mut holder = table;
    while let Some((parent, _)) = program.tables[holder.0 as usize].parent {
        holder = parent;
    }
    holder
}

/// The tables that a table's ids point at.
fn points_at(table: &Table) -> BTreeSet<TableId> {
    fn target(ty: &Type) -> Option<TableId> {
        match ty {
            Type::Id(target) => *target,
            Type::List(of) => target(of),
            _ => None,
        }
    }
    table.fields.iter().filter_map(|field| target(&field.ty)).filter(|table| *table != CUSTOMERS).collect()
}

/// Everything that is declared, in the order in which it is shown: segments, those of other tables, partitions, traits.
fn declared(program: &Program) -> BTreeSet<Node> {
    program.order.iter().map(|item| Node::of(*item)).chain(others(program)).collect()
}

/// The segments of other tables' rows.
fn others(program: &Program) -> impl Iterator<Item = Node> {
    let others = program.others.iter().enumerate();
    others.flat_map(|(of, other)| (0..other.program.segments.len()).map(move |at| Node::Other(of, at)))
}

fn tree(program: &Program) -> String {
    let mut out = String::new();
    let mut shown = BTreeSet::new();
    let mut roots: VecDeque<Node> =
        declared(program).into_iter().filter(|node| !matches!(node, Node::Trait(_))).collect();
    while let Some(root) = roots.pop_front() {
        _ = writeln!(out, "{}", root.title(program));
        let too_deep = branches(program, root, "", 0, &mut shown, &mut out);
        // Right below, as they belong to this tree.
        too_deep.into_iter().rev().filter(|node| !shown.contains(node)).for_each(|node| roots.push_front(node));
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// So deep the branches of a tree go; what is deeper has a tree of its own.
const DEEPEST: usize = 40;

/// What something uses, line by line; what was shown once is not unfolded again. Gives the traits that were too deep to be
/// unfolded.
fn branches(
    program: &Program,
    root: Node,
    indent: &str,
    depth: usize,
    shown: &mut BTreeSet<Node>,
    out: &mut String,
) -> Vec<Node> {
    let used = uses(program, root);
    let repeated = !shown.insert(root);
    let mut too_deep = Vec::new();
    for (at, node) in used.iter().enumerate() {
        let last = at + 1 == used.len();
        let (sign, deeper) = if last { ("└── ", "    ") } else { ("├── ", "│   ") };
        let inner = !matches!(node, Node::Table(_));
        let folded = inner && (shown.contains(node) || repeated || depth + 1 >= DEEPEST);
        _ = writeln!(out, "{indent}{sign}{}{}", node.title(program), if folded { " ..." } else { "" });
        match node {
            Node::Table(_) => {}
            // Segments and partitions have trees of their own anyway.
            Node::Trait(_) if folded && !shown.contains(node) => too_deep.push(*node),
            _ if folded => {}
            _ => {
                let indent = format!("{indent}{deeper}");
                too_deep.extend(branches(program, *node, &indent, depth + 1, shown, out));
            }
        }
    }
    too_deep
}

fn item_of(node: Node) -> Option<Item> {
    use segue_compiler::program::{PartitionId, TraitId};
    Some(match node {
        Node::Segment(at) => Item::Segment(segment(at)),
        Node::Partition(at) => Item::Partition(PartitionId(number(at))),
        Node::Trait(at) => Item::Trait(TraitId(number(at))),
        Node::Table(_) | Node::Other(..) => return None,
    })
}

fn segment(at: usize) -> SegmentId {
    SegmentId(number(at))
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn dot(program: &Program) -> String {
    let mut out = String::from("digraph rules {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n");
    let mut nodes = declared(program);
    let tables = program.tables.iter().enumerate().filter(|(_, table)| table.parent.is_none());
    nodes.extend(tables.map(|(at, _)| Node::Table(at)));
    for node in &nodes {
        let style = match node {
            Node::Segment(_) | Node::Other(..) => "style=filled, fillcolor=\"#cfe8ff\"",
            Node::Partition(_) => "style=filled, fillcolor=\"#ffe3bf\"",
            Node::Trait(_) => "style=rounded",
            Node::Table(_) => "shape=cylinder",
        };
        _ = writeln!(out, "  \"{}\" [label=\"{}\", {style}];", node.title(program), node.name(program));
    }
    for node in program.order.iter().map(|item| Node::of(*item)).chain(others(program)) {
        let from = node.title(program);
        for to in uses(program, node) {
            _ = writeln!(out, "  \"{from}\" -> \"{}\";", to.title(program));
        }
    }
    for node in &nodes {
        let Node::Table(at) = node else { continue };
        for target in points_at(&program.tables[*at]) {
            let target = Node::Table(target.0 as usize).title(program);
            _ = writeln!(out, "  \"{}\" -> \"{target}\" [style=dashed];", node.title(program));
        }
    }
    out.push_str("}\n");
    out
}
