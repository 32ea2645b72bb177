"""An HTTP server of a test, on a free port of loopback."""
import http.server, os


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve(handler, folder):
    """Serves for ever; the port is in folder/port once it listens, whole or not at all."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    (folder / "port.new").write_text(str(server.server_port))
    os.rename(folder / "port.new", folder / "port")
    server.serve_forever()
