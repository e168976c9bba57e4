"""Pieces of job descriptions and whether the shipped banks can serve them, to set the floor.

Run: python -m tests.interview.requirement_pieces
"""

from collections.abc import Iterator
from statistics import median

from app.embedding.bundled import BundledEmbedder
from app.index.in_memory import InMemoryIndex
from app.interview import coverage
from app.wiring.evaluation import shipped_banks

SERVED = {
    "en": (
        "Run GPU clusters and keep their network fast (InfiniBand, RoCE)",
        "Lower the energy consumption and electricity bill of the facility",
        "Design storage for checkpoints and petabytes of training data",
        "Experience with distributed training and parallelism strategies",
        "You know how to secure data and protect the privacy of users",
        "Solid knowledge of disaster recovery and fault tolerance",
        "Quantization, distillation and other ways to compress models",
        "Fine-tune transformer models and evaluate them against overfitting",
        "Prepare and clean training data and watch its quality",
        "Understanding of optimisation algorithms such as Adam",
        "Serve models at low latency",
        "Set up monitoring and alerting for models in production",
        "Make model decisions explainable to auditors (SHAP, LIME)",
        "Plan cooling and power for dense racks",
        "Keep the service compliant with GDPR",
        "Automate operations with Ansible or Terraform",
        "Load balancing and highly available networks",
        "Handle class imbalance in data sets",
    ),
    "zh": (
        "负责GPU集群网络的设计与调优，熟悉RDMA、InfiniBand",
        "优化机房能耗，降低PUE",
        "设计海量训练数据与检查点的存储方案",
        "熟悉分布式训练，了解数据并行、模型并行",
        "了解模型量化、剪枝、蒸馏等压缩方法",
        "具备数据安全与隐私保护经验",
        "熟悉容灾备份与故障恢复",
        "带领团队做了混合精度训练和显存优化，训练速度提升40%",
        "推理服务优化：KV缓存、连续批处理，延迟降低一半",
        "用LoRA微调行业大模型，构建了中文客服数据集",
        "搭建监控告警体系，保障线上模型稳定",
        "解决梯度消失和梯度爆炸问题",
        "熟悉等保、个人信息保护法等合规要求",
        "负责机房制冷系统和供配电规划",
        "使用Kubernetes做资源调度和弹性伸缩",
        "熟悉负载均衡和网络高可用架构",
        "能处理样本不均衡、过拟合等问题",
        "了解分布式事务与数据一致性",
    ),
}
NOT_SERVED = {
    "en": (
        "Fluent French and experience selling insurance",
        "Build pixel-perfect user interfaces with React and CSS",
        "Prepare the annual financial statements under IFRS",
        "A driving licence for heavy lorries",
        "Paint portraits in oil",
        "Translate contracts from German",
        "Teach swimming to children",
        "Write Swift for iOS apps and publish them in the App Store",
        "Treat patients in intensive care",
        "Coach a sales team and negotiate with key accounts",
    ),
    "zh": (
        "会弹钢琴，能陪客户打高尔夫球",
        "熟练使用Photoshop设计海报",
        "负责公司财务报表与税务申报",
        "持有A2驾照，能开重型货车",
        "熟悉微信小程序前端开发，精通Vue",
        "有少儿英语教学经验",
        "负责餐厅菜品研发与后厨管理",
        "组织部门团建和年会活动",
        "具备执业医师资格",
        "拓展大客户渠道，完成销售指标",
    ),
}


def similarities(language: str) -> tuple[list[float], list[float], float]:
    """The best similarity of each piece, served and not, and the noise, on the shipped banks.

    Only questions in the language of the pieces count, as in an interview.
    """
    embedder = BundledEmbedder()
    index = InMemoryIndex(embedder)
    spoken: set[str] = set()
    for bank in shipped_banks():
        index.sync(bank)
        spoken |= {one.id for one in bank.questions if one.language == language}
    served, others = SERVED[language], NOT_SERVED[language]
    near = coverage.look_up((*served, *others), index, embedder)
    best = [
        max((value for name, value in found.items() if name in spoken), default=0.0)
        for found in near.similarities
    ]
    noise = (near.floor - coverage.ABOVE_NOISE) / (1 - coverage.ABOVE_NOISE)
    return best[: len(served)], best[len(served) :], noise


def _rows() -> Iterator[str]:
    for language in ("zh", "en"):
        served, others, noise = similarities(language)
        yield (
            f"{language}: noise {noise:.2f}; served {min(served):.2f} to {max(served):.2f} "
            f"(median {median(served):.2f}); not served at most {max(others):.2f}"
        )
        for step in range(10, 45, 2):
            floor = noise + step / 100 * (1 - noise)
            missed = sum(value < floor for value in served)
            wrong = sum(value >= floor for value in others)
            yield (
                f"  {step / 100:.2f} (floor {floor:.2f}): missed {missed} of {len(served)}, "
                f"wrongly served {wrong} of {len(others)}"
            )


if __name__ == "__main__":
    print("\n".join(_rows()))
