"""Settings from the environment: typed, checked, and refused by name."""

from __future__ import annotations

import stat
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lianyi.config import DatabaseAddress, keep_secret_key, read_config, read_password_variable
from lianyi.errors import ConfigurationError

KEY = "k" * 40
HOSTS = "names such as lianyi.example.org, .example.org (and all below), 10.0.0.5, [::1], separated by ','"
OIDC = {
    "LIANYI_OIDC_CLIENT_ID": "lianyi",
    "LIANYI_OIDC_CLIENT_SECRET": "secret",
    "LIANYI_OIDC_AUTHORIZATION_URL": "https://id.example/authorize",
    "LIANYI_OIDC_TOKEN_URL": "https://id.example/token",
    "LIANYI_OIDC_USERINFO_URL": "https://id.example/userinfo",
    "LIANYI_OIDC_JWKS_URL": "https://id.example/jwks",
}


@pytest.fixture
def read(tmp_path):
    def reading(**variables):
        return read_config({"LIANYI_HOME": str(tmp_path), "LIANYI_SECRET_KEY": KEY, **variables})

    return reading


def test_without_any_setting_an_installation_is_safe_and_embedded(read, tmp_path):
    config = read()
    assert config.home == tmp_path
    assert config.database == DatabaseAddress(engine="sqlite", name=str(tmp_path / "lianyi.sqlite3"))
    assert (config.debug, config.https, config.language) == (False, False, "zh-hans")
    assert config.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")
    assert config.time_zone == ZoneInfo("Asia/Shanghai")
    assert (config.session_minutes, config.login_attempts, config.lockout_minutes) == (480, 5, 15)
    assert config.login_attempts_per_address == 50
    assert (config.offline_days, config.offline_lock_minutes) == (7, 10)
    assert (config.upload_megabytes, config.rules_directories, config.oidc) == (20, (), None)


def test_the_home_folder_is_var_in_the_working_folder_when_none_is_named(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert read_config({"LIANYI_SECRET_KEY": KEY}).home == tmp_path / "var"


@pytest.mark.parametrize(
    ("given", "name"),
    [("sqlite:////srv/data/l.db", "/srv/data/l.db"), ("sqlite:///data/l%20x.db", str(Path("data/l x.db").absolute()))],
)
def test_three_slashes_are_relative_and_four_absolute(read, given, name):
    assert read(LIANYI_DATABASE=given).database == DatabaseAddress(engine="sqlite", name=name)


def test_an_address_of_postgresql_is_taken_apart_and_shown_without_its_password(read):
    database = read(LIANYI_DATABASE="postgresql://l%40b:p%3Aw@db.example:5433/lianyi").database
    assert database == DatabaseAddress("postgresql", "lianyi", "l@b", "p:w", "db.example", 5433)
    assert database.without_secret() == "postgresql://l@b@db.example:5433/lianyi"
    assert not database.is_embedded


@pytest.mark.parametrize(
    ("variable", "given", "accepted"),
    [
        ("LIANYI_DATABASE", "mysql://u:p@h/n", "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME"),
        ("LIANYI_DATABASE", "sqlite:///", "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME"),
        ("LIANYI_DATABASE", "postgresql://h:port/n", "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME"),
        ("LIANYI_DATABASE", "postgresql://u:p@[h/x", "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME"),
        ("LIANYI_DATABASE", "sqlite:///:memory:", "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME"),
        ("LIANYI_HOSTS", "a b,,*", HOSTS),
        ("LIANYI_HOSTS", "*", HOSTS),
        ("LIANYI_HOSTS", "a.example,", HOSTS),
        ("LIANYI_HOSTS", "[::1", HOSTS),
        ("LIANYI_HOSTS", "https://a.example", HOSTS),
        ("LIANYI_LOGIN_ATTEMPTS_PER_ADDRESS", "9", "a whole number from 10 to 10000"),
        ("LIANYI_DEBUG", "maybe", "1, true, yes, on, 0, false, no, off"),
        ("LIANYI_HTTPS", "2", "1, true, yes, on, 0, false, no, off"),
        ("LIANYI_TIME_ZONE", "Beijing", "a name such as Asia/Shanghai, Asia/Urumqi or UTC"),
        ("LIANYI_LANGUAGE", "zh", "zh-hans, en"),
        ("LIANYI_SESSION_MINUTES", "4", "a whole number from 5 to 10080"),
        ("LIANYI_SESSION_MINUTES", "ten", "a whole number from 5 to 10080"),
        ("LIANYI_SESSION_MINUTES", "１０", "a whole number from 5 to 10080"),
        ("LIANYI_LOGIN_ATTEMPTS", "-5", "a whole number from 3 to 100"),
        ("LIANYI_LOCKOUT_MINUTES", "0", "a whole number from 1 to 1440"),
        ("LIANYI_UPLOAD_MEGABYTES", "501", "a whole number from 1 to 500"),
        ("LIANYI_OFFLINE_DAYS", "61", "a whole number from 1 to 60"),
        ("LIANYI_OFFLINE_LOCK_MINUTES", "0", "a whole number from 1 to 120"),
        ("LIANYI_RULES", "/nowhere/at/all", "folders that exist, separated by ':'"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_the_accepted_ones(read, variable, given, accepted):
    with pytest.raises(ConfigurationError) as caught:
        read(**{variable: given})
    assert caught.value.params["variable"] == variable
    assert caught.value.params["accepted"] == accepted
    assert variable in caught.value.message
    assert accepted in caught.value.message


def test_a_refused_address_keeps_its_password_to_itself(read):
    with pytest.raises(ConfigurationError) as caught:
        read(LIANYI_DATABASE="mysql://user:geheim@host/name")
    assert "geheim" not in caught.value.message
    assert "geheim" not in str(caught.value.params)


@pytest.mark.parametrize(
    ("given", "expected"), [("YES", True), ("on", True), ("0", False), ("False", False), ("", False)]
)
def test_truth_values_are_read_in_the_usual_words(read, given, expected):
    assert read(LIANYI_DEBUG=given).debug is expected


def test_folders_of_rules_are_separated_by_colons(read, tmp_path):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    assert read(LIANYI_RULES=f"{folders[0]}:{folders[1]}").rules_directories == tuple(folders)


def test_hosts_are_separated_by_commas(read):
    assert read(LIANYI_HOSTS="a.example, b.example").allowed_hosts == ("a.example", "b.example")


@pytest.mark.parametrize("host", [".example.org", "10.0.0.5", "[fe80::1]", "lianyi_1"])
def test_names_addresses_and_domains_are_hosts(read, host):
    assert read(LIANYI_HOSTS=host).allowed_hosts == (host,)


def test_a_short_key_is_refused(read):
    with pytest.raises(ConfigurationError, match="LIANYI_SECRET_KEY has 5 characters; at least 32"):
        read(LIANYI_SECRET_KEY="short")


def test_reading_the_settings_leaves_nothing_behind(tmp_path):
    home = tmp_path / "home"
    assert len(read_config({"LIANYI_HOME": str(home)}).secret_key) >= 32
    assert not home.exists()


def test_a_key_that_is_kept_stays_and_only_its_owner_reads_it(tmp_path):
    home = tmp_path / "home"
    keep_secret_key({"LIANYI_HOME": str(home)})
    key = read_config({"LIANYI_HOME": str(home)}).secret_key
    assert len(key) >= 32
    keep_secret_key({"LIANYI_HOME": str(home)})
    assert read_config({"LIANYI_HOME": str(home)}).secret_key == key
    assert stat.S_IMODE((home / "secret-key").stat().st_mode) == 0o600


def test_a_secret_may_come_from_a_file(read, tmp_path):
    (tmp_path / "key").write_text(f"{'f' * 40}\n", encoding="ascii")
    assert read(LIANYI_SECRET_KEY="", LIANYI_SECRET_KEY_FILE=str(tmp_path / "key")).secret_key == "f" * 40
    (tmp_path / "password").write_text("Gelbe-Wolke-3318\n", encoding="ascii")
    variables = {"LIANYI_ADMIN_PASSWORD_FILE": str(tmp_path / "password")}
    assert read_password_variable(variables, "LIANYI_ADMIN_PASSWORD") == "Gelbe-Wolke-3318"
    assert read_password_variable({}, "LIANYI_ADMIN_PASSWORD") == ""


def test_a_file_that_cannot_be_read_is_refused_by_name(read, tmp_path):
    with pytest.raises(ConfigurationError, match=r"LIANYI_LANGUAGE_FILE is .* which cannot be read"):
        read(LIANYI_LANGUAGE_FILE=str(tmp_path / "none"))


def test_a_file_that_is_no_text_is_refused_by_name(read, tmp_path):
    (tmp_path / "binary").write_bytes(b"\x7fELF\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"LIANYI_SECRET_KEY_FILE is .* no text in UTF-8"):
        read(LIANYI_SECRET_KEY="", LIANYI_SECRET_KEY_FILE=str(tmp_path / "binary"))


def test_an_address_that_cannot_be_taken_apart_keeps_its_password_to_itself(read):
    with pytest.raises(ConfigurationError) as caught:
        read(LIANYI_DATABASE="postgresql://u:geheim@[h/x")
    assert "geheim" not in caught.value.message


def test_a_sign_in_service_needs_all_of_its_settings(read):
    assert read(**OIDC).oidc.username_claim == "preferred_username"
    for missing in OIDC:
        with pytest.raises(ConfigurationError, match=f"{missing} is missing") as caught:
            read(**{name: value for name, value in OIDC.items() if name != missing})
        assert caught.value.params["variable"] == missing


def test_a_sign_in_service_is_reached_over_https_only(read):
    with pytest.raises(ConfigurationError, match=r"LIANYI_OIDC_TOKEN_URL .* starts with https://"):
        read(**{**OIDC, "LIANYI_OIDC_TOKEN_URL": "http://id.example/token"})


def test_without_a_mail_server_nothing_is_sent(read):
    config = read()
    assert (config.email, config.site_url, config.private_webhooks) == (None, "", False)


@pytest.mark.parametrize(
    ("given", "host", "port", "encryption"),
    [
        ("smtps://post:w%40rd@mail.example", "mail.example", 465, "tls"),
        ("smtp+starttls://post:w%40rd@mail.example:2587", "mail.example", 2587, "starttls"),
        ("smtp://post:w%40rd@mail.example", "mail.example", 25, "none"),
    ],
)
def test_a_mail_server_is_taken_apart(read, given, host, port, encryption):
    email = read(LIANYI_EMAIL_URL=given, LIANYI_EMAIL_FROM="lianyi@hospital.example").email
    assert (email.host, email.port, email.encryption) == (host, port, encryption)
    assert (email.user, email.password, email.sender) == ("post", "w@rd", "lianyi@hospital.example")


@pytest.mark.parametrize(
    "given", ["mail.example", "http://mail.example", "smtps://", "smtps://m.example:x", "smtp://m/x"]
)
def test_another_mail_address_is_refused_without_its_password(read, given):
    with pytest.raises(ConfigurationError, match="LIANYI_EMAIL_URL") as refusal:
        read(LIANYI_EMAIL_URL=given.replace("://", "://post:geheim@"), LIANYI_EMAIL_FROM="l@hospital.example")
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize("given", ["", "lianyi", "@hospital.example", "li anyi@hospital.example"])
def test_a_mail_server_needs_a_sender(read, given):
    with pytest.raises(ConfigurationError, match="LIANYI_EMAIL_FROM"):
        read(LIANYI_EMAIL_URL="smtps://mail.example", LIANYI_EMAIL_FROM=given)


def test_the_address_of_the_site_has_no_path(read):
    assert read(LIANYI_SITE_URL="https://lianyi.example/").site_url == "https://lianyi.example"
    for given in ("lianyi.example", "ftp://lianyi.example", "https://lianyi.example/x"):
        with pytest.raises(ConfigurationError, match="LIANYI_SITE_URL"):
            read(LIANYI_SITE_URL=given)
