"""The README shows what the program prints."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_answer_in_the_readme_is_graded_as_shown() -> None:
    block = r"^```console\n\$ (mockint ask .*--answer .*)\n((?:.*\n)*?)```$"
    shown = re.search(block, README, re.MULTILINE)
    assert shown is not None
    command = [sys.executable, "-m", "app.cli.main", *shlex.split(shown[1])[1:]]
    environment = {**os.environ, "COLUMNS": "80", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == shown[2].strip()


def test_the_pictures_and_pages_that_the_readme_names_are_there() -> None:
    links = re.findall(r"\]\(((?!https?:)[^)#]+)", README)
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).exists()] == []
