//! Occasions: whether a day lies around one, and whether one of its days lies in a stretch.

use super::evaluate::{Evaluator, Scope};
use segue_compiler::program::{Expr, OccasionWindow, Window};
use segue_compiler::values::Value;
use segue_compiler::values::calendar::{Moments, Occasion};

impl Evaluator<'_> {
    /// Whether a day lies in what an occasion chooses; unknown where the customer's day is.
    pub(super) fn near(&self, day: i32, window: &OccasionWindow, scope: &Scope<'_>) -> Option<bool> {
        let base = self.base_of(window.base.as_ref(), scope)?;
        Some(window.occasion.reaches(base, day, window.reach))
    }

    /// Whether the time of an event certainly lies in what occasions choose.
    pub(super) fn in_occasions(&self, windows: &[OccasionWindow], time: &Value, scope: &Scope<'_>) -> bool {
        let day = match time {
            Value::Date(day) => *day,
            Value::Instant(at) => self.clock.date_of(*at),
            _ => return false,
        };
        windows.iter().all(|window| self.near(day, window, scope) == Some(true))
    }

    /// Whether a day of an occasion lies in all the windows.
    pub(super) fn occurs(
        &self,
        occasion: &Occasion,
        base: Option<&Expr>,
        windows: &[Window],
        scope: &Scope<'_>,
    ) -> Option<bool> {
        let base = self.base_of(base, scope)?;
        let filter = self.filter(windows, Moments::Dates);
        Some(occasion.touches(base, filter.first, filter.last))
    }

    /// The customer's day, where there is to be one; the outer `None` where it is missing.
    fn base_of(&self, base: Option<&Expr>, scope: &Scope<'_>) -> Option<Option<i32>> {
        let Some(base) = base else { return Some(None) };
        match self.value(base, &Scope::of_customer(scope.customer))? {
            Value::Date(day) => Some(Some(day)),
            _ => self.unsuited(base.span),
        }
    }
}
