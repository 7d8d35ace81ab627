"""A small provider of OpenID Connect on loopback: it signs with a key of its own, and lies when it is told to."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, CLIENT_SECRET = "samraad", "en-hemmelighed-paa-loopback"


@dataclass
class Provider:
    """What it is at the moment. subject, email, is_verified: of whoever signs in. lies: claims that its tokens hold
    instead of the true ones. signs_with: a stranger's key, None for its own. codes: those that have not been used, each
    with what was asked for it."""

    issuer: str = ""
    subject: str = "sub-1"
    email: str = ""
    is_verified: object = True
    lies: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "alg": "RS256", "use": "sig"}))
    signs_with: RSAKey | None = None
    algorithm: str = "RS256"
    is_broken: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def consent(self, address: str) -> str:
        """The person signs in at the address they were sent to; returns where the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = uuid4().hex
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        """What it answers to a program."""
        if self.is_broken:
            return 500, {"error": "server_error"}
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
            }
        if path == "/keys":
            return 200, KeySet([self.key]).as_dict(private=False)
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if path != "/token" or asked is None or asked["code_challenge"] != verifier.decode().rstrip("="):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "adgang", "token_type": "Bearer", "id_token": self._token(asked)}

    def _token(self, asked: dict[str, str]) -> str:
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": int(time.time()),
            "exp": int(time.time()) + 300,
            "nonce": asked["nonce"],
            "email": self.email,
            "email_verified": self.is_verified,
            **self.lies,
        }
        return jwt.encode(
            {"alg": self.algorithm, "kid": "k1"}, claims, self.signs_with or self.key, algorithms=[self.algorithm]
        )


@contextmanager
def identity_provider() -> Iterator[Provider]:
    """A provider at its work, until the block ends."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(*provider.answer(self.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            given = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
            if given != f"{CLIENT_ID}:{CLIENT_SECRET}":
                self._say(401, {"error": "invalid_client"})
                return
            self._say(*provider.answer(self.path, form))

        def _say(self, status: int, content: Any) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *args: Any, **kwargs: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
