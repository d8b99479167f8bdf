"""Models that are fitted to rows of data: linear models, multilayer perceptrons, embeddings."""
