"""Who a mention names, and which mentions of an article are one speaker."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Block, Speaker
from transforms.cues import words_of
from transforms.names import fold, person_key, strip_titles
from transforms.phrases import read_phrase
from transforms.speakers import Mention, resolve_speakers


def blocks_of(text: str) -> list[Block]:
    """Return the lines of a text as paragraphs."""
    lines = re.finditer(r"\S(?:.*\S)?", text)
    return [Block(kind="paragraph", start_char=line.start(), end_char=line.end()) for line in lines]


def resolve(marked: str) -> tuple[list[str | None], list[Speaker]]:
    """Return the speaker's name for each [source] of a text, None for unresolved, and the speakers.

    What is said by a source is the quotation nearest to it in its line, else the rest of the line after it.
    """
    text, sources = "", []
    for plain, source in re.findall(r"([^\[]*)(?:\[([^\]]*)\])?", marked):
        text += plain
        if source:
            sources.append((len(text), len(text) + len(source)))
            text += source
    mentions = []
    for start, end in sources:
        line_start, line_end = text.rfind("\n", 0, start) + 1, (text + "\n").find("\n", end)
        quotes = [m.span(1) for m in re.finditer("“([^”]*)”", text) if line_start <= m.start() < line_end]
        quotes = [span for span in quotes if not span[0] <= start < span[1]]
        nearest = min(quotes, key=lambda span: min(abs(span[1] - start), abs(span[0] - end)), default=None)
        content = nearest or (end, line_end)
        mentions.append(Mention(source=(start, end), content=content, quoted=nearest is not None))
    order = sorted(range(len(mentions)), key=lambda i: mentions[i].content)
    ids, speakers = resolve_speakers("a", text, blocks_of(text), [mentions[i] for i in order])
    names = {speaker.speaker_id: speaker.name for speaker in speakers}
    by_source = dict(zip(order, ids, strict=True))
    return [names[by_source[i] or ""] for i in range(len(mentions))], speakers


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        ("Ann Lee", "person"), ("Mayor Ann Lee", "person"), ("police chief Dan Roe", "person"),
        ("Sen. Dan Roe", "person"), ("José de la Cruz", "person"), ("Ridgeport Mayor Ann Lee", "person"),
        ("His manager, Carla Benedetti", "person"), ("Minister of Maritime Affairs Courtney Boyce", "person"),
        ("one user", "anonymous"), ("the other user", "anonymous"), ("a mother of two", "anonymous"),
        ("Lee’s sister", "anonymous"), ("a resident who asked not to be named", "anonymous"),
        ("her lawyer", "anonymous"), ("the 54-year-old", "anonymous"), ("another", "anonymous"),
        ("19 out of 24", "group"), ("the project", "organisation"), ("the market researcher Facemark", "organisation"),
        ("a spokesperson for the port", "official_unnamed"), ("an official", "official_unnamed"),
        ("a source close to the talks", "official_unnamed"), ("two officials", "official_unnamed"),
        ("the mayor", "official_unnamed"), ("a person familiar with the talks", "official_unnamed"),
        ("a municipal engineer", "official_unnamed"), ("a Department for Transport spokesperson", "official_unnamed"),
        ("residents", "group"), ("Critics", "group"), ("some people", "group"), ("others", "group"),
        ("analysts at Fenwick Brandt", "group"), ("lawmakers", "group"), ("a group of 58 scientists", "group"),
        ("the company", "organisation"), ("Ridgeport police", "organisation"), ("Downing Street", "organisation"),
        ("the Ministry of Health", "organisation"), ("the Harbour Courier Post", "organisation"),
        ("Harbour Lines Inc.", "organisation"), ("the FBI", "organisation"), ("NASA", "organisation"),
        ("the Kremlin", "organisation"), ("the Dane", "anonymous"), ("a guard", "anonymous"),
        ("the Chief Justice", "official_unnamed"), ("the plant’s owner, Agrokhim", "organisation"),
        ("chipmaker Orlane Semiconductor", "organisation"), ("the Petty Traders’ Association", "organisation"),
        ("Tallow Works", "organisation"), ("the communiqué issued on Monday", "document"),
        ("the report", "document"), ("a study", "document"), ("the lawsuit", "document"),
        ("an internal audit seen by this newspaper", "document"), ("a leaked audit", "document"),
        ("the coast guard", "organisation"), ("a press release", "document"), ("the front desk", "group"),
        ("the Lord Advocate", "official_unnamed"), ("the Daily Observer", "organisation"),
        ("the mayor and the former mayor", "group"), ("two banks", "group"), ("the banks", "organisation"),
        ("42 percent of those asked", "group"), ("many Ukrainians", "group"), ("the elder Lee", "person"),
        ("a churchwarden", "official_unnamed"), ("One of the plaintiffs, Ann Brewer", "person"),
        ("Its main sponsor, Rich Banks", "person"), ("the mayor of Pinecrest, Fla.", "official_unnamed"),
    ],
)  # fmt: skip
def test_the_kind_a_mention_tells(mention: str, expected: str) -> None:
    assert read_phrase(mention).kind == expected


@pytest.mark.parametrize(
    ("mention", "name", "before"),
    [
        ("Ann Lee", "Ann Lee", ""),
        ("Mayor Ann Lee", "Ann Lee", "Mayor"),
        ("police chief Dan Roe", "Dan Roe", "police chief"),
        ("the former mayor Ann Lee", "Ann Lee", "former mayor"),
        ("José de la Cruz", "José de la Cruz", ""),
        ("Mr. King", "King", "Mr."),
        ("Ann King", "Ann King", ""),
        ("Dr Amal al-Nour", "Amal al-Nour", "Dr"),
        ("Jokha d’Arcy", "Jokha d’Arcy", ""),
        ("Martin Roe Jr.", "Martin Roe Jr", ""),
        ("Ossett, 67", "Ossett", ""),
        ("a hotel group called Euxine Holdings", "Euxine Holdings", "hotel group"),
        ("Slovak Matej Novak", "Matej Novak", "Slovak"),
        ("Stonecutter Martin Roe", "Martin Roe", "Stonecutter"),
        ("Eleven-year-old Ann Lee", "Ann Lee", "Eleven-year-old"),
        ("head of privacy Ann Lee", "Ann Lee", "head of privacy"),
        ("Automaker Orlane", "Orlane", "Automaker"),
        ("Il Corriere del Lago", "Il Corriere del Lago", ""),
        ("Chairwoman of the bench Ann Lee", "Ann Lee", "Chairwoman of the bench"),
        ("Wing Cdr Ann Lee", "Ann Lee", "Wing Cdr"),
        ("Ann Lee SC", "Ann Lee", ""),
        ("the National Voter Registration Act", "the National Voter Registration Act", ""),
        ("the deputy director (storage), Mrs. Ann Lee", "Ann Lee", "deputy director Mrs."),
        ("one user", None, ""),
        ("Speaker of the House Rep", None, ""),
        ("she", None, ""),
        ("the mayor", None, ""),
        ("the head of the union", None, ""),
    ],
)
def test_the_name_in_a_mention(mention: str, name: str | None, before: str) -> None:
    assert (read_phrase(mention).name, read_phrase(mention).before) == (name, before)


# words that the rules treat in a way of their own, in any order: "Speaker of the House Rep" is what a cut can leave
PHRASE_WORDS = words_of("""
    Speaker Senator Prime Minister Rep Rep. Mr Dr the The a an one One another of and for at from House Institute Agents
    Party Ltd Police Affairs officials users company head privacy spokeswoman elder Jr III said who his 's Lee's Daily
    Journal Automaker maker Archbishop Slovak Dane Ukrainians Ann Matej Rich Banks Courtney former ex- 11000 U.S.
""")


@given(st.lists(st.sampled_from(PHRASE_WORDS), min_size=1, max_size=6))
def test_any_phrase_is_read(words: list[str]) -> None:
    phrase = " ".join(words)
    assert read_phrase(phrase).text in phrase


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[Mayor Ann Lee] spoke.\n[Lee] left.\n[Ms. Lee] came.", ["Ann Lee"] * 3),
        ("[Lee] left.\nAnn Lee, 54, is a baker.", ["Ann Lee"]),
        ("[Ann Lee] met [Bo Roe].\n[Ann] left.\n[Roe] stayed.", ["Ann Lee", "Bo Roe", "Ann Lee", "Bo Roe"]),
        ("[Kim Min-jae] spoke.\n[Kim] left.", ["Kim Min-jae", "Kim Min-jae"]),
        ("[José Núñez Ortega] spoke.\n[Nunez] left.", ["José Núñez Ortega", "José Núñez Ortega"]),
        ("[Amal al-Nour] spoke.\n[Al-Nour] left.", ["Amal al-Nour", "Amal al-Nour"]),
        ("Nathan Grech and Priscilla Grech came.\n[Mr Grech] spoke.", ["Nathan Grech"]),
        ("Nathan and Priscilla Grech came.\n[Mr Grech] spoke.", ["Nathan Grech"]),
        ("[Ann Lee] spoke.\n[Lee] left.\n[Bo Lee] sang.\n[Lee] came.", ["Ann Lee", "Ann Lee", "Bo Lee", "Ann Lee"]),
        ("[Ann Lee] came with her brother, Bo Lee.\n[Lee] left.", ["Ann Lee", "Ann Lee"]),
        ("[Ann Lee] spoke, then Bo Lee sang.\n[Lee], who owns half, said he would sell.", ["Ann Lee", "Bo Lee"]),
        ("[Senator Ann Lee] spoke. [Mayor Eve Lee] sang.\n[Senator Lee] left.", ["Ann Lee", "Eve Lee", "Ann Lee"]),
        ("[Ann Ruiz Lee] spoke. [Ruiz] sat.\n[Bo Lee] came.\n[Lee] left.",
         ["Ann Ruiz Lee", "Ann Ruiz Lee", "Bo Lee", "Bo Lee"]),
        ("[Kim Min-jae] spoke.\n[Kim] left.\nKim Seo-yeon came.", ["Kim Min-jae", "Kim Min-jae"]),
        ("[Ann Lee] met the elder Lee.\n[The elder Lee] left.", ["Ann Lee", "The elder Lee"]),
        ("[Ann Brewer] came.\n[Brewer] left.", ["Ann Brewer", "Ann Brewer"]),
        ("[Russia Today] aired it.\n[Russia] denied it.", ["Russia Today", "Russia"]),
        ("The National Farmers’ Union (NFU) met.\n[The NFU] agreed.\n[The union] left.",
         ["The National Farmers’ Union"] * 2),
        ("[Nordhaven Energi] fell. It gave no reason.\n“A,” said [the company].", ["Nordhaven Energi"] * 2),
        ("[The World Health Organization] spoke.\n[The WHO] left.", ["The World Health Organization"] * 2),
        ("Norvane Semiconductor cut its outlook.\n[The company] expects less.\n[It] plans to close a site.",
         ["Norvane Semiconductor"] * 2),
    ],
)  # fmt: skip
def test_names_join(text: str, expected: list[str]) -> None:
    assert resolve(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“A,” said [Ann Lee].\n“B,” [she] said.", ["Ann Lee", "Ann Lee"]),
        ("“A,” said [Ann Lee].\n“B,” said [Mark Roe].\n“C,” [she] said.", ["Ann Lee", "Mark Roe", "Ann Lee"]),
        ("[Senator Ann Lee] left.\n[Mark Roe] came.\n“C,” [the senator] said.", ["Ann Lee", "Mark Roe", "Ann Lee"]),
        ("“A,” said [Ann Lee], 54, of Ridgeport.\n“B,” said [Eve Roe].\n“C,” said [the 54-year-old].",
         ["Ann Lee", "Eve Roe", "Ann Lee"]),
        ("[Attorney Ann Lee] left.\n[Mark Roe] came.\n“C,” [his lawyer] said.", ["Ann Lee", "Mark Roe", "Ann Lee"]),
        ("“A,” said [a spokesperson for the port].\n“B,” said [Ann Lee].\n“C,” [the spokesperson] said.",
         ["a spokesperson for the port", "Ann Lee", "a spokesperson for the port"]),
        ("[The report] found A.\n[It] said B.", ["The report", "The report"]),
        ("[Residents] fear A.\n[They] want B.", ["Residents", "Residents"]),
        ("“A,” said [one user].\n“B,” said [the other user].\n“C,” said [another].",
         ["one user", "the other user", "another"]),
        ("“A,” said [one resident].\n“B,” said [another resident].", ["one resident", "another resident"]),
        ("The herder, Cabdi Guuleed, was there.\n“A,” [the herder] said.", ["Cabdi Guuleed"]),
        ("[A herder] said A.\nThe herder, Cabdi Guuleed, was late. “B,” [he] said.", ["Cabdi Guuleed"] * 2),
        ("“A,” said Ann Lee.\nWork is led by Bo Roe, [a retired surgeon], who expects B.\n[Roe] left.", ["Bo Roe"] * 2),
        ("Bo Roe, 54, [a surgeon], expects B.", ["Bo Roe"]),
        ("In Leeds, [a surgeon] expects B.", ["a surgeon"]),
        ("Bo Roe came. [A surgeon], who sat, expects B.", ["A surgeon"]),
        ("[A trader] who gave his name as Jalil said A.", ["Jalil"]),
        ("[A widower] says he is angry.\nMartin Castell, 79, woke at dawn.", ["Martin Castell"]),
        ("[A spokesman] said A.\nMayor Martin Castell came.", ["A spokesman"]),
        ("“A,” said [Martin Roe].\n“B,” [the Dane] said.", ["Martin Roe"] * 2),
        ("[The minister] said A.\n“B,” said [Martin Roe].\n“C,” [the minister] said.",
         ["The minister", "Martin Roe", "The minister"]),
        ("[Critics] fear A.\n[critics] say B.", ["Critics", "Critics"]),
        ("“A,” [she] said.\nIt was all Ann Lee would say.", ["Ann Lee"]),
        ("[They] came on Monday.\n[Residents] say A.", ["Residents", "Residents"]),
        ("[A vet in Leeds] rang.\n[The vet, Ann Lee], was late.", ["Ann Lee", "Ann Lee"]),
        ("[The head teacher of a school] said A.\n[The head, Ann Lee], said B.", ["Ann Lee", "Ann Lee"]),
        ("[A council worker] won.\nFather-of-four Martin Castell, 51, was late.", ["Martin Castell"]),
        ("[An Indian court] said A.\n[The Karwar High Court] said B.", ["The Karwar High Court"] * 2),
        ("[Orlane] fell.\nIt was late. [The company] said A.", ["Orlane", "Orlane"]),
        ("[Italy’s competition authority] said A.\n[The regulator] said B.", ["Italy’s competition authority"] * 2),
        ("[The police chief, Ann Lee], said A.\n[Police in Leeds] said B.", ["Ann Lee", "Police in Leeds"]),
        ("[A poll] found A.\n[The survey] found B.", ["A poll", "A poll"]),
        ("[The mayor] said A.\n[The vice mayor] said B.", ["The mayor", "The vice mayor"]),
        ("[A campaign] said A.\n[The Lee campaign] said B.", ["A campaign", "The Lee campaign"]),
        ("[The prime minister] said A.\n[The energy minister] said B.", ["The prime minister", "The energy minister"]),
    ],
)  # fmt: skip
def test_pronouns_and_descriptions_go_back(text: str, expected: list[str]) -> None:
    assert resolve(text)[0] == expected


def test_a_pronoun_that_fits_two_is_unresolved() -> None:
    names, speakers = resolve("Ann Lee and Eve Roe met. “No,” [she] said.")
    assert names == [None]
    assert [(s.name, s.speaker_type, s.person_key) for s in speakers] == [(None, "unresolved", None)]


def test_a_surname_of_two_people_met_as_often_is_nobodys() -> None:
    names, speakers = resolve("[Alex Lee] met [Kit Lee].\n[Lee] left.\n[Lee] came.")
    assert names == ["Alex Lee", "Kit Lee", "Lee", "Lee"]
    assert [speaker.person_key for speaker in speakers] == ["alex lee", "kit lee", None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[Diplomats] left.\n“A,” [one] said.", ["official_unnamed", "official_unnamed"]),
        ("[Former members] left.\n“A,” [one] said.", ["group", "anonymous"]),
        ("Three people familiar with the talks came. [One of them] left.\n[Another] stayed.",
         ["official_unnamed", "official_unnamed"]),
        ("[Lingovine], which makes the app, said A.", ["organisation"]),
        ("A firm that nobody knew, [which] said A.", ["unresolved"]),
        ("[Lingovine] said A.\nLingovine’s shares fell.", ["organisation"]),
        ("[Lingovine], who makes the app, said A.", ["person"]),
        ("[Orlane] said A.\nOrlane’s investors fled.", ["organisation"]),
        ("[A smaller app, Birdcage], which is new, said A.", ["organisation"]),
        ("[Piet Senn], the conservator who packed it, fears A.", ["person"]),
        ("[Sorvia] agreed to A.\nFew live in Sorvia.", ["organisation"]),
        ("[Sorvia] agreed to A.\nA Sorvian official left.", ["organisation"]),
        ("[Roe] agreed to A.\nFew had confidence in Roe.", ["person"]),
        ("[Ann Roe] agreed to A.\nFew live in Roe.", ["person"]),
        ("[Kellsund Lines] said A.", ["organisation"]),
        ("[Lee] told the Calder Review A.\n[The Calder Review] found B.", ["person", "organisation"]),
        ("[The Calder Review] found B.", ["document"]),
        ("[A pilot survey last summer] found B.", ["document"]),
        ("[Devin Achterberg of the Center for Phones], a nonprofit, said A.", ["person"]),
    ],
)  # fmt: skip
def test_the_type_that_the_text_around_tells(text: str, expected: list[str]) -> None:
    assert [speaker.speaker_type for speaker in resolve(text)[1]] == expected


def test_only_full_names_and_organisations_have_a_key() -> None:
    _, speakers = resolve("[Roe] left.\n[one user] said A.\n[the report] said B.\n[Harbour Lines Inc.] said C.")
    assert [speaker.person_key for speaker in speakers] == [None, None, None, "harbour lines inc"]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("[Mayor Ann Lee] left.", "Mayor"),
        ("[Lee] left. Ann Lee, the mayor of Ridgeport, was late.", "mayor of Ridgeport"),
        ("[Ann Lee] left. Baker Ann Lee came.", "Baker"),
        ("[Ms. Lee] left.", None),
        ("[His manager, Ann Lee], left.", "manager"),
        ("[Their former coach, Ann Lee], left.", "former coach"),
        ("[Orlane’s head of trust, Ann Lee], left.", "Orlane’s head of trust"),
        ("[The fourth, Ann Lee], left.", None),
        ("[The fourth, Ann Lee], left. Ann Lee, his lawyer, was late.", "lawyer"),
    ],
)
def test_the_role_stands_anywhere(text: str, role: str | None) -> None:
    assert resolve(text)[1][0].role == role


QUOTED = "“Aaa aaa,” Ann Lee said. “Bbb bbb.”\n“Ccc ccc.”\nBo Roe came.\n“Ddd ddd.”"


def test_quotes_without_a_source() -> None:
    said = [(text.start(1), text.end(1)) for text in re.finditer("“([^”]*)”", QUOTED)]
    source = (QUOTED.index("Ann"), QUOTED.index("Ann") + 7)
    mentions = [
        Mention(source=source, content=said[0], quoted=True),
        Mention(source=None, content=said[1], quoted=True, goes_on=True),
        Mention(source=None, content=said[2], quoted=True),
        Mention(source=None, content=said[3], quoted=True),
        Mention(source=None, content=(0, 3), quoted=False),
    ]
    ids, speakers = resolve_speakers("a", QUOTED, blocks_of(QUOTED), mentions)
    assert ids == ["a:speaker-1", "a:speaker-1", "a:speaker-1", "a:speaker-2", None]
    assert [(s.name, s.speaker_type) for s in speakers] == [("Ann Lee", "person"), (None, "unresolved")]


def test_inside_a_quotation_i_am_its_speaker() -> None:
    text = "“I think it will rain,” Ann Lee said."
    inner = Mention(source=(1, 2), content=(9, 21), quoted=False)
    outer = Mention(source=(text.index("Ann"), text.index(" said")), content=(1, 22), quoted=True)
    ids, speakers = resolve_speakers("a", text, blocks_of(text), [outer, inner])
    assert ids == ["a:speaker-1"] * 2
    assert speakers[0].name == "Ann Lee"


@pytest.mark.parametrize(
    ("name", "key"), [("Ann Lee", "ann lee"), ("José  Núñez", "jose nunez"), ("ANN\u00a0LEE", "ann lee")]
)
def test_person_key(name: str, key: str) -> None:
    assert person_key(name) == key


def test_fold_and_titles() -> None:
    assert fold("Núñez-Díaz’s") == "nunezdiazs"
    assert strip_titles("the Rev. Ann Lee") == "Ann Lee"


WORDS = ["Ann", "Lee", "Mr.", "he", "she", "it", "the", "a", "one", "of", "user", "report", "Bank", "mayor", "said",
         "“", "”", ",", ".", ":", "\n", " (", ")", "’s", "54-year-old", "al-", "É", "ß", "İ", "\u2028"]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS)).map(" ".join) | st.text()
SPANS = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda span: (min(span), max(span)))


@given(TEXTS, st.lists(st.tuples(st.none() | SPANS, SPANS, st.booleans(), st.booleans())))
def test_any_text_and_spans(text: str, drawn: list[tuple[tuple[int, int] | None, tuple[int, int], bool, bool]]) -> None:
    mentions = [Mention(source=s, content=c, quoted=q, goes_on=g) for s, c, q, g in sorted(drawn, key=lambda d: d[1])]
    ids, speakers = resolve_speakers("a", text, blocks_of(text), mentions)
    assert len(ids) == len(mentions)
    assert [speaker.speaker_id for speaker in speakers] == [f"a:speaker-{n + 1}" for n in range(len(speakers))]
    assert list(dict.fromkeys(i for i in ids if i)) == [speaker.speaker_id for speaker in speakers]
    assert all(speaker.statement_count == ids.count(speaker.speaker_id) for speaker in speakers)
    assert all(m.source is None and not m.quoted for m, i in zip(mentions, ids, strict=True) if i is None)
