//! What the processor can do: loops are compiled several times, and the widest instructions it has are chosen when the
//! program runs.

/// The instructions that columns are read with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instructions {
    /// What every processor has.
    Portable,
    /// 256 bits at once.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512 bits at once, with masks.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// 128 bits at once.
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl Instructions {
    /// All that this processor has, the best last.
    pub fn available() -> Vec<Instructions> {
        let mut paths = vec![Instructions::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
                paths.push(Instructions::Avx2);
            }
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vpopcntdq")
                && is_x86_feature_detected!("avx512vbmi")
                && is_x86_feature_detected!("avx512vbmi2")
                && is_x86_feature_detected!("gfni")
                && is_x86_feature_detected!("popcnt")
            {
                paths.push(Instructions::Avx512);
            }
        }
        #[cfg(target_arch = "aarch64")]
        if std::arch::is_aarch64_feature_detected!("neon") {
            paths.push(Instructions::Neon);
        }
        paths
    }

    /// The best that this processor has.
    pub fn best() -> Instructions {
        Instructions::available().last().copied().unwrap_or(Instructions::Portable)
    }
}

/// Makes a function of instructions and arguments that does what a plain one does, compiled for those instructions. All that
/// the plain one calls has to be inlined into it.
macro_rules! compiled_for_each {
    ($(#[$note:meta])* $visible:vis fn $name:ident($($argument:ident: $ty:ty),*) $(-> $gives:ty)? = $plain:ident) => {
        $(#[$note])*
        $visible fn $name(path: $crate::processor::Instructions, $($argument: $ty),*) $(-> $gives)? {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,popcnt")]
            fn avx2($($argument: $ty),*) $(-> $gives)? {
                $plain($($argument),*)
            }
            #[cfg(target_arch = "aarch64")]
            #[target_feature(enable = "neon")]
            fn neon($($argument: $ty),*) $(-> $gives)? {
                $plain($($argument),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,popcnt")]
            fn avx512($($argument: $ty),*) $(-> $gives)? {
                $plain($($argument),*)
            }
            match path {
                $crate::processor::Instructions::Portable => $plain($($argument),*),
                #[cfg(target_arch = "x86_64")]
                // SAFETY: the path is only given where the processor has these instructions.
                $crate::processor::Instructions::Avx2 => unsafe { avx2($($argument),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: as above.
                $crate::processor::Instructions::Avx512 => unsafe { avx512($($argument),*) },
                #[cfg(target_arch = "aarch64")]
                // SAFETY: as above.
                $crate::processor::Instructions::Neon => unsafe { neon($($argument),*) },
            }
        }
    };
}
pub(crate) use compiled_for_each;
