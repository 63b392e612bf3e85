"""A logo is drawn anew from its dots."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from app.domain import logo
from app.errors import Rejected


def file(kind="PNG", size=(400, 100), mode="RGB", colour="navy", **more):
    kept = BytesIO()
    Image.new(mode, size, colour).save(kept, kind, **more)
    return kept.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_it_becomes_a_small_webp_of_the_pages_size(kind):
    kept = logo.redraw(file(kind))

    with Image.open(BytesIO(kept)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (384, 96))
    assert len(kept) <= logo.MOST
    assert logo.size(kept) == (192, 48)


def test_nothing_but_the_dots_is_kept():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "a secret of the designer")
    exif = Image.Exif()
    exif[0x010E] = "taken at home"

    kept = logo.redraw(
        file(pnginfo=notes, exif=exif, icc_profile=b"a profile of ours") + b"<script>"
    )

    with Image.open(BytesIO(kept)) as picture:
        assert set(picture.info) <= {"background", "loop", "timestamp", "duration"}
    assert not any(hidden in kept for hidden in (b"secret", b"home", b"profile", b"<script>"))


def test_only_a_logo_that_the_page_shines_through_has_holes():
    assert logo.has_holes(logo.redraw(file(mode="RGBA", colour=(0, 0, 80, 0))))
    assert not logo.has_holes(logo.redraw(file(mode="RGBA", colour=(0, 0, 80, 255))))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no picture"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "no picture"),
        (file()[:60], "no picture"),
        (file("GIF"), "no picture"),
        (file("BMP"), "no picture"),
        (b"x" * (logo.LARGEST_FILE + 1), "larger than"),
        (file(size=(6001, 1), mode="1", colour=0), "too large"),
        (file(size=(5000, 5000), mode="1", colour=0), "too large"),
    ],
    ids=["empty", "svg", "torn", "cut", "gif", "bmp", "heavy", "wide", "huge"],
)
def test_what_is_no_logo_is_refused_in_a_sentence(data, sentence):
    with pytest.raises(Rejected) as refused:
        logo.redraw(data)

    assert sentence in refused.value.errors["logo"]
