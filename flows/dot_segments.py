"""The segments `.` and `..` of a path, which name a place relative to others and no place themselves."""

import re

DOT = re.compile("%2e", re.IGNORECASE)  # %2E


def remove_dot_segments(path: str) -> str:
    """Return an absolute path without its dot segments (RFC 3986 §5.2.4).

    `%2e` is a dot, as an unreserved character is the same encoded or bare (§6.2.2.2; the URL standard's "double-dot URL
    path segment"). `%2f` is no separator: `/a%2f..%2fb` is one segment, and stays as it is.
    """
    kept: list[str] = []
    dots = ""
    for segment in path.removeprefix("/").split("/"):
        dots = DOT.sub(".", segment)
        if dots == "..":
            del kept[-1:]
        elif dots != ".":
            kept.append(segment)
    end = "/" if dots in (".", "..") and kept else ""  # `/a/b/..` is the folder `/a/`
    return "/" + "/".join(kept) + end
