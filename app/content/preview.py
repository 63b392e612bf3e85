"""The picture that a chat shows beside a link: the sentence, as one reads it on the page."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby

from PIL import Image, ImageDraw, ImageFont

from app.content import characters
from app.content.sentence import Segment, Tone

SIZE = (1200, 630)
MARGIN = 84
PAPER, INK, SOFT = "#fbfaf7", "#1d232b", "#5a616b"
TONES = {
    Tone.OK: "#2f8563",
    Tone.PLANNED: "#2f6da8",
    Tone.SLOW: "#b8800f",
    Tone.PARTIAL: "#cc5a1b",
    Tone.MAJOR: "#bb2323",
}
LETTERS = (84, 76, 68, 60, 52, 44, 38)
"""Sizes that are tried until the sentence fits."""
MOST_WORDS = 60
FONTS = ("DejaVuSerif.ttf", "DejaVuSans.ttf")
"""What systems often have, with most scripts; else what comes with the drawing library."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True)
class Word:
    text: str
    is_problem: bool


@lru_cache(maxsize=8)
def draw(name: str, segments: tuple[Segment, ...], tone: Tone, as_of: str) -> bytes:
    """The picture as PNG. The same words are drawn once: it takes longer than a page."""
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, SIZE[0], 14), fill=TONES[tone])
    small = _font(34)
    pen.text((MARGIN, 70), _fitting(name, small), font=small, fill=SOFT)
    _sentence(pen, _words(segments), tone)
    pen.text((MARGIN, SIZE[1] - 96), as_of, font=small, fill=SOFT)
    file = BytesIO()
    image.quantize(48).save(file, "PNG", optimize=True)
    return file.getvalue()


def _sentence(pen: ImageDraw.ImageDraw, words: list[Word], tone: Tone) -> None:
    size, lines = LETTERS[-1], [words]
    for size in LETTERS:
        lines = _lines(words, _font(size))
        if len(lines) * size * 1.22 <= SIZE[1] - 310:
            break
    font, line_height = _font(size), round(size * 1.22)
    for at, line in enumerate(lines[: (SIZE[1] - 290) // line_height]):
        top, left = 150 + at * line_height, float(MARGIN)
        for is_problem, alike in groupby(line, key=lambda word: word.is_problem):
            text = " ".join(word.text for word in alike)
            long = font.getlength(text)
            if is_problem:
                under = top + size * 1.14
                pen.rectangle((left, under, left + long, under + size / 13), fill=TONES[tone])
            pen.text((left, top), text, font=font, fill=INK)
            left += long + font.getlength(" ")


def _words(segments: tuple[Segment, ...]) -> list[Word]:
    """Words with the mark of their segment; a full stop stays at the word before it."""
    words: list[Word] = []
    ends_open = False
    for segment in segments:
        text = characters.one_line(segment.text)
        joins = ends_open and not segment.text[:1].isspace()
        for at, part in enumerate(text.split()):
            if at == 0 and joins and words and not part[0].isalnum():
                words[-1] = Word(words[-1].text + part, words[-1].is_problem)
            else:
                words.append(Word(part, segment.problem))
        ends_open = not segment.text[-1:].isspace()
    return words if len(words) <= MOST_WORDS else [*words[:MOST_WORDS], Word("…", False)]


def _lines(words: list[Word], font: Font) -> list[list[Word]]:
    wide = SIZE[0] - 2 * MARGIN
    lines: list[list[Word]] = [[]]
    for word in words:
        text = " ".join(one.text for one in [*lines[-1], word])
        if lines[-1] and font.getlength(text) > wide:
            lines.append([])
        lines[-1].append(Word(_fitting(word.text, font), word.is_problem))
    return lines


def _fitting(text: str, font: Font) -> str:
    """The text, cut where it would run off the picture."""
    text = characters.one_line(text)
    while len(text) > 1 and font.getlength(text) > SIZE[0] - 2 * MARGIN:
        text = f"{text[:-2].rstrip()}…"
    return text


@lru_cache(maxsize=16)
def _font(size: int) -> Font:
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
