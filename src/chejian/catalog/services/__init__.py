"""The verbs of the catalogue, one module per idea. Those named here are called by other apps."""

from chejian.catalog.services.defaults import ensure_defaults
from chejian.catalog.services.labour import (
    TemplateJob,
    TemplatePart,
    create_operation,
    save_template,
    update_operation,
)
from chejian.catalog.services.parts import create_part, update_part
from chejian.catalog.services.pictures import add_picture, remove_picture
from chejian.catalog.services.terms import save_term

__all__ = [
    "TemplateJob",
    "TemplatePart",
    "add_picture",
    "create_operation",
    "create_part",
    "ensure_defaults",
    "remove_picture",
    "save_template",
    "save_term",
    "update_operation",
    "update_part",
]
