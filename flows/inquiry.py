"""One request under way: what it asks for, how answers to it are judged, what it becomes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from flows.addresses import redact
from flows.answers import ACCEPT, check_status, check_type, condition_headers, redirect_target
from flows.connection import Head
from flows.exchange import Answer, Question
from flows.manners import FetchLimits, Manners
from flows.tdm import combine_signals, reserved_by_header, reserved_by_page
from flows.web import NotFetched, WebRequest, WebResponse


@dataclass(slots=True, kw_only=True)
class Inquiry:
    """A request and what was met on its way."""

    request: WebRequest
    manners: Manners
    limits: FetchLimits
    clock: Callable[[], datetime]
    trail: list[httpx.URL] = field(default_factory=list)  # the addresses asked, in order
    signals: list[bool | None] = field(default_factory=list)  # what was said on text and data mining

    @property
    def delay_s(self) -> float:
        """How long its hosts rest between two requests, at least."""
        return self.manners.delay_s if self.request.delay_s is None else self.request.delay_s

    @property
    def obeys_reservations(self) -> bool:
        """Whether it ends at what is reserved; a sitemap holds no text to mine, only addresses."""
        return self.request.wanted != "sitemap" and not self.manners.allow_tdm_reserved

    def question(self, url: httpx.URL) -> Question:
        """Return what an address on the way is asked."""
        conditions = condition_headers(self.request.etag, self.request.last_modified)
        credentials = self.request.credentials.headers_for(url) if self.request.credentials else ()
        return Question(
            headers=(("accept", ACCEPT[self.request.wanted]), *conditions, *credentials),
            judge=lambda head: self._judge(head, is_conditional=bool(conditions)),
            body_bytes=self.limits.page_bytes if self.request.wanted == "page" else self.limits.list_bytes,
            keep_raw=self.manners.keep_raw,
        )

    def _judge(self, head: Head, *, is_conditional: bool) -> bool:
        """Return whether the body is wanted. Raises NotFetched where the answer brings nothing."""
        check_status(head, self.clock(), is_conditional=is_conditional)
        if redirect_target(head):
            return False
        self.note_reservation(reserved_by_header(head.headers), head.status)
        if head.status == 304:
            return False
        check_type(head, self.request.wanted)
        return True

    def note_reservation(self, signal: bool | None, status: int | None = None) -> None:
        """Remember what was said on text and data mining. Raises NotFetched for what is reserved."""
        self.signals.append(signal)
        if signal and self.obeys_reservations:
            raise NotFetched("tdm_reserved", "text and data mining is reserved", status=status)

    def respond(self, answer: Answer) -> WebResponse:
        """Return the response that the last answer makes. Raises NotFetched for a page that says it is reserved."""
        head = answer.head
        self._check_credentials(answer)
        if self.request.wanted == "page":
            self.note_reservation(reserved_by_page(answer.body), head.status)
        is_unchanged = head.status == 304
        return WebResponse(
            url=self.request.url,
            final_url=str(self.trail[-1]),
            decision="not_modified" if is_unchanged else "fetched",
            fetched_at=self.clock(),
            status=head.status,
            body=answer.body,
            content_type=head.get("content-type"),
            etag=head.get("etag") or (self.request.etag if is_unchanged else None),
            last_modified=head.get("last-modified") or (self.request.last_modified if is_unchanged else None),
            headers=head.headers,
            status_line=head.status_line,
            raw_body=answer.raw_body,
            tdm_reserved=combine_signals(*self.signals),
        )

    def _check_credentials(self, answer: Answer) -> None:
        """Raise NotFetched for an answer that repeats the credentials: it would take them to rows and archives."""
        credentials, head = self.request.credentials, answer.head
        said = (head.status_line, *map(str, self.trail), *(value for header in head.headers for value in header))
        if credentials and credentials.are_in((*said, answer.body)):
            message = "the answer repeats the credentials that it was asked with"
            raise NotFetched("repeats_credentials", message, status=head.status)

    def fail(self, problem: NotFetched) -> WebResponse:
        """Return the response where there is no answer; a user name or password in the address is left out."""
        url = redact(self.request.url)
        hide = self.request.credentials.hide if self.request.credentials else str
        return WebResponse(
            url=url,
            final_url=hide(str(self.trail[-1])) if self.trail else url,
            decision=problem.decision,
            fetched_at=self.clock(),
            status=problem.status,
            reason=problem.reason,
            error=hide(problem.error),
            tdm_reserved=combine_signals(*self.signals),
            retry_after_s=problem.retry_after_s,
        )
