# SPDX-License-Identifier: Apache-2.0
"""The peers of `dyt bench ops python=PYTHON`: torch.compile's code, on a GPU a Triton kernel of DyT too.

Speaks as peer_protocol.py says, and:

    {"case": {"shape": [rows, channels], "dtype", "pass", "outputs", "buffers", "threads", "device",
              "function", "eps"}}       {"contenders": [NAME, ...]}, compiled and warm
"""
import time

import peer_protocol


def triton_dyt():
    """DyT over x of shape (rows, channels) as an autograd function of (x, alpha, weight, bias); fp32 arithmetic."""
    import torch
    import triton
    import triton.language as tl
    from triton.language.extra import libdevice

    @triton.jit
    def forward_kernel(x, alpha, weight, bias, y, size, channels, BLOCK: tl.constexpr):
        place = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
        inside = place < size
        column = place % channels
        t = libdevice.tanh(tl.load(alpha).to(tl.float32) * tl.load(x + place, inside).to(tl.float32))
        w = tl.load(weight + column, inside).to(tl.float32)
        tl.store(y + place, w * t + tl.load(bias + column, inside).to(tl.float32), inside)

    @triton.jit
    def backward_kernel(grad, x, alpha, weight, grad_x, sums, rows, channels, BLOCK: tl.constexpr):
        """Of BLOCK columns and every num_programs(1)-th row: sums (3, programs, channels) of the parameters' terms."""
        column = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
        inside = column < channels
        a = tl.load(alpha).to(tl.float32)
        w = tl.load(weight + column, inside).to(tl.float32)
        of_alpha = tl.zeros((BLOCK,), tl.float32)
        of_weight = tl.zeros((BLOCK,), tl.float32)
        of_bias = tl.zeros((BLOCK,), tl.float32)
        for row in range(tl.program_id(1), rows, tl.num_programs(1)):
            place = row.to(tl.int64) * channels + column
            v = tl.load(x + place, inside).to(tl.float32)
            g = tl.load(grad + place, inside, other=0).to(tl.float32)
            t = libdevice.tanh(a * v)
            slope = g * w * (1 - t * t)
            tl.store(grad_x + place, slope * a, inside)
            of_alpha += tl.where(inside, slope * v, 0)
            of_weight += g * t
            of_bias += g
        step = tl.num_programs(1) * channels
        place = sums + tl.program_id(1) * channels + column
        tl.store(place, of_alpha, inside)
        tl.store(place + step, of_weight, inside)
        tl.store(place + 2 * step, of_bias, inside)

    class TritonDyt(torch.autograd.Function):
        @staticmethod
        def forward(context, x, alpha, weight, bias):
            context.save_for_backward(x, alpha, weight)
            y = torch.empty_like(x)
            forward_kernel[(triton.cdiv(x.numel(), 1024),)](
                x, alpha, weight, bias, y, x.numel(), x.shape[-1], BLOCK=1024)
            return y

        @staticmethod
        def backward(context, grad):
            x, alpha, weight = context.saved_tensors
            rows, channels = x.shape
            programs = min(rows, 256)
            grad_x = torch.empty_like(x)
            sums = torch.empty(3, programs, channels, dtype=torch.float32, device=x.device)
            backward_kernel[(triton.cdiv(channels, 256), programs)](
                grad, x, alpha, weight, grad_x, sums, rows, channels, BLOCK=256)
            of_alpha, of_weight, of_bias = sums.sum(1)
            return (grad_x, of_alpha.sum().reshape(1).to(x.dtype), of_weight.to(x.dtype), of_bias.to(x.dtype))

    return TritonDyt.apply


class Case:
    """Tensors of one case, the same as dyt/bench/ops_contenders.cpp makes, and its contenders."""

    def __init__(self, wanted):
        import torch
        self.torch, self.wanted, self.turn = torch, wanted, 0
        threads = wanted["threads"]
        torch._dynamo.reset()
        torch.set_num_threads(threads)
        torch._inductor.config.cpp.threads = threads  # compiled into the code, and part of its cache's key
        torch._inductor.config.compile_threads = 1    # no processes beside this one
        peer_protocol.keep_freed_memory(wanted["outputs"] == "reused")
        self.device, self.dtype = torch.device(wanted["device"]), getattr(torch, wanted["dtype"])
        torch.manual_seed(0)
        training, channels = wanted["pass"] == "training", wanted["shape"][1]
        self.inputs, self.grads, self.residuals = [], [], []
        for _ in range(wanted["buffers"]):
            self.inputs.append(self.random().requires_grad_(training))
            self.grads.append(self.random() if training else None)
            self.residuals.append(self.random() if wanted["pass"] == "add" else None)
        made = {"dtype": self.dtype, "device": self.device}
        self.alpha = torch.full((1,), 0.5, **made).requires_grad_(training)
        self.weight = torch.ones(channels, **made).requires_grad_(training)
        self.bias = torch.zeros(channels, **made).requires_grad_(training)
        self.calls = self.contenders()

    def random(self):
        return self.torch.randn(self.wanted["shape"]).to(self.device, self.dtype)

    def contenders(self):
        """{name: a call without arguments}."""
        torch, eps, shape = self.torch, self.wanted["eps"], self.wanted["shape"][1:]
        norm = torch.nn.functional

        def dyt(x, alpha, weight, bias):
            return weight * torch.tanh(alpha * x) + bias

        def layer_norm(x, weight, bias):
            return norm.layer_norm(x, shape, weight, bias, eps)

        def rms_norm(x, weight):
            return norm.rms_norm(x, shape, weight, eps)

        all_parameters = [self.alpha, self.weight, self.bias]
        calls = {"compiled layer_norm": self.call(layer_norm, [self.weight, self.bias]),
                 "compiled rms_norm": self.call(rms_norm, [self.weight])}
        if self.wanted["function"] == "tanh":
            calls["compiled dyt"] = self.call(dyt, all_parameters)
            if self.device.type == "cuda" and self.wanted["dtype"] != "float64":
                calls["triton dyt"] = self.call(triton_dyt(), all_parameters, compiled=False)
        return calls

    def call(self, function, parameters, compiled=True):
        """One call of the case's pass. The addition gives y and the sum."""
        torch = self.torch

        def with_addition(x, residual, *rest):
            total = x + residual
            return function(total, *rest), total

        run = with_addition if self.wanted["pass"] == "add" else function
        if compiled:
            run = torch.compile(run, fullgraph=True, dynamic=False)

        def forward():
            with torch.no_grad():
                run(self.inputs[self.next()], *parameters)

        def add():
            with torch.no_grad():
                n = self.next()
                run(self.inputs[n], self.residuals[n], *parameters)

        def training():
            n = self.next()
            torch.autograd.grad(run(self.inputs[n], *parameters), [*parameters, self.inputs[n]], self.grads[n])

        return {"forward": forward, "add": add, "training": training}[self.wanted["pass"]]

    def next(self):
        self.turn = (self.turn + 1) % len(self.inputs)
        return self.turn

    def seconds(self, name, calls):
        call, wait = self.calls[name], self.device.type == "cuda"
        begin = time.perf_counter()
        for _ in range(calls):
            call()
        if wait:
            self.torch.cuda.synchronize(self.device)
        return time.perf_counter() - begin


case = None


def prepare():
    versions = peer_protocol.versions_with("torch")
    import torch._dynamo
    import torch._inductor.config
    return versions


def respond(request):
    global case
    if "case" not in request:
        peer_protocol.work(request["run"])
        return {"seconds": case.seconds(request["run"], request["calls"])}
    peer_protocol.work("the tensors of the case")
    case = None  # the old ones go first
    case = Case(request["case"])
    for name in case.calls:
        peer_protocol.work(name)
        case.seconds(name, 2)
    return {"contenders": list(case.calls)}


peer_protocol.serve(prepare, respond)
