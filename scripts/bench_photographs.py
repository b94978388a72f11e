#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes images for `dyt bench data` that weigh on a decoder as photographs do: 1/f noise, as natural pictures have it.

    python3 scripts/bench_photographs.py FOLDER [COUNT]     needs NumPy and Pillow; COUNT: 512

JPEG files of 500 x 375 or 375 x 500 pixels, quality 90, 4:2:0, about 90 kB each, in eight class folders.
"""
import pathlib
import sys

import numpy
from PIL import Image

CLASSES = 8


def noise(generator, height, width):
    """Amplitude 1/frequency, mean 0, deviation 1."""
    frequency = numpy.hypot(numpy.fft.fftfreq(height)[:, None], numpy.fft.fftfreq(width)[None, :])
    frequency[0, 0] = numpy.inf
    plane = numpy.fft.ifft2(numpy.fft.fft2(generator.standard_normal((height, width))) / frequency).real
    return plane / plane.std()


def photograph(generator):
    size = (375, 500) if generator.random() < 0.7 else (500, 375)
    light = noise(generator, *size)
    colours = [light + 0.3 * noise(generator, *size) for _ in range(3)]
    return Image.fromarray(numpy.clip(120 + 50 * numpy.stack(colours, -1), 0, 255).astype(numpy.uint8))


def main(folder, count=512):
    generator = numpy.random.default_rng(0)
    for number in range(int(count)):
        path = pathlib.Path(folder) / f"class{number % CLASSES}" / f"{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        photograph(generator).save(path, quality=90)


if __name__ == "__main__":
    main(*sys.argv[1:])
