"""Invented data for the style page."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import pgettext, pgettext_lazy

SOON = timedelta(hours=1, minutes=35)
LATE = timedelta(minutes=25)
WRONG = {"kilometres": "46802", "adviser": "1", "remark": "", "old_parts": "on", "invoice": "a"}


class SampleForm(forms.Form):
    """One field of each kind, one of them wrong."""

    kilometres = forms.IntegerField(label=pgettext_lazy("style page", "Kilometres at exit"))
    adviser = forms.ChoiceField(
        label=pgettext_lazy("style page", "Adviser"), choices=[("1", "林晓雯"), ("2", "许诺")]
    )
    remark = forms.CharField(
        label=pgettext_lazy("style page", "Remark"),
        required=False,
        help_text=pgettext_lazy("style page", "Printed on the settlement list"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    old_parts = forms.BooleanField(
        label=pgettext_lazy("style page", "Takes old parts along"), required=False
    )
    invoice = forms.ChoiceField(
        label=pgettext_lazy("style page", "Invoice"),
        widget=forms.RadioSelect,
        choices=[
            ("a", pgettext_lazy("style page", "special")),
            ("b", pgettext_lazy("style page", "ordinary")),
        ],
    )

    def clean_kilometres(self) -> int:
        value: int = self.cleaned_data["kilometres"]
        if value < 46820:
            raise forms.ValidationError(
                pgettext_lazy("style page", "Less than the 46,820 at reception, please check")
            )
        return value


def steps() -> list[dict[str, str]]:
    return [
        {"label": pgettext("style page", "Received"), "state": "done", "when": "08:52"},
        {"label": pgettext("style page", "Approved"), "state": "done", "when": "09:34"},
        {"label": pgettext("style page", "In progress"), "state": "now", "when": "09:46"},
        {"label": pgettext("style page", "Inspection"), "state": "todo", "when": ""},
        {"label": pgettext("style page", "Settlement"), "state": "todo", "when": ""},
        {"label": pgettext("style page", "Delivery"), "state": "todo", "when": ""},
    ]


def events() -> list[dict[str, Any]]:
    rows = [
        (
            "10:43",
            pgettext("style page", "The customer opened the link to the extra jobs"),
            "customer",
        ),
        ("10:41", pgettext("style page", "林晓雯 sent 2 extra jobs, ¥582.00"), "person"),
        ("10:20", pgettext("style page", "李国栋 stopped: waits for the water bottle"), "wait"),
        ("09:58", pgettext("style page", "孙丽 issued 4 parts"), "system"),
    ]
    return [{"time": t, "text": x, "who": w, "small": "", "at": None} for t, x, w in rows]


def lines() -> list[dict[str, Any]]:
    """Jobs and parts of a little grid: kind, name, code, quantity, price, payer, state."""
    return [
        _line(
            1,
            "job",
            "更换前制动片",
            "黄伟",
            "1.0",
            "120.00",
            "customer",
            ("blue", pgettext("style page", "at work")),
        ),
        _line(
            2,
            "part",
            "前制动片（套）",
            "BP-3501-Q",
            "1",
            "368.00",
            "customer",
            ("blue", pgettext("style page", "ready")),
        ),
        _line(
            3, "job", "更换膨胀水壶（渗漏）", "李国栋", "1.5", "110.00", "maker", ("amber", "待料")
        ),
        _line(4, "part", "膨胀水壶总成", "1311100", "1", "215.00", "maker", ("amber", "15:10 到")),
        _line(
            5, "job", "更换右前下摆臂球头", "", "1.4", "120.00", "customer", ("violet", "待确认")
        ),
    ]


def _line(
    number: int,
    kind: str,
    name: str,
    code: str,
    quantity: str,
    price: str,
    payer: str,
    state: tuple[str, str],
) -> dict[str, Any]:
    amount = Decimal(quantity) * Decimal(price)
    return {
        "id": number,
        "kind": kind,
        "name": name,
        "code": code,
        "quantity": Decimal(quantity),
        "price": Decimal(price),
        "amount": amount,
        "payer": payer,
        "tone": state[0],
        "word": state[1],
        "waiting": state[0] == "violet",
    }


def marks() -> list[dict[str, Any]]:
    return [
        {"panel": "left_front_door", "x": 0.5, "y": 0.5, "kind": "scratch", "note": "约 12 cm"},
        {"panel": "rear_bumper", "x": 0.85, "y": 0.5, "kind": "dent", "note": "漆面完好"},
        {"panel": "windscreen", "x": 0.35, "y": 0.5, "kind": "broken", "note": "3 mm"},
    ]


def vehicle() -> dict[str, Any]:
    return {
        "url": "#cards",
        "plate": "粤B8P2Y7",
        "colour": "blue",
        "since": "2:48",
        "title": "空调压缩机",
        "car": "日产 轩逸",
        "person": "陈志强",
        "promised": "14:00",
        "edge": "red",
        "badges": "",
    }


def context() -> dict[str, Any]:
    return {
        "steps": steps(),
        "events": events(),
        "lines": lines(),
        "marks": marks(),
        "vehicle": vehicle(),
        "sum": Decimal("1204.00"),
        "less": Decimal("-94.00"),
        "bars": [
            {"label": "黄伟", "value": 68.4, "text": "68.4 h", "tone": ""},
            {"label": "何俊", "value": 63.2, "text": "63.2 h", "tone": ""},
            {"label": "谢明", "value": 32.8, "text": "32.8 h", "tone": ""},
        ],
    }
