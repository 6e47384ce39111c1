//! The file of one prepared table: arrays of numbers, what they are, and a head that says where that stands.
//!
//! The head is 64 bytes: a mark, the version of the form, a number that shows the order of bytes, and place and sum of
//! the description (JSON), which names each array's place and sum. Arrays begin at multiples of 64 bytes, so that they are
//! read where they lie. A file is whole or is not there: it is written under another name first.

use super::identity::Identity;
use super::pages::InPieces;
use crate::data::dataset::{Dictionary, TableData};
use crate::data::runs::{MOST_KINDS, Runs};
use crate::data::stored::saved::{Place, SavedColumn, SavedDictionary, Sink};
use crate::data::stored::{Buffer, Memory, Stored};
use crate::memory::{Bound, held};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use segue_compiler::program::FieldId;
use serde::{Deserialize, Serialize};
use std::fs::{File, Metadata};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use twox_hash::XxHash64;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

const MARK: [u8; 8] = *b"SEGUE\0\x1a\n";
/// Grows with every change of the form.
pub(super) const VERSION: u32 = 3;
/// Reads as another number where bytes stand in another order.
const ORDER: u32 = 0x0102_0304;
const ALIGNED: u64 = 64;
/// No system has smaller pages.
const PAGE: u64 = 4096;

#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
struct Head {
    mark: [u8; 8],
    version: u32,
    order: u32,
    /// Bytes of the whole file.
    length: u64,
    /// Place and sum of the description.
    description: [u64; 3],
    unused: [u64; 1],
    /// Of everything above.
    sum: u64,
}

/// What a file holds: a table, then those of its lists of records.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Contents {
    pub(super) tables: Vec<SavedTable>,
}

/// A table in a file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SavedTable {
    /// The columns of lists that lead to it from the top; empty for the table itself.
    pub(super) path: Vec<String>,
    /// For rows of one kind: the column, and its code.
    pub(super) kind: Option<(String, u32)>,
    pub(super) rows: usize,
    groups: Option<Place>,
    /// By the column's name in the data.
    columns: Vec<(String, SavedColumn)>,
}

/// A table to be written: its path, its rows, and the names of its columns by place.
pub(super) struct Outgoing<'t> {
    pub(super) path: Vec<String>,
    /// As in [`SavedTable`].
    pub(super) kind: Option<(String, u32)>,
    pub(super) rows: &'t TableData,
    pub(super) names: Vec<Option<String>>,
}

/// Writes the tables as a file; gives the sum of its head. Everything is on the disk then.
pub(super) fn write(file: &File, tables: &[Outgoing<'_>]) -> io::Result<u64> {
    let mut out = Arrays { file: InPieces::new(file), at: 0, dictionaries: FxHashMap::default() };
    out.fill(size_of::<Head>() as u64)?;
    let mut contents = Contents { tables: Vec::new() };
    for table in tables {
        let mut columns = Vec::new();
        for (column, name) in table.rows.columns.iter().zip(&table.names) {
            if let (Some(column), Some(name)) = (column, name) {
                columns.push((name.clone(), column.save(&mut out)?));
            }
        }
        let groups = table.rows.groups.as_ref().map(|groups| out.put(groups.as_bytes())).transpose()?;
        let (path, kind) = (table.path.clone(), table.kind.clone());
        contents.tables.push(SavedTable { path, kind, rows: table.rows.rows, groups, columns });
    }
    let description = serde_json::to_vec(&contents)?;
    let place = out.put(&description)?;
    out.fill(out.at.next_multiple_of(ALIGNED) - out.at)?;
    let mut head = Head {
        mark: MARK,
        version: VERSION,
        order: ORDER,
        length: out.at,
        description: [place.at, place.length, place.sum],
        unused: [0],
        sum: 0,
    };
    head.sum = head_sum(&head);
    let mut file = out.file.finish()?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(head.as_bytes())?;
    file.sync_all()?;
    Ok(head.sum)
}

fn head_sum(head: &Head) -> u64 {
    let bytes = head.as_bytes();
    sum(bytes.get(..bytes.len() - size_of::<u64>()).unwrap_or(&[]))
}

/// The sum by which a change of bytes is found.
pub(super) fn sum(bytes: &[u8]) -> u64 {
    XxHash64::oneshot(0, bytes)
}

struct Arrays<'f> {
    file: InPieces<&'f File>,
    at: u64,
    /// What was written of dictionaries, by their address: several columns share one.
    dictionaries: FxHashMap<*const Dictionary, SavedDictionary>,
}

impl Arrays<'_> {
    fn fill(&mut self, bytes: u64) -> io::Result<()> {
        let zeros = [0; ALIGNED as usize];
        self.file.put(zeros.get(..usize::try_from(bytes).unwrap_or(0)).unwrap_or(&zeros))?;
        self.at += bytes;
        Ok(())
    }
}

impl Sink for Arrays<'_> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<Place> {
        self.fill(self.at.next_multiple_of(ALIGNED) - self.at)?;
        let place = Place { at: self.at, length: bytes.len() as u64, sum: sum(bytes) };
        self.file.put(bytes)?;
        self.at += place.length;
        Ok(place)
    }

    fn dictionary(&mut self, dictionary: &Arc<Dictionary>) -> io::Result<SavedDictionary> {
        if let Some(saved) = self.dictionaries.get(&Arc::as_ptr(dictionary)) {
            return Ok(saved.clone());
        }
        let saved = SavedDictionary::of(dictionary, self)?;
        self.dictionaries.insert(Arc::as_ptr(dictionary), saved.clone());
        Ok(saved)
    }
}

/// A file that was opened and is what it says.
pub(super) struct Opened {
    memory: Arc<Memory>,
    pub(super) contents: Contents,
    /// Whether all of it was looked at because it may have changed since it was written.
    thorough: bool,
}

/// Why a file is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    #[error("others than its owner may write to it")]
    Exposed,
    #[error("it belongs to somebody else")]
    Foreign,
    #[error("it is no file of prepared data")]
    Unlike,
    #[error("it is not the file that belongs there")]
    Other,
    #[error("it was written by another version of segue")]
    OtherVersion,
    #[error("it is not whole")]
    Torn,
    #[error("what is in it has changed since it was written")]
    Changed,
}

/// Why a file is not opened.
pub(super) enum Refused {
    Unfit(Unfit),
    /// The process would hold so many bytes.
    OverMemory(u64),
}

impl From<Unfit> for Refused {
    fn from(unfit: Unfit) -> Refused {
        Refused::Unfit(unfit)
    }
}

/// Opens a file whose head has this sum. One that still is what it was when it was written is believed what its head says of the arrays; any
/// other, such as a copy, is looked through first.
///
/// # Errors
/// It is another file, or it would have to be looked through and the bound leaves no room for that.
pub(super) fn open(
    path: &Path,
    (sum_of_head, written): (u64, &Identity),
    bound: Option<Bound>,
) -> Result<Opened, Refused> {
    let unreadable = |error: io::Error| Unfit::Unreadable(error.to_string());
    // Asked before it is opened: opening what is no file may wait for ever.
    owned(&std::fs::symlink_metadata(path).map_err(unreadable)?)?;
    let file = File::open(path).map_err(unreadable)?;
    let now = Identity::of(&file.metadata().map_err(unreadable)?);
    if !now.size.is_multiple_of(size_of::<u64>() as u64) || now.size < size_of::<Head>() as u64 {
        return Err(Unfit::Torn.into());
    }
    let memory = Arc::new(Memory::of_file(&file).map_err(unreadable)?);
    let (head, _) = Head::read_from_prefix(memory.bytes()).map_err(|_| Unfit::Torn)?;
    if head.mark != MARK {
        return Err(Unfit::Unlike.into());
    }
    if (head.version, head.order) != (VERSION, ORDER) {
        return Err(Unfit::OtherVersion.into());
    }
    if head.sum != head_sum(&head) {
        return Err(Unfit::Changed.into());
    }
    if head.length != now.size {
        return Err(Unfit::Torn.into());
    }
    if head.sum != sum_of_head {
        return Err(Unfit::Other.into());
    }
    let [at, length, sum] = head.description;
    let place = Place { at, length, sum };
    is_as_written(&memory, &place)?;
    let description = place.range().and_then(|range| memory.bytes().get(range)).ok_or(Unfit::Torn)?;
    let contents: Contents = serde_json::from_slice(description).map_err(|_| Unfit::Changed)?;
    let opened = Opened { memory, contents, thorough: !now.is_untouched(written) };
    if opened.thorough {
        bound.map_or(Ok(()), |bound| fits(now.size, bound)).map_err(Refused::OverMemory)?;
        let columns = opened.contents.tables.iter().flat_map(|table| &table.columns);
        let places: Vec<&Place> = columns.flat_map(|(_, column)| column.places()).collect();
        places.into_par_iter().try_for_each(|place| is_as_written(&opened.memory, place))?;
        let groups = opened.contents.tables.iter().filter_map(|table| table.groups.as_ref());
        groups.into_iter().try_for_each(|place| is_as_written(&opened.memory, place))?;
    }
    Ok(opened)
}

/// Whether the process may hold so many bytes more.
///
/// # Errors
/// It may not: what it would hold then.
fn fits(more: u64, bound: Bound) -> Result<(), u64> {
    bound.keeps(|| held().unwrap_or(0).saturating_add(more))
}

fn is_as_written(memory: &Memory, place: &Place) -> Result<(), Unfit> {
    let bytes = place.range().and_then(|range| memory.bytes().get(range)).ok_or(Unfit::Torn)?;
    if sum(bytes) == place.sum { Ok(()) } else { Err(Unfit::Changed) }
}

/// It is a file, and nobody else may change what is mapped into our memory.
pub(crate) fn owned(metadata: &Metadata) -> Result<(), Unfit> {
    if metadata.is_file() { owned_by_us(metadata) } else { Err(Unfit::Unlike) }
}

/// It is a folder, and nobody else may put other files into it.
pub(crate) fn owned_folder(metadata: &Metadata) -> Result<(), Unfit> {
    if metadata.is_dir() { owned_by_us(metadata) } else { Err(Unfit::Unlike) }
}

#[cfg(unix)]
fn owned_by_us(metadata: &Metadata) -> Result<(), Unfit> {
    use std::os::unix::fs::MetadataExt;
    if metadata.mode() & 0o022 != 0 {
        return Err(Unfit::Exposed);
    }
    // Processes belong to who runs them, and what we make belongs to us.
    let ours = std::fs::metadata("/proc/self").or_else(|_| tempfile::tempfile()?.metadata());
    let ours = ours.map_err(|error| Unfit::Unreadable(error.to_string()))?;
    if metadata.uid() == ours.uid() { Ok(()) } else { Err(Unfit::Foreign) }
}

#[cfg(not(unix))]
fn owned_by_us(_metadata: &Metadata) -> Result<(), Unfit> {
    Ok(())
}

impl Opened {
    /// Where the wanted columns of the table at a path are, with those of its rows of each kind, and whose rows they are.
    fn places(&self, path: &[String], wanted: &[(usize, String)]) -> FxHashSet<(u64, u64)> {
        let is_wanted = |name: &String| wanted.iter().any(|(_, other)| other == name);
        let is_asked =
            |table: &&SavedTable| table.path == path && table.kind.as_ref().is_none_or(|(column, _)| is_wanted(column));
        let places = self.contents.tables.iter().filter(is_asked).flat_map(|table| {
            let columns = table.columns.iter().filter(|(name, _)| is_wanted(name));
            columns.flat_map(|(_, column)| column.places()).chain(table.groups.as_ref())
        });
        // Columns share dictionaries.
        places.map(|place| (place.at, place.length)).collect()
    }

    /// Has the system read the wanted columns of the table at a path in, so that what the process holds is all there will be
    /// of them.
    ///
    /// # Errors
    /// With them the process would hold more than the bound: so many bytes.
    pub(super) fn read_in(&self, path: &[String], wanted: &[(usize, String)], bound: Bound) -> Result<(), u64> {
        let places = self.places(path, wanted);
        let size: u64 = places.iter().map(|(_, length)| length.next_multiple_of(PAGE)).sum();
        // What was looked through is held already.
        fits(if self.thorough { 0 } else { size }, bound)?;
        for (at, length) in places {
            let bytes = usize::try_from(at).ok().zip(usize::try_from(at + length).ok());
            let bytes = bytes.and_then(|(from, to)| self.memory.bytes().get(from..to)).unwrap_or_default();
            let pages = bytes.chunks(PAGE as usize).filter_map(<[u8]>::first).chain(bytes.last());
            std::hint::black_box(pages.fold(0_u8, |all, byte| all ^ byte));
        }
        Ok(())
    }

    /// The table at a path, with those of its columns that are wanted, by name, each at its place.
    pub(super) fn table(
        &self,
        path: &[String],
        wanted: &[(usize, String)],
        columns: usize,
    ) -> Result<TableData, Unfit> {
        let is_it = |table: &&SavedTable| table.path == path && table.kind.is_none();
        let saved = self.contents.tables.iter().find(is_it).ok_or(Unfit::Changed)?;
        self.restored(saved, wanted, columns)
    }

    /// Its rows of each kind, with those of the wanted columns that they have; `None` where they do not stand so.
    pub(super) fn runs(&self, wanted: &[(usize, String)], columns: usize) -> Result<Option<Runs>, Unfit> {
        let kinds = || self.contents.tables.iter().filter_map(|table| Some((table, table.kind.as_ref()?)));
        // Only what asks about the column asks about kinds.
        let column = kinds().next().and_then(|(_, (column, _))| wanted.iter().find(|(_, name)| name == column));
        let Some((at, _)) = column else { return Ok(None) };
        let column = FieldId(u32::try_from(*at).map_err(|_| Unfit::Changed)?);
        let mut runs = Runs { column, by_code: Vec::new() };
        for (saved, (_, code)) in kinds() {
            let has = |name: &String| saved.columns.iter().any(|(other, _)| other == name);
            let wanted: Vec<(usize, String)> = wanted.iter().filter(|(_, name)| has(name)).cloned().collect();
            let rows = self.restored(saved, &wanted, columns)?;
            let place = usize::try_from(*code).ok().filter(|code| *code < MOST_KINDS).ok_or(Unfit::Changed)?;
            if runs.by_code.len() <= place {
                runs.by_code.resize(place + 1, None);
            }
            if let Some(slot) = runs.by_code.get_mut(place) {
                *slot = Some(Arc::new(rows));
            }
        }
        Ok(Some(runs))
    }

    fn restored(&self, saved: &SavedTable, wanted: &[(usize, String)], columns: usize) -> Result<TableData, Unfit> {
        let mut table = TableData { rows: saved.rows, columns: vec![None; columns], ..TableData::default() };
        if let Some(place) = &saved.groups {
            let groups = place.range().and_then(|range| Buffer::part(&self.memory, range));
            table.groups = Some(groups.ok_or(Unfit::Changed)?);
        }
        let restored: Vec<(usize, Stored)> = wanted
            .par_iter()
            .map(|(at, name)| {
                let (_, column) = saved.columns.iter().find(|(other, _)| other == name).ok_or(Unfit::Changed)?;
                let column = Stored::restore(column, &self.memory, self.thorough).ok_or(Unfit::Changed)?;
                if column.rows() == saved.rows { Ok((*at, column)) } else { Err(Unfit::Changed) }
            })
            .collect::<Result<_, Unfit>>()?;
        for (at, column) in restored {
            if let Some(place) = table.columns.get_mut(at) {
                *place = Some(column);
            }
        }
        Ok(table)
    }
}
