//! Ctrl-C and the polite signals: what was half written goes away, nothing that was whole is touched.
//!
//! Results are written beside their place and then moved there in one step, so an interruption can only leave such a
//! side file; the runtime keeps a list of them, and the handler removes them before the process ends.

/// The status a shell gives a command that was interrupted.
const INTERRUPTED: i32 = 130;

/// Sets the handler. Where that is not possible, an interruption ends the process at once.
pub(crate) fn clean_up_on_interrupt() {
    _ = ctrlc::set_handler(|| {
        segue_runtime::unfinished::remove_all();
        std::process::exit(INTERRUPTED);
    });
}
