"""Causes around authentication."""

from notifications.diagnosis.cause import Cause

CAUSES = (
    Cause(
        "authenticate.not_offered",
        "the server offers no authentication",
        "SMTP Authentication is on and the server offers none",
        "SMTP Authentication is on, and {at} offers none, with or without TLS.{offered}{said}",
        "Switch SMTP Authentication off if the server accepts this machine without it, or use the server's port for "
        "sending with authentication (usually 587).",
    ),
    Cause(
        "authenticate.needs_tls",
        "authentication needs TLS",
        "authentication is offered, or allowed, only over TLS, and TLS is off",
        "TLS is off, and {at} lets nobody sign in without it.{said}",
        "Switch TLS on. With STARTTLS the port is usually 587.",
    ),
    Cause(
        "authenticate.no_common_mechanism",
        "no common way to sign in",
        "the server's mechanisms are none of ours",
        "{at} offers no way to sign in that works with a user name and a password here{mechanisms}.{said}",
        "Have one of SCRAM-SHA-256, CRAM-MD5, PLAIN or LOGIN switched on at the server. Where a provider allows only "
        "OAuth, ask it for an SMTP relay or an application password.",
    ),
    Cause(
        "authenticate.rejected",
        "wrong user name or password",
        "wrong user name or password",
        "The server does not accept the user name {username} with this password.{said}",
        "Enter User Name, Password and Confirm Password again. Some servers want the whole e-mail address as the user "
        "name; SendGrid wants the word apikey, Amazon SES its own SMTP credentials; Google and Yahoo want an "
        "application password.",
    ),
    Cause(
        "authenticate.application_password",
        "an application password is needed",
        "the provider wants an application password",
        "The provider does not accept the account's own password from a program; it wants an application "
        "password.{said}",
        "Create an application password in the account's security settings at the provider (Google: two-step "
        "verification, then App passwords), enter it in Password and Confirm Password, and tick Issued by the "
        "provider.",
    ),
    Cause(
        "authenticate.browser_sign_in",
        "the provider wants a sign-in in a browser first",
        "the provider wants a sign-in in a web browser first",
        "The provider is suspicious of this sign-in and wants {username} to sign in with a web browser first.{said}",
        "Sign in to the account with a web browser, best from this network, and confirm what it asks. Then test again.",
    ),
    Cause(
        "authenticate.disabled",
        "signing in with a password is disabled",
        "the provider or tenant has disabled password authentication for SMTP",
        "The provider, or the administrator of the account there, has disabled signing in to SMTP with a "
        "password.{said}",
        "Microsoft 365: have SMTP AUTH enabled for this mailbox in the Exchange admin centre, and security defaults "
        "checked; or use a connector or High Volume Email. Elsewhere: have SMTP enabled for {username}.",
    ),
    Cause(
        "authenticate.unavailable",
        "the server cannot check passwords now",
        "the server cannot check credentials now",
        "The server cannot check the user name and password at the moment.{said}",
        "Nothing is wrong with the settings as far as can be told: try again in some minutes. If it stays, the "
        "server's operator should look at its authentication service.",
    ),
    Cause(
        "authenticate.required",
        "the server requires authentication",
        "SMTP Authentication is off and the server demands it",
        "The server accepts no e-mail without authentication{auth_state}.{said}",
        "Switch SMTP Authentication on, with User Name and Password, or have the server accept this machine without "
        "them.",
    ),
)
