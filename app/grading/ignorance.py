"""Answers that only say "I don't know", in Chinese and English."""

import re

_PIECE_END = re.compile(r"[\s，,。.!！?？;；、~～…—:：()（）\"“”]+")

_FILLER = (
    r"嗯+|呃+|额+|啊+|哦+|那个|这个|这个嘛|怎么说呢|我想想|说实话|其实|老实说|不好意思|抱歉|对不起|"
    r"谢谢|sorry|apologies|um+|uh+|well|hmm+|honestly|to be honest|thanks|thank you|really sorry"
)
_UNKNOWN_ZH = (
    r"(?:.{0,12}?(?:这块|这题|这个|这方面|这道题|这部分|问题|方面|吗|嘛))?(?:我|本人|咱|我们)?"
    r"(?:真的|真|确实|也|还|暂时|目前|平时|以前|之前|完全|实在|的确|就|是|都|好像|大概)*"
    r"(?:不|没有?|没怎么|不太|不是很|不大|不怎么|从没|从来没)(?:太|怎么|是很|大|能)?"
    r"(?:知道|清楚|了解|会|懂|熟悉?|明白|确定|记得|想过|学过|用过|做过|接触|研究|看过|听过|听说|"
    r"答上来|答|回答|思路|印象|概念|经验|接触过|了解过|研究过|听说过|想好|想法|记住|把握|关注|碰)"
    r"(?:过|到|这个|这块|这方面|怎么答|怎么回答|怎么说|该怎么说)?(?:了|呢|啊|吧|哈|的|诶|哎)*"
    r"|.{0,10}(?:了解|知道|懂|接触|记得)(?:得)?(?:不多|很少|有限|不太清)(?:了|吧)?"
    r"|(?:具体|细节)?(?:怎么.{0,4})?(?:想不起来|记不清|记不得|说不上来|说不好|答不上来|答不出来)(?:了)?"
    r"|.{0,16}(?:归|由|是).{0,12}(?:管|负责|在管|在做|在弄)(?:的)?|不是我(?:负责|管|做)的?"
    r"|不敢(?:乱|瞎)(?:讲|说)|.{0,8}(?:没要求|没涉及)|听过|(?:这题|那就)?(?:跳过|过|放弃)(?:吧|了)?"
    r"|忘了|忘记了|下一题|略|无|没有|不答|换一题吧?"
    r"|请(?:给我|告诉我)(?:点|个)?(?:答案|提示)|能(?:给|说)(?:个|点|一下)?(?:提示|答案)吗?"
)
_UNKNOWN_EN = (
    r"(?:i )?(?:really |honestly |actually )?"
    r"(?:do not|don['’]?t|didn['’]?t|can['’]?t|cannot|could not|couldn['’]?t)"
    r" (?:really |quite )?(?:know|remember|recall|answer|say|understand|tell)"
    r"(?: (?:it|this|that|the answer|this one|this question|anything|much|"
    r"about (?:it|this|that)|how|what to say))*"
    r"|(?:i )?(?:have |i['’]ve )?(?:got )?(?:no|absolutely no) "
    r"(?:idea|clue|answer|comment|submission|experience(?: with (?:this|it|that))?)"
    r"|(?:i['’]?m |i am )?(?:really )?not (?:really |quite |so |entirely |too )?"
    r"(?:sure|familiar(?: with (?:this|it|that))?)(?: about (?:this|it|that))?"
    r"|idk|(?:i )?dunno"
    r"|(?:i['’]?ve |i have )?never (?:heard|learned|learnt|used|seen|done|worked|studied)"
    r"(?: (?:of|with|about|on))?(?: (?:it|this|that))?(?: before)?"
    r"|skip(?: it| this| this one)?|pass|next(?: question)?|n/?a|none|nothing|unknown|no|"
    r"(?:i )?give up|(?:i )?forgot|no comment"
)
_UNKNOWN = re.compile(f"(?:{_UNKNOWN_ZH}|{_UNKNOWN_EN}|{_FILLER})", re.IGNORECASE)
_FILLER_ONLY = re.compile(f"(?:{_FILLER})", re.IGNORECASE)
_LONGEST_UNKNOWN = 160


def admits_ignorance(answer: str, question: str) -> bool:
    """Whether some piece says that the candidate does not know, and no piece says more.

    Words of the question may stand beside it: "Data skew? No idea."
    """
    text = answer.strip()
    if len(text) > _LONGEST_UNKNOWN:
        return False
    pieces = (piece.strip() for piece in re.split(r"[，,。.!！?？;；、~～…—:：\n]+", text))
    telling = [piece for piece in pieces if piece and piece not in question]
    return bool(telling) and all(map(_says_unknown, telling))


def _says_unknown(piece: str) -> bool:
    if _UNKNOWN.fullmatch(piece):
        return True
    words = [word for word in _PIECE_END.split(piece) if word]
    while words and _FILLER_ONLY.fullmatch(words[0]):
        words.pop(0)
    return not words or bool(
        _UNKNOWN.fullmatch(" ".join(words)) or all(map(_UNKNOWN.fullmatch, words))
    )
