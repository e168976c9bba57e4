"""Words that turn a statement round: pairs of opposites, and ways to call something needless.

Each pair is two alternations for a regular expression. The lists are general language, written
by hand; nothing in them comes from a question bank.
"""

import re

_CHINESE = """
增加|增多|提高|提升|升高|升到|变大|放大|扩大|增大|变多|增长|加大|拉高|调高|调大|上升|变长 / \
减少|降低|下降|缩小|变小|减小|变少|降下|降到|压低|压到|调低|调小|缩短|变短
更大|更高|更多|更长|越大|越高|越多|越长 / 更小|更低|更少|更短|越小|越低|越少|越短
最大|最高|最多|最长 / 最小|最低|最少|最短
太大|过大|太高|过高|太多|过多 / 太小|过小|太低|过低|太少|过少
快|加速 / 慢|减速
先|之前|以前|提前|预先|事先|事前 / 之后|以后|事后|随后|最后|后再
开头|开始|起步|初期|前期 / 末尾|结束|结尾|后期
高 / 低
大 / 小
多 / 少
长 / 短
强 / 弱
深 / 浅
宽 / 窄
粗 / 细
软 / 硬
冷 / 热
低温|凉 / 高温
干 / 湿
新 / 旧
前 / 后
上 / 下
内|里 / 外
左 / 右
远 / 近
进|入 / 出
读 / 写
收|接收 / 发|发送
谷|夜里|半夜 / 峰|白天
充 / 放
同一|相同|一样|统一|共用|共享|混|合在|合并|同机房|放一起|集中 / \
不同|异地|独立|分开|分别|各自|隔离|单独|错开|分散|打散|另一
单|一份|一个|一台|一次|单点|唯一 / 多副本|多份|多个|多台|多次|两份|三份|两套|冗余|各
全部|所有|全量|整个|完整|一律|整份|全都 / 部分|一部分|局部|增量|少数|个别|少量|按需|一半
固定|写死|静态|不变|恒定 / 动态|变化|自适应|弹性|随|浮动|可变|逐步
人工|手动|手工|人肉|凭经验 / 自动|智能
实时|即时|立即|持续|连续|流式 / 离线|隔夜|事后|批量|年底|攒
定期|每天|每周|每月|周期 / 偶尔|临时|一次性|从不|不定期
异步 / 同步
允许|放行|开放|公开|放开 / 禁止|拒绝|限制|阻止|拦|不许|不让
明文|裸传|不加密 / 加密|密文|脱敏
非对称 / (?<!非)对称
公钥 / 私钥
客户端|用户端 / 服务端|服务器端
前向|正向 / 反向|后向
输入 / 输出
行存|按行 / 列存|按列
横向|水平 / 纵向|垂直
内存 / 磁盘
本地|就近|同城 / 异地|远程|外地
集中式|中心 / 分布式|去中心
串行|单线程|逐个|排队 / 并行|并发|同时
成功 / 失败
可靠|安全|稳 / 丢|危险|泄露|风险
避免|防止|消除|缓解|减轻 / 导致|引起|加重|引发|造成
只能|只有|仅|唯一 / 任意|任何|都能|都可以
总是|始终|永远 / 不一定|有时|可能
物理 / 逻辑|虚拟
均匀|平均|均衡|打散|分散 / 倾斜|集中|独占
有序|排序 / 无序|乱序|任意顺序
保留|留着|保存|记录 / 删除|丢弃|清空|销毁
增长 / 衰减
平缓|平滑|分散 / 尖锐|集中|陡
专用|独占 / 共享|通用
短期|临时|短时 / 长期|永久|常驻
主动|推送 / 被动|拉取|轮询
预留|留余量 / 用满|刚好
"""

_ENGLISH = r"""
increas\w*|rais\w*|more|higher|larger|bigger|grow\w*|longer|greater|up / \
reduc\w*|lower\w*|decreas\w*|fewer|less|smaller|shrink\w*|shorter|drop\w*|down
most|max\w*|highest|largest|longest / least|min\w*|lowest|smallest|fewest|shortest
too large|too big|too high|huge|large|big|high / too small|too low|tiny|small|low
fast\w*|quick\w*|cheap\w* / slow\w*|expensive|costly|crawls?
before|first|early|earlier|beginning|start|starts / after|last|later|end|afterwards|then
same|shared?|shares|together|single|common / \
differ\w*|separate\w*|own|independent\w*|isolated|apart|distinct
one|once|single / many|multiple|several|each
all|every|whole|entire|full|nearly all / some|part|few|only a|fraction|subset
local\w*|inside|internal|within / remote\w*|outside|external|off-?site
manual\w*|by hand / automatic\w*|itself|themselves
fixed|static|constant / dynamic\w*|adaptive|chang\w*|var(?:y|ies|iable)
async\w* / sync\w*
allow\w*|permit\w*|accept\w*|can / forbid\w*|reject\w*|den(?:y|ies|ied)|refus\w*|block\w*|cannot
plain\w*|unencrypted / encrypt\w*|cipher\w*
public / private
asymmetric|public-key / symmetric
client\w*|browser / server\w*
forward\w* / back\w*
input\w* / output\w*
read\w* / writ\w*
send\w*|push\w* / receiv\w*|pull\w*
rows? / columns?
horizontal\w* / vertical\w*
memory|ram / disk
serial\w*|sequential\w*|one at a time / parallel|concurrent\w*
success\w*|succeeds? / fail\w*
safe\w*|reliab\w*|guarantee\w*|durable / unsafe|los[et]|lost|unreliable|risk\w*
prevent\w*|avoid\w* / caus\w*|lead\w* to|trigger\w*
always|every time / never|sometimes|rarely|may
sorted|ordered / unsorted|any order|arbitrary|shuffled
unique / duplicat\w*
positive / negative
strong\w* / weak\w*
long / short
hot / cold
new\w* / old\w*
keep\w*|stor\w*|sav\w* / delet\w*|discard\w*
many / few|handful
top / base|bottom
average\w*|mean / percentile\w*|tail
"""


def _pairs(table: str, wrap: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    lines = (line.split(" / ") for line in table.replace("\\\n", "").strip().splitlines())
    return tuple(
        (re.compile(wrap % one.strip(), re.I), re.compile(wrap % other.strip(), re.I))
        for one, other in lines
    )


OPPOSITES = _pairs(_CHINESE, "%s") + _pairs(_ENGLISH, r"\b(?:%s)\b")

NEEDLESS = re.compile(
    r"不用|不必|无需|无须|不需要|没必要|没有必要|用不着|可有可无|多此一举|多余|浪费|省掉|跳过|停了|"
    r"关掉|没用|意义不大|关系不大|没关系|无关|不影响|没影响|不受|就行|就够|够了|够用|即可|随便|"
    r"都一样|没区别|从不|从来不|从来没|也没有|更没有|也不(?:把|做|搞|放|写|设)|没人需要|何必|不值得|"
    r"没有?意义|毫无意义|没什么用|没啥用|没用处|白费|形同虚设|"
    r"我们?(?:也|都|就|根本|一直)?(?:不做|没做|不搞|没搞|不把|没把|没有|不设|不写)|"
    r"\b(?:no need|needn['’]?t|(?:don['’]?t|doesn['’]?t|not) (?:need|have to|matter|affect)|"
    r"(?:not|never|\w{2,6}n['’]t|hardly) (?:(?:really|actually|even|at all|that|very) )?"
    r"(?:needed|necessary|required|important|useful|worth\w*|called for)|overkill|"
    r"(?:we|i) (?:do not|don['’]t|did not|didn['’]t)|(?:nobody|no one|who) needs|no (?:use|point)|"
    r"pointless|(?:don['’]t|do not|never|not) bother|unnecessary|useless|needless|skip|enough|"
    r"never|regardless|whatever|no matter|any order|either way|waste)\b",
    re.I,
)
"""Says that something is not needed, makes no difference, was dropped or is not done."""

DENIAL = re.compile(
    r"不(?!同|仅|但|只|断|错|过是|一定|足)|没|无(?!线|论|状态|人)|非(?!对称|常|结构|线性)|未|勿|"
    r"\b(?:not|no|nobody|nothing|never|without|none|neither|nor|\w{2,8}n['’]t|cannot)\b",
    re.I,
)
"""Any negation."""
