"""What keeps somebody from using a page: asked wide and light, and in the hand at night."""

from axe_playwright_python.sync_playwright import Axe

LOOKS = (("light", {"width": 1440, "height": 900}), ("dark", {"width": 390, "height": 844}))
NARROWEST = {"width": 320, "height": 700}
WIDER = "document.documentElement.scrollWidth > innerWidth"
AGAIN = "async () => (await axe.run()).violations"


def faults(page, *, narrowest=False):
    """What axe finds in both looks, and what is wider than its window."""
    found = []
    for number, (scheme, size) in enumerate(LOOKS):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(size)
        seen = page.evaluate(AGAIN) if number else Axe().run(page).response["violations"]
        found += [(scheme, fault["id"], fault["nodes"][0]["html"]) for fault in seen]
        found += [(scheme, "wider than its window")] if page.evaluate(WIDER) else []
    if narrowest:
        page.set_viewport_size(NARROWEST)
        found += [(NARROWEST["width"], "wider than its window")] if page.evaluate(WIDER) else []
    return found
