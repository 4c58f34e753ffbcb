"""The account of a run's rows in words: those of the file are those used and those left out, and those used are in one of three parts."""

from html import escape

from components.training.row_account import RowAccount
from components.training.runs import Run
from components.ui.state.language import t

ACCOUNT = "account"  # where a run's data keeps it


def sum_words(account: RowAccount) -> str:
    """120 = 107 used + 13 left out (…), by reason."""
    values = {"rows": f"{account.rows:,}", "used": f"{account.used:,}"}
    if not account.left_out:
        return t("runs.account_all", **values)
    reasons = t("evaluation.separator").join(f"{t(f'runs.out_{kind}')} {count:,}" for kind, count in account.left_out)
    return t("runs.account", out=f"{account.out:,}", reasons=reasons, **values)


def account_words(run: Run) -> str:
    """Of a judged run, with the parts its rows went to."""
    result = run.result
    if result is None:
        return ""
    rows = result.rows
    used = rows.train + rows.validation + rows.test
    kept = run.data.get(ACCOUNT)
    account = RowAccount.from_json(kept) if kept else RowAccount(used, (("unusable", rows.left_out),) if rows.left_out else ())
    parts = {name: f"{getattr(rows, name):,}" for name in ("train", "validation", "test")}
    return escape(f"{sum_words(account)} {t('runs.account_parts', used=f'{used:,}', **parts)}", quote=False)
