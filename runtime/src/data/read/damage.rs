//! Files that are not what their names say, or not whole: told in words about the file, with what the decoder said at the
//! end. A decoder's own words ("incomplete frame") tell nobody that a copy broke off.

use super::files::{InputFile, Packing};
use std::fs::File;
use std::io::{BufRead, Error, ErrorKind, Read, Result, Seek, SeekFrom};

const TOO_EARLY: &str = "the file ends too early: was it copied whole?";
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// The first byte of a part that readers skip may be any of sixteen.
const ZSTD_SKIPPED: &[u8] = &[0x2a, 0x4d, 0x18];
const PARQUET: &[u8] = b"PAR1";
const PARQUET_ENCRYPTED: &[u8] = b"PARE";

impl Packing {
    fn name(self) -> &'static str {
        match self {
            Packing::Plain => "nothing",
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        }
    }
}

/// Whether what was read of a file's start may be followed by the rest of a mark.
fn may_begin(start: &[u8], mark: &[u8]) -> bool {
    start.iter().zip(mark).all(|(found, wanted)| found == wanted)
}

/// What is wrong with the start of a file that is packed as its name says, or not packed.
///
/// # Errors
/// The start cannot be read.
pub(super) fn wrong_start(input: &mut impl BufRead, packing: Packing) -> Result<Option<String>> {
    let start = input.fill_buf()?;
    let name = packing.name();
    let packed = match packing {
        Packing::Plain => {
            let found = [(GZIP, Packing::Gzip, ".gz"), (ZSTD, Packing::Zstd, ".zst")];
            let found = found.into_iter().find(|(mark, ..)| start.starts_with(mark));
            return Ok(found.map(|(_, packing, ending)| {
                format!(
                    "the file is packed with {}, and its name does not say so: let it end in {ending}",
                    packing.name()
                )
            }));
        }
        Packing::Gzip => may_begin(start, GZIP),
        Packing::Zstd => {
            let skipped = start.first().is_some_and(|first| first & 0xf0 == 0x50);
            may_begin(start, ZSTD) || skipped && may_begin(start.get(1..).unwrap_or_default(), ZSTD_SKIPPED)
        }
    };
    Ok(if start.is_empty() {
        Some("the file is empty".to_owned())
    } else {
        (!packed).then(|| format!("the file is not packed with {name}, though its name says so"))
    })
}

/// Unpacks, and tells what goes wrong in plain words.
pub(super) struct Unpacker<R> {
    decoder: R,
    packing: Packing,
}

impl<R> Unpacker<R> {
    pub(super) fn new(decoder: R, packing: Packing) -> Unpacker<R> {
        Unpacker { decoder, packing }
    }
}

impl<R: Read> Read for Unpacker<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.decoder.read(buffer).map_err(|error| match error.kind() {
            // Who reads tries these again.
            ErrorKind::Interrupted => error,
            // The disk speaks, and not the decoder.
            _ if error.raw_os_error().is_some() => error,
            ErrorKind::UnexpectedEof => Error::new(ErrorKind::UnexpectedEof, TOO_EARLY),
            kind => {
                let packing = self.packing.name();
                Error::new(kind, format!("the file is damaged: it cannot be unpacked with {packing} ({error})"))
            }
        })
    }
}

/// Why a file that is called Parquet cannot be opened as such.
pub(crate) fn no_parquet(file: &InputFile, mut opened: &File, error: &impl ToString) -> String {
    let mut mark = |from: SeekFrom| {
        let mut bytes = [0; 4];
        opened.seek(from)?;
        opened.read_exact(&mut bytes)?;
        Result::Ok(bytes)
    };
    let (start, end) = (mark(SeekFrom::Start(0)), mark(SeekFrom::End(-4)));
    match (start, end) {
        _ if file.size == 0 => "the file is empty, and no Parquet file is".to_owned(),
        (Ok(start), Ok(end)) if start == PARQUET && end == PARQUET => damaged_parquet(error),
        (Ok(start), Ok(end)) if start == PARQUET_ENCRYPTED || end == PARQUET_ENCRYPTED => {
            "the file is encrypted, and I can read only what is not".to_owned()
        }
        (Ok(start), _) if start == PARQUET => TOO_EARLY.to_owned(),
        _ => "the file is no Parquet file, though its name says so".to_owned(),
    }
}

/// Why an opened Parquet file cannot be read on.
pub(crate) fn damaged_parquet(error: &impl ToString) -> String {
    format!("the Parquet file is damaged, or holds what I cannot read ({})", error.to_string())
}
