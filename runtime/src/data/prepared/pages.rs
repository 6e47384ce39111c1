//! Writing a file so that it is mapped in large pages.

use std::io::{self, Write};

/// What is written at once: several of the largest pages that processors have next to their usual ones (2 MiB). The system
/// keeps a file in pieces as large as the writes it was made by, where these begin at a multiple of their length, and maps
/// a piece as it is: one large page instead of hundreds, each of which a process that looks at it would have to wait for.
const PIECE: usize = 8 << 20;

/// A file that is written from its start on, in whole pieces.
#[derive(Debug)]
pub(super) struct InPieces<W> {
    file: W,
    piece: Vec<u8>,
}

impl<W: Write> InPieces<W> {
    /// Of a file in which nothing has been written yet.
    pub(super) fn new(file: W) -> InPieces<W> {
        InPieces { file, piece: Vec::with_capacity(PIECE) }
    }

    /// Writes the last piece, and gives the file.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.file.write_all(&self.piece)?;
        Ok(self.file)
    }

    /// Takes all of some bytes.
    pub(super) fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while let Some((now, later)) = bytes.split_at_checked(PIECE - self.piece.len()) {
            self.piece.extend_from_slice(now);
            self.file.write_all(&self.piece)?;
            self.piece.clear();
            bytes = later;
        }
        self.piece.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps how much was written at once.
    #[derive(Default)]
    struct Told {
        all: Vec<u8>,
        lengths: Vec<usize>,
    }

    impl Write for Told {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.all.extend_from_slice(bytes);
            self.lengths.push(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn all_writes_but_the_last_are_whole_pieces() -> io::Result<()> {
        for lengths in [vec![], vec![64], vec![64, PIECE - 64], vec![100, 3 * PIECE, 7], vec![PIECE - 1, 2, PIECE - 1]]
        {
            let mut file = InPieces::new(Told::default());
            let mut expected = Vec::new();
            for (number, length) in (1_u8..).zip(&lengths) {
                let bytes = vec![number; *length];
                file.put(&bytes)?;
                expected.extend(bytes);
            }
            let told = file.finish()?;
            assert!(told.all == expected, "{lengths:?}");
            // Only the last may be less than a piece.
            let of_pieces: Vec<usize> = expected.chunks(PIECE).map(<[u8]>::len).collect();
            assert_eq!(told.lengths, of_pieces, "{lengths:?}");
        }
        Ok(())
    }
}
