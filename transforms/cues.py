"""The cue lexicon: reporting words and expressions with their inflected forms, by what they add to "said".

The families follow what linguistics tells apart: verbs of communication (Levin 1993, classes 37.1 to 37.9), assertive
predicates (Hooper 1975), what a reporting verb says of the writer's stance (Thompson and Ye 1991; Hyland 2002). The
words were put together for this project, in British and American spelling, from reading the cues of PolNeAR's
training articles, of which 87 % have a family.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import get_args

from schemas.records import CueFamily

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
# Words that bring in an attitude or a finding. They are too common elsewhere to tell a reporting clause by.
ATTITUDE_VERBS: dict[CueFamily, str] = {
    "neutral": "discuss, share, issue, deliver, list, name, identify, title, retweet, address, voice, release, file",
    "assertive": """
        show, prove, demonstrate, establish, document, make clear, make it clear, point to, signal, imply, hint, rule,
        encourage, push, persuade, convince, refuse, decline, seek, lay out, repeat, recommend, promote, require
    """,
    "evaluative": """
        support, back, oppose, attack, assail, favour, favor, embrace, compare, liken, charge, champion, side, approve,
        critique, lash out, defend, vote, ignore, credit, hammer, target, scrutinise, scrutinize, celebrate
    """,
    "cognitive": "seem, appear, look, mean, weigh, recall, perceive, conceive, accept, notice",
    "predictive": "aim, try, eye, prepare, threaten, schedule",
    "emotive": "want, like, prefer, love, hate, care, chant, resent, envy, yearn, anger, upset, rattle",
    "reference": "reference, invoke, echo, attribute",
}
ATTITUDE_WORDS: dict[CueFamily, str] = {
    "neutral": "proposal, advice, speech, message",
    "assertive": "decision, ruling, proof, evidence, signal, hint, sign, clear",
    "evaluative": "support, opposition, attack, critique, critical, opposed, critic, supporter, backing",
    "cognitive": """
        confident, convinced, aware, sure, certain, uncertain, sceptical, skeptical, unclear, doubtful, idea, stance,
        position, sense, mind, impression, apparently, seemingly, consensus
    """,
    "predictive": "goal, aim, ambition, willing, ready, likely, unlikely, poised",
    "emotive": """
        concerned, worried, hopeful, angry, eager, proud, upset, afraid, glad, happy, optimistic, pessimistic, nervous,
        wary, frustrated, disappointed, interested, interest, desire, surprise, anger, frustration
    """,
    "reference": "reportedly, allegedly, supposedly, quote",
}
MARKS: dict[str, CueFamily] = dict.fromkeys(":-–—", "neutral")  # Ann Lee: …    “…” — Ann Lee
REFERENCES = ("according to", "in the words of", "as per", "quoted as saying", "cited as saying")
IRREGULAR = {
    "say": "said", "tell": "told", "write": "wrote written", "read": "read", "speak": "spoke spoken", "put": "put",
    "go": "went gone", "begin": "began begun", "sing": "sang sung", "swear": "swore sworn", "shoot": "shot",
    "hit": "hit", "think": "thought", "know": "knew known", "understand": "understood", "feel": "felt",
    "find": "found", "learn": "learned learnt", "see": "saw seen", "foresee": "foresaw foreseen",
    "foretell": "foretold", "show": "showed shown", "seek": "sought", "make": "made", "mean": "meant", "set": "set",
    "lay": "laid", "forecast": "forecast", "weep": "wept", "dream": "dreamed dreamt", "plead": "pleaded pled",
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
FAMILY: dict[str, CueFamily] = {
    **{word: family for family, words in ATTITUDE_WORDS.items() for word in words_of(words)},
    **{word + "s": family for family, words in ATTITUDE_WORDS.items() for word in words_of(words)},
    **{form: family for family, words in ATTITUDE_VERBS.items() for lemma in words_of(words) for form in _forms(lemma)},
    **NOUN_FAMILY,
    **VERB_FAMILY,
    **dict.fromkeys(REFERENCES, "reference"),
    **MARKS,
}

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


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression for any of the words, longest first, grouped by first letter to fail fast."""
    ordered = sorted(set(words), key=lambda word: (word[0], -len(word), word))
    groups = groupby(ordered, key=lambda word: word[0])
    return (
        "(?:"
        + "|".join(f"{first}(?:{'|'.join(re.escape(word[1:]) for word in group)})" for first, group in groups)
        + ")"
    )


def cue_family(cue_text: str) -> CueFamily | None:
    """Return the family of a reporting expression, None if none of its words is listed.

    Of several listed words the first that says more than "said" decides: "expressed concern" is emotive.
    """
    words = re.findall(r"\w+|[:–—-]", cue_text.lower())
    phrases = [" ".join(words[i:j]) for i in range(len(words)) for j in range(min(len(words), i + 4), i, -1)]
    families = [FAMILY[phrase] for phrase in phrases if phrase in FAMILY]
    return next((family for family in families if family != "neutral"), families[0] if families else None)
