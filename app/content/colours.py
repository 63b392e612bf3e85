"""An organisation's colour, made legible: on light and on dark, with its lightness adapted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin

LEAST = 4.5
"""The contrast that text needs (WCAG 2.2, 1.4.3)."""
# As in static/css/tokens.css: paper, sheet and what is sunk; lightness, chroma and hue.
LIGHT = ((0.986, 0.004, 95.0), (1.0, 0.0, 0.0), (0.966, 0.005, 95.0))
DARK = ((0.19, 0.012, 255.0), (0.225, 0.013, 255.0), (0.165, 0.012, 255.0))
WHITE, BLACK = "#ffffff", "#12151b"
Linear = tuple[float, float, float]


@dataclass(frozen=True)
class Shade:
    """The colour as one scheme shows it: as text on the page, and below the words of a button."""

    colour: str
    on_it: str
    """Black or white, whichever is easier to read on it."""
    asked: float
    """The contrast of the colour that was asked for, at its worst."""

    @property
    def is_adapted(self) -> bool:
        return self.asked < LEAST


@dataclass(frozen=True)
class Shades:
    light: Shade
    dark: Shade


def shades(colour: str) -> Shades | None:
    """The colour on light and on dark paper; None where none is chosen."""
    return Shades(on_light(colour), on_dark(colour)) if is_colour(colour) else None


def is_colour(text: str) -> bool:
    return re.fullmatch("#[0-9a-f]{6}", text) is not None


def on_light(colour: str) -> Shade:
    return _shade(colour, LIGHT, darker=True)


def on_dark(colour: str) -> Shade:
    return _shade(colour, DARK, darker=False)


def contrast(one: Linear, other: Linear) -> float:
    """The ratio of two colours' luminances, from 1 to 21."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def linear(colour: str) -> Linear:
    """The light of a colour's red, green and blue."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _light(red), _light(green), _light(blue)


def _shade(colour: str, surfaces: Sequence[Linear], *, darker: bool) -> Shade:
    grounds = [of_lch(*surface) for surface in surfaces]
    asked = _worst(linear(colour), grounds)
    found = colour if asked >= LEAST else _nearest(colour, grounds, darker=darker)
    on_it = max((WHITE, BLACK), key=lambda ink: contrast(linear(ink), linear(found)))
    return Shade(found, on_it, asked)


def _nearest(colour: str, grounds: Sequence[Linear], *, darker: bool) -> str:
    """The same hue, only so much darker or lighter as it takes; found by halving."""
    lightness, a, b = _lab(linear(colour))
    near, far, found = lightness, 0.0 if darker else 1.0, BLACK if darker else WHITE
    for _ in range(24):
        middle = (near + far) / 2
        # What is nearly black or white has room for little colour.
        room = middle / lightness if darker and lightness else (1 - middle) / (1 - lightness)
        tried = _hex(_of_lab(middle, a * min(1, room), b * min(1, room)))
        if _worst(linear(tried), grounds) >= LEAST:
            far = middle
            found = tried
        else:
            near = middle
    return found


def _worst(colour: Linear, grounds: Sequence[Linear]) -> float:
    return min(contrast(colour, ground) for ground in grounds)


def _luminance(light: Linear) -> float:
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def _light(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _value(light: float) -> float:
    light = min(1.0, max(0.0, light))
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def _hex(light: Linear) -> str:
    return "#" + "".join(f"{round(_value(part) * 255):02x}" for part in light)


def of_lch(lightness: float, chroma: float, hue: float) -> Linear:
    return _of_lab(lightness, chroma * cos(radians(hue)), chroma * sin(radians(hue)))


# OKLab and back, after Björn Ottosson: equal steps of lightness look equal.
def _lab(light: Linear) -> Linear:
    red, green, blue = light
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _of_lab(lightness: float, a: float, b: float) -> Linear:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
