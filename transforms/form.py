"""The surface form of a statement: declarative, question, imperative or fragment; by rules, for English.

After the sentence types of GUM (Zeldes 2017): `q` and `wh` are questions, `imp` imperatives, `frag` and `intj`
fragments, all else declarative. An imperative begins with a verb in its base form, which in English may be a noun too:
what follows the verb decides.
"""

import re

from schemas.records import Form
from transforms.cues import words_of

WORD = re.compile(r"[A-Za-z]+(?:[’'][a-z]+)?")
CLOSING = "”\"’')]» \t\n\xa0*_"
LAST_SENTENCE = re.compile(r"(?<=[.!?])[”\"’')]?\s+(?=[“\"‘'(]?[A-Z])")


def _set(text: str) -> frozenset[str]:
    return frozenset(words_of(text))


OPENERS = _set(  # what may stand before an imperative
    "and but so or then now just please always never also instead first second third next finally lastly simply again "
    "oh hey ok okay well alternatively otherwise thus therefore still only carefully gently slowly quickly kindly"
)
# if you like, | go    when it rains, | stay    for more, | see    to begin, | press
LEADING_CLAUSE = re.compile(
    r"(?i)^(?:if|when|once|while|after|before|until|unless|whenever|wherever|as|for|to|in|at|on|with|from|without|"
    r"by|during|depending|using|because|since|rather)\b[^,;:.?!]{2,120}[,:]\s+"
)
# verbs that are hardly ever the first word of another kind of sentence
PLAIN_VERBS = _set(
    "accept add adjust admit agree allow announce apply arrange arrive ask assemble assume attach avoid bake be "
    "bear beat begin believe blend boil bring brush build bury buy call calm carry catch celebrate challenge check "
    "cheer choose chop clean click close collect combine come compare complete compress confirm connect consider "
    "contact continue convince cook cool cover crack create cross cut decide define delete deploy describe "
    "determine develop dig dip discover discuss divide do don't donate don’t drain draw dress drink drive drop dry "
    "eat eliminate empty encourage enjoy ensure enter establish examine expect experience explain explore fasten "
    "fear feel fertilize fetch fill find finish fix flip focus fold follow force forget forgive freeze fry garnish "
    "gather get give go grab grate grind grow guess hang harvest have hear heat help hike hire hold hurry identify "
    "ignore imagine improve include increase inform insert inspect introduce invest investigate invite join keep "
    "kick kill know lay learn leave let let's let’s lift listen locate look lose lower maintain make mark measure "
    "meet melt mind mix move note notice obtain open organise organize pack pay peel perform pick place plant plug "
    "pour practice practise preheat prepare press pretend prevent proceed produce protect provide pull purchase "
    "push put quit raise reach read realize recall recognize reduce refer refuse reheat relax remain remember "
    "remind remove repeat replace respect ride rinse roll rub run save say scatter scrape scroll search secure see "
    "seek select sell send separate serve set shake share shut sing sit slice slide smile soak speak spend spray "
    "spread sprinkle squeeze stand start stay steer step stick stir stop store strap stretch subscribe support take "
    "talk tap teach tell thank think throw tie toss train treat trim trust try turn twist type understand unplug "
    "use vary visit vote wait wake walk wash watch water wear whisk wipe wish wonder wrap write "
)
NO_VERBS_BEFORE = _set(  # after one of these words, the word before was no verb: Study finds, Cut prices rose
    "is are was were has had have will would can could may might must should said says found finds shows or"
)
SUBJECTS = _set("i we they he she there who")  # "Say it" is an imperative, "Say I" is none
# a word that only a verb with a subject is: is, said, has, doesn’t …, or one in -ed, -s after a noun
FINITE = re.compile(
    r"(?i)\b(?:am|is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|may|might|must|shall|should|ca|wo|"
    r"says?|said|goes|went|got|gets?|makes?|made|takes?|took|comes?|came|knows?|knew|thinks?|thought|sees?|saw|gave|gives?|"
    r"found|finds?|feels?|felt|keeps?|kept|left|lets?|put|told|became|began|brought|bought|held|lost|met|paid|ran|rose|fell|"
    r"sent|set|stood|won|wrote|wants?|needs?|likes?|loves?|works?|looks?|seems?|means?|lives?|runs?|\w+ed|\w+n[’']t|\w+[’'](?:s|re|ve|ll|d|m))\b"
)
# can he tell a story    How is it done
INVERSION = re.compile(
    r"(?i)(?:(?:who|what|where|why|how)\s+)?(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)(?:n[’']t)?"
    r"\s+(?:i|you|we|they|he|she|it|there)\b"
)
PARTICIPLE = re.compile(r"\w+(?:ed|en|wn)|been|had|made|said|not|also|long|since|yet")
# Nonna goes “What do you think?”: the question is somebody else's
QUOTED_QUESTION = re.compile(r"^[^“\"‘?]+\s[“\"‘][^“”\"]*\?[”\"’']+$")
PRONOUN_SUBJECT = re.compile(r"(?i)\b(?:i|we|they|he|she|there)\s+(?:\w+ly\s+)?\w+")  # They suspect a clerk
MIN_SENTENCE = 6  # words, with a full stop: it has a verb that is in no list
MIN_CLAUSE = 3  # words; fewer are fragments, whatever they are


def form_of(text: str) -> Form:
    """Return the form of a statement, in its last sentence if it has several."""
    last = LAST_SENTENCE.split(text.strip())[-1]
    bare = last.rstrip(CLOSING)
    inverted = INVERSION.match(last.lstrip("“\"‘'(")) and not bare.endswith((".", "!", ","))
    if bare.endswith("?") or inverted:
        return "declarative" if QUOTED_QUESTION.match(last) else "question"
    if is_imperative(last):
        return "imperative"
    words = len(WORD.findall(last))
    is_clause = bool(FINITE.search(last) or PRONOUN_SUBJECT.search(last)) and words >= MIN_CLAUSE
    return "declarative" if is_clause or (bare.endswith(".") and words >= MIN_SENTENCE) else "fragment"


def is_imperative(sentence: str) -> bool:
    """Return whether a sentence begins with a verb in its base form, after openers and a leading clause."""
    rest = sentence.lstrip("“\"‘'([-—–• \t*").strip()
    rest = LEADING_CLAUSE.sub("", rest, count=1)
    words = WORD.findall(rest)[:6]
    lower = [word.lower() for word in words]
    while lower and lower[0] in OPENERS:
        words, lower = words[1:], lower[1:]
    if not lower or lower[0] not in PLAIN_VERBS:
        return False
    if len(lower) == 1:
        return True
    if lower[0] == "have" and PARTICIPLE.fullmatch(lower[1]):  # have criticised: what is left of "many have criticised"
        return False
    return lower[1] not in NO_VERBS_BEFORE and lower[1] not in SUBJECTS
