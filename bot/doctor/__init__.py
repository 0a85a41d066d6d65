"""The doctor: looks whether the bot can do its work here, says what to do, and changes nothing."""
