"""What every test shares: the servers. The environment is set in `environment.py`."""

pytest_plugins = ["tests.servers.plugin", "tests.servers.postgres", "tests.servers.redis"]
