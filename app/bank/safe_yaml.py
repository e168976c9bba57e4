"""YAML as text, lists and mappings: no types, no objects, no references that multiply.

Built from the parser's events, because loading whole documents recurses in C and dies on deep
nesting; and so each mapping knows its line.
"""

from typing import Any

from app.errors import BankError, filled

DEEPEST = 40
_REMEDY = "Correct the YAML there; put text that holds `: ` or `#` in double quotes."


class YamlMapping(dict[str, object]):
    """A mapping that knows on which line (from 1) of its file it begins."""

    line = 0


class _Broken(Exception):
    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


def load_yaml(text: str, *, file: str = "", line: int = 1) -> object:
    """Nested lists and `YamlMapping`s whose scalars are all str; None for an empty document.

    `line` is where `text` begins in `file`. Raises BankError for broken YAML, several documents,
    anchors and aliases, keys that are not text or come twice, and nesting deeper than DEEPEST.
    """
    import yaml  # noqa: PLC0415 - 25 ms that a Markdown bank with simple metadata does not need

    try:
        return _Builder(yaml, line).build(text)
    except _Broken as error:
        raise BankError(error.problem, _REMEDY, file=file, line=error.line) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        raise BankError(
            filled("The YAML cannot be read: {problem}.", problem=problem),
            _REMEDY,
            file=file,
            line=line + (mark.line if mark else 0),
        ) from error


class _Builder:
    """Puts events together; `stack` holds the open lists and mappings, outermost first."""

    def __init__(self, yaml: Any, line: int) -> None:
        self._yaml = yaml
        self._line = line
        self._stack: list[list[object] | YamlMapping] = []
        self._keys: list[str | None] = []
        self._root: object = None
        self._documents = 0

    def build(self, text: str) -> object:
        yaml = self._yaml
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        for event in yaml.parse(text, Loader=loader):
            line = self._line + event.start_mark.line
            if getattr(event, "anchor", None):
                raise _Broken("Anchors and aliases (& and *) are not read in a bank.", line)
            if isinstance(event, yaml.ScalarEvent):
                self._add(event.value, line)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._open(isinstance(event, yaml.MappingStartEvent), line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._stack.pop()
                self._keys.pop()
            elif isinstance(event, yaml.DocumentStartEvent):
                self._documents += 1
                if self._documents > 1:
                    raise _Broken("There is a second YAML document in the file.", line)
        return self._root

    def _open(self, is_mapping: bool, line: int) -> None:
        if len(self._stack) >= DEEPEST:
            raise _Broken(
                filled("The YAML is nested deeper than {levels} levels.", levels=DEEPEST), line
            )
        if is_mapping:
            mapping = YamlMapping()
            mapping.line = line
            new: list[object] | YamlMapping = mapping
        else:
            new = []
        self._add(new, line)
        self._stack.append(new)
        self._keys.append(None)

    def _add(self, value: object, line: int) -> None:
        if not self._stack:
            self._root = value
            return
        top, key = self._stack[-1], self._keys[-1]
        if isinstance(top, list):
            top.append(value)
        elif key is not None:
            top[key] = value
            self._keys[-1] = None
        elif not isinstance(value, str):
            raise _Broken("A key in the YAML is a list or mapping, not text.", line)
        elif value in top:
            raise _Broken(
                filled("The key {value!r} comes twice in one mapping.", value=value[:60]), line
            )
        else:
            self._keys[-1] = value
