"""Grading a single answer must not make the processor's cores wait for one another."""

import os
import subprocess
import sys

import pytest

THREADS = (
    "import sys; from app.cli.main import run; run(['bank', 'list']); "
    "from threadpoolctl import threadpool_info; import numpy; "
    "print([pool['num_threads'] for pool in threadpool_info() if pool['user_api'] == 'blas'])"
)


@pytest.mark.parametrize(
    ("wish", "threads"),
    [
        pytest.param(None, "1", id="one by default"),
        pytest.param(
            "2",
            "2",
            id="as many as wished",
            marks=pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="there is one core"),
        ),
    ],
)
def test_the_command_line_gives_numpy_as_many_threads(wish: str | None, threads: str) -> None:
    environment = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    if wish:
        environment["OPENBLAS_NUM_THREADS"] = wish
    done = subprocess.run(
        [sys.executable, "-c", THREADS], env=environment, capture_output=True, text=True, check=True
    )
    found = done.stdout.splitlines()[-1].strip("[]").split(", ")
    assert set(found) == {threads} or found == [""]  # another library than OpenBLAS
