"""From what the candidate wishes to a plan; the one entry that faces need.

::

    async def prepare_plan(
        questions: Sequence[Question],      # of the banks in force: Shelf.questions
        wishes: Wishes,                     # domain.events; requirements from `read_requirements`
        *,
        language: str,                      # of the questions and of the reasons given
        mode: SessionMode = SessionMode.PRACTICE,   # REVIEW asks what is due
        archive: Archive | None = None,     # store.base: what was asked before, what is due
        index: BankIndex | None = None,     # needed only where wishes hold requirements
        first: Sequence[Question] = (),     # asked before all others: a question with a draft
        now: datetime | None = None,
    ) -> Plan

    requirements.read_requirements(source: str, *, standard_input: BinaryIO | None = None)
        -> Requirements                     # `--jd`: FILE, `-` or TEXT
    requirements.read_requirements_file(path: Path) -> Requirements     # `--resume-file`

`Plan.planned` and `Plan.unmet` go into `Repository.open_session(plan=…, unmet=…)`;
`Plan.questions` are the questions in the same order; `Plan.spare` is what `ability.next_question`
may take instead when the candidate turns out stronger or weaker than the plan expects.
"""
