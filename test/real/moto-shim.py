"""moto's server, with the errors of its access checks in the JSON that AWS answers JSON services with.

moto answers them in XML, which the AWS SDK for JavaScript cannot read. Usage: python moto-shim.py PORT
"""

import json
import re
import sys

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

NAMES = {
    "AccessDenied": "AccessDeniedException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}

moto = DomainDispatcherApplication(create_backend_app)


def text_of(tag, body):
    found = re.search(rb"<%s>(.*?)</%s>" % (tag, tag), body, re.S)
    return found[1].decode() if found else ""


def app(environ, start_response):
    answer = {}

    def keep(status, headers, _=None):
        answer.update(status=status, headers=headers)
        return lambda data: None

    body = b"".join(moto(environ, keep))
    asked_json = environ.get("CONTENT_TYPE", "").startswith("application/x-amz-json")
    if asked_json and body.startswith(b"<?xml"):
        code = text_of(b"Code", body)
        name = NAMES.get(code, code)
        body = json.dumps({"__type": name, "message": text_of(b"Message", body)}).encode()
        answer["status"] = "400 Bad Request"
        answer["headers"] = [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(body)))]
    start_response(answer["status"], answer["headers"])
    return [body]


run_simple("127.0.0.1", int(sys.argv[1]), app, threaded=True)
