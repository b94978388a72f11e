#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/pixels/golden/{multi_crop,supervised,crop_recipes}.safetensors and
tests/data/golden/repeated_order.safetensors: what whole recipes of torchvision and timm make of small images.

    pip install torch==2.11.0 torchvision==0.26.0 timm==1.0.15 pillow==11.3.0 numpy safetensors==0.8.0
    python scripts/golden/recipes_golden.py

Upstream's transforms run from end to end and draw what the C++ side draws for the same seed, epoch, sample and
repeat (random_stream.py): every step from the stream of its stage, as dyt/pixels/transforms.h says. Should the
streams or the order of draws ever change, these files are to be made anew.

The files of pixels hold their input images under `image/<name>`, uint8 (H, W, C), and results fp32 (3, H, W)
under `<recipe>/<image>/<sample>/<repeat>`, for crops with `/<number>` behind it. The samples are the first that
show every step done and left out, neighbours together; the script fails where one does not come.

multi_crop    DINO's global crops and two local ones
supervised    timm's training transform: RandAugment and erasing; the same with RandomCrop(padding 4)
crop_recipes  a crop and a flip: MAE's pre-training and linear probing, DINO's linear evaluation, RandomCrop(padding 4)

repeated_order holds the samples of an epoch, int64, of timm's RepeatAugSampler in one process, under
`repeated_order/<count>/<repeats>/<round>`.
"""
import copy
import math
import random

import numpy as np
from PIL import Image, ImageFilter
from timm.data import create_transform
from timm.data.distributed_sampler import RepeatAugSampler
from torchvision import transforms as T

from random_stream import RandomStream, drawing_from
from transforms_golden import DATA, OPERATIONS, PIXELS, check_versions, noise, smooth, write

SEED, EPOCH = 3, 2
BICUBIC = T.InterpolationMode.BICUBIC
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
NORMALIZED = [("", T.ToTensor()), ("", T.Normalize(MEAN, STD))]
SIZE = 13
# The strip is longer than any crop: tries fail there.
IMAGES = {"rgb": smooth(41, 53, 3), "strip": noise(13, 61, 3), "grey": smooth(33, 28, 1),
          "small": noise(SIZE, SIZE, 3)}


def stream_of(stage, sample, repeat):
    return RandomStream(SEED, f"transform/{stage}" + (f"/repeat-{repeat}" if repeat else ""), EPOCH, sample)


def is_same(before, after):
    return np.shape(before) == np.shape(after) and np.array_equal(np.asarray(before), np.asarray(after))


def crop_event(stream):
    """Which of the tries gave the crop: two numbers a try, two for the corner, of two words each."""
    return {8: "first try", 40: "no try"}.get(stream.drawn, "a later try")


def run(steps, image, sample, repeat, prefix=""):
    """The steps (stage, transform) in order; the result, and what happened in each."""
    picture = Image.fromarray(image).convert("RGB")  # as upstream's loaders do
    events = set()
    for stage, step in steps:
        stream = stream_of(prefix + stage, sample, repeat)
        before = copy.deepcopy(picture)
        with drawing_from(stream) as operations:
            picture = step(picture)
        if stage == "crop":
            events.add((stage, crop_event(stream)))
        elif stage == "augment":
            done = [operation.operation.name for operation in operations if operation.is_done]
            events |= {(stage, event) for event in (*done, len(done))}
        elif stage:
            events.add((stage, "left out" if is_same(before, picture) else "done"))
    done = [stage for stage, _ in steps if (stage, "done") in events]
    return picture.numpy(), events | {("one after the other", *pair) for pair in zip(done, done[1:])}


def done_or_not(*stages):
    return {(stage, event) for stage in stages for event in ("done", "left out")}


def collect(wanted, make, pictures):
    """make(picture, sample, repeat) gives results and events; those that show a wanted event for the first time."""
    results = {}
    for sample in range(1000):
        picture, repeat = pictures[sample % len(pictures)], sample // len(pictures) % 2
        made, events = make(picture, sample, repeat)
        if events & wanted:
            results |= made
            wanted = wanted - events
        if not wanted:
            return results
    raise AssertionError(f"never came: {wanted}")


def blur(probability):
    """DINO's: Pillow's Gaussian blur, the radius uniform."""
    def step(picture):
        if random.random() > probability:
            return picture
        return picture.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2.0)))
    return step


def dino_crop(size, area, blur_probability, solarize_probability):
    jitter = T.ColorJitter(brightness=0.4, contrast=0.4, saturation=0.2, hue=0.1)
    return [("crop", T.RandomResizedCrop(size, scale=area, interpolation=BICUBIC)),
            ("flip", T.RandomHorizontalFlip(p=0.5)),
            ("jitter", T.RandomApply([jitter], p=0.8)),
            ("grey", T.RandomGrayscale(p=0.2)),
            ("blur", blur(blur_probability)),
            ("solarize", T.RandomSolarize(threshold=128, p=solarize_probability)), *NORMALIZED]


def multi_crop():
    local = dino_crop(7, (0.05, 0.25), 0.5, 0)
    crops = [dino_crop(12, (0.25, 1), 1, 0), dino_crop(12, (0.25, 1), 0.1, 0.2), local, local]
    wanted = {(0, "blur", "done"), (0, "crop", "first try"), (0, "crop", "a later try")}
    for number, stages in enumerate((("flip", "jitter", "grey"), ("flip", "jitter", "grey", "blur", "solarize"),
                                     ("flip", "jitter", "grey", "blur"))):
        wanted |= {(number, *event) for event in done_or_not(*stages)}
        # What shows the order of two stages is a view with both.
        wanted |= {(number, "one after the other", *pair) for pair in zip(stages, stages[1:])}

    def make(picture, sample, repeat):
        results, events = {}, set()
        for number, steps in enumerate(crops):
            values, happened = run(steps, IMAGES[picture], sample, repeat, f"crop-{number}/")
            results[f"multi_crop/{picture}/{sample}/{repeat}/{number}"] = values
            events |= {(number, *event) for event in happened}
        return results, events

    images = {name: IMAGES[name] for name in ("rgb", "strip", "grey")}
    write(PIXELS, "multi_crop", images, collect(wanted, make, [*images]))


def collect_recipe(name, steps, wanted, pictures):
    def make(picture, sample, repeat):
        values, events = run(steps, IMAGES[picture], sample, repeat)
        return {f"{name}/{picture}/{sample}/{repeat}": values}, events | {(picture, *event) for event in events}

    return collect(wanted, make, pictures)


def timm_steps(crop=None):
    """timm's training transform; another crop takes the place of its own, as the releases do for small pictures."""
    transform = create_transform(SIZE, is_training=True, auto_augment="rand-m9-mstd0.5-inc1", interpolation="bicubic",
                                 re_prob=0.25, re_mode="pixel", re_count=1)
    if crop:
        transform.transforms[0] = crop
    return [*zip(("crop", "flip", "augment", "", "", "erase"), transform.transforms, strict=True)]


def padded_crop():
    """The pictures of a small data set have the size; others are brought to it first."""
    return T.Compose([T.Resize((SIZE, SIZE), BICUBIC), T.RandomCrop(SIZE, padding=4)])


def supervised():
    events = done_or_not("flip", "erase") | {("augment", count) for count in (0, 1, 2)}
    crops = {("crop", event) for event in ("first try", "a later try", "no try")}
    operations = {("augment", name) for name in OPERATIONS}
    results = collect_recipe("supervised", timm_steps(), events | crops | operations, [*IMAGES])
    results |= collect_recipe("small_picture", timm_steps(padded_crop()), events, ["small", "rgb"])
    write(PIXELS, "supervised", IMAGES, results)


class OneShotCrop(T.RandomResizedCrop):
    """MAE's for linear probing, restated: one try, its sides cut down to the picture's."""

    @staticmethod
    def get_params(picture, scale, ratio):
        area = picture.width * picture.height * random.uniform(*scale)
        shape = math.exp(random.uniform(*(math.log(border) for border in ratio)))
        width = min(round(math.sqrt(area * shape)), picture.width)
        height = min(round(math.sqrt(area / shape)), picture.height)
        return *(random.randint(0, room) for room in (picture.height - height, picture.width - width)), height, width


def crop_recipes():
    tries = {("crop", event) for event in ("first try", "a later try", "no try")}
    recipes = {"mae_pretrain": (T.RandomResizedCrop(SIZE, scale=(0.2, 1.0), interpolation=BICUBIC), tries),
               "dino_linear": (T.RandomResizedCrop(SIZE), tries),
               "linear_probe": (OneShotCrop(SIZE, interpolation=BICUBIC), set()),
               "padded": (padded_crop(), set())}
    results = {}
    for name, (crop, wanted) in recipes.items():
        pictures = ["small", "grey"] if name == "padded" else ["strip", "rgb"]  # most crops of the strip are cut down
        steps = [("crop", crop), ("flip", T.RandomHorizontalFlip()), *NORMALIZED]
        wanted = wanted | {(picture, *event) for picture in pictures for event in done_or_not("flip")}
        results |= collect_recipe(name, steps, wanted, pictures)
    write(PIXELS, "crop_recipes", IMAGES, results)


def repeated_order():
    """count, repeats, round: timm's own 3 and 256, a data set that they leave nothing of, others."""
    results = {}
    for count, repeats, multiple in ((600, 3, 256), (255, 3, 256), (257, 1, 256), (50, 3, 0), (31, 2, 10), (7, 4, 7)):
        sampler = RepeatAugSampler(range(count), num_replicas=1, rank=0, num_repeats=repeats, selected_round=multiple)
        with drawing_from(RandomStream(SEED, "order", EPOCH)):
            order = np.array([*sampler], dtype=np.int64)
        assert len(order) == len(sampler)
        results[f"repeated_order/{count}/{repeats}/{multiple}"] = order
    write(DATA, "repeated_order", {}, results)


def main():
    check_versions()
    for part in (multi_crop, supervised, crop_recipes, repeated_order):
        part()


if __name__ == "__main__":
    main()
