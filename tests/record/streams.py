"""The one stream of gradients that every optimizer is fed, spread over blocks of parameters."""

VECTOR = [[4, 1]]


def stream(reference, blocks=VECTOR):
    """Return (theta0, gradients) for blocks of rows x columns: block b reads the stream b·7 updates later.

    `reference`: optimizers.json. Coordinates beyond the fourth of a block read it 11 updates later.
    """
    theta0, gradients = [], [[] for _ in reference["gradients"]]
    for b, (rows, cols) in enumerate(blocks):
        size = rows * cols
        theta0 += [reference["theta0"][i % 4] * (1 + i // 4 + b) for i in range(size)]
        for t, row in enumerate(gradients):
            row += [reference["gradients"][(t + 7 * b + 11 * (i // 4)) % 60][i % 4] for i in range(size)]
    return theta0, gradients
