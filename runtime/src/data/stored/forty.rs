//! Numbers of 40 bits.

use zerocopy::{FromBytes, Immutable, IntoBytes};

/// A number of 40 bits, its least byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, FromBytes, IntoBytes, Immutable)]
#[repr(transparent)]
pub struct U40([u8; 5]);

impl U40 {
    /// The greatest.
    pub(crate) const MAX: u64 = (1 << 40) - 1;

    pub(crate) fn from_le_bytes(bytes: [u8; 5]) -> U40 {
        U40(bytes)
    }

    pub(crate) fn to_le_bytes(self) -> [u8; 5] {
        self.0
    }

    /// A number without those of its bits that are too many.
    pub(crate) fn lower_bits_of(number: u64) -> U40 {
        let [a, b, c, d, e, ..] = number.to_le_bytes();
        U40([a, b, c, d, e])
    }
}

impl From<U40> for u64 {
    #[inline(always)]
    fn from(U40([a, b, c, d, e]): U40) -> u64 {
        u64::from(u32::from_le_bytes([a, b, c, d])) | u64::from(e) << 32
    }
}

impl TryFrom<u64> for U40 {
    type Error = std::num::TryFromIntError;

    fn try_from(number: u64) -> Result<U40, Self::Error> {
        // What is left over must fit a byte.
        u8::try_from(number >> 32).map(|_| U40::lower_bits_of(number))
    }
}

impl Ord for U40 {
    fn cmp(&self, other: &U40) -> std::cmp::Ordering {
        u64::from(*self).cmp(&u64::from(*other))
    }
}

impl PartialOrd for U40 {
    fn partial_cmp(&self, other: &U40) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_they_were_and_in_their_order() {
        let numbers = [0, 1, 255, 256, u64::from(u32::MAX), 1 << 32, (1 << 32) + 7, U40::MAX - 1, U40::MAX];
        let narrow: Vec<U40> = numbers.iter().filter_map(|number| U40::try_from(*number).ok()).collect();
        assert!(narrow.iter().map(|cell| u64::from(*cell)).eq(numbers));
        assert!(narrow.is_sorted_by(|one, next| one < next));
        assert!(narrow.iter().all(|cell| U40::from_le_bytes(cell.to_le_bytes()) == *cell));
        assert!(U40::try_from(U40::MAX + 1).is_err() && U40::try_from(u64::MAX).is_err());
        assert_eq!(u64::from(U40::lower_bits_of(u64::MAX)), U40::MAX);
    }
}
