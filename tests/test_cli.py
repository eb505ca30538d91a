"""The command line, as a person types it: in a process of its own where that matters."""

import inspect
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import FAILED, WRONG_USAGE, _run, cli
from flows.terminal import command_name
from schemas.arrow import data_dictionary
from tests.commands import check_command, commands_in
from tests.conftest import ROOT

STORY = ROOT / "tests" / "fixtures" / "republished_story.txt"
ONRECORD = [sys.executable, "-m", "flows.cli"]


def onrecord(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [*ONRECORD, *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": "120"}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=120)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    onrecord("run", STORY, "--direct", "--output", folder)
    return folder


def test_run_prints_its_counts_and_how_to_look_at_them(tmp_path: Path) -> None:
    result = onrecord("run", STORY, "--direct", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    for line in (r"inputs\W+1\b", r"articles written\W+1\b", r"statements: direct\W+2\b", r"onrecord query \"SELECT"):
        assert re.search(line, result.stdout), result.stdout
    assert (tmp_path / "output" / "statements").is_dir()


def test_json_is_all_there_is_on_stdout(tmp_path: Path) -> None:
    result = onrecord("run", STORY, "--direct", "--json", "--output", tmp_path / "out")
    summary = json.loads(result.stdout)
    assert summary["state"] == "completed"
    assert (summary["inputs"], summary["written"], summary["statements"]["direct"]) == (1, 1, 2)


def test_the_suggested_query_works(dataset: Path) -> None:
    printed = onrecord("run", STORY, "--direct", "--output", dataset).stdout
    [sql] = re.findall(r'onrecord query --output \S+ "(.*)"', printed)
    result = onrecord("query", sql, "--output", dataset)
    assert "one user" in result.stdout
    assert "expressed" in result.stdout


def test_too_many_rejections_exit_with_1_and_one_line(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"text": "Short."}\n' * 1 + "".join(f'{{"text": "Short {n}."}}\n' for n in range(12)))
    result = onrecord("run", path, "--direct", "--json", "--output", tmp_path / "out")
    assert result.returncode == FAILED
    assert result.stderr.strip() == "onrecord: 13 of 13 inputs were rejected (100%; the limit is 20%)"
    assert json.loads(result.stdout)["state"] == "failed"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run"], "Missing argument 'INPUT...'"),
        (["run", "nowhere", "--direct"], "onrecord: no such file or folder: nowhere"),
        (["run", "nowhere"], "onrecord: no such file or folder: nowhere"),
        (["run", "x", "--column", "text"], "--column text: write OURS=THEIRS"),
        (["run", "x", "--column", "id=a", "--column", "id=b"], "--column id=b: id is given twice"),
        (["run", "x", "--column", "words=body"], "OURS one of text, html, id"),
        (["run", "x", "--max-rejected", "2"], "2.0 is not in the range 0<=x<=1"),
        (["run", "x", "--workers", "0"], "0 is not in the range 1<=x<=64"),
        (["show", "nowhere"], "does not exist"),
        (["nonsense"], "No such command 'nonsense'"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_is_wrong(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _run(arguments) == WRONG_USAGE
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    ["query SELECT", "report", "export x", "views -", "runs", "validate", "reprocess", "erase --url x --yes"],
)
@pytest.mark.parametrize("folders", [[], ["articles", "statements"]])
def test_a_folder_without_a_dataset_is_wrong_usage_and_stays_as_it_is(
    folders: list[str],
    command: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in folders:
        (tmp_path / "data" / name).mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    assert _run([*command.split(), "--output", "data"]) == WRONG_USAGE
    printed = capsys.readouterr()
    assert (printed.out, printed.err.strip()) == ("", "onrecord: no dataset in data; `onrecord run` writes one")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELEC 1", "onrecord: Parser Error: syntax error"),
        ("DROP VIEW articles", "onrecord: only queries are run, which change nothing; it ends in DROP"),
        ("SELECT 1; SET threads = 1", "onrecord: only queries are run, which change nothing; it ends in SET"),
        ("", "onrecord: only queries are run, which change nothing; there is none"),
        ("SELECT * FROM nothing", "onrecord: Catalog Error: Table with name nothing does not exist"),
    ],
)
def test_a_failing_query_is_one_line(dataset: Path, sql: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["query", sql, "--output", str(dataset)]) == WRONG_USAGE
    error = capsys.readouterr().err
    assert error.startswith(message)
    assert len(error.splitlines()) == 1


def test_debug_adds_the_traceback(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert _run(["query", "SELECT 1", "--output", str(tmp_path), "--debug"]) == WRONG_USAGE
    error = capsys.readouterr().err
    assert "Traceback" in error
    assert error.splitlines()[-1].startswith("onrecord: no dataset in")


INTERRUPTED = "onrecord: interrupted; the next run goes on from what is done"


@pytest.mark.parametrize(
    ("number", "options", "code", "line"),
    [
        (signal.SIGINT, ["--direct"], FAILED, INTERRUPTED),
        (signal.SIGTERM, ["--direct"], FAILED, INTERRUPTED),
        (signal.SIGKILL, ["--direct"], -signal.SIGKILL, None),
        (signal.SIGINT, [], FAILED, INTERRUPTED),  # with Prefect's temporary server
    ],
)
def test_nothing_outlives_a_run_that_is_ended(
    tmp_path: Path, number: signal.Signals, options: list[str], code: int, line: str | None
) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text("".join(f'{{"text": "The council met on day {n} of the month."}}\n' for n in range(200_000)))
    command = [*ONRECORD, "run", str(path), "--json", "--output", str(tmp_path / "out"), *options]
    environment = {key: value for key, value in os.environ.items() if key != "PREFECT_API_URL"}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
        # A suite started in the background of a shell ignores SIGINT, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        while not list(tmp_path.glob("out/.staging/results/*")) and process.poll() is None:
            time.sleep(0.1)
        if number == signal.SIGINT:  # as Ctrl-C does: to the whole process group
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        output, error = process.communicate(timeout=30)  # until the last process that holds the pipes has ended
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == code
    if line is not None:
        assert output == ""
        assert [text for text in error.splitlines() if text][-1] == line
        assert "Traceback" not in error


def test_query_formats(dataset: Path) -> None:
    sql = (
        "SELECT speaker_text, end_char - start_char > 0 AS ok FROM statements WHERE quote_type = 'direct' ORDER BY ALL"
    )
    as_csv = onrecord("query", sql, "--output", dataset, "--format", "csv")
    assert as_csv.stdout.splitlines() == ["speaker_text,ok", "one user,True", "the other user,True"]
    as_json = onrecord("query", sql, "--output", dataset, "--format", "jsonl")
    assert [json.loads(line)["speaker_text"] for line in as_json.stdout.splitlines()] == ["one user", "the other user"]


def test_show_prints_the_article_with_its_speakers(tmp_path: Path) -> None:
    result = onrecord("show", STORY, cwd=tmp_path)
    shown = " ".join(result.stdout.split())
    assert re.search(r"” \[one user[^]]*\] one user expressed\.", shown)
    assert "remains to be seen. [forward-looking]" in shown
    assert "Reference: " in result.stdout
    assert "--record" not in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_show_says_in_words_that_a_speaker_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("“The pier is closed for the whole of the winter.” The ferry waited for the tide.")
    assert " [unknown speaker" in " ".join(onrecord("show", tmp_path / "a.txt").stdout.split())


def test_show_one_record_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"body": "The first text, of some length."}\n{"body": "The second text, of some length."}\n')
    shown = onrecord("show", path, "--record", "2", "--column", "text=body").stdout
    assert "The second text" in shown
    assert "record  2 of 2; --record N shows another" in shown
    beyond = onrecord("show", path, "--record", "3")
    assert (beyond.returncode, beyond.stderr.strip()) == (WRONG_USAGE, f"onrecord: {path} has no record 3")


def test_show_says_why_there_is_no_article(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Short.")
    result = onrecord("show", tmp_path / "a.txt")
    assert result.returncode == FAILED
    assert result.stderr.strip() == "onrecord: rejected (too_short): body has 6 characters; the limit is 25"


def test_classify_labels_lines_from_a_file_and_stops_at_a_wrong_one(tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    path.write_text('{"claim": "The bridge was closed on Monday."}\n{"text": "x"}\n')
    result = onrecord("classify", path, "--field", "claim")
    assert json.loads(result.stdout)["forward_looking"] is False
    assert (result.returncode, result.stderr.strip()) == (
        FAILED,
        "onrecord: line 2 has no field 'claim', only 'text'",
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "has no article that another engine or model than compact has processed; --all takes all of them."),
        (["--json"], '"inputs": 0,'),
    ],
)
def test_reprocessing_nothing_says_so(dataset: Path, arguments: list[str], line: str) -> None:
    result = CliRunner().invoke(cli, ["reprocess", "--output", str(dataset), *arguments])
    assert result.exit_code == 0, result.exception
    assert line in result.output
    assert "articles written" not in result.output


def test_dictionary_prints_the_data_dictionary() -> None:
    assert CliRunner().invoke(cli, ["dictionary"]).output == data_dictionary()


@pytest.mark.parametrize("command", ["", *sorted(cli.commands)])
def test_every_help_has_an_example(command: str) -> None:
    output = CliRunner().invoke(cli, [*command.split(), "--help"]).output
    assert "Example" in output
    assert f"onrecord {command}".strip() in output


@pytest.mark.parametrize("name", ["", *sorted(cli.commands)])
def test_every_example_of_a_help_text_parses(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    described = cli.commands[name] if name else cli
    _, examples = re.split(r"Examples?:\n", inspect.getdoc(described.callback) or "")
    found = list(commands_in(examples))
    assert any(words[:2] == ["onrecord", name or words[1]] for words in found)
    for words in found:
        check_command(words)


@pytest.mark.parametrize(
    ("arguments", "forbidden"),
    [
        (["--help"], {"prefect", "pandas", "pyarrow", "duckdb", "rich", "trafilatura"}),
        (["dictionary"], {"prefect", "pandas", "duckdb", "rich", "trafilatura"}),
        (["run", str(STORY), "--direct", "--json"], {"prefect", "trafilatura", "bs4"}),
    ],
)
def test_a_command_pays_only_for_the_imports_it_needs(
    arguments: list[str], forbidden: set[str], tmp_path: Path
) -> None:
    code = f"import sys; from flows.cli import _run; _run({arguments!r}); print(*sys.modules, file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert result.returncode == 0, result.stderr
    assert not set(result.stderr.split()) & forbidden


def test_a_run_that_changes_nothing_imports_nothing_for_the_report(dataset: Path) -> None:
    code = "import sys; from flows.cli import _run; _run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    arguments = ["run", str(STORY), "--direct", "--json", "--output", str(dataset)]
    result = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=120)
    assert json.loads(result.stdout)["unchanged"] == 1
    assert not set(result.stderr.split()) & {"duckdb", "jinja2"}


@pytest.mark.parametrize(
    ("started", "path", "expected"),
    [
        (".venv/bin/onrecord", "/nowhere", ".venv/bin/onrecord"),
        ("my project/.venv/bin/onrecord", "/nowhere", "'my project/.venv/bin/onrecord'"),
        (str(Path(sys.executable).parent / "onrecord"), str(Path(sys.executable).parent), "onrecord"),
        ("flows/cli.py", "/nowhere", "onrecord"),
    ],
)
def test_commands_are_printed_as_they_can_be_typed(
    started: str, path: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [started])
    monkeypatch.setenv("PATH", path)
    assert command_name() == expected
