//! Occasions against what dateutil and Python's calendar give (values/expectations/occasions.csv, made by
//! tests/expectations/occasions.py), and against a search day by day.

use super::*;
use crate::project::check_text;

/// The days of an occasion, as the language reads them.
fn days(text: &str) -> Occasion {
    let checked = check_text(&format!("customers {{ key id : id   born : date }}\noccasion x = {text}\n"));
    match checked.program.map(|program| program.occasions) {
        Some(occasions) => occasions[0].days.clone(),
        None => panic!("{text}: {:?}", checked.diagnostics),
    }
}

#[test]
fn days_are_those_of_other_libraries() {
    let mut known: rustc_hash::FxHashMap<String, Occasion> = rustc_hash::FxHashMap::default();
    let mut held = 0;
    for row in rows(include_str!("../../expectations/occasions.csv")) {
        let [text, year, first, last] = row.as_slice() else { panic!("four columns") };
        let occasion = known.entry(text.to_string()).or_insert_with(|| days(text));
        let Occasion::Days(stretches) = occasion else { panic!("{text} is no anniversary") };
        let expected = first.parse::<i64>().ok().zip(last.parse::<i64>().ok());
        assert_eq!(stretches[0].days(year.parse().unwrap()), expected, "{text} in {year}");
        let Some((first, last)) = expected else { continue };
        held += 1;
        let (day, end) = (i32::try_from(first).unwrap(), i32::try_from(last).unwrap());
        assert!(occasion.touches(None, first, first) && occasion.touches(None, last, last), "{text} in {year}");
        assert!(!occasion.touches(None, first - 1, first - 1) && !occasion.touches(None, last + 1, last + 1));
        assert!(
            occasion.reaches(None, day - 3, Reach::Before(3)) && !occasion.reaches(None, day - 4, Reach::Before(3))
        );
        assert!(!occasion.reaches(None, day, Reach::Before(3)) && !occasion.reaches(None, end, Reach::After(3)));
        assert!(occasion.reaches(None, end + 3, Reach::After(3)) && !occasion.reaches(None, end + 4, Reach::After(3)));
        assert_eq!(occasion.next(None, day), Some((day, end)), "{text} in {year}");
    }
    assert!(held > 8_000, "{held}");
}

/// All occurrences of an anniversary, year by year: the day itself, or 28 February.
fn anniversaries(base: i32) -> impl Iterator<Item = i64> {
    let CivilDate { year, month, day } = CivilDate::of(base.into());
    (1..400).map(move |after| {
        let day = if month == 2 && day == 29 && days_in_month(year + after, 2) == 28 { 28 } else { day };
        CivilDate { year: year + after, month, day }.number()
    })
}

proptest! {
    #[test]
    fn anniversaries_are_found_as_a_search_finds_them(
        base in prop_oneof![9 => -20_000..20_000i32, 1 => Just(CivilDate { year: 2000, month: 2, day: 29 }.number() as i32)],
        from in -40..40i32,
        long in 0..30i32,
        day in -20_000..40_000i32,
        span in 0..500i64,
        far in 1..366i32,
    ) {
        let occasion = Occasion::Anniversary { from, to: from + long };
        let spans: Vec<(i64, i64)> = anniversaries(base).map(|at| (at + i64::from(from), at + i64::from(from + long))).collect();
        let any = |holds: &dyn Fn(&(i64, i64)) -> bool| spans.iter().any(holds);
        let at = i64::from(day);
        let last = at + span;
        prop_assert_eq!(occasion.touches(Some(base), at, last), any(&|(first, end)| *first <= last && *end >= at));
        prop_assert_eq!(occasion.reaches(Some(base), day, Reach::During), any(&|(first, end)| *first <= at && at <= *end));
        let far_days = i64::from(far);
        prop_assert_eq!(
            occasion.reaches(Some(base), day, Reach::Before(far)),
            any(&|(first, _)| at < *first && *first - far_days <= at)
        );
        prop_assert_eq!(
            occasion.reaches(Some(base), day, Reach::After(far)),
            any(&|(_, end)| *end < at && at <= *end + far_days)
        );
        let next = spans.iter().find(|(_, end)| *end >= at).map(|(first, end)| (*first as i32, *end as i32));
        prop_assert_eq!(occasion.next(Some(base), day), next);
        prop_assert!(!occasion.touches(None, at, last));
    }

    #[test]
    fn spans_are_found_as_a_search_finds_them(
        day in -20_000..40_000i32,
        far in 1..366i32,
        text in prop::sample::select(&["from 28 december to 3 january", "easter", "from 20 november to 10 february",
            "fifth monday of february", "300 days after 14 february", "2026-11-08", "from 2025-12-30 to 2026-01-02",
            "15 march, 15 june, last friday of september", "from 29 february to 1 march", "fifth friday of march"][..]),
    ) {
        let occasion = days(text);
        let Occasion::Days(stretches) = &occasion else { panic!("{text}") };
        let spans: Vec<(i64, i64)> =
            (1900..2100).flat_map(|year| stretches.iter().filter_map(move |stretch| stretch.days(year))).collect();
        let at = i64::from(day);
        let far_days = i64::from(far);
        let any = |holds: &dyn Fn(&(i64, i64)) -> bool| spans.iter().any(holds);
        prop_assert_eq!(occasion.reaches(None, day, Reach::During), any(&|(first, end)| *first <= at && at <= *end));
        prop_assert_eq!(
            occasion.reaches(None, day, Reach::Before(far)),
            any(&|(first, _)| at < *first && *first - far_days <= at)
        );
        prop_assert_eq!(
            occasion.reaches(None, day, Reach::After(far)),
            any(&|(_, end)| *end < at && at <= *end + far_days)
        );
        let last = at + far_days;
        prop_assert_eq!(occasion.touches(None, at, last), any(&|(first, end)| *first <= last && *end >= at));
        if let Some(next) = occasion.next(None, day) {
            let found = spans.iter().filter(|(_, end)| *end >= at).min();
            prop_assert!(found.is_none_or(|found| *found == (i64::from(next.0), i64::from(next.1))));
        } else {
            prop_assert!(!any(&|(_, end)| *end >= at));
        }
    }
}

#[test]
fn far_days_are_no_danger() {
    let ends = [i32::MIN, i32::MIN + 1, -1, 0, i32::MAX - 1, i32::MAX];
    let occasions =
        ["easter", "fifth monday of february", "2026-11-08", "14 february", "anniversary of born"].map(days);
    for occasion in &occasions {
        for day in ends {
            for base in ends {
                for reach in [Reach::Before(366), Reach::During, Reach::After(366)] {
                    occasion.reaches(Some(base), day, reach);
                }
                occasion.touches(Some(base), i64::from(i32::MIN), i64::from(day));
                occasion.touches(Some(base), i64::from(day), i64::from(i32::MAX));
                occasion.next(Some(base), day);
            }
        }
    }
}
