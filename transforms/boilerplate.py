"""Lines among an article's paragraphs that are no part of it, as their own words show: pointers, labels, bylines.

A pattern takes the whole of a short line, so that a paragraph which begins with the same words stays. Mostly English
wording, with the commonest pointers of other languages.
"""

import re

from transforms.invitations import invitation_start, one_of

MAX_LINE_LENGTH = 400  # characters; a longer paragraph is the article's, whatever it says
MAX_CREDIT_LENGTH = 140  # characters
MAX_BYLINE_LENGTH = 160  # characters
MAX_BIO_LENGTH = 500  # characters
POINTED_SHARE = 0.6  # of a line behind its label that must be link text for the line to be a pointer


POINTER_WORDS = one_of(
    r"(?:read|see|learn|find out|hear|watch) (?:more|also|next)|also (?:read|see|watch)",
    r"(?:read|watch|listen)(?: now| on| here)?",
    r"more (?:on this|from|stories|news|like this|to read|coverage)|(?:related|recommended)(?: (?:stor(?:y|ies)"
    r"|posts?|articles?|content|links?|news|topics|videos?|coverage|reading|for(?: you)?))?",
    r"further reading|you (?:may|might) (?:also )?(?:like|enjoy)|don['’]t miss|must[- ]read|up next",
    r"editor['’]?s['’]? picks?|lesen sie auch|mehr zum thema|(?:à )?lire aussi|lea también|te puede interesar",
    r"leia (?:também|mais)|leggi anche",
)
# "READ MORE: Storm closes harbour", "Related stories", "Lire aussi > La tempête"
POINTER = re.compile(rf"\W*{POINTER_WORDS}\b(?:\s*[:|>»→–-]\s.*|\W*)", re.IGNORECASE | re.DOTALL)
# What may stand before a link that makes up the line: "Auto news: Jeep recall", "DON'T MISS Ferry fares to rise"
LABEL = re.compile(rf"[^:|.!?]{{2,32}}[:|]\s*|\W*{POINTER_WORDS}\b", re.IGNORECASE)
# "Advertisement", "Share this article", "12 comments", "Tags: ferries, fares": a button's or a list's name
LABEL_WORDS = one_of(
    r"adverti[sz]e?(?:ment|ing)?s?|ads?|sponsored(?: content| by.{0,40})?|promoted(?: content)?",
    r"anzeige|werbung|publicité|publicidad|publicidade|pubblicità",
    r"(?:article|story) continues (?:below|after).{0,40}|(?:continue|scroll) (?:reading )?(?:below|down|for).{0,80}",
    r"scroll (?:back )?to.{0,20}|skip (?:to|ad|past|navigation).{0,50}|loading(?: (?:comments|more|video).{0,20})?",
    r"image|caption|close|open|save|copy link|share(?: (?:this|on|via|it|article|story).{0,40})?",
    r"print(?: this.{0,20}| article)?|e-?mail(?: this.{0,20})?|\d* ?comments?(?: ?\(\d+\))?",
    r"topics?|tags?|(?:back to )?top|home|text size",
    r"(?:tags?|topics?|categor(?:y|ies)|(?:filed|published) under|posted in|tagged|keywords|labels)\s*:.*",
    r"in this (?:article|story)(?:\s*:.*)?|show (?:more|less|all)|view (?:all|gallery|image|comments|more).{0,20}",
    r"play(?: video)?|videos?|photos?|gallery|listen|reuse this content|(?:order )?reprints?|next|previous",
    r"subscribe(?: now)?|follow|key event|enlarge(?: image)?|expand|(?:hide|toggle) caption|(?:table of )?contents",
    r"more|explore further|elsewhere on.{0,40}|contact us|breaking news|live|exclusive|just watched|replay",
    r"must watch|see tweets?",
)
LABEL_LINE = re.compile(rf"\W*{LABEL_WORDS}\W*", re.IGNORECASE)
# "© 2024 Harbour Gazette", "Copyright Cape Wire", "... All rights reserved.", "Citation: ... retrieved 3 May from ..."
COPYRIGHT = re.compile(
    r"\W*(?:©|\(c\) ?\d{4}|copyright\b).{0,200}|.{0,200}\ball rights reserved\b.{0,200}"
    r"|.{0,200}\b(?:personal, non-?commercial use|subject to copyright"
    r"|may not be (?:published|reproduced|republished|copied))\b.*|citation:.{0,200}\bretrieved\b.*",
    re.IGNORECASE | re.DOTALL,
)
# "https://a.example/b", "lee@gazette.example", "@tomlee", "gazette.com/ferry"
ADDRESS_LINE = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|@\w+|(?:\w+\.)+(?:com|org|net)/\S+", re.IGNORECASE)
# "— Ana Brook (@anabrook) May 3, 2024": the last line of an embedded post
POST_SIGNATURE = re.compile(r"[—–-]\s?.{1,80}\(@\w+\).{0,40}")
# "(Graphic: World stocks in 2019 - here)", "(For a graphic on fares, click here)"
GRAPHIC_LINK = re.compile(
    r"\((?:for an? )?(?:\w+ )?(?:graphics?|charts?)\b[^()]{2,120}\b(?:here|https?://[^\s()]+)\W*", re.IGNORECASE
)
WHOLE_LINES = (POINTER, LABEL_LINE, COPYRIGHT, ADDRESS_LINE, POST_SIGNATURE, GRAPHIC_LINK)
# "By Ana Brook", "Written by Ana Brook, senior reporter"
BYLINE = re.compile(r"(?i:by|(?:words|written|posted|reported|story|text) by|from) [A-Z@].{0,100}")
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DATE_LINE = re.compile(
    one_of(
        r"(?:first )?(?:published|updated|posted|last (?:updated|modified)|modified|created|date)\b.{0,80}",
        rf".{{0,40}}\b{MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}.{{0,30}}|{MONTH} \d{{1,2}}",  # Friday, May 3, 2024
        rf".{{0,30}}\d{{1,2}} {MONTH} \d{{4}}.{{0,30}}",  # 3 May 2024
        r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b.{0,90}",  # 05/03/2024 - Ana Brook
        r".{0,100}\| (?:published|(?:last )?updated|posted|written by)\b.{0,100}",  # News | Published: 5 hours ago
        r".{0,40}\b\d+ ?(?:m|h|min(?:ute)?s?|hours?|days?|weeks?) ago.{0,20}|\d+ min(?:ute)?s?(?: read)?",
        r"\d{1,2}[:.]\d{2}(?!\d).{0,30}",  # 21:00 Ana Brook
    ),
    re.IGNORECASE,
)
# "(Reporting by Ana Brook; editing by Tom Lee)", "With files from Tom Lee", "Lee contributed to this report."
CONTRIBUTORS = re.compile(
    r"\W*(?i:(?:additional |further )?reporting (?:by|from)|(?:additional |with )reports? (?:by|from)"
    r"|with (?:additional )?(?:files|reports?|reporting|(?:agency )?inputs?) (?:from|by)|edit(?:ed|ing) by|writing by"
    r"|compiled by|this (?:story|article|report) was (?:compiled|written|translated|produced) by)"
    r" (?:the )?[A-Z].{2,300}"
    r"|[A-Z].{2,200}\bcontributed (?:\w+ )?to this (?:report|story|article|piece)\b.{0,40}",
)
AGENCY = one_of(
    r"getty(?: images)?(?: europe)?", "reuters", "afp", "epa", "ap", "associated press",
    r"pa(?: wire| media| images)?", "press association", "shutterstock", r"istock(?:photo)?", "alamy", "bloomberg",
    "handout", "supplied", "rex", "zuma", "aap", "anadolu", "courtesy", "file", "screenshot", "pool", "via",
    "photos?", "images?", "wire", "news", "pixabay", "unsplash", "wikimedia", "twitter", "facebook", "instagram",
    "youtube",
)  # fmt: skip
# "Getty Images", "Photo: Ana Brook", "Image credit: Harbour Trust", "Ana Brook/AFP via Getty Images"
PHOTO_CREDIT = re.compile(
    rf"\W*(?:{AGENCY}[\W_]*)+"
    r"|\W*(?:(?:file |featured )?(?:photo(?:graph)?|image|picture|pic)s?(?: credits?| source)?|credits?|illustration"
    r"|video)"
    rf"\s*(?:by\b|via\b|:|courtesy\b).{{0,120}}|[\w .,'’-]{{3,60}}/ ?(?:{AGENCY}[\W_]*)+",
    re.IGNORECASE,
)
# "Ana Brook is a reporter for the Gazette.", "Tom Lee covers courts for the Gazette", "Lee's book about ... is out"
BIO = re.compile(
    r"(?:about the author\W+)?[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){0,3}(?:['’]s? (?:latest |new )?book about\b"
    r"|(?:,? (?:who )?(?:is|was|has been|covers|writes|works|joined|reports|serves)|,)\b.{0,250}"
    r"\b(?:reporter|editor|correspondent|writer|journalist|columnist|author|professor|fellow|contributor|producer"
    r"|curator|covers|covering|writes|lecturer|freelance|book)\b)"
)
REFERENCES = re.compile(r"\W*(?:reference|source)(?:\(s\)|s)?\W*(?:[:：].*)?", re.IGNORECASE | re.DOTALL)  # "Sources:"
# "Leave a comment", "Add your review", "Добавить отзыв": the form for comments, with the page's own lists below it
COMMENT_FORM = re.compile(
    one_of(
        r"(?:add|leave|post|write|submit) (?:an?|your) (?:\w+ )?(?:comment|reply|review)",
        r"(?:добавить|оставить|написать) (?:комментарий|отзыв)",
        r"(?:einen )?kommentar (?:schreiben|verfassen|hinterlassen)|schreiben? sie einen kommentar",
        r"(?:laisser|ajouter|écrire) un commentaire|lascia un commento",
        r"(?:deja|dejar|añadir|escribir) un comentario|deixe (?:um|o seu) comentário",
    )
    + r"\W*",
    re.IGNORECASE,
)


def is_boilerplate(text: str, link_length: int) -> bool:
    """Return whether a line, with so many characters in links, is no part of an article, whatever stands around it."""
    if not any(character.isalnum() for character in text):
        return True
    if len(text) > MAX_LINE_LENGTH:
        return False
    if any(pattern.fullmatch(text) for pattern in WHOLE_LINES) or is_photo_credit(text):
        return True
    label = LABEL.match(text)
    if label and link_length >= POINTED_SHARE * max(1, len(text) - label.end()):
        return True
    start = invitation_start(text)
    return start is not None and start <= len(text) / 2


def is_byline(text: str) -> bool:
    """Return whether a line names the article's author or its time and says nothing else."""
    return len(text) <= MAX_BYLINE_LENGTH and bool(BYLINE.fullmatch(text) or DATE_LINE.fullmatch(text))


def is_contributors(text: str) -> bool:
    """Return whether a line names those who worked on the article."""
    return CONTRIBUTORS.fullmatch(text) is not None


def is_photo_credit(text: str) -> bool:
    """Return whether a line names the source of a picture and says nothing else."""
    return len(text) <= MAX_CREDIT_LENGTH and PHOTO_CREDIT.fullmatch(text) is not None


def is_bio(text: str) -> bool:
    """Return whether a line tells who the author is; true of some sentences in an article, so ask only at its end."""
    return len(text) <= MAX_BIO_LENGTH and BIO.match(text) is not None


def opens_comments(text: str) -> bool:
    """Return whether a line stands above the form for a comment: "Leave a reply"."""
    return COMMENT_FORM.fullmatch(text) is not None


def opens_references(text: str) -> bool:
    """Return whether a line begins a list of sources: "References", "Source: Harbour Trust"."""
    return REFERENCES.fullmatch(text) is not None
