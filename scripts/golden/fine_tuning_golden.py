#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/models/golden/fine_tuning_{ln,dyt}.safetensors: ten steps of MAE's fine-tuning of a small ViT of timm,
run by PyTorch in float64.

    pip install torch==2.11.0 timm==1.0.15 safetensors numpy     (see scripts/golden/README.md)
    python scripts/golden/fine_tuning_golden.py

Model: vit_golden.py's, 16 wide with 2 heads. Recipe: AdamW with timm's groups of layers, each group's rate 0.65 of
the one above it; the rate by the epoch, step / 2, anew before each step: from 0 up to 2e-3 in one epoch, then half a
cosine down to 1e-6 in four; label smoothing 0.1; two batches of four images, in turn. Start values and the images "x"
(8, 3, 16, 16) come from the fill, so they are not stored. Stored, in float64:

    losses          (10)     before each step
    after.<name>             every parameter after the ten steps
    labels          (8)      int64

The metadata's key `names` holds timm's parameter names in their order, one a line.
"""
import safetensors.torch
import timm.optim
import torch

from mae_dino_golden import STEPS, STEPS_PER_EPOCH, half_cosine
from vit_golden import FOLDER, build, noise

LABELS = (3, 0, 4, 1, 2, 2, 0, 1)
BATCH = 4


def rate_at(epoch):
    return 2e-3 * epoch if epoch < 1 else half_cosine(2e-3, 1e-6, (epoch - 1) / 4)


def golden(kind):
    model = build(kind, dim=16, num_heads=2)
    images, labels = noise("x", (len(LABELS), 3, 16, 16)), torch.tensor(LABELS)
    groups = timm.optim.param_groups_layer_decay(
        model, weight_decay=0.05, no_weight_decay_list=model.no_weight_decay(), layer_decay=0.65)
    optimizer = torch.optim.AdamW(groups, lr=0, betas=(0.9, 0.999), eps=1e-8)
    losses = []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step / STEPS_PER_EPOCH) * group["lr_scale"]
        first = step % STEPS_PER_EPOCH * BATCH
        batch = slice(first, first + BATCH)
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images[batch]), labels[batch], label_smoothing=0.1)
        loss.backward()
        losses.append(loss.detach())
        optimizer.step()
    after = {f"after.{name}": parameter.detach().contiguous() for name, parameter in model.named_parameters()}
    names = "\n".join(name for name, _ in model.named_parameters())
    return after | {"losses": torch.stack(losses), "labels": labels}, {"names": names}


def main():
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    for kind in ("ln", "dyt"):
        tensors, metadata = golden(kind)
        path = FOLDER / f"fine_tuning_{kind}.safetensors"
        safetensors.torch.save_file(tensors, path, metadata)
        print(f"{path.name}: {path.stat().st_size} bytes, losses {tensors['losses'][0]:.6f} to "
              f"{tensors['losses'][-1]:.6f}")


if __name__ == "__main__":
    main()
