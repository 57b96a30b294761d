"""The database's own refusal to change the audit trail, whoever asks: the application, a shell, a stolen connection.

Its owner can still take the triggers away, which is another right than to write (docs/security.md).
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MESSAGE = "The audit trail is append-only"
POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{MESSAGE}: % refused', TG_OP; END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()
"""
SQLITE = tuple(
    f"CREATE TRIGGER audit_no_{deed} BEFORE {deed} ON audit_entry "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {deed} refused'); END"
    for deed in ("UPDATE", "DELETE")
)
ALLOW_POSTGRESQL = "DROP TRIGGER IF EXISTS audit_append_only ON audit_entry"
ALLOW_SQLITE = tuple(f"DROP TRIGGER IF EXISTS audit_no_{deed}" for deed in ("UPDATE", "DELETE"))


def forbid(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers. On SQLite a later change of the table takes them away: run this again after it."""
    for statement in {"postgresql": (POSTGRESQL,), "sqlite": SQLITE}.get(editor.connection.vendor, ()):
        editor.execute(statement, params=None)


def allow(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in {"postgresql": (ALLOW_POSTGRESQL,), "sqlite": ALLOW_SQLITE}.get(editor.connection.vendor, ()):
        editor.execute(statement, params=None)
