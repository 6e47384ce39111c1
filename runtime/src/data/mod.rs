//! Data in and out: reading files, converting and encoding columns, the data set in memory, writing results.

mod dataset;

pub use dataset::{Bits, Column, Dataset, Dictionary, TableData, Values, canonical_integer, compare_ids};
