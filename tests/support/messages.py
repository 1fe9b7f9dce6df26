"""Small messages of devices, made field by field, and where the real ones lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REAL = Path(os.environ.get("CTDILD_REAL_FILES", Path(__file__).resolve().parents[3] / "shared" / "real"))


def real(name: str) -> Path:
    """A file that is no part of the project; the test is skipped, saying so, where the folder is not."""
    path = REAL / name
    if not path.is_file():
        pytest.skip(f"{path} is no part of the project; set CTDILD_REAL_FILES to the folder that holds it")
    return path


def gdt_line(field: str, content: str, *, codec: str = "ascii") -> bytes:
    """One line of GDT: its length counts itself, the field and the line end."""
    data = content.encode(codec)
    return f"{len(data) + 9:03d}{field}".encode("ascii") + data + b"\r\n"


def gdt(*fields: tuple[str, str], kind: str = "6310", codec: str = "ascii") -> bytes:
    """A record with its whole length in field 8100."""
    body = b"".join(gdt_line(name, content, codec=codec) for name, content in fields)
    head = gdt_line("8000", kind)
    total = len(head) + len(body) + 16
    return head + gdt_line("8100", f"{total:07d}") + body


WHO = (("3000", "P1"), ("3101", "Holm"), ("3102", "Ada"), ("3103", "12031958"), ("3110", "2"))
DAY = (("8402", "LUFU01"), ("8432", "06052024"))


def value(code: str, number: str, unit: str, *words: str, normal: str = "") -> tuple[tuple[str, str], ...]:
    """The lines of one test value."""
    said = tuple(("8470", word) for word in words)
    more = (("8460", normal),) if normal else ()
    return (("8410", code), *said, ("8420", number), ("8421", unit), *more)


def ndd_value(name: str, number: str, unit: str, predicted: str = "", limit: str = "NaN") -> str:
    """One best value of an ndd export."""
    return (
        f'<ResultParameter ID="{name}"><DataValue>{number}</DataValue><Unit>{unit}</Unit>'
        f"<PredictedValue>{predicted or 'NaN'}</PredictedValue><LLNormalValue>{limit}</LLNormalValue>"
        "</ResultParameter>"
    )


def _body() -> str:
    return (
        "<Height>1.65</Height><Weight>61.5</Weight><Gender>Female</Gender>"
        "<DateOfBirth>1958-03-12</DateOfBirth><ComputedDateOfBirth>false</ComputedDateOfBirth>"
    )


def ndd_test(values: str = "", *, stage: str = "", accepted: tuple[str, ...] = ("true",)) -> str:
    """One test of an ndd export with its trials."""
    trials = "".join(
        f"<Trial><Accepted>{word}</Accepted><AcceptedOriginal>{word}</AcceptedOriginal><ChannelFlow>"
        "<SamplingValues>0.1 0.2 0.3</SamplingValues></ChannelFlow></Trial>"
        for word in accepted
    )
    side = f' StageType="{stage}"' if stage else ""
    return (
        f'<Test TypeOfTest="FVC"{side}><TestDate>2024-05-06T10:15:00.000</TestDate>'
        f"<BestValues>{values or ndd_value('FVC', '2.31', 'L')}</BestValues>"
        f"<PatientDataAtTestTime>{_body()}</PatientDataAtTestTime>"
        "<QualityGradeOriginal>B</QualityGradeOriginal><QualityGrade>B</QualityGrade>"
        f"<Trials>{trials}</Trials><Device><SerialNumber>1</SerialNumber>"
        "<DeviceType>SPIROSON_AS</DeviceType></Device></Test>"
    )


def ndd(tests: str = "", *, family: str = "Holm") -> str:
    """An ndd export of one person."""
    return (
        '<ndd Version="ndd.EasyWarePro.V1"><Patients><Patient ID="P1">'
        f"<LastName>{family}</LastName><FirstName>Ada</FirstName><IsBioCal>false</IsBioCal>"
        f"<PatientDataAtPresent>{_body()}</PatientDataAtPresent><Intervals><Interval><Tests>"
        f"{tests or ndd_test()}</Tests></Interval></Intervals></Patient></Patients></ndd>"
    )
