"""What a run was made from, so that two runs can be compared or it can be said why not."""

import hashlib
import platform
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import __version__
from app.domain.assessment import GraderInfo
from app.domain.question import Bank
from app.evals.cases import stamp
from app.evals.resample import DRAWS, SEED

_ROOT = Path(__file__).resolve().parents[2]
_GIT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case file by name, with the SHA-256 of its lines and how many there are."""

    name: str
    digest: str
    lines: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything that decides a run's figures.

    `commit` is None outside a git checkout; `dirty` says that tracked files were changed since.
    `banks` maps ids to digests. `inputs` digests all of it that a resumed run must share.
    """

    version: str
    commit: str | None
    dirty: bool | None
    date: str
    python: str
    case_files: tuple[CaseFile, ...]
    banks: dict[str, str]
    grader: GraderInfo
    draws: int = DRAWS
    seed: int = SEED

    @property
    def inputs(self) -> str:
        """SHA-256 (hex) over case files, banks and grader, its prompts and calibration included."""
        digest = hashlib.sha256()
        parts: list[str] = [item for file in self.case_files for item in (file.name, file.digest)]
        parts += [f"{name} {value}" for name, value in sorted(self.banks.items())]
        parts += [f"{name} {value}" for name, value in asdict(self.grader).items()]
        for part in parts:
            digest.update(part.encode(errors="replace") + b"\0")
        return digest.hexdigest()

    def as_json(self) -> dict[str, Any]:
        """As it stands under `run` in a run's file."""
        return asdict(self) | {"inputs": self.inputs}


def provenance_of(
    cases: Iterable[Path],
    banks: Iterable[Bank],
    grader: GraderInfo,
) -> Provenance:
    """The provenance of a run that is about to start; reads each case file once.

    Raises EvalError.
    """
    commit, dirty = _git_state()
    return Provenance(
        version=__version__,
        commit=commit,
        dirty=dirty,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        python=platform.python_version(),
        case_files=tuple(CaseFile(path.name, *stamp(path)) for path in cases),
        banks={bank.id: bank.digest for bank in banks},
        grader=grader,
    )


def _git_state() -> tuple[str | None, bool | None]:
    """Commit and whether tracked files differ from it; (None, None) where git cannot say."""
    git = shutil.which("git")
    if git is None or not (_ROOT / ".git").exists():
        return None, None
    commit = _ask_git(git, "rev-parse", "HEAD")
    changed = _ask_git(git, "status", "--porcelain", "--untracked-files=no")
    return commit, None if changed is None else bool(changed)


def _ask_git(git: str, *words: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - fixed words, found on the user's path
            [git, "-C", str(_ROOT), *words],
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
