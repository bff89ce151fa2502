"""Makes flights.csv: three weeks of an invented airline's flights, the same bytes on every run."""

import csv
import random
from datetime import date, timedelta

# Nothing here is taken from a real timetable. Airports: minutes of flight from the base, and demand as a share of seats.
BASE = "OSL"
AIRPORTS = {
    "BGO": (55, 0.82), "TRD": (55, 0.80), "SVG": (55, 0.78), "TOS": (110, 0.76), "BOO": (90, 0.70), "CPH": (70, 0.81),
    "ARN": (60, 0.79), "HEL": (90, 0.68), "LHR": (140, 0.85), "AMS": (115, 0.83), "CDG": (140, 0.77), "BER": (105, 0.72),
    "FRA": (125, 0.80), "ZRH": (140, 0.69), "VIE": (145, 0.66), "WAW": (110, 0.62), "DUB": (135, 0.71), "BCN": (200, 0.88),
    "MAD": (230, 0.74), "LIS": (250, 0.75), "FCO": (185, 0.78), "ATH": (225, 0.73), "PMI": (210, 0.90), "ALC": (235, 0.91),
}
SEATS = {"E190": 100, "A220": 135, "A320": 174, "A321": 208}
ROTATIONS_A_DAY = 4

random.seed(1903)
with open("flights.csv", "w", newline="", encoding="utf-8") as file:
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow(["flight", "date", "origin", "destination", "aircraft", "passengers", "delay_minutes", "status"])
    for day in range(21):
        today = date(2026, 3, 2) + timedelta(days=day)
        weather = random.choice([0.6, 0.8, 1.0, 1.0, 1.2, 2.5])
        for index, (airport, (minutes, demand)) in enumerate(AIRPORTS.items()):
            for rotation in range(ROTATIONS_A_DAY):
                knock_on = 0
                for leg, (origin, destination) in enumerate([(BASE, airport), (airport, BASE)]):
                    aircraft = random.choice(["E190", "A220"] if minutes < 100 else ["A220", "A320", "A321"])
                    busy = 1.1 if today.weekday() in (4, 6) else 0.95
                    passengers = min(SEATS[aircraft], round(SEATS[aircraft] * random.gauss(demand * busy, 0.09)))
                    delay = max(-8, round(random.gauss(-2, 4) + random.expovariate(1 / (7 * weather)) + knock_on))
                    flight = f"AL{100 + index * 10 + rotation * 2 + leg}"
                    if random.random() < 0.008 * weather:
                        rows.writerow([flight, today, origin, destination, aircraft, 0, "", "cancelled"])
                        continue
                    status = "diverted" if random.random() < 0.001 * weather else "delayed" if delay > 15 else "on time"
                    rows.writerow([flight, today, origin, destination, aircraft, passengers, delay, status])
                    knock_on = max(0, delay - 10) * 0.6
