"""Findings about what Telegram knows of the bot."""

from urllib.parse import urlsplit

from telegram.error import InvalidToken, TelegramError

from bot.clock import utc_now
from bot.doctor.facts import Facts, Telegram
from bot.doctor.finding import Finding, careful, good, skipped, wrong
from bot.registration import WebhookInfo, host_of

# Seconds; so far may the clocks of two machines be apart (README, 'Behind a web server').
MOST_AHEAD = 5.0
# Seconds for which a failed delivery is news, where nothing waits.
NEWS = 3600
# So many updates do not wait for a bot that runs.
MANY = 100


def token(facts: Facts) -> Finding:
    """Finds whether the Bot API takes the token."""
    api, root = facts.telegram, facts.settings.bot_api_url
    if api is None:
        return careful("BOT_TOKEN is empty: `run` opens the playground. @BotFather makes a token; put it into .env.")
    if isinstance(api, InvalidToken):
        return wrong(f"BOT_TOKEN is refused by {root}. @BotFather shows the bot's token, or makes a new one.")
    if isinstance(api, TelegramError):
        reason = api.message.rstrip(".")
        return wrong(f"{root} cannot be reached: {reason}. Look at the network, and at HTTPS_PROXY if you need one.")
    return good(f"@{api.username} is known at {host_of(root)}.")


def admins(facts: Facts) -> Finding:
    """Finds whether anybody is an admin."""
    count = len(facts.settings.admin_ids)
    if not count:
        return careful("Nobody is an admin. /me tells your Telegram id; put it behind ADMIN_IDS, and restart the bot.")
    named = "1 admin is named" if count == 1 else f"{count} admins are named"
    return good(f"{named} by ADMIN_IDS; who has pressed Start hears of troubles.")


def webhook(facts: Facts) -> Finding:
    """Finds whether updates come the way that the settings say, and how that goes."""
    if not isinstance(facts.telegram, Telegram):
        return skipped("Telegram could not be asked.")
    info, wanted = facts.telegram.webhook, facts.settings.webhook_url
    if info.url and not wanted:
        return wrong(
            f"One is set, at {host_of(info.url)}, so `run` hears nothing: start it again, and it takes that away."
            " If it comes back, another program has your token: revoke it at @BotFather."
        )
    if info.url and info.url != wanted:
        return wrong(
            f"Updates go to {host_of(info.url)}, to an address that is not WEBHOOK_URL: start `serve` again."
            " If it comes back, another program has your token: revoke it at @BotFather."
        )
    return _deliveries(info) or _waiting(info) or good(_way(info, wanted))


def _deliveries(info: WebhookInfo) -> Finding | None:
    """Finds whether Telegram fails to deliver to a webhook."""
    ago = int(utc_now().timestamp()) - info.failed_at
    if not info.url or not info.failed_at or (ago > NEWS and not info.pending):
        return None
    trouble = f"Telegram could not deliver an update {ago // 60} minutes ago ({info.failure.rstrip('.')})"
    remedy = "see that `serve` runs, and that whatever speaks https in front of it hands /telegram on"
    if info.pending:
        return wrong(f"{trouble}, and {info.pending:,} wait: {remedy}.")
    return careful(f"{trouble}, but nothing waits any more. If it happens again, {remedy}.")


def _waiting(info: WebhookInfo) -> Finding | None:
    """Finds whether people wait."""
    if info.pending < MANY:
        return None
    return careful(f"{info.pending:,} updates wait at Telegram, for a day at most: see that the bot runs and keeps up.")


def _way(info: WebhookInfo, wanted: str | None) -> str:
    if info.url:
        return f"Updates come to {urlsplit(info.url).hostname}; {info.pending:,} wait."
    until = " until `serve` starts and registers WEBHOOK_URL" if wanted else ""
    return f"None is set, as it should be for `run`{until}; {info.pending:,} updates wait."


def clock(facts: Facts) -> Finding:
    """Finds whether this machine's clock goes by those of the Bot API and of the database."""
    api = facts.telegram.ahead if isinstance(facts.telegram, Telegram) else None
    known = {"the Bot API's": api, "the database's": facts.ahead_of_database}
    measured = {whose: ahead for whose, ahead in known.items() if ahead is not None}
    for whose, ahead in measured.items():
        if abs(ahead) > MOST_AHEAD:
            side = "ahead of" if ahead > 0 else "behind"
            return wrong(f"It is {abs(ahead):,.0f} s {side} {whose}: let NTP set it (`timedatectl set-ntp true`).")
    if not measured:
        return skipped("Nobody could be asked for the time.")
    return good(f"It agrees with {' and '.join(measured)} to within {MOST_AHEAD:.0f} s.")
