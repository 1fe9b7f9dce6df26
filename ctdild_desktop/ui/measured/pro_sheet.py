"""The sheet of a questionnaire: which one, its scores, and how it was filled in."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.codes import Scale
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Pro, Score
from ctdild_desktop.services import pros
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.dialogs.texts import as_bool, as_text, instrument_words, pairs, yes_no
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.measured.words import range_words
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import NumberField, PartialDateField, TextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField
from ctdild_desktop.ui.widgets.whole_field import WholeField


class ProSheet(RecordSheet):
    """New scores, or some to correct. The range of each score and which end is better stand beside it."""

    acts = RecordActs(keep=pros.amend_pro, remove=pros.remove_pro, check=pros.check, add=pros.record_pro)

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        saved: Pro | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("ProSheet", "Questionnaire"),
            draft_kind="pro",
            saved=saved,
            parent=parent,
        )
        tr = self.tr
        self.add_field(
            tr("&Date"), PartialDateField("date", tr("Date of the questionnaire"), desk.today), required=True
        )
        self.add_field(
            tr("&Instrument"),
            ChoiceField("instrument", tr("Questionnaire"), pairs(codes.instruments()), searchable=True),
            required=True,
        )
        self._scales: dict[str, dict[str, Scale]] = {}
        for instrument in codes.instruments():
            for scale in instrument.scales:
                self._scales.setdefault(f"score_{scale.code}", {})[instrument.code] = scale
        for name, by_instrument in self._scales.items():
            label = next(iter(by_instrument.values())).label
            caption = wording.capital(label)
            self.add_field(caption, NumberField(name, caption))
        self.add_field(
            tr("&Mode"),
            OptionField(
                "mode",
                tr("Filled in"),
                (
                    Option("self", tr("Alone"), "a"),
                    Option("helped", tr("With help"), "w"),
                    Option("phone", tr("By phone"), "p"),
                ),
                advance=True,
            ),
        )
        self.add_field(
            tr("&Complete"),
            OptionField("complete", tr("Complete"), yes_no(tr("Yes"), tr("No")), advance=True),
        )
        self.add_field(tr("Left &out"), WholeField("items_missing", tr("Questions left out")))
        self.add_field(tr("&Version"), TextField("form_version", tr("Version of the questionnaire")))
        self.add_field(tr("Lan&guage"), TextField("language", tr("Language")))
        self.add_field(tr("Scored &by"), TextField("scored_by", tr("Scored by")))
        self.add_field(tr("N&ote"), TextField("note", tr("Note")), wide=True)
        self._remark = plain_label(name="pro_remark", secondary=True)
        self._remark.setWordWrap(True)
        self.body.insertWidget(1, self._remark)
        self.setMinimumWidth(theme.scaled(540))
        self.fill(self.values_from(saved or self._new()))
        self._show_scales()

    def _new(self) -> Pro:
        last = self.record.pros[-1] if self.record.pros else None
        return Pro(
            id="",
            date=PartialDate.of(self.desk.today()),
            instrument=last.instrument if last is not None else "",
            form_version=last.form_version if last is not None else "",
            language=last.language if last is not None else "",
        )

    def values_from(self, record: Any) -> dict[str, object]:
        """See :meth:`SavedSheet.values_from`."""
        scores = {f"score_{score.scale}": score.value for score in record.scores}
        return {
            name: scores.get(name) if name in self._scales else getattr(record, name) for name in self.fields
        }

    def refresh(self) -> None:
        """Show the scores of the questionnaire that is chosen."""
        self._show_scales()

    def _show_scales(self) -> None:
        instrument = self.read("instrument") or ""
        listed = codes.instruments().get(instrument)
        self._remark.setText(instrument_words(listed) if listed is not None else "")
        for name, by_instrument in self._scales.items():
            scale = by_instrument.get(instrument)
            self.show_row(name, shown=scale is not None or bool(self.text(name)))
            if scale is None:
                self.read_out(name, self.tr("not a score of this questionnaire"))
            else:
                caption = wording.capital(scale.label)
                self._captions[name].setText(caption)
                self.fields[name].setAccessibleName(caption)
                self.read_out(name, self._beside(name, scale))

    def _beside(self, name: str, scale: Scale) -> str:
        """The range and the last score."""
        last = self._last(scale.code)
        words = [range_words(scale)]
        if last is not None:
            score, date = last
            words.append(self.tr("last {score}, {date}").format(score=as_text(score), date=date))
        return "; ".join(words)

    def _last(self, scale: str) -> tuple[object, str] | None:
        instrument, day = self.read("instrument"), self.read("date")
        for pro in reversed(self.record.pros):
            if pro.instrument != instrument or (day is not None and pro.date.latest >= day.earliest):
                continue
            for score in pro.scores:
                if score.scale == scale:
                    return score.value, wording.partial(pro.date)
        return None

    def build(self) -> Pro:
        """See :meth:`FieldForm.build`."""
        instrument = self.read("instrument") or ""
        scores = [
            Score(scale=by_instrument[instrument].code, value=value)
            for name, by_instrument in self._scales.items()
            if instrument in by_instrument and (value := self.read(name)) is not None
        ]
        missing = self.read("items_missing")
        return Pro(
            id=self.old.id if self.old else "",
            version=self.old.version if self.old else 1,
            date=self.read("date"),
            instrument=instrument,
            form_version=self.text("form_version"),
            language=self.text("language"),
            mode=self.read("mode"),
            scores=self._in_order(scores),
            items_missing=int(missing) if missing is not None else None,
            complete=as_bool(self.read("complete")),
            scored_by=self.text("scored_by"),
            note=self.text("note"),
            absent=self.old.absent if self.old else (),
        )

    def _in_order(self, scores: list[Score]) -> tuple[Score, ...]:
        """The scores in the order in which they are recorded already, new ones after them."""
        before = [score.scale for score in self.old.scores] if self.old else []
        return tuple(
            sorted(
                scores,
                key=lambda score: before.index(score.scale) if score.scale in before else len(before),
            )
        )

    def complete(self) -> bool:
        """See :meth:`FieldForm.complete`; a score of another questionnaire is not left out silently."""
        if not super().complete():
            return False
        instrument = self.read("instrument")
        for name, by_instrument in self._scales.items():
            if self.text(name) and instrument not in by_instrument:
                self.refuse(name, self.tr("Not a score of this questionnaire: clear it"))
                return False
        return True
