"""The words that hand a statement to a speaker, and where they stand beside a quotation.

Reporting verbs by family, what a mention of a speaker looks like, and the patterns that join the two to a quotation.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, get_args

from schemas.records import CueFamily, QuoteType, Segment
from transforms.quotes import Quote, Span

VERBS: dict[CueFamily, str] = {
    "neutral": """
        say, tell, state, express, note, add, write, announce, report, explain, remark, comment, mention,
        observe, reply, respond, answer, ask, inquire, enquire, query, question, continue, recall, recount,
        relate, repeat, tweet, post, email, text, blog, message, read, disclose, reveal, indicate, inform,
        advise, notify, brief, testify, narrate, summarise, summarize, interject, chime in, offer,
        volunteer, elaborate, clarify, specify, outline, detail, publish, declare, speak, talk, point out,
        go on, put it, begin, start, conclude, suggest, propose, recommend, call, whisper, murmur, mutter,
        quip, joke, greet, introduce, interrupt, sing, recite, confide, reminisce, counsel, propound
    """,
    "assertive": """
        insist, claim, argue, assert, maintain, contend, allege, proclaim, affirm, avow, aver, swear, vow,
        pledge, promise, deny, reject, rebut, refute, counter, retort, stress, emphasise, emphasize,
        underline, underscore, highlight, confirm, reaffirm, reiterate, demand, urge, order, command, admit,
        concede, acknowledge, confess, protest, object, assure, reassure, guarantee, attest, certify,
        advocate, press, push back, hit back, fire back, shoot back, defend, agree, disagree, dispute,
        implore, exhort, appeal, call on, call for, remind, instruct, boast, brag, posit, profess,
        pronounce, request, threaten, challenge, clap back, tout
    """,
    "evaluative": """
        criticise, criticize, label, praise, condemn, denounce, blast, slam, deride, mock, ridicule, laud,
        hail, applaud, commend, blame, accuse, brand, dub, describe, characterise, characterize, deem,
        dismiss, decry, deplore, lambast, lambaste, rail, scold, chide, rebuke, reprimand, castigate,
        berate, scoff, sneer, rave, chastise, fault, term, portray, depict, rate, rank, welcome, endorse,
        disparage, insult, vilify, complain, grumble, gripe, carp, excoriate, admonish, skewer, extol,
        salute, decry
    """,
    "cognitive": """
        believe, think, know, consider, understand, assume, suppose, suspect, guess, imagine, feel, reckon,
        decide, doubt, wonder, realise, realize, find, figure, learn, see, view, regard, recognise,
        recognize, theorise, theorize, speculate, hypothesise, hypothesize, presume, surmise, deduce, infer,
        interpret, judge, remember, reflect, muse, ponder, calculate, determine, opine, philosophise,
        philosophize
    """,
    "predictive": """
        expect, predict, forecast, anticipate, project, foresee, envisage, envision, estimate, plan, intend,
        foretell, prophesy, augur, warn, caution, forewarn
    """,
    "emotive": """
        hope, fear, worry, regret, lament, rejoice, cry, sob, weep, sigh, laugh, exclaim, enthuse, gush,
        moan, groan, wail, whine, bemoan, mourn, marvel, chuckle, grin, smile, beam, snap, fume, rage,
        thunder, roar, bark, wish, dream, dread, apologise, apologize, thank, congratulate, celebrate,
        sympathise, sympathize, tease, giggle, yell, shout, scream, shriek, bellow, plead, beg, vent, crow,
        cheer, sneer, deadpan, gasp, growl, stammer
    """,
    "reference": "cite, quote, refer",
}
NOUNS: dict[CueFamily, str] = {
    "neutral": "statement, remark, comment, announcement, suggestion, answer, reply, response, question, testimony",
    "assertive": "claim, assertion, allegation, argument, demand, promise, pledge, vow, denial, insistence, admission",
    "evaluative": "criticism, accusation, praise, condemnation, complaint, rebuke, endorsement",
    "cognitive": "belief, view, opinion, thought, doubt, assumption, suspicion, theory, speculation",
    "predictive": "expectation, prediction, forecast, warning, projection, estimate, plan, intention",
    "emotive": "hope, fear, worry, worries, concern, regret, anxiety, dismay, outrage, optimism",
    "reference": "quotation",
}
REFERENCES = ("according to", "in the words of", "as per", "quoted as saying", "cited as saying")
IRREGULAR = {
    "say": "said", "tell": "told", "write": "wrote written", "read": "read", "speak": "spoke spoken", "put": "put",
    "go": "went gone", "begin": "began begun", "sing": "sang sung", "swear": "swore sworn", "shoot": "shot",
    "hit": "hit", "think": "thought", "know": "knew known", "understand": "understood", "feel": "felt",
    "find": "found", "learn": "learned learnt", "see": "saw seen", "foresee": "foresaw foreseen",
    "foretell": "foretold", "forecast": "forecast", "weep": "wept", "dream": "dreamed dreamt", "plead": "pleaded pled",
}  # fmt: skip
DOUBLING = ("admit", "regret", "refer", "infer", "rebut", "quip", "plan", "beg", "sob", "grin", "snap", "brag", "dub",
            "slam", "blog", "chat", "clap", "put", "begin", "hit")  # fmt: skip
BRITISH_DOUBLING = ("label", "counsel", "marvel")  # labelled and labeled


def _forms(lemma: str) -> Iterator[str]:
    """Yield the inflected forms of a verb; of "point out", the first word is inflected."""
    verb, space, particle = lemma.partition(" ")
    stems = [verb[:-1] if verb.endswith("e") else verb]
    if verb in DOUBLING + BRITISH_DOUBLING:
        stems = [verb + verb[-1], verb] if verb in BRITISH_DOUBLING else [verb + verb[-1]]
    ends_in_consonant_y = verb.endswith("y") and verb[-2] not in "aeiou"
    past = IRREGULAR[verb].split() if verb in IRREGULAR else [stem + "ed" for stem in stems]
    if ends_in_consonant_y and verb not in IRREGULAR:
        past = [verb[:-1] + "ied"]
    third = (
        verb[:-1] + "ies" if ends_in_consonant_y else verb + ("es" if verb.endswith(("s", "sh", "ch", "o")) else "s")
    )
    for form in (verb, third, *past, *(stem + "ing" for stem in stems)):
        yield form + space + particle


def words_of(text: str) -> list[str]:
    """Return the words of a list set out as text, phrases where it has commas."""
    return [" ".join(word.split()) for word in (text.split(",") if "," in text else text.split())]


LEMMAS = {lemma for words in VERBS.values() for lemma in words_of(words)}
VERB_FAMILY: dict[str, CueFamily] = {
    form: family for family in get_args(CueFamily) for lemma in words_of(VERBS[family]) for form in _forms(lemma)
}
NOUN_FAMILY: dict[str, CueFamily] = {
    form: family for family in get_args(CueFamily) for noun in words_of(NOUNS[family]) for form in (noun, noun + "s")
}
FAMILY: dict[str, CueFamily] = {**NOUN_FAMILY, **VERB_FAMILY, **dict.fromkeys(REFERENCES, "reference")}


SPOKEN_BASES = {"say", "add", "write", "tell", "ask", "argue", "insist", "think", "believe", "warn", "agree", "put it"}
PARTICIPLES = {form for form in VERB_FAMILY if form.split()[0].endswith("ing")}  # saying, pointing out
FINITE = {
    form
    for form in VERB_FAMILY
    if form not in PARTICIPLES and (form not in LEMMAS or form in SPOKEN_BASES | {"put it"})
}
# Verbs that take a quotation as their object
LABELS = words_of(
    "call calls called calling labels labelled labeled labelling brands branded dubs dubbed terms termed deems deemed"
)
OTHER_FINITE = words_of("""
    am is are was were isn't aren't wasn't weren't has have had hasn't haven't hadn't do does did don't doesn't
    didn't can can't cannot could couldn't will won't would wouldn't shall should shouldn't may might must became
    become becomes began begins broke brought brings built bought came comes chose cost costs drew drove fell felt
    finds flew found fought gave gives gets goes got grew held heard keeps kept knew knows lacks laid lay leads led
    left lets lies lived lives looks lost made makes means meant met needs opens owns paid ran remain remains rose
    runs sat saw seem seems sees sent serves shows shut sits sold spent spoke stands stays stood stole struck sued
    takes taught thought threw took turns understood wants went wins won wore works wrote appears applies belongs
    consists contains continues covers depends exists expects faces follows happens helps holds includes involves
    lasts marks matters plays provides raises refuses reflects rests starts stems tends tries uses varies
""")


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression for any of the words, longest first, grouped by first letter to fail fast."""
    ordered = sorted(set(words), key=lambda word: (word[0], -len(word), word))
    groups = groupby(ordered, key=lambda word: word[0])
    return (
        "(?:"
        + "|".join(f"{first}(?:{'|'.join(re.escape(word[1:]) for word in group)})" for first, group in groups)
        + ")"
    )


# he voted, it isn't, who lives, a storm hit; not "the proposed plan", "shops closed by the storm"
FINITE_VERB = re.compile(
    rf"\b(?:{any_of(form for form in {*OTHER_FINITE, *FINITE} - NOUN_FAMILY.keys() if not form.endswith('ed'))}"
    r"|(?:I|he|she|we|they|who)\s+[a-z]\w+|\w+[’'](?:re|ve|ll|m|d)|[a-z]\w+n[’']t)\b"
    r"|(?<!\bthe )(?<!\ba )(?<!\ban )\b[a-z]\w+ed\b(?! by\b)",
    re.IGNORECASE,
)
RELATIVE = re.compile(r"(?:who|which|whose)\b")  # a resident | who asked not to be named
BYLINE = re.compile(r"(?:By|Photo|Photos|Source|Read|More)\b")  # By Ann Lee; Photo by Ann Lee; More in News
MIN_SENTENCE = 3  # words; a shorter line without a listed verb is a label


def has_finite_verb(text: str) -> bool:
    """Return whether an English clause seems to hold a finite verb of its own; a word list and endings, no parser."""
    return not RELATIVE.match(text) and bool(FINITE_VERB.search(text.replace("’", "'")))


def reads_as_sentence(text: str) -> bool:
    """Return whether a line is a sentence, though perhaps without a listed verb; not a dateline, byline or label."""
    plain_words = {word for word in re.findall(r"\b[a-z]\w+", text) if word not in FUNCTION_WORDS}
    closed = len(text.split()) >= MIN_SENTENCE and text[-1:] in ".?!" and plain_words and not BYLINE.match(text)
    return bool(closed) or has_finite_verb(text)


def cue_family(cue_text: str) -> CueFamily | None:
    """Return the family of a reporting expression, None if none of its words is listed.

    Of several listed words the first that says more than "said" decides: "expressed concern" is emotive.
    """
    words = re.findall(r"\w+", cue_text.lower())
    phrases = [" ".join(words[i:j]) for i in range(len(words)) for j in range(min(len(words), i + 4), i, -1)]
    families = [FAMILY[phrase] for phrase in phrases if phrase in FAMILY]
    return next((family for family in families if family != "neutral"), families[0] if families else None)


# What a mention of a speaker looks like.
DETERMINERS = words_of("""
    the a an one another this that these those some many several most other both two three four five six his her
    their its our my few more
""")
# Words no mention holds but before its end: "Lee | of", "the mayor | on Monday".
FUNCTION_WORDS = words_of("""
    of in on at to as by with from for after before during while when if because who whom whose which and or but he
    she they it we i you him them us me not yesterday today tomorrow tonight monday tuesday wednesday thursday
    friday saturday sunday last next later earlier then also is are was were has have had would could will where how
    why what so yet though although since until than about into over under through according via there here january
    february march april june july august september october november december still just only even meanwhile however
    both again together now never always once speaking referring asked
""")
ORGANISATIONS = words_of("""
    ministry department police inc corp co ltd llc plc company council committee court agency association party
    union bank university college institute government administration campaign office bureau commission authority
    authorities board foundation organisation organization club team times post journal news tribune herald gazette
    parliament congress senate house embassy army navy military church school hospital firm network newspaper
    magazine coalition federation league group centre center service society trust pac
""")
DOCUMENTS = words_of("""
    report study poll survey filing letter lawsuit complaint document documents ruling memo paper statement tweet
    article book review transcript indictment affidavit audit analysis website sign email bill order record records
""")
OFFICIALS = words_of("""
    spokesperson spokesman spokeswoman official officials officer aide aides source sources insider diplomat
    diplomats prosecutor prosecutors minister senator mayor governor president chief judge sheriff detective
    ambassador adviser advisor advisers advisors representative deputy secretary spokespeople commissioner chairman
    chairwoman
""")
PRONOUNS = frozenset({"he", "she", "they", "it", "we", "i"})

_ABBREVIATION = (
    r"(?:Mr|Mrs|Ms|Mx|Dr|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Capt|Maj|Cmdr|Adm|Prof|Rev|Fr|Hon|St|Jr|Sr|Del|Det|Supt|Insp|Pres"
    r"|Cpl|Pvt|Msgr|Amb|Inc|Co)\."
)
_PARTICIPLE = any_of(word for word in PARTICIPLES if " " not in word)
_WORD = rf"(?!(?i:{any_of(FUNCTION_WORDS)}|{_PARTICIPLE})\b)(?:{_ABBREVIATION}|(?:[A-Z]\.)+|[^\W_][\w&]*(?:[’'-]\w+)*)"
_DETERMINER = rf"(?i:{any_of(DETERMINERS)})\b"
_CAPITAL = (
    rf"(?!(?i:{any_of(FUNCTION_WORDS)}|{any_of(DETERMINERS)})\b)"
    rf"(?:{_ABBREVIATION}|(?:[A-Z]\.)+|[^\W\d_a-zß-ÿ]\w*(?:-\w+|[’'](?!s\b)\w+)*)"
)
CAPITALS = re.compile(rf"(?<!\w){_CAPITAL}(?:\s+{_CAPITAL}){{1,5}}")  # Mayor Ann Lee
OTHER_NAME = re.compile(
    rf"(?<!\w)(?<!of )(?<!in )(?<!at )(?<!from )(?<!to )(?<!for ){_CAPITAL}"
)  # Roe; not: of Ridgeport
_OFFICE = any_of(map(str.capitalize, ORGANISATIONS))


def mention_pattern(*, shortest: bool) -> str:
    """Return the regular expression of a mention: `one user`, `Mayor Ann Lee`, `a spokesperson for the port`, `she`."""
    lazy = "?" if shortest else ""
    words = rf"{_WORD}(?:\s+{_WORD}){{0,5}}{lazy}"
    of = rf"\s+(?:of|for|close\s+to)\s+(?:{_DETERMINER}\s+)?{words}"
    return (
        rf"(?:(?i:he|she|they|it|we|i)\b|{_DETERMINER}\s+{words}(?:{of})?"
        rf"|(?:{_WORD}\s+){{0,2}}{_OFFICE}\s+of\s+(?:the\s+)?{words}|(?!{_DETERMINER}){words})"
    )


def is_mention(text: str) -> bool:
    """Return whether a noun phrase can be a speaker: a pronoun, with a determiner or a capital, or a plural."""
    words = text.split()
    first, last = words[0].lower(), words[-1].lower()
    return (
        first in PRONOUNS
        or first in DETERMINERS
        or text != text.lower()
        or last.endswith("s")
        or last in ("police", "people")
    )


# Where cue and speaker stand beside a quotation. In the texts read here, quotations are blotted out with NUL.
_NEAR, _FAR = (rf"(?P<source>{mention_pattern(shortest=shortest)})" for shortest in (True, False))
_ADVERBS = (
    r"(?:(?:also|later|then|now|once|still|has|had|have|would|further|recently|first|was|were|went|\w+ly)\s+){0,3}"
)
_SAID = rf"(?P<cue>quoted\s+as\s+saying|on\s+to\s+say|(?i:{any_of(FINITE)}))\b"
_SPEAKING = any_of(form for form in FINITE | PARTICIPLES if form.split()[0] not in LABELS)
_ASIDE = (
    r"(?:\s\([^\0)]{1,60}\))?(?:,[^\0,]{1,80},(?:[^\0,]{1,80},)?|,?\s(?:who|of|in|from|at|on|with)\b[^\0,.;:]{1,80}?)?"
)
# ” one user expressed.   ” Lee, 54, of Ridgeport, later told reporters   ” a woman in the crowd shouted
PLAIN_AFTER = re.compile(rf",?\s*{_NEAR}{_ASIDE}\s+{_ADVERBS}{_SAID}")
# ” said Mayor Ann Lee, 54, of Ridgeport.   ” according to Lee.
INVERTED_AFTER = re.compile(rf",?\s*\b(?P<cue>(?i:{any_of({*FINITE, *REFERENCES})}))\s+{_FAR}")
SIGNED_AFTER = re.compile(rf"\s*[—–―-]{{1,2}}\s*{_FAR}\.?\s*(?:$|\0)", re.MULTILINE)  # ” —Commissioner Ann Lee
SIGNED_BEFORE = re.compile(rf"^(?:From\s+)?{_FAR}:\s*$")  # From Chairwoman Ann Lee: “
# According to Lee, “   Said Ellis: “
INVERTED_BEFORE = re.compile(rf"(?P<cue>\b(?i:{any_of(REFERENCES)})|^(?i:{any_of(FINITE)}))\s+{_FAR}")
CUE = re.compile(rf"(?<![\w’'-])(?P<cue>quoted\s+as\s+saying|(?i:{_SPEAKING}))\b")
SUBJECT = re.compile(rf"(?<![\w’'-]){_NEAR}{_ASIDE}(?:,?\s+who)?\s+{_ADVERBS}$")  # Lee, the mayor, then | said: “
CLOSE_SUBJECT = re.compile(rf"(?<![\w’'-]){_NEAR}\s+$")  # footage of Lee | saying “
# At the forum, Lee, a lawyer, | rejected the plan, saying “
OPENING_SUBJECT = re.compile(rf"(?:(?:In|On|At|After|During|Last)\b[^\0,]{{1,80}},\s+)?{_NEAR}{_ASIDE}(?=\s+[a-z])")
# Lee | called it “   not: what Lee calls a “
LABELLING = re.compile(
    rf"(?<![\w’'-])(?P<cue>{any_of(LABELS)})\s[^\0,.;:]{{1,60}}(?<!\ba)(?<!\ban)(?<!\bthe)(?<![’']s)\s$"
)
NEW_SENTENCE = re.compile(r"(?:The|An?|This|These|He|She|They|It|We)\b")  # “Why?” | The council voted
SENTENCE_OPENERS = ("", "But", "And", "Still", "Yet", "So")  # what a sentence may start with before its quotation
INTERJECTED = re.compile(r"[^\0.!?:;]{0,80}[,—–]\s*$")  # “A,” Lee said | on Monday, | “B.”
MIN_QUOTE = 3  # words; shorter quotations without a speaker beside them are nicknames and scare quotes
REACH = 250  # characters beside a quotation in which its speaker is looked for
MOST_CUES = 5  # reporting words tried before a quotation, from the nearest on
LONGEST_NAME = 5  # words, titles included; more are a headline
LONGEST_GAP = 120  # characters between a reporting word and its quotation


class Link(NamedTuple):
    """The speaker and the reporting word that stand with a quotation, as spans of the text."""

    source: Span | None = None
    cue: Span | None = None


NO_LINK = Link()


def surroundings(masked: str, sentences: Sequence[Segment], first: int, final: int, quote: Quote) -> tuple[str, str]:
    """Return the words of its sentence before a quotation, and those after it up to the end of the next sentence.

    A quotation that opens its sentence is led to by the sentence before, if that ends in a colon.
    """
    if sentences[first].start_char == quote.start_char and first and sentences[first - 1].text.endswith(":"):
        first -= 1
    paragraph = sentences[final].paragraph_index
    end = max(s.end_char for s in sentences[final : final + 2] if s.paragraph_index == paragraph)
    before = masked[max(sentences[first].start_char, quote.start_char - REACH) : quote.start_char]
    return before, masked[quote.end_char : min(end, quote.end_char + REACH)]


def find_link(before: str, content: str, after: str, start_char: int, end_char: int) -> tuple[QuoteType, Link] | None:
    """Return how and by whom the quotation at start_char:end_char is said, by the words around it; None: not at all."""
    lead = start_char - len(before)
    trailing = _link_after(content, after, end_char) if _opens_sentence(before) else None
    leading = None if trailing and content.endswith(",") else _link_before(before, content, after, lead)
    if link := leading or trailing:
        return "direct", link
    label = None if re.match(r"[\s-]*\w", after) else LABELLING.search(before)
    subject = SUBJECT.search(before[: label.start()]) if label else None
    if label and subject and is_mention(subject["source"]):
        return "mixed", _link(subject.span("source"), label.span("cue"), lead)
    return None


def _link_before(before: str, content: str, after: str, offset: int) -> Link | None:
    cue = None
    for match in list(CUE.finditer(before))[: -MOST_CUES - 1 : -1]:
        if cue is None and not _introduces(before[match.end() :], content, after):
            continue
        cue = cue or match.span("cue")
        ahead, participle = before[: match.start()], match["cue"].lower() in PARTICIPLES
        subject = (CLOSE_SUBJECT if participle else SUBJECT).search(ahead)
        if subject and is_mention(subject["source"]):
            return _link(subject.span("source"), cue, offset)
    for match in INVERTED_BEFORE.finditer(before):
        if _introduces(before[match.end() :], content, after) and is_mention(match["source"]):
            return _link(match.span("source"), match.span("cue"), offset)
    opening = (OPENING_SUBJECT if cue else SIGNED_BEFORE).match(before)
    if opening and (opening["source"].lower() in PRONOUNS or _is_name(opening["source"])):
        return _link(opening.span("source"), cue, offset)
    return _link(None, cue, offset) if cue else None


def _link_after(content: str, after: str, offset: int) -> Link | None:
    signed = SIGNED_AFTER.match(after)
    if signed and _is_name(signed["source"]):
        return _link(signed.span("source"), None, offset)
    if content[-1] == "." and not after.startswith(",") and not after.lstrip()[:1].islower():
        return None
    for pattern in (INVERTED_AFTER, PLAIN_AFTER):
        match = pattern.match(after)
        if match and is_mention(match["source"]) and not (content[-1] in "?!…" and NEW_SENTENCE.match(match["source"])):
            return _link(match.span("source"), match.span("cue"), offset)
    return None


def interjects(gap: str) -> bool:
    """Return whether the words between two quotations are set into one: “A,” Lee said | on Monday, | “B.”"""
    return bool(INTERJECTED.match(gap)) and not CUE.search(gap)


def is_speech(before: str, content: str, after: str) -> bool:
    """Return whether a quotation with no cue is a sentence, or ends in the comma of speech; no name, no title."""
    words = content.split()
    is_title = sum(word[0].isupper() for word in words) > len(words) / 2
    complete = content[-1] in ".?!…" and not re.match(r"\s*[a-z]", after)
    comma = content[-1] == "," or after.startswith(",")
    return len(words) >= MIN_QUOTE and not is_title and (complete or comma) and _opens_sentence(before)


def _opens_sentence(before: str) -> bool:
    tail = before.rstrip(" ,")
    return tail in SENTENCE_OPENERS or (before.rstrip() == tail and tail[-1] in ".!?:;…\0")


def _is_name(source: str) -> bool:
    words = source.split()
    return words[-1][0].isupper() and len(words) <= LONGEST_NAME


def _introduces(gap: str, content: str, after: str) -> bool:
    """Return whether the words between a cue and a quotation make all of the quotation what is said."""
    gap = gap.strip()
    if "\0" in gap or len(gap) > LONGEST_GAP:
        return False
    ends_clause = content[-1] in ".,?!…" or not after.strip() or after.lstrip()[0] in ".,;?!"
    return gap.endswith(":") or (
        ends_clause and (gap in ("", "that", ",") or (gap[-1] == "," and content[0].isupper()))
    )


def _link(source: Span | None, cue: Span | None, offset: int) -> Link:
    return Link(*((span[0] + offset, span[1] + offset) if span else None for span in (source, cue)))
