"""The data model: one frozen dataclass is one table is one folder in `output/`.

A column is declared once, here: its name, its type and, as the string in `Annotated`, its description; `WORDING` behind
it marks words of the input. Arrow schemas and `docs/data_dictionary.md` derive from these classes. Times are UTC;
`_char` columns are code point offsets into `articles.text`, end exclusive; scores lie in [0, 1]; a `Literal` names
every value a column can take.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from typing import Annotated, Literal

ContentType = Literal["html", "text"]
BlockKind = Literal["paragraph", "heading", "list_item", "blockquote", "caption", "credit"]
ModelName = Literal["compact", "accurate"]  # the statement models
QuoteType = Literal["direct", "mixed", "indirect", "narration"]
SpeakerType = Literal["person", "organisation", "group", "official_unnamed", "anonymous", "document", "unresolved"]
CueFamily = Literal["neutral", "assertive", "evaluative", "cognitive", "predictive", "emotive", "reference"]
ClaimType = Literal["check_worthy_factual", "unimportant_factual", "non_factual"]
Subjectivity = Literal["subjective", "objective"]
Form = Literal["declarative", "question", "imperative", "fragment"]
CitationKind = Literal["reference_block", "inline_link", "credit"]
Step = Literal["read", "fetch", "extract", "process", "commit"]
FetchKind = Literal["page", "feed", "sitemap", "archive"]
FetchOutcome = Literal["fetched", "refused", "failed"]
RunState = Literal["completed", "failed"]


class Marker(Enum):
    """What else is declared of a column."""

    WORDING = auto()  # it holds words of the input as written: exports can cut or hash them


WORDING = Marker.WORDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One raw input, before anything was done to it: a page or a text, and what its container says about it."""

    item: str  # names the input in `rejections`: a path, an address, or `path#record`
    url: str  # identity of the article; see `Article.url`
    source: str  # where the input came from: the input folder's name, a record's `source`, a listed source
    content: bytes | str
    content_type: ContentType
    fetched_at: datetime
    run_id: str
    external_id: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str | None = None
    charset: str | None = None  # label of the encoding that the page's server states
    tdm_reserved: bool | None = None
    first_seen_at: datetime | None = None  # when a run met it, where that is not when it was fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One typed block of main content, as offsets into `Article.text`; blocks are in order and disjoint."""

    kind: BlockKind
    start_char: int
    end_char: int


class InputRejected(Exception):
    """Raised by a step that cannot make an article of an input; becomes one row of `rejections`.

    `reason` is a short stable term to group by (`too_short`); the message says which value broke which limit.
    """

    def __init__(self, step: Step, reason: str, message: str) -> None:
        super().__init__(message)
        self.step: Step = step
        self.reason = reason
        self.message = message

    def __reduce__(self) -> tuple[type["InputRejected"], tuple[Step, str, str]]:
        return InputRejected, (self.step, self.reason, self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, in its newest version."""

    article_id: Annotated[str, "Hash of `url`: the key that joins every table."]
    source: Annotated[
        str, "Where it came from: the input folder's name, `--source`, a record's `source`, a source of sources.toml."
    ]
    url: Annotated[str, "Normalised page address; `file:<folder>/<path>` for a file, with `#<id>` for a record in it."]
    canonical_url: Annotated[str | None, "Address the page names as its own, if it names one."]
    domain: Annotated[str | None, "Registrable domain of the page's address (`bbc.co.uk`), lower case."]
    publisher: Annotated[str | None, "Name of the publishing outlet, as the page states it."]
    origin_publisher: Annotated[
        str | None, "Claimed origin of a republished text: reference block, credit, byline, dateline."
    ]
    title: Annotated[str | None, "Headline.", WORDING]
    authors: Annotated[str | None, "Authors in page order, joined by `; `."]
    external_id: Annotated[str | None, "The record's own `id`, for inputs read from tables of records."]
    language: Annotated[str | None, "ISO 639-1 code: the record's own, else identified from the text."]
    published_at: Annotated[datetime | None, "Time of publication the page states; null if before 1990 or in future."]
    published_date: Annotated[date | None, "UTC day of `published_at`."]
    modified_at: Annotated[datetime | None, "Time of the last change the page states."]
    first_seen_at: Annotated[datetime, "When a run first read this article; its month is the article's folder."]
    fetched_at: Annotated[datetime, "When this version was read; of a page, when it was fetched."]
    text: Annotated[str, "Body text; every offset column refers to it.", WORDING]
    word_count: Annotated[int, "Words in `text`, split at white space."]
    statement_count: Annotated[int, "Rows of this article in `statements`."]
    content_hash: Annotated[str, "Hash of text, title, authors, dates and `pipeline_version`: equal means unchanged."]
    story_id: Annotated[
        str | None,
        "Reprints and wire copies share one: the `article_id` of the first that was seen. Distinct values count texts, "
        "not copies. Settled when an article is first seen; null only in rows of older versions.",
    ]
    first_of_story: Annotated[
        bool | None, "Whether its story began with this article: one in each story, none once that one was removed."
    ]
    tdm_reserved: Annotated[bool | None, "Whether the publisher reserves text and data mining; null: not known."]
    run_id: Annotated[str, "Run that wrote this version."]
    pipeline_version: Annotated[
        str, "Version of code and models that made this version; `.restored`: of a text that an older one extracted."
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One sentence, or one heading."""

    segment_id: Annotated[str, "`article_id:start-end`."]
    article_id: Annotated[str, "Article it stands in."]
    paragraph_index: Annotated[int, "Block of the article, from 0."]
    sentence_index: Annotated[int, "Sentence in the block, from 0."]
    kind: Annotated[BlockKind, "Kind of block it stands in; credit names contributors, photo captions are left out."]
    start_char: Annotated[int, "First code point in `articles.text`."]
    end_char: Annotated[int, "One past the last code point in `articles.text`."]
    text: Annotated[str, "Exactly `articles.text[start_char:end_char]`.", WORDING]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing said, by a speaker or by the article's own voice."""

    statement_id: Annotated[str, "`article_id:start-end`; a second one with the same hull gets `-2`."]
    article_id: Annotated[str, "Article it stands in."]
    segment_id: Annotated[str, "Segment in which it starts."]
    quote_type: Annotated[
        QuoteType,
        "direct: all in quotation marks, or a labelled turn of a transcript; mixed: partly; indirect: paraphrase; "
        "narration: the article's own voice.",
    ]
    text: Annotated[str, "Its spans (`statement_spans`), joined by one space.", WORDING]
    start_char: Annotated[int, "Start of the hull of its spans in `articles.text`."]
    end_char: Annotated[int, "End of the hull of its spans in `articles.text`."]
    speaker_id: Annotated[
        str | None, "Who says it (`speakers`); null for narration, and where a cue has no source (is expected to)."
    ]
    speaker_text: Annotated[
        str | None, "The mention of the speaker, as written; null where the text has none here.", WORDING
    ]
    cue_text: Annotated[str | None, "The reporting expression as written: said, told, according to.", WORDING]
    cue_family: Annotated[CueFamily | None, "What the reporting word adds; null without a cue, or for an unlisted one."]
    speaker_start_char: Annotated[int | None, "Start of `speaker_text` in `articles.text`."]
    speaker_end_char: Annotated[int | None, "End of `speaker_text` in `articles.text`."]
    cue_start_char: Annotated[int | None, "Start of `cue_text` in `articles.text`."]
    cue_end_char: Annotated[int | None, "End of `cue_text` in `articles.text`."]
    attribution_score: Annotated[
        float | None,
        "P(content and source are right), calibrated; null for narration and quotations found by their marks alone.",
    ]
    claim_type: Annotated[
        ClaimType | None,
        "ClaimBuster's classes; stated as a fact, not true. Labels are null in other languages than English.",
    ] = None
    check_worthiness: Annotated[
        float | None, "P(`check_worthy_factual`), calibrated on election debates; ranks claims across articles."
    ] = None
    subjectivity: Annotated[
        Subjectivity | None,
        "Whether the voice of the statement (the writer's, or that of the quoted words) takes a view: "
        "subjective from a score of 0.5.",
    ] = None
    subjectivity_score: Annotated[float | None, "P(subjective)."] = None
    forward_looking: Annotated[
        bool | None, "Expectation, forecast, plan or possible consequence: true from a score of 0.5."
    ] = None
    forward_looking_score: Annotated[float | None, "P(forward-looking)."] = None
    form: Annotated[Form | None, "Surface form of its last sentence; fragment: no finite verb."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSpan:
    """One unbroken piece of a statement: `"…", she said, "…"` has two."""

    statement_id: Annotated[str, "Statement it is a piece of."]
    article_id: Annotated[str, "Article it stands in."]
    span_index: Annotated[int, "Order in the statement, from 0."]
    start_char: Annotated[int, "First code point in `articles.text`."]
    end_char: Annotated[int, "One past the last code point in `articles.text`."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One speaker of one article."""

    speaker_id: Annotated[str, "`article_id:speaker-N`, numbered by first appearance."]
    article_id: Annotated[str, "Article that quotes the speaker."]
    name: Annotated[
        str | None, "Fullest name in the article, or the description as written; null if unresolved.", WORDING
    ]
    speaker_type: Annotated[SpeakerType, "What kind of source it is; anonymous ones are never joined across articles."]
    role: Annotated[str | None, "Title or role that stands with the name, without article or possessive.", WORDING]
    person_key: Annotated[str | None, "Joins named speakers across articles (normalised name); null for all others."]
    statement_count: Annotated[int, "Rows of this speaker in `statements`."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One reference or source link of an article."""

    article_id: Annotated[str, "Article that cites."]
    citation_index: Annotated[int, "Order in the article, from 0."]
    kind: Annotated[CitationKind, "Where it stands: a trailing reference block, a link in the text, a credit line."]
    title: Annotated[str | None, "Title of the cited work.", WORDING]
    url: Annotated[str | None, "Address, where one is given."]
    domain: Annotated[str | None, "Domain of the address, or the bare domain given, lower case."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """One input that did not become an article: its newest outcome."""

    item: Annotated[
        str,
        "The input: a path, an address, or `path#record`; `stored:` before an address: the dataset's own article; "
        "`erased:<hash>`: what was erased.",
    ]
    source: Annotated[str, "Where the input came from."]
    step: Annotated[Step, "Step that refused it."]
    reason: Annotated[str, "Short stable term to group by: `too_short`."]
    error: Annotated[str, "What was found and which limit it broke.", WORDING]
    run_id: Annotated[str, "Run that first met this outcome."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One address that was asked for, or one web archive that was read: its newest outcome."""

    url: Annotated[str, "The address, as in `articles.url` and `rejections.item`; `file:<folder>/<name>`: an archive."]
    source: Annotated[str, "Source that led to it."]
    kind: Annotated[FetchKind, "What was asked for."]
    decision: Annotated[FetchOutcome, "refused: not asked for or not kept, as our rules say; failed: it went wrong."]
    status: Annotated[int | None, "HTTP status of the last answer; null: none came."]
    reason: Annotated[str | None, "Why there is no content, as in `rejections.reason`."]
    etag: Annotated[str | None, "Validator for the next request; of an archive, its size and time of change."]
    last_modified: Annotated[str | None, "Validator for the next request."]
    byte_count: Annotated[int | None, "Bytes of the content, inflated; of an archive, of the file."]
    fetched_at: Annotated[
        datetime, "When it was first found as this row says; later answers that change nothing do not."
    ]
    failure_count: Annotated[int, "Failures in a row."]
    next_attempt_at: Annotated[
        datetime | None, "Not asked for again before: 15 minutes after a failure, doubling to 7 days."
    ]
    next_offset: Annotated[
        int | None, "Byte of an archive at which the next run goes on; null: it was read to its end."
    ]
    settings_hash: Annotated[
        str | None, "Of a feed, sitemap or archive: the settings it was read under; under others it is read again."
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. `input_count` = written + unchanged + duplicate + rejected."""

    run_id: Annotated[str, "Key of the run."]
    started_at: Annotated[datetime, "Start."]
    finished_at: Annotated[datetime, "End."]
    state: Annotated[RunState, "failed: more inputs were rejected than `--max-rejected` allows, or the run broke off."]
    input_count: Annotated[int, "Inputs met."]
    written_count: Annotated[int, "Articles written, new or changed."]
    unchanged_count: Annotated[int, "Articles that already stood in the dataset as they are."]
    duplicate_count: Annotated[int, "Inputs equal to another of the same run, and older captures of its pages."]
    rejected_count: Annotated[int, "Inputs that became rejections."]
    pipeline_version: Annotated[str, "Version of code and models."]
    versions: Annotated[str, "Versions of the libraries that shape the data, as JSON."]
    parameters: Annotated[str, "Parameters of the run, as JSON."]


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyCount:
    """Statements of one day, domain and combination of labels: what a spreadsheet wants."""

    day: Annotated[date, "`articles.published_date`, else the UTC day of `first_seen_at`; its month is the folder."]
    domain: Annotated[str | None, "`articles.domain`."]
    language: Annotated[str | None, "`articles.language`."]
    quote_type: Annotated[QuoteType, "`statements.quote_type`."]
    speaker_type: Annotated[SpeakerType | None, "`speakers.speaker_type`; null for narration."]
    claim_type: Annotated[ClaimType | None, "`statements.claim_type`."]
    subjectivity: Annotated[Subjectivity | None, "`statements.subjectivity`."]
    forward_looking: Annotated[bool | None, "`statements.forward_looking`."]
    statement_count: Annotated[int, "Statements in the cell."]
    article_count: Annotated[int, "Articles with such a statement; does not add up across cells."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessedArticle:
    """One article and every row that hangs on it, each list in text order."""

    article: Article
    segments: Sequence[Segment]
    statements: Sequence[Statement]
    spans: Sequence[StatementSpan]
    speakers: Sequence[Speaker]
    citations: Sequence[Citation]
