#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/models/golden/{mae,dino}_{ln,dyt}.safetensors: a small MAE and a small DINO in PyTorch, float64.

    pip install torch==2.11.0 timm==1.0.15 safetensors numpy     (see scripts/golden/README.md)
    python scripts/golden/mae_dino_golden.py

The networks are written here from the papers' formulas; before anything is written they have to give the
numbers of the original programs for the deterministic fill (tests/support/fill.h), which stand in CHECKS.
`ln`: LayerNorm at the slots, `dyt`: DynamicTanh. Start values and inputs come from the fill, so they are
not stored. Stored, in float64:

MAE (image 16, patch 4, width 16, 2 blocks, 2 heads; decoder 12 wide, 1 block, 2 heads; normed targets):
    pred, loss              of images "x" (3, 3, 16, 16) with the noise (1 + "noise0") / 2
    grad.<name>             the loss's gradient for every trained parameter
    after.<name>            every trained parameter after ten AdamW steps, step k with "noise<k>" and the
                            learning rate of MAE_RATE at epoch k / 2
    losses                  (10) before each step

DINO (global crops 16, local crops 8, patch 4, width 16, 2 blocks, 2 heads; head 24, 8, 12 outputs; student
filled with 0.3, teacher with 0.25; crops "g1", "g2" (3, 3, 16, 16), "l1", "l2" (3, 3, 8, 8)):
    student, teacher, loss  of the first step
    grad.<name>             of the student, before clipping
    after.<name>, teacher.<name>, center, losses   after ten steps of the recipe, two an epoch: rates and
                            decays of the schedules below, every gradient clipped to 0.3 by itself, no
                            gradient for the last layer in epoch 0, then the teacher's moving average

The metadata's key `names` holds the names of all parameters in their order, one a line.
"""
import math
import pathlib

import safetensors.torch
import torch
from torch.nn import functional
from vit_golden import DynamicTanh, noise

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests/models/golden"
STEPS, STEPS_PER_EPOCH = 10, 2

# Of the original programs: sums, first and last values.
CHECKS = {
    ("mae", "ln"): {"loss": 0.9544612797, "normed loss": 1.5969108707, "pred sum": 182.5653294414,
                    "pred first": 0.4587589255, "pred last": -1.1242599881},
    ("mae", "dyt"): {"loss": 0.4586809474, "normed loss": 1.1091998931, "pred sum": 76.0752714495,
                     "pred first": -0.1867311974, "pred last": -0.5615815265},
    ("dino", "ln"): {"student sum": -15.0538945131, "teacher sum": -9.9622501553, "loss 0": 4.2210215810,
                     "center sum": -0.2490562539, "loss 1": 4.3225469627},
    ("dino", "dyt"): {"student sum": -17.1676705393, "teacher sum": -8.2718976172, "loss 0": 1.1420901200,
                      "center sum": -0.2067974404, "loss 1": 1.3159323008},
}


def make_norm(kind, dim):
    return torch.nn.LayerNorm(dim, eps=1e-6) if kind == "ln" else DynamicTanh(dim)


def fill(model, amplitude):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = noise(name, tuple(parameter.shape))
            if name.endswith("pos_embed") and not parameter.requires_grad:
                continue
            if name.endswith("alpha"):
                values = 0.5 + 0.1 * values
            elif name.endswith("weight_g"):
                values = torch.ones_like(values)
            elif parameter.dim() == 1 and name.endswith("weight"):
                values = 1 + 0.2 * values
            else:
                values = amplitude * values
            parameter.copy_(values)


class Attention(torch.nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = torch.nn.Linear(dim, 3 * dim)
        self.proj = torch.nn.Linear(dim, dim)

    def forward(self, x):
        batch, tokens, dim = x.shape
        parts = self.qkv(x).reshape(batch, tokens, 3, self.heads, dim // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        weights = (query @ key.mT / math.sqrt(dim // self.heads)).softmax(-1)
        return self.proj((weights @ value).transpose(1, 2).reshape(batch, tokens, dim))


class FeedForward(torch.nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc1 = torch.nn.Linear(dim, 4 * dim)
        self.fc2 = torch.nn.Linear(4 * dim, dim)

    def forward(self, x):
        return self.fc2(functional.gelu(self.fc1(x)))


class Block(torch.nn.Module):
    def __init__(self, kind, dim, heads):
        super().__init__()
        self.norm1 = make_norm(kind, dim)
        self.attn = Attention(dim, heads)
        self.norm2 = make_norm(kind, dim)
        self.mlp = FeedForward(dim)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchEmbed(torch.nn.Module):
    def __init__(self, patch, dim):
        super().__init__()
        self.proj = torch.nn.Conv2d(3, dim, patch, patch)

    def forward(self, images):
        return self.proj(images).flatten(2).mT


def frozen_table(dim, side):
    """Sines and cosines: the first half of a row tells the column, the second the row of the grid."""
    omega = 10000 ** (-torch.arange(dim // 4, dtype=torch.float64) / (dim // 4))
    table = torch.zeros(1, 1 + side * side, dim)
    for row in range(side):
        for column in range(side):
            parts = [f(at * omega) for at in (column, row) for f in (torch.sin, torch.cos)]
            table[0, 1 + row * side + column] = torch.cat(parts).float()
    return torch.nn.Parameter(table, requires_grad=False)


def patches_of(images, patch):
    """(B, L, patch * patch * 3), the channel last."""
    rows = images.unfold(2, patch, patch).unfold(3, patch, patch)  # (B, 3, g, g, patch, patch)
    return rows.permute(0, 2, 3, 4, 5, 1).flatten(3).flatten(1, 2)


class Mae(torch.nn.Module):
    def __init__(self, kind, image, patch, dim, depth, heads, decoder_dim, decoder_depth, decoder_heads):
        super().__init__()
        side = image // patch
        self.patch = patch
        self.cls_token = torch.nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embed = frozen_table(dim, side)
        self.mask_token = torch.nn.Parameter(torch.zeros(1, 1, decoder_dim))
        self.decoder_pos_embed = frozen_table(decoder_dim, side)
        self.patch_embed = PatchEmbed(patch, dim)
        self.blocks = torch.nn.Sequential(*[Block(kind, dim, heads) for _ in range(depth)])
        self.norm = make_norm(kind, dim)
        self.decoder_embed = torch.nn.Linear(dim, decoder_dim)
        self.decoder_blocks = torch.nn.Sequential(
            *[Block(kind, decoder_dim, decoder_heads) for _ in range(decoder_depth)])
        self.decoder_norm = make_norm(kind, decoder_dim)
        self.decoder_pred = torch.nn.Linear(decoder_dim, 3 * patch * patch)

    def forward(self, images, chance):
        """Predictions (B, L, ...) and the mask, True where a patch was removed."""
        batch, total = chance.shape
        kept = chance.argsort(1)[:, :total // 4]
        mask = torch.ones(batch, total, dtype=torch.bool).scatter(1, kept, False)
        places = torch.arange(batch)[:, None]
        seen = (self.patch_embed(images) + self.pos_embed[:, 1:])[places, kept]
        first = (self.cls_token + self.pos_embed[:, :1]).expand(batch, -1, -1)
        seen = self.decoder_embed(self.norm(self.blocks(torch.cat([first, seen], 1))))
        canvas = self.mask_token.repeat(batch, total, 1).index_put((places, kept), seen[:, 1:])
        canvas = torch.cat([seen[:, :1], canvas], 1) + self.decoder_pos_embed
        return self.decoder_pred(self.decoder_norm(self.decoder_blocks(canvas)))[:, 1:], mask

    def loss(self, images, chance, normed):
        pred, mask = self(images, chance)
        target = patches_of(images, self.patch)
        if normed:
            variance, mean = torch.var_mean(target, -1, correction=1, keepdim=True)
            target = (target - mean) / (variance + 1e-6).sqrt()
        return pred, ((pred - target) ** 2).mean(-1)[mask].mean()


class Backbone(torch.nn.Module):
    def __init__(self, kind, image, patch, dim, depth, heads):
        super().__init__()
        self.side, self.patch = image // patch, patch
        self.cls_token = torch.nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embed = torch.nn.Parameter(torch.zeros(1, 1 + self.side ** 2, dim))
        self.patch_embed = PatchEmbed(patch, dim)
        self.blocks = torch.nn.Sequential(*[Block(kind, dim, heads) for _ in range(depth)])
        self.norm = make_norm(kind, dim)

    def positions(self, side):
        if side == self.side:
            return self.pos_embed
        grid = self.pos_embed[:, 1:].mT.unflatten(2, (self.side, self.side))
        scale = (side + 0.1) / self.side
        grid = functional.interpolate(grid, scale_factor=(scale, scale), mode="bicubic",
                                      recompute_scale_factor=False)
        return torch.cat([self.pos_embed[:, :1], grid.flatten(2).mT], 1)

    def forward(self, images):
        tokens = torch.cat([self.cls_token.expand(len(images), -1, -1), self.patch_embed(images)], 1)
        return self.norm(self.blocks(tokens + self.positions(images.shape[-1] // self.patch)))[:, 0]


class LastLayer(torch.nn.Module):
    def __init__(self, dim, out):
        super().__init__()
        self.weight_g = torch.nn.Parameter(torch.ones(out, 1), requires_grad=False)
        self.weight_v = torch.nn.Parameter(torch.zeros(out, dim))

    def forward(self, x):
        return x @ (self.weight_g * self.weight_v / self.weight_v.norm(dim=1, keepdim=True)).mT


class Head(torch.nn.Module):
    def __init__(self, dim, hidden, bottleneck, out):
        super().__init__()
        linear, gelu = torch.nn.Linear, torch.nn.GELU
        self.mlp = torch.nn.Sequential(linear(dim, hidden), gelu(), linear(hidden, hidden), gelu(),
                                       linear(hidden, bottleneck))
        self.last_layer = LastLayer(bottleneck, out)

    def forward(self, x):
        x = self.mlp(x)
        return self.last_layer(x / x.norm(dim=-1, keepdim=True))


class Dino(torch.nn.Module):
    def __init__(self, kind, image, patch, dim, depth, heads, hidden, bottleneck, out):
        super().__init__()
        self.backbone = Backbone(kind, image, patch, dim, depth, heads)
        self.head = Head(dim, hidden, bottleneck, out)

    def forward(self, crops):
        return self.head(torch.cat([self.backbone(crop) for crop in crops]))


def dino_loss(student, teacher, center, temperature):
    views = (student / 0.1).log_softmax(-1).chunk(4)
    targets = ((teacher.detach() - center) / temperature).softmax(-1).chunk(2)
    pairs = [-(targets[a] * views[v]).sum(-1).mean() for a in range(2) for v in range(4) if v != a]
    return sum(pairs) / len(pairs)


def expect(case, name, value):
    if abs(value.item() - CHECKS[case][name]) > 1e-9:
        raise SystemExit(f"{case}: {name} is {value.item():.10f}, should be {CHECKS[case][name]}")


def check_mae(kind):
    case = ("mae", kind)
    model = Mae(kind, 32, 8, 24, 2, 3, 16, 1, 2).double()
    fill(model, 0.3)
    images, chance = noise("x", (2, 3, 32, 32)), (1 + noise("noise", (2, 16))) / 2
    pred, loss = model.loss(images, chance, normed=False)
    expect(case, "loss", loss)
    expect(case, "normed loss", model.loss(images, chance, normed=True)[1])
    expect(case, "pred sum", pred.sum())
    expect(case, "pred first", pred.flatten()[0])
    expect(case, "pred last", pred.flatten()[-1])


def crops_of(size, batch):
    return [noise(name, (batch, 3, side, side))
            for name, side in (("g1", size), ("g2", size), ("l1", size // 2), ("l2", size // 2))]


def check_dino(kind):
    case = ("dino", kind)
    student, teacher = (Dino(kind, 32, 8, 24, 2, 3, 32, 12, 20).double() for _ in range(2))
    fill(student, 0.3)
    fill(teacher, 0.25)
    crops = crops_of(32, 2)
    seen, aims = student(crops), teacher(crops[:2])
    expect(case, "student sum", seen.sum())
    expect(case, "teacher sum", aims.sum())
    center = torch.zeros(1, 20, dtype=torch.float64)
    expect(case, "loss 0", dino_loss(seen, aims, center, 0.04))
    center = 0.9 * center + 0.1 * aims.mean(0, keepdim=True)
    expect(case, "center sum", center.sum())
    expect(case, "loss 1", dino_loss(seen, aims, center, 0.055))


def half_cosine(start, end, progress):
    return end + (start - end) / 2 * (1 + math.cos(math.pi * progress))


def optimizer_of(model, beta2):
    """Tensors of two and more dimensions decay, tokens and tables too."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [{"params": [parameter for parameter in trained if parameter.dim() > 1], "weight_decay": 0.05},
              {"params": [parameter for parameter in trained if parameter.dim() < 2], "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=0, betas=(0.9, beta2), eps=1e-8)


def gradients_of(model):
    return {f"grad.{name}": parameter.grad.clone() for name, parameter in model.named_parameters()
            if parameter.requires_grad}


def values_of(model, prefix):
    return {prefix + name: parameter for name, parameter in model.named_parameters()
            if parameter.requires_grad}


def mae_rate(epoch):
    """Base 2e-3, one epoch of warm-up, five in all."""
    return 2e-3 * epoch if epoch < 1 else half_cosine(2e-3, 0, (epoch - 1) / 4)


def mae_golden(kind):
    model = Mae(kind, 16, 4, 16, 2, 2, 12, 1, 2).double()
    fill(model, 0.3)
    images = noise("x", (3, 3, 16, 16))
    optimizer = optimizer_of(model, beta2=0.95)
    tensors, losses = {}, []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = mae_rate(step / STEPS_PER_EPOCH)
        optimizer.zero_grad()
        pred, loss = model.loss(images, (1 + noise(f"noise{step}", (3, 16))) / 2, normed=True)
        loss.backward()
        if step == 0:
            tensors |= {"pred": pred, "loss": loss} | gradients_of(model)
        losses.append(loss.detach())
        optimizer.step()
    return tensors | values_of(model, "after.") | {"losses": torch.stack(losses)}, model


def dino_rate(step):
    """Base 2e-3, end 1e-5, two steps of warm-up from 0."""
    return 2e-3 * step if step < 2 else half_cosine(2e-3, 1e-5, (step - 2) / (STEPS - 2))


def dino_golden(kind):
    student, teacher = (Dino(kind, 16, 4, 16, 2, 2, 24, 8, 12).double() for _ in range(2))
    fill(student, 0.3)
    fill(teacher, 0.25)
    crops = crops_of(16, 3)
    center = torch.zeros(1, 12, dtype=torch.float64)
    optimizer = optimizer_of(student, beta2=0.999)
    tensors, losses = {}, []
    for step in range(STEPS):
        epoch = step // STEPS_PER_EPOCH
        for group in optimizer.param_groups:
            group["lr"] = dino_rate(step)
        optimizer.param_groups[0]["weight_decay"] = half_cosine(0.04, 0.4, step / STEPS)
        optimizer.zero_grad()
        seen, aims = student(crops), teacher(crops[:2]).detach()
        loss = dino_loss(seen, aims, center, (0.04, 0.055, 0.07, 0.07, 0.07)[epoch])
        center = 0.9 * center + 0.1 * aims.mean(0, keepdim=True)
        loss.backward()
        if step == 0:
            tensors |= {"student": seen, "teacher": aims, "loss": loss} | gradients_of(student)
        losses.append(loss.detach())
        for name, parameter in student.named_parameters():
            if parameter.requires_grad:
                parameter.grad *= min(1, 0.3 / (parameter.grad.norm().item() + 1e-6))
                if epoch < 1 and "last_layer" in name:
                    parameter.grad = None
        optimizer.step()
        momentum = half_cosine(0.9, 1, step / STEPS)
        with torch.no_grad():
            for average, value in zip(teacher.parameters(), student.parameters()):
                average.copy_(momentum * average + (1 - momentum) * value)
    tensors |= values_of(student, "after.") | values_of(teacher, "teacher.")
    return tensors | {"center": center, "losses": torch.stack(losses)}, student


def main():
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    for kind in ("ln", "dyt"):
        check_mae(kind)
        check_dino(kind)
        for family, golden in (("mae", mae_golden), ("dino", dino_golden)):
            tensors, model = golden(kind)
            names = "\n".join(name for name, _ in model.named_parameters())
            path = FOLDER / f"{family}_{kind}.safetensors"
            contents = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
            safetensors.torch.save_file(contents, path, {"names": names})
            print(f"{path.name}: {path.stat().st_size} bytes, losses {tensors['losses'][0]:.6f} to "
                  f"{tensors['losses'][-1]:.6f}")


if __name__ == "__main__":
    main()
