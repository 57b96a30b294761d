"""Tables of dialogues that break the protocol, or are of another one; `setup` of a case is the server's script."""
