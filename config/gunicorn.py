"""gunicorn's settings: `gunicorn -c config/gunicorn.py`; options of its command line win.

Threads, because a request may last as long as an upload or a download of several gigabytes.
"""

import logging
from typing import Any

wsgi_app = "config.wsgi:application"
bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = 1
threads = 8
# Seconds without a heartbeat of the process, not of a request: with threads, an upload may last for
# hours.
timeout = 60
# How long requests under way may go on in the old processes after a *reload*, while new ones answer
# already. A *restart* waits no longer than the unit says (TimeoutStopSec in foyer-web.service).
graceful_timeout = 60
keepalive = 15
backlog = 512

# SECURITY: gunicorn trusts no header about scheme, path or client. Only Django does, as far as
# TRUSTED_PROXIES says, so that there is one place to configure.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

# SECURITY: requests are logged through the filter that hides the tokens of links. Naming the two
# loggers here removes gunicorn's own, unfiltered handlers.
accesslog = "-"
access_log_format = '%(h)s "%(r)s" %(s)s %(b)s %(M)sms'
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"hide_tokens": {"()": "config.logs.HideTokens"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["hide_tokens"],
        },
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "gunicorn.access": {"handlers": [], "level": "INFO", "propagate": True},
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
control_socket_disable = True
proc_name = "foyer"


def post_worker_init(worker: Any) -> None:
    """Each request that was refused stands in the access log with its status, so Django does not
    write a line of it as well. What went wrong on our side it writes as ever; so it does of both
    where there is no access log (docs/adr/0064)."""
    access = worker.log.access_log
    if worker.log.access_log_enabled and access.isEnabledFor(logging.INFO):
        logging.getLogger("django.request").setLevel(logging.ERROR)
