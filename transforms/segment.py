"""Sentences of news prose: one regex finds where a sentence might end, cheap checks decide.

Rules, not a model, because news style books fix the hard cases: which abbreviations stand before names (Sen., Lt.),
which may close a sentence (Inc., p.m.), that a state after its town is set off by commas. Sentences inside a quotation
are split too, so that each can be labelled. Every step is linear in the length of the paragraph, whatever stands in it.
"""

import re
from collections.abc import Iterator, Sequence

from schemas.records import Block, Segment


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Abbreviations that stand before a name and so never end a sentence: `Sen. Lee`, `Roe v. Wade`.
TITLES = _words(
    """
    Mr Mrs Ms Mx Messrs Mme Mmes Mlle Dr Drs Prof Profs Sen Sens Rep Reps Gov Govs Lt Col Gen Maj Capt Cmdr Cmdrs
    Adm Sgt Sec Cpl Pfc Pvt Spc Brig Cdr Supt Insp Det Rev Revs Fr Hon Pres Atty Asst Msgr Ald Amb Mt Ft MR MRS DR
    SEN REP GOV v vs eg ie cf viz ca approx
    """
)

# States as news style shortens them; after a town (`in Flint, Mich.`) a comma follows, or a new sentence.
STATES = _words(
    """
    Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa
    Tenn Tex Va Vt Wash Wis Wyo Ont Que N.H N.J N.M N.Y N.C N.D S.C S.D R.I W.Va D.C B.C P.R
    """
)

# Abbreviations that may end a sentence but more often stand within one: `Acme Inc. Chairman Jo Lee`, `St. Louis`.
OTHER_ABBREVIATIONS = _words(
    """
    Inc Corp Co Cos Ltd Bros Cie plc Jr Sr Esq St ST Ste Ave Blvd Rd Hwy Pkwy Sq Dept Univ Assn Bldg Intl Natl Govt
    al ed eds est ext ft lb lbs oz sq yr yrs hr hrs mo mos min
    """
)

# Abbreviations before a number only: `No. 2`, `Sept. 3`. Elsewhere they are words: `No. That was not it.`
NUMBERED = _words("No Nos no nos Art Ch Fig Figs Vol Vols pp Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec")

# Words that open a sentence and are hardly ever (part of) a name: before them, an abbreviation has ended its sentence.
OPENING_WORDS = _words(
    """
    A An The This That These Those There Here He She It They We You I His Her Its Their Our My Your But And Or So
    Yet If When While As At After Although Because Before Since Though Until In On For From By With During Among
    Despite Instead However Meanwhile Moreover Still Then Now Also Even Just Only Not Some Many Most Both Each Every
    Another Other Others All Any What Who Why How Where Which Yes Nor Once One Two Three Nobody Nothing Everyone Is
    Was Are Were Do Does Did Has Have Had Could Would Should According Asked Mr Mrs Ms Maybe Perhaps Please
    Sometimes Later Earlier Recently Finally Today Yesterday Tomorrow
    """
)

# Offices that follow a place within a sentence: `a rally with Boston, Mass. Mayor Lee`.
OFFICES = _words("President Vice Secretary Senator Governor Mayor Judge Justice Attorney Police Chief")

TIMES_OF_DAY = frozenset(["a.m", "p.m"])
# What follows a time of day within a sentence: `7 p.m. Saturday`, `9 a.m. Eastern time`.
AFTER_A_TIME = _words(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun January
    February March April May June July August September October November December Jan Feb Aug Sept Oct Nov Dec
    Eastern Central Mountain Pacific Greenwich UTC GMT BST CET EST EDT ET CST CDT CT MST MDT MT PST PDT PT E.T E.S.T
    E.D.T C.T P.T P.S.T P.D.T G.M.T
    """
)

EXCLAMATION_NAMES = frozenset(["Yahoo", "Jeopardy", "E"])  # `Yahoo! News` is a name
TOP_LEVEL_DOMAINS = _words("Com Org Net Gov Edu Info Biz Uk Us Eu Tv Io Co Me Ai")  # `Example.Com`
ELLIPSES = frozenset(["...", "…", ".."])

OPENERS = r"""["'“‘„‚«‹»›`(\[{¿¡*]"""  # both lists have « and »: German and Danish use them the other way round
CLOSERS = r"""["'”’“‘»›«‹)\]}]"""

# Marks, closing quotes and brackets, space, and what could begin a sentence: `bill." He`, `bill.” (He`, `bill. ... he`.
# Or a capital at once, where the space was lost: `bill.He`, `bill.”He`.
CANDIDATE = re.compile(
    rf"(?P<marks>[.?!…](?<![.?!…].)[.?!…]*+)(?P<closers>{CLOSERS}*+(?:\s[”»](?!\S))?+)"
    rf"(?:\s++(?=(?P<omission>(?:\.\.\.++|…|\. \. \.)\s++)?+(?:[“„«]\s)?+{OPENERS}*+(?P<next>[^\W_]|[$€£#@]))"
    r"|(?=[“‘«]?[A-Z][a-z’' ]))"
)

DOTTED = re.compile(r"(?:[A-Za-z][a-z]?\.&?)+[A-Za-z][a-z]?")  # `U.S`, `Ph.D`, `J.K`, `S.&P`, all without the last dot
LAST_WORD = re.compile(r"\w[\w.&=’']*+\Z")  # `Ariz` in `(R-Ariz`, `U.S` in `border—U.S`
FIRST_WORD = re.compile(r"\w{1,30}+(?:\.\w\b){0,3}")  # `The`, `E.S.T`
LONGEST_ABBREVIATION = 16  # characters looked at before a mark; `(D-Calif` and `Messrs` need 8
CAMEL_CASE = re.compile(r"[a-z]{1,2}[A-Z]")  # `iPhone` opens a sentence as it is
ADDRESS = re.compile(r"[/@#_.]")  # `news.test/a` before `.Html`
LONGEST_ADDRESS = 60  # characters searched for signs of an address
AGENCY = re.compile(r"\([\w ./]{2,30}\)\s?[—–―-]")  # `(AP) —`, of the dateline `RENO, Nev. (AP) — Voters`
TITLE_AND_NAME = re.compile(r"(?:President|Senator|Governor|Mayor|Sen\.|Rep\.|Gov\.|Gen\.) [A-Z]")  # `President Lee`

# `Jo Lee said`, `Sen. Lee of Utah asked`: whoever said the quotation before it; the sentence runs on.
# Not `Lee said he …`, `Lee replied, “…`, which have words of their own to introduce.
SPEAKER_SAID = (
    r"(?:(?:[A-Z][\w.’'-]{0,30}|of|the|de|van|von|bin|al|and) ){1,7}"
    r"(?:said|says|asked|asks|added|adds|replied|replies|wrote|writes|tweeted|shouted|yelled|cried|demanded|wondered"
    r"|declared|exclaimed|joked|quipped|responded|answered|continued|recalled|explained|insisted|noted)\b"
)
SPEAKER_TAG = re.compile(rf"""{SPEAKER_SAID}(?! (?:that|he|she|they|it|there|his|her)\b|[,:] ["“'‘])""")
WHOLE_SPEAKER_TAG = re.compile(rf"""{SPEAKER_SAID}(?:[.;]|,(?! ["“'‘]))""")  # `Lee said.`, which is no sentence

FOOTER_LABEL = re.compile(r"\s*(?:Categories|Topics|Tags|Keywords|Filed under|Related(?: \w+)?):\s+(?=\w)")  # `Tags: …`
CREDIT = re.compile(r"(?:Image|Photo(?:graph)?|Picture): (?=\w)")  # `Photo: Jo Lee`, run on from its caption
CREDIT_MAKER = re.compile(
    r"\b(?:AP|AFP|EPA|PA|Reuters|Getty|File|Handout|Courtesy|Stock|Cover|Featured) \Z"
)  # `AP Photo:`
# `By Jo Lee Tuesday, September 1, 2015`: the date that closes a line without a full stop; not `… on Tuesday, …`
CLOSING_DATE = re.compile(
    r"(?<!\bon)(?<!\bof)(?<!\bfor)(?<!\bfrom)(?<!\bsince)(?<!\buntil)(?<![,;:(–—-]) "
    r"(?=(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [A-Z][a-z]{2,8} \d{1,2}, \d{4}\Z)"
)
LONGEST_DATE = 40  # characters; `Wednesday, September 30, 2015` and the word before it need 37
BULLET = re.compile(r"[•▪●■‣◦](?=\s)")


def sentence_spans(paragraph: str) -> list[tuple[int, int]]:
    """Return the (start, end) of each sentence of one paragraph, in order and disjoint; empty for blank text.

    Spans start and end at non-space characters and together cover every one of them. A sentence keeps its closing
    quotation marks and brackets.
    """
    text = _with_plain_spaces(paragraph).rstrip()
    spans = []
    for start, end in _lines(text):
        for candidate in CANDIDATE.finditer(text, start, end):
            if _ends_sentence(text, start, candidate):
                spans.append((start, candidate.end("closers")))
                start = candidate.end()
        spans.append((start, end))
    return spans


def segment_article(article_id: str, text: str, blocks: Sequence[Block]) -> list[Segment]:
    """Return the sentences of each block, in order; a heading is one segment, a blank block none.

    The offsets of blocks and segments refer to `text`, the article's text.
    """
    return [
        Segment(
            segment_id=f"{article_id}:{start}-{end}",
            article_id=article_id,
            paragraph_index=paragraph_index,
            sentence_index=sentence_index,
            kind=block.kind,
            start_char=start,
            end_char=end,
            text=text[start:end],
        )
        for paragraph_index, block in enumerate(blocks)
        for sentence_index, (start, end) in enumerate(_block_spans(text, block))
    ]


def _block_spans(text: str, block: Block) -> list[tuple[int, int]]:
    if block.kind == "heading":
        return list(_stripped(text, block.start_char, block.end_char))
    offset = block.start_char
    return [(offset + start, offset + end) for start, end in sentence_spans(text[offset : block.end_char])]


def _with_plain_spaces(text: str) -> str:
    """Return the text, at the same length, with the usual kinds of white space as plain spaces."""
    for space in "\n\t\r\xa0\u2009\u202f":
        text = text.replace(space, " ")
    return text


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the span without the white space at its ends, if anything is left of it."""
    piece = text[start:end]
    stripped_start = start + len(piece) - len(piece.lstrip())
    stripped_end = start + len(piece.rstrip())
    if stripped_start < stripped_end:
        yield stripped_start, stripped_end


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield the pieces of a paragraph that were lines of their own on the page; nearly always one, all of it."""
    start = 0
    for next_start in sorted(_line_starts(text)):
        yield from _stripped(text, start, next_start)
        start = next_start
    yield from _stripped(text, start, len(text))


def _line_starts(text: str) -> Iterator[int]:
    if ": " in text:
        if label := FOOTER_LABEL.match(text):
            yield label.end()
        for credit in CREDIT.finditer(text):
            if _is_credit_of_its_own(text, credit.start()):
                yield credit.start()
    if not text.isascii():
        for bullet in BULLET.finditer(text):
            yield bullet.start()
    if text[-1:].isdigit() and (space := CLOSING_DATE.search(text, max(0, len(text) - LONGEST_DATE))):
        yield space.end()


def _is_credit_of_its_own(text: str, start: int) -> bool:
    """Return whether a credit starts at its label, not before it (`AP Photo:`) nor in brackets (`(Photo:`)."""
    before = max(0, start - LONGEST_ABBREVIATION)
    return text.endswith(" ", before, start) and not CREDIT_MAKER.search(text, before, start)


def _ends_sentence(text: str, start: int, candidate: re.Match[str]) -> bool:
    """Return whether the sentence that starts at `start` ends at the candidate."""
    marks, closers, follower = candidate.group("marks", "closers", "next")
    if follower is None:
        return _space_is_missing(text, start, candidate)
    mark, next_word = candidate.start(), candidate.start("next")
    if follower.islower() and not candidate["omission"] and not CAMEL_CASE.match(text, next_word):
        return False
    if mark - start <= 4 and _is_numbering(text[start:mark], marks):
        return False
    if marks == "." and _is_abbreviation(text, start, candidate):
        return False
    if marks == "!" and _word_before(text, start, mark) in EXCLAMATION_NAMES:
        return False
    if _is_omission(text, mark, marks):
        return _first_word(text, next_word) in OPENING_WORDS
    if closers and _speaker_follows(text, marks, next_word):
        return False
    return text[candidate.end()] != "(" or not AGENCY.match(text, candidate.end())


def _is_numbering(text: str, marks: str) -> bool:
    """Return whether the text before the marks is no sentence: nothing (`… We`), or a list's `2. We` or `Q. Who`."""
    word = text.strip(" .…\"'“‘«([")
    return not word or (marks == "." and ((word.isdigit() and len(word) <= 2) or (word.isalpha() and len(word) == 1)))


def _is_omission(text: str, mark: int, marks: str) -> bool:
    """Return whether the marks end an ellipsis with space before it: `the … Utah team`, `the . . . Utah team`."""
    return text[mark - 1] == " " and (marks in ELLIPSES or (marks == "." and text[mark - 2] == "."))


def _is_abbreviation(text: str, start: int, candidate: re.Match[str]) -> bool:
    """Return whether the full stop belongs to an abbreviation and ends no sentence."""
    mark, next_word = candidate.start(), candidate.start("next")
    word = _word_before(text, start, mark)
    if word in TITLES:
        return True
    is_listed = word in OTHER_ABBREVIATIONS or word in STATES or word in TIMES_OF_DAY
    if text[next_word].isdigit():
        return is_listed or word in NUMBERED or _is_dotted(word)
    if not (is_listed or _is_dotted(word)):
        return False
    following = _first_word(text, next_word)
    if following in OPENING_WORDS or (is_listed and text[next_word - 1] in "\"'“‘"):
        return False
    if word in TIMES_OF_DAY:
        return following in AFTER_A_TIME
    if word in STATES and not candidate["closers"] and text.endswith(", ", start, mark - len(word)):
        return following in OFFICES or following in TITLES
    # `left the U.S. President Lee`: a title and a name take no "the", so that sentence has ended.
    return not (
        word == "U.S" and text.endswith("the ", start, mark - len(word)) and TITLE_AND_NAME.match(text, next_word)
    )


def _is_dotted(word: str) -> bool:
    """Return whether the word is an initial (`J`) or an abbreviation with inner dots (`U.S`)."""
    return (len(word) == 1 and word.isalpha()) or ("." in word and DOTTED.fullmatch(word) is not None)


def _word_before(text: str, start: int, mark: int) -> str:
    """Return the word that stands before a mark, without what is joined to its front: `Ariz` of `(R-Ariz`."""
    start = max(start, mark - LONGEST_ABBREVIATION)
    word = text[max(start, text.rfind(" ", start, mark) + 1) : mark]
    if word.isalnum():
        return word
    last = LAST_WORD.search(word)
    return last.group() if last else ""


def _first_word(text: str, start: int) -> str:
    word = FIRST_WORD.match(text, start)
    return word.group() if word else ""


def _speaker_follows(text: str, marks: str, next_word: int) -> bool:
    """Return whether a quotation's speaker follows it, so that the sentence runs on: `“Why?” Jo Lee asked.`"""
    tag = WHOLE_SPEAKER_TAG if marks == "." else SPEAKER_TAG
    return tag.match(text, next_word) is not None and _first_word(text, next_word) not in OPENING_WORDS


def _space_is_missing(text: str, start: int, candidate: re.Match[str]) -> bool:
    """Return whether a sentence ends where no space follows it: `the bill.He left`, but not in `Example.Com`."""
    mark, end = candidate.start(), candidate.end()
    before = text[max(start, mark - 2) : mark]
    if not (len(before) == 2 and before.isalpha() and before.islower()):
        return False  # `U.S.Senate`, `1.A`
    if not set(candidate["closers"]).isdisjoint("\"'"):
        return False  # a straight quotation mark between two words may open or close
    word = _word_before(text, start, mark)
    if word in TITLES or word in STATES or word in OTHER_ABBREVIATIONS or word in EXCLAMATION_NAMES:
        return False
    token = text[max(start, mark - LONGEST_ADDRESS) : mark].rpartition(" ")[2]
    return _first_word(text, end) not in TOP_LEVEL_DOMAINS and not ADDRESS.search(token)
