from django.apps import AppConfig


class StandingsConfig(AppConfig):
    name = "kefen.standings"
    label = "standings"
