//! Figures of many values: averages, deviations, percentiles (rules 12 and 13).

use crate::interpret::whole_average;
use segue_compiler::program::{Share, Statistic, Type, WHOLE_SHARE};
use segue_compiler::values::{Value, number};

/// Known values in the order of the customers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Known {
    /// Integers, money, durations; days and instants, of which there are no figures.
    Whole(Vec<i64>),
    /// Numbers and shares.
    Float(Vec<f64>),
}

impl Known {
    /// How many.
    pub(crate) fn len(&self) -> usize {
        match self {
            Known::Whole(values) => values.len(),
            Known::Float(values) => values.len(),
        }
    }
}

/// A figure of values of the type; `None` where there are none. No figure leaves the range of its type.
pub(crate) fn figure(statistic: Statistic, values: &mut Known, ty: &Type) -> Option<Value> {
    if values.len() == 0 {
        return None;
    }
    match (statistic, values) {
        (Statistic::Average, Known::Whole(values)) => {
            let total = values.iter().map(|value| i128::from(*value)).sum();
            whole_average(total, i64::try_from(values.len()).ok()?, ty).ok()
        }
        (Statistic::Average, Known::Float(values)) => float(average(values)),
        (Statistic::Deviation, Known::Whole(values)) => {
            let total: i128 = values.iter().map(|value| i128::from(*value)).sum();
            // Times as many as there are, so that the average is whole and no difference loses a digit.
            let count = values.len() as i128;
            let distances = values.iter().map(|value| (i128::from(*value) * count - total) as f64 / count as f64);
            let deviation = deviation(distances, values.len());
            match ty {
                Type::Integer => float(deviation),
                _ => of_whole(deviation.round_ties_even(), ty),
            }
        }
        (Statistic::Deviation, Known::Float(values)) => {
            let average = average(values);
            let distances = |part: f64| values.iter().map(move |value| value * part - average * part);
            let found = deviation(distances(1.0), values.len());
            // Far ends of the range are further apart than any number; a quarter of that is one.
            float(if found.is_finite() { found } else { deviation(distances(0.25), values.len()) * 4.0 })
        }
        (Statistic::Percentile(share), Known::Whole(values)) => {
            let (at, over) = place(share, values.len());
            let (_, low, above) = values.select_nth_unstable(at);
            let low = *low;
            let high = if over == 0 { low } else { above.iter().copied().min().unwrap_or(low) };
            between(low, high, over, ty)
        }
        (Statistic::Percentile(share), Known::Float(values)) => {
            let (at, over) = place(share, values.len());
            let (_, low, above) = values.select_nth_unstable_by(at, f64::total_cmp);
            let low = *low;
            let high = if over == 0 { low } else { above.iter().copied().min_by(f64::total_cmp).unwrap_or(low) };
            float(mixed(low, high, over))
        }
    }
}

/// The average of floats, added in the order given; where their sum leaves the range of floats, each is divided first.
fn average(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let average = values.iter().sum::<f64>() / count;
    if average.is_finite() { average } else { values.iter().map(|value| value / count).sum() }
}

/// The root of the average square of distances, added in the order given. The largest is taken out before they are squared,
/// so that squares do not leave the range of floats.
fn deviation(distances: impl Iterator<Item = f64> + Clone, count: usize) -> f64 {
    let largest = distances.clone().fold(0.0_f64, |largest, distance| largest.max(distance.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    let squares: f64 = distances.map(|distance| (distance / largest) * (distance / largest)).sum();
    (squares / count as f64).sqrt() * largest
}

/// The place of a percentile among `count` values in order, share x (count - 1), and by how many units of a share it lies
/// over that place.
fn place(share: Share, count: usize) -> (usize, u64) {
    let exact = u128::from(share.0) * (count.saturating_sub(1)) as u128;
    let whole = u128::from(WHOLE_SHARE);
    (usize::try_from(exact / whole).unwrap_or(0), u64::try_from(exact % whole).unwrap_or(0))
}

/// Between two neighbours, by so many units of a share; whole values are rounded half to even.
fn between(low: i64, high: i64, over: u64, ty: &Type) -> Option<Value> {
    if *ty == Type::Integer {
        return float(mixed(low as f64, high as f64, over));
    }
    let step = (i128::from(high) - i128::from(low)) * i128::from(over);
    let whole = i128::from(WHOLE_SHARE);
    let (floor, rest) = (step.div_euclid(whole), step.rem_euclid(whole));
    let units = i128::from(low) + floor;
    let up = match (rest * 2).cmp(&whole) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => units.rem_euclid(2),
        std::cmp::Ordering::Greater => 1,
    };
    let units = i64::try_from(units + up).ok()?;
    match ty {
        Type::Duration => Some(Value::Duration(units)),
        _ => Some(Value::Money(units)),
    }
}

fn mixed(low: f64, high: f64, over: u64) -> f64 {
    let share = over as f64 / WHOLE_SHARE as f64;
    let mixed = low + (high - low) * share;
    // Far ends of the range are further apart than any number.
    if mixed.is_finite() { mixed } else { low * (1.0 - share) + high * share }
}

fn float(value: f64) -> Option<Value> {
    number(value).map(Value::Number)
}

/// A deviation is at most half of what lies between the least and the greatest value, so it fits; the last integer is no
/// float, and the conversion saturates.
fn of_whole(value: f64, ty: &Type) -> Option<Value> {
    match ty {
        Type::Duration => Some(Value::Duration(value as i64)),
        _ => Some(Value::Money(value as i64)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, figure};
    use segue_compiler::program::{Share, Statistic, Type, WHOLE_SHARE};
    use segue_compiler::values::{Currency, Value};

    fn percent(share: u64) -> Statistic {
        Statistic::Percentile(Share(WHOLE_SHARE / 100 * share))
    }

    fn of_integers(statistic: Statistic, values: &[i64]) -> Option<Value> {
        figure(statistic, &mut Known::Whole(values.to_vec()), &Type::Integer)
    }

    #[test]
    fn figures_of_integers_are_numbers() {
        let values = [40, 10, 20, 30];
        assert_eq!(of_integers(Statistic::Average, &values), Some(Value::Number(25.0)));
        assert_eq!(of_integers(percent(50), &values), Some(Value::Number(25.0)));
        assert_eq!(of_integers(percent(0), &values), Some(Value::Number(10.0)));
        assert_eq!(of_integers(percent(100), &values), Some(Value::Number(40.0)));
        // 0.9 x 3 = 2.7: 30 + 0.7 x 10.
        assert_eq!(of_integers(percent(90), &values), Some(Value::Number(37.0)));
        // The root of (225 + 225 + 25 + 25) / 4.
        assert_eq!(of_integers(Statistic::Deviation, &values), Some(Value::Number(125.0_f64.sqrt())));
        assert_eq!(of_integers(Statistic::Deviation, &[7]), Some(Value::Number(0.0)));
        assert_eq!(of_integers(Statistic::Average, &[]), None);
    }

    #[test]
    fn figures_of_money_round_half_to_even() {
        let ty = Type::Money(Currency(*b"USD"));
        let of = |statistic, values: &[i64]| figure(statistic, &mut Known::Whole(values.to_vec()), &ty);
        assert_eq!(of(percent(50), &[1, 2]), Some(Value::Money(2)));
        assert_eq!(of(percent(50), &[2, 3]), Some(Value::Money(2)));
        assert_eq!(of(percent(50), &[-2, -1]), Some(Value::Money(-2)));
        assert_eq!(of(percent(50), &[i64::MIN, i64::MAX]), Some(Value::Money(0)));
        assert_eq!(of(Statistic::Average, &[1, 2, 2]), Some(Value::Money(2)));
        assert_eq!(of(Statistic::Deviation, &[0, 20_000]), Some(Value::Money(10_000)));
        // The average is no float, and the distances are 10 all the same.
        assert_eq!(
            of(Statistic::Deviation, &[100_000_000_000_000_001, 100_000_000_000_000_021]),
            Some(Value::Money(10))
        );
        assert_eq!(of(Statistic::Deviation, &[i64::MAX, -i64::MAX]), Some(Value::Money(i64::MAX)));
    }

    #[test]
    fn large_numbers_have_figures() {
        let of = |statistic, values: &[f64]| figure(statistic, &mut Known::Float(values.to_vec()), &Type::Number);
        assert_eq!(of(Statistic::Deviation, &[1e300, -1e300]), Some(Value::Number(1e300)));
        assert_eq!(of(percent(50), &[f64::MIN, f64::MAX]), Some(Value::Number(0.0)));
        assert_eq!(of(Statistic::Average, &[f64::MAX, f64::MAX]), Some(Value::Number(f64::MAX)));
        assert_eq!(of(Statistic::Deviation, &[f64::MAX, f64::MAX]), Some(Value::Number(0.0)));
        assert_eq!(of(Statistic::Deviation, &[1.5e308, -1.5e308]), Some(Value::Number(1.5e308)));
    }
}
