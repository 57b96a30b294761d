"""The addresses of the account pages."""

from django.urls import path
from django.urls.resolvers import URLPattern

from accounts.deeds import DEEDS
from accounts.views import imports, own, selected, user_list, users

USERS = "administration/user-management/users/"

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("sign-in/", own.SignInView.as_view(), name="sign-in"),
    path("sign-out/", own.SignOutView.as_view(), name="sign-out"),
    path("account/", own.OwnAccountView.as_view(), name="own"),
    path("account/edit/", own.OwnEditView.as_view(), name="own-edit"),
    path("password/change/", own.PasswordChangeView.as_view(), name="password-change"),
    path("password/forgotten/", own.LinkRequestView.as_view(), name="password-reset"),
    path("password/forgotten/sent/", own.PasswordForgottenDoneView.as_view(), name="password-reset-done"),
    path("password/reset/<uidb64>/<token>/", own.PasswordResetView.as_view(), name="password-reset-confirm"),
    path("activate/again/", own.LinkRequestView.as_view(activation=True), name="activate-again"),
    path("activate/<uidb64>/<token>/", own.ActivationView.as_view(), name="activate"),
    path(USERS, user_list.UserListView.as_view(), name="users"),
    path(f"{USERS}selected/", selected.SelectedUsersView.as_view(), name="users-selected"),
    path(f"{USERS}add/", users.UserAddView.as_view(), name="user-add"),
    path(f"{USERS}<int:pk>/edit/", users.UserEditView.as_view(), name="user-edit"),
    path(f"{USERS}import/", imports.ImportsView.as_view(), name="imports"),
    path(f"{USERS}import/<int:pk>/", imports.ImportView.as_view(), name="import"),
    path(f"{USERS}import/<int:pk>/progress/", imports.ImportProgressView.as_view(), name="import-progress"),
    path(f"{USERS}import/<int:pk>/confirm/", imports.ConfirmView.as_view(), name="import-confirm"),
    path(f"{USERS}import/<int:pk>/stop/", imports.StopView.as_view(), name="import-stop"),
    path(f"{USERS}import/<int:pk>/rejected.csv", imports.RejectedView.as_view(), name="import-rejected"),
    path(f"{USERS}<int:pk>/", users.UserView.as_view(), name="user"),
    *(
        path(f"{USERS}<int:pk>/{deed.name}/", users.DeedView.as_view(deed=deed), name=f"user-{deed.name}")
        for deed in DEEDS.values()
    ),
]
