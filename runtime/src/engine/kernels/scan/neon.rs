//! Scans with NEON: a comparison gives all ones or all zeros for each cell, which are made bytes and then bits.

use super::Order;
use std::arch::aarch64::{
    uint8x16_t, uint8x16x2_t, uint16x8_t, uint32x4_t, uint64x2_t, vandq_u8, vceqq_f64, vcgtq_f64, vcleq_u8, vcleq_u16,
    vcleq_u32, vcleq_u64, vcltq_f64, vcombine_u8, vcombine_u16, vcombine_u32, vdupq_n_f64, vdupq_n_u8, vdupq_n_u16,
    vdupq_n_u32, vdupq_n_u64, vget_low_u8, vld1q_f64, vld1q_u8, vld1q_u16, vld1q_u32, vld1q_u64, vmovn_u16, vmovn_u32,
    vmovn_u64, vorrq_u8, vorrq_u16, vorrq_u32, vorrq_u64, vpaddq_u8, vqtbl1q_u8, vqtbl2q_u8, vshrq_n_u8, vst1_u8,
    vsubq_u8, vsubq_u16, vsubq_u32, vsubq_u64, vtstq_u8,
};

/// A bit of its own for each cell of eight.
const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

/// The bits of 64 cells: of each byte that is all ones the bit of its place among eight, and eight places added up.
#[inline]
#[target_feature(enable = "neon")]
fn packed([first, second, third, fourth]: [uint8x16_t; 4]) -> u64 {
    // SAFETY: 16 bytes are read, which there are.
    let bits = unsafe { vld1q_u8(BITS.as_ptr()) };
    let upper = vpaddq_u8(vandq_u8(first, bits), vandq_u8(second, bits));
    let lower = vpaddq_u8(vandq_u8(third, bits), vandq_u8(fourth, bits));
    let pairs = vpaddq_u8(upper, lower);
    let mut word = [0; 8];
    // SAFETY: 8 bytes are written, which there are.
    unsafe { vst1_u8(word.as_mut_ptr(), vget_low_u8(vpaddq_u8(pairs, pairs))) };
    u64::from_le_bytes(word)
}

macro_rules! narrower {
    ($name:ident, $from:ty, $count:literal, $to:ty, $none:ident, $narrow:ident, $join:ident) => {
        /// The same masks in half the width.
        #[inline]
        #[target_feature(enable = "neon")]
        fn $name(masks: [$from; $count]) -> [$to; $count / 2] {
            let mut halves = [$none(0); $count / 2];
            let (pairs, _) = masks.as_chunks::<2>();
            for (half, [one, other]) in halves.iter_mut().zip(pairs) {
                *half = $join($narrow(*one), $narrow(*other));
            }
            halves
        }
    };
}

narrower!(of_u16, uint16x8_t, 8, uint8x16_t, vdupq_n_u8, vmovn_u16, vcombine_u8);
narrower!(of_u32, uint32x4_t, 16, uint16x8_t, vdupq_n_u16, vmovn_u32, vcombine_u16);
narrower!(of_u64, uint64x2_t, 32, uint32x4_t, vdupq_n_u32, vmovn_u64, vcombine_u32);

macro_rules! scan {
    ($name:ident, $ty:ty, $lanes:literal, $load:ident, $set:ident, $sub:ident, $at_most:ident, $or:ident, |$masks:ident| $bytes:expr) => {
        #[target_feature(enable = "neon")]
        pub(super) fn $name(cells: &[$ty], ranges: &[($ty, $ty)], out: &mut [u64]) {
            for (cells, word) in cells.chunks_exact(64).zip(out) {
                let mut $masks = [$set(0); 64 / $lanes];
                for (at, mask) in $masks.iter_mut().enumerate() {
                    // SAFETY: the chunk has 64 cells, of which this reads `$lanes` from `at * $lanes` on.
                    let cells = unsafe { $load(cells.as_ptr().add(at * $lanes)) };
                    for (low, span) in ranges {
                        *mask = $or(*mask, $at_most($sub(cells, $set(*low)), $set(*span)));
                    }
                }
                *word = packed($bytes);
            }
        }
    };
}

scan!(in_ranges_u8, u8, 16, vld1q_u8, vdupq_n_u8, vsubq_u8, vcleq_u8, vorrq_u8, |masks| masks);
scan!(in_ranges_u16, u16, 8, vld1q_u16, vdupq_n_u16, vsubq_u16, vcleq_u16, vorrq_u16, |masks| of_u16(masks));
scan!(in_ranges_u32, u32, 4, vld1q_u32, vdupq_n_u32, vsubq_u32, vcleq_u32, vorrq_u32, |masks| of_u16(of_u32(masks)));
scan!(in_ranges_u64, u64, 2, vld1q_u64, vdupq_n_u64, vsubq_u64, vcleq_u64, vorrq_u64, |masks| of_u16(of_u32(of_u64(
    masks
))));

/// A set's byte for each cell is looked up by the upper five bits; the lower three choose its bit.
#[target_feature(enable = "neon")]
pub(super) fn in_bytes(cells: &[u8], set: &[u8; 32], out: &mut [u64]) {
    let (halves, _) = set.as_chunks::<16>();
    let [lower, upper] = halves else { return };
    // SAFETY: each has the 16 bytes that are read.
    let (lower, upper, bits) = unsafe { (vld1q_u8(lower.as_ptr()), vld1q_u8(upper.as_ptr()), vld1q_u8(BITS.as_ptr())) };
    let set = uint8x16x2_t(lower, upper);
    for (cells, word) in cells.chunks_exact(64).zip(out) {
        let mut masks = [vdupq_n_u8(0); 4];
        for (at, mask) in masks.iter_mut().enumerate() {
            // SAFETY: the chunk has 64 cells, of which this reads 16 from `at * 16` on.
            let cells = unsafe { vld1q_u8(cells.as_ptr().add(at * 16)) };
            let byte = vqtbl2q_u8(set, vshrq_n_u8::<3>(cells));
            *mask = vtstq_u8(byte, vqtbl1q_u8(bits, vandq_u8(cells, vdupq_n_u8(7))));
        }
        *word = packed(masks);
    }
}

#[target_feature(enable = "neon")]
pub(super) fn ordered(cells: &[f64], order: Order, number: f64, out: &mut [u64]) {
    match order {
        Order::Less => less(cells, number, out),
        Order::Equal => equal(cells, number, out),
        Order::Greater => greater(cells, number, out),
    }
}

macro_rules! ordered_by {
    ($name:ident, $compare:ident) => {
        #[target_feature(enable = "neon")]
        fn $name(cells: &[f64], number: f64, out: &mut [u64]) {
            let number = vdupq_n_f64(number);
            for (cells, word) in cells.chunks_exact(64).zip(out) {
                let mut masks = [vdupq_n_u64(0); 32];
                for (at, mask) in masks.iter_mut().enumerate() {
                    // SAFETY: the chunk has 64 cells, of which this reads 2 from `at * 2` on.
                    *mask = $compare(unsafe { vld1q_f64(cells.as_ptr().add(at * 2)) }, number);
                }
                *word = packed(of_u16(of_u32(of_u64(masks))));
            }
        }
    };
}

ordered_by!(less, vcltq_f64);
ordered_by!(equal, vceqq_f64);
ordered_by!(greater, vcgtq_f64);
