"""Providers of mailboxes, where e-mail is sent as the mailbox's own user."""

from settings_app.providers.provider import Provider

_ISPDB = "https://github.com/thunderbird/autoconfig/blob/master/ispdb"
_ADDRESS = r"\S+@\S+"
_SAME_SENDER = "the address that signs in, or one of its aliases"
_OAUTH_ONLY = (
    "Since 16 September 2024 Microsoft accepts no passwords for these mailboxes, only OAuth, which is not offered "
    "here: use another provider for sending."
)


def _zoho(region: str) -> Provider:
    return Provider(
        f"Zoho Mail ({region})",
        f"smtp.zoho.{region}",
        username="the whole e-mail address",
        login=_ADDRESS,
        credential="the mailbox's password; with two-factor authentication an application-specific password, from "
        f"accounts.zoho.{region}, Security, App Passwords (then tick Issued by the provider)",
        issued=False,
        ports=(465, 587),
        sender=_SAME_SENDER,
        note=f"A domain of one's own on a paid plan is sent through smtppro.zoho.{region}. Accounts live in one region "
        "and sign in nowhere else.",
        also=(f"smtppro.zoho.{region}",),
        related=(f"*.zoho.{region}", f"zoho.{region}"),
        domains=("zohomail.com",) if region == "com" else (f"zohomail.{region}",),
        source="https://www.zoho.com/mail/help/zoho-smtp.html",
    )


def _ionos(country: str) -> Provider:
    return Provider(
        f"IONOS ({country})",
        f"smtp.ionos.{country}",
        username="the whole e-mail address",
        login=_ADDRESS,
        credential="the mailbox's password, as set in the IONOS control panel",
        issued=False,
        ports=(465, 587),
        sender="an address of the same domain as the mailbox",
        related=(f"*.ionos.{country}",),
        source=f"{_ISPDB}/ionos.{country}",
    )


PROVIDERS = (
    Provider(
        "Gmail",
        "smtp.gmail.com",
        username="the whole e-mail address",
        login=_ADDRESS,
        credential="an application password of 16 letters, entered without its spaces. It is made at "
        "myaccount.google.com/apppasswords, once 2-Step Verification is on; the account's own password is not accepted",
        ports=(587, 465),
        limits="500 messages a day, 2,000 with Google Workspace",
        sender=_SAME_SENDER,
        also=("smtp.googlemail.com",),
        related=("imap.gmail.com", "pop.gmail.com", "mail.google.com", "*.googlemail.com"),
        domains=("gmail.com", "googlemail.com"),
        source="https://support.google.com/mail/answer/7126229",
    ),
    Provider(
        "Google Workspace SMTP relay",
        "smtp-relay.gmail.com",
        username="the whole address of a Workspace user, or SMTP Authentication off",
        credential="that user's application password; none where the administrator has allowed this machine's address",
        ports=(587, 465, 25),
        limits="10,000 recipients a day for each user",
        sender="an address of a domain of the Workspace account",
        note="An administrator sets it up first: Admin console, Apps, Google Workspace, Gmail, Routing, SMTP relay "
        "service.",
        source="https://support.google.com/a/answer/2956491",
    ),
    Provider(
        "Microsoft 365",
        "smtp.office365.com",
        username="the whole address of the mailbox",
        login=_ADDRESS,
        credential="the mailbox's password; with multi-factor authentication an application password (then tick "
        "Issued by the provider)",
        issued=False,
        ports=(587, 25),
        limits="30 messages a minute, 10,000 recipients a day, 3 connections at a time for a mailbox",
        per_minute=30,
        sender="the mailbox's own address, or one for which it has the right Send As",
        note="SMTP AUTH has to be enabled for the mailbox, and security defaults forbid it. Microsoft disables "
        "passwords for it by default from the end of December 2026; an administrator can enable them again for a time. "
        "Lasting ways: an inbound connector for this machine's address, or High Volume Email.",
        also=("*.mail.protection.outlook.com",),
        related=("outlook.office365.com", "outlook.office.com", "mail.office365.com", "*.onmicrosoft.com"),
        source="https://learn.microsoft.com/exchange/mail-flow-best-practices/"
        "how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365",
    ),
    Provider(
        "Outlook.com",
        "smtp-mail.outlook.com",
        username="the whole e-mail address",
        login=_ADDRESS,
        credential="",
        ports=(587,),
        note=_OAUTH_ONLY,
        related=("*.outlook.com", "*.hotmail.com", "*.live.com"),
        domains=("outlook.com", "hotmail.com", "live.com", "msn.com"),
        source="https://support.microsoft.com/office/pop-imap-and-smtp-settings-for-outlook-com",
    ),
    Provider(
        "Yahoo Mail",
        "smtp.mail.yahoo.com",
        username="the whole e-mail address",
        login=_ADDRESS,
        credential="an application password, from Account info, Security, Generate and manage app passwords",
        ports=(465, 587),
        sender=_SAME_SENDER,
        related=("*.mail.yahoo.com", "mail.yahoo.com"),
        domains=("yahoo.com", "ymail.com", "rocketmail.com"),
        source="https://help.yahoo.com/kb/SLN4724.html",
    ),
    Provider(
        "iCloud Mail",
        "smtp.mail.me.com",
        username="the whole iCloud address",
        login=_ADDRESS,
        credential="an app-specific password, from account.apple.com, Sign-In and Security",
        ports=(587,),
        limits="1,000 messages and 1,000 recipients a day",
        sender=_SAME_SENDER,
        related=("*.mail.me.com", "mail.me.com"),
        domains=("icloud.com", "me.com", "mac.com"),
        source="https://support.apple.com/102525",
    ),
    Provider(
        "Fastmail",
        "smtp.fastmail.com",
        username="the whole Fastmail address",
        login=_ADDRESS,
        credential="an app password for mail, from Settings, Privacy & Security, Manage app passwords",
        ports=(465, 587),
        sender="the account's address or one of its verified aliases",
        related=("*.fastmail.com", "*.messagingengine.com"),
        domains=("fastmail.com", "fastmail.fm"),
        source="https://www.fastmail.com/help/technical/servernamesandports.html",
    ),
    *(_zoho(region) for region in ("com", "eu", "in", "com.au", "jp")),
    Provider(
        "OVHcloud",
        "ssl0.ovh.net",
        username="the whole e-mail address",
        login=_ADDRESS,
        credential="the mailbox's password, as set in the OVHcloud control panel",
        issued=False,
        ports=(465, 587),
        sender="the mailbox's own address",
        also=("smtp.mail.ovh.net", "smtp.mail.ovh.ca"),
        related=("*.ovh.net", "*.mail.ovh.ca"),
        source="https://github.com/ovh/docs/tree/master/pages/web_cloud/email_and_collaborative_solutions/mx_plan",
    ),
    Provider(
        "GMX",
        "mail.gmx.net",
        username="the whole e-mail address",
        login=_ADDRESS,
        credential="the mailbox's password; with two-factor authentication an application-specific password (then tick "
        "Issued by the provider)",
        issued=False,
        ports=(465, 587),
        sender=_SAME_SENDER,
        note="Access by POP3 and IMAP has to be allowed once, in the mailbox's settings; sending belongs to it.",
        also=("mail.gmx.com", "smtp.gmx.net", "smtp.gmx.com"),
        related=("*.gmx.net", "*.gmx.com", "*.gmx.de"),
        domains=("gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.com"),
        source=f"{_ISPDB}/gmx.net.xml",
    ),
    Provider(
        "WEB.DE",
        "smtp.web.de",
        username="the part of the e-mail address before the @",
        credential="the mailbox's password; with two-factor authentication an application-specific password (then tick "
        "Issued by the provider)",
        issued=False,
        ports=(465, 587),
        sender=_SAME_SENDER,
        note="Access by POP3 and IMAP has to be allowed once, in the mailbox's settings; sending belongs to it.",
        related=("*.web.de",),
        domains=("web.de",),
        source=f"{_ISPDB}/web.de.xml",
    ),
    *(_ionos(country) for country in ("com", "de", "co.uk", "fr", "es", "it")),
)
