"""Albums: folders of any size, restored by jobs that can be stopped, killed and resumed at any moment."""

from engine.album.album import Album, Job, Summary
from engine.album.journal import FaceRecord, Record, State
from engine.album.pictures import face_pair, thumbnail
from engine.album.preview import Preview, preview
from engine.album.progress import Cancelled, Control, Event, Progress
from engine.album.report import write_report
from engine.album.settings import AlbumSettings, LevelRule, WithoutFaces

__all__ = [
    "Album",
    "AlbumSettings",
    "Cancelled",
    "Control",
    "Event",
    "FaceRecord",
    "Job",
    "LevelRule",
    "Preview",
    "Progress",
    "Record",
    "State",
    "Summary",
    "WithoutFaces",
    "face_pair",
    "preview",
    "thumbnail",
    "write_report",
]
