//! `segue graph`: which declaration uses which.
#![expect(clippy::indexing_slicing, reason = "nodes are made of the program's own ids, which are places in its lists")]

use super::opened::Where;
use crate::console::Console;
use crate::exit::{Ending, Failure};
use clap::ValueEnum;
use segue_compiler::program::{
    CUSTOMERS, Expr, ExprKind, Field, FieldSource, Item, Program, Rows, Table, TableId, Type,
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
            Node::Segment(_) => "segment",
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
            Node::Partition(at) => &program.partitions[at].name,
            Node::Trait(at) => &program.traits[at].name,
            Node::Table(at) => &program.tables[at].name,
        }
    }

    fn title(self, program: &Program) -> String {
        format!("{} {}", self.kind(program), self.name(program)).trim().to_owned()
    }
}

/// What an item uses itself: other items in the order they are met, then tables.
fn uses(program: &Program, item: Item) -> Vec<Node> {
    let tables = tables_of(program, program.expressions(item));
    let items = program.uses(item).into_iter().map(Node::of);
    items.chain(tables.into_iter().map(|table| Node::Table(table.0 as usize))).collect()
}

/// The tables that expressions read, also inside computed fields; a list of records counts as the table it is in.
fn tables_of<'p>(program: &'p Program, mut expressions: Vec<&'p Expr>) -> BTreeSet<TableId> {
    let (mut tables, mut opened) = (BTreeSet::new(), BTreeSet::new());
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
            tables.insert(holder(program, table));
            let field = field.filter(|field| opened.insert((table, *field)));
            expressions
                .extend(field.and_then(|field| computed(&program.tables[table.0 as usize].fields[field.0 as usize])));
        });
    }
    tables
}

fn computed(field: &Field) -> Option<&Expr> {
    match &field.source {
        FieldSource::Computed(value) => Some(value),
        FieldSource::Column { .. } => None,
    }
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

fn tree(program: &Program) -> String {
    let mut out = String::new();
    let mut shown = BTreeSet::new();
    let roots = program.order.iter().filter(|item| !matches!(item, Item::Trait(_)));
    let mut roots: Vec<Item> = roots.copied().collect();
    roots.sort_by_key(|item| Node::of(*item));
    let mut roots = VecDeque::from(roots);
    while let Some(root) = roots.pop_front() {
        let node = Node::of(root);
        _ = writeln!(out, "{}", node.title(program));
        let too_deep = branches(program, root, "", 0, &mut shown, &mut out);
        // Right below, as they belong to this tree.
        too_deep
            .into_iter()
            .rev()
            .filter(|item| !shown.contains(&Node::of(*item)))
            .for_each(|item| roots.push_front(item));
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

/// What the item uses, line by line; what was shown once is not unfolded again. Gives the traits that were too deep to be
/// unfolded.
fn branches(
    program: &Program,
    item: Item,
    indent: &str,
    depth: usize,
    shown: &mut BTreeSet<Node>,
    out: &mut String,
) -> Vec<Item> {
    let used = uses(program, item);
    let repeated = !shown.insert(Node::of(item));
    let mut too_deep = Vec::new();
    for (at, node) in used.iter().enumerate() {
        let last = at + 1 == used.len();
        let (sign, deeper) = if last { ("└── ", "    ") } else { ("├── ", "│   ") };
        let inner = item_of(*node);
        let folded = inner.is_some() && (shown.contains(node) || repeated || depth + 1 >= DEEPEST);
        _ = writeln!(out, "{indent}{sign}{}{}", node.title(program), if folded { " ..." } else { "" });
        match inner {
            // Segments and partitions have trees of their own anyway.
            Some(inner @ Item::Trait(_)) if folded && !shown.contains(node) => too_deep.push(inner),
            Some(inner) if !folded => {
                let indent = format!("{indent}{deeper}");
                too_deep.extend(branches(program, inner, &indent, depth + 1, shown, out));
            }
            _ => {}
        }
    }
    too_deep
}

fn item_of(node: Node) -> Option<Item> {
    use segue_compiler::program::{PartitionId, SegmentId, TraitId};
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Some(match node {
        Node::Segment(at) => Item::Segment(SegmentId(number(at))),
        Node::Partition(at) => Item::Partition(PartitionId(number(at))),
        Node::Trait(at) => Item::Trait(TraitId(number(at))),
        Node::Table(_) => return None,
    })
}

fn dot(program: &Program) -> String {
    let mut out = String::from("digraph rules {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n");
    let mut nodes: BTreeSet<Node> = program.order.iter().map(|item| Node::of(*item)).collect();
    let tables = program.tables.iter().enumerate().filter(|(_, table)| table.parent.is_none());
    nodes.extend(tables.map(|(at, _)| Node::Table(at)));
    for node in &nodes {
        let style = match node {
            Node::Segment(_) => "style=filled, fillcolor=\"#cfe8ff\"",
            Node::Partition(_) => "style=filled, fillcolor=\"#ffe3bf\"",
            Node::Trait(_) => "style=rounded",
            Node::Table(_) => "shape=cylinder",
        };
        _ = writeln!(out, "  \"{}\" [label=\"{}\", {style}];", node.title(program), node.name(program));
    }
    for item in &program.order {
        let from = Node::of(*item).title(program);
        for to in uses(program, *item) {
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
