"""Files as programs and people write them."""

import io

import pytest

from accounts.imports.reading import MOST_COLUMNS, Sheet, Unreadable


def read(content: bytes | str) -> list[dict[str, str]]:
    sheet = Sheet(io.BytesIO(content if isinstance(content, bytes) else content.encode()))
    return [sheet.values(row) for row in sheet]


def faults(content: str) -> list[tuple[int, str]]:
    return [(row.line, row.fault) for row in Sheet(io.BytesIO(content.encode()))]


ZOË = [{"email": "zoe@example.com", "name": "Zoë Ødegård"}]
TABLE = "E-Mail,Name\r\nzoe@example.com,Zoë Ødegård\r\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", pytest.param("bom-be", id="utf-16-be-bom")]
)
def test_encodings(encoding):
    content = b"\xfe\xff" + TABLE.encode("utf-16-be") if encoding == "bom-be" else TABLE.encode(encoding)
    assert read(content) == ZOË


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter, line_end):
    text = TABLE.replace(",", delimiter).replace("\r\n", line_end)
    assert read(text) == ZOË
    assert read(text.rstrip()) == ZOË


def test_the_line_with_which_excel_names_the_delimiter():
    assert read("sep=|\r\nName|Mail\r\nZoë Ødegård|zoe@example.com\r\n") == ZOË


@pytest.mark.parametrize(
    "header",
    [
        "email,name",
        "EMAIL ADDRESS,Full Name",
        " e-mail_address ,display name",
        "E-Mail-Adresse,Anzeigename",
        "البريد الإلكتروني,الاسم",
        '"Mail","Name"',
    ],
)
def test_headings_in_any_case_and_under_common_names(header):
    assert read(f"{header}\nzoe@example.com,Zoë Ødegård\n") == ZOË


def test_columns_in_any_order_and_others_among_them():
    sheet = Sheet(io.BytesIO(b"Phone,Last name,,Role,Mail,First name,Password\n1,Moe,x,user,moe@example.com,Max,pw\n"))
    assert [sheet.values(row) for row in sheet] == [
        {"family_name": "Moe", "role": "user", "email": "moe@example.com", "given_name": "Max"}
    ]
    assert sheet.ignored == ["Phone", "Password"]


def test_values_in_quotation_marks_and_empty_rows():
    text = 'email,name\n\n"ann@example.com","Ann ""A"", the\nfirst"\n , \nbob@example.com\n'
    assert read(text) == [
        {"email": "ann@example.com", "name": 'Ann "A", the\nfirst'},
        {"email": "bob@example.com"},
    ]


def test_lines_are_counted_as_an_editor_does():
    text = 'sep=,\nemail,name\na@b.example,"two\nlines"\n\nb@b.example,x,y\n'
    assert faults(text) == [
        (3, ""),
        (6, "The row has 3 cells, the header 2. Put quotation marks around a value that holds “,”."),
    ]


def test_quotation_marks_in_the_wrong_place_cost_their_row_alone():
    text = 'email,name\na@b.example,"A"x\nb@b.example,B\n'
    assert faults(text) == [
        (2, "A quotation mark stands in the wrong place. Inside a value in quotation marks, write it twice."),
        (3, ""),
    ]


def test_a_quotation_mark_that_is_not_closed_names_the_lines_it_takes():
    text = 'email,name\na@b.example,A\nb@b.example,"B\nc@b.example,C\n'
    assert faults(text) == [(2, ""), (3, "Lines 3 to 4 are one row: a quotation mark is not closed.")]


def test_a_cell_without_end_is_a_bad_row():
    text = f'email,name\na@b.example,"{"x" * 200_000}"\nb@b.example,B\n'
    assert [line for line, fault in faults(text) if not fault] == [3]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file is empty."),
        (b"name,phone\nAnn,1\n", "No column is named as the e-mail address. .* for example: email,name"),
        (b"name;phone;city\nAnn;1;Oslo\n", "No column is named"),
        (b"ann@example.com,Ann\n", "The first line holds an address."),
        (b"email,name,E-Mail\n", "Several columns mean the same: email, E-Mail."),
        (b"PK\x03\x04\x14\0", "This is a workbook, not a CSV file."),
        (b"\xd0\xcf\x11\xe0\xa1", "This is a workbook"),
        (b"email,name\nz@example.com,Zo\xeb\n", "neither UTF-8 nor UTF-16. Save it as “CSV UTF-8”"),
        (b"na\xefve,email\n", "From line 1 on the file is neither"),
        (b"\xff\xfee\0m\0", "No column is named"),
        (b"\xff\xfee\0m\0x", "neither UTF-8 nor UTF-16"),
        (b"email" + b",x" * MOST_COLUMNS, "more than 200 columns"),
        (b"x" * 300_000, "The file is empty|No column"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_table_of_people_is_told(content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        read(content)


@pytest.mark.parametrize("cell", ["'=cmd", "'+47@example.com", "'-1", "'@x"])
def test_the_guard_of_a_download_is_taken_off(cell):
    assert read(f"email,name\na@b.example,{cell}\n")[0]["name"] == cell[1:]
    assert read("email,name\na@b.example,'Neil\n")[0]["name"] == "'Neil"
