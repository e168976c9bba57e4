import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.embedding.bundled import BundledEmbedder
from app.grading.similarity.calibration import calibration_for
from app.grading.similarity.polarity import (
    POLARITY_FEATURES,
    polarity_features,
    prepare_target,
    split_parts,
)
from app.grading.similarity.term_match import telling_terms
from app.resources import resource_dir

SHARED = BundledEmbedder()
NO_DIRECTIONS = np.zeros((0, 256), dtype=np.float32)
OFFSITE = "异地备份：备份要放到另一个城市的机房"
MONITOR = "实时监控：实时采集每个机柜的能耗"
LOCKS = "写前日志：先写日志，再改数据页"
ORDER = "处理与提交：处理成功后再提交位点，先提交再处理会丢消息"
SORTED = "Sorted input: binary search needs the array to be sorted first"
ROLES = "Roles: the mutex admits one thread, the semaphore admits many threads"


def features(
    target: str, said: str, embedder: BundledEmbedder, wordings: tuple[str, ...] = ()
) -> dict[str, float]:
    directions = calibration_for(
        embedder, resource_dir("evals") / "calibration"
    ).calibration.direction_rows

    def bag(text: str):
        return telling_terms(embedder.terms(text), directions, once=False)

    others = tuple(prepare_target(wording, bag(wording)) for wording in wordings)
    prepared = prepare_target(target, bag(target), others)
    values = polarity_features(prepared, split_parts(said, bag(said)))
    return dict(zip(POLARITY_FEATURES, values.tolist(), strict=True))


@pytest.mark.parametrize(
    ("target", "said", "feature"),
    [
        pytest.param(OFFSITE, "备份不用放到另一个城市的机房", "needless", id="zh: not needed"),
        pytest.param(MONITOR, "没必要采集每个机柜的能耗", "needless", id="zh: no need"),
        pytest.param(MONITOR, "我们从来不采集每个机柜的能耗", "needless", id="zh: never done"),
        pytest.param(SORTED, "we never sort the array", "needless", id="en: never done"),
        pytest.param(
            SORTED, "the array isn't really required to be sorted", "needless", id="en: passive"
        ),
        pytest.param(
            SORTED, "no need for the array to be sorted", "needless", id="en: no need"
        ),
        pytest.param(OFFSITE, "备份要放到同一个机房", "opposite", id="zh: same against other"),
        pytest.param(
            "压缩：压缩后传输的数据变少", "压缩后传输的数据变多", "opposite", id="zh: more or less"
        ),
        pytest.param(
            "Latency: caching reduces latency", "caching increases latency", "opposite",
            id="en: increases against reduces",
        ),
        pytest.param(
            ROLES, "the semaphore admits one thread, the mutex admits many threads", "swapped",
            id="en: two subjects traded",
        ),
        pytest.param(
            "冷备与热备：冷备恢复慢但便宜，热备恢复快但昂贵",
            "热备恢复慢但便宜，冷备恢复快但昂贵",
            "swapped",
            id="zh: two subjects traded",
        ),
        pytest.param(
            "函数索引：在索引列上套函数不能走索引", "在索引列上套函数能走索引", "affirmed",
            id="zh: affirms what is denied",
        ),
        pytest.param(MONITOR, "实时采集每个机柜的能耗做不了，不采集", "denied", id="zh: denies"),
    ],
)  # fmt: skip
def test_a_reversal_shows(target: str, said: str, feature: str, embedder: BundledEmbedder) -> None:
    assert features(target, said, embedder)[feature] > 0.1


@pytest.mark.parametrize(
    ("target", "said"),
    [
        pytest.param(OFFSITE, "备份放到外省另一个机房", id="zh: the same in other words"),
        pytest.param(MONITOR, "每个机柜的能耗都实时采集", id="zh: the same in another order"),
        pytest.param(SORTED, "the array has to be sorted first", id="en: the same"),
        pytest.param(ROLES, "a mutex admits one thread, a semaphore many", id="en: both sides"),
        pytest.param(OFFSITE, "食堂今天不用排队", id="zh: a denial about something else"),
    ],
)
def test_no_reversal_no_sign(target: str, said: str, embedder: BundledEmbedder) -> None:
    assert max(features(target, said, embedder).values()) < 0.1


def test_the_key_point_itself_is_no_reversal(embedder: BundledEmbedder) -> None:
    for target in (OFFSITE, MONITOR, LOCKS, SORTED, ROLES):
        assert max(features(target, target, embedder).values()) == 0.0


def test_a_denied_window_counts_unless_the_key_point_denies_as_well(
    embedder: BundledEmbedder,
) -> None:
    def value(target: str) -> float:
        bag = telling_terms(embedder.terms(target), NO_DIRECTIONS, once=False)
        parts = split_parts(target, bag)
        found = polarity_features(prepare_target(target, bag), parts, disowned=0.8)
        return float(found[POLARITY_FEATURES.index("disowned")])

    assert value(OFFSITE) == pytest.approx(0.8)
    assert value("函数索引：在索引列上套函数不能走索引") == 0.0


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from([OFFSITE, MONITOR, "不用备份", "没有", "，", "而", "a"])))
def test_every_feature_stays_between_0_and_1(said: list[str]) -> None:
    found = features(OFFSITE, "".join(said), SHARED)
    assert all(0 <= value <= 1.0001 for value in found.values())


def test_texts_without_terms_have_no_polarity(embedder: BundledEmbedder) -> None:
    assert np.allclose(list(features("，。", "。，", embedder).values()), 0.0)
    assert np.allclose(list(features(OFFSITE, "", embedder).values()), 0.0)


def test_what_another_wording_asks_for_may_be_called_needless_as_well() -> None:
    said, wording = "我们没必要多买一套放着", "关键部件多买一套放着"
    plain = features("冗余设计：电源和网络要有备份", said, SHARED)
    worded = features("冗余设计：电源和网络要有备份", said, SHARED, (wording,))
    assert worded["needless"] > plain["needless"] + 0.2
    assert {**worded, "needless": 0} == {**plain, "needless": 0}
