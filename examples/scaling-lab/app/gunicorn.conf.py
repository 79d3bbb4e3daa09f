bind = "0.0.0.0:5000"
worker_class = "gthread"
workers = 2
threads = 16
# Longer than the balancer keeps an idle connection, so that only the balancer closes one.
keepalive = 75
graceful_timeout = 30
worker_tmp_dir = "/dev/shm"
