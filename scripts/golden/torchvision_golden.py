#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/models/golden/{resnet,vgg}_{bn,dyt}.safetensors: small ResNets and VGGs of torchvision, run by
PyTorch in float64, and the names of the full ones.

    pip install torch==2.11.0 torchvision==0.26.0 safetensors numpy     (see scripts/golden/README.md)
    python scripts/golden/torchvision_golden.py

resnet: image 32, 3 channels, 1 bottleneck block in each of 2 stages (torchvision's layer1 and layer2, its stem, its
head), base width 8, 5 classes. vgg: image 16, 3 channels, convolutions 8, 8 | 16, pooled map 2 x 2, hidden 12, no
dropout, 5 classes. For `dyt` every BatchNorm is replaced by the module below. Start values and images come from a fill
that the C++ test repeats (tests/support/fill.h; running_mean and running_var stay 0 and 1). In float64, with batch
statistics where there are any:

    logits          (4, 5)   in training
    eval            (4, 5)   in evaluation after that one pass
    loss            ()       mean cross-entropy of `logits`
    grad.<name>              the loss's gradient for every parameter
    after.<name>             every parameter and floating buffer after ten AdamW steps on the same batch
    loss_after      ()       the loss with them
    labels          (4)      int64

The metadata's key `names` holds torchvision's parameter and buffer names of this network in their order, one a line;
`full` those of resnet50 and vgg19_bn with their shapes, `name 64,3,7,7`.
"""
import pathlib

import safetensors.torch
import torch
import torchvision

from vit_golden import LABELS, OPTIMIZER, STEPS, WEIGHT_DECAY, fill, noise

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests/models/golden"


class DynamicTanh(torch.nn.Module):
    """y = weight * tanh(alpha * x) + bias over the channels of (B, C, H, W), arXiv 2503.10622."""

    def __init__(self, channels):
        super().__init__()
        self.alpha = torch.nn.Parameter(torch.full((1,), 0.5))
        self.weight = torch.nn.Parameter(torch.ones(channels))
        self.bias = torch.nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return self.weight[:, None, None] * torch.tanh(self.alpha * x) + self.bias[:, None, None]


def replace_norms(module):
    for name, child in module.named_children():
        if isinstance(child, torch.nn.BatchNorm2d):
            setattr(module, name, DynamicTanh(child.num_features))
        else:
            replace_norms(child)


class SmallResNet(torchvision.models.ResNet):
    """torchvision's, two stages of it, an eighth as wide: built by its own layers."""

    def __init__(self):
        super().__init__(torchvision.models.resnet.Bottleneck, [1, 1, 1, 1])
        self.inplanes = 8
        self.conv1 = torch.nn.Conv2d(3, 8, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(8)
        self.layer1 = self._make_layer(torchvision.models.resnet.Bottleneck, 8, 1)
        self.layer2 = self._make_layer(torchvision.models.resnet.Bottleneck, 16, 1, stride=2)
        self.layer3 = torch.nn.Identity()
        self.layer4 = torch.nn.Identity()
        self.fc = torch.nn.Linear(64, 5)


def small_vgg():
    features = torchvision.models.vgg.make_layers([8, 8, "M", 16, "M"], batch_norm=True)
    model = torchvision.models.VGG(features, num_classes=5, init_weights=False, dropout=0.0)
    model.avgpool = torch.nn.AdaptiveAvgPool2d((2, 2))
    model.classifier = torch.nn.Sequential(
        torch.nn.Linear(16 * 2 * 2, 12), torch.nn.ReLU(), torch.nn.Dropout(0.0), torch.nn.Linear(12, 12),
        torch.nn.ReLU(), torch.nn.Dropout(0.0), torch.nn.Linear(12, 5))
    return model


def golden(model, kind, size):
    if kind == "dyt":
        replace_norms(model)
    model = model.double().train()
    fill(model)
    images, labels = noise("x", (4, 3, size, size)), torch.tensor(LABELS)

    def loss_of(logits):
        return torch.nn.functional.cross_entropy(logits, labels)

    logits = model(images)
    loss = loss_of(logits)
    loss.backward()
    tensors = {"logits": logits, "loss": loss, "labels": labels}
    for name, parameter in model.named_parameters():
        tensors["grad." + name] = parameter.grad.clone()
    tensors["eval"] = model.eval()(images)
    model.train()

    decayed = [p for p in model.parameters() if p.dim() >= 2]
    kept = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": WEIGHT_DECAY},
                                   {"params": kept, "weight_decay": 0.0}], **OPTIMIZER)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model(images)).backward()
        optimizer.step()
    tensors["loss_after"] = loss_of(model(images))
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            tensors["after." + name] = value
    names = "\n".join(model.state_dict())
    return {name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}, names


def full_names(build):
    with torch.device("meta"):
        model = build()
    return "\n".join(f"{name} {','.join(map(str, value.shape))}" for name, value in model.state_dict().items())


def main():
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    networks = {"resnet": (SmallResNet, 32, torchvision.models.resnet50),
                "vgg": (small_vgg, 16, torchvision.models.vgg19_bn)}
    for name, (build, size, full) in networks.items():
        for kind in ("bn", "dyt"):
            tensors, names = golden(build(), kind, size)
            path = FOLDER / f"{name}_{kind}.safetensors"
            safetensors.torch.save_file(tensors, path, {"names": names, "full": full_names(full)})
            print(f"{path.name}: {path.stat().st_size} bytes, loss {tensors['loss']:.6f}, "
                  f"after {STEPS} steps {tensors['loss_after']:.6f}")


if __name__ == "__main__":
    main()
