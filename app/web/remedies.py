"""What a page says to do, where an error's own remedy speaks of the command line or of settings.

Whoever reads a page may be a guest of the server: what only its operator can mend, they are told to
pass on. The operator's own remedy stands in the log, and where a page is for the operator.
"""

from app.errors import AllowanceSpent, ChatModelError, MockintError
from app.language.failures import Told, said, told

_ASK_WHO_RUNS_IT = "Tell whoever runs this server."
_TRY_AGAIN = "Try again; if it stays so, tell whoever runs this server."
_NOTHING_DUE = "Begin an interview on the start page; what comes of it is reviewed here later."

REMEDIES = {
    "Look at the session as it stands now; nothing was stored.": (
        "Load the page again to see how it stands; nothing was stored."
    ),
    "mockint history lists the sessions.": "Your interviews are listed under History.",
    "Begin one: mockint ask": "Begin one on the start page.",
    "Begin a new one: mockint ask": "Begin a new one on the start page.",
    "End the interview first: mockint ask --resume goes on with it.": "End the interview first.",
    "Start with `mockint ask`.": _NOTHING_DUE,
    "`mockint review` lists all that is due.": "Review lists all that is due.",
    "The next key point is due on {day}; `mockint ask` asks something new.": (
        "The next key point is due on {day}; an interview on the start page asks something new."
    ),
    "`mockint bank list` shows the banks.": "All banks are listed under Banks.",
    "{meant} {listed}": "All banks are listed under Banks.",
    "Shorten it, or raise MOCKINT_ANSWER_LIMIT.": "Shorten it and send it again.",
    "Try again, or raise MOCKINT_LLM_DEADLINE.": _TRY_AGAIN,
    "Use --force to replace it, or --out to write elsewhere.": (
        "Change the bank's id, or replace the bank under Banks."
    ),
    "Check the path and its permissions, or use --out.": _ASK_WHO_RUNS_IT,
    "Correct it; docs/banks.md describes the metadata.": (
        "Correct it: metadata is written as `<!-- key: value -->`."
    ),
    "docs/banks.md shows the forms that can be read.": (
        "Give each question a text and an answer with key points."
    ),
    "Write each question as a heading such as `### 1. How do you …?` with its answer below; "
    "docs/banks.md shows the forms that can be read.": (
        "Write each question as a heading such as `### 1. How do you …?` with its answer below."
    ),
    "A bank is a list of questions, or a mapping with bank, title, language and questions; "
    "docs/banks.md shows both.": (
        "A bank is a list of questions, or a mapping with bank, title, language and questions."
    ),
    "Check its permissions.": _ASK_WHO_RUNS_IT,
    "Check the folder's permissions.": _ASK_WHO_RUNS_IT,
    "Check the room on the disk.": _ASK_WHO_RUNS_IT,
    "Set MOCKINT_LLM_MODEL to have a model judge.": (
        "Whoever runs mockint can set a language model, which could judge them anew."
    ),
    "Ask whoever runs it; they sign in with the link that mockint serve prints.": (
        "Ask whoever runs this server to do it."
    ),
    "Ask whoever runs this server for one; they open the link that mockint serve prints.": (
        "Ask whoever runs this server for one."
    ),
    "Use the address that mockint serve printed, or add the name to MOCKINT_ALLOWED_HOSTS.": (
        "Use the address that you were given; whoever runs this server can allow this name too."
    ),
    "Send MOCKINT_ACCESS_TOKEN, or the key that serve prints.": (
        "Send the access token that whoever runs this server has for you."
    ),
    "Look it over first: POST /api/v1/lint.": "Look it over first: POST /api/v1/lint.",
    "Upgrade mockint and try again. Nothing was changed.": (
        "The export is of a newer mockint than this server's. Nothing was changed."
    ),
    "Set MOCKINT_LLM_MODEL, and OPENAI_BASE_URL and OPENAI_API_KEY where the endpoint needs them; "
    "or grade from recordings with --replay DIR.": (
        "Whoever runs mockint can set one with MOCKINT_LLM_MODEL, OPENAI_BASE_URL and "
        "OPENAI_API_KEY."
    ),
}


def told_on_page(error: MockintError, language: str) -> Told:
    """The error as a page says it."""
    if isinstance(error, ChatModelError) and not isinstance(error, AllowanceSpent):
        return Told(said(error.message, language), said(_TRY_AGAIN, language))
    return told(error, language, REMEDIES)
