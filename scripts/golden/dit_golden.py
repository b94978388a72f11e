#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/models/golden/dit_{ln,dyt}.safetensors: a small DiT, run by PyTorch in float64.

    pip install torch==2.11.0 safetensors numpy     (see scripts/golden/README.md)
    python scripts/golden/dit_golden.py

The network and the loss stand below in plain PyTorch, after arXiv 2212.09748 and 2102.09672. Before
anything is written they are held to numbers that facebookresearch/DiT of June 2023 printed for the same
fill of a slightly wider network.

Model: latents 4 x 8 x 8, patch 2, width 16, 2 blocks, 2 heads, 10 classes; for `dyt` every LayerNorm
(which has neither weight nor bias) is tanh(alpha * x). All values of the start, latents and noise come from
a fill that the C++ test repeats (tests/support/fill.h), so they are not stored. The batch is four samples at
the steps 0, 3, 500, 999 with the labels 3, 4, 10 (no class), 0. Stored, in float64:

    output          (4, 8, 8, 8)
    mse, vb         (4)      the two terms of the loss
    loss            ()       mean of mse + vb
    grad.<name>              the loss's gradient for every parameter but the frozen pos_embed
    after.<name>             every such parameter after ten AdamW steps on the same batch, without decay
    loss_after      ()       the loss with them

The metadata's key `names` holds the parameters' names in upstream's order, one a line.
"""
import math
import pathlib

import numpy
import safetensors.torch
import torch
from torch import nn
from vit_golden import noise

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests/models/golden"
AMPLITUDE = 0.3
STEPS = 10
HALF_A_DIGIT = 5e-9  # of the printed numbers
OPTIMIZER = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0}


def fill(model):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                values = noise(name, tuple(parameter.shape))
                parameter.copy_(0.5 + 0.1 * values if name.endswith("alpha") else AMPLITUDE * values)


class BareTanh(nn.Module):
    def __init__(self):
        super().__init__()
        self.alpha = nn.Parameter(torch.full((1,), 0.5))

    def forward(self, x):
        return torch.tanh(self.alpha * x)


def slot(kind, dim):
    return BareTanh() if kind == "dyt" else nn.LayerNorm(dim, eps=1e-6, elementwise_affine=False)


def group(**children):
    """A module whose children have these names; numbers are written _0, _1."""
    module = nn.Module()
    for name, child in children.items():
        module.add_module(name.removeprefix("_"), child)
    return module


def position_table(dim, side):
    frequency = 10000.0 ** (-numpy.arange(dim // 4) / (dim // 4))
    waves = numpy.arange(side)[:, None] * frequency  # (side, dim / 4)
    waves = numpy.concatenate([numpy.sin(waves), numpy.cos(waves)], 1)
    rows = numpy.repeat(waves, side, 0)
    columns = numpy.tile(waves, (side, 1))
    return torch.from_numpy(numpy.concatenate([columns, rows], 1)).float()[None]


class Block(nn.Module):
    def __init__(self, kind, dim, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = slot(kind, dim)
        self.attn = group(qkv=nn.Linear(dim, 3 * dim), proj=nn.Linear(dim, dim))
        self.norm2 = slot(kind, dim)
        self.mlp = group(fc1=nn.Linear(dim, 4 * dim), fc2=nn.Linear(4 * dim, dim))
        self.adaLN_modulation = group(_1=nn.Linear(dim, 6 * dim))

    def attend(self, x):
        batch, tokens, dim = x.shape
        q, k, v = self.attn.qkv(x).reshape(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(dim // self.heads), -1)
        return self.attn.proj((weights @ v).transpose(1, 2).reshape(batch, tokens, dim))

    def feed(self, x):
        return self.mlp.fc2(nn.functional.gelu(self.mlp.fc1(x), approximate="tanh"))

    def forward(self, x, condition):
        parts = getattr(self.adaLN_modulation, "1")(condition)[:, None].chunk(6, -1)
        x = x + parts[2] * self.attend(self.norm1(x) * (1 + parts[1]) + parts[0])
        return x + parts[5] * self.feed(self.norm2(x) * (1 + parts[4]) + parts[3])


class Dit(nn.Module):
    def __init__(self, kind, dim, heads, depth=2, side=8, patch=2, channels=4, classes=10):
        super().__init__()
        self.patch, self.channels = patch, channels
        self.x_embedder = group(proj=nn.Conv2d(channels, dim, patch, patch))
        self.t_embedder = group(mlp=group(_0=nn.Linear(256, dim), _2=nn.Linear(dim, dim)))
        self.y_embedder = group(embedding_table=nn.Embedding(classes + 1, dim))
        self.pos_embed = nn.Parameter(position_table(dim, side // patch), requires_grad=False)
        self.blocks = nn.ModuleList(Block(kind, dim, heads) for _ in range(depth))
        self.final_layer = group(norm_final=slot(kind, dim), linear=nn.Linear(dim, patch * patch * 2 * channels),
                                 adaLN_modulation=group(_1=nn.Linear(dim, 2 * dim)))

    def condition(self, t, y):
        # float32 where upstream has it; exp, cos and sin by way of float64, because PyTorch's float32 ones
        # differ in the last place from one processor to another.
        exponent = -math.log(10000) * torch.arange(128, dtype=torch.float32) / 128
        angles = (t.float()[:, None] * exponent.double().exp().float()).double()
        waves = torch.cat([angles.cos(), angles.sin()], 1).float().double()
        mlp = self.t_embedder.mlp
        embedded = getattr(mlp, "2")(nn.functional.silu(getattr(mlp, "0")(waves)))
        return nn.functional.silu(embedded + self.y_embedder.embedding_table(y))

    def forward(self, x, t, y):
        batch, _, side, _ = x.shape
        grid, patch = side // self.patch, self.patch
        condition = self.condition(t, y)
        tokens = self.x_embedder.proj(x).flatten(2).transpose(1, 2) + self.pos_embed
        for block in self.blocks:
            tokens = block(tokens, condition)
        last = self.final_layer
        shift, scale = getattr(last.adaLN_modulation, "1")(condition)[:, None].chunk(2, -1)
        patches = last.linear(last.norm_final(tokens) * (1 + scale) + shift)
        patches = patches.reshape(batch, grid, grid, patch, patch, 2 * self.channels)
        return torch.einsum("bijklc->bcikjl", patches).reshape(batch, -1, side, side)


class Process:
    """The linear schedule of 1000 steps; tables in float64, looked up as float32."""

    def __init__(self):
        self.beta = numpy.linspace(1e-4, 0.02, 1000)
        self.bar = numpy.cumprod(1 - self.beta)
        self.previous = numpy.append(1.0, self.bar[:-1])
        variance = self.beta * (1 - self.previous) / (1 - self.bar)
        self.log_variance = numpy.log(numpy.append(variance[1], variance[1:]))

    @staticmethod
    def at(table, t):
        return torch.from_numpy(table)[t].float()[:, None, None, None]

    def noised(self, x, t, eps):
        return self.at(numpy.sqrt(self.bar), t) * x + self.at(numpy.sqrt(1 - self.bar), t) * eps

    def posterior_mean(self, x, x_t, t):
        first = self.beta * numpy.sqrt(self.previous) / (1 - self.bar)
        second = (1 - self.previous) * numpy.sqrt(1 - self.beta) / (1 - self.bar)
        return self.at(first, t) * x + self.at(second, t) * x_t

    def losses(self, output, x, x_t, t, eps):
        predicted, raw = output.chunk(2, 1)
        guess = (self.at(numpy.sqrt(1 / self.bar), t) * x_t
                 - self.at(numpy.sqrt(1 / self.bar - 1), t) * predicted.detach())
        mean = self.posterior_mean(guess, x_t, t)
        true_mean, true_log = self.posterior_mean(x, x_t, t), self.at(self.log_variance, t)
        share = (raw + 1) / 2
        log_variance = share * self.at(numpy.log(self.beta), t) + (1 - share) * true_log
        kl = 0.5 * (log_variance - true_log - 1 + torch.exp(true_log - log_variance)
                    + (true_mean - mean) ** 2 * torch.exp(-log_variance))
        nll = -level_log_likelihood(x, mean, torch.exp(-0.5 * log_variance))
        vb = torch.where(t == 0, nll.flatten(1).mean(1), kl.flatten(1).mean(1)) / math.log(2)
        return ((predicted - eps) ** 2).flatten(1).mean(1), vb


def level_log_likelihood(x, mean, inverse_std):
    def below(z):
        return 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z ** 3)))

    upper = below((x - mean + 1 / 255) * inverse_std)
    lower = below((x - mean - 1 / 255) * inverse_std)
    probability = torch.where(x < -0.999, upper, torch.where(x > 0.999, 1 - lower, upper - lower))
    return probability.clamp(min=1e-12).log()


def build(kind, dim, heads):
    model = Dit(kind, dim, heads).double()
    fill(model)
    return model


def close(found, printed, allowed, what):
    if not abs(float(found) - printed) < allowed:
        raise SystemExit(f"{what}: {float(found)!r}, upstream printed {printed}, allowed {allowed}")


UPSTREAM = {  # sum, last of a forward pass; vb and mse of the steps 0 and 3
    "ln": (-55.6942290636, -0.7457804409, (2.49817806, 0.24197132), (1.03817422, 0.80931456)),
    "dyt": (-23.8057729326, -0.3505491060, (2.05006294, 0.13989674), (0.57855083, 0.47222297)),
}


def hold_to_upstream(kind):
    """The losses to every printed digit; a forward pass at late steps up to what one unit in the last place of
    the timestep's float32 waves does, which differ that much between processors."""
    model, process = build(kind, dim=24, heads=3), Process()
    total, last, vb, mse = UPSTREAM[kind]
    x, eps = noise("x", (2, 4, 8, 8)), noise("noise", (2, 4, 8, 8))
    with torch.no_grad():
        t, labels = torch.tensor([7, 901]), torch.tensor([3, 10])
        output = model(x, t, labels)
        ulp = (model(x, t.double() * (1 + 2**-23), labels) - output).abs()
        close(output.sum(), total, ulp.sum(), f"{kind}: sum")
        close(output.flatten()[-1], last, ulp.max(), f"{kind}: last")
        for i, step in enumerate((0, 3)):  # the printed pairs of steps were (0, 999) and (3, 500)
            t = torch.tensor([step, 500])
            x_t = process.noised(x, t, eps)
            found = process.losses(model(x_t, t, torch.tensor([3, 4])), x, x_t, t, eps)
            close(found[0][0], mse[i], HALF_A_DIGIT, f"{kind}: mse of step {step}")
            close(found[1][0], vb[i], HALF_A_DIGIT, f"{kind}: vb of step {step}")


def golden(kind):
    model, process = build(kind, dim=16, heads=2), Process()
    x, eps = noise("x", (4, 4, 8, 8)), noise("noise", (4, 4, 8, 8))
    t, labels = torch.tensor([0, 3, 500, 999]), torch.tensor([3, 4, 10, 0])
    x_t = process.noised(x, t, eps)

    def losses():
        output = model(x_t, t, labels)
        mse, vb = process.losses(output, x, x_t, t, eps)
        return output, mse, vb, (mse + vb).mean()

    output, mse, vb, loss = losses()
    loss.backward()
    trained = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    tensors = {"output": output, "mse": mse, "vb": vb, "loss": loss}
    tensors.update({"grad." + name: parameter.grad.clone() for name, parameter in trained})
    optimizer = torch.optim.AdamW([parameter for _, parameter in trained], **OPTIMIZER)
    for _ in range(STEPS):
        optimizer.zero_grad()
        losses()[3].backward()
        optimizer.step()
    tensors["loss_after"] = losses()[3]
    tensors.update({"after." + name: parameter for name, parameter in trained})
    names = "\n".join(name for name, _ in model.named_parameters())
    return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}, {"names": names}


def main():
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind in ("ln", "dyt"):
        hold_to_upstream(kind)
        tensors, metadata = golden(kind)
        path = FOLDER / f"dit_{kind}.safetensors"
        safetensors.torch.save_file(tensors, path, metadata)
        print(f"{path.name}: {path.stat().st_size} bytes, loss {tensors['loss']:.6f}, "
              f"after {STEPS} steps {tensors['loss_after']:.6f}")


if __name__ == "__main__":
    main()
