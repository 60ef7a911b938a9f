"""Where a download may lead that somebody else asks for: to what whoever runs the program allows.

Whoever may have a server fetch any address may look into its network: what answers there, and whether a file exists. So
names are looked at before anything is asked, each redirect likewise, and addresses where the connection is made, as a
name may lead to another address by then.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from ...errors import DownloadRefusedError, InvalidOptionsError
from ..names import HubName, ModelName, UrlName

if TYPE_CHECKING:
    from yarl import URL

HUB = "hub"
ANYWHERE = "*"
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_NETWORK = ipaddress.IPv4Network | ipaddress.IPv6Network
_ADDRESS = ipaddress.IPv4Address | ipaddress.IPv6Address


class Reach(Struct, frozen=True):
    """`hub`: names of Hugging Face. `anywhere`: all public addresses. `hosts`, with or without a port, and `networks`
    are named: they may be private, too. A public address may be redirected to from all of them."""

    hub: bool = True
    anywhere: bool = False
    hosts: frozenset[str] = frozenset()
    networks: tuple[_NETWORK, ...] = ()

    def naming(self, address: str) -> Reach:
        """The same with the host of a URL that whoever runs the program chose."""
        host = (_url(address).host or "").lower().rstrip(".")
        return Reach(self.hub, self.anywhere, self.hosts | {host}, self.networks)

    def check_name(self, name: ModelName) -> None:
        """Raise `DownloadRefusedError` for a name of what must not be fetched."""
        if isinstance(name, HubName) and not self.hub:
            raise DownloadRefusedError("Nothing is downloaded from the hub for requests here.", model=str(name))
        if isinstance(name, UrlName):
            url = _url(name.url)
            if not (self.anywhere or self._names(url.host or "", url.port)):
                raise DownloadRefusedError(
                    f"Nothing is downloaded from {url.host} for requests: whoever runs the server can allow it with "
                    "download_from.",
                    model=name.url,
                )
            self.check_location(url)

    def check_location(self, url: URL) -> None:
        """Raise `DownloadRefusedError` for an address that is private and not named, as far as its name tells."""
        host = url.host or ""
        if not self._names(host, url.port) and is_private(host):
            raise _private(host)

    def check_address(self, host: str, port: int, address: str) -> None:
        """Raise `DownloadRefusedError` for what a host's name has led to."""
        if not self._names(host, port) and not self._may_be(address):
            raise _private(host)

    def _names(self, host: str, port: int | None) -> bool:
        literal = _address(host)
        if literal is not None and any(literal in network for network in self.networks):
            return True
        return bool(self.hosts & {host.lower().rstrip("."), _with_port(host, port)})

    def _may_be(self, address: str) -> bool:
        known = _address(address)
        return known is not None and (_is_public(known) or any(known in network for network in self.networks))


def reach_of(places: Iterable[str], path: str = "download_from") -> Reach:
    """What was said in words: "hub", "*", hosts with or without a port, addresses and networks (10.0.0.0/8).

    Raises `InvalidOptionsError` for a word that is none of them.
    """
    words = [place.strip().lower() for place in places]
    hosts, networks = set(), []
    for word in words:
        if word in (HUB, ANYWHERE):
            continue
        if network := _network(word):
            networks.append(network)
        elif _HOST.fullmatch(word.rpartition(":")[0] if word.rpartition(":")[2].isdigit() else word):
            hosts.add(word.rstrip("."))
        else:
            message = f'{path}: {word!r} is neither "hub" nor "*" nor a host, an address or a network.'
            raise InvalidOptionsError(message, path=path)
    return Reach(HUB in words, ANYWHERE in words, frozenset(hosts), tuple(networks))


def is_private(host: str) -> bool:
    """Whether the host is this machine or an address of a private network, as far as its name tells."""
    literal = _address(host)
    if literal is not None:
        return not _is_public(literal)
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith((".localhost", ".local", ".internal"))


def _is_public(address: _ADDRESS) -> bool:
    """Also of an address that is carried inside of another one."""
    inner = [address]
    if isinstance(address, ipaddress.IPv6Address):
        carried = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()), _behind_nat64(address))
        inner += [one for one in carried if one is not None]
        if address.ipv4_mapped is not None:
            inner.remove(address)
    return all(one.is_global and not one.is_multicast for one in inner)


def _behind_nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address not in ipaddress.IPv6Network("64:ff9b::/96"):
        return None
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _address(text: str) -> _ADDRESS | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0].strip("[]"))
    except ValueError:
        return None


def _network(text: str) -> _NETWORK | None:
    try:
        return ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None


def _url(text: str) -> URL:
    """As it will be asked for: what reads URLs otherwise could see another host in one."""
    from yarl import URL  # here, as what takes no downloads needs none of it

    return URL(text)


def _with_port(host: str, port: int | None) -> str:
    plain = host.lower().rstrip(".")
    return f"[{plain}]:{port}" if ":" in plain else f"{plain}:{port}"


def _private(host: str) -> DownloadRefusedError:
    return DownloadRefusedError(
        f"{host} is inside this network, from which nothing is downloaded for requests: whoever runs the server can "
        "allow it with download_from."
    )
