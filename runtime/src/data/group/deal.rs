//! Whole rows dealt out: the values of a row's columns are packed into a few words, so that a row goes to its bucket and to
//! its place in it in one go, whatever the number of columns.

use super::lanes::{Dealt, Form, Part, Space, Wide, bits_of, pack};
use crate::data::bits::Bits;
use crate::data::stored::Room;
use crate::data::stored::split;
use rayon::prelude::*;
use std::ops::Range;
use std::slice::IterMut;

/// Most words that a row is packed into; more columns are dealt out in several lots.
const MOST_WORDS: usize = 8;
/// Rows that are packed at once, and then dealt out.
const BLOCK: usize = 256;

/// Rows, and what they are ordered by.
#[derive(Debug, Clone)]
pub(crate) struct Rows<'r> {
    /// By row its owner, below `count`; a row with any other is left out.
    pub(crate) owners: &'r [u32],
    /// How many owners there are.
    pub(crate) count: usize,
    /// What is put in order.
    pub(crate) lanes: Vec<Wide<'r>>,
    /// Which lane is the time, where rows of an owner are ordered by that first.
    pub(crate) times: Option<usize>,
    /// What they are ordered by then.
    pub(crate) ranks: Option<&'r [u32]>,
    /// The rows themselves are put in order as well.
    pub(crate) inputs: bool,
}

/// Rows in the order of their owners.
#[derive(Debug)]
pub(crate) struct Ordered {
    /// Rows of owner `o` are those from `groups[o]` to before `groups[o + 1]`.
    pub(crate) groups: Vec<u32>,
    /// How many rows there are now.
    pub(crate) rows: usize,
    /// The lanes.
    pub(crate) lanes: Vec<Dealt>,
    /// By row that of the input; none where nobody asked.
    pub(crate) inputs: Vec<u32>,
}

/// What stands in a field of a packed row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Lane(usize),
    /// The place of the owner among those of its bucket.
    Owner,
    Rank,
    /// The row of the input.
    Input,
    /// The place in the bucket, before the rows of the bucket are put in order.
    Place,
}

/// A field of a packed row: some bits of one of its words.
#[derive(Debug, Clone, Copy)]
struct Field {
    what: What,
    word: usize,
    shift: u32,
    mask: u64,
}

impl Field {
    #[inline(always)]
    fn of<const W: usize>(&self, row: &[u64; W]) -> u64 {
        row.get(self.word).map_or(0, |word| word >> self.shift & self.mask)
    }
}

/// The fields that go together.
#[derive(Debug, Default)]
struct Lot {
    fields: Vec<Field>,
    /// Bits that are taken of each word.
    taken: Vec<u32>,
}

impl Lot {
    /// Finds a place for a field; false where there is none.
    fn add(&mut self, what: What, bits: u32) -> bool {
        let word = match self.taken.iter().position(|taken| taken + bits <= u64::BITS) {
            Some(word) => word,
            None if self.taken.len() < MOST_WORDS => {
                self.taken.push(0);
                self.taken.len() - 1
            }
            None => return false,
        };
        let Some(taken) = self.taken.get_mut(word) else { return false };
        // A field without bits stands at the end of its word, where a shift would be too far.
        let shift = (*taken).min(u64::BITS - 1);
        let mask = if bits == 0 { 0 } else { u64::MAX >> (u64::BITS - bits) };
        *taken += bits;
        self.fields.push(Field { what, word, shift, mask });
        true
    }

    fn field(&self, what: What) -> Option<Field> {
        self.fields.iter().find(|field| field.what == what).copied()
    }
}

/// How rows are parted into buckets, and for work side by side.
pub(super) struct Buckets {
    /// An owner's bucket is its number without so many bits.
    shift: u32,
    /// Where the rows of each bucket begin among those dealt out, and where the last one's end.
    starts: Vec<u32>,
    /// Rows of the input, and how many of them go to each bucket.
    stripes: Vec<(Range<usize>, Vec<u32>)>,
}

/// Rows that were dealt out to buckets; what they were made of is not needed any more.
pub(crate) struct Packed {
    count: usize,
    buckets: Buckets,
    lots: Vec<(Lot, Room<u64>)>,
    /// The forms of all lanes.
    forms: Vec<Form>,
    times: Option<usize>,
    inputs: bool,
}

/// Does the same for rows of as many words as there are.
macro_rules! for_words {
    ($words:expr, $width:ident => $does:expr) => {
        match $words {
            0 | 1 => {
                const $width: usize = 1;
                $does
            }
            2 => {
                const $width: usize = 2;
                $does
            }
            3 => {
                const $width: usize = 3;
                $does
            }
            4 => {
                const $width: usize = 4;
                $does
            }
            5 | 6 => {
                const $width: usize = 6;
                $does
            }
            _ => {
                const $width: usize = MOST_WORDS;
                $does
            }
        }
    };
}

impl Packed {
    /// Puts the rows of each bucket in order.
    pub(crate) fn ordered(self) -> Ordered {
        let Packed { count, buckets, lots, forms, times, inputs } = self;
        let total = buckets.starts.last().copied().unwrap_or(0);
        let mut groups = vec![total; count + 1];
        let mut lanes: Vec<(usize, Dealt)> = Vec::with_capacity(forms.len());
        let mut inputs = Room::new(if inputs { total as usize } else { 0 });
        let mut places = Room::new(if lots.len() > 1 { total as usize } else { 0 });
        for (at, (lot, mut room)) in lots.into_iter().enumerate() {
            let (inputs, groups) = if at == 0 { (inputs.values_mut(), &mut *groups) } else { Default::default() };
            let to = To { groups, inputs, places: places.values_mut() };
            let words = room.values_mut();
            lanes.extend(for_words!(lot.taken.len(), W => {
                lot.put(words.as_chunks_mut::<W>().0, &forms, times, (count, &buckets), to)
            }));
        }
        lanes.sort_unstable_by_key(|(at, _)| *at);
        let lanes = lanes.into_iter().map(|(_, lane)| lane).collect();
        Ordered { groups, rows: total as usize, lanes, inputs: inputs.values_mut().to_vec() }
    }
}

impl Rows<'_> {
    /// Bytes that it takes to deal the rows out to buckets, to put those in order, one on each thread, and to number rows by
    /// owner.
    pub(super) fn dealt_bytes(&self, buckets: &Buckets) -> u64 {
        let words = |lot: &Lot| for_words!(lot.taken.len(), W => W);
        let words: Vec<usize> = self.lots(buckets.shift).iter().map(words).collect();
        let (all, widest) = (words.iter().sum::<usize>(), words.iter().copied().max().unwrap_or(0));
        let mut sizes: Vec<usize> = buckets.starts.windows(2).map(|ends| (ends[1] - ends[0]) as usize).collect();
        sizes.sort_unstable_by_key(|rows| std::cmp::Reverse(*rows));
        // A bucket is there once more in its order, and once more while it is sorted.
        let ordered: usize = sizes.iter().take(rayon::current_num_threads()).sum::<usize>() * 2;
        let words = self.owners.len() * all + ordered * widest;
        (words * size_of::<u64>() + self.count * size_of::<u32>()) as u64
    }

    /// Owners of a bucket, a power of two.
    fn width(&self, wanted: usize) -> usize {
        self.count.div_ceil(wanted).max(1).next_power_of_two()
    }

    /// Deals the rows out to buckets.
    pub(super) fn packed(&self, buckets: Buckets) -> Packed {
        let total = buckets.starts.last().copied().unwrap_or(0) as usize;
        let pack = |lot: Lot| {
            let room = for_words!(lot.taken.len(), W => {
                let mut room = Room::new(total * W);
                self.deal_out(&lot, &buckets, room.values_mut().as_chunks_mut::<W>().0);
                room
            });
            (lot, room)
        };
        let lots = self.lots(buckets.shift).into_iter().map(pack).collect();
        let forms = self.lanes.iter().map(|lane| lane.lane.form()).collect();
        Packed { count: self.count, buckets, lots, forms, times: self.times, inputs: self.inputs }
    }

    /// At most so many buckets, and who goes where.
    pub(super) fn buckets(&self, wanted: usize) -> Buckets {
        let width = self.width(wanted);
        let (shift, buckets) = (width.trailing_zeros(), self.count.div_ceil(width));
        let rows = self.owners.len();
        let stripe = rows.div_ceil(rayon::current_num_threads() * 4).next_multiple_of(BLOCK).max(BLOCK);
        let count = |from: usize| {
            let rows = from..(from + stripe).min(rows);
            let mut counts = vec![0_u32; buckets];
            for owner in self.owners.get(rows.clone()).unwrap_or(&[]) {
                if (*owner as usize) < self.count
                    && let Some(count) = counts.get_mut((owner >> shift) as usize)
                {
                    *count += 1;
                }
            }
            (rows, counts)
        };
        let starts_of_stripes: Vec<usize> = (0..rows).step_by(stripe).collect();
        let stripes: Vec<(Range<usize>, Vec<u32>)> = starts_of_stripes.into_par_iter().map(count).collect();
        let mut starts = vec![0_u32];
        for bucket in 0..buckets {
            let rows: u32 = stripes.iter().filter_map(|(_, counts)| counts.get(bucket)).sum();
            starts.push(starts.last().copied().unwrap_or(0) + rows);
        }
        Buckets { shift, starts, stripes }
    }

    /// All that has to be dealt out, in as many lots as it takes. What rows are ordered by is in the first.
    fn lots(&self, owners_bits: u32) -> Vec<Lot> {
        let one = self.lots_with(owners_bits, false);
        if one.len() > 1 { self.lots_with(owners_bits, true) } else { one }
    }

    fn lots_with(&self, owners_bits: u32, places: bool) -> Vec<Lot> {
        let mut lots = vec![Lot::default()];
        let bits = |number: usize| bits_of(number as u64);
        let keys = [
            self.times.and_then(|at| Some((What::Lane(at), self.lanes.get(at)?.bits))),
            Some((What::Owner, owners_bits)),
            self.ranks.map(|ranks| (What::Rank, bits_of(ranks.iter().max().copied().unwrap_or(0).into()))),
            self.inputs.then(|| (What::Input, bits(self.owners.len()))),
            places.then(|| (What::Place, bits(self.owners.len()))),
        ];
        let rest = self.lanes.iter().enumerate().map(|(at, lane)| (What::Lane(at), lane.bits));
        let rest = rest.filter(|(what, _)| self.times.is_none_or(|at| *what != What::Lane(at)));
        for (what, bits) in keys.into_iter().flatten().chain(rest) {
            if let Some(lot) = lots.last_mut()
                && !lot.add(what, bits)
            {
                let mut next = Lot::default();
                next.add(what, bits);
                lots.push(next);
            }
        }
        lots
    }

    /// Packs the rows and puts each after those of its bucket that came before it.
    fn deal_out<const W: usize>(&self, lot: &Lot, buckets: &Buckets, dealt: &mut [[u64; W]]) {
        let mut slots: Vec<Vec<IterMut<'_, [u64; W]>>> = buckets.stripes.iter().map(|_| Vec::new()).collect();
        let lengths = (0..buckets.starts.len().saturating_sub(1))
            .flat_map(|bucket| buckets.stripes.iter().map(move |(_, counts)| counts.get(bucket).copied().unwrap_or(0)));
        let stripes = slots.len().max(1);
        for (at, slot) in split(dealt, lengths.map(|rows| rows as usize)).enumerate() {
            if let Some(slots) = slots.get_mut(at % stripes) {
                slots.push(slot.iter_mut());
            }
        }
        let work: Vec<_> = buckets.stripes.iter().map(|(rows, _)| rows.clone()).zip(slots).collect();
        work.into_par_iter().for_each(|(rows, mut slots)| {
            let mut words = [[0_u64; BLOCK]; W];
            for from in rows.clone().step_by(BLOCK) {
                self.pack(lot, buckets.shift, from, &mut words);
                let owners = self.owners.get(from..rows.end.min(from + BLOCK)).unwrap_or(&[]);
                for (at, owner) in owners.iter().enumerate() {
                    let row =
                        std::array::from_fn(|word| words.get(word).and_then(|of| of.get(at)).copied().unwrap_or(0));
                    if (*owner as usize) < self.count
                        && let Some(place) = slots.get_mut((owner >> buckets.shift) as usize).and_then(Iterator::next)
                    {
                        *place = row;
                    }
                }
            }
        });
    }

    /// The fields of a block of rows.
    fn pack<const W: usize>(&self, lot: &Lot, owners_shift: u32, from: usize, words: &mut [[u64; BLOCK]; W]) {
        words.iter_mut().for_each(|words| words.fill(0));
        for Field { what, word, shift, mask } in &lot.fields {
            let Some(words) = words.get_mut(*word) else { continue };
            match what {
                What::Lane(at) => {
                    if let Some(lane) = self.lanes.get(*at) {
                        lane.lane.pack(from, *shift, words);
                    }
                }
                What::Owner => {
                    debug_assert_eq!(mask.count_ones(), owners_shift, "as many as the buckets' owners need");
                    for (word, owner) in words.iter_mut().zip(self.owners.get(from..).unwrap_or(&[])) {
                        *word |= (u64::from(*owner) & mask) << shift;
                    }
                }
                What::Rank => pack(self.ranks.unwrap_or(&[]), from, *shift, words),
                What::Input => words.iter_mut().zip(from as u64..).for_each(|(word, row)| *word |= row << shift),
                What::Place => {}
            }
        }
    }
}

impl Lot {
    /// Puts the rows of each bucket in order, and their fields where they go.
    fn put<const W: usize>(
        &self,
        dealt: &mut [[u64; W]],
        forms: &[Form],
        times: Option<usize>,
        (count, buckets): (usize, &Buckets),
        to: To<'_>,
    ) -> Vec<(usize, Dealt)> {
        let lanes = self.fields.iter().filter_map(|field| match field.what {
            What::Lane(at) => Some((at, *field)),
            _ => None,
        });
        let lanes: Vec<(usize, Field)> = lanes.collect();
        let mut spaces: Vec<Space> = lanes.iter().map(|(at, _)| Space::new(forms[*at], dealt.len())).collect();
        let lengths = || buckets.starts.windows(2).map(|ends| (ends[1] - ends[0]) as usize);
        let mut parts: Vec<_> = spaces.iter_mut().map(|space| space.parts(lengths()).into_iter()).collect();
        let mut of_groups = to.groups.chunks_mut(1 << buckets.shift);
        let mut of_inputs = split(to.inputs, lengths());
        let mut of_places = split(to.places, lengths());
        let work = split(dealt, lengths()).zip(&buckets.starts).enumerate().map(|(at, (dealt, start))| Bucket {
            start: *start,
            owners: (count - (at << buckets.shift)).min(1 << buckets.shift),
            // The last ones may have one place more than owners: where the last owner's rows end.
            groups: of_groups.next().unwrap_or_default(),
            dealt,
            inputs: of_inputs.next().unwrap_or_default(),
            places: of_places.next().unwrap_or_default(),
            parts: parts.iter_mut().filter_map(Iterator::next).collect(),
        });
        let work: Vec<Bucket<'_, W>> = work.collect();
        let keys = Keys {
            owner: self.field(What::Owner),
            time: times.and_then(|at| self.field(What::Lane(at))),
            rank: self.field(What::Rank),
            input: self.field(What::Input),
            place: self.field(What::Place),
        };
        let made: Vec<Vec<Bits>> =
            work.into_par_iter().map_init(Vec::new, |ordered, bucket| bucket.put(&keys, &lanes, ordered)).collect();
        let mut sets: Vec<Vec<Bits>> = spaces.iter().map(|_| Vec::new()).collect();
        for of_bucket in made {
            sets.iter_mut().zip(of_bucket).for_each(|(sets, set)| sets.push(set));
        }
        let spaces = spaces.into_iter().zip(sets).map(|(space, sets)| space.finish(sets));
        lanes.iter().map(|(at, _)| *at).zip(spaces).collect()
    }
}

/// Where it goes what is not a lane.
struct To<'t> {
    groups: &'t mut [u32],
    inputs: &'t mut [u32],
    places: &'t mut [u32],
}

/// Fields that say where a row goes, or came from.
struct Keys {
    owner: Option<Field>,
    time: Option<Field>,
    rank: Option<Field>,
    input: Option<Field>,
    place: Option<Field>,
}

/// A bucket's rows, and where they go.
struct Bucket<'b, const W: usize> {
    start: u32,
    owners: usize,
    groups: &'b mut [u32],
    dealt: &'b mut [[u64; W]],
    inputs: &'b mut [u32],
    places: &'b mut [u32],
    parts: Vec<Part<'b>>,
}

impl<const W: usize> Bucket<'_, W> {
    /// Puts the rows in order and their fields into the lanes; gives the sets of rows among those.
    fn put(mut self, keys: &Keys, lanes: &[(usize, Field)], ordered: &mut Vec<[u64; W]>) -> Vec<Bits> {
        ordered.clear();
        ordered.resize(self.dealt.len(), [0; W]);
        match keys.owner {
            Some(owner) => self.order(keys, owner, ordered),
            // As the first lot was ordered.
            None => {
                for (row, place) in ordered.iter_mut().zip(&*self.places) {
                    *row = self.dealt.get(*place as usize).copied().unwrap_or([0; W]);
                }
            }
        }
        if let Some(input) = keys.input {
            self.inputs.iter_mut().zip(&*ordered).for_each(|(to, row)| *to = input.of(row) as u32);
        }
        if let Some(place) = keys.place {
            self.places.iter_mut().zip(&*ordered).for_each(|(to, row)| *to = place.of(row) as u32);
        }
        let mut sets = Vec::new();
        for (part, (_, field)) in self.parts.iter_mut().zip(lanes) {
            let words = ordered.iter().map(|row| row.get(field.word).copied().unwrap_or(0));
            part.unpack(words, field.shift, field.mask);
        }
        for part in self.parts {
            sets.push(if let Part::Bits(bits) = part { bits } else { Bits::default() });
        }
        sets
    }

    /// By owner, counted, and the rows of an owner by time and rank where they do not come so.
    fn order(&mut self, keys: &Keys, owner: Field, ordered: &mut [[u64; W]]) {
        let mut next = vec![0_u32; self.owners + 1];
        for row in &*self.dealt {
            if let Some(next) = next.get_mut(owner.of(row) as usize + 1) {
                *next += 1;
            }
        }
        let mut before = 0;
        for next in &mut next {
            before += *next;
            *next = before;
        }
        for (group, next) in self.groups.iter_mut().zip(next.iter().take(self.owners)) {
            *group = self.start + *next;
        }
        for (at, row) in self.dealt.iter_mut().enumerate() {
            if let Some(place) = keys.place
                && let Some(word) = row.get_mut(place.word)
            {
                *word |= (at as u64) << place.shift;
            }
            if let Some(next) = next.get_mut(owner.of(row) as usize) {
                if let Some(place) = ordered.get_mut(*next as usize) {
                    *place = *row;
                }
                *next += 1;
            }
        }
        let key = |row: &[u64; W]| (keys.time.map_or(0, |time| time.of(row)), keys.rank.map_or(0, |rank| rank.of(row)));
        let by_key = keys.time.is_some() || keys.rank.is_some();
        if !by_key || ordered.is_sorted_by_key(|row| (owner.of(row), key(row))) {
            return;
        }
        // What comes next for an owner is now the end of its rows.
        let mut from = 0;
        for end in next.iter().take(self.owners) {
            let own = ordered.get_mut(from..*end as usize).unwrap_or_default();
            from = *end as usize;
            if !own.is_sorted_by_key(key) {
                own.sort_by_key(key);
            }
        }
    }
}
