"""A stand-in of Kaggle's API on this machine, for the real ``kaggle`` package to talk to."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

SIGN_IN = "Basic " + base64.b64encode(b"me:secret").decode()
TOKEN_SIGN_IN = "Bearer good-token"
TOKENS = "/v1/security.OAuthService/IntrospectToken"
SERVICE = "/v1/competitions.CompetitionApiService/"


@dataclass(slots=True, kw_only=True)
class Site:
    """What the stand-in knows, and what it was asked.

    Parameters
    ----------
    url
        Where it answers.
    competition, metric, archive
        The one competition: its name, how its metric is called, all its files.
    scores
        What is said of a submission, one answer a question; the last one stays.
    refusals
        Status and message for each request that is refused, by its name.
    asked
        The names of all requests, in order.
    uploads
        The content of every file that was submitted, with its message.
    """

    url: str
    competition: str = "penguins"
    metric: str = "Multiclass Loss"
    archive: bytes = b""
    scores: list[dict[str, Any]] = field(default_factory=list)
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    uploads: list[tuple[bytes, str]] = field(default_factory=list)
    received: bytes = b""

    def answer(self, request: str, told: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to one request of the API."""
        if told.get("competitionName", self.competition) != self.competition:
            return {"code": 404, "message": "Not found"}
        if request == "GetCompetition":
            return {"ref": self.competition, "evaluationMetric": self.metric}
        if request == "StartSubmissionUpload":
            return {"token": "token-1", "createUrl": f"{self.url}/upload/1"}
        if request == "CreateSubmission":
            assert told["blobFileTokens"] == "token-1"
            self.uploads.append((self.received, told["submissionDescription"]))
            return {"message": "Successfully submitted", "ref": 100 + len(self.uploads)}
        if request == "GetSubmission":
            return self.scores.pop(0) if len(self.scores) > 1 else self.scores[0]
        return {"code": 404, "message": f"no such request: {request}"}


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@contextmanager
def serve() -> Iterator[Site]:
    """Run the stand-in on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.site = Site(url=f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.site  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_POST(self) -> None:
        site, request = self.site, self.path.removeprefix(SERVICE)
        site.asked.append(request)
        told = json.loads(self.read() or b"{}")
        if request in site.refusals:
            code, message = site.refusals[request]
            self.reply(code, {"code": code, "message": message})
        elif self.path == TOKENS:
            is_good = told["token"] == "good-token"
            self.reply(200, {"active": True, "username": "me"} if is_good else {})
        elif self.headers["Authorization"] not in {SIGN_IN, TOKEN_SIGN_IN}:
            self.reply(401, {"code": 401, "message": "Unauthenticated"})
        elif request == "DownloadDataFiles" and told["competitionName"] == site.competition:
            self.send_response(302)
            self.send_header("Location", f"{site.url}/files/archive.zip?signed=yes")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            answer = site.answer(request, told)
            self.reply(answer.get("code", 200), answer)

    def do_GET(self) -> None:
        self.site.asked.append("download")
        self.send_response(200)
        self.send_header("Content-Type", "application/zip")
        self.send_header("Content-Length", str(len(self.site.archive)))
        self.send_header("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(self.site.archive)

    def do_PUT(self) -> None:
        self.site.received = self.read()
        code, message = self.site.refusals.get("upload", (200, ""))
        self.reply(code, {"message": message})

    @property
    def site(self) -> Site:
        return self.server.site  # type: ignore[attr-defined]

    def read(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"] or 0))

    def reply(self, code: int, answer: Mapping[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Say nothing."""
