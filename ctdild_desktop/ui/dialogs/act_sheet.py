"""The side sheets whose main button does one act of the registry."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from typing import Any

from ctdild_desktop.services.desk import Done
from ctdild_desktop.ui.dialogs.form_sheet import FormSheet


class ActSheet(FormSheet):
    """Base of the sheets that save something; a subclass answers ``act`` in place of ``settle``."""

    @abstractmethod
    def act(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """Save the value; runs on the registry's thread and may not look at the fields."""

    def settle(self, value: Any, confirmed: Collection[str]) -> None:
        """See :meth:`FormSheet.settle`: the sheet closes when the act is done."""
        self.run_act(lambda: self.act(value, confirmed))
