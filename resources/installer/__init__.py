"""From this repository to what people install: the bundle, its checks, and the installers around it.

``python -m resources.installer.build --help`` says what it can do. Nothing in here is itself installed.
"""
