"""The numbers that turn measurements into coverage and score, read from a small file.

`mockint eval calibrate` fits them and writes the file; docs/grading.md says what they mean.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.domain.score import score_credits
from app.embedding.base import Embedder, Vectors
from app.errors import CalibrationBroken, filled
from app.grading.similarity.features import MATCH_FEATURES
from app.grading.similarity.polarity import POLARITY_FEATURES
from app.grading.similarity.term_match import Floats

DEFAULT_NAME = "default"
FORMAT = 2
OFF_TOPIC_SHARE = 0.5
"""What is left of the coverage where the answer as a whole speaks of something else."""

ELSEWHERE_WEIGHT = 2.2
_DIGEST_LENGTH = 8


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class LinearModel(_Strict):
    """A logistic regression over named features, in their own units."""

    features: tuple[str, ...] = Field(min_length=1)
    coefficients: tuple[float, ...]
    intercept: float

    def log_odds(self, columns: tuple[str, ...], values: Floats) -> Floats:
        """Shape (rows,); `values` is (rows, columns) and is matched to the features by name."""
        picked = values[:, [columns.index(name) for name in self.features]]
        odds: Floats = picked @ np.array(self.coefficients, dtype=np.float32) + self.intercept
        return odds


class PolarityModel(_Strict):
    """How signs of a reversal lower the odds of coverage.

    Evidence is the weighted sum of the features; what exceeds `tolerance`, times `strength`, is
    taken off the log-odds. From `contradicted` on, the verdict says so.
    """

    features: tuple[str, ...] = Field(min_length=1)
    coefficients: tuple[float, ...]
    tolerance: float = Field(ge=0)
    strength: float = Field(ge=0)
    contradicted: float = Field(gt=0)

    def evidence(self, values: Floats) -> Floats:
        """Shape (rows,); `values` is (rows, POLARITY_FEATURES)."""
        picked = values[:, [POLARITY_FEATURES.index(name) for name in self.features]]
        found: Floats = picked @ np.array(self.coefficients, dtype=np.float32)
        return found


class Thresholds(_Strict):
    """Coverage from which a key point counts as covered, and as partial.

    An answer is off topic where its best relevance, less ELSEWHERE_WEIGHT times how much nearer
    it is to other questions' key points, stays below `off_topic`.
    """

    covered: float = Field(gt=0, lt=1)
    partial: float = Field(gt=0, lt=1)
    off_topic: float = Field(lt=1)

    def is_off_topic(self, best: float, elsewhere: float) -> bool:
        """From the best relevance and from how much nearer the answer is to other questions."""
        return best - ELSEWHERE_WEIGHT * max(elsewhere, 0.0) < self.off_topic


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What a calibration makes of one answer, each of shape (key points,).

    `coverage` and `relevance` are probabilities, after and before signs of a reversal;
    `evidence` is how strong these signs are, from 0 on.
    """

    coverage: Floats
    relevance: Floats
    evidence: Floats


class ScoreModel(_Strict):
    """What coverages are worth.

    Credit is the mean of two shares, the second with `recall_share` of the weight: the
    probability of coverage, and the recall of the terms up to `full_recall`, which is as much as
    a statement in other words reaches. Both turn into the plain recall where the reference is a
    list. What signs of a reversal took off the coverage is taken off in proportion. The whole
    reference answer counts like one more key point with `reference_share` of all weight.
    `steepness` and `middle` bend the mean credit into a score; see `score_credits`.
    """

    recall_share: float = Field(ge=0, le=1)
    reference_share: float = Field(ge=0, lt=1)
    full_recall: float = Field(gt=0, le=1)
    steepness: float = Field(ge=0, le=20)
    middle: float = Field(ge=0, le=1)

    def credit(self, relevance: Floats, recall: Floats, listing: float) -> Floats:
        """Credit before reversals, 0 to 1; any shape."""
        full = self.full_recall + (1 - self.full_recall) * listing
        said = np.minimum(recall / np.float32(full), 1.0)
        met = listing * recall + (1 - listing) * relevance
        credit: Floats = self.recall_share * said + (1 - self.recall_share) * met
        return credit


class Calibration(_Strict):
    """One calibration file.

    `embedder` is the name of the one it was fitted with, "" for the default. `directions` are the
    shared directions of the word vectors. `fit` records data, folds and cross-validated figures,
    for people.
    """

    format: int = Field(ge=FORMAT, le=FORMAT)
    name: str
    embedder: str
    match: LinearModel
    polarity: PolarityModel
    thresholds: Thresholds
    score: ScoreModel
    directions: tuple[tuple[float, ...], ...]
    fit: dict[str, Any] = Field(default_factory=dict)

    @cached_property
    def direction_rows(self) -> Vectors:
        """Shape (number of directions, dimension of the word vectors)."""
        return np.array(self.directions, dtype=np.float32)

    def judge(self, match: Floats, polarity: Floats) -> Judged:
        """From features of shape (key points, features) each, in the order of their names."""
        evidence = self.polarity.evidence(polarity)
        excess = np.maximum(evidence - self.polarity.tolerance, 0.0)
        odds = self.match.log_odds(MATCH_FEATURES, match)
        return Judged(sigmoid(odds - self.polarity.strength * excess), sigmoid(odds), evidence)

    def score_of(
        self,
        judged: Judged,
        match: Floats,
        reference: Floats,
        listing: float,
        weights: Sequence[float],
    ) -> float:
        """The answer's score; `match`, `reference` and `listing` as in Features."""
        recall = MATCH_FEATURES.index("answer_terms")
        total = sum(weights)
        kept = judged.coverage / np.maximum(judged.relevance, 1e-6)
        credits = self.score.credit(judged.relevance, match[:, recall], listing) * kept
        relevance = sigmoid(self.match.log_odds(MATCH_FEATURES, reference[None, :]))
        whole = self.score.credit(relevance, reference[[recall]], listing)
        share = self.score.reference_share
        return score_credits(
            [*map(float, credits), float(whole[0] * (kept @ np.array(weights)) / total)],
            [*weights, total * share / (1 - share)],
            steepness=self.score.steepness,
            middle=self.score.middle,
        )


@dataclass(frozen=True, slots=True)
class LoadedCalibration:
    """A calibration and where it came from; `label` is `NAME@` and the digest of the file.

    `own` says that it was fitted with the embedder in use.
    """

    calibration: Calibration
    label: str
    own: bool


def sigmoid(odds: Floats) -> Floats:
    """Log-odds to probabilities, without overflow."""
    probabilities: Floats = 0.5 * (1.0 + np.tanh(0.5 * odds))
    return probabilities


def read_calibration(file: Path) -> Calibration:
    """Read one file; raises CalibrationBroken that names it."""
    try:
        calibration = Calibration.model_validate_json(file.read_bytes())
        _check_names(calibration)
    except (OSError, ValueError) as error:
        reason = (
            filled("it cannot be read") if isinstance(error, OSError) else _first_problem(error)
        )
        raise CalibrationBroken(
            filled(
                "The calibration {file!r} cannot be used: {reason}.", file=str(file), reason=reason
            ),
            "Install mockint again, or make it anew with: mockint eval calibrate.",
        ) from error
    return calibration


def calibration_name(embedder: Embedder) -> str:
    """The embedder's name as a file name: `bundled`, `st-NAME`, `openai-NAME`."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", embedder.name)


def calibration_for(embedder: Embedder, folder: Path) -> LoadedCalibration:
    """The file made for the embedder, else the default one."""
    own = folder / f"{calibration_name(embedder)}.json"
    file = own if own.is_file() else folder / f"{DEFAULT_NAME}.json"
    calibration = read_calibration(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:_DIGEST_LENGTH]
    return LoadedCalibration(calibration, f"{calibration.name}@{digest}", file == own)


def _check_names(calibration: Calibration) -> None:
    models = (
        (calibration.match.features, calibration.match.coefficients, MATCH_FEATURES),
        (calibration.polarity.features, calibration.polarity.coefficients, POLARITY_FEATURES),
    )
    for features, coefficients, known in models:
        unknown = set(features) - set(known)
        if unknown or len(features) != len(coefficients):
            raise ValueError(f"its features do not fit this version {sorted(unknown)}")
    if len({len(row) for row in calibration.directions}) > 1:
        raise ValueError("its directions differ in length")
    if calibration.thresholds.partial > calibration.thresholds.covered:
        raise ValueError("its threshold for partial is above that for covered")


def _first_problem(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        item = error.errors()[0]
        return f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
    return str(error)
