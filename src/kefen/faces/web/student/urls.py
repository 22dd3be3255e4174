"""Addresses of the student's pages."""

from django.urls import path

from kefen.faces.web.signing import phone, wechat
from kefen.faces.web.student import checkout, complaint, covers, learning, paying, promote
from kefen.faces.web.student import views as student
from kefen.faces.web.student.calendar import course_calendar
from kefen.faces.web.student.refunds import order_refund

SCHOOL = "t/<str:slug>/"

urlpatterns = [
    path(SCHOOL, student.school, name="school"),
    path(SCHOOL + "c/<str:course>", student.course, name="course"),
    path(SCHOOL + "c/<str:course>/trial", student.course_trial, name="course_trial"),
    path(SCHOOL + "c/<str:course>/lessons.ics", course_calendar, name="course_calendar"),
    path(SCHOOL + "cover.jpg", covers.school_cover, name="school_cover"),
    path(SCHOOL + "c/<str:course>/cover.jpg", covers.course_cover, name="course_cover"),
    path(
        SCHOOL + "c/<str:course>/cover/<str:size>/<str:digest>.jpg",
        covers.photo,
        name="course_photo",
    ),
    path(SCHOOL + "checkout/<str:course>", checkout.checkout, name="checkout"),
    path(SCHOOL + "orders", student.my_orders, name="my_orders"),
    path(SCHOOL + "orders/<str:number>", student.order, name="order"),
    path(SCHOOL + "orders/<str:number>/pay", student.order_pay, name="order_pay"),
    path(SCHOOL + "orders/<str:number>/cashier", paying.cashier, name="order_cashier"),
    path(SCHOOL + "payer", paying.payer_back, name="payer_back"),
    path(SCHOOL + "orders/<str:number>/cancel", student.order_cancel, name="order_cancel"),
    path(SCHOOL + "orders/<str:number>/refund", order_refund, name="order_refund"),
    path(SCHOOL + "learn", learning.my_courses, name="my_courses"),
    path(SCHOOL + "learn/<str:course>", learning.learn, name="learn"),
    path(SCHOOL + "sign-in", phone.sign_in, name="school_sign_in"),
    path(SCHOOL + "sign-in/code", phone.code, name="school_sign_in_code"),
    path(SCHOOL + "sign-in/wechat", wechat.start, name="wechat_sign_in"),
    path(SCHOOL + "sign-in/wechat/back", wechat.back, name="wechat_back"),
    path(SCHOOL + "promote", promote.become_promoter, name="become_promoter"),
    path(SCHOOL + "agreement/<str:version>", promote.agreement, name="agreement"),
    path(SCHOOL + "complaint", complaint.complaint, name="complaint"),
]
