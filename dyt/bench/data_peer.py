# SPDX-License-Identifier: Apache-2.0
"""The peer of `dyt bench data python=PYTHON`: torchvision's ImageFolder and PyTorch's DataLoader, transforms on Pillow.

Speaks as peer_protocol.py says, and:

    {"case": {"folder", "transform", "image_size", "batch_size", "workers", "mean", "std", "order": [NUMBER, ...]}}
                      {"contenders": [NAME], "images": in the folder} or {"left_out": NAME and why}
    {"parts": COUNT}  {"decode_ms", "transform_ms"}: of one thread, over the first images of the order
"""
import random
import time

import peer_protocol

NAME = "torchvision loader"


class Blur:
    """As DINO's recipe has it: Pillow's Gaussian blur of a random radius."""

    def __call__(self, image):
        from PIL import ImageFilter
        return image.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2.0)))


class Solarize:
    def __call__(self, image):
        from PIL import ImageOps
        return ImageOps.solarize(image)


class Crops:
    def __init__(self, crops):
        self.crops = crops

    def __call__(self, image):
        return [crop(image) for crop in self.crops]


class Order:
    """A sampler that gives the numbers of the case in every epoch."""

    def __init__(self, numbers):
        self.numbers = numbers

    def __iter__(self):
        return iter(self.numbers)

    def __len__(self):
        return len(self.numbers)


def transform_of(wanted):
    """The same stages as dyt/pixels/transforms.h."""
    from torchvision import transforms
    bicubic, size = transforms.InterpolationMode.BICUBIC, wanted["image_size"]
    to_planes = [transforms.ToTensor(), transforms.Normalize(wanted["mean"], wanted["std"])]

    def crop(side, smallest, largest, others=()):
        return transforms.Compose([
            transforms.RandomResizedCrop(side, scale=(smallest, largest), interpolation=bicubic),
            transforms.RandomHorizontalFlip(), *others, *to_planes])

    def dino_crop(side, smallest, largest, blur, solarize):
        return crop(side, smallest, largest, [
            transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.2, 0.1)], 0.8), transforms.RandomGrayscale(0.2),
            transforms.RandomApply([Blur()], blur), transforms.RandomApply([Solarize()], solarize)])

    if wanted["transform"] == "resized_crop":
        return crop(size, 0.08, 1.0)
    if wanted["transform"] == "evaluation":
        return transforms.Compose([transforms.Resize(int(size / 0.875), interpolation=bicubic),
                                   transforms.CenterCrop(size), *to_planes])
    if wanted["transform"] == "dino":
        small = max(1, size * 96 // 224)
        return Crops([dino_crop(size, 0.25, 1.0, 1.0, 0.0), dino_crop(size, 0.25, 1.0, 0.1, 0.2)]
                     + [dino_crop(small, 0.05, 0.25, 0.5, 0.0)] * 10)
    from timm.data import create_transform
    return create_transform(size, is_training=True, auto_augment="rand-m9-mstd0.5-inc1", interpolation="bicubic",
                            color_jitter=None, mean=wanted["mean"], std=wanted["std"], re_prob=0.25, re_mode="pixel")


class Case:
    def __init__(self, wanted):
        import torch
        from torchvision.datasets import ImageFolder
        torch.set_num_threads(1)  # as DataLoader's workers have it; this process only takes batches
        self.name = NAME + (", timm's transform" if wanted["transform"] == "supervised" else "")
        self.wanted = wanted
        self.dataset = ImageFolder(wanted["folder"], transform_of(wanted))
        self.loader = torch.utils.data.DataLoader(
            self.dataset, wanted["batch_size"], sampler=Order(wanted["order"]), num_workers=wanted["workers"],
            persistent_workers=True, multiprocessing_context="fork")

    def seconds(self, calls):
        begin = time.perf_counter()
        for _ in range(calls):
            for _ in self.loader:
                pass
        return time.perf_counter() - begin

    def parts(self, count):
        numbers = self.wanted["order"][:count]
        decode = transform = 0.0
        for number in numbers:
            path, _ = self.dataset.samples[number]
            begin = time.perf_counter()
            image = self.dataset.loader(path)
            between = time.perf_counter()
            self.dataset.transform(image)
            decode, transform = decode + between - begin, transform + time.perf_counter() - between
        return {"decode_ms": 1e3 * decode / len(numbers), "transform_ms": 1e3 * transform / len(numbers)}


case = None


def made(wanted):
    global case
    case = None  # its workers go first
    try:
        case = Case(wanted)
    except ImportError as error:
        return {"left_out": f"{NAME}: {error}"}
    return {"contenders": [case.name], "images": len(case.dataset)}


def respond(request):
    if "case" in request:
        peer_protocol.work("the loader of the case")
        return made(request["case"])
    if "parts" in request:
        peer_protocol.work("the parts of the pipeline")
        return case.parts(request["parts"])
    peer_protocol.work(request["run"])
    return {"seconds": case.seconds(request["calls"])}


def prepare():
    versions = peer_protocol.versions_with("torch", "torchvision", "PIL")
    try:
        import timm
        versions["timm"] = timm.__version__
    except ImportError:
        pass  # the case that needs it says so
    return versions


peer_protocol.serve(prepare, respond)
