"""The page that lies on top of an archive, in Chinese and in English."""

from collections.abc import Mapping
from typing import Any

TEXT = """# 车间 Chejian 数据归档 / data archive

{what_zh}　{made_at}　Chejian {version}

## 里面有什么

- `tables/应用/表.csv`：每张表一个 CSV。UTF-8，首行为列名，逗号分隔，
  含逗号、引号、换行的内容用双引号括起。
  **不带引号的空白是“无”（NULL），`""` 是空文字。** 金额、数量是十进制数；时间带时区（ISO 8601）；
  数组写作 `{{a,b}}`，JSON 列是 JSON 文字。
- `history/…`：修改痕迹（审计表），单个门店的归档没有。
- `files/前两位/校验码`：照片、签字、单据，按内容的 SHA-256 存放；
  `core/StoredFile.csv` 记着原名。
- `schema.json`：每张表、每一列的类型与指向，行数，主要数字（`figures`），
  每个 CSV 的 SHA-256（`digests`）。
- `secrets.csv`：证件号、账号、税号的明文。只有有权限的人要求时才有。本归档：{secrets_zh}。

密码从不导出。登录后请用 `chejian manage reset_password 登录名` 发新密码。

## 放回一套空的车间

    chejian load-archive 归档.zip

装入后程序自己重新核对：主要数字与 `schema.json` 一致，全部账目自检通过；差一处就整个不装。

## What is in it

{what_en}, {made_at}, Chejian {version}

- `tables/app/table.csv`: one CSV per table. UTF-8, a header row, commas, double quotes.
  **An unquoted blank is NULL, `""` is an empty text.** Amounts are decimals, times carry their zone
  (ISO 8601), arrays are written `{{a,b}}`, JSON columns are JSON.
- `history/…`: the audit tables; an archive of one station has none.
- `files/first two digits/hash`: photos, signatures, papers under the SHA-256 of their content.
  `core/StoredFile.csv` has their names.
- `schema.json`: type and target of every column, row counts, the main figures (`figures`), the
  SHA-256 of every CSV (`digests`).
- `secrets.csv`: identity, bank and tax numbers in clear, only where a person with the permission
  asked for them. This archive: {secrets_en}.

Passwords are never exported. Draw new ones with `chejian manage reset_password LOGIN`.

## Into an empty Chejian

    chejian load-archive ARCHIVE.zip

It proves itself: the figures must be those of `schema.json` and every ledger must tie, or nothing
is loaded.

## {rows_title}

| 表 table | 行 rows |
|---|---:|
{rows}
"""


def text(described: Mapping[str, Any]) -> str:
    station = described["station"]
    clear = described["identity_numbers"] == "in secrets.csv"
    return TEXT.format(
        what_zh=f"门店 {station['name']} 的全部数据" if station else "全部门店的全部数据",
        what_en=f"Everything of station {station['code']}" if station else "Everything",
        made_at=described["made_at"][:16].replace("T", " "),
        version=described["version"],
        secrets_zh="有" if clear else "没有",
        secrets_en="present" if clear else "absent",
        rows_title="行数 Rows",
        rows="\n".join(f"| {told['model']} | {told['rows']:,} |" for told in described["tables"]),
    )
