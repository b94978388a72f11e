# SPDX-License-Identifier: Apache-2.0
"""The random streams of dyt/core/random.h, and the random functions of Python, numpy and torch drawing from one.

    with drawing_from(RandomStream(seed, "transform/flip", epoch, sample)):
        picture = torchvision.transforms.RandomHorizontalFlip()(picture)

So upstream's own transforms run with the draws that the C++ side makes for that seed, epoch and sample.
"""
import contextlib
import hashlib
import math
from unittest import mock

import torch

WORD = 0xFFFFFFFF


def philox4x32(counter, key):
    for _ in range(10):
        a, b = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [b >> 32 ^ counter[1] ^ key[0], b & WORD, a >> 32 ^ counter[3] ^ key[1], a & WORD]
        key = [key[0] + 0x9E3779B9 & WORD, key[1] + 0xBB67AE85 & WORD]
    return counter


class RandomStream:
    def __init__(self, seed, name, *indices):
        digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
        self.key = [int.from_bytes(digest[start:start + 4], "little") for start in (0, 4)]
        self.indices = [*indices, 0, 0][:2]
        self.drawn = 0  # words
        self.block = []
        self.spare = []

    def word(self):
        if not self.block:
            block = self.drawn // 4
            self.block = philox4x32([block & WORD, block >> 32, *self.indices], self.key)
        self.drawn += 1
        return self.block.pop(0)

    def uniform(self, low=0.0, high=1.0):
        bits = self.word() >> 5 << 26 | self.word() >> 6
        return low + (high - low) * (bits / 2**53)

    def below(self, bound):
        while True:
            value = self.word() << 32 | self.word()
            if value >= 2**64 % bound:
                return value % bound

    def normal(self):
        if self.spare:
            return self.spare.pop()
        radius = math.sqrt(-2 * math.log1p(-self.uniform()))
        angle = 2 * math.pi * self.uniform()
        self.spare.append(radius * math.sin(angle))
        return radius * math.cos(angle)

    def permutation(self, count):
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order


class DrawnOperation:
    """One of the operations that timm's RandAugment chose, with what it is going to draw: whether (below its
    probability), its magnitude, its sign. All three are drawn always, whether they are used or not."""

    def __init__(self, operation, stream):
        self.operation = operation
        self.whether = stream.uniform()
        self.normal = stream.normal()
        self.sign = stream.uniform()
        self.is_done = self.whether <= operation.prob

    def __call__(self, picture):
        # The C++ side negates below a half, timm above.
        answers = iter([self.whether, 1 - self.sign])
        with mock.patch("random.random", lambda: next(answers)), \
                mock.patch("random.gauss", lambda mean, deviation: mean + deviation * self.normal):
            return self.operation(picture)


@contextlib.contextmanager
def drawing_from(stream):
    """Gives the list of RandAugment's operations, which is filled as they are drawn."""
    operations = []

    def double(value):  # torch would draw singles
        return torch.tensor([value], dtype=torch.float64)

    def choice(choices, size, replace, p):
        assert replace and p is None
        operations.extend(DrawnOperation(choices[stream.below(len(choices))], stream) for _ in range(size))
        return operations

    def normal_(tensor):
        return tensor.copy_(torch.tensor([stream.normal() for _ in range(tensor.numel())]).view(tensor.shape))

    answers = {
        "random.random": stream.uniform,
        "random.uniform": stream.uniform,
        "random.randint": lambda low, high: low + stream.below(high - low + 1),
        "numpy.random.choice": choice,
        "torch.rand": lambda count: double(stream.uniform()),
        "torch.randint": lambda low, high, size: torch.tensor([low + stream.below(high - low)]),
        "torch.randperm": lambda count, generator=None: torch.tensor(stream.permutation(count)),
        "torch.Tensor.uniform_": lambda tensor, low, high: double(stream.uniform(float(low), float(high))),
        "torch.Tensor.normal_": normal_,
    }
    with contextlib.ExitStack() as stack:
        for name, answer in answers.items():
            stack.enter_context(mock.patch(name, answer))
        yield operations
