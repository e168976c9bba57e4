import pytest

from app.domain.question import KeyPoint, Question
from app.embedding.bundled import BundledEmbedder
from app.grading.guard import Guarded, guard_answer, guard_notice
from app.language.messages import translator

BACKUP = Question(
    "q1",
    "怎样保证数据中心的备份和灾难恢复能力？",
    key_points=(
        KeyPoint("kp1", "定期备份", "按固定周期备份数据，出现丢失时能退回到最近的一份。"),
        KeyPoint("kp2", "异地备份", "在另一个城市再保存一份，机房整体失效时数据仍在。"),
        KeyPoint("kp3", "灾难恢复计划", "事先写好恢复步骤和负责人，并且定期演练这份计划。"),
    ),
)
KINDS = Question(
    "q2",
    "盘点方式有哪些？",
    key_points=(KeyPoint("kp1", "盘点方式包括", "定期盘点和临时盘点。"),),
)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param("", Guarded.EMPTY, id="empty"),
        pytest.param(" \n\t ", Guarded.EMPTY, id="blank"),
        pytest.param("。。。🙂🙂", Guarded.EMPTY, id="no word at all"),
        pytest.param("不知道", Guarded.DONT_KNOW, id="zh: do not know"),
        pytest.param("嗯……这个我真的不太清楚，抱歉。", Guarded.DONT_KNOW, id="zh: politely"),
        pytest.param("没了解过", Guarded.DONT_KNOW, id="zh: never looked into it"),
        pytest.param("这题不会，跳过吧。", Guarded.DONT_KNOW, id="zh: skip"),
        pytest.param("备份我了解不多，一般是运维在管。", Guarded.DONT_KNOW, id="zh: not my job"),
        pytest.param("灾难恢复？想不起来了。", Guarded.DONT_KNOW, id="zh: a word of the question"),
        pytest.param("I don't know.", Guarded.DONT_KNOW, id="en: do not know"),
        pytest.param("Sorry, I'm not sure about this", Guarded.DONT_KNOW, id="en: politely"),
        pytest.param("no idea", Guarded.DONT_KNOW, id="en: no idea"),
        pytest.param("pass", Guarded.DONT_KNOW, id="en: pass"),
        pytest.param("asdfghjkl", Guarded.GIBBERISH, id="keyboard row"),
        pytest.param("sdkfjh skdjfh qwpsdfk", Guarded.GIBBERISH, id="keyboard mash"),
        pytest.param("哈哈哈哈哈哈哈哈", Guarded.GIBBERISH, id="one character"),
        pytest.param("abababababababab", Guarded.GIBBERISH, id="two letters"),
        pytest.param(BACKUP.text, Guarded.QUESTION_REPEATED, id="the question"),
        pytest.param("我觉得" + BACKUP.text, Guarded.QUESTION_REPEATED, id="the question, led in"),
        pytest.param("定期备份、异地备份、灾难恢复计划", Guarded.KEYWORDS_ONLY, id="titles"),
        pytest.param("1. 定期备份\n2. 异地备份", Guarded.KEYWORDS_ONLY, id="numbered titles"),
        pytest.param(
            "快照、冷备、热备、RPO、RTO、两地三中心、演练", Guarded.KEYWORDS_ONLY, id="jargon"
        ),
        pytest.param(
            "快照 冷备 热备 RPO RTO 演练", Guarded.KEYWORDS_ONLY, id="jargon parted by spaces"
        ),
    ],
)
def test_an_answer_that_is_none(answer: str, kind: Guarded, embedder: BundledEmbedder) -> None:
    finding = guard_answer(answer, BACKUP, embedder)
    assert finding is not None
    assert finding.kind is kind
    assert finding.cap <= 1.0


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        pytest.param("GPU 不够", BACKUP, id="short and right"),
        pytest.param("呃 数据 每天 拷一份 到外地 存着", BACKUP, id="speech with pauses"),
        pytest.param("数据不会丢", BACKUP, id="'不会' as part of a claim"),
        pytest.param("我不知道细节，但备份要放到外地", BACKUP, id="not knowing, then an answer"),
        pytest.param("I don't know the product, but keep a copy off site", BACKUP, id="the same"),
        pytest.param("kubectl drain, then etcdctl snapshot", BACKUP, id="tool names"),
        pytest.param("20z - 10z + 10z = 20z", BACKUP, id="an equation"),
        pytest.param("pernicious", BACKUP, id="a rare word"),
        pytest.param("定期备份就是每天拷一份到磁带", BACKUP, id="a title with a statement"),
        pytest.param("掩码+假名化；DP-SGD/同态；DPIA 对 GDPR", BACKUP, id="terse but grouped"),
        pytest.param("定期、临时", KINDS, id="the reference is a list itself"),
        pytest.param("盘点方式有定期盘点", KINDS, id="the question's words and the answer"),
    ],
)
def test_an_answer_to_be_judged(answer: str, question: Question, embedder: BundledEmbedder) -> None:
    assert guard_answer(answer, question, embedder) is None


@pytest.mark.parametrize("kind", list(Guarded))
def test_every_kind_has_a_kind_word_in_both_languages(kind: Guarded) -> None:
    english = guard_notice(kind, translator("grading", "en"))
    chinese = guard_notice(kind, translator("grading", "zh"))
    assert english.isascii()
    assert english != chinese


@pytest.mark.parametrize("unit", ["我", "不知道", "a", "qwerty ", "\ud800", "，"])
def test_hostile_length_is_no_trouble(unit: str, embedder: BundledEmbedder) -> None:
    text = unit * (60_000 // len(unit))
    finding = guard_answer(text, BACKUP, embedder)
    assert finding is None or finding.kind is not Guarded.DONT_KNOW
