"""Makes the certificate of a run, signed by itself: a key on P-256, as most servers have one today."""

import subprocess
from pathlib import Path


class Certificate:
    """Two files in a folder, which has to outlive them."""

    def __init__(self, folder):
        self.certificate = str(Path(folder) / "certificate.pem")
        self.key = str(Path(folder) / "key.pem")
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                   "-nodes", "-subj", "/CN=localhost", "-days", "2", "-keyout", self.key,
                   "-out", self.certificate]
        subprocess.run(command, check=True, capture_output=True)
