"""Administration > User Management > Users > Import, without a browser: what is asked, allowed and answered."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.imports import checking, running
from accounts.imports.models import Import, ImportBatch, RejectedRow
from accounts.models import User
from tests.accounts.imports.conftest import checked, table
from tests.accounts.people import make_user

pytestmark = pytest.mark.django_db
PAGE = "/administration/user-management/users/import/"


def upload(client: Client, content: str | bytes, name: str = "people.csv", **options):
    data = content if isinstance(content, bytes) else content.encode()
    return client.post(PAGE, {"file": SimpleUploadedFile(name, data)}, follow=True, **options)


def body(response) -> str:
    return " ".join(response.content.decode().replace("&#x27;", "'").split())


def test_uploading_shows_what_the_file_holds(as_operator, operator):
    make_user("ann@example.com")
    content = "Mail;Name;Phone\nann@example.com;;\nbob@example.com;Bob;1\nx;<b>X</b>;2\n"
    response = upload(as_operator, content, REMOTE_ADDR="192.0.2.4")
    imported = Import.objects.get()
    assert response.redirect_chain == [(f"{PAGE}{imported.pk}/", 302)]
    assert (imported.created_by, imported.ip, imported.file_name) == (operator, "192.0.2.4", "people.csv")
    page = body(response).replace("<wbr>", "")
    for words in (
        "Add 1 user<",
        "bob@example.com",
        "Columns that are ignored: Phone",
        "“x” is not an e-mail address",
        "x · &lt;b&gt;X&lt;/b&gt; · 2",
    ):
        assert words in page
    assert not User.objects.filter(email="bob@example.com").exists()


def test_confirming_starts_and_running_finishes(as_operator):
    upload(as_operator, table(3))
    path = f"{PAGE}{Import.objects.get().pk}/"
    page = body(as_operator.post(f"{path}confirm/", follow=True))
    assert '<progress class="bar" max="3" value="0"' in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert "0 of 3" in body(as_operator.get(f"{path}progress/"))

    running.run()
    assert as_operator.get(f"{path}progress/").headers["HX-Refresh"] == "true"
    page = body(as_operator.get(path))
    assert "3 users were added, and each gets an e-mail" in page
    assert "http-equiv" not in page
    assert "Done" in body(as_operator.get(PAGE))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Choose another one."),
        (b"name\nAnn\n", "No column is named as the e-mail address"),
        (b"PK\x03\x04", "This is a workbook, not a CSV file"),
        (b"email\n\xff\n", "neither UTF-8 nor UTF-16"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_beside_the_field(as_operator, content, sentence):
    page = body(upload(as_operator, content))
    assert sentence in page
    assert 'aria-invalid="true"' in page
    assert not Import.objects.exists()


def test_no_file_and_too_large_a_file(as_operator, settings):
    assert "Choose a file." in body(as_operator.post(PAGE))
    settings.IMPORT_MAX_BYTES = 1000
    assert "The file has 1001 bytes, more than 1000 bytes. Split it." in body(upload(as_operator, "x" * 1001))


def test_a_large_file_comes_from_disk(as_operator, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    upload(as_operator, table(3).encode("utf-16"))
    assert Import.objects.get().valid == 3


def test_a_name_of_a_file_is_text(as_operator):
    page = body(upload(as_operator, table(1), name='"><script>x.csv'))
    assert "<script>x" not in page
    assert "&lt;script&gt;x.csv" in page


def test_discarding_forgets_the_file(as_operator):
    upload(as_operator, table(3))
    response = as_operator.post(f"{PAGE}{Import.objects.get().pk}/stop/", follow=True)
    assert "“people.csv” is discarded; nobody was added." in body(response)
    assert not Import.objects.exists()


def test_stopping_says_who_stays(as_operator, operator):
    imported = checked(table(checking.BATCH + 1), actor=operator)
    running.confirm(imported, operator)
    running.run_batch()
    page = body(as_operator.post(f"{PAGE}{imported.pk}/stop/", follow=True))
    assert f"Stopped. {checking.BATCH} users were added and stay." in page
    assert "Import the file again to add the others." in page
    again = body(as_operator.post(f"{PAGE}{imported.pk}/stop/", follow=True))
    assert "Nothing to stop" in again


def test_only_who_uploaded_the_file_confirms_it(as_operator, administrator):
    imported = checked(table(3), actor=administrator)
    assert "Only the person who uploaded the file can confirm it." in body(as_operator.get(f"{PAGE}{imported.pk}/"))
    page = body(as_operator.post(f"{PAGE}{imported.pk}/confirm/", follow=True))
    assert "Only the person who uploaded the file can confirm it." in page
    imported.refresh_from_db()
    assert imported.state == Import.State.CHECKED


def test_an_import_that_nobody_takes_up_says_so(as_operator, operator):
    imported = checked(table(3), actor=operator)
    running.confirm(imported, operator)
    assert "No worker takes it up" not in body(as_operator.get(f"{PAGE}{imported.pk}/"))
    Import.objects.update(moved_at=timezone.now() - timedelta(minutes=5))
    assert "No worker takes it up" in body(as_operator.get(f"{PAGE}{imported.pk}/"))


def test_the_page_is_drawn_as_things_are_now_for_its_reader(as_operator, operator, administrator, client):
    imported = checked("email\nbob@example.com\nx\n", actor=operator)
    page = f"{PAGE}{imported.pk}/"
    client.force_login(administrator)
    for reader, may_confirm in ((as_operator, True), (client, False), (as_operator, True)):
        assert (">Add 1 user<" in body(reader.get(page))) is may_confirm
    User.objects.filter(pk=operator.pk).update(name="Oda Berg")
    assert all("Uploaded by Oda Berg." in body(reader.get(page)) for reader in (as_operator, client))
    ImportBatch.objects.update(people=[["eve@example.com", "Eve", "user", "de", "UTC"]])
    assert "eve@example.com" in body(client.get(page)).replace("<wbr>", "")
    RejectedRow.objects.update(reason="Not today")
    assert "Not today" in body(client.get(page))
    Import.objects.update(ignored=["Phone"])
    assert "Columns that are ignored: Phone" in body(client.get(page))
    User.objects.filter(pk=administrator.pk).update(language="de")
    assert "Columns that are ignored" not in body(client.get(page))
    assert "csrfmiddlewaretoken" not in str(caches["template_fragments"]._cache.values())


def test_the_rejected_rows_come_as_a_file(as_operator, operator):
    imported = checked("email;name\n=x;Ann\n", actor=operator)
    response = as_operator.get(f"{PAGE}{imported.pk}/rejected.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="rejected-{imported.pk}.csv"'
    content = b"".join(response).decode()
    assert content.startswith("\ufeffLine;Reason;email;name\r\n2;")
    assert content.endswith(";'=x;Ann\r\n")


def test_the_page_of_a_long_list_shows_its_beginning(as_operator, operator, django_assert_max_num_queries):
    imported = checked("email\n" + "x\n" * 300, actor=operator)
    with django_assert_max_num_queries(12):
        page = body(as_operator.get(f"{PAGE}{imported.pk}/"))
    assert "The first 50 of 300." in page
    assert page.count("is not an e-mail address") == 50


def test_an_import_by_command_is_shown_as_one(as_operator):
    imported = checked(table(2), by_command=True)
    running.confirm(imported, None)
    assert "Imported on the command line." in body(as_operator.get(f"{PAGE}{imported.pk}/"))
    assert "Command line" in body(as_operator.get(PAGE))


PATHS = ["", "{pk}/", "{pk}/progress/", "{pk}/rejected.csv"]
DEEDS = ["{pk}/confirm/", "{pk}/stop/"]


@pytest.mark.parametrize("path", PATHS + DEEDS)
def test_pages_by_role(client, as_operator, user, operator, path):
    imported = checked(table(1), actor=operator)
    path = PAGE + path.format(pk=imported.pk)
    method = "post" if path.endswith(("confirm/", "stop/")) else "get"
    assert getattr(client, method)(path).headers["Location"] == f"/sign-in/?next={path}"
    client.force_login(user)
    assert getattr(client, method)(path).status_code == 403
    imported.refresh_from_db()
    assert imported.state == Import.State.CHECKED
    assert getattr(as_operator, method)(path).status_code == (302 if method == "post" else 200)


@pytest.mark.parametrize("path", DEEDS)
def test_deeds_are_posts_from_our_own_pages(as_operator, operator, path):
    imported = checked(table(1), actor=operator)
    path = PAGE + path.format(pk=imported.pk)
    assert as_operator.get(path).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(operator)
    assert strict.post(path).status_code == 403
    assert strict.post(PAGE).status_code == 403
    imported.refresh_from_db()
    assert imported.state == Import.State.CHECKED
