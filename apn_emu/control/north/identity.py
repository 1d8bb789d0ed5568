"""Universally unique ids of T-API objects: made from names, so equal networks have equal ids."""

from __future__ import annotations

import uuid

_NAMESPACE = uuid.UUID("6b1f3d2e-5a0c-5d8e-9f57-0c6a1e4d7b90")
"""Of this project (RFC 9562, 5.5)."""


def made(kind: str, name: str) -> str:
    """Return the id of an object of that kind and name."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}:{name}"))


def site_point(site: str) -> str:
    """Return the id of a site's service-interface point."""
    return made("service-interface-point", site)


def service(lightpath: str) -> str:
    """Return the id of a lightpath as a connectivity service: its own, where that is such an id."""
    try:
        return str(uuid.UUID(lightpath))
    except ValueError:
        return made("connectivity-service", lightpath)
