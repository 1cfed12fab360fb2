"""Model files by the tools that define them, and what their models compute: test/golden/formats/.

Debian 12: python3-torch 1.13.0, python3-numpy 1.24, python3-onnx 1.12. Run: /usr/bin/python3 test/golden/formats.py
"""
import io, json, os, struct
import numpy as np
import torch
from torch import nn

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "formats")
os.makedirs(here, exist_ok=True)
torch.manual_seed(7)
figures = {}


def path(name):
    return os.path.join(here, name)


def wave(*shape):
    size = int(np.prod(shape))
    return (0.5 + 0.45 * np.sin(0.7 * np.arange(size) + 0.3)).astype(np.float32).reshape(shape)


def keep(name, x, y, **more):
    y = y.detach().numpy() if isinstance(y, torch.Tensor) else y
    figures[name] = {"input": list(x.shape), "output": list(y.shape),
                     "values": [float("%.9g" % v) for v in y.astype(np.float64).ravel()], **more}


# NumPy
rng = np.random.RandomState(1)
a = rng.randn(2, 3)
arrays = {
    "f8": a, "f4": a.astype("<f4"), "f4_big": a.astype(">f4"), "f2": a.astype("<f2"),
    "fortran": np.asfortranarray(rng.randn(2, 3, 4).astype("<f4")), "i8": np.array([[1, -2147483648], [2147483647, 0]], "<i8"),
    "u1": np.array([0, 255], "u1"), "bool": np.array([[True, False, True]]), "scalar": np.float32(2.5), "empty": np.zeros((0, 3), "<f4"),
}
np.savez(path("arrays.npz"), **arrays)
np.savez_compressed(path("compressed.npz"), zeros=np.zeros((20, 50), "<f4"), f8=a)
np.save(path("objects.npy"), np.array([{"a": 1}], dtype=object), allow_pickle=True)
np.save(path("beyond.npy"), np.array([1, 2**31], "<i8"))
figures["arrays.npz"] = {name: {"shape": list(np.shape(v)), "values": [float(np.float32(u)) if np.asarray(v).dtype.kind == "f" else int(u) for u in np.ravel(v)]} for name, v in arrays.items()}


# PyTorch: state dicts
class Net(nn.Module):
    def __init__(self, **modules):
        super().__init__()
        for name, module in modules.items():
            setattr(self, name, module)


def save(name, module, legacy=False, wrap=None):
    state = module.state_dict()
    torch.save(wrap(state) if wrap else state, path(name), _use_new_zipfile_serialization=not legacy)


with torch.no_grad():
    x = torch.tensor(wave(2, 5, 3))
    lstm = nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True)
    save("lstm-2-bidirectional.pt", Net(encoder=lstm), wrap=lambda s: {"epoch": 3, "model_state_dict": s, "best": np.float64(0.5)})
    keep("lstm-2-bidirectional.pt", x, lstm(x)[0])
    gru, fc = nn.GRU(3, 4, batch_first=True), nn.Linear(4, 2)
    save("gru-linear.pth", Net(gru=gru, fc=fc), legacy=True)
    keep("gru-linear.pth", x, fc(gru(x)[0][:, -1]))
    rnn = nn.RNN(3, 4, batch_first=True)
    save("rnn.pt", rnn)
    keep("rnn.pt", x, rnn(x)[0])
    projected = nn.LSTM(3, 5, proj_size=2, bias=False, batch_first=True)
    save("lstm-projection.pt", Net(lstm=projected))
    keep("lstm-projection.pt", x, projected(x)[0])
    table, norm, deep, out = nn.Embedding(9, 6), nn.LayerNorm(6), nn.LSTM(6, 4, batch_first=True), nn.Linear(4, 3)
    nn.init.uniform_(norm.weight, 0.5, 1.5), nn.init.uniform_(norm.bias, -0.5, 0.5)
    words = torch.tensor([[3, 1, 8, 5], [6, 4, 2, 0]])
    save("words.pt", Net(embedding=table, norm=norm, lstm=deep, fc=out))
    keep("words.pt", words, out(deep(norm(table(words)))[0][:, -1]), indices=words.ravel().tolist())
    head = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1))
    save("lstm-head.pt", Net(lstm=nn.LSTM(3, 4, batch_first=True), head=head))
torch.save(nn.Linear(2, 1), path("whole-module.pt"))


class Evil:
    def __reduce__(self):
        return os.system, ("echo run",)


torch.save({"weight": torch.zeros(2), "x": Evil()}, path("os-system.pt"))


class Recurrent(nn.Module):
    """What is usually exported: a recurrent stack and a layer behind its last step."""

    def __init__(self, cell, out, last):
        super().__init__()
        self.cell, self.out, self.last = cell, out, last

    def forward(self, x):
        y, state = self.cell(x)
        if self.last == "step":
            y = y[:, -1, :]
        elif self.last == "state":
            y = (state[0] if isinstance(state, tuple) else state)[-1]
        return self.out(y) if self.out is not None else y


# ONNX
exports = {
    "onnx-lstm-last.onnx": (Recurrent(nn.LSTM(3, 4, batch_first=True), nn.Linear(4, 2), "step"), {"x": {0: "n", 1: "t"}}, 11),
    "onnx-lstm-2-fixed.onnx": (Recurrent(nn.LSTM(3, 4, 2, batch_first=True), nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1), nn.Sigmoid()), "step"), None, 9),
    "onnx-gru-bidirectional.onnx": (Recurrent(nn.GRU(3, 4, bidirectional=True, batch_first=True), nn.Linear(8, 2), ""), {"x": {0: "n"}}, 14),
    "onnx-rnn-state.onnx": (Recurrent(nn.RNN(3, 4, nonlinearity="relu", batch_first=True), nn.Linear(4, 2), "state"), {"x": {0: "n"}}, 13),
    "onnx-lstm-17.onnx": (Recurrent(nn.LSTM(3, 4, batch_first=True), nn.Sequential(nn.LayerNorm(4), nn.Linear(4, 2), nn.Softmax(-1)), "step"), {"x": {0: "n", 1: "t"}}, 17),
}
for name, (module, axes, opset) in exports.items():
    module.eval()
    torch.onnx.export(module, (x,), path(name), input_names=["x"], output_names=["y"], dynamic_axes=axes, opset_version=opset)
    with torch.no_grad():
        keep(name, x, module(x))



class Heads(nn.Module):
    """Attention as programs write it by hand: one dense layer for all three, heads by view and transpose, later steps hidden."""

    def __init__(self, width, heads, fused):
        super().__init__()
        self.heads, self.fused = heads, fused
        self.made = nn.ModuleList([nn.Linear(width, 3 * width)] if fused else [nn.Linear(width, width) for _ in range(3)])
        self.out, self.norm = nn.Linear(width, width), nn.LayerNorm(width)
        self.register_buffer("seen", torch.tril(torch.ones(8, 8)))

    def forward(self, x):
        b, t, e = x.shape
        parts = self.made[0](x).split(e, dim=2) if self.fused else [one(x) for one in self.made]
        q, k, v = [part.view(b, t, self.heads, e // self.heads).transpose(1, 2) for part in parts]
        scores = q @ k.transpose(-2, -1) / (e // self.heads) ** 0.5
        if self.fused:
            scores = scores.masked_fill(self.seen[:t, :t] == 0, float("-inf"))
        y = (scores.softmax(-1) @ v).transpose(1, 2).contiguous().view(b, t, e)
        return self.norm(x + self.out(y))


class Folded(nn.Module):
    """Each step of each sample as a row of its own."""

    def __init__(self):
        super().__init__()
        self.cell, self.out = nn.LSTM(4, 5, batch_first=True), nn.Linear(5, 3)

    def forward(self, x):
        y, _ = self.cell(x)
        b, t, h = y.shape
        return torch.tanh(self.out(y.contiguous().view(-1, h))).view(b, t, 3)


class Self(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.MultiheadAttention(4, 2, batch_first=True)

    def forward(self, x):
        return self.inner(x, x, x)[0]


x4 = torch.from_numpy(wave(2, 5, 4))
both = {"x": {0: "n", 1: "t"}, "y": {0: "n", 1: "t"}}
for name, module, axes in [
    ("onnx-heads.onnx", Heads(4, 2, False), both),
    ("onnx-heads-causal.onnx", Heads(4, 2, True), both),
    ("onnx-heads-causal-fixed.onnx", Heads(4, 2, True), None),
    ("onnx-multihead.onnx", Self(), both),
    ("onnx-steps-folded.onnx", Folded(), both),
]:
    module.eval()
    torch.onnx.export(module, (x4,), path(name), input_names=["x"], output_names=["y"], dynamic_axes=axes, opset_version=14)
    with torch.no_grad():
        keep(name, x4, module(x4))

json.dump(figures, open(path("figures.json"), "w"), indent=1)
