"""Faults made on purpose, and one checker after each of them: `python -m tests.faults`.

Providers and workers are processes of their own, so that they can hang, lie and be killed.
"""
