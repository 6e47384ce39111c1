//! How long a short message is, and in how many parts it goes: 3GPP TS 23.038 (the alphabets) and TS 23.040 (parts of long
//! messages).

/// In what letters a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// The GSM 7-bit default alphabet; letters of its extension count twice.
    Gsm7,
    /// UCS-2, 16 bits each; what lies beyond counts twice. A single letter outside of the default alphabet makes the whole
    /// message this.
    Ucs2,
}

/// How long a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Its encoding.
    pub encoding: Encoding,
    /// Its length in units of the encoding: septets, or 16-bit units.
    pub units: usize,
    /// How many messages it is sent and paid as.
    pub messages: usize,
}

/// The GSM 7-bit default alphabet (TS 23.038, 6.2.1), without the escape to its extension.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension (6.2.1.1): an escape and a letter, so two septets.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// The size of a message.
pub fn size(text: &str) -> Size {
    let septets = |character: char| match character {
        basic if BASIC.contains(basic) => Some(1),
        extended if EXTENSION.contains(extended) => Some(2),
        _ => None,
    };
    // A letter of two units is not cut in two at the end of a part.
    let parts = |lengths: &[usize], alone: usize, each: usize| {
        let units: usize = lengths.iter().sum();
        if units <= alone {
            return (units, usize::from(units > 0));
        }
        let (mut messages, mut left) = (1, each);
        for length in lengths {
            if *length > left {
                messages += 1;
                left = each;
            }
            left -= length;
        }
        (units, messages)
    };
    let basic: Option<Vec<usize>> = text.chars().map(septets).collect();
    let (encoding, (units, messages)) = match basic {
        Some(lengths) => (Encoding::Gsm7, parts(&lengths, 160, 153)),
        None => {
            let lengths: Vec<usize> = text.chars().map(char::len_utf16).collect();
            (Encoding::Ucs2, parts(&lengths, 70, 67))
        }
    };
    Size { encoding, units, messages }
}

/// The first letter that keeps a message out of the default alphabet.
pub fn first_beyond(text: &str) -> Option<char> {
    text.chars().find(|character| !BASIC.contains(*character) && !EXTENSION.contains(*character))
}
