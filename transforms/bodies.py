"""What "it", "they" and "the company" mean: a body, a paper or a group met before, or nothing that is told."""

from collections.abc import Sequence

from transforms.choices import Setting, load_model
from transforms.entities import Entity, family
from transforms.salience import FEATURES, rate_presence
from transforms.speaker_nouns import BODY_SENSES, COMPANIES, GENERIC_BODIES, PUBLIC_BODIES

KIND_FEATURES = (
    "anything", "organisation", "document", "group", "many", "person", "unknown name", "rivals",
    "met in a quotation only",
)  # fmt: skip
FAMILY_FEATURES = (
    "same family", "other family", "public", "any body's noun", "same sense", "a noun before it",
    "bare company", "bare company: told organisation", "bare: only organisation",  # "the company", "the firm"
)  # fmt: skip


def rate_thing(candidates: Sequence[Entity], setting: Setting) -> list[list[float]]:
    """Return the features of each candidate for "it" or "they"."""
    rows = rate_presence(candidates, setting)
    return [[*row, *_kind_row(one, candidates)] for row, one in zip(rows, candidates, strict=True)]


def rate_body(candidates: Sequence[Entity], setting: Setting) -> list[list[float]]:
    """Return the features of each candidate for "the company", "the union"."""
    rows = rate_thing(candidates, setting)
    told = sum(one.kind == "organisation" for one in candidates)
    return [[*row, *_family_row(one, setting, told)] for row, one in zip(rows, candidates, strict=True)]


def _kind_row(entity: Entity, rivals: Sequence[Entity]) -> list[float]:
    kind = entity.kind
    return [
        1.0, kind == "organisation", kind == "document", kind == "group", entity.many,
        kind is not None and entity.is_person, kind is None, min(len(rivals), 4), entity.told is None,
    ]  # fmt: skip


def _family_row(entity: Entity, setting: Setting, bodies: int) -> list[float]:
    reading = setting.phrase.reading
    wanted = "public" if reading.head in PUBLIC_BODIES else "company" if reading.head in COMPANIES else ""
    told, body = family(entity), entity.kind == "organisation"
    bare = reading.text.count(" ") == 1
    company = bare and wanted == "company"
    sense = BODY_SENSES.get(reading.head)
    return [
        bool(told) and told == wanted, bool(told and wanted) and told != wanted, wanted == "public",
        reading.head in GENERIC_BODIES, bool(sense) and any(BODY_SENSES.get(noun) == sense for noun in entity.heads),
        not bare, company, company and body, bare and body and bodies == 1,
    ]  # fmt: skip


IT = load_model("it", (*FEATURES, *KIND_FEATURES), rate_thing, or_nobody=True, margin=0.1)
THEY = load_model("they", (*FEATURES, *KIND_FEATURES), rate_thing, or_nobody=True, margin=0.1)
BODY = load_model("body", (*FEATURES, *KIND_FEATURES, *FAMILY_FEATURES), rate_body, or_nobody=True, margin=0.1)
