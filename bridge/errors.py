"""Every error that a user can meet, in one tree.

Each leaf has a stable dotted code, which the wire, the command line and scripts may rely on; the message says
what happened and where, the hint says what to do next.

    MacNetError
    ├── ClipError
    │   ├── EmptyClip               clip.empty
    │   ├── ClipOutOfRange          clip.out_of_range
    │   ├── ClipTooLong             clip.too_long
    │   └── DrumClip                clip.drums
    ├── MidiError
    │   ├── MidiMissing             midi.missing
    │   ├── MidiUnreadable          midi.unreadable
    │   ├── MidiTooLong             midi.too_long
    │   └── MidiUnwritable          midi.unwritable
    ├── WordError
    │   └── BadWord                 word.malformed
    ├── LibraryError
    │   ├── LibraryMissing          library.missing
    │   ├── SetUnreadable           library.set_unreadable
    │   ├── NoClips                 library.no_clips
    │   ├── OverridesMalformed      library.overrides
    │   ├── LibraryUnwritable       library.unwritable
    │   └── CacheUnavailable        library.cache
    ├── ModelError
    │   ├── ModelMissing            model.missing
    │   ├── ModelDamaged            model.damaged
    │   ├── ModelIncompatible       model.incompatible
    │   ├── ModelExists             model.exists
    │   ├── ModelBundled            model.bundled
    │   ├── ModelUnwritable         model.unwritable
    │   └── VoiceUnheard            model.voice_unheard
    ├── RequestError
    │   ├── BadArgument             request.bad_argument
    │   ├── UnknownAddress          request.unknown_address
    │   ├── MalformedPacket         request.malformed
    │   ├── ClipIncomplete          request.incomplete
    │   ├── RequestUnknown          request.unknown
    │   ├── ServerBusy              request.busy
    │   ├── RequestCancelled        request.cancelled
    │   └── RequestFailed           request.failed
    ├── ServerError
    │   ├── PortTaken               server.port_taken
    │   ├── ServerUnreachable       server.unreachable
    │   └── ProtocolMismatch        server.protocol
    ├── TakeError
    │   ├── TakeMissing             take.missing
    │   └── TakesUnavailable        take.unavailable
    ├── TrainingError
    │   ├── TooLittleMusic          training.too_little
    │   ├── TrainingUnavailable     training.unavailable
    │   ├── OtherRun                training.other_run
    │   ├── DiskFull                training.disk_full
    │   ├── TrainingUnwritable      training.unwritable
    │   └── OutOfMemory             training.out_of_memory
    ├── ClusterError
    │   ├── ClusterUnavailable      cluster.unavailable
    │   ├── ClusterUnreachable      cluster.unreachable
    │   ├── ClusterTooSmall         cluster.too_small
    │   ├── ClusterMismatch         cluster.mismatch
    │   ├── FolderNotShared         cluster.not_shared
    │   └── ClusterLost             cluster.lost
    ├── EvaluationError
    │   └── EvaluationUnavailable   evaluation.unavailable
    ├── InstallError
    │   ├── InstallFolderMissing    install.no_folder
    │   ├── NotShipped              install.not_shipped
    │   ├── InstallUnwritable       install.unwritable
    │   └── NothingInstalled        install.nothing
    └── SettingError                setting.invalid

Foreign errors are mapped to these in the one file that imports the foreign library.
"""

from __future__ import annotations


class MacNetError(Exception):
    """What happened (``str(error)``) and what to do next (``error.hint``), under a stable ``code``."""

    code = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ClipError(MacNetError):
    """Something is wrong with the notes that were given."""

    code = "clip"


class EmptyClip(ClipError):
    """There is no note to go on from."""

    code = "clip.empty"


class ClipOutOfRange(ClipError):
    """A pitch, velocity, onset, duration or meter is outside of what MIDI or a clip can hold."""

    code = "clip.out_of_range"


class ClipTooLong(ClipError):
    """A clip has more notes or beats than a request may carry."""

    code = "clip.too_long"


class DrumClip(ClipError):
    """A drum clip was given where pitches are expected."""

    code = "clip.drums"


class MidiError(MacNetError):
    """A MIDI file cannot be read or written."""

    code = "midi"


class MidiMissing(MidiError):
    """There is no such file."""

    code = "midi.missing"


class MidiUnreadable(MidiError):
    """The file is not a MIDI file, or a broken one."""

    code = "midi.unreadable"


class MidiTooLong(MidiError):
    """The file claims a length that no music has."""

    code = "midi.too_long"


class MidiUnwritable(MidiError):
    """The file cannot be written; nothing was."""

    code = "midi.unwritable"


class WordError(MacNetError):
    """Something is wrong with the text of a beat word."""

    code = "word"


class BadWord(WordError):
    """The text is not a beat word."""

    code = "word.malformed"


class LibraryError(MacNetError):
    """A folder of music, or a project in it, cannot be used."""

    code = "library"


class LibraryMissing(LibraryError):
    """There is no such folder."""

    code = "library.missing"


class SetUnreadable(LibraryError):
    """A Live set, a Live clip or a REAPER project is broken, or not what its name says."""

    code = "library.set_unreadable"


class NoClips(LibraryError):
    """A Live set or REAPER project holds no MIDI notes."""

    code = "library.no_clips"


class OverridesMalformed(LibraryError):
    """The text file that corrects roles cannot be understood."""

    code = "library.overrides"


class LibraryUnwritable(LibraryError):
    """The report on a library cannot be written; nothing was."""

    code = "library.unwritable"


class CacheUnavailable(LibraryError):
    """What is remembered of a library cannot be read or written."""

    code = "library.cache"


class ModelError(MacNetError):
    """A model cannot be used."""

    code = "model"


class ModelMissing(ModelError):
    """No model of that name."""

    code = "model.missing"


class ModelDamaged(ModelError):
    """A model's folder lacks a file, or a file is truncated or not what it says."""

    code = "model.damaged"


class ModelIncompatible(ModelError):
    """A model was made by another version, or its parts do not belong together."""

    code = "model.incompatible"


class ModelExists(ModelError):
    """There is a model of that name already."""

    code = "model.exists"


class ModelBundled(ModelError):
    """The model came with the bridge, and stays as it is."""

    code = "model.bundled"


class ModelUnwritable(ModelError):
    """A model cannot be written, moved or removed; it is as it was."""

    code = "model.unwritable"


class VoiceUnheard(ModelError):
    """The model never learned the voice that is asked for, or that it is given."""

    code = "model.voice_unheard"


class RequestError(MacNetError):
    """A request cannot be answered."""

    code = "request"


class BadArgument(RequestError):
    """An argument is missing, of the wrong type or out of range."""

    code = "request.bad_argument"


class UnknownAddress(RequestError):
    """No such message."""

    code = "request.unknown_address"


class MalformedPacket(RequestError):
    """Bytes that are no OSC message."""

    code = "request.malformed"


class ClipIncomplete(RequestError):
    """Packets of the clip never arrived."""

    code = "request.incomplete"


class RequestUnknown(RequestError):
    """The request meant is not known, or no longer."""

    code = "request.unknown"


class ServerBusy(RequestError):
    """Too many requests are waiting."""

    code = "request.busy"


class RequestCancelled(RequestError):
    """The client stopped the request."""

    code = "request.cancelled"


class RequestFailed(RequestError):
    """The server met a fault of its own; it goes on answering."""

    code = "request.failed"


class ServerError(MacNetError):
    """The server cannot be started or reached."""

    code = "server"


class PortTaken(ServerError):
    """Another program listens on that port."""

    code = "server.port_taken"


class ServerUnreachable(ServerError):
    """Nothing answers on that port."""

    code = "server.unreachable"


class ProtocolMismatch(ServerError):
    """Client and server speak different versions of the protocol."""

    code = "server.protocol"


class TakeError(MacNetError):
    """A take cannot be found, kept or read."""

    code = "take"


class TakeMissing(TakeError):
    """No take of that id."""

    code = "take.missing"


class TakesUnavailable(TakeError):
    """The file that keeps the takes cannot be opened or written."""

    code = "take.unavailable"


class TrainingError(MacNetError):
    """Training cannot start or go on."""

    code = "training"


class TooLittleMusic(TrainingError):
    """There are too few usable bars to learn from."""

    code = "training.too_little"


class TrainingUnavailable(TrainingError):
    """What training needs is not installed."""

    code = "training.unavailable"


class OtherRun(TrainingError):
    """What was broken off learned from other songs, or otherwise, than what is to go on."""

    code = "training.other_run"


class DiskFull(TrainingError):
    """There is no room to save what is learned."""

    code = "training.disk_full"


class TrainingUnwritable(TrainingError):
    """The folder where what is learned is saved cannot be written."""

    code = "training.unwritable"


class OutOfMemory(TrainingError):
    """There is too little memory to train."""

    code = "training.out_of_memory"


class ClusterError(MacNetError):
    """Several machines cannot do the work together."""

    code = "cluster"


class ClusterUnavailable(ClusterError):
    """What a cluster needs is not installed."""

    code = "cluster.unavailable"


class ClusterUnreachable(ClusterError):
    """No cluster answers at that address."""

    code = "cluster.unreachable"


class ClusterTooSmall(ClusterError):
    """There are fewer processors than workers that were asked for."""

    code = "cluster.too_small"


class ClusterMismatch(ClusterError):
    """A machine of the cluster lacks the bridge, or has another version of it."""

    code = "cluster.mismatch"


class FolderNotShared(ClusterError):
    """A machine of the cluster does not see a folder that all of them need."""

    code = "cluster.not_shared"


class ClusterLost(ClusterError):
    """The cluster went away, or lost its workers again and again."""

    code = "cluster.lost"


class EvaluationError(MacNetError):
    """Measuring cannot start or go on."""

    code = "evaluation"


class EvaluationUnavailable(EvaluationError):
    """What measuring needs is not installed."""

    code = "evaluation.unavailable"


class InstallError(MacNetError):
    """Scripts or the device cannot be put into a DAW's folder, or taken out."""

    code = "install"


class InstallFolderMissing(InstallError):
    """The DAW's folder is not where it is looked for."""

    code = "install.no_folder"


class NotShipped(InstallError):
    """This copy of the product lacks what should be installed."""

    code = "install.not_shipped"


class InstallUnwritable(InstallError):
    """A file cannot be written, replaced or removed."""

    code = "install.unwritable"


class NothingInstalled(InstallError):
    """There is no record of anything that was installed there."""

    code = "install.nothing"


class SettingError(MacNetError):
    """A setting has a value that cannot be used."""

    code = "setting.invalid"
