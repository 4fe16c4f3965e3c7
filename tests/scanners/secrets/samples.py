"""Lines with secrets that open nothing, put together so that no file of ours holds one."""

import base64
import json
import random
import string

LETTERS = string.ascii_letters + string.digits


def noise(size: int, alphabet: str = LETTERS, seed: int = 7) -> str:
    """The same random-looking text each time."""
    return "".join(random.Random(seed).choices(alphabet, k=size))


UPPER = string.ascii_uppercase + string.digits
LOWER = string.ascii_lowercase + string.digits
HEX = "0123456789abcdef"
WORD = "Tr0ub4dor" + "&3xyz"


def _part(table: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(table).encode()).decode().rstrip("=")


JWT = f"{_part({'alg': 'HS256'})}.{_part({'sub': 'ada'})}.{noise(43)}"
KEY_BODY = "\n".join(noise(64, seed=seed) for seed in range(6))
PEM = "-----BEGIN RSA " + f"PRIVATE KEY-----\n{KEY_BODY}\n-----END RSA PRIVATE KEY-----\n"
CRYPT = "$6$" + noise(16) + "$" + noise(86)

SAMPLES: dict[str, tuple[str, str, str]] = {
    "private-key": ("id_rsa", PEM, noise(64, seed=0)),
    "aws-access-key": ("a.py", "AK" + "IA" + noise(16, UPPER), "AK" + "IA" + noise(16, UPPER)),
    "azure-storage-key": ("a.cfg", "AccountKey" + "=" + noise(86) + "==", noise(86)),
    "github-token": ("a.py", 'connect("gh' + f'p_{noise(36)}")', noise(36)),
    "github-fine-grained-token": (
        "a.txt",
        "github" + f"_pat_{noise(22)}_{noise(59)}",
        f"{noise(22)}_{noise(59)}",
    ),
    "gitlab-token": ("a.md", "use gl" + f"pat-{noise(20)} here", noise(20)),
    "slack-token": ("a.py", "'xo" + f"xb-123456789012-{noise(24, LOWER)}'", noise(24, LOWER)),
    "stripe-key": ("a.js", "sk" + f"_live_{noise(24)}", noise(24)),
    "sendgrid-key": ("a.py", "S" + f"G.{noise(22)}.{noise(43)}", noise(43)),
    "pypi-token": ("a.toml", "pypi" + f"-AgEIcHlwaS5vcmc{noise(80)}", noise(80)),
    "npm-token": (".npmrc", "//registry/:_auth" + f"Token=npm_{noise(36)}", noise(36)),
    "openai-key": ("a.py", "sk" + f"-{noise(20)}T3Blbk" + f"FJ{noise(20)}", noise(20)),
    "square-secret": ("a.py", "sq0" + f"csp-{noise(43)}", noise(43)),
    "mailchimp-key": ("a.py", noise(32, HEX) + "-us" + "11", noise(32, HEX)),
    "discord-token": ("a.py", "M" + f"{noise(23)}.{noise(6)}.{noise(27)}", noise(27)),
    "telegram-token": ("a.py", "123456789" + f":{noise(35)}", noise(35)),
    "twilio-key": ("a.py", "S" + f"K{noise(32, HEX)}", noise(32, HEX)),
    "json-web-token": ("a.py", f"jwt({JWT})", JWT[:30]),
    "artifactory-credential": ("a.py", "AK" + f"C{noise(20)}", noise(20)),
    "password-hash": (".htpasswd", f"ada:{CRYPT}", noise(86)),
    "basic-auth": ("a.py", f"'https://ada:{noise(12)}@example.org/'", noise(12)),
    "secret-keyword": ("a.py", f'DB_PASSWORD = "{noise(14)}"', noise(14)),
    "named-setting": ("app.env", f"MLAB_PASS={noise(14)} # ours", noise(14)),
    "credentials-file": (".netrc", f"machine m login ada password {noise(14)}", noise(14)),
    "key-file": ("config/master.key", noise(32, HEX), noise(32, HEX)),
    "php-define": ("wp.php", f"define( 'NONCE_SALT', '{noise(40)}' );", noise(40)),
    "high-entropy-base64": ("a.py", f"seed = '{noise(60)}'", noise(60)),
    "high-entropy-hex": ("a.py", f"nonce = '{noise(40, HEX)}'", noise(40, HEX)),
}
"""Rule: path, text, and a part of the secret."""
