"""The order of the list of users is read from an index, however many they are."""

import pytest
from django.db import connection

from accounts.search import Search
from accounts.views.user_list import PAGE_SIZE, UserListView


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["last-sign-in", "-last-sign-in"])
def test_order_by_the_last_sign_in_is_read_from_its_index(sort):
    view = UserListView()
    view.search, view.sort = Search("", "", ""), sort
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # of so few it would rather read all
            cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; ANALYZE accounts_user")
    plan = view.get_queryset()[:PAGE_SIZE].explain()
    assert "user_last_sign_in" in plan, plan
    assert "Sort" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan
