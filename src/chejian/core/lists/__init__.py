"""Lists as a tool (K05 to K07): a list is declared, everything else is done here.

An app declares a ``ListSpec`` in its ``lists.py`` and registers it when it is ready. From the
declaration come filters with and/or groups, columns to choose and to order, sorting both ways,
totals, paging by key, saved views and the export. An app further up may add columns.
See docs/lists.md.
"""

from chejian.core.lists.registry import columns_of, extend, find, register, registered

__all__ = ["columns_of", "extend", "find", "register", "registered"]
