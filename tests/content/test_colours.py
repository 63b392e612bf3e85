"""An organisation's colour can be read on light and on dark, whichever it is."""

import re

from hypothesis import given
from hypothesis import strategies as st

from app.config import ROOT
from app.content import colours

ANY = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def worst(colour, surfaces):
    return min(
        colours.contrast(colours.linear(colour), colours.of_lch(*surface)) for surface in surfaces
    )


@given(ANY)
def test_every_colour_becomes_legible(colour):
    for shade, surfaces in (
        (colours.on_light(colour), colours.LIGHT),
        (colours.on_dark(colour), colours.DARK),
    ):
        assert colours.is_colour(shade.colour)
        assert worst(shade.colour, surfaces) >= colours.LEAST
        button = colours.contrast(colours.linear(shade.colour), colours.linear(shade.on_it))
        assert button >= colours.LEAST


def test_what_can_be_read_stays_as_it_is():
    assert colours.on_light("#1f4e8c").colour == "#1f4e8c"
    assert colours.on_dark("#ffcc00").colour == "#ffcc00"


def test_what_cannot_is_moved_no_further_than_it_takes():
    shade = colours.on_light("#ffcc00")

    assert shade.is_adapted
    assert round(shade.asked, 1) == 1.4
    assert worst(shade.colour, colours.LIGHT) < colours.LEAST + 0.1


def test_the_papers_are_those_of_the_page():
    css = (ROOT / "static" / "css" / "tokens.css").read_text("utf-8")
    found = {
        name: [tuple(map(float, re.findall(r"[\d.]+", side))) for side in sides]
        for name, *sides in re.findall(
            r"--(paper|sheet|sunk): light-dark\(oklch\(([^)]*)\), oklch\(([^)]*)\)\)", css
        )
    }

    assert [found[name][0] for name in ("paper", "sheet", "sunk")] == as_written(colours.LIGHT)
    assert [found[name][1] for name in ("paper", "sheet", "sunk")] == as_written(colours.DARK)


def as_written(surfaces):
    return [(round(lightness * 100, 1), chroma, hue) for lightness, chroma, hue in surfaces]
