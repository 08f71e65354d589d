"""The admin's own texts of mails: edited, previewed, sent to oneself as a test."""

from __future__ import annotations

import smtplib
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from access.email_addresses import shown_email
from access.mail.kinds import editable_choices
from access.mail.messages import compose
from access.mail.models import MailText
from access.mail.texts import BrokenText, check_text, in_language, placeholders, sample
from media_items.admin_tools import actor


class MailTextForm(forms.ModelForm[MailText]):
    language = forms.ChoiceField(label=gettext_lazy("Language"))

    class Meta:
        model = MailText
        fields = ["kind", "language", "subject", "body"]
        widgets = {"subject": forms.TextInput(attrs={"size": 80})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "language" in self.fields:
            choices: dict[str, Any] = dict(settings.LANGUAGES)
            if (now := self.instance.language) and now not in choices:
                choices[now] = now
            cast("forms.ChoiceField", self.fields["language"]).choices = list(choices.items())
        if "body" in self.fields:
            self.fields["body"].help_text = _placeholder_help()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if {"kind", "subject", "body"} <= cleaned.keys():
            try:
                check_text(kind=cleaned["kind"], subject=cleaned["subject"], body=cleaned["body"])
            except BrokenText as broken:
                raise ValidationError(str(broken)) from broken
        return cleaned


def _placeholder_help() -> str:
    return format_html(
        "{}<ul>{}</ul>{}",
        _("Plain text; leave an empty line between paragraphs. These are filled in:"),
        format_html_join(
            "",
            "<li><code>{{{}}}</code> {}</li>",
            ((name, said) for name, said in placeholders().items()),
        ),
        _(
            "A line is left out when one of its placeholders is empty, for example "
            "when there is no note or no last day."
        ),
    )


@admin.register(MailText)
class MailTextAdmin(admin.ModelAdmin):
    form = MailTextForm
    change_form_template = "admin/access/mailtext/change_form.html"
    list_display = ["kind", "language", "subject", "in_use", "changed_at"]
    list_filter = ["kind", "language"]
    search_fields = ["subject", "body"]
    ordering = ["kind", "language"]
    fields = ["kind", "language", "subject", "body", "in_use"]
    readonly_fields = ["in_use"]

    @admin.display(description=gettext_lazy("in use"))
    def in_use(self, text: MailText) -> str:
        if text.pk and text.broken_at:
            return _("No, it doesn’t work: %s The built-in text is sent instead.") % text.broken_why
        return _("Yes") if text.pk else _("After you save it")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new text begins with the built-in one."""
        kind = request.GET.get("kind", "")
        kinds = [name for name, _label in editable_choices()]
        kind = kind if kind in kinds else kinds[0]
        language = request.GET.get("language", "")
        language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        subject, body = in_language(kind, language)
        return {"kind": kind, "language": language, "subject": subject, "body": body}

    def save_model(self, request: HttpRequest, obj: MailText, form: Any, change: bool) -> None:
        obj.broken_at, obj.broken_why = None, ""
        super().save_model(request, obj, form, change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        url = reverse("admin:access_mailtext_add")
        context["beginnings"] = [
            {"label": label, "url": f"{url}?{urlencode({'kind': kind})}"}
            for kind, label in editable_choices()
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: MailText, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._to_preview(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: MailText) -> HttpResponse:
        return self._to_preview(request, obj) or super().response_change(request, obj)

    def _to_preview(self, request: HttpRequest, text: MailText) -> HttpResponseRedirect | None:
        if "_preview" not in request.POST:
            return None
        return redirect("admin:access_mailtext_preview", text.pk)

    # --- preview and test mail ----------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<number:pk>/preview/", wrap(self.preview_view), name="access_mailtext_preview"),
            path(
                "<number:pk>/preview/html/",
                # Outermost, so that this page alone has the rules of a mail program.
                _restricted_as_in_a_mail_program(wrap(self.html_view)),
                name="access_mailtext_html",
            ),
            path("<number:pk>/test/", wrap(self.test_view), name="access_mailtext_test"),
            *super().get_urls(),
        ]

    def _text(self, request: HttpRequest, pk: int, *, to_change: bool = False) -> MailText:
        text = MailText.objects.filter(pk=pk).first()
        allowed = self.has_change_permission if to_change else self.has_view_permission
        if not allowed(request, text):
            raise PermissionDenied
        if text is None:
            raise Http404
        return text

    @method_decorator(require_safe)
    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        text = self._text(request, pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview"),
            "subtitle": str(text),
            "opts": self.opts,
            "text": text,
            "may_test": self.has_change_permission(request, text),
        }
        try:
            written = sample(text)
        except BrokenText as broken:
            context["broken"] = str(broken)
        else:
            context |= {"written": written}
        return TemplateResponse(request, "admin/access/mailtext/preview.html", context)

    @method_decorator(require_safe)
    def html_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            return HttpResponse(sample(self._text(request, pk)).html)
        except BrokenText as broken:
            raise Http404 from broken

    @method_decorator(require_POST)
    def test_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """To one's own address only. Sent without the outbox, to show the server's answer."""
        text = self._text(request, pk, to_change=True)
        to = actor(request)
        try:
            _sample_email(text, to=to).send()
        except BrokenText as broken:
            self.message_user(request, str(broken), messages.ERROR)
        except (OSError, smtplib.SMTPException) as error:
            said = _("The test email could not be sent: %s") % error
            self.message_user(request, said, messages.ERROR)
        else:
            self.message_user(
                request, _("A test email was sent to %s.") % shown_email(to.email), messages.SUCCESS
            )
        return redirect("admin:access_mailtext_preview", pk)


def _sample_email(text: MailText, *, to: Any) -> EmailMultiAlternatives:
    """Raises `BrokenText`."""
    written = sample(text)
    with override(text.language):
        return compose(
            subject=written.subject,
            text=written.text,
            html=written.html,
            to=to.email,
            sender=to.get_full_name(),
            reply_to=to.email,
        )


def _restricted_as_in_a_mail_program(view: Any) -> Any:
    """Inline styles, no scripts, nothing loaded; in a frame of this site only."""
    rules: dict[str, Any] = {
        "default-src": [CSP.NONE],
        "style-src": [CSP.UNSAFE_INLINE],
        "frame-ancestors": [CSP.SELF],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
    return xframe_options_sameorigin(csp_override(rules)(view))
