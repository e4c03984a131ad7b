"""Signing in, keys, and every way in which a credential can be wrong."""

import base64
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import google.auth.transport.requests
import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from limits import parse
from sqlalchemy import text

from api import google as google_sign_in
from api import limiting, tokens
from tests.api.conftest import CLIENT_ID, SECRET
from worker.store import people


@cache
def private_key(name: str = "google"):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Google:
    """A signer with a certificate, and the server that publishes it."""

    def __init__(self) -> None:
        self.key = private_key()
        self.asked = 0
        self.status = 200
        body = json.dumps({"k1": self._certificate()}).encode()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked += 1
                self.send_response(outer.status)
                self.send_header("Cache-Control", "public, max-age=3600")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/certs"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def transport(self):
        """A google-auth transport that asks this server, whatever address it is given."""
        with requests.Session() as session:
            session.trust_env = False
            real = google.auth.transport.requests.Request(session)

            def ask(url, *args, **kwargs):
                assert url.startswith("https://www.googleapis.com/")
                return real(self.url, *args, **kwargs)

            yield google_sign_in.Certificates(ask)

    def credential(self, key=None, algorithm="RS256", kid="k1", **claims) -> str:
        now = int(time.time())
        usual = {
            "iss": "https://accounts.google.com", "aud": CLIENT_ID, "sub": "g-1", "email": "Ada@Example.org",
            "email_verified": True, "name": "Ada", "iat": now, "exp": now + 600,
        }  # fmt: skip
        body = {name: value for name, value in (usual | claims).items() if value is not None}
        return jwt.encode(body, key or self.key, algorithm=algorithm, headers={"kid": kid})

    def _certificate(self) -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
        now = datetime.now(UTC)
        built = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
            .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
            .sign(self.key, hashes.SHA256())
        )  # fmt: skip
        return built.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture
def google_(app):
    signer = Google()
    app.dependency_overrides[google_sign_in.google_transport] = signer.transport
    google_sign_in.Certificates._kept.clear()
    yield signer
    signer.server.shutdown()
    signer.server.server_close()


def sign_in(client, google_, **claims):
    return client.post("/api/v1/auth/google", json={"credential": google_.credential(**claims)})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def ours(secret: str = SECRET, algorithm: str = "HS256", **claims) -> str:
    now = int(time.time())
    usual = {"sub": "1", "iat": now, "exp": now + 60, "iss": "rolecall", "aud": "rolecall-api"}
    body = {name: value for name, value in (usual | claims).items() if value is not None}
    return jwt.encode(body, secret, algorithm=algorithm)


def test_a_google_account_becomes_a_person_with_an_access_token(signed, google_):
    answer = sign_in(signed, google_)
    assert answer.status_code == 200
    body = answer.json()
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 3600
    claims = jwt.decode(body["access_token"], SECRET, algorithms=["HS256"], audience="rolecall-api", issuer="rolecall")
    assert claims["sub"] == str(body["user"]["id"])
    assert claims["exp"] - claims["iat"] == 3600
    me = signed.get("/api/v1/me", headers=bearer(body["access_token"])).json()
    assert me == body["user"]
    assert (me["email"], me["name"]) == ("ada@example.org", "Ada")


def test_signing_in_again_is_the_same_person_and_certificates_are_kept(signed, google_):
    first = sign_in(signed, google_).json()["user"]
    second = sign_in(signed, google_, email="ada@new.example", name=None).json()["user"]
    assert first["id"] == second["id"]
    assert second["email"] == "ada@new.example"
    assert google_.asked == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody.else"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1_700_000_000},
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
        {"sub": None},
        {"kid": "k2"},
    ],
    ids=str,
)
def test_a_google_credential_with_a_flaw_is_refused(signed, google_, db, claims):
    answer = sign_in(signed, google_, **claims)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert db.execute(text("SELECT count(*) FROM users")).scalar_one() == 0


def test_a_google_credential_signed_by_somebody_else_is_refused(signed, google_):
    assert sign_in(signed, google_, key=private_key("somebody else")).status_code == 401
    confused = google_.credential(key="x" * 64, algorithm="HS256")
    assert signed.post("/api/v1/auth/google", json={"credential": confused}).status_code == 401
    for rubbish in ("", "a.b.c", "no token", "ö" * 50, "\x00"):
        assert signed.post("/api/v1/auth/google", json={"credential": rubbish}).status_code == 401


def test_an_email_of_another_google_account_is_a_conflict(signed, google_):
    assert sign_in(signed, google_, sub="g-1").status_code == 200
    answer = sign_in(signed, google_, sub="g-2")
    assert answer.status_code == 409
    assert "ada@example.org" in answer.json()["detail"].lower()


def test_without_googles_certificates_signing_in_is_unavailable(signed, google_):
    google_.status = 500
    answer = sign_in(signed, google_)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_a_local_installation_has_no_sign_in(client, google_):
    assert sign_in(client, google_).status_code == 404
    assert client.get("/api/v1/me").json()["email"] == "local@rolecall.localhost"
    assert client.get("/api/v1/me").json() == client.get("/api/v1/me").json()


def none_token() -> str:
    now = int(time.time())
    claims = {"sub": "1", "iat": now, "exp": now + 60, "iss": "rolecall", "aud": "rolecall-api"}
    return ".".join([*(_part(one) for one in ({"alg": "none", "typ": "JWT"}, claims)), ""])


def _part(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def confused_token() -> str:
    return ours(private_key(), algorithm="RS256")


@pytest.mark.parametrize(
    "token",
    [
        lambda: ours(exp=int(time.time()) - 1),
        lambda: ours(aud="another"),
        lambda: ours(iss="another"),
        lambda: ours(secret="another secret that is also quite long"),
        lambda: ours(algorithm="HS512", secret=SECRET * 2),
        lambda: ours(sub=None),
        lambda: ours(sub="9999"),
        lambda: ours(sub="x"),
        lambda: ours(exp=None),
        lambda: ours(iat=None),
        none_token,
        confused_token,
        lambda: "rubbish",
    ],
    ids=[
        *("expired", "aud", "iss", "secret", "HS512", "no-sub", "unknown"),
        *("no-number", "no-exp", "no-iat", "none", "RS256", "rubbish"),
    ],
)
def test_a_wrong_access_token_is_refused(signed, db, token):
    people.local(db)
    db.commit()
    assert signed.get("/api/v1/me", headers=bearer(ours())).status_code == 200
    answer = signed.get("/api/v1/me", headers=bearer(token()))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_an_api_key_is_shown_once_works_and_can_be_revoked(signed, google_, db):
    token = bearer(sign_in(signed, google_).json()["access_token"])
    made = signed.post("/api/v1/api-keys", json={"name": " my  laptop "}, headers=token)
    assert made.status_code == 201
    key = made.json()["key"]
    (listed,) = signed.get("/api/v1/api-keys", headers=token).json()["items"]
    assert "key" not in listed
    assert listed["name"] == "my laptop"
    assert key.startswith(listed["prefix"])
    stored = db.execute(text("SELECT digest FROM api_keys")).scalar_one()
    assert bytes(stored) == tokens.digest_of(key, SECRET.encode())
    assert key not in db.execute(text("SELECT row_to_json(api_keys)::text FROM api_keys")).scalar_one()
    assert signed.get("/api/v1/me", headers={"X-API-Key": key}).json()["email"] == "ada@example.org"
    assert signed.get("/api/v1/api-keys", headers=token).json()["items"][0]["last_used_at"]
    assert signed.delete(f"/api/v1/api-keys/{listed['id']}", headers=token).status_code == 204
    assert signed.get("/api/v1/me", headers={"X-API-Key": key}).status_code == 401
    assert signed.get("/api/v1/me", headers={"X-API-Key": key + "x"}).status_code == 401


def test_nobody_revokes_anothers_key(signed, google_):
    ada = bearer(sign_in(signed, google_).json()["access_token"])
    eve = bearer(sign_in(signed, google_, sub="g-2", email="eve@example.org").json()["access_token"])
    made = signed.post("/api/v1/api-keys", json={"name": "laptop"}, headers=ada).json()
    assert signed.delete(f"/api/v1/api-keys/{made['id']}", headers=eve).status_code == 404
    assert signed.get("/api/v1/api-keys", headers=eve).json()["items"] == []


def test_a_local_installation_keeps_a_secret_of_its_own(client, tmp_path):
    key = client.post("/api/v1/api-keys", json={"name": "script"}).json()["key"]
    file = tmp_path / "folder" / "api-secret"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_text().strip()) >= 32
    assert client.get("/api/v1/me", headers={"X-API-Key": key}).status_code == 200
    assert client.get("/api/v1/me", headers={"X-API-Key": "rc_wrong"}).status_code == 401


def test_wrong_credentials_are_counted_by_address(app, signed):
    app.dependency_overrides[limiting.sign_in_limit] = lambda: parse("3/minute")
    statuses = [signed.get("/api/v1/me", headers={"X-API-Key": f"rc_{n}"}).status_code for n in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    assert signed.get("/api/v1/me").status_code == 401
