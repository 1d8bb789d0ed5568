"""What workloads run on servers: functions on sockets, each a forked process of its own.

They take and return plain data and know nothing of plans or scenarios. See `ServerNode.fork`.
"""
