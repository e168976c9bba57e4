"""How many threads linear algebra gets."""

import os

_VARIABLE = "OPENBLAS_NUM_THREADS"
_MODELS_VARIABLE = "OMP_NUM_THREADS"


def keep_to_one_thread() -> None:
    """Keep it to one, unless the environment says otherwise; to be called before numpy is loaded.

    A grade multiplies hundreds of small matrices. Threads that share such work wait for each
    other longer than they compute: on two busy cores a grade took five times as long with two.
    """
    os.environ.setdefault(_VARIABLE, "1")


def keep_models_to_one_thread() -> None:
    """Keep torch to one as well, where several processes compute at once; before torch is loaded.

    Two processes with two threads each on two cores took four times the work of one thread each.
    """
    os.environ.setdefault(_MODELS_VARIABLE, "1")
