"""Benchmarks: real bot processes against the playground's server, measured from a person's side."""
