"""Where a mirror may send us on to."""

from ipaddress import ip_address

import httpx

from spectran.data.transfer import RefusedError


def refuse_astray(response: httpx.Response) -> None:
    """Look at a redirection before it is followed (a hook of httpx).

    From https it may lead to https alone, from http to both. It may lead to an address of this machine or of a private
    network only on the host that it comes from: a mirror on the internet has no business there.

    Raises:
        RefusedError: naming where it leads, without what may be secret in it (user, password, query).
    """
    if not response.has_redirect_location:
        return
    start = response.request.url
    target = start.join(response.headers["location"])
    shown = f"{target.scheme}://{target.host}{target.path}"
    if target.scheme not in ({"https"} if start.scheme == "https" else {"https", "http"}):
        wanted = "https" if start.scheme == "https" else "http or https"
        raise RefusedError(f"a redirection to {wanted} expected, found one to {shown}")
    if target.host != start.host and _private(target.host):
        raise RefusedError(f"a redirection to a public address expected, found one to {shown}")


def _private(host: str) -> bool:
    """Whether a host is this machine or one of a private network; of names only localhost is known to be."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
