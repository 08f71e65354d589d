"""People who may open the administration."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from tests.factories import UserFactory


@pytest.fixture
def admin(db):
    return UserFactory(email="admin@example.edu", is_staff=True, is_superuser=True)


@pytest.fixture
def admin_client(admin, client_of):
    return client_of(admin)


@pytest.fixture
def staff_with(db, client_of):
    """`staff_with("view_guest")`: staff with these rights and no others."""

    def make(*codenames):
        user = UserFactory(is_staff=True)
        rights = Permission.objects.filter(codename__in=codenames)
        assert rights.count() == len(codenames)
        user.user_permissions.set(rights)
        return client_of(user)

    return make


@pytest.fixture
def act():
    """`act(client, row, action)`: chooses the action for this row in the list."""

    def post(client, row, action, **extra):
        name = f"/admin/{row._meta.app_label}/{row._meta.model_name}/"
        data = {"action": action, "_selected_action": [row.pk]}
        if not extra:
            data["index"] = "0"
        return client.post(name, data | extra, follow=True)

    return post
