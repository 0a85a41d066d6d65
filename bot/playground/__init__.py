"""The bot without a token: a Bot API server in miniature, and a chat page to talk to it."""
