"""Causes around TLS."""

from notifications.diagnosis.cause import Cause

CAUSES = (
    Cause(
        "tls.not_offered",
        "the server does not offer TLS",
        "TLS is enabled and the server does not offer STARTTLS",
        "TLS is on, and {at} does not offer STARTTLS. Nothing was sent: with TLS on, messages never travel in clear."
        "{offered}",
        "Use a port that offers TLS (587 for STARTTLS; 465 with TLS mode implicit TLS), or have STARTTLS switched on "
        "at the server. Only on a network you trust: switch TLS off.",
    ),
    Cause(
        "tls.refused",
        "the server refuses to start TLS",
        "STARTTLS is offered and then refused",
        "{at} offers STARTTLS, and refused it when it was asked for.{said}",
        "The server's own TLS is not in order, often its certificate or key: have its operator look into its log. "
        "Implicit TLS on port 465 (TLS mode) may work meanwhile.",
    ),
    Cause(
        "tls.not_spoken",
        "the server does not speak TLS on this port",
        "implicit TLS was tried and the server answers in clear",
        "TLS was spoken from the first byte (implicit TLS), and {at} answered in clear{spoke_as}.",
        "{to_starttls}",
    ),
    Cause(
        "tls.untrusted",
        "the certificate is not trusted",
        "self-signed, or signed by an authority that is not trusted here",
        "The certificate of {at} is {trust_problem}. {certificate}",
        "If it is your own authority's, put that authority's certificate into CA Certificate (PEM). If not, the server "
        "needs a certificate of a public authority, sent with its intermediate certificates.",
    ),
    Cause(
        "tls.expired",
        "the certificate has expired",
        "a certificate of the chain has expired",
        "A certificate of {at} has expired. {certificate}",
        "Have the certificate renewed at the server, and the server reloaded. If the dates look right, correct this "
        "machine's clock (it says {now}).",
    ),
    Cause(
        "tls.not_yet_valid",
        "the certificate is not valid yet",
        "a certificate of the chain is not valid yet",
        "A certificate of {at} is not valid yet, or this machine's clock is wrong: it says {now}. {certificate}",
        "Correct this machine's clock, or have a certificate installed at the server that is valid today.",
    ),
    Cause(
        "tls.name_mismatch",
        "the certificate is for another name",
        "the certificate is for other names",
        "The certificate of the server is not valid for {address}. {names}{also_out_of_date}",
        "Put one of the certificate's names into Server Address, or have a certificate installed at the server that "
        "names {address}.",
    ),
    Cause(
        "tls.protocol",
        "no common TLS version or cipher",
        "no TLS version or cipher in common",
        "This machine and {at} have no TLS version or cipher in common ({error}). TLS 1.2 or later is needed.",
        "Have TLS 1.2 or 1.3 with current ciphers switched on at the server. If they are, look at the key of its "
        "certificate: RSA of 2048 bits or more, or an elliptic curve in common use (P-256, P-384).",
    ),
    Cause(
        "tls.required",
        "the server requires TLS",
        "TLS is off and the server accepts nothing without it",
        "TLS is off, and the server accepts no e-mail without it.{said}",
        "Switch TLS on. With STARTTLS the port is usually 587.",
    ),
    Cause(
        "tls.weak_certificate",
        "the certificate is too weak",
        "the certificate's key or signature is too weak for this machine's policy",
        "The key or the signature of a certificate of {at} is too weak for this machine's policy ({error}). "
        "{certificate}",
        "Have a certificate installed at the server with an RSA key of 2048 bits or more, or an elliptic-curve key, "
        "signed with SHA-256 or better, and so for the authority that signed it.",
    ),
    Cause(
        "tls.client_certificate",
        "the server demands a client certificate",
        "the server demands a client certificate",
        "{at} asks for a certificate of the client, and does not go on without one ({error}).",
        "Client certificates are not supported. Have the server accept User Name and Password, or this machine's "
        "address, in place of a client certificate, on this port or another.",
    ),
    Cause(
        "tls.injected",
        "someone interferes with the start of TLS",
        "more than the reply to STARTTLS came before the handshake",
        "{at}, or someone in between, sent more than the reply to STARTTLS before the TLS handshake. That is how an "
        "attacker puts words into a server's mouth, so the connection was ended before anything secret was sent.",
        "Set TLS mode to implicit TLS (usually port 465), which cannot be attacked this way. If it stays, have the "
        "network and the server's software checked.",
    ),
    Cause(
        "tls.failed",
        "the TLS handshake failed",
        "the handshake failed otherwise",
        "The TLS handshake with {at} failed ({error}).{unknown_name}{said}",
        "Check that TLS mode and Port Number belong together (STARTTLS 587, implicit TLS 465), and look into the "
        "server's log for this moment.{ca_hint}",
    ),
)
