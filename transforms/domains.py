"""Registrable domains, by the public suffix list that tldextract bundles: no network, no cache on disk."""

from functools import cache
from urllib.parse import urlsplit

from tldextract import TLDExtract


@cache
def _suffix_list() -> TLDExtract:
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def registrable_domain(address: str | None) -> str | None:
    """Return the registrable domain of a URL or host (`bbc.co.uk`), lower case; None where `address` has no host.

    A host under no listed suffix gives its last two labels (the list's default rule), a bare name or an IP itself.
    """
    if not address:
        return None
    parts = _suffix_list()(address)
    domain = parts.top_domain_under_public_suffix
    if not domain:
        labels = [label for label in f"{parts.subdomain}.{parts.domain}".split(".") if label]
        domain = parts.domain if parts.ipv4 or parts.ipv6 else ".".join(labels[-2:])
    return domain.lower() or None


def is_web_address(address: str | None) -> bool:
    """Return whether `address` is an absolute http or https URL with a host."""
    try:
        parts = urlsplit(address or "")
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # "http://[half an IPv6 address"
        return False
