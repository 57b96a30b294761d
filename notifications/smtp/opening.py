"""The way from a TCP connection to a server that takes messages: banner, EHLO, TLS, authentication."""

from __future__ import annotations

import base64
import binascii

from notifications.smtp.authentication import Mechanism, common_mechanisms
from notifications.smtp.banner import Banner
from notifications.smtp.clock import Clock
from notifications.smtp.dialogue import Dialogue
from notifications.smtp.failure import (
    AnswersInClear,
    AuthenticationNotOffered,
    ClosedByServer,
    Garbled,
    HandshakeBroken,
    InjectedBytes,
    NoCommonMechanism,
    NoReply,
    Refused,
    TLSNotOffered,
)
from notifications.smtp.foreign import recognise_banner
from notifications.smtp.hello import hello_name
from notifications.smtp.look import mechanisms_over_tls
from notifications.smtp.protocol import Extensions
from notifications.smtp.tls import HandshakeWatch, verifying_context
from notifications.smtp.values import Reply, Server, TLSMode


class Opening:
    """Knows the server, and what it has said of itself so far."""

    def __init__(self, server: Server, dialogue: Dialogue, clock: Clock, *, ip: str) -> None:
        self._server = server
        self._dialogue = dialogue
        self._clock = clock
        self._ip = ip
        self.name = server.ehlo_name
        self.banner = ""
        self.extensions = Extensions({})
        self.watch: HandshakeWatch | None = None

    def greet(self) -> str:
        """Banner and EHLO. Returns what to tell of them."""
        self.name = hello_name(self._server.ehlo_name, self._dialogue.stream.local_ip)
        reply = Banner(self._server, self._dialogue, self._clock, ip=self._ip, name=self.name).read()
        self.banner = reply.text
        if reply.code // 100 in (2, 3) and reply.code != 220:
            raise Garbled("a banner begins with 220", recognise_banner(reply.text))
        self._dialogue.accepted(reply)
        self.hello()
        return reply.text.replace("\n", " ")

    def hello(self) -> None:
        until = self._clock.until(self._server.timeout)
        reply = self._dialogue.ask(f"EHLO {self.name}", until)
        if reply.code // 100 == 5:
            # RFC 5321 3.2: a server without extensions knows only HELO.
            try:
                self._dialogue.expect(f"HELO {self.name}", until)
            except (ClosedByServer, NoReply):
                raise Refused(reply, "EHLO") from None
            self.extensions = Extensions({})
            return
        self.extensions = Extensions.of(self._dialogue.accepted(reply))

    def start_tls(self, name: str) -> str:
        """The handshake, after STARTTLS where that is the mode. Returns what to tell of it."""
        upgrade = self._server.tls_mode is TLSMode.STARTTLS
        if upgrade:
            self._ask_for_tls()
        context = verifying_context(self._server.ca_certificate)
        self.watch = HandshakeWatch(context)
        stream = self._dialogue.stream
        try:
            stream.start_tls(context, name, self._clock.until(self._server.timeout))
        except AnswersInClear as error:
            # In clear, and after the reply to STARTTLS: it was sent before our handshake could be answered. A refusal
            # is an answer to it, of a server that has promised what it cannot do.
            if upgrade and error.spoke == "SMTP" and not error.refuses:
                raise InjectedBytes("more than the reply to STARTTLS came") from error
            raise
        finally:
            self.watch.end()
        told = f"{stream.tls.version()}, {(stream.tls.cipher() or ('',))[0]}" if stream.tls else ""
        self._dialogue.transcript.note(f"TLS established: {told}")
        if upgrade:
            self._dialogue.forget()
            self.hello()
        for own in self.watch.certificates[:1]:
            name = ", ".join(own.names[:5]) or own.subject
            told += f"; certificate for {name}, issued by {own.issuer}, valid until {own.not_after:%Y-%m-%d}"
        return told

    def _ask_for_tls(self) -> None:
        if "STARTTLS" not in self.extensions:
            raise TLSNotOffered("STARTTLS is not offered")
        self._dialogue.expect("STARTTLS", self._clock.until(self._server.timeout), 220)
        try:
            ahead = self._dialogue.spoken_ahead()
        except ClosedByServer:
            raise HandshakeBroken("closed", answered=False) from None
        if ahead:
            raise InjectedBytes("more than the reply to STARTTLS came")

    def authenticate(self, username: str, password: str) -> str:
        """The strongest common mechanism. Returns what to tell of it."""
        mechanisms = common_mechanisms(self.extensions.mechanisms)
        if not mechanisms:
            self._explain_no_mechanism()
        for mechanism in mechanisms:
            try:
                self._prove(mechanism, username, password)
            except Refused as error:
                if mechanism is mechanisms[-1] or not _of_the_mechanism(error.reply):
                    raise
            else:
                return f"{mechanism.name} as {username}"
        raise NoCommonMechanism

    def _explain_no_mechanism(self) -> None:
        offered = self.extensions.mechanisms
        over_tls: tuple[str, ...] | None = ()
        if self._server.tls_mode is TLSMode.NONE and "STARTTLS" in self.extensions:
            over_tls = mechanisms_over_tls(self._ip, self._server.port, self.name, self._clock.left(5.0) * 0.8)
        if over_tls is None or common_mechanisms(over_tls):
            raise AuthenticationNotOffered(over_tls=True)
        if over_tls or "AUTH" in self.extensions:
            raise NoCommonMechanism(f"the server offers {', '.join(offered or over_tls) or 'none'}")
        raise AuthenticationNotOffered(over_tls=False)

    def _prove(self, mechanism: Mechanism, username: str, password: str) -> None:
        until = self._clock.until(self._server.timeout)
        answers = mechanism.answer(username, password)
        first = next(answers)
        command = f"AUTH {mechanism.name}"
        if mechanism.initial:
            reply = self._dialogue.ask_secretly(f"{command} {_encoded(first)}", until, command)
        else:
            reply = self._dialogue.ask(command, until)
        while reply.code == 334:
            try:
                answer = answers.send(_decoded(reply.text))
            except (StopIteration, ValueError):
                raise Garbled("a challenge that the mechanism does not know") from None
            if answer != username.encode():
                self._dialogue.scrub.hide([answer])
            reply = self._dialogue.ask_secretly(_encoded(answer), until, "")
        if reply.code // 100 == 3:
            raise Garbled("a reply that the mechanism does not know")
        # The verb of the refusal, whichever line it answers.
        self._dialogue.said = "AUTH"
        self._dialogue.accepted(reply)


def _of_the_mechanism(reply: Reply) -> bool:
    """Whether the refusal is of the mechanism, and so cannot count as a failed sign-in."""
    # 432 4.7.12 (RFC 4954): the server has to learn the password by PLAIN before it knows this mechanism.
    transition = reply.code == 432 and reply.enhanced == "4.7.12"
    return transition or reply.code == 504 or (reply.code == 534 and "mechanism" in reply.text.lower())


def _encoded(answer: bytes) -> str:
    return base64.b64encode(answer).decode()


def _decoded(challenge: str) -> bytes:
    try:
        return base64.b64decode(challenge)
    except (binascii.Error, ValueError):
        return b""
