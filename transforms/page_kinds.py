"""Pages that answer an article's address without holding the article."""

import re
from collections.abc import Sequence

MAX_CONSENT_WORDS = 600  # words; a longer body holds an article beside its consent text
MIN_CONSENT_PHRASES = 3  # different ones; an article about privacy law uses one or two of them
MIN_CONSENT_SHARE = 0.7  # of the body's words, in blocks that hold a phrase

# What sites say to their reader, not what reporters write about sites: first and second person, or a button's words.
CONSENT_PHRASE = re.compile(
    r"\b(?:we (?:and our|use|value|need)[\w ,]* (?:partners|cookies|privacy|consent)"  # We and our 614 partners
    r"|on your device"  # store and access information on your device
    r"|your (?:consent|privacy settings|privacy choices|choices? appl)"  # Your choice applies to this website only
    r"|(?:accept|reject|allow|agree to|manage|refuse) (?:all|cookies|preferences|options)"  # Accept all
    r"|before you continue"
    r"|legitimate interest"
    r"|more options"
    r"|(?:non-)?personali[sz]ed (?:content|ads|advertising)"
    r"|ad and content measurement"
    r"|privacy policy|cookie policy)",
    re.IGNORECASE,
)


def is_consent_wall(blocks: Sequence[str]) -> bool:
    """Return whether the body's blocks ask for consent to cookies instead of telling a story (English pages)."""
    phrases = {match.casefold() for block in blocks for match in CONSENT_PHRASE.findall(block)}
    words = sum(len(block.split()) for block in blocks)
    asking = sum(len(block.split()) for block in blocks if CONSENT_PHRASE.search(block))
    return len(phrases) >= MIN_CONSENT_PHRASES and words <= MAX_CONSENT_WORDS and asking >= MIN_CONSENT_SHARE * words
