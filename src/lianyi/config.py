"""Every setting of an installation, read from environment variables in this one place.

Nothing else in Lianyi reads ``os.environ``. A value that cannot be used is refused with the variable's name, the
value given and the accepted ones. A secret may come from a file: ``LIANYI_SECRET_KEY_FILE=/run/secrets/key``.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from lianyi.errors import ConfigurationError

TRUE_WORDS = ("1", "true", "yes", "on")
FALSE_WORDS = ("0", "false", "no", "off")
LANGUAGES = ("zh-hans", "en")
IN_MEMORY = ":memory:"
SECRET_KEY_FILE = "secret-key"  # noqa: S105 - the name of a file
_HOST_NAME = re.compile(r"\.?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*")
# Read by the two commands that make users, and only while they run; not part of the settings.
ADMIN_PASSWORD = "LIANYI_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable
DEMO_PASSWORD = "LIANYI_DEMO_PASSWORD"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where the data live: an embedded SQLite file or a PostgreSQL server."""

    engine: str
    name: str
    user: str = ""
    password: str = ""
    host: str = ""
    port: int | None = None

    @property
    def is_embedded(self) -> bool:
        return self.engine == "sqlite"

    def without_secret(self) -> str:
        if self.is_embedded:
            return f"sqlite:///{self.name}"
        port = f":{self.port}" if self.port else ""
        return f"postgresql://{self.user}@{self.host}{port}/{self.name}"


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """Sign-in through a hospital's or a bureau's own identity service (extra ``lianyi[oidc]``)."""

    client_id: str
    client_secret: str
    authorization_url: str
    token_url: str
    userinfo_url: str
    jwks_url: str
    username_claim: str


@dataclass(frozen=True, slots=True)
class EmailServer:
    """The mail server that notices go out through. ``encryption`` is tls, starttls or none."""

    host: str
    port: int
    user: str
    password: str
    encryption: str
    sender: str


@dataclass(frozen=True, slots=True)
class Config:
    """The typed settings of one installation."""

    home: Path
    database: DatabaseAddress
    secret_key: str
    debug: bool
    allowed_hosts: tuple[str, ...]
    time_zone: ZoneInfo
    language: str
    https: bool
    session_minutes: int
    login_attempts: int
    login_attempts_per_address: int
    lockout_minutes: int
    rules_directories: tuple[Path, ...]
    upload_megabytes: int
    offline_days: int
    offline_lock_minutes: int
    oidc: OidcProvider | None
    site_url: str
    email: EmailServer | None
    private_webhooks: bool


@dataclass(frozen=True, slots=True)
class _Environment:
    """Typed access to one mapping of environment variables."""

    variables: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        path = self.variables.get(f"{name}_FILE", "")
        if path:
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise _unreadable(name, path, str(error.strerror)) from error
            except UnicodeDecodeError as error:
                raise _unreadable(name, path, "it is no text in UTF-8") from error
        return self.variables.get(name, default).strip()

    def boolean(self, name: str, *, default: bool) -> bool:
        given = self.text(name).lower()
        if not given:
            return default
        if given in TRUE_WORDS:
            return True
        if given in FALSE_WORDS:
            return False
        raise _refused(name, given, ", ".join(TRUE_WORDS + FALSE_WORDS))

    def whole_number(self, name: str, default: int, least: int, most: int) -> int:
        given = self.text(name)
        if not given:
            return default
        if not given.isascii() or not given.isdigit() or not least <= int(given) <= most:
            raise _refused(name, given, f"a whole number from {least} to {most}")
        return int(given)

    def one_of(self, name: str, default: str, accepted: tuple[str, ...]) -> str:
        given = self.text(name) or default
        if given not in accepted:
            raise _refused(name, given, ", ".join(accepted))
        return given


def _unreadable(name: str, path: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{name}_FILE is '{path}', which cannot be read ({why}). Name a readable text file.",
        variable=f"{name}_FILE",
        given=path,
    )


def _refused(name: str, given: str, accepted: str) -> ConfigurationError:
    return ConfigurationError(
        f"{name} is '{given}', which cannot be used. Accepted: {accepted}.",
        variable=name,
        given=given,
        accepted=accepted,
    )


def _database(given: str, home: Path) -> DatabaseAddress:
    accepted = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME"
    if not given:
        return DatabaseAddress(engine="sqlite", name=str(home / "lianyi.sqlite3"))
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError as error:
        raise _refused("LIANYI_DATABASE", _without_password(given), accepted) from error
    if parts.scheme == "sqlite" and parts.path.strip("/"):
        if unquote(parts.path[1:]) == IN_MEMORY:
            # Each thread would see a database of its own, and all would be gone with the process.
            raise _refused("LIANYI_DATABASE", given, accepted)
        # Three slashes give a path relative to the working folder, four an absolute one, as everywhere else.
        return DatabaseAddress(engine="sqlite", name=str(Path(unquote(parts.path[1:])).absolute()))
    if parts.scheme in ("postgresql", "postgres") and parts.path.strip("/"):
        return DatabaseAddress(
            engine="postgresql",
            name=unquote(parts.path[1:]),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=parts.hostname or "",
            port=port,
        )
    raise _refused("LIANYI_DATABASE", _without_password(given), accepted)


def _without_password(address: str) -> str:
    head, separator, tail = address.rpartition("@")
    if not separator:
        return address
    return f"{head.rpartition(':')[0]}:***@{tail}"


def _hosts(given: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in given.split(","))
    if not all(_is_host(host) for host in hosts):
        accepted = "names such as lianyi.example.org, .example.org (and all below), 10.0.0.5, [::1], separated by ','"
        raise _refused("LIANYI_HOSTS", given, accepted)
    return hosts


def _is_host(host: str) -> bool:
    if not (host.startswith("[") and host.endswith("]")):
        return _HOST_NAME.fullmatch(host) is not None
    try:
        IPv6Address(host[1:-1])
    except AddressValueError:
        return False
    return True


def _time_zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        raise _refused("LIANYI_TIME_ZONE", name, "a name such as Asia/Shanghai, Asia/Urumqi or UTC")
    return ZoneInfo(name)


def _rules_directories(given: str) -> tuple[Path, ...]:
    directories = tuple(Path(part).expanduser() for part in given.split(":") if part)
    for directory in directories:
        if not directory.is_dir():
            raise _refused("LIANYI_RULES", str(directory), "folders that exist, separated by ':'")
    return directories


def _oidc(environment: _Environment) -> OidcProvider | None:
    names = ("CLIENT_ID", "CLIENT_SECRET", "AUTHORIZATION_URL", "TOKEN_URL", "USERINFO_URL", "JWKS_URL")
    given = {name: environment.text(f"LIANYI_OIDC_{name}") for name in names}
    if not any(given.values()):
        return None
    for name, value in given.items():
        if not value:
            raise ConfigurationError(
                f"LIANYI_OIDC_{name} is missing while other LIANYI_OIDC_ settings are given. Set all of: "
                + ", ".join(f"LIANYI_OIDC_{each}" for each in names),
                variable=f"LIANYI_OIDC_{name}",
            )
        if name.endswith("_URL") and not value.startswith("https://"):
            raise _refused(f"LIANYI_OIDC_{name}", value, "an address that starts with https://")
    return OidcProvider(
        client_id=given["CLIENT_ID"],
        client_secret=given["CLIENT_SECRET"],
        authorization_url=given["AUTHORIZATION_URL"],
        token_url=given["TOKEN_URL"],
        userinfo_url=given["USERINFO_URL"],
        jwks_url=given["JWKS_URL"],
        username_claim=environment.text("LIANYI_OIDC_USERNAME_CLAIM", "preferred_username"),
    )


# Scheme of LIANYI_EMAIL_URL -> how the connection is encrypted, and the usual port.
_MAIL_SCHEMES = {"smtps": ("tls", 465), "smtp+starttls": ("starttls", 587), "smtp": ("none", 25)}


def _email(environment: _Environment) -> EmailServer | None:
    given, sender = environment.text("LIANYI_EMAIL_URL"), environment.text("LIANYI_EMAIL_FROM")
    if not given:
        return None
    accepted = "smtps://USER:PASSWORD@HOST:PORT, smtp+starttls://USER:PASSWORD@HOST:PORT or smtp://HOST:PORT"
    parts = urlsplit(given)
    try:
        port = parts.port
    except ValueError as error:
        raise _refused("LIANYI_EMAIL_URL", _without_password(given), accepted) from error
    if parts.scheme not in _MAIL_SCHEMES or not parts.hostname or parts.path.strip("/"):
        raise _refused("LIANYI_EMAIL_URL", _without_password(given), accepted)
    name, separator, domain = sender.rpartition("@")
    if not name or not separator or not domain or any(letter.isspace() for letter in sender):
        raise _refused("LIANYI_EMAIL_FROM", sender, "an e-mail address such as lianyi@hospital.example")
    encryption, usual_port = _MAIL_SCHEMES[parts.scheme]
    return EmailServer(
        host=parts.hostname,
        port=port or usual_port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        encryption=encryption,
        sender=sender,
    )


def _site_url(environment: _Environment) -> str:
    given = environment.text("LIANYI_SITE_URL").rstrip("/")
    parts = urlsplit(given)
    if given and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query):
        raise _refused("LIANYI_SITE_URL", given, "an address such as https://lianyi.hospital.example")
    return given


def _secret_key(environment: _Environment, home: Path) -> str:
    """Return the key given, or the one kept in the home folder.

    Where there is none yet, one for this process alone: a command that only looks must leave nothing behind. What
    signs sessions calls `keep_secret_key` first.
    """
    given = environment.text("LIANYI_SECRET_KEY")
    shortest = 32
    if given:
        if len(given) < shortest:
            raise ConfigurationError(
                f"LIANYI_SECRET_KEY has {len(given)} characters; at least {shortest} random ones are needed.",
                variable="LIANYI_SECRET_KEY",
            )
        return given
    path = home / SECRET_KEY_FILE
    return path.read_text(encoding="ascii").strip() if path.exists() else _new_secret_key()


def _new_secret_key() -> str:
    return secrets.token_urlsafe(48)


def keep_secret_key(variables: Mapping[str, str]) -> None:
    """Make the key of an installation that has none, in its home folder; to be called before the settings are read.

    Raises
    ------
    ConfigurationError
    """
    environment = _Environment(variables)
    if environment.text("LIANYI_SECRET_KEY"):
        return
    path = _home(environment) / SECRET_KEY_FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, _new_secret_key())


def _home(environment: _Environment) -> Path:
    return Path(environment.text("LIANYI_HOME") or "var").expanduser().absolute()


def _write_once(path: Path, text: str) -> None:
    """Write a whole file or leave the one that another process wrote in the same moment."""
    with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=path.parent, prefix=".secret-") as file:
        file.write(text)
        file.flush()
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(file.name)


def read_config(variables: Mapping[str, str]) -> Config:
    """Read and check every setting.

    Raises
    ------
    ConfigurationError
        Naming the variable, the value given and the accepted values.
    """
    environment = _Environment(variables)
    home = _home(environment)
    return Config(
        home=home,
        database=_database(environment.text("LIANYI_DATABASE"), home),
        secret_key=_secret_key(environment, home),
        debug=environment.boolean("LIANYI_DEBUG", default=False),
        allowed_hosts=_hosts(environment.text("LIANYI_HOSTS") or "localhost,127.0.0.1,[::1]"),
        time_zone=_time_zone(environment.text("LIANYI_TIME_ZONE") or "Asia/Shanghai"),
        language=environment.one_of("LIANYI_LANGUAGE", "zh-hans", LANGUAGES),
        https=environment.boolean("LIANYI_HTTPS", default=False),
        session_minutes=environment.whole_number("LIANYI_SESSION_MINUTES", 480, 5, 10080),
        login_attempts=environment.whole_number("LIANYI_LOGIN_ATTEMPTS", 5, 3, 100),
        login_attempts_per_address=environment.whole_number("LIANYI_LOGIN_ATTEMPTS_PER_ADDRESS", 50, 10, 10000),
        lockout_minutes=environment.whole_number("LIANYI_LOCKOUT_MINUTES", 15, 1, 1440),
        rules_directories=_rules_directories(environment.text("LIANYI_RULES")),
        upload_megabytes=environment.whole_number("LIANYI_UPLOAD_MEGABYTES", 20, 1, 500),
        offline_days=environment.whole_number("LIANYI_OFFLINE_DAYS", 7, 1, 60),
        offline_lock_minutes=environment.whole_number("LIANYI_OFFLINE_LOCK_MINUTES", 10, 1, 120),
        oidc=_oidc(environment),
        site_url=_site_url(environment),
        email=_email(environment),
        private_webhooks=environment.boolean("LIANYI_PRIVATE_WEBHOOKS", default=False),
    )


def read_password_variable(variables: Mapping[str, str], name: str) -> str:
    """Return a password given by ``NAME`` or by the file that ``NAME_FILE`` names; empty when neither is set."""
    return _Environment(variables).text(name)
