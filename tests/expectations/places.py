"""Writes compiler/src/values/expectations/distances.csv: how far pairs of places are apart.

By the package `haversine` (great circle on the mean radius) and, on the ellipsoid WGS 84, by `geographiclib`, which bounds how far
the sphere is from the earth. Run it from the project's folder, with both at hand:

    python3 tests/expectations/places.py

The file is kept in the project.
"""

import csv
import random
from pathlib import Path

from geographiclib.geodesic import Geodesic
from haversine import Unit, haversine

FILE = Path(__file__).resolve().parents[2] / "compiler/src/values/expectations/distances.csv"
CITIES = [
    (40.7536, -73.9832), (51.5074, -0.1278), (-33.8688, 151.2093), (35.6762, 139.6503), (-22.9068, -43.1729),
    (64.1466, -21.9426), (-17.7134, 178.065), (21.3069, -157.8583), (0.0, 0.0), (90.0, 0.0), (-90.0, 45.0),
    (0.0, 180.0), (0.0, -180.0), (89.9999999, 10.0),
]


def main():
    chance = random.Random(4)

    def place(north=90.0, east=180.0):
        return round(chance.uniform(-north, north), 7), round(chance.uniform(-east, east), 7)

    pairs = [(one, other) for one in CITIES for other in CITIES]
    pairs += [(place(), place()) for _ in range(150)]
    for _ in range(150):  # near one another
        north, east = place(89.0, 179.0)
        spread = 10 ** chance.uniform(-6, 0)
        pairs.append(((north, east), (round(north + chance.uniform(-spread, spread), 7), round(east + spread, 7))))
    for _ in range(20):  # all but opposite
        north, east = place(80.0, 179.0)
        pairs.append(((north, east), (-north, round(east - 180 if east > 0 else east + 180, 7))))
    with FILE.open("w", newline="\n") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["latitude", "longitude", "latitude", "longitude", "great_circle_metres", "geodesic_metres"])
        for one, other in pairs:
            sphere = haversine(one, other, unit=Unit.METERS)
            ellipsoid = Geodesic.WGS84.Inverse(*one, *other)["s12"]
            out.writerow([*one, *other, f"{sphere:.6f}", f"{ellipsoid:.6f}"])


main()
