"""Where the demo's messages are."""

from django.urls import path

from kefen.adapters.messengers.outbox import views

app_name = "sandbox_messages"
urlpatterns = [path("", views.mailbox, name="mailbox")]
