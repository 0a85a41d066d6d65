"""The memory: models, repositories, transactions, migrations. Knows nobody above it."""
