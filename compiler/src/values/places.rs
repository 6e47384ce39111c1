//! Places on the earth, and how far they are apart.
//!
//! A place is one whole number: its latitude and its longitude, each in ten-millionths of a degree (1.1 cm), in the upper
//! and the lower 32 bits. So it is held, looked up and compared as any other value.

/// Parts of a degree that a place counts.
const PARTS: f64 = 1e7;

/// The mean radius of the earth in metres: (2a + b) / 3 of the GRS 80 ellipsoid, H. Moritz, "Geodetic Reference System 1980",
/// Journal of Geodesy 74 (2000), R1.
pub const MEAN_RADIUS: f64 = 6_371_008.771_4;

/// Metres of a mile, exactly: the international yard and pound agreement of 1959.
const MILE: f64 = 1_609.344;

/// A unit of distance by the word for it: its usual name and how many metres it has.
pub fn unit(word: &str) -> Option<(&'static str, f64)> {
    match word.to_lowercase().as_str() {
        "m" | "metre" | "metres" | "meter" | "meters" => Some(("m", 1.0)),
        "km" | "kilometre" | "kilometres" | "kilometer" | "kilometers" => Some(("km", 1_000.0)),
        "mi" | "mile" | "miles" => Some(("miles", MILE)),
        _ => None,
    }
}

/// A place by its latitude and longitude in degrees; `None` where there is no such place.
pub fn place(latitude: f64, longitude: f64) -> Option<i64> {
    let parts = |degrees: f64, most: f64| {
        (degrees.is_finite() && degrees.abs() <= most).then(|| (degrees * PARTS).round() as i32)
    };
    let (latitude, longitude) = (parts(latitude, 90.0)?, parts(longitude, 180.0)?);
    Some(i64::from(latitude) << 32 | i64::from(longitude) & 0xffff_ffff)
}

/// The latitude and the longitude of a place, in degrees.
pub fn degrees(place: i64) -> (f64, f64) {
    (f64::from((place >> 32) as i32) / PARTS, f64::from(place as i32) / PARTS)
}

/// The latitude and the longitude, as data and people write them: `40.7536, -73.9832`.
pub fn text(place: i64) -> String {
    let (latitude, longitude) = degrees(place);
    format!("{latitude}, {longitude}")
}

/// A stretch of the earth between two parallels and two meridians, both ends included. One whose western end lies east of its
/// eastern end crosses the 180th meridian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BoundingBox {
    /// Its corner in the south-west.
    pub south_west: i64,
    /// Its corner in the north-east.
    pub north_east: i64,
}

impl BoundingBox {
    /// Whether a place is in it.
    pub fn contains(&self, place: i64) -> bool {
        let ((south, west), (north, east)) = (degrees(self.south_west), degrees(self.north_east));
        let (latitude, longitude) = degrees(place);
        let between = match west <= east {
            true => west <= longitude && longitude <= east,
            false => west <= longitude || longitude <= east,
        };
        south <= latitude && latitude <= north && between
    }
}

/// The great-circle distance in metres between two places, on a sphere of the earth's mean radius; up to 0.56% from the
/// distance on the ellipsoid. The haversine formula: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984).
pub fn great_circle(from: i64, to: i64) -> f64 {
    let ((latitude, longitude), (other_latitude, other_longitude)) = (degrees(from), degrees(to));
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let along = latitude.to_radians().cos() * other_latitude.to_radians().cos();
    let h = half(other_latitude - latitude) + along * half(other_longitude - longitude);
    // Rounding may take it beyond 1 for places opposite one another.
    2.0 * MEAN_RADIUS * h.sqrt().min(1.0).asin()
}
