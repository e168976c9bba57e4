"""The pages that the header leads to, and where a reply may lead back to."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NavItem:
    """A page in the header; `name` is translated where it is shown."""

    path: str
    name: str

    def is_here(self, path: str) -> bool:
        """Whether a page at `path` belongs to this one."""
        return path == self.path or (self.path != "/" and path.startswith(f"{self.path}/"))


NAVIGATION = (
    NavItem("/", "Practise"),
    NavItem("/history", "History"),
    NavItem("/review", "Review"),
    NavItem("/banks", "Banks"),
    NavItem("/settings", "Settings"),
)


def items_for(paths: Iterable[str]) -> tuple[NavItem, ...]:
    """The items whose page there is."""
    known = set(paths)
    return tuple(item for item in NAVIGATION if item.path in known)


def local_path(path: str) -> str:
    """`path` if it leads to a page of ours, else the start page."""
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_ours and path.isprintable() and len(path) <= 500 else "/"
