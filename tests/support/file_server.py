#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A web server on 127.0.0.1 for the tests of fetching: file_server.py FOLDER MODE.

It prints its port, then one line a request: the path and the first byte asked for. Modes:
  plain       whole files, and parts of them where asked
  cut         every answer stops in its middle; parts are given where asked
  cut-whole   every answer stops in its middle; parts are never given
  no-range    whole files only
  wrong       every file with its last byte changed
  long        every file with bytes after its end
  hang        every answer stops in its middle and stays open
  busy        the first two requests are answered with 503
  to-file     a redirect to a file:// address
  redirect    a redirect to the same path below /moved/
"""
import http.server
import pathlib
import sys
import threading
import time

FOLDER, MODE = pathlib.Path(sys.argv[1]), sys.argv[2]
requests = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def plain_answer(self, status, location=None):
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        global requests
        requests += 1
        asked = self.headers.get("Range", "bytes=0-")
        start = int(asked.split("=")[1].split("-")[0])
        print(self.path, start, flush=True)
        if MODE == "busy" and requests <= 2:
            return self.plain_answer(503)
        if MODE == "to-file":
            return self.plain_answer(302, "file:///etc/hostname")
        if MODE == "redirect" and not self.path.startswith("/moved/"):
            return self.plain_answer(302, "/moved" + self.path)
        path = FOLDER / pathlib.PurePosixPath(self.path).name
        if not path.is_file():
            return self.plain_answer(404)
        self.send_file(path.read_bytes(), start)

    def send_file(self, body, start):
        if MODE == "wrong":
            body = body[:-1] + bytes([body[-1] ^ 1])
        if MODE == "long":
            body += b"and more"
        total = len(body)
        if start > 0 and MODE not in ("no-range", "cut-whole"):
            if start >= total:
                return self.plain_answer(416)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
            body = body[start:]
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if MODE in ("cut", "cut-whole", "hang") and len(body) > 1000:
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            if MODE == "hang":
                time.sleep(60)
            self.close_connection = True
            return
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # a client that hangs up is part of the tests


server = Server(("127.0.0.1", 0), Handler)
# The test closes our standard input's other end when it goes; then we go, too.
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
print(server.server_address[1], flush=True)
server.serve_forever()
