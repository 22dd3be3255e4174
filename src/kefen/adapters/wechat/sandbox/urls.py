"""The stand-in's addresses, as far as they are WeChat's."""

from django.urls import path

from kefen.adapters.wechat.sandbox import views

app_name = "sandbox_wechat"
urlpatterns = [
    path("connect/oauth2/authorize", views.authorize, name="authorize"),
    path("sns/oauth2/access_token", views.access_token, name="access_token"),
    path("sns/userinfo", views.userinfo, name="userinfo"),
]
