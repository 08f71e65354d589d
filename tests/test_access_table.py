"""Every address of the site × everybody: the status each gets. A new address needs a row here.

Rows are read like this: name of the address, method, then one status for each column; a single
status is everybody's. 302 is either "done, go on there" or "sign in first"; 422 is "allowed, and
the empty form was refused". One test is one column: one person before one state of the item. Each
cell starts from the same world: what one does is undone before the next comes. The administration
and the development pages are groups at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from access.guests.services import joining
from access.invitations.models import InvitationRole, offered_roles
from access.invitations.services.inviting import let_moderators_invite
from access.links import guest_link_token, invitation_token
from access.memberships.models import CoEditor, GalleryRole
from access.people_lists.models import Batch, LineVerdict
from media_items.catalogue.models import Kind, MediaItem, State
from media_items.processing.models import MediaFile, Purpose
from tests import factories, live_access
from tests.access_rows import Row, rows_of, status_of, undone, wrong_answers
from tests.conftest import client_with_admissions, client_with_proofs
from tests.one_clock import tell_zone
from tests.one_language import in_own_language

# fmt: off
ITEM_COLUMNS = [
    "private/owner", "private/co_editor", "private/collaborator", "private/viewer",
    "private/guest", "private/member", "private/stranger", "private/nobody",
    "published/member", "published/stranger", "published/nobody",
    "unlisted/member", "unlisted/stranger", "unlisted/nobody",
]
ITEM_TABLE = """
media_items:edit_media_item          GET  200 200 200 403 403 404 404 404 403 404 404 403 403 403
media_items:edit_media_item          POST 422 422 422 403 403 404 404 404 403 404 404 403 403 403
media_items:captions                 GET  200 200 200 403 403 404 404 404 403 404 404 403 403 403
media_items:captions                 POST 422 422 422 403 403 404 404 404 403 404 404 403 403 403
media_items:remove_captions          GET  200 200 200 403 403 404 404 404 403 404 404 403 403 403
media_items:remove_captions          POST 302 302 302 403 403 404 404 404 403 404 404 403 403 403
media_items:publish_media_item       GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
media_items:publish_media_item       POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
media_items:delete_media_item        GET  200 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:delete_media_item        POST 302 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:restore_media_item       GET  405
media_items:restore_media_item       POST 302 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_results             GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_results             POST 405
media_items:quiz_people_export       GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_people_export       POST 405
media_items:quiz_answers_export      GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_answers_export      POST 405
media_items:quiz_results_questions   GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_results_questions   POST 405
media_items:quiz_results_question    GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_results_question    POST 405
media_items:quiz_trail               GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_trail               POST 405
media_items:attempt_results          GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:attempt_results          POST 405
media_items:let_attempt_go_on        GET  405
media_items:let_attempt_go_on        POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:end_attempt              GET  405
media_items:end_attempt              POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:count_attempt            GET  405
media_items:count_attempt            POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:separate_taker           GET  405
media_items:separate_taker           POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:mail_results             GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:mail_results             POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:remind_of_quiz           GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:remind_of_quiz           POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:void_attempt             GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:void_attempt             POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:rename_taker             GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:rename_taker             POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:merge_taker              GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:merge_taker              POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_questions           GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_questions           POST 405
media_items:new_question_kinds       GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:new_question_kinds       POST 405
media_items:new_quiz_question        GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:new_quiz_question        POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:more_question_lines      GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:more_question_lines      POST 405
media_items:preview_question         GET  405
media_items:preview_question         POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:publish_quiz             GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:publish_quiz             POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:preview_quiz             GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:preview_quiz             POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:draft_picture            GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:draft_picture            POST 405
media_items:quiz_question            GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_question            POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:duplicate_question       GET  405
media_items:duplicate_question       POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:move_question            GET  405
media_items:move_question            POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:delete_question          GET  405
media_items:delete_question          POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:restore_question         GET  405
media_items:restore_question         POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_settings            GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_settings            POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_exemptions          GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_exemptions          POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_exemption           GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_exemption           POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:end_exemption            GET  405
media_items:end_exemption            POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:marking                  GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:marking                  POST 405
media_items:mark_question            GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:mark_question            POST 405
media_items:mark_answer              GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:mark_answer              POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:regrade_question         GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:regrade_question         POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:certificate_file         GET  404 404 404 404 404 404 404 404 404 404 404 404 404 404
media_items:certificate_file         POST 405
media_items:import_questions         GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:import_questions         POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:import_template          GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:import_template          POST 405
media_items:import_preview           GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:import_preview           POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:discard_import           GET  405
media_items:discard_import           POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:import_picture           GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:import_picture           POST 405
media_items:export_questions         GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:export_questions         POST 405
media_items:export_questions_file    GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:export_questions_file    POST 405
media_items:media_item               GET  200 200 200 200 200 404 404 404 200 404 404 200 200 200
media_items:media_item               POST 405
media_items:item_menu                GET  200 200 200 200 200 404 404 404 200 404 404 200 200 200
media_items:item_menu                POST 405
media_items:transcript               GET  200 200 200 200 200 404 404 404 200 404 404 200 200 200
media_items:transcript               POST 405
media_items:preparation              GET  302 302 302 302 302 404 404 404 302 404 404 302 302 302
media_items:preparation              POST 405
media_items:restart_preparation      GET  405
media_items:restart_preparation      POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
media_items:media_file               GET  200 200 200 200 200 404 404 404 200 404 404 200 200 200
media_items:media_file               POST 405
media_items:thumbnail                GET  200 200 200 200 200 404 404 404 200 404 404 200 200 200
media_items:thumbnail                POST 405
media_items:calendar                 GET  404
media_items:calendar                 POST 405
media_items:download_media_item      GET  200 200 200 403 403 404 404 404 403 404 404 403 403 403
media_items:download_media_item      POST 405
media_items:embed_media_item         GET  200 200 200 200 200 404 404 404 200 404 404 200 200 200
media_items:embed_media_item         POST 405
media_items:embed_code               GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
media_items:embed_code               POST 405
media_items:quiz_film                GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_film                POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:upload_quiz_film         GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:upload_quiz_film         POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_film_file           GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_film_file           POST 405
media_items:quiz_film_picture        GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_film_picture        POST 405
media_items:watch_film               GET  405
media_items:watch_film               POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:start_quiz               GET  405
media_items:start_quiz               POST 404
media_items:quiz_attempt             GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_attempt             POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:hand_in_quiz             GET  405
media_items:hand_in_quiz             POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_result              GET  404
media_items:quiz_result              POST 405
media_items:quiz_clock               GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:quiz_clock               POST 405
media_items:save_answer              GET  405
media_items:save_answer              POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:check_answer             GET  405
media_items:check_answer             POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:question_hint            GET  405
media_items:question_hint            POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:question_picture         GET  404
media_items:question_picture         POST 405
access:share                         GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:share                         POST 405
access:access_line                   GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:access_line                   POST 405
access:switch_on_guest_access        GET  405
access:switch_on_guest_access        POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:switch_off_guest_access       GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:switch_off_guest_access       POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:guest_links                   GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:guest_links                   POST 405
access:see_as_a_guest                GET  302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:see_as_a_guest                POST 405
access:guest_door                    GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:guest_door                    POST 405
access:guest_page                    GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:guest_page                    POST 405
access:create_guest_link             GET  302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:create_guest_link             POST 422 422 403 403 403 404 404 404 403 404 404 403 403 403
access:guest_link                    GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:guest_link                    POST 405
access:edit_guest_link               GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:edit_guest_link               POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:pause_guest_link              GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:pause_guest_link              POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:resume_guest_link             GET  405
access:resume_guest_link             POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:new_guest_link_address        GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:new_guest_link_address        POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:delete_guest_link             GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:delete_guest_link             POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:guest_link_qr                 GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:guest_link_qr                 POST 405
access:guests                        GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:guests                        POST 405
access:guests_act                    GET  405
access:guests_act                    POST 422 422 403 403 403 404 404 404 403 404 404 403 403 403
access:guests_export                 GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:guests_export                 POST 405
access:access_requests               GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:access_requests               POST 405
access:access_request                GET  200 200 302 302 302 404 404 302 403 404 302 403 403 302
access:access_request                POST 405
access:asks                          GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:asks                          POST 405
access:let_request_in                GET  405
access:let_request_in                POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:decline_request               GET  405
access:decline_request               POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:remove_guest                  GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:remove_guest                  POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:let_guest_back                GET  405
access:let_guest_back                POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:still_in                      GET  204
access:still_in                      POST 405
access:leave                         GET  200 200 200 200 200 302 302 302 200 302 302 200 200 200
access:leave                         POST 302
access:confirm_email                 GET  404
access:confirm_email                 POST 404
access:send_guest_code               GET  405
access:send_guest_code               POST 404
media_items:earlier_attempts         GET  403 403 403 403 403 404 404 404 403 404 404 403 403 403
media_items:earlier_attempts         POST 403 403 403 403 403 404 404 404 403 404 404 403 403 403
access:guest_record                  GET  404 404 200 200 200 404 404 404 404 404 404 404 404 404
access:guest_record                  POST 405
access:guest_record_file             GET  404 404 200 200 200 404 404 404 404 404 404 404 404 404
access:guest_record_file             POST 405
access:erase_guest_record            GET  404 404 404 404 200 404 404 404 404 404 404 404 404 404
access:erase_guest_record            POST 404 404 404 404 302 404 404 404 404 404 404 404 404 404
access:erase_invitation_record       GET  404 404 200 200 404 404 404 404 404 404 404 404 404 404
access:erase_invitation_record       POST 404 404 302 302 404 404 404 404 404 404 404 404 404 404
access:ask_host_again                GET  404 404 404 404 200 404 404 404 404 404 404 404 404 404
access:ask_host_again                POST 404 404 404 404 302 404 404 404 404 404 404 404 404 404
access:join                          GET  302 302 302 302 302 200 200 200 302 200 200 200 200 200
access:join                          POST 302
access:join_picture                  GET  200
access:join_picture                  POST 405
access:join_calendar                 GET  404
access:join_calendar                 POST 405
access:ask_host                      GET  200
access:ask_host                      POST 302
access:invite_users                  GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:invite_users                  POST 422 422 403 403 403 404 404 404 403 404 404 403 403 403
access:let_moderators_invite         GET  405
access:let_moderators_invite         POST 404 404 403 403 403 404 404 404 403 404 404 403 403 403
access:people_suggestions            GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:people_suggestions            POST 405
access:invitation_link               GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:invitation_link               POST 405
access:invitation_qr                 GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:invitation_qr                 POST 405
access:create_batch                  GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:create_batch                  POST 422 422 403 403 403 404 404 404 403 404 404 403 403 403
access:batch                         GET  200 404 403 403 403 404 404 404 403 404 404 403 403 403
access:batch                         POST 405
access:batch_progress                GET  302 404 403 403 403 404 404 404 403 404 404 403 403 403
access:batch_progress                POST 405
access:correct_refused_lines         GET  405
access:correct_refused_lines         POST 302 404 403 403 403 404 404 404 403 404 404 403 403 403
access:correct_batch_columns         GET  405
access:correct_batch_columns         POST 302 404 403 403 403 404 404 404 403 404 404 403 403 403
access:choose_batch_letters          GET  405
access:choose_batch_letters          POST 302 404 403 403 403 404 404 404 403 404 404 403 403 403
access:mend_batch_line               GET  405
access:mend_batch_line               POST 302 404 403 403 403 404 404 404 403 404 404 403 403 403
access:remove_batch_line             GET  405
access:remove_batch_line             POST 302 404 403 403 403 404 404 404 403 404 404 403 403 403
access:discard_batch                 GET  405
access:discard_batch                 POST 302 404 403 403 403 404 404 404 403 404 404 403 403 403
access:start_batch                   GET  405
access:start_batch                   POST 302 404 403 403 403 404 404 404 403 404 404 403 403 403
access:add_co_editor                 GET  200 403 403 403 403 404 404 404 403 404 404 403 403 403
access:add_co_editor                 POST 422 403 403 403 403 404 404 404 403 404 404 403 403 403
access:remove_co_editor              GET  405
access:remove_co_editor              POST 302 403 403 403 403 404 404 404 403 404 404 403 403 403
access:tell_invited                  GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:tell_invited                  POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:tell_called_off               GET  200 403 403 403 403 404 404 404 403 404 404 403 403 403
access:tell_called_off               POST 302 403 403 403 403 404 404 404 403 404 404 403 403 403
access:called_off_line               GET  200 403 403 403 403 404 404 404 403 404 404 403 403 403
access:called_off_line               POST 405
access:register                      GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:register                      POST 405
access:mailed_rows                   GET  286 286 403 403 403 404 404 404 403 404 404 403 403 403
access:mailed_rows                   POST 405
access:register_export               GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:register_export               POST 405
access:access_trail                  GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:access_trail                  POST 405
access:register_act                  GET  405
access:register_act                  POST 422 422 403 403 403 404 404 404 403 404 404 403 403 403
access:change_invitation_role        GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:change_invitation_role        POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:resend_invitation             GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:resend_invitation             POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:remind_invitation             GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:remind_invitation             POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:prolong_invitation            GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:prolong_invitation            POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:correct_invitation_address    GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:correct_invitation_address    POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:new_invitation_address        GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:new_invitation_address        POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:revoke_invitation             GET  200 200 403 403 403 404 404 404 403 404 404 403 403 403
access:revoke_invitation             POST 302 302 403 403 403 404 404 404 403 404 404 403 403 403
access:invitation                    GET  200 200 200 302 200 200 200 200 200 200 200 200 200 200
access:invitation                    POST 405
access:invitation_calendar           GET  404
access:invitation_calendar           POST 405
access:invitation_picture            GET  200
access:invitation_picture            POST 405
access:accept_invitation             GET  405
access:accept_invitation             POST 403 403 302 302 302 403 403 302 403 403 302 403 403 302
access:decline_invitation            GET  405
access:decline_invitation            POST 302
access:erase_declined                GET  404
access:erase_declined                POST 404
access:invitation_code               GET  302
access:invitation_code               POST 302
access:send_code_again               GET  405
access:send_code_again               POST 302
access:ask_new_link                  GET  405
access:ask_new_link                  POST 302
access:leave_invitation              GET  404 404 200 200 404 404 404 404 404 404 404 404 404 404
access:leave_invitation              POST 404 404 302 302 404 404 404 404 404 404 404 404 404 404
"""

PLACE_COLUMNS = [
    "manager", "moderator", "contributor", "member", "owner", "viewer", "guest", "stranger",
    "nobody",
]
PLACE_TABLE = """
media_items:my_media                 GET  200 200 200 200 200 302 302 200 302
media_items:my_media                 POST 405 405 405 405 405 302 302 405 302
media_items:certificate              GET  404
media_items:certificate              POST 405
media_items:find_certificate         GET  200
media_items:find_certificate         POST 405
media_items:bin                      GET  200 200 200 200 200 302 302 200 302
media_items:bin                      POST 405 405 405 405 405 302 302 405 302
media_items:act_on_media             GET  405 405 405 405 405 302 302 405 302
media_items:act_on_media             POST 422 422 422 422 422 302 302 422 302
media_items:restore_media            GET  405 405 405 405 405 302 302 405 302
media_items:restore_media            POST 302
media_items:upload_media             GET  200 200 200 200 200 302 302 200 302
media_items:upload_media             POST 422 422 422 422 422 302 302 422 302
media_items:create_media_item        GET  200 200 200 200 200 302 302 200 302
media_items:create_media_item        POST 422 422 422 422 422 302 302 422 302
media_items:galleries                GET  200 200 200 200 200 302 302 200 302
media_items:galleries                POST 405 405 405 405 405 302 302 405 302
media_items:gallery                  GET  200 200 200 200 404 302 302 404 302
media_items:gallery                  POST 405 405 405 405 405 302 302 405 302
media_items:take_out_of_gallery      GET  405 405 405 405 405 302 302 405 302
media_items:take_out_of_gallery      POST 302 302 403 403 404 302 302 404 302
media_items:home                     GET  302
media_items:home                     POST 405
access:sign_in                       GET  302 302 302 302 302 200 200 302 200
access:sign_in                       POST 302 302 302 302 302 422 422 302 422
access:sign_out                      GET  405
access:sign_out                      POST 302
access:account                       GET  200 200 200 200 200 302 302 200 302
access:account                       POST 302
access:change_password               GET  200 200 200 200 200 302 302 200 302
access:change_password               POST 422 422 422 422 422 302 302 422 302
access:reset_password                GET  200
access:reset_password                POST 302
access:reset_password_sent           GET  200
access:reset_password_sent           POST 405
access:set_password                  GET  404
access:set_password                  POST 404
access:password_is_set               GET  200
access:password_is_set               POST 405
access:asked_host                    GET  200
access:asked_host                    POST 405
access:left                          GET  200
access:left                          POST 405
access:erased                        GET  200
access:erased                        POST 405
access:erased_invitation             GET  200
access:erased_invitation             POST 405
access:account_record                GET  200 200 200 200 200 302 302 200 302
access:account_record                POST 405 405 405 405 405 302 302 405 302
access:account_record_file           GET  200 200 200 200 200 302 302 200 302
access:account_record_file           POST 405 405 405 405 405 302 302 405 302
access:delete_account                GET  200 200 200 200 200 302 302 200 302
access:delete_account                POST 422 422 422 422 422 302 302 422 302
access:account_deleted               GET  200
access:account_deleted               POST 405
access:new_gallery_entries           GET  200 200 200 200 200 302 302 200 302
access:new_gallery_entries           POST 405
access:create_gallery                GET  200 200 200 200 200 302 302 200 302
access:create_gallery                POST 422 422 422 422 422 302 302 422 302
access:edit_gallery                  GET  200 403 403 403 404 404 404 404 404
access:edit_gallery                  POST 422 403 403 403 404 404 404 404 404
access:delete_gallery                GET  200 403 403 403 404 404 404 404 404
access:delete_gallery                POST 302 403 403 403 404 404 404 404 404
access:gallery_members               GET  200 403 403 403 404 404 404 404 404
access:gallery_members               POST 422 403 403 403 404 404 404 404 404
access:change_gallery_role           GET  405
access:change_gallery_role           POST 302 403 403 403 404 404 404 404 404
access:remove_gallery_member         GET  405
access:remove_gallery_member         POST 302 403 403 403 404 404 404 404 404
access:undo_gallery_removal          GET  405
access:undo_gallery_removal          POST 302 403 403 403 404 404 404 404 404
access:choose_language               GET  405
access:choose_language               POST 302
access:privacy                       GET  200
media_items:try_devices              GET  200
media_items:try_devices              POST 405
media_items:try_line                 GET  200
media_items:try_line                 POST 204
access:privacy                       POST 405
access:invite_to_items               GET  200 200 200 200 200 302 302 200 302
access:invite_to_items               POST 422 422 422 422 422 302 302 422 302
access:invited_to_items              GET  200 200 200 200 200 302 302 200 302
access:invited_to_items              POST 405 405 405 405 405 302 302 405 302
access:people_outside                GET  200 200 200 200 200 302 302 200 302
access:people_outside                POST 405 405 405 405 405 302 302 405 302
access:mailed_to_person              GET  286 286 286 286 286 404 404 286 404
access:mailed_to_person              POST 405
access:undo_end_person               GET  405
access:undo_end_person               POST 302
access:person_outside                GET  404 404 404 404 200 302 302 404 302
access:person_outside                POST 404 404 404 404 302 302 302 404 302
access:asked_new_link                GET  200
access:asked_new_link                POST 405
access:left_invitation               GET  200
access:left_invitation               POST 405
access:declined_invitation           GET  200
access:declined_invitation           POST 405
"""

# What differs where people meet live. An `inviting_moderator` is one whom the owner lets invite:
# they hold no link that they did not make, and a list of many needs an account.
ROOM_COLUMNS = [
    "owner", "co_editor", "moderator", "inviting_moderator", "speaker", "viewer", "guest",
    "stranger", "nobody",
]
ROOM_TABLE = """
media_items:media_item               GET  200 200 200 200 200 200 200 404 404
media_items:embed_media_item         GET  200 200 200 200 200 200 200 404 404
media_items:thumbnail                GET  200 200 200 200 200 200 200 404 404
media_items:download_media_item      GET  403 403 403 403 403 403 403 404 404
media_items:edit_media_item          GET  200 200 403 403 403 403 403 404 404
media_items:edit_media_item          POST 422 422 403 403 403 403 403 404 404
media_items:publish_media_item       POST 302 302 403 403 403 403 403 404 404
media_items:delete_media_item        POST 302 403 403 403 403 403 403 404 404
access:share                         GET  200 200 403 403 403 403 403 404 404
access:guest_links                   GET  200 200 403 403 403 403 403 404 404
access:create_guest_link             POST 422 422 403 403 403 403 403 404 404
access:guests                        GET  200 200 403 403 403 403 403 404 404
access:guests_act                    POST 422 422 403 403 403 403 403 404 404
access:guests_export                 GET  200 200 403 403 403 403 403 404 404
access:remove_guest                  POST 302 302 403 403 403 403 403 404 404
access:invite_users                  GET  200 200 403 200 403 403 403 404 404
access:invite_users                  POST 422 422 403 422 403 403 403 404 404
access:people_suggestions            GET  200 200 403 200 403 403 403 404 404
access:invitation_link               GET  200 200 403 404 403 403 403 404 404
access:invitation_qr                 GET  200 200 403 404 403 403 403 404 404
access:create_batch                  GET  200 200 403 302 403 403 403 404 404
access:create_batch                  POST 422 422 403 302 403 403 403 404 404
access:batch                         GET  200 404 403 404 403 403 403 404 404
access:start_batch                   POST 302 404 403 404 403 403 403 404 404
access:let_moderators_invite         POST 302 302 403 403 403 403 403 404 404
access:add_co_editor                 GET  200 403 403 403 403 403 403 404 404
access:add_co_editor                 POST 422 403 403 403 403 403 403 404 404
access:remove_co_editor              POST 302 403 403 403 403 403 403 404 404
access:tell_invited                  GET  200 200 403 403 403 403 403 404 404
access:tell_invited                  POST 302 302 403 403 403 403 403 404 404
access:tell_called_off               GET  200 403 403 403 403 403 403 404 404
access:tell_called_off               POST 302 403 403 403 403 403 403 404 404
access:called_off_line               GET  200 403 403 403 403 403 403 404 404
access:register                      GET  200 200 403 403 403 403 403 404 404
access:mailed_rows                   GET  286 286 403 403 403 403 403 404 404
access:register_export               GET  200 200 403 403 403 403 403 404 404
access:access_trail                  GET  200 200 403 403 403 403 403 404 404
access:register_act                  POST 422 422 403 403 403 403 403 404 404
access:change_invitation_role        POST 302 302 403 403 403 403 403 404 404
access:revoke_invitation             POST 302 302 403 403 403 403 403 404 404
access:invitation                    GET  200 200 200 200 200 302 200 200 200
access:accept_invitation             POST 403 403 302 302 302 302 302 403 302
access:leave_invitation              GET  404 404 200 200 200 200 404 404 404
access:leave_invitation              POST 404 404 302 302 302 302 404 404 404
access:leave                         POST 302
access:join                          GET  302 302 302 302 302 302 302 200 200
"""
# fmt: on

GROUPS = {"admin", "development"}
GUEST_LINK_PAGES = {
    "access:join",
    "access:join_picture",
    "access:join_calendar",
    "access:ask_host",
}
# What is typed where an address takes a form; all others are sent empty.
TYPED = {
    "media_items:publish_media_item": {"state": "unlisted"},
    "access:switch_off_guest_access": {"inside": "end"},
    "access:pause_guest_link": {"inside": "end"},
    "access:edit_guest_link": {"name": "Webinar"},
    "access:account": {"first_name": "Ada", "last_name": "Lovelace"},
    "access:reset_password": {"email": "nobody@example.edu"},
    "access:join": {"name": "Ada", "email": "ada@example.org"},
    "access:ask_host": {"name": "Ada", "email": "ada@example.org", "message": "Please"},
    "access:ask_host_again": {"name": "Ada", "email": "ada@example.org", "message": "Please"},
    "access:change_gallery_role": {"role": "manager"},
    "access:let_moderators_invite": {"allowed": "yes"},
    "access:correct_batch_columns": {"column-0": "email"},
    "access:mend_batch_line": {"email": "mended@example.org"},
    "access:change_invitation_role": {"role": "viewer"},
    "access:correct_invitation_address": {"email": "right@example.org"},
    "access:new_invitation_address": {"browsers": "end"},
    "access:person_outside": {"all": "yes", "sure": "yes"},
}


ITEM_ROWS = rows_of(ITEM_TABLE, ITEM_COLUMNS)
PLACE_ROWS = rows_of(PLACE_TABLE, PLACE_COLUMNS)
ROOM_ROWS = rows_of(ROOM_TABLE, ROOM_COLUMNS)


def _addresses(patterns: list, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            deeper = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _addresses(entry.url_patterns, deeper)
        else:
            yield f"{namespace}{entry.name}", entry


ADDRESSES = dict(_addresses(get_resolver().url_patterns))


@pytest.fixture
def invited(item):
    """Somebody who has not answered, beside the invitees who are inside."""
    return factories.OutgoingMailFactory(about__item=item, sent=True).about


@pytest.fixture
def world(owner, item, co_editor, gallery, member, stranger, admission, invited):
    """Everything an address may name, and the cast before it."""
    people = {"owner": owner, "co_editor": co_editor, "member": member, "stranger": stranger}
    for role in (GalleryRole.CONTRIBUTOR, GalleryRole.MODERATOR, GalleryRole.MANAGER):
        made = factories.GalleryMembershipFactory(gallery=gallery, role=role)
        people[role.value] = made.user
    files = {}
    for purpose, kind in [
        (Purpose.ORIGINAL, "video/mp4"),
        (Purpose.PLAYBACK, "video/mp4"),
        (Purpose.POSTER, "image/webp"),
        (Purpose.CAPTIONS, "text/vtt"),
    ]:
        bytes_ = ContentFile(b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n", name="file.bin")
        made = MediaFile(item=item, purpose=purpose, file=bytes_, content_type=kind, size=39)
        made.save()
        files[purpose] = made
    in_gallery = factories.PublicationFactory(gallery=gallery)
    proofs = {
        role.value: factories.InvitationProofFactory(invitation__item=item, invitation__role=role)
        for role in offered_roles(item.kind)
    }
    world = World(people, item, gallery, in_gallery.item, files, admission, invited, proofs)
    yield world
    for file in files.values():
        file.file.delete(save=False)


@dataclass
class World:
    people: dict
    item: object
    gallery: object
    shown: object
    files: dict
    admission: object
    invited: object
    proofs: dict

    def browser_of(self, person: str) -> Client:
        return in_own_language(self._browser_of(person), person)

    def _browser_of(self, person: str) -> Client:
        if person == "guest":
            return client_with_admissions(self.admission)
        if person == "inviting_moderator":
            let_moderators_invite(item=self.item, allowed=True, by=self.item.owner)
            person = InvitationRole.MODERATOR
        if person in self.proofs:
            return client_with_proofs(self.proofs[person])
        client = Client()
        if person != "nobody":
            client.force_login(self.people[person])
            tell_zone(client)
        return client

    def bring_item_to(self, state: str) -> None:
        if state == "bin":
            MediaItem.objects.filter(pk=self.item.pk).update(deleted_at=timezone.now())
            return
        if state == "published":
            factories.PublicationFactory(item=self.item, gallery=self.gallery)
        MediaItem.objects.filter(pk=self.item.pk).update(state=State(state))

    def address(self, name: str) -> str:
        """Tokens are the guest link's and the viewer's own; acts are about somebody invited."""
        link = self.admission.guest.link
        captions = name == "media_items:remove_captions"
        words = {
            "public_id": (self.gallery if "gallery" in name else self.item).public_id,
            "item_id": self.shown.public_id,
            "kind": "course" if name == "access:create_gallery" else "room",
            "file_id": self.files[Purpose.CAPTIONS if captions else Purpose.PLAYBACK].pk,
            "link_id": link.pk,
            "guest_id": self.admission.guest.pk,
            "membership_id": self.gallery.memberships.get(user=self.people["member"]).pk,
            "account": self.people["member"].pk,
            "pk": self.invited.pk,
            "key": f"i{self.invited.pk}",
            "form": "csv",
            "attempt_id": "attempt",
            "question_id": "question",
            "picture_id": "picture",
            "token": invitation_token(self.proofs["viewer"].invitation),
            "uidb64": "MQ",
            "taker_id": 1,
            "exemption_id": 1,
            "number": "number",
            "import_id": "import",
        }
        if name in GUEST_LINK_PAGES:
            words["token"] = guest_link_token(link)
        elif name == "access:set_password":
            words["token"] = "forged"
        elif name == "access:remove_co_editor":
            words["pk"] = CoEditor.objects.get(item=self.item).pk
        wanted = ADDRESSES[name].pattern.converters
        if "request_id" in wanted:
            asked = joining.ask_host(link=link, name="Eve", email="eve@example.org", message="")
            words["request_id"] = asked.pk
        if "batch_id" in wanted:
            words |= self._list_of_the_owner()
        return reverse(name, kwargs={word: words[word] for word in wanted})

    def _list_of_the_owner(self) -> dict[str, int]:
        batch = Batch.objects.create(
            item=self.item,
            made_by=self.people["owner"],
            role=InvitationRole.VIEWER,
            sheets=[{"heading": ["דוא״ל"], "columns": ["email"], "above": 0}],
        )
        line = batch.lines.create(
            number=1, typed="new@example.org", email="new@example.org", verdict=LineVerdict.NEW
        )
        return {"batch_id": batch.pk, "line_id": line.pk, "sheet": 0}

    def wrong_answers(self, rows: list[Row], column: str) -> list[str]:
        """`column` is a person, or a state of the item and a person."""
        state, _, person = column.rpartition("/")
        self.bring_item_to(state or "private")
        browser = self.browser_of(person)

        def ask(row: Row) -> int:
            with undone(browser):
                return status_of(browser, row, self.address(row.name), TYPED.get(row.name, {}))

        return wrong_answers(rows, column, ask)


@pytest.mark.parametrize("column", ITEM_COLUMNS)
def test_addresses_of_an_item_answer_each_person_as_the_table_says(world, column):
    assert world.wrong_answers(ITEM_ROWS, column) == []


@pytest.mark.parametrize("person", PLACE_COLUMNS)
def test_addresses_of_the_rest_answer_each_person_as_the_table_says(world, person):
    assert world.wrong_answers(PLACE_ROWS, person) == []


class TestInARoom:
    @pytest.fixture
    def item(self, owner):
        return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")

    @pytest.mark.parametrize("person", ROOM_COLUMNS)
    def test_addresses_answer_each_person_as_the_table_says(self, world, person):
        assert world.wrong_answers(ROOM_ROWS, person) == []


def test_a_wrong_cell_is_found(world):
    wrong = rows_of("media_items:bin GET 404 302", ["member", "nobody"])
    assert world.wrong_answers(wrong, "member") == ["GET media_items:bin: 200, not 404"]
    assert world.wrong_answers(wrong, "nobody") == []


def test_every_address_has_a_row_for_each_method_and_no_row_is_about_nothing():
    wanted = {
        (name, method)
        for name in ADDRESSES
        for method in ("GET", "POST")
        if name.partition(":")[0] not in GROUPS
    }
    rows = ITEM_ROWS + PLACE_ROWS + live_access.ROWS
    assert {(row.name, row.method) for row in rows} == wanted
    assert len(rows) == len(wanted)


# What stays, for whom, while an item is in the bin: getting it back, and what is a
# guest's or an invitee's own: their record, and leaving.
IN_BIN = {
    "media_items:restore_media_item": {"owner"},
    "access:leave": {"owner", "co_editor", "viewer", "guest", "nobody"},
    "access:still_in": {"owner", "co_editor", "viewer", "guest", "nobody"},  # says: look again
    "access:guest_record": {"guest", "viewer"},
    "access:guest_record_file": {"guest", "viewer"},
    "access:erase_guest_record": {"guest"},
    "access:erase_invitation_record": {"viewer"},
    "access:ask_host_again": {"guest"},
    "access:leave_invitation": {"viewer"},
    "access:access_request": {"viewer", "guest", "nobody"},  # asks to sign in first, whatever it is
}


@pytest.mark.parametrize("person", ["owner", "co_editor", "viewer", "guest", "nobody"])
def test_an_item_in_the_bin_opens_for_nobody(world, person):
    """403 is the page that tells a guest who was inside why they are not any more."""
    world.bring_item_to("bin")
    browser = world.browser_of(person)
    refused = {404, 403} if person == "guest" else {404}
    wrong = []
    for row in ITEM_ROWS:
        if set(row.expected.values()) == {405}:
            continue
        with undone(browser):
            status = status_of(browser, row, world.address(row.name), TYPED.get(row.name, {}))
        stays = person in IN_BIN.get(row.name, ())
        if status not in ({200, 204, 302} if stays else refused):
            wrong.append(f"{row.method} {row.name}: {status}")
    assert wrong == []


def _group(name: str) -> list[str]:
    words = {
        "object_id": "1",
        "id": "1",
        "pk": "1",
        "app_label": "access",
        "kind": "guest",
        "content_type_id": 1,
        "url": "nothing/",
        "name": "nothing",
    }
    found = []
    for address, pattern in ADDRESSES.items():
        if address.partition(":")[0] == name and pattern.name:
            wanted = [*pattern.pattern.converters, *pattern.pattern.regex.groupindex]
            found.append(reverse(address, kwargs={word: words[word] for word in set(wanted)}))
    return found


@pytest.mark.parametrize("person", ["owner", "manager", "guest", "stranger", "nobody"])
def test_the_administration_opens_for_nobody_but_its_staff(world, person):
    browser = world.browser_of(person)
    addresses = _group("admin")
    assert len(addresses) > 40
    for address in [*addresses, "/admin/nothing/"]:
        for ask in (browser.get, browser.post):
            if address == reverse("admin:logout"):
                continue  # it lets anybody out, and nobody in
            answer = ask(address)
            assert answer.status_code in {302, 403}, address
            if answer.status_code == 302:
                assert answer["Location"].startswith(
                    (reverse("access:sign_in"), reverse("admin:login"))
                ), address


def test_the_administration_opens_for_its_staff(client_of, db):
    staff = factories.UserFactory(is_staff=True, is_superuser=True)
    assert client_of(staff).get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("person", ["owner", "guest", "nobody"])
def test_development_pages_open_for_everybody_while_they_exist(world, person):
    """Whether they exist at all is `DEVELOPMENT_PAGES`; see tests/config."""
    browser = world.browser_of(person)
    seen = {address: browser.get(address).status_code for address in _group("development")}
    assert seen == {
        "/dev/mail/": 200,
        "/dev/mail/nothing/": 404,
        "/dev/mail/nothing/html/": 404,
    }
