"""What nginx and systemd themselves say of the files in `deploy/`, where they are installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import find_nginx

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
# nginx's own folders and ports belong to root.
AROUND = """
pid {folder}/pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def available(folder: Path) -> list[tuple[str, Callable[[], str]]]:
    """Name and function of each check that this machine can make; a finding is a text."""
    nginx = find_nginx.find()
    systemd = shutil.which("systemd-analyze")
    found: list[tuple[str, Callable[[], str]]] = []
    if nginx:
        found.append(("deploy: nginx -t", lambda: of_nginx(nginx, folder / "nginx")))
    if systemd:
        of_units = folder / "units"
        found.append(("deploy: systemd-analyze verify", lambda: of_systemd(systemd, of_units)))
    return found


def of_nginx(nginx: str, folder: Path) -> str:
    folder.mkdir(parents=True)
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    # There is no certificate here; without one, only what would refuse everybody may listen.
    site = re.sub(r"^\s*ssl_certificate\s.*", "ssl_reject_handshake on;", site, flags=re.MULTILINE)
    site = re.sub(r"^\s*ssl_certificate_key\s.*", "", site, flags=re.MULTILINE)
    site = re.sub(r"\blisten (\[::\]:)?(80|443)\b", r"listen \g<1>8\2", site)
    site = site.replace("# include /etc/nginx/foyer_streams", "include /etc/nginx/foyer_streams")
    (folder / "foyer_stream_key.conf").write_text('set $foyer_stream_key "";', encoding="utf-8")
    for name in ("foyer_proxy.conf", "foyer_streams.conf"):
        part = (DEPLOY / name).read_text(encoding="utf-8")
        (folder / name).write_text(part.replace("/etc/nginx", str(folder)), encoding="utf-8")
    site = site.replace("/var/log/nginx", str(folder)).replace("/etc/nginx", str(folder))
    (folder / "site.conf").write_text(site, encoding="utf-8")
    (folder / "main.conf").write_text(AROUND.format(folder=folder), encoding="utf-8")
    told = [nginx, "-t", "-q", "-p", str(folder), "-e", "stderr", "-c", str(folder / "main.conf")]
    asked = subprocess.run(told, check=False, capture_output=True, text=True)
    return asked.stderr if asked.returncode else ""


def of_systemd(systemd: str, folder: Path) -> str:
    """With the programs of this machine; it finds unknown keys, wrong values, missing programs."""
    folder.mkdir(parents=True)
    for unit in DEPLOY.glob("foyer-*.*"):
        text = unit.read_text(encoding="utf-8")
        text = text.replace("/srv/foyer/venv/bin", str(Path(sys.executable).parent))
        (folder / unit.name).write_text(text.replace("/srv/foyer/app", str(ROOT)), encoding="utf-8")
    units = [str(path) for path in sorted(folder.iterdir())]
    asked = subprocess.run(
        [systemd, "verify", "--man=no", *units], check=False, capture_output=True, text=True
    )
    # Of units of this machine it speaks, too.
    return "\n".join(line for line in asked.stderr.splitlines() if "foyer-" in line)
