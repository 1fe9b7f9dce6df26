"""Addresses of registries: files, servers, and what is neither."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.place import Place, PlaceError

WORD = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=12)


def test_a_path_is_a_file() -> None:
    place = Place.parse("/data/clinic.ctdild")
    assert (place.path, place.is_server, place.name) == (Path("/data/clinic.ctdild"), False, "clinic.ctdild")
    assert Place.parse(str(place)) == place


def test_an_address_is_a_server_and_never_shows_its_password() -> None:
    place = Place.parse("postgresql+psycopg://owner:s%40cret@db.example:5433/ctd?sslrootcert=/etc/ca.pem")
    assert (place.host, place.port, place.database) == ("db.example", 5433, "ctd")
    assert (place.user, place.password) == ("owner", "s@cret")
    assert str(place) == "postgresql+psycopg://db.example:5433/ctd?sslrootcert=/etc/ca.pem"
    assert "s@cret" not in repr(place)
    assert "owner" not in repr(place)
    with pytest.raises(PlaceError, match="no file here"):
        _ = place.file


def test_a_password_among_the_options_is_not_shown_either() -> None:
    place = Place.parse("postgresql://server/ctd?user=owner&password=s%26cret&connect_timeout=3")
    assert (place.user, place.password) == ("owner", "s&cret")
    assert str(place) == "postgresql+psycopg://server/ctd?connect_timeout=3"
    assert "cret" not in repr(place)


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("postgresql:///ctd?host=/var/run/postgresql", True),
        ("postgresql://localhost/ctd", True),
        ("postgresql://[::1]:5432/ctd", True),
        ("postgresql://db.example/ctd", False),
        ("postgresql:///ctd?host=db.example", False),
        ("postgresql://localhost/ctd?hostaddr=10.0.0.7", False),
        ("postgresql:///ctd?host=/tmp,db.example", False),
        ("postgresql://localhost,db.example/ctd", False),
        ("postgresql:///ctd?host=/tmp,%20localhost", True),
    ],
)
def test_a_server_is_here_only_when_every_name_of_it_is(address: str, here: bool) -> None:
    assert Place.parse(address).is_here is here


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://x/y", "begins with"),
        ("postgresql://host", "names no database"),
        ("postgresql://host/a/b", "names no database"),
        ("postgresql://host:port/a", "cannot be read"),
        ("postgresql://[::1/a", "cannot be read"),
        ("postgresql://server/ctd?options=-csearch_path%3Dother", "not known here: options"),
        ("postgresql://server/ctd?sslmod=verify-full", "not known here: sslmod"),
        ("postgresql://server/ctd?service=other", "not known here: service"),
        ("~nobody-of-this-name/a.ctdild", "not the path of a file"),
        ("/tmp/a\0b.ctdild", "not the path of a file"),
    ],
)
def test_what_is_no_address_is_refused_in_words(address: str, said: str) -> None:
    with pytest.raises(PlaceError, match=said):
        Place.parse(address)


@given(host=st.sampled_from(["", "localhost", "db.example", "::1"]), database=WORD, option=WORD)
def test_what_is_shown_reads_back_as_the_same(host: str, database: str, option: str) -> None:
    place = Place(host=host, port=None, database=database, options=(("sslrootcert", option),))
    assert Place.parse(str(place)) == place
