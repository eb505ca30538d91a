"""Who a mention names, and which mentions of an article are one speaker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Speaker
from transforms.speakers import Mention, parse_name, person_key, resolve_speakers, speaker_type


def resolve(text: str, *mentions: str | Mention | None) -> tuple[list[int], list[Speaker]]:
    """Return the number of each mention's speaker, and the speakers."""
    read = [mention if isinstance(mention, Mention) else Mention(text=mention) for mention in mentions]
    ids, speakers = resolve_speakers("a", text, read)
    return [int(speaker_id.removeprefix("a:speaker-")) for speaker_id in ids], speakers


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        ("Ann Lee", "person"), ("Lee", "person"), ("Mayor Ann Lee", "person"), ("police chief Dan Roe", "person"),
        ("Sen. Dan Roe", "person"), ("José de la Cruz", "person"), ("Ridgeport Mayor Ann Lee", "person"),
        ("one user", "anonymous"), ("the other user", "anonymous"), ("a mother of two", "anonymous"),
        ("Lee’s sister", "anonymous"), ("a resident who asked not to be named", "anonymous"),
        ("a spokesperson for the port", "official_unnamed"), ("an official", "official_unnamed"),
        ("a source close to the talks", "official_unnamed"), ("officials", "official_unnamed"),
        ("the mayor", "official_unnamed"),
        ("residents", "group"), ("Critics", "group"), ("some people", "group"), ("two fishermen’s wives", "group"),
        ("the company", "organisation"), ("Ridgeport police", "organisation"),
        ("the Ministry of Health", "organisation"), ("the Harbour Courier Post", "organisation"),
        ("Harbour Lines Inc.", "organisation"), ("the FBI", "organisation"), ("NASA", "organisation"),
        ("the Kremlin", "organisation"), ("Lee’s campaign", "organisation"),
        ("the report", "document"), ("a study", "document"), ("the lawsuit", "document"),
        ("she", "unresolved"), ("They", "unresolved"),
    ],
)  # fmt: skip
def test_speaker_type(mention: str, expected: str) -> None:
    assert speaker_type(mention) == expected


@pytest.mark.parametrize(
    ("mention", "name", "role"),
    [
        ("Ann Lee", "Ann Lee", None),
        ("Mayor Ann Lee", "Ann Lee", "Mayor"),
        ("Sen. Dan Roe", "Dan Roe", "Sen."),
        ("police chief Dan Roe", "Dan Roe", "police chief"),
        ("Ridgeport Mayor Ann Lee", "Ann Lee", "Ridgeport Mayor"),
        ("the former mayor Ann Lee", "Ann Lee", "former mayor"),
        ("Ms. Lee", "Lee", None),
        ("José de la Cruz", "José de la Cruz", None),
        ("Mr. King", "King", None),
        ("Ann King", "Ann King", None),
        ("Dean", "Dean", None),
    ],
)
def test_parse_name(mention: str, name: str, role: str | None) -> None:
    parsed = parse_name(mention)
    assert parsed is not None
    assert (parsed.name, parsed.role) == (name, role)


@pytest.mark.parametrize("mention", ["one user", "the Kremlin", "she", "the Ministry", "FBI", "the mayor"])
def test_no_name(mention: str) -> None:
    assert parse_name(mention) is None


def test_a_surname_joins_the_full_name() -> None:
    numbers, speakers = resolve("Mayor Ann Lee spoke. Lee left.", "Lee", "Mayor Ann Lee", "Ms. Lee")
    assert numbers == [1, 1, 1]
    assert [(s.name, s.role, s.person_key, s.statement_count) for s in speakers] == [("Ann Lee", "Mayor", "ann lee", 3)]


def test_a_surname_of_two_people_is_nobodys() -> None:
    numbers, speakers = resolve("Ann Lee met Bo Lee.", "Ann Lee", "Lee", "Bo Lee", "Lee")
    assert numbers == [1, 2, 3, 4]
    assert [speaker.person_key for speaker in speakers] == ["ann lee", None, "bo lee", None]


def test_a_surname_alone_is_no_key_across_articles() -> None:
    numbers, speakers = resolve("Lee left.", "Lee", "Lee")
    assert numbers == [1, 1]
    assert (speakers[0].name, speakers[0].person_key) == ("Lee", None)


def test_unnamed_people_are_never_joined() -> None:
    numbers, speakers = resolve("", "one user", "the other user", "the user", "an official", "an official", None, None)
    assert numbers == [1, 2, 3, 4, 5, 6, 7]
    assert all(speaker.person_key is None for speaker in speakers)
    assert [speaker.name for speaker in speakers[:3]] == ["one user", "the other user", "the user"]
    assert [(s.name, s.speaker_type) for s in speakers[5:]] == [(None, "unresolved")] * 2


def test_groups_organisations_and_documents_join_by_name() -> None:
    numbers, speakers = resolve("", "Residents", "the report", "residents", "Harbour Lines Inc.", "the report")
    assert numbers == [1, 2, 1, 3, 2]
    assert [speaker.person_key for speaker in speakers] == [None, None, "harbour lines inc."]


@pytest.mark.parametrize("mention", ["The company", "the Ministry", "The Ministry", "the police", "Critics"])
def test_a_description_is_no_key_across_articles(mention: str) -> None:
    _, [speaker] = resolve("", mention)
    assert (speaker.name, speaker.person_key) == (mention, None)


@pytest.mark.parametrize(
    ("first", "pronoun", "context", "joins"),
    [
        ("Ann Lee", "she", " in Ridgeport. ", True),
        ("Ann Lee", "She", ". ", True),
        ("Ann Lee", "she", ". Lee sighed. ", True),
        ("Ann Lee", "she", ". Roe disagreed. ", False),
        ("Ann Lee", "she", ". Her sister is Bo Roe. ", False),
        ("Ann Lee", "she", "x" * 501, False),
        ("Mr. Lee", "she", ". ", False),
        ("Mr. Lee", "he", ". ", True),
        ("Ann Lee", "they", ". ", False),
        ("Ann Lee", "it", ". ", False),
        ("the report", "it", ". ", True),
        ("the company", "it", ". ", True),
        ("residents", "they", ". ", True),
        ("one user", "she", ". ", False),
        ("she", "she", ". ", False),
    ],
)
def test_a_pronoun_joins_only_the_plain_speaker_before(first: str, pronoun: str, context: str, joins: bool) -> None:
    numbers, speakers = resolve("", first, Mention(text=pronoun, context=context))
    assert numbers == ([1, 1] if joins else [1, 2])
    assert joins or (speakers[1].name, speakers[1].speaker_type) == (None, "unresolved")


def test_one_person_is_not_both_he_and_she() -> None:
    numbers, _ = resolve("", "Jo Lee", Mention(text="she", context=". "), Mention(text="he", context=". "))
    assert numbers == [1, 1, 2]


def test_a_statement_that_goes_on_has_the_speaker_before() -> None:
    numbers, speakers = resolve("", "one user", Mention(text=None, goes_on=True), "another user")
    assert numbers == [1, 1, 2]
    assert [speaker.statement_count for speaker in speakers] == [2, 1]


@pytest.mark.parametrize(
    ("name", "key"), [("Ann Lee", "ann lee"), ("José  Núñez", "jose nunez"), ("ANN\u00a0LEE", "ann lee")]
)
def test_person_key(name: str, key: str) -> None:
    assert person_key(name) == key


MENTIONS = st.none() | st.sampled_from(["she", "he", "Lee", "Ann Lee", "Bo Lee", "one user", "the report"]) | st.text(
    st.sampled_from("aZ. ’s-"), min_size=1
).filter(str.strip)  # fmt: skip


@given(st.lists(st.tuples(MENTIONS, st.booleans())), st.text(st.sampled_from("Ann Lee.,’s ")))
def test_every_mention_has_one_speaker(mentions: list[tuple[str | None, bool]], text: str) -> None:
    read = [Mention(text=mention, goes_on=goes_on) for mention, goes_on in mentions]
    ids, speakers = resolve_speakers("a", text, read)
    assert len(ids) == len(mentions)
    assert [speaker.speaker_id for speaker in speakers] == [f"a:speaker-{n + 1}" for n in range(len(speakers))]
    assert list(dict.fromkeys(ids)) == [speaker.speaker_id for speaker in speakers]
    assert all(speaker.statement_count == ids.count(speaker.speaker_id) for speaker in speakers)
