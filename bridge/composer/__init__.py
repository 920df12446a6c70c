"""The use cases: continue, accompany, vary, generate. The one place where a request becomes music.

All four are one act: a *part* says for each beat and voice which word is given, and the network fills in what is
not. Continuing gives the primer's beats and leaves the answer open; accompanying gives one voice and leaves the
other open; varying plays the clip once as given and then again with its melody open; generating gives nothing.

    answering   a request comes in, variations go out
    hearing     what a request's clips are in: key, register, what may be struck
    knowing     voices that a model has never heard stay silent
    parts       which words are given, which are open
    manner      what a voice of the primer is like: range, rate, subdivisions, silences
    planning    from options and manner to what holds for every voice of the answer
    steering    from that, and what has been played so far, to what is asked of the next word
    centre      music from nothing comes back to its key
    stillness   harmony that stands still is moved on
    apart       how much variations may have in common
    rhythm      the primer's rhythm, where it is kept
    playing     the network plays a part, all variations in step
    feeling     where notes stand, and how the clip plays there
    writing     words become clips again, in the primer's key and register, played in its feel
"""

from bridge.composer.answering import Composer

__all__ = ["Composer"]
