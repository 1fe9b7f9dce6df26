"""What an hour of work at the real window holds in memory: for ``ctdild bench`` and ``tests.support``."""
