"""Lung-function reports in text as laboratories print and hospital systems show them, of invented people.

Each sample was written for these tests after what such reports are publicly known to look like.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A report and what a person who reads it would write down."""

    text: str
    values: dict[str, str]
    """Before a bronchodilator, or without a word of one, by field."""
    after: dict[str, str] | None = None
    day: str = "2026-03-12"


MGC = Sample(
    """\
                         ST. ALBAN PULMONARY LABORATORY
Name: HOLLOWAY, Ingrid          ID: 10047-11
Date of Birth: 25/08/1958       Sex: Female     Height: 165 cm   Weight: 70.5 kg
Test Date: 12/03/2026           Printed: 13/03/2026 10:22

                         Pre-Bronch              Post-Bronch
                 Pred    LLN    Actual  %Pred    Actual  %Pred  %Chng
---- SPIROMETRY ----
FVC (L)          3.10    2.40   2.31    75       2.40    77     4
FEV1 (L)         2.60    1.98   1.93    74       2.05    79     6
FEV1/FVC (%)     84      68     84      100      85      102    2
FEF 25-75% (L/sec) 2.2   1.1    2.4     109      2.5     114    4
---- LUNG VOLUMES ----
TLC (Pleth) (L)  5.10    4.00   3.95    77
RV (Pleth) (L)   1.90    1.20   1.60    84
---- DIFFUSION ----
DLCO (ml/min/mmHg) 21.4  16.0   12.3    57
DLCO Adj (ml/min/mmHg) 21.4 16.0 12.9   60
VA (L)           4.80           3.50    73
Hb: 12.5 g/dL
""",
    {
        "height_cm": "165",
        "weight_kg": "70.5",
        "hb_g_l": "125",
        "fvc_l": "2.31",
        "fvc_pct_pred": "75",
        "fvc_pred_l": "3.10",
        "fev1_l": "1.93",
        "fev1_pct_pred": "74",
        "tlc_l": "3.95",
        "rv_l": "1.60",
        "va_l": "3.50",
        "dlco": "12.3",
        "dlco_pct_pred": "57",
    },
    {"fvc_l": "2.40", "fvc_pct_pred": "77", "fev1_l": "2.05", "fev1_pct_pred": "79"},
)
JAEGER = Sample(
    """\
Lungenfunktionslabor Musterstadt
Nachname: Holloway      Vorname: Ingrid
Geburtsdatum: 25.08.1958   Geschlecht: weiblich   Größe: 165,0 cm   Gewicht: 70,5 kg
Patienten-Nr.: 1004711
Untersuchungsdatum: 12.03.2026      Druckdatum: 13.03.2026

                       Soll    Ist    %(I/S)
VC MAX       [l]       3,20    2,35   73,4
FVC          [l]       3,10    2,31   74,5
FEV 1        [l]       2,60    1,98   76,2
FEV 1 % VC MAX [%]     79,1    84,3   106,5
PEF          [l/s]     6,10    5,20   85,2
RV           [l]       1,90    1,60   84,2
TLC          [l]       5,10    3,95   77,5
ITGV         [l]       2,80    2,20   78,6
DLCOc SB [mmol/min/kPa] 7,80   4,30   55,1
DLCO SB [mmol/min/kPa] 7,80    4,10   52,6
DLCO/VA [mmol/min/kPa/l] 1,55  1,17   75,5
VA           [l]       4,95    3,50   70,7
Hb [g/dl]                      12,5
""",
    {
        "height_cm": "165",
        "weight_kg": "70.5",
        "svc_l": "2.35",
        "fvc_l": "2.31",
        "fvc_pct_pred": "74.5",
        "fvc_pred_l": "3.10",
        "fev1_l": "1.98",
        "fev1_pct_pred": "76.2",
        "rv_l": "1.60",
        "tlc_l": "3.95",
        "frc_l": "2.20",
        "dlco": "4.10",
        "dlco_pct_pred": "52.6",
        "kco": "1.17",
        "kco_pct_pred": "75.5",
        "va_l": "3.50",
        "hb_g_l": "125",
    },
)
SENTRY = Sample(
    """\
Patient: Quist, Morten         Patient ID: 77-0031      Date of birth: 02-Feb-1949
Gender: Male                   Height: 181 cm           Weight: 88 kg
Date of test: 12-Mar-2026      Date printed: 14-Mar-2026

Parameter        Unit            Pred    LLN    Pre    %Pred   Z-Score  Post   %Pred  %Chg
Spirometry
FVC              L               4.40    3.45   3.12   71      -2.21    3.20   73     3
FEV1             L               3.30    2.51   2.71   82      -1.22    2.75   83     1
FEV1/FVC         %               75.6    64.1   86.9   115     1.80     85.9   114    -1
Diffusing capacity
DLCO             mmol/min/kPa    8.60    6.51   4.42   51      -3.40    ----   ----   ----
KCO              mmol/min/kPa/L  1.30    0.99   0.96   74      -1.71    ----   ----   ----
VA               L               6.60    5.42   4.60   70      -2.80    ----   ----   ----
""",
    {
        "height_cm": "181",
        "weight_kg": "88",
        "fvc_l": "3.12",
        "fvc_pct_pred": "71",
        "fvc_pred_l": "4.40",
        "fev1_l": "2.71",
        "fev1_pct_pred": "82",
        "dlco": "4.42",
        "dlco_pct_pred": "51",
        "kco": "0.96",
        "kco_pct_pred": "74",
        "va_l": "4.60",
    },
    {"fvc_l": "3.20", "fvc_pct_pred": "73", "fev1_l": "2.75", "fev1_pct_pred": "83"},
)
NSPIRE = Sample(
    """\
Surname: OKAFOR   First name: Ada   Hospital No: H-5512   DOB: 1971-05-30   Sex: F
Height(cm): 160   Weight(kg): 61
Visit date: 2026-03-12 09:40

                      Pre-Rx                    Post-Rx
              Actual   Pred   %Pred       Actual   %Pred   %Change
FVC (L)       1.95     2.90   67          1.99     69      2
FEV1 (L)      1.66     2.40   69          1.70     71      2
DLCO (mL/min/mmHg)  9.8     20.6   48
""",
    {
        "height_cm": "160",
        "weight_kg": "61",
        "fvc_l": "1.95",
        "fvc_pct_pred": "67",
        "fvc_pred_l": "2.90",
        "fev1_l": "1.66",
        "fev1_pct_pred": "69",
        "dlco": "9.8",
        "dlco_pct_pred": "48",
    },
    {"fvc_l": "1.99", "fvc_pct_pred": "69", "fev1_l": "1.70", "fev1_pct_pred": "71"},
)
COSMED = Sample(
    """\
Apellidos: García Ruiz      Nombre: Lucía      NHC: 990017
Fecha de nacimiento: 30/11/1966    Sexo: Mujer   Talla: 158 cm   Peso: 64,0 kg
Fecha de la prueba: 12/03/2026     Fecha de impresión: 12/03/2026

Parámetro\tUnidad\tTeórico\tLIN\tPre\t%Teor\tPost\t%Teor\t%Cambio
CVF\tL\t2,85\t2,20\t1,90\t67\t1,95\t68\t3
VEF1\tL\t2,35\t1,79\t1,61\t69\t1,66\t71\t3
VEF1/CVF\t%\t82,0\t71,5\t84,7\t103\t85,1\t104\t0
CPT\tL\t4,60\t3,61\t3,30\t72\t\t\t
VR\tL\t1,70\t1,10\t1,36\t80\t\t\t
DLCO\tmmol/min/kPa\t7,40\t5,60\t3,80\t51\t\t\t
""",
    {
        "height_cm": "158",
        "weight_kg": "64",
        "fvc_l": "1.90",
        "fvc_pct_pred": "67",
        "fvc_pred_l": "2.85",
        "fev1_l": "1.61",
        "fev1_pct_pred": "69",
        "tlc_l": "3.30",
        "rv_l": "1.36",
        "dlco": "3.80",
        "dlco_pct_pred": "51",
    },
    {"fvc_l": "1.95", "fvc_pct_pred": "68", "fev1_l": "1.66", "fev1_pct_pred": "71"},
)
VITALOGRAPH = Sample(
    """\
Vitalograph Spirotrac
Subject Name: Berg, Nils    Subject ID: V-204
Date of Birth: 14/07/1960   Gender: Male   Height: 176 cm
Session Date: 12/03/2026

Parameter  Best  Pred  %Pred  LLN  Z-score
VC (L)  3.02  4.10  74  3.20  -2.0
FVC (L)  2.98  4.05  74  3.15  -2.0
FEV1 (L)  2.41  3.10  78  2.35  -1.5
PEF (L/min)  402  510  79  390  -1.4
""",
    {
        "height_cm": "176",
        "svc_l": "3.02",
        "fvc_l": "2.98",
        "fvc_pct_pred": "74",
        "fvc_pred_l": "4.05",
        "fev1_l": "2.41",
        "fev1_pct_pred": "78",
    },
)
NDD = Sample(
    """\
EasyOne Pro
Patient name: LINDQVIST, Eva   ID: E77   Date of birth: 01.12.1955   Gender: Female
Height: 162 cm   Weight: 58 kg
Test Date: 12.03.2026 11:02

| Parameter | Best | LLN | Z-Score | %Pred | Pred | Trial 3 | Trial 1 | Trial 2 |
|-----------|------|-----|---------|-------|------|---------|---------|---------|
| FVC [L] | 1.88* | 2.02 | -2.05 | 71 | 2.66 | 1.88* | 1.85 | 1.79 |
| FEV1 [L] | 1.51 | 1.60 | -1.90 | 72 | 2.10 | 1.51 | 1.48 | NaN |
| FEV1/FVC | 0.803 | 0.68 | 0.40 | 102 | 0.79 | 0.803 | 0.80 | NaN |
""",
    {
        "height_cm": "162",
        "weight_kg": "58",
        "fvc_l": "1.88",
        "fvc_pct_pred": "71",
        "fvc_pred_l": "2.66",
        "fev1_l": "1.51",
        "fev1_pct_pred": "72",
    },
)
FRENCH = Sample(
    """\
Nom : MARCHAND    Prénom : Élise    IPP : 300417
Date de naissance : 03/09/1962    Sexe : F    Taille : 167 cm    Poids : 72 kg
Date de l'examen : 12/03/2026     Imprimé le : 15/03/2026

             Théo    Mesuré   % théo
CVF (L)      3,15    2,22     70
VEMS (L)     2,62    1,88     72
VEMS/CVF (%) 83,2    84,7     102
CPT (L)      5,20    3,70     71
TLCO (mmol/min/kPa)  7,90    3,95     50
KCO (mmol/min/kPa/L) 1,52    1,12     74
Hémoglobine : 13,1 g/dL
""",
    {
        "height_cm": "167",
        "weight_kg": "72",
        "fvc_l": "2.22",
        "fvc_pct_pred": "70",
        "fvc_pred_l": "3.15",
        "fev1_l": "1.88",
        "fev1_pct_pred": "72",
        "tlc_l": "3.70",
        "dlco": "3.95",
        "dlco_pct_pred": "50",
        "kco": "1.12",
        "kco_pct_pred": "74",
        "hb_g_l": "131",
    },
)
LIS = Sample(
    """\
Lung function 12.03.2026: FVC 2.31 L (78 % pred), FEV1 1.98 L (76 %), DLCO 4.1 mmol/min/kPa (52 %).
Previous FVC 2.60 L. LLN of FVC 2.40 L. FVC predicted 3.10 L.
Hb 12.5 g/dL, SpO2 95 % on air. FEV1/FVC 86 %.
""",
    {
        "fvc_l": "2.31",
        "fvc_pct_pred": "78",
        "fev1_l": "1.98",
        "fev1_pct_pred": "76",
        "dlco": "4.1",
        "dlco_pct_pred": "52",
        "hb_g_l": "125",
        "spo2_rest": "95",
    },
)
MILLILITRES = Sample(
    """\
Date: 12.03.2026
FVC: 2,310 mL
FEV1: 1,980 mL
DLCO: 12.3 mL/min/mmHg
Hb: 7.8 mmol/L
""",
    {"fvc_l": "2.310", "fev1_l": "1.980", "dlco": "12.3", "hb_g_l": "125.658"},
)
FRACTIONS = Sample(
    """\
Messdatum: 12.03.2026
          Soll   Ist   Ist/Soll
FVC [L]   3,10   2,31  0,745
FEV1 [L]  2,60   1,98  0,762
""",
    {
        "fvc_l": "2.31",
        "fvc_pct_pred": "74.5",
        "fvc_pred_l": "3.10",
        "fev1_l": "1.98",
        "fev1_pct_pred": "76.2",
    },
)
SAMPLES = {
    "MedGraphics Ultima": MGC,
    "Jaeger MasterScreen": JAEGER,
    "Vyaire SentrySuite": SENTRY,
    "nSpire": NSPIRE,
    "COSMED": COSMED,
    "Vitalograph Spirotrac": VITALOGRAPH,
    "ndd EasyOne": NDD,
    "French laboratory": FRENCH,
    "text of a hospital system": LIS,
    "millilitres": MILLILITRES,
    "fractions": FRACTIONS,
}
