"""The database's own refusal to change the audit trail, whoever asks: the application, a shell, a stolen connection.

What is older than a year may be put away, by `pruning.py` alone on PostgreSQL; of the last year nobody can delete
anything. The owner of the tables can still take the triggers away, which is another right than to write
(docs/security.md).
"""

from datetime import timedelta

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KEPT = timedelta(days=365)
MESSAGE = "The audit trail is append-only"
PRUNING = "SET LOCAL audit.pruning = 'on'"  # until the transaction ends
POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF TG_OP = 'DELETE' AND TG_LEVEL = 'STATEMENT' AND current_setting('audit.pruning', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '{MESSAGE}: % refused', TG_OP;
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_kept BEFORE DELETE ON audit_entry
FOR EACH ROW WHEN (OLD.at > now() - interval '{KEPT.days} days') EXECUTE FUNCTION audit_append_only()
"""
SQLITE = (
    f"CREATE TRIGGER audit_no_UPDATE BEFORE UPDATE ON audit_entry "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: UPDATE refused'); END",
    f"CREATE TRIGGER audit_no_DELETE BEFORE DELETE ON audit_entry WHEN OLD.at > datetime('now', '-{KEPT.days} days') "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: DELETE refused'); END",
)
ALLOW_POSTGRESQL = tuple(
    f"DROP TRIGGER IF EXISTS {trigger} ON audit_entry" for trigger in ("audit_append_only", "audit_kept")
)
ALLOW_SQLITE = tuple(f"DROP TRIGGER IF EXISTS audit_no_{deed}" for deed in ("UPDATE", "DELETE"))


def forbid(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers. On SQLite a later change of the table takes them away: run this again after it."""
    allow(_apps, editor)
    for statement in {"postgresql": (POSTGRESQL,), "sqlite": SQLITE}.get(editor.connection.vendor, ()):
        editor.execute(statement, params=None)


def allow(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in {"postgresql": ALLOW_POSTGRESQL, "sqlite": ALLOW_SQLITE}.get(editor.connection.vendor, ()):
        editor.execute(statement, params=None)
