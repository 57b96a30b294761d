"""What servers say of the machine that connects: its EHLO name, its address."""

from notifications.diagnosis.wording import says

LINES = (
    says("hello.rejected", "[45]..", ("helo command rejected",), "Postfix"),
    says("hello.rejected", "[45]..", ("(invalid|forged|bad|syntactically invalid|bogus) (helo|ehlo)",), "Exim, cPanel"),
    says(
        "hello.rejected",
        "[45]..",
        (r"(helo|ehlo)\b.{0,60}(reject|invalid|fully.qualified|not valid|resolv|forged)",),
        "various",
    ),
    says("hello.rejected", "[45]..", ("relaydenied.{0,40}ehlo", "invalid .?localhost.? .{0,20}ehlo"), "Google relay"),
    says("tls.client_certificate", "[45]..", (r"(no|need|requires?|valid|trusted) (a )?client cert",), "Postfix"),
    says("server.rate_limited", "421 4.7.0", ("too many (connections|errors|commands)",), "Postfix"),
    says("server.rate_limited", "432 4.3.2", ("concurrent connections? limit",), "Microsoft 365"),
    says("server.rate_limited", "4.. 4.7.28", (), "Gmail"),
    says("server.blocked_client", r".*5.7.(60[6-9]|6[1-4]\d|511)", (), "Microsoft 365"),
    says("server.blocked_client", "[45].. [45].7.25", (), "Gmail, RFC 7372"),
    says(
        "server.blocked_client",
        "[45]..",
        ("spamhaus", "spamcop", "barracuda", "sorbs", "uceprotect", "abuseat", r"\b(dns|r)bl\b"),
        "block lists",
    ),
    says(
        "server.blocked_client",
        "[45]..",
        ("block(ed)? ?list", "black ?list", "denylist", "blocked using", r"listed (at|in|on|by)\b"),
        "block lists",
    ),
    says("server.blocked_client", "[45]..", ("client host rejected: cannot find your",), "Postfix"),
    says(
        "server.blocked_client",
        "[45]..",
        ("reverse (dns|hostname|name|lookup)", r"\bptr\b", r"\brdns\b", "no reverse"),
        "various",
    ),
    says(
        "server.blocked_client",
        "[45]..",
        (
            "(banned|blocked|reputation of the) sending ip",
            "your ip (address )?(is|has been) (blocked|banned|blacklisted)",
        ),
        "Gmail, Microsoft",
    ),
    says(
        "server.blocked_client",
        "[45]..",
        (
            r"(messages|mail) from \[?[\d.:a-f]+\]? (weren't sent|.{0,20}(blocked|rejected))",
            "block(ed)? (your|this) (ip|host|network)",
        ),
        "Outlook.com",
    ),
)
