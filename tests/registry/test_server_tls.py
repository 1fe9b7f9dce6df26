"""A server over a network proves with a certificate that it is the right one, or nothing is sent to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ctdild_desktop.place import Place
from ctdild_desktop.registry import server_connection
from ctdild_desktop.registry.errors import RegistryError, UnreachableError, WrongPassphraseError
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.server_accounts import role_of, sign_in_password
from ctdild_desktop.registry.server_connection import open_connection, refuse_open_network
from tests.support.certificates import Proof, proof_of
from tests.support.postgres import Cluster
from tests.support.registries import LOGIN, PASSPHRASE

HOST = "db.clinic.example"
NETWORK = "reached only with a proven certificate"
UNPROVEN = "does not prove with its certificate that it is the right one"


def entered(place: Place, passphrase: str = PASSPHRASE) -> None:
    """Sign in and leave again."""
    Registry.open(place, LOGIN, passphrase).close()


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://{HOST}/ctd?",
        f"postgresql:///ctd?host={HOST}&",
        "postgresql://localhost/ctd?hostaddr=192.0.2.7&",
        f"postgresql:///ctd?host=/var/run/postgresql,{HOST}&",
    ],
)
def test_a_server_on_the_network_without_full_proof_is_refused(address: str, mode: str) -> None:
    place = Place.parse(f"{address}sslmode={mode}")
    with pytest.raises(RegistryError, match=NETWORK):
        refuse_open_network(place)
    with pytest.raises(RegistryError, match=NETWORK):
        open_connection(place, "role", "password")


@pytest.mark.parametrize("variable", ["PGHOST", "PGHOSTADDR"])
def test_a_server_that_only_the_environment_names_is_refused_as_well(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "192.0.2.7")
    refuse_open_network(Place.parse("postgresql:///ctd"))
    with pytest.raises(RegistryError, match=NETWORK):
        refuse_open_network(Place.parse("postgresql:///ctd?sslmode=prefer"))
    if variable == "PGHOST":
        refuse_open_network(Place.parse("postgresql://localhost/ctd?sslmode=prefer"))


def test_the_environment_does_not_weaken_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "disable")
    given = server_connection._given(Place.parse(f"postgresql://{HOST}/ctd"), "role", "password")
    assert given["sslmode"] == "verify-full"


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    return proof_of(tmp_path_factory.mktemp("proof") / HOST, HOST)


@pytest.fixture(scope="module")
def served(cluster: Cluster, server_template: str, proof: Proof) -> Iterator[Place]:
    """A registry on a server that proves itself over the network, under its name alone."""
    place = cluster.new_registry(server_template)
    with cluster.over_tls(proof.certificate, proof.key) as port:
        yield replace(place, host=HOST, port=port, options=(("hostaddr", "127.0.0.1"),))


def with_options(place: Place, **options: object) -> Place:
    return replace(place, options=(*place.options, *((name, str(value)) for name, value in options.items())))


def test_a_server_that_proves_itself_is_reached_over_tls_alone(served: Place, proof: Proof) -> None:
    place = with_options(served, sslrootcert=proof.root)
    assert not place.is_here
    entered(place)
    password = sign_in_password(place.database, LOGIN, PASSPHRASE)
    with closing(open_connection(place, role_of(place.database, LOGIN), password)) as connection:
        assert connection.pgconn.ssl_in_use
        shown = "SHOW tcp_keepalives_idle", "SHOW tcp_user_timeout"
        assert [connection.execute(one).fetchone()[0] for one in shown] == ["20", "40000"]


def test_proof_may_be_asked_for_on_this_computer_too(served: Place, proof: Proof) -> None:
    place = replace(served, host="localhost", options=(("hostaddr", "127.0.0.1"),))
    entered(place)
    with pytest.raises(RegistryError, match=UNPROVEN):
        entered(with_options(place, sslmode="verify-full", sslrootcert=proof.root))


def test_a_server_with_the_certificate_of_another_root_is_refused(served: Place, tmp_path: Path) -> None:
    other = proof_of(tmp_path / "other", HOST)
    with pytest.raises(RegistryError, match=UNPROVEN) as caught:
        entered(with_options(served, sslrootcert=other.root))
    assert not isinstance(caught.value, WrongPassphraseError | UnreachableError)
    assert "sslrootcert" in caught.value.hint


def test_a_server_with_the_certificate_of_another_name_is_refused(served: Place, proof: Proof) -> None:
    place = replace(served, host="other.clinic.example")
    with pytest.raises(RegistryError, match=UNPROVEN):
        entered(with_options(place, sslrootcert=proof.root))


def test_a_missing_or_broken_root_certificate_is_refused(served: Place, tmp_path: Path) -> None:
    broken = tmp_path / "broken.crt"
    broken.write_text("no certificate")
    for place in (
        served,
        with_options(served, sslrootcert=tmp_path / "none.crt"),
        with_options(served, sslrootcert=broken),
    ):
        with pytest.raises(RegistryError, match=UNPROVEN):
            entered(place)


def test_a_root_certificate_that_is_not_there_is_named(served: Place, tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=UNPROVEN) as caught:
        entered(with_options(served, sslrootcert=tmp_path / "none.crt"))
    assert caught.value.hint == "The root certificate is not where sslrootcert in the address says."


def test_the_account_of_the_address_is_told_from_a_person(served: Place, proof: Proof) -> None:
    owner = replace(with_options(served, sslrootcert=proof.root), user="ctd_owner", password="another")
    with pytest.raises(WrongPassphraseError, match="the account that the address names") as caught:
        open_connection(owner, owner.user, owner.password)
    assert "PGPASSWORD" in caught.value.hint


def test_a_wrong_passphrase_over_the_network_is_no_matter_of_proof(served: Place, proof: Proof) -> None:
    with pytest.raises(WrongPassphraseError):
        entered(with_options(served, sslrootcert=proof.root), passphrase="another passphrase")
