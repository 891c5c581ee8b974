"""The bridge: the front door of the product. It keeps conversations, decides who answers, queues, routes, pushes.

Imports point one way: endpoints, sockets, worker → services → {domain, record, store, clients}; sockets and services
→ fanout. Other processes are reached over HTTP only.
"""
