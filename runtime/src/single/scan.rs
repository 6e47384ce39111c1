//! A JSON text from left to right, as far as it is as usual; every function gives `None` where it is not, and takes nothing
//! that is no JSON.

/// A text and how far it was read.
pub(super) struct Scanner<'j> {
    text: &'j str,
    at: usize,
}

/// A number.
pub(super) enum Number<'j> {
    /// A whole number of few digits.
    Whole(i64),
    /// `digits / 10^places`, both so small that they are floats exactly; it is not -0.0.
    Decimal { digits: i64, places: usize },
    /// Any other, as it is written: it may be none.
    Other(&'j str),
}

/// Whole numbers of so many digits fit 64 bits.
const DIGITS: usize = 18;
/// Whole numbers of so many digits are floats exactly.
const EXACT: usize = 15;

impl<'j> Scanner<'j> {
    pub(super) fn new(text: &'j str) -> Scanner<'j> {
        Scanner { text, at: 0 }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no space.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte()? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    /// Whether nothing is left but spaces.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// Takes a byte that must be next.
    #[inline]
    pub(super) fn skip(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Takes the beginning of a list or an object, and its end where nothing is in it: then it is true.
    #[inline]
    pub(super) fn opens(&mut self, open: u8, close: u8) -> Option<bool> {
        self.skip(open)?;
        let empty = self.peek()? == close;
        self.at += usize::from(empty);
        Some(empty)
    }

    /// Takes what follows an element: a comma, or the end, of which it is true.
    #[inline]
    pub(super) fn closes(&mut self, close: u8) -> Option<bool> {
        let byte = self.peek()?;
        self.at += 1;
        if byte == b',' { Some(false) } else { (byte == close).then_some(true) }
    }

    /// A text without escapes.
    #[inline]
    pub(super) fn text(&mut self) -> Option<&'j str> {
        self.skip(b'"')?;
        let from = self.at;
        let bytes = self.text.as_bytes();
        loop {
            // Eight bytes at once, as long as there are so many.
            if let Some(eight) = bytes.get(self.at..).and_then(|bytes| bytes.first_chunk()) {
                let ends = ends(u64::from_le_bytes(*eight));
                self.at += ends.trailing_zeros() as usize / 8;
                if ends == 0 {
                    continue;
                }
            }
            match self.byte()? {
                b'"' => break,
                b'\\' | 0..0x20 => return None,
                _ => self.at += 1,
            }
        }
        let text = self.text.get(from..self.at);
        self.at += 1;
        text
    }

    /// Takes a text that is expected next, if it is: one that was read before, so that nothing of it has to be escaped.
    #[inline]
    pub(super) fn takes(&mut self, expected: &str) -> bool {
        let found = self.peek() == Some(b'"') && {
            let rest = self.text.as_bytes().get(self.at + 1..).unwrap_or(&[]);
            rest.get(expected.len()) == Some(&b'"') && begins(rest, expected.as_bytes())
        };
        self.at += if found { expected.len() + 2 } else { 0 };
        found
    }

    /// Digits up to a byte that is none: how many, and their number where they are few.
    #[inline]
    fn digits(&mut self, mut number: i64) -> (usize, i64) {
        let from = self.at;
        while let Some(byte) = self.byte() {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            number = number.wrapping_mul(10).wrapping_add(digit.into());
            self.at += 1;
        }
        (self.at - from, number)
    }

    /// A number.
    #[inline]
    pub(super) fn number(&mut self) -> Option<Number<'j>> {
        let from = self.at;
        let negative = self.byte()? == b'-';
        self.at += usize::from(negative);
        let leading = self.byte()? == b'0';
        let (count, whole) = self.digits(0);
        let simple = count > 0 && !(leading && count > 1);
        let signed = |number: i64| if negative { -number } else { number };
        match self.byte() {
            Some(b'.') if simple && count <= EXACT => {
                self.at += 1;
                let (places, digits) = self.digits(whole);
                let exact = places > 0 && count + places <= EXACT && !(negative && digits == 0);
                if exact && !matches!(self.byte(), Some(b'e' | b'E')) {
                    return Some(Number::Decimal { digits: signed(digits), places });
                }
            }
            Some(b'.' | b'e' | b'E') => {}
            // -0 is a float.
            _ if simple && count <= DIGITS && !(negative && whole == 0) => return Some(Number::Whole(signed(whole))),
            _ => {}
        }
        while matches!(self.byte(), Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
            self.at += 1;
        }
        self.text.get(from..self.at).map(Number::Other)
    }

    /// A value up to what follows it: it may be no JSON within.
    pub(super) fn any(&mut self) -> Option<&'j str> {
        let first = self.peek()?;
        let from = self.at;
        match first {
            b'"' => {
                self.text()?;
            }
            b'[' | b'{' => {
                let mut depth = 0_usize;
                loop {
                    match self.peek()? {
                        b'"' => {
                            self.text()?;
                            continue;
                        }
                        b'[' | b'{' => depth += 1,
                        b']' | b'}' => depth -= 1,
                        _ => {}
                    }
                    self.at += 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
            _ => {
                while self.byte().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
                    self.at += 1;
                }
            }
        }
        self.text.get(from..self.at)
    }

    /// Goes past a value that nobody asks for: a text, a whole number, yes, no or nothing.
    pub(super) fn pass(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.text().map(drop),
            b'-' | b'0'..=b'9' => matches!(self.number()?, Number::Whole(_)).then_some(()),
            _ => matches!(self.any()?, "true" | "false" | "null").then_some(()),
        }
    }
}

/// Whether bytes begin with others, mostly few: by their ends, which overlap, without a call.
#[inline]
fn begins(bytes: &[u8], others: &[u8]) -> bool {
    let count = others.len();
    let Some(bytes) = bytes.get(..count) else { return false };
    let ends = |bytes: &[u8]| Some((*bytes.first_chunk::<8>()?, *bytes.last_chunk::<8>()?));
    let short_ends = |bytes: &[u8]| Some((*bytes.first_chunk::<4>()?, *bytes.last_chunk::<4>()?));
    match count {
        0..=3 => bytes.iter().zip(others).all(|(byte, other)| byte == other),
        4..=7 => short_ends(bytes) == short_ends(others),
        8..=16 => ends(bytes) == ends(others),
        _ => bytes == others,
    }
}

/// A bit in each byte that ends a text or may not stand in it; above the first of them there may be more.
#[inline]
fn ends(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zero = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes;
    let quote = zero(eight ^ (ONES * 0x22));
    let escape = zero(eight ^ (ONES * 0x5c));
    let control = eight.wrapping_sub(ONES * 0x20) & !eight;
    (quote | escape | control) & HIGH
}
