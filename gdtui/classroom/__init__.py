"""A lecture and the class that follows it over a Unix socket: what travels are the session's commands, not pictures.

`transcript` is what a lecture has done so far; `lines` turns the difference of two into text and back; `lecture` sends
them from the socket that `listener` opens, `client` takes them in, and `mirror` does to a session what a transcript
says.
"""
