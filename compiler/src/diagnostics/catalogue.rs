//! Every code a message may bear, listed once. A code is never reused for another mistake; one that is gone stays gone.
//!
//! To add one: a line here, a page beside it in `pages/`, and a wrong file under `tests/ui`.

use super::{Code, Severity};

/// One code.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// How grave it is unless the project file says otherwise.
    pub severity: Severity,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// Its page, in Markdown: what it means, a failing file and the mended one.
    pub page: &'static str,
}

macro_rules! catalogue {
    ($($code:ident $severity:ident $title:literal;)*) => {
        const ENTRIES: &[Entry] = &[$(Entry {
            code: Code(stringify!($code)),
            severity: Severity::$severity,
            title: $title,
            page: include_str!(concat!("pages/", stringify!($code), ".md")),
        }),*];
    };
}

catalogue! {
    S0001 Error "something here cannot be read";
    S0002 Error "two things side by side";
    S0003 Error "not a declaration";
    S0004 Error "first line of a declaration";
    S0005 Error "a field that cannot be read";
    S0006 Error "a bracket that is never closed";
    S0007 Error "a bracket that closes nothing";
    S0008 Error "nested too deep";
    S0009 Error "a text that is too long";
    S0010 Error "too many declarations in a file";
    S0011 Error "a file that is too large";
    S0012 Error "a file that is not UTF-8";
    S0013 Error "a reserved word as a name";
    S0014 Error "a name that is no name";
    S0015 Error "whose event, and when";
    S0016 Error "commas between fields";
    S0017 Error "single quotes";
    S0018 Error "the form of a number";
    S0019 Error "a number that is too large";
    S0020 Error "an unknown unit";
    S0021 Error "a stretch of time without its unit";
    S0022 Error "a stretch of time in other words";
    S0023 Error "ago, but how exactly";
    S0024 Error "a question about rows in other words";
    S0025 Error "a currency sign";
    S0026 Error "an equals sign";
    S0027 Error "signs for and, or, not";
    S0028 Error "a comparison turned round";
    S0029 Error "in (...)";
    S0030 Error "no value at all";
    S0031 Error "like";
    S0032 Error "a range in other words";
    S0033 Error "a comparison in words";
    S0034 Error "is any of";
    S0035 Error "a window after where";
    S0036 Error "is is missing";
    S0037 Error "text without quotes";
    S0038 Error "several values, one question";
    S0039 Error "or \"Spain\"";
    S0040 Error "a line that stops in the middle";
    S0041 Error "not in the wrong place";
    S0042 Error "a number as a word";
    S0043 Error "= joins a name and its value";
    S0044 Error "a field that says too much";
    S0045 Error "a line of a score";
    S0046 Error "of whom";
    S0047 Error "the day of an occasion";
    S0048 Error "the form of a test";
    S0049 Error "how near a place is";
    S0050 Error "the form of a content";
    S0100 Error "a name that is taken";
    S0101 Error "no such field";
    S0103 Error "a circle";
    S0104 Error "no such table";
    S0105 Error "no such kind of field";
    S0106 Error "a value that is not listed";
    S0107 Error "no such part";
    S0108 Error "no such list";
    S0109 Error "whose field";
    S0110 Error "something that cannot be asked from here";
    S0111 Error "nothing says who the customers are";
    S0112 Error "customers twice";
    S0113 Error "a key";
    S0115 Error "no such calculation";
    S0116 Error "a list's file";
    S0117 Error "no fields in there";
    S0118 Error "parts of a partition";
    S0119 Error "many rows where one value is expected";
    S0120 Error "no such setting";
    S0121 Error "a setting's value";
    S0122 Error "data for nothing";
    S0123 Error "the project file cannot be read";
    S0124 Error "-> to something without a key";
    S0125 Error "too many declarations";
    S0126 Error "the values of a list";
    S0127 Error "a value listed twice";
    S0128 Error "no such time zone";
    S0131 Error "and mixed with or";
    S0132 Error "otherwise beside a comparison";
    S0133 Error "where beside an operator";
    S0134 Error "two comparisons in a row";
    S0135 Error "a line that starts with or";
    S0136 Error "arithmetic after rounded";
    S0137 Error "two kinds of values";
    S0138 Error "not a condition";
    S0139 Error "a calculation without meaning";
    S0141 Error "quotes";
    S0142 Error "no time to choose by";
    S0143 Error "a stretch of time that cannot be";
    S0144 Error "a question that asks for the wrong thing";
    S0145 Error "every one must do what";
    S0146 Error "a stretch of time that can be read two ways";
    S0147 Error "a test that does not fit";
    S0148 Error "a pattern that cannot be used";
    S0149 Error "a calculation that does not fit its value";
    S0150 Error "a day or time that does not exist";
    S0151 Error "a date that can be read two ways";
    S0152 Error "a date in another form";
    S0160 Warning "some are left out";
    S0161 Warning "never missing";
    S0162 Warning "nobody, or everybody";
    S0163 Warning "a partition without otherwise";
    S0164 Warning "otherwise without need";
    S0165 Warning "days that are over";
    S0171 Error "a text without its closing quote";
    S0182 Error "a plain number where a percentage is meant";
    S0183 Error "a constant that is not constant";
    S0184 Error "how percentages are written";
    S0185 Error "a list is not one value";
    S0186 Error "a plain number where money is meant";
    S0187 Error "currencies";
    S0188 Error "a plain number where a length of time is meant";
    S0189 Error "months as a length of time";
    S0191 Error "a day against a time";
    S0192 Error "the range of a score, or a cap";
    S0193 Error "a question about all customers";
    S0194 Error "an occasion";
    S0195 Error "what a test gives or expects";
    S0196 Error "a place";
    S0197 Error "what a content shows";
    S0198 Error "a segment of another table";
    S0199 Error "a segment of another table asked for as the customer's";
    S0201 Warning "a value that never occurs";
    S0202 Error "no such column";
    S0203 Error "the data cannot be used";
    S0204 Error "a constant from outside";
}

/// All codes, ascending.
pub fn entries() -> &'static [Entry] {
    ENTRIES
}

/// The entry of a code, whose letter may be small.
pub fn find(code: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.code.0.eq_ignore_ascii_case(code))
}
