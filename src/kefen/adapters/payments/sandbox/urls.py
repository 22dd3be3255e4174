"""The sandbox channel's own addresses."""

from django.urls import path

from kefen.adapters.payments.sandbox import views

app_name = "sandbox"
urlpatterns = [
    path("cashier/<str:token>", views.cashier, name="cashier"),
    path("receipt/<str:token>", views.receipt, name="receipt"),
]
