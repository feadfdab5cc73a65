"""The demo at scale: years of work of a group of stations, poured from visits that were made once.

A few dozen visits are taken through the real verbs, read as text, and rolled back. Each becomes a
mould (``mould``): its rows with holes where ids, days, numbers, the car and its people stand. A
calendar with seasons (``calendar``, ``plan``) says which mould is poured when and for which car;
``pour`` fills the holes and writes by COPY. So every order has the rows that the verbs write, in
every table, and the sums that they made. Each issue is put on the shelf before by a weekly receipt
at the same cost (``supply``), so the levels stay as they are.

COPY runs with ``session_replication_role = replica``: triggers refuse finished documents and would
write history anew. Uniqueness, checks and NOT NULL hold as ever; what triggers and foreign keys
would have said is asked afterwards (``proofs``), and ``chejian check`` adds all ledgers up.
"""
