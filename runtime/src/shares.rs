//! Stable shares of the customers: who is in one depends on the salt and the customer's key alone (rule 16).

use md5::{Digest, Md5};
use segue_compiler::program::{Share, WHOLE_SHARE};

/// What a share is for: the same salt deals differently for each.
const PURPOSE: &str = "share";

/// Where customers of a salt stand between 0 and 2^64.
#[derive(Debug, Clone)]
pub(crate) struct Dealer {
    /// With all that stands before the key.
    before_key: Md5,
}

impl Dealer {
    /// Of a salt.
    pub(crate) fn new(salt: &str) -> Dealer {
        let mut before_key = Md5::new();
        for part in [salt, ":", PURPOSE, ":"] {
            before_key.update(part.as_bytes());
        }
        Dealer { before_key }
    }

    /// The first 8 bytes of md5("SALT:share:KEY"), as a big-endian integer.
    pub(crate) fn position(&self, key: &str) -> u64 {
        let mut digest = self.before_key.clone();
        digest.update(key.as_bytes());
        let bytes = digest.finalize();
        bytes.iter().take(8).fold(0, |position, byte| position << 8 | u64::from(*byte))
    }

    /// Whether a key is in the share between two ends: from x 2^64 <= position < to x 2^64, in integers.
    pub(crate) fn holds(&self, key: &str, from: Share, to: Share) -> bool {
        let position = u128::from(self.position(key)) * u128::from(WHOLE_SHARE);
        let end = |share: Share| u128::from(share.0) << 64;
        end(from) <= position && position < end(to)
    }
}

#[cfg(test)]
mod tests {
    use super::Dealer;
    use segue_compiler::program::{Share, WHOLE_SHARE};

    /// Against Python's hashlib: `int.from_bytes(md5(b"checkout test:share:" + key).digest()[:8], "big")`.
    #[test]
    fn positions_are_those_of_the_rule() {
        let dealer = Dealer::new("checkout test");
        for (key, position) in POSITIONS {
            assert_eq!(dealer.position(key), position, "{key}");
        }
    }

    #[test]
    fn shares_that_touch_hold_each_key_once() {
        let dealer = Dealer::new("a");
        let (mut first, share) = (0, |tenths: u64| Share(WHOLE_SHARE / 10 * tenths));
        for key in 0..10_000 {
            let key = key.to_string();
            let parts = [(0, 3), (3, 4), (4, 10)].map(|(from, to)| dealer.holds(&key, share(from), share(to)));
            assert_eq!(parts.iter().filter(|part| **part).count(), 1, "{key}");
            first += usize::from(parts[0]);
        }
        assert!((2_800..3_200).contains(&first), "{first}");
    }

    const POSITIONS: [(&str, u64); 4] = [
        ("1", 15_266_596_197_469_738_641),
        ("1228", 1_300_844_081_498_970_749),
        ("customer-7", 5_563_642_183_402_570_642),
        ("", 6_465_165_900_324_489_329),
    ];
}
