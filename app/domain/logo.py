"""A picture that somebody uploads: read, drawn anew, and nothing else of the file kept."""

from io import BytesIO

from PIL import Image, ImageOps

from app.errors import Rejected

TYPE = "image/webp"
FORMATS = ("PNG", "JPEG", "WEBP")
"""No SVG: it can carry programs and addresses of others."""
LARGEST_FILE = 1024 * 1024
LARGEST_SIDE = 6000
HEIGHT = 96
"""Pixels; twice what the page shows, for fine screens."""
WIDTH = 640
MOST = 6_000
"""Bytes of what is kept: a page has a weight to hold."""


def redraw(data: bytes) -> bytes:
    """The picture as a WebP of the page's size; raise Rejected when it is none that we take.

    It is drawn anew from its dots: comments, places, profiles and anything hidden are gone.
    """
    if len(data) > LARGEST_FILE:
        raise Rejected(logo="This file is larger than 1 MiB. A logo needs far less.")
    try:
        drawn = _drawn(data)
    # The decoders of three formats raise what they like for a file that is broken on purpose.
    except Rejected:
        raise
    except Exception as error:
        raise Rejected(logo="This is no picture that we can read: PNG, JPEG or WebP.") from error
    for part in (1, 2):  # of a picture rich in details, the half: what plain screens show
        smaller = drawn.reduce(part)
        for settings in ({"lossless": True}, {"quality": 85}, {"quality": 60}, {"quality": 35}):
            kept = BytesIO()
            smaller.save(kept, "WEBP", method=6, exact=False, **settings)
            if kept.tell() <= MOST:
                return kept.getvalue()
    raise Rejected(logo="This picture is too rich to be a logo. Take one with fewer details.")


def has_holes(data: bytes) -> bool:
    """Whether the page shines through: such a logo may be too dark for a dark page."""
    with Image.open(BytesIO(data), formats=["WEBP"]) as picture:
        return picture.mode == "RGBA"


def size(data: bytes) -> tuple[int, int]:
    """Width and height as the page shows it."""
    with Image.open(BytesIO(data), formats=["WEBP"]) as picture:
        fitting = min(1, WIDTH / 2 / picture.width, HEIGHT / 2 / picture.height)
        return round(picture.width * fitting), round(picture.height * fitting)


def _drawn(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data), formats=FORMATS) as picture:
        # Looked at before a dot is unpacked: a small file can promise a huge picture.
        if max(picture.size) > LARGEST_SIDE or picture.width * picture.height > 16_000_000:
            raise Rejected(logo="This picture is too large. 640 by 96 dots are enough.")
        turned = ImageOps.exif_transpose(picture).convert("RGBA")
    turned.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    is_opaque = turned.getchannel("A").getextrema()[0] == 255
    clean = Image.new("RGB" if is_opaque else "RGBA", turned.size)
    clean.paste(turned.convert(clean.mode))
    return clean
