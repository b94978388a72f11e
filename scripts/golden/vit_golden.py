#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/models/golden/vit_{ln,dyt}.safetensors: a small ViT of timm, run by PyTorch in float64.

    pip install torch==2.11.0 timm==1.0.15 safetensors numpy     (see scripts/golden/README.md)
    python scripts/golden/vit_golden.py

Model: image 16, patch 4, 3 channels, width 32, 2 blocks, 4 heads, 5 classes, average pooling; for `dyt`
every LayerNorm is replaced by the module below. All values of the start and the images come from a fill
that the C++ test repeats (tests/support/fill.h), so they are not stored. Stored, in float64:

    logits          (4, 5)
    loss            ()       mean cross-entropy
    grad.<name>              the loss's gradient for every parameter
    after.<name>             every parameter after ten AdamW steps on the same batch
    loss_after      ()       the loss with them
    labels          (4)      int64

The metadata's key `names` holds timm's parameter names in their order, one a line.
"""
import pathlib

import numpy
import safetensors.torch
import timm.models.vision_transformer
import torch

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests/models/golden"
AMPLITUDE = 0.3
LABELS = (3, 0, 4, 1)
STEPS = 10
OPTIMIZER = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8}
WEIGHT_DECAY = 0.05


class DynamicTanh(torch.nn.Module):
    """y = weight * tanh(alpha * x) + bias, arXiv 2503.10622."""

    def __init__(self, channels):
        super().__init__()
        self.alpha = torch.nn.Parameter(torch.full((1,), 0.5))
        self.weight = torch.nn.Parameter(torch.ones(channels))
        self.bias = torch.nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return self.weight * torch.tanh(self.alpha * x) + self.bias


def noise(name, shape):
    """h(name, 0), h(name, 1), ... in row-major order, from -1 to 1; defined in tests/support/fill.h."""
    phase = sum((position + 1) * byte for position, byte in enumerate(name.encode())) % 65521
    index = numpy.arange(1, int(numpy.prod(shape)) + 1, dtype=numpy.uint32)
    bits = index * numpy.uint32(2654435761) + numpy.uint32(phase * 40503 % 2**32)
    for _ in range(2):
        bits = (bits ^ (bits >> numpy.uint32(16))) * numpy.uint32(73244475)
    bits ^= bits >> numpy.uint32(16)
    return torch.from_numpy(bits.astype(numpy.float64) / 2**31 - 1).reshape(shape)


def fill(model):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = noise(name, tuple(parameter.shape))
            if name.endswith("alpha"):
                values = 0.5 + 0.1 * values
            elif parameter.dim() == 1 and name.endswith("weight"):
                values = 1 + 0.2 * values
            else:
                values = AMPLITUDE * values
            parameter.copy_(values)


def replace_norms(module):
    for name, child in module.named_children():
        if isinstance(child, torch.nn.LayerNorm):
            setattr(module, name, DynamicTanh(child.normalized_shape[0]))
        else:
            replace_norms(child)


def build(kind, dim=32, num_heads=4):
    model = timm.models.vision_transformer.VisionTransformer(
        img_size=16, patch_size=4, in_chans=3, num_classes=5, global_pool="avg", embed_dim=dim, depth=2,
        num_heads=num_heads)
    if kind == "dyt":
        replace_norms(model)
    model = model.double()
    fill(model)
    return model


def optimizer_of(model):
    """AdamW with decay on matrices only: not on positions, class token and 1-d parameters."""
    decayed, kept = [], []
    for name, parameter in model.named_parameters():
        plain = parameter.dim() < 2 or name in ("pos_embed", "cls_token")
        (kept if plain else decayed).append(parameter)
    groups = [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": kept, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, **OPTIMIZER)


def golden(model, size):
    images, labels = noise("x", (4, 3, size, size)), torch.tensor(LABELS)

    def loss_of(logits):
        return torch.nn.functional.cross_entropy(logits, labels)

    logits = model(images)
    loss = loss_of(logits)
    loss.backward()
    tensors = {"logits": logits, "loss": loss, "labels": labels}
    for name, parameter in model.named_parameters():
        tensors["grad." + name] = parameter.grad.clone()

    optimizer = optimizer_of(model)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model(images)).backward()
        optimizer.step()
    tensors["loss_after"] = loss_of(model(images))
    for name, parameter in model.named_parameters():
        tensors["after." + name] = parameter
    names = "\n".join(name for name, _ in model.named_parameters())
    return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}, {"names": names}


def write_files(family, build, size):
    """Of build("ln") and build("dyt"), classifiers of images of that size."""
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind in ("ln", "dyt"):
        tensors, metadata = golden(build(kind), size)
        path = FOLDER / f"{family}_{kind}.safetensors"
        safetensors.torch.save_file(tensors, path, metadata)
        print(f"{path.name}: {path.stat().st_size} bytes, loss {tensors['loss']:.6f}, "
              f"after {STEPS} steps {tensors['loss_after']:.6f}")


if __name__ == "__main__":
    write_files("vit", build, 16)
