"""What the Superset of `make bi` is configured with (SUPERSET_CONFIG_PATH); it runs in an environment of its own, without our packages.

Secrets and paths come in the environment (bi/superset/server.py). The page may ask this machine only: Superset's own pages would
otherwise fetch a counting pixel and maps from abroad.
"""

import os

SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{os.environ['SUPERSET_HOME']}/superset.db"
SQLALCHEMY_ENGINE_OPTIONS = {"connect_args": {"timeout": 30}}  # several threads write filter states
PREVENT_UNSAFE_DB_CONNECTIONS = True
SUPERSET_WEBSERVER_TIMEOUT = 60  # as long as a statement of bi_reader may take
APP_NAME = "Renown"
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
