"""The order of the list of users is read from an index, however many they are."""

import pytest
from django.db import connection

from accounts.search import Search
from accounts.views.user_list import statement_of_a_page


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["last-sign-in", "-last-sign-in"])
def test_order_by_the_last_sign_in_is_read_from_its_index(sort):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # of so few it would rather read all
            cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; ANALYZE accounts_user")
    statement, given = statement_of_a_page(Search("", "", ""), sort, 1)
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {statement}", given)
        plan = str(cursor.fetchall())
    assert "user_last_sign_in" in plan, plan
    assert "Sort" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan
