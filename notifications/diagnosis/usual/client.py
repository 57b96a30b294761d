"""What is said of the machine that connects: its EHLO name, its address."""

from notifications.diagnosis.wording import DATA, usually

LINES = (
    usually("hello.rejected", "(invalid|forged|bad|bogus|wrong|unacceptable) (helo|ehlo)"),
    usually(
        "hello.rejected",
        r"\b(helo|ehlo)\b.{0,60}(reject|refused|invalid|fully.qualified|not (a )?(valid|match)|resolv|forged)",
        r"\b(helo|ehlo)\b.{0,60}(required|should|must)",
    ),
    usually("hello.rejected", r"(say|send) (helo|ehlo|hello)(/ehlo|/helo)? first", "introduce yourself"),
    usually("server.blocked_client", codes="[45].. [45].7.25"),
    # A list of what messages hold, not of who sends them.
    usually(
        "message.spam", r"list\w* (url|uri|link)", r"\b(url|uri|link)s?\b.{0,40}list", r"\b(sur|uri)bl\b", at=(DATA,)
    ),
    usually(
        "server.blocked_client",
        "spamhaus",
        "spamcop",
        "barracuda(central|networks)",
        r"\bsorbs\b",
        "uceprotect",
        "abuseat",
        r"\b(dns|r|x|s|p)bls?\b",
        r"\bdnswl\b",
    ),
    usually(
        "server.blocked_client",
        "(?<!sender )(?<!sender is )(?<!sender address )(block|black|deny|reject)[ -]?list",
        "black ?hole",
        "blocked using",
        r"listed (at|in|on|by)\b",
    ),
    usually(
        "server.blocked_client",
        "reverse[ -](dns|host ?name|name|lookup|record|address)",
        r"\bptr\b",
        r"\brdns\b",
        "(no|valid|missing) reverse",
        "ip name lookup",
        "cannot find your (reverse )?host",
    ),
    usually(
        "server.blocked_client",
        r"\b(your|this|the|sending|client|connecting) (ip|host|network|mta|server)\b.{0,40}"
        r"(block|bann|black|reject|denied|refused|not (allowed|permitted|authori)|unauthori)",
        r"\b(unauthori[sz]ed|banned|blocked|blacklisted|denied) (sending |client |source )?(ip|host|network)\b",
        r"(reputation of the sending|poor reputation|bad reputation|low reputation)",
        r"(messages|mail|connections?) from \[?[\d.:a-f]{7,}\]? .{0,20}(blocked|rejected|refused|denied|not accepted)",
        r"\bblock(ed|ing)? (your|this) (ip|host|network)",
        r"\bdynamic (ip|address|host|range)",
        r"\b(your|this) (ip|host|network|client)\b.{0,20}not in (the |our )?allow",
        r"\bfrom your (country|region)\b",
        r"\[?\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\]? (is |has been )?(blocked|banned|blacklisted|refused)",
    ),
)
