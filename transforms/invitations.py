"""What a site says to its reader among the paragraphs of an article: sign up, follow us, get in touch, cookies.

English wording. Imperatives count only where they open a sentence, so that a report of somebody who signs up for
something stays; a text that reports speech is never an invitation.
"""

import re

MAX_INVITATION_LENGTH = 600  # characters; a longer paragraph is the article's, whatever it says


def one_of(*alternatives: str) -> str:
    """Return a pattern that matches any of the patterns, the first one first."""
    return f"(?:{'|'.join(alternatives)})"


# "Please ", "If you liked this story, ", "For more on ferries, ": what may stand before an imperative
LEAD_IN = one_of(
    "please ", "to ", "you can ", "just ", "or ", "and ", "also,? ", "then ", "why not ", "if you .{0,60}, ",
    "for .{0,120}, ",
)  # fmt: skip
NETWORK = one_of(
    "twitter", "facebook", "instagram", "x\\b", "google", "whatsapp", "telegram", "linkedin", "threads", "bluesky",
    "tiktok", "youtube", "snapchat", "apple", "flipboard", "social", "@", "community", "forums?", "podcast",
    "newsletter",
)  # fmt: skip
PERSON = "(?:us|me|him|her|them|the (?:author|writer|reporter|newsroom|editor))"
IMPERATIVE = one_of(
    r"sign(?:ing)? up (?:to|for|here|now|today|below|with)",  # Sign up for our newsletter
    r"subscribe\b",
    r"get (?:real[- ]time|live|all the|the latest)\b",  # Get real-time updates on the election
    r"get (?:the|our|your) (?:\w+ ){0,4}(?:newsletter|app|inbox|alerts|e-?mails?)",  # Get the daily newsletter
    rf"(?:follow|like|find|join|watch|connect with) (?:{PERSON}|our|@\w+|(?:[\w.’'&-]+ ){{1,5}}on) ?"
    rf"(?:(?:on|at|via) )?(?:our )?{NETWORK}",  # Follow us on Twitter, Like the Gazette on Facebook
    r"get in touch\b",
    rf"contact {PERSON}\b",
    rf"(?:e-?mail|message|tweet|text|call|write to) (?:{PERSON}|our|\S+@\S+|[A-Z][\w ]{{2,40}} at)\b",
    r"e-?mail: ",
    r"send (?:us |me |in )?(?:your|an?|any|story) (?:\w+ )?"
    r"(?:stor(?:y|ies)|tips?|letters?|comments|feedback|views|photos|questions|e-?mail|ideas)",  # Send us your tips
    r"(?:click|tap) (?:here|the link|on the|through)",
    r"bookmark (?:our|this|us)",
    r"(?:visit|check|check out|see|browse|explore) (?:more of |all )?(?:our|the [\w’']+(?: [\w’']+){0,3}['’]s?) ",
    r"stay (?:informed|tuned|up[- ]to[- ]date|connected|ahead|in the (?:know|loop))",
    r"(?:do you have|got) an? (?:story|tip|question|news)",  # Do you have a story to tell?
    r"leave (?:a|your) (?:comment|reply)",
    r"(?:post|add|share) (?:a|your) (?:comment|thoughts|views?|opinion|story|experiences?)",
    r"share this|have your say|tell us|let us know|what do you think\?",
    r"join (?:the (?:conversation|discussion|debate)|our)",
    r"download (?:the|our|this) ",
    r"(?:support|donate to) (?:our|us|independent|quality)",
    r"become a (?:member|subscriber|patron|supporter)",
    r"already (?:a|have) (?:subscriber|member|an account)",
    r"(?:log|sign) ?in (?:to|or|here)|create (?:a|an|your) (?:free )?account|register (?:for free|now|here|today)",
    r"continue reading|start your (?:free )?trial|subscribers? can",
    r"follow along|keep up (?:to date )?with",
    r"listen to .{2,60}(?:podcast|live|on (?:apple|spotify))|listen (?:here|live|on|now)",
    r"refresh (?:the|this) page|enable (?:javascript|cookies)|turn on javascript",
    r"read (?:the full|more|our|next)\b|find (?:out )?(?:more|all|out more)\b.{0,40}\b(?:here|website|our)",
    r"for more (?:stories|news|information|on this|details|from|about|great|recipes)\b",
)
# "Sign up for our newsletter.", "Liked this? Follow us on Twitter."
INVITATION = re.compile(
    rf"(?:^|[.!?:•|–—*(]\s+|^.{{0,40}}\?\s+){LEAD_IN}?{IMPERATIVE}",
    re.IGNORECASE,
)
# "our daily newsletter", "We may earn a commission", "This website uses cookies": wherever it stands in a line
HOUSE_NOTICE = re.compile(
    one_of(
        r"\bour (?:free |daily |weekly |morning |email )*newsletters?",
        r"\b(?:income|we may) (?:earn|earning|receive|get)\b.{0,30}(?:affiliate|commission)",
        r"\baffiliate (?:links?|commissions?|partners?)",
        r"\buses? (?:of )?cookies|(?:cookie settings|allow cookies)\b",
        r"\b(?:web )?browser is (?:no longer|not) supported|\bjavascript (?:is|must be)",
        r"\bcomments? (?:are|is|will be) (?:closed|moderated|disabled|subject to)|\bmoderating all comments",
        r"\bhouse rules|\bcommunity (?:guidelines|standards)",
        r"\bterms (?:of (?:use|service)|and conditions)|\bprivacy (?:policy|notice)",
        r"\b(?:straight|sent|delivered) (?:\w+ ){0,4}to your (?:inbox|phone|door)|\byour (?:inbox|e-?mail address)\b",
        r"\b(?:can be|is) (?:reached|contacted) (?:at|on|via|by e-?mail)",
        r"\b(?:views|opinions) expressed (?:in|here|by|are)|\bdoes not necessarily (?:reflect|represent)",
        r"\bthis (?:story|article) (?:has been|was|is being|will be) (?:updated|corrected)",
        r"\bbreaking (?:news? )?story\b|\bmore (?:details )?to follow|\bmore to come\b",
        r"\bis an invitation-only (?:\w+ ){0,2}(?:community|network|organi[sz]ation)\b",
        r"\bthis (?:post|shop|review|article) (?:is|was|has been) (?:sponsored|compensated) by\b",
        r"\ball opinions are mine\b",
        r"\bstory saved|\bmy bookmarks",
        r"\b(?:make|be) sure to (?:bookmark|subscribe|follow|check|sign|visit|read|listen)|\bwhere that came from",
        r"\bour (?:\w+ ){0,3}podcast",
        r"\bthis (?:story|article|piece) (?:was|has been|is) (?:adapted|(?:originally |first )?(?:re)?published) ",
        r"\be-?mail (?:alerts?|newsletter)|\bpush notifications|\byoutube channel|\bsubscriber[- ]only",
    ),
    re.IGNORECASE,
)
# "Sign up at the harbour," said Brook: quoted or reported, an invitation is the article's
QUOTATION = re.compile(r"[“”\"]")
SPEECH = re.compile(r"\b(?:said|says|told|according to)\b")


def invitation_start(text: str) -> int | None:
    """Return where in a text an offer or a notice of the site begins, None where there is none."""
    if len(text) > MAX_INVITATION_LENGTH or SPEECH.search(text):
        return None
    found = HOUSE_NOTICE.search(text) or (None if QUOTATION.search(text) else INVITATION.search(text))
    return found.start() if found else None


def invites_reader(text: str) -> bool:
    """Return whether a text holds an offer or a notice of the site anywhere."""
    return invitation_start(text) is not None
