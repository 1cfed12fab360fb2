"""Writes torch.json beside itself: small models, losses and optimizers computed by PyTorch in float64.

Run from the repository:  python3 test/golden/from-torch.py && npx biome check --write test/golden/torch.json
Any PyTorch from 1.13 on; the versions used are in the file. The script is not torch.py: it would import itself.

Weights are written in Keras's layout and order. PyTorch's gates i, f, g, o of an LSTM are Keras's i, f, c, o; its GRU
gates r, z, n are Keras's r, z, h, whose order is z, r, h. Kernels are transposed; an LSTM's two biases become their sum.
"""

import json
import pathlib
import platform

import torch
from torch.nn import functional as F

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
DIGITS = 17


def tensor(t):
    return {"shape": list(t.shape), "data": [float(f"{v:.{DIGITS}g}") for v in t.detach().reshape(-1).tolist()]}


def swap_update_and_reset(t):
    r, z, n = t.chunk(3, dim=0)
    return torch.cat([z, r, n], dim=0)


def lstm_weights(m, suffix, of):
    w = {name: of(p) for name, p in m.named_parameters()}
    out = [w[f"weight_ih_{suffix}"].T, w[f"weight_hh_{suffix}"].T]
    # The gradient of either bias is that of their sum.
    both = w[f"bias_ih_{suffix}"]
    out.append(both + w[f"bias_hh_{suffix}"] if of is data else both)
    if f"weight_hr_{suffix}" in w:
        out.append(w[f"weight_hr_{suffix}"].T)
    return out


def gru_weights(m, suffix, of):
    w = {name: swap_update_and_reset(of(p)) for name, p in m.named_parameters() if name.endswith(suffix)}
    bias = torch.stack([w[f"bias_ih_{suffix}"], w[f"bias_hh_{suffix}"]])
    return [w[f"weight_ih_{suffix}"].T, w[f"weight_hh_{suffix}"].T, bias]


def rnn_weights(m, suffix, of):
    w = {name: of(p) for name, p in m.named_parameters()}
    both = w[f"bias_ih_{suffix}"]
    return [w[f"weight_ih_{suffix}"].T, w[f"weight_hh_{suffix}"].T,
            both + w[f"bias_hh_{suffix}"] if of is data else both]


def data(p):
    return p.detach()


def gradient(p):
    return p.grad


def scaled_up(m):
    """Larger than PyTorch's initial weights, so that gates leave the linear part of their curves."""
    with torch.no_grad():
        for p in m.parameters():
            p.mul_(2.5)
    return m


def model_case(name, layers, m, weights, forward, features=3, batch=2, steps=4, states=None):
    scaled_up(m)
    x = torch.randn(batch, steps, features, requires_grad=True)
    prediction = forward(m, x)
    y = torch.randn_like(prediction)
    loss = F.mse_loss(prediction, y)
    loss.backward()
    case = {"name": name, "layers": layers, "x": tensor(x), "y": tensor(y), "weights": [tensor(w) for w in weights(m, data)],
            "prediction": tensor(prediction), "loss": loss.item(),
            "gradients": [tensor(w) for w in weights(m, gradient)], "inputGradient": tensor(x.grad)}
    if states is not None:
        case["states"] = [[tensor(s[0]) for s in states]]
    return case


def models():
    states = (torch.randn(1, 2, 3), torch.randn(1, 2, 3))
    hidden = torch.randn(1, 2, 3)
    two = ["l0", "l0_reverse"]
    bidirectional = {"kind": "bidirectional", "layer": {"kind": "lstm", "units": 2, "returnSequences": True}}
    return [
        model_case("lstm, last output", [{"kind": "lstm", "units": 3}],
                   torch.nn.LSTM(3, 3, batch_first=True), lambda m, of: lstm_weights(m, "l0", of),
                   lambda m, x: m(x)[0][:, -1]),
        model_case("lstm, sequences from initial states", [{"kind": "lstm", "units": 3, "returnSequences": True}],
                   torch.nn.LSTM(3, 3, batch_first=True), lambda m, of: lstm_weights(m, "l0", of),
                   lambda m, x: m(x, states)[0], states=states),
        model_case("lstm with projection", [{"kind": "lstm", "units": 4, "projection": 2, "returnSequences": True}],
                   torch.nn.LSTM(3, 4, proj_size=2, batch_first=True), lambda m, of: lstm_weights(m, "l0", of),
                   lambda m, x: m(x)[0]),
        model_case("two lstm layers", [{"kind": "lstm", "units": 3, "returnSequences": True},
                                       {"kind": "lstm", "units": 3, "returnSequences": True}],
                   torch.nn.LSTM(3, 3, num_layers=2, batch_first=True),
                   lambda m, of: lstm_weights(m, "l0", of) + lstm_weights(m, "l1", of), lambda m, x: m(x)[0]),
        model_case("bidirectional lstm", [bidirectional], torch.nn.LSTM(3, 2, bidirectional=True, batch_first=True),
                   lambda m, of: [w for suffix in two for w in lstm_weights(m, suffix, of)], lambda m, x: m(x)[0]),
        model_case("gru, sequences from an initial state", [{"kind": "gru", "units": 3, "returnSequences": True}],
                   torch.nn.GRU(3, 3, batch_first=True), lambda m, of: gru_weights(m, "l0", of),
                   lambda m, x: m(x, hidden)[0], states=(hidden,)),
        model_case("simple rnn", [{"kind": "simpleRNN", "units": 3, "returnSequences": True}],
                   torch.nn.RNN(3, 3, batch_first=True), lambda m, of: rnn_weights(m, "l0", of), lambda m, x: m(x)[0]),
        model_case("layer normalization", [{"kind": "layerNormalization"}], torch.nn.LayerNorm(3, eps=1e-3),
                   lambda m, of: [of(m.weight), of(m.bias)], lambda m, x: m(x)),
    ]


def activation_cases():
    x = torch.tensor([-4.0, -2.5, -1.0, -0.3, 0.2, 0.9, 2.1, 5.0], requires_grad=True)
    # Not F.hardsigmoid, whose derivative is a float32 sixth.
    functions = {
        "tanh": torch.tanh, "sigmoid": torch.sigmoid, "hardSigmoid": lambda v: F.relu6(v + 3) / 6, "relu": F.relu, "elu": F.elu,
        "leakyRelu": lambda v: F.leaky_relu(v, 0.2), "selu": F.selu, "gelu": F.gelu, "softplus": F.softplus,
        "softsign": F.softsign, "silu": F.silu, "softmax": lambda v: F.softmax(v, dim=-1) * torch.arange(1.0, 9.0),
    }
    cases = []
    for name, f in functions.items():
        value = f(x)
        (g,) = torch.autograd.grad(value.sum(), x)
        value = F.softmax(x, dim=-1) if name == "softmax" else value
        cases.append({"name": name, "x": tensor(x), "value": tensor(value), "gradient": tensor(g)})
    return cases


def loss_cases():
    cases = []

    def case(name, options, y, p, f):
        p = p.requires_grad_()
        loss = f(p, y)
        (g,) = torch.autograd.grad(loss, p)
        cases.append({"name": name, "options": options, "y": tensor(y), "p": tensor(p), "loss": loss.item(), "gradient": tensor(g)})

    y, bits, p = torch.randn(3, 4), torch.randint(0, 2, (3, 4)).to(torch.float64), 2 * torch.randn(3, 4)
    labels = torch.tensor([2, 0, 3])
    one_hot = F.one_hot(labels, 4).to(torch.float64)
    case("meanSquaredError", {}, y, p, F.mse_loss)
    case("meanAbsoluteError", {}, y, p, F.l1_loss)
    case("huber", {"delta": 0.7}, y, p, lambda a, b: F.huber_loss(a, b, delta=0.7))
    case("binaryCrossentropy", {"fromLogits": True}, bits, p, F.binary_cross_entropy_with_logits)
    case("binaryCrossentropy", {}, bits, torch.sigmoid(p.detach()), F.binary_cross_entropy)
    case("categoricalCrossentropy", {"fromLogits": True}, one_hot, p, lambda a, b: F.cross_entropy(a, b))
    case("categoricalCrossentropy", {"fromLogits": True, "labelSmoothing": 0.1}, one_hot, p,
         lambda a, b: F.cross_entropy(a, b, label_smoothing=0.1))
    case("sparseCategoricalCrossentropy", {"fromLogits": True}, labels.to(torch.float64), p,
         lambda a, b: F.cross_entropy(a, b.long()))
    case("cosineSimilarity", {}, y, p, lambda a, b: -F.cosine_similarity(a, b, dim=-1).mean())
    case("gaussianNegativeLogLikelihood", {"spread": "variance"}, y[:, :2], torch.cat([p[:, :2], p[:, 2:].abs() + 0.1], 1).detach(),
         lambda a, b: F.gaussian_nll_loss(a[:, :2], b, a[:, 2:]))
    return cases


def optimizer_cases():
    # No NAdam: PyTorch 1.13 multiplies mu_t twice into the product of the next step.
    # Where PyTorch puts epsilon elsewhere than Keras, epsilon is too small to matter and the rest must agree.
    tiny = 1e-30
    optimizers = [
        ("sgd", {"learningRate": 0.1, "momentum": 0.9}, lambda w: torch.optim.SGD(w, lr=0.1, momentum=0.9)),
        ("sgd", {"learningRate": 0.1, "momentum": 0.9, "nesterov": True},
         lambda w: torch.optim.SGD(w, lr=0.1, momentum=0.9, nesterov=True)),
        ("rmsprop", {"learningRate": 0.01, "rho": 0.8, "epsilon": tiny},
         lambda w: torch.optim.RMSprop(w, lr=0.01, alpha=0.8, eps=tiny)),
        ("rmsprop", {"learningRate": 0.01, "rho": 0.8, "momentum": 0.5, "centered": True, "epsilon": tiny},
         lambda w: torch.optim.RMSprop(w, lr=0.01, alpha=0.8, momentum=0.5, centered=True, eps=tiny)),
        ("adagrad", {"learningRate": 0.1, "epsilon": tiny},
         lambda w: torch.optim.Adagrad(w, lr=0.1, initial_accumulator_value=0.1, eps=tiny)),
        ("adam", {"learningRate": 0.1, "epsilon": tiny}, lambda w: torch.optim.Adam(w, lr=0.1, eps=tiny)),
        ("adamTfjs", {"learningRate": 0.1, "epsilon": 1e-3}, lambda w: torch.optim.Adam(w, lr=0.1, eps=1e-3)),
        ("adamw", {"learningRate": 0.1, "weightDecay": 0.2, "epsilon": tiny},
         lambda w: torch.optim.AdamW(w, lr=0.1, weight_decay=0.2, eps=tiny)),
    ]
    gradients = [torch.tensor([0.5, -2.0, 1e-2]) * s for s in (1.0, -0.4, 2.0, 0.3)]
    cases = []
    for name, options, make in optimizers:
        w = torch.tensor([1.0, -0.5, 2.0], requires_grad=True)
        optimizer = make([w])
        trace = []
        for g in gradients:
            w.grad = g.clone()
            optimizer.step()
            trace.append(tensor(w)["data"])
        cases.append({"name": name, "options": options, "trace": trace})
    return {"initial": [1.0, -0.5, 2.0], "gradients": [g.tolist() for g in gradients], "cases": cases}


golden = {"versions": {"torch": torch.__version__, "python": platform.python_version()}, "models": models(),
          "activations": activation_cases(), "losses": loss_cases(), "optimizers": optimizer_cases()}
path = pathlib.Path(__file__).with_name("torch.json")
path.write_text(json.dumps(golden) + "\n")
print(path.name, path.stat().st_size, "bytes")
