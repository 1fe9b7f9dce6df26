"""Who may do what on a PostgreSQL server: the rights of each role, held by the server itself.

The table :data:`WRITERS` says the same as the roles of the services; a test holds the two together. Nobody
but the owner of the database may change the trail, switch a trigger off or remove rows of patients.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, inspect, text

from ctdild_desktop.registry.models import ROLES, Base, OfPatient

_RECORDING = ("recorder", "clinician", "coordinator", "administrator")
_ADMINISTRATOR = ("administrator",)
EVERYBODY = ROLES

WRITERS: dict[str, tuple[str, ...]] = {
    "patient": _RECORDING,
    "attachment_content": _RECORDING,
    "inbox_message": _RECORDING,
    "inbox_content": _RECORDING,
    "import_mapping": ("coordinator", "administrator"),
    "meeting": ("clinician", "coordinator", "administrator"),
    "letter_template": ("clinician", "coordinator", "administrator"),
    "saved_query": _RECORDING,
    "site_criterion": _ADMINISTRATOR,
    "app_user": _ADMINISTRATOR,
    "erasure": _ADMINISTRATOR,
    "audit_key": _ADMINISTRATOR,
    "registry_keys": EVERYBODY,
    "draft": _RECORDING,
}
"""Who may insert and update rows of a table that is not of one patient; those of patients: who records."""
_REMOVERS: dict[str, tuple[str, ...]] = {
    "draft": _RECORDING,
    "audit_key": _ADMINISTRATOR,
    "import_mapping": ("coordinator", "administrator"),
    **dict.fromkeys(("inbox_message", "inbox_content"), _ADMINISTRATOR),  # of a patient who is erased
}
_CHANGED_ALONE = frozenset({"registry_keys"})
"""Tables whose rows are there from the beginning."""
_ADDED_ALONE = frozenset({"attachment_content", "inbox_content"})
"""Tables whose rows nobody changes: another content is another file."""
_OF_ONE_PATIENT = frozenset({"patient", "attachment_content"})
"""Tables of one patient whose rows are no records of the patient."""
_UNWRITTEN = frozenset({"audit", "audit_seal", "audit_context", "registry_info"})


def writers() -> dict[str, tuple[str, ...]]:
    """Who may insert and update rows, by table."""
    found = {}
    for mapper in Base.registry.mappers:
        table = str(mapper.class_.__tablename__)
        if table in _UNWRITTEN:
            continue
        if table in WRITERS:
            found[table] = WRITERS[table]
        elif issubclass(mapper.class_, OfPatient):
            found[table] = _RECORDING
        else:
            raise LookupError(f"nobody is named as writer of the table {table}")
    return found


def group_of(database: str, role: str) -> str:
    """The server's group role of a role of the program."""
    return f"{database}:{role}"


def prepare(connection: Connection, database: str) -> None:
    """Make the groups, their rights and the functions for accounts; may be run again at any time."""
    whole = "".join(f"{statement};\n" for statement in _statements(connection, database))
    # in one block, because the way to a server and back costs more than any of them
    connection.exec_driver_sql(f"DO $rights$ BEGIN\n{whole}END $rights$".replace("%", "%%"))


def _statements(connection: Connection, database: str) -> Iterator[str]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    groups = {role: quote(group_of(database, role)) for role in ROLES}
    everybody = ", ".join(groups.values())
    known = set(connection.execute(text("SELECT rolname FROM pg_roles")).scalars())
    for role, group in groups.items():
        if group_of(database, role) not in known:
            yield f"CREATE ROLE {group} NOLOGIN"
    yield f"REVOKE ALL ON DATABASE {quote(database)} FROM PUBLIC"
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    yield f"GRANT CONNECT ON DATABASE {quote(database)} TO {everybody}"
    # whoever lost every right at an open desk is told so, and not that the tables are gone
    yield "GRANT USAGE ON SCHEMA public TO PUBLIC"
    for table in sorted(inspect(connection).get_table_names()):
        yield f"REVOKE ALL ON {quote(table)} FROM PUBLIC, {everybody}"
        yield f"GRANT SELECT ON {quote(table)} TO {everybody}"
    for table, roles in sorted(writers().items()):
        names = ", ".join(groups[role] for role in roles)
        writing = "UPDATE" if table in _CHANGED_ALONE else "INSERT, UPDATE"
        writing = "INSERT" if table in _ADDED_ALONE else writing
        yield f"GRANT {writing} ON {quote(table)} TO {names}"
    for table, roles in _REMOVERS.items():
        yield f"GRANT DELETE ON {quote(table)} TO {', '.join(groups[role] for role in roles)}"
    yield f"GRANT UPDATE (must_change) ON app_user TO {everybody}"
    recording = ", ".join(groups[role] for role in _RECORDING)
    # what is read in bytes that stay
    yield f"GRANT UPDATE (said, said_sha256) ON inbox_content TO {recording}"
    yield from _one_s_own()
    yield f"GRANT UPDATE (nonce, row_mac) ON audit TO {everybody}"
    yield f"GRANT INSERT ON audit_seal TO {everybody}"
    yield f"GRANT EXECUTE ON FUNCTION audit_note(text, text, text) TO {everybody}"
    yield from _erasing(groups["administrator"])
    for signature, body in _functions():
        yield (
            f"CREATE OR REPLACE FUNCTION {signature} RETURNS void LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path = public, pg_temp AS $body${body}$body$"
        )
        yield f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC"
        yield f"GRANT EXECUTE ON FUNCTION {signature} TO {everybody}"


_IS_ADMINISTRATOR = "pg_has_role(session_user, current_database() || ':administrator', 'member')"


def _one_s_own() -> Iterator[str]:
    """What nobody changes of anybody else: a draft, and the mark that the passphrase must be changed.

    Administrators look after accounts, and take the drafts about a patient away who is erased.
    """
    own = "session_user = current_database() || '.' || login"
    cared_for = f"{own} OR {_IS_ADMINISTRATOR}"
    policies = {
        "draft": {
            "INSERT": f"WITH CHECK ({own})",
            "UPDATE": f"USING ({own})",
            "DELETE": f"USING ({cared_for})",
        },
        "app_user": {"INSERT": "WITH CHECK (true)", "UPDATE": f"USING (true) WITH CHECK ({cared_for})"},
    }
    for table, wanted in policies.items():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        for operation, condition in {"SELECT": "USING (true)", **wanted}.items():
            name = f"{table}_{operation.lower()}"
            yield f"DROP POLICY IF EXISTS {name} ON {table}"
            yield f"CREATE POLICY {name} ON {table} FOR {operation} {condition}"


def _erasing(administrators: str) -> Iterator[str]:
    """A legal request to be erased is carried out by administrators; triggers bind it to one patient."""
    yield f"GRANT UPDATE (old, new, reason) ON audit TO {administrators}"
    for mapper in Base.registry.mappers:
        table = str(mapper.class_.__tablename__)
        if table in _OF_ONE_PATIENT or issubclass(mapper.class_, OfPatient):
            yield f'GRANT DELETE ON "{table}" TO {administrators}'


def _functions() -> Iterator[tuple[str, str]]:
    """Accounts are made by the owner of these functions, for an administrator; who else asks is refused."""
    person = "current_database() || '.' || login"
    refused = "RAISE EXCEPTION 'only an administrator may do this' USING ERRCODE = 'insufficient_privilege'"
    administrator = f"{_IS_ADMINISTRATOR} OR pg_has_role(session_user, current_user, 'member')"
    only = f"  IF NOT ({administrator}) THEN\n    {refused};\n  END IF;\n"
    leave = "".join(
        f"  EXECUTE format('REVOKE %I FROM %I', current_database() || ':{role}', {person});\n"
        for role in ROLES
    )
    enter = f"  EXECUTE format('GRANT %I TO %I', current_database() || ':' || role, {person});\n"
    known = f"EXISTS (SELECT FROM pg_roles WHERE rolname = {person})"
    # a database that was brought to another server knows its people, but that server does not
    as_listed = (
        "  SELECT app_user.role INTO listed FROM app_user\n"
        "    WHERE app_user.login = account_password.login AND app_user.active;\n"
        f"  EXECUTE format('CREATE ROLE %I LOGIN', {person});\n"
        f"  EXECUTE format('GRANT %I TO %I', current_database() || ':' || listed, {person});\n"
    )
    yield (
        "account_add(login text, role text, verifier text)",
        f"\nBEGIN\n{only}"
        f"  IF NOT {known} THEN\n    EXECUTE format('CREATE ROLE %I', {person});\n  END IF;\n"
        f"  EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', {person}, verifier);\n"
        f"{leave}{enter}END\n",
    )
    yield (
        "account_password(login text, verifier text)",
        f"\nDECLARE\n  listed text;\n"
        f"BEGIN\n  IF session_user <> {person} AND NOT ({administrator}) THEN\n    {refused};\n  END IF;\n"
        f"  IF NOT {known} THEN\n{as_listed}  END IF;\n"
        f"  EXECUTE format('ALTER ROLE %I PASSWORD %L', {person}, verifier);\nEND\n",
    )
    yield (
        "account_role(login text, role text)",
        f"\nBEGIN\n{only}  IF {known} THEN\n{leave}{enter}  END IF;\nEND\n",
    )
    yield (
        "account_remove(login text)",
        f"\nBEGIN\n{only}  IF {known} THEN\n{leave}"
        f"  EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL', {person});\n  END IF;\nEND\n",
    )
