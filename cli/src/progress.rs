//! Progress bars for long stages, on standard error, where a person watches it.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use segue_runtime::data::Progress;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Bars for a terminal, or nothing.
pub(crate) struct Bars {
    watched: bool,
    current: Mutex<Option<ProgressBar>>,
}

impl Bars {
    /// Bars where `watched`, else silence.
    pub(crate) fn new(watched: bool) -> Bars {
        Bars { watched, current: Mutex::new(None) }
    }

    /// Shows a bar that counts things, and not bytes.
    pub(crate) fn start_counting(&self, stage: &str, total: u64) {
        self.show(stage, Some(total), "{msg:30} [{bar:30}] {pos} of {len}");
    }

    fn show(&self, stage: &str, total: Option<u64>, template: &str) {
        if !self.watched {
            return;
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        // The templates are fixed and well formed; the default style would do as well.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(stage.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        self.replace(Some(bar));
    }

    fn replace(&self, bar: Option<ProgressBar>) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = std::mem::replace(&mut *current, bar) {
            old.finish_and_clear();
        }
    }
}

impl Progress for Bars {
    fn start(&self, stage: &str, total: Option<u64>) {
        let template = match total {
            Some(_) => "{msg:30} [{bar:30}] {bytes} of {total_bytes}",
            None => "{msg:30} {spinner}",
        };
        self.show(stage, total, template);
    }

    fn advance(&self, amount: u64) {
        if let Some(bar) = &*self.current.lock().unwrap_or_else(PoisonError::into_inner) {
            bar.inc(amount);
        }
    }

    fn finish(&self) {
        self.replace(None);
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.replace(None);
    }
}
