"""Lines that are no part of an article, and lines of articles that begin with the same words."""

import time

import pytest

from transforms.boilerplate import (
    is_bio,
    is_boilerplate,
    is_byline,
    is_contributors,
    is_photo_credit,
    opens_comments,
    opens_references,
)
from transforms.invitations import invites_reader


@pytest.mark.parametrize(
    "text",
    [
        "READ MORE: Storm closes harbour", "Read more", "Related stories", "See also:", "Don't miss", "Lire aussi :",
        "Recommended for", "You may also like...", "Lesen Sie auch", "Advertisement", "ADVERTISEMENT", "Sponsored",
        "Article continues below", "Story continues below advertisement", "Share this article", "12 Comments", "Print",
        "Tags: ferries, fares", "Filed under: News", "View gallery", "Loading...", "Skip to main content", "***", "___",
        "© 2024 Harbour Gazette", "Copyright 2019 Harbour Gazette. All rights reserved.", "Key event",
        "https://gazette.example/ferry", "brook@gazette.example", "@anabrook", "— Ana Brook (@anabrook) May 3, 2024",
        "Getty Images", "Photo: Ana Brook", "Image credit: Harbour Trust", "Ana Brook/AFP via Getty Images",
        "Sign up for our free daily newsletter.", "Subscribe to the Gazette for two crowns a week.",
        "Follow us on Twitter and Facebook.", "Like this? Follow the Gazette on Instagram.",
        "For more stories like this, check our news page.", "Get in touch with our news team by email.",
        "Do you have a story to tell? Write to us.", "Click here to see the fares of last year.",
        "Comments are closed on this article.", "This website uses cookies to improve your experience.",
        "This is a breaking news story, more to follow.", "We may earn a small commission from affiliate links.",
        "(Graphic: Fares since 1990 - here)", "(For a graphic on ferry fares, click here)",
        "This post has been compensated by Harbour Water, Inc. All opinions are mine alone.",
        "The Gazette Council is an invitation-only community for shipowners. Do I qualify?",
        "Join the conversation in our forums.", "Please enable JavaScript to view this page.",
        'Our cookie settings are set to "allow cookies" to give you the best experience.',
    ],
)  # fmt: skip
def test_boilerplate(text: str) -> None:
    assert is_boilerplate(text, 0)


@pytest.mark.parametrize(
    "text",
    [
        "Read the letter twice, he told her, and then burn it.", "More than ninety people came.", "Print is not dead.",
        "Related claims were dropped in May.", "Photographs of the ferry were sold at auction.",
        "She would sign up for the navy a year later.", "Residents can subscribe to a service, the council said.",
        "“Sign up for it,” Brook said. “It is free.”", "Advertisements paid for most of the line.",
        "The council will share the cost with the harbour.", "Close to a hundred houses were flooded.",
        "Next came the storm.", "Save for two ferries, the fleet is old.", "The company follows us on every tide.",
        "Comments by the minister were struck from the record.", "Live music returned to the pier on Friday.",
        "Recommended doses: two a day, and none at night.", "Do I qualify?",
        "(Charts of the coast hang in the hall.)", "This post was held by four keepers before him.",
        "Harbour Trust", "What will change", "Nobody asked us.", "1. The fares", "10 p.m.",
    ],
)  # fmt: skip
def test_lines_of_an_article(text: str) -> None:
    assert not is_boilerplate(text, 0)


@pytest.mark.parametrize(
    ("text", "link_length", "expected"),
    [
        ("Auto news: Jeep recalls its cars", 22, True),
        ("DON'T MISS Ferry fares to rise in spring", 29, True),
        ("Auto news: Jeep recalls its cars", 0, False),
        ("The fares: they rise in spring", 4, False),
    ],
)
def test_a_label_before_a_link(text: str, link_length: int, expected: bool) -> None:
    assert is_boilerplate(text, link_length) is expected


def test_an_invitation_at_the_end_of_a_paragraph_leaves_the_paragraph() -> None:
    text = "The ferry will sail again in spring, with a new engine and an old crew. Leave a comment below."
    assert not is_boilerplate(text, 0)
    assert invites_reader(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By Ana Brook", True),
        ("By Ana Brook and Tom Lee | 3 May 2024", True),
        ("Published 3 May 2024, 9am", True),
        ("Friday, May 3, 2024 at 9:15", True),
        ("3 hours ago", True),
        ("21:00Ana Brook", True),
        ("4 min read", True),
        ("News | Published: 5 hours ago | Written by Ana Brook", True),
        ("By spring it had gone", False),
        ("May 3 was a Friday", False),
        ("The date of the vote", False),
    ],
)
def test_bylines(text: str, expected: bool) -> None:
    assert is_byline(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(Reporting by Ana Brook; editing by Tom Lee)", True),
        ("Additional reporting by Ana Brook.", True),
        ("– With files from Cape Wire", True),
        ("Tom Lee contributed to this report.", True),
        ("Reporting from the island is hard.", False),
        ("Her reporting by night made her name.", False),
        ("Rain contributed to the delay.", False),
    ],
)
def test_contributors(text: str, expected: bool) -> None:
    assert is_contributors(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Brook is a reporter for the Gazette.", True),
        ("Tom Lee covers courts for the Gazette and writes a weekly letter.", True),
        ("Brook's book about the ferries is out now.", True),
        ("She is a reporter.", True),  # why it is asked only at the end
        ("The ferry was late again.", False),
    ],
)
def test_bios(text: str, expected: bool) -> None:
    assert is_bio(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leave a comment", True), ("Add your review:", True), ("Post a new comment", True), ("Добавить отзыв", True),
        ("Kommentar schreiben", True), ("Laisser un commentaire", True), ("Deja un comentario", True),
        ("Leave a comment at the harbour office", False), ("Comments", False), ("Write a reply, she said.", False),
    ],
)  # fmt: skip
def test_comment_forms(text: str, expected: bool) -> None:
    assert opens_comments(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("References", True), ("**Source(s):**", True), ("Source: Harbour Trust", True), ("Sources say so", False)],
)
def test_references(text: str, expected: bool) -> None:
    assert opens_references(text) is expected


@pytest.mark.parametrize("text", ["Getty Images", "AP Photo", "Photo: Ana Brook", "Picture courtesy of the museum"])
def test_photo_credits(text: str) -> None:
    assert is_photo_credit(text)


@pytest.mark.parametrize(
    "part", ["sent ", "getty images ", "sign up ", "for a, ", "a", "(", "read more ", "Follow us ", ". ", "A. ", ": "]
)
def test_no_text_takes_long(part: str) -> None:
    started = time.process_time()
    for length in (100, 400, 600, 100_000):
        text = part * (length // len(part))
        for check in (
            is_byline, is_contributors, is_photo_credit, is_bio, opens_comments, opens_references, invites_reader,
        ):  # fmt: skip
            check(text)
        is_boilerplate(text, 0)
    assert time.process_time() - started < 2
