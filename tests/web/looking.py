"""What keeps somebody from using a page: asked wide and light, and in the hand at night."""

from axe_playwright_python.sync_playwright import Axe

LOOKS = (("light", {"width": 1440, "height": 900}), ("dark", {"width": 390, "height": 844}))
NARROWEST = {"width": 320, "height": 700}
WIDER = "document.documentElement.scrollWidth > innerWidth"
FOUND_ALONE = {"resultTypes": ["violations"]}
# What the second look can change; all else was asked in the first.
OF_LOOKS = {
    "runOnly": [
        *("color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"),
        *("link-name", "button-name", "label", "aria-hidden-focus", "nested-interactive"),
    ]
}
AGAIN = "async (options) => (await axe.run(options)).violations"


def faults(page, *, narrowest=False):
    """What axe finds in both looks, and what is wider than its window."""
    found = []
    for number, (scheme, size) in enumerate(LOOKS):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(size)
        if number:
            seen = page.evaluate(AGAIN, FOUND_ALONE | OF_LOOKS)
        else:
            seen = Axe().run(page, options=FOUND_ALONE).response["violations"]
        found += [(scheme, fault["id"], fault["nodes"][0]["html"]) for fault in seen]
        found += [(scheme, "wider than its window")] if page.evaluate(WIDER) else []
    if narrowest:
        page.set_viewport_size(NARROWEST)
        found += [(NARROWEST["width"], "wider than its window")] if page.evaluate(WIDER) else []
    return found
