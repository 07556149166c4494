"""Names become addresses, and an address is inside (this machine, its network) or outside."""

import asyncio
import socket
import threading
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address

Address = IPv4Address | IPv6Address


async def resolve(host: str) -> list[Address]:
    """The addresses of a name.

    A thread of its own looks them up: where no name server answers, a thread of the event loop's pool would hold
    up the end of the program.

    Raises:
        OSError: the name is not known, or nobody can be asked.
    """
    with suppress(ValueError):
        return [ip_address(host)]
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[Address]] = loop.create_future()

    def settle(addresses: list[Address], error: OSError | None) -> None:
        if found.done():
            return
        if error is None:
            found.set_result(addresses)
        else:
            found.set_exception(error)

    def look() -> None:
        addresses: list[Address] = []
        problem: OSError | None = None
        try:
            rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            addresses = [ip_address(row[4][0]) for row in rows]
        except UnicodeError:  # a label that is empty or too long
            problem = OSError("this is no name of a host")
        except OSError as error:
            problem = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, addresses, problem)

    threading.Thread(target=look, name=f"resolve {host}", daemon=True).start()
    return await found


def is_outside(address: Address) -> bool:
    """Whether it is anywhere on the internet, and not on this machine or its network."""
    inner = getattr(address, "ipv4_mapped", None) or address
    return inner.is_global and not inner.is_multicast


def is_inside(host: str) -> bool:
    """Whether a host, as it is written, is this machine or on its network; no name is looked up."""
    try:
        return not is_outside(ip_address(host))
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
