"""The frontier: every address that a portal is known to have, and what is handed out next."""

from crawler.frontier.table import (
    KNOWN,
    RANKS,
    Frontier,
    FrontierRow,
    Looked,
    NewRow,
    acknowledge,
    add,
    count_drops,
    forget_etag,
    make_due,
    make_heads_due,
    new_row,
    postpone,
    redirect_to,
    renew_forms,
)

__all__ = [
    "KNOWN",
    "RANKS",
    "Frontier",
    "FrontierRow",
    "Looked",
    "NewRow",
    "acknowledge",
    "add",
    "count_drops",
    "forget_etag",
    "make_due",
    "make_heads_due",
    "new_row",
    "postpone",
    "redirect_to",
    "renew_forms",
]
