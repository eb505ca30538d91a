"""Addresses that lead inside, in a network of their own in which inside can be told from outside. For fetch.py.

usage, as root of a network namespace: python benchmarks/fetch_attacks.py FOLDER

Without --allow-private no loopback site may be asked, so a site that redirects inside must have a public address. Linux
gives one to any user, in a namespace: its loopback interface is a whole internet, with a public site, a name server
that changes its answers, and a trap that listens on every address that must not be dialled.
"""

import argparse
import asyncio
import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.fetch_faults import NOT_FOUND, answer, html
from benchmarks.fetch_runs import run

PUBLIC = "93.184.216.34"
PORT = 8080  # of the site, and of traps
TRAPS_V4 = ("127.0.0.1", "127.8.8.8", "169.254.169.254", "10.0.0.1", "192.168.0.10", "100.64.0.1", "0.1.2.3")
TRAPS_V6 = ("::1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "fd00:ec2::254", "fe80::1:2")
TRAP_PORTS = (PORT, 80, 70, 21)
# Answers in turn, the last one for good.
NAMES: dict[str, list[str]] = {
    "site.example.org": [PUBLIC],
    "inside.example.org": ["10.0.0.1"],
    "rebind.example.org": [PUBLIC, "127.0.0.1"],
}
# Address, and the reasons of which one must stand in its row: directly and as the target of a redirect.
ATTACKS: tuple[tuple[str, str], ...] = (
    (f"http://127.0.0.1:{PORT}/", "private_address"),
    (f"http://localhost:{PORT}/", "private_address"),
    (f"http://127.8.8.8:{PORT}/", "private_address"),
    (f"https://127.0.0.1:{PORT}/", "private_address"),
    ("http://169.254.169.254/latest/meta-data/", "private_address"),
    ("http://10.0.0.1/", "private_address"),
    ("http://192.168.0.10/", "private_address"),
    ("http://100.64.0.1/", "private_address"),
    (f"http://0.0.0.0:{PORT}/", "private_address"),
    (f"http://[::1]:{PORT}/", "private_address"),
    (f"http://[::]:{PORT}/", "private_address"),
    (f"http://[::ffff:127.0.0.1]:{PORT}/", "private_address"),
    (f"http://[::ffff:7f00:1]:{PORT}/", "private_address"),
    (f"http://[64:ff9b::7f00:1]:{PORT}/", "private_address"),
    (f"http://[64:ff9b:1::7f00:1]:{PORT}/", "private_address"),
    (f"http://[2002:7f00:1::]:{PORT}/", "private_address"),
    ("http://[fd00:ec2::254]/", "private_address"),
    (f"http://2130706433:{PORT}/", "invalid_url"),
    (f"http://017700000001:{PORT}/", "invalid_url"),
    (f"http://0x7f000001:{PORT}/", "invalid_url"),
    (f"http://0x7f.1:{PORT}/", "invalid_url"),
    (f"http://0177.0.0.1:{PORT}/", "invalid_url"),
    (f"http://127.1:{PORT}/", "invalid_url"),
    (f"http://user:secret@127.0.0.1:{PORT}/", "invalid_url"),
    (f"http://inside.example.org:{PORT}/", "private_address"),
    ("file:///etc/passwd", "unsupported_scheme"),
    ("gopher://127.0.0.1/_GET", "unsupported_scheme"),
    ("ftp://127.0.0.1/", "unsupported_scheme"),
)
XXE = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "%b">]><rss version="2.0"><channel><title>&x;</title></channel></rss>'
LAUGHS = (
    b'<!DOCTYPE urlset [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>&j;</loc></url></urlset>'
)
PAGES: dict[str, bytes] = {
    "/good": answer(html()),
    "/names": answer(html(), content_disposition='attachment; filename="../../../escaped.html"'),
    "/xxe-file.xml": answer(XXE % b"file:///etc/passwd", content_type="application/rss+xml"),
    "/xxe-web.xml": answer(XXE % b"http://127.0.0.1:8080/", content_type="application/rss+xml"),
    "/laughs.xml": answer(LAUGHS, content_type="application/xml"),
    **{f"/to/{number}": answer(b"", "302 Found", location=url) for number, (url, _) in enumerate(ATTACKS)},
}


def check_attacks(folder: Path, _options: argparse.Namespace) -> list[str]:
    """Return what is wrong after a run over all attacks, made in a namespace."""
    unshare = [shutil.which("unshare") or "unshare", "--map-root-user", "--net", "--mount"]
    if not shutil.which("ip") or subprocess.run([*unshare, "true"], capture_output=True).returncode:
        print("attacks: left out, as this machine gives no network namespace to its user")
        return []
    script = str(Path(__file__).resolve())
    inside = subprocess.run([*unshare, sys.executable, script, str(folder)], capture_output=True, text=True)
    if inside.returncode:
        return [f"attacks: the check itself failed: {inside.stderr.strip()}"]
    *lines, failures = inside.stdout.splitlines()
    print("\n".join(lines), flush=True)
    found: list[str] = json.loads(failures)
    return found


def main(folder: Path) -> None:
    """Set the trap, run over the attacks, print a line for each and, last, what is wrong as JSON."""
    _build_network(folder)
    with ExitStack() as stack:
        traps = [stack.enter_context(_listen(address, port)) for address, port in _trap_addresses()]
        failures = _try_traps(traps)
        threading.Thread(target=lambda: asyncio.run(_serve()), daemon=True).start()
        threading.Thread(target=_serve_names, daemon=True).start()
        expected = _expected()
        kept = folder / "kept"
        finished = run(
            "--sources", _write_sources(folder, expected), "--keep-raw", kept, output=folder / "output", may_fail=True
        )
        failures += [f"attacks: a connection to {address}" for address in _caught(traps)]
    if finished.summary is None:
        failures.append(f"attacks: exit code {finished.code}: {finished.stderr.strip()}")
    else:
        rows = finished.rows("SELECT source, reason, error FROM {rejections}")
        found: dict[str, list[tuple[str, str]]] = {}
        for source, reason, error in rows:
            found.setdefault(source, []).append((reason, error))
        for source, (_, _, reason) in expected.items():
            failures += _judge(source, found.get(source, []), reason)
        urls = [url for (url,) in finished.rows("SELECT url FROM {articles}")]
        print(f"attacks: {len(expected)} sources, {len(rows)} rejections, articles: {', '.join(urls)}")
        if len(urls) != 2:
            failures.append(f"attacks: {len(urls)} articles, expected the good page and the one with a name")
        if "secret" in repr(rows) or "root:" in repr(rows):
            failures.append("attacks: a row holds what it should not")
    strange = [str(path) for path in kept.rglob("*") if not path.name.startswith("onrecord-")]
    strange += [str(path) for path in folder.rglob("*escaped*")]
    if strange:
        failures.append(f"attacks: files with names from the network: {strange}")
    print(json.dumps(failures))


def _expected() -> dict[str, tuple[str, str, str]]:
    """Return kind, address and the expected reason of each source, by its name; no reason for what must pass."""
    site = f"http://{PUBLIC}:{PORT}"
    expected = {
        "good": ("urls", f"{site}/good", ""),
        "names": ("urls", f"{site}/../../..%2f..%2fnames/../names", ""),
        "rebinding": ("urls", f"http://rebind.example.org:{PORT}/good", "private_address"),
        "xxe-file": ("feed", f"{site}/xxe-file.xml", "xml_entities"),
        "xxe-web": ("feed", f"{site}/xxe-web.xml", "xml_entities"),
        "billion-laughs": ("sitemap", f"{site}/laughs.xml", "xml_entities"),
    }
    for number, (url, reason) in enumerate(ATTACKS):
        expected[f"direct: {url}".replace("secret", "s-cret")] = ("urls", url, reason)
        expected[f"redirect: {url}".replace("secret", "s-cret")] = ("urls", f"{site}/to/{number}", reason)
    return expected


def _write_sources(folder: Path, expected: dict[str, tuple[str, str, str]]) -> Path:
    lines = ['contact = "mailto:bench@example.org"\n']
    for number, (name, (kind, address, _)) in enumerate(expected.items()):
        if kind == "urls":
            (folder / f"urls-{number}.txt").write_text(f"{address}\n", encoding="utf-8")
            address = f"urls-{number}.txt"
        lines.append(
            f'[[sources]]\nname = {json.dumps(name)}\nkind = "{kind}"\naddress = {json.dumps(address)}\ndelay_s = 0\n'
        )
    path = folder / "sources.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _judge(source: str, rows: list[tuple[str, str]], reason: str) -> list[str]:
    """Print what became of a source; return what is wrong."""
    if not reason:
        return [f"attacks: {source}: {rows[0]}"] if rows else []
    print(f"attacks: {source:50} {'; '.join(f'{found}: {error}' for found, error in rows)[:110] or 'NO ROW'}")
    if [found for found, _ in rows] != [reason]:
        return [f"attacks: {source}: {[found for found, _ in rows]}, expected {reason}"]
    return []


def _build_network(folder: Path) -> None:
    """Give the namespace its addresses and its name server."""
    commands = [["ip", "link", "set", "lo", "up"]]
    commands += [["ip", "address", "add", f"{address}/32", "dev", "lo"] for address in (PUBLIC, *TRAPS_V4[2:])]
    commands += [["ip", "-6", "address", "add", f"{address}/128", "dev", "lo"] for address in TRAPS_V6[1:]]
    resolver = folder / "resolv.conf"
    resolver.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    commands.append(["mount", "--bind", str(resolver), "/etc/resolv.conf"])
    for command in commands:
        subprocess.run(command, check=True, capture_output=True)


def _trap_addresses() -> Iterator[tuple[str, int]]:
    for address in (*TRAPS_V4, *TRAPS_V6):
        for port in TRAP_PORTS:
            yield address, port


def _listen(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    trap = socket.socket(family, socket.SOCK_STREAM)
    place = socket.getaddrinfo(f"{address}%lo" if address.startswith("fe80") else address, port, family)[0][4]
    trap.bind(place)
    trap.listen(64)
    trap.setblocking(False)
    return trap


def _try_traps(traps: list[socket.socket]) -> list[str]:
    """Connect to each trap; return those that caught nothing, which could not catch a client either."""
    for trap in traps:
        with socket.socket(trap.family, socket.SOCK_STREAM) as client:
            client.settimeout(5)
            client.connect(trap.getsockname())
    caught = _caught(traps)
    return [] if len(caught) == len(traps) else [f"attacks: only {len(caught)} of {len(traps)} traps can catch"]


def _caught(traps: list[socket.socket]) -> list[str]:
    """Return the address of each trap that a connection was made to."""
    caught = []
    for trap in traps:
        try:
            trap.accept()[0].close()
        except BlockingIOError:
            continue
        caught.append(str(trap.getsockname()[:2]))
    return caught


async def _serve() -> None:
    """Serve the public site; each connection is closed after robots.txt, so that the name is looked up again."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode("latin-1")
        found = PAGES.get("/names" if path.endswith("names") else path, NOT_FOUND)
        writer.write(found.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        await writer.drain()
        writer.close()

    await asyncio.start_server(handle, PUBLIC, PORT)
    await asyncio.Event().wait()


def _serve_names() -> None:
    """Answer questions for IPv4 addresses (RFC 1035); there is no other record."""
    answers = {name: list(addresses) for name, addresses in NAMES.items()}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 53))
        while True:
            question, client = server.recvfrom(4096)
            end = question.index(b"\0", 12) + 5
            labels, kind = question[12 : end - 4], question[end - 4 : end - 2]
            name = _read_name(labels)
            known = answers.get(name)
            head = question[:2] + (b"\x81\x80" if known else b"\x81\x83") + b"\0\1"
            if known and kind == b"\0\1":
                address = known.pop(0) if len(known) > 1 else known[0]
                record = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + socket.inet_aton(address)
                server.sendto(head + b"\0\1\0\0\0\0" + question[12:end] + record, client)
            else:
                server.sendto(head + b"\0\0\0\0\0\0" + question[12:end], client)


def _read_name(labels: bytes) -> str:
    names = []
    while length := labels[0]:
        names.append(labels[1 : length + 1].decode("ascii"))
        labels = labels[length + 1 :]
    return ".".join(names).lower()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
