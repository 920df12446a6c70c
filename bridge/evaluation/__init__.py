"""How good a network and its answers are, in figures; see `docs/QUALITY.md`.

Songs that no network has heard are cut into primers and what follows them. What a model answers, what really follows
and what is no music at all are brought into one form, measured, and told apart.

    cases          primers out of held-out songs, and what really follows them
    passage        both sides of every comparison in one form: the same grid, key and cut
    measures       what musicians would measure in one passage
    features       everything that might tell a composed passage from a real one
    rivals         what an answer has to be better than: the primer again, shuffled bars
    counting       one more rival: n-grams and copying, fitted by counting
    copying        the longest run that was heard in training
    distance       how far two kinds of passages lie apart
    telling        the classifier, and what gives answers away
    continuations  all of these together, for one model and one folder of songs
    questions      how a composer is asked
    likelihood     nats of networks on words and piano rolls
    long           whether music that goes on for a long time stays what it is
    tables, plots  figures as rows of text and as pictures
"""
