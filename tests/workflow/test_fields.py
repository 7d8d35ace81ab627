"""What stands in a field is cleaned, then counted; refused with both figures and an example."""

from datetime import date, time

import pytest
from django import forms
from django.utils.translation import override

from workflow.forms.fields import ClockField, DayField, LineField, WordsField
from workflow.rules.notation import END_OF_DAY


class Sample(forms.Form):
    name = LineField(max_length=200, required=False)
    text = WordsField(max_length=20_000, required=False)
    day = DayField(required=False)
    clock = ClockField(required=False)


def errors(**typed: str) -> list[str]:
    with override("da"):
        return [str(error) for errors in Sample(typed).errors.values() for error in errors]


def test_send_two_hundred_lines_of_the_limit_counts_each_line_end_once():
    text = "\r\n".join(["x" * 99] * 200) + "x"  # 20,000 characters of which 199 are line ends
    form = Sample({"text": text})

    assert form.is_valid()
    assert len(form.cleaned_data["text"]) == 20_000


def test_send_more_than_the_limit_is_refused_with_both_figures_and_cuts_nothing():
    form = Sample({"text": "x" * 120_000})

    assert errors(text="x" * 120_000) == ["120.000 tegn; højst 20.000. Intet er slettet."]
    assert "x" * 120_000 in str(form["text"])


def test_send_composed_and_unseen_characters_counts_what_is_kept():
    form = Sample({"name": "A\u030a\u200b\x00" * 200})

    assert form.is_valid()
    assert form.cleaned_data["name"] == "Å" * 200


def test_send_two_megabytes_of_marks_in_a_name_is_cleaned_and_counted_at_once():
    form = Sample({"name": "Åse" + "\u0301" * 1_000_000 + " Ny"})

    assert form.is_valid()
    assert len(form.cleaned_data["name"]) < 20


def test_show_field_gives_the_counter_its_limit_and_the_browser_none():
    page = Sample().as_div()

    assert 'data-limit="20000"' in page
    assert "maxlength" not in page


def test_show_hidden_field_has_no_counter():
    assert LineField(max_length=9, widget=forms.HiddenInput).widget.attrs == {}


def test_type_day_and_clock_as_people_do_is_understood():
    form = Sample({"day": " tirsdag den 1.\u00a0december 2026 ", "clock": "kl.\u00a012"})

    assert form.is_valid()
    assert (form.cleaned_data["day"], form.cleaned_data["clock"]) == (date(2026, 12, 1), time(12))


def test_type_midnight_at_the_end_of_a_day_is_the_last_minute_of_it():
    form = Sample({"clock": "24.00"})

    assert form.is_valid()
    assert form.cleaned_data["clock"] == END_OF_DAY == time(23, 59)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"day": "i morgen"}, "Skriv dag, måned og år, for eksempel 28/12/2026."),
        ({"day": "28.12"}, "Skriv dag, måned og år, for eksempel 28/12/2026."),
        (
            {"day": "mandag 1. december 2026"},
            "Den dag er en anden ugedag: tirsdag den 1. december 2026. Ret datoen eller ugedagen.",
        ),
        ({"day": "1.1.1492"}, "Kontrollér årstallet: det skal ligge mellem 1900 og 2199."),
        ({"clock": "middag"}, "Skriv et klokkeslæt som 12.00."),
    ],
)
def test_type_day_or_clock_that_is_none_is_refused_with_an_example(typed: dict[str, str], words: str):
    assert errors(**typed) == [words]
