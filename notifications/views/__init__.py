"""The pages of this app: test e-mails on the settings page, and the outbox."""
