#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the pictures of docs/report.md from a comparison's report.html.

    python3 scripts/report_pictures.py runs/demo/report.html docs/images

Each section of the page (it begins with <h1> or <h2>) becomes one PNG, named after its heading. Needs
Chromium and Pillow; the build and the tests need neither.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

from PIL import Image, ImageChops

WIDTH = 1000
TALLEST = 6000
BORDER = 12
NOT_SHOWN = "To repeat it"  # commands and versions: text enough


def sections(page):
    """[(heading, page with that section alone)], in order."""
    head, body = re.match(r"(.*<main>)(.*)</main>", page, re.DOTALL).groups()
    parts = re.split(r"(?=<h[12][ >])", body)
    for part in parts:
        heading = re.match(r"<h[12][^>]*>(.*?)</h[12]>", part, re.DOTALL)
        if heading:
            text = re.sub(r"<[^>]*>", "", heading.group(1))
            yield text, f"{head}{part}</main></body></html>"


def file_name(heading):
    words = heading.split(":")[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-") + ".png"


def trimmed(image):
    white = Image.new("RGB", image.size, (255, 255, 255))
    box = ImageChops.difference(image, white).getbbox()
    bottom = min(image.height, box[3] + BORDER)
    return image.crop((0, 0, image.width, bottom))


def photograph(page, target):
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "section.html"
        shot = pathlib.Path(folder) / "shot.png"
        source.write_text(page, encoding="utf-8")
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             f"--screenshot={shot}", f"--window-size={WIDTH},{TALLEST}", source.as_uri()],
            check=True, capture_output=True)
        image = trimmed(Image.open(shot).convert("RGB"))
        image.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    page = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    for heading, section in sections(page):
        if heading == NOT_SHOWN:
            continue
        target = pathlib.Path(sys.argv[2]) / file_name(heading)
        photograph(section, target)
        print(f"{target}: {heading}")


if __name__ == "__main__":
    main()
