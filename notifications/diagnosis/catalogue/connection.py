"""Causes before the first command: settings, the worker, the name, the connection, the greeting."""

from notifications.diagnosis.cause import Cause

CAUSES = (
    Cause(
        "settings.missing",
        "nothing is configured",
        "nothing has been saved yet",
        "No SMTP settings have been saved yet, so there is no server to send to.",
        "Fill in the SMTP Settings page (Server Address, Port Number and the rest) and press Save.",
    ),
    Cause(
        "settings.undecryptable",
        "the stored password cannot be decrypted",
        "the stored password cannot be decrypted with any key of the keyring",
        "The stored password was encrypted with a key that this installation no longer has.{detail}",
        "Enter Password and Confirm Password again and save, or give the earlier key back in SMTP_ENCRYPTION_KEYS.",
    ),
    Cause(
        "settings.destination_changed",
        "the password was entered for another server",
        "the stored password was entered for another destination",
        "The stored password was entered for another destination, and is not sent to {at}.{detail}",
        "Enter Password and Confirm Password again for this Server Address, Port Number, TLS, CA Certificate and "
        "User Name, and save.",
    ),
    Cause(
        "worker.absent",
        "no delivery worker is running",
        "no delivery worker took the test within its time",
        "No delivery worker took the test within its time, so nothing was sent.{detail} E-mails wait until one runs.",
        "Start the worker (`make run` starts one; in production, the service that runs Celery), and see that it "
        "reaches the same broker and database as the pages.",
    ),
    Cause(
        "resolve.not_found",
        "the server's name does not exist",
        "the name does not exist",
        "The name server knows no host called {address}.",
        "Check Server Address for a typing error. It holds a host name only, such as smtp.example.com: no http://, no "
        "port, no e-mail address. A name of the local network may need its domain.",
    ),
    Cause(
        "resolve.no_address",
        "the server's name has no address",
        "the name exists and has neither an A nor an AAAA record",
        "The name {address} exists and has no IP address (neither an A nor an AAAA record). It may be the domain "
        "of the e-mail addresses rather than the name of the mail server.",
        "Put the mail server's own name into Server Address, such as smtp.{address}; your provider's instructions "
        "name it.",
    ),
    Cause(
        "resolve.unavailable",
        "no name server answered",
        "no name server answered",
        "The name {address} could not be looked up: no name server gave an answer that says whether it exists.",
        "Check the DNS configuration and the network of the machine that runs the delivery worker. Until then, an IP "
        "address in Server Address works for a server whose certificate names that address, or without TLS.",
    ),
    Cause(
        "connect.refused",
        "the port is closed",
        "the port is closed",
        "{at} refused the connection: nothing listens on that port, or a firewall turns it away.{tried}{local}",
        "Check Port Number (587 with TLS, 465 with implicit TLS, 25 without TLS are usual) and Server Address, and "
        "that the mail server is running.",
    ),
    Cause(
        "connect.timeout",
        "the server does not answer",
        "no answer to the connection request",
        "{at} did not answer the connection request in time. Often a firewall drops the port silently, and many "
        "networks and clouds block port 25.{tried}",
        "Check Server Address and Port Number, and that the firewalls between this machine and the server let the "
        "port through. If port 25 is blocked, try 587 with TLS.",
    ),
    Cause(
        "connect.unreachable",
        "there is no route to the server",
        "no route to the host or network",
        "There is no route from this machine to {at}, or a firewall on the way says that there is none.{tried}{local}",
        "Check Server Address and this machine's network: its route, its gateway, its VPN. If other services of that "
        "machine can be reached, have its firewall let the port through.",
    ),
    Cause(
        "connect.forbidden",
        "connecting there is forbidden here",
        "the operator's own rules forbid this address or port",
        "The rules of this installation forbid connecting to {at}.{tried}",
        "Choose another Server Address or Port Number, or ask who operates this installation to allow it. Link-local, "
        "metadata, multicast and unspecified addresses are never allowed; a local packet filter may also forbid it.",
    ),
    Cause(
        "greeting.timeout",
        "the server is silent",
        "connected, then silence",
        "{at} accepted the connection and then {silence}. Something may listen there that is no mail server, or a "
        "firewall or proxy holds the connection.",
        "Check Port Number. If the server speaks TLS from the start, set TLS mode to implicit TLS (usually port "
        "465). If it is only slow, raise Timeout.",
    ),
    Cause(
        "greeting.expects_tls",
        "the server expects TLS from the start",
        "the server speaks TLS from the first byte",
        "{at} speaks TLS from the first byte{spoke_as}, and was addressed {tls_words}.",
        "{to_implicit}",
    ),
    Cause(
        "greeting.not_smtp",
        "this is not a mail server",
        "something else answers there",
        "{at} answered, and not as an SMTP server: {spoke}",
        "Check Server Address and Port Number. SMTP is usually on 587, 465 or 25; 143 and 993 are IMAP, 110 and 995 "
        "are POP3, 80 and 443 are HTTP, 22 is SSH.",
    ),
    Cause(
        "greeting.rejected",
        "the server turns this machine away",
        "the banner is a 5xx",
        "{at} answered the connection with a refusal.{said}",
        "Ask the operator of the server to accept connections from this machine, or use the Server Address and Port "
        "Number that are meant for sending (often 587).",
    ),
    Cause(
        "greeting.closed",
        "the server closed the connection at once",
        "the server closed the connection before the banner",
        "{at} accepted the connection and closed it without a greeting. Servers do so to machines they do not want, "
        "when they are overloaded, or when TLS is spoken differently from what they expect; load balancers, when no "
        "mail server behind them is up.",
        "Check Port Number and TLS mode, that the mail server is running, and ask its operator whether it accepts this "
        "machine.",
    ),
    Cause(
        "hello.rejected",
        "the server refuses the EHLO name",
        "the server refuses the name given in EHLO or HELO",
        "The server does not accept the introduction of this machine (EHLO) as {ehlo_name}.{said}",
        "Set EHLO Name to the full host name of this machine, one that DNS knows, such as app.example.com. A server "
        "that knows neither EHLO nor HELO as a command speaks another protocol (LMTP, for example): check Port Number.",
    ),
)
