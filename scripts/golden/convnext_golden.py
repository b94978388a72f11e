#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/models/golden/convnext_{ln,dyt}.safetensors: a small ConvNeXt of timm, run by PyTorch in float64.

    pip install torch==2.11.0 timm==1.0.15 torchvision==0.26.0 safetensors numpy     (see scripts/golden/README.md)
    python scripts/golden/convnext_golden.py

Model: image 64, so that the last stage still has a map of 2 x 2; 1, 1, 2, 1 blocks of 4, 8, 12, 16 channels with
layer scale, 5 classes; for `dyt` every LayerNorm is replaced, those over the channels of (B, C, H, W) by the module
that weighs these. What the files hold, and the fill: as vit_golden.py's head says, whose training this is.
"""
import timm.layers
import timm.models.convnext
import torch

import torchvision_golden
import vit_golden


def replace_norms(module):
    for name, child in module.named_children():
        if isinstance(child, timm.layers.LayerNorm2d):
            setattr(module, name, torchvision_golden.DynamicTanh(child.normalized_shape[0]))
        elif isinstance(child, torch.nn.LayerNorm):
            setattr(module, name, vit_golden.DynamicTanh(child.normalized_shape[0]))
        else:
            replace_norms(child)


def build(kind):
    model = timm.models.convnext.ConvNeXt(in_chans=3, num_classes=5, depths=(1, 1, 2, 1), dims=(4, 8, 12, 16),
                                          drop_path_rate=0)
    if kind == "dyt":
        replace_norms(model)
    model = model.double()
    vit_golden.fill(model)
    return model


if __name__ == "__main__":
    vit_golden.write_files("convnext", build, 64)
