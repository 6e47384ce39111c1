//! Breaks a long row of pieces into lines: where it holds together least first, and only where a new line ends nothing.
#![expect(
    clippy::indexing_slicing,
    reason = "every place is that of a token: brackets come in pairs whose partners are known, and ranges end at the last token"
)]

use super::WIDTH;
use super::tokens::{Kind, Token, joined, width};

/// Where a row may be broken, from where it holds together least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Joint {
    /// Behind `and`, `or`
    Junction,
    /// Before `followed`
    Step,
    /// Behind `where`
    Where,
    /// Behind a comma
    Comma,
    /// Behind `otherwise`
    Otherwise,
    /// Behind `+`, `-`
    Sum,
    /// Behind `*`, `/`
    Product,
    /// Behind `<` and its like, and `=`
    Comparison,
}

/// Lines without their indent, each with how many steps it stands further in than the first.
pub(super) fn wrap(tokens: &[Token], indent: usize, lead: usize, tail: usize) -> Vec<(usize, String)> {
    let text = joined(tokens);
    if 2 * indent + lead + width(&text) + tail <= WIDTH {
        return vec![(0, text)];
    }
    let joints = outer_joints(tokens);
    if let Some(joint) = joints.iter().flatten().min() {
        return broken_at(tokens, &joints, *joint, indent, lead, tail);
    }
    match widest_brackets(tokens) {
        Some((open, close)) if close > open + 1 => {
            // What stands before `(` and behind `)` stays; the inside moves to lines of its own.
            let mut lines = vec![(0, joined(&tokens[..=open]))];
            let inner = wrap(&tokens[open + 1..close], indent + 1, 0, 0);
            lines.extend(inner.into_iter().map(|(step, text)| (step + 1, text)));
            let rest = wrap(&tokens[close..], indent, 0, tail);
            lines.extend(rest);
            lines
        }
        _ => vec![(0, text)],
    }
}

fn broken_at(
    tokens: &[Token],
    joints: &[Option<Joint>],
    joint: Joint,
    indent: usize,
    lead: usize,
    tail: usize,
) -> Vec<(usize, String)> {
    let mut pieces: Vec<&[Token]> = Vec::new();
    let mut start = 0;
    for (at, found) in joints.iter().enumerate() {
        if *found == Some(joint) {
            pieces.push(&tokens[start..=at]);
            start = at + 1;
        }
    }
    pieces.push(&tokens[start..]);
    // Conditions stand one a line; values are set as many as fit.
    let fills = joint > Joint::Where;
    let mut lines: Vec<(usize, String)> = Vec::new();
    let count = pieces.len();
    for (number, piece) in pieces.into_iter().enumerate() {
        let is_last = number + 1 == count;
        let tail = if is_last { tail } else { 0 };
        let text = joined(piece);
        if fills
            && let Some((step, line)) = lines.last_mut()
            && 2 * (indent + *step)
                + if number > 0 && *step == 0 { lead } else { 0 }
                + width(line)
                + 1
                + width(&text)
                + tail
                <= WIDTH
        {
            line.push(' ');
            line.push_str(&text);
            continue;
        }
        let step = usize::from(number > 0);
        let lead = if number == 0 { lead } else { 0 };
        lines.extend(wrap(piece, indent + step, lead, tail).into_iter().map(|(inner, text)| (inner + step, text)));
    }
    lines
}

/// The joint behind each piece but the last, where the piece stands in no brackets of this row.
fn outer_joints(tokens: &[Token]) -> Vec<Option<Joint>> {
    let (mut depth, mut in_where) = (0_usize, false);
    let mut joints = Vec::with_capacity(tokens.len());
    for pair in tokens.windows(2) {
        let [token, next] = pair else { continue };
        match token.kind {
            Kind::Open | Kind::OpenBrace => depth += 1,
            Kind::Close | Kind::CloseBrace => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && next.kind == Kind::Keyword && next.text == "followed" {
            joints.push(Some(Joint::Step));
            in_where = false;
            continue;
        }
        let found = if depth == 0 && !in_where { joint(token) } else { None };
        joints.push(found);
        // All up to a step belongs to the `where`.
        in_where |= found == Some(Joint::Where);
    }
    joints
}

fn joint(token: &Token) -> Option<Joint> {
    match token.kind {
        Kind::Keyword => match token.text.as_str() {
            "and" | "or" => Some(Joint::Junction),
            "where" => Some(Joint::Where),
            "otherwise" => Some(Joint::Otherwise),
            _ => None,
        },
        Kind::Sign if !token.is_prefix => match token.text.as_str() {
            "," => Some(Joint::Comma),
            "+" | "-" => Some(Joint::Sum),
            "*" | "/" => Some(Joint::Product),
            "<" | "<=" | ">" | ">=" => Some(Joint::Comparison),
            _ => None,
        },
        _ => None,
    }
}

fn widest_brackets(tokens: &[Token]) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    let mut open = None;
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => {
                if depth == 0 {
                    open = Some(at);
                }
                depth += 1;
            }
            Kind::Close => {
                depth -= 1;
                if depth == 0
                    && let Some(open) = open
                    && best.is_none_or(|(from, to)| at - open > to - from)
                {
                    best = Some((open, at));
                }
            }
            _ => {}
        }
    }
    best
}
