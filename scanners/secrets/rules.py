"""What is looked for: detect-secrets' plug-ins and patterns of our own, as one table.

Left out of detect-secrets: public IP addresses, which are no secrets, and the IBM, SoftLayer
and Cloudant plug-ins, whose values have no shape of their own: the rules for names and for
random strings find them.
"""

from dataclasses import dataclass
from enum import StrEnum

from ...records.finding import Level


class Sort(StrEnum):
    """What a rule goes by."""

    SHAPE = "shape"
    """The value itself is like no other text; looked for in binary files too."""
    NAMED = "named"
    """What the value is called, or where it stands."""
    RANDOM = "random"
    """How random the value looks."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of secret."""

    id: str
    title: str
    sort: Sort
    severity: Level
    confidence: Level
    anchors: tuple[str, ...]
    """Regular expressions over bytes, best with a literal beginning, which is fast. A line
    without a match of any of them holds no such secret."""
    plugin: str = ""
    """The class of detect-secrets; empty for a pattern of our own."""
    pattern: str = ""
    """Over one line; each named group that matches is a secret."""
    files: str = ""
    """What the whole path has to match, in any case; empty for every file."""
    any_case: bool = False
    """The anchors are over the text in lower case."""


_LOW, _MEDIUM, _HIGH = Level.LOW, Level.MEDIUM, Level.HIGH
PRIVATE_KEY = "private-key"
KEYWORD = "secret-keyword"
SETTING = "named-setting"

_CRYPT = r"\$(?:apr1|1|2[abxy]|5|6|argon2id?)\$"
_CRYPTED = (
    r"\$(?:apr1|1)\$[./\w]{1,8}\$[./A-Za-z0-9]{22}|\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}"
    r"|\$[56]\$(?:rounds=\d+\$)?[./\w-]{1,16}\$[./A-Za-z0-9]{43,86}"
    r"|\$argon2id?\$v=\d+\$[\w=,]+\$[+/\w]{8,}\$[+/\w]{16,}"
)
_NAMES = r"pass|passphrase|token|auth_?token|auth|salt|access_?key|app_?key|credential"
_DEFINED = r"password|passwd|secret|token|_key|_salt"
_CREDENTIALS_FILES = (
    r"(?:.*/)?(?:[._]netrc|\.\w*(?:smtp|mail)rc|\.?pgpass(?:\.conf)?|\.?git-credentials"
    r"|(?:filezilla|recentservers|sitemanager)\.xml)"
)
_CREDENTIALS_LINES = (
    r"(?i)(?:\bpassword\s+\"?(?P<netrc>[^\s\"]+)|^[^#:\s]+:\d*:[^:]*:[^:]*:(?P<pgpass>\S+)$"
    r"|^https?://[^\s:]+:(?P<git>[^\s/]\S*)@[^\s@]+$|<pass[^>]*>(?P<xml>[^<]+)</pass>)"
)


def _ends(end: str, *starts: str) -> str:
    """An anchor for names that end alike: the end is searched, what is before it checked."""
    before = (f"(?<={start}{gap}{end})" for start in starts for gap in ("", "_"))
    return f"{end}(?:{'|'.join(before)})"


_KEYWORDS = (
    *("pass(?:word|wd)", "pwd", "secret", "contrase", _ends("pass", "db", "database", "key")),
    _ends(
        "key", "api", "auth", "service", "account", "db", "database", "priv", "private", "client"
    ),
)


def _shape(
    id_: str,
    title: str,
    plugin: str,
    *anchors: str,
    confidence: Level = _HIGH,
    any_case: bool = False,
) -> Rule:
    return Rule(id_, title, Sort.SHAPE, _HIGH, confidence, anchors, plugin, any_case=any_case)


_AWS = ("a3t[a-z0-9]{17}", "abia", "acca", "akia", "asia[0-9a-z]{16}", "aws[^\\n]{0,200}?['\"]")
_RANDOM = (r"([\"'])(?:[A-Za-z0-9+/\\_=-]{23,}|[0-9A-Fa-f]{9,})\1",)
"""So many characters a string has at least whose entropy is over the limits of the plug-ins."""

RULES: tuple[Rule, ...] = (
    Rule(
        *(PRIVATE_KEY, "Private key", Sort.SHAPE, _HIGH, _HIGH),
        anchors=("PRIVATE KEY", "PuTTY-User-Key-File-"),
        pattern=r"(?P<value>BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY|PuTTY-User-Key-File-\d)",
    ),
    _shape("aws-access-key", "AWS access key", "AWSKeyDetector", *_AWS, any_case=True),
    _shape("azure-storage-key", "Azure storage key", "AzureStorageKeyDetector", "AccountKey="),
    _shape("github-token", "GitHub token", "GitHubTokenDetector", "gh[opsur]_"),
    Rule(
        *("github-fine-grained-token", "GitHub token", Sort.SHAPE, _HIGH, _HIGH),
        anchors=("github_pat_",),
        pattern=r"(?P<value>github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})",
    ),
    _shape("gitlab-token", "GitLab token", "GitLabTokenDetector", "gl[a-z]{2,5}-", "GR1348941"),
    _shape(
        *("slack-token", "Slack token", "SlackDetector", "xox[abposr]-", r"hooks\.slack\.com/"),
        any_case=True,
    ),
    _shape("stripe-key", "Stripe key", "StripeDetector", "k_live_"),
    _shape("sendgrid-key", "SendGrid key", "SendGridDetector", r"SG\.[a-zA-Z0-9_-]{22}"),
    _shape("pypi-token", "PyPI token", "PypiTokenDetector", "pypi-AgE"),
    _shape("npm-token", "npm token", "NpmDetector", ":_authToken="),
    _shape("openai-key", "OpenAI key", "OpenAIDetector", "T3BlbkFJ"),
    _shape("square-secret", "Square OAuth secret", "SquareOAuthDetector", "sq0csp-"),
    _shape("mailchimp-key", "Mailchimp key", "MailchimpDetector", "-us[0-9]"),
    _shape(
        *("discord-token", "Discord bot token", "DiscordBotTokenDetector"),
        *(r"\.[a-zA-Z0-9_-]{6}\.[a-zA-Z0-9_-]{27}",),
        confidence=_MEDIUM,
    ),
    _shape(
        *("telegram-token", "Telegram bot token", "TelegramBotTokenDetector"),
        *(":[0-9A-Za-z_-]{35}",),
        confidence=_MEDIUM,
    ),
    _shape(
        *("twilio-key", "Twilio key", "TwilioKeyDetector", "AC[a-z0-9]{32}", "SK[a-z0-9]{32}"),
        confidence=_MEDIUM,
    ),
    _shape("json-web-token", "JSON web token", "JwtTokenDetector", "eyJ", confidence=_MEDIUM),
    Rule(
        *("artifactory-credential", "Artifactory credential", Sort.SHAPE, _MEDIUM, _LOW),
        anchors=("AKC[a-zA-Z0-9]{10}", "AP[0-9A-F][a-zA-Z0-9]{8}"),
        plugin="ArtifactoryDetector",
    ),
    Rule(
        *("password-hash", "Hash of a password", Sort.SHAPE, _MEDIUM, _MEDIUM),
        anchors=(_CRYPT,),
        pattern=f"(?P<value>{_CRYPTED})",
    ),
    Rule(
        *("basic-auth", "Password in a URL", Sort.NAMED, _MEDIUM, _MEDIUM),
        anchors=(r"://[^:/?#\[\]@!$&'()*+,;=\s]+:[^\n]*?@",),
        plugin="BasicAuthDetector",
    ),
    Rule(
        *(KEYWORD, "Value with a secret's name", Sort.NAMED, _MEDIUM, _MEDIUM),
        anchors=_KEYWORDS,
        plugin="KeywordDetector",
        any_case=True,
    ),
    Rule(
        *(SETTING, "Setting with a secret's name", Sort.NAMED, _MEDIUM, _MEDIUM),
        anchors=("pass", "token", "auth", "salt", "access_?key", "app_?key", "credential"),
        pattern=rf"(?i)^(?:\S*[\W_])?(?:{_NAMES}) = \"(?P<value>[^\"]+)\"$",
        any_case=True,
    ),
    Rule(
        *("credentials-file", "Line of a credentials file", Sort.NAMED, _MEDIUM, _MEDIUM),
        anchors=("password", ":", "<pass"),
        pattern=_CREDENTIALS_LINES,
        files=_CREDENTIALS_FILES,
        any_case=True,
    ),
    Rule(
        *("key-file", "File of one key", Sort.NAMED, _HIGH, _MEDIUM),
        anchors=("[0-9a-f]{32}",),
        pattern=r"^(?P<value>[0-9a-f]{32,128})$",
        files=r".*\.key",
    ),
    Rule(
        *("php-define", "Constant with a secret's name", Sort.NAMED, _MEDIUM, _MEDIUM),
        anchors=("define",),
        pattern=rf"(?i)\bdefine\(\s*['\"]\w*(?:{_DEFINED})['\"]\s*,\s*'(?P<value>[^']+)'",
        files=r".*\.(?:php|inc|phtml)",
        any_case=True,
    ),
    Rule(
        *("high-entropy-base64", "Random-looking string", Sort.RANDOM, _MEDIUM, _LOW),
        anchors=_RANDOM,
        plugin="Base64HighEntropyString",
    ),
    Rule(
        *("high-entropy-hex", "Random-looking hexadecimal string", Sort.RANDOM, _MEDIUM, _LOW),
        anchors=_RANDOM,
        plugin="HexHighEntropyString",
    ),
)

BY_ID = {rule.id: rule for rule in RULES}
