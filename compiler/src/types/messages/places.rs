//! What is said about places.

use crate::diagnostics::Diagnostic;
use crate::source::Span;

/// S0196
pub(crate) fn no_such_place(span: Span, swapped: bool) -> Diagnostic {
    let message = Diagnostic::error("S0196", span, "there is no such place");
    match swapped {
        true => message.beside("the latitude comes first, then the longitude: are they the wrong way round?"),
        false => message.beside("a latitude is from -90 to 90, a longitude from -180 to 180"),
    }
}

/// S0196
pub(crate) fn no_degrees(span: Span, kind: &str) -> Diagnostic {
    Diagnostic::error("S0196", span, format!("this is {kind}, and a point is made of degrees"))
        .beside("write a number, as in `point(40.7536, -73.9832)`")
}

/// S0196
pub(crate) fn no_place(span: Span, kind: &str) -> Diagnostic {
    Diagnostic::error("S0196", span, format!("this is {kind}, and no place"))
        .beside("a place is a field of the kind `location`, or `point(40.7536, -73.9832)`")
}

/// S0196
pub(crate) fn box_upside_down(span: Span) -> Diagnostic {
    Diagnostic::error("S0196", span, "the first corner of this box lies north of the second").beside(
        "write the south-west corner, then the north-east one: `from point(40.70, -74.02) to point(40.88, -73.91)`",
    )
}

/// S0196
pub(crate) fn moving_corner(span: Span) -> Diagnostic {
    Diagnostic::error("S0196", span, "a box has the same corners for everybody").beside(
        "write the corner as `point(40.70, -74.02)`, or give such a point a name: `let corner = point(40.70, -74.02)`",
    )
}
