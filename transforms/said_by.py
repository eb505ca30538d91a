"""Sources that the text around a statement gives: beside its quotation, or of the clause before it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from transforms.quoted_text import QuotedText
from transforms.said import Said
from transforms.source_spans import beside_quotation, is_participle, name_given


def with_sources(page: QuotedText, said: Sequence[Said]) -> Iterator[Said]:
    """Yield the statements; one whose source the model left out, or took from an aside, with the one beside it."""
    main: Said | None = None  # the last statement whose cue has a subject of its own
    for one in said:
        if one.cue and is_participle(page.text, one.cue):
            yield _with_subject(page, one, main)
            continue
        if one.source is None and one.quote_type != "indirect":
            one = _with_name(page, one)
        if one.cue and one.source:
            main = one
        yield one


def _with_subject(page: QuotedText, one: Said, main: Said | None) -> Said:
    """Return a statement with the subject of the clause before: Lee praised his firm, Roe Ltd, | saying: “…”"""
    if one.cue is None or main is None or main.cue is None or main.cue[1] > one.cue[0]:
        return one
    if page.sentence(main.cue[0]) != page.sentence(one.cue[0]):
        return one
    aside = one.source and main.cue[1] <= one.source[0] and page.text[one.source[1] : one.cue[0]].strip() == ","
    return replace(one, source=main.source) if one.source is None or aside else one


def _with_name(page: QuotedText, one: Said) -> Said:
    """Return a quotation with the cue and the source that stand directly beside it, or in its own words."""
    quotes = page.touching(one.hull)
    if len(one.spans) == 1 and quotes and one.hull[1] <= quotes[-1].end_char:
        named = name_given(page.text, one.hull)
        if named and named[0][1] + 1 == quotes[-1].start_char:
            return replace(one, spans=quotes[-1].spans, quote_type="direct", cue=named[0], source=named[1])
    quote = next((quote for quote in quotes if quote.spans == one.spans), None)
    if one.cue or quote is None:
        return one
    sentence_start = page.sentence_starts[max(0, page.sentence(quote.start_char) - 1)]
    beside = beside_quotation(page.text, sentence_start, (quote.start_char, quote.end_char))
    return replace(one, cue=beside[0], source=beside[1], goes_on=False) if beside else one
