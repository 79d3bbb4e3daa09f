if command -v valkey-server >/dev/null; then program=valkey-server; else program=redis-server; fi
