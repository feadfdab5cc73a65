"""The error of the upload checks: why a file is not taken, in words for who sent it."""

from enum import StrEnum
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chejian.core.errors import DomainError


class Reason(StrEnum):
    """Why an upload was refused. The value is the code that programs see."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    NOT_ALLOWED = "not_allowed"
    WRONG_NAME = "wrong_name"
    POLYGLOT = "polyglot"
    TRUNCATED = "truncated"
    UNREADABLE = "unreadable"
    TOO_MANY_PIXELS = "too_many_pixels"
    FRAGMENTED = "fragmented"
    ENCRYPTED = "encrypted"
    EXTERNAL = "external"
    NO_PICTURE = "no_picture"
    LOCATION_LEFT = "location_left"
    SIGNATURE_FORMAT = "signature_format"
    SIGNATURE_EMPTY = "signature_empty"


MESSAGES = {
    Reason.EMPTY: _("The file is empty."),
    Reason.TOO_BIG: _("The file is larger than {limit_mb} MB."),
    Reason.NOT_ALLOWED: _(
        "This is not a file we take. Photos: JPEG, PNG, WebP, HEIC. Videos: MP4, MOV."
    ),
    Reason.WRONG_NAME: _("The name ends in {suffix}, but the content is something else."),
    Reason.POLYGLOT: _("The file hides a second file inside and was not taken."),
    Reason.TRUNCATED: _("The file is cut off. Please send it again."),
    Reason.UNREADABLE: _("The file is damaged and cannot be read."),
    Reason.TOO_MANY_PIXELS: _(
        "The picture has more than {limit_megapixels} million pixels. "
        "Please choose a smaller size in the camera."
    ),
    Reason.FRAGMENTED: _(
        "This kind of recording cannot be freed of its location. Please use the phone's camera."
    ),
    Reason.ENCRYPTED: _("The video is encrypted and cannot be freed of its location."),
    Reason.EXTERNAL: _("The video points to data outside the file and was not taken."),
    Reason.NO_PICTURE: _("The video has no picture that browsers can show."),
    Reason.LOCATION_LEFT: _("The location could not be removed from this video."),
    Reason.SIGNATURE_FORMAT: _("The signature did not arrive. Please sign again."),
    Reason.SIGNATURE_EMPTY: _("The signature is empty."),
}


class UnsafeUpload(DomainError):
    """An upload that is not taken. ``reason_code`` says why, ``data`` holds the figures."""

    def __init__(self, reason_code: Reason, **data: Any) -> None:
        self.reason_code = reason_code
        self.code = reason_code.value
        super().__init__(format_lazy(MESSAGES[reason_code], **data), **data)
