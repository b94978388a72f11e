# SPDX-License-Identifier: Apache-2.0
"""The peer of `dyt bench step python=PYTHON`: the same step of the same ViT, by PyTorch's own modules, eagerly.

The network is built as timm 1.0.15 builds its ViTs: modules, initialization aside, and the order of what they do.
Speaks as peer_protocol.py says, and:

    {"case": {"model": {...}, "optimizer": {...}, "pass", "dtype", "batch_size", "threads", "device",
              "keep_memory"}}   {"contenders": [NAME, ...], "parameters": of the network}; a contender is made at its first turn
    {"memory": true}            {"peak_bytes", "before_bytes", "file_bytes"} as dyt/bench/step_memory.h has them
"""
import functools
import time

import peer_protocol

DEFAULT, FUSED = "eager PyTorch", "eager PyTorch, fused AdamW"


def status_bytes(name):
    """A line of /proc/self/status: VmHWM, RssAnon, RssFile."""
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))


def vision_transformer(sizes):
    import torch
    from torch import nn
    from torch.nn import functional
    dim, heads = sizes["dim"], sizes["num_heads"]
    norm = functools.partial(nn.LayerNorm, eps=1e-6)

    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv = nn.Linear(dim, 3 * dim)
            self.q_norm = norm(dim // heads) if sizes["qk_norm"] else nn.Identity()
            self.k_norm = norm(dim // heads) if sizes["qk_norm"] else nn.Identity()
            self.proj = nn.Linear(dim, dim)

        def forward(self, x):
            batch, tokens, _ = x.shape
            q, k, v = self.qkv(x).reshape(batch, tokens, 3, heads, dim // heads).permute(2, 0, 3, 1, 4).unbind(0)
            x = functional.scaled_dot_product_attention(self.q_norm(q), self.k_norm(k), v)
            return self.proj(x.transpose(1, 2).reshape(batch, tokens, dim))

    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.gamma = nn.Parameter(torch.full((dim,), sizes["init_values"]))

        def forward(self, x):
            return x * self.gamma

    class DropPath(nn.Module):
        def __init__(self, rate):
            super().__init__()
            self.rate = rate

        def forward(self, x):
            if not self.training:
                return x
            return x * x.new_empty((x.shape[0], 1, 1)).bernoulli_(1 - self.rate).div_(1 - self.rate)

    def scale():
        return Scale() if sizes["init_values"] else nn.Identity()

    class Block(nn.Module):
        def __init__(self, rate):
            super().__init__()
            self.norm1, self.attn, self.ls1 = norm(dim), Attention(), scale()
            self.norm2, self.ls2 = norm(dim), scale()
            self.mlp = nn.Sequential(nn.Linear(dim, sizes["hidden_dim"]), nn.GELU(), nn.Linear(sizes["hidden_dim"], dim))
            self.drop_path = DropPath(rate) if rate else nn.Identity()

        def forward(self, x):
            x = x + self.drop_path(self.ls1(self.attn(self.norm1(x))))
            return x + self.drop_path(self.ls2(self.mlp(self.norm2(x))))

    class VisionTransformer(nn.Module):
        def __init__(self):
            super().__init__()
            patch, depth = sizes["patch_size"], sizes["depth"]
            self.patch_embed = nn.Conv2d(sizes["channels"], dim, patch, patch)
            self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))
            self.pos_embed = nn.Parameter(torch.randn(1, 1 + (sizes["image_size"] // patch) ** 2, dim) * 0.02)
            self.blocks = nn.Sequential(*[Block(sizes["drop_path"] * n / max(1, depth - 1)) for n in range(depth)])
            self.norm, self.head = norm(dim), nn.Linear(dim, sizes["num_classes"])

        def forward(self, images):
            x = self.patch_embed(images).flatten(2).transpose(1, 2)
            x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], 1) + self.pos_embed
            x = self.blocks(x)
            if sizes["global_pool"] == "token":
                return self.head(self.norm(x)[:, 0])
            return self.head(self.norm(x[:, 1:].mean(1)))

    return VisionTransformer()


def optimizer_of(model, wanted, fused):
    """AdamW; weight decay on matrices, not on position table and class token."""
    import torch
    matrices = [p for name, p in model.named_parameters() if p.dim() >= 2 and name not in ("pos_embed", "cls_token")]
    chosen = set(matrices)
    others = [p for p in model.parameters() if p not in chosen]
    return torch.optim.AdamW(
        [{"params": matrices, "weight_decay": wanted["weight_decay"]}, {"params": others, "weight_decay": 0.0}],
        lr=wanted["lr"], betas=(wanted["beta1"], wanted["beta2"]), eps=wanted["eps"], **({"fused": True} if fused else {}))


class Step:
    """One model, and a step of it."""

    def __init__(self, wanted, fused):
        import torch
        self.torch, self.device = torch, torch.device(wanted["device"])
        made = {"device": self.device, "dtype": getattr(torch, wanted["dtype"])}
        sizes, batch = wanted["model"], wanted["batch_size"]
        torch.manual_seed(0)
        self.images = torch.randn(batch, sizes["channels"], sizes["image_size"], sizes["image_size"]).to(**made)
        self.labels = torch.randint(sizes["num_classes"], (batch,)).to(self.device)
        self.training = wanted["pass"] == "training"
        self.model = vision_transformer(sizes).to(**made).train(self.training)
        self.optimizer = optimizer_of(self.model, wanted["optimizer"], fused) if self.training else None

    def run(self):
        if not self.training:
            with self.torch.no_grad():
                self.model(self.images)
            return
        self.torch.nn.functional.cross_entropy(self.model(self.images), self.labels).backward()
        self.optimizer.step()
        self.optimizer.zero_grad()

    def seconds(self, calls):
        begin = time.perf_counter()
        for _ in range(calls):
            self.run()
        if self.device.type == "cuda":
            self.torch.cuda.synchronize(self.device)
        return time.perf_counter() - begin


class Case:
    def __init__(self, wanted):
        import torch
        torch.set_num_threads(wanted["threads"])
        if wanted["keep_memory"]:
            peer_protocol.keep_freed_memory(True)
        self.wanted, self.steps = wanted, {}
        self.names = [DEFAULT, FUSED] if wanted["pass"] == "training" else [DEFAULT]
        with torch.device("meta"):
            self.parameters = sum(p.numel() for p in vision_transformer(wanted["model"]).parameters())
        self.before = status_bytes("RssAnon")

    def seconds(self, name, calls):
        if name not in self.steps:
            self.steps[name] = Step(self.wanted, name == FUSED)
        return self.steps[name].seconds(calls)


case = None


def respond(request):
    global case
    if "case" in request:
        peer_protocol.work("the network of the case")
        case = None  # the old one goes first
        case = Case(request["case"])
        return {"contenders": case.names, "parameters": case.parameters}
    if "memory" in request:
        return {"peak_bytes": status_bytes("VmHWM"), "before_bytes": case.before, "file_bytes": status_bytes("RssFile")}
    peer_protocol.work(request["run"])
    return {"seconds": case.seconds(request["run"], request["calls"])}


peer_protocol.serve(lambda: peer_protocol.versions_with("torch"), respond)
