"""Many accounts from a file: read it, check each row, ask, then add the people in batches.

`reading` turns bytes into rows, `rules` a row into a newcomer or a reason, `checking` a file into what is stored until
it is done, `running` adds the people. What is stored is the truth: whoever runs it next goes on where the last one was.
"""
