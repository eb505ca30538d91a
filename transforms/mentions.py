"""Function words: what a noun phrase may start with, and what none holds."""

from transforms.cues import words_of

DETERMINERS = words_of("""
    the a an one another this that these those some many several most other both two three four five six his her
    their its our my few more
""")
# Words no mention holds but before its end: "Lee | of", "the mayor | on Monday".
FUNCTION_WORDS = frozenset(
    words_of("""
    of in on at to as by with from for after before during while when if because who whom whose which and or but he
    she they it we i you him them us me not yesterday today tomorrow tonight monday tuesday wednesday thursday
    friday saturday sunday last next later earlier then also is are was were has have had would could will where how
    why what so yet though although since until than about into over under through according via there here january
    february march april june july august september october november december still just only even meanwhile however
    both again together now never always once speaking referring asked nevertheless nonetheless perhaps besides
    always sometimes afterwards otherwise instead towards across unless whereas whose
""")
)
