"""Where a registry is kept: a file on this computer, or a database on a PostgreSQL server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from ctdild_desktop.language import marked

SCHEME = "postgresql+psycopg"
_SCHEMES = (SCHEME, "postgresql", "postgres")
_HERE = ("", "localhost", "127.0.0.1", "::1")
_OPTIONS = frozenset(
    {
        *("host", "hostaddr", "port", "load_balance_hosts", "target_session_attrs", "connect_timeout"),
        *("channel_binding", "gssencmode", "krbsrvname", "require_auth"),
        *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslcrldir", "ssl_min_protocol_version"),
    }
)
"""What an address may say of the connection (PostgreSQL manual, section 34.1.2)."""


def is_there(path: Path) -> bool:
    """Whether there is a registry at ``path``; one whose restore was cut short counts."""
    return path.exists() or path.with_name(f".{path.name}.restoring").exists()


class PlaceError(ValueError):
    """The address of a registry cannot be used; the text is one sentence for the user.

    It is in the language in use where it is shown.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(marked(text, **values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A file (``path``) or a database (``host``, ``port``, ``database``, ``options``), never both.

    ``user`` and ``password`` are those that the address itself carries, for the owner of the database; a
    person signs in with login and passphrase. Neither is ever shown or kept.
    """

    path: Path | None = None
    host: str = ""
    port: int | None = None
    database: str = ""
    options: tuple[tuple[str, str], ...] = ()
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str | Path) -> Place:
        """The place that a person or a settings file names.

        Raises:
            PlaceError: it looks like the address of a server but cannot be one.
        """
        words = str(text).strip()
        if "://" not in words:
            return cls(path=_at_home(words))
        try:
            parts = urlsplit(words)
            port = parts.port
        except ValueError:
            raise PlaceError("The address of the server cannot be read.") from None
        if parts.scheme not in _SCHEMES:
            raise PlaceError(
                "A server's address begins with {meant}, this one with {given}.",
                meant=f"{SCHEME}://",
                given=f"{parts.scheme}://",
            )
        database = unquote(parts.path.lstrip("/"))
        if not database or "/" in database or not database.isprintable():
            raise PlaceError(
                "The address names no database: {example}.", example=f"{SCHEME}://server/database"
            )
        options = dict(parse_qsl(parts.query))
        user, password = options.pop("user", ""), options.pop("password", "")
        unknown = sorted(options.keys() - _OPTIONS)
        if unknown:
            raise PlaceError("The address has something that is not known here: {name}.", name=unknown[0])
        return cls(
            host=unquote(parts.hostname or ""),
            port=port,
            database=database,
            options=tuple(options.items()),
            user=unquote(parts.username or "") or user,
            password=unquote(parts.password or "") or password,
        )

    @property
    def is_server(self) -> bool:
        """Whether it is a database on a server."""
        return self.path is None

    @property
    def file(self) -> Path:
        """The file of a local registry; raises PlaceError for a server."""
        if self.path is None:
            raise PlaceError("This registry is on a server; it has no file here.")
        return self.path

    @property
    def name(self) -> str:
        """What the registry is called in a sentence: ``clinic.ctdild``, or the name of the database."""
        return self.path.name if self.path is not None else self.database

    @property
    def is_here(self) -> bool:
        """Whether the server runs on this very computer, where nothing travels over a network."""
        return are_here(self.host, *(value for name, value in self.options if name in {"host", "hostaddr"}))

    def __str__(self) -> str:
        """The path, or the address without user and password; :meth:`parse` reads it back."""
        if self.path is not None:
            return str(self.path)
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port is not None else ""
        query = f"?{urlencode(self.options, safe='/')}" if self.options else ""
        return f"{SCHEME}://{host}{port}/{quote(self.database)}{query}"


def are_here(*hosts: str) -> bool:
    """Whether all of these are this very computer; each may be a list with commas, as libpq reads it."""
    one_by_one = [host.strip() for listed in hosts for host in listed.split(",")]
    return all(host in _HERE or host.startswith(("/", "@")) for host in one_by_one)


def _at_home(words: str) -> Path:
    """The path, ``~`` being somebody's own folder; raises PlaceError when there is no such path."""
    try:
        if "\0" not in words:
            return Path(words).expanduser()
    except RuntimeError:  # nobody of that name has a folder
        pass
    raise PlaceError("The place of the registry is not the path of a file.")
