#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/pixels/golden/*.safetensors and tests/data/golden/mixup.safetensors: what Pillow, torchvision
and timm make of small images, for explicit parameters.

    pip install torch==2.11.0 torchvision==0.26.0 timm==1.0.15 pillow==11.3.0 numpy safetensors==0.8.0
    python scripts/golden/transforms_golden.py

Pillow is of the time of timm 1.0.15: Pillow 13 resizes down before across where that is cheaper, which moves
values by a few levels, and refuses to posterize to 0 bits.

Every file holds its input images under `image/<name>`, uint8 (H, W, C), and results whose names say the call,
its parts divided by '/', which the tests take apart. Parameters are drawn by nobody: where upstream draws, the
script answers in the random generator's place.

resize      Pillow's Image.resize: every filter, up and down, with and without a box
crops       torchvision's CenterCrop, Resize, resized_crop; the ADM centre crop
augment     timm's RandAugment operations for given arguments; their arguments for given magnitudes
colour      Pillow's L, HSV, GaussianBlur; torchvision's adjust_* and ColorJitter
numbers     sizes of random crops and erased boxes, torchvision's fallback crop
values      torchvision's ToTensor and Normalize; timm's whole evaluation transform
mixup       timm's Mixup in batch mode: images and soft targets
"""
import hashlib
import math
import pathlib
from unittest import mock

import numpy as np
import PIL
import timm
import torch
import torchvision
from PIL import Image, ImageFilter
from safetensors.numpy import save_file
from timm.data import auto_augment, create_transform
from timm.data.mixup import Mixup
from timm.data.random_erasing import RandomErasing
from timm.data.transforms import RandomResizedCropAndInterpolation
from torchvision.transforms import functional as F
from torchvision import transforms as T

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIXELS = ROOT / "tests/pixels/golden"
DATA = ROOT / "tests/data/golden"
FILTERS = {"nearest": Image.NEAREST, "box": Image.BOX, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC,
           "lanczos": Image.LANCZOS}
FILL = (124, 116, 104)


def smooth(height, width, channels):
    """Waves of different lengths: like a photograph, with soft and hard edges."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    waves = np.sin(x * 0.31 + c) * np.cos(y * 0.23 - c * 0.7) + 0.6 * np.sign(np.sin(x * 0.11 + y * 0.17 + c * 0.9))
    return np.clip(127 + 80 * waves, 0, 255).astype(np.uint8).squeeze()


def noise(height, width, channels, low=0, high=256):
    values = np.random.Generator(np.random.PCG64(height * 1000 + width)).integers(
        low, high, (height, width, channels))
    return values.astype(np.uint8).squeeze()


def with_a_flat_channel(height, width):
    image = noise(height, width, 3, 60, 180)
    image[..., 1] = 77
    return image


def stored(array):
    array = np.asarray(array)
    return np.ascontiguousarray(array[..., None] if array.ndim == 2 else array)


def write(folder, name, images, results):
    tensors = {f"image/{key}": stored(value) for key, value in images.items()}
    tensors |= {key: np.ascontiguousarray(value) for key, value in results.items()}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / f"{name}.safetensors")
    (folder / f"{name}.safetensors").chmod(0o644)
    print(name, len(results), (folder / f"{name}.safetensors").stat().st_size)


def resize():
    images = {"rgb": smooth(23, 37, 3), "noise": noise(19, 14, 3), "grey": smooth(31, 18, 1)}
    cases = [("rgb", (23, 11), None), ("rgb", (9, 37), None), ("rgb", (7, 13), None), ("rgb", (41, 59), None),
             ("rgb", (16, 16), (3, 2, 30, 21)), ("rgb", (37, 41), (5.25, 1.5, 21.75, 19.125)),
             ("rgb", (23, 37), (0, 0, 36, 23)), ("rgb", (23, 37), (0, 1, 37, 23)), ("rgb", (1, 1), None),
             ("noise", (32, 30), None), ("noise", (8, 6), None), ("noise", (2, 40), None),
             ("grey", (13, 27), None), ("grey", (64, 7), None), ("grey", (12, 12), (2.5, 4, 17.5, 29))]
    results = {}
    for image, (height, width), box in cases:
        picture = Image.fromarray(images[image])
        for name, value in FILTERS.items():
            shown = "whole" if box is None else ",".join(str(float(corner)) for corner in box)
            results[f"resize/{image}/{name}/{height}/{width}/{shown}"] = stored(
                picture.resize((width, height), value, box=box))
    write(PIXELS, "resize", images, results)


def adm_center_crop(picture, size):
    """The rule of the ADM and DiT releases, restated."""
    while min(picture.size) >= 2 * size:
        picture = picture.resize(tuple(side // 2 for side in picture.size), Image.BOX)
    scale = size / min(picture.size)
    picture = picture.resize(tuple(round(side * scale) for side in picture.size), Image.BICUBIC)
    left, top = (picture.width - size) // 2, (picture.height - size) // 2
    return picture.crop((left, top, left + size, top + size))


def crops():
    images = {"wide": smooth(23, 38, 3), "high": noise(47, 30, 3), "large": smooth(83, 66, 3),
              "grey": smooth(17, 26, 1)}
    results = {}
    for name, image in images.items():
        picture = Image.fromarray(image)
        for size in (5, 16, 17, 26, 40):
            results[f"center/{name}/{size}"] = stored(F.center_crop(picture, size))
        for size in (9, 16, 29):
            for interpolation in (T.InterpolationMode.BICUBIC, T.InterpolationMode.BILINEAR):
                results[f"shorter/{name}/{interpolation.value}/{size}"] = stored(
                    F.resize(picture, size, interpolation))
        for size in (7, 16):
            results[f"adm/{name}/{size}"] = stored(adm_center_crop(picture, size))
        part = (3, 5, 11, 9)
        for interpolation in (T.InterpolationMode.BICUBIC, T.InterpolationMode.BILINEAR):
            results[f"resized_crop/{name}/{interpolation.value}/3/5/11/9/14"] = stored(
                F.resized_crop(picture, *part, [14, 14], interpolation))
        results[f"flip/{name}"] = stored(F.hflip(picture))
    write(PIXELS, "crops", images, results)


OPERATIONS = {
    "AutoContrast": [()], "Equalize": [()], "Invert": [()],
    "Rotate": [(27.0,), (-27.0,), (3.3,), (-0.7,), (30.0,), (0.0,)],
    "PosterizeIncreasing": [(bits,) for bits in (0, 1, 2, 4)],
    "SolarizeIncreasing": [(threshold,) for threshold in (0, 26, 128, 256)],
    "SolarizeAdd": [(0,), (99,), (110,)],
    "ColorIncreasing": [(0.1,), (0.19,), (1.0,), (1.81,), (1.9,)],
    "ContrastIncreasing": [(0.1,), (0.19,), (1.0,), (1.81,), (1.9,)],
    "BrightnessIncreasing": [(0.1,), (0.19,), (1.0,), (1.81,), (1.9,)],
    "SharpnessIncreasing": [(0.1,), (0.19,), (1.0,), (1.81,), (1.9,)],
    "ShearX": [(0.27,), (-0.3,), (0.013,)], "ShearY": [(0.27,), (-0.3,), (0.013,)],
    "TranslateXRel": [(0.405,), (-0.45,), (0.021,)], "TranslateYRel": [(0.405,), (-0.45,), (0.021,)],
}


def arguments():
    """Of every operation for magnitudes from 0 to 10 in quarters, without and with the negation."""
    magnitudes = np.arange(0, 10.25, 0.25)
    results = {"magnitudes": magnitudes}
    for name in OPERATIONS:
        function = auto_augment.LEVEL_TO_ARG[name]
        if function is None:
            continue
        rows = []
        for draw in (0.0, 1.0):  # above 0.5 negates
            with mock.patch("random.random", return_value=draw):
                rows.append([function(magnitude, {})[0] for magnitude in magnitudes])
        results[f"argument/{name}"] = np.array(rows, dtype=np.float64)
    return results


def augment():
    assert [*OPERATIONS] == auto_augment._RAND_INCREASING_TRANSFORMS
    images = {"rgb": smooth(23, 37, 3), "noise": noise(14, 19, 3), "flat": with_a_flat_channel(13, 17),
              "grey": smooth(16, 15, 1)}
    results = arguments()
    for image in images:
        picture = Image.fromarray(images[image])
        fill = FILL if picture.mode == "RGB" else FILL[0]
        for name, calls in OPERATIONS.items():
            geometric = name in ("Rotate", "ShearX", "ShearY", "TranslateXRel", "TranslateYRel")
            for call in calls:
                for filter_name in ("bicubic", "bilinear") if geometric else ("bicubic",):
                    result = auto_augment.NAME_TO_OP[name](picture, *call, fillcolor=fill,
                                                           resample=FILTERS[filter_name])
                    argument = repr(float(call[0])) if call else "0.0"
                    results[f"augment/{image}/{filter_name}/{name}/{argument}"] = stored(result)
    write(PIXELS, "augment", images, results)


def every_colour():
    values = np.arange(1 << 24, dtype=np.uint32)
    return np.stack([values >> 16, values >> 8 & 255, values & 255], -1).astype(np.uint8).reshape(4096, 4096, 3)


def sha256(picture):
    return np.frombuffer(hashlib.sha256(np.ascontiguousarray(np.asarray(picture)).tobytes()).digest(), np.uint8)


def jittered(picture, jitter, order):
    """torchvision's ColorJitter, its draws answered."""
    module = T.ColorJitter(0.4, 0.4, 0.2, 0.1)
    with mock.patch.object(T.ColorJitter, "get_params", return_value=(order, *jitter)):
        return module(picture)


def colour():
    images = {"rgb": smooth(23, 37, 3), "noise": noise(14, 19, 3), "grey": smooth(16, 15, 1),
              "narrow": noise(3, 40, 3)}
    results = {}
    for name, image in images.items():
        picture = Image.fromarray(image)
        for radius in (0.1, 0.37, 0.5, 1.0, 1.3, 1.99, 2.0, 5.5, 30.0):
            results[f"blur/{name}/{radius}"] = stored(picture.filter(ImageFilter.GaussianBlur(radius)))
        for shift in (-0.5, -0.1, -0.0731, 0.0, 0.003, 0.0523, 0.1, 0.5):
            results[f"hue/{name}/{shift}"] = stored(F.adjust_hue(picture, shift))
        for jitter, order in (((0.7, 1.3, 0.9, 0.05), (0, 1, 2, 3)), ((1.37, 0.61, 1.2, -0.1), (3, 1, 0, 2)),
                              ((0.6, 1.4, 0.8, 0.0731), (2, 3, 1, 0))):
            shown = ",".join(str(value) for value in jitter) + "/" + ",".join(str(value) for value in order)
            results[f"jitter/{name}/{shown}"] = stored(jittered(picture, jitter, order))
        results[f"grey/{name}"] = stored(F.rgb_to_grayscale(picture, 3 if picture.mode == "RGB" else 1))
    for factor in (0.6, 0.93, 1.0, 1.4):
        picture = Image.fromarray(images["rgb"])
        results[f"brightness/rgb/{factor}"] = stored(F.adjust_brightness(picture, factor))
        results[f"contrast/rgb/{factor}"] = stored(F.adjust_contrast(picture, factor))
        results[f"saturation/rgb/{factor}"] = stored(F.adjust_saturation(picture, factor))
    # Every one of the 2^24 colours, red the slowest.
    colours = Image.fromarray(every_colour())
    reversed_hsv = Image.frombytes("HSV", colours.size, colours.tobytes())
    results["sha256/grey"] = sha256(colours.convert("L"))
    results["sha256/hsv"] = sha256(colours.convert("HSV"))
    results["sha256/rgb"] = sha256(reversed_hsv.convert("RGB"))
    write(PIXELS, "colour", images, results)


class Answers:
    """In the place of module `random`: what uniform() gives, in turn; what randint() was asked."""

    def __init__(self, uniforms):
        self.uniforms = list(uniforms)
        self.asked = []

    def uniform(self, low, high):
        return self.uniforms.pop(0)

    def random(self):
        return 0.0

    def randint(self, low, high):
        self.asked.append((low, high))
        return low


def cropped_size(height, width, share, ratio):
    answers = Answers([share, np.log(ratio)])
    picture = Image.new("RGB", (width, height))
    with mock.patch("timm.data.transforms.random", answers):
        _, _, crop_height, crop_width = RandomResizedCropAndInterpolation.get_params(
            picture, (0.08, 1.0), (3 / 4, 4 / 3))
    return crop_height, crop_width


def erased_size(height, width, share, ratio):
    image = torch.zeros(1, height, width)
    answers = Answers([share, np.log(ratio)])
    with mock.patch("timm.data.random_erasing.random", answers), \
            mock.patch("timm.data.random_erasing._get_pixels", lambda *arguments, **_: torch.ones(arguments[2])):
        RandomErasing(probability=1.0, mode="pixel", device="cpu")(image)
    rows, columns = image[0].sum(1).count_nonzero().item(), image[0].sum(0).count_nonzero().item()
    return rows, columns


def numbers():
    generator = np.random.Generator(np.random.PCG64(7))
    crop_rows, erase_rows, fallback_rows = [], [], []
    while len(crop_rows) < 200:
        height, width = (int(side) for side in generator.integers(20, 700, 2))
        share, ratio = generator.uniform(0.08, 1), np.exp(generator.uniform(np.log(3 / 4), np.log(4 / 3)))
        try:
            crop_rows.append((height, width, share, ratio, *cropped_size(height, width, share, ratio)))
        except IndexError:
            pass  # did not fit: upstream tried again
    while len(erase_rows) < 200:
        height, width = (int(side) for side in generator.integers(20, 300, 2))
        share, ratio = generator.uniform(0.02, 1 / 3), np.exp(generator.uniform(np.log(0.3), np.log(1 / 0.3)))
        try:
            erase_rows.append((height, width, share, ratio, *erased_size(height, width, share, ratio)))
        except IndexError:
            pass
    for height, width in ((10, 100), (100, 10), (30, 31), (77, 300), (301, 50), (40, 30), (30, 40), (1, 9)):
        # A scale above 1 never fits.
        box = T.RandomResizedCrop.get_params(Image.new("RGB", (width, height)), [5.0, 6.0], [3 / 4, 4 / 3])
        fallback_rows.append((height, width, *box))
    write(PIXELS, "numbers", {}, {"crop_size": np.array(crop_rows, dtype=np.float64),
                                  "erase_size": np.array(erase_rows, dtype=np.float64),
                                  "fallback": np.array(fallback_rows, dtype=np.int64)})


def check_recipe():
    """That timm's supervised recipe has the constants that the C++ side has as its defaults."""
    transform = create_transform(224, is_training=True, color_jitter=0.4, auto_augment="rand-m9-mstd0.5-inc1",
                                 interpolation="bicubic", re_prob=0.25, re_mode="pixel", re_count=1)
    crop, flip, augmentation, _, _, erasing = transform.transforms
    assert crop.scale == (0.08, 1.0) and crop.ratio == (3 / 4, 4 / 3) and flip.p == 0.5
    assert augmentation.num_layers == 2 and augmentation.choice_weights is None
    for op in augmentation.ops:
        assert (op.prob, op.magnitude, op.magnitude_std, op.magnitude_max) == (0.5, 9, 0.5, None)
        assert op.kwargs == {"fillcolor": FILL, "resample": Image.BICUBIC}
    assert [op.name for op in augmentation.ops] == [*OPERATIONS]
    assert (erasing.probability, erasing.min_area, erasing.max_area, erasing.max_count) == (0.25, 0.02, 1 / 3, 1)
    assert erasing.per_pixel and erasing.log_aspect_ratio == (math.log(0.3), math.log(1 / 0.3))


def evaluations():
    """timm's evaluation transform, and MAE's (Resize to the whole size above 224 is a crop ratio of 1)."""
    results = {}
    for name, image in {"large": smooth(83, 66, 3), "wide": smooth(23, 38, 3)}.items():
        for size, ratio in ((28, 0.875), (24, 0.9), (20, 1.0)):
            transform = create_transform(size, is_training=False, interpolation="bicubic", crop_pct=ratio)
            results[f"evaluation/{name}/{size}/{ratio}"] = transform(Image.fromarray(image)).numpy()
    return results


def values():
    images = {"rgb": noise(16, 48, 3), "grey": np.arange(256, dtype=np.uint8).reshape(16, 16),
              "large": smooth(83, 66, 3), "wide": smooth(23, 38, 3)}
    constants = {"imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)), "half": ((0.5,) * 3, (0.5,) * 3)}
    results = evaluations()
    for name in ("rgb", "grey"):
        picture = Image.fromarray(images[name])
        channels = len(picture.getbands())
        for constant, (mean, std) in constants.items():
            results[f"normalize/{name}/{constant}"] = F.normalize(
                F.to_tensor(picture), mean[:channels], std[:channels]).numpy()
    write(PIXELS, "values", images, results)


def mixed(lam, use_cutmix, centre, shape, classes):
    """timm's Mixup with the draws answered: apply, switch, lam; then the box's centre (y, x)."""
    images = torch.from_numpy(np.random.Generator(np.random.PCG64(3)).normal(size=shape).astype(np.float32))
    targets = torch.arange(shape[0]) * 2 % classes
    draws = iter([0.0, 0.0 if use_cutmix else 0.9])
    ints = iter(centre)
    with mock.patch("numpy.random.rand", lambda: next(draws)), \
            mock.patch("numpy.random.beta", lambda a, b: lam), \
            mock.patch("numpy.random.randint", lambda low, high, size=None: np.int64(next(ints))):
        output, soft = Mixup(0.8, 1.0, prob=1.0, switch_prob=0.5, mode="batch", label_smoothing=0.1,
                             num_classes=classes)(images.clone(), targets)
    return images, targets, output, soft


def mixup():
    results = {}
    cases = {"mixup/0.3": (0.3, False, (0, 0)), "mixup/0.8125": (0.8125, False, (0, 0)),
             "cutmix/0.3/2/8": (0.3, True, (2, 8)), "cutmix/0.75/5/4": (0.75, True, (5, 4)),
             "cutmix/0.999/0/0": (0.999, True, (0, 0))}
    for name, (lam, use_cutmix, centre) in cases.items():
        images, targets, output, soft = mixed(lam, use_cutmix, centre, (4, 3, 11, 9), 7)
        results |= {"images": images.numpy(), "targets": targets.numpy(), f"{name}/images": output.numpy(),
                    f"{name}/targets": soft.numpy()}
    write(DATA, "mixup", {}, results)


def check_versions():
    versions = (torch.__version__.split("+")[0], torchvision.__version__.split("+")[0], timm.__version__,
                PIL.__version__)
    assert versions == ("2.11.0", "0.26.0", "1.0.15", "11.3.0"), versions


def main():
    check_versions()
    check_recipe()
    for part in (resize, crops, augment, colour, numbers, values, mixup):
        part()


if __name__ == "__main__":
    main()
