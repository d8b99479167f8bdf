"""What is fitted to rows: linear models, multilayer perceptrons, embeddings."""
